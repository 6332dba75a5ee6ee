import math
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from agent.actions import ACTIONS, EQ, HOLD, TEMPO, VOLUME
from agent.environment import MixEnv, Scene, scramble
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.observation import SHAPE
from agent.reward import MOVE_COST, REWARD_SCALE
from agent.session import Settings
from tests.sessions import Song, drawn, drawn_goal, scene_of, settings_of, song

EVEN, ODD = np.arange(30) % 2 == 0, np.arange(30) % 2 == 1
COMB = 1e-3 * np.array([EVEN, ODD], float)
COMB_LUFS = -0.691 + 10 * math.log10(30e-3)
LOUDER_1, LOUDER_3 = 3, 4


def comb_scene(faders_db: list[float] | None = None, *, locked: list[int] | None = None, **goal: Any) -> Scene:
    heard = drawn(COMB)
    start = settings_of(2, faders_db)
    wanted = drawn_goal(heard, loudness_lufs=COMB_LUFS, **goal)
    wanted.movable[locked or []] = False
    return Scene(Twin(heard, start), wanted, start)


@pytest.fixture(scope="module")
def short() -> tuple[Song, Heard]:
    made = song(3.0)
    return made, made.heard


def played(env: MixEnv, seed: int, steps: int = 120) -> list[Any]:
    """Play random actions, open or not; return all that the environment said."""
    rng = np.random.default_rng(seed)
    seen, info = env.reset(seed=seed)
    said: list[Any] = [(seen.tolist(), info["strip"], info["cost"])]
    for _ in range(steps):
        seen, earned, terminated, truncated, info = env.step(int(rng.integers(len(ACTIONS))))
        said.append((seen.tolist(), earned, terminated, truncated, info["strip"], info["cost"]))
        if terminated or truncated:
            break
    return said


# check_env's only warning: it would make a second environment for each render mode from a registered spec. There is
# nothing to render and nothing registered.
@pytest.mark.filterwarnings("ignore:.*Not able to test alternative render modes:UserWarning")
@pytest.mark.parametrize("eq", [True, False])
def test_it_passes_gymnasiums_checker(short: tuple[Song, Heard], eq: bool) -> None:
    made, heard = short
    check_env(MixEnv([scene_of(made, heard=heard), scene_of(made, heard=heard)], eq=eq, scramble_db=12.0))


def test_spaces_are_those_of_the_observation_and_the_actions() -> None:
    env = MixEnv([comb_scene()])
    assert env.observation_space.nvec.tolist() == list(SHAPE)  # type: ignore[attr-defined]
    assert env.action_space.n == len(ACTIONS)  # type: ignore[attr-defined]


def test_an_environment_needs_a_session() -> None:
    with pytest.raises(ValueError, match="at least one session"):
        MixEnv([])


def test_the_same_seed_plays_the_same_episode(short: tuple[Song, Heard]) -> None:
    made, heard = short

    def env() -> MixEnv:
        return MixEnv([scene_of(made, heard=heard), scene_of(made, heard=heard)], scramble_db=12.0)

    once = env()
    first = played(once, 7)
    assert first == played(env(), 7)
    assert first == played(once, 7), "nothing is left of the episode before"
    assert first != played(env(), 8)


def test_scrambles_stay_within_their_bounds_and_off_the_master() -> None:
    env = MixEnv([comb_scene([5.0, 0.0])], scramble_db=12.0)
    drawn_db = []
    for seed in range(60):
        env.reset(seed=seed)
        there = env.twin.settings
        assert there.master_gain_db == 0.0
        assert -7.0 <= there.strips[0].gain_db <= 12.0
        drawn_db.append(there.strips[1].gain_db)
    assert min(drawn_db) < -8 < 8 < max(drawn_db)
    assert all(abs(d) <= 12 for d in drawn_db)


def test_a_scramble_leaves_locked_and_silent_tracks_alone() -> None:
    heard = drawn(np.concatenate([COMB, np.zeros((1, 30))]))
    start = settings_of(3, [1.0, 2.0, 3.0])
    goal = drawn_goal(heard)
    goal.movable[0] = False
    there = scramble(Scene(Twin(heard, start), goal, start), 12.0, np.random.default_rng(1))
    assert there.strips[0] == start.strips[0]
    assert there.strips[1] != start.strips[1]
    assert there.strips[2] == start.strips[2]


def test_strips_take_turns_and_locked_and_silent_ones_are_never_looked_at() -> None:
    heard = drawn(np.concatenate([COMB, np.zeros((1, 30)), COMB]))
    start = settings_of(5)
    goal = drawn_goal(heard)
    goal.movable[1] = False
    env = MixEnv([Scene(Twin(heard, start), goal, start)], rounds=5)
    _, info = env.reset(seed=1)
    looked = [info["strip"]]
    rng = np.random.default_rng(0)
    over = False
    while not over:
        action = int(rng.choice(np.flatnonzero(info["action_mask"])))
        _, _, terminated, truncated, info = env.step(action)
        looked.append(info["strip"])
        over = terminated or truncated
    assert looked[:8] == [0, 3, 4, 5, 0, 3, 4, 5]
    assert set(looked) == {0, 3, 4, 5}
    there = env.twin.settings
    assert there.strips[1] == start.strips[1]
    assert there.strips[2] == start.strips[2]
    assert there != start


def test_a_round_of_holds_ends_the_episode() -> None:
    env = MixEnv([comb_scene()])
    env.reset(seed=1)
    ends = [env.step(HOLD)[2:4] for _ in range(3)]
    assert ends == [(False, False), (False, False), (True, False)]


def test_a_move_begins_the_round_anew() -> None:
    env = MixEnv([comb_scene()])
    env.reset(seed=1)
    ends = [env.step(action)[2] for action in (HOLD, HOLD, LOUDER_1, HOLD, HOLD, HOLD)]
    assert ends == [False] * 5 + [True]


def test_a_closed_action_counts_as_hold() -> None:
    env = MixEnv([comb_scene()])
    env.reset(seed=1)
    for index in (TEMPO.start, TEMPO.start + 1, TEMPO.start):
        assert not env._open[index]
        _, earned, terminated, _, _ = env.step(index)
        assert earned == 0.0
    assert terminated
    assert env.twin.settings == comb_scene().start


def test_the_episode_is_cut_after_its_rounds() -> None:
    env = MixEnv([comb_scene()], rounds=4)
    env.reset(seed=1)
    ends = [env.step(3 if look // 3 % 2 else 2)[2:4] for look in range(12)]
    assert ends == [(False, False)] * 11 + [(False, True)]


def test_ending_in_the_last_round_is_termination_not_truncation() -> None:
    env = MixEnv([comb_scene()], rounds=1)
    env.reset(seed=1)
    assert [env.step(HOLD)[2:4] for _ in range(3)][-1] == (True, False)


def test_rewards_add_up_to_the_fall_of_the_cost_less_the_moves_but_for_clipping(short: tuple[Song, Heard]) -> None:
    made, heard = short
    env = MixEnv([scene_of(made, heard=heard)], scramble_db=12.0)
    rng = np.random.default_rng(3)
    for seed in range(4):
        _, info = env.reset(seed=seed)
        start, total, moves, clipped, over = info["cost"].total, 0.0, 0, 0.0, False
        while not over:
            action = int(rng.choice(np.flatnonzero(info["action_mask"])))
            before = info["cost"].total
            _, earned, terminated, truncated, info = env.step(action)
            assert -1.0 <= earned <= 1.0
            unclipped = REWARD_SCALE * (before - info["cost"].total) - MOVE_COST * (action != HOLD)
            clipped += unclipped - max(-1.0, min(1.0, unclipped))
            total, moves, over = total + earned, moves + (action != HOLD), terminated or truncated
        assert moves > 100
        assert abs(clipped) < 3
        expected = REWARD_SCALE * (start - info["cost"].total) - MOVE_COST * moves
        assert total == pytest.approx(expected - clipped, abs=1e-6)


def test_the_right_step_is_rewarded_and_the_wrong_one_punished() -> None:
    """One of two tracks is 9 dB low: each is off by 4.5 LU, every band by 4.5 dB, the mix by 2.495 LU.

    One dB up, both fall by 0.5 and the mix is off by 2.372 LU: 0.3·0.5/6 + 0.25·0.5/8 + 0.15·0.123/6.
    """
    env = MixEnv([comb_scene([-9.0, 0.0])])
    env.reset(seed=1)
    _, earned, _, _, info = env.step(LOUDER_1)
    assert info["cost"].balance == pytest.approx(3 / 6, abs=1e-4)
    assert info["cost"].spectrum == pytest.approx(2 / 8, abs=1e-4)
    assert earned == pytest.approx(10 * (0.025 + 0.015625 + 0.003075) - 0.01, abs=1e-3)
    env.reset(seed=1)
    assert env.step(LOUDER_3)[1] == 1.0, "clipped"
    env.reset(seed=1)
    assert env.step(1)[1] < -0.5


def test_a_track_without_an_eq_has_its_fader_alone() -> None:
    scene = comb_scene([0.0, 0.0])
    env = MixEnv([replace(scene, goal=replace(scene.goal, bare=frozenset({1})))])
    env.reset(seed=0)
    opened = {env.strips[place]: set(env.turns(place)) for place in range(env.places)}
    faders, eq = set(range(VOLUME.start, VOLUME.stop)), set(range(EQ.start, EQ.stop))
    assert opened == {0: faders | eq, 1: faders, 2: faders}
    seen = [env.step(HOLD)[4] for _ in range(2)]
    assert [set(np.flatnonzero(info["action_mask"])) - {HOLD} for info in seen] == [faders, faders]


def test_the_mask_tells_what_is_open_now() -> None:
    env = MixEnv([comb_scene([12.0, 0.0])], eq=False)
    _, info = env.reset(seed=1)
    assert np.flatnonzero(info["action_mask"]).tolist() == [0, 1, 2]
    _, info = env.step(HOLD)[3:]
    assert np.flatnonzero(info["action_mask"]).tolist() == [0, 1, 2, 3, 4]


def test_an_episode_may_start_elsewhere_and_keep_its_limits_around_what_was_found() -> None:
    env = MixEnv([comb_scene()])
    there, found = settings_of(2, [8.0, 0.0]), settings_of(2, [-3.0, 0.0])
    _, info = env.reset(options={"start": there, "found": found})
    assert env.twin.settings == there
    assert info["action_mask"][:5].tolist() == [True, True, True, True, False]
    _, info = env.reset(options={"start": there})
    assert info["action_mask"][:5].tolist() == [True] * 5


class Desk:
    """A DAW that takes every setting in its own way, and remembers what it was told."""

    def __init__(self, step_db: float = 0.0, top_db: float = 12.0) -> None:
        self.step_db, self.top_db = step_db, top_db
        self.told: list[Settings] = []

    def __call__(self, settings: Settings) -> Settings:
        self.told.append(settings)
        strips = tuple(replace(s, gain_db=min(self.top_db, self.rounded(s.gain_db))) for s in settings.strips)
        return replace(settings, strips=strips, master_gain_db=self.rounded(settings.master_gain_db))

    def rounded(self, gain_db: float) -> float:
        return round(gain_db / self.step_db) * self.step_db if self.step_db else gain_db


def test_every_turn_is_carried_to_the_daw_and_no_hold() -> None:
    desk = Desk()
    env = MixEnv([comb_scene([0.2, 0.0])], hand=desk)
    env.reset(seed=1)
    for action in (LOUDER_1, HOLD, LOUDER_3, TEMPO.start):
        env.step(action)
    start = settings_of(2, [0.2, 0.0])
    assert desk.told == [start, settings_of(2, [1.2, 0.0]), settings_of(2, [1.2, 0.0], master_db=3.0)]


def test_a_daw_that_rounds_is_believed() -> None:
    desk = Desk(step_db=0.5)
    env = MixEnv([comb_scene([0.2, -4.9])], hand=desk)
    env.reset(seed=1)
    _, _, _, _, info = env.step(LOUDER_1)
    read = settings_of(2, [1.0, -5.0])
    assert env.twin.settings == read
    twice = MixEnv([comb_scene([1.0, -5.0])])
    _, expected = twice.reset(seed=1)
    assert info["cost"].total == pytest.approx(expected["cost"].total, abs=1e-6)


def test_a_daw_that_clamps_earns_nothing_but_the_cost_of_the_move() -> None:
    env = MixEnv([comb_scene([3.0, 0.0])], hand=Desk(top_db=3.0))
    env.reset(seed=1)
    _, earned, _, _, _ = env.step(LOUDER_3)
    assert earned == pytest.approx(-MOVE_COST, abs=1e-5)
    assert env.twin.settings == settings_of(2, [3.0, 0.0])


def test_a_silent_session_has_only_its_master_to_look_at() -> None:
    heard = drawn(np.zeros((2, 30)), peak=0.0)
    start = settings_of(2)
    env = MixEnv([Scene(Twin(heard, start), drawn_goal(heard), start)])
    _, info = env.reset(seed=1)
    assert info["strip"] == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, earned, terminated, _, _ = env.step(HOLD)
    assert (earned, terminated) == (0.0, True)
