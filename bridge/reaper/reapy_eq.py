"""ReaEQ through ReaScript: its bands read and set by kind, in Hz, dB and octaves.

A raw gain is linear (2 is +6.02 dB), a normalised one half of it up to 0 dB and ``0.5 + (gain - 1) / 6`` above
(csurf_osc.cpp); a raw frequency is in Hz, a raw width in octaves. None of that is in REAPER's documentation, so every
value is held against the text that ReaEQ itself shows, and found by halving the normalised range where it differs.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.reaper.reascript import Reascript, ReascriptError
from bridge.reaper.survey import SurveyBand

FREQ, GAIN, WIDTH = 0, 1, 2
GAIN_KINDS = frozenset({1, 2, 4})
"""Low shelf, band, high shelf; a pass filter and a notch have no gain."""
SILENCE_DB = -150.0
_TEXT_BYTES = 256
_HALVINGS = 24
_SHOWN = re.compile(r"([-+]?)(\d+(?:[.,]\d+)?|inf)\s*(k?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slot:
    """An effect in its chain."""

    track: str
    place: int


@dataclass(slots=True)
class _Band:
    kind: int
    index: int
    params: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Parameter number and normalised value by what it is."""


def band(told: Mapping[str, Any]) -> SurveyBand:
    """Return a band from what ``bridge.reaper.reapy_inside`` tells of it."""
    exact = {what: value for what, value, _ in told["params"]}
    texts = {what: shown(text) or 0.0 for what, _, text in told["params"]}
    gain = texts.get(GAIN, 0.0)
    exact_db = gain_db(exact[GAIN]) if GAIN in exact else gain
    return SurveyBand(
        kind=told["kind"],
        freq_hz=texts.get(FREQ, 0.0),
        gain_db=exact_db if abs(exact_db - gain) <= tolerance(GAIN, gain) else gain,
        bandwidth_oct=texts.get(WIDTH, 0.0),
        enabled=told["enabled"],
    )


def fits(reascript: Reascript, slot: Slot, wanted: Sequence[SurveyBand]) -> bool:
    """Return whether a ReaEQ has a band for each of the wanted ones."""
    places = {(band.kind, band.index) for band in _layout(reascript, slot)}
    return all((band.kind, index) in places for band, index in _indexed(wanted))


def set_bands(reascript: Reascript, slot: Slot, wanted: Sequence[SurveyBand]) -> None:
    """Set the wanted bands and switch off what else there is. Raises ``ReascriptError`` where a value does not hold."""
    layout = {(band.kind, band.index): band for band in _layout(reascript, slot)}
    for band, index in _indexed(wanted):
        place = layout.pop((band.kind, index))
        _set(reascript, slot, place, FREQ, band.freq_hz, band.freq_hz)
        if band.kind in GAIN_KINDS:
            _set(reascript, slot, place, GAIN, band.gain_db, 10.0 ** (band.gain_db / 20.0))
        _set(reascript, slot, place, WIDTH, band.bandwidth_oct, band.bandwidth_oct)
        _enable(reascript, slot, place, enabled=band.enabled)
    for place in layout.values():
        _enable(reascript, slot, place, enabled=False)


def shown(text: str) -> float | None:
    """Read a number as ReaEQ shows it: "350.0", "-inf", "1.2k"; None where it is none."""
    found = _SHOWN.search(text)
    if found is None:
        return None
    sign, number, kilo = found.groups()
    value = SILENCE_DB * -1.0 if number.lower() == "inf" else float(number.replace(",", "."))
    return (-value if sign == "-" else value) * (1000.0 if kilo else 1.0)


def gain_db(normalised: float) -> float:
    """Return the gain in dB of ReaEQ's normalised gain."""
    gain = normalised * 2.0 if normalised <= 0.5 else 1.0 + (normalised - 0.5) * 6.0
    return 20.0 * math.log10(gain) if gain > 0.0 else SILENCE_DB


def tolerance(what: int, value: float) -> float:
    """Return how far a shown value may be from a true one: ReaEQ shows a decimal of dB and Hz, two of octaves."""
    return {FREQ: max(0.06, 0.001 * value), GAIN: 0.06, WIDTH: 0.006}[what]


def _layout(reascript: Reascript, slot: Slot) -> list[_Band]:
    found: dict[tuple[int, int], _Band] = {}
    for param in range(int(reascript.call("TrackFX_GetNumParams", slot.track, slot.place))):
        answer = reascript.call("TrackFX_GetEQParam", slot.track, slot.place, param, 0, 0, 0, 0.0)
        if not answer[0]:
            continue
        kind, index, what, value = (*(int(number) for number in answer[-4:-1]), float(answer[-1]))
        if kind >= 0 and what in (FREQ, GAIN, WIDTH):
            found.setdefault((kind, index), _Band(kind, index)).params[what] = (param, value)
    return list(found.values())


def _indexed(wanted: Sequence[SurveyBand]) -> Iterator[tuple[SurveyBand, int]]:
    for place, band in enumerate(wanted):
        yield band, sum(other.kind == band.kind for other in wanted[:place])


def _text(reascript: Reascript, slot: Slot, band: _Band, what: int) -> float | None:
    if what not in band.params:
        return None
    name, param = "TrackFX_GetFormattedParamValue", band.params[what][0]
    return shown(str(reascript.out(name, slot.track, slot.place, param, "", _TEXT_BYTES, at=3)))


def _enable(reascript: Reascript, slot: Slot, band: _Band, *, enabled: bool) -> None:
    reascript.call("TrackFX_SetEQBandEnabled", slot.track, slot.place, band.kind, band.index, enabled)


def _set(reascript: Reascript, slot: Slot, band: _Band, what: int, wanted: float, raw: float) -> None:
    def put(value: float, *, normalised: bool) -> float | None:
        args = (slot.track, slot.place, band.kind, band.index, what, value, normalised)
        reascript.call("TrackFX_SetEQParam", *args)
        return _text(reascript, slot, band, what)

    near = tolerance(what, wanted)
    now = put(raw, normalised=False)
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        if now is not None and abs(now - wanted) <= near:
            return
        middle = (low + high) / 2.0
        now = put(middle, normalised=True)
        if now is not None and now > wanted:
            high = middle
        else:
            low = middle
    raise ReascriptError(f"ReaEQ shows {now} where {wanted:g} was set")
