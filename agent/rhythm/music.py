"""The music that a drum part is written for, on a grid: what begins where, and how loud and dense each bar is.

Three layers are told apart by the tracks' roles: bass, chords, melody. Drums and percussion that are there already are
left out, for a drum part is written to the music and not copied from another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from agent.hearing.onsets import Onsets
from agent.hearing.pulse import Pulse
from agent.roles import Role

F64 = NDArray[np.float64]


class Layer(IntEnum):
    """What part of the music an onset belongs to. The order is that of the first axis of ``Music.onset``."""

    BASS = 0
    CHORDS = 1
    MELODY = 2


LAYERS = len(Layer)
DRUM_ROLES = frozenset(
    {
        Role.KICK, Role.SNARE, Role.HAT, Role.TOM, Role.CYMBAL, Role.OVERHEAD, Role.ROOM, Role.DRUMS, Role.PERCUSSION,
    }
)  # fmt: skip
# What is in no layer (effects, speech) says nothing of the beat.
LAYER_OF: Mapping[Role, Layer] = MappingProxyType(
    {
        Role.BASS: Layer.BASS,
        Role.ELECTRIC_GUITAR: Layer.CHORDS,
        Role.ACOUSTIC_GUITAR: Layer.CHORDS,
        Role.GUITAR: Layer.CHORDS,
        Role.PIANO: Layer.CHORDS,
        Role.ORGAN: Layer.CHORDS,
        Role.KEYS: Layer.CHORDS,
        Role.SYNTH_PAD: Layer.CHORDS,
        Role.SYNTH: Layer.CHORDS,
        Role.STRINGS: Layer.CHORDS,
        Role.CHOIR: Layer.CHORDS,
        Role.OTHER: Layer.CHORDS,
        Role.LEAD_VOCAL: Layer.MELODY,
        Role.BACKING_VOCAL: Layer.MELODY,
        Role.SYNTH_LEAD: Layer.MELODY,
        Role.BRASS: Layer.MELODY,
        Role.WOODWIND: Layer.MELODY,
        Role.MALLETS: Layer.MELODY,
    }
)
SILENT_DB = -60.0
FLOOR_DB = -120.0
# A bar this far below the median of the bars that sound is a break: nothing is to be drummed over it.
BREAK_DB = 25.0
_LOW_ENOUGH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Music:
    """What is heard of a session, bar by bar.

    ``step_s`` (bars, steps): when each step is, in seconds, rising. ``onset`` (3, bars, steps), 0 to 1: how clearly a
    note of the bass, the chords, the melody begins there. ``level_db`` (bars,): the level of the music in dBFS, drums
    left out. ``density`` (bars,), 0 to 1: the share of the bar's steps on which anything begins. ``roles``: what was
    heard. Raises ``ValueError`` for shapes that do not fit each other or the meter.
    """

    tempo_bpm: float
    beats_per_bar: int
    steps_per_beat: int
    step_s: F64
    onset: F64
    level_db: F64
    density: F64
    roles: tuple[Role, ...] = ()

    def __post_init__(self) -> None:
        bars, steps = self.step_s.shape
        if steps != self.beats_per_bar * self.steps_per_beat or bars < 1:
            raise ValueError(f"{bars} bars of {steps} steps are none of {self.beats_per_bar} × {self.steps_per_beat}")
        if self.onset.shape != (LAYERS, bars, steps) or self.level_db.shape != (bars,) or self.density.shape != (bars,):
            raise ValueError("the onsets, levels and densities are not of the same bars and steps")

    @property
    def bars(self) -> int:
        """How many bars it has."""
        return int(self.step_s.shape[0])

    @property
    def steps(self) -> int:
        """How many steps a bar has."""
        return int(self.step_s.shape[1])

    @property
    def step_length_s(self) -> float:
        """How long a step is, at the tempo."""
        return 60.0 / self.tempo_bpm / self.steps_per_beat

    def sounding(self) -> NDArray[np.bool_]:
        """Tell for each bar whether it is to be drummed: it is not silent, nor far below the others.

        Where no bar sounds at all there is no music to be silent with, and all are.
        """
        heard = self.level_db > SILENT_DB
        if not heard.any():
            return np.ones(self.bars, np.bool_)
        sounds: NDArray[np.bool_] = heard & (self.level_db > float(np.median(self.level_db[heard])) - BREAK_DB)
        return sounds

    def first(self, bars: int) -> "Music":
        """Return the first bars alone."""
        return Music(
            self.tempo_bpm,
            self.beats_per_bar,
            self.steps_per_beat,
            self.step_s[:bars],
            self.onset[:, :bars],
            self.level_db[:bars],
            self.density[:bars],
            self.roles,
        )


def music_of(onsets: Onsets, pulse: Pulse, roles: Sequence[Role], *, leave_out: Sequence[int] = ()) -> Music:
    """Lay what was heard on the pulse's grid, from its first downbeat on. ``leave_out``: tracks that do not count.

    The last bar is carried on to its end where the music ends within it. Raises ``ValueError`` where the pulse has no
    whole beat after its first downbeat.
    """
    left_out = set(leave_out)
    step_s = _grid(pulse)
    bars, steps = step_s.shape
    flat = step_s.reshape(-1)
    end_s = flat[-1] + (flat[-1] - flat[-2])
    onset = np.zeros((LAYERS, bars * steps))
    layer_of = {track: LAYER_OF[role] for track, role in enumerate(roles) if track not in left_out and role in LAYER_OF}
    has_bass = Layer.BASS in layer_of.values()
    for track, layer in layer_of.items():
        times_s, strength = onsets.times(track)
        step = _nearest(flat, end_s, times_s)
        on_grid = step >= 0
        np.maximum.at(onset[layer], step[on_grid], strength[on_grid].clip(0.0, 1.0))
        if not has_bass:
            low = _low_at(onsets, track, times_s)
            np.maximum.at(onset[Layer.BASS], step[on_grid], np.where(low >= _LOW_ENOUGH, low, 0.0)[on_grid])
    onset = onset.reshape(LAYERS, bars, steps)
    heard = [track for track, role in enumerate(roles) if track not in left_out and role not in DRUM_ROLES]
    return Music(
        pulse.tempo_bpm,
        pulse.beats_per_bar,
        pulse.steps_per_beat,
        step_s,
        onset,
        _levels(onsets, heard, np.append(step_s[:, 0], end_s)),
        (onset.max(0) > 0).mean(1),
        tuple(roles),
    )


def _grid(pulse: Pulse) -> F64:
    """Return when each step is, (bars, steps): beats parted evenly, the last bar carried on at the pace it had."""
    beats_s = np.asarray(pulse.beats_s, np.float64)[pulse.downbeat :]
    if len(beats_s) < 2:
        raise ValueError("the pulse has no whole beat after its first downbeat")
    pace_s = beats_s[-1] - beats_s[-2]
    # The last beat told is the end of a bar where it falls on a downbeat, else it lies within one.
    bars = max(1, -(-(len(beats_s) - 1) // pulse.beats_per_bar))
    missing = bars * pulse.beats_per_bar + 1 - len(beats_s)
    beats_s = np.append(beats_s, beats_s[-1] + pace_s * np.arange(1, missing + 1))
    at = np.arange(bars * pulse.beats_per_bar * pulse.steps_per_beat) / pulse.steps_per_beat
    step_s: F64 = np.interp(at, np.arange(len(beats_s)), beats_s)
    grid: F64 = step_s.reshape(bars, -1)
    return grid


def _nearest(flat_s: F64, end_s: float, times_s: F64) -> NDArray[np.intp]:
    """Return the step that each time is nearest to; −1 where it is off the grid's ends."""
    if len(times_s) == 0:
        return np.zeros(0, np.intp)
    edges = np.append(flat_s, end_s)
    middle = (edges[:-1] + edges[1:]) / 2
    step = np.searchsorted(middle, times_s, side="right")
    half_s = (flat_s[1] - flat_s[0]) / 2
    return np.where((times_s >= flat_s[0] - half_s) & (step < len(flat_s)), step, -1)


def _low_at(onsets: Onsets, track: int, times_s: F64) -> F64:
    """Return how strongly the lows begin at each time, within 30 ms of it."""
    frames = onsets.low.shape[1]
    around = np.arange(-3, 4) / 100.0
    frame = np.rint((times_s[:, None] + around) * onsets.rate_hz).astype(np.intp).clip(0, max(0, frames - 1))
    low: F64 = onsets.low[track, frame].max(1, initial=0.0).clip(0.0, 1.0)
    return low


def _levels(onsets: Onsets, tracks: Sequence[int], edges_s: F64) -> F64:
    """Return the level of the tracks' sum in each bar, in dBFS: the mean of their power."""
    frames = onsets.level_db.shape[1]
    power = (10.0 ** (onsets.level_db[list(tracks)] / 10.0)).sum(0) if tracks else np.zeros(frames)
    total = np.append(0.0, np.cumsum(power))
    edge = np.rint(edges_s * onsets.rate_hz).astype(np.intp).clip(0, frames)
    length = np.maximum(np.diff(edge), 1)
    level_db: F64 = np.maximum(10.0 * np.log10(np.maximum(np.diff(total[edge]) / length, 1e-12)), FLOOR_DB)
    return level_db
