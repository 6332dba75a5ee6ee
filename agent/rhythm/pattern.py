"""A drum part on a grid, and the hits it comes to.

A pattern is two arrays of shape (bars, steps, voices): how hard each voice is hit (0 for not at all), and how far each
hit lies off its step. When a step is comes with the music (``agent.rhythm.music.Music.step_s``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]


class Voice(IntEnum):
    """What is hit. The order is that of the last axis of a pattern."""

    KICK = 0
    SNARE = 1
    CLOSED_HAT = 2
    OPEN_HAT = 3
    LOW_TOM = 4
    MID_TOM = 5
    HIGH_TOM = 6
    CRASH = 7
    RIDE = 8


VOICES = len(Voice)
# The percussion key map of General MIDI System Level 1, channel 10.
GM_NOTE: Mapping[Voice, int] = MappingProxyType(
    {
        Voice.KICK: 36,  # bass drum 1
        Voice.SNARE: 38,  # acoustic snare
        Voice.CLOSED_HAT: 42,
        Voice.OPEN_HAT: 46,
        Voice.LOW_TOM: 45,
        Voice.MID_TOM: 47,  # low-mid tom
        Voice.HIGH_TOM: 50,
        Voice.CRASH: 49,  # crash cymbal 1
        Voice.RIDE: 51,  # ride cymbal 1
    }
)
MAX_VELOCITY = 127


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A drum part. ``velocity`` (bars, steps, voices) uint8, 0 to 127; ``offset_s`` of the same shape, in seconds.

    An offset counts only where there is a hit; positive is late. Raises ``ValueError`` for shapes that do not fit, a
    velocity above 127, or an offset that is no finite number.
    """

    velocity: U8
    offset_s: F64

    def __post_init__(self) -> None:
        if self.velocity.ndim != 3 or self.velocity.shape[2] != VOICES or self.velocity.dtype != np.uint8:
            raise ValueError(f"velocities are uint8 of shape (bars, steps, {VOICES}), not {self.velocity.shape}")
        if self.offset_s.shape != self.velocity.shape:
            raise ValueError(f"offsets of shape {self.offset_s.shape} for velocities of {self.velocity.shape}")
        if int(self.velocity.max(initial=0)) > MAX_VELOCITY or not np.isfinite(self.offset_s).all():
            raise ValueError("a velocity is at most 127, and an offset a finite number")

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return int(self.velocity.shape[0])

    @property
    def steps(self) -> int:
        """How many steps a bar has."""
        return int(self.velocity.shape[1])


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One hit: when, in seconds from the session's start; what; and how hard, 1 to 127."""

    time_s: float
    voice: Voice
    velocity: int


def hits(pattern: Pattern, step_s: F64) -> tuple[Hit, ...]:
    """Return all hits in the order of time, given when each step is, ``step_s`` (bars, steps); none is before 0 s.

    Raises ``ValueError`` where the grid has other bars or steps than the pattern.
    """
    if step_s.shape != pattern.velocity.shape[:2]:
        raise ValueError(f"a grid of {step_s.shape} steps for a pattern of {pattern.velocity.shape[:2]}")
    bar, step, voice = np.nonzero(pattern.velocity)
    time_s = np.maximum(step_s[bar, step] + pattern.offset_s[bar, step, voice], 0.0)
    velocity = pattern.velocity[bar, step, voice]
    return tuple(
        sorted(
            Hit(t, Voice(v), hard)
            for t, v, hard in zip(time_s.tolist(), voice.tolist(), velocity.tolist(), strict=True)
        )
    )
