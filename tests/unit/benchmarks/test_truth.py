from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
import truth_learners
from truth import SHIPPED, UNTRAINED, Asked, measured
from truth_ablations import ABLATIONS, Blind, Unpaid
from truth_judging import CEILINGS, Start, decision_us, judged
from truth_learners import ALGORITHMS, Looks, fresh, trained
from truth_page import page, pictures
from truth_runs import Runs

from agent.actions import HOLD
from agent.environment import MixEnv, Scene
from agent.observation import NAMES
from agent.planning import plan
from agent.practice import practice_scene
from agent.q_learning import Hyper
from agent.reward import REWARD_SCALE
from agent.tile_coding import TileHyper

STEPS = 300


def scene(seed: int = 3) -> Scene:
    return practice_scene(np.random.default_rng(seed))


def smallest(seed: int) -> Scene:
    """Return the first session from a seed on that has four tracks."""
    return next(one for one in map(scene, count(seed)) if len(one.start.strips) == 4)


def played(env: MixEnv | Blind | Unpaid, look: Callable[[object, float, object], None]) -> None:
    rng = np.random.default_rng(0)
    seen, info = env.reset(seed=0)
    for _ in range(120):
        action = np.int64(rng.choice(np.flatnonzero(info["action_mask"])))
        seen, earned, terminated, truncated, info = env.step(action)
        look(seen, earned, action)
        if terminated or truncated:
            seen, info = env.reset()


def test_an_axis_that_is_not_seen_shows_nothing_and_the_others_show_all() -> None:
    axis = NAMES.index("level")
    blind, whole = [], []
    played(Blind(MixEnv([scene()], scramble_db=12.0), [axis]), lambda seen, *_: blind.append(seen))
    played(MixEnv([scene()], scramble_db=12.0), lambda seen, *_: whole.append(seen))
    assert np.array(whole)[:, axis].any()
    assert not np.array(blind)[:, axis].any()
    others = [k for k in range(len(NAMES)) if k != axis]
    assert (np.array(blind)[:, others] == np.array(whole)[:, others]).all()


def test_a_term_that_is_not_paid_for_is_all_that_lacks() -> None:
    """Over an episode without clipped steps the rewards differ by the term's share of J."""
    env = MixEnv([scene()], scramble_db=12.0)
    paid, unpaid, terms = [], [], []

    class Both(Unpaid):
        def step(self, action):
            before = env.cost.balance
            answer = super().step(action)
            terms.append(before - env.cost.balance)
            return answer

    played(Both(env, "balance"), lambda _, earned, __: unpaid.append(earned))
    played(MixEnv([scene()], scramble_db=12.0), lambda _, earned, action: paid.append((earned, action)))
    inside = [k for k, (earned, _) in enumerate(paid) if abs(earned) < 1 and abs(unpaid[k]) < 1]
    assert len(inside) > 100
    for k in inside:
        assert paid[k][0] - unpaid[k] == pytest.approx(REWARD_SCALE * 0.30 * terms[k], abs=1e-9)
    assert any(action != HOLD and abs(terms[k]) > 1e-3 for k, (_, action) in enumerate(paid))


def test_looking_takes_no_training_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()
    monkeypatch.setattr(truth_learners.time, "perf_counter", lambda: float(next(clock)))
    looked = []

    def look(values: object) -> None:
        looked.append(values)
        for _ in range(100):
            next(clock)

    looks = Looks((10, 20), look)
    for done in (5, 12, 15, 20, 25):
        looks(done, lambda done=done: done)
    assert looked == [12, 20]
    assert looks.seconds == [1.0, 2.0], "one turn of the clock each"


@pytest.mark.parametrize("hyper", [Hyper(), TileHyper(double=False)])
def test_a_run_trains_and_is_judged_on_the_same_footing_as_a_plan(hyper: Hyper) -> None:
    held = scene(4)
    looked = []
    values = trained([scene()], hyper, STEPS, 0, Looks((100, STEPS), looked.append))
    assert len(looked) == 2
    env = MixEnv([held], scramble_db=12.0, observations=values.observations)
    env.reset(seed=1)
    start = Start(0, 0, env.settings, env.cost.total, env.cost.total / 2, {})
    found = judged(values, [held], [start], 1)
    made = plan(MixEnv([held], observations=values.observations), values, start.settings, seed=0, episodes=1)
    assert found["cost"] == [made.cost.total]
    assert found["share"][0] == pytest.approx(2 * (1 - made.cost.total / start.cost))
    assert 0 < decision_us(values, held) < 1e5


def test_tiles_are_refined_by_planning_and_end_better_than_alone() -> None:
    held = scene(5)
    env = MixEnv([held], scramble_db=12.0, observations="continuous")
    values = fresh(TileHyper(double=False))
    for seed in range(2):
        env.reset(seed=seed)
        start, before = env.settings, env.cost.total
        alone, planned = (plan(env, values, start, seed=0, episodes=episodes) for episodes in (0, 3))
        assert planned.cost.total < min(alone.cost.total, 0.8 * before)
        assert planned.table.visits.sum() > 0
    assert not values.visits.any(), "it refines a copy"


@pytest.mark.slow
def test_the_whole_page_is_measured_once_and_printed(tmp_path) -> None:
    only = ("double table", "tiles")
    asked = Asked(seeds=1, scrambles=1, steps=100, only=only, evaluations=40, planned=0)
    held_out = {"a small one": smallest(6)}

    def once() -> dict[str, dict[str, object]]:
        with Runs.kept_in(tmp_path) as runs:
            return measured([smallest(8)], ["made up"], held_out, asked, runs)

    found = once()
    files = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert once() == found
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == files
    pictures(found, only, tmp_path)
    assert {"curves.png", "curves_by_time.png"} <= {path.name for path in tmp_path.iterdir()}
    told = page(found, only, sessions=(1, 1), heard_s=1.0)
    for name in ("nothing", *CEILINGS, "double table, alone", "tiles, then a descent", f"{SHIPPED}, alone", *ABLATIONS):
        assert f"| {name} |" in told
    assert f"{UNTRAINED}, alone" in told
    assert "its tempo rows" in told
    assert set(only) < set(ALGORITHMS)
