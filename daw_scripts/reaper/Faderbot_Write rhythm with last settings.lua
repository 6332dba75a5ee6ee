-- @noindex
-- @description Faderbot: Write rhythm with last settings
-- @about
--   Writes drums to the music of the open project, as was asked for last in it, onto a new track, without asking.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').write_rhythm()
