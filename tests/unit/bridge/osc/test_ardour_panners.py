import pytest

from bridge.osc.ardour_panners import Panned, panned


@pytest.mark.parametrize(("position", "balance"), [(0.0, -1.0), (0.5, 0.0), (0.75, 0.5), (1.0, 1.0)])
def test_a_stereo_track_is_balanced(position, balance):
    assert panned("panner_balance", position, 0.0) == Panned(balance, (1.0, 1.0))


def test_a_mono_track_loses_3_db_in_the_middle_and_nothing_at_a_side():
    assert panned("panner_1in2out", 0.5, 0.0).sides == pytest.approx((10 ** (-3 / 20),) * 2)
    assert panned("panner_1in2out", 0.0, 0.0).sides == pytest.approx((1.0, 0.0))
    assert panned("panner_1in2out", 1.0, 0.0).sides == pytest.approx((0.0, 1.0))


def test_a_trim_is_heard():
    assert panned("panner_balance", 0.5, -6.0).sides == pytest.approx((10 ** (-6 / 20),) * 2)


def test_without_a_panner_and_with_one_at_full_width_both_sides_are_as_they_were():
    assert panned("", None, 0.0) == panned("panner_2in2out", 0.5, 0.0) == Panned()
