-- @noindex
-- @description Faderbot: Undo last auto-mix
-- @about
--   Takes Faderbot's last mix of the open project back; what was changed by hand afterwards stays.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').undo()
