-- @noindex

-- Notes on a track of our own: written in one undo step, read back, and taken away again.

local failure = require 'Faderbot.failure'
local json = require 'Faderbot.json'
local survey = require 'Faderbot.survey'
local tracks = require 'Faderbot.tracks'
local undo = require 'Faderbot.undo_step'

local midi = {}

local SHORTEST_TICKS = 1
local IN_SECONDS, NO_SORT = false, true

local function new_track(project, name)
  local place = reaper.CountTracks(project)
  reaper.InsertTrackAtIndex(place, false) -- into the project in front, which it is
  local track = reaper.GetTrack(project, place)
  if not track or reaper.CountTracks(project) ~= place + 1 then
    failure.raise('failed', 'REAPER makes no new track')
  end
  reaper.GetSetMediaTrackInfo_String(track, 'P_NAME', name, true)
  return track
end

local function new_take(track, wanted)
  local item = reaper.CreateNewMIDIItemInProj(track, wanted.start_s, wanted.end_s, IN_SECONDS)
  local take = item and reaper.GetActiveTake(item)
  if not take or not reaper.TakeIsMIDI(take) then failure.raise('failed', 'REAPER makes no MIDI item') end
  return take
end

local function tick(take, at_s)
  return math.max(0, math.floor(reaper.MIDI_GetPPQPosFromProjTime(take, at_s) + 0.5))
end

local function add_notes(take, wanted)
  for _, note in ipairs(wanted.notes) do
    local start_s, end_s, pitch, velocity = table.unpack(note)
    local from = tick(take, start_s)
    local to = math.max(from + SHORTEST_TICKS, tick(take, end_s))
    reaper.MIDI_InsertNote(take, false, false, from, to, wanted.channel, pitch, velocity, NO_SORT)
  end
  reaper.MIDI_Sort(take)
  local _, count = reaper.MIDI_CountEvts(take)
  if count ~= #wanted.notes then
    failure.raise('failed', 'the item has %d notes where %d were written', count, #wanted.notes)
  end
end

-- Puts notes into a MIDI item on a new track after the last one, in one undo step ({undo_name, name, start_s, end_s,
-- notes, channel}; a note is start and end in s, pitch and velocity). Returns {guid} of the track. Raises a failure,
-- and then nothing of it stays.
function midi.add(wanted)
  local project, guid = survey.project(), nil
  undo.step(project, wanted.undo_name, function()
    local track = new_track(project, wanted.name)
    add_notes(new_take(track, wanted), wanted)
    guid = tracks.guid(track)
  end)
  reaper.UpdateArrange()
  return {guid = guid}
end

local function found(project, guid)
  return tracks.find(project, guid) or failure.raise('gone', '%s', guid)
end

local function add_notes_of(take, notes)
  local _, count = reaper.MIDI_CountEvts(take)
  for number = 0, count - 1 do
    local is_there, _, _, from, to, _, pitch, velocity = reaper.MIDI_GetNote(take, number)
    if is_there then
      notes[#notes + 1] = json.list {
        reaper.MIDI_GetProjTimeFromPPQPos(take, from), reaper.MIDI_GetProjTimeFromPPQPos(take, to), pitch, velocity,
      }
    end
  end
end

local function comes_first(one, other)
  if one[1] ~= other[1] then return one[1] < other[1] end
  return one[3] < other[3]
end

-- Returns all notes of a track as REAPER has them, by start and pitch. Raises "gone" where the track is.
function midi.notes(guid)
  local track, notes = found(survey.project(), guid), json.list()
  for number = 0, reaper.CountTrackMediaItems(track) - 1 do
    local take = reaper.GetActiveTake(reaper.GetTrackMediaItem(track, number))
    if take and reaper.TakeIsMIDI(take) then add_notes_of(take, notes) end
  end
  table.sort(notes, comes_first)
  return notes
end

-- Tells whether a track holds no more than what we put there.
local function is_ours_alone(track)
  local item = reaper.CountTrackMediaItems(track) == 1 and reaper.GetTrackMediaItem(track, 0)
  local take = item and reaper.GetActiveTake(item)
  return take and reaper.TakeIsMIDI(take) and reaper.TrackFX_GetCount(track) == 0
end

-- Takes a track of ours away in one undo step. Raises "gone", or a failure where somebody has put more on it.
function midi.delete_track(guid, undo_name)
  local project = survey.project()
  local track = found(project, guid)
  if not is_ours_alone(track) then
    local _, name = reaper.GetTrackName(track)
    failure.raise('failed', 'more was put on the track “%s” since: delete it by hand, if you want it gone', name)
  end
  undo.step(project, undo_name, function()
    reaper.DeleteTrack(track)
    if tracks.find(project, guid) then failure.raise('failed', 'REAPER does not delete the track') end
  end)
  reaper.UpdateArrange()
  return true
end

return midi
