-- @noindex
-- @description Faderbot: Keep mix
-- @about
--   Brings the last mix up exactly as it was written and ends the comparison.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').keep()
