import math
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

from bridge.limiter import TruePeakLimiter

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Mix:
    audio: Audio
    rate_hz: int


@dataclass(frozen=True)
class Limits:
    ceiling_dbtp: float
    lookahead_s: float
    release_s: float

    def limiter(self, rate_hz: int) -> TruePeakLimiter:
        return TruePeakLimiter(rate_hz, self.ceiling_dbtp, lookahead_s=self.lookahead_s, release_s=self.release_s)


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    """Noise up to 20 kHz at most, with swells, jumps and silences, its loudest sample from −30 to +20 dBFS.

    Meters agree on what people can hear; next to Nyquist each reads the peaks that its own filter makes.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rate_hz = draw(st.sampled_from([44_100, 48_000, 96_000]))
    length = draw(st.integers(1, 30_000))
    audio = rng.normal(size=(length, 2))
    levels_db = rng.uniform(-60.0, 0.0, size=draw(st.integers(1, 8)))
    audio *= 10.0 ** (np.repeat(levels_db, -(-length // len(levels_db)))[:length, np.newaxis] / 20.0)
    audio = sosfilt(butter(8, draw(st.floats(50.0, 18_000.0)), fs=rate_hz, output="sos"), audio, axis=0)
    peak = 10.0 ** (draw(st.floats(-30.0, 20.0)) / 20.0)
    return Mix((audio * peak / np.abs(audio).max()).astype(np.float32), rate_hz)


limits = st.builds(Limits, st.floats(-6.0, 0.0), st.floats(0.0005, 0.02), st.floats(0.005, 0.5))


def true_peak_dbtp(audio: Audio, factor: int) -> float:
    return 20.0 * math.log10(np.abs(resample_poly(audio.astype(float), factor, 1)).max() + 1e-30)


@given(mixes(), limits, st.data())
def test_any_mix_cut_anyhow_stays_under_the_ceiling(mix: Mix, limits: Limits, data: st.DataObject) -> None:
    audio = mix.audio
    whole = limits.limiter(mix.rate_hz)
    result = np.concatenate(list(whole.stream([audio])))
    assert result.shape == audio.shape
    assert true_peak_dbtp(result, 8) <= limits.ceiling_dbtp + 0.1
    assert np.all(np.abs(result) <= np.abs(audio))
    assert np.all(result * audio >= 0.0)
    assert 0.0 <= whole.limited_share <= 1.0
    if true_peak_dbtp(audio, 8) < limits.ceiling_dbtp - 0.1:
        assert np.array_equal(result, audio)

    cuts = sorted(data.draw(st.lists(st.integers(0, len(audio)), max_size=6)))
    cut = limits.limiter(mix.rate_hz)
    assert np.array_equal(np.concatenate(list(cut.stream(np.split(audio, cuts)))), result)
    assert cut.max_reduction_db == whole.max_reduction_db
    assert cut.limited_share == whole.limited_share
