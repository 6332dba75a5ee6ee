"""EQ+, Bitwig's equaliser, as DrivenByMoss shows it of the cursor track: eight bands, each with type, gain, freq and q.

The names of the types are the source's (``EqualizerBandType.java``). A band that is off is one without a type; a fresh
EQ+ has all bands off.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from mock_daw.dialects.bitwig_laws import FREQUENCY, GAIN_DB, QUALITY
from mock_daw.dialects.equalisers import (
    bell,
    change_equaliser,
    effect,
    octaves,
    quality,
    with_band,
    with_equaliser,
)
from mock_daw.session import EqBand, EqKind, Equaliser, Track

NAME = "EQ+"
BANDS = 8
KINDS: Mapping[str, EqKind] = MappingProxyType(
    {
        "lowcut": EqKind.HIGH_PASS,
        "lowshelf": EqKind.LOW_SHELF,
        "bell": EqKind.BELL,
        "highcut": EqKind.LOW_PASS,
        "highshelf": EqKind.HIGH_SHELF,
        "notch": EqKind.NOTCH,
    }
)
NAMES: Mapping[EqKind, str] = MappingProxyType({kind: name for name, kind in KINDS.items()})
OFF = "off"
FRESH_QUALITY = 0.71
FRESH = Equaliser(
    tuple(
        replace(bell(freq_hz, octaves(FRESH_QUALITY)), enabled=False)
        for freq_hz in (50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0)
    )
)


@dataclass(frozen=True, slots=True)
class Knob:
    """What can be turned of a band, as a number in [0, 1]."""

    read: Callable[[EqBand], float]
    write: Callable[[EqBand, float], EqBand]
    text: Callable[[EqBand], str]


def _db(gain_linear: float) -> float:
    return 20.0 * math.log10(gain_linear) if gain_linear > 0.0 else GAIN_DB.start


KNOBS: Mapping[str, Knob] = MappingProxyType(
    {
        "gain": Knob(
            lambda band: GAIN_DB.along(_db(band.gain_linear)),
            lambda band, along: replace(band, gain_linear=10.0 ** (GAIN_DB.value(along) / 20.0)),
            lambda band: f"{_db(band.gain_linear):+.1f} dB",
        ),
        "freq": Knob(
            lambda band: FREQUENCY.along(band.freq_hz),
            lambda band, along: replace(band, freq_hz=FREQUENCY.value(along)),
            lambda band: f"{band.freq_hz:.1f} Hz" if band.freq_hz < 1000.0 else f"{band.freq_hz / 1000.0:.2f} kHz",
        ),
        "q": Knob(
            lambda band: QUALITY.along(quality(band.bandwidth_oct)),
            lambda band, along: replace(band, bandwidth_oct=octaves(QUALITY.value(along))),
            lambda band: f"{quality(band.bandwidth_oct):.2f}",
        ),
    }
)


def added(track: Track) -> Track:
    """Return the track with an EQ+."""
    return with_equaliser(track, NAME, FRESH)


def bands(track: Track | None) -> tuple[EqBand, ...]:
    """Return the eight bands that are shown of a track; without an equaliser those of a fresh one."""
    found = None if track is None else effect(track)
    shown = () if found is None or found.equaliser is None else found.equaliser.bands[:BANDS]
    return (*shown, *FRESH.bands[len(shown) :])


def type_name(band: EqBand) -> str:
    """Return a band's type."""
    return NAMES.get(band.kind, OFF) if band.enabled else OFF


def with_type(track: Track, number: int, name: str) -> Track:
    """Return the track with the type of a band set, counted from 0; an unknown name changes nothing."""
    if name == OFF:
        return _changed(track, number, lambda band: replace(band, enabled=False))
    if name not in KINDS:
        return track
    return _changed(track, number, lambda band: replace(band, kind=KINDS[name], enabled=True))


def with_knob(track: Track, number: int, knob: str, along: float) -> Track:
    """Return the track with a knob of a band turned to a number in [0, 1]."""
    return _changed(track, number, lambda band: KNOBS[knob].write(band, along))


def knobs(track: Track | None) -> Iterator[tuple[str, int, Knob, EqBand]]:
    """Yield all knobs: their name, the band's number from 1, how they are read, and the band."""
    for number, band in enumerate(bands(track), 1):
        for name, knob in KNOBS.items():
            yield name, number, knob, band


def _changed(track: Track, number: int, change: Callable[[EqBand], EqBand]) -> Track:
    if not 0 <= number < BANDS:
        return track
    return change_equaliser(track, lambda now: with_band(now, number, change, lambda n: FRESH.bands[n]))
