-- @noindex
-- @description Faderbot: Stop
-- @about
--   Stops the job that runs, also one of the panel's; what it wrote is taken back.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

require('Faderbot.action').stop()
