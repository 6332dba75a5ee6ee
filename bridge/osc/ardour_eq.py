"""ACE EQ, Ardour's own equaliser: its parameters as bands, and a strip's EQ laid out on it. Pure.

From ``libs/plugins/a-eq.lv2/a-eq.c``: state-variable filters through the bilinear transform.

- Its bells are the Audio EQ Cookbook's to the last bit, but for a bandwidth that is not warped with the frequency: it
  is widened by what the Cookbook widens it.
- Its shelves have Q = 1/sqrt(2), and their frequency is where the Cookbook's is times the root of the amplitude: the
  frequency is moved for that. What is left is the difference in Q: 0.17 dB at most at ±6 dB for the low shelf. The high
  shelf, of two octaves at 8 kHz, would be 0.7 dB off; the two bells that a strip of ours does not need bend it back, to
  less than 0.1 dB at 44.1 to 96 kHz. Their places, widths and gains come from a least-squares fit over those rates.
- Gains glide to where they are set, and stop as soon as they are within 0.05 dB of it. They end at ±20 dB.
- It has no high-pass.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.session import FLAT_EQ, EqBand, EqShape, Strip
from bridge.changes import BandValue, same
from bridge.desk import Bands

NAME = "ACE EQ"
GAIN_LIMIT_DB = 20.0
LOW_SHELF, BELL, HIGH_SHELF, OUTPUT = 0, 1, 2, 3
_SHELF_INVERSE_Q = math.sqrt(2.0)
_FREQ_RANGE_HZ, _WIDTH_RANGE = (20.0, 20_000.0), (0.1, 4.0)
_FLAT_DB = 0.005

# The bells that bend the high shelf: their places by its frequency, their Q, and their gain by its gain and its Q.
_BEND_BELOW, _BEND_ABOVE, _BEND_Q, _BEND = 0.715, 1.339, 0.698, 0.421


@dataclass(frozen=True, slots=True)
class _Slots:
    """The parameters of a band: Hz, dB, bandwidth, switch; None for each that it has not."""

    kind: int
    freq: int | None
    gain: int
    width: int | None
    switch: int | None


_LAYOUT = (
    _Slots(LOW_SHELF, 1, 2, None, 18),
    *(_Slots(BELL, 3 * n, 3 * n + 1, 3 * n + 2, 18 + n) for n in (1, 2, 3, 4)),
    _Slots(HIGH_SHELF, 15, 16, None, 23),
    _Slots(OUTPUT, None, 17, None, None),
)
ENABLE = 24
PARAMETERS = range(1, ENABLE + 1)
"""The numbers of all its parameters."""


def bands(values: Mapping[int, float]) -> Bands:
    """Return all parameters but the switch of the whole as bands: two shelves, four bells, the output's gain."""
    return tuple(
        BandValue(
            kind=slots.kind,
            freq_hz=0.0 if slots.freq is None else values[slots.freq],
            gain_db=values[slots.gain],
            bandwidth_oct=0.0 if slots.width is None else values[slots.width],
            enabled=slots.switch is None or values[slots.switch] > 0.5,
        )
        for slots in _LAYOUT
    )


def parameters(wanted: Bands) -> Iterator[tuple[int, float]]:
    """Yield the number and value of each parameter that the bands set."""
    for slots, band in zip(_LAYOUT, wanted, strict=True):
        yield slots.gain, band.gain_db
        if slots.freq is not None:
            yield slots.freq, band.freq_hz
        if slots.width is not None:
            yield slots.width, band.bandwidth_oct
        if slots.switch is not None:
            yield slots.switch, float(band.enabled)


class AceEq:
    """A ``bridge.desk.EqLaw``. One is ours that does nothing, or whose every band is as we lay it out."""

    wanted = f"a flat {NAME} at the end"

    def bands(self, strip: Strip, rate_hz: int) -> Bands:
        """Return a strip's EQ in ACE EQ's parameters."""
        low, *bells, high = (_within(band) for band in strip.eq)
        inverse_q = _inverse_q(high, rate_hz)
        bend_db = _BEND * (inverse_q - _SHELF_INVERSE_Q) * high.gain_db
        return (
            _band(LOW_SHELF, _moved_hz(low, rate_hz), low.gain_db),
            *(_band(BELL, bell.freq_hz, bell.gain_db, _width(_inverse_q(bell, rate_hz))) for bell in bells),
            _band(BELL, _BEND_BELOW * high.freq_hz, bend_db, _width(1.0 / _BEND_Q)),
            _band(BELL, _BEND_ABOVE * high.freq_hz, -bend_db, _width(1.0 / _BEND_Q)),
            _band(HIGH_SHELF, _moved_hz(high, rate_hz), high.gain_db),
            _band(OUTPUT, 0.0, 0.0),
        )

    def eq(self, bands: Bands, rate_hz: int) -> tuple[EqBand, ...] | None:
        """Return a strip's bands from ACE EQ's parameters, None where they are not as we lay them out."""
        if all(abs(band.gain_db) < _FLAT_DB for band in bands):
            return FLAT_EQ
        low, first, second, _, _, high, _ = bands
        gains_db = (low.gain_db, first.gain_db, second.gain_db, high.gain_db)
        eq = tuple(replace(flat, gain_db=gain) for flat, gain in zip(FLAT_EQ, gains_db, strict=True))
        return eq if same(self.bands(Strip(eq=eq), rate_hz), bands) else None


def _band(kind: int, freq_hz: float, gain_db: float, width: float = 0.0) -> BandValue:
    low_hz, high_hz = _FREQ_RANGE_HZ
    within_hz = 0.0 if kind == OUTPUT else min(max(freq_hz, low_hz), high_hz)
    return BandValue(kind=kind, freq_hz=within_hz, gain_db=gain_db, bandwidth_oct=width)


def _within(band: EqBand) -> EqBand:
    return replace(band, gain_db=min(max(band.gain_db, -GAIN_LIMIT_DB), GAIN_LIMIT_DB))


def _moved_hz(shelf: EqBand, rate_hz: int) -> float:
    """Return where ACE EQ's shelf has to be for the middle of its slope to be where the Cookbook has it."""
    root = 10.0 ** (shelf.gain_db / 80.0)
    side = 1.0 / root if shelf.shape is EqShape.LOW_SHELF else root
    return math.atan(math.tan(math.pi * _below_nyquist(shelf, rate_hz)) * side) * rate_hz / math.pi


def _inverse_q(band: EqBand, rate_hz: int) -> float:
    """Return 1/Q of a band by the Cookbook's bandwidth."""
    w0 = 2.0 * math.pi * _below_nyquist(band, rate_hz)
    return 2.0 * math.sinh(math.log(2.0) / 2.0 * band.bandwidth_oct * w0 / math.sin(w0))


def _below_nyquist(band: EqBand, rate_hz: int) -> float:
    return min(band.freq_hz / rate_hz, 0.49)


def _width(inverse_q: float) -> float:
    """Return ACE EQ's bandwidth for a Q."""
    low, high = _WIDTH_RANGE
    return min(max(2.0 / math.log(2.0) * math.asinh(inverse_q / 2.0), low), high)
