-- @noindex

-- A track's audio before its effects and its fader, as little-endian float32 stereo in a file.

local failure = require 'Faderbot.failure'
local survey = require 'Faderbot.survey'
local tracks = require 'Faderbot.tracks'

local audio = {}

local CHANNELS = 2
local SLICE = 1024 -- samples at a time, a small part of a turn
local PACKED = 128 -- values at a time: Lua's stack is short
local FORMAT = '<' .. ('f'):rep(PACKED)

local function packed(values)
  local parts = {}
  for from = 1, #values, PACKED do
    local last = math.min(from + PACKED - 1, #values)
    local format = last - from + 1 == PACKED and FORMAT or '<' .. ('f'):rep(last - from + 1)
    parts[#parts + 1] = format:pack(table.unpack(values, from, last))
  end
  return table.concat(parts)
end

-- Reads slices until the turn is over and returns how many samples are done. The accessor lives no longer than the
-- turn: the track may be gone in the next.
local function stretch(wanted, done, file, tick)
  local track = tracks.find(survey.project(), wanted.guid) or failure.raise('gone', '%s', wanted.guid)
  local accessor = reaper.CreateTrackAudioAccessor(track)
  local is_read, raised = pcall(function()
    repeat
      local samples = math.min(SLICE, wanted.samples - done)
      local start_s = wanted.start_s + done / wanted.rate_hz
      local buffer = reaper.new_array(samples * CHANNELS)
      buffer.clear() -- where there is no audio REAPER leaves it as it is
      local found = reaper.GetAudioAccessorSamples(accessor, wanted.rate_hz, CHANNELS, start_s, samples, buffer)
      if found < 0 then failure.raise('failed', 'REAPER gives no audio from %.1f s', start_s) end
      if not file:write(packed(buffer.table())) then failure.raise('failed', 'the disk takes no more audio') end
      done = done + samples
    until done >= wanted.samples or tick.is_over()
  end)
  reaper.DestroyAudioAccessor(accessor)
  if not is_read then error(raised, 0) end
  return done
end

-- Writes what is wanted (guid, start_s, samples, rate_hz) into a file. Raises a failure.
function audio.write(wanted, path, tick)
  local file = io.open(path, 'wb') or failure.raise('failed', '%s can not be written', path)
  local is_read, raised = pcall(function()
    local done = 0
    while done < wanted.samples do
      done = stretch(wanted, done, file, tick)
      tick.pause()
    end
  end)
  file:close()
  if not is_read then
    os.remove(path)
    error(raised, 0)
  end
end

return audio
