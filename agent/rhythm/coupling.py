"""What the music says of kick and snare, as it was fitted to songs with drummers: ``coupling.json``.

``benchmarks/coupling.py`` fits it and writes the file: a logistic regression for each of the two, of whether it is hit
on a step, by the style's log-odds there and what begins in the music. All figures are in log-odds.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from agent.rhythm.music import Layer, Music
from agent.rhythm.pattern import Voice
from agent.rhythm.styles import Share, Source

F64 = NDArray[np.float64]

FILE = "coupling.json"
COUPLED = (Voice.KICK, Voice.SNARE)
PARTS: tuple[Literal["bass"], Literal["others"]] = ("bass", "others")
FIGURES = ("song", "alike", "bar", "share")
_SHARE = 3  # the last of them, which is the same on all steps
# An onset counts from the first strength on, and in full from the second: what is heard of a struck bass is clear,
# what is heard of chords and melodies is often a note that swells or moves.
_CLEAR: Mapping[str, tuple[float, float]] = {"bass": (0.0, 0.2), "others": (0.1, 0.5)}
# Bars count for each other by the cosine of what begins in them, to this power: 0.9 alike is 0.43.
_ALIKE = 8


class Says(NamedTuple):
    """How much one part of the music says, for each figure of ``figures``."""

    song: float
    alike: float
    bar: float
    share: float


class Coupling(BaseModel):
    """What is fitted for one voice: the weight of the style's log-odds, and of the figures of bass and others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style: float
    bass: Says
    others: Says


class CouplingFile(BaseModel):
    """``coupling.json``, with what it was fitted to.

    ``usual``: the share of steps on which a note of the part begins, over all songs. ``reluctance``: by how much style
    and music together must be for a hit, for it to be worth playing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    made: str
    command: str
    notes: tuple[str, ...]
    sources: Mapping[str, Source]
    songs: tuple[str, ...]
    usual: Mapping[Literal["bass", "others"], Share]
    reluctance: float
    voices: Mapping[Literal["kick", "snare"], Coupling]


@cache
def coupling() -> CouplingFile:
    """Return what ships."""
    return TypeAdapter(CouplingFile).validate_json((files("agent.rhythm") / FILE).read_bytes())


def style_weights(fitted: CouplingFile) -> F64:
    """Return how much the style's log-odds count for each of ``COUPLED``, (2,)."""
    return np.array([fitted.voices[_name(voice)].style for voice in COUPLED])


def busier(music: Music, fitted: CouplingFile) -> F64:
    """Return how much nearer to a hit ``COUPLED`` are on all steps for how much begins in the music, (2,).

    Less the reluctance; 0 where nothing begins at all.
    """
    if not (music.onset > 0).any():
        return np.zeros(len(COUPLED))
    share = figures(begins(music))[:, _SHARE, 0, 0] - np.array([fitted.usual[part] for part in PARTS])
    nearer: F64 = _weights(fitted)[:, :, _SHARE] @ share - fitted.reluctance
    return nearer


def said_of_drums(music: Music, fitted: CouplingFile) -> F64:
    """Return for which steps the music speaks, of ``COUPLED``, (bars, steps, 2)."""
    says: F64 = np.einsum("vpf,pfbs->bsv", _weights(fitted)[:, :, :_SHARE], figures(begins(music))[:, :_SHARE])
    return says


def begins(music: Music) -> F64:
    """Return how clearly a note of the bass, and of anything else, begins on each step, (2, bars, steps), 0 to 1."""
    heard = {"bass": music.onset[Layer.BASS], "others": music.onset[[Layer.CHORDS, Layer.MELODY]].max(0)}
    return np.stack([np.clip((heard[part] - none) / (full - none), 0.0, 1.0) for part, (none, full) in _CLEAR.items()])


def figures(begun: F64) -> F64:
    """Return ``FIGURES`` of what begins, (parts, bars, steps): (parts, figures, bars, steps).

    ``song``: how often a note begins on the step, above the other steps, over all bars in which anything begins.
    ``alike``: by how much more so in this bar and those like it. ``bar``: by how much more begins in this bar than
    usually. ``share``: how much begins in the song.
    """
    parts, bars, steps = begun.shape
    sounds = begun.any((0, 2))
    song = begun[:, sounds].mean(1) if sounds.any() else np.zeros((parts, steps))
    alike = np.einsum("ab,pbs->pas", _likeness(begun), begun) - song[:, None]
    each = np.zeros((parts, len(FIGURES), bars, steps))
    each[:, 0] = (song - song.mean(1, keepdims=True))[:, None]
    each[:, 1] = alike - alike.mean(2, keepdims=True)
    each[:, 2] = (begun.mean(2) - song.mean(1, keepdims=True))[:, :, None]
    each[:, 3] = song.mean(1)[:, None, None]
    return each


def _likeness(begun: F64) -> F64:
    """Return how much each bar counts for each, (bars, bars): rows sum to 1, or are 0 where nothing begins."""
    bars = begun.shape[1]
    flat = begun.transpose(1, 0, 2).reshape(bars, -1)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    alike = (flat @ flat.T) ** _ALIKE
    likeness: F64 = alike / np.maximum(alike.sum(1, keepdims=True), 1e-9)
    return likeness


def _weights(fitted: CouplingFile) -> F64:
    """Return the weights of the figures, (voices, parts, figures)."""
    each = [fitted.voices[_name(voice)] for voice in COUPLED]
    return np.array([[one.bass, one.others] for one in each])


def _name(voice: Voice) -> Literal["kick", "snare"]:
    return "kick" if voice is Voice.KICK else "snare"
