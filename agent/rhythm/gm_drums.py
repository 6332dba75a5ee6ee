"""What the drummer of a General MIDI file plays: hits on the file's own bars and beats.

A Standard MIDI File says where its beats are (its ticks) and how they are grouped (its time signatures), so nothing is
heard here, only read. Channel 10 is percussion, and its notes are instruments (General MIDI System Level 1, percussion
key map). A bar's grid is chosen by what fits its hits: four steps a beat, or six where they are ternary.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import mido
import numpy as np
from numpy.typing import NDArray

from agent.rhythm.pattern import VOICES, Voice

F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
INT = NDArray[np.intp]

DRUM_CHANNEL = 9
STRAIGHT, TERNARY = 4, 6
# General MIDI's key map on the voices a pattern knows. Rim, side stick and clap take the snare's place where they play.
VOICE_OF_NOTE: Mapping[int, Voice] = MappingProxyType(
    {
        35: Voice.KICK, 36: Voice.KICK,
        37: Voice.SNARE, 38: Voice.SNARE, 39: Voice.SNARE, 40: Voice.SNARE,
        42: Voice.CLOSED_HAT, 44: Voice.CLOSED_HAT, 46: Voice.OPEN_HAT,
        41: Voice.LOW_TOM, 43: Voice.LOW_TOM, 45: Voice.LOW_TOM,
        47: Voice.MID_TOM, 48: Voice.MID_TOM, 50: Voice.HIGH_TOM,
        49: Voice.CRASH, 52: Voice.CRASH, 55: Voice.CRASH, 57: Voice.CRASH,
        51: Voice.RIDE, 53: Voice.RIDE, 59: Voice.RIDE,
    }
)  # fmt: skip
# Programs, counted from 0, that play the bass (General MIDI's fifth family), and guitars that are overdriven.
BASS_PROGRAMS = range(32, 40)
DEFAULT_TEMPO_US = 500_000  # 120 BPM, and 4/4: what a Standard MIDI File means that says nothing
# A bar leaves its song's grid only for one that it fits clearly better.
_CLEARLY = 0.75


class MidiUnreadable(ValueError):  # noqa: N818 - a state, named as the user sees it
    """A file that is no Standard MIDI File, or a damaged one. The text says which."""


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """Notes in the order of time. ``beat``: in quarter notes from the start; ``key``: 0–127; ``velocity``: 1–127."""

    beat: F64
    key: INT
    velocity: INT


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar as it is written: where it starts in quarter notes, its beats, and how many quarter notes a beat is long.

    ``whole`` is false for a bar that a change of meter, or the end, cuts short.
    """

    start: float
    beats: int
    beat_quarters: float
    whole: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class GmSong:
    """A General MIDI file as a drummer reads it.

    ``tempo_beat`` and ``tempo_bpm``: from where on, in quarter notes, how many quarter notes a minute. ``drums``: all
    of channel 10; ``bass`` and ``others``: the notes of the other channels; ``programs``: how many notes each program
    plays. ``end``: in quarter notes.
    """

    name: str
    tempo_beat: F64
    tempo_bpm: F64
    bars: tuple[Bar, ...]
    drums: Notes
    bass: Notes
    others: Notes
    programs: Mapping[int, int]
    end: float

    def seconds(self, beat: F64) -> F64:
        """Return when quarter notes are, in seconds from the file's start, through all changes of tempo."""
        starts = np.append(0.0, np.cumsum(np.diff(self.tempo_beat) * 60.0 / self.tempo_bpm[:-1]))
        at = np.maximum(np.searchsorted(self.tempo_beat, beat, side="right") - 1, 0)
        seconds: F64 = starts[at] + (beat - self.tempo_beat[at]) * 60.0 / self.tempo_bpm[at]
        return seconds

    @property
    def main_tempo_bpm(self) -> float:
        """The tempo, in quarter notes a minute, that holds for the longest."""
        lengths = np.diff(np.append(self.tempo_beat, max(self.end, self.tempo_beat[-1])))
        held: dict[float, float] = {}
        for bpm, length in zip(self.tempo_bpm.round(1).tolist(), lengths.tolist(), strict=True):
            held[bpm] = held.get(bpm, 0.0) + length
        return max(held, key=lambda bpm: held[bpm])


@dataclass(frozen=True, slots=True, eq=False)
class DrumBar:
    """What is played in one bar on its grid: ``velocity`` and ``offset`` (steps, voices), in shares of a step."""

    bar: Bar
    steps_per_beat: int
    velocity: U8
    offset: F64


def read_song(source: Path | bytes, name: str = "") -> GmSong:
    """Read a General MIDI file. A file without drums has no notes in ``drums``. Raises ``MidiUnreadable``."""
    name = name or (source.stem if isinstance(source, Path) else "a MIDI file")
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        midi = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        raise MidiUnreadable(f"{name} is no Standard MIDI File that can be read: {error}") from error
    if not midi.ticks_per_beat or midi.ticks_per_beat < 0:
        raise MidiUnreadable(f"{name} counts in seconds, not in beats: it has no bars")
    return _song(midi, name)


def voice_of(note: int) -> Voice | None:
    """Tell which voice a note of channel 10 is; none for what is no drum of a kit (cowbell, congas, claves…)."""
    return VOICE_OF_NOTE.get(note)


def drum_bars(song: GmSong) -> tuple[DrumBar, ...]:
    """Lay the drums on the grid of each bar: the song's, or the bar's own where that fits it clearly better.

    Of two hits of one voice on one step the harder counts. A hit just before a bar line belongs to the bar after it.
    """
    voices = np.array([VOICE_OF_NOTE.get(int(key), -1) for key in song.drums.key], np.intp)
    known = voices >= 0
    beat, velocity, voices = song.drums.beat[known], song.drums.velocity[known], voices[known]
    grid = song_grid(song)
    found = []
    for bar in song.bars:
        length = bar.beats * bar.beat_quarters
        early = bar.beat_quarters / STRAIGHT / 2
        inside = (beat >= bar.start - early) & (beat < bar.start + length - early)
        at = (beat[inside] - bar.start) / bar.beat_quarters
        steps_per_beat = _fitting(at, grid)
        found.append(_on_grid(bar, steps_per_beat, at, voices[inside], velocity[inside]))
    return tuple(found)


def song_grid(song: GmSong) -> int:
    """Tell whether a song's drums (or, without drums, all its notes) are straight (4 steps a beat) or ternary (6)."""
    notes = song.drums if len(song.drums.beat) else song.others
    per_beat = song.bars[0].beat_quarters if song.bars else 1.0
    start = song.bars[0].start if song.bars else 0.0
    return _fitting((notes.beat - start) / per_beat, STRAIGHT)


def misfit(song: GmSong) -> float:
    """Return how far the drums lie off the better of both grids: 0 to half a step, a quarter of one by chance."""
    at = np.concatenate([one.offset[one.velocity > 0] for one in drum_bars(song)] or [np.zeros(0)])
    return float(np.abs(at).mean()) if len(at) else 0.0


def grid_onsets(notes: Notes, bar: Bar, steps_per_beat: int) -> NDArray[np.bool_]:
    """Tell for each step of a bar whether any of the notes begins on it."""
    steps = bar.beats * steps_per_beat
    step = np.rint((notes.beat - bar.start) / bar.beat_quarters * steps_per_beat).astype(np.intp)
    begins = np.zeros(steps, np.bool_)
    begins[step[(step >= 0) & (step < steps)]] = True
    return begins


def _song(midi: mido.MidiFile, name: str) -> GmSong:
    per_quarter = midi.ticks_per_beat
    tempi: dict[int, int] = {}
    meters: dict[int, tuple[int, int]] = {}
    notes: dict[str, list[tuple[int, int, int]]] = {"drums": [], "bass": [], "others": []}
    programs: dict[int, int] = {}
    last = 0
    playing = [0] * 16
    # One pass over all tracks together: a program that one track sets holds for the channel in all of them.
    for tick, message in _in_order(midi):
        if message.type == "set_tempo":
            tempi[tick] = message.tempo
        elif message.type == "time_signature":
            meters[tick] = (message.numerator, message.denominator)
        elif message.type == "program_change":
            playing[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            last = max(last, tick)
            if message.type == "note_on" and message.velocity > 0:
                program = playing[message.channel]
                drum = message.channel == DRUM_CHANNEL
                part = "drums" if drum else "bass" if program in BASS_PROGRAMS else "others"
                notes[part].append((tick, message.note, message.velocity))
                if not drum:
                    programs[program] = programs.get(program, 0) + 1
    tempi.setdefault(0, DEFAULT_TEMPO_US)
    ticks = sorted(tempi)
    end = last / per_quarter
    drums, bass, others = (_notes(notes[part], per_quarter) for part in ("drums", "bass", "others"))
    return GmSong(
        name,
        np.array(ticks) / per_quarter,
        np.array([6e7 / max(tempi[tick], 1) for tick in ticks]),
        _bars({tick / per_quarter: meter for tick, meter in meters.items()}, end),
        drums,
        bass,
        others,
        MappingProxyType(programs),
        end,
    )


def _in_order(midi: mido.MidiFile) -> list[tuple[int, mido.Message]]:
    found = []
    for track in midi.tracks:
        tick = 0
        for message in track:
            tick += message.time
            found.append((tick, message))
    return sorted(found, key=lambda one: one[0])


def _notes(found: Sequence[tuple[int, int, int]], per_quarter: int) -> Notes:
    table = np.array(sorted(found), np.intp).reshape(-1, 3)
    return Notes(table[:, 0] / per_quarter, table[:, 1], table[:, 2])


def _bars(meters: Mapping[float, tuple[int, int]], end: float) -> tuple[Bar, ...]:
    """Count out the bars: a change of meter begins a new one; one that a change or the end cuts short is not whole."""
    starts = sorted({0.0, *meters})
    bars: list[Bar] = []
    meter = (4, 4)
    for start, until in zip(starts, [*starts[1:], end], strict=True):
        meter = meters.get(start, meter)
        beats, beat_quarters = beats_of(*meter)
        length = beats * beat_quarters
        if length <= 0:
            continue
        count = int(np.ceil((until - start) / length - 1e-9))
        bars += [
            Bar(start + k * length, beats, beat_quarters, start + (k + 1) * length <= until + beat_quarters)
            for k in range(max(count, 0))
        ]
    return tuple(bars)


def beats_of(numerator: int, denominator: int) -> tuple[int, float]:
    """Return how many beats a bar of a meter has, and how many quarter notes each is: 6/8 has two of 1.5."""
    if denominator >= 8 and numerator % 3 == 0 and numerator > 3:
        return numerator // 3, 12.0 / denominator
    if denominator == 2:
        return numerator * 2, 1.0
    return numerator, 4.0 / denominator


def _fitting(at: F64, otherwise: int) -> int:
    """Choose the grid that positions in beats fit; ``otherwise`` where they say nothing (on the beat, or its half)."""
    between = at[np.abs(at * 2 - np.rint(at * 2)) > 0.1]
    if len(between) == 0:
        return otherwise
    off = {steps: np.abs(between * steps - np.rint(between * steps)).mean() for steps in (STRAIGHT, TERNARY)}
    best = STRAIGHT if otherwise == TERNARY else TERNARY
    return best if off[best] < _CLEARLY * off[otherwise] else otherwise


def _on_grid(bar: Bar, steps_per_beat: int, at: F64, voices: INT, velocity: INT) -> DrumBar:
    steps = bar.beats * steps_per_beat
    step = np.rint(at * steps_per_beat).astype(np.intp)
    hit, late = np.zeros((steps, VOICES), np.uint8), np.zeros((steps, VOICES))
    # Softest first, so that the hardest of several on one step is what stays.
    for k in np.argsort(velocity, kind="stable"):
        if 0 <= step[k] < steps:
            hit[step[k], voices[k]] = velocity[k]
            late[step[k], voices[k]] = at[k] * steps_per_beat - step[k]
    return DrumBar(bar, steps_per_beat, hit, late)
