"""The environments under their names in Gymnasium: ``import agent; gymnasium.make("faderbot/Mix-v0")``.

``faderbot/Mix-v0``     ``agent.environment.MixEnv``; ``sessions``: what is mixed, each a ``Scene``, or a folder of
                        stems where Faderbot is installed whole (a package offers to open folders under the entry point
                        ``faderbot.sessions``).
``faderbot/Tune-v0``    ``agent.tone.environment.TuneEnv``; ``sessions``: ``ToneScene`` each.
``faderbot/Rhythm-v0``  ``agent.rhythm.environment.RhythmEnv``; ``charts``: ``Chart`` each.

``gymnasium.make_vec(NAME, num_envs=256, vectorization_mode="vector_entry_point")`` steps many copies of any of them in
NumPy calls. Where none are named, sessions are made up (``agent.practice``), always the same ones.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from agent.environment import MixEnv, Scene
from agent.practice import practice_chart, practice_scene, practice_tone
from agent.rhythm.chart import Chart
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.vector_environment import RhythmVectorEnv
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.vector_environment import TuneVectorEnv
from agent.vector_environment import MixVectorEnv

OPENERS = "faderbot.sessions"
SCRAMBLE_DB = 12.0
ASTRAY = 0.5
PRACTICE_SESSIONS = 8
Sessions = Sequence[Scene | Path | str] | None
Made = TypeVar("Made")


def mix(sessions: Sessions = None, *, scramble_db: float = SCRAMBLE_DB, **options: Any) -> MixEnv:
    """Make a ``MixEnv``; ``options`` are its own. Raises ``ValueError`` where a session can not be opened."""
    return MixEnv(opened(sessions), scramble_db=scramble_db, **options)


def mix_vector(num_envs: int, sessions: Sessions = None, **options: Any) -> MixVectorEnv:
    """Make a ``MixVectorEnv`` of so many copies; ``options`` are its own. Raises as ``mix`` does."""
    found = opened(sessions)
    return MixVectorEnv(found[:num_envs] if sessions is None else found, num_envs, **options)


def tune(sessions: Sequence[ToneScene] | None = None, *, astray: float = ASTRAY, **options: Any) -> TuneEnv:
    """Make a ``TuneEnv``; ``options`` are its own."""
    return TuneEnv(_made_up(practice_tone) if sessions is None else sessions, astray=astray, **options)


def tune_vector(
    num_envs: int, sessions: Sequence[ToneScene] | None = None, *, astray: float = ASTRAY, **options: Any
) -> TuneVectorEnv:
    """Make a ``TuneVectorEnv`` of so many copies; ``options`` are its own."""
    found = _made_up(practice_tone) if sessions is None else sessions
    return TuneVectorEnv(found, num_envs, astray=astray, **options)


def rhythm(charts: Sequence[Chart] | None = None, **options: Any) -> RhythmEnv:
    """Make a ``RhythmEnv``; ``options`` are its own."""
    return RhythmEnv(_made_up(practice_chart) if charts is None else charts, **options)


def rhythm_vector(num_envs: int, charts: Sequence[Chart] | None = None, **options: Any) -> RhythmVectorEnv:
    """Make a ``RhythmVectorEnv`` of so many copies; ``options`` are its own."""
    return RhythmVectorEnv(_made_up(practice_chart) if charts is None else charts, num_envs, **options)


def opened(sessions: Sessions) -> list[Scene]:
    """Return sessions as scenes; made-up ones where none are named. Raises ``ValueError``."""
    if sessions is None:
        return _made_up(practice_scene)
    return [session if isinstance(session, Scene) else _of_folder(Path(session)) for session in sessions]


def _made_up(practice: Callable[[np.random.Generator], Made]) -> list[Made]:
    rng = np.random.default_rng(0)
    return [practice(rng) for _ in range(PRACTICE_SESSIONS)]


def _of_folder(folder: Path) -> Scene:
    offered = list(entry_points(group=OPENERS))
    if not offered:
        raise ValueError(f"nothing here opens {folder}: install faderbot whole (pip install .), or pass scenes")
    scene = offered[0].load()(folder)
    assert isinstance(scene, Scene)
    return scene
