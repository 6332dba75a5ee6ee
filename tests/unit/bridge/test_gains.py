import math

import pytest

from bridge.gains import LOWEST_DB, balance, both_db, gain_db, gain_linear, within_fader


def test_gains_and_balance():
    assert gain_db(0.0) == -float("inf")
    assert gain_db(-0.5) == pytest.approx(-6.02, abs=0.01)
    assert gain_linear(gain_db(0.3)) == pytest.approx(0.3, rel=1e-12)
    assert gain_linear(-float("inf")) == 0.0
    assert balance(-1.0).tolist() == [1.0, 0.0]
    assert balance(0.25).tolist() == [0.75, 1.0]


def test_two_sides_are_as_loud_as_their_powers_on_the_mean():
    assert both_db(0.5, 0.5) == pytest.approx(gain_db(0.5))
    assert both_db(0.5, 0.0) == pytest.approx(gain_db(0.5) - 3.01, abs=1e-2)
    assert both_db(0.0, 0.0) == -float("inf")


def test_a_fader_is_closed_where_daws_show_it_so_and_rounding_lifts_it_over_no_end():
    assert within_fader(LOWEST_DB) == -math.inf
    assert within_fader(LOWEST_DB + 0.1) == LOWEST_DB + 0.1
    assert within_fader(12.0 + 1e-8) == 12.0
    assert within_fader(12.1) == 12.1
