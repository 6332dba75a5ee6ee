-- @noindex
-- @description Faderbot: Clear locks and focus
-- @about
--   Unlocks all tracks of the open project and takes them out of focus.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').clear()
