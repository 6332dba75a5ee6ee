-- @noindex

-- Learning from what the user changed after a mix: when it is offered, and the words that the program is started with.
--
-- What was learned is the program's alone. Kept in the project is only that there was a mix, by its undo step.

local compare = require 'Faderbot.compare'

local lessons = {LEARN = {'learn'}, UNDO = {'learn', '--undo'}, LIST = {'learn', '--list'}}

local SECTION, KEY = 'Faderbot', 'mixed'
local BEFORE_IS_UP = 'what was before the mix is up, so your changes can not be told from it: bring up “after” first'

-- Keeps that a mix was written, in the undo step of this name.
function lessons.offer(project, undo_name)
  reaper.SetProjExtState(project, SECTION, KEY, undo_name)
end

-- Forgets the mix, unless the step that was undone is another one. Without a name it is the mix.
function lessons.undone(project, undo_name)
  local _, kept = reaper.GetProjExtState(project, SECTION, KEY)
  if (undo_name or '') == '' or undo_name == kept then reaper.SetProjExtState(project, SECTION, KEY, '') end
end

-- Tells whether there was a mix to learn from, and it was not undone since.
function lessons.are_offered(project)
  local _, kept = reaper.GetProjExtState(project, SECTION, KEY)
  return kept ~= '' and reaper.Undo_CanRedo2(project) ~= kept
end

-- Returns why nothing can be learned now, nil where it can.
function lessons.refusal(project)
  local state = compare.state(project)
  return state and state.of == 'mix' and state.shown == 'before' and BEFORE_IS_UP or nil
end

return lessons
