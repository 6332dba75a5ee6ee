"""Small pieces of music to write drums for, and styles to write them in, made by hand."""

import numpy as np

from agent.rhythm.music import LAYERS, Layer, Music
from agent.rhythm.pattern import VOICES, Voice
from agent.rhythm.styles import Profile


def music(
    bars: int = 4,
    beats: int = 4,
    steps_per_beat: int = 4,
    *,
    tempo_bpm: float = 120.0,
    bass: str = "",
    chords: str = "",
    melody: str = "",
    silent: tuple[int, ...] = (),
) -> Music:
    """Build music whose bars are all the same: "x" begins a note, anything else does not; "" leaves a layer out."""
    steps = beats * steps_per_beat
    step_s = np.arange(bars * steps).reshape(bars, steps) * 60.0 / tempo_bpm / steps_per_beat
    onset = np.zeros((LAYERS, bars, steps))
    for layer, said in ((Layer.BASS, bass), (Layer.CHORDS, chords), (Layer.MELODY, melody)):
        onset[layer, :] = [mark == "x" for mark in said.ljust(steps, ".")]
    level_db = np.full(bars, -20.0)
    quiet = list(silent)
    onset[:, quiet], level_db[quiet] = 0.0, -120.0
    return Music(tempo_bpm, beats, steps_per_beat, step_s, onset, level_db, (onset.max(0) > 0).mean(1))


def profile(
    beats: int = 4, steps_per_beat: int = 4, *, fill_every_bars: int = 0, swing: float = 0.0, **voices: str
) -> Profile:
    """Build a style of one bar: for each voice (kick="x...o..."), "x" is nearly always hit, "o" about half the time."""
    steps = beats * steps_per_beat
    probability = np.full((steps, VOICES), 0.01)
    for name, said in voices.items():
        for step, mark in enumerate(said):
            probability[step, Voice[name.upper()]] = {"x": 0.95, "o": 0.5 - step / 100}.get(mark, 0.01)
    return Profile(
        beats,
        steps_per_beat,
        100,
        probability,
        probability,
        probability,
        np.full((steps, VOICES), 90.0),
        np.full((steps, VOICES), 0.02),
        np.full((steps, VOICES), 0.05),
        probability,
        (float(probability.sum()), 2.0),
        (0.0, 1.0),
        fill_every_bars,
        0.9,
        0.8,
        swing,
    )
