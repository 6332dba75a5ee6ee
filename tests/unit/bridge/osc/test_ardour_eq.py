"""ACE EQ's response here is worked out from the circuit in ``a-eq.c``, as it is there, apart from our mapping."""

from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.bands import strip_response
from agent.session import FLAT_EQ, Strip
from bridge.changes import same
from bridge.osc.ardour_eq import BELL, GAIN_LIMIT_DB, HIGH_SHELF, LOW_SHELF, OUTPUT, AceEq, bands, parameters
from tests.ardour_surfaces import FLAT

FREQS_HZ = np.geomspace(20.0, 20_000.0, 300)
RATES_HZ = (44_100, 48_000, 88_200, 96_000)
LAW = AceEq()


def response_db(values, rate_hz):
    """Return ACE EQ's response, from its parameters by number."""
    total = np.full(len(FREQS_HZ), values[17])
    places = ((1, 2, None), (3, 4, 5), (6, 7, 8), (9, 10, 11), (12, 13, 14), (15, 16, None))
    for switch, (freq, gain, width) in enumerate(places, 18):
        if values[switch] <= 0.5:
            continue
        g = np.tan(np.pi * values[freq] / rate_hz)
        amp = 10 ** (values[gain] / 40)
        s = 1j * np.tan(np.pi * FREQS_HZ / rate_hz)
        low, band = g * g / (s * s), g / s
        if width is not None:
            q = 2 ** (0.5 * values[width]) / (2 ** values[width] - 1)
            k, mix = 1 / (q * amp), (1.0, (amp * amp - 1) / (q * amp), 0.0)
        elif freq == 1:
            k = 1 / 0.7071068
            mix = (1.0, k * (amp - 1), amp * amp - 1)
        else:
            k = 1 / 0.7071068
            mix = (amp * amp, k * (1 - amp) * amp, 1 - amp * amp)
        below = 1 + k * band + low
        total = total + 20 * np.log10(np.abs(mix[0] + mix[1] * band / below + mix[2] * low / below))
    return total


def laid_out(strip, rate_hz):
    return {**FLAT, **dict(parameters(LAW.bands(strip, rate_hz)))}


def strip_of(*gains_db):
    return Strip().with_eq_gains(gains_db)


def off_db(strip, rate_hz):
    wanted = 20 * np.log10(np.abs(strip_response(strip, FREQS_HZ, rate_hz)))
    return float(np.abs(response_db(laid_out(strip, rate_hz), rate_hz) - wanted).max())


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_bells_are_the_cookbooks(rate_hz):
    assert off_db(strip_of(0.0, 6.0, -6.0, 0.0), rate_hz) < 1e-3


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("gain_db", [-6.0, -3.0, 3.0, 6.0])
def test_shelves_are_near_it(rate_hz, gain_db):
    assert off_db(strip_of(gain_db, 0.0, 0.0, 0.0), rate_hz) < 0.17
    assert off_db(strip_of(0.0, 0.0, 0.0, gain_db), rate_hz) < 0.09


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_all_bands_together(rate_hz):
    worst = max(
        off_db(strip_of(*gains), rate_hz)
        for gains in [(6, -6, 6, -6), (-6, 6, -6, 6), (6, 6, 6, 6), (-6, 3, 1.5, -4.5)]
    )
    assert worst < 0.2


def test_a_strip_is_read_back_from_its_bands():
    strip = strip_of(-1.5, 3.0, -4.5, 6.0)
    assert LAW.eq(LAW.bands(strip, 48_000), 48_000) == strip.eq


def test_what_does_nothing_is_ours_wherever_its_bands_are():
    assert LAW.eq(bands(FLAT), 48_000) == FLAT_EQ


@pytest.mark.parametrize(
    "other",
    [{4: 3.0}, {2: -2.0}, {17: 1.0}, {13: 1.0}, {16: 0.5}],
    ids=["bell", "low shelf", "output", "fourth bell", "high shelf"],
)
def test_what_is_set_otherwise_is_theirs(other):
    assert LAW.eq(bands({**FLAT, **other}), 48_000) is None


@pytest.mark.parametrize("other", [{1: 120.0}, {5: 1.0}, {10: 0.0}, {17: -1.0}, {19: 0.0}])
def test_what_was_ours_and_was_changed_is_theirs(other):
    values = laid_out(strip_of(3.0, -3.0, 1.5, 4.5), 48_000)
    assert LAW.eq(bands({**values, **other}), 48_000) is None


def test_bands_are_all_parameters_but_the_switch_of_the_whole():
    found = bands(FLAT)
    assert [band.kind for band in found] == [LOW_SHELF, BELL, BELL, BELL, BELL, HIGH_SHELF, OUTPUT]
    assert dict(parameters(found)) == {number: value for number, value in FLAT.items() if number != 24}


def test_a_gain_beyond_its_end_is_cut_off_there():
    strip = Strip(eq=tuple(replace(band, gain_db=24.0) for band in FLAT_EQ))
    assert max(band.gain_db for band in LAW.bands(strip, 48_000)) == GAIN_LIMIT_DB


def test_a_switched_off_band_is_not_the_same():
    values = laid_out(strip_of(3.0, 0.0, 0.0, 0.0), 48_000)
    assert not same(bands(values), bands({**values, 18: 0.0}))
