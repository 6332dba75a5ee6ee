-- @noindex

-- Faders, our ReaEQ and the tempo, written in one undo step; what fails in the middle is taken back.

local failure = require 'Faderbot.failure'
local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'
local reaeq = require 'Faderbot.reaeq'
local survey = require 'Faderbot.survey'
local tracks = require 'Faderbot.tracks'
local undo_step = require 'Faderbot.undo_step'

local writing = {}

local REAEQ = 'ReaEQ (Cockos)'
local ALWAYS_NEW = -1
local NEW_AND_FIRST = -1000 -- reaper_plugin_functions.h: -1000 less the place
local NEAR = 1e-6
local VALUES = {{'gain_linear', 'D_VOL'}, {'pan', 'D_PAN'}}

local function is_given(value) return value ~= nil and value ~= json.null end

-- On the master it comes first, so that a limiter of the user's keeps the last word.
local function added(track, is_master)
  local place = reaper.TrackFX_AddByName(track, REAEQ, false, is_master and NEW_AND_FIRST or ALWAYS_NEW)
  if place < 0 then failure.raise('failed', 'REAPER adds no ReaEQ: it comes with REAPER, install it again') end
  if not reaper.TrackFX_SetNamedConfigParm(track, place, 'renamed_name', tracks.EQ_ALIAS) then
    failure.raise('failed', 'this REAPER can not name an effect: update REAPER')
  end
  return place
end

local function write_eq(track, wanted, is_master)
  local place = is_given(wanted.effect) and wanted.effect ~= '' and tracks.effect(track, wanted.effect) or nil
  if place and not (#wanted.bands > 0 and reaeq.fits(track, place, wanted.bands)) then
    reaper.TrackFX_Delete(track, place)
    place = nil
  end
  if #wanted.bands == 0 then return end
  if not place then
    place = added(track, is_master)
    if not reaeq.fits(track, place, wanted.bands) then
      failure.raise('failed', 'a fresh ReaEQ has not the bands that are needed: reset its default preset')
    end
  end
  reaper.TrackFX_SetEnabled(track, place, true)
  reaeq.set_bands(track, place, wanted.bands)
end

local function write_track(track, wanted)
  for _, pair in ipairs(VALUES) do
    local value, name = wanted[pair[1]], pair[2]
    if is_given(value) then
      reaper.SetMediaTrackInfo_Value(track, name, value)
      local found = reaper.GetMediaTrackInfo_Value(track, name)
      if not numbers.near(found, value, NEAR, NEAR) then
        failure.raise('failed', '%s of a track is %.6g where %.6g was set', name, found, value)
      end
    end
  end
  if is_given(wanted.eq) then write_eq(track, wanted.eq, wanted.guid == tracks.MASTER) end
end

-- Returns where all items lie, in a row.
local function places(project)
  local found = {}
  for place = 0, reaper.CountTracks(project) - 1 do
    local track = reaper.GetTrack(project, place)
    for number = 0, reaper.CountTrackMediaItems(track) - 1 do
      local item = reaper.GetTrackMediaItem(track, number)
      for _, name in ipairs {'D_POSITION', 'D_LENGTH'} do
        found[#found + 1] = reaper.GetMediaItemInfo_Value(item, name)
      end
    end
  end
  return found
end

local function hold_still(project, before)
  local now = places(project)
  for number, value in ipairs(before) do
    if not now[number] or math.abs(now[number] - value) > NEAR then
      failure.raise('failed', 'REAPER moves items with the tempo: set their timebase to time, or say --stretch-items')
    end
  end
end

-- SetCurrentBPM counts quarters, as Master_GetTempo does; GetProjectTimeSignature2 the beats of the signature: two to a
-- quarter in 6/8.
local function write_tempo(project, tempo_bpm)
  local halves = math.floor(2.0 * reaper.GetProjectTimeSignature2(project) / reaper.Master_GetTempo() + 0.5)
  reaper.SetCurrentBPM(project, tempo_bpm * 2.0 / math.max(1, halves), false)
  local found = reaper.GetProjectTimeSignature2(project)
  if not numbers.near(found, tempo_bpm, NEAR, 0) then
    failure.raise('failed', 'the tempo is %.6g BPM where %.6g was set', found, tempo_bpm)
  end
end

-- Returns the tracks to be written by GUID. Raises "gone" before anything is written.
local function found_tracks(project, wanted)
  local found = {}
  for _, one in ipairs(wanted.tracks) do
    found[one.guid] = tracks.find(project, one.guid) or failure.raise('gone', '%s', one.guid)
  end
  return found
end

-- Writes everything (a Write of bridge/reaper/survey.py) within this very turn. Raises a failure.
function writing.write(wanted)
  local project = survey.project()
  local handles = found_tracks(project, wanted)
  undo_step.step(project, wanted.undo_name, function()
    for _, one in ipairs(wanted.tracks) do write_track(handles[one.guid], one) end
    if not is_given(wanted.tempo_bpm) then return end
    local before = wanted.items_stay == true and places(project) or {}
    write_tempo(project, wanted.tempo_bpm)
    hold_still(project, before)
  end)
end

return writing
