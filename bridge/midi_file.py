"""A drum part as a Standard MIDI File (type 1): the tempo map on the first track, General MIDI's drums on the second.

The file's time is the session's: its beats lie on the music's beats, so that the file can be dropped at the start of
the project that the stems lie in. Where the music keeps its tempo there is one; where it drifts there is a new one
wherever a beat would be off by more than 8 ms, about what hearing resolves. A lead-in, a short bar where it has to be,
fills the time before the first downbeat. Tempo, time signature and note messages are those of the Standard MIDI Files
1.0 specification.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from bridge.changes import MidiNote

F64 = NDArray[np.float64]

TICKS_PER_QUARTER = 960
DRUM_CHANNEL = 9
CLOSE_S = 0.008
"""How far off the music a beat of the file may be, where its tempo stays the same."""
_PER_QUARTER = 8  # 32nd notes, the finest that a lead-in is counted in
_LONGEST_US = 2**24 - 1  # of a quarter note, in a file


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature, how many beats a bar has and how many quarter notes a beat: 1.5 in 6/8."""

    beats: int
    unit: int
    beats_per_bar: int
    quarters_per_beat: float

    @property
    def words(self) -> str:
        """The time signature as it is written."""
        return f"{self.beats}/{self.unit}"

    @property
    def ticks_per_beat(self) -> int:
        """The length of a beat in ticks."""
        return round(self.quarters_per_beat * TICKS_PER_QUARTER)


def meter(beats_per_bar: int, steps_per_beat: int) -> Meter:
    """Return the time signature: two beats in three parts each are 6/8, everything else counts quarter notes."""
    if beats_per_bar == 2 and steps_per_beat % 3 == 0:
        return Meter(6, 8, 2, 1.5)
    return Meter(beats_per_bar, 4, beats_per_bar, 1.0)


class TempoMap:
    """Where the ticks of a file lie in time: stretches of even tempo from tick 0, which is at 0 s."""

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        """Take (first tick, µs a quarter) of each stretch, the first at tick 0."""
        self.stretches = tuple(stretches)
        self._ticks = [tick for tick, _ in stretches]
        self._starts_s = [0.0]
        for (tick, tempo_us), (following, _) in pairwise(stretches):
            self._starts_s.append(self._starts_s[-1] + (following - tick) * _tick_s(tempo_us))

    def tick_at(self, time_s: float) -> int:
        """Return the tick nearest to a time; none is before 0."""
        place = max(0, bisect_right(self._starts_s, time_s) - 1)
        tick, tempo_us = self.stretches[place]
        return max(0, tick + round((time_s - self._starts_s[place]) / _tick_s(tempo_us)))

    def time_of(self, tick: int) -> float:
        """Return when a tick is, in seconds."""
        place = max(0, bisect_right(self._ticks, tick) - 1)
        first, tempo_us = self.stretches[place]
        return self._starts_s[place] + (tick - first) * _tick_s(tempo_us)


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of a file: its tempo map, the tick of the first downbeat, and the lead-in's bars as (tick, n, unit)."""

    tempo: TempoMap
    downbeat_tick: int
    signatures: tuple[tuple[int, int, int], ...]


def bars_of(beats_s: F64, first: int, counted: Meter) -> Bars:
    """Return the bars of a file whose beats are the music's, (K,) in seconds; ``first`` is the first downbeat's place.

    Raises ``ValueError`` for fewer than two beats from the first downbeat on.
    """
    beats_s = np.asarray(beats_s, np.float64)[first:]
    if len(beats_s) < 2:
        raise ValueError("a tempo needs two beats")
    lead_s = float(beats_s[0])
    quarter_s = float(beats_s[1] - beats_s[0]) / counted.quarters_per_beat
    lead_ticks, signatures = _lead_in(lead_s, quarter_s, counted)
    stretches = [(0, _tempo_us(lead_s, lead_ticks))] if lead_ticks else []
    origin_s = lead_s if lead_ticks else 0.0
    stretches += _even_stretches(beats_s - lead_s + origin_s, lead_ticks, origin_s, counted.ticks_per_beat)
    return Bars(TempoMap(stretches), lead_ticks, signatures)


def midi_file(name: str, track: str, notes: Sequence[MidiNote], bars: Bars) -> mido.MidiFile:
    """Return the file of a drum part: ``name`` is the session's, ``track`` the part's; notes in seconds."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8")
    tempo = [(tick, mido.MetaMessage("set_tempo", tempo=us)) for tick, us in bars.tempo.stretches]
    signatures = [
        (tick, mido.MetaMessage("time_signature", numerator=n, denominator=unit, clocks_per_click=_click(n, unit)))
        for tick, n, unit in bars.signatures
    ]
    file.tracks.append(_track(name, sorted([*signatures, *tempo], key=lambda event: event[0])))
    file.tracks.append(_track(track, sorted(_strokes(notes, bars.tempo), key=lambda event: (event[0], event[1].type))))
    return file


def save(file: mido.MidiFile, path: Path) -> None:
    """Write a file. Raises ``OSError``."""
    with path.open("wb") as stream:
        file.save(file=stream)


def _lead_in(lead_s: float, quarter_s: float, counted: Meter) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """Return the ticks before the first downbeat and all time signatures: whole bars, and a short one before them."""
    main = (counted.beats, counted.unit)
    if lead_s < CLOSE_S:
        return 0, ((0, *main),)
    beats = round(lead_s / quarter_s / counted.quarters_per_beat)
    if beats == 0:
        parts = max(1, round(lead_s / quarter_s * _PER_QUARTER))
        ticks = parts * TICKS_PER_QUARTER // _PER_QUARTER
        return ticks, ((0, parts, 4 * _PER_QUARTER), (ticks, *main))
    short = beats % counted.beats_per_bar
    ticks = beats * counted.ticks_per_beat
    if short == 0:
        return ticks, ((0, *main),)
    per_beat = counted.beats // counted.beats_per_bar
    return ticks, ((0, short * per_beat, counted.unit), (short * counted.ticks_per_beat, *main))


def _even_stretches(beats_s: F64, tick: int, time_s: float, ticks_per_beat: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of even tempo from a tick that is at ``time_s`` on, each as long as its beats fit it."""
    place = 0
    while place < len(beats_s) - 1:
        last, tempo_us = _furthest(beats_s, place, time_s, ticks_per_beat)
        yield tick, tempo_us
        tick += (last - place) * ticks_per_beat
        time_s += (last - place) * ticks_per_beat * _tick_s(tempo_us)
        place = last


def _furthest(beats_s: F64, place: int, time_s: float, ticks_per_beat: int) -> tuple[int, int]:
    """Return the last beat that one tempo reaches, with none on the way off by too much, and that tempo.

    The lines from here that pass all beats closely enough lie between two slopes, which come nearer beat by beat.
    """
    low_s, high_s = 0.0, np.inf
    last, slope_s = place + 1, float(beats_s[place + 1] - time_s)
    for beat in range(place + 1, len(beats_s)):
        count, away_s = beat - place, float(beats_s[beat] - time_s)
        low_s, high_s = max(low_s, (away_s - CLOSE_S) / count), min(high_s, (away_s + CLOSE_S) / count)
        if low_s > high_s:
            break
        last, slope_s = beat, min(max(away_s / count, low_s), high_s)
    return last, _tempo_us(slope_s, ticks_per_beat)


def _strokes(notes: Sequence[MidiNote], tempo: TempoMap) -> Iterator[tuple[int, mido.Message]]:
    for note in notes:
        start = tempo.tick_at(note.start_s)
        end = max(start + 1, tempo.tick_at(note.end_s))
        key = {"channel": DRUM_CHANNEL, "note": note.pitch}
        yield start, mido.Message("note_on", velocity=note.velocity, **key)
        yield end, mido.Message("note_off", velocity=0, **key)


def _track(name: str, events: Sequence[tuple[int, mido.Message | mido.MetaMessage]]) -> mido.MidiTrack:
    made = mido.MidiTrack([mido.MetaMessage("track_name", name=_utf8(name))])
    now = 0
    for tick, message in events:
        made.append(message.copy(time=tick - now))
        now = tick
    made.append(mido.MetaMessage("end_of_track"))
    return made


def _utf8(name: str) -> str:
    """Return a name with marks for what no UTF-8 holds: file names may be any bytes."""
    return name.encode("utf-8", "replace").decode()


def _click(numerator: int, unit: int) -> int:
    """Return how many of 24 to the quarter a click of the metronome is: a dotted quarter in 6/8."""
    return 36 if (numerator % 3, unit) == (0, 8) else max(1, 96 // unit)


def _tempo_us(seconds: float, ticks: int) -> int:
    return min(_LONGEST_US, max(1, round(1e6 * seconds * TICKS_PER_QUARTER / ticks)))


def _tick_s(tempo_us: int) -> float:
    return tempo_us * 1e-6 / TICKS_PER_QUARTER
