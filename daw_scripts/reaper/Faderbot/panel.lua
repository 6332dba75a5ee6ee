-- @noindex

-- The panel without its drawing: what is shown, and what a click does. panel_gfx.lua and panel_imgui.lua draw it.
--
-- Each project has a page of its own, which goes through stages: "choose" (the settings), "working" (a job runs),
-- "mixed" (the table before and after) and "failed" (a line and what to do). The rows of a page are made by
-- panel_rows.lua.

local compare = require 'Faderbot.compare'
local job = require 'Faderbot.job'
local noticeboard = require 'Faderbot.noticeboard'
local outcome = require 'Faderbot.outcome'
local rows = require 'Faderbot.panel_rows'
local speech = require 'Faderbot.speech'
local wishes = require 'Faderbot.wishes'

local panel = {}

local Panel = {}
Panel.__index = Panel

local FRONT = -1
local LOOK_S = 0.5 -- between two looks at the project
local PLAY_OR_STOP = 40044
local OVER = 'there is no mix to compare any more: it was undone or kept'

-- Opens the panel on a project, nil where none is open. ``relight`` is called after each job, which puts the light of
-- the action out.
function panel.new(project, relight)
  local self = setmetatable({is_open = true, pages = {}, look_at = 0, told = 0}, Panel)
  self.relight = relight or function() end
  self:show(project)
  return self
end

-- Says lines to who does not see the panel.
function panel.tell(...)
  if reaper.osara_outputMessage then speech.say(...) end
end

-- Says lines, and counts it: what a window has to say of the focus must not cut them off.
function Panel:tell(...)
  self.told = self.told + 1
  panel.tell(...)
end

-- Something else is shown from now on.
function Panel:changed()
  self.made = nil
end

-- Returns the rows: the very same table until something changes.
function Panel:rows()
  self.made = self.made or rows.of(self.page, self.running)
  return self.made
end

local function is_alive(project)
  return project and reaper.ValidatePtr2(nil, project, 'ReaProject*')
end

-- Turns to a project's page; the pages of closed projects go.
function Panel:show(project)
  for of, page in pairs(self.pages) do
    if page.project and not is_alive(page.project) then self.pages[of] = nil end
  end
  local key = project or FRONT
  self.pages[key] = self.pages[key] or {project = project, stage = 'choose'}
  self.page = self.pages[key]
  self.page.count, self.page.kept = nil, nil
  self:look()
  self:changed()
end

local function is_same_list(a, b)
  if not a or #a ~= #b then return false end
  for place, one in ipairs(a) do
    if one.guid ~= b[place].guid or one.name ~= b[place].name then return false end
  end
  return true
end

-- Look at a part of what may have changed outside, and tell whether it is as it was: the settings, which other actions
-- change and another project in the same tab; the tracks, which take their time; what is compared, and which is heard.
local function are_same_wishes(page, project)
  local text = project and wishes.text(project)
  local is_same = text == page.kept
  if not is_same then page.wishes, page.kept = project and wishes.read(project), text end
  return is_same
end

local function are_same_tracks(page, project)
  local found = project and wishes.tracks(project) or {}
  local name = project and reaper.GetProjectName(project) or ''
  local is_same = is_same_list(page.tracks, found) and name == page.name
  page.tracks, page.name = found, name
  return is_same
end

local function is_same_comparison(page, project)
  local found = project and compare.state(project) or {}
  local is_same = found.shown == page.shown and found.matched_db == page.matched_db
  page.shown, page.matched_db = found.shown, found.matched_db
  page.reminder = page.shown and compare.reminder(project)
  if page.stage == 'mixed' and page.is_written and not page.shown then
    page.stage, page.lines, page.tone = 'choose', {OVER}, 'plain'
  end
  return is_same
end

-- Looks at what may have changed outside.
function Panel:look()
  local page = self.page
  local project = is_alive(page.project) and page.project or nil
  self.look_at = reaper.time_precise() + LOOK_S
  local count = project and reaper.GetProjectStateChangeCount(project) or 0
  local refusal = job.refusal(true)
  local is_same = is_same_comparison(page, project) and refusal == page.refusal
  if not are_same_wishes(page, project) then is_same = false end
  if count ~= page.count and not are_same_tracks(page, project) then is_same = false end
  if refusal and refusal ~= page.refusal then self:tell(refusal) end
  if not is_same then self:changed() end
  page.count, page.refusal = count, refusal
end

-- Looks again at everything: we changed something ourselves.
function Panel:look_again()
  self.page.count = nil
  self:look()
  self:changed()
end

-- Does a defer tick's work.
function Panel:turn()
  if self.running then
    if self.running:turn() == 'ended' then self:finish() else self:progress() end
    return
  end
  local front = reaper.EnumProjects(FRONT)
  if front ~= self.page.project then
    self:leave()
    self:show(front)
    self:tell(self:rows()[1][1].text)
  elseif reaper.time_precise() >= self.look_at then
    self:look()
  end
end

function Panel:progress()
  local now = self.running.progress
  if not now then return end
  local percent = math.floor(now.share * 100)
  if now.stage == self.seen_stage and percent == self.seen_percent then return end
  self.seen_stage, self.seen_percent = now.stage, percent
  local line
  line, self.said = outcome.progress(now, self.said)
  if line then self:tell(line) end
  self:changed()
end

-- Turns the front page to a stage and says the lines.
function Panel:turn_to(stage, lines, tone)
  local page = self.page
  page.stage, page.lines, page.tone = stage, lines, tone
  self:tell(table.unpack(lines))
  self:look_again()
end

function Panel:finish()
  local running, done = self.running, self.running.outcome
  self.running = nil
  self.relight()
  if not running.is_well then
    self.page.stage = 'choose'
    local front = reaper.EnumProjects(FRONT)
    if front ~= self.page.project then self:show(front) end -- that is what the user looks at
    return self:turn_to('failed', running.lines)
  end
  if not (done and done.document) then return self:turn_to('choose', running.lines, 'good') end
  self.page.document, self.page.is_written = done.document, done.written
  self:turn_to('mixed', running.lines)
end

function Panel:begin(words, line)
  if words then self.running, line = job.begin(words) end
  if not self.running then return self:turn_to('failed', {line or 'the job does not begin'}) end
  self.said, self.seen_stage, self.seen_percent = nil, nil, nil
  self.page.stage, self.page.lines = 'working', nil
  self:changed()
end

-- Stops the job that runs.
function Panel:stop()
  local line = self.running:stop()
  self.running = nil
  self.relight()
  self:turn_to('choose', {line}, 'plain')
end

-- Brings the mix up where it is compared with what was before.
local function bring_up_mix(page)
  if is_alive(page.project) then compare.bring_back(page.project) end
end

-- Leaves the page in front.
function Panel:leave()
  bring_up_mix(self.page)
end

-- The settings: each takes the value that the user chose. The rows map what is shown to what is kept.
local SETTINGS = {
  target = function(kept, value) kept.target = rows.target_of(value) end,
  custom_lufs = function(kept, value) kept.custom_lufs = value end,
  style = function(kept, value) kept.style = rows.style_of(value) end,
  strength = function(kept, value) kept.strength_percent = value end,
  eq = function(kept, value) kept.is_eq = value end,
  which = function(kept, value) kept.is_selected_only = rows.is_selected_only(value) end,
  focus = function(kept, value) kept.focus[value.guid] = value.value or nil end,
  lock = function(kept, value) kept.lock[value.guid] = value.value or nil end,
}

local WHILE_RUNNING = {cancel = true, play = true, close = true}
local NOT_BESIDE_A_JOB = {compare = true, keep = true} -- another script's

local ACTS = {
  start = function(self)
    local page = self.page
    self:look()
    if page.refusal or not page.wishes then return end
    self:begin(wishes.words(page.project, page.wishes))
  end,
  cancel = function(self)
    if self.running then self:stop() end
  end,
  compare = function(self)
    local shown, line = compare.toggle(self.page.project)
    self.page.lines, self.page.tone = line and {line} or nil, line and 'warning'
    self:look()
    self:changed()
    self:tell(table.unpack(shown and {rows.heard(self.page), line} or {line}))
  end,
  keep = function(self)
    local line = compare.keep(self.page.project)
    self:turn_to('choose', {line}, 'good')
  end,
  revert = function(self) self:begin({'undo'}) end, -- which brings the mix up first
  back = function(self)
    bring_up_mix(self.page)
    self.page.lines = nil
    self.page.stage = 'choose'
    self:look()
    self:changed()
  end,
  play = function() reaper.Main_OnCommand(PLAY_OR_STOP, 0) end,
  -- Where a job runs it is stopped, and the panel stays to say what became of it.
  close = function(self)
    if self.running then self:stop() else self.is_open = false end
  end,
}

-- Says what job of another script is in the way of an act, and tells whether one is.
function Panel:is_hindered(id)
  local other = NOT_BESIDE_A_JOB[id] and noticeboard.job()
  if not other then return false end
  self.page.lines, self.page.tone = {outcome.at_work(other)}, 'warning'
  self:tell(self.page.lines[1])
  self:changed()
  return true
end

-- The user did something with the widget of this id. Esc is "close", and Space without a widget "play".
function Panel:act(id, value)
  local page = self.page
  if SETTINGS[id] then
    if not page.wishes or self.running or page.stage ~= 'choose' then return end
    are_same_wishes(page, page.project)
    SETTINGS[id](page.wishes, value)
    wishes.keep(page.project, page.wishes)
    page.kept, page.lines = wishes.text(page.project), nil
    self:changed()
  elseif ACTS[id] and (not self.running or WHILE_RUNNING[id]) and not self:is_hindered(id) then
    ACTS[id](self)
  end
end

-- The window goes: the job is stopped, and the mix is up.
function Panel:close()
  self.is_open = false
  if self.running then self:stop() end
  for _, page in pairs(self.pages) do bring_up_mix(page) end
end

return panel
