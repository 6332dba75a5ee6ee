"""What the drummer can do on a step: a table of strokes, each with its voices and how hard they are hit.

Foot and hands together: the foot plays the kick or rests, the hands play at most two voices. A ghost note is soft, an
accent hard. Closed and open hat never stand in one row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.pattern import VOICES, Voice

GHOST, PLAIN, ACCENT = -1, 0, 1
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One row of the table: its name, and each voice with its strength (``GHOST``, ``PLAIN``, ``ACCENT``)."""

    name: str
    voices: tuple[tuple[Voice, int], ...]


_KICK = {
    "": (),
    "kick": ((Voice.KICK, PLAIN),),
    "kick!": ((Voice.KICK, ACCENT),),
}
_HANDS = {
    "": (),
    "hat": ((Voice.CLOSED_HAT, PLAIN),),
    "hat!": ((Voice.CLOSED_HAT, ACCENT),),
    "open hat": ((Voice.OPEN_HAT, PLAIN),),
    "ride": ((Voice.RIDE, PLAIN),),
    "ride+hat": ((Voice.RIDE, PLAIN), (Voice.CLOSED_HAT, PLAIN)),
    "crash": ((Voice.CRASH, PLAIN),),
    "ghost": ((Voice.SNARE, GHOST),),
    "snare": ((Voice.SNARE, PLAIN),),
    "snare+hat": ((Voice.SNARE, PLAIN), (Voice.CLOSED_HAT, PLAIN)),
    "snare!+hat": ((Voice.SNARE, ACCENT), (Voice.CLOSED_HAT, PLAIN)),
    "ghost+hat": ((Voice.SNARE, GHOST), (Voice.CLOSED_HAT, PLAIN)),
    "snare+open hat": ((Voice.SNARE, PLAIN), (Voice.OPEN_HAT, PLAIN)),
    "snare+ride": ((Voice.SNARE, PLAIN), (Voice.RIDE, PLAIN)),
    "snare+crash": ((Voice.SNARE, ACCENT), (Voice.CRASH, PLAIN)),
    "high tom": ((Voice.HIGH_TOM, PLAIN),),
    "mid tom": ((Voice.MID_TOM, PLAIN),),
    "low tom": ((Voice.LOW_TOM, PLAIN),),
}
# The accented kick goes with what is on top of a beat; elsewhere it would be one number more for the table to learn.
_WITH_ACCENT = ("", "hat", "hat!", "open hat", "ride", "crash", "snare+hat")

STROKES: tuple[Stroke, ...] = tuple(
    Stroke("+".join(name for name in (kick, hands) if name) or "rest", feet + voices)
    for kick, feet in _KICK.items()
    for hands, voices in _HANDS.items()
    if kick != "kick!" or hands in _WITH_ACCENT
)
REST = 0
NAMES = tuple(stroke.name for stroke in STROKES)


def _table(of: int | None) -> F64:
    table = np.zeros((len(STROKES), VOICES))
    for row, stroke in enumerate(STROKES):
        for voice, strength in stroke.voices:
            table[row, voice] = 1.0 if of is None else strength == of
    table.setflags(write=False)
    return table


# (strokes, voices): 1 where a row hits a voice; where it does so as an accent, as a ghost note.
HIT = _table(None)
ACCENTED = _table(ACCENT)
GHOSTED = _table(GHOST)
KICKED = HIT[:, Voice.KICK] > 0
# How many hands a row needs.
HANDS = HIT.sum(1).astype(np.intp) - KICKED
