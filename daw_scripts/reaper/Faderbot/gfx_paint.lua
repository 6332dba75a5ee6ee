-- @noindex

-- Draws the boxes of the panel (gfx_layout.lua) into its window. Nothing is drawn outside the window or over the bar.
--
-- A view is {found, colours, sizes, text, width, height, offset, focus, is_ring, at_row, lists, hover, pressed}; while
-- it is drawn, clip_top and clip_bottom are the part of the window that is drawn into.

local layout = require 'Faderbot.gfx_layout'
local scroll = require 'Faderbot.gfx_scroll'
local shapes = require 'Faderbot.gfx_shapes'
local steps = require 'Faderbot.gfx_steps'

local paint = {}

local MINUS = '−'

local function middle_of(view, style, box) return box.y + (box.h - view.text:height(style)) // 2 end

local function write_in(view, rgb, style, line, box, align, pad)
  local fitted = view.text:fit(style, line, box.w - 2 * pad)
  local x = box.x + pad
  if align == 'center' then x = box.x + (box.w - view.text:width(style, fitted)) // 2 end
  if align == 'right' then x = box.x + box.w - pad - view.text:width(style, fitted) end
  shapes.write(view, rgb, style, fitted, x, middle_of(view, style, box))
  return fitted, x
end

local function moved(box, y)
  return {x = box.x, y = box.y + y, w = box.w, h = box.h}
end

local function is_at(view, what, box, part)
  local at = view[what]
  return at and at.id == box.id and at.place == box.place and (not part or at.part == part)
end

-- The ring around what has the focus.
local function ring(view, behind, box, control)
  if not view.is_ring or view.focus ~= box.id then return end
  if box.kind == 'row' and view.at_row ~= box.place then return end
  local sizes = view.sizes
  local inner, outer = sizes.ring_gap, sizes.ring_gap + sizes.ring
  if box.kind == 'row' then inner, outer = -sizes.ring, 0 end
  shapes.fill_grown(view, view.colours.ring, control, outer, sizes.round + math.max(0, outer))
  shapes.fill_grown(view, behind, control, inner, sizes.round + math.max(0, inner))
end

-- A field: an edge, and within it what it is filled with.
local function field(view, control, rgb)
  local sizes, hair = view.sizes, view.sizes.hair
  shapes.fill_grown(view, view.colours.edge, control, 0, sizes.round)
  shapes.fill_grown(view, rgb, control, -hair, sizes.round - hair)
end

local function field_colour(view, box, part)
  if is_at(view, 'pressed', box, part) then return view.colours.down end
  return is_at(view, 'hover', box, part) and view.colours.over or view.colours.field
end

local function text_colour(view, widget)
  return widget.is_enabled and view.colours.text or view.colours.muted
end

local function label(view, box, y)
  shapes.write(view, view.colours.muted, 'small', view.text:fit('small', box.widget.label, box.w), box.x, box.y + y)
end

-- The square of a check, with its tick.
local function square(view, rgb, is_on, x, y)
  local sizes = view.sizes
  local at = {x = x, y = y, w = sizes.tick, h = sizes.tick}
  if not shapes.is_inside(view, y, sizes.tick) then return end
  if is_on then
    shapes.fill_grown(view, view.colours.accent, at, 0, sizes.round // 2)
    shapes.tick(view, view.colours.on_accent, at)
  else
    shapes.fill_grown(view, view.colours.edge, at, 0, sizes.round // 2)
    shapes.fill_grown(view, rgb, at, -sizes.hair, math.max(0, sizes.round // 2 - sizes.hair))
  end
end

local DRAW = {}

function DRAW.text(view, box, y)
  local colours, sizes = view.colours, view.sizes
  local tone = box.widget.tone
  local rgb = colours[tone] or colours.text
  if box.inset > 0 then shapes.fill(view, rgb, box.x, box.y + y, sizes.mark, box.h) end
  local high = view.text:height(box.style)
  for place, line in ipairs(box.lines) do
    shapes.write(view, rgb, box.style, line, box.x + box.inset, box.y + y + (place - 1) * high)
  end
end

function DRAW.choice(view, box, y)
  local control = moved(box.control, y)
  label(view, box, y)
  ring(view, view.colours.page, box, control)
  field(view, control, field_colour(view, box))
  local inner = {x = control.x, y = control.y, w = control.w - control.h, h = control.h}
  write_in(view, text_colour(view, box.widget), 'body', box.widget.value, inner, 'left', view.sizes.pad)
  shapes.arrow(view, view.colours.muted, control)
end

-- The tab in front is filled, bold, and has a line under it.
function DRAW.tabs(view, box, y)
  local control, colours, sizes = moved(box.control, y), view.colours, view.sizes
  ring(view, colours.page, box, control)
  field(view, control, colours.field)
  for _, part in ipairs(box.parts) do
    local at, option = moved(part, y), box.widget.options[part.name]
    local is_front = option == box.widget.value
    local rgb = is_front and colours.accent or field_colour(view, box, part.name)
    shapes.fill_grown(view, rgb, at, -sizes.hair, sizes.round - sizes.hair)
    local ink = is_front and colours.on_accent or text_colour(view, box.widget)
    write_in(view, ink, is_front and 'bold' or 'body', layout.tab(part.name, option), at, 'center', sizes.pad_cell)
    if is_front then
      local inset = sizes.round + sizes.hair
      shapes.fill(view, ink, at.x + inset, at.y + at.h - 3 * sizes.ring, at.w - 2 * inset, sizes.ring)
    end
  end
end

function DRAW.number(view, box, y)
  local control, widget, colours = moved(box.control, y), box.widget, view.colours
  label(view, box, y)
  ring(view, colours.page, box, control)
  field(view, control, colours.field)
  for _, part in ipairs(box.parts) do
    local inner, hair = moved(part, y), view.sizes.hair
    shapes.fill_grown(view, field_colour(view, box, part.name), inner, -hair, view.sizes.round - hair)
    local is_end = widget.value == (part.name == 'less' and widget.low or widget.high)
    local sign = part.name == 'less' and MINUS or '+'
    write_in(view, is_end and colours.muted or colours.text, 'bold', sign, inner, 'center', 0)
  end
  local side = control.h
  local inner = {x = control.x + side, y = control.y, w = control.w - 2 * side, h = control.h}
  write_in(view, text_colour(view, widget), 'body', paint.number(widget), inner, 'center', 0)
end

function DRAW.check(view, box, y)
  local control, sizes = moved(box.control, y), view.sizes
  local rgb = is_at(view, 'hover', box) and view.colours.over or view.colours.page
  if is_at(view, 'pressed', box) then rgb = view.colours.down end
  ring(view, view.colours.page, box, control)
  shapes.fill_round(view, rgb, control.x, control.y, control.w, control.h, sizes.round)
  square(view, view.colours.field, box.widget.value, control.x + sizes.pad_cell,
    control.y + (control.h - sizes.tick) // 2)
  local left = sizes.pad_cell + sizes.tick
  local inner = {x = control.x + left, y = control.y, w = control.w - left, h = control.h}
  write_in(view, text_colour(view, box.widget), 'body', box.widget.label, inner, 'left', sizes.pad_cell)
end

local function bar_of(view, x, y, w, h, whole, shown, from)
  local long = math.max(2 * view.sizes.scroll, math.floor(h * shown / whole))
  local top = whole > shown and math.floor((h - long) * from / (whole - shown)) or 0
  shapes.fill_round(view, view.colours.edge, x, y + top, w, long, w // 2 - 1)
end

function DRAW.tracks(view, box, y)
  local control, sizes, colours = moved(box.control, y), view.sizes, view.colours
  local list, options = view.lists[box.id], box.widget.options
  label(view, box, y)
  ring(view, colours.page, box, control)
  field(view, control, colours.field)
  if #options == 0 then
    write_in(view, colours.muted, 'body', 'no tracks', control, 'left', sizes.pad)
    return
  end
  local is_long = #options > box.shown
  for _, part in ipairs(box.parts) do
    local option, at = options[list.top + part.name], moved(part, y)
    local is_current = view.is_ring and view.focus == box.id and list.at == list.top + part.name
    local rgb = is_current and colours.over or field_colour(view, box, part.name)
    local hair = sizes.hair
    local inner = {x = at.x + hair, y = at.y, w = at.w - 2 * hair - (is_long and sizes.scroll + hair or 0), h = at.h}
    shapes.fill(view, rgb, inner.x, inner.y, inner.w, inner.h)
    if is_current then shapes.fill(view, colours.ring, inner.x, inner.y, sizes.mark, inner.h) end
    square(view, rgb, box.widget.value[option.guid], at.x + sizes.pad, at.y + (at.h - sizes.tick) // 2)
    local left = sizes.pad + sizes.tick
    local name = {x = at.x + left, y = at.y, w = inner.w - left, h = at.h}
    write_in(view, text_colour(view, box.widget), 'body', option.name, name, 'left', sizes.pad_cell)
  end
  if is_long then
    bar_of(view, control.x + control.w - sizes.scroll - 2 * sizes.hair, control.y + sizes.gap_small, sizes.scroll,
      control.h - 2 * sizes.gap_small, #options, box.shown, list.top)
  end
end

function DRAW.progress(view, box, y)
  local bar, sizes = moved(box.bar, y), view.sizes
  local percent = ('%d %%'):format(math.floor(box.widget.share * 100))
  local line = {x = box.x, y = box.y + y, w = box.w, h = view.text:height('body')}
  write_in(view, view.colours.text, 'body', percent, line, 'right', 0)
  local room = {x = box.x, y = line.y, w = box.w - view.text:width('body', percent) - sizes.gap, h = line.h}
  write_in(view, view.colours.text, 'body', box.widget.label, room, 'left', 0)
  local round = bar.h // 2 - 1
  shapes.fill_round(view, view.colours.trough, bar.x, bar.y, bar.w, bar.h, round)
  local done = math.floor(bar.w * math.max(0, math.min(1, box.widget.share)))
  if done > 0 then shapes.fill_round(view, view.colours.accent, bar.x, bar.y, done, bar.h, round) end
end

local function cells(view, box, y, rgb)
  for _, one in ipairs(box.cells) do
    if one.marks then steps.draw(view, one, box.y + y + view.sizes.pad_cell) end
    local high = view.text:height(one.style == 'small' and 'small' or 'body')
    for place, line in ipairs(one.lines) do
      local x = one.x
      if one.align == 'right' then x = one.x + one.w - view.text:width(one.style, line) end
      local down = (place - 1 + (one.skip or 0)) * high
      shapes.write(view, rgb, one.style, line, x, box.y + y + view.sizes.pad_cell + down)
    end
  end
end

function DRAW.head(view, box, y)
  shapes.fill(view, view.colours.page, box.x, box.y + y, box.w, box.h)
  shapes.fill(view, view.colours.line, box.x, box.y + y + box.h - view.sizes.hair, box.w, view.sizes.hair)
  cells(view, box, y, view.colours.muted)
end

function DRAW.row(view, box, y)
  local at = moved(box, y)
  local rgb = box.place % 2 == 0 and view.colours.stripe or view.colours.page
  shapes.fill(view, rgb, at.x, at.y, at.w, at.h)
  ring(view, rgb, box, at)
  cells(view, box, y, view.colours.text)
end

-- The letter of the key is underlined.
local function underline(view, rgb, shown, key, x, y)
  local at = shown:lower():find((key or ''):lower(), 1, true)
  if not key or not at then return end
  local before = view.text:width('bold', shown:sub(1, at - 1))
  local wide = view.text:width('bold', shown:sub(at, at))
  local down = view.text:height('bold') - view.text:lead('bold') - view.sizes.hair
  shapes.fill(view, rgb, x + before, y + down, wide, view.sizes.hair)
end

function DRAW.button(view, box, y)
  local at, widget, colours = moved(box, y), box.widget, view.colours
  local is_main = widget.is_default and widget.is_enabled
  local rgb, over, down = colours.field, colours.over, colours.down
  if is_main then rgb, over, down = colours.accent, colours.accent_over, colours.accent_down end
  if widget.is_enabled and is_at(view, 'hover', box) then rgb = over end
  if widget.is_enabled and is_at(view, 'pressed', box) then rgb = down end
  local ink = is_main and colours.on_accent or text_colour(view, widget)
  ring(view, view.behind, box, at)
  if is_main then
    shapes.fill_round(view, rgb, at.x, at.y, at.w, at.h, view.sizes.round)
  else
    field(view, at, widget.is_enabled and rgb or view.behind)
  end
  local shown, x = write_in(view, ink, 'bold', widget.label, at, 'center', view.sizes.pad_cell)
  if widget.is_enabled then underline(view, ink, shown, widget.key, x, middle_of(view, 'bold', at)) end
end

-- Returns a number's text with its unit, and with a true minus sign.
function paint.number(widget)
  return (('%g %s'):format(widget.value, widget.unit):gsub(',', '.'):gsub('^-', MINUS):gsub('%s+$', ''))
end

local function draw_rows(view, bottom)
  local head = scroll.head(view.found.boxes)
  local is_stuck = head and head.y < view.offset
  view.clip_top, view.clip_bottom = is_stuck and head.h or 0, bottom
  for _, box in ipairs(view.found.boxes) do
    local y = box.y - view.offset
    local is_seen = y < bottom and y + box.h > view.clip_top
    if is_seen and not (is_stuck and box == head) then DRAW[box.kind](view, box, -view.offset) end
  end
  if is_stuck then
    view.clip_top = 0
    DRAW.head(view, head, -head.y)
  end
end

-- Draws the whole window.
function paint.all(view)
  local colours, sizes = view.colours, view.sizes
  local bottom = view:view_height()
  view.clip_top, view.clip_bottom = 0, view.height
  shapes.fill(view, colours.page, 0, 0, view.width, view.height)
  if view.width < sizes.window_least then return end -- nothing to be read in it
  view.behind = colours.page
  draw_rows(view, bottom)
  view.clip_top, view.clip_bottom = 0, view.height
  if view.found.height > bottom then
    bar_of(view, view.width - sizes.scroll - 2 * sizes.hair, sizes.gap_small, sizes.scroll,
      bottom - 2 * sizes.gap_small, view.found.height, bottom, view.offset)
  end
  if view.found.footer_height == 0 then return end
  view.behind = colours.bar
  shapes.fill(view, colours.bar, 0, bottom, view.width, view.found.footer_height)
  shapes.fill(view, colours.line, 0, bottom, view.width, sizes.hair)
  for _, box in ipairs(view.found.footer) do DRAW.button(view, box, bottom) end
end

return paint
