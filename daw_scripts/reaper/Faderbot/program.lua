-- @noindex

-- Where the faderbot program is, and how it is started.

local program = {INSTALL = 'pipx install faderbot'}

local SECTION, KEY = 'Faderbot', 'program'
local VERSIONS = {'3.14', '3.13', '3.12', '3.11'}

-- Where pip, pipx and uv put programs. $V is a version as 3.12, $W as 312.
local PLACES = {
  windows = {'$USERPROFILE/.local/bin', '$APPDATA/Python/Python$W/Scripts',
    '$LOCALAPPDATA/Programs/Python/Python$W/Scripts', '$PROGRAMFILES/Python$W/Scripts'},
  mac = {'$HOME/.local/bin', '/opt/homebrew/bin', '/usr/local/bin', '$HOME/Library/Python/$V/bin',
    '/Library/Frameworks/Python.framework/Versions/$V/bin'},
  linux = {'$HOME/.local/bin', '/usr/local/bin', '/usr/bin'},
}

local function system()
  local name = reaper.GetOS()
  if name:find('^Win') then return 'windows' end
  return (name:find('^OSX') or name:find('^mac')) and 'mac' or 'linux'
end

-- Returns a place with its variables filled in, nil where one is not set.
local function filled(place, version)
  local is_whole = true
  local path = place:gsub('%$(%u+)', function(name)
    if name == 'V' then return version end
    if name == 'W' then return (version:gsub('%.', '')) end
    local value = os.getenv(name)
    if not value or value == '' then is_whole = false end
    return value or ''
  end)
  return is_whole and path or nil
end

local function candidates(on)
  local name = on == 'windows' and 'faderbot.exe' or 'faderbot'
  local found = {reaper.GetExtState(SECTION, KEY)}
  for folder in (os.getenv('PATH') or ''):gmatch(on == 'windows' and '[^;]+' or '[^:]+') do
    found[#found + 1] = folder .. '/' .. name
  end
  for _, place in ipairs(PLACES[on]) do
    for _, version in ipairs(VERSIONS) do
      local folder = filled(place, version)
      if folder then found[#found + 1] = folder .. '/' .. name end
      if not place:find('%$[VW]') then break end
    end
  end
  return found
end

-- Returns the program's path and keeps it for the next time; nil where it is not found.
function program.find()
  for _, path in ipairs(candidates(system())) do
    if path ~= '' and reaper.file_exists(path) then
      reaper.SetExtState(SECTION, KEY, path, true)
      return path
    end
  end
  return nil
end

-- Returns a command line of words, each in quotes; nil where a word has quotes of its own.
function program.command(words)
  local quoted = {}
  for place, word in ipairs(words) do
    if word:find('["\r\n]') then return nil end
    quoted[place] = '"' .. word .. '"'
  end
  return table.concat(quoted, ' ')
end

-- Starts a command line in the background.
function program.start(command)
  reaper.ExecProcess(command, -2)
end

return program
