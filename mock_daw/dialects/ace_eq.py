"""ACE EQ, Ardour's own, as ``/strip/plugin/descriptor`` of an Ardour 7.3 describes it, over a track's equaliser.

A low shelf, four bells with a width in octaves, a high shelf, a gain of the whole, and a switch for each and for all.
Its filters are taken to be the mock's: of ACE's source only the ranges are followed here, not the curves.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from mock_daw.dialects.equalisers import (
    SHELF_OCT,
    bell,
    change_effect,
    change_equaliser,
    effect,
    equaliser,
    with_equaliser,
)
from mock_daw.session import EqBand, EqKind, Equaliser, Track

NAME = "ACE EQ"
LOGARITHMIC, SWITCH, CONTROL = 132, 194, 128  # input control (128), and logarithmic (4), or toggled (64) in steps (2)
BELLS = 4
FRESH = Equaliser(
    (
        EqBand(EqKind.LOW_SHELF, 160.0, 1.0, SHELF_OCT),
        bell(300.0),
        bell(1000.0),
        bell(2500.0),
        bell(6000.0),
        EqBand(EqKind.HIGH_SHELF, 9000.0, 1.0, SHELF_OCT),
    )
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in its own units, with Ardour's flags and format; ``read`` and ``write`` are of the whole effect."""

    label: str
    flags: int
    low: float
    high: float
    form: str
    read: Callable[[Track], float]
    write: Callable[[Track, float], Track]


def fitted(track: Track) -> Track:
    """Return the track with an equaliser that has all bands of ACE EQ, so that they can be set."""
    track = with_equaliser(track, NAME, FRESH)
    return change_equaliser(track, lambda now: replace(now, bands=_with_all_bands(now.bands)))


def activated(track: Track) -> bool:
    """Whether the plug-in is on."""
    found = effect(track)
    return found is None or found.enabled


def with_activation(track: Track, on: bool) -> Track:
    """Return the track with the plug-in switched on or off."""
    return change_effect(fitted(track), lambda now: replace(now, enabled=on))


def with_value(track: Track, number: int, value: float) -> Track | None:
    """Return the track with a parameter set, counted from 1; None where Ardour ignores it (no such, out of range)."""
    if not 1 <= number <= len(PARAMETERS):
        return None
    parameter = PARAMETERS[number - 1]
    if not parameter.low <= value <= parameter.high:
        return None
    return parameter.write(fitted(track), value)


def reset(track: Track) -> Track:
    """Return the track with all of the plug-in's parameters as they are when it is new."""
    return change_equaliser(fitted(track), lambda _: FRESH)


def _with_all_bands(bands: tuple[EqBand, ...]) -> tuple[EqBand, ...]:
    added = list(bands)
    for slot, fresh in enumerate(FRESH.bands):
        if _place(added, slot) is None:
            added.append(fresh)
    return tuple(added)


def _place(bands: list[EqBand] | tuple[EqBand, ...], slot: int) -> int | None:
    """Return which band of an equaliser stands for one of ACE's: the first of its kind, of bells the nth."""
    kind = FRESH.bands[slot].kind
    nth = slot - 1 if kind is EqKind.BELL else 0
    places = [n for n, band in enumerate(bands) if band.kind is kind]
    return places[nth] if nth < len(places) else None


def _band(track: Track, slot: int) -> EqBand:
    now = equaliser(track)
    place = None if now is None else _place(now.bands, slot)
    return FRESH.bands[slot] if now is None or place is None else now.bands[place]


def _with_band(track: Track, slot: int, change: Callable[[EqBand], EqBand]) -> Track:
    def changed(now: Equaliser) -> Equaliser:
        place = _place(now.bands, slot)
        bands = tuple(change(band) if n == place else band for n, band in enumerate(now.bands))
        return replace(now, bands=bands)

    return change_equaliser(track, changed)


def _freq(slot: int, label: str) -> Parameter:
    def write(track: Track, value: float) -> Track:
        return _with_band(track, slot, lambda band: replace(band, freq_hz=value))

    return Parameter(label, LOGARITHMIC, 20.0, 20000.0, "%.0f Hz", lambda track: _band(track, slot).freq_hz, write)


def _gain(slot: int, label: str) -> Parameter:
    def write(track: Track, value: float) -> Track:
        return _with_band(track, slot, lambda band: replace(band, gain_linear=10.0 ** (value / 20.0)))

    def read(track: Track) -> float:
        return _db(_band(track, slot).gain_linear)

    return Parameter(label, CONTROL, -20.0, 20.0, "%4.1f dB", read, write)


def _width(slot: int, label: str) -> Parameter:
    def write(track: Track, value: float) -> Track:
        return _with_band(track, slot, lambda band: replace(band, bandwidth_oct=value))

    return Parameter(label, LOGARITHMIC, 0.1, 4.0, "", lambda track: _band(track, slot).bandwidth_oct, write)


def _switch(slot: int, label: str) -> Parameter:
    def write(track: Track, value: float) -> Track:
        return _with_band(track, slot, lambda band: replace(band, enabled=value >= 0.5))

    return Parameter(label, SWITCH, 0.0, 1.0, "", lambda track: float(_band(track, slot).enabled), write)


def _master_gain() -> Parameter:
    def write(track: Track, value: float) -> Track:
        return change_equaliser(track, lambda now: replace(now, gain_linear=10.0 ** (value / 20.0)))

    def read(track: Track) -> float:
        now = equaliser(track)
        return 0.0 if now is None else _db(now.gain_linear)

    return Parameter("Master Gain", CONTROL, -20.0, 20.0, "", read, write)


def _enable() -> Parameter:
    def write(track: Track, value: float) -> Track:
        return with_activation(track, value >= 0.5)

    return Parameter("Enable", SWITCH, 0.0, 1.0, "", lambda track: float(activated(track)), write)


def _db(gain_linear: float) -> float:
    return 20.0 * math.log10(gain_linear) if gain_linear > 0.0 else -150.0


def _bells() -> list[Parameter]:
    rows = []
    for number in range(1, BELLS + 1):
        rows += [
            _freq(number, f"Frequency {number}"),
            _gain(number, f"Gain {number}"),
            _width(number, f"Bandwidth {number}"),
        ]
    return rows


HIGH = BELLS + 1
PARAMETERS: tuple[Parameter, ...] = (
    _freq(0, "Frequency L"),
    _gain(0, "Gain L"),
    *_bells(),
    _freq(HIGH, "Frequency H"),
    _gain(HIGH, "Gain H"),
    _master_gain(),
    *(_switch(slot, f"Filter {name}") for slot, name in enumerate(("L", "1", "2", "3", "4", "H"))),
    _enable(),
)
