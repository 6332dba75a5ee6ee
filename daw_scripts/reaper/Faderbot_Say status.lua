-- @noindex
-- @description Faderbot: Say status
-- @about
--   Says what Faderbot is doing, what it did last in the open project, and which tracks it leaves alone.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').status()
