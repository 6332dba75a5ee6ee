-- @noindex

-- Says lines: through OSARA to who does not see, all at once so that none cuts off another, else in REAPER's console.

local speech = {}

function speech.say(...)
  if reaper.osara_outputMessage then
    reaper.osara_outputMessage(table.concat({...}, '. '))
    return
  end
  for _, line in ipairs {...} do reaper.ShowConsoleMsg('Faderbot: ' .. line .. '\n') end
end

return speech
