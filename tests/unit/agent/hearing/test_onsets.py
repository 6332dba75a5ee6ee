import numpy as np
import pytest

from agent.hearing.onsets import LEVEL_FLOOR_DB, Onsets, hear_onsets
from tests.unit.agent.hearing.grooves import RATE_HZ, clicks, tracks

LENGTH_S = 6.0
TIMES_S = np.array([0.5, 1.0, 1.37, 2.2, 3.0, 3.11, 4.6])


def hear(audio, rate_hz=RATE_HZ, block=RATE_HZ) -> Onsets:
    return hear_onsets((audio[:, at : at + block] for at in range(0, audio.shape[1], block)), rate_hz)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000])
def test_onsets_are_where_the_clicks_are_at_any_rate(rate_hz):
    found, strength = hear(tracks(clicks(TIMES_S, LENGTH_S, rate_hz=rate_hz)), rate_hz).times(0)
    assert found == pytest.approx(TIMES_S, abs=0.012)
    assert strength == pytest.approx(1.0, abs=0.2)


def test_a_drum_and_a_held_tone_are_heard_apart():
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(int(LENGTH_S * RATE_HZ)) / RATE_HZ)
    onsets = hear(tracks(clicks(TIMES_S, LENGTH_S), tone))
    assert len(onsets.times(0)[0]) == len(TIMES_S)
    inside = onsets.strength[1, 50:-50]
    assert inside.max() < 0.1


def test_how_the_audio_is_cut_into_blocks_does_not_matter_once_the_track_has_been_loud():
    audio = tracks(clicks(TIMES_S, LENGTH_S), clicks(TIMES_S[::2], LENGTH_S, freq_hz=60.0))
    whole, cut = hear(audio, block=audio.shape[1]), hear(audio, block=1111)
    assert cut.strength == pytest.approx(whole.strength, abs=0.02)
    assert cut.level_db == pytest.approx(whole.level_db, abs=1e-3)
    assert cut.length_s == whole.length_s == pytest.approx(LENGTH_S)


def test_low_and_middle_onsets_tell_a_kick_from_a_snare():
    noise = np.random.default_rng(0).standard_normal(int(LENGTH_S * RATE_HZ))
    snare = noise * np.convolve(clicks(TIMES_S, LENGTH_S, freq_hz=0.0, decay_s=0.05), [1.0], "same")
    onsets = hear(tracks(clicks(TIMES_S, LENGTH_S, freq_hz=60.0), snare))
    assert onsets.mid is not None
    frames = np.round(TIMES_S * onsets.rate_hz).astype(int)
    peak = [[band[track][frames[0] - 3 : frames[0] + 4].max() for band in (onsets.low, onsets.mid)] for track in (0, 1)]
    assert peak[0][0] > 0.7
    assert peak[1][1] > 0.7


def test_the_level_is_the_mean_square_in_dbfs():
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ)
    onsets = hear(tracks(tone, np.zeros(RATE_HZ)))
    assert onsets.level_db[0, 10:-10] == pytest.approx(20 * np.log10(0.5) - 3.01, abs=0.5)
    assert np.all(onsets.level_db[1] == LEVEL_FLOOR_DB)


def test_silence_has_no_onsets():
    onsets = hear(tracks(np.zeros(RATE_HZ)))
    assert not onsets.strength.any()
    assert not onsets.low.any()
    assert len(onsets.times(0)[0]) == 0


def test_a_track_that_is_upside_down_in_the_other_channel_is_heard():
    mono = clicks(TIMES_S, LENGTH_S)
    audio = np.stack([np.stack([mono, -mono], 1)]).astype(np.float32)
    assert hear(audio).times(0)[0] == pytest.approx(TIMES_S, abs=0.012)


def test_what_is_not_a_number_or_absurdly_loud_leaves_only_numbers():
    audio = tracks(clicks(TIMES_S, LENGTH_S))
    audio[0, 5000:5100], audio[0, 9000], audio[0, 9500] = np.nan, np.inf, 1e30
    onsets = hear(audio)
    for values in (onsets.strength, onsets.low, onsets.mid, onsets.level_db, onsets.chroma):
        assert np.isfinite(values).all()


def test_a_tail_of_denormal_numbers_is_silence():
    audio = tracks(clicks(TIMES_S[:1], LENGTH_S))
    audio[0, RATE_HZ:] = np.float32(1e-41)
    assert hear(audio).strength[0, 150:].max() < 0.05


def test_no_audio_at_all_is_refused():
    with pytest.raises(ValueError, match="no audio"):
        hear_onsets([], RATE_HZ)


def test_progress_is_told_by_samples():
    told = []
    audio = tracks(np.zeros(2500))
    hear_onsets([audio[:, :2000], audio[:, 2000:]], RATE_HZ, told.append)
    assert told == [2000, 500]
