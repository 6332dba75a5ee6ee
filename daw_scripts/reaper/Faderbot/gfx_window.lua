-- @noindex

-- What the window of the gfx panel shows: the boxes, which of them has the focus, how far it is scrolled.
--
-- gfx_keyboard.lua and gfx_mouse.lua bring what the user does, gfx_paint.lua draws.

local layout = require 'Faderbot.gfx_layout'
local panel = require 'Faderbot.panel'
local scroll = require 'Faderbot.gfx_scroll'
local spoken = require 'Faderbot.gfx_spoken'
local text = require 'Faderbot.gfx_text'
local theme = require 'Faderbot.gfx_theme'

local window = {}

local Window = {}
Window.__index = Window

local CALM_S = 0.3 -- after a change of stage, in which a key that is held too long presses nothing

-- Returns the window of a panel.
function window.new(p)
  return setmetatable({
    p = p, colours = theme.colours(), lists = {}, at_row = 1, offset = 0, is_ring = true, is_stale = true,
    calm_until = -math.huge, told = 0,
  }, Window)
end

-- Returns where the height for the rows above the bar ends.
function Window:view_height() return self.height - self.found.footer_height end

function Window:boxes()
  local all = {}
  for _, part in ipairs {self.found.boxes, self.found.footer} do
    for _, box in ipairs(part) do all[#all + 1] = box end
  end
  return all
end

-- Tells whether a box takes the focus.
local function can_focus(box) return box.id and box.widget.is_enabled ~= false end

Window.can_focus = can_focus

-- Returns the box that has the focus: of a table the row.
function Window:focused()
  for _, box in ipairs(self:boxes()) do
    if box.id == self.focus and can_focus(box) and (box.kind ~= 'row' or box.place == self.at_row) then return box end
  end
  return nil
end

-- Returns the boxes that take the focus in their order, a table once.
function Window:order()
  local order, seen = {}, {}
  for _, box in ipairs(self:boxes()) do
    if can_focus(box) and not seen[box.id] then order[#order + 1], seen[box.id] = box, true end
  end
  return order
end

function Window:place_in(box)
  if box.kind == 'row' then return self.at_row end
  return self.lists[box.id] and self.lists[box.id].at
end

function Window:announce()
  local box = self:focused()
  if box then panel.tell(spoken.whole(box.widget, self:place_in(box))) end
end

function Window:is_in_footer(wanted)
  for _, box in ipairs(self.found.footer) do
    if box == wanted then return true end
  end
  return false
end

function Window:reveal()
  local box = self:focused()
  if not box or self:is_in_footer(box) then return end
  self.offset = scroll.reveal(self.found, self:view_height(), self.sizes, self.offset, box)
end

-- The lists keep their place as long as their tracks are there.
function Window:keep_lists()
  local lists = {}
  for _, box in ipairs(self.found.boxes) do
    if box.kind == 'tracks' then
      local list = self.lists[box.id] or {at = 1, top = 0}
      list.at = math.max(1, math.min(list.at, #box.widget.options))
      list.top = math.max(0, math.min(list.top, #box.widget.options - box.shown))
      lists[box.id] = list
    end
  end
  self.lists = lists
end

-- The focus stays where it is; where that is gone it goes to the default button, or to the first widget.
function Window:keep_focus()
  local rows = 0
  for _, box in ipairs(self.found.boxes) do rows = box.kind == 'row' and box.place or rows end
  self.at_row = math.max(1, math.min(self.at_row, rows))
  if self:focused() then return end
  local order = self:order()
  self.focus = order[1] and order[1].id
  for _, box in ipairs(order) do
    if box.widget.is_default then self.focus = box.id end
  end
  self.at_row = 1
  if self.p.told == self.told then self:announce() end -- else it would cut off what the panel just said
end

function Window:lay_out(rows)
  if gfx.ext_retina ~= self.scale then
    self.scale = gfx.ext_retina
    self.sizes = theme.sizes(math.max(1, self.scale))
    self.text = text.new(self.sizes)
  end
  local heading = rows[1][1].text
  if self.rows and heading ~= self.heading then
    self.offset, self.calm_until = 0, reaper.time_precise() + CALM_S
  end
  self.rows, self.heading, self.width, self.height = rows, heading, gfx.w, gfx.h
  self.found = layout.of(rows, self.width, self.height, {sizes = self.sizes, text = self.text})
  self:keep_lists()
  self:keep_focus()
  self.told = self.p.told
  self.offset = scroll.kept(self.found, self:view_height(), self.sizes, self.offset)
  self.hover, self.is_stale = nil, true
end

-- Lays out anew where something changed.
function Window:refresh()
  local rows = self.p:rows()
  local is_new = rows ~= self.rows or gfx.w ~= self.width or gfx.h ~= self.height or gfx.ext_retina ~= self.scale
  if is_new then self:lay_out(rows) end
end

function Window:is_calm() return reaper.time_precise() < self.calm_until end

-- What the user does to a box.

function Window:act(box, value) self.p:act(box.id, value) end

function Window:set_number(box, value)
  local widget = box.widget
  local chosen = math.max(widget.low, math.min(widget.high, value))
  if chosen ~= widget.value then self:act(box, chosen) end
end

-- Opens the system's own menu, which a screen reader knows.
function Window:open_menu(box)
  local items = {}
  for place, option in ipairs(box.widget.options) do
    items[place] = (option == box.widget.value and '!' or '') .. option
  end
  gfx.x, gfx.y = box.control.x, box.control.y + box.control.h - self.offset
  local chosen = gfx.showmenu(table.concat(items, '|'))
  if chosen > 0 then self:act(box, box.widget.options[math.floor(chosen)]) end
end

function Window:toggle_track(box, place)
  local option = box.widget.options[place]
  if option then self:act(box, {guid = option.guid, value = not box.widget.value[option.guid]}) end
end

function Window:move_focus(by)
  local order = self:order()
  local at = by > 0 and 0 or #order + 1
  for place, box in ipairs(order) do
    if self.is_ring and box.id == self.focus then at = place end
  end
  local next_box = order[(at + by - 1) % math.max(1, #order) + 1]
  if not next_box then return end
  self.focus, self.is_ring, self.is_stale = next_box.id, true, true
  self:reveal()
  self:announce()
end

function Window:scroll_by(pixels)
  self.offset = scroll.by(self.found, self:view_height(), self.sizes, self.offset, pixels)
  self.is_stale = true
end

return window
