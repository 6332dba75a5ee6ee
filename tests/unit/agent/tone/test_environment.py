"""The tuning environment keeps Gymnasium's contract and its own limits, and can be learned in."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.session import EqBand, Settings, Strip
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.goal import tone_goal
from agent.tone.moves import HOLD, KNOBS, MOVES, Quality, limits_around, mask, moved_band, turn
from agent.tone.observation import SHAPE
from agent.tone.targets import heard_target, style_target
from tests.sessions import drawn, power_at

FLAT_POWER = np.full((1, 30), 1e-3)
EVEN = drawn(FLAT_POWER)
HYPER = Hyper(gamma=0.5, epsilon_start=0.5, epsilon_end=0.1, optimism=0.02)


def scene(gains_db: tuple[float, ...] = (0.0, 0.0, 8.0, 0.0), heard: Heard = EVEN) -> ToneScene:
    """An even spectrum with this EQ printed into it, to be made even again."""
    wrong = Twin(heard, Settings((Strip().with_eq_gains(gains_db),))).printed()
    start = Settings((Strip(),))
    twin = Twin(wrong, start)
    level = Twin(heard, start).track_loudness_lufs()
    return ToneScene(twin, tone_goal(twin, heard_target(heard, "even"), [None], level_lufs=level), start)


def test_the_environment_keeps_gymnasiums_contract() -> None:
    check_env(TuneEnv([scene(), scene((3.0, 0.0, 0.0, -5.0))], astray=0.5), skip_render_check=True)


def test_many_tracks_are_looked_at_knob_by_knob() -> None:
    heard = drawn(np.stack([power_at((100.0, 1e-3), (1000.0, 1e-4)), power_at((1000.0, 1e-3))]))
    start = Settings((Strip(), Strip()))
    twin = Twin(heard, start)
    env = TuneEnv([ToneScene(twin, tone_goal(twin, style_target(heard.bands_hz), [None, None]), start)])
    check_env(env, skip_render_check=True)
    _, info = env.reset()
    looked = [info["strip"]]
    for _ in range(9):
        *_, info = env.step(HOLD)
        looked.append(info["strip"])
    assert looked == list(range(10))


def test_an_episode_ends_when_a_whole_round_held() -> None:
    env = TuneEnv([scene()])
    env.reset()
    ends = [env.step(HOLD)[2] for _ in KNOBS]
    assert ends == [False] * 4 + [True]


def test_turning_the_wrong_band_back_earns_what_it_mends() -> None:
    env = TuneEnv([scene()])
    env.reset()
    for _ in range(3):
        env.step(HOLD)
    before = env.cost.total
    seen, earned, *_ = env.step(MOVES.index(next(m for m in MOVES if m.name == "gain -1.5 dB")))
    assert earned == pytest.approx(before - env.cost.total - 0.004)
    assert earned > 0.2
    assert env.twin.eq(0)[2].gain_db == -1.5
    assert env.observation_space.contains(seen)


def test_a_closed_move_is_a_hold() -> None:
    env = TuneEnv([scene()])
    _, info = env.reset()
    closed = int(np.flatnonzero(~info["action_mask"])[0])
    _, earned, *_ = env.step(closed)
    assert earned == 0.0
    assert env.settings == env.scene.start


def test_learning_makes_greedy_play_better_than_an_untrained_table() -> None:
    """One band is wrong: after some episodes greedy play takes most of the error away, in few moves."""
    env = TuneEnv([scene()], sweep=False, rounds=8)
    learner = QLearning(QTable.fresh(HYPER, int(np.prod(SHAPE)), len(MOVES)), HYPER, np.random.default_rng(0))
    env.reset(seed=0)
    for count in range(40):
        episode(env, learner, 0.5 - 0.4 * count / 40)
    fresh = QLearning(QTable.fresh(HYPER, int(np.prod(SHAPE)), len(MOVES)), HYPER, np.random.default_rng(0))
    episode(env, fresh, 0.0, learn=False)
    untrained = env.cost.total
    episode(env, learner, 0.0, learn=False)
    assert env.cost.total < 0.5 * untrained


def test_a_trial_move_is_taken_back_whole() -> None:
    env = TuneEnv([scene()])
    env.reset(options={"start": Settings((Strip(gain_db=1.0).with_eq_gains((1.0, -2.0, 3.0, 0.5)),))})
    before, cost = env.settings, env.cost.total
    for place in range(env.places):
        for index in env.turns(place):
            back = env.turn(place, index)
            assert env.settings != before
            back()
            assert env.settings == before
    assert env.hear_again().total == pytest.approx(cost, abs=1e-5)


def test_a_random_start_lies_within_the_limits() -> None:
    env = TuneEnv([scene()])
    env.reset()
    rng = np.random.default_rng(1)
    for _ in range(50):
        drawn_settings = env.elsewhere(env.scene.start, rng)
        assert drawn_settings is not None
        for k, band in enumerate(drawn_settings.strips[0].eq):
            assert abs(band.gain_db) <= 6.0
            assert env.limits.freq_hz[0][0, k] <= band.freq_hz <= env.limits.freq_hz[1][0, k]
            assert 0.5 <= band.bandwidth_oct <= 3.0
    assert TuneEnv([scene()], sweep=False).elsewhere(env.scene.start, rng) is None


@pytest.mark.parametrize("limit_db", [6.0, 12.0])
def test_no_move_leads_beyond_a_limit(limit_db: float) -> None:
    start = Settings((Strip(),))
    twin, limits = Twin(EVEN, start), limits_around(start, limit_db)
    rng = np.random.default_rng(2)
    for _ in range(1500):
        knob = int(rng.integers(len(KNOBS)))
        turn(twin, 0, knob, int(rng.choice(np.flatnonzero(mask(twin, 0, knob, limits)))))
    strip = twin.settings.strips[0]
    assert abs(strip.gain_db) <= 12.0 + 1e-6
    for k, band in enumerate(strip.eq):
        assert abs(band.gain_db) <= limit_db + 1e-6
        assert limits.freq_hz[0][0, k] * (1 - 1e-6) <= band.freq_hz <= limits.freq_hz[1][0, k] * (1 + 1e-6)
        assert 0.5 - 1e-6 <= band.bandwidth_oct <= 3.0 + 1e-6


def test_a_band_found_beyond_the_limits_may_stay_but_go_no_further() -> None:
    found = Settings((Strip(eq=(EqBand(Strip().eq[0].shape, 20.0, 15.0, 4.0), *Strip().eq[1:])),))
    twin, limits = Twin(EVEN, found), limits_around(found, 6.0)
    opened = [MOVES[k] for k in np.flatnonzero(mask(twin, 0, 1, limits))[1:]]
    assert opened
    assert all(move.change < 0 for move in opened if move.quality in {Quality.GAIN, Quality.WIDTH})
    assert all(move.change > 0 for move in opened if move.quality is Quality.FREQ)


def test_moves_turn_what_their_names_say() -> None:
    band = EqBand(Strip().eq[1].shape, 400.0, 2.0, 1.0)
    by_name = {move.name: index for index, move in enumerate(MOVES)}
    assert moved_band(band, by_name["gain +0.5 dB"]) == replace(band, gain_db=2.5)
    assert moved_band(band, by_name["frequency +0.333 oct"]).freq_hz == pytest.approx(400 * 2 ** (1 / 3))
    assert moved_band(band, by_name["width × 2^-0.5"]).bandwidth_oct == pytest.approx(0.5**0.5)
    assert moved_band(band, by_name["gain +0.5 dB"], fine=0.1).gain_db == pytest.approx(2.05)
