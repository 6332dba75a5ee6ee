-- @noindex
-- @description Faderbot: Learn from my changes
-- @about
--   Learns from the faders and EQs that you changed since the last mix of the open project: mixes to come follow.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').learn()
