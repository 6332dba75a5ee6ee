-- @noindex

-- Listening by the meters: plays, tells the peaks, tries faders without undo steps, and leaves all as it was found.

local failure = require 'Faderbot.failure'
local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'
local tracks = require 'Faderbot.tracks'
local transport = require 'Faderbot.transport'

local listening = {}

local Listening = {}
Listening.__index = Listening

local NEAR = 1e-6

-- Begins in a project: nothing is done yet.
function listening.new(project) return setmetatable({project = project, tried = {}}, Listening) end

-- Plays from the start; what plays already plays on.
function Listening:play()
  self.found = self.found or transport.found(self.project)
  transport.play(self.project)
end

-- Plays on from a position; what played before the first play is left alone.
function Listening:go_to(position_s)
  if self.found and not transport.plays(self.found) then transport.go_to(self.project, position_s) end
end

-- Leaves the transport as it was before the first play.
function Listening:rest()
  if not self.found then return end
  transport.restore(self.project, self.found)
  self.found = nil
end

-- Returns how far it plays and the peaks of all tracks after their faders, linear, the master's first.
function Listening:meters()
  local peaks = json.list()

  local function add(guid, track)
    peaks[#peaks + 1] = {guid = guid, left = reaper.Track_GetPeakInfo(track, 0),
      right = reaper.Track_GetPeakInfo(track, 1)}
  end

  add(tracks.MASTER, reaper.GetMasterTrack(self.project))
  for place = 0, reaper.CountTracks(self.project) - 1 do
    local track = reaper.GetTrack(self.project, place)
    add(tracks.guid(track), track)
  end
  return {play_state = reaper.GetPlayStateEx(self.project), position_s = reaper.GetPlayPositionEx(self.project),
    peaks = peaks}
end

-- Sets faders ({guid, gain_linear} each) without an undo step. Raises "gone" before anything is set.
function Listening:nudge(gains)
  local handles = {}
  for _, one in ipairs(gains) do
    handles[one.guid] = tracks.find(self.project, one.guid) or failure.raise('gone', '%s', one.guid)
  end
  for _, one in ipairs(gains) do
    local track = handles[one.guid]
    local before = reaper.GetMediaTrackInfo_Value(track, 'D_VOL')
    local tried = self.tried[one.guid] or {found = before}
    tried.now, self.tried[one.guid] = one.gain_linear, tried
    reaper.SetMediaTrackInfo_Value(track, 'D_VOL', one.gain_linear)
    local after = reaper.GetMediaTrackInfo_Value(track, 'D_VOL')
    if not numbers.near(after, one.gain_linear, NEAR, NEAR) then
      failure.raise('failed', 'D_VOL of a track is %.6g where %.6g was set', after, one.gain_linear)
    end
  end
end

-- Leaves all as it was found, but for faders that somebody else has set since.
function Listening:abandon()
  self:rest()
  for guid, tried in pairs(self.tried) do
    local track = tracks.find(self.project, guid)
    if track and numbers.near(reaper.GetMediaTrackInfo_Value(track, 'D_VOL'), tried.now, NEAR, NEAR) then
      reaper.SetMediaTrackInfo_Value(track, 'D_VOL', tried.found)
    end
  end
  self.tried = {}
end

return listening
