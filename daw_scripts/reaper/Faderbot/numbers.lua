-- @noindex

-- The values of ReaScript are floating point numbers; some of them mean whole ones.

local numbers = {}

-- Returns the whole number that a value means, without its fraction.
function numbers.whole(value)
  return math.tointeger(value < 0 and math.ceil(value) or math.floor(value))
end

-- Tells whether two values are the same but for rounding.
function numbers.near(a, b, ratio, span)
  return a == b or math.abs(a - b) <= math.max(ratio * math.max(math.abs(a), math.abs(b)), span)
end

return numbers
