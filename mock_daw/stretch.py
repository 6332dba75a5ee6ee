"""Time-stretching: the same music faster or slower, at the same pitch, by Signalsmith Stretch (a phase vocoder, MIT).

The library stretches what it is given as a whole, so a stem is stretched in sections that overlap, and two are joined
where they differ least within what both have: where it is quiet, or shifted by up to 5 ms, so that their phases agree.
Songs have a join every 30 s; what is held in memory is a section of each stem, however long it is. The same stem at the
same speed comes out the same, to the sample, whatever the blocks it is read in.
"""

from collections.abc import Generator
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from python_stretch.Signalsmith import Stretch

FloatArray = NDArray[np.float32]

SECTION_S, OVERLAP_S, FADE_S, SHIFT_S = 30.0, 3.0, 0.03, 0.005
SEED = 1
"""The library breaks up phases at random where the speed is far from 1; a seed makes that the same each time."""
_SIDES, _PLACES = 2, 48


class Reader(Protocol):
    """Reads audio (samples, 2) from somewhere on."""

    def read(self, samples: int) -> FloatArray:
        """Return the next samples, fewer at the end."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class Source(Protocol):
    """What can be stretched."""

    @property
    def length_samples(self) -> int:
        """Its length."""
        ...

    @property
    def session_rate_hz(self) -> int:
        """Its rate."""
        ...

    def reader(self, start_sample: int = 0) -> Reader:
        """Return a reader from a sample on."""
        ...


def stretched_length(samples: int, speed: float) -> int:
    """Return how long so many samples are at a speed (2.0 is twice as fast): rounded, and at least one."""
    return max(1, round(samples / speed))


class StretchedReader:
    """Reads a source at another speed, from a sample of the result on. Owns the source's reader and one section."""

    def __init__(self, source: Source, speed: float, start_sample: int = 0, *, section_s: float = SECTION_S) -> None:
        self._source, self._speed = source, speed
        rate_hz = source.session_rate_hz
        self._section = max(1, round(section_s * rate_hz))
        self._overlap = max(1, round(OVERLAP_S / SECTION_S * section_s * rate_hz))
        self._fade, self._shift = max(1, round(FADE_S * rate_hz)), round(SHIFT_S * rate_hz)
        self._length = stretched_length(source.length_samples, speed)
        first = min(start_sample, self._length) // self._section
        self._skip = start_sample - first * self._section
        self._sections = self._from(first)
        self._left = np.zeros((0, _SIDES), np.float32)

    def read(self, samples: int) -> FloatArray:
        """Return the next samples (samples, 2), fewer at the end. Raises ``ProjectError``."""
        pieces = [self._left]
        missing = self._skip + samples - len(self._left)
        while missing > 0 and (piece := next(self._sections, None)) is not None:
            pieces.append(piece)
            missing -= len(piece)
        whole = np.concatenate(pieces)[self._skip :] if len(pieces) > 1 or self._skip else self._left
        self._skip = 0
        self._left = whole[samples:]
        return whole[:samples]

    def close(self) -> None:
        """Close the source's reader."""
        self._sections.close()

    def _from(self, first: int) -> Generator[FloatArray]:
        """Yield the sections from one on, joined."""
        begin = self._in(first * self._section)
        reader = self._source.reader(begin)
        try:
            held = np.zeros((0, _SIDES), np.float32)
            tail = None
            for number in count(first):
                start = number * self._section
                end = min(start + self._section + self._overlap, self._length)
                last = end == self._length
                until = self._source.length_samples if last else self._in(end)
                held = np.concatenate([held, reader.read(until - begin - len(held))])
                made = stretched(held, end - start, self._source.session_rate_hz)
                if tail is not None:
                    made = joined(tail, made, self._fade, self._shift)
                if last:
                    yield _exactly(made, end - start)
                    return
                yield made[: self._section]
                tail = made[self._section :]
                following = self._in(start + self._section)
                held, begin = held[following - begin :], following
        finally:
            reader.close()

    def _in(self, sample: int) -> int:
        """Return which sample of the source is heard at one of the result."""
        return min(round(sample * self._speed), self._source.length_samples)


def stretched(audio: FloatArray, samples: int, rate_hz: int) -> FloatArray:
    """Return audio (n, 2) stretched to exactly so many samples."""
    if not len(audio):
        return np.zeros((samples, _SIDES), np.float32)
    machine = Stretch(SEED)
    machine.preset(_SIDES, float(rate_hz))
    machine.setTimeFactor(len(audio) / samples)
    made = np.asarray(machine.process(np.ascontiguousarray(audio.T)), np.float32).T[:samples]
    return _exactly(made, samples)  # the library rounds in single precision: a sample may be missing at the end


def _exactly(audio: FloatArray, samples: int) -> FloatArray:
    return np.pad(audio[:samples], ((0, max(0, samples - len(audio))), (0, 0)))


def joined(tail: FloatArray, following: FloatArray, fade: int, most_shift: int = 0) -> FloatArray:
    """Return what follows with its beginning faded in from the tail before, where and as shifted they differ least.

    Both begin at the same sample. The seam lies in the middle half of what both have, for a section is at its worst at
    its ends. ``most_shift``: by so many samples what follows may come sooner or later.
    """
    both = min(len(tail), len(following))
    fade = min(fade, both)
    most_shift = min(most_shift, both // 4, (both - fade) // 2)
    low, high = max(most_shift, both // 4), min(3 * both // 4, both - fade - most_shift)
    places = np.unique(np.linspace(low, max(low, high), _PLACES).astype(int))
    tried = [_least(tail[at : at + fade], following[at - most_shift : at + fade + most_shift]) for at in places]
    best = min(range(len(places)), key=lambda k: tried[k][0])
    at, begin = int(places[best]), int(places[best]) - most_shift + tried[best][1]
    ramp = ((np.arange(fade, dtype=np.float32) + 0.5) / np.float32(fade))[:, None]
    crossed = tail[at : at + fade] * (1 - ramp) + following[begin : begin + fade] * ramp
    return np.concatenate([tail[:at], crossed, following[begin + fade :]])


def _least(wanted: FloatArray, within: FloatArray) -> tuple[float, int]:
    """Return the least energy of the difference to a stretch of the same length within, and where that begins."""
    energy = np.concatenate([[0.0], np.cumsum(np.square(within, dtype=np.float64).sum(1))])
    alike = sum(np.correlate(within[:, side], wanted[:, side], "valid").astype(np.float64) for side in range(_SIDES))
    difference = energy[len(wanted) :] - energy[: len(energy) - len(wanted)] - 2.0 * alike
    at = int(difference.argmin())
    return float(difference[at]) + float(np.square(wanted, dtype=np.float64).sum()), at
