import numpy as np
import pytest

from agent import observation
from agent.actions import ACTIONS, HOLD
from agent.environment import MixEnv
from agent.explaining import explain
from agent.features import COUNT
from agent.network import Network
from agent.observation import SHAPE
from agent.sampling import sampled
from agent.vocabulary import MIXING
from tests.unit.agent.test_training import scenes

LEVEL = 1


def by_level() -> Network:
    """A network that wants a track turned down by 3 dB the more, the louder it is, and else holds."""
    weights = np.zeros((len(ACTIONS), COUNT), np.float32)
    weights[1, LEVEL] = 1.0
    return Network([(weights, np.zeros(len(ACTIONS), np.float32))])


def test_a_network_is_explained_over_the_states_of_a_table() -> None:
    met = sampled(by_level(), scenes(), np.random.default_rng(1), episodes=12)
    told = explain(met.table, MIXING, pairs=[("level", "kind")], looks=met.looks)
    [drawn] = told.maps
    assert drawn.visits.sum() == told.visits == met.steps
    assert ACTIONS[1].name == "volume -3 dB"
    tracks, seen = drawn.value[:, 0], drawn.visits[:, 0] > 0
    louder = [observation.BINS[1].index(name) for name in ("2–5 LU too loud", "over 5 LU too loud")]
    quieter = [row for row in np.flatnonzero(seen) if row < min(louder) - 2]
    assert seen[louder].any()
    assert quieter
    for row in louder:
        if seen[row]:
            assert (drawn.greedy[row, 0], tracks[row] > 0.3) == (1, True), "errors are over 6 LU"
    for row in quieter:
        assert (drawn.greedy[row, 0], tracks[row]) == (HOLD, pytest.approx(0.0))


def test_only_what_is_open_counts_and_all_states_are_those_that_the_table_would_see() -> None:
    met = sampled(by_level(), scenes(), np.random.default_rng(1), episodes=4)
    kinds = np.unravel_index(np.arange(len(met.looks)), SHAPE)[0]
    assert (met.table.visits[:, HOLD] == met.looks).all(), "holding is always open"
    eq_of_the_master = met.table.visits[kinds == 1][:, 5:13]
    assert eq_of_the_master.sum() == 0
    seen = {int(np.ravel_multi_index(tuple(found), SHAPE)) for found in played(200)}
    assert seen & set(np.flatnonzero(met.looks).tolist())


def played(steps: int) -> list[np.ndarray]:
    env = MixEnv(scenes(), scramble_db=12.0)
    rng = np.random.default_rng(0)
    found, info = env.reset(seed=0)
    out = [found]
    for _ in range(steps):
        found, _, terminated, truncated, info = env.step(int(rng.choice(np.flatnonzero(info["action_mask"]))))
        out.append(found)
        if terminated or truncated:
            found, info = env.reset()
    return out


def test_the_same_draws_give_the_same_table() -> None:
    one, other = (sampled(by_level(), scenes(), np.random.default_rng(3), episodes=2) for _ in range(2))
    assert np.array_equal(one.table.tables, other.table.tables)
    assert np.array_equal(one.looks, other.looks)
