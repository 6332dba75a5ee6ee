-- @noindex

-- ReaEQ: its bands read and set by kind, in Hz, dB and octaves.
--
-- A raw gain is taken to be linear (2 is +6.02 dB), a raw frequency in Hz, a raw width in octaves. None of that is in
-- REAPER's documentation, so every value is held against the text that ReaEQ itself shows, and found by halving the
-- normalised range where it differs.

local failure = require 'Faderbot.failure'
local json = require 'Faderbot.json'
local numbers = require 'Faderbot.numbers'

local reaeq = {}

local FREQ, GAIN, WIDTH = 0, 1, 2
local GAIN_KINDS = {[1] = true, [2] = true, [4] = true} -- low shelf, band, high shelf: the others have no gain
local SILENCE_DB = -150.0
local HALVINGS = 24

-- Reads a number as ReaEQ shows it: "350.0", "-inf", "1.2k"; nil where it is none.
local function shown(text)
  text = text:lower()
  local digits_at, inf_at = text:find('%d'), text:find('inf', 1, true)
  if inf_at and (not digits_at or inf_at < digits_at) then
    return text:sub(inf_at - 1, inf_at - 1) == '-' and SILENCE_DB or -SILENCE_DB
  end
  local sign, whole, rest = text:match('([-+]?)(%d+)(.*)')
  if not whole then return nil end
  local fraction = rest:match('^[.,](%d+)')
  if fraction then rest = rest:sub(#fraction + 2) end
  local value = tonumber(whole .. '.' .. (fraction or '0')) * (rest:match('^%s*k') and 1000.0 or 1.0)
  return sign == '-' and -value or value
end

-- Returns the gain in dB of ReaEQ's normalised gain.
local function gain_db(normalised)
  local gain = normalised <= 0.5 and normalised * 2.0 or 1.0 + (normalised - 0.5) * 6.0
  return gain > 0.0 and 20.0 * math.log(gain, 10) or SILENCE_DB
end

-- Returns how far a shown value may be from a true one: ReaEQ shows a decimal of dB and Hz, two of octaves.
local function tolerance(what, value)
  if what == FREQ then return math.max(0.06, 0.001 * value) end
  return what == GAIN and 0.06 or 0.006
end

local function key(kind, index) return ('%d %d'):format(kind, index) end

-- Returns the bands in the order of their first parameter, and by kind and index.
local function layout(track, place)
  local bands, by_key = {}, {}
  for param = 0, reaper.TrackFX_GetNumParams(track, place) - 1 do
    local is_band, kind, index, what, value = reaper.TrackFX_GetEQParam(track, place, param)
    if is_band and kind >= 0 and what >= FREQ and what <= WIDTH then
      local band = by_key[key(kind, index)]
      if not band then
        band = {kind = kind, index = index, params = {}}
        bands[#bands + 1], by_key[key(kind, index)] = band, band
      end
      band.params[what] = {number = param, value = value}
    end
  end
  return bands, by_key
end

local function text_of(track, place, band, what)
  local param = band.params[what]
  if not param then return nil end
  local _, text = reaper.TrackFX_GetFormattedParamValue(track, place, param.number)
  return shown(text)
end

-- Returns the bands of a ReaEQ in the order of its tabs.
function reaeq.bands(track, place)
  local found = json.list()
  for _, band in ipairs((layout(track, place))) do
    local gain = text_of(track, place, band, GAIN) or 0.0
    local exact = band.params[GAIN] and gain_db(band.params[GAIN].value) or gain
    found[#found + 1] = {
      kind = band.kind,
      freq_hz = text_of(track, place, band, FREQ) or 0.0,
      gain_db = math.abs(exact - gain) <= tolerance(GAIN, gain) and exact or gain,
      bandwidth_oct = text_of(track, place, band, WIDTH) or 0.0,
      enabled = reaper.TrackFX_GetEQBandEnabled(track, place, band.kind, band.index),
    }
  end
  return found
end

-- Returns the key of each wanted band: its kind, and how many of that kind come before it.
local function keys(wanted)
  local counts, found = {}, {}
  for place, band in ipairs(wanted) do
    local index = counts[band.kind] or 0
    counts[band.kind] = index + 1
    found[place] = key(band.kind, index)
  end
  return found
end

-- Tells whether a ReaEQ has a band for each of the wanted ones.
function reaeq.fits(track, place, wanted)
  local _, by_key = layout(track, place)
  for _, wanted_key in ipairs(keys(wanted)) do
    if not by_key[wanted_key] then return false end
  end
  return true
end

local function set(track, place, band, what, wanted, raw)
  local function put(value, is_normalised)
    reaper.TrackFX_SetEQParam(track, place, band.kind, band.index, what, value, is_normalised)
    return text_of(track, place, band, what)
  end

  local now = put(raw, false)
  local low, high = 0.0, 1.0
  for _ = 1, HALVINGS do
    if now and numbers.near(now, wanted, 0, tolerance(what, wanted)) then return end
    local middle = (low + high) / 2.0
    now = put(middle, true)
    if now and now > wanted then high = middle else low = middle end
  end
  failure.raise('failed', 'ReaEQ shows %s where %.6g was set', now, wanted)
end

local function enable(track, place, band, enabled)
  reaper.TrackFX_SetEQBandEnabled(track, place, band.kind, band.index, enabled)
end

-- Sets the wanted bands and switches off what else there is. Raises a failure where a value does not hold.
function reaeq.set_bands(track, place, wanted)
  local bands, by_key = layout(track, place)
  for number, wanted_key in ipairs(keys(wanted)) do
    local band, value = by_key[wanted_key], wanted[number]
    set(track, place, band, FREQ, value.freq_hz, value.freq_hz)
    if GAIN_KINDS[value.kind] then set(track, place, band, GAIN, value.gain_db, 10.0 ^ (value.gain_db / 20.0)) end
    set(track, place, band, WIDTH, value.bandwidth_oct, value.bandwidth_oct)
    enable(track, place, band, value.enabled)
    band.is_set = true
  end
  for _, band in ipairs(bands) do
    if not band.is_set then enable(track, place, band, false) end
  end
end

return reaeq
