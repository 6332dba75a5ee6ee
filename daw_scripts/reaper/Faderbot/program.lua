-- @noindex

-- Where the faderbot program is, and how it is started.

local program = {INSTALL = 'pipx install faderbot'}

local SECTION, KEY = 'Faderbot', 'program'
local VERSIONS = {'3.14', '3.13', '3.12', '3.11'}

-- Python from Microsoft's store.
local STORE = '$(LOCALAPPDATA)/Packages/PythonSoftwareFoundation.Python.$(V)_qbz5n2kfra8p0/LocalCache/local-packages'

-- Where pip, pipx and uv put programs; $(V) is a version as 3.12, $(W) as 312. REAPER on macOS starts without the PATH
-- of a terminal, so that there these places are all there is.
local PLACES = {
  any = {'$(PIPX_BIN_DIR)', '$(UV_TOOL_BIN_DIR)', '$(XDG_BIN_HOME)'},
  windows = {'$(USERPROFILE)/.local/bin', '$(APPDATA)/Python/Python$(W)/Scripts',
    '$(LOCALAPPDATA)/Programs/Python/Python$(W)/Scripts', '$(PROGRAMFILES)/Python$(W)/Scripts',
    STORE .. '/Python$(W)/Scripts'},
  mac = {'$(HOME)/.local/bin', '/opt/homebrew/bin', '/usr/local/bin', '/opt/local/bin',
    '$(HOME)/Library/Python/$(V)/bin', '/Library/Frameworks/Python.framework/Versions/$(V)/bin'},
  linux = {'$(HOME)/.local/bin', '$(HOME)/bin', '/usr/local/bin', '/usr/bin'},
}

-- "Win64", "OSX64", "macOS-arm64", "Other".
local function system()
  local name = reaper.GetOS()
  if name:find('^Win') then return 'windows' end
  return (name:find('^OSX') or name:find('^mac')) and 'mac' or 'linux'
end

-- Returns a place with its variables filled in, nil where one is not set.
local function filled(place, version)
  local is_whole = true
  local path = place:gsub('%$%(([%u_]+)%)', function(name)
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
    found[#found + 1] = folder:gsub('"', '') .. '/' .. name -- Windows has folders with quotes around them there
  end
  for _, places in ipairs {PLACES.any, PLACES[on]} do
    for _, place in ipairs(places) do
      for _, version in ipairs(VERSIONS) do
        local folder = filled(place, version)
        if folder then found[#found + 1] = folder .. '/' .. name end
        if not place:find('%$%([VW]%)') then break end
      end
    end
  end
  return found
end

-- Keeps the program's path for the next time, where there is a file; tells whether there is.
function program.keep(path)
  local is_there = path ~= '' and reaper.file_exists(path)
  if is_there and reaper.GetExtState(SECTION, KEY) ~= path then reaper.SetExtState(SECTION, KEY, path, true) end
  return is_there
end

-- Returns the program's path and keeps it for the next time; nil where it is not found.
function program.find()
  for _, path in ipairs(candidates(system())) do
    if program.keep(path) then return path end
  end
  return nil
end

-- Shows how the program is installed, and returns the line to say.
function program.offer()
  reaper.ShowMessageBox(('The faderbot program is not installed, or not where it is looked for.\n\n'
    .. 'To install it, in a terminal:\n\n%s\n\n'
    .. 'If it is installed, tell where it is: run the action “Faderbot: Choose the program”.'):format(program.INSTALL),
    'Faderbot', 0)
  return 'the faderbot program is not found: ' .. program.INSTALL
end

-- Returns a command line of words, each in quotes; nil and the word where one has quotes of its own.
function program.command(words)
  local quoted = {}
  for place, word in ipairs(words) do
    if word:find('["\r\n]') then return nil, word end
    quoted[place] = '"' .. word .. '"'
  end
  return table.concat(quoted, ' ')
end

-- Starts a command line in the background.
function program.start(command)
  reaper.ExecProcess(command, -2)
end

return program
