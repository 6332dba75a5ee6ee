-- @noindex

-- Faders, our ReaEQ and the tempo, written in one undo step; what fails in the middle is taken back.

local failure = require 'Faderbot.failure'
local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'
local reaeq = require 'Faderbot.reaeq'
local survey = require 'Faderbot.survey'
local tracks = require 'Faderbot.tracks'

local writing = {}

local REAEQ = 'ReaEQ (Cockos)'
local EVERYTHING = -1 -- UNDO_STATE_ALL: a tempo moves items too
local ALWAYS_NEW = -1
local NEAR = 1e-6
local VALUES = {{'gain_linear', 'D_VOL'}, {'pan', 'D_PAN'}}

local function is_given(value) return value ~= nil and value ~= json.null end

local function added(track)
  local place = reaper.TrackFX_AddByName(track, REAEQ, false, ALWAYS_NEW)
  if place < 0 then failure.raise('failed', 'REAPER adds no ReaEQ: it comes with REAPER, install it again') end
  if not reaper.TrackFX_SetNamedConfigParm(track, place, 'renamed_name', tracks.EQ_ALIAS) then
    failure.raise('failed', 'this REAPER can not name an effect: update REAPER')
  end
  return place
end

local function write_eq(track, wanted)
  local place = is_given(wanted.effect) and wanted.effect ~= '' and tracks.effect(track, wanted.effect) or nil
  if place and not (#wanted.bands > 0 and reaeq.fits(track, place, wanted.bands)) then
    reaper.TrackFX_Delete(track, place)
    place = nil
  end
  if #wanted.bands == 0 then return end
  if not place then
    place = added(track)
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
  if is_given(wanted.eq) then write_eq(track, wanted.eq) end
end

local function write_tempo(project, tempo_bpm)
  reaper.SetCurrentBPM(project, tempo_bpm, false)
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
  local before = reaper.GetProjectStateChangeCount(project)
  reaper.Undo_BeginBlock2(project)
  local is_done, raised = pcall(function()
    for _, one in ipairs(wanted.tracks) do write_track(handles[one.guid], one) end
    if is_given(wanted.tempo_bpm) then write_tempo(project, wanted.tempo_bpm) end
  end)
  reaper.Undo_EndBlock2(project, wanted.undo_name, EVERYTHING)
  if is_done then return end
  if reaper.GetProjectStateChangeCount(project) ~= before and survey.undo_name() == wanted.undo_name then
    reaper.Undo_DoUndo2(project)
  end
  error(raised, 0)
end

-- Takes back the last undo step and returns its name, empty where there is none. Raises a failure.
function writing.undo()
  local name = survey.undo_name()
  if name ~= '' and reaper.Undo_DoUndo2(survey.project()) == 0 then
    failure.raise('failed', 'REAPER does not undo “%s”', name)
  end
  return name
end

return writing
