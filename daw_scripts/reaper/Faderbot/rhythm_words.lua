-- @noindex

-- A rhythm's document (kind "faderbot-rhythm") in words: its figures, and the grid of its bars.

local words = require 'Faderbot.panel_words'

local rhythm_words = {
  STYLES = {
    auto = 'As the music asks', ballad = 'Ballad', blues = 'Blues', country = 'Country', dance = 'Dance',
    funk = 'Funk', hiphop = 'Hip-hop', house = 'House', jazz = 'Jazz', latin = 'Latin', metal = 'Metal', pop = 'Pop',
    reggae = 'Reggae', rnb = 'R&B', rock = 'Rock', techno = 'Techno', waltz = 'Waltz',
  },
}

local REST, ACCENT = '.', 'o'
local ORDER = {'crash', 'ride', 'open hat', 'closed hat', 'high tom', 'mid tom', 'low tom', 'snare', 'kick'}
local SIXTEENTHS = {'', ' e', ' and', ' a'}
local function percent(share) return ('%d %%'):format(math.floor(share * 100 + 0.5)) end

local FIGURES = {
  {'hits_per_bar', function(value) return words.number(value) .. ' hits a bar' end},
  {'coincidence', function(share) return percent(share) .. ' of the music’s onsets are met' end},
  {'syncopation', function(value) return 'syncopation ' .. words.number(value) end},
  {'violations', function(count) return ('%d hits that no drummer can play'):format(count) end},
}

-- Returns a reason, which may be a text alone, as a line.
function rhythm_words.line(reason) return type(reason) == 'table' and reason.text or reason end

-- Returns the lines on the whole.
function rhythm_words.figures(document)
  local tempo = ('Tempo %s BPM, %s'):format(words.number(document.tempo_bpm), document.meter)
  if document.tempo_source == 'heard' then
    tempo = ('%s, as heard (%s sure)'):format(tempo, percent(document.confidence))
  end
  local said = {}
  for _, one in ipairs(FIGURES) do
    local value = document.figures[one[1]]
    if math.type(value) then said[#said + 1] = one[2](value) end
  end
  return {tempo, #said > 0 and table.concat(said, '; ') or nil}
end

local function place_name(step, steps, beats)
  local each = steps // beats
  if each * beats ~= steps then return ('step %d'):format(step) end
  local beat, within = (step - 1) // each + 1, (step - 1) % each
  if each == #SIXTEENTHS then return beat .. SIXTEENTHS[within + 1] end
  return within == 0 and tostring(beat) or ('%d.%d'):format(beat, within + 1)
end

-- Returns a bar of a voice in words: "1, 2 and, 3 accented".
local function spoken(bar, beats)
  local said = {}
  for step = 1, #bar do
    local sign = bar:sub(step, step)
    if sign ~= REST then
      local accent = sign == ACCENT and ' accented' or ''
      said[#said + 1] = place_name(step, #bar, beats) .. accent
    end
  end
  return #said > 0 and table.concat(said, ', ') or 'rests'
end

-- Returns the voices that are hit at all, cymbals first as on a stave.
local function voices(grid)
  local found, is_known = {}, {}

  local function add(name)
    is_known[name] = true
    if not grid[name] then return end
    for _, bar in ipairs(grid[name]) do
      if bar:find('[^%' .. REST .. ']') then
        found[#found + 1] = name
        return
      end
    end
  end

  for _, name in ipairs(ORDER) do add(name) end
  local others = {}
  for name in pairs(grid) do others[#others + 1] = not is_known[name] and name or nil end
  table.sort(others)
  for _, name in ipairs(others) do add(name) end
  return found
end

-- Returns the table widget of so many bars from one on: a row for each voice.
function rhythm_words.grid(document, from, count)
  local found = voices(document.grid)
  local first = found[1] and document.grid[found[1]][from] or ''
  local beats = math.max(1, #first // document.steps_per_beat)
  local made = {kind = 'table', heads = {'Voice'}, align = {'left'}, rows = {}, marks = {}, beats = beats}
  local last = math.min(document.bars, from + count - 1)
  for bar = from, last do
    made.heads[#made.heads + 1], made.align[#made.align + 1] = ('Bar %d'):format(bar), 'left'
  end
  for place, name in ipairs(found) do
    local row, marks = {name:sub(1, 1):upper() .. name:sub(2)}, {false}
    for bar = from, last do
      local steps = document.grid[name][bar] or ''
      row[#row + 1], marks[#marks + 1] = spoken(steps, beats), steps
    end
    made.rows[place], made.marks[place] = row, marks
  end
  return made
end

return rhythm_words
