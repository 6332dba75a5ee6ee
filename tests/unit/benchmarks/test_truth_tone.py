"""The page of truth for tuning: what learns in a batch learns as a single environment does, and the page says it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from gymnasium.vector import AutoresetMode
from tone_learners import ALGORITHMS, TILES, fresh, learned_together, trained
from truth_learners import Looks
from truth_runs import Runs
from truth_tone import Asked, decision_us, measured_all
from truth_tone_page import COLUMNS, page, picture

from agent.hearing.twin import Twin
from agent.planning import plan
from agent.practice import practice_scene
from agent.q_learning import Hyper, state_of
from agent.session import Settings, Strip
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.goal import tone_goal
from agent.tone.moves import HOLD
from agent.tone.observation import SHAPE
from agent.tone.targets import heard_target
from agent.tone.vector_environment import TuneVectorEnv

NO_LOOKS = Looks((), lambda _values: None)


def scene(seed: int = 3) -> ToneScene:
    """A made-up mix that was turned wrong, to be brought back to itself."""
    mix = practice_scene(np.random.default_rng(seed)).twin.bounced().thinned(40)
    start = Settings((Strip(),))
    wrong = Twin(Twin(mix, Settings((Strip().with_eq_gains((5.0, 0.0, -6.0, 0.0)),))).printed(), start)
    return ToneScene(wrong, tone_goal(wrong, heard_target(mix, "itself"), [None]), start)


class Noting:
    """A learner that holds, and notes what it is told to learn from."""

    n_step, gamma = 1, 0.5

    def __init__(self) -> None:
        self.rng, self.table = np.random.default_rng(0), fresh(Hyper())
        self.learned: list[tuple[Any, ...]] = []

    def reader(self, _space: object) -> Any:
        return lambda seen: state_of(seen, SHAPE)

    def act(self, _state: int, mask: np.ndarray, _epsilon: float) -> int:
        return int(np.flatnonzero(mask)[-1]) if len(self.learned) < 60 else HOLD

    def learn(self, state: int, action: int, reward: float, after: int | None, mask: np.ndarray | None) -> float:
        self.learned.append((state // (7 * 5 * 3 * 3 * 5), None if after is None else after // (7 * 5 * 3 * 3 * 5)))
        assert (after is None) == (mask is None)
        assert action == HOLD or reward != 0
        return 0.0


def test_each_knob_learns_from_its_own_next_look_until_the_end() -> None:
    learner = Noting()
    env = TuneVectorEnv([scene()], 3, rounds=8, autoreset=AutoresetMode.SAME_STEP)
    learned_together(env, learner, Hyper(), 3 * 45, 0, lambda: learner.table, NO_LOOKS)
    ended = [knob for knob, after in learner.learned if after is None]
    assert all(knob == after for knob, after in learner.learned if after is not None)
    assert len(learner.learned) > 60
    assert len(ended) % 5 == 0, "an episode that terminates teaches each of its knobs once more"
    assert ended


@pytest.mark.parametrize("name", ["double table", "tiles"])
def test_what_is_trained_in_a_batch_plays_better_than_what_was_not(name: str) -> None:
    hyper = ALGORITHMS[name]
    assert isinstance(hyper, Hyper)
    told: list[object] = []
    values = trained([scene()], hyper, 4_000, 0, Looks((2_000, 4_000), told.append))
    assert len(told) == 2
    held = scene(5)
    env = TuneEnv([held], observations=values.observations)
    taught, untaught = (plan(env, v, held.start, seed=0, episodes=0).cost.total for v in (values, fresh(hyper)))
    env.reset()
    assert taught < 0.8 * env.cost.total
    assert taught < untaught
    assert 0 < decision_us(values, held) < 1e5


def test_tiles_for_tuning_are_those_of_its_own_features() -> None:
    values = fresh(TILES)
    env = TuneEnv([scene()], observations="continuous")
    seen, info = env.reset(seed=0)
    lit = values.coder(seen)
    assert values.greedy(lit, info["action_mask"]) in np.flatnonzero(info["action_mask"])
    assert values.tables.shape == (1, values.coder.count, 17)


def noise_song(folder: Path, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for name in ("Bass", "Keys"):
        walk = np.cumsum(rng.normal(size=(4 * 44_100, 2)), axis=0)
        wave = walk - np.linspace(walk[0], walk[-1], len(walk))
        bright = 0.02 * rng.normal(size=wave.shape)
        soundfile.write(folder / f"{name}.wav", 0.2 * wave / np.abs(wave).max() + bright, 44_100, "PCM_24")
    return folder


@pytest.mark.slow
def test_the_whole_page_is_measured_once_and_printed(tmp_path: Path) -> None:
    only = ("table", "tiles")
    folders = [noise_song(tmp_path / f"song {k}", k) for k in range(2)]
    asked = Asked(seeds=1, steps=256, only=only, cases=1, every=1, seconds=3.2, refined=0)
    out = tmp_path / "out"

    def once() -> dict[str, dict[str, Any]]:
        with Runs.kept_in(out) as runs:
            return measured_all([scene()], ["made up"], folders, asked, runs)

    found = once()
    files = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert once() == found
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == files
    picture(found, only, out)
    assert (out / "curves.png").exists()
    lines = page(found, only, sessions=1, scenes=1).splitlines()
    rows = [line.split(" | ")[0].lstrip("| ") for line in lines if line.startswith("| ")]
    assert rows[:3] == [COLUMNS[0], "nothing", "least squares (the ceiling)"]
    assert rows[3:7] == ["shipped table, alone", "shipped table, refined", "table, alone", "tiles, alone"]
    assert "1 held-out cases" in lines[0]
