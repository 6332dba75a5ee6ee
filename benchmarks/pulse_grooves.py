"""Schoolbook grooves whose tempo and bars are known, as onset strengths: cross-rhythms, and what they are taken for.

Tresillos, claves and other groups of three over sixteenths, and beside them straight, swung, 12/8, 6/8 and 3/4 grooves,
each at several tempos with bass, chords and now and then a melody. No audio is made: a bump of 11 ms for each note, a
little uneven in time and strength, with notes left out and put in. ``benchmarks/pulse_fit.py`` fits to them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tempo import SongGrid

from agent.hearing.onsets import CHROMA_EVERY, LATE_S, Onsets
from agent.roles import Role

F64 = NDArray[np.float64]

RATE_HZ = 100.0
LENGTH_S = 60.0
BUMP_S, UNEVEN_S, VARIED = 0.011, 0.004, 0.1
TRESILLO, SIXES = "x..x..x.x..x..x.", "x..x..x..x..x.x."
EIGHTHS, SIXTEENTHS, BACKBEAT, FOUR = "x." * 8, "x" * 16, "....x.......x...", "x..." * 4
KICK, SNARE, HAT, BASS, ONCE = "kick", "snare", "hat", "bass", "x" + "." * 15
ROLES: Mapping[str, Role] = {
    KICK: Role.KICK, SNARE: Role.SNARE, HAT: Role.HAT, "perc": Role.PERCUSSION, BASS: Role.BASS,
    "chords": Role.OTHER, "melody": Role.OTHER,
}  # fmt: skip
LOW, MIDDLE, STEADY, PITCHED = (
    {KICK, BASS},
    {SNARE, "perc", "chords", "melody"},
    {KICK, SNARE},
    {BASS, "chords", "melody"},
)
MELODY = {2: (0.75, 0.4), 3: (0.75, 0.3, 0.45), 4: (0.75, 0.3, 0.45, 0.25)}  # odds of a note, by steps of a beat
PROGRESSION = (0, 3, 5, 7, 8, 10)


@dataclass(frozen=True)
class Groove:
    """Lines of one bar or more, ``x`` a note; beats of a bar, steps of a beat, and the tempos it is played at."""

    kind: str
    name: str
    beats: int
    steps: int
    tempos_bpm: tuple[int, ...]
    lines: Mapping[str, str]


def _grooves(
    kind: str, beats: int, steps: int, tempos_bpm: tuple[int, ...], by_name: Mapping[str, Mapping[str, str]]
) -> tuple[Groove, ...]:
    return tuple(Groove(kind, name, beats, steps, tempos_bpm, lines) for name, lines in by_name.items())


SIMPLE_BPM, SWING_BPM, DOTTED_BPM = (80, 95, 110, 125, 140, 160, 175), (85, 110, 130, 150, 175), (50, 65, 80, 95)
GROOVES = (
    *_grooves("straight", 4, 4, SIMPLE_BPM, {
        "rock": {"kick": "x.......x.x.....", "snare": BACKBEAT, "hat": EIGHTHS, "bass": FOUR, "chords": ONCE},
        "four": {"kick": FOUR, "snare": BACKBEAT, "hat": "..x." * 4, "bass": EIGHTHS, "chords": "x......." * 2},
        "funk": {"kick": "x..x......x..x..", "snare": "....x..x.x..x..x", "hat": SIXTEENTHS,
                 "bass": "x..x..x...x.x...", "chords": "..x." * 4},
        "half": {"kick": "x.........x.....", "snare": "........x.......", "hat": EIGHTHS,
                 "bass": "x.......x.x.....", "chords": ONCE},
        "breakbeat": {"kick": "x.........x.....", "snare": BACKBEAT, "hat": EIGHTHS, "bass": "x.........x.....",
                      "chords": ONCE},
        "no drums": {"bass": FOUR, "chords": EIGHTHS},
    }),
    *_grooves("tresillo", 4, 4, SIMPLE_BPM, {
        "reggaeton": {"kick": FOUR, "snare": "...x..x....x..x.", "hat": EIGHTHS, "bass": TRESILLO, "chords": ONCE},
        "3-3-2": {"kick": TRESILLO, "snare": BACKBEAT, "hat": EIGHTHS, "bass": TRESILLO, "chords": TRESILLO},
        "3-3-2 alone": {"kick": TRESILLO, "bass": TRESILLO, "chords": TRESILLO},
        "3-3-2 without a hat": {"kick": TRESILLO, "snare": "......x." * 2, "bass": TRESILLO, "chords": ONCE},
        "3-3-2 chords": {"chords": TRESILLO, "hat": SIXTEENTHS, "bass": TRESILLO},
        "3-3-2 twice as fast": {"kick": "x..x..x.", "snare": "......x.", "hat": "x" * 8, "bass": "x..x..x."},
        "3-3-3-3-2-2": {"kick": SIXES, "snare": BACKBEAT, "hat": EIGHTHS, "bass": SIXES, "chords": SIXES},
        "3-3-3-3-2-2 chords": {"kick": SIXES, "hat": SIXTEENTHS, "chords": SIXES},
        "3-3-3-3-4": {"kick": "x..x..x..x..x...", "snare": "............x...", "hat": EIGHTHS,
                      "bass": "x..x..x..x..x...", "chords": "x..x..x..x..x..."},
        "ten threes": {"kick": "x.." * 10 + "x.", "snare": BACKBEAT * 2, "hat": EIGHTHS * 2, "bass": "x.." * 10 + "x."},
        "ten threes chords": {"bass": "x.." * 10 + "x.", "hat": SIXTEENTHS * 2, "chords": "x.." * 10 + "x."},
        "threes to the bar": {"kick": FOUR, "snare": BACKBEAT, "chords": "x.." * 5 + "x", "bass": "x.." * 5 + "x"},
        "son clave": {"perc": "x..x..x...x.x...", "bass": "...x..x....x..x.", "chords": "x.xx.xx." * 2, "hat": EIGHTHS},
        "rumba clave": {"perc": "x..x...x..x.x...", "bass": "...x..x....x..x.", "kick": "x......." * 2,
                        "hat": SIXTEENTHS},
        "bossa nova": {"kick": "x..x" * 4, "perc": "x..x..x...x..x..", "hat": EIGHTHS, "bass": "x..x" * 4,
                       "chords": "x..x..x...x..x.."},
        "habanera": {"bass": "x..xx.x." * 2, "kick": "x..xx.x." * 2, "hat": FOUR, "chords": "..x." * 4},
        "tango": {"bass": "x..xx..." * 2, "chords": FOUR},
        "samba": {"kick": "x..x" * 4, "perc": "x.x.xx.x.x.xx.x.", "hat": SIXTEENTHS, "bass": "x..x" * 4},
    }),
    *_grooves("swing", 4, 3, SWING_BPM, {
        "shuffle": {"kick": "x....." * 2, "snare": "...x.." * 2, "hat": "x.x" * 4, "bass": "x.." * 4,
                    "chords": "x" + "." * 11},
        "jazz": {"hat": "x..x.xx..x.x", "bass": "x.." * 4, "chords": "x....x......"},
        "blues": {"kick": "x.....x....x", "snare": "...x.." * 2, "hat": "x.." * 4, "bass": "x.x" * 4,
                  "chords": "x....." * 2},
    }),
    *_grooves("12/8", 4, 3, DOTTED_BPM, {
        "slow": {"kick": "x.....x..x..", "snare": "...x.." * 2, "hat": "x" * 12, "bass": "x.." * 4,
                 "chords": "x" + "." * 11},
        "gospel": {"kick": "x....xx.....", "snare": "...x.." * 2, "hat": "x" * 12, "bass": "x....xx..x..",
                   "chords": "x" * 12},
        "bembe": {"perc": "x.x.xx.x.x.x", "kick": "x.." * 4, "bass": "x..x..x..x.x", "hat": "x" * 12},
    }),
    *_grooves("6/8", 2, 3, DOTTED_BPM, {
        "jig": {"kick": "x.....", "snare": "...x..", "hat": "xxxxxx", "bass": "x..x..", "chords": "x....."},
        "single jig": {"kick": "x....x", "snare": "...x..", "hat": "x.xx.x", "bass": "x..x..", "chords": "x..x.."},
        "ballad": {"bass": "x.....", "chords": "xxxxxx", "snare": "...x..", "hat": "xxxxxx", "kick": "x....."},
    }),
    *_grooves("3/4", 3, 2, (80, 105, 130, 160), {
        "waltz": {"kick": "x.....", "snare": "..x.x.", "hat": "x.x.x.", "bass": "x.....", "chords": "..x.x."},
        "minuet": {"bass": "x.x.x.", "chords": "x....."},
    }),
    *_grooves("3/4", 3, 4, (80, 105, 130, 160), {
        "sixteenths": {"kick": "x...........", "snare": "....x...x...", "hat": "x." * 6, "bass": "x.......x...",
                       "chords": "x..........."},
    }),
)  # fmt: skip


def played(rng: np.random.Generator) -> Iterator[tuple[Groove, Onsets, list[Role], SongGrid]]:
    """Play every groove at each of its tempos, up to 4 % off; six of ten times with a melody."""
    for groove in GROOVES:
        for usual_bpm in groove.tempos_bpm:
            bpm = usual_bpm * rng.uniform(0.96, 1.04)
            yield groove, *play(groove, bpm, rng, melody=bool(rng.random() < 0.6))


def play(groove: Groove, bpm: float, rng: np.random.Generator, *, melody: bool) -> tuple[Onsets, list[Role], SongGrid]:
    """Play a groove for a minute: its onsets, its tracks' roles, and what is true of it."""
    step_s, start_s = 60 / bpm / groove.steps, float(rng.uniform(0, 2))
    lines = {name: groove.lines[name] for name in ROLES if name in groove.lines}
    if melody:
        odds = 0.7 * np.tile(MELODY[groove.steps], 2 * groove.beats)
        lines["melody"] = "".join("x" if note else "." for note in rng.random(len(odds)) < odds)
    per_chord = groove.beats * groove.steps * int(rng.choice([1, 1, 2]))
    roots = rng.permutation(PROGRESSION)[:4]
    seconds = np.arange(int(LENGTH_S * RATE_HZ) + 1) / RATE_HZ
    strength = np.zeros((len(lines), len(seconds)))
    chroma = np.zeros((len(lines), 12, len(seconds) // CHROMA_EVERY + 1))
    for track, (name, line) in enumerate(lines.items()):
        accents = rng.uniform(0.7, 1.1, len(line))
        for step in varied(
            line, int((LENGTH_S - start_s - 0.3) / step_s), rng, VARIED * (0.3 if name in STEADY else 1)
        ):
            at_s = start_s + step * step_s + rng.normal(0, UNEVEN_S) + LATE_S
            near = slice(max(0, int(at_s * RATE_HZ) - 5), int(at_s * RATE_HZ) + 7)
            bump = np.exp(-0.5 * np.square((seconds[near] - at_s) / BUMP_S))
            loud = accents[step % len(line)] * rng.uniform(0.85, 1.15)
            strength[track, near] = np.maximum(strength[track, near], loud * bump)
            if name in PITCHED:
                held = slice(int(at_s * 10), int((at_s + 3 * step_s) * 10) + 1)
                chroma[track, pitches(name, roots[step // per_chord % 4], rng), held] = 0.3
    of = np.array([[name in low for name in lines] for low in (LOW, MIDDLE)])[:, :, None]
    beats_s = np.arange(start_s, LENGTH_S, 60 / bpm)
    onsets = Onsets(
        RATE_HZ, strength + 0.02 * np.abs(rng.normal(size=strength.shape)), strength * of[0],
        np.where(strength > 0.1, -15.0, -40.0), LENGTH_S, strength * of[1], chroma,
    )  # fmt: skip
    return onsets, [ROLES[name] for name in lines], SongGrid(bpm, beats_s, beats_s[:: groove.beats], groove.beats)


def varied(line: str, steps: int, rng: np.random.Generator, share: float) -> Iterator[int]:
    """Yield the steps that are played: some notes are left out, fewer put in."""
    for step in range(steps):
        note = line[step % len(line)] == "x"
        if note != (rng.random() < share * (0.5 if note else 0.15)):
            yield step


def pitches(name: str, root: int, rng: np.random.Generator) -> list[int]:
    """Return the pitch classes of a note: the bass has the root, chords their triad, a melody any of five."""
    if name == BASS:
        return [root % 12]
    third = 3 if root % 2 else 4
    return (
        [root % 12, (root + third) % 12, (root + 7) % 12]
        if name == "chords"
        else [(root + int(rng.choice([0, 2, 4, 7, 9]))) % 12]
    )
