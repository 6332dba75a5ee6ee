"""What the agent sees of a step as continuous numbers in [-1, 1]: the state of ``agent.rhythm.observation`` uncut.

    0 … 3     place        1 in a fill, on the first step of a phrase, where a cymbal stands alone, where all is silent
    4         beat         1 on a beat
    5         weight       the metrical weight, 1 the first beat, −1 the lightest step
    6         bar          where in the bar, −1 its beginning, towards 1 its end
    7 … 15    lean         what style and music together say of each voice: log-odds over 4
    16 … 24   music        what the music alone says
    25 … 33   loud         how far a hit of each voice would be an accent (positive) or a ghost note
    34 … 36   onset        how clearly bass, chords and melody begin there, from 0
    37        density      hits so far above what the style would have had, over 4
    38        syncopation  syncopation so far above what the style would have had, over 4
    39        lift         what a rest of kick and snare there would add to it, over 4
    40, 41    before       kick, snare on the same step one bar before: 1 hit, −1 not, 0 where that bar says nothing
    42        just         1 where the step before was a kick or snare
    43        fresh        how far repeating the bar before still earns, 1 to 0
    44        hands        how many hands are free: −1 none, 0 one, 1 both
    45        foot         1 where the foot is free, else −1

The table knows 0 to 4, three of the leans in four bins and the strongest cymbal, the onsets as one of three, the sign
of density, and before and just; it has no room for the rest.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.chart import FILL, LIGHT, PHRASE, SILENT, Chart
from agent.rhythm.pattern import Voice

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Values = float | NDArray[Any]

NAMES = (
    "fill", "phrase", "light", "silent", "beat", "weight", "bar",
    *(f"{what} {voice.name.lower()}" for what in ("lean", "music", "loud") for voice in Voice),
    "bass", "chords", "melody", "density", "syncopation", "lift", "kick before", "snare before", "just", "fresh",
    "hands", "foot",
)  # fmt: skip
COUNT = len(NAMES)
KNOWN = NAMES.index("density")
_SPAN = 4.0
_HEAVY, _HALF = 2.0, 2.0


class Played(NamedTuple):
    """What was played so far, and what that leaves open: numbers, or arrays of many.

    ``over_hits`` and ``over_syncopation`` above what was due, ``lift``: see the module. ``kick_before`` and
    ``snare_before`` −1, 0 or 1; ``just`` 0 or 1; ``fresh`` 0 to 1; ``hands`` 0 to 2 and ``foot`` 0 or 1 are free.
    """

    over_hits: Values
    over_syncopation: Values
    lift: Values
    kick_before: Values
    snare_before: Values
    just: Values
    fresh: Values
    hands: Values
    foot: Values


def standing(chart: Chart) -> F32:
    """Return the features that are known beforehand, (T, 37)."""
    steps = np.arange(len(chart.place))
    columns = [
        *(chart.place == place for place in (FILL, PHRASE, LIGHT, SILENT)),
        steps % chart.steps_per_beat == 0,
        (chart.weight + _HEAVY) / _HALF,
        2.0 * (steps % chart.steps) / chart.steps - 1.0,
    ]
    parts = [np.stack(columns, axis=1), chart.style + chart.music, chart.music, chart.loud, chart.onset.T]
    return np.concatenate(parts, axis=1).clip(-1, 1).astype(np.float32)


def moving(played: Played) -> F32:
    """Return the features of what was played, (…, 9)."""
    seen = (
        np.divide(played.over_hits, _SPAN),
        np.divide(played.over_syncopation, _SPAN),
        np.divide(played.lift, _SPAN),
        played.kick_before,
        played.snare_before,
        played.just,
        played.fresh,
        np.subtract(played.hands, 1),
        np.multiply(played.foot, 2) - 1,
    )
    found: F32 = np.stack(np.broadcast_arrays(*seen), axis=-1).clip(-1, 1).astype(np.float32)
    return found
