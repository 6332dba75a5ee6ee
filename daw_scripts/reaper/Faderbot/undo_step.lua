-- @noindex

-- A step in REAPER's undo history, and taking one back.

local failure = require 'Faderbot.failure'
local survey = require 'Faderbot.survey'

local undo_step = {}

local EVERYTHING = -1 -- UNDO_STATE_ALL: a tempo moves items too

-- Does something as one undo step of that name. What it raises is raised, and then nothing of it stays.
function undo_step.step(project, name, act)
  local before = reaper.GetProjectStateChangeCount(project)
  reaper.Undo_BeginBlock2(project)
  local is_done, raised = pcall(act)
  reaper.Undo_EndBlock2(project, name, EVERYTHING)
  if is_done then return end
  if reaper.GetProjectStateChangeCount(project) ~= before and survey.undo_name() == name then
    reaper.Undo_DoUndo2(project)
  end
  error(raised, 0)
end

-- Takes back the last undo step and returns its name, empty where there is none. Raises a failure.
function undo_step.take_back()
  local name = survey.undo_name()
  if name ~= '' and reaper.Undo_DoUndo2(survey.project()) == 0 then
    failure.raise('failed', 'REAPER does not undo “%s”', name)
  end
  return name
end

return undo_step
