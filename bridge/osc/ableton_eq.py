"""Live's EQ Eight: its parameters as bands, and a strip's EQ laid out on it. Pure.

Found by name, since their order is not documented. What their values mean was looked up in public Live scripts and
their logs, and is checked against the texts that Live itself tells; an EQ whose texts say otherwise is left alone:

- frequency: 0 to 1 is 10 Hz to 22 kHz, logarithmic (0.143 is shown as 30.0 Hz, 0.389 as 200 Hz);
- gain: in dB, from -15 to 15; Q: 0 to 1 is 0.1 to 18, logarithmic (0.376, the default, is shown as 0.71);
- type: 0 to 7 for high pass 48 and 12, low shelf, bell, notch, high shelf, low pass 12 and 48.

With "Adaptive Q" a bell gets narrower with its gain, so it is switched off. How EQ Eight's filters are built is not
published: Q is taken to be the Audio EQ Cookbook's. Its mode (stereo, L/R, M/S) is not told over OSC.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.session import FLAT_EQ, EqBand, EqShape, Strip
from bridge.changes import BandValue, same
from bridge.desk import Bands
from bridge.osc.shown import number_in

CLASS = "Eq8"
NAME = "EQ Eight"
GAIN_LIMIT_DB = 15.0
GLOBAL = -1
"""The kind of the last of the bands, which is none: its scale as Hz, the output gain, Adaptive Q as bandwidth."""

LOW_SHELF, BELL, HIGH_SHELF = 2, 3, 5
BAND_COUNT = 8
_GAINED = frozenset({LOW_SHELF, BELL, HIGH_SHELF})
_KINDS = {EqShape.LOW_SHELF: LOW_SHELF, EqShape.BELL: BELL, EqShape.HIGH_SHELF: HIGH_SHELF}
_FREQ_RANGE_HZ, _Q_RANGE = (10.0, 22_000.0), (0.1, 18.0)
_FLAT_DB = 0.005
_OURS_GLOBAL = BandValue(kind=GLOBAL, freq_hz=1.0, gain_db=0.0, bandwidth_oct=0.0)

# How far a text may be from what its value means: it has two or three digits.
_TEXT_SHARE, _TEXT_Q, _TEXT_DB = 0.02, 0.02, 0.06

SWITCH, TYPE, FREQ, GAIN, Q = "Filter On A", "Filter Type A", "Frequency A", "Gain A", "Q A"
_OLD_Q = "Resonance A"
DEVICE_ON, SCALE, OUTPUT, ADAPTIVE = "Device On", "Scale", "Output Gain", "Adaptive Q"
_RANGES = {SWITCH: (0.0, 1.0), TYPE: (0.0, 7.0), FREQ: (0.0, 1.0), GAIN: (-GAIN_LIMIT_DB, GAIN_LIMIT_DB), Q: (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Slots:
    """The numbers of the parameters, by band (from 1, 0 for those of the whole) and name."""

    numbers: Mapping[tuple[int, str], int]

    @property
    def shown(self) -> tuple[int, ...]:
        """The numbers of those whose texts are looked at: of the bands that a strip of ours needs."""
        return tuple(self.numbers[n, name] for n in range(1, len(FLAT_EQ) + 1) for name in (FREQ, GAIN, Q))


def slots(names: Sequence[str], lowest: Sequence[float], highest: Sequence[float]) -> Slots | None:
    """Return where the parameters are; None where one is not there, or has another range than is known here."""
    places = {name: place for place, name in enumerate(names)}
    numbers: dict[tuple[int, str], int] = {}
    for name in (DEVICE_ON, SCALE, OUTPUT, ADAPTIVE):
        if name not in places:
            return None
        numbers[0, name] = places[name]
    for band in range(1, BAND_COUNT + 1):
        for name, range_ in _RANGES.items():
            number = places.get(f"{band} {name}", places.get(f"{band} {_OLD_Q}") if name == Q else None)
            if number is None or number >= min(len(lowest), len(highest)):
                return None
            if not _is_near((lowest[number], highest[number]), range_):
                return None
            numbers[band, name] = number
    return Slots(numbers)


def bands(slots: Slots, values: Sequence[float]) -> Bands | None:
    """Return the parameters as bands, and those of the whole behind them; None where it is off."""
    numbers = slots.numbers
    if max(numbers.values()) >= len(values) or values[numbers[0, DEVICE_ON]] < 0.5:
        return None
    eight = (
        BandValue(
            kind=round(values[numbers[n, TYPE]]),
            freq_hz=freq_hz(values[numbers[n, FREQ]]),
            gain_db=values[numbers[n, GAIN]],
            bandwidth_oct=q(values[numbers[n, Q]]),
            enabled=values[numbers[n, SWITCH]] > 0.5,
        )
        for n in range(1, BAND_COUNT + 1)
    )
    whole = (values[numbers[0, name]] for name in (SCALE, OUTPUT, ADAPTIVE))
    scale, output_db, adaptive = whole
    return (*eight, BandValue(kind=GLOBAL, freq_hz=scale, gain_db=output_db, bandwidth_oct=adaptive))


def parameters(slots: Slots, wanted: Bands) -> Iterator[tuple[int, float]]:
    """Yield the number and value of each parameter that the bands set."""
    *eight, whole = wanted
    for n, band in enumerate(eight, 1):
        yield slots.numbers[n, TYPE], float(band.kind)
        yield slots.numbers[n, FREQ], freq_place(band.freq_hz)
        yield slots.numbers[n, GAIN], band.gain_db
        yield slots.numbers[n, Q], q_place(band.bandwidth_oct)
        yield slots.numbers[n, SWITCH], float(band.enabled)
    yield slots.numbers[0, SCALE], whole.freq_hz
    yield slots.numbers[0, OUTPUT], whole.gain_db
    yield slots.numbers[0, ADAPTIVE], whole.bandwidth_oct


def is_shown(slots: Slots, bands: Bands, texts: Mapping[int, str]) -> bool:
    """Tell whether Live's own texts, by the parameter's number, say what the bands do."""
    for n in range(1, len(FLAT_EQ) + 1):
        band = bands[n - 1]
        shown = [number_in(texts.get(slots.numbers[n, name], "")) for name in (FREQ, GAIN, Q)]
        if not _says(shown[0], band.freq_hz, _TEXT_SHARE * band.freq_hz):
            return False
        if not _says(shown[1], band.gain_db, _TEXT_DB):
            return False
        if not _says(shown[2], band.bandwidth_oct, max(_TEXT_Q, _TEXT_SHARE * band.bandwidth_oct)):
            return False
    return True


def freq_hz(place: float) -> float:
    """Return the frequency of a value in [0, 1], in Hz."""
    return _logarithmic(place, _FREQ_RANGE_HZ)


def freq_place(freq_hz: float) -> float:
    """Return the value in [0, 1] of a frequency in Hz."""
    return _place(freq_hz, _FREQ_RANGE_HZ)


def q(place: float) -> float:
    """Return the Q of a value in [0, 1]."""
    return _logarithmic(place, _Q_RANGE)


def q_place(q: float) -> float:
    """Return the value in [0, 1] of a Q."""
    return _place(q, _Q_RANGE)


class EqEight:
    """A ``bridge.desk.EqLaw``. One is ours that does nothing, or whose every band is as we lay it out."""

    wanted = f"a flat {NAME}, switched on, with values as they are known here,"

    def bands(self, strip: Strip, rate_hz: int) -> Bands:
        """Return a strip's EQ in EQ Eight's parameters: the first four bands, the others off."""
        ours = tuple(_band(band, rate_hz) for band in strip.eq)
        idle = BandValue(kind=BELL, freq_hz=1000.0, gain_db=0.0, bandwidth_oct=1.0, enabled=False)
        return (*ours, *(idle for _ in range(BAND_COUNT - len(ours))), _OURS_GLOBAL)

    def eq(self, bands: Bands, rate_hz: int) -> tuple[EqBand, ...] | None:
        """Return a strip's bands from EQ Eight's parameters, None where they are not as we lay them out."""
        *eight, whole = bands
        if abs(whole.gain_db) < _FLAT_DB and all(map(_is_idle, eight)):
            return FLAT_EQ
        eq = tuple(
            EqBand(flat.shape, flat.freq_hz, max(-GAIN_LIMIT_DB, min(band.gain_db, GAIN_LIMIT_DB)), flat.bandwidth_oct)
            for flat, band in zip(FLAT_EQ, eight, strict=False)
        )
        return eq if same(self.bands(Strip(eq=eq), rate_hz), bands) else None


def _band(band: EqBand, rate_hz: int) -> BandValue:
    w0 = 2.0 * math.pi * min(band.freq_hz / rate_hz, 0.49)
    cookbook = 0.5 / math.sinh(math.log(2.0) / 2.0 * band.bandwidth_oct * w0 / math.sin(w0))
    (low_hz, high_hz), (low_q, high_q) = _FREQ_RANGE_HZ, _Q_RANGE
    return BandValue(
        kind=_KINDS[band.shape],
        freq_hz=min(max(band.freq_hz, low_hz), high_hz),
        gain_db=min(max(band.gain_db, -GAIN_LIMIT_DB), GAIN_LIMIT_DB),
        bandwidth_oct=min(max(cookbook, low_q), high_q),
    )


def _is_idle(band: BandValue) -> bool:
    return not band.enabled or (band.kind in _GAINED and abs(band.gain_db) < _FLAT_DB)


def _logarithmic(place: float, range_: tuple[float, float]) -> float:
    low, high = range_
    return float(low * (high / low) ** min(max(place, 0.0), 1.0))


def _place(value: float, range_: tuple[float, float]) -> float:
    low, high = range_
    return math.log(min(max(value, low), high) / low) / math.log(high / low)


def _is_near(found: tuple[float, float], known: tuple[float, float]) -> bool:
    return all(abs(one - other) < 1e-3 for one, other in zip(found, known, strict=True))


def _says(shown: float | None, meant: float, by: float) -> bool:
    return shown is not None and abs(shown - meant) <= by
