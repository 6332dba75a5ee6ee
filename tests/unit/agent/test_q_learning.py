"""The update by hand, and what it learns on a chain whose Q* is known."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.actions import ACTIONS, HOLD
from agent.environment import MixEnv
from agent.observation import SHAPE
from agent.q_learning import STATES, Hyper, QLearning, QTable, episode, state_of
from tests.sessions import scene_of, song
from tests.unit.agent.test_environment import comb_scene

OPEN = np.array([True, True])
PLAIN = Hyper(gamma=0.5, alpha_min=0.02, alpha_decay=0.65, optimism=0.0, double=False)


def learner(hyper: Hyper = PLAIN, states: int = 4, actions: int = 2, seed: int = 0) -> QLearning:
    return QLearning(QTable.fresh(hyper, states, actions), hyper, np.random.default_rng(seed))


def test_the_first_visit_takes_the_whole_target() -> None:
    """α = (1 + 0)^−κ = 1: Q = r + γ max Q(s′, ·)."""
    one = learner()
    one.table.tables[0, 1] = [0.2, 0.6]
    assert one.learn(0, 1, 0.3, 1, OPEN) == pytest.approx(0.3 + 0.5 * 0.6)
    assert one.table.tables[0, 0].tolist() == [0.0, pytest.approx(0.6)]
    assert one.table.visits[0].tolist() == [0, 1]


def test_the_second_visit_goes_part_of_the_way() -> None:
    one = learner()
    one.table.visits[0, 1] = 1
    one.table.tables[0, 0, 1] = 0.4
    error = one.learn(0, 1, 1.0, None, None)
    assert error == pytest.approx(0.6)
    assert one.table.tables[0, 0, 1] == pytest.approx(0.4 + 2**-0.65 * 0.6)


@pytest.mark.parametrize(("visits", "alpha"), [(0, 1.0), (3, 4**-0.65), (99, 100**-0.65), (10_000, 0.02)])
def test_the_step_size_falls_with_the_visits_down_to_its_least(visits: int, alpha: float) -> None:
    one = learner()
    one.table.visits[2, 0] = visits
    one.learn(2, 0, 1.0, None, None)
    assert one.table.tables[0, 2, 0] == pytest.approx(alpha)


def test_the_end_of_an_episode_is_worth_nothing_more() -> None:
    one = learner()
    one.table.tables[0] = 9.0
    one.learn(0, 0, 0.25, None, None)
    assert one.table.tables[0, 0, 0] == pytest.approx(0.25)


def test_closed_actions_do_not_count_in_the_target() -> None:
    one = learner()
    one.table.tables[0, 1] = [0.2, 0.6]
    one.learn(0, 0, 0.0, 1, np.array([True, False]))
    assert one.table.tables[0, 0, 0] == pytest.approx(0.5 * 0.2)


def test_double_learning_lets_the_other_table_judge_the_best_action() -> None:
    hyper = Hyper(gamma=0.5, optimism=0.0, double=True)
    for seed in range(6):
        one = learner(hyper, seed=seed)
        one.table.tables[:, 1] = [[1.0, 0.0], [0.3, 0.7]]
        one.learn(0, 0, 0.0, 1, OPEN)
        # table 0 prefers action 0, which table 1 gives 0.3; table 1 prefers action 1, which table 0 gives 0
        assert one.table.tables[:, 0, 0].tolist() in ([0.15, 0.0], [0.0, 0.0])
    first = {tuple(updated(hyper, seed)) for seed in range(12)}
    assert first == {(1.0, 0.0), (0.0, 1.0)}, "each table is updated in its turn"


def updated(hyper: Hyper, seed: int) -> list[float]:
    one = learner(hyper, seed=seed)
    one.learn(0, 0, 1.0, None, None)
    return one.table.tables[:, 0, 0].tolist()


def test_a_fresh_table_is_optimistic_and_unvisited() -> None:
    table = QTable.fresh(Hyper(optimism=0.05, double=True))
    assert table.tables.shape == (2, STATES, len(ACTIONS))
    assert (table.tables == 0.05).all()
    assert table.visits.sum() == 0


def test_the_value_of_a_state_is_that_of_its_best_open_action() -> None:
    table = QTable(np.array([[[0.1, 0.9, 0.5]]]), np.zeros((1, 3), np.int64))
    assert table.value(0, np.array([True, True, True])) == 0.9
    assert table.value(0, np.array([True, False, True])) == 0.5
    assert table.greedy(0, np.array([True, False, True])) == 2


def test_two_tables_act_by_their_mean() -> None:
    table = QTable(np.array([[[1.0, 0.4]], [[0.0, 0.4]]]), np.zeros((1, 2), np.int64))
    assert table.q(0).tolist() == [0.5, 0.4]
    assert table.greedy(0, OPEN) == 0
    assert table.value(0, OPEN) == 0.5


def test_of_equal_actions_the_first_is_taken() -> None:
    assert QTable(np.zeros((1, 1, 3)), np.zeros((1, 3), np.int64)).greedy(0, np.array([False, True, True])) == 1


def test_a_copy_is_on_its_own() -> None:
    table = QTable.fresh(PLAIN, 2, 2)
    copy = table.copy()
    copy.tables += 1
    copy.visits += 1
    assert table.tables.sum() == table.visits.sum() == 0


def test_greed_and_chance_choose_among_open_actions_only() -> None:
    one = learner(actions=5)
    one.table.tables[0, 0] = [5.0, 1.0, 4.0, 3.0, 2.0]
    mask = np.array([False, True, False, True, True])
    assert {one.act(0, mask, 0.0) for _ in range(20)} == {3}
    drawn_actions = [one.act(0, mask, 1.0) for _ in range(300)]
    assert set(drawn_actions) == {1, 3, 4}
    assert min(drawn_actions.count(a) for a in (1, 3, 4)) > 70
    mixed = [one.act(0, mask, 0.3) for _ in range(2000)]
    assert mixed.count(3) / 2000 == pytest.approx(0.7 + 0.1, abs=0.04)


@pytest.mark.parametrize("reward", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("double", [False, True])
def test_a_reward_that_is_no_number_is_refused_and_the_table_left_alone(reward: float, double: bool) -> None:
    one = learner(Hyper(double=double))
    before = one.table.tables.tobytes(), one.table.visits.tobytes()
    with pytest.raises(FloatingPointError, match="can not be learned"):
        one.learn(0, 0, reward, 1, OPEN)
    assert (one.table.tables.tobytes(), one.table.visits.tobytes()) == before


CHAIN = 5
LEFT, RIGHT = 0, 1


def chain_q(gamma: float) -> NDArray[np.float64]:
    """Q* of a chain of five states: right earns 1 at the end and stops there, left goes back for 0.05."""
    q = np.zeros((CHAIN, 2))
    for _ in range(200):
        v = q.max(1)
        for s in range(CHAIN):
            q[s, LEFT] = 0.05 + gamma * v[max(0, s - 1)]
            q[s, RIGHT] = 1.0 if s == CHAIN - 1 else gamma * v[s + 1]
    return q


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("gamma", [0.5, 0.9])
def test_a_chain_is_learned_to_its_known_values(gamma: float, double: bool) -> None:
    hyper = Hyper(gamma=gamma, alpha_min=0.05, alpha_decay=0.6, optimism=1.0, double=double)
    one = learner(hyper, states=CHAIN, seed=1)
    for _ in range(400):
        state = 0
        for _ in range(60):
            action = one.act(state, OPEN, 0.4)
            if state == CHAIN - 1 and action == RIGHT:
                one.learn(state, action, 1.0, None, None)
                break
            after = max(0, state - 1) if action == LEFT else state + 1
            one.learn(state, action, 0.05 if action == LEFT else 0.0, after, OPEN)
            state = after
    expected = chain_q(gamma)
    learned = np.array([one.table.q(s) for s in range(CHAIN)])
    np.testing.assert_allclose(learned, expected, atol=0.02)
    assert [one.table.greedy(s, OPEN) for s in range(CHAIN)] == expected.argmax(1).tolist()
    assert [one.table.value(s, OPEN) for s in range(CHAIN)] == pytest.approx(expected.max(1).tolist(), abs=0.02)


def test_double_learning_does_not_fall_for_a_lucky_draw() -> None:
    """Sutton & Barto 2018, example 6.7: many actions of mean −0.1; their maximum looks good, but is not."""
    ahead = {double: bias(double) for double in (False, True)}
    assert ahead[False] > ahead[True] + 0.05
    assert ahead[True] < 0.0


def bias(double: bool) -> float:
    """The mean value that is expected of leaving for a state where all ten actions earn −0.1 ± 1."""
    hyper = Hyper(gamma=1.0, alpha_min=0.1, alpha_decay=0.6, optimism=0.0, double=double)
    values = []
    for seed in range(30):
        one = learner(hyper, states=2, actions=10, seed=seed)
        everything, noise = np.ones(10, bool), np.random.default_rng(seed + 100)
        for _ in range(100):
            one.learn(0, 0, 0.0, 1, everything)
            action = one.act(1, everything, 0.1)
            one.learn(1, action, float(noise.normal(-0.1, 1.0)), None, None)
        values.append(one.table.q(0)[0])
    return float(np.mean(values))


def test_every_observation_has_a_row_of_its_own() -> None:
    rows = {state_of(np.array(seen)) for seen in np.ndindex(*SHAPE)}
    assert rows == set(range(STATES))
    assert state_of(np.array([1, 0, 0, 0, 0, 0])) == STATES // 2
    assert state_of(np.array([0, 0, 0, 0, 0, 1])) == 1


class Scripted(QLearning):
    """Notes what it is asked to learn, and acts as it is told."""

    def __init__(self, actions: list[int]) -> None:
        super().__init__(QTable.fresh(PLAIN), PLAIN, np.random.default_rng(0))
        self.actions, self.notes = actions, []

    def act(self, state: int, mask: NDArray[np.bool_], epsilon: float) -> int:
        return self.actions.pop(0)

    def learn(self, state: int, action: int, reward: float, after: int | None, mask: object) -> float:
        self.notes.append((action, after is None))
        return super().learn(state, action, reward, after, mask)


def test_each_strip_learns_from_its_own_next_look_and_from_the_end() -> None:
    one = Scripted([3, HOLD, HOLD, HOLD])
    steps, _ = episode(MixEnv([comb_scene()]), one, 0.0)
    assert steps == 4
    assert one.notes == [(3, False), (HOLD, True), (HOLD, True), (HOLD, True)]


def test_an_episode_that_is_cut_short_teaches_no_end() -> None:
    one = Scripted([3, 3, 3, 2, 2, 2])
    steps, _ = episode(MixEnv([comb_scene()], rounds=2), one, 0.0)
    assert steps == 6
    assert one.notes == [(3, False)] * 3


def test_only_open_actions_are_ever_learned() -> None:
    made = song(2.0)
    hyper = Hyper()
    one = QLearning(QTable.fresh(hyper), hyper, np.random.default_rng(0))
    env = MixEnv([scene_of(made)], eq=False, scramble_db=12.0, rounds=10)
    for seed in range(10):
        episode(env, one, 1.0, seed=seed)
    assert one.table.visits[:, :5].sum() > 300
    assert one.table.visits[:, 5:].sum() == 0


def test_an_episodes_return_is_the_sum_of_its_rewards() -> None:
    env = MixEnv([comb_scene([-9.0, 0.0])])
    _, total = episode(env, Scripted([3, HOLD, HOLD, HOLD]), 0.0)
    env.reset()
    assert total == pytest.approx(env.step(3)[1])
