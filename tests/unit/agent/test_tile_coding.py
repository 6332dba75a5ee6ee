from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import features
from agent.environment import MixEnv
from agent.policy import about, load_any, save
from agent.practice import practice_scene
from agent.q_learning import Hyper, episode
from agent.tile_coding import GROUPS, TILINGS, Group, LinearQ, TileCoder, TileHyper, TileLearning

seen = st.lists(st.floats(-1, 1), min_size=features.COUNT, max_size=features.COUNT).map(np.array)
OPEN = np.ones(2, bool)


def learning(hyper: TileHyper, actions: int = 2) -> TileLearning:
    return TileLearning(LinearQ.fresh(hyper, actions), hyper, np.random.default_rng(0))


@given(seen)
def test_a_state_lights_one_tile_of_each_tiling_of_each_group(state: np.ndarray) -> None:
    coder = TileCoder()
    lit = coder(state)
    assert len(lit) == coder.lit == len(GROUPS) * TILINGS
    assert len(set(lit.tolist())) == coder.lit
    assert lit.min() >= 0
    assert lit.max() < coder.count


def test_many_states_at_once_light_what_each_does_alone() -> None:
    states = np.random.default_rng(0).uniform(-1, 1, (20, features.COUNT))
    coder = TileCoder()
    assert coder(states).tolist() == [coder(state).tolist() for state in states]


def test_near_states_share_tiles_and_far_ones_share_none() -> None:
    coder = TileCoder([Group((0,), (10,))], tilings=4)
    here = set(coder(np.array([0.0])).tolist())
    assert len(here & set(coder(np.array([0.06])).tolist())) == 3, "a quarter of a tile away one tiling differs"
    assert not here & set(coder(np.array([0.3])).tolist())


def test_it_generalises_to_states_it_never_saw() -> None:
    """One feature tells which of two actions is worth 1; after training on some values the others are right too."""
    table = learning(TileHyper(double=False, gamma=0.0, optimism=0.0))
    rng = np.random.default_rng(1)
    state = np.zeros(features.COUNT)
    for value in rng.choice(np.linspace(-1, 1, 15), 600):
        state[1] = value
        action = int(rng.integers(2))
        table.learn(table.table.coder(state), action, float((value > 0) == bool(action)), None, None)
    for value in np.linspace(-0.93, 0.93, 12):
        state[1] = value
        assert table.table.greedy(table.table.coder(state), OPEN) == (value > 0)


@pytest.mark.parametrize("double", [False, True])
def test_on_a_chain_of_two_states_the_values_are_those_of_the_books_formula(double: bool) -> None:
    """s → s' earns nothing, s' → the end earns 1: Q(s') = 1 and Q(s) = γ."""
    table = learning(TileHyper(double=double, gamma=0.5, optimism=0.0, alpha_min=0.1), actions=1)
    first, second = (table.table.coder(np.full(features.COUNT, value)) for value in (-0.9, 0.9))
    for _ in range(400):
        table.learn(second, 0, 1.0, None, None)
        table.learn(first, 0, 0.0, second, OPEN[:1])
    assert table.table.q(second) == pytest.approx([1.0], abs=0.02)
    assert table.table.value(first, OPEN[:1]) == pytest.approx(0.5, abs=0.02)


def test_expected_sarsa_counts_what_exploring_costs() -> None:
    table = learning(TileHyper(double=False, gamma=1.0, optimism=0.0, expected=True, alpha_min=1.0))
    first, second = (table.table.coder(np.full(features.COUNT, value)) for value in (-0.9, 0.9))
    table.learn(second, 0, 1.0, None, None)
    table.act(first, OPEN, 0.5)
    table.learn(first, 0, 0.0, second, OPEN)
    assert table.table.q(first)[0] == pytest.approx(0.75), "half the time the best, half the time the mean of 1 and 0"


def test_a_return_that_is_no_number_is_refused_and_nothing_changes() -> None:
    table = learning(TileHyper())
    before = table.table.tables.copy()
    with pytest.raises(FloatingPointError):
        table.learn(table.table.coder(np.zeros(features.COUNT)), 0, float("nan"), None, None)
    assert (table.table.tables == before).all()


@pytest.mark.parametrize("hyper", [TileHyper(double=False), TileHyper(double=False, n_step=3)])
def test_it_learns_to_mix_and_is_kept_to_the_bit(hyper: TileHyper, tmp_path) -> None:
    scenes = [practice_scene(np.random.default_rng(2))]
    env = MixEnv(scenes, scramble_db=12.0, observations="continuous")
    learner = TileLearning(LinearQ.fresh(hyper), hyper, np.random.default_rng(0))

    def improved(values: LinearQ) -> float:
        by = []
        for seed in range(5):
            env.reset(seed=seed)
            start, before = env.settings, env.cost.total
            player = values.copy().learner(hyper, np.random.default_rng(0))
            episode(env, player, 0.0, learn=False, options={"start": start})
            by.append(before - env.cost.total)
        return float(np.mean(by))

    untrained = improved(learner.table)
    for count in range(25):
        episode(env, learner, 0.5, seed=100 + count)
    assert improved(learner.table) > untrained + 0.1
    path = tmp_path / "tiles.npz"
    save(path, learner.table, about(hyper, steps=1, seed=0, sessions=("made up",)))
    kept, made = load_any(path)
    assert isinstance(kept, LinearQ)
    assert (kept.tables == learner.table.tables).all()
    assert (made.algorithm, made.hyper_parameters) == ("tiles", asdict(hyper))


def test_other_features_bring_groups_of_their_own() -> None:
    values = LinearQ.fresh(TileHyper(double=False, optimism=0.4), 3, [Group((0, 2), (5, 4)), Group((1,), (8,))])
    state = values.coder(np.array([0.1, -0.2, 0.7]))
    assert len(state) == 2 * TILINGS
    assert values.q(state) == pytest.approx([0.4] * 3)
    assert (values.copy().coder(np.array([0.1, -0.2, 0.7])) == state).all()


def test_a_tables_hyper_parameters_will_do_for_refining() -> None:
    learner = LinearQ.fresh(TileHyper()).learner(Hyper(gamma=0.3), np.random.default_rng(0))
    assert (learner.gamma, learner.n_step, learner.hyper.double) == (0.3, 1, True)
