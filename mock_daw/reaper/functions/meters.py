"""Track meters."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function

SILENCE_DB = -150.0


def peak(host: Host, number: int, channel: int) -> float:
    """Return the meter's linear peak of channel 0 or 1.

    Channels 1024 and 1025 are REAPER's loudness, where the user set the meter to show it; nobody did here: 0.
    """
    return _at(host.live.meters.peaks, number, channel)


def _held(host: Host, number: int, channel: int, clear: bool) -> float:
    """Return the held peak in hundredths of a dB, "0.01 for 0 dB" in the SDK's words: 0 dB is 0.0, -6 dB is -0.06."""
    held = _at(host.live.meters.held, number, channel)
    if clear and number < len(host.live.meters.held):
        host.live.meters.clear(number)
    return (20.0 * math.log10(held) if held > 0.0 else SILENCE_DB) * 0.01


def _at(rows: "np.typing.NDArray[np.float64]", number: int, channel: int) -> float:
    if number >= rows.shape[0] or not 0 <= channel < rows.shape[1]:
        return 0.0
    return float(rows[number, channel])


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "Track_GetPeakInfo": Function("d ti", peak),
        "Track_GetPeakHoldDB": Function("d tib", _held),
    }
)
