-- @noindex

-- The panel without its drawing: what is shown, and what a click does. panel_gfx.lua and panel_imgui.lua draw it.
--
-- Each project has a page of its own (panel_page.lua) with a tab for each kind of job. Its rows are made by
-- panel_rows.lua.

local compare = require 'Faderbot.compare'
local job = require 'Faderbot.job'
local lessons = require 'Faderbot.lessons'
local noticeboard = require 'Faderbot.noticeboard'
local outcome = require 'Faderbot.outcome'
local pages = require 'Faderbot.panel_page'
local rows = require 'Faderbot.panel_rows'
local speech = require 'Faderbot.speech'
local survey = require 'Faderbot.survey'

local panel = {}

local Panel = {}
Panel.__index = Panel

local FRONT = -1
local LOOK_S = 0.5 -- between two looks at the project
local PLAY_OR_STOP = 40044

-- Such a job leaves the sheet in front as it is.
local function is_on_lessons(running) return running.words[1] == lessons.LEARN[1] end

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

-- Turns to a project's page; the pages of closed projects go.
function Panel:show(project)
  for of, page in pairs(self.pages) do
    if page.project and not pages.is_alive(page.project) then self.pages[of] = nil end
  end
  local key = project or FRONT
  self.pages[key] = self.pages[key] or pages.new(project)
  self.page = self.pages[key]
  self.page.count = nil
  self:look()
  self:changed()
end

-- Looks at what may have changed outside.
function Panel:look()
  local page = self.page
  local project = page:living()
  self.look_at = reaper.time_precise() + LOOK_S
  local count = project and reaper.GetProjectStateChangeCount(project) or 0
  local refusal = job.refusal(true)
  local is_same = page:look_at_comparison() and refusal == page.refusal
  if not page:look_at_wishes() then is_same = false end
  if count ~= page.count and not page:look_at_tracks() then is_same = false end
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
  line, self.said = outcome.progress(now, self.said, self.running.words[1])
  if line then self:tell(line) end
  self:changed()
end

-- Turns the sheet in front to a stage and says the lines.
function Panel:turn_to(stage, lines, tone)
  local sheet = self.page.sheet
  sheet.stage, sheet.lines, sheet.tone = stage, lines, tone
  self:tell(table.unpack(lines))
  self:look_again()
end

function Panel:finish()
  local running, done, next_words = self.running, self.running.outcome, self.next_words
  self.running, self.next_words = nil, nil
  self.relight()
  local front = reaper.EnumProjects(FRONT)
  if is_on_lessons(running) and front == self.page.project then
    return self:turn_to(self.page.sheet.stage, running.lines, running.is_well and 'good' or 'warning')
  end
  if not running.is_well then
    self.page.sheet.stage = 'choose'
    if front ~= self.page.project then self:show(front) end -- that is what the user looks at
    return self:turn_to('failed', running.lines)
  end
  if running.words[1] == 'undo' then
    table.remove(self.page.jobs)
    if next_words then return self:begin(next_words) end
  end
  if not (done and done.document) then return self:turn_to('choose', running.lines, 'good') end
  self.page:keep(done)
  self:turn_to('done', running.lines)
end

function Panel:begin(words, line)
  if words then self.running, line = job.begin(words) end
  if not self.running then return self:turn_to('failed', {line or 'the job does not begin'}) end
  self.said, self.seen_stage, self.seen_percent = nil, nil, nil
  self.page.sheet.lines = nil
  self:changed()
end

-- Stops the job that runs.
function Panel:stop()
  local running = self.running
  local line = running:stop()
  self.running, self.next_words = nil, nil
  self.relight()
  self:turn_to(is_on_lessons(running) and self.page.sheet.stage or 'choose', {line}, 'plain')
end

-- Leaves the page in front.
function Panel:leave() self.page:bring_up_mix() end

-- Begins a job about lessons, whose lines go onto the sheet in front.
function Panel:begin_on_lessons(words, refusal)
  local running
  if not refusal then running, refusal = job.begin(words) end
  if not running then return self:warn(refusal) end
  self.running = running
  self:begin()
end

-- Shows a line on the sheet in front, and says it.
function Panel:warn(line)
  self.page.sheet.lines, self.page.sheet.tone = {line}, 'warning'
  self:tell(line)
  self:changed()
end

local WHILE_RUNNING = {cancel = true, play = true, close = true}
local NOT_BESIDE_A_JOB = {compare = true, keep = true} -- another script's

-- Returns the words of a job as it is set now; nil and what is wrong.
local function words_now(page)
  return page.tab.store.words(page.project, page.sheet.wishes)
end

local ACTS = {
  tab = function(self, label)
    local page, tab = self.page, rows.tab_of(label)
    if not tab or tab == page.tab then return end
    page:turn_to(tab)
    self:look()
    self:changed()
    self:tell(self:rows()[1][1].text)
  end,
  start = function(self)
    local page = self.page
    self:look()
    if page.refusal or not page.sheet.wishes then return end
    self:begin(words_now(page))
  end,
  -- The next variation in the place of the last one; beside it where something else was done since.
  another = function(self)
    local page = self.page
    local sheet, store = page.sheet, page.tab.store
    if page.sheet.stage ~= 'done' or not store.next_seed then return end
    self:look()
    if page.refusal or not sheet.wishes then return end
    store.next_seed(sheet.wishes)
    store.keep(page.project, sheet.wishes)
    local words, wrong = words_now(page)
    if words and sheet.is_written and not page:newer() and survey.undo_name() == sheet.undo_name then
      self.next_words, words = words, {'undo'}
    end
    self:begin(words, wrong)
  end,
  cancel = function(self)
    if self.running then self:stop() end
  end,
  compare = function(self)
    local page = self.page
    local shown, line = compare.toggle(page.project)
    page.sheet.lines, page.sheet.tone = line and {line} or nil, line and 'warning'
    self:look()
    self:changed()
    self:tell(table.unpack(shown and {rows.heard(page), line} or {line}))
  end,
  keep = function(self)
    local line = compare.keep(self.page.project)
    self:turn_to('choose', {line}, 'good')
  end,
  -- Undo takes the last job back, and brings it up first where it is compared.
  revert = function(self)
    local newer = self.page:newer()
    if newer then return self:warn(('a %s was written since: undo that one first'):format(newer.noun)) end
    self:begin({'undo'})
  end,
  learn = function(self)
    local project = self.page.project
    self:begin_on_lessons(lessons.LEARN, job.refusal(false) or lessons.refusal(project))
  end,
  lessons = function(self) self:begin_on_lessons(lessons.LIST) end,
  unlearn = function(self) self:begin_on_lessons(lessons.UNDO) end,
  from_bar = function(self, value)
    self.page.sheet.from_bar = math.floor(value)
    self:changed()
  end,
  back = function(self)
    self.page:bring_up_mix()
    self.page.sheet.lines = nil
    self.page.sheet.stage = 'choose'
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
  self:warn(outcome.at_work(other))
  return true
end

-- A setting of the tab in front, or one that it lends from another, takes a value.
function Panel:set(id, value)
  local page = self.page
  local tab = page.tab.lends and page.tab.lends[id] or page.tab
  local sheet = page.sheets[tab.id]
  if not sheet.wishes or self.running or page.sheet.stage ~= 'choose' then return end
  page:look_at_wishes()
  tab.settings[id](sheet.wishes, value)
  tab.store.keep(page.project, sheet.wishes)
  sheet.kept, page.sheet.lines = tab.store.text(page.project), nil
  self:changed()
end

-- The user did something with the widget of this id. Esc is "close", and Space without a widget "play".
function Panel:act(id, value)
  if self.page.tab.settings[id] then
    self:set(id, value)
  elseif ACTS[id] and (not self.running or WHILE_RUNNING[id]) and not self:is_hindered(id) then
    ACTS[id](self, value)
  end
end

-- The window goes: the job is stopped, and the mix is up.
function Panel:close()
  self.is_open = false
  if self.running then self:stop() end
  for _, page in pairs(self.pages) do page:bring_up_mix() end
end

return panel
