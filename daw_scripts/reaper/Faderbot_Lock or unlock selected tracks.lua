-- @noindex
-- @description Faderbot: Lock or unlock selected tracks
-- @about
--   Locked tracks are heard and not moved. Run again, it unlocks them.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').lock()
