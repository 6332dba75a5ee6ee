-- @noindex

-- A media item: where it lies, how it fades, what its active take plays.

local numbers = require 'Faderbot.numbers'

local items = {}

-- Returns what the function of that name counts: a REAPER without it is older than what it counts, and has none.
local function count(name, object)
  return reaper[name] and reaper[name](object) or 0
end

-- Returns kind, path and length in seconds. A section, reversed or not, keeps its kind and has its file's path.
local function source_of(source)
  local kind = reaper.GetMediaSourceType(source)
  local length, in_beats = reaper.GetMediaSourceLength(source)
  local file = source
  if kind == 'SECTION' and reaper.GetMediaSourceParent then file = reaper.GetMediaSourceParent(source) or source end
  return kind, reaper.GetMediaSourceFileName(file), in_beats and 0.0 or length
end

local function add_take(found, take)
  local function value(name) return reaper.GetMediaItemTakeInfo_Value(take, name) end

  local source = reaper.GetMediaItemTake_Source(take)
  if source then found.source_kind, found.source_path, found.source_length_s = source_of(source) end
  found.offset_s = value('D_STARTOFFS')
  found.playrate = value('D_PLAYRATE')
  found.take_gain_linear = value('D_VOL')
  found.take_pan = value('D_PAN')
  found.channel_mode = numbers.whole(value('I_CHANMODE'))
  found.pitch_semitones = value('D_PITCH')
  found.take_effects = count('TakeFX_GetCount', take)
  found.take_envelopes = count('CountTakeEnvelopes', take)
  found.stretch_markers = count('GetTakeNumStretchMarkers', take)
end

-- Tells whether an item plays a file with audio. MIDI may come from a file too: "MIDI", "MIDIPOOL".
function items.has_audio(item)
  local take = reaper.GetActiveTake(item)
  local source = take and reaper.GetMediaItemTake_Source(take)
  if not source then return false end
  local kind, path = source_of(source)
  return path ~= '' and not kind:find('^MIDI')
end

-- Returns an item with its active take. One without a take, or a take offline, plays no file.
function items.read(item)
  local function value(name) return reaper.GetMediaItemInfo_Value(item, name) end

  -- The fade that is heard: an automatic crossfade, -1 where there is none, goes before the item's own.
  local function fade_s(name)
    local auto_s = value(name .. '_AUTO')
    return auto_s > 0 and auto_s or value(name)
  end

  local found = {
    position_s = value('D_POSITION'),
    length_s = value('D_LENGTH'),
    gain_linear = value('D_VOL'),
    muted = value('B_MUTE') > 0,
    looped = value('B_LOOPSRC') > 0,
    fade_in_s = fade_s('D_FADEINLEN'),
    fade_out_s = fade_s('D_FADEOUTLEN'),
    fade_in_shape = numbers.whole(value('C_FADEINSHAPE')),
    fade_out_shape = numbers.whole(value('C_FADEOUTSHAPE')),
    timebase = numbers.whole(value('C_BEATATTACHMODE')),
  }
  local take = reaper.GetActiveTake(item)
  if take then add_take(found, take) end
  return found
end

return items
