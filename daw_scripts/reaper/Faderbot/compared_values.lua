-- @noindex

-- What before and after are compared by, by the kind of a change (bridge/changes.py): {read, is_same, set, is_value}.

local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'
local reaeq = require 'Faderbot.reaeq'
local tracks = require 'Faderbot.tracks'

local NEAR = 1e-4 -- a share: less than anybody moves a fader by
local NEAR_DB, NEAR_SHARE = 0.05, 1e-3 -- as the bridge compares bands

-- Faders and pans.

local function parameter(name)
  return {
    read = function(track) return reaper.GetMediaTrackInfo_Value(track, name) end,
    is_same = function(one, other) return numbers.near(one, other, NEAR, NEAR * NEAR) end,
    set = function(track, _, value) reaper.SetMediaTrackInfo_Value(track, name, value) end,
    is_value = function(value) return math.type(value) ~= nil end,
  }
end

-- Our ReaEQ by its GUID; no bands are one that is bypassed: a mix that added it is heard without it.

local function is_same_band(one, other)
  if one.kind ~= other.kind or one.enabled ~= other.enabled then return false end
  return not one.enabled or numbers.near(one.gain_db, other.gain_db, 0, NEAR_DB)
    and numbers.near(one.freq_hz, other.freq_hz, NEAR_SHARE, 0)
    and numbers.near(one.bandwidth_oct, other.bandwidth_oct, NEAR_SHARE, 0)
end

local eq = {}

function eq.read(track, change)
  local place = tracks.effect(track, change.effect)
  if not place then return nil end
  return reaper.TrackFX_GetEnabled(track, place) and reaeq.bands(track, place) or json.list()
end

function eq.is_same(one, other)
  if #one ~= #other then return false end
  for number, band in ipairs(one) do
    if not is_same_band(band, other[number]) then return false end
  end
  return true
end

function eq.set(track, change, bands)
  local place = tracks.effect(track, change.effect)
  reaper.TrackFX_SetEnabled(track, place, #bands > 0)
  if #bands > 0 and not eq.is_same(reaeq.bands(track, place), bands) then reaeq.set_bands(track, place, bands) end
end

local function is_band(value)
  return type(value) == 'table' and type(value.enabled) == 'boolean' and math.type(value.kind)
    and math.type(value.freq_hz) and math.type(value.gain_db) and math.type(value.bandwidth_oct)
end

function eq.is_value(value)
  if not json.is_list(value) then return false end
  for _, band in ipairs(value) do
    if not is_band(band) then return false end
  end
  return true
end

return {fader = parameter 'D_VOL', pan = parameter 'D_PAN', eq = eq}
