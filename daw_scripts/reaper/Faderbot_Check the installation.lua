-- @noindex
-- @description Faderbot: Check the installation
-- @about
--   Says line by line whether the faderbot program and REAPER reach each other.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').doctor()
