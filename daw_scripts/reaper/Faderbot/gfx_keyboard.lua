-- @noindex

-- What keys do in the window of the gfx panel (gfx_window.lua, "self" here).

local panel = require 'Faderbot.panel'
local spoken = require 'Faderbot.gfx_spoken'

local keyboard = {}

local PRESSES = {enter = true, space = true, escape = true} -- and every letter

local function change_choice(self, box, by)
  local widget = box.widget
  for place, option in ipairs(widget.options) do
    if option == widget.value then
      local chosen = widget.options[math.max(1, math.min(#widget.options, place + by))]
      if chosen ~= widget.value then self:act(box, chosen) end
      return
    end
  end
end

local function move_in_list(self, box, place)
  local list = self.lists[box.id]
  list.at = math.max(1, math.min(#box.widget.options, place))
  list.top = math.max(list.at - box.shown, math.min(list.top, list.at - 1))
  self.is_stale = true
  panel.tell(spoken.value(box.widget, list.at))
end

local function move_in_table(self, box, place)
  self.at_row = math.max(1, math.min(#box.widget.rows, place))
  self.is_stale = true
  self:reveal()
  panel.tell(spoken.value(box.widget, self.at_row))
end

local function press_button(self, box) self:act(box) end

local function turn_left(self, box) change_choice(self, box, -1) end
local function turn_right(self, box) change_choice(self, box, 1) end

-- What a key does to a widget of a kind. ``at`` is the box.
local KEYS = {
  choice = {
    up = turn_left, left = turn_left, down = turn_right, right = turn_right,
    home = function(self, at) change_choice(self, at, -#at.widget.options) end,
    ['end'] = function(self, at) change_choice(self, at, #at.widget.options) end,
    space = function(self, at) self:open_menu(at) end,
  },
  tabs = {
    up = turn_left, left = turn_left, down = turn_right, right = turn_right,
    home = function(self, at) change_choice(self, at, -#at.widget.options) end,
    ['end'] = function(self, at) change_choice(self, at, #at.widget.options) end,
  },
  number = {
    up = function(self, at) self:set_number(at, at.widget.value + at.widget.step) end,
    right = function(self, at) self:set_number(at, at.widget.value + at.widget.step) end,
    down = function(self, at) self:set_number(at, at.widget.value - at.widget.step) end,
    left = function(self, at) self:set_number(at, at.widget.value - at.widget.step) end,
    home = function(self, at) self:set_number(at, at.widget.low) end,
    ['end'] = function(self, at) self:set_number(at, at.widget.high) end,
  },
  check = {space = function(self, at) self:act(at, not at.widget.value) end},
  tracks = {
    up = function(self, at) move_in_list(self, at, self.lists[at.id].at - 1) end,
    down = function(self, at) move_in_list(self, at, self.lists[at.id].at + 1) end,
    home = function(self, at) move_in_list(self, at, 1) end,
    ['end'] = function(self, at) move_in_list(self, at, #at.widget.options) end,
    space = function(self, at) self:toggle_track(at, self.lists[at.id].at) end,
  },
  row = {
    up = function(self, at) move_in_table(self, at, self.at_row - 1) end,
    down = function(self, at) move_in_table(self, at, self.at_row + 1) end,
    home = function(self, at) move_in_table(self, at, 1) end,
    ['end'] = function(self, at) move_in_table(self, at, #at.widget.rows) end,
  },
  button = {
    space = press_button, enter = press_button,
    left = function(self) self:move_focus(-1) end, right = function(self) self:move_focus(1) end,
  },
}

local function press_default(self)
  for _, box in ipairs(self:order()) do
    if box.widget.is_default then return self:act(box) end
  end
end

-- What a key does where the widget with the focus wants it not.
local ANYWHERE = {
  tab = function(self) self:move_focus(1) end,
  ['tab back'] = function(self) self:move_focus(-1) end,
  enter = press_default,
  escape = function(self) self.p:act('close') end,
  space = function(self) self.p:act('play') end,
  up = function(self) self:scroll_by(-self.sizes.step) end,
  down = function(self) self:scroll_by(self.sizes.step) end,
  ['page up'] = function(self) self:scroll_by(-self:view_height()) end,
  ['page down'] = function(self) self:scroll_by(self:view_height()) end,
  home = function(self) self:scroll_by(-self.found.height) end,
  ['end'] = function(self) self:scroll_by(self.found.height) end,
}

-- A letter presses its button, a digit its tab.
local function press_letter(self, letter)
  for _, box in ipairs(self:order()) do
    local option = box.kind == 'tabs' and box.widget.options[tonumber(letter)]
    if option or box.widget.key == letter then return self:act(box, option or nil) end
  end
end

-- Does what a key (gfx_keys.lua) means.
function keyboard.press(self, name)
  if self:is_calm() and (PRESSES[name] or #name == 1) then return end
  local box = self.is_ring and self:focused()
  local by_kind = box and KEYS[box.kind][name]
  if by_kind then
    local before = spoken.value(box.widget, self:place_in(box))
    by_kind(self, box)
    self:refresh()
    local now = self:focused()
    local is_same = now and now.id == box.id and box.kind ~= 'row' and box.kind ~= 'tabs' -- which says where it leads
    local value = is_same and box.kind ~= 'button' and spoken.value(now.widget, self:place_in(now))
    if value and value ~= before and not (box.kind == 'tracks' and name ~= 'space') then panel.tell(value) end
    return
  end
  if ANYWHERE[name] then ANYWHERE[name](self) elseif #name == 1 then press_letter(self, name) end
  self:refresh()
end

return keyboard
