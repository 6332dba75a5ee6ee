import math

import numpy as np
import pytest

from mock_daw.reaper.loudness import measure, stats_text

RATE_HZ = 48_000


def tone(amplitude, freq_hz=997.0, seconds=4.0):
    wave = amplitude * np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_a_full_scale_tone_in_both_channels_has_the_loudness_of_the_standard():
    """BS.1770-5: a 997 Hz tone at 0 dBFS in one channel is -3.01 LKFS; both make 0."""
    measured = measure(tone(1.0), RATE_HZ)
    for loudness in (measured.integrated_lufs, measured.momentary_max_lufs, measured.short_term_max_lufs):
        assert loudness == pytest.approx(0.0, abs=0.1)


def test_a_true_peak_lies_between_the_samples():
    """EBU Tech 3341 case 16: a quarter of the rate at 45 degrees has samples at -3 dB and peaks at 0."""
    wave = np.sin(np.pi / 2 * np.arange(RATE_HZ) + np.pi / 4)[:, None].astype(np.float32)
    fade = np.minimum(1.0, np.arange(RATE_HZ) / 4800)[:, None].astype(np.float32)
    measured = measure(wave * fade * fade[::-1], RATE_HZ)
    assert measured.peak_dbfs == pytest.approx(-3.01, abs=0.01)
    assert measured.true_peak_dbtp == pytest.approx(0.0, abs=0.2)


def test_a_step_of_twenty_decibels_is_a_range_of_twenty():
    """EBU Tech 3342 case 2: 20 s at -20 LUFS, then 20 s at -15: LRA 5."""
    low, high = (10 ** ((level + 0.0) / 20) for level in (-20.0, -15.0))
    both = np.concatenate([tone(low, 1000.0, 20.0), tone(high, 1000.0, 20.0)])
    assert measure(both, RATE_HZ).range_lu == pytest.approx(5.0, abs=1.0)


def test_a_silent_file_has_a_length_alone():
    assert stats_text("a.wav", measure(np.zeros((6 * RATE_HZ, 2), np.float32), RATE_HZ)) == "FILE:a.wav;LENGTH:0:06.000"


def test_a_short_file_has_peaks_but_no_loudness():
    measured = measure(tone(0.5, seconds=0.2), RATE_HZ)
    assert measured.peak_dbfs == pytest.approx(20 * math.log10(0.5), abs=0.01)
    assert measured.integrated_lufs is None
    assert measured.range_lu is None


def test_statistics_are_in_the_words_that_scripts_parse():
    text = stats_text("mix.wav", measure(tone(0.5), RATE_HZ))
    fields = dict(part.split(":", 1) for part in text.split(";"))
    assert list(fields) == ["FILE", "LENGTH", "PEAK", "TRUEPEAK", "LUFSMMAX", "LUFSSMAX", "LUFSI", "LRA"]
    assert fields["LENGTH"] == "0:04.000"
    assert float(fields["LUFSI"]) == pytest.approx(-6.0, abs=0.1)
