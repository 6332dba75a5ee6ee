-- @noindex

-- Answers the bridge's requests, one at a time and no more than 2 ms a turn, until its last word or its last beat.

local audio = require 'Faderbot.audio'
local failure = require 'Faderbot.failure'
local json = require 'Faderbot.json'
local listening = require 'Faderbot.listening'
local media = require 'Faderbot.media'
local midi = require 'Faderbot.midi'
local survey = require 'Faderbot.survey'
local transport = require 'Faderbot.transport'
local undo_step = require 'Faderbot.undo_step'
local writing = require 'Faderbot.writing'

local serve = {}

local Server = {}
Server.__index = Server

local TURN_S = 0.002
local BEAT_S = 0.5
local LOOK_S = 0.2 -- between two looks at the bridge's files
local SILENT_S = 1.75 -- noticed a look later, so within 2 s
local START_S = 30.0 -- a cold start from a slow disk
local GAP_S = 1.0 -- REAPER stood still (a dialogue, a render), and the bridge may have been well all the time
local MASTER_DRY_RUN = '42440'
local RECORDING = 4

-- Begins to serve. ``clock`` gives seconds that only grow.
function serve.begin(exchange, clock)
  local now = clock()
  local server = setmetatable({
    exchange = exchange, clock = clock, beat_at = now, look_at = now, heard_at = now, turn_at = now,
    is_heard = false, over_at = now, written = nil, listening = nil,
  }, Server)
  exchange:beat()
  server.tick = {
    is_over = function() return clock() >= server.over_at end,
    pause = function()
      if clock() < server.over_at then return false end
      coroutine.yield()
      return true
    end,
  }
  return server
end

-- Renders the master without a file; the action given as the text of RENDER_STATS runs first.
local function dry_run()
  local project = survey.project()
  if reaper.GetPlayStateEx(project) & RECORDING > 0 then failure.raise('failed', 'REAPER is recording') end
  return transport.held(project, function()
    local is_told, stats = reaper.GetSetProjectInfo_String(project, 'RENDER_STATS', MASTER_DRY_RUN, false)
    return is_told and stats or ''
  end)
end

-- Returns what a listening request works on, from the first one to the end.
local function heard_by_meters(server)
  server.listening = server.listening or listening.new(survey.project())
  return server.listening
end

local REQUESTS = {
  survey = function(server)
    local found = survey.read(server.tick)
    server.missing = server.missing or media.missing(found, server.tick)
    return found
  end,
  audio = function(server, wanted)
    audio.write(wanted, server.exchange:samples_path(), server.tick)
    return json.null
  end,
  write = function(server, wanted)
    writing.write(wanted.write)
    if server.listening then server.listening.tried = {} end
    server.written = {name = wanted.write.undo_name, project = survey.project()}
    return json.null
  end,
  add_midi = function(server, wanted)
    local made = midi.add(wanted.midi)
    server.written = {name = wanted.midi.undo_name, project = survey.project(), track = made.guid}
    return made
  end,
  midi_notes = function(_, wanted) return midi.notes(wanted.guid) end,
  delete_track = function(server, wanted)
    local is_done = midi.delete_track(wanted.guid, wanted.undo_name)
    server.is_undone, server.undone = true, wanted.undo_name
    return is_done
  end,
  ['dry run'] = dry_run,
  play = function(server)
    heard_by_meters(server):play()
    return json.null
  end,
  ['go to'] = function(server, wanted)
    heard_by_meters(server):go_to(wanted.position_s)
    return json.null
  end,
  rest = function(server)
    heard_by_meters(server):rest()
    return json.null
  end,
  meters = function(server) return heard_by_meters(server):meters() end,
  nudge = function(server, wanted)
    heard_by_meters(server):nudge(wanted.gains)
    return json.null
  end,
  undo = function(server)
    local name = undo_step.take_back()
    server.is_undone, server.undone = name ~= '', name
    return name
  end,
  ['undo name'] = function() return survey.undo_name() end,
}

local function answered(server, request)
  local act = REQUESTS[request['do']] or failure.raise('failed', 'this script knows no “%s”', tostring(request['do']))
  return act(server, request)
end

function Server:work()
  if not self.job then
    local request = self.exchange:request()
    if not request then return end
    self.job = coroutine.create(function() return answered(self, request) end)
  end
  self.over_at = self.clock() + TURN_S
  local is_well, result = coroutine.resume(self.job)
  if is_well and coroutine.status(self.job) ~= 'dead' then return end
  self.job = nil
  local message = {ok = result}
  if not is_well then
    local kind, words = failure.of(result)
    message = {error = kind, message = words}
  end
  if not self.exchange:answer(message) then self.trouble = 'the disk takes no more files' end
end

function Server:look(now)
  self.result = self.exchange:message('result.json')
  self.progress = self.exchange:message('progress.json') or self.progress
  local beat = self.exchange:text('bridge.json')
  if beat and beat ~= self.heard then self.heard, self.heard_at, self.is_heard = beat, now, true end
end

-- Does a turn. Returns "serving", or how it ended: "done" (see ``result``), "silent" (the bridge lives no more),
-- "not started", or "failed" (see ``trouble``).
function Server:turn()
  local now = self.clock()
  if now - self.turn_at > GAP_S then self.heard_at = now end
  self.turn_at = now
  if now >= self.beat_at + BEAT_S then
    self.exchange:beat()
    self.beat_at = now
  end
  self:work()
  if now >= self.look_at + LOOK_S then
    self:look(now)
    self.look_at = now
  end
  if self.trouble then return 'failed' end
  if self.result then return 'done' end
  local silent_s = now - self.heard_at
  if self.is_heard then return silent_s > SILENT_S and not self.job and 'silent' or 'serving' end
  return silent_s > START_S and 'not started' or 'serving'
end

-- Stops before the bridge's last word: faders that were tried go back, and a write that nobody vouches for any more is
-- undone, where its project is in front and it is the last step. Tells whether a write was undone.
function Server:abandon()
  self.exchange:cancel()
  local heard = self.listening
  if heard and reaper.ValidatePtr2(nil, heard.project, 'ReaProject*') then heard:abandon() end
  local written = self.written
  if not written or self.result or survey.project() ~= written.project then return false end
  if survey.undo_name() ~= written.name then return false end
  return (pcall(undo_step.take_back))
end

return serve
