-- @noindex

-- Keys as gfx.getchar gives them: ASCII, or a name of several letters in one number, the first the highest.

local keys = {}

local CONTROL = 4 -- of gfx.mouse_cap; on a Mac the Cmd key
local SHIFT = 8

local function code(name)
  local number = 0
  for place = 1, #name do number = number << 8 | name:byte(place) end
  return number
end

local NAMES = {
  [9] = 'tab', [13] = 'enter', [27] = 'escape', [32] = 'space',
  [code 'up'] = 'up', [code 'down'] = 'down', [code 'left'] = 'left', [code 'rght'] = 'right',
  [code 'home'] = 'home', [code 'end'] = 'end', [code 'pgup'] = 'page up', [code 'pgdn'] = 'page down',
}

-- Returns a key's name, or a capital letter; nil for one without a meaning. With Control held a letter comes as the
-- number of its place in the alphabet, as Tab and Enter do: those are none of ours.
function keys.name(char, held)
  char = math.floor(char)
  if held & CONTROL > 0 then return nil end
  if NAMES[char] == 'tab' and held & SHIFT > 0 then return 'tab back' end
  if NAMES[char] then return NAMES[char] end
  return char > 32 and char < 127 and string.char(char):upper() or nil
end

return keys
