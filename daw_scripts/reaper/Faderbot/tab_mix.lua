-- @noindex

-- The panel's tab for a mix: its settings, and what a mix became.

local widgets = require 'Faderbot.panel_widgets'
local wishes = require 'Faderbot.wishes'
local words = require 'Faderbot.panel_words'

local ALL, SELECTED = 'All tracks', 'Selected tracks only'
local LUFS = {wishes.LOWEST_LUFS, wishes.HIGHEST_LUFS, 1}
local PERCENT = {0, 100, 5}
local BPM = {wishes.LOWEST_BPM, wishes.HIGHEST_BPM, 1}

local targets = widgets.named('target', 'Loudness target', wishes.TARGETS, words.TARGETS)
local styles = widgets.named('style', 'Style', wishes.STYLES, words.STYLES)
local tempos = widgets.named('tempo', 'Tempo', wishes.TEMPOS, {
  keep = 'Keep it', match = 'Match the material', set = 'Set it',
})

local tab = {
  id = 'mix', label = 'Mix', title = 'Auto-mix', noun = 'mix', can_compare = true, can_learn = true,
  store = wishes,
  start = {label = 'Start mixing', key = 'S'}, working = 'Mixing',
}

-- Each setting takes the value that the user chose.
tab.settings = {
  target = function(kept, value) kept.target = targets.name(value) end,
  custom_lufs = function(kept, value) kept.custom_lufs = value end,
  tempo = function(kept, value) kept.tempo = tempos.name(value) end,
  tempo_bpm = function(kept, value) kept.tempo_bpm = value end,
  stretch = function(kept, value) kept.may_stretch = value end,
  style = function(kept, value) kept.style = styles.name(value) end,
  strength = function(kept, value) kept.strength_percent = value end,
  eq = function(kept, value) kept.is_eq = value end,
  which = function(kept, value) kept.is_selected_only = value == SELECTED end,
  focus = function(kept, value) kept.focus[value.guid] = value.value or nil end,
  lock = function(kept, value) kept.lock[value.guid] = value.value or nil end,
}

-- Returns the list of the locked tracks, and adds what is to be known of their names.
function tab.lock_list(page, kept)
  return {kind = 'tracks', id = 'lock', label = 'Lock: leave alone', options = page.tracks, value = kept.lock,
    is_enabled = true}
end

function tab.add_shared(made, page, set)
  for _, name in ipairs(wishes.shared_names(page.project, set)) do
    made[#made + 1] = {
      widgets.text(('more than one track is called “%s”: all of them are meant'):format(name), 'warning'),
    }
  end
end

-- Adds the rows of the settings of a page.
function tab.add_settings(made, page, kept)
  made[#made + 1] = {targets.of(kept.target)}
  if kept.target == 'custom' then
    widgets.beside(made, widgets.number('custom_lufs', 'Loudness', kept.custom_lufs, 'LUFS', LUFS))
    made[#made + 1] = {}
  end
  widgets.beside(made, tempos.of(kept.tempo))
  if kept.tempo ~= 'keep' then
    made[#made + 1] = {}
    if kept.tempo == 'set' then
      widgets.beside(made, widgets.number('tempo_bpm', 'Beats a minute', kept.tempo_bpm, 'BPM', BPM))
    end
    widgets.beside(made, widgets.check('stretch', 'Items may stretch or move with it', kept.may_stretch))
  end
  made[#made + 1] = {styles.of(kept.style), widgets.number('strength', 'Strength', kept.strength_percent, '%', PERCENT)}
  made[#made + 1] = {
    widgets.choice('which', 'Tracks', {ALL, SELECTED}, kept.is_selected_only and SELECTED or ALL),
    widgets.check('eq', 'Use EQ as well as faders', kept.is_eq),
  }
  tab.add_shared(made, page, kept.focus)
  tab.add_shared(made, page, kept.lock)
  local focus = {kind = 'tracks', id = 'focus', label = 'Focus: bring out', options = page.tracks, value = kept.focus,
    is_enabled = true}
  made[#made + 1] = {focus, tab.lock_list(page, kept)}
end

-- Returns what a job did, as a heading.
function tab.heading(sheet)
  return sheet.is_written and ('Mixed %d tracks'):format(#sheet.document.tracks) or 'Nothing was to be changed'
end

-- Adds the rows on the whole, above what is heard, and those of the table below it.
function tab.add_figures(made, document)
  local tempo = words.tempo(document)
  local lines, is_high = words.figures(document)
  for place, line in ipairs(lines) do
    made[#made + 1] = {widgets.text(line, is_high and place == #lines and 'warning' or 'plain')}
  end
  if tempo then made[#made + 1] = {widgets.text(tempo)} end
end

function tab.add_table(made, document)
  made[#made + 1] = {words.table(document)}
  for _, note in ipairs(document.notes) do made[#made + 1] = {widgets.text(note, 'warning')} end
end

return tab
