-- @noindex

-- Text of the gfx panel: fonts, how wide it is, and how it fits into a width. Widths are kept: words come again.

local text = {}

local Text = {}
Text.__index = Text

local BOLD = string.byte('b')
local SLOTS = {body = {1}, bold = {2, BOLD}, small = {3}, heading = {4, BOLD}}
local ELLIPSIS = '…'
local LEADING = 0.2 -- of a line's height, between two lines
local UNITS = {dB = true, Hz = true, kHz = true, LU = true, LUFS = true, dBTP = true, ['%'] = true}

local function face()
  local system = reaper.GetOS()
  if system:find('^Win') then return 'Segoe UI' end
  return (system:find('^OSX') or system:find('^mac')) and 'Helvetica Neue' or 'DejaVu Sans'
end

-- Sets the fonts up for sizes in pixels (gfx_theme.lua).
function text.new(sizes)
  local self = setmetatable({heights = {}, leads = {}, widths = {}}, Text)
  for style, slot in pairs(SLOTS) do
    gfx.setfont(slot[1], face(), sizes[style == 'bold' and 'body' or style], slot[2] or 0)
    local high = math.ceil(gfx.texth)
    self.leads[style], self.widths[style] = math.floor(high * LEADING / 2), {}
    self.heights[style] = high + 2 * self.leads[style]
  end
  return self
end

-- Sets the font of a style for what is drawn next.
function text.use(style) gfx.setfont(SLOTS[style][1]) end

-- Return the height of a line with its leading, and how far below its top the letters begin.
function Text:height(style) return self.heights[style] end
function Text:lead(style) return self.leads[style] end

-- Returns the width of a line in whole pixels.
function Text:width(style, line)
  local known = self.widths[style]
  if not known[line] then
    text.use(style)
    known[line] = math.ceil((gfx.measurestr(line)))
  end
  return known[line]
end

-- Returns a line cut to a width, with an ellipsis where something was cut off; nothing where not even that fits.
function Text:fit(style, line, width)
  if self:width(style, line) <= width then return line end
  if self:width(style, ELLIPSIS) > width then return '' end
  local ends = {}
  local is_utf8 = utf8.len(line) ~= nil
  if is_utf8 then
    for at in utf8.codes(line) do ends[#ends + 1] = at - 1 end
  else
    for at = 0, #line - 1 do ends[#ends + 1] = at end
  end
  local low, high = 1, #ends
  while low < high do
    local middle = (low + high + 1) // 2
    text.use(style)
    local is_narrow = gfx.measurestr(line:sub(1, ends[middle]) .. ELLIPSIS) <= width
    if is_narrow then low = middle else high = middle - 1 end
  end
  return (line:sub(1, ends[low] or 0):gsub('%s+$', '')) .. ELLIPSIS
end

-- Returns the words of a paragraph; a number and its unit are one.
local function words_of(paragraph)
  local words = {}
  for word in paragraph:gmatch('[^ \t\r\n]+') do
    local bare = word:gsub('[.,;:]$', '')
    if UNITS[bare] and #words > 0 and words[#words]:find('%d$') then
      words[#words] = words[#words] .. ' ' .. word
    else
      words[#words + 1] = word
    end
  end
  return words
end

local function add_wrapped(self, lines, style, paragraph, width)
  if self:width(style, paragraph) <= width then
    lines[#lines + 1] = paragraph
    return
  end
  local line, filled = nil, 0
  local space = self:width(style, ' ')
  for _, word in ipairs(words_of(paragraph)) do
    local wide = self:width(style, word)
    if line and filled + space + wide <= width then
      line, filled = line .. ' ' .. word, filled + space + wide
    else
      lines[#lines + 1] = line and self:fit(style, line, width)
      line, filled = word, wide
    end
  end
  lines[#lines + 1] = line and self:fit(style, line, width)
end

-- Returns the lines of a text in a width; a word that is wider is cut.
function Text:wrap(style, words, width)
  local lines = {}
  for paragraph in words:gmatch('[^\r\n]+') do add_wrapped(self, lines, style, paragraph, width) end
  return lines
end

-- Returns the width of the longest of a text's own lines.
function Text:natural(style, words)
  local widest = 0
  for line in words:gmatch('[^\r\n]+') do widest = math.max(widest, self:width(style, line)) end
  return widest
end

return text
