-- @noindex

-- Where the rows of the panel go, in pixels: boxes one under the other, and the last row of buttons as a bar of its own
-- at the bottom of the window.

local tables = require 'Faderbot.gfx_table'

local layout = {}

local STYLES = {heading = 'heading', text = 'body', progress = 'body'}

local function is_buttons(row)
  for _, widget in ipairs(row) do
    if widget.kind ~= 'button' then return false end
  end
  return #row > 0
end

-- Puts buttons side by side and into more lines where they do not fit. Returns the height.
local function place_buttons(boxes, row, x, y, width, by)
  local sizes, text = by.sizes, by.text
  local at, top = x, y
  for _, widget in ipairs(row) do
    local wide = math.max(sizes.button_least, text:width('bold', widget.label) + 2 * sizes.pad)
    wide = math.min(wide, width)
    if at > x and at + wide > x + width then at, top = x, top + sizes.button + sizes.gap_small * 2 end
    boxes[#boxes + 1] = {
      kind = 'button', id = widget.id, widget = widget, x = at, y = top, w = wide, h = sizes.button,
    }
    at = at + wide + sizes.gap
  end
  return top + sizes.button - y
end

local PLACE = {}

local function paragraph(widget, x, y, width, by)
  local style = STYLES[widget.kind]
  local is_marked = widget.tone and widget.tone ~= 'plain'
  local inset = is_marked and by.sizes.mark + by.sizes.pad or 0
  local lines = by.text:wrap(style, widget.text, width - inset)
  return {
    kind = 'text', widget = widget, x = x, y = y, w = width, h = #lines * by.text:height(style), lines = lines,
    style = style, inset = inset,
  }
end

PLACE.heading, PLACE.text = paragraph, paragraph

local function labelled(widget, x, y, width, by)
  local label = by.text:height('small') + by.sizes.gap_label
  return {
    kind = widget.kind, id = widget.id, widget = widget, x = x, y = y, w = width, h = label + by.sizes.control,
    control = {x = x, y = y + label, w = width, h = by.sizes.control},
  }
end

PLACE.choice = labelled

function PLACE.number(widget, x, y, width, by)
  local box = labelled(widget, x, y, width, by)
  local control, side = box.control, by.sizes.control
  box.parts = {
    {name = 'less', x = control.x, y = control.y, w = side, h = control.h},
    {name = 'more', x = control.x + control.w - side, y = control.y, w = side, h = control.h},
  }
  return box
end

-- Stands on the line of the controls beside it, where there are some.
function PLACE.check(widget, x, y, width, by, is_alone)
  local box = labelled(widget, x, y, width, by)
  if is_alone then
    box.h, box.control.y = by.sizes.control, y
  end
  return box
end

function PLACE.tracks(widget, x, y, width, by)
  local sizes = by.sizes
  local shown = math.max(1, math.min(#widget.options, by.items or sizes.items))
  local label = by.text:height('small') + sizes.gap_label
  local control = {x = x, y = y + label, w = width, h = shown * sizes.item + 2 * sizes.gap_small}
  local parts = {}
  for place = 1, math.min(#widget.options, shown) do
    parts[place] = {
      name = place, x = x, y = control.y + sizes.gap_small + (place - 1) * sizes.item, w = width, h = sizes.item,
    }
  end
  return {
    kind = 'tracks', id = widget.id, widget = widget, x = x, y = y, w = width, h = label + control.h,
    control = control, parts = parts, shown = shown,
  }
end

-- A segment for each tab, side by side.
local function place_tabs(widget, x, y, width, by)
  local sizes, parts, at = by.sizes, {}, x
  local most = width // #widget.options
  for place, option in ipairs(widget.options) do
    local wide = math.max(sizes.button_least, by.text:width('bold', layout.tab(place, option)) + 2 * sizes.pad)
    wide = math.min(wide, most)
    parts[place] = {name = place, x = at, y = y, w = wide, h = sizes.control}
    at = at + wide
  end
  local control = {x = x, y = y, w = at - x, h = sizes.control}
  return {kind = 'tabs', id = widget.id, widget = widget, x = x, y = y, w = width, h = sizes.control,
    control = control, parts = parts}
end

-- Returns what stands on a tab: the digit that presses it, and its name.
function layout.tab(place, option) return ('%d  %s'):format(place, option) end

function PLACE.progress(widget, x, y, width, by)
  local label = by.text:height('body') + 2 * by.sizes.gap_small
  return {
    kind = 'progress', widget = widget, x = x, y = y, w = width, h = label + by.sizes.bar,
    bar = {x = x, y = y + label, w = width, h = by.sizes.bar},
  }
end

-- Puts widgets into columns of one width. Returns the height.
local function place_columns(boxes, row, x, y, width, by)
  local sizes = by.sizes
  local is_field = row[1].id ~= nil
  local most = is_field and 2 or #row
  local columns = math.max(1, math.min(most, (width + sizes.gap) // (sizes.column_least + sizes.gap)))
  local wide = (width - (columns - 1) * sizes.gap) // columns
  local top, highest = y, 0
  for place, widget in ipairs(row) do
    local column = (place - 1) % columns
    if column == 0 and place > 1 then top, highest = top + highest + sizes.gap, 0 end
    local box = PLACE[widget.kind](widget, x + column * (wide + sizes.gap), top, wide, by, columns == 1)
    boxes[#boxes + 1] = box
    highest = math.max(highest, box.h)
  end
  return top + highest - y
end

local function place_row(boxes, row, x, y, width, by)
  if row[1].kind == 'table' then return tables.place(boxes, row[1], x, y, width, by) end
  if row[1].kind == 'tabs' then
    boxes[#boxes + 1] = place_tabs(row[1], x, y, width, by)
    return by.sizes.control
  end
  if is_buttons(row) then return place_buttons(boxes, row, x, y, width, by) end
  return place_columns(boxes, row, x, y, width, by)
end

-- Lines of text stand close, fields apart.
local function gap_after(row, next_row, sizes)
  local is_text = row[1].kind == 'text' and next_row and next_row[1].kind == 'text'
  return is_text and sizes.gap_small or row[1].kind == 'heading' and sizes.gap or sizes.gap_section
end

local function placed(rows, width, height, by)
  local sizes = by.sizes
  local inner = math.max(1, width - 2 * sizes.margin)
  local last = #rows
  local found = {boxes = {}, footer = {}, footer_height = 0}
  if last > 0 and is_buttons(rows[last]) then
    local high = place_buttons(found.footer, rows[last], sizes.margin, sizes.gap, inner, by) + 2 * sizes.gap
    if high <= height / 2 then
      found.footer_height, last = high, last - 1
    else
      found.footer = {}
    end
  end
  local y = sizes.margin
  for place = 1, last do
    y = y + place_row(found.boxes, rows[place], sizes.margin, y, inner, by)
    if place < last then y = y + gap_after(rows[place], rows[place + 1], sizes) end
  end
  found.height = y + sizes.gap_section
  return found
end

-- Returns {boxes, height} of the rows and {footer, footer_height} of the buttons at the bottom, whose boxes count from
-- the top of their bar. A bar that would take half of the window goes with the other rows. Lists of tracks grow into
-- the room that is left. ``by`` is {sizes, text}.
function layout.of(rows, width, height, by)
  local found = placed(rows, width, height, by)
  local more = (height - found.footer_height - found.height) // by.sizes.item
  if more <= 0 then return found end
  return placed(rows, width, height, {sizes = by.sizes, text = by.text, items = by.sizes.items + more})
end

return layout
