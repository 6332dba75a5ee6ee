-- @noindex
-- @description Faderbot: Auto-mix selected tracks
-- @about
--   Sets faders and EQ of the selected tracks, with the others heard but left alone, without asking.

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

local job = require 'Faderbot.job'
local speech = require 'Faderbot.speech'

local refusal = job.refusal(true)
if refusal then
  speech.say(refusal)
else
  job.run({'mix', '--only-selected'})
end
