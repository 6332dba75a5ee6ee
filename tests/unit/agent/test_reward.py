"""Each term of the cost at points that can be worked out by hand, on spectra drawn by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.reward import MOVE_COST, WEIGHTS, Cost, Sound, no_term_worse, reward
from agent.session import Settings
from tests.sessions import drawn, drawn_goal, scene_of, settings_of, song

EVEN, ODD = np.arange(30) % 2 == 0, np.arange(30) % 2 == 1
COMB = 1e-3 * np.array([EVEN, ODD], float)  # two tracks, 15 bands of 1e-3 each, that never share a band
COMB_LUFS = -0.691 + 10 * math.log10(30e-3)
NONE = Cost(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def sound(
    heard: Heard,
    settings: Settings | None = None,
    level_db: Sequence[float] | None = None,
    target_lufs: float = COMB_LUFS,
) -> Sound:
    goal = drawn_goal(heard, loudness_lufs=target_lufs, level_db=level_db)
    return Sound(Twin(heard, settings or settings_of(heard.tracks)), goal)


def test_the_weights_sum_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)
    assert {*WEIGHTS, "tempo"} == set(Cost._fields)  # a tempo comes on top, where one is wanted


def test_the_total_is_the_weighted_sum_of_the_terms() -> None:
    assert Cost(1.0, 1.0, 1.0, 1.0, 1.0, 1.0).total == pytest.approx(1.0)
    for name, weight in WEIGHTS.items():
        assert NONE._replace(**{name: 0.5}).total == pytest.approx(0.5 * weight)


def test_a_perfect_mix_costs_nothing() -> None:
    perfect = sound(drawn(COMB))
    assert perfect.cost() == NONE
    assert perfect.cost().total == 0.0
    assert perfect.masked_share() == 0.0


@pytest.mark.parametrize(
    ("apart_db", "balance", "spectrum"),
    [
        (2.0, 0.0, 0.0),  # ± 1 LU, RMS 1 dB: within the dead zones
        (4.0, 1 / 6, 0.0),  # ± 2 LU; RMS 2 dB
        (8.0, 0.5, 0.25),
        (12.0, 5 / 6, 0.5),
        (14.0, 1.0, 5 / 8),
        (20.0, 1.0, 1.0),
        (24.0, 1.0, 1.0),
    ],
)
def test_balance_and_spectrum_of_two_tracks_apart(apart_db: float, balance: float, spectrum: float) -> None:
    """Each track is off by half the difference, and so is every other band of the mix."""
    cost = sound(drawn(COMB), settings_of(2, [-apart_db / 2, apart_db / 2])).cost()
    assert cost.balance == pytest.approx(balance, abs=1e-4)
    assert cost.spectrum == pytest.approx(spectrum, abs=1e-4)
    assert cost.masking == 0.0


def test_level_errors_are_taken_against_the_wanted_levels_and_the_others_mean() -> None:
    heard = drawn(np.concatenate([COMB, COMB[:1]]))
    off = sound(heard, settings_of(3, [3.0, 0.0, 0.0]), level_db=[0.0, 0.0, -3.0])
    np.testing.assert_allclose(off.level_error_lu, [1.0, -2.0, 1.0], atol=1e-5)
    assert off.cost().balance == pytest.approx((0 + 1 / 6 + 0) / 3, abs=1e-4)


def test_a_common_gain_is_no_error_of_balance() -> None:
    cost = sound(drawn(COMB), settings_of(2, [7.0, 7.0]), target_lufs=COMB_LUFS + 7).cost()
    assert cost.total == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("off_db", "expected"), [(0.0, 0.0), (0.5, 0.0), (-0.5, 0.0), (3.5, 0.5), (-3.5, 0.5), (6.5, 1.0), (-20.0, 1.0)]
)
def test_loudness_beside_the_target_to_either_side(off_db: float, expected: float) -> None:
    cost = sound(drawn(COMB), settings_of(2, master_db=off_db)).cost()
    assert cost.loudness == pytest.approx(expected, abs=1e-4)
    assert cost.total == pytest.approx(0.15 * expected, abs=1e-4)


@pytest.mark.parametrize(
    ("below_db", "expected", "share"),
    [(3.0, 0.0, 0.0), (5.9, 0.0, 0.0), (9.0, 0.25, 0.5), (12.0, 0.5, 0.5), (18.0, 0.5, 0.5)],
)
def test_masking_of_one_track_by_another_of_the_same_bands(below_db: float, expected: float, share: float) -> None:
    """One of the two tracks is masked, in all its six bands: half of (level below − 6)/6 dB."""
    heard = drawn(np.full((2, 30), 1e-3))
    masked = sound(heard, settings_of(2, [0.0, -below_db]))
    assert masked.cost().masking == pytest.approx(expected, abs=1e-4)
    assert masked.masked_share() == share


def test_only_the_six_strongest_bands_of_a_track_can_be_masked() -> None:
    voice = np.full(30, 1e-6)
    voice[10:16] = 1e-3
    other = np.full(30, 1e-3)
    other[10:16] = 1e-9
    assert sound(drawn(np.array([voice, other]))).cost().masking == 0.0


@pytest.mark.parametrize(("peak_dbtp", "expected"), [(-20.0, 0.0), (2.0, 0.0), (5.0, 0.5), (8.0, 1.0), (30.0, 1.0)])
def test_peaks_above_what_a_limiter_hides(peak_dbtp: float, expected: float) -> None:
    """3 dB over the ceiling of −1 dBTP are free, 9 dB the worst."""
    cost = sound(drawn(COMB, peak=[10 ** (peak_dbtp / 20), 0.0])).cost()
    assert cost.peaks == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("right", "expected"), [(0.5, 0.0), (0.52, 0.0), (0.575, 0.5), (0.425, 0.5), (0.625, 1.0), (0.0, 1.0)]
)
def test_width_of_a_mix_that_leans_to_a_side(right: float, expected: float) -> None:
    """Of a power of 0.575 on the right, (R − L)/(R + L) is 0.15; 0.05 are free, 0.2 more cost all."""
    assert sound(drawn(COMB, right=right)).cost().width == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("term", "slack"),
    [("balance", 1 / 6), ("spectrum", 2 / 8), ("masking", 0.1), ("loudness", 0.5 / 6), ("peaks", 1.0), ("width", 0.25)],
)
def test_a_term_is_worse_when_it_rose_by_more_than_its_dead_zone(term: str, slack: float) -> None:
    before = Cost(0.3, 0.3, 0.3, 0.3, 0.0, 0.3)
    better = Cost(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    start = getattr(before, term)
    assert no_term_worse(before, better._replace(**{term: start + slack}))
    assert not no_term_worse(before, better._replace(**{term: start + slack + 1e-3}))


def test_a_too_loud_track_is_worth_moving_down() -> None:
    heard = drawn(np.concatenate([COMB, 0.5 * COMB[:1] + 0.5 * COMB[1:]]))
    balances = [sound(heard, settings_of(3, [g, 0.0, 0.0])).cost().balance for g in (12.0, 9.0, 6.0, 3.0, 0.0)]
    assert balances == sorted(balances, reverse=True)
    assert len(set(balances[:-1])) == 4


def test_silent_tracks_count_for_nothing() -> None:
    alone = sound(drawn(COMB), settings_of(2, [4.0, -4.0])).cost()
    with_silence = sound(drawn(np.concatenate([COMB, np.zeros((1, 30))])), settings_of(3, [4.0, -4.0, 9.0])).cost()
    assert with_silence == pytest.approx(alone, abs=1e-5)


def test_a_session_of_silence_costs_nothing() -> None:
    silent = sound(drawn(np.zeros((2, 30)), peak=0.0))
    assert silent.cost() == NONE
    assert silent.masked_share() == 0.0


def test_a_closed_master_is_as_far_from_the_target_as_can_be() -> None:
    cost = sound(drawn(COMB), settings_of(2, master_db=-math.inf)).cost()
    assert cost.loudness == 1.0
    assert cost.peaks == 0.0
    assert math.isfinite(cost.total)


def test_a_real_session_has_finite_terms_from_zero_to_one() -> None:
    made = song(2.0)
    for faders in ([0.0] * 5, [-40.0, 12.0, 12.0, -40.0, 0.0], [-100.0] * 5):
        scene = scene_of(made, made.settings(faders))
        assert all(0.0 <= term <= 1.0 for term in Sound(scene.twin, scene.goal).cost())


@pytest.mark.parametrize(
    ("before", "after", "moved", "expected"),
    [
        (0.50, 0.47, True, 0.3 - MOVE_COST),
        (0.47, 0.50, True, -0.3 - MOVE_COST),
        (0.40, 0.40, True, -MOVE_COST),
        (0.40, 0.40, False, 0.0),
        (0.50, 0.47, False, 0.3),
        (1.00, 0.00, True, 1.0),
        (0.00, 1.00, True, -1.0),
    ],
)
def test_the_reward_is_the_improvement_less_the_cost_of_a_move(
    before: float, after: float, moved: bool, expected: float
) -> None:
    assert reward(before, after, moved=moved) == pytest.approx(expected)
