-- @noindex

-- The panel in a window of ReaImGui, https://github.com/cfillion/reaimgui, where that is installed.
--
-- A frame does nothing but draw: what the user did in it, and what is to be said, waits until it is complete. So
-- no error of a job leaves a window, a list or a table without its end.

local panel = require 'Faderbot.panel'
local speech = require 'Faderbot.speech'
local spoken = require 'Faderbot.gfx_spoken'
local widgets = require 'Faderbot.imgui_widgets'

local panel_imgui = {}

local View = {}
View.__index = View

-- The lowest version that can be asked for: later extensions answer to it as that version did.
local API = '0.9'
local TITLE = 'Faderbot: Auto-mix'
local FONT, FONT_SIZE = 'sans-serif', 15
local WIDTH, HEIGHT = 660, 600

-- Returns ReaImGui's functions; nil and why where they are not there.
local function find()
  if not reaper.ImGui_GetBuiltinPath then return nil, 'ReaImGui is older than ' .. API end
  local kept = package.path
  package.path = reaper.ImGui_GetBuiltinPath() .. '/?.lua;' .. kept
  local is_well, found = pcall(function() return require 'imgui'(API) end)
  package.path = kept
  if is_well then return found end
  return nil, 'ReaImGui does not start: ' .. tostring(found)
end

-- Opens a context. ReaImGui keeps the window's place, size and docker under its name.
function View:begin()
  local ImGui = self.ImGui
  self.ctx = ImGui.CreateContext(TITLE, ImGui.ConfigFlags_NavEnableKeyboard | ImGui.ConfigFlags_DockingEnable)
  self.font = ImGui.CreateFont(FONT, FONT_SIZE)
  ImGui.Attach(self.ctx, self.font)
end

function View:is_alive()
  return self.ctx and self.ImGui.ValidatePtr(self.ctx, 'ImGui_Context*')
end

-- Does what belongs between a begin and its end, and ends it whatever happens.
function View:inside(finish, act, ...)
  local is_well, wrong = pcall(act, self, ...)
  if is_well or self:is_alive() then finish(self.ctx) end
  if not is_well then error(wrong, 0) end
end

-- Draws; greyed and out of reach where it is not enabled.
function View:enabled(is_enabled, act, ...)
  if is_enabled ~= false then return act(self, ...) end
  self.ImGui.BeginDisabled(self.ctx, true)
  self:inside(self.ImGui.EndDisabled, act, ...)
end

-- The user did this; it happens after the frame.
function View:did(id, value)
  self.deeds[#self.deeds + 1] = {id = id, value = value}
end

-- Says the widget of the last item where it has the focus now, and its value where that changes. ``at`` is the place in
-- a list or a table.
function View:heed(widget, at, value)
  local id = widget.id or widget.kind
  if id == self.focus then self.is_focus_there = true end
  if not self.ImGui.IsItemFocused(self.ctx) then return end
  value = value or spoken.value(widget, at)
  if id ~= self.focus then
    self.words = widget.id and widget.label .. ', ' .. value or spoken.whole(widget, at)
  elseif at ~= self.at or value ~= self.value then
    self.words = value
  end
  self.focus, self.at, self.value, self.is_focus_there = id, at, value, true
end

-- Returns the id of the widget that gets the focus where the one that had it is gone: the default button, or the first.
local function heir_of(rows)
  local first
  for _, row in ipairs(rows) do
    for _, widget in ipairs(row) do
      if widget.id and widget.is_enabled ~= false then
        if widget.is_default then return widget.id end
        first = first or widget.id
      end
    end
  end
  return first
end

-- Gives the next item the focus.
function View:pass_focus()
  self.heir = nil
  self.ImGui.SetKeyboardFocusHere(self.ctx)
end

local function each_button(rows, act)
  for _, row in ipairs(rows) do
    for _, widget in ipairs(row) do
      if widget.kind == 'button' and widget.is_enabled then act(widget) end
    end
  end
end

-- The keys of the whole window. ReaImGui itself moves between the items and works them.
function View:keys(rows)
  local ImGui, ctx = self.ImGui, self.ctx

  local function is_pressed(name)
    return ImGui.IsKeyPressed(ctx, ImGui['Key_' .. name], false)
  end

  if is_pressed 'Escape' then
    -- Dear ImGui takes the focus away on Esc, and Tab finds none then. The panel may stay.
    self.heir = self.focus
    return self:did('close')
  end
  if not ImGui.IsAnyItemFocused(ctx) then
    if is_pressed 'Space' then return self:did('play') end
    if is_pressed 'Enter' or is_pressed 'KeypadEnter' then
      each_button(rows, function(one)
        if one.is_default then self:did(one.id) end
      end)
    end
  end
  if ImGui.GetKeyMods(ctx) ~= ImGui.Mod_None then return end
  each_button(rows, function(one)
    if one.key and is_pressed(one.key) then self:did(one.id) end
  end)
  for _, row in ipairs(rows) do
    local tabs = row[1] and row[1].kind == 'tabs' and row[1].options or {}
    for place, option in ipairs(tabs) do
      if is_pressed(('%d'):format(place)) then self:did(row[1].id, option) end
    end
  end
end

function View:contents(rows)
  local ImGui, ctx = self.ImGui, self.ctx
  local is_front = ImGui.IsWindowFocused(ctx, ImGui.FocusedFlags_RootAndChildWindows)
  -- Esc has closed a list, or ended typing, before it is seen here: what was so in the last frame counts.
  if is_front and not self.is_busy then self:keys(rows) end
  self.is_focus_there = false
  for _, row in ipairs(rows) do widgets.draw(self, row) end
  self.is_busy = ImGui.IsAnyItemActive(ctx) or ImGui.IsPopupOpen(ctx, '', ImGui.PopupFlags_AnyPopup)
  if self.focus and not self.is_focus_there and is_front and not self.is_busy then
    self.focus, self.heir = nil, heir_of(rows)
  end
end

function View:window(rows)
  local ImGui = self.ImGui
  local is_shown, is_kept = ImGui.Begin(self.ctx, TITLE, true, ImGui.WindowFlags_NoCollapse)
  self.is_shut = not is_kept
  if is_shown then self:inside(ImGui.End, self.contents, rows) end
end

-- Draws a frame. A context that is gone comes again; one that does not last a frame is an error.
function View:show(rows)
  local ImGui = self.ImGui
  local is_alive = self:is_alive()
  if not is_alive then
    if self.is_new then error('it takes its window away', 0) end
    self:begin()
  end
  self.is_new = not is_alive
  ImGui.SetNextWindowSize(self.ctx, WIDTH, HEIGHT, ImGui.Cond_FirstUseEver)
  ImGui.PushFont(self.ctx, self.font)
  self:inside(ImGui.PopFont, self.window, rows)
end

-- Does what the user did in the last frame.
function View:hand_over(p)
  local words, deeds = self.words, self.deeds
  self.words = nil
  if words then panel.tell(words) end
  if #deeds > 0 then
    self.deeds = {}
    for _, one in ipairs(deeds) do p:act(one.id, one.value) end
  end
  if self.is_shut then p.is_open = false end
end

local function fall_back(p, why)
  speech.say(why .. '; the plain window is shown instead')
  require 'Faderbot.panel_gfx'.open(p)
end

-- Shows a panel (panel.lua) until it is closed; in the plain window where ReaImGui is too old or fails.
function panel_imgui.open(p)
  local ImGui, why = find()
  if not ImGui then return fall_back(p, why) end
  local view = setmetatable({ImGui = ImGui, deeds = {}, faces = setmetatable({}, {__mode = 'k'})}, View)

  local function tick()
    p:turn()
    local rows = p:rows()
    local is_well, wrong = pcall(view.show, view, rows)
    if not is_well then return fall_back(p, 'ReaImGui fails: ' .. tostring(wrong)) end
    view:hand_over(p)
    if p.is_open then reaper.defer(tick) end
  end

  tick()
end

return panel_imgui
