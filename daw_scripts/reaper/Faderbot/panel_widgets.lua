-- @noindex

-- The widgets of the panel, and what panel:act is given for them:
--   {kind='heading', text}
--   {kind='tabs', id, label, options={text…}, value=text, is_enabled}            an option; digits press them, too
--   {kind='text', text, tone='plain'|'good'|'warning'|'error'}
--   {kind='choice', id, label, options={text…}, value=text, is_enabled}          an option
--   {kind='number', id, label, value, low, high, step, unit, is_enabled}         a number
--   {kind='check', id, label, value, is_enabled}                                 a boolean
--   {kind='tracks', id, label, options={{guid=…, name=…}…}, value={[guid]=true}, is_enabled}  {guid=…, value=boolean}
--   {kind='button', id, label, key=letter or nil, is_enabled, is_default}        nothing
--   {kind='progress', label, share=0..1}
--   {kind='table', heads={text…}, rows={{text…}…}, align={'left'|'right'…}, marks=nil or {{text or false…}…}, beats}
--
-- In a table a cell with marks is drawn as the steps of a bar, a letter of "." (rest), "x" (hit) and "o" (accent) each,
-- with ``beats`` beats in it; its text says the same.
--
-- Nothing is told by colour alone: a tone has a word in its text.

local widgets = {}

local SIGNS = {good = 'Done: ', warning = 'Note: ', error = 'Error: ', plain = ''}

function widgets.heading(text) return {kind = 'heading', text = text} end

function widgets.text(line, tone)
  return {kind = 'text', text = SIGNS[tone or 'plain'] .. line, tone = tone or 'plain'}
end

function widgets.button(id, label, key, more)
  local found = {kind = 'button', id = id, label = label, key = key, is_enabled = true, is_default = false}
  for name, value in pairs(more or {}) do found[name] = value end
  return found
end

function widgets.tabs(id, label, options, value)
  return {kind = 'tabs', id = id, label = label, options = options, value = value, is_enabled = true}
end

function widgets.choice(id, label, options, value)
  return {kind = 'choice', id = id, label = label, options = options, value = value, is_enabled = true}
end

function widgets.check(id, label, value)
  return {kind = 'check', id = id, label = label, value = value, is_enabled = true}
end

-- ``range`` is {low, high, step}.
function widgets.number(id, label, value, unit, range)
  return {
    kind = 'number', id = id, label = label, value = value, low = range[1], high = range[2], step = range[3],
    unit = unit, is_enabled = true,
  }
end

-- Returns a choice of kept names that are shown as texts, and what brings a text back to its name.
function widgets.named(id, label, names, texts)
  local options, name_of = {}, {}
  for place, name in ipairs(names) do
    options[place], name_of[texts[name]] = texts[name], name
  end
  return {
    of = function(name) return widgets.choice(id, label, options, texts[name]) end,
    name = function(text) return name_of[text] end,
  }
end

-- Adds a row for each line; the first has the tone.
function widgets.add_lines(made, lines, tone)
  for place, line in ipairs(lines or {}) do made[#made + 1] = {widgets.text(line, place == 1 and tone or 'plain')} end
end

-- Adds a widget to the last row.
function widgets.beside(made, widget)
  local last = made[#made]
  last[#last + 1] = widget
end

return widgets
