"""Third octaves by IEC 61260-1, and the EQ by the Audio EQ Cookbook, in two other implementations."""

import numpy as np
import pytest
from scipy.signal import freqz, freqz_sos

from agent.hearing.bands import THIRD_OCTAVES_HZ, band_response, band_starts, bands_hz, strip_response
from agent.session import FLAT_EQ, EqBand, EqShape, Strip
from mock_daw import equalizer
from tests.sessions import cookbook

# IEC 61260-1, table E.1: exact and nominal mid-band frequencies of the base-ten third octaves
NOMINAL_HZ = [
    25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150,
    4000, 5000, 6300, 8000, 10_000, 12_500, 16_000, 20_000,
]  # fmt: skip
FREQS_HZ = np.geomspace(15, 20_000, 200)
BANDS = [
    EqBand(shape, freq_hz, gain_db, width_oct)
    for shape in EqShape
    for freq_hz in (40.0, 350.0, 8000.0)
    for gain_db in (-12.0, 1.5, 24.0)
    for width_oct in (0.3, 2.0)
]


def test_centres_are_the_thirty_third_octaves_from_25_hz_to_20_khz() -> None:
    assert len(THIRD_OCTAVES_HZ) == 30
    np.testing.assert_allclose(THIRD_OCTAVES_HZ, NOMINAL_HZ, rtol=0.012)
    np.testing.assert_allclose(THIRD_OCTAVES_HZ[[0, 16, 29]], [25.119, 1000.0, 19_952.6], rtol=1e-4)


@pytest.mark.parametrize(("rate_hz", "count"), [(8000, 23), (44_100, 30), (48_000, 30), (32_000, 29), (192_000, 30)])
def test_bands_end_below_half_the_rate(rate_hz: int, count: int) -> None:
    assert len(bands_hz(rate_hz)) == count
    assert bands_hz(rate_hz)[-1] < rate_hz / 2


def test_edges_lie_half_way_between_centres_in_decibels_of_frequency() -> None:
    freqs = np.arange(0, 24_001, 1.0)
    starts = band_starts(freqs, THIRD_OCTAVES_HZ)
    edges = np.sqrt(THIRD_OCTAVES_HZ[1:] * THIRD_OCTAVES_HZ[:-1])
    np.testing.assert_array_equal(starts[1:], np.ceil(edges))
    assert starts[0] == 1, "the lowest band takes all below it, but no direct current"


def test_bins_too_wide_for_a_band_are_refused() -> None:
    with pytest.raises(ValueError, match="too coarse"):
        band_starts(np.arange(0, 24_001, 50.0), THIRD_OCTAVES_HZ)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("band", BANDS, ids=lambda b: f"{b.shape}-{b.freq_hz:g}-{b.gain_db:+g}-{b.bandwidth_oct}")
def test_a_band_is_the_cookbooks_in_pyloudnorm_and_in_the_mock_daw(band: EqBand, rate_hz: int) -> None:
    response = band_response(band, FREQS_HZ, rate_hz)
    reference = cookbook(band, rate_hz)
    _, expected = freqz(reference.b, reference.a, FREQS_HZ, fs=rate_hz)
    np.testing.assert_allclose(response, expected, rtol=1e-6, atol=1e-9)
    theirs = equalizer.Band(equalizer.Shape(band.shape.value), band.freq_hz, band.gain_db, band.bandwidth_oct)
    _, expected = freqz_sos([equalizer.band_section(theirs, rate_hz)], FREQS_HZ, fs=rate_hz)
    np.testing.assert_allclose(response, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 16_000])
@pytest.mark.parametrize("band", FLAT_EQ, ids=lambda b: b.shape)
def test_a_band_above_half_the_rate_does_nearly_what_the_mock_daw_does(band: EqBand, rate_hz: int) -> None:
    turned = EqBand(band.shape, band.freq_hz, 6.0, band.bandwidth_oct)
    theirs = equalizer.Band(equalizer.Shape(turned.shape.value), turned.freq_hz, 6.0, turned.bandwidth_oct)
    freqs = bands_hz(rate_hz)
    _, expected = freqz_sos([equalizer.band_section(theirs, rate_hz)], freqs, fs=rate_hz)
    got = band_response(turned, freqs, rate_hz)
    np.testing.assert_allclose(20 * np.log10(np.abs(got)), 20 * np.log10(np.abs(expected)), atol=0.15)


def test_a_strip_is_the_product_of_its_bands_and_its_high_pass() -> None:
    strip = Strip(high_pass_hz=80.0, gain_db=-7.0, pan=0.5).with_eq_gains((3.0, -2.0, 0.0, 4.5))
    bands = [equalizer.Band(equalizer.Shape(b.shape.value), b.freq_hz, b.gain_db, b.bandwidth_oct) for b in strip.eq]
    chain = list(equalizer.sections(bands, 80.0, 48_000).values())
    _, expected = freqz_sos(chain, FREQS_HZ, fs=48_000)
    np.testing.assert_allclose(strip_response(strip, FREQS_HZ, 48_000), expected, rtol=1e-6)


def test_a_flat_strip_changes_nothing() -> None:
    assert (strip_response(Strip(gain_db=-6.0, pan=1.0), FREQS_HZ, 48_000) == 1).all()
    np.testing.assert_allclose(band_response(FLAT_EQ[1], FREQS_HZ, 48_000), 1.0, atol=1e-12)
