import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest

from agent.actions import ACTIONS, HOLD, TEMPO, limits_around, mask
from agent.environment import MixEnv
from agent.hearing.twin import Twin
from agent.mixing import Wish, plan_mix
from agent.observation import SHAPE, eq_reach, observe, shows_tempo
from agent.policy import shipped
from agent.q_learning import Hyper, QTable, state_of
from agent.reward import TEMPO_WEIGHT, Sound, no_term_worse
from agent.session import Settings
from agent.settling import settle
from agent.tempo import MOST_STRETCH, TempoGoal
from agent.training import tempo_environment, train_tempo
from tests.sessions import Song, song
from tests.unit.agent.test_environment import comb_scene

MASTER = 2
SLOWER, FASTER = range(TEMPO.start, TEMPO.stop)


@pytest.fixture(scope="module")
def short() -> Song:
    return song(3.0)


def wanting(bpm: float, *, stretched: bool = False) -> TempoGoal:
    return TempoGoal(bpm, stretched)


def opened(goal: TempoGoal | None, tempo_bpm: float, found_bpm: float = 120.0, strip: int = MASTER) -> list[int]:
    scene = comb_scene()
    twin = Twin(scene.twin.heard, replace(scene.start, tempo_bpm=tempo_bpm))
    limits = limits_around(replace(scene.start, tempo_bpm=found_bpm), goal)
    return [index for index in np.flatnonzero(mask(twin, strip, limits, eq=True, tempo=goal)) if index >= TEMPO.start]


# The goal


@pytest.mark.parametrize(
    ("tempo_bpm", "pointer"),
    [(100.0, 0), (100.9, 0), (99.1, 0), (102.0, 1), (98.0, 2), (107.0, 3), (93.0, 4), (200.0, 3), (50.0, 4)],
)
def test_a_goal_points_where_the_tempo_must_go(tempo_bpm: float, pointer: int) -> None:
    assert wanting(100.0).pointer(tempo_bpm) == pointer


def test_the_cost_of_a_tempo_is_nothing_near_it_and_whole_an_octave_off() -> None:
    goal = wanting(100.0)
    assert [goal.cost(bpm) for bpm in (100.0, 101.0, 99.1)] == [0.0, 0.0, 0.0]
    assert goal.cost(110.0) == pytest.approx((math.log(1.1) - 0.01) / math.log(2.0))
    assert goal.cost(110.0) == pytest.approx(goal.cost(100.0 / 1.1))
    assert goal.cost(210.0) == goal.cost(20.0) == 1.0


def test_material_is_stretched_by_a_fifth_at_most_and_a_grid_goes_anywhere() -> None:
    assert wanting(100.0, stretched=True).limits_bpm(100.0) == pytest.approx((80.0, 120.0))
    assert wanting(100.0).limits_bpm(300.0) == (20.0, 400.0)
    reach = [bpm for bpm in (79.0, 80.0, 120.0, 121.0) if wanting(bpm, stretched=True).within_reach(100.0)]
    assert reach == [80.0, 120.0]


@pytest.mark.parametrize("bpm", [0.0, 19.9, 400.1, math.nan, math.inf])
def test_a_tempo_that_no_session_has_is_no_goal(bpm: float) -> None:
    with pytest.raises(ValueError, match="outside 20 to 400"):
        TempoGoal(bpm)


# What the agent sees, may do and earns


def test_the_tempo_is_turned_at_the_master_alone_and_only_where_one_is_wanted() -> None:
    assert opened(None, 120.0) == []
    assert opened(wanting(100.0), 120.0) == [SLOWER, FASTER]
    assert opened(wanting(100.0), 120.0, strip=0) == []
    assert opened(wanting(100.0), 100.5) == []


def test_a_stretch_ends_at_its_limits() -> None:
    goal = wanting(96.0, stretched=True)
    assert opened(goal, 97.5) == [FASTER]
    assert opened(goal, 143.0) == [SLOWER]
    assert opened(wanting(96.0), 143.0) == [SLOWER, FASTER]


def test_the_master_shows_the_tempo_where_a_track_shows_its_tone() -> None:
    scene = comb_scene()
    reach, limits = eq_reach(scene.twin), limits_around(scene.start)
    for goal, pointer in ((None, 0), (wanting(150.0), 4), (wanting(118.0), 1), (wanting(120.0), 0)):
        sound = Sound(scene.twin, replace(scene.goal, tempo=goal))
        seen = observe(sound, MASTER, reach, limits, eq=True)
        assert (seen[0], seen[3], seen[4]) == (1, pointer, 0)
        assert shows_tempo(state_of(np.array(seen))) == (pointer > 0)
        assert not shows_tempo(state_of(np.array((0, *seen[1:]))))


def test_a_step_towards_the_tempo_is_earned_and_one_away_from_it_lost() -> None:
    scene = comb_scene()
    env = MixEnv([replace(scene, goal=replace(scene.goal, tempo=wanting(100.0)))])
    earned = []
    for action in (SLOWER, FASTER):
        env.reset()
        env.step(HOLD)
        env.step(HOLD)
        earned.append(env.step(action)[1])
        assert env.twin.tempo_bpm == pytest.approx(120.0 * (1 + ACTIONS[action].change))
    step = 10 * TEMPO_WEIGHT / math.log(2.0)
    assert earned[0] == pytest.approx(-step * math.log(0.98) - 0.01)
    assert earned[1] == pytest.approx(-step * math.log(1.02) - 0.01)


def test_without_a_wish_the_tempo_costs_nothing_whatever_it_is() -> None:
    scene = comb_scene()
    before = Sound(scene.twin, scene.goal).cost()
    scene.twin.turn_tempo(60.0)
    assert Sound(scene.twin, scene.goal).cost() == before
    assert before.tempo == 0.0


def test_a_mix_whose_tempo_got_worse_is_none_that_counts() -> None:
    cost = Sound(comb_scene().twin, comb_scene().goal).cost()
    assert not no_term_worse(cost._replace(tempo=0.1), cost._replace(tempo=0.2))


# Plans


def planned(short: Song, wish: Wish, table: QTable | None = None) -> Settings:
    return plan_mix(short.session(), short.heard, wish, table or shipped()[0], episodes=2).settings


@pytest.mark.parametrize("goal", [wanting(93.21), wanting(108.4, stretched=True), wanting(191.0), wanting(120.0)])
def test_a_plan_ends_exactly_at_the_wanted_tempo(short: Song, goal: TempoGoal) -> None:
    assert planned(short, Wish(tempo=goal)).tempo_bpm == goal.bpm


def test_a_plan_without_a_wish_keeps_the_tempo_and_everything_else(short: Song) -> None:
    assert planned(short, Wish()).tempo_bpm == 120.0


@pytest.mark.parametrize("wish", [Wish(strength=0.0), Wish(strength=0.5), Wish(locked=tuple(range(5)))])
def test_strength_and_locks_are_those_of_gains(short: Song, wish: Wish) -> None:
    assert planned(short, replace(wish, tempo=wanting(96.0))).tempo_bpm == 96.0


def test_settling_does_not_leave_the_limits_of_a_stretch() -> None:
    scene = comb_scene()
    goal = replace(scene.goal, tempo=wanting(200.0, stretched=True))
    assert settle(scene.twin, goal, scene.start, scene.start).tempo_bpm == pytest.approx(120.0 * (1 + MOST_STRETCH))


def test_the_reason_says_what_becomes_of_the_material(short: Song) -> None:
    texts = {
        stretched: plan_mix(
            short.session(), short.heard, Wish(tempo=wanting(108.0, stretched=stretched)), shipped()[0], episodes=1
        )
        .reasons[-1]
        .text
        for stretched in (True, False)
    }
    assert texts[True] == "Tempo 120.0 → 108.0 BPM: the material is 10.0 % slower, at its own pitch"
    assert texts[False] == "Tempo 120.0 → 108.0 BPM: the grid comes to the tempo that is heard"


def test_of_a_number_that_was_asked_for_it_is_not_said_that_it_is_heard(short: Song) -> None:
    asked = Wish(tempo=TempoGoal(108.0, asked=True))
    made = plan_mix(short.session(), short.heard, asked, shipped()[0], episodes=1)
    assert made.reasons[-1].text == "Tempo 120.0 → 108.0 BPM: the grid comes to the tempo that was asked for"


# Learning


def test_only_the_rows_that_show_a_tempo_are_learned() -> None:
    table = QTable.fresh(Hyper())
    table.tables += np.random.default_rng(3).normal(0.0, 0.01, table.tables.shape)
    learned = train_tempo([comb_scene()], table, steps=600)
    rows = np.array([shows_tempo(state) for state in range(len(table.visits))])
    assert np.array_equal(learned.tables[:, ~rows], table.tables[:, ~rows])
    assert np.array_equal(learned.visits[~rows], table.visits[~rows])
    assert learned.visits[rows].sum() > 20
    assert learned.visits[:, TEMPO].sum() > 5


def test_all_other_rows_of_the_shipped_table_are_as_they_were_trained() -> None:
    table = shipped()[0]
    rows = np.array([shows_tempo(state) for state in range(len(table.visits))])
    whole = hashlib.sha256(np.ascontiguousarray(table.tables[:, ~rows]).tobytes())
    whole.update(np.ascontiguousarray(table.visits[~rows]).tobytes())
    assert whole.hexdigest() == "2fb49a221407f218d4ca048cf6d109d3636a40a51a13c252769388349fd8ae54"
    assert (table.visits[rows].sum(1) > 0).sum() == 79


def test_the_shipped_table_turns_the_tempo_the_right_way() -> None:
    """Of the rows that were learned well it is the better of the two steps, whatever the mix sounds like."""
    table = shipped()[0]
    visits = table.visits.reshape(*SHAPE, len(ACTIONS))[1, :, :, 1:5, 0].sum(-1)
    q = table.tables.mean(0).reshape(*SHAPE, len(ACTIONS))[1, :, :, 1:5, 0]
    faster = q[..., FASTER] > q[..., SLOWER]
    well = visits > 300
    assert well[:, :, 0].any()
    assert well[:, :, 3].any()
    assert faster[:, :, [1, 3]][well[:, :, [1, 3]]].mean() > 0.9
    assert (~faster)[:, :, [0, 2]][well[:, :, [0, 2]]].mean() > 0.9


def test_the_shipped_table_alone_finds_its_way_to_a_tempo() -> None:
    env, table = tempo_environment([comb_scene()]), shipped()[0]
    ends = []
    for seed in range(10):
        seen, info = env.reset(seed=seed)
        over = False
        while not over:
            action = table.greedy(state_of(seen), info["action_mask"])
            seen, _, terminated, truncated, info = env.step(action)
            over = terminated or truncated
        ends.append(env.cost.tempo)
    assert ends.count(0.0) >= 9
