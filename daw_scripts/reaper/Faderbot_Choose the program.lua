-- @noindex
-- @description Faderbot: Choose the program
-- @about
--   Asks where the faderbot program is, where it is not found by itself.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').choose()
