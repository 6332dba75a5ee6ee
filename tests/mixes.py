"""Small mixes for the tests of the bridge: stems of a few seconds, in memory and in folders, and what comes of them."""

from functools import cache
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from agent.hearing.loudness import Measurement
from agent.mixing import Wish
from agent.policy import About, about
from agent.q_learning import Hyper, QTable
from bridge.document import document
from bridge.embedded import EmbeddedDaw
from bridge.finishing import Finish, LimiterReport
from bridge.jobs import preview_mix
from bridge.results import MixResult
from bridge.schema import MixDocument
from mock_daw.engine import Engine
from mock_daw.project import Project, Stem

Audio = NDArray[np.float32]

RATE_HZ = 16_000  # a low rate keeps these tests fast
POLICY = QTable.fresh(Hyper())
STEMS = {"Kick": (60.0, 0.3), "Bass": (90.0, 0.05), "Lead Vocal": (600.0, 0.03)}


def tone(freq_hz: float, gain: float = 0.1, seconds: float = 3.0, rate_hz: int = RATE_HZ) -> Audio:
    """Return a swelling tone, shape (samples, 2)."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = gain * np.sin(2 * np.pi * freq_hz * time_s) * (0.7 + 0.3 * np.sin(2 * np.pi * 2.0 * time_s))
    return np.stack([wave, wave], axis=1).astype(np.float32)


def daw_of(**audio: Audio) -> EmbeddedDaw:
    """Return the embedded DAW with these tracks."""
    stems = tuple(Stem.from_array(name, samples, RATE_HZ) for name, samples in audio.items())
    return EmbeddedDaw(Engine(Project("song", RATE_HZ, stems)))


def song(**more: Audio) -> EmbeddedDaw:
    """Return a song of three tracks, and more."""
    return daw_of(**{name: tone(*how) for name, how in STEMS.items()}, **more)


def write_song(folder: Path, rate_hz: int = 44_100, **more: Audio) -> Path:
    """Write the song's stems, and more, as WAV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (freq_hz, gain) in STEMS.items():
        sf.write(folder / f"{name}.wav", tone(freq_hz, gain, rate_hz=rate_hz), rate_hz, "PCM_24")
    for name, samples in more.items():
        sf.write(folder / f"{name}.wav", samples, rate_hz, "FLOAT")
    return folder


@cache
def previewed() -> MixResult:
    """Return what a preview of the song plus a silent track gives, the bass locked and the vocal in focus."""
    return preview_mix(song(Spare=np.zeros((1, 2), np.float32)), Wish(focus=(2,), locked=(1,)), POLICY)


def finished() -> Finish:
    """Return the finish of a mix that needed the limiter."""
    measured = Measurement(-14.02, -10.0, -12.5, 3.4, -1.05, -1.1)
    return Finish(measured, 0.4, LimiterReport(-1.0, 2.31, 0.004))


def described(result: MixResult) -> MixDocument:
    """Return mix.json of a result."""
    files = [Path(f"stems/{track.name}.wav") for track in result.session.tracks]
    return document(result, trained(), files, style="balanced", more_notes=("left out: notes.txt (not audio)",))


def trained() -> About:
    """Return what made a policy."""
    return about(Hyper(), steps=10, seed=0, sessions=("none",)).model_copy(update={"sha256": "0" * 64})
