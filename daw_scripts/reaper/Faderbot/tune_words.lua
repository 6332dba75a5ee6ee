-- @noindex

-- A tuning's document (kind "faderbot-tune") in words: its figures, and the table of the tracks before and after.

local json = require 'Faderbot.json'
local words = require 'Faderbot.panel_words'

local tune_words = {}

local function is_number(value) return math.type(value) ~= nil end

-- Returns the lines on the whole as {text, tone}.
function tune_words.figures(document)
  local before, after = document.before, document.after
  local error_db = words.change(before.third_octave_rms_db, after.third_octave_rms_db)
  local lines = {{text = ('Distance from %s: %s dB'):format(document.target, error_db)}}
  lines[2] = {text = ('Loudness %s LUFS'):format(words.change(before.loudness_lufs, after.loudness_lufs))}
  if is_number(after.true_peak_dbtp) then
    local told, is_high = words.peak(before.true_peak_dbtp, after.true_peak_dbtp)
    lines[3] = {text = told, tone = is_high and 'warning' or 'plain'}
  end
  return lines
end

-- Returns a reason after its name in short, since the table says what was changed: "190 Hz: …" for "EQ low +3.4 dB (at
-- 190 Hz, was 100 Hz): …", "Fader: …" for "−3.5 dB: …". One in other words stays whole.
local function short(text)
  local place, band = text:match('^EQ .-%((.-)%): (.*)$')
  if place then return ('%s: %s'):format(place:gsub('^at ', ''):gsub(',.*$', ''), band) end
  local fader = text:match('^[+−%d][%d.−]* dB: (.*)$')
  return fader and 'Fader: ' .. fader or text
end

local function why(document, track)
  if track.locked then return 'locked' end
  if track.silent then return 'silent' end
  local said = {}
  for _, one in ipairs(document.reasons) do
    local text = type(one) == 'table' and one.text or one
    local of = type(one) == 'table' and one.track or nil
    if of == track.name or (not of and text:sub(1, #track.name + 1) == track.name .. ' ') then
      said[#said + 1] = short(words.after_name(text, track.name))
    end
  end
  return table.concat(said, '\n')
end

local function error_of(track)
  local was, now = track.before.error_db, track.after.error_db
  return is_number(was) and is_number(now) and words.change(was, now) or ''
end

local function master_why(document)
  local said = {}
  for _, one in ipairs(document.reasons) do
    if type(one) == 'table' and one.track == json.null then
      said[#said + 1] = short(words.after_name(one.text, 'Master'))
    end
  end
  return table.concat(said, '\n')
end

-- Returns the table widget: a row for each track, the master last.
function tune_words.table(document)
  local rows = {}
  for place, track in ipairs(document.tracks) do
    local fader = words.change(track.before.gain_db, track.after.gain_db)
    rows[place] = {track.name, fader, words.eq(track), error_of(track), why(document, track)}
  end
  local master = document.master
  local fader = words.change(master.before.gain_db, master.after.gain_db)
  rows[#rows + 1] = {'Master', fader, words.eq(master), '', master_why(document)}
  return {
    kind = 'table', heads = {'Track', 'Fader, dB', 'EQ', 'Distance, dB', 'Why'},
    align = {'left', 'right', 'left', 'right', 'left'}, rows = rows,
  }
end

return tune_words
