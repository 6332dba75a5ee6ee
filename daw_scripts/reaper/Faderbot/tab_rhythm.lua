-- @noindex

-- The panel's tab for a rhythm: its settings, and the grid of what was written.

local rhythm_wishes = require 'Faderbot.rhythm_wishes'
local rhythm_words = require 'Faderbot.rhythm_words'
local widgets = require 'Faderbot.panel_widgets'

local WHOLE, SO_MANY = 'As long as the project', 'So many bars'
local BY_STYLE, BY_HAND = 'As the style has them', 'As set here'
local PERCENT = {0, 100, 5}
local BARS = {1, rhythm_wishes.MOST_BARS, 1}
local SEEDS = {0, rhythm_wishes.HIGHEST_SEED, 1}
local SHOWN_BARS = 2

local styles = widgets.named('style', 'Style', rhythm_wishes.STYLES, rhythm_words.STYLES)

local tab = {
  id = 'rhythm', label = 'Rhythm', title = 'Rhythm', noun = 'rhythm', can_compare = false, store = rhythm_wishes,
  start = {label = 'Write rhythm', key = 'W'}, working = 'Writing a rhythm',
}

local function whole(value) return math.tointeger(value) or math.floor(value + 0.5) end

tab.settings = {
  style = function(kept, value) kept.style = styles.name(value) end,
  length = function(kept, value) kept.is_whole = value == WHOLE end,
  bars = function(kept, value) kept.bars = whole(value) end,
  feel = function(kept, value) kept.is_own_feel = value == BY_HAND end,
  density = function(kept, value) kept.density_percent = value end,
  swing = function(kept, value) kept.swing_percent = value end,
  humanize = function(kept, value) kept.humanize_percent = value end,
  seed = function(kept, value) kept.seed = whole(value) end,
}

function tab.add_settings(made, _, kept)
  made[#made + 1] = {styles.of(kept.style)}
  made[#made + 1] = {widgets.choice('length', 'Length', {WHOLE, SO_MANY}, kept.is_whole and WHOLE or SO_MANY)}
  if not kept.is_whole then widgets.beside(made, widgets.number('bars', 'Bars', kept.bars, 'bars', BARS)) end
  made[#made + 1] = {
    widgets.choice('feel', 'Density and swing', {BY_STYLE, BY_HAND}, kept.is_own_feel and BY_HAND or BY_STYLE),
  }
  if kept.is_own_feel then
    made[#made + 1] = {
      widgets.number('density', 'Density', kept.density_percent, '%', PERCENT),
      widgets.number('swing', 'Swing', kept.swing_percent, '%', PERCENT),
    }
  end
  made[#made + 1] = {
    widgets.number('humanize', 'Humanise', kept.humanize_percent, '%', PERCENT),
    widgets.number('seed', 'Variation', kept.seed, '', SEEDS),
  }
  made[#made + 1] = {widgets.text('The notes go to a new track, “Faderbot drums”: put a drum instrument on it.')}
end

function tab.heading(sheet)
  return sheet.is_written and ('Wrote %d bars of %s'):format(sheet.document.bars, sheet.document.style)
    or 'Nothing was to be written'
end

function tab.add_figures(made, document)
  for _, line in ipairs(rhythm_words.figures(document)) do made[#made + 1] = {widgets.text(line)} end
end

-- ``sheet.from_bar`` is the first bar that is shown.
function tab.add_table(made, document, sheet)
  if document.bars > SHOWN_BARS then
    local last = document.bars - SHOWN_BARS + 1
    sheet.from_bar = math.min(sheet.from_bar or 1, last)
    made[#made + 1] = {widgets.number('from_bar', 'Shown from bar', sheet.from_bar, '', {1, last, 1})}
  end
  made[#made + 1] = {rhythm_words.grid(document, sheet.from_bar or 1, SHOWN_BARS)}
  for _, reason in ipairs(document.reasons) do made[#made + 1] = {widgets.text(rhythm_words.line(reason))} end
  for _, note in ipairs(document.notes) do made[#made + 1] = {widgets.text(note, 'warning')} end
end

return tab
