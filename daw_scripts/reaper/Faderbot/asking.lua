-- @noindex

-- Asks how to mix, with REAPER's own dialogue, and keeps the answers for the next time in the project.

local asking = {}

local SECTION, KEY = 'Faderbot', 'wishes'
local MARK = '|'
local CAPTIONS = {'Target (streaming broadcast aes podcast or LUFS)', 'Style (balanced country rap pop rock metal)',
  'Strength (0 to 100 percent)', 'EQ (yes or no)', 'Tracks (all or selected)'}
local USUAL = 'streaming|balanced|100|yes|all'

-- Returns the words for the program, or nil and what is wrong.
local function words_of(answers)
  local parts = {}
  for part in (answers .. MARK):gmatch('(.-)%' .. MARK) do parts[#parts + 1] = part:match('^%s*(.-)%s*$'):lower() end
  local target, style, percent, eq, which = table.unpack(parts)
  if #parts ~= #CAPTIONS then return nil, 'an answer has a ' .. MARK .. ' in it' end
  if not target:find('^%-?%w[%w.]*$') then return nil, 'the target is a name, or a number as -16' end
  if not style:find('^%w+$') then return nil, 'the style is a name, as balanced' end
  local strength = tonumber((percent:gsub('%%', '')))
  if not strength or strength < 0 or strength > 100 then return nil, 'the strength is a number from 0 to 100' end
  if eq ~= 'yes' and eq ~= 'no' then return nil, 'EQ is yes or no' end
  if which ~= 'all' and which ~= 'selected' then return nil, 'the tracks are all or selected' end
  local words = {'mix', '--target', target, '--style', style, '--strength', ('%.4g'):format(strength / 100)}
  if eq == 'no' then words[#words + 1] = '--no-eq' end
  if which == 'selected' then words[#words + 1] = '--only-selected' end
  return words
end

-- Returns the words for the program; nil where the user does not want to, or nil and what is wrong with an answer.
function asking.ask()
  local project = reaper.EnumProjects(-1)
  local is_kept, kept = reaper.GetProjExtState(project, SECTION, KEY)
  local captions = table.concat(CAPTIONS, ',') .. ',separator=' .. MARK .. ',extrawidth=120'
  local start = is_kept > 0 and kept or USUAL
  local is_wanted, answers = reaper.GetUserInputs('Faderbot: Auto-mix', #CAPTIONS, captions, start)
  if not is_wanted then return nil end
  local words, wrong = words_of(answers)
  if words then reaper.SetProjExtState(project, SECTION, KEY, answers) end
  return words, wrong
end

return asking
