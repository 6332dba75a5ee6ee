"""What ``faderbot explain`` does: open a policy, tell what it has learned, draw it."""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from agent import policy, vocabulary
from agent.explaining import explain
from agent.policy import About, PolicyUnreadable, load_any, shipped
from agent.practice import practice_scene
from agent.q_learning import QTable
from agent.rhythm.learning import shipped_rhythm
from agent.sampling import sampled
from agent.tone.tuning import shipped_tone
from agent.vocabulary import Vocabulary
from bridge import explain_picture
from bridge.explain_document import explain_document
from bridge.explain_report import explain_report
from bridge.outputs import staged
from bridge.terminal import show, write
from bridge.wishes import WishUnclear

SESSIONS = 8
"""On how many made-up sessions what is no table is played."""
PNG, JSON = "explain.png", "explain.json"
OUTPUTS: Final = (PNG, JSON)
SHIPPED: Mapping[str, tuple[Callable[[], tuple[policy.Values, About]], Vocabulary]] = MappingProxyType(
    {
        "shipped": (shipped, vocabulary.MIXING),
        "shipped-tone": (shipped_tone, vocabulary.TONE),
        "shipped-rhythm": (shipped_rhythm, vocabulary.RHYTHM),
    }
)
# All that zipfile, zlib, numpy and json raise for a file that is no policy; opening it as one then says so.
_NO_POLICY = (ValueError, KeyError, OSError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error)


def explain_policy(
    name: str, axes: Sequence[str] = (), *, states: int = 5, out: Path | None = None, as_json: bool = False
) -> None:
    """Print what a policy has learned, and write it into ``out`` too. Raises one of ``bridge.expected.EXPECTED``."""
    values, made, words = opened(name)
    chosen = pairs(axes, words)
    if isinstance(values, QTable):
        told = explain_document(explain(values, words, pairs=chosen, states=states), made)
    else:
        rng = np.random.default_rng(0)
        met = sampled(values, [practice_scene(rng) for _ in range(SESSIONS)], rng)
        told = explain_document(
            explain(met.table, words, pairs=chosen, states=states, looks=met.looks), made, met.steps
        )
    if out is not None:
        with staged(out, 0, OUTPUTS) as stage:
            explain_picture.draw(told, stage.hidden / PNG)
            stage.write(JSON, told.text())
            stage.commit()
    if as_json:
        write(told.text(ascii_only=True))  # the terminal's encoding may be any
        return
    show(*explain_report(told))
    if out is not None:
        write(f"\nWritten to {out}: {', '.join(OUTPUTS)}\n")


def pairs(typed: Sequence[str], words: Vocabulary) -> list[tuple[str, str]]:
    """Return the axes of ``level,mix`` and the like. Raises ``WishUnclear``, with the axes that there are."""
    chosen = []
    known = words.layout.state_axes
    for text in typed:
        rows, *more = (part.strip() for part in text.split(","))
        if len(more) != 1 or rows == more[0] or not {rows, *more} <= set(known):
            raise WishUnclear(f"--axes {text}: name two of {', '.join(known)}, such as {known[1]},{known[2]}")
        chosen.append((rows, more[0]))
    return chosen


def opened(name: str) -> tuple[policy.Values, About, Vocabulary]:
    """Return a policy by the name of one that comes along, or by its file. Raises ``PolicyUnreadable``."""
    if name in SHIPPED:
        ship, words = SHIPPED[name]
        return *ship(), words
    path = Path(name)
    if not path.exists():
        raise PolicyUnreadable(f"there is no file {name}: name one that faderbot train made, or {', '.join(SHIPPED)}")
    axes = _axes_of(path)
    words = next((one for one in vocabulary.ALL if one.layout.state_axes == axes), vocabulary.MIXING)
    if words is vocabulary.MIXING:
        return *load_any(path), words
    return *policy.load(path, words.layout), words


def _axes_of(path: Path) -> tuple[str, ...]:
    """Return the axes that a policy says its states have; none where it says nothing."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            return tuple(json.loads(bytes(archive["about"]).decode())["state_axes"])
    except _NO_POLICY:
        return ()
