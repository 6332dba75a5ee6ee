"""What a track is: its role in the mix, from its name or, where that says nothing, from its sound.

Names are read with one table of phrases, the words and abbreviations that people write on tracks, and the families of
General MIDI. The most specific phrase in a name decides: a telling word before a vague one, more words before fewer
("bass drum" before "bass"), the later before the earlier, for the last noun of an English name is its head ("bass
clarinet" is a clarinet, "vocal fx" are effects). What a name says is left out ("no_vocals", "minus vox") tells only
that the track is the rest.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray


class Role(StrEnum):
    """The part that a track plays in a mix."""

    LEAD_VOCAL = "lead_vocal"
    BACKING_VOCAL = "backing_vocal"
    KICK = "kick"
    SNARE = "snare"
    HAT = "hat"
    TOM = "tom"
    CYMBAL = "cymbal"
    OVERHEAD = "overhead"
    ROOM = "room"
    DRUMS = "drums"  # a whole kit or loop
    PERCUSSION = "percussion"
    BASS = "bass"
    ELECTRIC_GUITAR = "electric_guitar"
    ACOUSTIC_GUITAR = "acoustic_guitar"
    GUITAR = "guitar"
    PIANO = "piano"
    ORGAN = "organ"
    KEYS = "keys"
    SYNTH_LEAD = "synth_lead"
    SYNTH_PAD = "synth_pad"
    SYNTH = "synth"
    STRINGS = "strings"
    BRASS = "brass"
    WOODWIND = "woodwind"
    MALLETS = "mallets"
    CHOIR = "choir"
    SPEECH = "speech"
    FX = "fx"
    OTHER = "other"


# Phrases are parted by commas; "|" parts words that may stand in for each other. Written together, a phrase counts too.
_TELLING = {
    Role.LEAD_VOCAL: """vox, vx, vocal, voc, vocalist, singer, rap, rapper, lv, ldv, lvox, lvx,
        lead|ld|main|l vox|vx|vocal|voc|voice|singer, vox|vx|vocal|voc|voice lead|ld|main""",
    Role.BACKING_VOCAL: """bv, bvx, bgv, bgvx, bgvox, bvox, adlib, ad lib, gang, ooh, aah,
        backing, backup, back|backing|background|backup|bg|bkg|bk|b|harm|harmony|gang vox|vx|vocal|voc|voice|singer,
        vox|vx|vocal|voc|voice back|backing|background|backup|bg|bkg|harm|harmony|dbl|double|dt|gang|adlib,
        lead|ld|main vox|vx|vocal|voc dbl|double|dt|harm|harmony, dbl|double vox|vx|vocal|voc""",
    Role.KICK: "kick, kik, kck, kic, bd, kd, bass|kick drum, bass|kick drm, sub kick|kik, kick|kik sub",
    Role.SNARE: "snare, sn, snr, sd, rimshot, sidestick, side|cross stick, rim shot, snare drum, snare rim",
    Role.HAT: "hat, hh, hihat, hi|high hat",
    Role.TOM: "tom, tt, rack|floor|flr|hi|high|low|mid|melodic tom, tom tom",
    Role.CYMBAL: "cymbal, cym, cymb, ride, crash, china, splash",
    Role.OVERHEAD: "oh, ovh, ovhd, overhead, over head, drum|kit oh|overhead",
    Role.ROOM: "drum|kit room|rm|amb|ambience, room|rm drum|kit|mic",
    Role.DRUMS: "drumkit, drum kit|loop|bus|machine|set|mix|stem, beatbox, breakbeat",
    Role.PERCUSSION: """perc, prc, percussion, percussive, shaker, shkr, shk, tamb, tambo, tambourine, clap, handclap,
        snap, conga, bongo, cowbell, timbale, djembe, cajon, tabla, triangle, guiro, maraca, timpani, timp, woodblock,
        wood block, clave, taiko, taiko drum, agogo, cabasa, tinkle bell, frame|hand drum""",
    Role.BASS: """bass, bs, contrabass, subbass, fretless, string|upright|double|acoustic|finger|slap bass,
        bass guitar|gtr|gt, guitar|gtr bass, bass synth|syn|keys|di|amp|line|lead|pluck|pad, synth|syn|sub bass""",
    Role.ELECTRIC_GUITAR: """egtr, elgtr, eg, lap|pedal steel, strat, telecaster, stratocaster,
        e|el|elec|elect|electric|dist|distorted|distortion|overdrive|overdriven|od|clean|crunch|lead|ld|jazz|muted|slide
        guitar|gtr|gt, guitar|gtr|gt elec|electric|dist|clean|crunch|lead|solo, guitar harmonics""",
    Role.ACOUSTIC_GUITAR: """agtr, acgtr, ag, ukulele, uke, mandolin, mando, banjo, dobro, bouzouki, 12 string,
        a|ac|acc|acou|acous|acoustic|nylon|classical|spanish|steel|12 guitar|gtr|gt,
        guitar|gtr|gt ac|acoustic|nylon|steel, 12 string guitar|gtr, nylon|steel string guitar|gtr""",
    Role.GUITAR: "guitar, gtr, guit, gt, sitar, koto, shamisen, oud",
    Role.PIANO: "piano, pno, pf, grand|upright|acoustic piano|pno, honky tonk, steinway",
    Role.ORGAN: "organ, org, hammond, b3, accordion, bandoneon, concertina, harmonium, tango accordion",
    Role.KEYS: """rhodes, wurli, wurly, wurlitzer, clav, clavi, clavinet, harpsichord, mellotron, epiano, epno,
        e|el|elec|electric piano|pno, electric grand piano""",
    Role.SYNTH_LEAD: """synth|syn|saw|sawtooth|square|calliope lead|ld, lead|ld synth|syn,
        lead square|saw|sawtooth|calliope|chiff|charang|fifth, lead bass lead""",
    Role.SYNTH_PAD: "pad, synth|syn|warm|string|choir pad, pad choir|string|synth|warm|halo|sweep, polysynth",
    Role.STRINGS: """string, violin, vln, vn, viola, vla, cello, celli, vcl, vlc, fiddle, harp, orchestral harp, pizz,
        pizzicato, tremolo string, quartet, ensemble, synth string, string ensemble|section""",
    Role.BRASS: """brass, brs, trumpet, tpt, trp, trombone, tbn, trb, horn, tuba, flugel, flugelhorn, cornet,
        euphonium, french horn, synth brass""",
    Role.WOODWIND: """sax, saxophone, flute, oboe, clarinet, clar, bassoon, bsn, piccolo, recorder, shakuhachi, whistle,
        ocarina, pan|alto flute, english horn, cor anglais, woodwind, reed, sax reed, pipe, flute pipe, bagpipe, shanai,
        harmonica, melodica, alto|tenor|bari|baritone|soprano sax""",
    Role.MALLETS: """mallet, marimba, xylophone, xylo, vibraphone, vibes, vibe, glock, glockenspiel, celesta, celeste,
        chime, tubular bell, kalimba, music box, dulcimer, handpan, steel drum|pan, chromatic percussion, crotale""",
    Role.CHOIR: "choir, satb, choir aah|ooh, voice ooh|aah, synth|syn voice|vox|choir",
    Role.SPEECH: """speech, dialog, dialogue, dlg, narration, narrator, narr, host, guest, interview, podcast,
        voiceover, vo, voice over, speaker, commentary, presenter, announcer, spoken, spoken word""",
    Role.FX: """fx, sfx, efx, effect, sound fx|effect, riser, impact, whoosh, downlifter, uplifter, foley, reverb, verb,
        rvb, delay, dly, echo, reverse cymbal|cym|crash, orchestra|orch hit, applause, gunshot, helicopter, seashore,
        bird tweet, fret|breath noise, guitar fret noise, synth fx|effect""",
    Role.OTHER: "click, click track, metronome, timecode, ltc, talkback, ethnic, backing track",
}
_VAGUE = {
    Role.LEAD_VOCAL: "voice",
    Role.BACKING_VOCAL: "dbl, double, harm, harmony, harmonies",
    Role.TOM: "rack, floor, flr",
    Role.ROOM: "room, rm, amb, ambience, ambiance, ambient",
    Role.DRUMS: "drum, drm, kit, loop, beat, groove, break",
    Role.BASS: "sub, 808, slap",
    Role.ELECTRIC_GUITAR: "electric, elec, tele, distorted",
    Role.ACOUSTIC_GUITAR: "acoustic, acous, nylon",
    Role.PIANO: "grand",
    Role.ORGAN: "leslie",
    Role.KEYS: "keys, kb, kbd, keyboard, ep",
    Role.SYNTH: "synth, syn, synthesizer, synthesiser, moog, arp, arpeggio, pluck, seq, sequence",
    Role.STRINGS: "str, vc, orchestra, orch",
    Role.BRASS: "hn",
    Role.WOODWIND: "fl, ob, cl, ww",
    Role.MALLETS: "bell",
    Role.FX: "hit, noise, sweep, atmos, boom",
    Role.OTHER: "instrumental, karaoke",
}
# Words that tell nothing of the role but are written on to one that does: "kickin", "snaretop", "bassdi".
_SUFFIXES = ("in", "out", "top", "bot", "btm", "bottom", "di", "amp", "mic", "left", "right", "bus", "close", "l", "r")

# Capitals may end in a plural s ("OHs"), else a capital begins a word ("BassDI", "DIBass"); of numbers, only those that
# name an instrument are words.
_WORD = re.compile(r"(?i:b3|808|12)(?![A-Za-z0-9])|[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+")
# What follows is not on the track ("no_vocals", "minus vox"), unless "no" is short for number ("Vox No. 2").
_NEGATIONS = frozenset({"no", "minus", "without", "sans"})
_NUMBER = re.compile(r"(?<![A-Za-z])no[\W_]*(?!808)\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class _Weight:
    telling: bool
    words: int


def role_from_name(name: str) -> Role | None:
    """Return the role that a track's name tells, or None where it tells none ("Audio 3", "Lead")."""
    lexicon = _lexicon()
    said = [part for word in _WORD.findall(_NUMBER.sub(" ", name)) for part in _known_parts(word.lower())]
    words = _without_negated(said)
    found = [
        (lexicon[phrase][0], end, lexicon[phrase][1])
        for end in range(1, len(words) + 1)
        for start in range(end)
        if (phrase := " ".join(words[start:end])) in lexicon
    ]
    if found:
        return max(found)[2]
    return None if words == said else Role.OTHER


def _without_negated(words: list[str]) -> list[str]:
    """Return the words without each negation and the longest phrase that it is said of."""
    lexicon, left, at = _lexicon(), list[str](), 0
    while at < len(words):
        ends = range(len(words), at + 1, -1) if words[at] in _NEGATIONS else ()
        end = next((end for end in ends if " ".join(words[at + 1 : end]) in lexicon), None)
        if end is None:
            left.append(words[at])
        at = at + 1 if end is None else end
    return left


@cache
def _lexicon() -> dict[str, tuple[_Weight, Role]]:
    """Return every phrase of the tables, written apart and together, with its weight and role."""
    lexicon: dict[str, tuple[_Weight, Role]] = {}
    for telling, table in ((False, _VAGUE), (True, _TELLING)):
        for role, phrases in table.items():
            for phrase in phrases.split(","):
                for words in product(*(alternatives.split("|") for alternatives in phrase.split())):
                    for spelling in {" ".join(words), "".join(words)}:
                        lexicon[spelling] = max(
                            (_Weight(telling, len(words)), role), lexicon.get(spelling, (_Weight(False, 0), role))
                        )
    return lexicon


@cache
def _known_words() -> frozenset[str]:
    """Return the single words and the compounds of the lexicon."""
    return frozenset(word for phrase in _lexicon() for word in phrase.split())


def _known_parts(word: str) -> list[str]:
    """Return a lower-case word as the lexicon knows it: as it is, in the singular, or taken apart ("snaretop")."""
    known = _known_words()
    if word in known:
        return [word]
    if word.endswith("s") and word[:-1] in known:
        return [word[:-1]]
    # Two-letter abbreviations are no parts: they turn up within words that mean something else.
    for negation in _NEGATIONS:
        denied = word.removeprefix(negation)
        if denied != word and len(denied) > 2 and (denied in known or denied.removesuffix("s") in known):
            return [negation, denied if denied in known else denied.removesuffix("s")]
    for cut in range(len(word) - 1, 2, -1):
        head, tail = word[:cut], word[cut:]
        if head in known and (tail in _SUFFIXES or (len(tail) > 2 and tail in known)):
            return [head, tail]
    return [word]


@dataclass(frozen=True, slots=True, eq=False)
class SoundFeatures:
    """What a track sounds like: third-octave levels and how it moves.

    ``bands_hz`` and ``band_db`` have shape (bands,): the centres and the mean band levels, dB relative to anything.
    ``crest_db`` is the peak above the loudness in dB, ``activity`` the share (0 to 1) of the 100 ms hops that lie
    within 20 dB of the loudest.
    """

    bands_hz: NDArray[np.float64]
    band_db: NDArray[np.float64]
    crest_db: float
    activity: float

    def strongest_db(self, low_hz: float, high_hz: float) -> float:
        """Return the strongest band between two frequencies in dB relative to the strongest of all."""
        inside = (self.bands_hz >= low_hz) & (self.bands_hz < high_hz)
        return float(self.band_db[inside].max(initial=-np.inf) - self.band_db.max())

    def share(self, low_hz: float, high_hz: float) -> float:
        """Return the share of the power that lies in the bands between two frequencies, 0 to 1."""
        inside = (self.bands_hz >= low_hz) & (self.bands_hz < high_hz)
        power = 10.0 ** ((self.band_db - self.band_db.max()) / 10.0)
        return float(power[inside].sum() / power.sum())


def role_from_sound(sound: SoundFeatures) -> Role:
    """Return the role that a track's sound makes likely: a few rules for drums and bass, else ``Role.OTHER``.

    The thresholds stand clear of the mean spectra of stems (MUSDB, octave bands: above 4 kHz a bass lies 33 dB below
    its strongest band, a drum kit 10 dB and a voice 8 dB), for a wrong role does more harm than none.
    """
    if not np.isfinite(sound.band_db.max(initial=-np.inf)):
        return Role.OTHER
    bass_db = sound.strongest_db(0.0, 205.0)
    middle_db = sound.strongest_db(450.0, np.inf)
    treble_db = sound.strongest_db(4000.0, np.inf)
    is_low = middle_db < -12.0 and treble_db < -25.0 and sound.share(0.0, 205.0) > 0.7
    is_high = sound.share(4000.0, np.inf) > 0.7 and sound.strongest_db(0.0, 1100.0) < -15.0
    is_struck = sound.activity < 0.7 and sound.crest_db > 12.0
    rules = {
        Role.BASS: is_low and sound.activity > 0.7 and sound.crest_db < 15.0,
        Role.KICK: is_low and is_struck,
        Role.HAT: is_high and is_struck,
        Role.DRUMS: is_struck and sound.crest_db > 15.0 and treble_db > -15.0 and bass_db > -8.0,
        Role.PERCUSSION: is_struck and sound.crest_db > 17.0 and treble_db > -15.0 and bass_db < -20.0 and not is_high,
    }
    return next((role for role, holds in rules.items() if holds), Role.OTHER)
