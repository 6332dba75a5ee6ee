"""What REAPER measures of a render: peak, true peak, and loudness after BS.1770 and EBU R 128, through pyloudnorm."""

import math
from dataclasses import dataclass

import numpy as np
import pyloudnorm
import soxr
from numpy.typing import NDArray

MOMENTARY_S, SHORT_TERM_S = 0.4, 3.0
HOPS_PER_S = 10
OVERSAMPLING = 4
QUIETEST_LUFS = -70.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one piece of audio; None where it is silent or too short."""

    length_s: float
    peak_dbfs: float | None
    true_peak_dbtp: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    integrated_lufs: float | None
    range_lu: float | None


def measure(audio: NDArray[np.float32], rate_hz: int) -> Measured:
    """Measure (samples, channels)."""
    samples = audio.astype(np.float64)
    peak = float(np.max(np.abs(samples), initial=0.0))
    length_s = len(samples) / rate_hz
    if peak <= 0.0:
        return Measured(length_s, None, None, None, None, None, None)
    oversampled = soxr.resample(samples, rate_hz, rate_hz * OVERSAMPLING, quality="VHQ")
    true_peak = max(peak, float(np.max(np.abs(oversampled))))
    meter = pyloudnorm.Meter(rate_hz)
    integrated = _finite(meter.integrated_loudness(samples)) if length_s >= MOMENTARY_S else None
    momentary = max(meter.blockwise_loudness, default=-math.inf)
    short_term = pyloudnorm.Meter(rate_hz, block_size=SHORT_TERM_S, overlap=1.0 - 1.0 / (SHORT_TERM_S * HOPS_PER_S))
    if length_s >= SHORT_TERM_S:
        short_term.integrated_loudness(samples)
    return Measured(
        length_s,
        20.0 * math.log10(peak),
        20.0 * math.log10(true_peak),
        _finite(momentary),
        _finite(max(short_term.blockwise_loudness, default=-math.inf)),
        integrated,
        _finite(meter.loudness_range(samples)) if length_s >= SHORT_TERM_S else None,
    )


def _finite(loudness: float) -> float | None:
    return float(loudness) if math.isfinite(loudness) and loudness > -math.inf else None


def stats_text(file: str, measured: Measured) -> str:
    """Return a file's part of RENDER_STATS.

    The form ``FILE:x;LENGTH:0:06.000;PEAK:-3.469763;LUFSMMAX:…;LUFSSMAX:…;LUFSI:…;LRA:…``, with FILE and LENGTH alone
    for a silent file, is what public scripts that parse it have recorded; the name and place of TRUEPEAK is a guess.
    """
    minutes, seconds = divmod(measured.length_s, 60.0)
    parts = [f"FILE:{file}", f"LENGTH:{int(minutes)}:{seconds:06.3f}"]
    numbers = (
        ("PEAK", measured.peak_dbfs),
        ("TRUEPEAK", measured.true_peak_dbtp),
        ("LUFSMMAX", measured.momentary_max_lufs),
        ("LUFSSMAX", measured.short_term_max_lufs),
        ("LUFSI", measured.integrated_lufs),
        ("LRA", measured.range_lu),
    )
    return ";".join([*parts, *(f"{name}:{value:.6f}" for name, value in numbers if value is not None)])
