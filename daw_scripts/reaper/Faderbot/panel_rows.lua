-- @noindex

-- The rows of widgets that a page of the panel shows. Nothing is told by colour alone: a tone has a word in its text.
--
-- Widgets, and what panel:act is given for them:
--   {kind='heading', text}
--   {kind='text', text, tone='plain'|'good'|'warning'|'error'}
--   {kind='choice', id, label, options={text…}, value=text, is_enabled}          an option
--   {kind='number', id, label, value, low, high, step, unit, is_enabled}         a number
--   {kind='check', id, label, value, is_enabled}                                 a boolean
--   {kind='tracks', id, label, options={{guid=…, name=…}…}, value={[guid]=true}, is_enabled}  {guid=…, value=boolean}
--   {kind='button', id, label, key=letter or nil, is_enabled, is_default}        nothing
--   {kind='progress', label, share=0..1}
--   {kind='table', heads={text…}, rows={{text…}…}, align={'left'|'right'…}}

local wishes = require 'Faderbot.wishes'
local words = require 'Faderbot.panel_words'

local rows = {}

local TARGETS = {
  streaming = 'Streaming, −14 LUFS', broadcast = 'Broadcast, −23 LUFS', aes = 'AES, −16 LUFS',
  album = 'Album, −16 LUFS', podcast = 'Podcast, −16 LUFS', custom = 'Custom',
}
local STYLES = {
  balanced = 'Balanced', country = 'Country', rap = 'Rap', pop = 'Pop', rock = 'Rock', metal = 'Metal',
}
local ALL, SELECTED = 'All tracks', 'Selected tracks only'
local SIGNS = {good = 'Done: ', warning = 'Note: ', error = 'Error: ', plain = ''}
local STEP_LUFS = 1
local STEP_PERCENT = 5

local function shown(names, texts)
  local found = {}
  for place, name in ipairs(names) do found[place] = texts[name] end
  return found
end

local function name_of(texts, text)
  for name, one in pairs(texts) do
    if one == text then return name end
  end
  return nil
end

-- Return what is kept for what is shown.
function rows.target_of(text) return name_of(TARGETS, text) end
function rows.style_of(text) return name_of(STYLES, text) end
function rows.is_selected_only(text) return text == SELECTED end

local function text(line, tone)
  return {kind = 'text', text = SIGNS[tone or 'plain'] .. line, tone = tone or 'plain'}
end

local function button(id, label, key, more)
  local found = {kind = 'button', id = id, label = label, key = key, is_enabled = true, is_default = false}
  for name, value in pairs(more or {}) do found[name] = value end
  return found
end

-- Returns what is heard while both are compared.
function rows.heard(page)
  local side = page.shown == 'after' and 'after, the mix' or 'before, as it was'
  if (page.matched_db or 0) == 0 then return 'You hear: ' .. side end
  return ('You hear: %s, %s dB so that both are equally loud'):format(side, words.number(page.matched_db))
end

local function comparison(page)
  local to = page.shown == 'after' and 'Hear before' or 'Hear after'
  return {
    button('compare', 'A/B: ' .. to, 'B', {is_default = page.stage == 'mixed'}),
    button('play', 'Play or stop', 'P'),
    button('keep', 'Keep', 'K'),
    button('revert', 'Revert', 'R'),
  }
end

local function add_lines(made, page, tone)
  for place, line in ipairs(page.lines or {}) do made[#made + 1] = {text(line, place == 1 and tone or 'plain')} end
end

local function choice(id, label, options, value)
  return {kind = 'choice', id = id, label = label, options = options, value = value, is_enabled = true}
end

local function number(id, label, value, unit, low, high, step)
  return {
    kind = 'number', id = id, label = label, value = value, low = low, high = high, step = step, unit = unit,
    is_enabled = true,
  }
end

local function add_settings(made, page)
  local kept = page.wishes

  local function list(id, label)
    return {kind = 'tracks', id = id, label = label, options = page.tracks, value = kept[id], is_enabled = true}
  end

  made[#made + 1] = {choice('target', 'Loudness target', shown(wishes.TARGETS, TARGETS), TARGETS[kept.target])}
  if kept.target == 'custom' then
    made[#made][2] = number('custom_lufs', 'Loudness', kept.custom_lufs, 'LUFS', wishes.LOWEST_LUFS,
      wishes.HIGHEST_LUFS, STEP_LUFS)
  end
  made[#made + 1] = {
    choice('style', 'Style', shown(wishes.STYLES, STYLES), STYLES[kept.style]),
    number('strength', 'Strength', kept.strength_percent, '%', 0, 100, STEP_PERCENT),
  }
  made[#made + 1] = {
    choice('which', 'Tracks', {ALL, SELECTED}, kept.is_selected_only and SELECTED or ALL),
    {kind = 'check', id = 'eq', label = 'Use EQ as well as faders', value = kept.is_eq, is_enabled = true},
  }
  for _, set in ipairs {kept.focus, kept.lock} do
    for _, name in ipairs(wishes.shared_names(page.project, set)) do
      made[#made + 1] = {text(('more than one track is called “%s”: all of them are meant'):format(name), 'warning')}
    end
  end
  made[#made + 1] = {list('focus', 'Focus: bring out'), list('lock', 'Lock: leave alone')}
end

local function choose(page)
  local made = {{{kind = 'heading', text = page.name == '' and 'Auto-mix' or 'Auto-mix: ' .. page.name}}}
  add_lines(made, page, page.tone or 'plain')
  if page.refusal then made[#made + 1] = {text(page.refusal, 'warning')} end
  if not page.wishes then
    made[#made + 1] = {button('close', 'Close', 'C', {is_default = true})}
    return made
  end
  add_settings(made, page)
  if page.shown then
    if page.reminder then made[#made + 1] = {text(page.reminder, 'warning')} end
    made[#made + 1] = {text('The last mix can still be compared. ' .. rows.heard(page))}
    made[#made + 1] = comparison(page)
  end
  made[#made + 1] = {
    button('start', 'Start mixing', 'S', {is_default = true, is_enabled = not page.refusal}),
    button('close', 'Close', 'C'),
  }
  return made
end

local function working(_, running)
  local now = running.progress
  local share = now and now.share or 0
  local heading = running.words[1] == 'undo' and 'Taking the mix back' or 'Mixing'
  local step = running.step_words or 'starting'
  return {
    {{kind = 'heading', text = heading}},
    {text('Leave the project alone until it is done. Esc stops it and leaves the project as it was.')},
    {{kind = 'progress', label = step:sub(1, 1):upper() .. step:sub(2), share = share}},
    {button('cancel', 'Cancel', 'C')},
  }
end

local function mixed(page)
  local document = page.document
  local heading = page.is_written and ('Mixed %d tracks'):format(#document.tracks) or 'Nothing was to be changed'
  local made = {{{kind = 'heading', text = heading}}}
  local lines, is_high = words.figures(document)
  for place, line in ipairs(lines) do
    made[#made + 1] = {text(line, is_high and place == #lines and 'warning' or 'plain')}
  end
  if page.tone == 'warning' then add_lines(made, page, 'warning') end
  if page.shown then made[#made + 1] = {text(rows.heard(page))} end
  made[#made + 1] = {words.table(document)}
  for _, note in ipairs(document.notes) do made[#made + 1] = {text(note, 'warning')} end
  made[#made + 1] = page.shown and comparison(page) or {}
  local last = made[#made]
  last[#last + 1] = button('back', 'Settings', 'S')
  last[#last + 1] = button('close', 'Close', 'C', {is_default = not page.shown})
  return made
end

local function failed(page)
  local made = {{{kind = 'heading', text = 'That did not work'}}}
  add_lines(made, page, 'error')
  made[#made + 1] = {text('What to do: put that right, go back and start again. In a terminal, “faderbot doctor” ' ..
    'says what is missing.')}
  made[#made + 1] = {button('back', 'Back', 'B', {is_default = true}), button('close', 'Close', 'C')}
  return made
end

local STAGES = {choose = choose, mixed = mixed, failed = failed}

-- Returns the rows of a page; of the job where one runs.
function rows.of(page, running)
  return (running and working or STAGES[page.stage])(page, running)
end

return rows
