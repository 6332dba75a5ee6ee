"""Sessions of the mock REAPER over short files, for the tests of how it plays."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from mock_daw.player import render
from mock_daw.session import Effect, EqBand, Equaliser, Item, Session, Source, Take, Track, guid

RATE_HZ = 8000
Audio = NDArray[np.float32]


def constant(left: float, right: float | None = None, samples: int = RATE_HZ) -> Audio:
    """Return a stereo signal that stands still."""
    return np.full((samples, 2), [left, left if right is None else right], np.float32)


def noise(seed: int = 0, samples: int = RATE_HZ) -> Audio:
    """Return stereo noise."""
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (samples, 2)).astype(np.float32)


def item(folder: Path, audio: Audio, position_s: float = 0.0, *, rate_hz: int = RATE_HZ, **changes: object) -> Item:
    """Write audio as a file and return an item that plays all of it; ``take`` holds changes of the take."""
    number = len(list(folder.iterdir()))
    path = folder / f"{number}.wav"
    sf.write(path, audio, rate_hz, subtype="FLOAT")
    channels = 1 if audio.ndim == 1 else audio.shape[1]
    length_s = len(audio) / rate_hz
    take = Take(guid("take", number), source=Source("WAVE", path, length_s, rate_hz, channels))
    take_changes = changes.pop("take", {})
    assert isinstance(take_changes, dict)
    take = replace(take, **take_changes)
    whole = Item(guid("item", number), position_s, length_s, take)
    return replace(whole, **changes)  # type: ignore[arg-type]


def track(number: int, *items: Item, **changes: object) -> Track:
    """Return a track with items."""
    return replace(Track(guid("track", number), f"Track {number}", items=items), **changes)  # type: ignore[arg-type]


def session(*tracks: Track, **changes: object) -> Session:
    """Return a session of tracks."""
    return replace(Session("demo", RATE_HZ, tracks), **changes)  # type: ignore[arg-type]


def reaeq(*bands: EqBand, gain_linear: float = 1.0, number: int = 1) -> Effect:
    """Return a ReaEQ."""
    return Effect(guid("effect", number), "VST: ReaEQ (Cockos)", equaliser=Equaliser(bands, gain_linear))


def rendered(played: Session, start_s: float = 0.0, end_s: float = 1.0, block_samples: int = 1000) -> Audio:
    """Return the master's sound."""
    return np.concatenate(list(render(played, start_s, end_s, block_samples)))


def level(played: Session, at_s: float = 0.5) -> Sequence[float]:
    """Return what leaves the master at one moment, (left, right), rounded to 1e-6."""
    first = round(at_s * played.rate_hz)
    left, right = rendered(played, 0.0, (first + 1) / played.rate_hz)[-1]
    return round(float(left), 6), round(float(right), 6)
