-- @noindex
-- @description Faderbot: Say what was learned
-- @about
--   Says what Faderbot learned from your changes, lesson by lesson and by style.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').say_lessons()
