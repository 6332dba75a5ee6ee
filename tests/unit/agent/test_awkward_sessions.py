"""Cases that once broke the brain: closed faders, tracks at the gate, a wish for no track."""

import math
from dataclasses import replace

import numpy as np
import pytest

from agent.environment import MixEnv
from agent.hearing.bands import THIRD_OCTAVES_HZ
from agent.hearing.twin import Twin
from agent.mixing import Wish, plan_mix
from agent.q_learning import Hyper, QTable
from agent.reasons import _nominal
from agent.reward import Sound
from tests.sessions import drawn, drawn_goal, power_at, scene_of, settings_of, song
from tests.unit.agent.test_bands import NOMINAL_HZ
from tests.unit.agent.test_reasons import COMB, said


def test_a_muted_track_does_not_spoil_the_cost_of_the_others():
    """A fader at -inf is an ordinary session: level errors, cost and reward must stay numbers."""
    s = song(2.0)
    scene = scene_of(s, s.settings([0, 0, -math.inf, 0, 0]))
    sound = Sound(scene.twin, scene.goal)
    assert np.isfinite(sound.level_error_lu).all()
    assert math.isfinite(sound.cost().total)


def test_the_reward_beside_a_muted_track_is_not_the_best_there_is():
    """max(-1, min(1, nan)) is 1: a NaN cost earns the highest reward, and so gets past the NaN guard of learn()."""
    s = song(2.0)
    env = MixEnv([scene_of(s, s.settings([0, 0, -math.inf, 0, 0]))])
    env.reset(seed=0)
    assert env.step(2)[1] < 1.0


def test_a_session_with_a_muted_track_can_be_mixed():
    s = song(2.0)
    there = s.settings([6, -6, -math.inf, 0, 0])
    planned = plan_mix(s.session(there), s.heard, Wish(), QTable.fresh(Hyper()), episodes=2)
    assert planned.settings.strips[2].gain_db == -math.inf
    assert planned.after.cost.total < planned.before.cost.total


def test_a_soft_track_that_an_eq_cut_pushes_under_the_gate_stays_a_number():
    """Audible by 1 dB with flat EQ, under the gate after a cut of 6 dB."""
    power = np.array([power_at((40, 1.5e-7)), np.full(30, 1e-3)])
    heard = drawn(power)
    twin = Twin(heard, settings_of(2))
    goal = drawn_goal(heard)
    assert twin.track_active().all()
    twin.turn_eq(0, (-6.0, 0.0, 0.0, 0.0))
    assert math.isfinite(Sound(twin, goal).cost().total)


def test_bands_are_named_by_their_nominal_frequency():
    """IEC 61260-1 table E.1; 79.4 Hz is the 80 Hz band: '79 Hz', '130 Hz', '320 Hz', '3.2 kHz' are no third octaves."""
    assert [_nominal(f) for f in THIRD_OCTAVES_HZ] == [pytest.approx(n) for n in NOMINAL_HZ]


def test_a_reason_does_not_contradict_its_move():
    """Too loud among the others, yet lifted (all were lifted): 'Bass +1.0 dB: was 2.0 LU too loud'."""
    text = said(drawn(COMB), settings_of(2, [4.0, 0.0]), settings_of(2, [5.0, 5.0]))
    assert not ("Bass +" in text[0] and "too loud" in text[0]), text


@pytest.mark.parametrize("number", [7, -1])
def test_a_focus_on_no_track_is_refused_in_words(number):
    """7: IndexError from numpy; -1: silently the last track."""
    s = song(1.0)
    with pytest.raises(ValueError, match="track"):
        plan_mix(s.session(), s.heard, Wish(focus=(number,)), QTable.fresh(Hyper()), episodes=1)


@pytest.mark.parametrize("rounding", [0.0, 2.0**-23])
def test_twins_that_cancel_each_other_are_mixed_like_any_session(rounding):
    s = song(2.0)
    inverse = -s.audio[:1] + np.float32(rounding)
    cancelling = replace(
        s, audio=np.concatenate([s.audio[:1], inverse]), names=("a", "b"), roles=s.roles[:2], pan=(0.0, 0.0)
    )
    scene = scene_of(cancelling)
    assert math.isfinite(Sound(scene.twin, scene.goal).cost().total)
    planned = plan_mix(cancelling.session(), cancelling.heard, Wish(), QTable.fresh(Hyper()), episodes=2)
    assert math.isfinite(planned.after.cost.total)


def test_a_dc_offset_does_not_pass_for_sound_in_the_bands():
    s = song(2.0)
    plain = s.heard
    offset = replace(s, audio=s.audio + np.float32(0.5)).heard
    from_100_hz = plain.bands_hz > 95
    for track in range(len(s.names)):
        before = plain.cross[0, track, track].real[from_100_hz]
        after = offset.cross[0, track, track].real[from_100_hz]
        heard = before > before.max() / 1000
        # The step at both ends is a sound of its own, and reaches the softest low bands.
        assert np.median(10 * np.log10(after[heard] / before[heard])) == pytest.approx(0.0, abs=1.0)
