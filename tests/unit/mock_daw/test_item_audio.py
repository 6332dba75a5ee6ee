from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr

from mock_daw.item_audio import BLOCK_SAMPLES, ItemAudio, track_audio
from mock_daw.session import Fade, Source
from tests.takes import RATE_HZ, constant, item, noise, track


def heard(*items, start_s=0.0, samples=RATE_HZ, channels=2):
    return track_audio(track(1, *items), RATE_HZ, start_s, samples, channels)


def open_files(folder):
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(1 for link in links if str(folder) in _target(link))


def _target(link):
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""


def test_an_item_is_heard_where_it_lies_to_the_sample(tmp_path):
    audio = noise(samples=100)
    placed = item(tmp_path, audio, 0.25004)  # 2000.3 samples
    output = heard(placed, samples=3000)
    assert np.array_equal(output[2000:2100], audio)
    assert not output[:2000].any()
    assert not output[2100:].any()


def test_an_item_ends_with_its_source_or_before(tmp_path):
    audio = noise(samples=400)
    assert not heard(item(tmp_path, audio, length_s=1.0))[400:].any()
    cut = heard(item(tmp_path, audio, length_s=0.01))
    assert np.array_equal(cut[:80], audio[:80])
    assert not cut[80:].any()


def test_an_offset_starts_inside_the_source_and_a_negative_one_before_it(tmp_path):
    audio = noise()
    assert np.array_equal(heard(item(tmp_path, audio, take={"offset_s": 0.5}), samples=100), audio[4000:4100])
    late = heard(item(tmp_path, audio, take={"offset_s": -0.5}), samples=4100)
    assert not late[:4000].any()
    assert np.array_equal(late[4000:], audio[:100])


def test_items_that_overlap_sum_and_muted_ones_are_silent(tmp_path):
    first, second = item(tmp_path, constant(0.25)), item(tmp_path, constant(0.5), 0.5)
    muted = item(tmp_path, constant(1.0), muted=True)
    output = heard(first, second, muted, samples=12_000)
    assert [output[k, 0] for k in (3999, 4000, 7999, 8000, 11_999)] == [0.25, 0.75, 0.75, 0.5, 0.5]


def test_gains_of_item_and_take_multiply_and_the_take_pans_as_a_balance(tmp_path):
    gains = {"gain_linear": 0.5, "pan": -0.25}
    output = heard(item(tmp_path, constant(0.8), gain_linear=0.5, take=gains), samples=10)
    assert output[0] == pytest.approx([0.2, 0.15])


@pytest.mark.parametrize(
    ("mode", "sides"), [(0, (0.2, 0.6)), (1, (0.6, 0.2)), (2, (0.4, 0.4)), (3, (0.2, 0.2)), (4, (0.6, 0.6))]
)
def test_channel_modes_are_reapers(tmp_path, mode, sides):
    output = heard(item(tmp_path, constant(0.2, 0.6), take={"channel_mode": mode}), samples=10)
    assert output[5] == pytest.approx(sides)


def test_mono_is_heard_on_both_sides(tmp_path):
    assert heard(item(tmp_path, constant(0.3)[:, 0]), samples=2).tolist() == pytest.approx(constant(0.3, samples=2))


def test_fades_shape_an_item_and_move_with_it(tmp_path):
    placed = item(tmp_path, constant(1.0), 0.5, fade_in=Fade(0.1), fade_out=Fade(0.1, 2))
    output = heard(placed, samples=12_000)[:, 0]
    assert [output[k] for k in (4000, 4200, 4400, 4800)] == pytest.approx([0.0, 0.25, 0.5, 1.0])
    assert [output[k] for k in (11_200, 11_600, 11_999)] == pytest.approx([1.0, 0.25, (1 / 800) ** 2])


@pytest.mark.parametrize("length", [7, 1000, 3 * RATE_HZ])
def test_a_looped_item_repeats_its_whole_source(tmp_path, length):
    audio = noise(samples=length)
    looped = item(tmp_path, audio, looped=True, length_s=9.0, take={"offset_s": 5 / RATE_HZ})
    expected = np.tile(audio, (9 * RATE_HZ // length + 2, 1))[5:][: 9 * RATE_HZ]
    assert np.array_equal(heard(looped, samples=9 * RATE_HZ), expected)


@pytest.mark.parametrize("playrate", [2.0, 0.5, 0.9])
def test_a_playrate_changes_speed_and_pitch(tmp_path, playrate):
    time_s = np.arange(RATE_HZ) / RATE_HZ
    audio = 0.5 * np.sin(2 * np.pi * 300 * time_s).astype(np.float32)
    output = heard(item(tmp_path, audio, length_s=1 / playrate, take={"playrate": playrate}), samples=4 * RATE_HZ)
    samples = round(RATE_HZ / playrate)
    expected = 0.5 * np.sin(2 * np.pi * 300 * playrate * np.arange(samples) / RATE_HZ)
    assert np.abs(output[800 : samples - 800, 0] - expected[800:-800]).max() < 1e-3
    assert not output[samples:].any()


def test_an_offset_is_in_seconds_of_the_source_whatever_the_playrate(tmp_path):
    audio = np.concatenate([constant(0.1), constant(0.9)])
    fast = item(tmp_path, audio, length_s=0.5, take={"playrate": 2.0, "offset_s": 1.0})
    assert heard(fast, samples=3000)[1000:].mean() == pytest.approx(0.9, abs=1e-3)


@pytest.mark.parametrize(("rate_hz", "playrate"), [(11_025, 1.0), (RATE_HZ, 1.5), (11_025, 0.75)])
def test_resampled_audio_is_what_soxr_makes_of_the_whole_and_from_any_place_on(tmp_path, rate_hz, playrate):
    audio = noise(samples=5 * rate_hz)
    placed = item(tmp_path, audio, rate_hz=rate_hz, take={"playrate": playrate})
    expected = soxr.resample(audio, rate_hz * playrate, RATE_HZ)
    whole = heard(placed, samples=3 * RATE_HZ)
    assert np.abs(whole - expected[: 3 * RATE_HZ]).max() < 1e-3
    later = heard(placed, start_s=1.7, samples=3000)
    assert np.abs(later - whole[13_600:16_600]).max() < 1e-4


def test_a_session_can_be_read_from_any_place_and_in_any_order(tmp_path):
    audio = noise(samples=3 * BLOCK_SAMPLES)
    items = (item(tmp_path, audio),)
    with closing(ItemAudio(RATE_HZ)) as reader:
        for first in (50_000, 0, BLOCK_SAMPLES - 10, 90_000, 200, 40_000):
            piece = reader.read("a", items, first, 500)
            assert np.array_equal(piece.T, audio[first : first + 500])
    assert np.array_equal(heard(*items, start_s=-0.5, samples=8000)[4000:], audio[:4000])


def test_an_item_that_changes_is_heard_as_it_is_now(tmp_path):
    placed = item(tmp_path, constant(0.5))
    with closing(ItemAudio(RATE_HZ)) as reader:
        assert reader.read("a", (placed,), 0, 10)[0, 0] == 0.5
        assert reader.read("a", (replace(placed, gain_linear=0.5),), 10, 10)[0, 0] == 0.25
        assert reader.read("a", (replace(placed, position_s=50.0),), 20, 10) is None


def test_media_that_is_not_there_is_silent_and_said_to_be_offline(tmp_path):
    here = item(tmp_path, constant(0.5))
    gone = item(tmp_path, constant(0.5))
    gone.take.source.path.unlink()
    with closing(ItemAudio(RATE_HZ)) as reader:
        assert reader.read("a", (here, gone), 0, 10)[0, 0] == 0.5
        (note,) = reader.notes
    assert note.startswith("offline: ")
    assert gone.take.source.path.name in note


def test_media_that_breaks_off_is_silent_from_there_on_and_back_once_it_is_whole(tmp_path):
    audio = noise(samples=5 * BLOCK_SAMPLES)
    placed = item(tmp_path, audio)
    path = placed.take.source.path
    whole = path.read_bytes()
    with closing(ItemAudio(RATE_HZ)) as reader:
        assert reader.read("a", (placed,), 0, 10) is not None
        path.write_bytes(whole[:400_000])
        assert not reader.read("a", (placed,), 4 * BLOCK_SAMPLES, 10).any()
        assert reader.read("a", (placed,), 0, BLOCK_SAMPLES * 3) is not None
        assert len(reader.notes) == 1
        path.write_bytes(whole)
        reader.close()
        assert reader.notes == ()
        assert np.array_equal(reader.read("a", (placed,), 4 * BLOCK_SAMPLES, 10).T, audio[4 * BLOCK_SAMPLES :][:10])


def test_media_that_was_replaced_is_silent_until_playing_starts_anew(tmp_path):
    placed = item(tmp_path, noise(samples=5 * BLOCK_SAMPLES))
    with closing(ItemAudio(RATE_HZ)) as reader:
        reader.read("a", (placed,), 0, 10)
        sf.write(placed.take.source.path, constant(0.25, samples=100)[:, 0], RATE_HZ)
        assert not reader.read("b", (placed,), 0, 10).any()
        reader.close()
        assert reader.read("b", (placed,), 0, 10)[0, 0] == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("source", [Source("MIDI", Path("notes.mid")), Source("EMPTY"), Source("WAVE")])
def test_what_is_no_audio_has_no_sound_and_no_note(tmp_path, source):
    placed = item(tmp_path, constant(0.5), take={"source": source})
    with closing(ItemAudio(RATE_HZ)) as reader:
        assert reader.read("a", (placed,), 0, 10) is None
        assert reader.notes == ()


def test_files_are_closed_once_an_item_has_ended_and_at_the_end(tmp_path):
    items = (item(tmp_path, noise()), item(tmp_path, noise(), 5.0))
    with closing(ItemAudio(RATE_HZ)) as reader:
        reader.read("a", items, 0, 10)
        assert open_files(tmp_path) == 1
        reader.read("a", items, 5 * RATE_HZ, 10)
        assert open_files(tmp_path) <= 1
        reader.read("b", items, 0, 10)
        reader.keep_only(["b"])
        assert open_files(tmp_path) == 1
    assert open_files(tmp_path) == 0


def test_channels_are_as_many_as_asked_for(tmp_path):
    placed = item(tmp_path, constant(0.2, 0.6))
    assert heard(placed, samples=1, channels=1).tolist() == pytest.approx(np.array([[0.2]]))
    assert heard(placed, samples=1, channels=4).tolist() == pytest.approx(np.array([[0.2, 0.6, 0.0, 0.0]]))
    assert heard(samples=3).shape == (3, 2)
