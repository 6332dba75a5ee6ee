"""Drum parts written by hand, and short songs with a clear pulse, for the tests of rhythms."""

from pathlib import Path

import numpy as np
import soundfile as sf

from agent.hearing.pulse import Pulse
from agent.rhythm.music import Layer, Music
from agent.rhythm.pattern import Pattern, Voice, hits
from agent.rhythm.writing import Figures, RhythmPlan, RhythmWish
from bridge.rhythm_result import RhythmResult

RATE_HZ = 32_000  # the lowest at which a session runs
ROCK = {
    Voice.KICK: "o.......x.......",
    Voice.SNARE: "....o.......o...",
    Voice.CLOSED_HAT: "x.x.x.x.x.x.x.x.",
}
HARDNESS = {"x": 80, "o": 115, ".": 0}


def pattern(*bars: dict[Voice, str], late_s: float = 0.0) -> Pattern:
    """Return a pattern of bars that are written as a drummer's tablature."""
    steps = len(next(iter(bars[0].values())))
    velocity = np.zeros((len(bars), steps, len(Voice)), np.uint8)
    for bar, rows in enumerate(bars):
        for voice, row in rows.items():
            velocity[bar, :, voice] = [HARDNESS[sign] for sign in row]
    return Pattern(velocity, np.full(velocity.shape, late_s))


def part(
    *bars: dict[Voice, str],
    tempo_bpm: float = 120.0,
    beats_per_bar: int = 4,
    steps_per_beat: int = 4,
    first_s: float = 0.0,
    late_s: float = 0.0,
    dry_run: bool = False,
    notes: tuple[str, ...] = (),
) -> RhythmResult:
    """Return a part as a job does; without bars, four of rock with a crash at their beginning."""
    made = pattern(*(bars or ({**ROCK, Voice.CRASH: "o" + "." * 15}, ROCK, ROCK, ROCK)), late_s=late_s)
    beats_s = first_s + np.arange(made.bars * beats_per_bar + 1) * 60.0 / tempo_bpm
    step_s = np.interp(np.arange(made.bars * made.steps) / steps_per_beat, np.arange(len(beats_s)), beats_s)
    onset = np.zeros((len(Layer), made.bars, made.steps))
    onset[Layer.BASS, :, ::8], onset[Layer.CHORDS, :, ::4] = 1.0, 0.5
    grid_s = step_s.reshape(made.bars, made.steps)
    ones = np.ones(made.bars)
    figures = Figures(0.75, 14.0, 0.5, 0.9, 0.125, 0, 0.4)
    plan = RhythmPlan(made, hits(made, grid_s), "rock", figures, ("kick with the bass",), (), 4096)
    return RhythmResult(
        session="song",
        daw="embedded",
        dry_run=dry_run,
        length_s=float(beats_s[-1]),
        pulse=Pulse(tempo_bpm, beats_s, 0, beats_per_bar, steps_per_beat, 0.8, "heard"),
        music=Music(tempo_bpm, beats_per_bar, steps_per_beat, grid_s, onset, -20.0 * ones, 0.5 * ones),
        wish=RhythmWish("rock"),
        plan=plan,
        notes=notes,
    )


def write_song(folder: Path, *, tempo_bpm: float = 110.0, bars: int = 4, first_s: float = 0.0) -> Path:
    """Write a song that nobody mishears: a bass on the beats, low on the first, and chords off them."""
    folder.mkdir(parents=True, exist_ok=True)
    beat_s = 60.0 / tempo_bpm
    length_s = first_s + bars * 4 * beat_s
    bass, chords = [], []
    for beat in range(bars * 4):
        at_s = first_s + beat * beat_s
        bass.append((at_s, 55.0 if beat % 4 == 0 else 82.5, 1.0 if beat % 4 == 0 else 0.5))
        root_hz = 220.0 * 2 ** ((0, 5, 7, 3)[beat // 4 % 4] / 12)
        chords += [(at_s, root_hz, 0.7), (at_s + beat_s / 2, root_hz * 1.5, 0.4)]
    for name, plucked in (("Bass", bass), ("Piano", chords)):
        sf.write(folder / f"{name}.wav", _plucked(plucked, length_s), RATE_HZ, "PCM_16")
    return folder


def _plucked(notes: list[tuple[float, float, float]], length_s: float) -> np.ndarray:
    audio = np.zeros(round(length_s * RATE_HZ))
    for at_s, freq_hz, level in notes:
        first = round(at_s * RATE_HZ)
        time_s = np.arange(min(len(audio) - first, RATE_HZ // 2)) / RATE_HZ
        wave = sum(np.sin(2 * np.pi * k * freq_hz * time_s) / k for k in (1, 2, 3))
        audio[first : first + len(time_s)] += 0.2 * level * wave * np.exp(-time_s / 0.12)
    return audio
