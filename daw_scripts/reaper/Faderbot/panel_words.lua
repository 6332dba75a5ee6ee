-- @noindex

-- A mix's document (bridge/schema.py) in words: its loudness, and the table of the tracks before and after.

local json = require 'Faderbot.json'

local words = {
  TARGETS = {
    streaming = 'Streaming, −14 LUFS', broadcast = 'Broadcast, −23 LUFS', aes = 'AES, −16 LUFS',
    album = 'Album, −16 LUFS', podcast = 'Podcast, −16 LUFS', custom = 'Custom',
  },
  STYLES = {
    balanced = 'Balanced', country = 'Country', rap = 'Rap', pop = 'Pop', rock = 'Rock', metal = 'Metal',
    funk = 'Funk', hiphop = 'Hip-hop', house = 'House', jazz = 'Jazz',
  },
}

local SILENCE = '−∞'
local ARROW = ' → '
local UNCHANGED = 'as it was'
local CEILING_DBTP = -1.0 -- EBU R128, and what the streaming services ask for
local PLACES = {low_shelf = 'below', bell = 'at', high_shelf = 'above'}

-- Returns a figure with one decimal and a true minus sign, no figure as minus infinity.
function words.number(value)
  if value == nil or value == json.null then return SILENCE end
  local text = ('%.1f'):format(value):gsub(',', '.') -- some languages of the system have a decimal comma
  return (text == '-0.0' and '0.0' or text:gsub('-', '−'))
end

local function signed(value)
  local text = words.number(value)
  return value > 0 and '+' .. text or text
end

-- Returns what a figure was and is, once where both read the same.
function words.change(before, after)
  local was, now = words.number(before), words.number(after)
  return was == now and now or was .. ARROW .. now
end

local function hertz(freq_hz)
  local text = freq_hz >= 1000 and ('%.4g kHz'):format(freq_hz / 1000) or ('%.0f Hz'):format(freq_hz)
  return (text:gsub(',', '.'))
end

-- Returns a frequency to two digits, as people say it.
local function about(freq_hz)
  local unit = 10 ^ (math.floor(math.log(freq_hz, 10)) - 1)
  return hertz(math.floor(freq_hz / unit + 0.5) * unit)
end

-- Returns what was changed at the EQ of a track or of the master, a line for each band.
function words.eq(track)
  local said = {}
  for place, band in ipairs(track.after.eq) do
    local was = track.before.eq[place] and track.before.eq[place].gain_db or 0.0
    if words.number(was) ~= words.number(band.gain_db) then
      local gain = was == 0 and signed(band.gain_db) or signed(was) .. ARROW .. signed(band.gain_db)
      said[#said + 1] = ('%s dB %s %s'):format(gain, PLACES[band.shape], about(band.freq_hz))
    end
  end
  local high_pass = track.after.high_pass_hz
  if math.type(high_pass) and high_pass ~= track.before.high_pass_hz then
    said[#said + 1] = 'high-pass ' .. hertz(high_pass)
  end
  return #said > 0 and table.concat(said, '\n') or UNCHANGED
end

-- Returns a reason's last part, after the track's name, the knob and its change, with the knob in a word before it; nil
-- for one that is not of this track. Tracks of one name are told apart by the change.
local function reason(text, track, is_shared)
  if text:sub(1, #track.name + 1) ~= track.name .. ' ' then return nil end
  local head, why = text:sub(#track.name + 2):match('^(.-): (.*)$')
  if not head then return nil end

  local function said(knob, change, told)
    return (not is_shared or told == signed(change) .. ' dB') and knob .. ': ' .. why or nil
  end

  local place, gain = head:match('^EQ .*%((.-)%) (.*)$')
  if not place then
    local from, to = track.before.gain_db, track.after.gain_db
    if from == json.null or to == json.null or not head:find('^[+−%d]') then return nil end
    return said('Fader', to - from, head)
  end
  for number, band in ipairs(track.after.eq) do
    local before = track.before.eq[number]
    if place == hertz(band.freq_hz) then
      return said(place, band.gain_db - (before and before.gain_db or 0.0), gain)
    end
  end
  return nil
end

local function why(document, track)
  if track.locked then return 'locked' end
  if track.silent then return 'silent' end
  local said, bearers = {}, 0
  for _, other in ipairs(document.tracks) do bearers = bearers + (other.name == track.name and 1 or 0) end
  for _, one in ipairs(document.reasons) do
    if one.track == track.name then said[#said + 1] = reason(one.text, track, bearers > 1) end
  end
  return table.concat(said, '\n')
end

-- Returns a reason without the name that it begins with.
function words.after_name(text, name)
  return text:sub(1, #name + 1) == name .. ' ' and text:sub(#name + 2) or text
end

local function master_why(document)
  for _, one in ipairs(document.reasons) do
    if one.track == json.null then return (one.text:gsub('^.-: ', '')) end
  end
  return ''
end

-- Returns the table widget: a row for each track, the master last. A cell may have more lines than one.
function words.table(document)
  local rows = {}
  for place, track in ipairs(document.tracks) do
    local mark = track.focus and not track.locked and ' (focus)' or ''
    local fader = words.change(track.before.gain_db, track.after.gain_db)
    rows[place] = {track.name .. mark, fader, words.eq(track), why(document, track)}
  end
  local master = document.master
  rows[#rows + 1] = {'Master', words.change(master.before_db, master.after_db), '', master_why(document)}
  return {
    kind = 'table', heads = {'Track', 'Fader, dB', 'EQ', 'Why'}, align = {'left', 'right', 'left', 'left'}, rows = rows,
  }
end

-- Returns the line on the true peak, and whether it is one to heed.
function words.peak(before_dbtp, after_dbtp)
  local told = before_dbtp == json.null and words.number(after_dbtp) or words.change(before_dbtp, after_dbtp)
  local is_high = after_dbtp > CEILING_DBTP
  return ('True peak %s dBTP%s'):format(told, is_high and ': render it through a limiter' or ''), is_high
end

-- Returns the line on the tempo, nil where none was asked for.
function words.tempo(document)
  local tempo = document.tempo
  if type(tempo) ~= 'table' or not math.type(tempo.after_bpm) then return nil end
  return ('Tempo %s BPM'):format(words.change(tempo.before_bpm, tempo.after_bpm))
end

-- Returns the lines on the mix as a whole, and whether the last is one to heed.
function words.figures(document)
  local before, after = document.before.figures, document.after.figures
  local mark = after.source == 'twin' and ', predicted' or ''
  local loudness = words.change(before.loudness_lufs, after.loudness_lufs)
  local target = words.number(document.target_lufs)
  local lines = {('Loudness %s LUFS%s; the target is %s LUFS'):format(loudness, mark, target)}
  if after.true_peak_dbtp == json.null then return lines, false end
  local is_high
  lines[2], is_high = words.peak(before.true_peak_dbtp, after.true_peak_dbtp)
  return lines, is_high
end

return words
