-- @noindex

-- A job of the bridge's from the action to its end: starts the program, serves it, says how it goes.

local exchanges = require 'Faderbot.exchange'
local outcome = require 'Faderbot.outcome'
local program = require 'Faderbot.program'
local serve = require 'Faderbot.serve'
local speech = require 'Faderbot.speech'

local job = {}

local RECORDING = 4
local STOP_ON_RERUN, LIT, UNLIT = 1, 4, 8
local TROUBLES = {
  silent = 'the faderbot program ended before its time; in a terminal `faderbot status` says how things stand',
  ['not started'] = 'the faderbot program does not start: try it in a terminal, `faderbot doctor`',
}

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

local function new_folder()
  local name = ('%d-%06d'):format(os.time(), math.floor(reaper.time_precise() * 1e6) % 1000000)
  local folder = reaper.GetResourcePath() .. '/Faderbot/' .. name
  reaper.RecursiveCreateDirectory(folder, 0)
  return folder
end

local function light(is_lit)
  local _, _, section, command = reaper.get_action_context()
  reaper.SetToggleCommandState(section, command, is_lit and 1 or 0)
  reaper.RefreshToolbar2(section, command)
  if reaper.set_action_options then reaper.set_action_options(is_lit and STOP_ON_RERUN | LIT or UNLIT) end
end

local function serve_until_done(server)
  local said, is_ended = nil, false

  local function finish(how)
    is_ended = true
    local lines = how == 'done' and outcome.lines(server.result) or {server.trouble or TROUBLES[how]}
    if how ~= 'done' and server:abandon() then lines[#lines + 1] = 'what was written was taken back' end
    speech.say(table.unpack(lines))
    server.exchange:clear()
    light(false)
  end

  local function turn()
    local how = server:turn()
    if server.progress then
      local line
      line, said = outcome.progress(server.progress, said)
      if line then speech.say(line) end
    end
    if how == 'serving' then reaper.defer(turn) else finish(how) end
  end

  reaper.atexit(function()
    if is_ended then return end
    speech.say(server:abandon() and 'stopped; what was written was taken back' or 'stopped; nothing was changed')
    light(false)
  end)
  light(true)
  turn()
end

-- Starts faderbot with these words and serves it; says why not where it can not. Run again, the action stops it.
function job.run(words)
  local path = program.find()
  if not path then
    local text = 'The faderbot program is not installed, or not where it is looked for. In a terminal:\n\n'
    reaper.ShowMessageBox(text .. program.INSTALL, 'Faderbot', 0)
    return
  end
  local folder = new_folder()
  local command = {path, words[1], '--daw', 'reaper', '--through', folder}
  for place = 2, #words do command[#command + 1] = words[place] end
  local line = program.command(command)
  if not line then
    speech.say('a path with quotes can not be used: ' .. folder)
    return
  end
  local server = serve.begin(exchanges.open(folder), reaper.time_precise)
  program.start(line)
  serve_until_done(server)
end

return job
