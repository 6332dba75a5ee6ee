"""EQ Eight, Ableton Live's equaliser, by the list of parameters that its devices show, over a track's equaliser.

The order is that of public scripts that go by it (the gains of bands 1 to 4 are parameters 7, 17, 27 and 37): four of
the whole, then five of each band for channel A and five for channel B. Guessed: what is fresh, and how values are
written. Kept but without a sound: channel B (stereo mode has none), Scale and Adaptive Q. The steep cuts are as the
plain ones.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from mock_daw.dialects.ableton_laws import FREQUENCY, QUALITY
from mock_daw.dialects.equalisers import (
    SHELF_OCT,
    bell,
    change_effect,
    change_equaliser,
    effect,
    equaliser,
    octaves,
    quality,
    with_band,
    with_equaliser,
)
from mock_daw.session import Effect, EqBand, EqKind, Equaliser, Track

NAME, CLASS_NAME, AUDIO_EFFECT = "EQ Eight", "Eq8", 2
BANDS = 8
HIGHEST_GAIN_DB, HIGHEST_OUTPUT_DB, HIGHEST_SCALE = 15.0, 12.0, 2.0
FRESH = Equaliser(
    (
        EqBand(EqKind.LOW_SHELF, 100.0, 1.0, SHELF_OCT),
        bell(250.0, octaves(0.71)),
        bell(1000.0, octaves(0.71)),
        EqBand(EqKind.HIGH_SHELF, 5000.0, 1.0, SHELF_OCT),
        *(replace(bell(freq_hz, octaves(0.71)), enabled=False) for freq_hz in (1500.0, 2500.0, 6000.0, 10000.0)),
    )
)
KINDS = (
    EqKind.HIGH_PASS,
    EqKind.HIGH_PASS,
    EqKind.LOW_SHELF,
    EqKind.BELL,
    EqKind.NOTCH,
    EqKind.HIGH_SHELF,
    EqKind.LOW_PASS,
    EqKind.LOW_PASS,
)
SHOWN = {
    EqKind.HIGH_PASS: 1,
    EqKind.LOW_SHELF: 2,
    EqKind.BELL: 3,
    EqKind.NOTCH: 4,
    EqKind.HIGH_SHELF: 5,
    EqKind.LOW_PASS: 6,
}
KIND_NAMES = (
    "High Pass 48dB",
    "High Pass 12dB",
    "Low Shelf",
    "Bell",
    "Notch",
    "High Shelf",
    "Low Pass 12dB",
    "Low Pass 48dB",
)
KILOHERTZ = 1000.0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with its range; ``quantized`` ones have whole values. A value is written as ``text`` says."""

    name: str
    low: float
    high: float
    read: Callable[[Track], float]
    write: Callable[[Track, float], Track]
    text: Callable[[float], str]
    quantized: bool = False


def fitted(track: Track) -> Track:
    """Return the track with an equaliser: its own, or a fresh EQ Eight in front."""
    return with_equaliser(track, NAME, FRESH)


def _bands(track: Track) -> tuple[EqBand, ...]:
    now = equaliser(track)
    if now is None:
        return FRESH.bands
    return (*now.bands, *(_missing(number) for number in range(len(now.bands), BANDS)))


def _missing(number: int) -> EqBand:
    return replace(FRESH.bands[number], enabled=False)


def _of_band(number: int, read: Callable[[EqBand], float], write: Callable[[EqBand, float], EqBand]) -> tuple[
    Callable[[Track], float], Callable[[Track, float], Track]
]:  # fmt: skip
    def read_track(track: Track) -> float:
        return read(_bands(track)[number])

    def write_track(track: Track, value: float) -> Track:
        def changed(now: Equaliser) -> Equaliser:
            return with_band(now, number, lambda band: write(band, value), _missing)

        return change_equaliser(fitted(track), changed)

    return read_track, write_track


def _db(gain_linear: float) -> float:
    return 20.0 * math.log10(gain_linear) if gain_linear > 0.0 else -math.inf


def _held_db(gain_linear: float, highest_db: float) -> float:
    return min(max(_db(gain_linear), -highest_db), highest_db)


def _linear(db: float) -> float:
    return math.pow(10.0, db / 20.0)


def _frequency_text(along: float) -> str:
    freq_hz = FREQUENCY.value(along)
    return f"{freq_hz:.1f} Hz" if freq_hz < KILOHERTZ else f"{freq_hz / KILOHERTZ:.2f} kHz"


def _switch_text(value: float) -> str:
    return "On" if value else "Off"


def _decibel_text(value: float) -> str:
    return f"{value:.1f} dB"


def _band_parameters(number: int) -> list[Parameter]:
    n = number + 1
    channel_a = [
        Parameter(
            f"{n} Filter On A",
            0.0,
            1.0,
            *_of_band(number, lambda band: float(band.enabled), lambda band, v: replace(band, enabled=v > 0.0)),
            _switch_text,
            quantized=True,
        ),
        Parameter(
            f"{n} Filter Type A",
            0.0,
            len(KINDS) - 1.0,
            *_of_band(
                number,
                lambda band: float(SHOWN.get(band.kind, SHOWN[EqKind.BELL])),
                lambda band, v: replace(band, kind=KINDS[int(v)]),
            ),
            lambda value: KIND_NAMES[int(value)],
            quantized=True,
        ),
        Parameter(
            f"{n} Frequency A",
            0.0,
            1.0,
            *_of_band(
                number,
                lambda band: FREQUENCY.along(band.freq_hz),
                lambda band, v: replace(band, freq_hz=FREQUENCY.value(v)),
            ),
            _frequency_text,
        ),
        Parameter(
            f"{n} Gain A",
            -HIGHEST_GAIN_DB,
            HIGHEST_GAIN_DB,
            *_of_band(
                number,
                lambda band: _held_db(band.gain_linear, HIGHEST_GAIN_DB),
                lambda band, v: replace(band, gain_linear=_linear(v)),
            ),
            _decibel_text,
        ),
        Parameter(
            f"{n} Resonance A",
            0.0,
            1.0,
            *_of_band(
                number,
                lambda band: QUALITY.along(quality(band.bandwidth_oct)),
                lambda band, v: replace(band, bandwidth_oct=octaves(QUALITY.value(v))),
            ),
            lambda value: f"{QUALITY.value(value):.2f}",
        ),
    ]
    return [*channel_a, *(_idle(parameter) for parameter in channel_a)]


def _idle(parameter: Parameter) -> Parameter:
    """Return the same parameter of channel B, which stays as it is."""
    fresh = parameter.read(Track(""))
    return replace(
        parameter, name=f"{parameter.name[:-1]}B", read=lambda _track: fresh, write=lambda track, _value: track
    )


def _unheard(
    name: str, low: float, high: float, fresh: float, text: Callable[[float], str], *, quantized: bool
) -> Parameter:
    def read(track: Track) -> float:
        found = effect(track)
        return fresh if found is None else dict(found.unheard).get(name, fresh)

    def write(track: Track, value: float) -> Track:
        def changed(now: Effect) -> Effect:
            return replace(now, unheard=tuple(sorted({**dict(now.unheard), name: value}.items())))

        return change_effect(fitted(track), changed)

    return Parameter(name, low, high, read, write, text, quantized)


def _device_on() -> Parameter:
    def read(track: Track) -> float:
        found = effect(track)
        return float(found is None or found.enabled)

    def write(track: Track, value: float) -> Track:
        return change_effect(fitted(track), lambda now: replace(now, enabled=value > 0.0))

    return Parameter("Device On", 0.0, 1.0, read, write, _switch_text, quantized=True)


def _output_gain() -> Parameter:
    def read(track: Track) -> float:
        now = equaliser(track)
        return 0.0 if now is None else _held_db(now.gain_linear, HIGHEST_OUTPUT_DB)

    def write(track: Track, value: float) -> Track:
        return change_equaliser(fitted(track), lambda now: replace(now, gain_linear=_linear(value)))

    return Parameter("Output Gain", -HIGHEST_OUTPUT_DB, HIGHEST_OUTPUT_DB, read, write, _decibel_text)


PARAMETERS: tuple[Parameter, ...] = (
    _device_on(),
    _output_gain(),
    _unheard("Scale", -HIGHEST_SCALE, HIGHEST_SCALE, 1.0, lambda value: f"{100.0 * value:.0f} %", quantized=False),
    _unheard("Adaptive Q", 0.0, 1.0, 1.0, _switch_text, quantized=True),
    *(parameter for number in range(BANDS) for parameter in _band_parameters(number)),
)
