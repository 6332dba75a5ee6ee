"""What the meters of a playing session said so far, row by row, and what that makes of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.hearing.heard import Heard
from agent.hearing.loudness import HOP_S, integrated_lufs
from agent.hearing.metered import SILENT_DBFS, Ears, heard_by_meters, master_loudness_lufs
from agent.roles import Role

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Levels:
    """Peak meters at one moment in dBFS after the faders, and where the faders stood, in dB; the master's too.

    Both sides count, as in ``metered.both_sides``, where the DAW tells both. A master of None is one that it does not
    meter.
    """

    peaks_dbfs: tuple[float, ...]
    gains_db: tuple[float, ...]
    master_peak_dbfs: float | None = None
    master_gain_db: float = 0.0


@dataclass(slots=True)
class _Row:
    before_faders_dbfs: F64
    gains_db: F64
    master_before_fader_dbfs: float


class MeterLog:
    """Owns the rows, one for each 100 ms of playing; the loudest of several frames in one counts.

    ``fall_db_per_s`` is how fast the meters fall back.
    """

    def __init__(self, roles: Sequence[Role], fall_db_per_s: float, known: Ears | None = None) -> None:
        self.roles, self.fall_db_per_s, self._known = tuple(roles), fall_db_per_s, known
        self._rows: dict[int, _Row] = {}

    @property
    def listened_s(self) -> float:
        """How much was listened to, in seconds."""
        return len(self._rows) * HOP_S

    @property
    def silent(self) -> tuple[int, ...]:
        """The tracks that never sounded."""
        if not self._rows:
            return tuple(range(len(self.roles)))
        return tuple(np.flatnonzero(self._peaks_dbfs().max(0) <= SILENT_DBFS).tolist())

    def add(self, at_s: float, levels: Levels) -> None:
        """Take a frame in. A closed fader hides its track: that one counts as silent."""
        gains, peaks = np.array(levels.gains_db), np.array(levels.peaks_dbfs)
        sounds = np.isfinite(gains) & (peaks > SILENT_DBFS)
        before = np.subtract(peaks, gains, out=np.full(len(peaks), -math.inf), where=sounds)
        master = math.nan if levels.master_peak_dbfs is None else levels.master_peak_dbfs - levels.master_gain_db
        at = math.floor(at_s / HOP_S)
        row = self._rows.get(at)
        if row is None:
            self._rows[at] = _Row(before, gains, master)
        else:
            row.before_faders_dbfs = np.maximum(row.before_faders_dbfs, before)
            row.master_before_fader_dbfs = max(row.master_before_fader_dbfs, master)

    def heard(self) -> Heard:
        """Return what was heard so far, faders flat. Raises ``ValueError`` where nothing was.

        Where the master is metered too, all tracks are brought to what it says of their sum: what their figures have
        in common is then no guess.
        """
        if len(self.silent) == len(self.roles):
            raise ValueError("no meter moved")
        follows = np.diff(sorted(self._rows), prepend=-math.inf) == 1
        peaks = self._peaks_dbfs()
        heard = heard_by_meters(peaks, self.roles, self.fall_db_per_s, self._known, follows=follows)
        return heard if (off_db := self._off_db(heard)) is None else _louder(heard, off_db)

    def _off_db(self, heard: Heard) -> float | None:
        rows = list(self._rows.values())
        master = np.array([row.master_before_fader_dbfs for row in rows])
        if np.isnan(master).any():
            return None
        gains = 10 ** (np.array([row.gains_db for row in rows]) / 10)
        mixed_lufs = integrated_lufs((np.einsum("hii->hi", heard.gram) * gains).sum(1))
        master_lufs = master_loudness_lufs(master, self.fall_db_per_s, self._known)
        return master_lufs - mixed_lufs if math.isfinite(mixed_lufs) and math.isfinite(master_lufs) else None

    def _peaks_dbfs(self) -> F64:
        return np.array([row.before_faders_dbfs for _, row in sorted(self._rows.items())])


def _louder(heard: Heard, by_db: float) -> Heard:
    """Return the same with more power for the same peaks: the crest was another than was thought."""
    power = np.float32(10 ** (by_db / 10))
    return replace(heard, gram=heard.gram * power, level=heard.level * np.sqrt(power), cross=heard.cross * power)
