import math

import numpy as np
import pytest
from scipy.signal import freqz_sos, sosfilt

from mock_daw.equalizer import Band, Equalizer, Shape, band_section, high_pass_section, sections
from mock_daw.errors import EngineError
from mock_daw.strip import FLAT_EQ

RATE_HZ = 48_000


def response_db(section, freq_hz, rate_hz=RATE_HZ):
    _, response = freqz_sos(np.array([section]), worN=[freq_hz], fs=rate_hz)
    return 20 * math.log10(abs(response[0]))


def test_a_bell_has_its_gain_at_its_centre_and_none_far_away():
    section = band_section(Band(Shape.BELL, 1000.0, 6.0, 1.0), RATE_HZ)
    assert response_db(section, 1000) == pytest.approx(6.0)
    assert response_db(section, 1) == pytest.approx(0.0, abs=1e-3)
    assert response_db(section, 23_999) == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("bandwidth_oct", [0.5, 1.0, 2.0])
def test_a_bell_has_half_its_gain_at_the_edges_of_its_bandwidth(bandwidth_oct):
    section = band_section(Band(Shape.BELL, 500.0, 12.0, bandwidth_oct), RATE_HZ)
    for edge in (500 * 2 ** (-bandwidth_oct / 2), 500 * 2 ** (bandwidth_oct / 2)):
        assert response_db(section, edge) == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize(("shape", "low_db", "high_db"), [(Shape.LOW_SHELF, 6.0, 0.0), (Shape.HIGH_SHELF, 0.0, 6.0)])
def test_a_shelf_lifts_its_side_and_has_half_its_gain_at_its_frequency(shape, low_db, high_db):
    section = band_section(Band(shape, 1000.0, 6.0), RATE_HZ)
    assert response_db(section, 1) == pytest.approx(low_db, abs=1e-3)
    assert response_db(section, 1000) == pytest.approx(3.0)
    assert response_db(section, 23_999) == pytest.approx(high_db, abs=1e-3)


def test_sections_are_those_of_the_cookbook():
    # Computed by hand from the cookbook for w0 = pi/2 (a quarter of the rate), A = 2, BW so that alpha = 1.
    octaves = 2 * math.asinh(1) / math.log(2) / (math.pi / 2)
    gain_db = 40 * math.log10(2)
    bell = band_section(Band(Shape.BELL, 12_000.0, gain_db, octaves), RATE_HZ)
    assert bell == pytest.approx((3 / 1.5, 0, -1 / 1.5, 1, 0, 0.5 / 1.5))
    root = 2 * math.sqrt(2)
    low = band_section(Band(Shape.LOW_SHELF, 12_000.0, gain_db, octaves), RATE_HZ)
    a0 = 3 + root
    assert low == pytest.approx((2 * (3 + root) / a0, 4 / a0, 2 * (3 - root) / a0, 1, -2 / a0, (3 - root) / a0))
    high = band_section(Band(Shape.HIGH_SHELF, 12_000.0, gain_db, octaves), RATE_HZ)
    assert high == pytest.approx((2 * (3 + root) / a0, -4 / a0, 2 * (3 - root) / a0, 1, 2 / a0, (3 - root) / a0))


def test_the_high_pass_is_3_db_down_at_its_frequency_and_falls_12_db_an_octave():
    section = high_pass_section(100.0, RATE_HZ)
    assert response_db(section, 100) == pytest.approx(-3.01, abs=0.01)
    assert response_db(section, 12.5) - response_db(section, 6.25) == pytest.approx(12.04, abs=0.05)
    assert response_db(section, 10_000) == pytest.approx(0.0, abs=1e-3)


def test_flat_bands_give_no_section():
    assert sections(FLAT_EQ, None, RATE_HZ) == {}
    assert list(sections((*FLAT_EQ, Band(Shape.BELL, 500.0, 1.0)), 40.0, RATE_HZ)) == [0, 5]


@pytest.mark.parametrize("shape", Shape)
def test_a_band_above_the_reach_of_the_rate_is_held_at_0_49_of_it(shape):
    high, held = (band_section(Band(shape, freq_hz, 6.0), 32_000) for freq_hz in (24_000.0, 0.49 * 32_000))
    assert high == held


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("gain_db", [-24.0, 24.0])
@pytest.mark.parametrize("bandwidth_oct", [0.01, 4.0])
@pytest.mark.parametrize("freq_hz", [10.0, 24_000.0])
@pytest.mark.parametrize("rate_hz", [8000, 48_000, 192_000])
def test_the_most_extreme_bands_are_stable(shape, gain_db, bandwidth_oct, freq_hz, rate_hz):
    section = band_section(Band(shape, freq_hz, gain_db, bandwidth_oct), rate_hz)
    assert np.abs(np.roots(section[3:])).max() < 1 - 1e-8


def test_blocks_are_filtered_as_the_whole_is():
    audio = np.random.default_rng(1).standard_normal((10_000, 2)).astype(np.float32)
    bands = (Band(Shape.LOW_SHELF, 100.0, 6.0), Band(Shape.BELL, 1000.0, -9.0))
    equalizer = Equalizer(RATE_HZ)
    equalizer.set(bands, 40.0)
    blocks = np.concatenate([equalizer.filter(block) for block in np.split(audio, [1, 2, 777, 778, 5000])])
    expected = sosfilt(np.array(list(sections(bands, 40.0, RATE_HZ).values())), audio.astype(float), axis=0)
    assert blocks.dtype == np.float32
    assert np.abs(blocks - expected).max() < 1e-6


def test_a_flat_equalizer_hands_its_input_on():
    audio = np.ones((10, 2), np.float32)
    assert Equalizer(RATE_HZ).filter(audio) is audio


def test_a_section_keeps_its_state_when_another_is_added():
    audio = np.ones((1000, 2), np.float32)
    equalizer = Equalizer(RATE_HZ)
    equalizer.set((Band(Shape.LOW_SHELF, 100.0, 6.0), Band(Shape.BELL, 1000.0)), None)
    before = np.concatenate([equalizer.filter(audio) for _ in range(20)])[-1, 0]
    equalizer.set((Band(Shape.LOW_SHELF, 100.0, 6.0), Band(Shape.BELL, 1000.0, 1e-6)), None)
    assert equalizer.filter(audio)[:10, 0] == pytest.approx(before, abs=1e-4)


def test_a_decaying_tail_ends_in_digital_silence():
    equalizer = Equalizer(RATE_HZ)
    equalizer.set((Band(Shape.BELL, 1000.0, 12.0),), 40.0)
    audio = np.zeros((RATE_HZ, 2), np.float32)
    audio[0] = 1.0
    assert equalizer.filter(audio)[1].any()
    assert not equalizer.filter(audio * 0).any()


def test_a_decaying_tail_does_not_run_into_denormal_numbers():
    equalizer = Equalizer(RATE_HZ)
    equalizer.set((Band(Shape.BELL, 8000.0, 12.0), Band(Shape.HIGH_SHELF, 8000.0, -6.0)), None)
    audio = np.zeros((RATE_HZ, 2), np.float32)
    audio[0] = 1.0
    equalizer.filter(audio)
    state = np.abs(equalizer._state)
    assert state[state > 0].min() > np.finfo(np.float64).tiny


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ((9.0,), "an EQ frequency of 9.0 Hz"),
        ((math.nan,), "an EQ frequency of nan Hz"),
        ((24_001.0,), "an EQ frequency of 24001.0 Hz"),
        ((100.0, 24.1), "an EQ gain of 24.1 dB"),
        ((100.0, math.nan), "an EQ gain of nan dB"),
        ((100.0, 0.0, 0.0), "an EQ bandwidth of 0.0 octaves"),
        ((100.0, 0.0, 4.1), "an EQ bandwidth of 4.1 octaves"),
    ],
)
def test_a_band_that_no_mixer_has_is_refused(values, complaint):
    with pytest.raises(EngineError, match=complaint):
        Band(Shape.BELL, *values)
