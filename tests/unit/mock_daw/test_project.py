import math
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr

from mock_daw.errors import ProjectError
from mock_daw.project import Project, Stem, open_stems

RNG = np.random.default_rng(1)


def noise(frames=4800, channels=2):
    return RNG.uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)


def write(path, audio, rate_hz=48_000, **how):
    sf.write(path, audio, rate_hz, **({"subtype": "FLOAT"} if path.suffix == ".wav" else {}) | how)


def write_whole(folder, name, *, rate_hz=48_000, **how):
    write(folder / name, noise(), rate_hz, **how)


def cut(path, share=0.5):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def heard(stem, block_samples=1000, start_sample=0):
    return np.concatenate([np.zeros((0, 2), np.float32), *stem.blocks(block_samples, start_sample)])


def refusal(folder):
    with pytest.raises(ProjectError) as caught:
        open_stems(folder)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(caught.value.path).split("\n", maxsplit=1)[0])
    assert caught.value.remedy
    return caught.value


# What is opened


def test_a_folder_becomes_a_project_of_its_audio_files_sorted_by_name(tmp_path):
    for name in ("snare.wav", "Bass.flac", "kick.aiff"):
        write_whole(tmp_path, name)
    project = open_stems(tmp_path)
    assert [stem.name for stem in project.tracks] == ["Bass", "kick", "snare"]
    assert (project.name, project.sample_rate_hz, project.tempo_bpm) == (tmp_path.name, 48_000, 120)
    assert (project.length_samples, project.length_s, project.notes) == (4800, 0.1, ())


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".aiff", ".ogg", ".mp3", ".w64", ".caf", ".au", ".AIF", ".WAV"])
def test_every_common_format_is_read(tmp_path, suffix):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 48_000)
    aiff = {"format": "AIFF"} if suffix == ".AIF" else {}
    sf.write(tmp_path / f"a{suffix}", np.stack([tone, tone], 1), 48_000, **aiff)
    (stem,) = open_stems(tmp_path).tracks
    assert len(heard(stem)) == stem.length_samples == 24_000
    assert np.abs(heard(stem)[:, 0] - tone).max() < 0.05


@pytest.mark.parametrize(
    ("subtype", "error"),
    [("PCM_U8", 2**-7), ("PCM_16", 2**-15), ("PCM_24", 2**-23), ("PCM_32", 2**-23), ("FLOAT", 0), ("DOUBLE", 0)],
)
def test_every_depth_is_read(tmp_path, subtype, error):
    audio = noise()
    write(tmp_path / "a.wav", audio, subtype=subtype)
    assert np.abs(heard(open_stems(tmp_path).tracks[0]) - audio).max() <= error


def test_a_mono_stem_plays_on_both_sides_at_unity(tmp_path):
    audio = noise(channels=1)
    write(tmp_path / "a.wav", audio)
    assert np.array_equal(heard(open_stems(tmp_path).tracks[0]), np.repeat(audio, 2, axis=1))


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_surround_is_folded_down_with_the_gains_of_bs_775(tmp_path, suffix):
    left, right, centre, lfe, left_surround, right_surround = 0.1, 0.2, 0.02, 0.5, 0.03, 0.04
    audio = np.tile(np.float32([left, right, centre, lfe, left_surround, right_surround]), (100, 1))
    write(tmp_path / f"a{suffix}", audio)
    expected = [left + 0.7071 * (centre + left_surround), right + 0.7071 * (centre + right_surround)]
    assert heard(open_stems(tmp_path).tracks[0])[50] == pytest.approx(expected, abs=1e-4)


def test_five_channels_are_folded_down_without_an_lfe(tmp_path):
    write(tmp_path / "a.wav", np.tile(np.float32([0.1, 0.2, 0.02, 0.03, 0.04]), (100, 1)))
    expected = [0.1 + 0.7071 * 0.05, 0.2 + 0.7071 * 0.06]
    assert heard(open_stems(tmp_path).tracks[0])[50] == pytest.approx(expected, abs=1e-4)


def test_ogg_surround_has_its_centre_second_and_its_lfe_last(tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 48_000)
    silence = np.zeros_like(tone)
    write(tmp_path / "centre.ogg", np.stack([silence, tone, silence, silence, silence, silence], 1))
    write(tmp_path / "lfe.ogg", np.stack([silence, silence, silence, silence, silence, tone], 1))
    centre, lfe = open_stems(tmp_path).tracks
    assert np.abs(heard(centre)).max(axis=0) == pytest.approx([0.3 * 0.7071] * 2, rel=0.1)
    assert np.abs(heard(lfe)).max() < 0.01


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 96_000, 192_000])
def test_a_stem_of_another_rate_is_resampled_to_the_session(tmp_path, rate_hz):
    time_s = np.arange(rate_hz) / rate_hz
    write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 440 * time_s)[:, None], rate_hz)
    (stem,) = open_stems(tmp_path, session_rate_hz=48_000).tracks
    audio = heard(stem)
    assert audio.shape == (48_000, 2)
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    assert np.abs(audio[2000:-2000, 1] - expected[2000:-2000]).max() < 1e-3


def test_streamed_resampling_is_that_of_the_whole_file(tmp_path):
    audio = noise(100_001)
    write(tmp_path / "a.wav", audio, 44_100)
    stem = open_stems(tmp_path, session_rate_hz=48_000).tracks[0]
    assert np.abs(heard(stem, 777) - soxr.resample(audio, 44_100, 48_000, quality="HQ")).max() < 1e-6


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 44_101, 8000])
@pytest.mark.parametrize("start_sample", [1, 10_000, 60_000, 10**6])
def test_a_stem_is_streamed_from_any_sample_on(tmp_path, rate_hz, start_sample):
    write(tmp_path / "a.wav", noise(2 * rate_hz), rate_hz)
    stem = open_stems(tmp_path, session_rate_hz=48_000).tracks[0]
    late, whole = heard(stem, start_sample=start_sample), heard(stem)[start_sample:]
    assert late.shape == whole.shape
    assert np.abs(late - whole).max(initial=0) < 1e-5


@pytest.mark.parametrize("rate_hz", [8000, 44_100, 48_000, 192_000])
def test_a_file_of_one_sample_works(tmp_path, rate_hz):
    write(tmp_path / "a.wav", np.float32([[0.5]]), rate_hz)
    (stem,) = open_stems(tmp_path, session_rate_hz=48_000).tracks
    assert stem.length_samples == max(1, round(48_000 / rate_hz))
    assert len(heard(stem)) <= stem.length_samples


def test_digital_silence_stays_digital_silence(tmp_path):
    write(tmp_path / "a.wav", np.zeros((48_000, 2)), 44_100)
    assert not heard(open_stems(tmp_path, session_rate_hz=48_000).tracks[0]).any()


@pytest.mark.parametrize(
    ("source_rates_hz", "session_rate_hz"),
    [
        ([44_100, 44_100, 48_000], 44_100),
        ([44_100, 48_000], 48_000),
        ([8000], 48_000),
        ([22_050, 22_050, 44_100], 48_000),
        ([192_000], 96_000),
        ([176_400], 88_200),
        ([32_000], 32_000),
        ([64_000], 48_000),
    ],
)
def test_the_session_runs_at_the_most_common_rate_that_a_daw_has(tmp_path, source_rates_hz, session_rate_hz):
    for number, rate_hz in enumerate(source_rates_hz):
        write_whole(tmp_path, f"{number}.wav", rate_hz=rate_hz)
    assert open_stems(tmp_path).sample_rate_hz == session_rate_hz


@pytest.mark.parametrize("rate_hz", [7990, 44_101, 200_000])
def test_a_session_rate_without_whole_hops_is_refused(tmp_path, rate_hz):
    write_whole(tmp_path, "a.wav")
    with pytest.raises(ProjectError, match=f"can not be opened at {rate_hz} Hz"):
        open_stems(tmp_path, session_rate_hz=rate_hz)


def test_a_header_with_the_size_of_a_pipe_is_read_to_the_end(tmp_path):
    path = tmp_path / "a.wav"
    write(path, noise(), subtype="PCM_16")
    content = bytearray(path.read_bytes())
    data = content.index(b"data")
    content[4:8] = content[data + 4 : data + 8] = b"\xff" * 4
    path.write_bytes(content)
    assert len(heard(open_stems(tmp_path).tracks[0])) == 4800


def write_mp3_without_info_frame(path, rate_hz):
    sf.write(path, noise(100_000), rate_hz, bitrate_mode="CONSTANT", compression_level=0.5)
    content = path.read_bytes()
    second_frame = content.index(content[:2], 300)
    assert b"Info" in content[:second_frame]
    path.write_bytes(content[second_frame:])


def test_an_mp3_that_does_not_state_its_length_is_read_to_its_end(tmp_path, capfd):
    write_mp3_without_info_frame(tmp_path / "a.mp3", 44_100)
    (stem,) = open_stems(tmp_path).tracks
    assert len(heard(stem)) == stem.length_samples >= 100_000


def test_an_mp3_of_which_the_end_can_not_be_known_is_refused(tmp_path, capfd):
    write_mp3_without_info_frame(tmp_path / "a.mp3", 48_000)
    assert refusal(tmp_path).what == "does not say how long it is"


def test_an_rf64_file_is_read(tmp_path):
    write_whole(tmp_path, "a.wav", format="RF64")
    assert open_stems(tmp_path).length_samples == 4800


def test_a_stem_can_be_an_array():
    audio = noise(48_001)
    stem = Stem.from_array("Lead", audio, 48_000)
    assert np.array_equal(heard(stem, 999), audio)
    assert Project("demo", 48_000, (stem,)).length_samples == 48_001


def test_an_array_of_another_shape_is_refused():
    with pytest.raises(ProjectError, match=r"Lead is an array of shape \(10,\)"):
        Stem.from_array("Lead", np.zeros(10), 48_000)


def test_a_project_plays_all_its_stems_at_one_rate():
    stem = Stem.from_array("Lead", noise(44_100), 44_100)
    with pytest.raises(ProjectError, match="plays at 44100 Hz"):
        Project("demo", 48_000, (stem,))
    assert Project("demo", 48_000, (stem.at_rate(48_000),)).length_samples == 48_000


# What is left out or renamed


def test_what_is_no_track_is_noted(tmp_path):
    write_whole(tmp_path, "a.wav")
    for name in ("notes.txt", "song.mid", "Lead.m4a", ".hidden.wav", "._a.wav"):
        (tmp_path / name).write_text("x")
    (tmp_path / "Takes.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    project = open_stems(tmp_path)
    assert [stem.name for stem in project.tracks] == ["a"]
    assert project.notes == (
        "left out: Lead.m4a (.m4a can not be decoded: export it as WAV or FLAC)",
        "left out: notes.txt (not audio)",
        "left out: pipe.wav (not a regular file)",
        "left out: song.mid (not audio)",
        "left out: Takes.wav (a folder: only the top folder is searched)",
    )


@pytest.mark.parametrize("names", [("Kick.flac", "Kick.wav"), ("Kick.wav", "kick.wav")])
def test_stems_of_one_name_are_told_apart(tmp_path, names):
    for name in names:
        write_whole(tmp_path, name)
    project = open_stems(tmp_path)
    first, second = (Path(name).stem for name in names)
    assert [stem.name for stem in project.tracks] == [first, f"{second} (2)"]
    assert project.notes == (f"renamed: {names[1]} is track “{second} (2)”",)


def test_a_number_that_is_taken_is_not_given_twice(tmp_path):
    for name in ("Kick (2).wav", "Kick.flac", "Kick.wav"):
        write_whole(tmp_path, name)
    assert [stem.name for stem in open_stems(tmp_path).tracks] == ["Kick (2)", "Kick", "Kick (3)"]


@pytest.mark.parametrize(
    ("file_name", "track_name"),
    [
        ("Lead Vox.wav", "Lead Vox"),
        ("🎸 solo.wav", "🎸 solo"),
        ("two\nlines.wav", "two lines"),
        ("bell\x07.wav", "bell"),
        ("\n.wav", "Track 1"),
        (os.fsdecode(b"caf\xe9.wav"), "caf"),
    ],
)
def test_a_track_is_named_so_that_it_can_be_printed_and_sent(tmp_path, file_name, track_name):
    write_whole(tmp_path, "a.wav")
    (tmp_path / "a.wav").rename(tmp_path / file_name)
    project = open_stems(tmp_path)
    assert project.tracks[0].name == track_name
    assert len(heard(project.tracks[0])) == 4800
    "".join((project.name, track_name, *project.notes)).encode()


# What is refused


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    assert refusal(tmp_path / "gone").what == "does not exist"


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    write_whole(tmp_path, "a.wav")
    assert refusal(tmp_path / "a.wav").what == "is a file"


def test_a_folder_without_audio_is_refused_and_says_what_is_there(tmp_path):
    assert "it is empty" in refusal(tmp_path).remedy
    (tmp_path / "notes.txt").write_text("x")
    error = refusal(tmp_path)
    assert error.what == "has no audio in it"
    assert "notes.txt (not audio)" in error.remedy


def test_a_text_file_named_wav_is_refused(tmp_path):
    (tmp_path / "a.wav").write_text("these are the lyrics\n" * 100)
    error = refusal(tmp_path)
    assert error.path == tmp_path / "a.wav"
    assert error.what.startswith("is not audio that can be read")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "two\nlines.wav").touch()
    assert refusal(tmp_path).what == "is empty (0 bytes)"


def test_a_file_without_samples_is_refused(tmp_path):
    write(tmp_path / "a.wav", np.zeros((0, 2)))
    assert refusal(tmp_path).what == "has no audio in it (0 samples)"


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".flac", ".mp3"])
def test_a_truncated_file_is_refused(tmp_path, suffix, capfd):
    sf.write(tmp_path / f"a{suffix}", noise(100_000), 48_000)
    cut(tmp_path / f"a{suffix}")
    assert refusal(tmp_path).what.startswith("is truncated")


@pytest.mark.parametrize(("how", "name"), [({"format": "RF64"}, "a.wav"), ({"endian": "BIG"}, "b.wav")])
def test_a_truncated_wav_of_a_rare_kind_is_refused(tmp_path, how, name):
    write(tmp_path / name, noise(10_000), **how)
    cut(tmp_path / name, 0.99)
    assert refusal(tmp_path).what.startswith("is truncated")


def test_a_header_without_a_body_is_refused(tmp_path):
    write_whole(tmp_path, "a.wav")
    cut(tmp_path / "a.wav", 0.0005)
    refusal(tmp_path)


def test_a_file_that_is_cut_after_it_was_opened_is_refused_while_it_streams(tmp_path):
    write(tmp_path / "a.wav", noise(100_000))
    write(tmp_path / "b.flac", noise(100_000))
    for stem in open_stems(tmp_path).tracks:
        assert stem.path is not None
        cut(stem.path)
        with pytest.raises(ProjectError, match="is truncated"):
            heard(stem)


def test_a_file_that_is_replaced_after_it_was_opened_is_refused(tmp_path):
    write_whole(tmp_path, "a.wav")
    (stem,) = open_stems(tmp_path).tracks
    write_whole(tmp_path, "a.wav", rate_hz=44_100)
    with pytest.raises(ProjectError, match="has changed since the session was opened"):
        heard(stem)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("session_rate_hz", [48_000, 44_100])
def test_a_sample_that_is_not_a_number_is_refused_with_its_time(tmp_path, bad, session_rate_hz):
    audio = noise(96_000)
    audio[72_000, 1] = bad
    write(tmp_path / "a.wav", audio)
    (stem,) = open_stems(tmp_path, session_rate_hz=session_rate_hz).tracks
    with pytest.raises(ProjectError, match=r"a\.wav has a sample that is not a number at 1\.500 s"):
        heard(stem)


@pytest.mark.parametrize("channels", [3, 4, 7, 8])
def test_channels_that_can_not_be_folded_down_are_refused(tmp_path, channels):
    write(tmp_path / "a.wav", noise(100, channels))
    assert refusal(tmp_path).what == f"has {channels} channels, which can not be folded down to stereo"


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "a.wav").symlink_to(tmp_path / "gone.wav")
    assert refusal(tmp_path).what == "can not be read (No such file or directory)"


@pytest.fixture
def without_root():
    """Step down from root for a while, since root may read everything."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder), lambda: os.seteuid(65_534) if user == 0 else None
        os.seteuid(user)


def test_a_file_without_permission_is_refused(without_root):
    folder, step_down = without_root
    write_whole(folder, "a.wav")
    (folder / "a.wav").chmod(0)
    step_down()
    assert refusal(folder).what == "can not be read (Permission denied)"


def test_a_folder_without_permission_is_refused(without_root):
    folder, step_down = without_root
    (folder / "stems").mkdir(mode=0)
    step_down()
    assert refusal(folder / "stems").what == "can not be read (Permission denied)"
