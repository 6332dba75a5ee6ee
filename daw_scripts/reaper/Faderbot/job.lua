-- @noindex

-- A job of the bridge's from the action to its end: starts the program, serves it, says how it goes.

local asking = require 'Faderbot.asking'
local compare = require 'Faderbot.compare'
local exchanges = require 'Faderbot.exchange'
local lessons = require 'Faderbot.lessons'
local noticeboard = require 'Faderbot.noticeboard'
local outcome = require 'Faderbot.outcome'
local program = require 'Faderbot.program'
local serve = require 'Faderbot.serve'
local speech = require 'Faderbot.speech'

local job = {}

local RECORDING = 4
local MIX = 'faderbot-mix' -- a kind of document
local STOP_ON_RERUN, LIT, UNLIT = 1, 4, 8
local WRITES = {mix = true, tune = true, rhythm = true, undo = true}
local LISTENS = {mix = true, tune = true, rhythm = true}
local TROUBLES = {
  silent = 'the faderbot program ended before its time; in a terminal `faderbot status` says how things stand',
  ['not started'] = 'the faderbot program does not start: try it in a terminal, `faderbot doctor`',
}
local TAKEN_BACK = 'what was written was taken back'
local STAYS = 'what was written stays: “Faderbot: Undo last auto-mix” takes it back'
local WRITTEN = {
  mix = STAYS, tune = STAYS, rhythm = STAYS,
  undo = 'what was put back so far stays: run it again for the rest',
}
local QUIET_S = 1.0 -- longer without a word, and whoever does not see would run the action again, which stops it
local UNCHANGED = 'nothing was changed'

-- Returns why no job can begin now, nil where it can. One that listens needs tracks with items.
function job.refusal(does_listen)
  local project = reaper.EnumProjects(-1)
  if not project then return 'no project is open' end
  if reaper.GetPlayStateEx(project) & RECORDING > 0 then return 'REAPER is recording: stop the recording first' end
  if not does_listen then return nil end
  if reaper.CountTracks(project) == 0 then return 'the project has no tracks' end
  for place = 0, reaper.CountTracks(project) - 1 do
    if reaper.CountTrackMediaItems(reaper.GetTrack(project, place)) > 0 then return nil end
  end
  return 'no track has an item with audio to listen to'
end

local function light(is_lit)
  local _, _, section, command = reaper.get_action_context()
  reaper.SetToggleCommandState(section, command, is_lit and 1 or 0)
  reaper.RefreshToolbar2(section, command)
end

local Running = {}
Running.__index = Running

-- Finds and starts the program with these words, and returns the job; or nil and why not.
function job.begin(words)
  local project = reaper.EnumProjects(-1)
  local other, stale = noticeboard.job()
  if other then return nil, outcome.at_work(other) end
  local how_to_hear, silent = asking.way_to_hear(project, words)
  if not how_to_hear then return nil, silent end
  local path = program.find()
  if not path then return nil, program.offer() end
  exchanges.clear_old(reaper.GetResourcePath() .. '/Faderbot')
  local folder, token = exchanges.new_folder(reaper.GetResourcePath() .. '/Faderbot')
  local command = {path, words[1], '--daw', 'reaper', '--through', folder}
  table.move(words, 2, #words, #command + 1, command)
  table.move(how_to_hear, 1, #how_to_hear, #command + 1, command)
  local line, quoted = program.command(command)
  if not line then return nil, 'a path with quotes can not be used: ' .. quoted end
  local running = setmetatable({
    words = words, project = project, token = token, command = line, exchange = exchanges.open(folder),
    starts_at = reaper.time_precise() + (stale and noticeboard.STALE_S or 0.0), published_at = -math.huge,
    is_ended = false, is_well = false, lines = {}, notes = {}, step_words = 'starting',
  }, Running)
  if not running.exchange:wish(words.wish) then return nil, 'the disk takes no more files: ' .. folder end
  if WRITES[words[1]] then running:note(compare.bring_back(project)) end
  light(true)
  return running
end

function Running:note(line) self.notes[#self.notes + 1] = line end

-- A job that is not heard of may only stand still, behind a dialogue: it gets its time to be heard of again.
function Running:start()
  if reaper.time_precise() < self.starts_at then return end
  self.server = serve.begin(self.exchange, reaper.time_precise)
  program.start(self.command)
end

function Running:publish()
  local now = reaper.time_precise()
  if now < self.published_at + noticeboard.EVERY_S then return end
  self.published_at = now
  local progress = self.progress or {}
  noticeboard.publish {token = self.token, folder = self.exchange.folder, words = self.words[1],
    stage = progress.stage, share = progress.share}
end

-- Returns what came between, nil for nothing.
function Running:hindrance()
  local front = reaper.EnumProjects(-1)
  if front ~= self.project then
    if not reaper.ValidatePtr2(nil, self.project, 'ReaProject*') then return 'the project was closed' end
    return 'another project came to the front'
  end
  local is_to_write = WRITES[self.words[1]] and not self.server.written
  if is_to_write and reaper.GetPlayStateEx(front) & RECORDING > 0 then return 'REAPER began to record' end
  return nil
end

function Running:finish(lines, is_well)
  self.is_ended, self.is_well = true, is_well
  self.lines = table.move(self.notes, 1, #self.notes, #lines + 1, lines)
  noticeboard.withdraw(self.token)
  light(false)
end

-- Ends the job before its time and returns what became of what it wrote.
function Running:break_off()
  if not self.server then
    self.exchange:clear()
    return UNCHANGED
  end
  if self.server:abandon() then return TAKEN_BACK end
  local has_changed = self.server.written or self.server.is_undone
  return has_changed and WRITTEN[self.words[1]] or UNCHANGED
end

function Running:conclude(how)
  if how ~= 'done' then
    local lines = {self.server.trouble or TROUBLES[how]}
    local became = self:break_off()
    if became ~= UNCHANGED then lines[2] = became end
    self:finish(lines, false)
  else
    local ok = self.server.result.ok
    local missing = LISTENS[self.words[1]] and self.server.missing or {}
    if #missing > 0 then self:note('missing media, silent in the mix: ' .. table.concat(missing, ', ')) end
    if ok and ok.document then
      local written = self.server.written or {}
      self.outcome = {document = ok.document, written = ok.written, changes = ok.changes, track = written.track,
        undo_name = written.name}
      if ok.written and written.name then
        compare.remember(self.project, self.outcome, written.name)
        if ok.document.kind == MIX then lessons.offer(self.project, written.name) end
      end
    elseif ok and self.words[1] == 'undo' then
      compare.undone(self.project, self.server.undone)
      lessons.undone(self.project, self.server.undone)
    end
    self:finish(outcome.lines(self.server.result), ok ~= nil)
  end
  self.exchange:clear()
end

-- Does a turn of no more than 2 ms. Returns "serving", or "ended": see is_well, lines, outcome.
function Running:turn()
  if self.is_ended then return 'ended' end
  if not self.server then
    local other = noticeboard.job()
    if other then
      self.exchange:clear()
      self:finish({outcome.at_work(other)}, false)
      return 'ended'
    end
    self:start()
    if not self.server then return 'serving' end
  end
  local request = noticeboard.request(self.token)
  if request then
    noticeboard.answer(request, self:stop())
    self.is_told = true
    return 'ended'
  end
  local hindrance = self:hindrance()
  if hindrance then
    self:finish({('%s: the job was stopped, %s'):format(hindrance, self:break_off())}, false)
    return 'ended'
  end
  local how = self.server:turn()
  if self.server.progress then
    self.progress, self.step_words = self.server.progress, outcome.step_words(self.server.progress, self.words[1])
  end
  if how == 'serving' then
    self:publish()
    return 'serving'
  end
  self:conclude(how)
  return 'ended'
end

-- Ends the job before its time and returns a line that says what became of it.
function Running:stop()
  if not self.is_ended then self:finish({'stopped; ' .. self:break_off()}, false) end
  return self.lines[1]
end

-- Runs a job without a window, speaking, with more lines to say at its end. Run again, the action stops it.
function job.run(words, notes)
  local running, line = job.begin(words)
  if not running then
    speech.say(line)
    return
  end
  for _, note in ipairs(notes or {}) do running:note(note) end

  local function options(flags)
    if reaper.set_action_options then reaper.set_action_options(flags) end
  end

  local said
  local starting_at = reaper.time_precise() + QUIET_S

  local function turn()
    if running:turn() == 'ended' then
      if not running.is_told then speech.say(table.unpack(running.lines)) end
      options(UNLIT)
      return
    end
    if running.progress then
      local step
      step, said = outcome.progress(running.progress, said, words[1])
      if step then speech.say(step) end
    elseif reaper.time_precise() >= starting_at then
      speech.say(running.step_words)
      starting_at = math.huge
    end
    reaper.defer(turn)
  end

  reaper.atexit(function()
    if running.is_ended then return end
    speech.say(running:stop())
    options(UNLIT)
  end)
  options(STOP_ON_RERUN | LIT)
  turn()
end

return job
