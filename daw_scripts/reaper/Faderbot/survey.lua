-- @noindex

-- The whole project as the bridge's Survey (bridge/reaper/survey.py), all of one moment.

local failure = require 'Faderbot.failure'
local items = require 'Faderbot.items'
local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'
local tracks = require 'Faderbot.tracks'

local survey = {}

local FRONT = -1
local TRIES = 3
local DEFAULT_RATE_HZ = 44100
local PLAYING = 1

-- Returns the project in front. Raises a failure where there is none.
function survey.project()
  return reaper.EnumProjects(FRONT) or failure.raise('failed', 'no project is open in REAPER')
end

-- Returns what REAPER would undo, empty for nothing.
function survey.undo_name()
  return reaper.Undo_CanUndo2(survey.project()) or ''
end

-- The project's rate where it has one of its own, or else the audio device's.
local function rate_hz(project)
  local function of_project(name) return numbers.whole(reaper.GetSetProjectInfo(project, name, 0.0, false)) end

  local own = of_project('PROJECT_SRATE')
  if of_project('PROJECT_SRATE_USE') == 0 and reaper.GetAudioDeviceInfo then
    local is_told, text = reaper.GetAudioDeviceInfo('SRATE')
    local device = is_told and tonumber(text)
    if device and device > 0 then return numbers.whole(device) end
  end
  return own > 0 and own or DEFAULT_RATE_HZ
end

local function head(project)
  local _, path = reaper.EnumProjects(FRONT)
  local tempo_bpm, beats_per_bar = reaper.GetProjectTimeSignature2(project)
  local play_state = reaper.GetPlayStateEx(project)
  local position = play_state & PLAYING > 0 and reaper.GetPlayPositionEx or reaper.GetCursorPositionEx
  return {
    name = reaper.GetProjectName(project),
    path = path,
    rate_hz = rate_hz(project),
    length_s = reaper.GetProjectLength(project),
    tempo_bpm = tempo_bpm,
    beats_per_bar = beats_per_bar,
    timebase = numbers.whole(reaper.GetSetProjectInfo(project, 'PROJECT_TIMEBASE', 0.0, false)),
    tempo_markers = reaper.CountTempoTimeSigMarkers and reaper.CountTempoTimeSigMarkers(project) or 0,
    play_state = play_state,
    position_s = position(project),
    change_count = reaper.GetProjectStateChangeCount(project),
    undo_name = survey.undo_name(),
  }
end

-- Returns the project, or nil where it changed in the meantime. No handle is used after a pause but the project's,
-- which is only compared.
local function attempt(tick)
  local project = survey.project()
  local before = reaper.GetProjectStateChangeCount(project)

  local function is_same()
    return survey.project() == project and reaper.GetProjectStateChangeCount(project) == before
  end

  local found = json.list()
  for place = 0, reaper.CountTracks(project) - 1 do
    local track = reaper.GetTrack(project, place)
    local read = tracks.read(project, track, false)
    for number = 0, reaper.CountTrackMediaItems(track) - 1 do
      read.items[#read.items + 1] = items.read(reaper.GetTrackMediaItem(reaper.GetTrack(project, place), number))
      if tick.pause() and not is_same() then return nil end
    end
    found[#found + 1] = read
    if tick.pause() and not is_same() then return nil end
  end
  local whole = head(project)
  whole.master = tracks.read(project, reaper.GetMasterTrack(project), true)
  whole.tracks = found
  return whole
end

-- Returns the whole project. Raises a failure, also where it changes again and again while it is read.
function survey.read(tick)
  for _ = 1, TRIES do
    local found = attempt(tick)
    if found then return found end
  end
  failure.raise('failed', 'the project changes while it is read: leave it alone for a moment')
end

return survey
