"""What the agent sees of a step: nine small numbers, all relative, so that one table serves every style and meter.

place    ordinary, in a fill, the first step of a phrase, light (a cymbal alone), silent
beat     0 between the beats, 1 on a beat
kick     what style and music together say of the kick: 0 no, 1 rather not, 2 rather, 3 yes
snare    the same of the snare
time     which cymbal they would hit: 0 none, 1 closed hat perhaps, 2 closed hat, 3 open hat, 4 ride; in a fill which
         tom: 0 none, 1 low, 2 middle, 3 high
music    what begins there: 0 nothing, 1 bass or melody, 2 chords
before   on the same step one bar before: 0 neither kick nor snare, 1 kick, 2 snare (or both)
just     1 where the step before was a kick or snare
density  hits so far against what the style would have had: 0 fewer, 1 as many, 2 more
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.chart import FILL, Chart
from agent.rhythm.pattern import Voice

NAMES = ("place", "beat", "kick", "snare", "time", "music", "before", "just", "density")
SHAPE = (5, 2, 4, 4, 5, 3, 3, 2, 3)
BINS = (
    ("ordinary", "in a fill", "phrase begins", "light", "silent"),
    ("off the beat", "on a beat"),
    ("no kick", "rather no kick", "rather a kick", "a kick"),
    ("no snare", "rather no snare", "rather a snare", "a snare"),
    ("none", "perhaps hat (low tom)", "hat (mid tom)", "open hat (high tom)", "ride"),
    ("nothing", "bass or melody", "chords"),
    ("neither", "kick", "snare"),
    ("no", "yes"),
    ("fewer hits than due", "as many hits as due", "more hits than due"),
)
_PLACES = ("an ordinary step", "a step of a fill", "the first step of a phrase", "a step for a cymbal", "a silent step")
_CYMBALS = ("", "perhaps a closed hat", "a closed hat", "an open hat", "a ride")
_TOMS = ("", "a low tom", "a mid tom", "a high tom", "")
LEAN_EDGES = (-0.15, 0.0, 0.15)
_PERHAPS = -0.1
_CLEAR = 0.5
DENSITY_HITS = 1.0

F64 = NDArray[np.float64]
INT = NDArray[np.int64]


def describe(state: Sequence[int]) -> str:
    """Say in words what a step that is seen so is like; ``state`` has a value for each of the axes."""
    place, beat, kick, snare, time, music, before, just, density = state
    asked = (BINS[2][kick], BINS[3][snare], (_TOMS if place == FILL else _CYMBALS)[time])
    words = [f"{_PLACES[place]} {BINS[1][beat]}", "asked for " + ", ".join(one for one in asked if one)]
    if music:
        words.append(f"{BINS[5][music]} begin there")
    if before:
        words.append(f"a {BINS[6][before]} there one bar before")
    if just:
        words.append("right after a kick or snare")
    return "; ".join([*words, f"{BINS[8][density]} so far"])


def standing(chart: Chart) -> INT:
    """Return the axes that are known beforehand, (T, 6): place, beat, kick, snare, time, music."""
    lean = chart.style + chart.music
    kick, snare = (np.digitize(lean[:, voice], LEAN_EDGES) for voice in (Voice.KICK, Voice.SNARE))
    steps = np.arange(len(lean))
    return np.stack(
        [
            chart.place,
            (steps % chart.steps_per_beat == 0).astype(np.int64),
            kick,
            snare,
            _time(chart, lean),
            _music(chart),
        ],
        axis=1,
    ).astype(np.int64)


def before_of(beaten: tuple[bool, bool] | None) -> int:
    """Return the axis ``before`` of what was beaten there."""
    if beaten is None:
        return 0
    kick, snare = beaten
    return 2 if snare else int(kick)


def density_of(hits: float, due: float) -> int:
    """Return the axis ``density``."""
    return 0 if hits < due - DENSITY_HITS else 2 if hits > due + DENSITY_HITS else 1


def _time(chart: Chart, lean: F64) -> INT:
    """Return the cymbal with the best odds; in a fill, the tom with them."""
    order = [Voice.CLOSED_HAT, Voice.OPEN_HAT, Voice.RIDE]
    best, odds = lean[:, order].argmax(1), lean[:, order].max(1)
    cymbal = np.where(odds > 0, best + 2, np.where((best == 0) & (odds > _PERHAPS), 1, 0))
    toms = lean[:, [Voice.LOW_TOM, Voice.MID_TOM, Voice.HIGH_TOM]]
    tom = np.where(toms.max(1) > 0, 1 + toms.argmax(1), 0)
    return np.where(chart.place == FILL, tom, cymbal).astype(np.int64)


def _music(chart: Chart) -> INT:
    clear = chart.onset > _CLEAR
    return np.where(clear[1], 2, np.where(clear[0] | clear[2], 1, 0)).astype(np.int64)
