-- @noindex

-- The panel's tab for the tone: its settings, and what a tuning became.

local mix = require 'Faderbot.tab_mix'
local tune_wishes = require 'Faderbot.tune_wishes'
local tune_words = require 'Faderbot.tune_words'
local widgets = require 'Faderbot.panel_widgets'
local wishes = require 'Faderbot.wishes'
local words = require 'Faderbot.panel_words'

local LUFS = {wishes.LOWEST_LUFS, wishes.HIGHEST_LUFS, 1}
local PERCENT = {0, 100, 5}
local TARGETS = {usual = 'As the recording has it, else as it is', keep = 'Keep it as it is'}
for name, text in pairs(words.TARGETS) do TARGETS[name] = text end

local against = widgets.named('against', 'Like', tune_wishes.AGAINST, {style = 'A style', reference = 'A recording'})
local scopes = widgets.named('scope', 'What is turned', tune_wishes.SCOPES, {
  tracks = 'Each track', master = 'The master alone',
})
local styles = widgets.named('style', 'Style', tune_wishes.STYLES, words.STYLES)
local targets = widgets.named('target', 'Loudness', tune_wishes.TARGETS, TARGETS)

local tab = {
  id = 'tune', label = 'Tune', title = 'Tune the tone', noun = 'tuning', can_compare = true, store = tune_wishes,
  start = {label = 'Start tuning', key = 'S'}, working = 'Tuning the tone', lends = {lock = mix},
}

tab.settings = {
  against = function(kept, value) kept.against = against.name(value) end,
  style = function(kept, value) kept.style = styles.name(value) end,
  scope = function(kept, value) kept.scope = scopes.name(value) end,
  target = function(kept, value) kept.target = targets.name(value) end,
  custom_lufs = function(kept, value) kept.custom_lufs = value end,
  strength = function(kept, value) kept.strength_percent = value end,
  reference = function(kept) tune_wishes.choose_reference(kept) end,
  lock = mix.settings.lock,
}

local function file_name(path) return path == '' and 'none yet' or path:match('[^/\\]*$') end

function tab.add_settings(made, page, kept)
  made[#made + 1] = {against.of(kept.against)}
  if kept.against == 'style' then
    widgets.beside(made, styles.of(kept.style))
  else
    made[#made + 1] = {widgets.text('The recording: ' .. file_name(kept.reference))}
    made[#made + 1] = {widgets.button('reference', 'Choose the recording…', 'R')}
  end
  made[#made + 1] = {scopes.of(kept.scope), widgets.number('strength', 'Strength', kept.strength_percent, '%', PERCENT)}
  made[#made + 1] = {targets.of(kept.target)}
  if kept.target == 'custom' then
    widgets.beside(made, widgets.number('custom_lufs', 'Loudness', kept.custom_lufs, 'LUFS', LUFS))
  end
  if kept.scope == 'tracks' then
    local lent = page.sheets.mix.wishes
    mix.add_shared(made, page, lent.lock)
    made[#made + 1] = {mix.lock_list(page, lent)}
  end
end

function tab.heading(sheet)
  if not sheet.is_written then return 'Nothing was to be changed' end
  return sheet.document.scope == 'master' and 'Tuned the master' or ('Tuned %d tracks'):format(#sheet.document.tracks)
end

function tab.add_figures(made, document)
  for _, line in ipairs(tune_words.figures(document)) do made[#made + 1] = {widgets.text(line.text, line.tone)} end
end

function tab.add_table(made, document)
  made[#made + 1] = {tune_words.table(document)}
  for _, note in ipairs(document.notes) do made[#made + 1] = {widgets.text(note, 'warning')} end
end

return tab
