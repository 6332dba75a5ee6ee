-- @noindex

-- What is said of a job: its progress, and how it ended.

local json = require 'Faderbot.json'

local outcome = {}

local STAGES = {read = 'reading the project', hear = 'listening', plan = 'planning the mix', verify = 'measuring'}
local PLANS = {rhythm = 'writing the rhythm', tune = 'planning the tone'}
local QUARTERS = 4

local function db(value) return value == json.null and 'unknown' or ('%.1f'):format(value) end

local function lufs(value)
  return value == json.null and 'silence' or ('%.1f LUFS'):format(value)
end

-- ``job`` is the first of the job's words.
local function stage_words(stage, job)
  return stage == 'plan' and PLANS[job] or STAGES[stage] or stage
end

-- Returns what a progress is at: its stage, and what is done in it just now where the bridge says so.
function outcome.step_words(progress, job)
  local words = stage_words(progress.stage, job)
  return type(progress.words) == 'string' and progress.words ~= '' and words .. ': ' .. progress.words or words
end

-- Returns what to say of a job that runs, from its notice.
function outcome.at_work(notice)
  local stage = notice.stage and stage_words(notice.stage, notice.words) or 'starting'
  local share = math.type(notice.share) and (', %d percent'):format(math.floor(notice.share * 100)) or ''
  return ('another job runs: %s%s. “Faderbot: Stop” ends it'):format(stage, share)
end

-- Returns what to say of a progress where it is worth saying after the one before, and what to compare the next with.
function outcome.progress(progress, before, job)
  local quarter = math.floor(progress.share * QUARTERS)
  local now = progress.stage .. quarter
  if now == before or quarter >= QUARTERS then return nil, now end
  local words = stage_words(progress.stage, job)
  return quarter == 0 and words or ('%s, %d percent'):format(words, quarter * 100 // QUARTERS), now
end

-- What a job did in a line, by the kind of its document.
local SUMMARIES = {
  ['faderbot-mix'] = function(document)
    local before, after = document.before.figures.loudness_lufs, document.after.figures.loudness_lufs
    return ('mixed %d tracks: %s before, %s after'):format(#document.tracks, lufs(before), lufs(after))
  end,
  ['faderbot-tune'] = function(document)
    local before, after = document.before.third_octave_rms_db, document.after.third_octave_rms_db
    local what = document.scope == 'master' and 'the master' or ('%d tracks'):format(#document.tracks)
    return ('tuned %s: %s dB from %s before, %s dB after'):format(what, db(before), document.target, db(after))
  end,
  ['faderbot-rhythm'] = function(document)
    local hits = 0
    for _, count in pairs(document.hits) do hits = hits + count end
    return ('wrote %d bars of %s at %.1f BPM: %d hits'):format(document.bars, document.style, document.tempo_bpm, hits)
  end,
}

-- Returns the lines of a job's document.
local function done(document, is_written)
  local lines = {is_written and SUMMARIES[document.kind](document) .. '; Undo takes it back'
    or 'nothing was to be changed, so nothing was written'}
  for _, note in ipairs(document.notes) do lines[#lines + 1] = note end
  return lines
end

-- Returns the lines of the bridge's last word.
function outcome.lines(result)
  if result.error then return {result.error} end
  return result.ok.document and done(result.ok.document, result.ok.written) or result.ok.lines
end

return outcome
