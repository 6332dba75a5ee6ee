"""The cost of a tone, worked out on paper for spectra drawn by hand."""

import math

import numpy as np
import pytest

from agent.hearing.twin import Twin
from agent.session import EqBand, EqShape, Settings, Strip
from agent.tone.goal import ToneGoal, tone_goal
from agent.tone.observation import observe
from agent.tone.reward import ToneSound, reward
from agent.tone.targets import ToneTarget
from tests.sessions import THIRD_OCTAVES_HZ, band_at, drawn, power_at

ALL = np.ones(30)


def target(level_db: np.ndarray, kind: str = "reference", tolerance_db: float = 0.0) -> ToneTarget:
    return ToneTarget(kind, THIRD_OCTAVES_HZ, level_db, ALL, "drawn", tolerance_db=tolerance_db)  # type: ignore[arg-type]


def alone(power: np.ndarray, level_db: np.ndarray, strip: Strip | None = None) -> tuple[Twin, ToneGoal]:
    twin = Twin(drawn(power[None]), Settings((Strip(),)))
    goal = tone_goal(twin, target(level_db), [None])
    twin.set(Settings((strip or Strip(),)))
    return twin, goal


def test_the_mix_is_judged_by_its_shape_not_its_level() -> None:
    power = np.full(30, 1e-3)
    wanted = np.zeros(30)
    wanted[:15] = 4.0
    twin, goal = alone(power, wanted)
    sound = ToneSound(twin, goal)
    assert sound.mix_rms_db == pytest.approx(2.0)
    np.testing.assert_allclose(sound.mix_error_db, np.where(np.arange(30) < 15, -2.0, 2.0), atol=1e-6)
    assert sound.cost().total == pytest.approx(2.0)


def test_a_deep_or_narrow_band_costs_more_than_two_shallow_or_wide_ones() -> None:
    def price(*bands: tuple[float, float]) -> float:
        eq = [EqBand(EqShape.BELL, 1000.0, gain, width) for gain, width in bands]
        eq += [EqBand(EqShape.BELL, 1000.0)] * (4 - len(eq))
        return ToneSound(*alone(np.full(30, 1e-3), np.zeros(30), Strip(eq=tuple(eq)))).cost().eq

    assert price((6.0, 2.0)) == pytest.approx(0.002 * 12)
    assert price((6.0, 2.0)) > price((3.0, 2.0), (3.0, 2.0))
    assert price((6.0, 0.5)) == pytest.approx(2 * price((6.0, 1.0)))
    assert price((6.0, 1.0)) == price((6.0, 3.0))


def test_loudness_counts_half_a_db_a_unit() -> None:
    twin, goal = alone(np.full(30, 1e-3), np.zeros(30), Strip(gain_db=-3.0))
    assert ToneSound(twin, goal).cost().loudness == pytest.approx(1.5)


def test_a_track_within_its_tolerance_costs_nothing() -> None:
    power = np.stack([np.full(30, 1e-3), power_at((1000.0, 1e-3))])
    wanted = np.where(np.arange(30) < 15, 3.0, -3.0)
    for tolerance_db, expected in ((5.0, 0.0), (1.0, 0.25 * 2.0 / 2)):
        twin = Twin(drawn(power), Settings((Strip(), Strip())))
        goal = tone_goal(twin, None, [target(wanted, "role", tolerance_db), None])
        assert ToneSound(twin, goal).cost().tracks == pytest.approx(expected)


def test_masking_is_the_clipped_excess_of_the_rest() -> None:
    """One of two tracks lies 9 dB under the other in its only band: 3 dB over the limit of 6, half of the span."""
    power = np.stack([power_at((1000.0, 1e-3)), power_at((1000.0, 1e-3 * 10**-0.9))])
    twin = Twin(drawn(power), Settings((Strip(), Strip())))
    cost = ToneSound(twin, tone_goal(twin, None, [None, None])).cost()
    assert cost.masking == pytest.approx(2.0 * 0.5 / 2)


def test_a_step_earns_its_improvement_less_its_price_and_no_more_than_one() -> None:
    assert reward(2.0, 1.9, 1, moved=True) == pytest.approx(0.096)
    assert reward(2.0, 1.9, 4, moved=True) == pytest.approx(0.396)
    assert reward(9.0, 1.0, 1, moved=True) == 1.0
    assert reward(1.0, 9.0, 1, moved=True) == -1.0
    assert reward(1.0, 1.0, 1, moved=False) == 0.0
    assert math.isnan(reward(math.nan, 1.0, 1, moved=True))


@pytest.mark.parametrize(("bump_db", "way"), [(8.0, -1), (-8.0, 1)])
def test_a_band_with_a_bump_is_seen_to_need_the_other_way(bump_db: float, way: int) -> None:
    twin, _ = alone(np.full(30, 1e-3), np.zeros(30))
    curve = 20 * np.log10(np.abs(twin.band_response(0, EqBand(EqShape.BELL, 2500.0, bump_db))))
    twin, goal = alone(1e-3 * 10 ** (curve / 10), np.zeros(30))
    sound = ToneSound(twin, goal)
    seen = [observe(sound, 0, knob, sweep=True)[1] - 3 for knob in range(5)]
    assert np.sign(seen[3]) == way
    assert abs(seen[3]) == max(map(abs, seen[1:]))


def test_a_bell_beside_the_bump_is_seen_to_need_another_frequency() -> None:
    twin, _ = alone(np.full(30, 1e-3), np.zeros(30))
    curve = 20 * np.log10(np.abs(twin.band_response(0, EqBand(EqShape.BELL, 2500.0, 8.0))))
    eq = Strip().eq
    for freq_hz, pointer in ((1600.0, 2), (4000.0, 1)):
        there = (*eq[:2], EqBand(EqShape.BELL, freq_hz, -8.0), eq[3])
        twin, goal = alone(1e-3 * 10 ** (curve / 10), np.zeros(30), Strip(eq=there))
        assert observe(ToneSound(twin, goal), 0, 3, sweep=True)[5] == pointer
        assert observe(ToneSound(twin, goal), 0, 3, sweep=False)[5] == 0


def test_a_band_that_covers_another_track_is_seen_to_mask() -> None:
    power = np.stack([power_at((2500.0, 1e-3), (100.0, 1e-2)), power_at((2500.0, 1e-3 * 10**-0.9))])
    twin = Twin(drawn(power), Settings((Strip(), Strip())))
    sound = ToneSound(twin, tone_goal(twin, None, [None, None]))
    assert band_at(2500.0) in sound.goal.strong[1]
    assert observe(sound, 0, 3, sweep=True)[4] == 1
    assert observe(sound, 1, 3, sweep=True)[4] == 2
    assert observe(sound, 0, 1, sweep=True)[4] == 0
