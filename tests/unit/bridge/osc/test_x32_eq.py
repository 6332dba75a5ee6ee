from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.bands import band_response, strip_response
from agent.session import FLAT_EQ, EqBand, EqShape, Strip
from bridge.changes import same
from bridge.osc import x32_eq
from bridge.osc.x32_eq import BELL, HIGH_CUT, HIGH_SHELF, LOW_SHELF, ChannelEq
from bridge.osc.x32_scales import EQ_FREQ_HZ, EQ_GAIN_DB, EQ_Q, TRIM

LAW = ChannelEq()
FREQS_HZ = np.geomspace(20.0, 20_000.0, 300)
SHAPES = {LOW_SHELF: EqShape.LOW_SHELF, BELL: EqShape.BELL, HIGH_SHELF: EqShape.HIGH_SHELF}


def strip_of(*gains_db):
    return Strip().with_eq_gains(gains_db)


def cookbook(band, rate_hz):
    """Return the Cookbook's response with the console's Q."""
    w0 = 2 * np.pi * band.freq_hz / rate_hz
    q = 0.5 / np.sinh(np.log(2) / 2 * band.bandwidth_oct)
    warped_oct = 2 / np.log(2) * np.arcsinh(0.5 / q) * np.sin(w0) / w0
    shown = EqBand(SHAPES[band.kind], band.freq_hz, band.gain_db, warped_oct)
    return 20 * np.log10(np.abs(band_response(shown, FREQS_HZ, rate_hz)))


def told(bands):
    return {address: float(value) for address, value in x32_eq.written("/ch/01/eq", bands)}


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
@pytest.mark.parametrize("gains_db", [(6, 0, 0, 0), (0, 6, 0, 0), (0, 0, -6, 0), (0, 0, 0, -6), (6, -6, 6, -6)])
def test_steps_leave_little_of_a_difference(gains_db, rate_hz):
    strip = strip_of(*map(float, gains_db))
    wanted_db = 20 * np.log10(np.abs(strip_response(strip, FREQS_HZ, rate_hz)))
    got_db = sum(cookbook(band, rate_hz) for band in LAW.bands(strip, rate_hz) if band.gain_db)
    assert np.abs(got_db - wanted_db).max() < 0.12


def test_a_strip_is_read_back_from_its_bands():
    strip = strip_of(-1.5, 3.0, -4.5, 6.0)
    bands = x32_eq.read("/ch/01/eq", told(LAW.bands(strip, 48_000)))
    assert same(bands, LAW.bands(strip, 48_000))
    assert LAW.eq(bands, 48_000) == strip.eq


@pytest.mark.parametrize(
    "change",
    [{"eq/1/g": 0.6}, {"eq/4/type": float(HIGH_CUT)}, {"eq/1/type": 0.0}],
    ids=["a gain", "a high cut", "a low cut"],
)
def test_an_eq_that_does_something_else_is_theirs_unless_it_is_off(change):
    values = told(LAW.bands(strip_of(0.0, 0.0, 0.0, 0.0), 48_000))
    assert LAW.eq(x32_eq.read("/ch/01/eq", values), 48_000) == FLAT_EQ
    values |= {f"/ch/01/{of}": value for of, value in change.items()}
    if "eq/1/g" in change:
        values["/ch/01/eq/1/f"] = 0.5
    assert LAW.eq(x32_eq.read("/ch/01/eq", values), 48_000) is None
    assert LAW.eq(x32_eq.read("/ch/01/eq", {**values, "/ch/01/eq/on": 0.0}), 48_000) == FLAT_EQ


def test_what_was_ours_and_was_changed_is_theirs():
    values = told(LAW.bands(strip_of(3.0, -3.0, 1.5, 4.5), 48_000))
    assert LAW.eq(x32_eq.read("/ch/01/eq", {**values, "/ch/01/eq/2/q": 0.1}), 48_000) is None


def test_an_eq_of_which_something_was_not_told_is_none():
    values = told(LAW.bands(strip_of(3.0, 0.0, 0.0, 0.0), 48_000))
    del values["/ch/01/eq/3/q"]
    assert x32_eq.read("/ch/01/eq", values) is None


def test_it_is_switched_on_last_and_off_first():
    bands = LAW.bands(strip_of(3.0, 0.0, 0.0, 0.0), 48_000)
    assert list(x32_eq.written("/ch/01/eq", bands))[-1] == ("/ch/01/eq/on", 1)
    off = tuple(band.model_copy(update={"enabled": False}) for band in bands)
    assert next(x32_eq.written("/ch/01/eq", off)) == ("/ch/01/eq/on", 0)


def test_a_gain_beyond_its_end_is_cut_off_there():
    strip = Strip(eq=tuple(replace(band, gain_db=24.0) for band in FLAT_EQ))
    assert {band.gain_db for band in LAW.bands(strip, 48_000)} == {15.0}


@pytest.mark.parametrize(
    ("scale", "position", "value"),
    [
        (EQ_FREQ_HZ, 53 / 200, 124.7),
        (EQ_FREQ_HZ, 113 / 200, 990.9),
        (EQ_GAIN_DB, 0.60833, 3.25),
        (EQ_Q, 33 / 71, 2.0),
        (EQ_Q, 0.0, 10.0),
        (EQ_Q, 1.0, 0.3),
        (TRIM, 0.41667, -3.0),
    ],
)
def test_scales_at_the_documents_examples(scale, position, value):
    assert scale.value(position) == pytest.approx(value, rel=0.03)
    assert scale.position(value) == pytest.approx(position, abs=1e-4)
