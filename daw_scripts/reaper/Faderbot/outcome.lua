-- @noindex

-- What is said of a job: its progress, and how it ended.

local json = require 'Faderbot.json'

local outcome = {}

local STAGES = {read = 'reading the project', hear = 'listening', plan = 'planning the mix', verify = 'measuring'}
local QUARTERS = 4

local function lufs(value)
  return value == json.null and 'silence' or ('%.1f LUFS'):format(value)
end

local function stage_words(progress) return STAGES[progress.stage] or progress.stage end

-- Returns what a progress is at: its stage, and what is done in it just now where the bridge says so.
function outcome.step_words(progress)
  local words = stage_words(progress)
  return type(progress.words) == 'string' and progress.words ~= '' and words .. ': ' .. progress.words or words
end

-- Returns what to say of a job that runs, from its notice.
function outcome.at_work(notice)
  local stage = notice.stage and STAGES[notice.stage] or notice.stage or 'starting'
  local share = math.type(notice.share) and (', %d percent'):format(math.floor(notice.share * 100)) or ''
  return ('another job runs: %s%s. “Faderbot: Stop” ends it'):format(stage, share)
end

-- Returns what to say of a progress where it is worth saying after the one before, and what to compare the next with.
function outcome.progress(progress, before)
  local quarter = math.floor(progress.share * QUARTERS)
  local now = progress.stage .. quarter
  if now == before or quarter >= QUARTERS then return nil, now end
  local words = stage_words(progress)
  return quarter == 0 and words or ('%s, %d percent'):format(words, quarter * 100 // QUARTERS), now
end

-- Returns the lines of a mix's document.
local function mixed(document, is_written)
  local before, after = document.before.figures.loudness_lufs, document.after.figures.loudness_lufs
  local lines = {is_written
    and ('mixed %d tracks: %s before, %s after; Undo takes it back'):format(#document.tracks, lufs(before), lufs(after))
    or 'nothing was to be changed, so nothing was written'}
  for _, note in ipairs(document.notes) do lines[#lines + 1] = note end
  return lines
end

-- Returns the lines of the bridge's last word.
function outcome.lines(result)
  if result.error then return {result.error} end
  return result.ok.document and mixed(result.ok.document, result.ok.written) or result.ok.lines
end

return outcome
