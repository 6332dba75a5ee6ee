import errno

import numpy as np
import pytest
import soundfile as sf
from scipy.signal import resample_poly

from agent.hearing.loudness import measure
from bridge import finishing
from bridge.finishing import bounce, container, finish, write_wav
from bridge.progress import Silent

RATE = 16_000


def tone(gain, seconds=2.0):
    time_s = np.arange(round(seconds * RATE)) / RATE
    wave = gain * np.sin(2 * np.pi * 440.0 * time_s)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def bounced(audio, folder):
    return bounce(np.array_split(audio, 5), RATE, folder / "render", Silent())


def test_a_bounce_is_what_was_rendered_and_what_it_measures(tmp_path):
    audio = tone(0.3)
    made = bounced(audio, tmp_path)
    assert np.array_equal(np.concatenate(list(made.blocks(0.0))), audio)
    assert made.measured == measure([audio], RATE)
    assert made.frames == len(audio)


def test_without_a_target_only_the_ceiling_counts(tmp_path):
    done = finish(bounced(tone(0.3), tmp_path), 0.0, None, tmp_path / "mix.wav", Silent())
    assert (done.file_gain_db, done.limiter) == (0.0, None)
    assert sf.read(tmp_path / "mix.wav", dtype="float32")[0] == pytest.approx(tone(0.3), abs=2.0**-23)


def test_what_the_fader_was_turned_by_since_is_in_the_file(tmp_path):
    made = bounced(tone(0.3), tmp_path)
    done = finish(made, -6.0, None, tmp_path / "mix.wav", Silent())
    assert done.measured.integrated_lufs == pytest.approx(made.measured.integrated_lufs - 6.0, abs=0.001)


def test_more_than_twelve_db_of_limiting_is_turned_down_instead(tmp_path):
    done = finish(bounced(tone(8.0), tmp_path), 0.0, None, tmp_path / "mix.wav", Silent())
    assert done.limiter.max_reduction_db == pytest.approx(12.0, abs=0.1)
    assert done.file_gain_db < 0.0
    assert done.measured.true_peak_dbtp <= -1.0


def test_noise_that_was_clipped_hard_stays_under_the_ceiling_too(tmp_path):
    noise = np.clip(np.random.default_rng(0).standard_normal((2 * RATE, 2)), -1.0, 1.0).astype(np.float32)
    done = finish(bounced(noise * 2.4, tmp_path), 0.0, 3.0, tmp_path / "mix.wav", Silent())
    written, _ = sf.read(tmp_path / "mix.wav")
    assert 20.0 * np.log10(np.abs(resample_poly(written, 8, 1, axis=0)).max()) <= -0.9
    assert done.measured.true_peak_dbtp <= -1.0
    assert done.measured.integrated_lufs < 3.0


def test_four_passes_at_most(tmp_path, monkeypatch):
    passes = []
    monkeypatch.setattr(finishing, "_next_gain", lambda tried: passes.append(len(tried)) or tried[-1][0] + 0.1)
    finish(bounced(tone(0.5), tmp_path), 0.0, -1.0, tmp_path / "mix.wav", Silent())
    assert passes == [1, 2, 3, 4]


def test_a_file_that_wav_can_not_hold_is_rf64(tmp_path, monkeypatch):
    assert container(4 * 3600 * 48_000) == "WAV"
    assert container(5 * 3600 * 48_000) == "RF64"
    monkeypatch.setattr(finishing, "_LARGEST_WAV_BYTES", 1000)
    write_wav(tmp_path / "mix.wav", [tone(0.3)], RATE, 2 * RATE)
    assert (tmp_path / "mix.wav").read_bytes()[:4] == b"RF64"
    assert sf.info(tmp_path / "mix.wav").frames == 2 * RATE


def test_a_write_that_fails_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match=r"mix\.wav") as caught:
        write_wav(tmp_path / "gone" / "mix.wav", [tone(0.3)], RATE, 2 * RATE)
    assert caught.value.errno == errno.EIO
