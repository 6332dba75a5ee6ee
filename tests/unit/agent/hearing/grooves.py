"""Clicks, and a drum kit that plays what is written, for the tests of hearing."""

import numpy as np

from agent.hearing.onsets import Onsets, hear_onsets
from agent.roles import Role

RATE_HZ = 16000
KIT = [Role.KICK, Role.SNARE, Role.HAT]

ROCK = ("x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x.")
WALTZ = ("x.....", "..x.x.", "x.x.x.")
JIG = ("x.....", "...x..", "xxxxxx")
TRESILLO = ("x..x..x.x..x..x.", "....x.......x...", "x.x.x.x.x.x.x.x.")
SIXES = ("x..x..x..x..x.x.", "....x.......x...", "x.x.x.x.x.x.x.x.")
SON_CLAVE = ("x..x..x...x.x...", "................", "x.x.x.x.x.x.x.x.")
SWING = ("x.....x.....", "...x.....x..", "x.xx.xx.xx.x")


def clicks(times_s, length_s, *, freq_hz=1000.0, amplitude=0.5, decay_s=0.03, rate_hz=RATE_HZ):
    """A sine of 0 Hz is a bare envelope."""
    audio = np.zeros(round(length_s * rate_hz))
    seconds = np.arange(round(0.2 * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * freq_hz * seconds) if freq_hz else np.ones(len(seconds))
    sound = amplitude * tone * np.exp(-seconds / decay_s)
    for at in times_s:
        first = round(at * rate_hz)
        fits = min(len(sound), len(audio) - first)
        audio[first : first + fits] += sound[:fits]
    return audio


def tracks(*monos):
    return np.stack([np.stack([mono, mono], 1) for mono in monos]).astype(np.float32)


def kit(lines, bpm, steps_per_beat, length_s, start_s=0.0):
    """Kick, snare and hat; each line is one bar, repeated to the end."""
    step_s = 60.0 / bpm / steps_per_beat
    noise = np.random.default_rng(0).standard_normal(round(length_s * RATE_HZ))
    played = []
    for line, freq_hz, amplitude, decay_s in zip(
        lines, (60.0, 0.0, 6000.0), (0.8, 0.3, 0.15), (0.06, 0.05, 0.02), strict=True
    ):
        steps = np.arange(0, (length_s - start_s - 0.05) / step_s).astype(int)
        times = start_s + step_s * steps[[line[k % len(line)] == "x" for k in steps]]
        own = clicks(times, length_s, freq_hz=freq_hz, amplitude=amplitude, decay_s=decay_s)
        played.append(own if freq_hz else own * noise)
    return tracks(*played)


def hear(audio) -> Onsets:
    return hear_onsets([audio], RATE_HZ)
