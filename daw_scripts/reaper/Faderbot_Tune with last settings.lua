-- @noindex
-- @description Faderbot: Tune with last settings
-- @about
--   Tunes the tone of the open project as was asked for last in it, with EQ and faders, without asking.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').tune()
