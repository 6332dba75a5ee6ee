-- @noindex

-- What is said of a widget that has the focus, to who does not see it.

local spoken = {}

local VALUES = {}

function VALUES.choice(widget) return widget.value end
function VALUES.tabs(widget)
  for place, option in ipairs(widget.options) do
    if option == widget.value then return ('%s, %d of %d'):format(option, place, #widget.options) end
  end
end

function VALUES.number(widget) return (('%g %s'):format(widget.value, widget.unit):gsub('%s+$', '')) end
function VALUES.check(widget) return widget.value and 'checked' or 'not checked' end

function VALUES.tracks(widget, at)
  local option = widget.options[at]
  if not option then return 'no tracks' end
  local mark = widget.value[option.guid] and 'checked' or 'not checked'
  return ('%s, %s, %d of %d'):format(option.name, mark, at, #widget.options)
end

function VALUES.table(widget, at)
  local said = {}
  for column, cell in ipairs(widget.rows[at] or {}) do
    local line = cell:gsub('\n', ', ')
    if line ~= '' then said[#said + 1] = column == 1 and line or widget.heads[column] .. ': ' .. line end
  end
  return table.concat(said, '. ')
end

function VALUES.button(widget) return widget.key and 'button, ' .. widget.key or 'button' end

-- Returns a widget's value in words; ``at`` is the place in a list or a table.
function spoken.value(widget, at) return VALUES[widget.kind](widget, at) end

-- Returns a widget's label and value.
function spoken.whole(widget, at)
  if widget.kind == 'table' then return ('table, %d rows. %s'):format(#widget.rows, spoken.value(widget, at)) end
  return ('%s, %s'):format(widget.label, spoken.value(widget, at))
end

return spoken
