-- @description Faderbot: Auto-mix
-- @version 0.1.0
-- @author Faderbot
-- @about
--   Sets faders and EQ of the open project to a loudness target, in one undo step.
--
--   Needs the faderbot program on this computer: install it with "pipx install faderbot" (or "uv tool install
--   faderbot"), and say "faderbot doctor" in a terminal where something does not work.
-- @provides
--   [main] Faderbot_*.lua
--   [nomain] Faderbot/*.lua
--   [data] toolbar_icons/*.png
--   [data] toolbar_icons/150/*.png
--   [data] toolbar_icons/200/*.png

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

local panel = require 'Faderbot.panel'

local STOP_ON_RERUN, LIT, UNLIT = 1, 4, 8 -- of set_action_options, which REAPER 7.03 brought

local function light(is_lit)
  local _, _, section, command = reaper.get_action_context()
  reaper.SetToggleCommandState(section, command, is_lit and 1 or 0)
  reaper.RefreshToolbar2(section, command)
  if reaper.set_action_options then reaper.set_action_options(is_lit and STOP_ON_RERUN | LIT or UNLIT) end
end

local function relight() light(true) end

local p = panel.new((reaper.EnumProjects(-1)), relight)
reaper.atexit(function()
  p:close()
  light(false)
end)
light(true)
require(reaper.ImGui_GetBuiltinPath and 'Faderbot.panel_imgui' or 'Faderbot.panel_gfx').open(p)
