-- @noindex

-- The panel in a window of REAPER's own gfx: everything by keyboard, everything by mouse.

local keyboard = require 'Faderbot.gfx_keyboard'
local keys = require 'Faderbot.gfx_keys'
local mouse = require 'Faderbot.gfx_mouse'
local paint = require 'Faderbot.gfx_paint'
local windows = require 'Faderbot.gfx_window'

local panel_gfx = {}

local TITLE = 'Faderbot: Auto-mix'
local WIDTH, HEIGHT = 760, 640
local SECTION, KEY = 'Faderbot', 'window'
local FLAGS = 65536 -- for gfx.getchar: whether the window is seen and has the keyboard
local MOST_KEYS = 32 -- in a turn

-- Returns dock state and place as they were kept, nil where they were not.
local function kept_place()
  local found = {}
  for part in reaper.GetExtState(SECTION, KEY):gmatch('%-?%d+') do found[#found + 1] = tonumber(part) end
  return #found == 5 and found[4] > 0 and found[5] > 0 and found or nil
end

local function open_window()
  gfx.ext_retina = 1
  local kept = kept_place()
  if kept then
    gfx.init(TITLE, kept[4], kept[5], kept[1], kept[2], kept[3])
  else
    gfx.init(TITLE, WIDTH, HEIGHT, 0, 100, 100)
    -- A Mac makes a window of so many points, the others of so many pixels.
    local scale = gfx.ext_retina
    if gfx.w < WIDTH * scale then gfx.init('', math.floor(WIDTH * scale), math.floor(HEIGHT * scale)) end
  end
  gfx.clear = -1 -- what is drawn stays
end

-- Returns dock state, place and size as text.
local function present_place()
  local place = {gfx.dock(-1, 0, 0, 0, 0)}
  for at, one in ipairs(place) do place[at] = ('%d'):format(math.floor(one)) end
  return table.concat(place, ' ')
end

-- Returns whether the window is still there.
local function read_keys(window)
  for _ = 1, MOST_KEYS do
    local char = gfx.getchar()
    if char < 0 then return false end
    if char == 0 or not window.p.is_open then return true end
    local name = keys.name(char, math.floor(gfx.mouse_cap))
    if name then keyboard.press(window, name) end
  end
  return true
end

-- Draws where something changed. Returns whether the window is still there.
local function turn_of(window)
  window:refresh()
  if not read_keys(window) then return false end
  mouse.turn(window)
  mouse.wheel(window)
  window:refresh()
  local flags = gfx.getchar(FLAGS)
  if flags ~= window.flags then window.flags, window.is_stale = flags, true end
  if window.is_stale then
    window.is_stale = false
    paint.all(window)
  end
  gfx.update()
  return window.p.is_open
end

-- Opens the window of a panel, which lives as long as the panel does.
function panel_gfx.open(p)
  open_window()
  local window = windows.new(p)
  local place

  local function turn()
    p:turn()
    if turn_of(window) then
      place = present_place()
      reaper.defer(turn)
    else
      p.is_open = false
      gfx.quit()
    end
  end

  reaper.atexit(function()
    if place then reaper.SetExtState(SECTION, KEY, place, true) end
    gfx.quit()
  end)
  turn()
end

return panel_gfx
