import numpy as np
import pytest

from mock_daw.curves import envelope_gain, fade_gain, fades
from mock_daw.session import Fade, Point

X = np.linspace(0.0, 1.0, 101)
SHAPES = range(7)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_fade_rises_from_silence_to_unity(shape):
    gain = fade_gain(shape, X)
    assert (gain[0], gain[-1]) == (0.0, 1.0)
    assert (np.diff(gain) > 0).all()


def test_shapes_are_what_reaper_calls_them():
    middle = {shape: float(fade_gain(shape, np.array([0.5]))[0]) for shape in SHAPES}
    early = {shape: float(fade_gain(shape, np.array([0.1]))[0]) for shape in SHAPES}
    assert [middle[shape] for shape in (0, 5, 6)] == pytest.approx([0.5, 0.5, 0.5])
    assert early[3] > early[1] > early[0] > early[2] > early[4]  # fast starts (steep), linear, slow starts (steep)
    assert early[0] > early[5] > early[6]


def test_a_shape_that_is_not_known_is_linear():
    assert np.array_equal(fade_gain(9, X), X)


def test_fades_reach_over_their_lengths_and_no_further():
    gain = fades(Fade(0.4), Fade(0.2), 0, 10, 10, 10)
    assert gain == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 0.5])
    assert fades(Fade(0.4), Fade(0.2), 4, 4, 10, 10) is None
    assert fades(Fade(0.4), Fade(0.2), 3, 2, 10, 10) == pytest.approx([0.75, 1])


def test_fades_that_overlap_multiply_and_none_is_longer_than_its_item():
    assert fades(Fade(99.0), Fade(99.0), 0, 4, 4, 10) == pytest.approx([0, 0.1875, 0.25, 0.1875])


def test_an_envelope_runs_straight_between_points_and_is_held_outside():
    gain = envelope_gain([Point(0.2, 1.0), Point(0.4, 0.0)], 0, 6, 10)
    assert gain == pytest.approx([1, 1, 1, 0.5, 0, 0])


def test_points_count_in_the_order_of_time_and_a_step_is_a_step():
    points = [Point(0.4, 0.0), Point(0.2, 1.0, shape=1), Point(0.4, 0.5)]
    assert envelope_gain(points, 0, 6, 10) == pytest.approx([1, 1, 1, 1, 0.5, 0.5])


@pytest.mark.parametrize("shape", [0, 2, 3, 4, 5])
def test_an_envelope_meets_its_points_with_any_shape(shape):
    gain = envelope_gain([Point(0.0, 0.25, shape), Point(1.0, 2.0)], 0, 11, 10)
    assert (gain[0], gain[-1]) == (0.25, 2.0)
    assert (np.diff(gain) > 0).all()


def test_an_envelope_is_the_same_from_any_place_on():
    points = [Point(k / 7, k % 3, k % 6) for k in range(9)]
    whole = envelope_gain(points, 0, 100, 50)
    parts = [envelope_gain(points, first, 10, 50) for first in range(0, 100, 10)]
    assert np.array_equal(np.concatenate(parts), whole)
