"""Measures of drum parts against mir_eval's values, a general matching, and bars worked out by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from agent.rhythm.measures import (
    metrical_profile,
    metrical_weight,
    onset_score,
    profile_distance,
    repetition,
    syncopation,
)


def hits(*bars: str) -> np.ndarray:
    return np.array([[mark == "x" for mark in bar] for bar in bars])


def part(*bars: str) -> np.ndarray:
    velocity = np.zeros((len(bars), len(bars[0]), 9), np.uint8)
    velocity[:, :, 0] = hits(*bars) * 100
    return velocity


def test_onsets_are_scored_as_mir_eval_scores_them() -> None:
    """The values of mir_eval 0.8.2: onset.f_measure(reference, estimated, window=0.03)."""
    reference = np.array([0.0, 0.5, 1.0, 1.02, 1.5, 2.0, 2.05])
    estimated = np.array([0.03, 0.47, 0.469, 1.04, 1.0, 1.531, 2.025])
    score = onset_score(reference, estimated)
    assert (score.f_measure, score.precision, score.recall) == pytest.approx((5 / 7, 5 / 7, 5 / 7))


def test_no_other_matching_has_more_pairs() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        reference, estimated = rng.uniform(0, 1, rng.integers(1, 30)), rng.uniform(0, 1, rng.integers(1, 30))
        near = csr_matrix(np.abs(reference[:, None] - estimated) <= 0.03)
        most = int((maximum_bipartite_matching(near, perm_type="column") >= 0).sum())
        assert onset_score(reference, estimated).matched == most


def test_an_onset_is_matched_once_only() -> None:
    assert onset_score(np.array([1.0]), np.array([0.99, 1.0, 1.01])).precision == pytest.approx(1 / 3)


def test_nothing_against_something_scores_nothing() -> None:
    assert onset_score(np.zeros(0), np.array([1.0])).f_measure == 0.0
    assert onset_score(np.zeros(0), np.zeros(0)).f_measure == 0.0


def test_scores_of_parts_add_up() -> None:
    both = onset_score(np.array([1.0]), np.array([1.0])) + onset_score(np.array([1.0]), np.array([2.0]))
    assert (both.reference, both.estimated, both.matched) == (2, 2, 1)


def test_profiles_of_the_same_part_are_no_way_apart_and_of_disjoint_ones_all_the_way() -> None:
    four, off = metrical_profile(part("x...x...x...x...")), metrical_profile(part("..x...x...x...x."))
    assert profile_distance(four, four) == 0.0
    assert profile_distance(four, off) == 1.0
    assert profile_distance(four, metrical_profile(part("x.......x......."))) == pytest.approx(0.5)


def test_profiles_of_different_grids_are_not_compared() -> None:
    with pytest.raises(ValueError, match="grid"):
        profile_distance(metrical_profile(part("x...")), metrical_profile(part("x.....")))


def test_metrical_weight_follows_halves_straight_and_thirds_ternary() -> None:
    assert metrical_weight(4, 4).tolist() == [0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4]
    assert metrical_weight(3, 4).tolist() == [0, -4, -3, -4, -2, -4, -3, -4, -2, -4, -3, -4]
    assert metrical_weight(2, 6).tolist() == [0, -4, -3, -4, -3, -4, -2, -4, -3, -4, -3, -4]


def test_hits_on_the_beat_are_not_syncopated() -> None:
    assert syncopation(hits("x...x...x...x..."), 4).tolist() == [0.0]


def test_a_hit_before_an_empty_beat_is_as_syncopated_as_the_beat_is_heavier() -> None:
    """Longuet-Higgins and Lee: the last sixteenth of beat 2 (−4), tied over beat 3 (−1)."""
    assert syncopation(hits("x...x..x....x..."), 4).tolist() == [3.0]


def test_what_is_tied_over_the_bar_line_counts_in_its_own_bar() -> None:
    assert syncopation(hits("x...x...x...x.x.", "....x...x...x..."), 4).tolist() == [3.0, 0.0]


def test_bars_without_hits_are_not_syncopated() -> None:
    assert syncopation(hits("................"), 4).tolist() == [0.0]


def test_repetition_is_the_share_in_common() -> None:
    assert repetition(part("x...x...", "x...x...", "x.....x.", "........", "........")).tolist() == [1.0, 0.5, 0.0, 1.0]
