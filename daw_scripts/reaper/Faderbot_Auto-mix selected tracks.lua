-- @noindex
-- @description Faderbot: Auto-mix selected tracks
-- @about
--   Sets faders and EQ of the selected tracks as was asked for last in the project, with the others heard but left
--   alone, without asking.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').mix_selected()
