-- @noindex
-- @description Faderbot: Auto-mix with last settings
-- @about
--   Mixes the open project as was asked for last in it, without asking.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').mix_as_last()
