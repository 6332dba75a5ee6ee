-- @noindex

-- How a project is to be mixed, kept in it: target, style, strength, EQ, tempo, and tracks in focus or locked by GUID.

local json = require 'Faderbot.json'
local settings = require 'Faderbot.settings'
local tracks = require 'Faderbot.tracks'

local wishes = {
  VERSION = settings.VERSION,
  TARGETS = {'streaming', 'broadcast', 'aes', 'album', 'podcast', 'custom'},
  STYLES = {'balanced', 'country', 'rap', 'pop', 'rock', 'metal'},
  TEMPOS = {'keep', 'match', 'set'},
  LOWEST_LUFS = settings.LOWEST_LUFS, HIGHEST_LUFS = settings.HIGHEST_LUFS,
  LOWEST_BPM = 20, HIGHEST_BPM = 400,
}

local CUSTOM, SET, KEEP = 'custom', 'set', 'keep'

local FIELDS = {
  target = settings.one_of(wishes.TARGETS),
  custom_lufs = settings.number_in(wishes.LOWEST_LUFS, wishes.HIGHEST_LUFS),
  style = settings.one_of(wishes.STYLES),
  strength_percent = settings.number_in(0, 100),
  is_eq = settings.is_boolean,
  is_selected_only = settings.is_boolean,
  tempo = settings.one_of(wishes.TEMPOS),
  tempo_bpm = settings.number_in(wishes.LOWEST_BPM, wishes.HIGHEST_BPM),
  may_stretch = settings.is_boolean,
}
local USUAL = {target = 'streaming', custom_lufs = -16, style = 'balanced', strength_percent = 100, is_eq = true,
  is_selected_only = false, tempo = KEEP, tempo_bpm = 120, may_stretch = false}

local kind = settings.new('wishes', USUAL, FIELDS, {'focus', 'lock'})

-- Return the text of the settings kept in a project, and the settings; keep them.
wishes.text, wishes.read, wishes.keep = kind.text, kind.read, kind.keep

-- Returns the project's tracks in their order as {guid, name}.
function wishes.tracks(project)
  local found = {}
  for place = 0, reaper.CountTracks(project) - 1 do
    local track = reaper.GetTrack(project, place)
    local _, name = reaper.GetTrackName(track)
    found[#found + 1] = {guid = tracks.guid(track), name = name}
  end
  return found
end

-- Returns the names of the tracks in a set, each once; tracks that are no longer there are not in it.
function wishes.names(project, set)
  local names, is_in = json.list(), {}
  for _, track in ipairs(wishes.tracks(project)) do
    if set[track.guid] and not is_in[track.name] then
      names[#names + 1], is_in[track.name] = track.name, true
    end
  end
  return names
end

-- Returns the names that tracks in the set share with tracks outside: the program knows tracks by name, so that both
-- are meant.
function wishes.shared_names(project, set)
  local outside, shared, is_told = {}, {}, {}
  local all = wishes.tracks(project)
  for _, track in ipairs(all) do
    if not set[track.guid] then outside[track.name] = true end
  end
  for _, track in ipairs(all) do
    if set[track.guid] and outside[track.name] and not is_told[track.name] then
      shared[#shared + 1], is_told[track.name] = track.name, true
    end
  end
  return shared
end

-- Returns a target in words for the program; or nil and what is wrong.
function wishes.target_word(wanted)
  if wanted.target ~= CUSTOM then return wanted.target end
  if FIELDS.custom_lufs(wanted.custom_lufs) then return settings.plain('%.6g', wanted.custom_lufs) end
  return nil, ('the target is a loudness from %d to %d LUFS'):format(wishes.LOWEST_LUFS, wishes.HIGHEST_LUFS)
end

-- Returns the words for the program, with the names for wish.json in their field ``wish``; or nil and what is wrong.
function wishes.words(project, wanted)
  local target, wrong = wishes.target_word(wanted)
  if not target then return nil, wrong end
  if not FIELDS.strength_percent(wanted.strength_percent) then return nil, 'the strength is a number from 0 to 100' end
  local strength = settings.share(wanted.strength_percent)
  local words = {'mix', '--target', target, '--style', wanted.style, '--strength', strength}
  if not wanted.is_eq then words[#words + 1] = '--no-eq' end
  if wanted.is_selected_only then words[#words + 1] = '--only-selected' end
  if wanted.tempo ~= KEEP then
    local tempo = wanted.tempo == SET and settings.plain('%.6g', wanted.tempo_bpm) or wanted.tempo
    table.move({'--tempo', tempo}, 1, 2, #words + 1, words)
    if wanted.may_stretch then words[#words + 1] = '--stretch-items' end
  end
  words.wish = {focus = wishes.names(project, wanted.focus), lock = wishes.names(project, wanted.lock)}
  return words
end

return wishes
