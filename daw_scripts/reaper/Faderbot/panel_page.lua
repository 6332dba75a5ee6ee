-- @noindex

-- A project's page of the panel: the tab in front, and a sheet for each tab with how far it is and what it shows.
--
-- A sheet is {stage, lines, tone, wishes, kept, document, is_written, track, undo_name}. Its stages are "choose" (the
-- settings), "done" (what a job did) and "failed" (a line and what to do). ``jobs`` are the tabs whose jobs wrote, the
-- last one at the end.

local compare = require 'Faderbot.compare'
local lessons = require 'Faderbot.lessons'
local rows = require 'Faderbot.panel_rows'
local wishes = require 'Faderbot.wishes'

local pages = {}

local Page = {}
Page.__index = Page

local OVER = {
  mix = 'there is no mix to compare any more: it was undone or kept',
  tune = 'there is no tuning to compare any more: it was undone or kept',
  rhythm = 'the rhythm is not in the project any more: it was undone, or its track was deleted',
}

function pages.new(project)
  local page = setmetatable({project = project, sheets = {}, jobs = {}}, Page)
  for _, tab in ipairs(rows.TABS) do page.sheets[tab.id] = {stage = 'choose'} end
  page:turn_to(rows.TABS[1])
  return page
end

function pages.is_alive(project)
  return project and reaper.ValidatePtr2(nil, project, 'ReaProject*')
end

-- Returns the project where it is still open, nil where it is not.
function Page:living() return pages.is_alive(self.project) and self.project or nil end

-- Brings a tab to the front.
function Page:turn_to(tab) self.tab, self.sheet = tab, self.sheets[tab.id] end

-- Looks at the settings, which other actions change and another project in the same tab. Tells whether they are as they
-- were.
function Page:look_at_wishes()
  local is_same, project = true, self:living()
  for _, tab in ipairs(rows.TABS) do
    local sheet = self.sheets[tab.id]
    local text = project and tab.store.text(project)
    if text ~= sheet.kept or not sheet.wishes ~= not project then
      sheet.wishes, sheet.kept, is_same = project and tab.store.read(project), text, false
    end
  end
  return is_same
end

local function is_same_list(a, b)
  if not a or #a ~= #b then return false end
  for place, one in ipairs(a) do
    if one.guid ~= b[place].guid or one.name ~= b[place].name then return false end
  end
  return true
end

-- What was written and is not there any more has nothing to show, and is not to be undone.
function Page:give_up(id)
  local sheet = self.sheets[id]
  sheet.stage, sheet.lines, sheet.tone = 'choose', {OVER[id]}, 'plain'
  for place = #self.jobs, 1, -1 do
    if self.jobs[place].id == id then return table.remove(self.jobs, place) end
  end
end

function Page:look_at_tracks()
  local project = self:living()
  local found = project and wishes.tracks(project) or {}
  local name = project and reaper.GetProjectName(project) or ''
  local is_same = is_same_list(self.tracks, found) and name == self.name
  self.tracks, self.name = found, name
  local sheet, is_there = self.sheets.rhythm, false
  for _, one in ipairs(found) do is_there = is_there or one.guid == sheet.track end
  if sheet.stage == 'done' and sheet.track and not is_there then
    self:give_up('rhythm')
    is_same = false
  end
  return is_same
end

-- Looks at what is compared, which of both is heard, and whether there is something to learn from.
function Page:look_at_comparison()
  local project = self:living()
  local found = project and compare.state(project) or {}
  local may_learn = project ~= nil and lessons.are_offered(project)
  local is_same = found.shown == self.shown and found.matched_db == self.matched_db and found.of == self.compared
    and may_learn == self.may_learn
  self.shown, self.matched_db, self.compared, self.may_learn = found.shown, found.matched_db, found.of, may_learn
  self.reminder = self.shown and compare.reminder(project)
  for _, tab in ipairs(rows.TABS) do
    local sheet = self.sheets[tab.id]
    if tab.can_compare and sheet.stage == 'done' and sheet.is_written and not self.shown then
      self:give_up(tab.id)
    end
  end
  return is_same
end

-- Brings what was written up where it is compared with what was before.
function Page:bring_up_mix()
  local project = self:living()
  if project then compare.bring_back(project) end
end

-- Keeps what a job did, on the sheet in front.
function Page:keep(outcome)
  local sheet = self.sheet
  sheet.document, sheet.is_written, sheet.from_bar = outcome.document, outcome.written, nil
  sheet.track, sheet.undo_name = outcome.track, outcome.undo_name
  if outcome.written then self.jobs[#self.jobs + 1] = self.tab end
end

-- Returns the tab whose job comes after the one in front and is to be undone first; nil where there is none.
function Page:newer()
  local last = self.jobs[#self.jobs]
  return last and last ~= self.tab and last or nil
end

return pages
