import math

import pytest

from bridge.osc.fader_laws import NAMED, X32, Curve, Decibels, Factor, Fader

# "Unofficial X32/M32 OSC Remote Protocol", appendix of 1024 fader values: position, dB as printed.
X32_TABLE = [(1 / 1023, -89.5), (2 / 1023, -89.1), (10 / 1023, -85.3), (64 / 1023, -60.0), (844 / 1023, 3.0), (1.0, 10)]
FADER = Fader(X32, 1023)


@pytest.mark.parametrize(("position", "printed_db"), X32_TABLE)
def test_the_x32s_law_is_the_published_table(position, printed_db):
    assert round(FADER.db(position), 1) == printed_db


@pytest.mark.parametrize(
    ("position", "db"), [(0.0, -math.inf), (0.0625, -60.0), (0.25, -30.0), (0.5, -10.0), (0.75, 0.0), (1.0, 10.0)]
)
def test_the_x32s_law_at_its_knees(position, db):
    assert (X32.db(position), X32.value(db)) == (db, position)


def test_the_nearest_step_is_taken():
    # The document: "sending -85.4 will be kept as -85.3".
    assert FADER.value(-85.4) == 10 / 1023
    assert FADER.held_db(-85.4) == pytest.approx(-85.3, abs=0.05)


def test_out_of_reach_is_the_nearest_end():
    assert (FADER.value(12.0), FADER.value(-95.0), FADER.value(-math.inf)) == (1.0, 0.0, 0.0)
    assert FADER.held_db(-math.inf) == -math.inf


@pytest.mark.parametrize(("position", "db"), [(1.0, 6.0), (0.85, 0.0), (0.4, -18.0), (0.15, -41.0), (0.0, -math.inf)])
def test_live_at_the_published_points(position, db):
    law = NAMED["ableton"]
    assert law.db(position) == pytest.approx(db, abs=0.05)
    assert law.value(db) == pytest.approx(position, abs=5e-4)


def test_a_curve_that_begins_closed():
    curve = Curve(((0.0, -math.inf), (0.1, -50.0), (1.0, 0.0)))
    assert [curve.db(position) for position in (0.0, 0.05, 0.1, 1.0)] == [-math.inf, -math.inf, -50.0, 0.0]
    assert [curve.value(db) for db in (-math.inf, -60.0, -50.0, 0.0, 3.0)] == [0.0, 0.0, 0.1, 1.0, 1.0]


def test_decibels_and_factors():
    decibels = Decibels(-150.0, 12.0)
    assert (decibels.db(-150.0), decibels.db(-3.0)) == (-math.inf, -3.0)
    assert [decibels.value(db) for db in (-math.inf, -3.0, 15.0)] == [-150.0, -3.0, 12.0]
    factor = Factor(6.0)
    assert (factor.db(0.0), factor.db(1.0)) == (-math.inf, 0.0)
    assert [factor.value(db) for db in (-math.inf, 0.0, 20.0)] == pytest.approx([0.0, 1.0, 10**0.3])
