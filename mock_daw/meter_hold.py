"""Peak meters that fall slowly and remember the highest peak, as REAPER's do."""

import numpy as np
from numpy.typing import NDArray


class MeterHold:
    """Peak meters with decay and hold, in linear peak: one row a track, the master first, columns left and right.

    REAPER's peak meters fall by so many dB a second (its preference "meter decay", 120 dB/s unless set).
    """

    def __init__(self, decay_db_per_s: float = 120.0) -> None:
        self._decay_db_per_s = decay_db_per_s
        self._now = np.zeros((1, 2))
        self._held = np.zeros((1, 2))

    @property
    def peaks(self) -> NDArray[np.float64]:
        """The decaying peaks (1 + tracks, 2)."""
        return self._now

    @property
    def held(self) -> NDArray[np.float64]:
        """The highest peaks since ``clear`` (1 + tracks, 2)."""
        return self._held

    def feed(self, peaks: NDArray[np.float64], seconds: float) -> None:
        """Take in the peaks of the last stretch."""
        fallen = _rows(self._now, len(peaks)) * 10.0 ** (-self._decay_db_per_s * seconds / 20.0)
        self._now = np.maximum(peaks, fallen)
        self._held = np.maximum(_rows(self._held, len(peaks)), peaks)

    def clear(self, row: int | None = None) -> None:
        """Forget the held peaks of one row or of all."""
        self._held = self._held.copy()
        self._held[slice(None) if row is None else row] = 0.0


def _rows(values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """Return the values with that many rows: tracks may have come or gone."""
    fitted = np.zeros((rows, 2))
    kept = min(rows, len(values))
    fitted[:kept] = values[:kept]
    return fitted
