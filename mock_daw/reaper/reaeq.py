"""The parameters of ReaEQ: by band type as REAPER's ``TrackFX_SetEQParam`` names them, and as the plug-in's flat list.

A band is named by its type and its place among the bands of that type, from 0. Raw values are Hz, a linear gain, and a
bandwidth in octaves; each has a normal form in [0, 1].

What is known, and how well:

- Frequency: ``Hz = 20 + 23980 · (401^x − 1) / 400``, measured by several ReaScripts (forum thread 196829, and tables of
  ``TrackFX_GetFormattedParamValue`` that agree within their rounding).
- Gain: the flat parameter runs from 0 to 1 and is gain / 4, unity at 0.25 (a fresh instance reports that). Its normal
  form goes through REAPER's scaling by low, middle and high value with unity in the middle: g / 2 up to 1, then
  0.5 + (g − 1) / 6. Published tables of measured values agree. Raw gains above 4 are taken too (8 reads as +18.06 dB).
- Bandwidth: octaves / 4 (0.8 reads 0.2, 2.0 reads 0.5, 1.18 reads 0.295), not below 0.01: the lower end is a guess.
- Global gain: 0 to 4, unity at 1, which a fresh instance reports; that unity is its middle value is a guess.
- Names: "Freq-Low Shelf", "Gain-Band 2", "BW-High Pass 5", "Global Gain" in REAPER 7. The number of a first band that
  is no low shelf, and the names of the rarer types, are guesses. REAPER adds Bypass, Wet and Delta to every effect:
  they belong to the effect and are not in this list.
- The texts carry no unit, since scripts read them with ``tonumber``; how many digits they have is a guess.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from types import MappingProxyType

from mock_daw.reaper.scales import SILENCE, clamp, gain_db
from mock_daw.session import EqBand, EqKind, Equaliser

LOWEST_HZ, HIGHEST_HZ = 20.0, 24000.0
NARROWEST_OCT, WIDEST_OCT = 0.01, 4.0
LOUDEST_GAIN = 16.0
_PER_BAND = 3


class BandType(IntEnum):
    """REAPER's numbers for the types of ReaEQ's bands; −1 stands for the global gain."""

    MASTER_GAIN = -1
    HIGH_PASS = 0
    LOW_SHELF = 1
    BAND = 2
    NOTCH = 3
    HIGH_SHELF = 4
    LOW_PASS = 5
    BAND_PASS = 6


class BandParam(IntEnum):
    """REAPER's numbers for the parameters of a band; Q is a bandwidth in octaves."""

    FREQ = 0
    GAIN = 1
    Q = 2


@dataclass(frozen=True, slots=True)
class FlatParameter:
    """A parameter as the plug-in shows it: ``value`` in [low, high] as ``TrackFX_GetParamEx`` reports, and its text."""

    name: str
    value: float
    low: float
    mid: float
    high: float
    text: str

    @property
    def normalised(self) -> float:
        """The value in [0, 1], with ``mid`` at a half."""
        return _normalised(self.value, self.low, self.mid, self.high)


@dataclass(frozen=True, slots=True)
class _Law:
    """How one parameter is kept, shown and scaled: raw ↔ flat, and the flat range."""

    name: str
    attribute: str
    flat: Callable[[float], float]
    raw: Callable[[float], float]
    text: Callable[[float], str]
    raw_low: float
    raw_high: float
    low: float = 0.0
    mid: float = 0.5
    high: float = 1.0


def _freq_flat(freq_hz: float) -> float:
    return math.log(1.0 + 400.0 * (max(freq_hz, LOWEST_HZ) - LOWEST_HZ) / (HIGHEST_HZ - LOWEST_HZ)) / math.log(401.0)


def _freq_raw(flat: float) -> float:
    return LOWEST_HZ + (HIGHEST_HZ - LOWEST_HZ) * (math.pow(401.0, flat) - 1.0) / 400.0


def _gain_text(linear: float) -> str:
    return f"{gain_db(linear):.1f}" if linear >= SILENCE else "-inf"


_LAWS = MappingProxyType(
    {
        BandParam.FREQ: _Law("Freq", "freq_hz", _freq_flat, _freq_raw, "{:.1f}".format, LOWEST_HZ, HIGHEST_HZ),
        BandParam.GAIN: _Law(
            "Gain", "gain_linear", lambda g: g / 4.0, lambda x: x * 4.0, _gain_text, 0.0, LOUDEST_GAIN, mid=0.25
        ),
        BandParam.Q: _Law(
            "BW", "bandwidth_oct", lambda o: o / 4.0, lambda x: x * 4.0, "{:.2f}".format, NARROWEST_OCT, WIDEST_OCT
        ),
    }
)
_GLOBAL = _Law("Global Gain", "gain_linear", lambda g: g, lambda x: x, _gain_text, 0.0, LOUDEST_GAIN, 0.0, 1.0, 4.0)
_TYPES = MappingProxyType(
    {
        EqKind.HIGH_PASS: (BandType.HIGH_PASS, "High Pass"),
        EqKind.LOW_SHELF: (BandType.LOW_SHELF, "Low Shelf"),
        EqKind.BELL: (BandType.BAND, "Band"),
        EqKind.NOTCH: (BandType.NOTCH, "Notch"),
        EqKind.HIGH_SHELF: (BandType.HIGH_SHELF, "High Shelf"),
        EqKind.LOW_PASS: (BandType.LOW_PASS, "Low Pass"),
        EqKind.BAND_PASS: (BandType.BAND_PASS, "Band Pass"),
        EqKind.ALL_PASS: (None, "All Pass"),
    }
)


def find(eq: Equaliser, bandtype: int, bandidx: int) -> int | None:
    """Return the place of the band of that type, counted among its type; None where there is no such band."""
    places = [place for place, band in enumerate(eq.bands) if _TYPES[band.kind][0] == bandtype]
    return places[bandidx] if 0 <= bandidx < len(places) else None


def value(eq: Equaliser, bandtype: int, bandidx: int, param: int) -> float | None:
    """Return a raw value: Hz, linear gain or octaves; None where there is no such band or parameter."""
    target = _target(eq, bandtype, bandidx, param)
    return None if target is None else _read(eq, *target)


def normalised(eq: Equaliser, bandtype: int, bandidx: int, param: int) -> float | None:
    """Return a value in its normal form, in [0, 1]; None where there is no such band or parameter."""
    target = _target(eq, bandtype, bandidx, param)
    return None if target is None else _flat(eq, *target).normalised


def text(eq: Equaliser, bandtype: int, bandidx: int, param: int) -> str:
    """Return a value as the plug-in writes it: "250.0", "-3.0", "2.00"; empty where there is no such band."""
    target = _target(eq, bandtype, bandidx, param)
    return "" if target is None else _flat(eq, *target).text


def with_value(
    eq: Equaliser, bandtype: int, bandidx: int, param: int, value: float, *, is_normalised: bool
) -> Equaliser | None:
    """Return the equaliser with another value, held in its range; None where there is no such band or parameter."""
    target = _target(eq, bandtype, bandidx, param)
    if target is None:
        return None
    place, law = target
    return _write(eq, place, law, law.raw(_flat_value(law, value)) if is_normalised else value)


def enabled(eq: Equaliser, bandtype: int, bandidx: int) -> bool:
    """Whether a band is there and switched on."""
    place = find(eq, bandtype, bandidx)
    return place is not None and eq.bands[place].enabled


def with_enabled(eq: Equaliser, bandtype: int, bandidx: int, on: bool) -> Equaliser | None:
    """Return the equaliser with a band switched on or off; None where there is no such band."""
    place = find(eq, bandtype, bandidx)
    return None if place is None else _with_band(eq, place, replace(eq.bands[place], enabled=on))


def parameters(eq: Equaliser) -> tuple[FlatParameter, ...]:
    """Return the plug-in's own parameters in order: frequency, gain and width of each band, then the global gain."""
    return tuple(_flat(eq, *_at(eq, index)) for index in range(_PER_BAND * len(eq.bands) + 1))


def with_parameter(eq: Equaliser, index: int, normalised: float) -> Equaliser:
    """Return the equaliser with a flat parameter set in its normal form. Raises ``IndexError``."""
    place, law = _at(eq, index)
    return _write(eq, place, law, law.raw(_flat_value(law, normalised)))


def with_parameter_value(eq: Equaliser, index: int, value: float) -> Equaliser:
    """Return the equaliser with a flat parameter set in [low, high] (``TrackFX_SetParam``). Raises ``IndexError``."""
    place, law = _at(eq, index)
    return _write(eq, place, law, law.raw(clamp(value, law.low, law.high)))


def locate(eq: Equaliser, index: int) -> tuple[int, int, int] | None:
    """Return (band type, place among its type, parameter) of a flat parameter (``TrackFX_GetEQParam``), or None."""
    if not 0 <= index <= _PER_BAND * len(eq.bands):
        return None
    place, param = divmod(index, _PER_BAND)
    if place == len(eq.bands):
        return BandType.MASTER_GAIN, 0, BandParam.GAIN
    kind = eq.bands[place].kind
    bandtype = _TYPES[kind][0]
    if bandtype is None:
        return None
    return bandtype, sum(band.kind is kind for band in eq.bands[:place]), param


def _target(eq: Equaliser, bandtype: int, bandidx: int, param: int) -> tuple[int | None, _Law] | None:
    if bandtype == BandType.MASTER_GAIN:
        return None, _GLOBAL
    place = find(eq, bandtype, bandidx)
    if place is None or param not in _LAWS:
        return None
    return place, _LAWS[BandParam(param)]


def _at(eq: Equaliser, index: int) -> tuple[int | None, _Law]:
    if not 0 <= index <= _PER_BAND * len(eq.bands):
        raise IndexError(index)
    place, param = divmod(index, _PER_BAND)
    return (None, _GLOBAL) if place == len(eq.bands) else (place, _LAWS[BandParam(param)])


def _read(eq: Equaliser, place: int | None, law: _Law) -> float:
    raw: float = getattr(eq if place is None else eq.bands[place], law.attribute)
    return raw


def _write(eq: Equaliser, place: int | None, law: _Law, raw: float) -> Equaliser:
    held = clamp(raw, law.raw_low, law.raw_high)
    if place is None:
        return replace(eq, gain_linear=held)
    changed: EqBand = replace(eq.bands[place], **{law.attribute: held})  # type: ignore[arg-type]  # a number each
    return _with_band(eq, place, changed)


def _with_band(eq: Equaliser, place: int, band: EqBand) -> Equaliser:
    return replace(eq, bands=(*eq.bands[:place], band, *eq.bands[place + 1 :]))


def _flat(eq: Equaliser, place: int | None, law: _Law) -> FlatParameter:
    raw = _read(eq, place, law)
    name = law.name if place is None else f"{law.name}-{_band_name(eq, place)}"
    return FlatParameter(name, clamp(law.flat(raw), law.low, law.high), law.low, law.mid, law.high, law.text(raw))


def _band_name(eq: Equaliser, place: int) -> str:
    kind = eq.bands[place].kind
    name = _TYPES[kind][1]
    return name if place == 0 and kind is EqKind.LOW_SHELF else f"{name} {place + 1}"


def _flat_value(law: _Law, normal: float) -> float:
    """Return the flat value of a normal form: a straight line on each side of the middle."""
    held = clamp(normal, 0.0, 1.0)
    if held <= 0.5:
        return law.low + (law.mid - law.low) * 2.0 * held
    return law.mid + (law.high - law.mid) * 2.0 * (held - 0.5)


def _normalised(value: float, low: float, mid: float, high: float) -> float:
    if value <= mid:
        return clamp((value - low) / (mid - low) / 2.0, 0.0, 0.5)
    return clamp(0.5 + (value - mid) / (high - mid) / 2.0, 0.5, 1.0)
