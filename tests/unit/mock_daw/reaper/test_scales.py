import math

import pytest

from mock_daw.reaper.scales import (
    fader_gain,
    fader_position,
    gain_db,
    gain_linear,
    meter_position,
    pan_text,
    parse_pan,
    parse_volume,
    volume_text,
)

# Fader positions × 1000 that ReaScripts published as read from REAPER (a volume envelope in fader scaling), by level.
MEASURED = {
    12.0: 1000.0,
    3.0: 782.75892367871,
    0.0: 716.2178503126559,
    -3.0: 652.8388356,
    -6.0: 592.84833614363,
    -9.0: 536.48410029014,
    -12.0: 483.94960711346,
    -18.0: 390.79705422132,
    -24.0: 313.29868329181,
    -30.0: 250.09008724531,
    -40.0: 170.98374287074,
    -60.0: 79.482342854382,
    -90.0: 25.138596785163,
}


@pytest.mark.parametrize(("db", "thousandths"), MEASURED.items())
def test_the_fader_lies_where_reaper_was_seen_to_put_it(db, thousandths):
    assert 1000.0 * fader_position(gain_linear(db)) == pytest.approx(thousandths, abs=2e-5)
    assert gain_db(fader_gain(thousandths / 1000.0)) == pytest.approx(db, abs=1e-5)


def test_twice_the_gain_lies_where_reaper_was_seen_to_put_it():
    assert 1000.0 * fader_position(2.0) == pytest.approx(852.774454406994, abs=1e-9)


def test_the_ends_of_the_fader_hold():
    assert fader_position(0.0) == 0.0
    assert fader_position(100.0) == 1.0
    assert fader_gain(-1.0) == 0.0
    assert fader_gain(2.0) == pytest.approx(10**0.6)


def test_levels_and_gains():
    assert gain_db(0.0) == -math.inf
    assert gain_linear(-math.inf) == 0.0
    assert gain_linear(20.0) == 10.0
    assert math.isfinite(gain_linear(math.inf))


def test_a_meter_runs_from_low_to_high():
    assert [meter_position(db) for db in (-math.inf, -62.0, -28.0, 6.0, 20.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert meter_position(-30.0, -60.0, 0.0) == 0.5


# What REAPER writes, as the contract tests of a public control surface state it.
@pytest.mark.parametrize(
    ("linear", "text"),
    [
        (1.0, "0.00dB"),
        (0.5, "-6.02dB"),
        (2.0, "+6.02dB"),
        (3.162, "+10.00dB"),
        (3.17, "+10.0dB"),
        (0.1, "-20.0dB"),
        (1000.0, "+60.0dB"),
        (0.0000001, "-140.0dB"),
        (0.9999, "-0.00dB"),
        (1.0001, "+0.00dB"),
        (0.0, "-inf dB"),
        (0.000000029, "-inf dB"),
        (0.00000003, "-150.0dB"),
    ],
)
def test_volumes_are_written_as_reaper_writes_them(linear, text):
    assert volume_text(linear) == text


@pytest.mark.parametrize(
    ("pan", "text"),
    [
        (0.0, "center"),
        (-0.25, "25%L"),
        (1.0, "100%R"),
        (0.125, "12%R"),
        (0.999, "99%R"),
        (-0.015, "1%L"),
        (0.004, "0.4%R"),
        (-0.006, "0.6%L"),
        (0.0099, "1.0%R"),
        (0.0004, "0%R"),
        (-0.0004, "0%L"),
    ],
)
def test_pans_are_written_as_reaper_writes_them(pan, text):
    assert pan_text(pan) == text


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("-6", 10**-0.3),
        ("-6.00dB", 10**-0.3),
        ("+6 dB", 10**0.3),
        ("-inf dB", 0.0),
        ("0.00dB", 1.0),
        ("-1,5", 10**-0.075),
    ],
)
def test_volumes_are_read(text, linear):
    assert parse_volume(text) == pytest.approx(linear)


@pytest.mark.parametrize(
    ("text", "pan"),
    [("center", 0.0), ("C", 0.0), ("50%L", -0.5), ("25R", 0.25), ("-30", -0.3), ("100%R", 1.0), ("300%L", -1.0)],
)
def test_pans_are_read(text, pan):
    assert parse_pan(text) == pan


@pytest.mark.parametrize("text", ["", "loud", "L", "%", "nan", "--3"])
def test_what_says_nothing_is_none(text):
    assert parse_volume(text) is None
    assert parse_pan(text) is None
