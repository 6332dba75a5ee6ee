-- @description Faderbot: Auto-mix
-- @version 0.1.0
-- @author Faderbot
-- @about
--   Sets faders and EQ of the open project to a loudness target, in one undo step. Needs the faderbot program.
-- @provides
--   [main] .
--   [main] Faderbot_Auto-mix selected tracks.lua
--   [main] Faderbot_Undo last auto-mix.lua
--   [nomain] Faderbot/*.lua

local _, script = reaper.get_action_context()
package.path = script:match('^(.*[/\\])') .. '?.lua;' .. package.path

local asking = require 'Faderbot.asking'
local job = require 'Faderbot.job'
local speech = require 'Faderbot.speech'

local refusal = job.refusal(true)
if refusal then
  speech.say(refusal)
  return
end
local words, wrong = asking.ask()
if words then
  job.run(words)
elseif wrong then
  speech.say(wrong)
end
