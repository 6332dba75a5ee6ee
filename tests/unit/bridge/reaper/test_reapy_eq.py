import pytest

from bridge.reaper.reapy_eq import gain_db, shown


@pytest.mark.parametrize(
    ("text", "value"),
    [("350.0", 350.0), ("-3.5", -3.5), ("+2,5 dB", 2.5), ("1.2k", 1200.0), ("-inf", -150.0), ("off", None), ("", None)],
)
def test_what_reaeq_shows_is_read(text, value):
    assert shown(text) == value


# Normalised gains that a script's author measured in ReaEQ: 0 dB is 0.5, +12 dB nearly 1.
@pytest.mark.parametrize(
    ("normalised", "decibels"), [(0.126, -12.0), (0.251, -6.0), (0.5, 0.0), (0.569, 3.0), (0.666, 6.0), (0.997, 12.0)]
)
def test_a_normalised_gain_is_read_as_reaeq_shows_it(normalised, decibels):
    assert gain_db(normalised) == pytest.approx(decibels, abs=0.05)


def test_no_gain_at_all_is_silence():
    assert gain_db(0.0) == -150.0
