-- @noindex

-- Settings of a kind, kept in a project as versioned JSON: what is not there or not understood is as usual.

local json = require 'Faderbot.json'

local settings = {VERSION = 1, LOWEST_LUFS = -40, HIGHEST_LUFS = -5}

local SECTION = 'Faderbot'

-- Checks of a value, for the fields of settings.

function settings.one_of(names)
  return function(value)
    for _, name in ipairs(names) do
      if name == value then return true end
    end
    return false
  end
end

function settings.number_in(low, high)
  return function(value) return math.type(value) ~= nil and value >= low and value <= high end
end

function settings.whole_in(low, high)
  return function(value) return math.type(value) == 'integer' and value >= low and value <= high end
end

function settings.is_boolean(value) return type(value) == 'boolean' end

function settings.is_text(value) return type(value) == 'string' end

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

-- Returns {text, read, keep} for settings under a key: ``usual`` has their values as usual, ``fields`` a check for
-- each, ``sets`` names those that are sets of GUIDs.
function settings.new(key, usual, fields, sets)
  local kind = {}

  -- Returns the text of what is kept in a project: as long as it is the same, so are the settings.
  function kind.text(project)
    local _, text = reaper.GetProjExtState(project, SECTION, key)
    return text
  end

  function kind.read(project)
    local found = {}
    for name, value in pairs(usual) do found[name] = value end
    local is_json, kept = pcall(json.decode, kind.text(project))
    if not is_json or type(kept) ~= 'table' or kept.version ~= settings.VERSION then kept = {} end
    for name, is_right in pairs(fields) do
      if is_right(kept[name]) then found[name] = kept[name] end
    end
    for _, name in ipairs(sets or {}) do found[name] = set_of(kept[name]) end
    return found
  end

  function kind.keep(project, wanted)
    local kept = {version = settings.VERSION}
    for name in pairs(fields) do kept[name] = wanted[name] end
    for _, name in ipairs(sets or {}) do kept[name] = list_of(wanted[name]) end
    reaper.SetProjExtState(project, SECTION, key, json.encode(kept))
  end

  return kind
end

-- Returns a number as the program reads it: some languages of the system have a decimal comma.
function settings.plain(format, number) return (format:format(number):gsub(',', '.')) end

-- Returns a percentage as the share that the program reads.
function settings.share(percent) return settings.plain('%.4g', percent / 100) end

return settings
