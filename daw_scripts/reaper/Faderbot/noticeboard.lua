-- @noindex

-- What the scripts in one REAPER tell each other: small versioned JSON in ExtState, which ends with REAPER.
--
--   job      {version, token, folder, words, stage, share, at}   the running job's, each half second
--   request  {version, number, token, wanted}                    another script's: "stop" is all there is
--   answer   {version, number, line}                             the running job's
--   run      text                                                names this run of REAPER
--
-- Nothing outside REAPER can read ExtState, so the faderbot program is talked to by files (exchange.lua).

local json = require 'Faderbot.json'

local noticeboard = {VERSION = 1, EVERY_S = 0.5, STALE_S = 2.0}

local SECTION = 'Faderbot'

local function put(key, message)
  message.version = noticeboard.VERSION
  reaper.SetExtState(SECTION, key, json.encode(message), false)
end

local function take_down(key) reaper.SetExtState(SECTION, key, '', false) end

local function read(key)
  local is_json, found = pcall(json.decode, reaper.GetExtState(SECTION, key))
  return is_json and type(found) == 'table' and found.version == noticeboard.VERSION and found or nil
end

-- Returns a text that is this run of REAPER's alone.
function noticeboard.run()
  local run = reaper.GetExtState(SECTION, 'run')
  if run == '' then
    run = ('%d-%.6f'):format(os.time(), reaper.time_precise())
    reaper.SetExtState(SECTION, 'run', run, false)
  end
  return run
end

-- Tells the other scripts of a running job: {token, folder, words, stage, share}.
function noticeboard.publish(notice)
  notice.at = reaper.time_precise()
  put('job', notice)
end

-- Returns the notice of the running job. One without a beat for 2 s counts as none, and comes second.
function noticeboard.job()
  local notice = read('job')
  if not notice then return nil end
  local is_fresh = math.abs(reaper.time_precise() - notice.at) <= noticeboard.STALE_S
  return is_fresh and notice or nil, not is_fresh and notice or nil
end

-- Takes the notice of a job down, where it is that job's.
function noticeboard.withdraw(token)
  local notice = read('job')
  if notice and notice.token == token then take_down('job') end
end

-- Asks something of the running job and returns the number of the request.
function noticeboard.ask(notice, wanted)
  local before = read('request')
  local number = before and before.number + 1 or 1
  put('request', {number = number, token = notice.token, wanted = wanted})
  return number
end

-- Returns what is asked of the job of that token, once.
function noticeboard.request(token)
  local found = read('request')
  if not found or found.token ~= token or found.is_taken then return nil end
  found.is_taken = true
  put('request', found)
  return found
end

-- Answers a request with a line.
function noticeboard.answer(request, line) put('answer', {number = request.number, line = line}) end

-- Returns the answer to the request of that number, nil as long as there is none.
function noticeboard.answered(number)
  local found = read('answer')
  return found and found.number == number and found.line or nil
end

return noticeboard
