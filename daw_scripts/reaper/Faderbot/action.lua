-- @noindex

-- What the actions without a window do: ask with REAPER's own dialogues, speak through OSARA or the console.

local asking = require 'Faderbot.asking'
local compare = require 'Faderbot.compare'
local job = require 'Faderbot.job'
local lessons = require 'Faderbot.lessons'
local noticeboard = require 'Faderbot.noticeboard'
local outcome = require 'Faderbot.outcome'
local program = require 'Faderbot.program'
local rhythm_wishes = require 'Faderbot.rhythm_wishes'
local speech = require 'Faderbot.speech'
local tracks = require 'Faderbot.tracks'
local tune_wishes = require 'Faderbot.tune_wishes'
local wishes = require 'Faderbot.wishes'

local action = {}

local ANSWER_S = 3.0
local HEARD = {
  mix = {before = 'before: the project as it was found', after = 'after: the mix'},
  tune = {before = 'before: the project as it was found', after = 'after: the tuning'},
}

local function project_in_front() return reaper.EnumProjects(-1) end

local function remind()
  local line = compare.reminder(project_in_front())
  if line then speech.say(line) end
end

-- Runs a job with the words that are made once nothing is in its way.
local function run(does_listen, words_of)
  local refusal = job.refusal(does_listen)
  if refusal then
    speech.say(refusal)
    return
  end
  remind()
  local words, wrong = words_of(project_in_front())
  if words then
    job.run(words)
  elseif wrong then
    speech.say(wrong)
  end
end

function action.mix_asking() run(true, asking.ask) end

-- Runs a job as its settings were left.
local function run_as_last(store)
  run(true, function(project) return store.words(project, store.read(project)) end)
end

function action.mix_as_last() run_as_last(wishes) end

function action.write_rhythm() run_as_last(rhythm_wishes) end

function action.tune() run_as_last(tune_wishes) end

function action.mix_selected()
  run(true, function(project)
    local wanted = wishes.read(project)
    wanted.is_selected_only = true
    return wishes.words(project, wanted)
  end)
end

function action.undo() run(false, function() return {'undo'} end) end

-- Learns from what was changed since the last mix, and says what.
function action.learn()
  run(false, function(project)
    local refusal = lessons.refusal(project)
    return not refusal and lessons.LEARN or nil, refusal
  end)
end

function action.undo_lesson() job.run(lessons.UNDO) end

function action.say_lessons() job.run(lessons.LIST) end

-- Says which of both is heard, from compare.state.
local function heard(state)
  local down = state.matched_db < -0.05 and (', %.1f dB down to compare'):format(-state.matched_db) or ''
  return HEARD[state.of][state.shown] .. down
end

-- Says what the running job does, or else what the program tells of the project.
function action.status()
  local notice = noticeboard.job()
  if notice then
    speech.say(outcome.at_work(notice))
    return
  end
  remind()
  local project = project_in_front()
  local wanted, notes = wishes.read(project), {}
  for _, pair in ipairs {{'locked', wanted.lock}, {'in focus', wanted.focus}} do
    local names = wishes.names(project, pair[2])
    if #names > 0 then notes[#notes + 1] = pair[1] .. ': ' .. table.concat(names, ', ') end
  end
  local state = compare.state(project)
  if state then notes[#notes + 1] = 'heard now: ' .. heard(state) end
  job.run({'status'}, notes)
end

-- Runs the doctor through the script and says its lines.
function action.doctor() job.run({'doctor'}) end

-- Asks the running job to stop, and says its answer. One that is not heard of may only stand still behind a dialogue.
function action.stop()
  local fresh, stale = noticeboard.job()
  local notice = fresh or stale
  if not notice then
    speech.say('no job runs, so there is nothing to stop')
    return
  end
  local number, until_s = noticeboard.ask(notice, 'stop'), reaper.time_precise() + ANSWER_S

  local function wait()
    local line = noticeboard.answered(number)
    if line then
      speech.say(line)
    elseif reaper.time_precise() > until_s then
      noticeboard.withdraw(notice.token)
      speech.say('the job gives no answer')
    else
      reaper.defer(wait)
    end
  end

  wait()
end

local function is_free()
  local notice = noticeboard.job()
  if notice then speech.say(outcome.at_work(notice)) end
  return not notice
end

-- Changes from before to after or back, and says which is heard.
function action.compare()
  if not is_free() then return end
  local project = project_in_front()
  local shown, line = compare.toggle(project)
  if not shown then
    speech.say(line)
    return
  end
  speech.say(heard(compare.state(project)), line)
end

function action.keep()
  if not is_free() then return end
  speech.say(compare.keep(project_in_front()))
end

local function selected(project)
  local found = {}
  for number = 0, reaper.CountSelectedTracks(project) - 1 do
    local track = reaper.GetSelectedTrack(project, number)
    local _, name = reaper.GetTrackName(track)
    found[#found + 1] = {guid = tracks.guid(track), name = name}
  end
  return found
end

-- Puts the selected tracks into a set of the settings, or takes them out where all of them are in it.
local function mark_selected(name, on_words, off_words)
  remind()
  local project = project_in_front()
  local chosen, wanted = selected(project), wishes.read(project)
  if #chosen == 0 then
    speech.say('no track is selected')
    return
  end
  local are_all_in, names = true, {}
  for number, track in ipairs(chosen) do
    are_all_in = are_all_in and wanted[name][track.guid] == true
    names[number] = track.name
  end
  for _, track in ipairs(chosen) do wanted[name][track.guid] = not are_all_in or nil end
  wishes.keep(project, wanted)
  local shared = wishes.shared_names(project, wanted[name])
  local note = #shared > 0 and 'tracks are known by their names, so all that are named so are meant: '
    .. table.concat(shared, ', ') or nil
  speech.say((are_all_in and off_words or on_words) .. ': ' .. table.concat(names, ', '), note)
end

function action.lock() mark_selected('lock', 'locked', 'no longer locked') end

function action.focus() mark_selected('focus', 'in focus', 'no longer in focus') end

function action.clear()
  remind()
  local project = project_in_front()
  local wanted = wishes.read(project)
  wanted.lock, wanted.focus = {}, {}
  wishes.keep(project, wanted)
  speech.say('no track is locked or in focus')
end

-- Asks where the program is, and keeps the path where there is a file.
function action.choose()
  local start = program.find() or ''
  local is_chosen, path = reaper.GetUserFileNameForRead(start, 'Where is the faderbot program?', '')
  if not is_chosen then return end
  speech.say(program.keep(path) and 'the faderbot program is ' .. path or 'there is no file ' .. path)
end

-- REAPER makes an undo step of every script that defers nothing, and what was undone before can not be redone any more:
-- an action that only says why it does nothing defers something too.
for name, act in pairs(action) do
  action[name] = function()
    reaper.defer(function() end)
    act()
  end
end

return action
