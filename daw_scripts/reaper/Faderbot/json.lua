-- @noindex

-- JSON as both sides speak it: strict, numbers to the last bit, and bytes that are no UTF-8 survive.
--
-- An object is a table with text keys, an array a table made by list(), null is json.null. Bytes above 127 are written
-- as they are; Python writes one that is no UTF-8 as \udc80 to \udcff (its "surrogateescape"), which is read back as
-- that byte.

local json = {null = setmetatable({}, {__tostring = function() return 'null' end})}

local DEEPEST = 64
local LIST = {}
local ESCAPES = {['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r',
  ['\t'] = '\\t'}
local UNESCAPES = {['"'] = '"', ['\\'] = '\\', ['/'] = '/', b = '\b', f = '\f', n = '\n', r = '\r', t = '\t'}
local LITERALS = {['true'] = true, ['false'] = false, null = json.null}

-- Makes a table an array, an empty one too.
function json.list(values)
  return setmetatable(values or {}, LIST)
end

function json.is_list(value)
  return type(value) == 'table' and getmetatable(value) == LIST
end

local function quoted(text)
  local escaped = text:gsub('[\0-\31"\\]', function(char)
    return ESCAPES[char] or ('\\u%04x'):format(char:byte())
  end)
  return '"' .. escaped .. '"'
end

local function number_text(number)
  if math.type(number) == 'integer' then return ('%d'):format(number) end
  if number ~= number or number == math.huge or number == -math.huge then
    error('JSON has no number ' .. tostring(number), 0)
  end
  return (('%.17g'):format(number):gsub(',', '.')) -- some languages of the system have a decimal comma
end

local encoded

local function encoded_list(list, depth)
  local parts = {}
  for place = 1, #list do parts[place] = encoded(list[place], depth) end
  return '[' .. table.concat(parts, ',') .. ']'
end

local function encoded_object(object, depth)
  local keys = {}
  for key in pairs(object) do
    if type(key) ~= 'string' then error('a key of an object is ' .. type(key) .. ', not text', 0) end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for place, key in ipairs(keys) do keys[place] = quoted(key) .. ':' .. encoded(object[key], depth) end
  return '{' .. table.concat(keys, ',') .. '}'
end

function encoded(value, depth)
  if depth > DEEPEST then error('too deep for JSON', 0) end
  local kind = type(value)
  if value == json.null then return 'null' end
  if kind == 'string' then return quoted(value) end
  if kind == 'number' then return number_text(value) end
  if kind == 'boolean' then return tostring(value) end
  if kind ~= 'table' then error('JSON has no ' .. kind, 0) end
  return (json.is_list(value) and encoded_list or encoded_object)(value, depth + 1)
end

-- Returns the text of a value. Raises a text.
function json.encode(value)
  return encoded(value, 0)
end

local function broken(at, what)
  error(('no JSON at byte %d: %s'):format(at, what), 0)
end

local function skipped(text, at)
  return text:find('[^ \t\r\n]', at) or #text + 1
end

local function code_unit(text, at)
  local digits = text:match('^\\u(%x%x%x%x)', at)
  return digits and tonumber(digits, 16)
end

-- Returns what a \u stands for and where it ends.
local function unicode(text, at)
  local code = code_unit(text, at)
  if not code then broken(at, 'a \\u without four digits') end
  if code >= 0xDC80 and code <= 0xDCFF then return string.char(code - 0xDC00), at + 6 end
  if code < 0xD800 or code > 0xDFFF then return utf8.char(code), at + 6 end
  local low = code_unit(text, at + 6)
  if code > 0xDBFF or not low or low < 0xDC00 or low > 0xDFFF then broken(at, 'half a surrogate pair') end
  return utf8.char(0x10000 + (code - 0xD800 << 10) + (low - 0xDC00)), at + 12
end

local function string_at(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = text:find('[\0-\31"\\]', from) or broken(at, 'a text without an end')
    parts[#parts + 1] = text:sub(from, stop - 1)
    local char = text:sub(stop, stop)
    if char == '"' then return table.concat(parts), stop + 1 end
    if char ~= '\\' then broken(stop, 'a control character in a text') end
    local escape = text:sub(stop + 1, stop + 1)
    if escape == 'u' then
      parts[#parts + 1], from = unicode(text, stop)
    else
      parts[#parts + 1] = UNESCAPES[escape] or broken(stop, 'an unknown escape')
      from = stop + 2
    end
  end
end

local function number_at(text, at)
  local digits = text:match('^-?%d+', at)
  if not digits or digits:find('^-?0%d') then broken(at, 'no value') end
  local fraction = text:match('^%.%d+', at + #digits) or ''
  local exponent = text:match('^[eE][-+]?%d+', at + #digits + #fraction) or ''
  local whole = digits .. fraction .. exponent
  return tonumber(whole), at + #whole
end

local value_at

local function list_at(text, at, depth)
  local list = json.list()
  at = skipped(text, at + 1)
  if text:sub(at, at) == ']' then return list, at + 1 end
  while true do
    list[#list + 1], at = value_at(text, at, depth)
    at = skipped(text, at)
    local mark = text:sub(at, at)
    if mark == ']' then return list, at + 1 end
    if mark ~= ',' then broken(at, 'an array without an end') end
    at = skipped(text, at + 1)
  end
end

local function object_at(text, at, depth)
  local object = {}
  at = skipped(text, at + 1)
  if text:sub(at, at) == '}' then return object, at + 1 end
  while true do
    if text:sub(at, at) ~= '"' then broken(at, 'a key that is no text') end
    local key, value
    local begin = at
    key, at = string_at(text, at)
    if object[key] ~= nil then broken(begin, 'a key twice') end
    at = skipped(text, at)
    if text:sub(at, at) ~= ':' then broken(at, 'a key without a value') end
    value, at = value_at(text, skipped(text, at + 1), depth)
    object[key] = value
    at = skipped(text, at)
    local mark = text:sub(at, at)
    if mark == '}' then return object, at + 1 end
    if mark ~= ',' then broken(at, 'an object without an end') end
    at = skipped(text, at + 1)
  end
end

function value_at(text, at, depth)
  if depth > DEEPEST then broken(at, 'too deep') end
  local char = text:sub(at, at)
  if char == '"' then return string_at(text, at) end
  if char == '{' then return object_at(text, at, depth + 1) end
  if char == '[' then return list_at(text, at, depth + 1) end
  local word = text:match('^%l+', at)
  if word and LITERALS[word] ~= nil then return LITERALS[word], at + #word end
  return number_at(text, at)
end

-- Returns the value of a text. Raises a text that says where it is none.
function json.decode(text)
  local value, at = value_at(text, skipped(text, 1), 0)
  at = skipped(text, at)
  if at <= #text then broken(at, 'more after the value') end
  return value
end

return json
