"""Sessions made up from nothing: to try the environments at once, and to practise without a single recording.

A session has four to ten tracks of roles that go together. Each has a spectrum in third octaves about its role's, and
plays and rests in phrases of its own; tracks are uncorrelated. Where roles lie and how wide they are is ours, in the
order of the average spectra of stems (docs/results.md names the data); it is practice, no likeness of music.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from agent.environment import Scene
from agent.hearing.bands import bands_hz
from agent.hearing.heard import Heard
from agent.hearing.loudness import k_weighting_sos, lufs_to_power
from agent.hearing.twin import Twin
from agent.rhythm.chart import Chart, chart_of
from agent.rhythm.music import Music
from agent.rhythm.styles import style, styles
from agent.roles import Role
from agent.session import BAND_NAMES, Settings, Strip
from agent.targets import LOUDNESS_LUFS, goal
from agent.tone.environment import ToneScene
from agent.tone.goal import tone_goal
from agent.tone.targets import style_target

F64 = NDArray[np.float64]

RATE_HZ = 48_000
HOP_S = 0.4
HOPS = 150
_PHRASE_HOPS = 20
_TRACK_LUFS = (-30.0, -18.0)
_CREST_DB = (9.0, 20.0)
_LEANING = 0.3
_EQ_STEPS_DB = (-4.5, -3.0, 0.0, 0.0, 3.0, 4.5)
_BARS, _BEATS, _STEPS_PER_BEAT = 8, 4, 4
_TEMPI_BPM = (80.0, 150.0)
_ONSETS = ((0.7, 0.2), (0.5, 0.1), (0.4, 0.25))  # of bass, chords, melody, on the beat and off it
_REPEATED = 0.8


@dataclass(frozen=True, slots=True)
class Voice:
    """Where a role's spectrum lies: its centre in Hz, its width in octaves, and how often it plays (0 to 1)."""

    role: Role
    centre_hz: float
    width_oct: float
    plays: float


VOICES = (
    Voice(Role.LEAD_VOCAL, 900.0, 3.0, 0.7),
    Voice(Role.BASS, 110.0, 2.0, 0.9),
    Voice(Role.DRUMS, 400.0, 6.0, 0.95),
    Voice(Role.GUITAR, 700.0, 3.5, 0.8),
    Voice(Role.KEYS, 500.0, 4.0, 0.7),
    Voice(Role.SYNTH_PAD, 600.0, 4.5, 0.6),
    Voice(Role.STRINGS, 1200.0, 4.0, 0.5),
    Voice(Role.BRASS, 800.0, 3.0, 0.4),
    Voice(Role.BACKING_VOCAL, 1100.0, 3.0, 0.4),
    Voice(Role.PERCUSSION, 4000.0, 3.0, 0.6),
)


def practice_scene(rng: np.random.Generator, *, loudness_lufs: float = LOUDNESS_LUFS["streaming"]) -> Scene:
    """Return a session drawn from ``rng``, its faders at 0 dB."""
    count = int(rng.integers(4, len(VOICES) + 1))
    voices = [VOICES[k] for k in sorted(rng.choice(len(VOICES), count, replace=False).tolist())]
    heard = practice_heard(voices, rng)
    start = Settings(tuple(Strip() for _ in voices))
    twin = Twin(heard, start)
    return Scene(twin, goal(twin, [voice.role for voice in voices], loudness_lufs=loudness_lufs), start)


def practice_tone(rng: np.random.Generator) -> ToneScene:
    """Return a session to be tuned to the slope of a balanced mix, its EQ turned at random."""
    scene = practice_scene(rng)
    tracks = len(scene.start.strips)
    gains = rng.choice(_EQ_STEPS_DB, (tracks, len(BAND_NAMES))).tolist()
    strips = tuple(s.with_eq_gains(tuple(g)) for s, g in zip(scene.start.strips, gains, strict=True))
    start = replace(scene.start, strips=strips)
    twin = Twin(scene.twin.heard, start)
    return ToneScene(twin, tone_goal(twin, style_target(twin.heard.bands_hz), [None] * tracks), start)


def practice_chart(rng: np.random.Generator) -> Chart:
    """Return eight bars of 4/4 to be drummed to: a bass on and off the beats, chords and a tune, in a style drawn."""
    names = [name for name, style in sorted(styles().items()) if (_BEATS, _STEPS_PER_BEAT) in style.profiles]
    tempo_bpm = float(rng.uniform(*_TEMPI_BPM))
    steps = _BEATS * _STEPS_PER_BEAT
    step_s = np.arange(_BARS * steps).reshape(_BARS, steps) * 60 / tempo_bpm / _STEPS_PER_BEAT
    on_beat = np.arange(steps) % _STEPS_PER_BEAT == 0
    often = np.array([np.where(on_beat, on, off) for on, off in _ONSETS])  # (3, steps)
    bar = rng.random(often.shape) < often  # a part repeats its bar, but for a few notes
    again = rng.random((3, _BARS, steps)) < _REPEATED
    fresh = rng.random((3, _BARS, steps)) < often[:, None]
    onset = np.where(again, bar[:, None], fresh) * rng.uniform(0.5, 1.0, (3, _BARS, steps))
    density = (onset > 0).any(0).mean(1)
    music = Music(tempo_bpm, _BEATS, _STEPS_PER_BEAT, step_s, onset, np.full(_BARS, -18.0), density)
    return chart_of(music, style(names[int(rng.integers(len(names)))]).profiles[_BEATS, _STEPS_PER_BEAT])


def practice_heard(voices: list[Voice], rng: np.random.Generator) -> Heard:
    """Return what would be heard of such tracks."""
    centres = bands_hz(RATE_HZ)
    tracks, bands = len(voices), len(centres)
    weight = np.square(np.abs(signal.sosfreqz(k_weighting_sos(RATE_HZ), centres, fs=RATE_HZ)[1]))
    shape = np.array([_spectrum(voice, centres, rng) for voice in voices])
    weighted = shape * weight
    shape /= weighted.sum(1, keepdims=True)
    weighted /= weighted.sum(1, keepdims=True)
    loudness = [lufs_to_power(lufs) for lufs in rng.uniform(*_TRACK_LUFS, tracks).tolist()]
    power = np.array(loudness)[:, None] * np.array([_playing(voice, rng) for voice in voices])  # (N, H)
    gram = np.zeros((HOPS, tracks, tracks), np.float32)
    gram[:, range(tracks), range(tracks)] = power.T
    lean = rng.uniform(-_LEANING, _LEANING, tracks)
    cross = np.zeros((2, tracks, tracks, bands), np.complex64)
    mean = power.mean(1)[:, None] * shape
    cross[:, range(tracks), range(tracks)] = mean * np.stack([0.5 - lean / 2, 0.5 + lean / 2])[:, :, None]
    crest = 10 ** (rng.uniform(*_CREST_DB, tracks) / 20)
    return Heard(
        RATE_HZ,
        HOP_S,
        centres,
        gram,
        np.sqrt(power[:, :, None] * weighted[:, None]).astype(np.float32),
        cross,
        (np.sqrt(power / 2) * crest[:, None]).T.astype(np.float32),
        np.tile(centres, (tracks, 1)),
        1.0,
    )


def _spectrum(voice: Voice, centres: F64, rng: np.random.Generator) -> F64:
    """Return band powers: a hump about the role's place, with bumps as a player and a room make them."""
    octaves = np.log2(centres / (voice.centre_hz * 2 ** rng.normal(0.0, 0.4)))
    bumps = np.convolve(rng.normal(0.0, 4.0, len(centres) + 2), np.ones(3) / 3, mode="valid")
    width = voice.width_oct * rng.uniform(0.7, 1.3)
    power: F64 = 10 ** ((-12.0 * np.square(2 * octaves / width) / 4 + bumps) / 10)
    softest = float(power.max()) * 1e-7
    return power.clip(softest)


def _playing(voice: Voice, rng: np.random.Generator) -> F64:
    """Return the power of each hop about 1: phrases that are played or rested, and a little life within them."""
    phrases = rng.random(-(-HOPS // _PHRASE_HOPS)) < voice.plays
    phrases[int(rng.integers(len(phrases)))] = True
    level = 10 ** (rng.normal(0.0, 2.0, HOPS) / 10)
    playing: F64 = np.repeat(phrases, _PHRASE_HOPS)[:HOPS] * level
    return playing
