import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from agent.environment import TIDINESS, MixEnv, Scene, scramble
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.planning import Plan, plan
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.reward import Cost, Sound, no_term_worse
from agent.session import Settings
from tests.sessions import Song, scene_of, song
from tests.unit.agent.test_environment import comb_scene

EPISODES = 10


@pytest.fixture(scope="module")
def short() -> tuple[Song, Heard]:
    made = song(5.0)
    return made, made.heard


@pytest.fixture(scope="module")
def table(short: tuple[Song, Heard]) -> QTable:
    """A table that was trained a little, on the session itself."""
    made, heard = short
    hyper = Hyper()
    learner = QLearning(QTable.fresh(hyper), hyper, np.random.default_rng(0))
    env = MixEnv([scene_of(made, heard=heard)], scramble_db=12.0, rounds=15)
    for count in range(25):
        episode(env, learner, 0.3, seed=count)
    return learner.table


@pytest.fixture
def scene(short: tuple[Song, Heard]) -> Scene:
    made, heard = short
    return scene_of(made, heard=heard, loudness_lufs=-16.0)


def cost_at(scene: Scene, settings: Settings) -> float:
    return Sound(Twin(scene.twin.heard, settings), scene.goal).cost().total


def test_a_scrambled_session_improves_by_more_than_half(scene: Scene, table: QTable) -> None:
    rng = np.random.default_rng(5)
    falls = []
    for seed in range(4):
        start = scramble(scene, 12.0, rng)
        made = plan(MixEnv([scene]), table, start, seed=seed, episodes=EPISODES)
        falls.append(1 - made.cost.total / cost_at(scene, start))
    assert np.mean(falls) > 0.6
    assert min(falls) > 0.5


def test_the_cost_is_that_of_its_settings(scene: Scene, table: QTable) -> None:
    start = scramble(scene, 12.0, np.random.default_rng(1))
    made = plan(MixEnv([scene]), table, start, seed=1, episodes=EPISODES)
    assert made.cost.total == pytest.approx(cost_at(scene, made.settings), abs=1e-3)


@pytest.mark.parametrize("episodes", [0, 1, 4])
def test_a_plan_never_ends_worse_than_it_starts_whatever_the_table_says(scene: Scene, episodes: int) -> None:
    rng = np.random.default_rng(2)
    for seed in range(3):
        nonsense = QTable.fresh(Hyper())
        nonsense.tables[:] = rng.normal(size=nonsense.tables.shape)
        start = scramble(scene, 12.0, rng)
        made = plan(MixEnv([scene], rounds=10), nonsense, start, seed=seed, episodes=episodes)
        assert made.cost.total <= cost_at(scene, start) + 1e-6
        assert cost_at(scene, made.settings) <= cost_at(scene, start) + 1e-3


def test_a_plan_from_the_best_stays_there(table: QTable) -> None:
    """Perfect already: nothing to say, nothing moved."""
    perfect = comb_scene()
    made = plan(MixEnv([perfect]), table, perfect.start, seed=0, episodes=EPISODES)
    assert made.settings == perfect.start
    assert made.cost.total == 0.0


def test_limits_lie_around_the_settings_that_were_found(scene: Scene, table: QTable) -> None:
    """Later episodes start at the best setting seen; that must not carry a fader further."""
    off = [-30.0, 6.0, 0.0, -10.0, 12.0]
    start = replace(
        scene.start, strips=tuple(replace(s, gain_db=g) for s, g in zip(scene.start.strips, off, strict=True))
    )
    made = plan(MixEnv([scene]), table, start, seed=3, episodes=EPISODES)
    for one, was in zip(made.settings.strips, start.strips, strict=True):
        assert abs(one.gain_db - was.gain_db) <= 12 + 1e-6
        assert one.gain_db <= 12 + 1e-6
        assert max(map(abs, one.eq_gains_db)) <= 6 + 1e-6
        assert (one.pan, one.high_pass_hz) == (was.pan, was.high_pass_hz)
    assert abs(made.settings.master_gain_db) <= 24 + 1e-6
    assert made.settings.strips[0].gain_db > -30, "the quiet kick was lifted"


def test_the_same_seed_makes_the_same_plan(scene: Scene, table: QTable) -> None:
    start = scramble(scene, 12.0, np.random.default_rng(4))

    def once(seed: int) -> Plan:
        return plan(MixEnv([scene], rounds=10), table, start, seed=seed, episodes=4)

    first, again, other = once(0), once(0), once(1)
    assert (first.settings, first.cost, first.steps) == (again.settings, again.cost, again.steps)
    assert first.table.tables.tobytes() == again.table.tables.tobytes()
    assert first.table.tables.tobytes() != other.table.tables.tobytes()


def test_planning_learns_on_a_copy(scene: Scene, table: QTable) -> None:
    before = table.tables.tobytes(), table.visits.tobytes()
    made = plan(MixEnv([scene], rounds=10), table, scene.start, seed=0, episodes=3)
    assert (table.tables.tobytes(), table.visits.tobytes()) == before
    assert made.table.visits.sum() > table.visits.sum()


def tidy_cost(cost: float, settings: Settings) -> float:
    """J, and 0.0003 for each 1.5 dB of EQ: the sessions here are found with their EQ flat."""
    return cost + TIDINESS * sum(abs(gain) / 1.5 for strip in settings.strips for gain in strip.eq_gains_db)


class Watched(MixEnv):
    """Notes every moment's cost with the price of its EQ, but for those where a term is worse than at the start."""

    def __init__(self, scene: Scene, rounds: int = 40) -> None:
        super().__init__([scene], rounds=rounds)
        self.costs: list[float] = []
        self.steps = self.episodes = 0
        self._first: Cost | None = None
        self._untouched = True

    def reset(self, **options: object) -> object:  # type: ignore[override]
        answer = super().reset(**options)  # type: ignore[arg-type]
        self._untouched = True
        self._first = self._first or self.cost
        self._note()
        return answer

    def step(self, action: object) -> object:  # type: ignore[override]
        answer = super().step(action)  # type: ignore[arg-type]
        self.steps += 1
        self.episodes += self._untouched
        self._untouched = False
        self._note()
        return answer

    def _note(self) -> None:
        assert self._first is not None
        if no_term_worse(self._first, self.cost):
            self.costs.append(tidy_cost(self.cost.total, self.twin.settings))


def test_no_episodes_means_to_play_the_table_once_and_learn_nothing(scene: Scene, table: QTable) -> None:
    start = scramble(scene, 12.0, np.random.default_rng(6))
    env = Watched(scene)
    made = plan(env, table, start, seed=0, episodes=0)
    assert env.episodes == 1
    assert made.steps == env.steps
    assert tidy_cost(made.cost.total, made.settings) == pytest.approx(min(env.costs), abs=1e-9)
    assert made.table.tables.tobytes() == table.tables.tobytes()
    assert made.cost.total < cost_at(scene, start)


def test_it_ends_on_the_best_that_was_seen_or_better(scene: Scene, table: QTable) -> None:
    start = scramble(scene, 12.0, np.random.default_rng(7))
    env = Watched(scene, rounds=10)
    made = plan(env, table, start, seed=0, episodes=4)
    assert env.episodes == 4
    assert made.steps > env.steps, "it tried single steps from the best"
    assert tidy_cost(made.cost.total, made.settings) <= min(env.costs) + 1e-9


def test_no_term_ends_worse_than_its_dead_zone(scene: Scene, table: QTable) -> None:
    """1 LU of balance in 6, 2 dB of spectrum in 8, 0.5 LU of loudness in 6, 0.05 of lean in 0.2; 0.1 for masking."""
    rng = np.random.default_rng(10)
    for seed in range(4):
        start = scramble(scene, 12.0, rng)
        before = Sound(Twin(scene.twin.heard, start), scene.goal).cost()
        after = plan(MixEnv([scene], rounds=10), table, start, seed=seed, episodes=3).cost
        for name, slack in {
            "balance": 1 / 6,
            "spectrum": 0.25,
            "masking": 0.1,
            "loudness": 1 / 12,
            "width": 0.25,
        }.items():
            assert getattr(after, name) <= getattr(before, name) + slack + 1e-6


def test_no_single_step_improves_a_plan(scene: Scene, table: QTable) -> None:
    made = plan(MixEnv([scene], eq=False), table, scene.start, seed=0, episodes=3)
    for k, strip in enumerate(made.settings.strips):
        for step in (-3.0, -1.0, 1.0, 3.0):
            if abs(strip.gain_db + step - scene.start.strips[k].gain_db) <= 12 and strip.gain_db + step <= 12:
                strips = list(made.settings.strips)
                strips[k] = replace(strip, gain_db=strip.gain_db + step)
                there = replace(made.settings, strips=tuple(strips))
                assert cost_at(scene, there) > made.cost.total - 2e-4


def test_without_eq_the_eq_stays(scene: Scene, table: QTable) -> None:
    start = scramble(scene, 12.0, np.random.default_rng(8))
    made = plan(MixEnv([scene], eq=False), table, start, seed=0, episodes=3)
    assert all(one.eq == was.eq for one, was in zip(made.settings.strips, start.strips, strict=True))


def test_progress_goes_from_nothing_to_all(scene: Scene, table: QTable) -> None:
    told: list[float] = []
    note: Callable[[float], None] = told.append
    plan(MixEnv([scene], rounds=5), table, scene.start, seed=0, episodes=4, progress=note)
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_a_table_that_knows_plans_better_than_one_that_does_not(scene: Scene, table: QTable) -> None:
    rng = np.random.default_rng(9)
    starts = [scramble(scene, 12.0, rng) for _ in range(5)]

    def mean_cost(values: QTable) -> float:
        plans = [plan(MixEnv([scene]), values, start, seed=0, episodes=0) for start in starts]
        return float(np.mean([p.cost.total for p in plans]))

    trained, fresh = mean_cost(table), mean_cost(QTable.fresh(Hyper()))
    assert math.isfinite(trained)
    assert trained < fresh
