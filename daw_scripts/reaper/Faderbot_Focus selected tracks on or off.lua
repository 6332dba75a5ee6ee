-- @noindex
-- @description Faderbot: Focus selected tracks on or off
-- @about
--   Tracks in focus are mixed to stand in front. Run again, it takes them out.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').focus()
