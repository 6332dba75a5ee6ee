"""Bitwig's EQ+ through DrivenByMoss: its bands as its own texts show them, and a strip's EQ laid out on it. Pure.

How the values of its parameters are spread is not documented, its texts are exact: a band is what its texts say, and a
strip's EQ is rounded to what a text can say, to 0.1 dB at most. Which value shows a text is learned (``Spread``).

How EQ+'s filters are built is not published: Q is taken to be the Audio EQ Cookbook's.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.session import EQ_LIMIT_DB, FLAT_EQ, EqBand, EqShape, Strip
from bridge.changes import BandValue, same
from bridge.desk import Bands
from bridge.osc import bitwig
from bridge.osc.bitwig import Told
from bridge.osc.shown import number_in

TYPES = ("off", "lowcut", "lowshelf", "bell", "highcut", "highshelf", "notch")
OFF = TYPES.index("off")
_GAINED = frozenset({TYPES.index("lowshelf"), TYPES.index("bell"), TYPES.index("highshelf")})
_KINDS = {EqShape.LOW_SHELF: "lowshelf", EqShape.BELL: "bell", EqShape.HIGH_SHELF: "highshelf"}
_FLAT_DB = 0.05
_FIRST_GUESS = {
    "freq": (math.log(20.0), math.log(20_000.0)),
    "gain": (-24.0, 24.0),
    "q": (math.log(0.1), math.log(40.0)),
}
_LINEAR = frozenset({"gain"})
_MOST_SAMPLES = 64


def missing(told: Told) -> list[str]:
    """Return what is not yet known of the EQ+ of the selected track."""
    if bitwig.EQ_EXISTS not in told.values:
        return [bitwig.EQ_EXISTS]
    return sorted(bitwig.EQ_ADDRESSES - told.values.keys()) if told.is_on(bitwig.EQ_EXISTS) else []


def bands(told: Told) -> Bands | None:
    """Return the bands of the selected track's EQ+; None where it has none, or none that is on and says its values."""
    if not told.is_on(bitwig.EQ_EXISTS) or told.is_on(bitwig.EQ_BYPASSED):
        return None
    found = [_band(told, n) for n in bitwig.EQ_BANDS]
    return None if None in found else tuple(band for band in found if band is not None)


def wanted_texts(wanted: Bands) -> Iterator[tuple[str, int, float]]:
    """Yield the parameter, band and number of each text that the bands want."""
    for n, band in enumerate(wanted, 1):
        if band.enabled:
            yield from (("freq", n, band.freq_hz), ("gain", n, band.gain_db), ("q", n, band.bandwidth_oct))


def is_shown(parameter: str, shown: float, wanted: float) -> bool:
    """Tell whether a text shows what is wanted, as ``bridge.changes.same`` will ask."""
    return abs(shown - wanted) <= (0.5 * _FLAT_DB if parameter in _LINEAR else 5e-4 * wanted)


@dataclass(slots=True)
class Spread:
    """Owns what was seen of a parameter's values and texts, and says which value shows a number."""

    parameter: str
    highest: int
    seen: dict[int, float] = field(default_factory=dict)

    def see(self, value: float, number: float) -> None:
        """Take in what a value shows."""
        if len(self.seen) < _MOST_SAMPLES and (self.parameter in _LINEAR or number > 0.0):
            self.seen[round(value)] = number if self.parameter in _LINEAR else math.log(number)

    def value(self, number: float) -> int:
        """Return the value that shows a number: by a straight line through the two nearest that were seen."""
        wanted = number if self.parameter in _LINEAR else math.log(number)
        low, high = _FIRST_GUESS[self.parameter]
        slope = (high - low) / self.highest
        near = sorted(self.seen.items(), key=lambda pair: abs(pair[1] - wanted))
        value, at = near[0] if near else (0, low)
        other = next(((v, x) for v, x in near[1:] if abs(v - value) > self.highest / 256 and x != at), None)
        if other is not None and (other[1] - at) / (other[0] - value) > 0.0:
            slope = (other[1] - at) / (other[0] - value)
        return min(max(round(value + (wanted - at) / slope), 0), self.highest)


class EqPlus:
    """A ``bridge.desk.EqLaw``. One is ours that does nothing, or whose every band is as we lay it out."""

    wanted = "a flat EQ+"

    def bands(self, strip: Strip, rate_hz: int) -> Bands:
        """Return a strip's EQ in EQ+'s bands: the first four, the others off."""
        off = BandValue(kind=OFF, freq_hz=0.0, gain_db=0.0, bandwidth_oct=0.0, enabled=False)
        ours = tuple(_laid_out(band, rate_hz) for band in strip.eq)
        return (*ours, *(off for _ in range(len(bitwig.EQ_BANDS) - len(ours))))

    def eq(self, bands: Bands, rate_hz: int) -> tuple[EqBand, ...] | None:
        """Return a strip's bands from EQ+'s, None where they are not as we lay them out."""
        if all(map(_is_idle, bands)):
            return FLAT_EQ
        eq = tuple(
            EqBand(flat.shape, flat.freq_hz, max(-EQ_LIMIT_DB, min(band.gain_db, EQ_LIMIT_DB)), flat.bandwidth_oct)
            for flat, band in zip(FLAT_EQ, bands, strict=False)
        )
        return eq if same(self.bands(Strip(eq=eq), rate_hz), bands) else None


def texts(told: Told) -> Iterator[tuple[str, int, float, float]]:
    """Yield the parameter, band, value and number of each text that is told."""
    for parameter in bitwig.EQ_PARAMETERS:
        for n in bitwig.EQ_BANDS:
            value, number = _told(told, parameter, n)
            if value is not None and number is not None:
                yield parameter, n, value, number


def _told(told: Told, parameter: str, n: int) -> tuple[float | None, float | None]:
    address = f"/eq/{parameter}/{n}/value"
    return told.number(address), number_in(told.text(address + "Str"))


def _band(told: Told, n: int) -> BandValue | None:
    kind = told.text(f"/eq/type/{n}")
    numbers = [_told(told, parameter, n)[1] for parameter in bitwig.EQ_PARAMETERS]
    freq_hz, gain_db, q = numbers
    if kind not in TYPES or freq_hz is None or gain_db is None or q is None:
        return None
    place = TYPES.index(kind)
    return BandValue(kind=place, freq_hz=freq_hz, gain_db=gain_db, bandwidth_oct=q, enabled=place != OFF)


def _laid_out(band: EqBand, rate_hz: int) -> BandValue:
    w0 = 2.0 * math.pi * min(band.freq_hz / rate_hz, 0.49)
    q = 0.5 / math.sinh(math.log(2.0) / 2.0 * band.bandwidth_oct * w0 / math.sin(w0))
    return BandValue(
        kind=TYPES.index(_KINDS[band.shape]),
        freq_hz=float(f"{band.freq_hz:.3g}"),
        gain_db=round(band.gain_db, 1),
        bandwidth_oct=round(q, 2),
    )


def _is_idle(band: BandValue) -> bool:
    return not band.enabled or (band.kind in _GAINED and abs(band.gain_db) < _FLAT_DB)
