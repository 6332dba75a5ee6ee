-- @noindex

-- How a project is to be mixed, kept in it: target, style, strength, EQ, and tracks in focus or locked by GUID.

local json = require 'Faderbot.json'
local tracks = require 'Faderbot.tracks'

local wishes = {
  VERSION = 1,
  TARGETS = {'streaming', 'broadcast', 'aes', 'album', 'podcast', 'custom'},
  STYLES = {'balanced', 'country', 'rap', 'pop', 'rock', 'metal'},
  LOWEST_LUFS = -40, HIGHEST_LUFS = -5,
}

local SECTION, KEY = 'Faderbot', 'wishes'
local CUSTOM = 'custom'

local function usual()
  return {target = 'streaming', custom_lufs = -16, style = 'balanced', strength_percent = 100, is_eq = true,
    is_selected_only = false, focus = {}, lock = {}}
end

local function one_of(names)
  return function(value)
    for _, name in ipairs(names) do
      if name == value then return true end
    end
    return false
  end
end

local function number_in(low, high)
  return function(value) return math.type(value) ~= nil and value >= low and value <= high end
end

local function is_boolean(value) return type(value) == 'boolean' end

local FIELDS = {
  target = one_of(wishes.TARGETS),
  custom_lufs = number_in(wishes.LOWEST_LUFS, wishes.HIGHEST_LUFS),
  style = one_of(wishes.STYLES),
  strength_percent = number_in(0, 100),
  is_eq = is_boolean,
  is_selected_only = is_boolean,
}

local function set_of(list)
  local set = {}
  for _, guid in ipairs(type(list) == 'table' and list or {}) do
    if type(guid) == 'string' then set[guid] = true end
  end
  return set
end

local function list_of(set)
  local list = json.list()
  for guid, is_in in pairs(set) do
    if is_in then list[#list + 1] = guid end
  end
  table.sort(list)
  return list
end

-- Returns the text of the settings kept in a project: as long as it is the same, they are.
function wishes.text(project)
  local _, text = reaper.GetProjExtState(project, SECTION, KEY)
  return text
end

-- Returns the settings kept in a project; what is not there or not understood is as usual.
function wishes.read(project)
  local found = usual()
  local is_json, kept = pcall(json.decode, wishes.text(project))
  if not is_json or type(kept) ~= 'table' or kept.version ~= wishes.VERSION then return found end
  for name, is_right in pairs(FIELDS) do
    if is_right(kept[name]) then found[name] = kept[name] end
  end
  found.focus, found.lock = set_of(kept.focus), set_of(kept.lock)
  return found
end

-- Keeps the settings in a project.
function wishes.keep(project, wanted)
  local kept = {version = wishes.VERSION, focus = list_of(wanted.focus), lock = list_of(wanted.lock)}
  for name in pairs(FIELDS) do kept[name] = wanted[name] end
  reaper.SetProjExtState(project, SECTION, KEY, json.encode(kept))
end

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

local function plain(format, number)
  return (format:format(number):gsub(',', '.')) -- some languages of the system have a decimal comma
end

-- Returns the words for the program, with the names for wish.json in their field ``wish``; or nil and what is wrong.
function wishes.words(project, wanted)
  local target = wanted.target
  if target == CUSTOM then
    if not FIELDS.custom_lufs(wanted.custom_lufs) then
      return nil, ('the target is a loudness from %d to %d LUFS'):format(wishes.LOWEST_LUFS, wishes.HIGHEST_LUFS)
    end
    target = plain('%.6g', wanted.custom_lufs)
  end
  if not FIELDS.strength_percent(wanted.strength_percent) then return nil, 'the strength is a number from 0 to 100' end
  local strength = plain('%.4g', wanted.strength_percent / 100)
  local words = {'mix', '--target', target, '--style', wanted.style, '--strength', strength}
  if not wanted.is_eq then words[#words + 1] = '--no-eq' end
  if wanted.is_selected_only then words[#words + 1] = '--only-selected' end
  words.wish = {focus = wishes.names(project, wanted.focus), lock = wishes.names(project, wanted.lock)}
  return words
end

return wishes
