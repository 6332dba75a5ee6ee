-- @noindex

-- Asks with REAPER's own dialogues: how to mix, and whether to listen by playing. The answers are kept in the project.

local items = require 'Faderbot.items'
local wishes = require 'Faderbot.wishes'

local asking = {}

local MARK = '|'
local CAPTIONS = {'Target (streaming broadcast aes album podcast or LUFS)',
  'Style (balanced country rap pop rock metal)', 'Strength (0 to 100 percent)', 'EQ (yes or no)',
  'Tracks (all or selected)'}
local CUSTOM = 'custom'
local YES_NO, YES = 4, 6
local METERS = {'--hear', 'meters'}
local NO_AUDIO = 'the project has only MIDI or instrument tracks, so there is no audio to listen to'

local function number_text(number) return (('%.6g'):format(number):gsub(',', '.')) end

local function answers_of(wanted)
  return table.concat({
    wanted.target == CUSTOM and number_text(wanted.custom_lufs) or wanted.target, wanted.style,
    number_text(wanted.strength_percent), wanted.is_eq and 'yes' or 'no',
    wanted.is_selected_only and 'selected' or 'all',
  }, MARK)
end

-- Puts the answers into the settings. Returns what is wrong, nil for nothing.
local function take(wanted, answers)
  local parts = {}
  for part in (answers .. MARK):gmatch('(.-)%' .. MARK) do parts[#parts + 1] = part:match('^%s*(.-)%s*$'):lower() end
  local target, style, percent, eq, which = table.unpack(parts)
  if #parts ~= #CAPTIONS then return 'an answer has a ' .. MARK .. ' in it' end
  if not target:find('^%-?%w[%w.]*$') then return 'the target is a name, or a number as -16' end
  if not style:find('^%w+$') then return 'the style is a name, as balanced' end
  local strength = tonumber((percent:gsub('%%', '')))
  if not strength or strength < 0 or strength > 100 then return 'the strength is a number from 0 to 100' end
  if eq ~= 'yes' and eq ~= 'no' then return 'EQ is yes or no' end
  if which ~= 'all' and which ~= 'selected' then return 'the tracks are all or selected' end
  local lufs = tonumber(target)
  wanted.target, wanted.custom_lufs = lufs and CUSTOM or target, lufs or wanted.custom_lufs
  wanted.style, wanted.strength_percent, wanted.is_eq = style, strength, eq == 'yes'
  wanted.is_selected_only = which == 'selected'
  return nil
end

-- Returns the words for the program; nil where the user does not want to, or nil and what is wrong with an answer.
function asking.ask()
  local project = reaper.EnumProjects(-1)
  local wanted = wishes.read(project)
  local captions = table.concat(CAPTIONS, ',') .. ',separator=' .. MARK .. ',extrawidth=120'
  local is_wanted, answers = reaper.GetUserInputs('Faderbot: Auto-mix', #CAPTIONS, captions, answers_of(wanted))
  if not is_wanted then return nil end
  local wrong = take(wanted, answers)
  if wrong then return nil, wrong end
  local words, why = wishes.words(project, wanted)
  if words then wishes.keep(project, wanted) end
  return words, why
end

local function has_audio(track)
  for number = 0, reaper.CountTrackMediaItems(track) - 1 do
    if items.has_audio(reaper.GetTrackMediaItem(track, number)) then return true end
  end
  return false
end

-- Returns the more words that a job needs to hear the project; nil and why not where the user does not want to.
function asking.way_to_hear(project, words)
  if words[1] ~= 'mix' then return {} end
  for _, word in ipairs(words) do
    if word == METERS[1] then return {} end
  end
  for place = 0, reaper.CountTracks(project) - 1 do
    if has_audio(reaper.GetTrack(project, place)) then return {} end
  end
  local question = 'The project has only MIDI or instrument tracks, or its media is offline: there is no audio in its '
    .. 'items to listen to.\n\n'
    .. 'Play the project from its start and listen by the meters?'
  if reaper.ShowMessageBox(question, 'Faderbot', YES_NO) == YES then return METERS end
  return nil, NO_AUDIO
end

return asking
