import numpy as np
import pytest

from mock_daw.live import Live
from tests.takes import RATE_HZ, item, session, track
from tests.unit.mock_daw.reaper.desks import Silence
from tests.unit.mock_daw.reaper.functions.scripts import Script


@pytest.fixture
def script(tmp_path):
    ramp = np.linspace(0.0, 0.5, RATE_HZ, dtype=np.float32)
    heard = item(tmp_path, np.stack([ramp, -ramp], axis=1), 1.0)
    return Script(Live(session(track(1, heard, gain_linear=0.1), track(2)), Silence()))


def samples(script, accessor, start_s, count, channels=2, rate_hz=RATE_HZ):
    buffer = [9.0] * channels * count
    result = script.GetAudioAccessorSamples(accessor, rate_hz, channels, start_s, count, buffer)
    assert result[1] is buffer
    return result[0], buffer


def test_a_track_is_heard_before_its_fader_and_interleaved(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    is_audio, buffer = samples(script, accessor, 1.5, 3)
    expected = 0.5 * (np.arange(3) + RATE_HZ // 2) / (RATE_HZ - 1)
    assert is_audio == 1
    assert buffer[::2] == pytest.approx(expected, abs=1e-6)
    assert buffer[1::2] == pytest.approx(-expected, abs=1e-6)


def test_where_nothing_is_there_is_no_audio(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    assert samples(script, accessor, 0.0, 4) == (0, [0.0] * 8)
    assert samples(script, script.CreateTrackAudioAccessor(script.track(2)), 0.0, 1) == (0, [0.0] * 2)


def test_before_the_start_is_silence(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    _, early = samples(script, accessor, -0.5, 2 * RATE_HZ, 1)
    _, from_start = samples(script, accessor, 0.0, 2 * RATE_HZ, 1)
    assert early[RATE_HZ // 2 :] == from_start[: -RATE_HZ // 2]
    assert not any(early[: RATE_HZ // 2])


def test_the_length_of_a_buffer_is_enough_to_get_samples(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    _, array = script.GetAudioAccessorSamples(accessor, RATE_HZ, 2, 1.5, 3, 6)
    assert list(array) == samples(script, accessor, 1.5, 3)[1]


def test_a_buffer_that_is_too_short_fails_as_in_reapers_binding(script):
    with pytest.raises(IndexError):
        script.GetAudioAccessorSamples(script.CreateTrackAudioAccessor(script.track(1)), RATE_HZ, 2, 0.0, 4, [0.0])


@pytest.mark.parametrize("ask", [(0, 2, 0.0, 1), (RATE_HZ, 0, 0.0, 1), (RATE_HZ, 2, 0.0, -1), (RATE_HZ, 2, 0.0, 2**40)])
def test_what_can_not_be_asked_is_an_error(script, ask):
    rate_hz, channels, start_s, count = ask
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    assert script.GetAudioAccessorSamples(accessor, rate_hz, channels, start_s, count, [])[0] == -1


def test_another_rate_is_resampled(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    _, twice = samples(script, accessor, 1.5, 8, 1, 2 * RATE_HZ)
    _, once = samples(script, accessor, 1.5, 4, 1)
    assert twice[::2] == pytest.approx(once, abs=1e-3)


def test_a_take_is_heard_without_its_place_on_the_track(script):
    take = script.GetActiveTake(script.GetMediaItem(0, 0))
    accessor = script.CreateTakeAudioAccessor(take)
    assert script.GetAudioAccessorEndTime(accessor) == pytest.approx(1.0)
    on_track = script.CreateTrackAudioAccessor(script.track(1))
    assert script.GetAudioAccessorEndTime(on_track) == pytest.approx(2.0)
    assert samples(script, accessor, 0.5, 3)[1] == pytest.approx(samples(script, on_track, 1.5, 3)[1])


def test_an_accessor_notices_a_change_of_the_items_and_of_nothing_else(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    before = script.GetAudioAccessorHash(accessor, "")[1]
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 1.0)
    assert script.AudioAccessorValidateState(accessor) == 0
    script.SetMediaItemPosition(script.GetMediaItem(0, 0), 0.0, False)
    assert script.AudioAccessorStateChanged(accessor) == 1
    assert script.AudioAccessorValidateState(accessor) == 1
    assert script.AudioAccessorValidateState(accessor) == 0
    assert script.GetAudioAccessorHash(accessor, "")[1] != before


def test_a_destroyed_accessor_is_an_error(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    script.DestroyAudioAccessor(accessor)
    assert script.GetAudioAccessorSamples(accessor, RATE_HZ, 1, 0.0, 1, [0.5]) == (-1, [0.5])
    assert script.ValidatePtr2(0, accessor, "AudioAccessor*") == 0


def test_an_accessor_of_a_deleted_track_is_an_error(script):
    accessor = script.CreateTrackAudioAccessor(script.track(1))
    script.DeleteTrack(script.track(1))
    assert samples(script, accessor, 1.0, 1)[0] == -1
    assert script.GetAudioAccessorEndTime(accessor) == 0.0
