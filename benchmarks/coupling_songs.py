"""Songs and patterns for benchmarks/coupling.py: what begins in them, and which kicks and snares are played to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from grooves import MISFIT, PATTERN_BARS
from numpy.typing import NDArray
from rhythm import COMPARED, Drummer, drummer_of, heard_music

from agent.rhythm import gm_drums
from agent.rhythm.coupling import begins, figures
from agent.rhythm.measures import WINDOW_S
from agent.rhythm.music import Layer, Music
from agent.rhythm.pattern import VOICES

F64 = NDArray[np.float64]
BOOL = NDArray[np.bool_]
Found = Sequence[tuple[str, Sequence[gm_drums.GmSong]]]
HEARD_WEIGHT = 2.0  # heard songs count twice, for they are heard as a user's are
MOST_BARS, FEWEST_BARS, FEWEST_HITS = 96, 12, 8
SONG_MISFIT = 0.1
LOWEST_KEYS = 50  # keys below it sound below 150 Hz: where no program is a bass, they are what is heard as one


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A song, or a pattern: what begins in it, (2, bars, steps), which kicks and snares are hit in the bars played.

    ``hit`` (bars, steps, 2), ``played`` (bars,), ``missed``: hits that are off the grid, ``voices``: what to compare.
    """

    name: str
    beats_per_bar: int
    steps_per_beat: int
    tempo_bpm: float
    begun: F64
    hit: BOOL
    played: BOOL
    missed: int
    voices: tuple[int, ...]
    weight: float
    figures: F64


def written_example(name: str, song: gm_drums.GmSong, weight: float = 1.0) -> Example | None:
    """Take a song as its file writes it, from its drummer's first bar on; none where there is too little of him."""
    if not song.bars:
        return None
    beats, steps_per_beat = song.bars[0].beats, gm_drums.song_grid(song)
    bars = [one for one in gm_drums.drum_bars(song) if one.bar.whole and one.bar.beats == beats]
    velocity = np.zeros((len(bars), beats * steps_per_beat, VOICES), np.uint8)
    onset = np.zeros((len(Layer), *velocity.shape[:2]))
    bass = song.bass if len(song.bass.beat) else lowest(song.others)
    for k, one in enumerate(bars):
        to = np.rint(np.arange(len(one.velocity)) * steps_per_beat / one.steps_per_beat).astype(np.intp)
        inside = to < velocity.shape[1]
        np.maximum.at(velocity[k], to[inside], one.velocity[inside])
        onset[Layer.BASS, k] = gm_drums.grid_onsets(bass, one.bar, steps_per_beat)
        onset[Layer.CHORDS, k] = gm_drums.grid_onsets(song.others, one.bar, steps_per_beat)
    drummed = np.flatnonzero(velocity.any((1, 2)))
    if not len(drummed):
        return None
    kept = slice(drummed[0], drummed[0] + MOST_BARS)
    velocity, onset = velocity[kept], onset[:, kept]
    shape = velocity.shape[:2]
    tempo_bpm = song.main_tempo_bpm / song.bars[0].beat_quarters
    music = Music(
        tempo_bpm, beats, steps_per_beat, np.arange(np.prod(shape), dtype=float).reshape(shape), onset,
        np.zeros(shape[0]), np.zeros(shape[0]),
    )  # fmt: skip
    hit = velocity[:, :, list(COMPARED)] > 0
    return example(name, music, hit, velocity.any((1, 2)), 0, (0, 1), weight)


def lowest(notes: gm_drums.Notes) -> gm_drums.Notes:
    low = notes.key < LOWEST_KEYS
    return gm_drums.Notes(notes.beat[low], notes.key[low], notes.velocity[low])


def heard_song(folder: Path) -> Example | None:
    """Hear a song's stems without the drums on its project's grid; none where its drummer plays neither voice."""
    song = gm_drums.read_song(folder / "song.mid", folder.name)
    drummer = drummer_of(song)
    if len(drummer.left_out) == len(COMPARED):
        return None
    return heard_example(folder.name, heard_music(folder, song, "project")[0], drummer)


def heard_example(name: str, music: Music, drummer: Drummer) -> Example:
    """Put what a drummer plays on the grid that is heard in his song."""
    flat = music.step_s.reshape(-1)
    hit, played = np.zeros((len(flat), 2), np.bool_), np.zeros(len(flat), np.bool_)
    missed = 0
    voices = tuple(k for k, voice in enumerate(COMPARED) if voice not in drummer.left_out)
    for k in voices:
        times = drummer.part.times_s[k]
        nearest = np.abs(times[:, None] - flat).argmin(1)
        near = np.abs(flat[nearest] - times) <= WINDOW_S
        hit[nearest[near], k] = True
        missed += int((~near).sum())
    for start_s, end_s in drummer.bars_s:
        played |= (flat >= start_s - WINDOW_S) & (flat < end_s - WINDOW_S)
    bars = played.reshape(music.step_s.shape).mean(1) > 0.5
    return example(name, music, hit.reshape(*music.step_s.shape, 2), bars, missed, voices, HEARD_WEIGHT)


def example(
    name: str, music: Music, hit: BOOL, played: BOOL, missed: int, voices: tuple[int, ...], weight: float
) -> Example:
    begun = begins(music)
    return Example(
        name, music.beats_per_bar, music.steps_per_beat, music.tempo_bpm, begun, hit, played, missed, voices, weight,
        figures(begun),
    )  # fmt: skip


def songs_of(found: Found) -> Iterator[Example]:
    """Yield the songs that a model of kick and snare can be judged by."""
    for name, (song, *more) in found:
        if more or len(song.bars) <= PATTERN_BARS or gm_drums.misfit(song) > SONG_MISFIT:
            continue
        one = written_example(name, song)
        enough = one is not None and len(one.played) >= FEWEST_BARS
        if one is not None and enough and (one.hit.sum((0, 1)) >= FEWEST_HITS).all() and one.beats_per_bar in (2, 3, 4):
            yield one


def patterns_of(found: Found) -> Iterator[Example]:
    """Yield the patterns that have kick or snare and something for them to go with; a folder counts as one song."""
    for name, files in found:
        if any(len(file.bars) > PATTERN_BARS for file in files):
            continue
        each = [written_example(name, file, 1.0 / len(files)) for file in files if gm_drums.misfit(file) <= MISFIT]
        yield from (one for one in each if one is not None and one.hit.any() and one.begun[1].any())
