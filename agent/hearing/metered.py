"""Hear a session by its peak meters alone: what a role's peaks usually mean stands in for the audio.

Meters tell peaks, and a mix is judged by loudness. Between the two lies the crest of the sound, which differs from
role to role; ``role_ears.json`` has it as it was measured on multitracks, for meters of several fall times, with the
spread that is left (``benchmarks/meters.py --fit`` makes the file and names the songs). Neither the correlation of the
tracks nor their spectra can be seen on a meter: the first is taken for none, the second for the role's usual one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy import signal

from agent.hearing.bands import bands_hz
from agent.hearing.heard import Heard
from agent.hearing.loudness import HOP_S, integrated_lufs, k_weighting_sos
from agent.roles import Role

F64 = NDArray[np.float64]
RATE_HZ = 48_000
SILENT_DBFS = -90.0
ACTIVE_DB = 25.0
"""A meter counts as sounding so far below its highest."""
_MOST_RISE_DB = 20.0
_NEPERS = math.log(10) / 10


@dataclass(frozen=True, slots=True)
class RoleEar:
    """What was measured of a role: its loudness over the gated power of its meter, in dB, for each of the falls.

    ``spectrum_db``: its K-weighted third-octave levels, the power of all together 0 dB.
    """

    over_meter_db: tuple[float, ...]
    spectrum_db: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ears:
    """All that was measured: ``roles``, ``usual`` for any other, and ``spread_db`` (1 σ) that a role leaves.

    ``over_master_db``: a mix's loudness over the gated power of the master's meter, for each of ``falls_db_per_s``.
    ``mix_crest``: as in ``Heard``. ``usual_rise_db`` and ``per_rise``: how far meters rise from one row to the next on
    the mean, and how many dB a track's loudness changes for each dB that its own does so more; for each of the falls.
    """

    falls_db_per_s: tuple[float, ...]
    spread_db: float
    mix_crest: float
    over_master_db: tuple[float, ...]
    master_spread_db: float
    usual: RoleEar
    roles: dict[str, RoleEar]
    usual_rise_db: tuple[float, ...] = ()
    per_rise: tuple[float, ...] = ()

    def of(self, role: Role) -> RoleEar:
        """Return what is known of a role."""
        return self.roles.get(role.value, self.usual)

    def over(self, ear: RoleEar, fall_db_per_s: float, rise_db: float = math.nan) -> float:
        """Return how far a role's loudness is over the gated power of meters that fall so fast, in dB.

        ``rise_db`` is one of ``rises_db``; not a number where it is not known.
        """
        over_db = self._at(fall_db_per_s, ear.over_meter_db)
        if not self.per_rise or math.isnan(rise_db):
            return over_db
        more_db = rise_db - self._at(fall_db_per_s, self.usual_rise_db)
        return over_db + self._at(fall_db_per_s, self.per_rise) * more_db

    def _at(self, fall_db_per_s: float, figures: tuple[float, ...]) -> float:
        return float(np.interp(fall_db_per_s, self.falls_db_per_s, figures))


@cache
def ears() -> Ears:
    """Return what comes along."""
    return TypeAdapter(Ears).validate_json(files("agent.hearing").joinpath("role_ears.json").read_bytes())


def heard_by_meters(
    peaks_dbfs: F64,
    roles: Sequence[Role],
    fall_db_per_s: float,
    known: Ears | None = None,
    *,
    follows: NDArray[np.bool_] | None = None,
) -> Heard:
    """Return what meters tell of a session: ``peaks_dbfs`` (H, N) are peaks before the faders, one row per 100 ms.

    ``follows``: as in ``rises_db``. Raises ``ValueError`` where nothing was metered, or not for every role.
    """
    if peaks_dbfs.ndim != 2 or not len(peaks_dbfs) or peaks_dbfs.shape[1] != len(roles):
        raise ValueError(f"meters of shape {peaks_dbfs.shape} for {len(roles)} tracks")
    known = known or ears()
    heard = [known.of(role) for role in roles]
    level = np.where(peaks_dbfs > SILENT_DBFS, peaks_dbfs, -math.inf)
    rises = rises_db(peaks_dbfs, follows)
    over_db = np.array([known.over(ear, fall_db_per_s, rise) for ear, rise in zip(heard, rises.tolist(), strict=True)])
    power = 10 ** ((level + over_db) / 10)
    share = 10 ** (np.array([ear.spectrum_db for ear in heard]) / 10)
    share /= share.sum(1, keepdims=True)
    hops, tracks = level.shape
    gram = np.zeros((hops, tracks, tracks), np.float32)
    gram[:, range(tracks), range(tracks)] = power
    centres = bands_hz(RATE_HZ)
    weight = np.square(np.abs(signal.sosfreqz(k_weighting_sos(RATE_HZ), centres, fs=RATE_HZ)[1]))
    cross = np.zeros((2, tracks, tracks, len(centres)), np.complex64)
    cross[:, range(tracks), range(tracks)] = power.mean(0)[:, None] * share / weight / 2
    return Heard(
        RATE_HZ,
        HOP_S,
        centres,
        gram,
        np.sqrt(power.T[:, :, None] * share[:, None, :]).astype(np.float32),
        cross,
        (10 ** (level / 20)).astype(np.float32),
        np.broadcast_to(centres, (tracks, len(centres))).copy(),
        known.mix_crest,
    )


def rises_db(peaks_dbfs: F64, follows: NDArray[np.bool_] | None = None) -> F64:
    """Return how far each meter (H, N) rises from one row to the next on the mean while it sounds, in dB; else NaN.

    What decays between its attacks rises far at each, and is not as loud as its peaks. ``follows``: which rows come
    right after the one before; all where it is None.
    """
    shown = np.maximum(peaks_dbfs, SILENT_DBFS)
    sounds = shown[1:] > np.maximum(shown.max(0) - ACTIVE_DB, SILENT_DBFS)
    if follows is not None:
        sounds &= follows[1:, None]
    rise = np.where(sounds, np.clip(np.diff(shown, axis=0), 0.0, _MOST_RISE_DB), 0.0).sum(0)
    count = sounds.sum(0)
    mean_db: F64 = np.divide(rise, count, out=np.full(len(count), math.nan), where=count > 0)
    return mean_db


def master_loudness_lufs(peaks_dbfs: F64, fall_db_per_s: float, known: Ears | None = None) -> float:
    """Return what the master's meter (H,), a value per 100 ms, makes of a mix's loudness; silence is −inf LUFS."""
    known = known or ears()
    over_db = float(np.interp(fall_db_per_s, known.falls_db_per_s, known.over_master_db))
    return metered_lufs(peaks_dbfs) + over_db


def metered_lufs(peaks_dbfs: F64) -> float:
    """Return the gated power of a peak meter (H,) as if it were loudness (BS.1770-4's gates and offset)."""
    return integrated_lufs(10 ** (np.where(peaks_dbfs > SILENT_DBFS, peaks_dbfs, -math.inf) / 10))


def both_sides(left_dbfs: F64, right_dbfs: F64) -> F64:
    """Return the level of two sides in one: the mean of their powers, in dB. One side alone counts half."""
    level_db: F64 = np.logaddexp(left_dbfs * _NEPERS, right_dbfs * _NEPERS) / _NEPERS
    return level_db - 10 * math.log10(2)


def fallen(peaks_dbfs: F64, fall_db_per_s: float, hop_s: float = HOP_S) -> F64:
    """Return what meters with that fall show of peaks (H, …), a row per hop."""
    shown = peaks_dbfs.copy()
    for row in range(1, len(shown)):
        shown[row] = np.maximum(shown[row], shown[row - 1] - fall_db_per_s * hop_s)
    return shown
