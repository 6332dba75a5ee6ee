"""What a surface reports of the meters: decaying peaks on the scale of REAPER's meters (``csurf_osc.cpp``, ``Run``).

The mean of left and right goes first, so that a signal on one side reads 6 dB low there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mock_daw.reaper.osc_scene import Report, Scene
from mock_daw.reaper.pattern import Pattern
from mock_daw.reaper.scales import SILENCE, SILENCE_DB

LOWEST_DB, HIGHEST_DB = -62.0, 6.0  # the defaults of REAPER's preferences


@dataclass(frozen=True, slots=True)
class MeterKeys:
    """Which meters a pattern wants."""

    master: bool
    tracks: bool
    stereo: bool

    @classmethod
    def of(cls, pattern: Pattern) -> "MeterKeys":
        """Return what a pattern wants: one key of a side asks for both sides and the mean."""
        wanted = {key for key in pattern.keys if key.startswith(("MASTER_VU", "TRACK_VU"))}
        return cls(
            any(key.startswith("MASTER") for key in wanted),
            any(key.startswith("TRACK") for key in wanted),
            any(key.endswith(("_L", "_R")) for key in wanted),
        )


def meters(scene: Scene, wants: MeterKeys, peaks: NDArray[np.float64]) -> Iterator[Report]:
    """Report the meters; ``peaks`` are linear, (1 + tracks, 2), the master first."""
    rows: list[list[float]] = positions(peaks).tolist()
    if wants.master:
        yield from _meter("MASTER_VU", (), _row(rows, 0), stereo=wants.stereo)
    if wants.tracks:
        yield from _meter("TRACK_VU", (), _row(rows, scene.bank.track), stereo=wants.stereo)
        for place in range(1, scene.device.tracks + 1):
            row = _row(rows, scene.bank.tracks_from + place)
            yield from _meter("TRACK_VU", (place,), row, stereo=wants.stereo)


def positions(peaks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the mean, the left and the right peak lie on the meter, in [0, 1]: (rows, 3)."""
    levels = np.column_stack([peaks.mean(axis=1), peaks])
    with np.errstate(divide="ignore"):
        levels_db = np.where(levels < SILENCE, SILENCE_DB, 20.0 * np.log10(levels))
    return np.clip((levels_db - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB), 0.0, 1.0)


def _meter(key: str, numbers: tuple[int, ...], row: list[float], *, stereo: bool) -> Iterator[Report]:
    yield Report(key, numbers, row[0])
    if stereo:
        yield Report(f"{key}_L", numbers, row[1])
        yield Report(f"{key}_R", numbers, row[2])


def _row(rows: list[list[float]], number: int) -> list[float]:
    return rows[number] if 0 <= number < len(rows) else [0.0, 0.0, 0.0]
