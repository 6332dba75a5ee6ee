-- @noindex

-- How the bridge and REAPER talk: small versioned JSON files in a folder of their own, each renamed into its place.
--
--   reaper.json    {version, beat, at}           ours, again and again: REAPER lives; when, in s since 1970
--   bridge.json    {version, beat}               the bridge's
--   request-N.json {version, number, do, …}      the bridge's, N from 1
--   answer-N.json  {version, number, ok}         ours; or {…, error, message}
--   answer-N.f32                                 ours, before the answer: samples
--   progress.json  {version, stage, share, words}  the bridge's
--   result.json    {version, ok} or {…, error}   the bridge's last word
--   cancel.json    {version}                     ours: stop
--   wish.json      {version, focus, lock}        ours, before the program starts: names of tracks
--
-- The other side is bridge/reaper/file_exchange.py.

local json = require 'Faderbot.json'

local exchange = {VERSION = 1}

local Exchange = {}
Exchange.__index = Exchange

local ENDINGS = {'%.json$', '%.f32$', '%.new$'}
local OLD_S = 24 * 3600
local MOST_CLEARED = 8 -- at a time, so that a start stays a start

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local content = file:read('a')
  file:close()
  return content
end

local function decoded(text)
  local is_json, found = pcall(json.decode, text)
  return is_json and type(found) == 'table' and found.version == exchange.VERSION and found or nil
end

-- Makes a folder for an exchange in another; returns it and its name, which begins with the time.
function exchange.new_folder(above)
  local name = ('%d-%06d'):format(os.time(), math.floor(reaper.time_precise() * 1e6) % 1000000)
  local folder = above .. '/' .. name
  reaper.RecursiveCreateDirectory(folder, 0)
  return folder, name
end

local function listed(what, folder)
  local names = {}
  reaper[what](folder, -1) -- REAPER remembers what it found: read anew
  while true do
    local name = reaper[what](folder, #names)
    if not name then return names end
    names[#names + 1] = name
  end
end

local function is_ours(file)
  for _, ending in ipairs(ENDINGS) do
    if file:find(ending) then return true end
  end
  return false
end

-- Removes the files of an exchange that are there, and the folder where nothing else is in it and the system lets us.
local function clear(folder)
  for _, file in ipairs(listed('EnumerateFiles', folder)) do
    if is_ours(file) then os.remove(folder .. '/' .. file) end
  end
  os.remove(folder)
end

-- Tells whether a folder is of a run that nobody is in any more: a day old by its name, and by REAPER's last beat.
local function is_old(folder, name)
  local made = tonumber(name:match('^(%d+)%-%d+$'))
  if not made or os.time() - made < OLD_S then return false end
  local text = read(folder .. '/reaper.json')
  local beat = text and decoded(text)
  return not (beat and math.type(beat.at)) or os.time() - beat.at >= OLD_S
end

-- Removes what runs that crashed left behind, in folders of our own alone.
function exchange.clear_old(above)
  local cleared = 0
  for _, name in ipairs(listed('EnumerateSubdirectories', above)) do
    local folder = above .. '/' .. name
    if is_old(folder, name) and cleared < MOST_CLEARED then
      cleared = cleared + 1
      clear(folder)
    end
  end
end

-- Opens the exchange in a folder that is there and empty.
function exchange.open(folder)
  return setmetatable({folder = folder, number = 1, beats = 0}, Exchange)
end

function Exchange:path(name) return self.folder .. '/' .. name end

-- Returns the content of a file of the bridge's as it stands, nil where there is none.
function Exchange:text(name) return read(self:path(name)) end

-- Returns the object in a file of the bridge's: nil where there is none, or one that is not of this version.
function Exchange:message(name)
  local text = self:text(name)
  return text and decoded(text)
end

-- Puts an object into its place at once. Tells whether the disk took it.
function Exchange:put(name, message)
  message.version = exchange.VERSION
  local path = self:path(name)
  local file = io.open(path .. '.new', 'wb')
  if not file then return false end
  local is_written = file:write(json.encode(message))
  is_written = file:close() and is_written
  if not is_written then return false end
  if os.rename(path .. '.new', path) then return true end
  os.remove(path) -- Windows renames onto nothing
  return os.rename(path .. '.new', path) ~= nil
end

-- Tells the bridge that REAPER lives, and later runs when it did.
function Exchange:beat()
  self.beats = self.beats + 1
  return self:put('reaper.json', {beat = self.beats, at = os.time()})
end

-- Leaves the names of the tracks in focus and locked for the program; none are none.
function Exchange:wish(names)
  if not names or #names.focus + #names.lock == 0 then return true end
  return self:put('wish.json', {focus = names.focus, lock = names.lock})
end

-- Returns the next request, once. One that can not be read, or of another version, is answered here.
function Exchange:request()
  local name = ('request-%d.json'):format(self.number)
  local text = self:text(name)
  if not text then return nil end
  os.remove(self:path(name))
  local is_json, found = pcall(json.decode, text)
  if not is_json or type(found) ~= 'table' then
    self:answer({error = 'failed', message = 'a request that is ' .. tostring(found)})
  elseif found.version ~= exchange.VERSION then
    self:answer({error = 'version', message = ('version %d is spoken here'):format(exchange.VERSION)})
  else
    return found
  end
  return nil
end

-- Returns where the samples of the present request go.
function Exchange:samples_path() return self:path(('answer-%d.f32'):format(self.number)) end

-- Answers the present request: {ok = …} or {error = kind, message = …}.
function Exchange:answer(message)
  message.number = self.number
  local is_put = self:put(('answer-%d.json'):format(self.number), message)
  self.number = self.number + 1
  return is_put
end

-- Tells the bridge to stop.
function Exchange:cancel() return self:put('cancel.json', {}) end

-- Removes every file of both sides, and the folder. Only what is there is looked at: a job may have asked thousands of
-- times.
function Exchange:clear() clear(self.folder) end

return exchange
