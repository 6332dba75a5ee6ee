"""The environments under their names in Gymnasium: ``import agent; gymnasium.make("faderbot/Mix-v0")``.

``faderbot/Mix-v0``     ``agent.environment.MixEnv``; ``sessions``: what is mixed, each a ``Scene``, or a folder of
                        stems where Faderbot is installed whole (a package offers to open folders under the entry point
                        ``faderbot.sessions``). ``gymnasium.make_vec("faderbot/Mix-v0", num_envs=256,
                        vectorization_mode="vector_entry_point")`` steps many copies in NumPy calls.
``faderbot/Tune-v0``    ``agent.tone.environment.TuneEnv``; ``sessions``: ``ToneScene`` each.
``faderbot/Rhythm-v0``  ``agent.rhythm.environment.RhythmEnv``; ``charts``: ``Chart`` each.

Where none are named, sessions are made up (``agent.practice``), always the same ones.
"""

from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np

from agent.environment import MixEnv, Scene
from agent.practice import practice_chart, practice_scene, practice_tone
from agent.rhythm.chart import Chart
from agent.rhythm.environment import RhythmEnv
from agent.tone.environment import ToneScene, TuneEnv
from agent.vector_environment import MixVectorEnv

OPENERS = "faderbot.sessions"
SCRAMBLE_DB = 12.0
PRACTICE_SESSIONS = 8
Sessions = Sequence[Scene | Path | str] | None


def mix(sessions: Sessions = None, *, scramble_db: float = SCRAMBLE_DB, **options: Any) -> MixEnv:
    """Make a ``MixEnv``; ``options`` are its own. Raises ``ValueError`` where a session can not be opened."""
    return MixEnv(opened(sessions), scramble_db=scramble_db, **options)


def mix_vector(num_envs: int, sessions: Sessions = None, **options: Any) -> MixVectorEnv:
    """Make a ``MixVectorEnv`` of so many copies; ``options`` are its own. Raises as ``mix`` does."""
    found = opened(sessions)
    return MixVectorEnv(found[:num_envs] if sessions is None else found, num_envs, **options)


def tune(sessions: Sequence[ToneScene] | None = None, *, astray: float = 0.5, **options: Any) -> TuneEnv:
    """Make a ``TuneEnv``; ``options`` are its own."""
    rng = np.random.default_rng(0)
    return TuneEnv(sessions or [practice_tone(rng) for _ in range(PRACTICE_SESSIONS)], astray=astray, **options)


def rhythm(charts: Sequence[Chart] | None = None, **options: Any) -> RhythmEnv:
    """Make a ``RhythmEnv``; ``options`` are its own."""
    rng = np.random.default_rng(0)
    return RhythmEnv(charts or [practice_chart(rng) for _ in range(PRACTICE_SESSIONS)], **options)


def opened(sessions: Sessions) -> list[Scene]:
    """Return sessions as scenes; made-up ones where none are named. Raises ``ValueError``."""
    if sessions is None:
        rng = np.random.default_rng(0)
        return [practice_scene(rng) for _ in range(PRACTICE_SESSIONS)]
    return [session if isinstance(session, Scene) else _of_folder(Path(session)) for session in sessions]


def _of_folder(folder: Path) -> Scene:
    offered = list(entry_points(group=OPENERS))
    if not offered:
        raise ValueError(f"nothing here opens {folder}: install faderbot whole (pip install .), or pass scenes")
    scene = offered[0].load()(folder)
    assert isinstance(scene, Scene)
    return scene
