-- @noindex
-- @description Faderbot: Undo last auto-mix
-- @about
--   Takes Faderbot's last mix of the open project back; what was changed by hand afterwards stays.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

local job = require 'Faderbot.job'
local speech = require 'Faderbot.speech'

local refusal = job.refusal(false)
if refusal then
  speech.say(refusal)
else
  job.run({'undo'})
end
