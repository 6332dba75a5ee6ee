import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr

from bridge.reaper.item_audio import plain, readable, track_blocks
from tests.reapers import item, track

RATE = 8000
SIZES = [RATE, RATE, RATE // 2]


@pytest.fixture
def wave():
    return np.random.default_rng(3).uniform(-0.5, 0.5, (2 * RATE, 2)).astype(np.float32)


@pytest.fixture
def path(tmp_path, wave):
    sf.write(tmp_path / "a.wav", wave, RATE, "FLOAT")
    return str(tmp_path / "a.wav")


def never(*_call):
    raise AssertionError("the accessor was asked")


def played(*items, accessor=never, rate=RATE, sizes=SIZES):
    return np.concatenate(list(track_blocks(track("Bass", items=items), rate, sizes, accessor)))


def on(path, **fields):
    return item(**{"length_s": 2.0, "source_path": path, "source_length_s": 2.0, **fields})


def test_an_item_plays_its_file_where_it_lies(path, wave):
    audio = played(on(path, position_s=0.25))
    assert len(audio) == 2.5 * RATE
    assert not audio[: RATE // 4].any()
    assert audio[RATE // 4 : RATE // 4 + 2 * RATE] == pytest.approx(wave)


def test_offset_length_gains_and_fades(path, wave):
    audio = played(
        on(path, offset_s=0.5, length_s=1.0, gain_linear=0.5, take_gain_linear=0.5, fade_in_s=0.1, fade_out_s=0.2)
    )
    time_s = np.arange(RATE) / RATE
    fades = np.clip(time_s / 0.1, 0, 1) * np.clip((1.0 - time_s) / 0.2, 0, 1)
    assert audio[:RATE] == pytest.approx(0.25 * fades[:, None] * wave[RATE // 2 : RATE // 2 + RATE], abs=1e-6)
    assert not audio[RATE:].any()


def test_items_add_up_and_muted_ones_are_silent(path, wave):
    audio = played(on(path, length_s=1.5), on(path, muted=True), on(path, position_s=1.0, length_s=1.0))
    assert audio[:RATE] == pytest.approx(wave[:RATE])
    assert audio[RATE : RATE + RATE // 2] == pytest.approx(wave[RATE : RATE + RATE // 2] + wave[: RATE // 2])


def test_an_item_within_another_is_asked_of_the_daw_which_knows_whether_both_play(path):
    asked = []

    def accessor(*call):
        asked.append(call)
        return np.zeros((call[2], 2), np.float32)

    played(on(path, position_s=0.5, length_s=0.5), on(path), accessor=accessor)
    played(on(path, length_s=0.5), on(path), accessor=accessor)
    assert asked == [("{Bass}", 0.0, sum(SIZES))] * 2


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted there")
def test_an_item_that_has_ended_holds_its_file_open_no_longer(path):
    items = [on(path, position_s=at / 20, length_s=1 / 20) for at in range(40)]
    blocks = track_blocks(track("Bass", items=items), RATE, [RATE // 10] * 20, never)
    opened = [sum(os.path.realpath(held) == path for held in Path("/proc/self/fd").iterdir()) for _ in blocks]
    assert max(opened) <= 1


def test_a_file_that_ends_before_its_item_is_followed_by_silence(path):
    assert not played(on(path, length_s=2.5))[2 * RATE :].any()


def test_an_item_that_starts_before_the_project(path, wave):
    assert played(on(path, position_s=-0.5))[:RATE] == pytest.approx(wave[RATE // 2 : RATE // 2 + RATE])


def test_mono_plays_on_both_sides(tmp_path, wave):
    sf.write(tmp_path / "mono.wav", wave[:, 0], RATE, "FLOAT")
    audio = played(on(str(tmp_path / "mono.wav")))
    assert audio[: 2 * RATE, 0] == pytest.approx(wave[:, 0])
    assert (audio[:, 0] == audio[:, 1]).all()


def test_another_rate_is_resampled_as_a_whole(path, wave):
    audio = played(on(path), rate=2 * RATE, sizes=[2 * RATE] * 2)
    assert audio == pytest.approx(soxr.resample(wave, RATE, 2 * RATE, "HQ"), abs=1e-4)


@pytest.mark.parametrize(
    "difference",
    [
        {"playrate": 1.5},
        {"pitch_semitones": 1.0},
        {"take_pan": 0.5},
        {"channel_mode": 2},
        {"offset_s": -0.5},
        {"take_effects": 1},
        {"take_envelopes": 1},
        {"stretch_markers": 2},
        {"looped": True, "length_s": 3.0},
        {"fade_in_s": 0.1, "fade_in_shape": 1},
        {"fade_out_s": 0.1, "fade_out_shape": 4},
        {"source_path": ""},
        {"source_path": "/nowhere/a.wav"},
    ],
)
def test_everything_else_is_asked_of_the_daw(path, difference):
    asked = []

    def accessor(guid, start_s, samples):
        asked.append((guid, start_s, samples))
        return np.full((samples, 2), start_s, np.float32)

    audio = played(on(path), on(path, **difference), accessor=accessor, sizes=[RATE] * 6)
    assert asked == [("{Bass}", 0.0, 5 * RATE), ("{Bass}", 5.0, RATE)]
    assert audio[-1].tolist() == [5.0, 5.0]


@pytest.mark.parametrize("harmless", [{"looped": True}, {"fade_in_shape": 3}, {"gain_linear": 0.1}])
def test_what_is_still_plain(path, harmless):
    assert plain(on(path, **harmless))


def test_what_libsndfile_can_not_read_is_asked_of_the_daw(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no audio")
    sf.write(tmp_path / "surround.wav", np.zeros((100, 6)), RATE)
    assert not readable(on(str(tmp_path / "a.wav")))
    assert not readable(on(str(tmp_path / "surround.wav")))
