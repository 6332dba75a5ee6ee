-- @noindex

-- What the mouse does in the window of the gfx panel (gfx_window.lua, "self" here).

local mouse = {}

local LEFT_BUTTON = 1
local NOTCH = 120 -- of a mouse wheel

local function is_over(at, x, y)
  return x >= at.x and x < at.x + at.w and y >= at.y and y < at.y + at.h
end

-- Returns {id, place, part, box} of what is under the mouse, nil for nothing that can be clicked.
local function under(self, x, y)
  local bottom = self:view_height()
  local boxes, down = self.found.boxes, y + self.offset
  if y >= bottom then boxes, down = self.found.footer, y - bottom end
  for _, box in ipairs(boxes) do
    if self.can_focus(box) and is_over(box.control or box, x, down) then
      local found = {id = box.id, place = box.place, box = box}
      for _, part in ipairs(box.parts or {}) do
        if is_over(part, x, down) then found.part = part.name end
      end
      return found
    end
  end
  return nil
end

local CLICKS = {
  choice = function(self, at) self:open_menu(at.box) end,
  number = function(self, at)
    local widget = at.box.widget
    if at.part then self:set_number(at.box, widget.value + (at.part == 'more' and widget.step or -widget.step)) end
  end,
  check = function(self, at) self:act(at.box, not at.box.widget.value) end,
  tracks = function(self, at)
    if not at.part then return end
    local list = self.lists[at.id]
    list.at = list.top + at.part
    self:toggle_track(at.box, list.at)
  end,
  tabs = function(self, at)
    if at.part then self:act(at.box, at.box.widget.options[at.part]) end
  end,
  row = function(self, at) self.at_row = at.place end,
  button = function(self, at) self:act(at.box) end,
}

local function is_same_spot(a, b)
  return a == b or (a and b and a.id == b.id and a.place == b.place and a.part == b.part) or false
end

-- With the mouse on the bar at the right the window scrolls to there.
local function drag(self, x, y)
  local bottom = self:view_height()
  local is_bar = self.found.height > bottom and x >= self.width - 2 * self.sizes.scroll and y < bottom
  if self.was_held and not self.is_dragging or not (self.is_dragging or is_bar) then return false end
  self.is_dragging = true
  local wanted = math.floor(y / bottom * self.found.height - bottom / 2)
  self:scroll_by(wanted - self.offset)
  return true
end

-- Does what the mouse did since the last turn.
function mouse.turn(self)
  local x, y = gfx.mouse_x, gfx.mouse_y
  local is_held = math.floor(gfx.mouse_cap) & LEFT_BUTTON > 0
  local over = under(self, x, y)
  if not is_same_spot(over, self.hover) then self.hover, self.is_stale = over, true end
  if not is_held then self.is_dragging = false end
  if is_held and drag(self, x, y) then
    self.was_held = true
    return
  end
  if is_held and not self.was_held then
    self.pressed, self.is_stale = over, true
    if over then self.focus, self.is_ring = over.id, false end
  elseif not is_held and self.was_held then
    local pressed = self.pressed
    self.pressed, self.is_stale = nil, true
    if pressed and is_same_spot(pressed, over) then CLICKS[over.box.kind](self, over) end
  end
  self.was_held = is_held
end

-- Scrolls by what the wheel was turned: the list under the mouse, or else the window.
function mouse.wheel(self)
  local turned = gfx.mouse_wheel
  if turned == 0 then return end
  gfx.mouse_wheel = 0
  local over = under(self, gfx.mouse_x, gfx.mouse_y)
  local list = over and over.box.kind == 'tracks' and self.lists[over.id]
  local hidden = list and #over.box.widget.options - over.box.shown or 0
  if hidden > 0 then
    list.top = math.max(0, math.min(hidden, list.top - (turned > 0 and 1 or -1)))
    self.is_stale = true
  else
    self:scroll_by(-turned / NOTCH * 2 * self.sizes.step)
  end
end

return mouse
