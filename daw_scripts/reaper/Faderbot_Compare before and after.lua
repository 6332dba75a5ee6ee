-- @noindex
-- @description Faderbot: Compare before and after
-- @about
--   Brings up how the project sounded before the last mix, and the mix again, at the same loudness.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').compare()
