-- @noindex

-- What rhythm a project is to get, kept in it: style, length, density, swing, humanising, and the seed.

local settings = require 'Faderbot.settings'

local rhythm_wishes = {
  STYLES = {'auto', 'ballad', 'blues', 'country', 'dance', 'funk', 'hiphop', 'house', 'jazz', 'latin', 'metal', 'pop',
    'reggae', 'rnb', 'rock', 'techno', 'waltz'},
  MOST_BARS = 512, HIGHEST_SEED = 9999,
}

local FIELDS = {
  style = settings.one_of(rhythm_wishes.STYLES),
  is_whole = settings.is_boolean,
  bars = settings.whole_in(1, rhythm_wishes.MOST_BARS),
  is_own_feel = settings.is_boolean,
  density_percent = settings.number_in(0, 100),
  swing_percent = settings.number_in(0, 100),
  humanize_percent = settings.number_in(0, 100),
  seed = settings.whole_in(0, rhythm_wishes.HIGHEST_SEED),
}
-- ``bars`` counts where the rhythm is not as long as the project, density and swing where they are not the style's.
local USUAL = {style = 'auto', is_whole = true, bars = 8, is_own_feel = false, density_percent = 50, swing_percent = 0,
  humanize_percent = 50, seed = 0}

local kind = settings.new('rhythm', USUAL, FIELDS)

rhythm_wishes.text, rhythm_wishes.read, rhythm_wishes.keep = kind.text, kind.read, kind.keep

-- Turns to the next rhythm of the same settings.
function rhythm_wishes.next_seed(wanted) wanted.seed = (wanted.seed + 1) % (rhythm_wishes.HIGHEST_SEED + 1) end

-- Returns the words for the program.
function rhythm_wishes.words(_, wanted)
  local words = {'rhythm', '--style', wanted.style, '--humanize', settings.share(wanted.humanize_percent),
    '--seed', ('%d'):format(wanted.seed)}

  local function add(...) table.move({...}, 1, select('#', ...), #words + 1, words) end

  if not wanted.is_whole then add('--bars', ('%d'):format(wanted.bars)) end
  if wanted.is_own_feel then
    add('--density', settings.share(wanted.density_percent), '--swing', settings.share(wanted.swing_percent))
  end
  return words
end

return rhythm_wishes
