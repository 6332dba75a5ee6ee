-- @noindex

-- How the tone of a project is to be tuned, kept in it: against a style or a recording, tracks or the master, how far.
-- The locked tracks are those of the mix.

local json = require 'Faderbot.json'
local settings = require 'Faderbot.settings'
local wishes = require 'Faderbot.wishes'

local tune_wishes = {
  AGAINST = {'style', 'reference'},
  SCOPES = {'tracks', 'master'},
  STYLES = {'balanced', 'country', 'funk', 'hiphop', 'house', 'jazz', 'metal', 'pop', 'rap', 'rock'},
  TARGETS = {'usual', 'keep', table.unpack(wishes.TARGETS)},
}

local USUAL_TARGET = 'usual' -- the recording's loudness, where there is one: the program knows
local FIELDS = {
  against = settings.one_of(tune_wishes.AGAINST),
  style = settings.one_of(tune_wishes.STYLES),
  reference = settings.is_text,
  scope = settings.one_of(tune_wishes.SCOPES),
  target = settings.one_of(tune_wishes.TARGETS),
  custom_lufs = settings.number_in(settings.LOWEST_LUFS, settings.HIGHEST_LUFS),
  strength_percent = settings.number_in(0, 100),
}
local USUAL = {against = 'style', style = 'balanced', reference = '', scope = 'tracks', target = USUAL_TARGET,
  custom_lufs = -16, strength_percent = 100}

local kind = settings.new('tune', USUAL, FIELDS)

tune_wishes.text, tune_wishes.read, tune_wishes.keep = kind.text, kind.read, kind.keep

-- Asks for the recording. Tells whether one was chosen.
function tune_wishes.choose_reference(wanted)
  local is_chosen, path = reaper.GetUserFileNameForRead(wanted.reference, 'Which recording is it to sound like?', '')
  if is_chosen then wanted.against, wanted.reference = 'reference', path end
  return is_chosen
end

-- Returns the words for the program, with the locked tracks' names in their field ``wish``; or nil and what is wrong.
function tune_wishes.words(project, wanted)
  local words = {'tune'}

  local function add(...) table.move({...}, 1, select('#', ...), #words + 1, words) end

  if wanted.against == 'reference' then
    if wanted.reference == '' then return nil, 'choose the recording that it is to sound like' end
    if not reaper.file_exists(wanted.reference) then return nil, 'there is no file ' .. wanted.reference end
    add('--reference', wanted.reference)
  else
    add('--style', wanted.style)
  end
  add(wanted.scope == 'master' and '--master' or '--tracks')
  if wanted.target ~= USUAL_TARGET then
    local target, wrong = wishes.target_word(wanted)
    if not target then return nil, wrong end
    add('--target', target)
  end
  add('--strength', settings.share(wanted.strength_percent))
  local is_each = wanted.scope == 'tracks'
  words.wish = {focus = json.list(),
    lock = is_each and wishes.names(project, wishes.read(project).lock) or json.list()}
  return words
end

return tune_wishes
