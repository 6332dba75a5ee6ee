-- @noindex

-- A track: fader, switches, effects, sends, envelopes.

local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'
local reaeq = require 'Faderbot.reaeq'

local tracks = {MASTER = 'master', EQ_ALIAS = 'Faderbot EQ'}

local SENDS = 0

-- Returns a track's GUID as text.
function tracks.guid(track)
  local _, guid = reaper.GetSetMediaTrackInfo_String(track, 'GUID', '', false)
  return guid
end

-- Returns a track by its GUID, or the master; nil where the track is gone.
function tracks.find(project, wanted)
  if wanted == tracks.MASTER then return reaper.GetMasterTrack(project) end
  for place = 0, reaper.CountTracks(project) - 1 do
    local track = reaper.GetTrack(project, place)
    if tracks.guid(track) == wanted then return track end
  end
  return nil
end

-- Returns the place of an effect in its chain by its GUID; nil where the track has it not.
function tracks.effect(track, wanted)
  for place = 0, reaper.TrackFX_GetCount(track) - 1 do
    if reaper.TrackFX_GetFXGUID(track, place) == wanted then return place end
  end
  return nil
end

-- Only the state chunk tells whether a track's controls are locked: a line "LOCK 1" among the track's own, which come
-- before those of its envelopes, effects and items.
local function is_locked(track)
  local is_told, chunk = reaper.GetTrackStateChunk(track, '', false)
  if not is_told then return false end
  local is_first = true
  for line in chunk:gmatch('[^\r\n]+') do
    local word, value = line:match('^%s*(%S+)%s*(%S*)')
    if not is_first and word then
      if word == 'LOCK' then return value ~= '' and value ~= '0' end
      if word:sub(1, 1) == '<' then return false end
    end
    is_first = false
  end
  return false
end

local function config(track, place, name)
  local is_told, text = reaper.TrackFX_GetNamedConfigParm(track, place, name)
  return is_told and text or ''
end

-- Returns an effect's own name, whatever it was renamed to.
local function effect_name(track, place)
  for _, key in ipairs {'original_name', 'fx_name'} do
    local name = config(track, place, key)
    if name ~= '' then return name end
  end
  local _, name = reaper.TrackFX_GetFXName(track, place)
  return name
end

local function effects_of(track)
  local found = json.list()
  for place = 0, reaper.TrackFX_GetCount(track) - 1 do
    local alias, name = config(track, place, 'renamed_name'), effect_name(track, place)
    local is_ours = alias == tracks.EQ_ALIAS and name:find('ReaEQ', 1, true)
    found[#found + 1] = {
      guid = reaper.TrackFX_GetFXGUID(track, place) or '',
      name = name,
      alias = alias,
      enabled = reaper.TrackFX_GetEnabled(track, place),
      offline = reaper.TrackFX_GetOffline(track, place),
      bands = is_ours and reaeq.bands(track, place) or json.list(),
    }
  end
  return found
end

-- Returns the sends, with where they go as GUID; a send to nowhere is dropped.
local function sends_of(project, track)
  local found = json.list()
  for place = 0, reaper.GetTrackNumSends(track, SENDS) - 1 do
    local function value(name) return reaper.GetTrackSendInfo_Value(track, SENDS, place, name) end

    local to = value('P_DESTTRACK') -- in Lua a track itself, not the number of its address
    if type(to) == 'userdata' and reaper.ValidatePtr2(project, to, 'MediaTrack*') then
      found[#found + 1] = {
        to = tracks.guid(to),
        gain_linear = value('D_VOL'),
        pan = value('D_PAN'),
        muted = value('B_MUTE') > 0,
        mode = numbers.whole(value('I_SENDMODE')),
        mono = value('B_MONO') > 0,
        phase_inverted = value('B_PHASE') > 0,
      }
    end
  end
  return found
end

-- Tells whether an envelope works; one of which that can not be told counts as working.
local function is_active(envelope)
  if not reaper.GetSetEnvelopeInfo_String then return true end
  local is_told, text = reaper.GetSetEnvelopeInfo_String(envelope, 'ACTIVE', '', false)
  return not is_told or text:match('^%s*(.-)%s*$') ~= '0'
end

local function envelopes_of(track)
  local found = json.list()
  for place = 0, reaper.CountTrackEnvelopes(track) - 1 do
    local envelope = reaper.GetTrackEnvelope(track, place)
    local _, name = reaper.GetEnvelopeName(envelope)
    found[#found + 1] = {name = name, active = is_active(envelope), points = reaper.CountEnvelopePoints(envelope)}
  end
  return found
end

-- Returns all that is to be known of a track but its items.
function tracks.read(project, track, is_master)
  local function value(name) return reaper.GetMediaTrackInfo_Value(track, name) end

  local _, name = reaper.GetTrackName(track)
  return {
    guid = is_master and tracks.MASTER or tracks.guid(track),
    name = name,
    gain_linear = value('D_VOL'),
    pan = value('D_PAN'),
    muted = value('B_MUTE') > 0,
    solo = numbers.whole(value('I_SOLO')),
    selected = value('I_SELECTED') > 0,
    armed = value('I_RECARM') > 0,
    locked = not is_master and is_locked(track),
    phase_inverted = value('B_PHASE') > 0,
    folder_depth = is_master and 0 or numbers.whole(value('I_FOLDERDEPTH')),
    main_send = is_master or value('B_MAINSEND') > 0,
    effects_enabled = value('I_FXEN') > 0,
    effects = effects_of(track),
    sends = is_master and json.list() or sends_of(project, track),
    items = json.list(),
    envelopes = envelopes_of(track),
    automation = numbers.whole(value('I_AUTOMODE')),
    timebase = not is_master and numbers.whole(value('C_BEATATTACHMODE')) or nil,
  }
end

return tracks
