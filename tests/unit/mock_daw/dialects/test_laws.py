"""The scales of the other systems, at the points that are published or were measured."""

import math

import pytest

from mock_daw.dialects import ableton_laws, ardour_laws, bitwig_laws, equalisers, x32_laws

# Of an Ardour 7.3, over OSC.
ARDOUR_FADER = ((0.5, -10.46902), (0.782, 0.00657), (1.0, 6.0206))
ARDOUR_QUERIES = ((-6.0, -6.01863), (-3.0, -3.03779), (6.0206, 6.03774))
# Measured in Live every 3 dB (a public table), and a TouchOSC template's readings of its meters.
LIVE_FADER = (
    (-60, 0.03462362661957741),
    (-54, 0.06778648495674133),
    (-48, 0.10353590548038483),
    (-42, 0.1428816020488739),
    (-36, 0.18703696131706238),
    (-30, 0.23843887448310852),
    (-24, 0.302414208650589),
    (-21, 0.3436638116836548),
    (-18, 0.39999979734420776),
    (-12, 0.5499998927116394),
    (-6, 0.699999988079071),
    (0, 0.8500000238418579),
    (3, 0.9249424338340759),
    (6, 1.0),
)
LIVE_METER = (
    (-64.7, 0.070),
    (-37.7, 0.425),
    (-29.0, 0.539),
    (-24.4, 0.600),
    (-22.0, 0.631),
    (-18.8, 0.674),
    (-6.0, 0.842),
    (0.0, 0.921),
    (6.0, 1.0),
)
# Maillot's document, and an M32R's own text beside its OSC values.
X32_FADER = (
    (0.75, 0.0),
    (1.0, 10.0),
    (0.5, -10.0),
    (0.25, -30.0),
    (0.0625, -60.0),
    (0.522972, -9.1),
    (0.357771, -21.4),
)
X32_KNOBS = (
    (x32_laws.FREQUENCY, 0.0, 20.0),
    (x32_laws.FREQUENCY, 0.26, 120.5),
    (x32_laws.FREQUENCY, 1.0, 20000.0),
    (x32_laws.GAIN, 0.5, 0.0),
    (x32_laws.GAIN, 0.0, -15.0),
    (x32_laws.QUALITY, 0.0, 10.0),
    (x32_laws.QUALITY, 1.0, 0.3),
)


@pytest.mark.parametrize(("along", "db"), ARDOUR_FADER)
def test_ardours_fader(along, db):
    assert ardour_laws.db_of_gain(ardour_laws.gain_of_fader(along)) == pytest.approx(db, abs=1e-5)
    assert ardour_laws.fader_of_gain(10 ** (db / 20)) == pytest.approx(along, abs=1e-6)


@pytest.mark.parametrize(("db", "answer"), ARDOUR_QUERIES)
def test_what_ardour_answers_to_a_query(db, answer):
    assert ardour_laws.queried_db(ardour_laws.gain_of_db(db)) == pytest.approx(answer, abs=1e-4)


def test_ardours_closed_fader_and_silent_meter():
    assert ardour_laws.gain_of_db(-200.0) == 0.0
    assert ardour_laws.db_of_gain(0.0) == -200.0
    assert ardour_laws.queried_db(0.0) == pytest.approx(-766.79248)
    assert ardour_laws.meter_db(0.0) == -193.0
    assert ardour_laws.gain_of_db(20.0) == 2.0


@pytest.mark.parametrize(("db", "along"), LIVE_FADER)
def test_lives_fader(db, along):
    near_db = 1e-3 if along >= 0.4 else 0.25
    assert ableton_laws.fader_db(along) == pytest.approx(db, abs=max(near_db, 3e-3))
    assert ableton_laws.fader_db(ableton_laws.fader_along(db)) == pytest.approx(db, abs=0.03)


@pytest.mark.parametrize(("db", "along"), LIVE_METER)
def test_lives_meter(db, along):
    assert ableton_laws.meter_along(10 ** (db / 20)) == pytest.approx(along, abs=0.001)


@pytest.mark.parametrize(("along", "db"), X32_FADER)
def test_an_x32s_fader(along, db):
    assert x32_laws.fader_db(along) == pytest.approx(db, abs=0.05)
    assert x32_laws.fader_along(db) == pytest.approx(along, abs=0.002)


@pytest.mark.parametrize(("scale", "along", "value"), X32_KNOBS)
def test_an_x32s_knobs(scale, along, value):
    assert scale.value(along) == pytest.approx(value, rel=0.001, abs=1e-9)
    assert scale.along(value) == pytest.approx(along, abs=1e-9)


def test_bitwigs_fader():
    assert bitwig_laws.volume_gain(0.7937005) == pytest.approx(1.0, abs=1e-6)
    assert bitwig_laws.volume_along(1.0) == pytest.approx(0.7937005, abs=1e-6)
    assert bitwig_laws.volume_along(4.0) == 1.0
    assert bitwig_laws.Resolution(128).whole(bitwig_laws.volume_along(1.0)) == 101


def test_a_quality_of_the_square_root_of_two_is_an_octave():
    assert equalisers.octaves(math.sqrt(2.0)) == pytest.approx(1.0)
    assert equalisers.quality(1.0) == pytest.approx(math.sqrt(2.0))
