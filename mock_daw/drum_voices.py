"""Drums of our own, made by calculation: what notes on General MIDI's drum channel sound like here.

A key of General MIDI 1's percussion map has one voice, the same at every rate and in every run. A stroke is a one-shot:
how long its note lasts does not matter. A hi-hat that is hit or closed chokes one that rings on. The level goes with
the square of the velocity, as in the Downloadable Sounds specification (level 1, 40 dB log10 of velocity / 127).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
_Wave = NDArray[np.float64]

CHANNEL = 9
"""General MIDI's drum channel, counted from 0: what people call channel 10."""
CLOSED_HAT, PEDAL_HAT, OPEN_HAT = 42, 44, 46
HATS = frozenset({CLOSED_HAT, PEDAL_HAT, OPEN_HAT})
CHOKE_S = 0.008
LONGEST_S = 2.5
# Where the partials of struck metal lie, in Hz: inharmonic, so that no pitch is heard.
_METAL_HZ = (2051.0, 3043.0, 3697.0, 5227.0, 5399.0, 8003.0, 9721.0, 11_213.0)
_SEED = 1000


class Stroke(NamedTuple):
    """A drum is hit: when, in seconds, the key of General MIDI's percussion map, the velocity from 1 to 127."""

    time_s: float
    pitch: int
    velocity: int


class DrumPart:
    """Strokes that sound. Owns the voices as waves at its rate; what is read does not depend on how it is asked for."""

    def __init__(self, strokes: Sequence[Stroke], rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._strokes = sorted(stroke for stroke in strokes if stroke.velocity > 0)
        self._starts = np.array([round(stroke.time_s * rate_hz) for stroke in self._strokes], np.int64)
        self._choked = _choked(self._strokes, self._starts)
        self._waves: dict[int, FloatArray] = {}

    def read(self, first: int, samples: int) -> FloatArray:
        """Return float32 (samples, 2) from a sample on."""
        audio = np.zeros((2, samples), np.float32)
        earliest = first - round(LONGEST_S * self._rate_hz)
        begin, end = np.searchsorted(self._starts, (earliest, first + samples))
        for place in range(int(begin), int(end)):
            self._add(audio, place, first)
        return np.ascontiguousarray(audio.T)

    def _add(self, audio: FloatArray, place: int, first: int) -> None:
        stroke, start = self._strokes[place], int(self._starts[place])
        wave = self._wave(stroke.pitch)
        choked = int(self._choked[place]) - start
        if choked < wave.shape[1]:
            wave = _faded(wave, choked, round(CHOKE_S * self._rate_hz))
        at, skipped = max(0, start - first), max(0, first - start)
        count = min(audio.shape[1] - at, wave.shape[1] - skipped)
        if count > 0:
            level = np.float32((stroke.velocity / 127.0) ** 2)
            audio[:, at : at + count] += level * wave[:, skipped : skipped + count]

    def _wave(self, pitch: int) -> FloatArray:
        if pitch not in self._waves:
            self._waves[pitch] = drum_voice(pitch, self._rate_hz)
        return self._waves[pitch]


def drum_voice(pitch: int, rate_hz: int) -> FloatArray:
    """Return what a key of the percussion map sounds like at full velocity, float32 (2, samples), 2.5 s at most."""
    voice = VOICES.get(pitch, _TICK)
    wave = voice.made(rate_hz, np.random.default_rng(_SEED + pitch))
    attack = min(len(wave), max(2, round(0.0004 * rate_hz)))
    wave[:attack] *= np.linspace(0.0, 1.0, attack)
    release = min(len(wave), round(0.01 * rate_hz))
    wave[len(wave) - release :] *= np.linspace(1.0, 0.0, release)
    wave *= 10.0 ** (voice.peak_dbfs / 20.0) / max(float(np.abs(wave).max()), 1e-9)
    sides = np.minimum(1.0, 1.0 + np.array([[-voice.pan], [voice.pan]]))
    return np.asarray(sides * wave, np.float32)


class _Voice(NamedTuple):
    """How a drum is made, its peak at full velocity, its place between left (-1) and right."""

    made: Callable[[int, np.random.Generator], _Wave]
    peak_dbfs: float
    pan: float = 0.0


def _drum(low_hz: float, sweep: float, ring_s: float, noise: float) -> Callable[[int, np.random.Generator], _Wave]:
    """Return a skin: a sine whose pitch falls to ``low_hz`` from ``sweep`` times that, and a click of noise."""

    def made(rate_hz: int, rng: np.random.Generator) -> _Wave:
        time_s = _times(rate_hz, 6.0 * ring_s)
        freq_hz = low_hz * (1.0 + (sweep - 1.0) * np.exp(-time_s / 0.025))
        tone = np.sin(2.0 * math.pi * np.cumsum(freq_hz) / rate_hz) * np.exp(-time_s / ring_s)
        click = _noise(rate_hz, len(time_s), 1500.0, 7000.0, rng) * np.exp(-time_s / 0.004)
        return tone + noise * click

    return made


def _snare(ring_s: float, low_hz: float = 1200.0) -> Callable[[int, np.random.Generator], _Wave]:
    """Return a snare: two modes of a skin, and wires below it that rattle."""

    def made(rate_hz: int, rng: np.random.Generator) -> _Wave:
        time_s = _times(rate_hz, 7.0 * ring_s)
        skin = sum(np.sin(2.0 * math.pi * hz * time_s) * np.exp(-time_s / 0.05) for hz in (186.0, 331.0))
        wires = _noise(rate_hz, len(time_s), low_hz, 9500.0, rng) * np.exp(-time_s / ring_s)
        return np.asarray(0.5 * skin + 1.1 * wires)

    return made


def _metal(ring_s: float, low_hz: float, ping: float = 0.0) -> Callable[[int, np.random.Generator], _Wave]:
    """Return a cymbal: inharmonic partials in noise, above ``low_hz``; with ``ping`` the stick's short tone."""

    def made(rate_hz: int, rng: np.random.Generator) -> _Wave:
        time_s = _times(rate_hz, min(LONGEST_S, 6.0 * ring_s))
        partials = (hz for hz in _METAL_HZ if low_hz <= hz < 0.45 * rate_hz)
        tones = sum((np.sin(2.0 * math.pi * hz * time_s + hz) for hz in partials), np.zeros(len(time_s)))
        wash = _noise(rate_hz, len(time_s), low_hz, 16_000.0, rng)
        struck = np.exp(-time_s / 0.012) + np.exp(-time_s / ring_s)
        bell = ping * np.sin(2.0 * math.pi * 3150.0 * time_s) * np.exp(-time_s / 0.15)
        return np.asarray((0.25 * tones + wash) * struck + bell)

    return made


def _tick(freq_hz: float, ring_s: float) -> Callable[[int, np.random.Generator], _Wave]:
    """Return a short wooden tone: sticks, blocks, and all that has no voice of its own here."""

    def made(rate_hz: int, rng: np.random.Generator) -> _Wave:
        time_s = _times(rate_hz, 8.0 * ring_s)
        tone = np.sin(2.0 * math.pi * freq_hz * time_s) + 0.4 * np.sin(2.0 * math.pi * 2.41 * freq_hz * time_s)
        click = _noise(rate_hz, len(time_s), 2000.0, 8000.0, rng) * np.exp(-time_s / 0.003)
        return np.asarray(tone * np.exp(-time_s / ring_s) + 0.5 * click)

    return made


_TICK = _Voice(_tick(1200.0, 0.02), -16.0)
_KICK, _SNARE = _Voice(_drum(48.0, 4.0, 0.11, 0.25), -3.0), _Voice(_snare(0.07), -5.0, 0.05)
_CRASH = _metal(0.55, 2500.0)

# Keys of General MIDI 1's percussion map; toms go from the audience's right to its left as they rise.
VOICES: Mapping[int, _Voice] = MappingProxyType(
    {
        35: _KICK,
        36: _KICK,
        37: _Voice(_tick(1700.0, 0.012), -10.0, 0.05),
        38: _SNARE,
        39: _Voice(_snare(0.05, 900.0), -8.0),
        40: _SNARE,
        41: _Voice(_drum(73.0, 1.7, 0.22, 0.15), -6.0, 0.4),
        CLOSED_HAT: _Voice(_metal(0.028, 5000.0), -15.0, -0.3),
        43: _Voice(_drum(87.0, 1.7, 0.2, 0.15), -6.0, 0.3),
        PEDAL_HAT: _Voice(_metal(0.04, 4000.0), -19.0, -0.3),
        45: _Voice(_drum(104.0, 1.7, 0.18, 0.15), -6.0, 0.2),
        OPEN_HAT: _Voice(_metal(0.28, 4500.0), -15.0, -0.3),
        47: _Voice(_drum(131.0, 1.6, 0.16, 0.15), -6.0, 0.0),
        48: _Voice(_drum(156.0, 1.6, 0.15, 0.15), -6.0, -0.1),
        49: _Voice(_CRASH, -10.0, -0.4),
        50: _Voice(_drum(185.0, 1.6, 0.13, 0.15), -6.0, -0.2),
        51: _Voice(_metal(0.4, 3500.0, 2.2), -15.0, 0.35),
        52: _Voice(_CRASH, -11.0, 0.4),
        53: _Voice(_metal(0.5, 3000.0, 5.0), -15.0, 0.35),
        55: _Voice(_metal(0.2, 4000.0), -12.0, -0.2),
        57: _Voice(_CRASH, -10.0, 0.4),
        59: _Voice(_metal(0.45, 3200.0, 2.0), -15.0, 0.4),
    }
)


def _times(rate_hz: int, length_s: float) -> _Wave:
    return np.arange(round(min(length_s, LONGEST_S) * rate_hz)) / rate_hz


def _noise(rate_hz: int, samples: int, low_hz: float, high_hz: float, rng: np.random.Generator) -> _Wave:
    """Return noise of RMS 1 between two frequencies, with slopes of 12 dB an octave."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    freq_hz = np.maximum(np.fft.rfftfreq(samples, 1.0 / rate_hz), 1.0)
    spectrum *= np.minimum(1.0, freq_hz / low_hz) ** 2 * np.minimum(1.0, high_hz / freq_hz) ** 2
    wave = np.fft.irfft(spectrum, samples)
    return np.asarray(wave / max(float(np.sqrt(np.mean(wave**2))), 1e-12))


def _faded(wave: FloatArray, at: int, fade: int) -> FloatArray:
    """Return a wave that fades out from a sample on."""
    ending = wave[:, : at + fade].copy()
    left = ending.shape[1] - at
    ending[:, at:] *= np.linspace(1.0, 0.0, max(fade, 1), dtype=np.float32)[:left]
    return ending


def _choked(strokes: Sequence[Stroke], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each stroke the sample at which another chokes it; beyond all samples where none does."""
    never = np.iinfo(np.int64).max
    choked = np.full(len(strokes), never, np.int64)
    following = never
    for place in range(len(strokes) - 1, -1, -1):
        if strokes[place].pitch in HATS:
            choked[place] = following
            following = starts[place]
    return choked
