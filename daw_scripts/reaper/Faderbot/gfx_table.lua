-- @noindex

-- Where the cells of the table go: in columns, or one under the other where the window is narrow.

local steps = require 'Faderbot.gfx_steps'

local tables = {}

local FIRST_SHARE = 0.26 -- of the width, the most that the first column takes

local function natural(widget, column, by)
  local wide = by.text:width('bold', widget.heads[column])
  for place, row in ipairs(widget.rows) do
    local marks = widget.marks and widget.marks[place][column]
    local own = marks and steps.natural(marks, by.sizes)
      or by.text:natural(column == 1 and 'bold' or 'body', row[column])
    wide = math.max(wide, own)
  end
  return wide + 2 * by.sizes.pad_cell
end

-- Returns the columns' widths, nil where they do not fit: names and numbers as they are, the rest shared by the texts
-- by the roots of their lengths, so that one much longer leaves the others their room.
local function widths_of(widget, width, by)
  local widths, texts, left, wanted, roots = {}, {}, width, 0, 0
  for column in ipairs(widget.heads) do
    local wide = natural(widget, column, by)
    if column == 1 then wide = math.min(wide, math.floor(width * FIRST_SHARE)) end
    widths[column] = wide
    if column > 1 and widget.align[column] == 'left' then
      texts[#texts + 1], wanted, roots = column, wanted + wide, roots + math.sqrt(wide)
    else
      left = left - wide
    end
  end
  if left < #texts * by.sizes.cell_least then return nil end
  for place, column in ipairs(texts) do
    local rest = #texts - place
    local share = math.floor(left * math.sqrt(widths[column]) / roots)
    share = wanted <= left and widths[column] or math.min(widths[column], share)
    local most = left - rest * by.sizes.cell_least
    wanted, roots = wanted - widths[column], roots - math.sqrt(widths[column])
    widths[column] = rest == 0 and left or math.max(by.sizes.cell_least, math.min(share, most))
    left = left - widths[column]
  end
  return widths
end

local function cell(lines, style, x, width, align)
  return {lines = lines, style = style, x = x, w = width, align = align}
end

-- ``marks`` are those of the row, nil for none.
local function in_columns(widget, row, widths, x, by, marks)
  local cells, lines = {}, 1
  local at = x
  for column, wide in ipairs(widths) do
    local style = column == 1 and 'bold' or 'body'
    local inner = wide - 2 * by.sizes.pad_cell
    local steps_of = marks and marks[column]
    local shown = steps_of and {} or by.text:wrap(style, row[column], inner)
    local made = cell(shown, style, at + by.sizes.pad_cell, inner, widget.align[column])
    if steps_of then made.marks, made.beats = steps_of, widget.beats end
    cells[column], lines = made, math.max(lines, #made.lines)
    at = at + wide
  end
  return cells, lines
end

-- One cell over the whole width: the name, and under it each value after its head.
local function stacked(widget, row, width, x, by)
  local inner = width - 2 * by.sizes.pad_cell
  local cells = {cell(by.text:wrap('bold', row[1], inner), 'bold', x + by.sizes.pad_cell, inner, 'left')}
  local lines = math.max(1, #cells[1].lines)
  for column = 2, #row do
    if row[column] ~= '' then
      local said = ('%s: %s'):format(widget.heads[column], (row[column]:gsub('\n', ', ')))
      local made = cell(by.text:wrap('body', said, inner), 'body', x + by.sizes.pad_cell, inner, 'left')
      made.skip = lines
      cells[#cells + 1], lines = made, lines + #made.lines
    end
  end
  return cells, lines
end

-- Puts a box for the heads and one for each row. Returns the height.
function tables.place(boxes, widget, x, y, width, by)
  local sizes, line = by.sizes, by.text:height('body')
  local widths = widths_of(widget, width, by)
  local top = y
  if widths then
    local heads = in_columns(widget, widget.heads, widths, x, by)
    for _, made in ipairs(heads) do made.style = 'small' end
    local high = by.text:height('small') + 2 * sizes.pad_cell
    boxes[#boxes + 1] = {kind = 'head', x = x, y = top, w = width, h = high, cells = heads}
    top = top + high
  end
  for place, row in ipairs(widget.rows) do
    local cells, lines
    if widths then
      cells, lines = in_columns(widget, row, widths, x, by, widget.marks and widget.marks[place])
    else
      cells, lines = stacked(widget, row, width, x, by)
    end
    local high = lines * line + 2 * sizes.pad_cell
    boxes[#boxes + 1] = {
      kind = 'row', id = 'table', widget = widget, place = place, x = x, y = top, w = width, h = high, cells = cells,
    }
    top = top + high
  end
  return top - y
end

return tables
