"""The meters of Behringer's consoles: blobs that hold a little-endian count and little-endian levels.

X32 (Maillot's document, and an M32R as others measured it): floats, linear, 1 is full scale; gain reductions are 1
where nothing is reduced. XAir ("X AIR Mixer OSC Document"): 16-bit numbers in 1/256 dB. Input levels are before the
fader.
"""

import math
import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mock_daw.dialects.metering import level, loudest
from mock_daw.meter_hold import MeterHold

LOWEST_SHORT, HIGHEST_SHORT = -32768, 32767
PER_DB = 256.0
UNREDUCED = 1.0
AIR_INPUTS, AIR_OTHERS, AIR_MONITORS = 16, 10 + 6 + 4, 2

Floats = Callable[[MeterHold, MeterHold, int], list[float]]


def floats_blob(values: list[float]) -> bytes:
    """Return an X32's blob."""
    return struct.pack("<i", len(values)) + struct.pack(f"<{len(values)}f", *values)


def shorts_blob(peaks: list[float]) -> bytes:
    """Return an XAir's blob of linear peaks; silence is −128 dB."""
    values = [LOWEST_SHORT if peak <= 0.0 else round(PER_DB * 20.0 * math.log10(peak)) for peak in peaks]
    held = [min(max(value, LOWEST_SHORT), HIGHEST_SHORT) for value in values]
    return struct.pack("<i", len(held)) + struct.pack(f"<{len(held)}h", *held)


def x32_meters(name: str, before: MeterHold, after: MeterHold, channel: int) -> bytes | None:
    """Return a blob of an X32; None for meters that are not served. ``channel`` counts from 0."""
    made = X32_SETS.get(name)
    return None if made is None else floats_blob(made(before, after, channel))


def xair_meters(name: str, before: MeterHold, after: MeterHold, channel: int) -> bytes | None:
    """Return a blob of an XAir; None for meters that are not served."""
    made = XAIR_SETS.get(name)
    return None if made is None else shorts_blob(made(before, after, channel))


def _inputs(before: MeterHold, count: int) -> list[float]:
    return [loudest(before, number) for number in range(1, count + 1)]


def _all_inputs(before: MeterHold, after: MeterHold, channel: int) -> list[float]:
    """32 inputs, 8 aux inputs, 8 effect returns, 16 buses, 6 matrices."""
    del after, channel
    return [*_inputs(before, 32), *[0.0] * (8 + 8 + 16 + 6)]


def _channels(before: MeterHold, after: MeterHold, channel: int) -> list[float]:
    """32 inputs, their gates' and their compressors' gain reductions."""
    del after, channel
    return [*_inputs(before, 32), *[UNREDUCED] * 64]


def _buses(before: MeterHold, after: MeterHold, channel: int) -> list[float]:
    """16 buses, 6 matrices, main left, right and mono; then the gain reductions of each, the main's as one."""
    del before, channel
    return [*[0.0] * 22, *level(after, 0), 0.0, *[UNREDUCED] * 24]


def _strip(before: MeterHold, after: MeterHold, channel: int) -> list[float]:
    """Before the fader, gate, compressor, after the fader."""
    return [loudest(before, channel + 1), UNREDUCED, UNREDUCED, loudest(after, channel + 1)]


def _air_strip(before: MeterHold, after: MeterHold, channel: int) -> list[float]:
    """Before the fader left and right, gate, compressor, after the fader left and right, both keys."""
    return [*level(before, channel + 1), UNREDUCED, UNREDUCED, *level(after, channel + 1), 0.0, 0.0]


def _air_channels(before: MeterHold, after: MeterHold, channel: int) -> list[float]:
    """16 inputs, 5 stereo returns, 6 buses, 4 effect sends; main left and right after the fader; 2 monitors."""
    del channel
    return [*_inputs(before, AIR_INPUTS), *[0.0] * AIR_OTHERS, *level(after, 0), *[0.0] * AIR_MONITORS]


X32_SETS: Mapping[str, Floats] = MappingProxyType(
    {"/meters/0": _all_inputs, "/meters/1": _channels, "/meters/2": _buses, "/meters/6": _strip}
)
XAIR_SETS: Mapping[str, Floats] = MappingProxyType({"/meters/0": _air_strip, "/meters/1": _air_channels})
