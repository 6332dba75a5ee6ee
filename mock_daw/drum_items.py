"""Drums in MIDI items: where the strokes of a take lie in its item, and what plays them.

REAPER plays no MIDI on a track without an instrument. The mock has no instruments, and plays one thing for the ear of
whoever tries a rhythm on it: notes on General MIDI's drum channel, by the voices of ``drum_voices``.
"""

import math
from collections.abc import Iterator
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from mock_daw.drum_voices import CHANNEL, DrumPart, Stroke
from mock_daw.midi import Midi
from mock_daw.session import Item, Track

FloatArray = NDArray[np.float32]


def drums_of(item: Item) -> Midi | None:
    """Return the MIDI of an item's take where it holds notes on the drum channel, else None."""
    take = item.take
    midi = None if take is None or take.source.path is not None else take.source.midi
    return midi if midi is not None and any(_is_heard(midi, k) for k in range(len(midi.notes))) else None


def plays_drums(track: Track) -> bool:
    """Tell whether anything on a track is played by drum voices."""
    return any(drums_of(item) is not None for item in track.items)


class DrumVoice:
    """Plays an item's drums at a tempo, from any sample of the item on."""

    def __init__(self, item: Item, midi: Midi, tempo_bpm: float, rate_hz: int) -> None:
        self.key = (item.take, item.length_s, item.looped, tempo_bpm)
        self._part = DrumPart(tuple(strokes(item, midi, tempo_bpm)), rate_hz)

    def read(self, first: int, samples: int) -> FloatArray:
        """Return (samples, 2) from a sample of the item on."""
        return self._part.read(first, samples)

    def close(self) -> None:
        """Close nothing: there is no file."""


def strokes(item: Item, midi: Midi, tempo_bpm: float) -> Iterator[Stroke]:
    """Yield the strokes that begin within an item, in seconds from its start; a looped source comes again and again."""
    assert item.take is not None
    tick_s = 60.0 / tempo_bpm / midi.ticks_per_quarter / item.take.playrate
    offset_s = item.take.offset_s / item.take.playrate
    round_s = midi.lasting().end * tick_s
    first = math.floor(offset_s / round_s) if item.looped and round_s > 0.0 else 0
    heard = [note for k, note in enumerate(midi.notes) if _is_heard(midi, k)]
    rounds = range(first, first + 1 + (math.ceil(item.length_s / round_s) if item.looped and round_s > 0.0 else 0))
    for start_s in takewhile(lambda start_s: start_s < item.length_s, (k * round_s - offset_s for k in rounds)):
        for note in heard:
            time_s = start_s + note.start * tick_s
            if 0.0 <= time_s < item.length_s:
                yield Stroke(time_s, note.pitch, note.velocity)


def _is_heard(midi: Midi, place: int) -> bool:
    note = midi.notes[place]
    return note.channel == CHANNEL and not note.muted
