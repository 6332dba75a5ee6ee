"""The meters against the standards' own test signals and against pyloudnorm.

EBU Tech 3341 (v4, November 2023), table 1, and EBU Tech 3342 (v4), table 1, synthesised as they are described there.
Left out: 3341 #6 (five channels; we hear stereo), 3341 #7 and #8 and 3342 #5 and #6 (authentic programmes, which cannot
be synthesised).
"""

import math

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray
from scipy.signal import firwin, lfilter, resample_poly

from agent.hearing.loudness import (
    HOP_S,
    LoudnessMeter,
    Measurement,
    integrated_lufs,
    k_weighting_sos,
    loudness_range_lu,
    lufs_to_power,
    measure,
    momentary_lufs,
    power_to_lufs,
    short_term_lufs,
)

RATE = 48_000
Stereo = NDArray[np.float32]
Segment = tuple[float, float]  # seconds, dBFS of the peak
SILENT = -math.inf


def stereo(mono: NDArray[np.float64]) -> Stereo:
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


def tones(*segments: Segment, rate: int = RATE) -> Stereo:
    """A 1000 Hz sine in phase on both channels that changes its level from segment to segment."""
    amplitude = np.concatenate([np.full(round(s * rate), 10.0 ** (db / 20.0)) for s, db in segments])
    return stereo(amplitude * np.sin(2 * np.pi * 1000.0 * np.arange(len(amplitude)) / rate))


def faded(mono: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    ramp = np.linspace(0.0, 1.0, rate // 100)
    mono[: len(ramp)] *= ramp
    mono[-len(ramp) :] *= ramp[::-1]
    return mono


def hop_power(audio: Stereo, rate: int = RATE) -> NDArray[np.float64]:
    meter = LoudnessMeter(rate)
    meter.feed(audio)
    return meter.hop_power


def noise(samples: int, seed: int = 0, level: float = 0.1) -> Stereo:
    return (level * np.random.default_rng(seed).standard_normal((samples, 2))).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize(("case", "level"), [(1, -23.0), (2, -33.0)])
def test_tech_3341_cases_1_and_2_a_steady_tone(case: int, level: float, rate: int) -> None:
    power = hop_power(tones((20.0, level), rate=rate), rate)
    assert integrated_lufs(power) == pytest.approx(level, abs=0.1)
    np.testing.assert_allclose(momentary_lufs(power)[1:], level, atol=0.1)
    np.testing.assert_allclose(short_term_lufs(power)[1:], level, atol=0.1)


@pytest.mark.parametrize(
    "segments",
    [
        pytest.param([(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)], id="3"),
        pytest.param([(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)], id="4"),
        pytest.param([(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)], id="5"),
    ],
)
def test_tech_3341_cases_3_to_5_the_gates(segments: list[Segment]) -> None:
    assert integrated_lufs(hop_power(tones(*segments))) == pytest.approx(-23.0, abs=0.1)


def test_tech_3341_case_9_short_term_is_constant_after_3_s() -> None:
    series = short_term_lufs(hop_power(tones(*[(1.34, -20.0), (1.66, -30.0)] * 5)))
    np.testing.assert_allclose(series, -23.0, atol=0.1)


@pytest.mark.parametrize("i", range(20))
def test_tech_3341_case_10_max_short_term_of_a_file(i: int) -> None:
    audio = tones((i * 0.15, SILENT), (3.0, -23.0), (1.0, SILENT))
    assert measure([audio], RATE).max_short_term_lufs == pytest.approx(-23.0, abs=0.1)


def test_tech_3341_case_11_max_short_term_live() -> None:
    meter = LoudnessMeter(RATE)
    for i in range(20):
        meter.feed(tones((i * 0.15, SILENT), (3.0, -38.0 + i), (3.0 - i * 0.15, SILENT)))
        assert meter.max_short_term_lufs == pytest.approx(-38.0 + i, abs=0.1)


def test_tech_3341_case_12_momentary_is_constant_after_1_s() -> None:
    series = momentary_lufs(hop_power(tones(*[(0.18, -20.0), (0.22, -30.0)] * 25)))
    np.testing.assert_allclose(series[6:], -23.0, atol=0.1)


@pytest.mark.parametrize("i", range(20))
def test_tech_3341_case_13_max_momentary_of_a_file(i: int) -> None:
    audio = tones((i * 0.02, SILENT), (0.4, -23.0), (1.0, SILENT))
    assert measure([audio], RATE).max_momentary_lufs == pytest.approx(-23.0, abs=0.1)


def test_tech_3341_case_14_max_momentary_live() -> None:
    meter = LoudnessMeter(RATE)
    for i in range(20):
        meter.feed(tones((i * 0.02, SILENT), (0.4, -38.0 + i), (0.4 - i * 0.02, SILENT)))
        assert meter.max_momentary_lufs == pytest.approx(-38.0 + i, abs=0.1)


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000])
@pytest.mark.parametrize(
    ("divisor", "amplitude", "phase_deg", "expected_dbtp"),
    [
        pytest.param(4, 0.50, 0.0, -6.0, id="15"),
        pytest.param(4, 0.50, 45.0, -6.0, id="16"),
        pytest.param(6, 0.50, 60.0, -6.0, id="17"),
        pytest.param(8, 0.50, 67.5, -6.0, id="18"),
        pytest.param(4, 1.41, 45.0, 3.0, id="19"),
    ],
)
def test_tech_3341_cases_15_to_19_true_peak_of_sines(
    divisor: int, amplitude: float, phase_deg: float, expected_dbtp: float, rate: int
) -> None:
    angle = 2 * np.pi * np.arange(rate) / divisor + np.radians(phase_deg)
    peak_dbtp = measure([stereo(faded(amplitude * np.sin(angle), rate))], rate).true_peak_dbtp
    assert expected_dbtp - 0.4 <= peak_dbtp <= expected_dbtp + 0.2


@pytest.mark.parametrize(("case", "offset"), [(20, 0), (21, 1), (22, 2), (23, 3)])
def test_tech_3341_cases_20_to_23_true_peak_of_one_loud_period(case: int, offset: int) -> None:
    """Synthesised at 4 fs: one period of fs/4 at full scale within fs/6 at half; filtered, then decimated."""
    quiet = 0.5 * np.sin(2 * np.pi * np.arange(24 * 2000) / 24)
    loud = np.sin(2 * np.pi * np.arange(16) / 16)
    fine = faded(np.concatenate((quiet, loud, quiet)), 4 * RATE)
    audio = stereo(lfilter(firwin(1023, 0.25), 1.0, fine)[offset::4])
    assert -0.4 <= measure([audio], RATE).true_peak_dbtp <= 0.2


@pytest.mark.parametrize(
    ("levels", "expected_lu"),
    [
        pytest.param([-20.0, -30.0], 10.0, id="1"),
        pytest.param([-20.0, -15.0], 5.0, id="2"),
        pytest.param([-40.0, -20.0], 20.0, id="3"),
        pytest.param([-50.0, -35.0, -20.0, -35.0, -50.0], 15.0, id="4"),
    ],
)
def test_tech_3342_cases_1_to_4_loudness_range(levels: list[float], expected_lu: float) -> None:
    power = hop_power(tones(*[(20.0, level) for level in levels]))
    assert loudness_range_lu(power) == pytest.approx(expected_lu, abs=1.0)


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("seconds", [0.4, 0.4201, 0.45, 0.4999, 0.55, 0.7077, 1.2345, 3.1416, 7.95])
def test_integrated_loudness_equals_pyloudnorm_at_odd_lengths(rate: int, seconds: float) -> None:
    samples = math.ceil(seconds * rate)
    fading = np.linspace(1.0, 0.03, samples, dtype=np.float32)[:, None]
    audio = noise(samples, seed=samples) * fading
    expected = pyloudnorm.Meter(rate).integrated_loudness(audio.astype(np.float64))
    assert measure([audio], rate).integrated_lufs == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("samples", [0, 1, 2000, 4800, 19_199])
def test_less_than_400_ms_has_no_loudness(samples: int) -> None:
    figures = measure([noise(samples)], RATE)
    assert figures.integrated_lufs == figures.max_momentary_lufs == figures.max_short_term_lufs == -math.inf
    assert figures.loudness_range_lu == 0.0


@pytest.mark.parametrize("blocks", [[], [np.zeros((5 * RATE, 2), dtype=np.float32)]])
def test_silence_has_no_loudness_and_no_peak(blocks: list[Stereo]) -> None:
    assert measure(blocks, RATE) == Measurement(-math.inf, -math.inf, -math.inf, 0.0, -math.inf, -math.inf)


def test_what_stays_below_the_absolute_gate_has_no_integrated_loudness() -> None:
    figures = measure([tones((5.0, -75.0))], RATE)
    assert figures.integrated_lufs == -math.inf
    assert figures.max_momentary_lufs == pytest.approx(-75.0, abs=0.1)


def test_the_filter_stays_clear_of_denormal_numbers_in_a_long_silence() -> None:
    meter = LoudnessMeter(RATE)
    meter.feed(noise(RATE))
    meter.feed(np.zeros((20 * RATE + 1, 2), dtype=np.float32))
    assert np.abs(meter._state).min() > 1e-30


def test_momentary_loudness_of_hop_powers_is_their_mean_over_four() -> None:
    power = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    np.testing.assert_allclose(momentary_lufs(power), [power_to_lufs(2.5), power_to_lufs(4.75)])
    assert short_term_lufs(power).shape == (0,)


def test_hops_are_100_ms_and_carry_both_channels() -> None:
    audio = tones((2.0, -20.0))
    both, left = hop_power(audio), hop_power(audio * np.array([1.0, 0.0], dtype=np.float32))
    assert len(both) == round(2.0 / HOP_S)
    np.testing.assert_allclose(both, 2.0 * left)


def test_power_and_lufs_are_inverse() -> None:
    assert power_to_lufs(lufs_to_power(-23.0)) == pytest.approx(-23.0)
    assert power_to_lufs(0.0) == -math.inf


def test_the_k_weighting_at_48_khz_is_close_to_the_standards_table() -> None:
    """BS.1770-4, Annex 1, tables 1 and 2; pyloudnorm designs its own shelf of nearly the same response."""
    standard = np.array(
        [
            [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
            [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
        ]
    )
    z = np.exp(-2j * np.pi * np.geomspace(30.0, 18_000.0, 60) / RATE)
    powers_of_z = np.stack((np.ones_like(z), z, z**2))

    def response_db(sos: NDArray[np.float64]) -> NDArray[np.float64]:
        ratio = (sos[:, :3] @ powers_of_z) / (sos[:, 3:] @ powers_of_z)
        return 20.0 * np.log10(np.abs(ratio.prod(axis=0)))

    difference_db = response_db(k_weighting_sos(RATE)) - response_db(standard)
    assert np.abs(difference_db).max() < 0.35


@pytest.mark.parametrize("level", [0.1, 0.6])
def test_the_true_peak_of_noise_agrees_with_a_longer_interpolator(level: float) -> None:
    audio = np.clip(noise(2 * RATE, seed=3, level=level), -0.9, 0.9)
    low_passed = lfilter(firwin(255, 20_000.0, fs=RATE), 1.0, audio, axis=0).astype(np.float32)
    fine = resample_poly(low_passed.astype(np.float64), 4, 1, axis=0, window=firwin(4095, 0.25))
    expected_dbtp = 20.0 * np.log10(np.abs(fine).max())
    assert measure([low_passed], RATE).true_peak_dbtp == pytest.approx(expected_dbtp, abs=0.03)


@pytest.mark.parametrize("rate", [176_400, 192_000])
def test_high_rates_need_no_oversampling(rate: int) -> None:
    figures = measure([noise(rate)], rate)
    assert figures.true_peak_dbtp == figures.sample_peak_dbfs


def test_a_peak_on_one_channel_only_is_found() -> None:
    angle = np.pi * np.arange(RATE) / 2 + np.pi / 4
    audio = np.stack((np.zeros(RATE), faded(0.5 * np.sin(angle), RATE)), axis=1).astype(np.float32)
    figures = measure([audio], RATE)
    assert figures.true_peak_dbtp == pytest.approx(-6.02, abs=0.05)
    assert figures.sample_peak_dbfs == pytest.approx(-9.03, abs=0.05)


def test_a_peak_after_the_last_sample_is_found() -> None:
    audio = np.zeros((1000, 2), dtype=np.float32)
    audio[-1] = 0.5
    assert measure([audio], RATE).true_peak_dbtp == pytest.approx(20 * math.log10(0.5), abs=0.01)


@pytest.mark.parametrize("shape", [(100,), (100, 1), (2, 100)])
def test_only_stereo_blocks_are_heard(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        LoudnessMeter(RATE).feed(np.zeros(shape, dtype=np.float32))


@pytest.mark.parametrize("sample", [math.nan, math.inf])
def test_a_sample_that_is_no_number_is_refused(sample: float) -> None:
    audio = noise(RATE)
    audio[100, 1] = sample
    with pytest.raises(ValueError, match="finite"):
        measure([audio], RATE)
