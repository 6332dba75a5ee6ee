"""Many sessions laid side by side, so that copies of all of them are tuned in the same NumPy calls.

Tracks of all sessions stand one under the other (P rows); the last row is no track, and stands in where a session has
fewer tracks than the largest (N). Hops are blocks of 400 ms here, for nothing but gated loudness is asked of them;
where a session has fewer, or fewer third octaves, silence stands in, which passes no gate and has no weight.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.hearing.bands import strip_response
from agent.hearing.twin import Twin, gated_power
from agent.session import Settings, Strip
from agent.tone.goal import ToneGoal
from agent.tone.stacking import GRID_HZ, HIGHEST_SHARE

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
C64 = NDArray[np.complex64]
C128 = NDArray[np.complex128]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_NOWHERE_HZ = 1000.0


class Tuned(Protocol):
    """A session to tune, as ``agent.tone.environment.ToneScene``."""

    @property
    def twin(self) -> Twin:
        """Its twin."""
        ...

    @property
    def goal(self) -> ToneGoal:
        """What it should become."""
        ...

    @property
    def start(self) -> Settings:
        """The settings it is found at."""
        ...


class Sessions:
    """What never changes while sessions (S) of tracks (P rows) in third octaves (B) are tuned.

    ``row`` (S, N) is where each track stands. By row: ``cross`` (P, N, B) its cross-spectra with the tracks of its
    session, ``power`` (P, B) its own, ``coherence`` (P, B), ``flat`` (P, K) the power of its blocks and ``square``
    (P, B, K) that by third octave, ``sounds`` (P,), ``fixed`` (P, B) the response of what is never turned, ``delay``
    (P, B) z⁻¹ where its power lies and ``half`` (P, B) sin²(ω/2). The rest are goals, see ``ToneGoal``, by row or by
    session. ``grid_half`` (S, G) is sin²(ω/2) on ``stacking.GRID_HZ``.
    """

    def __init__(self, scenes: Sequence[Tuned]) -> None:
        self.tracks = max(scene.twin.heard.tracks for scene in scenes)
        self.bands = max(len(scene.twin.heard.bands_hz) for scene in scenes)
        counts = [scene.twin.heard.tracks for scene in scenes]
        self.nowhere = sum(counts)
        self.row = np.full((len(scenes), self.tracks), self.nowhere, np.intp)
        rate_hz = np.array([float(scene.twin.heard.rate_hz) for scene in scenes])
        self.grid_half = _half(np.minimum(GRID_HZ, HIGHEST_SHARE * rate_hz[:, None]), rate_hz[:, None])
        blocks = [_Blocks(scene.twin) for scene in scenes]
        rows, longest = self.nowhere + 1, max(one.flat.shape[1] for one in blocks)
        self.rate_hz = np.full(rows, rate_hz[0])
        self.cross: C64 = np.zeros((rows, self.tracks, self.bands), np.complex64)
        self.power, self.coherence = np.zeros((rows, self.bands)), np.zeros((rows, self.bands))
        self.flat: F32 = np.zeros((rows, longest), np.float32)
        self.square: F32 = np.zeros((rows, self.bands, longest), np.float32)
        self.sounds = np.zeros(rows, bool)
        self.fixed: C128 = np.ones((rows, self.bands), complex)
        self.delay: C128 = np.ones((rows, self.bands), complex)
        self.half = np.zeros((rows, self.bands))
        self.track_db, self.track_weight = np.zeros((rows, self.bands)), np.zeros((rows, self.bands))
        self.tolerance_db, self.level_lufs, self.track_share = np.zeros(rows), np.zeros(rows), np.zeros(rows)
        self.strong = np.zeros((rows, scenes[0].goal.strong.shape[1]), np.intp)
        self.audible = np.zeros(rows, bool)
        self.mix_db, self.mix_weight = (np.zeros((len(scenes), self.bands)) for _ in range(2))
        self.price_db = np.array([scene.goal.price_db for scene in scenes])
        self.eq_limit_db = np.array([scene.goal.eq_limit_db for scene in scenes])
        self.alone = np.array([scene.goal.alone for scene in scenes])
        self.covered_share = np.array([scene.goal.covered_share for scene in scenes])
        self.sounding = np.array([np.count_nonzero(scene.goal.audible) for scene in scenes])
        first = 0
        for number, (scene, block) in enumerate(zip(scenes, blocks, strict=True)):
            self._lay(number, first, scene, block)
            first += counts[number]

    def _lay(self, number: int, first: int, scene: Tuned, blocks: "_Blocks") -> None:
        heard, goal = scene.twin.heard, scene.goal
        tracks, bands, length = heard.tracks, len(heard.bands_hz), blocks.flat.shape[1]
        rows = slice(first, first + tracks)
        self.row[number, :tracks] = np.arange(first, first + tracks)
        self.rate_hz[rows] = heard.rate_hz
        cross = np.einsum("cijb->ijb", heard.cross)
        self.cross[rows, :tracks, :bands] = cross
        self.power[rows, :bands] = np.einsum("iib->ib", cross).real
        self.coherence[rows, :bands] = np.einsum("iib->ib", scene.twin.coherence).real
        self.flat[rows, :length], self.square[rows, :bands, :length] = blocks.flat, blocks.square
        self.sounds[rows] = [gated_power(row) > 0 for row in blocks.flat]
        centres = np.full((tracks, self.bands), _NOWHERE_HZ)
        centres[:, :bands] = heard.centroid_hz
        self.delay[rows] = np.exp(-2j * np.pi * centres / heard.rate_hz)
        self.half[rows] = _half(centres, heard.rate_hz)
        for row, strip in zip(range(first, first + tracks), scene.start.strips, strict=True):
            self.fixed[row] = strip_response(
                Strip(high_pass_hz=strip.high_pass_hz), centres[row - first], heard.rate_hz
            )
        self.track_db[rows, :bands], self.track_weight[rows, :bands] = goal.track_db, goal.track_weight
        self.tolerance_db[rows], self.level_lufs[rows] = goal.tolerance_db, goal.level_lufs
        self.track_share[rows], self.strong[rows], self.audible[rows] = goal.track_share, goal.strong, goal.audible
        self.mix_db[number, :bands], self.mix_weight[number, :bands] = goal.mix_db, goal.mix_weight


class _Blocks:
    """The power of a session's tracks in overlapping blocks of 400 ms: as it is, and by third octave."""

    def __init__(self, twin: Twin) -> None:
        heard = twin.heard
        size = max(1, round(0.4 / heard.hop_s))
        self.flat = _blocked(np.ascontiguousarray(np.einsum("hii->ih", heard.gram)), size)
        self.square = _blocked(np.square(heard.level).transpose(0, 2, 1), size)


def _blocked(hops: F32, size: int) -> F32:
    """Return means of so many hops that follow each other, along the last axis."""
    if size == 1 or hops.shape[-1] < size:
        return hops
    count = hops.shape[-1] - size + 1
    total: F32 = sum((hops[..., start : start + count] for start in range(1, size)), hops[..., :count].copy())
    return total / np.float32(size)


def _half(freq_hz: F64, rate_hz: F64 | float) -> F64:
    half: F64 = np.square(np.sin(np.pi * freq_hz / rate_hz))
    return half
