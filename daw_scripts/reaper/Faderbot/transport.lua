-- @noindex

-- The transport, left as it was found.

local transport = {}

local PLAYING, PAUSED, RECORDING = 1, 2, 4
local GOING = PLAYING | PAUSED

-- Returns how it is, for transport.restore.
function transport.found(project)
  return {
    state = reaper.GetPlayStateEx(project) & GOING,
    at_s = reaper.GetPlayPositionEx(project),
    cursor_s = reaper.GetCursorPositionEx(project),
  }
end

-- Plays on from a position where it is stopped.
local function play_from(project, at_s)
  reaper.SetEditCurPos2(project, at_s, false, false)
  reaper.OnPlayButtonEx(project)
end

local function set_cursor(project, cursor_s)
  if reaper.GetCursorPositionEx(project) ~= cursor_s then reaper.SetEditCurPos2(project, cursor_s, false, false) end
end

-- Brings it back to how it was found. What played and still plays is left alone, and so is a recording that has begun.
function transport.restore(project, found)
  local now = reaper.GetPlayStateEx(project)
  if now & RECORDING > 0 then return end
  now = now & GOING
  if now ~= found.state then
    if now > 0 then reaper.OnStopButtonEx(project) end
    if found.state > 0 then play_from(project, found.at_s) end
    if found.state & PAUSED > 0 then reaper.OnPauseButtonEx(project) end
  end
  set_cursor(project, found.cursor_s)
end

-- Plays from the start, the edit cursor where it is; what plays already plays on.
function transport.play(project)
  local found = transport.found(project)
  if transport.plays(found) then return end
  if found.state > 0 then reaper.OnStopButtonEx(project) end
  play_from(project, 0.0)
  set_cursor(project, found.cursor_s)
end

-- Tells whether it played, not paused, when it was found.
function transport.plays(found) return found.state == PLAYING end

-- Plays on from a position, the edit cursor where it is.
function transport.go_to(project, at_s)
  local cursor_s = reaper.GetCursorPositionEx(project)
  reaper.SetEditCurPos2(project, at_s, false, true)
  set_cursor(project, cursor_s)
end

-- Does what may stop REAPER's playback, as a render does, and goes on from where it was. Raises what is raised.
function transport.held(project, act)
  local found = transport.found(project)
  local is_done, result = pcall(act)
  transport.restore(project, found)
  if not is_done then error(result, 0) end
  return result
end

return transport
