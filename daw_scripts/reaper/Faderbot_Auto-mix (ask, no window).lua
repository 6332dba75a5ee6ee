-- @noindex
-- @description Faderbot: Auto-mix (ask, no window)
-- @about
--   Asks how to mix with a plain dialogue, mixes the open project without a window, and speaks.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').mix_asking()
