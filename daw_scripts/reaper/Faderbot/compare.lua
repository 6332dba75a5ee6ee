-- @noindex

-- Before and after: brings back what the last mix or tuning found, and what it wrote, at the same loudness.
--
-- Both sets of values are kept in the project, so that they outlive REAPER. The louder of the two is turned down with
-- the master fader while they are compared, so that neither clips. Values that somebody else set since are left.
-- Nothing here makes an undo step: Undo takes the mix back at any time.

local KINDS = require 'Faderbot.compared_values'
local json = require 'Faderbot.json'
local noticeboard = require 'Faderbot.noticeboard'
local tracks = require 'Faderbot.tracks'

local compare = {VERSION = 1}

local SECTION = 'Faderbot'
local MIX = 'mix' -- {version, changes}: all values, as long as the project is large
-- {version, run, of, shown, matched_db, undo_name, before_lufs, after_lufs}: small, looked at often
local HEARD = 'heard'
local BEFORE, AFTER = 'before', 'after'
local VALUE_OF = {[BEFORE] = 'found', [AFTER] = 'wanted'}
local MIXED, TUNED = 'mix', 'tune'
local TUNING, RHYTHM = 'faderbot-tune', 'faderbot-rhythm' -- kinds of documents; any other is a mix's
local NO_MIX = 'there is no mix of Faderbot\'s to compare in this project'
local UNDONE = 'the %s was undone: redo it in REAPER first, then it can be compared'

-- Returns the GUID of our ReaEQ on a track, the last of its name; nil where there is none.
local function own_eq(track)
  for place = reaper.TrackFX_GetCount(track) - 1, 0, -1 do
    local is_told, alias = reaper.TrackFX_GetNamedConfigParm(track, place, 'renamed_name')
    if is_told and alias == tracks.EQ_ALIAS then return reaper.TrackFX_GetFXGUID(track, place) end
  end
  return nil
end

local function keep(project, key, message)
  message.version = compare.VERSION
  reaper.SetProjExtState(project, SECTION, key, json.encode(message))
end

local function is_change(value)
  local kind = type(value) == 'table' and KINDS[value.what]
  return kind and kind.is_value(value.found) and kind.is_value(value.wanted) and type(value.name) == 'string'
end

-- Whether what is kept can be worked with: anybody may have written into the project's file.
local IS_WHOLE = {
  [HEARD] = function(found)
    local is_of = found.of == nil or found.of == MIXED or found.of == TUNED -- nil: of before there were tunings
    return is_of and VALUE_OF[found.shown] and math.type(found.matched_db) and type(found.undo_name) == 'string'
  end,
  [MIX] = function(found)
    if not json.is_list(found.changes) then return false end
    for _, change in ipairs(found.changes) do
      if not is_change(change) then return false end
    end
    return true
  end,
}

local function kept(project, key)
  local _, text = reaper.GetProjExtState(project, SECTION, key)
  if text == '' then return nil end
  local is_json, found = pcall(json.decode, text)
  if not is_json or type(found) ~= 'table' or found.version ~= compare.VERSION then return nil end
  return IS_WHOLE[key](found) and found or nil
end

local function keep_heard(project, heard)
  heard.run = noticeboard.run()
  keep(project, HEARD, heard)
end

local function is_undone(project, heard) return reaper.Undo_CanRedo2(project) == heard.undo_name end

local function by_guid(project)
  local found = {[tracks.MASTER] = reaper.GetMasterTrack(project)}
  for place = 0, reaper.CountTracks(project) - 1 do
    local track = reaper.GetTrack(project, place)
    found[tracks.guid(track)] = track
  end
  return found
end

-- Returns by how many dB one of both is turned down: 0 for the quieter, or where a loudness is not known.
local function cut_db(heard, side)
  local loudness = {[BEFORE] = heard.before_lufs, [AFTER] = heard.after_lufs}
  if not math.type(loudness[BEFORE]) or not math.type(loudness[AFTER]) then return 0.0 end
  return math.min(loudness[BEFORE], loudness[AFTER]) - loudness[side]
end

local function value_of(change, side, db)
  local value = change[VALUE_OF[side]]
  if change.track ~= tracks.MASTER or change.what ~= 'fader' or db == 0.0 then return value end
  return value * 10.0 ^ (db / 20.0)
end

-- Tells whether a value is one that a mix or a comparison has set.
local function is_ours(heard, change, now)
  local kind = KINDS[change.what]
  for _, side in ipairs {BEFORE, AFTER} do
    for _, db in ipairs {0.0, cut_db(heard, side)} do
      if kind.is_same(now, value_of(change, side, db)) then return true end
    end
  end
  return false
end

-- Tells whether the mix was undone though REAPER can not redo it any more: none of its values is up, and one at least
-- is as the mix found it. Values that are the same either way tell nothing.
local function is_long_undone(project, heard, changes)
  local handles, is_found = by_guid(project), false
  for _, change in ipairs(changes) do
    local kind, track = KINDS[change.what], handles[change.track]
    local now, up = track and kind.read(track, change), value_of(change, heard.shown, heard.matched_db)
    local is_added = change.what == 'eq' and #change.found == 0 -- an undo takes it away
    if is_added or not kind.is_same(up, change.found) then
      if now and kind.is_same(now, up) then return false end
      if is_added then
        is_found = is_found or track ~= nil and not now
      else
        is_found = is_found or now ~= nil and kind.is_same(now, change.found)
      end
    end
  end
  return is_found
end

local function words_of(change)
  local what = change.what == 'eq' and 'EQ' or change.what
  return ('the %s of %s'):format(what, change.name)
end

-- Brings one of both up, turned down by so many dB, and returns in words what is left as it is.
local function show(project, heard, changes, side, db)
  local handles, left = by_guid(project), {}
  for _, change in ipairs(changes) do
    local kind, track = KINDS[change.what], handles[change.track]
    local now = track and kind.read(track, change)
    local is_set = now ~= nil and is_ours(heard, change, now)
      and pcall(kind.set, track, change, value_of(change, side, db))
    if not is_set then left[#left + 1] = words_of(change) end
  end
  heard.shown, heard.matched_db = side, db
  keep_heard(project, heard)
  return left
end

local function noun(heard) return heard.of == TUNED and 'tuning' or 'mix' end

-- Returns what is heard and all that is compared; or nil and why there is nothing to compare.
local function compared(project)
  local heard, mix = kept(project, HEARD), kept(project, MIX)
  if not heard or not mix then return nil, NO_MIX end
  if is_undone(project, heard) or is_long_undone(project, heard, mix.changes) then
    return nil, UNDONE:format(noun(heard))
  end
  return heard, mix.changes
end

local function on_left(left)
  return #left > 0 and 'left as it is, since it was changed since the mix: ' .. table.concat(left, ', ') or nil
end

-- Keeps what a mix found and wrote, from the bridge's last word (document, changes). A tempo is not compared, since it
-- moves what is heard; nor is an EQ that the mix took away. A rhythm changes nothing that can be compared so.
function compare.remember(project, outcome, undo_name)
  local document = outcome.document
  if document.kind == RHYTHM then return end
  local handles, changes, has_master = by_guid(project), json.list(), false
  for _, change in ipairs(outcome.changes or {}) do
    local kept_one = {track = change.track, name = change.name, what = change.what, found = change.found,
      wanted = change.wanted}
    local is_kept = KINDS[change.what] and handles[change.track]
    if is_kept and change.what == 'eq' then
      kept_one.effect = own_eq(handles[change.track])
      is_kept = kept_one.effect and #change.wanted > 0
    end
    has_master = has_master or change.track == tracks.MASTER and change.what == 'fader'
    if is_kept then changes[#changes + 1] = kept_one end
  end
  if not has_master then
    local gain = reaper.GetMediaTrackInfo_Value(handles[tracks.MASTER], 'D_VOL')
    changes[#changes + 1] = {track = tracks.MASTER, name = 'the master', what = 'fader', found = gain, wanted = gain}
  end
  keep(project, MIX, {changes = changes})
  local before, after = document.before.figures or document.before, document.after.figures or document.after
  keep_heard(project, {
    of = document.kind == TUNING and TUNED or MIXED, undo_name = undo_name, shown = AFTER, matched_db = 0.0,
    before_lufs = before.loudness_lufs, after_lufs = after.loudness_lufs,
  })
end

-- Forgets the last mix: there is nothing to compare any more.
function compare.forget(project)
  reaper.SetProjExtState(project, SECTION, MIX, '')
  reaper.SetProjExtState(project, SECTION, HEARD, '')
end

-- Forgets the last mix, unless the step that was undone is another one. Without a name it is the mix.
function compare.undone(project, undo_name)
  local heard = kept(project, HEARD)
  if heard and (not undo_name or undo_name == '' or undo_name == heard.undo_name) then compare.forget(project) end
end

-- Returns {of, shown, undo_name, matched_db}; nil where there is no mix to compare. ``of`` is "mix" or "tune"; what is
-- shown is turned down by matched_db, 0 or less.
function compare.state(project)
  local heard = kept(project, HEARD)
  if not heard or is_undone(project, heard) then return nil end
  return {of = heard.of or MIXED, shown = heard.shown, undo_name = heard.undo_name, matched_db = heard.matched_db}
end

-- Brings the other one up. Returns "before" or "after", and what was left as it is; or nil and why not.
function compare.toggle(project)
  local heard, changes = compared(project)
  if not heard then return nil, changes end
  local side = heard.shown == AFTER and BEFORE or AFTER
  return side, on_left(show(project, heard, changes, side, cut_db(heard, side)))
end

-- Brings the mix up exactly as it was written; it can be compared on. Returns what was left as it is, nil for nothing.
function compare.bring_back(project)
  local heard = kept(project, HEARD)
  if not heard or heard.shown == AFTER and heard.matched_db == 0.0 then return nil end
  local changes
  heard, changes = compared(project)
  return heard and on_left(show(project, heard, changes, AFTER, 0.0))
end

-- Brings the mix up exactly as it was written and ends the comparison. Returns a line.
function compare.keep(project)
  local heard, why = compared(project)
  if not heard then return why end
  local left = compare.bring_back(project)
  compare.forget(project)
  return ('the %s is kept as it was written'):format(noun(heard)) .. (left and '; ' .. left or '')
end

-- Returns what to say where REAPER was closed in the middle of a comparison, nil where it was not.
function compare.reminder(project)
  local heard = kept(project, HEARD)
  if not heard or heard.run == noticeboard.run() or is_undone(project, heard) then return nil end
  if heard.shown == AFTER and heard.matched_db == 0.0 then return nil end
  return ('REAPER was closed during a comparison, with %s up: “Faderbot: Keep mix” brings the mix back'):format(
    heard.shown == AFTER and 'the mix turned down' or 'the sound from before the mix')
end

return compare
