"""Tuning tracks never covers what was heard: counts on paper, gain-matched moves, and whole plans."""

import re
from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.roles import Role
from agent.session import EqBand, EqShape, Session, Settings, Strip, Track
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.gating import gated
from agent.tone.goal import tone_goal
from agent.tone.masking import covered_share, excess_db, masked_share
from agent.tone.moves import MOVES, Quality, limits_around, mask, turn
from agent.tone.reward import ToneCost, ToneSound
from agent.tone.targets import ToneTarget, style_target
from agent.tone.tuning import plan_tone, shipped_tone
from agent.tone.wanted import Wanted
from agent.tone.wishes import Scope, TonePlan, ToneWish
from tests.sessions import THIRD_OCTAVES_HZ, drawn, power_at, song

LIFT = next(k for k, move in enumerate(MOVES) if move.quality is Quality.GAIN and move.change > 1.0)
FLAT_TWO = Settings((Strip(), Strip()))


def two(under_db: float) -> Heard:
    """Two tracks with a band of their own each; at 1 kHz the second lies so far under the first."""
    first = power_at((100.0, 1e-2), (1000.0, 1e-3))
    return drawn(np.stack([first, power_at((1000.0, 1e-3 * 10 ** (-under_db / 10)), (4000.0, 1e-3))]))


def shares(under_db: float) -> tuple[float, float]:
    heard = two(under_db)
    twin = Twin(heard, FLAT_TWO)
    goal = tone_goal(twin, None, [None, None])
    return goal.masked_share, goal.covered_share


@pytest.mark.parametrize(("under_db", "masked", "covered"), [(4.0, 0, 0.0), (6.75, 1, 0.75), (9.0, 1, 1.0)])
def test_a_band_is_masked_from_6_db_on_and_covered_by_degrees(under_db: float, masked: int, covered: float) -> None:
    own = np.array([[1.0, 10 ** (under_db / 10)], [1.0, 1.0]])
    rest = own.sum(0) - own
    over = excess_db(own, rest, np.array([[0], [1]]))
    assert over.shape == (2, 1)
    assert masked_share(over, np.array([False, True])) == masked
    assert covered_share(over, np.array([False, True])) == pytest.approx(covered)


def test_a_track_by_itself_is_masked_by_nothing() -> None:
    one = np.ones((1, 4))
    over = excess_db(one, np.zeros((1, 4)), np.array([[0, 1]]))
    assert (masked_share(over, np.array([True])), covered_share(over, np.array([True]))) == (0.0, 0.0)
    assert masked_share(np.ones((2, 6)), np.array([False, False])) == 0.0


def test_what_is_masked_more_than_was_costs_20_and_what_was_masked_already_nothing() -> None:
    heard = two(4.4)
    twin = Twin(heard, FLAT_TWO)
    goal = tone_goal(twin, None, [None, None])
    assert ToneSound(twin, goal).cost() == ToneCost(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    twin.turn_fader(0, 9.0)
    cost = ToneSound(twin, goal).cost()
    counted = goal.strong[1].size * 2
    assert cost.masked_more == pytest.approx(1 / counted)
    assert cost.masking == pytest.approx(20.0 * 1 / counted + 2.0 * 1 / 6 / 2, abs=1e-6)
    loud = tone_goal(twin, None, [None, None])
    assert ToneSound(twin, loud).cost().masked_more == 0.0
    assert ToneSound(twin, loud).cost().masking == pytest.approx(2.0 * 1 / 6 / 2, abs=1e-6)


def test_of_several_tracks_a_move_of_eq_leaves_the_loudness_and_is_taken_back_whole() -> None:
    heard = two(3.0)
    twin = Twin(heard, FLAT_TWO)
    limits = limits_around(FLAT_TWO, 6.0)
    before, lufs = twin.settings, twin.track_loudness_lufs().copy()
    back = turn(twin, 1, 3, LIFT, matched=limits)
    assert twin.eq(1)[2].gain_db == pytest.approx(1.5)
    assert twin.fader_db[1] < 0.0
    np.testing.assert_allclose(twin.track_loudness_lufs(), lufs, atol=1e-5)
    back()
    assert twin.settings == before
    turn(twin, 1, 3, LIFT)
    assert twin.fader_db[1] == 0.0


def test_a_fader_at_its_limit_stays_there() -> None:
    heard = two(3.0)
    low = Settings((Strip(), Strip(gain_db=-12.0)))
    twin = Twin(heard, low)
    turn(twin, 1, 3, LIFT, matched=limits_around(FLAT_TWO, 6.0))
    assert twin.fader_db[1] == -12.0


def test_the_volume_goes_towards_the_wanted_loudness_only() -> None:
    twin = Twin(two(3.0), FLAT_TWO)
    limits = limits_around(FLAT_TWO, 6.0)

    def open_db(too_loud_lu: float | None) -> list[float]:
        allowed = mask(twin, 0, 0, limits, too_loud_lu=too_loud_lu)
        return [m.change for m, is_open in zip(MOVES, allowed, strict=True) if is_open and m.quality is Quality.LEVEL]

    assert open_db(None) == [-3.0, -1.0, 1.0, 3.0]
    assert open_db(0.0) == []
    assert open_db(4.0) == [-3.0, -1.0]
    assert open_db(-0.8) == [1.0]


def test_a_plan_that_masks_more_is_out_of_the_question() -> None:
    heard = two(4.0)
    twin = Twin(heard, FLAT_TWO)
    env = TuneEnv([ToneScene(twin, tone_goal(twin, style_target(heard.bands_hz), [None, None]), FLAT_TWO)])
    env.reset()
    judged = env.judge(FLAT_TWO, env.cost)
    assert judged(env.cost) == env.cost.total
    assert judged(env.cost._replace(masked_more=0.1)) == np.inf


def test_settings_that_cover_a_track_are_gone_for_only_as_far_as_they_do_not() -> None:
    """The first track lifts where the second lies 5 dB under it: beyond 6 dB that stops."""
    heard = two(5.0)
    anything = ToneTarget("reference", THIRD_OCTAVES_HZ, np.zeros(30), np.ones(30), "drawn")
    session = Session("s", 48_000, 5.0, (Track("One"), Track("Two")), FLAT_TWO)
    wish = ToneWish("tracks", None, ((0, anything),))
    wanted = Wanted(session, gated(heard, FLAT_TWO), wish, (Role.KEYS, Role.KEYS))
    bell, flat = EqBand(EqShape.BELL, 1000.0, 4.0, 1.0), EqBand(EqShape.BELL, 1000.0)
    covering = Settings((Strip(eq=(bell, flat, flat, flat)), Strip()))
    held = wanted.unmasking(covering)
    assert 0.0 < held.strips[0].eq[0].gain_db < 4.0
    masked = [ToneSound(Twin(wanted.heard, at), wanted.goal).masked_share for at in (FLAT_TWO, held, covering)]
    assert masked[0] == masked[1] < masked[2]


def test_a_track_that_covers_nothing_is_not_held_back_by_one_that_does() -> None:
    heard = two(5.0)
    anything = ToneTarget("reference", THIRD_OCTAVES_HZ, np.zeros(30), np.ones(30), "drawn")
    session = Session("s", 48_000, 5.0, (Track("One"), Track("Two")), FLAT_TWO)
    wanted = Wanted(session, gated(heard, FLAT_TWO), ToneWish("tracks", anything), (Role.KEYS, Role.KEYS))
    bell, flat = EqBand(EqShape.BELL, 1000.0, 4.0, 1.0), EqBand(EqShape.BELL, 1000.0)
    low = replace(bell, freq_hz=60.0, gain_db=-2.0)
    held = wanted.unmasking(Settings((Strip(eq=(bell, flat, flat, flat)), Strip(eq=(low, flat, flat, flat)))))
    assert 0.0 < held.strips[0].eq[0].gain_db < 4.0
    assert held.strips[1].eq[0].gain_db == -2.0
    masked = [ToneSound(Twin(wanted.heard, at), wanted.goal).masked_share for at in (FLAT_TWO, held)]
    assert masked[0] == masked[1]


def test_where_the_wish_itself_makes_a_track_louder_the_eq_is_not_held_back_for_it() -> None:
    heard = two(5.0)
    twin = Twin(heard, FLAT_TWO)
    louder = float(twin.track_loudness_lufs()[0]) + 6.0
    session = Session("s", 48_000, 5.0, (Track("One"), Track("Two")), FLAT_TWO)
    wish = ToneWish("tracks", None, (), ((0, louder),))
    wanted = Wanted(session, gated(heard, FLAT_TWO), wish, (Role.KEYS, Role.KEYS))
    high = replace(Strip().eq[3], gain_db=2.0)
    held = wanted.unmasking(Settings((Strip(eq=(*Strip().eq[:3], high)), Strip())))
    assert held.strips[0].eq[3].gain_db == 2.0
    assert Twin(wanted.heard, held).track_loudness_lufs()[0] == pytest.approx(louder, abs=0.01)


@pytest.fixture(scope="module")
def tuned() -> dict[str, TonePlan]:
    """A song whose keys and voice share their range, tuned in three ways by a few episodes of the shipped table."""
    heard = song(4.0).heard
    session = Session("s", 48_000, 4.0, tuple(map(Track, song(0.5).names)), Settings((Strip(),) * 5))
    target, table = style_target(heard.bands_hz), shipped_tone()[0]
    scopes: tuple[Scope, ...] = ("tracks", "master", "both")
    return {scope: plan_tone(session, heard, ToneWish(scope, target), table, episodes=1) for scope in scopes}


@pytest.mark.slow
def test_no_way_of_tuning_masks_more_than_before(tuned: dict[str, TonePlan]) -> None:
    for plan in tuned.values():
        assert plan.before.masked_share > 0.0
        assert plan.after.masked_share <= plan.before.masked_share


@pytest.mark.slow
def test_tracks_keep_their_loudness_and_the_master_its_eq(tuned: dict[str, TonePlan]) -> None:
    plan = tuned["tracks"]
    np.testing.assert_allclose(plan.after.track_lufs, plan.before.track_lufs, atol=0.01)
    assert plan.settings.master_eq == plan.found.master_eq


def largest_error_db(plan: TonePlan) -> float:
    """The largest error that the master's EQ is said to be there for."""
    said = [change.text for change in plan.reasons if change.text.startswith("Master EQ")]
    return max(float(found) for text in said for found in re.findall(r"the mix has ([0-9.]+) dB", text))


@pytest.mark.slow
def test_after_the_tracks_the_master_takes_what_they_leave(tuned: dict[str, TonePlan]) -> None:
    both, tracks = tuned["both"], tuned["tracks"]
    assert [strip.eq for strip in both.settings.strips] == [strip.eq for strip in tracks.settings.strips]
    assert both.settings.master_eq != both.found.master_eq
    assert both.after.third_octave_rms_db is not None
    assert tracks.after.third_octave_rms_db is not None
    assert both.after.third_octave_rms_db < 0.8 * tracks.after.third_octave_rms_db
    assert both.after.loudness_lufs == pytest.approx(both.before.loudness_lufs, abs=0.01)
    assert largest_error_db(both) < largest_error_db(tuned["master"])
