-- @noindex
-- @description Faderbot: Undo last lesson
-- @about
--   Takes back what was learned last; the project is left as it is.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').undo_lesson()
