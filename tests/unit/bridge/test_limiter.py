import math
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter, resample_poly

from bridge.limiter import TruePeakLimiter

RATE_HZ = 48_000
Audio = NDArray[np.float32]


def stereo(left: NDArray[np.float64], right: NDArray[np.float64] | None = None) -> Audio:
    return np.stack((left, left if right is None else right), axis=1).astype(np.float32)


def tone(freq_hz: float, peak: float, seconds: float = 1.0, phase: float = 0.0, rate_hz: int = RATE_HZ) -> Audio:
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return stereo(peak * np.sin(2 * np.pi * freq_hz * times_s + phase))


def noise(peak: float, seconds: float = 1.0, seed: int = 3, rate_hz: int = RATE_HZ) -> Audio:
    samples = np.random.default_rng(seed).normal(size=(round(seconds * rate_hz), 2))
    coloured = lfilter([0.3], [1.0, -0.7], samples, axis=0)
    return (peak * coloured / np.abs(coloured).max()).astype(np.float32)


def true_peak_dbtp(audio: Audio, factor: int = 8) -> float:
    return 20 * math.log10(np.abs(resample_poly(audio.astype(float), factor, 1)).max())


def limited(audio: Audio, rate_hz: int = RATE_HZ, ceiling_dbtp: float = -1.0) -> tuple[Audio, TruePeakLimiter]:
    limiter = TruePeakLimiter(rate_hz, ceiling_dbtp)
    return np.concatenate(list(limiter.stream([audio]))), limiter


LOUD = {
    "low tone": tone(50.0, 2.0),
    "tone whose peaks lie between the samples": tone(12_000.0, 2.0, phase=math.pi / 4),
    "tone near the edge of hearing": tone(19_990.0, 1.5),
    "music-like noise": noise(2.5),
    "white noise": np.random.default_rng(1).normal(scale=0.5, size=(RATE_HZ, 2)).astype(np.float32),
    "square": np.sign(tone(317.0, 1.0)) * np.float32(1.2),
    "lone clicks": (np.arange(RATE_HZ)[:, np.newaxis] % 9973 == 5000) * np.array([[4.0, -3.0]], np.float32),
    "drum": stereo(4 * np.exp(-(np.arange(RATE_HZ) % 16_000) / 2000)) * tone(61.0, 1.0),
}


@pytest.mark.parametrize("audio", LOUD.values(), ids=LOUD.keys())
@pytest.mark.parametrize("ceiling_dbtp", [-1.0, -2.0, 0.0])
def test_the_true_peak_stays_under_the_ceiling(audio: Audio, ceiling_dbtp: float) -> None:
    result, _ = limited(audio, ceiling_dbtp=ceiling_dbtp)
    assert result.shape == audio.shape
    assert result.dtype == np.float32
    assert true_peak_dbtp(result, 4) <= ceiling_dbtp
    assert true_peak_dbtp(result, 8) <= ceiling_dbtp + 0.1


@pytest.mark.parametrize("rate_hz", [44_100, 88_200, 96_000, 192_000])
def test_it_holds_at_other_rates(rate_hz: int) -> None:
    result, _ = limited(noise(2.5, rate_hz=rate_hz), rate_hz)
    assert true_peak_dbtp(result) <= -0.9


def test_it_limits_no_more_than_needed() -> None:
    result, limiter = limited(LOUD["tone whose peaks lie between the samples"])
    assert true_peak_dbtp(result) == pytest.approx(-1.0, abs=0.1)
    assert limiter.max_reduction_db == pytest.approx(20 * math.log10(2.0) + 1.0, abs=0.3)


@pytest.mark.parametrize("peak", [0.05, 0.3, 0.6, 0.8])
def test_what_is_below_the_ceiling_passes_bit_for_bit(peak: float) -> None:
    audio = noise(peak)
    assert true_peak_dbtp(audio) < -1.1
    result, limiter = limited(audio)
    assert np.array_equal(result, audio)
    assert limiter.max_reduction_db == 0.0
    assert limiter.limited_share == 0.0


def test_only_the_surroundings_of_a_peak_are_touched() -> None:
    audio = noise(0.5, seconds=4.0)
    audio[RATE_HZ] = 3.0
    result, limiter = limited(audio)
    before = RATE_HZ - round(0.005 * RATE_HZ) - 2
    assert np.array_equal(result[:before], audio[:before])
    assert np.array_equal(result[3 * RATE_HZ :], audio[3 * RATE_HZ :])
    assert 0.05 < limiter.limited_share < 0.15


def test_both_channels_get_the_same_gain() -> None:
    loud, soft = tone(440.0, 2.0)[:, 0], tone(300.0, 0.1)[:, 1]
    result, _ = limited(stereo(loud, soft))
    audible = np.abs(soft) > 0.05
    gains = result[audible] / np.stack((loud, soft), axis=1)[audible]
    clear = np.abs(loud[audible]) > 0.1
    assert gains[clear, 0] == pytest.approx(gains[clear, 1], rel=1e-5)


def test_the_gain_moves_without_steps() -> None:
    # A constant shows the gain itself; the click asks for 12 dB within 5 ms.
    audio = np.full((RATE_HZ, 2), 0.1, np.float32)
    audio[RATE_HZ // 2] = 3.5
    result, _ = limited(audio)
    audio[RATE_HZ // 2] = result[RATE_HZ // 2] = 1.0
    gain_db = 20 * np.log10(result[:, 0] / audio[:, 0])
    gain_db[RATE_HZ // 2] = gain_db[RATE_HZ // 2 - 1]
    assert gain_db.min() == pytest.approx(-11.9, abs=0.3)
    assert np.abs(np.diff(gain_db)).max() < 0.15
    released = gain_db[RATE_HZ // 2 + round(0.1 * RATE_HZ)] / gain_db.min()
    assert released == pytest.approx(math.exp(-1), abs=0.03)


def test_any_cutting_of_the_stream_gives_the_same() -> None:
    audio = noise(2.0, seconds=0.7)
    whole, _ = limited(audio)
    cuts = np.sort(np.random.default_rng(5).integers(0, len(audio), 40))
    pieces = np.concatenate(list(TruePeakLimiter(RATE_HZ).stream(np.split(audio, cuts))))
    assert np.array_equal(whole, pieces)


@pytest.mark.parametrize("length", [0, 1, 5, 4095, 4096, 4097])
def test_as_much_comes_out_as_went_in(length: int) -> None:
    limiter = TruePeakLimiter(RATE_HZ)
    audio = np.full((length, 2), 2.0, np.float32)
    result = np.concatenate((limiter.process(audio), limiter.flush()))
    assert result.shape == (length, 2)
    assert len(limiter.flush()) == 0
    if length:
        assert limiter.max_reduction_db >= 7.0
        assert limiter.limited_share == 1.0


def test_an_empty_stream_stays_empty() -> None:
    assert list(TruePeakLimiter(RATE_HZ).stream([])) == []


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_samples_that_are_no_numbers_are_refused(bad: float) -> None:
    audio = noise(0.5)
    audio[100, 1] = bad
    with pytest.raises(ValueError, match="no numbers"):
        limited(audio)


def test_a_block_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        TruePeakLimiter(RATE_HZ).process(np.zeros((10, 1), np.float32))


def test_look_ahead_and_release_must_be_times() -> None:
    with pytest.raises(ValueError, match="above 0"):
        TruePeakLimiter(RATE_HZ, lookahead_s=0.0)


def test_a_loud_song_takes_seconds_and_a_soft_one_less() -> None:
    loud, soft = noise(2.5, seconds=30.0), noise(0.2, seconds=30.0)
    start = time.perf_counter()
    limited(loud)
    middle = time.perf_counter()
    limited(soft)
    end = time.perf_counter()
    # A sixth of a 3 min song; measured 0.3 s and 0.01 s, with room for a busy machine.
    assert middle - start < 2.0
    assert end - middle < middle - start
