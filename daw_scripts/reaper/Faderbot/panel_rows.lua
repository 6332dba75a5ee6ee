-- @noindex

-- The rows of widgets (panel_widgets.lua) that a page of the panel shows: what the tabs have in common.
--
-- A tab is {id, label, title, noun, working, start, store, settings, can_compare, can_learn, add_settings, heading,
-- add_figures, add_table}: see tab_mix.lua.

local mix = require 'Faderbot.tab_mix'
local rhythm = require 'Faderbot.tab_rhythm'
local tune = require 'Faderbot.tab_tune'
local widgets = require 'Faderbot.panel_widgets'
local words = require 'Faderbot.panel_words'

local rows = {TABS = {mix, rhythm, tune}}

local text, button = widgets.text, widgets.button
local LABELS = {}
local HEADINGS = {undo = 'Taking the %s back', learn = 'Looking at what you changed'} -- by a job's first word

for place, tab in ipairs(rows.TABS) do
  LABELS[place], rows[tab.id] = tab.label, tab
end

-- Returns the tab of a label.
function rows.tab_of(label)
  for _, tab in ipairs(rows.TABS) do
    if tab.label == label then return tab end
  end
  return nil
end

-- Returns what is heard while both are compared.
function rows.heard(page)
  local side = page.shown == 'after' and 'after, the ' .. rows[page.compared].noun or 'before, as it was'
  if (page.matched_db or 0) == 0 then return 'You hear: ' .. side end
  return ('You hear: %s, %s dB so that both are equally loud'):format(side, words.number(page.matched_db))
end

local function is_compared(page) return page.shown and page.compared == page.tab.id end

local function comparison(page)
  local to = page.shown == 'after' and 'Hear before' or 'Hear after'
  return {
    button('compare', 'A/B: ' .. to, 'B', {is_default = page.sheet.stage == 'done'}),
    button('play', 'Play or stop', 'P'),
    button('keep', 'Keep', 'K'),
    button('revert', 'Revert', 'R'),
  }
end

-- Adds what can be done about the user's changes after a mix, and what was learned.
local function add_lessons(made, page)
  if not (page.tab.can_learn and page.may_learn) then return end
  made[#made + 1] = {
    button('learn', 'Learn from my changes', 'L'),
    button('lessons', 'What was learned', 'W'),
    button('unlearn', 'Undo last lesson', 'U'),
  }
end

-- Without a project there is nothing to turn to.
local function headed(page, heading)
  return {{widgets.heading(heading)}, page.sheet.wishes and {widgets.tabs('tab', 'Page', LABELS, page.tab.label)}}
end

local function choose(page)
  local tab, sheet = page.tab, page.sheet
  local made = headed(page, page.name == '' and tab.title or tab.title .. ': ' .. page.name)
  widgets.add_lines(made, sheet.lines, sheet.tone or 'plain')
  if page.refusal then made[#made + 1] = {text(page.refusal, 'warning')} end
  if not sheet.wishes then
    made[#made + 1] = {button('close', 'Close', 'C', {is_default = true})}
    return made
  end
  tab.add_settings(made, page, sheet.wishes)
  if is_compared(page) then
    if page.reminder then made[#made + 1] = {text(page.reminder, 'warning')} end
    made[#made + 1] = {text(('The last %s can still be compared. %s'):format(tab.noun, rows.heard(page)))}
    made[#made + 1] = comparison(page)
  end
  add_lessons(made, page)
  local start = {is_default = true, is_enabled = not page.refusal}
  made[#made + 1] = {button('start', tab.start.label, tab.start.key, start), button('close', 'Close', 'C')}
  return made
end

local function working(page, running)
  local now = running.progress
  local share = now and now.share or 0
  local heading = HEADINGS[running.words[1]] or page.tab.working
  local step = running.step_words or 'starting'
  return {
    {widgets.heading(heading:format(page.tab.noun))},
    {text('Leave the project alone until it is done. Esc stops it and leaves the project as it was.')},
    {{kind = 'progress', label = step:sub(1, 1):upper() .. step:sub(2), share = share}},
    {button('cancel', 'Cancel', 'C')},
  }
end

-- The buttons for what was written and is not compared: a rhythm, which can be taken back and varied.
local function variation(sheet)
  if not sheet.is_written then return {} end
  return {
    button('another', 'Another one', 'A', {is_default = true}),
    button('play', 'Play or stop', 'P'),
    button('revert', 'Undo', 'U'),
  }
end

local function done(page)
  local tab, sheet = page.tab, page.sheet
  local document = sheet.document
  local made = headed(page, tab.heading(sheet))
  tab.add_figures(made, document)
  if sheet.tone then widgets.add_lines(made, sheet.lines, sheet.tone) end
  if is_compared(page) then made[#made + 1] = {text(rows.heard(page))} end
  add_lessons(made, page)
  tab.add_table(made, document, sheet)
  local last = is_compared(page) and comparison(page) or not tab.can_compare and variation(sheet) or {}
  local is_default = #last == 0
  last[#last + 1] = button('back', 'Settings', 'S')
  last[#last + 1] = button('close', 'Close', 'C', {is_default = is_default})
  made[#made + 1] = last
  return made
end

local function failed(page)
  local made = {{widgets.heading('That did not work')}}
  widgets.add_lines(made, page.sheet.lines, 'error')
  made[#made + 1] = {text('What to do: put that right, go back and start again. In a terminal, “faderbot doctor” ' ..
    'says what is missing.')}
  made[#made + 1] = {button('back', 'Back', 'B', {is_default = true}), button('close', 'Close', 'C')}
  return made
end

local STAGES = {choose = choose, done = done, failed = failed}

-- Returns the rows of a page; of the job where one runs.
function rows.of(page, running)
  return (running and working or STAGES[page.sheet.stage])(page, running)
end

return rows
