import math
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf

from agent.daw import Daw, DawError, SessionUnreadable, WriteRefused
from agent.hearing.loudness import HOP_S
from agent.session import FLAT_EQ, Settings, Strip
from bridge.embedded import EmbeddedDaw
from mock_daw.engine import Engine
from mock_daw.engine import Strip as EngineStrip
from mock_daw.project import Project, Stem

RATE = 48_000
RNG = np.random.default_rng(3)


def noise(seconds=0.5, gain=0.1):
    return (gain * RNG.standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def daw_of(*audio):
    stems = tuple(Stem.from_array(f"T{k}", a, RATE) for k, a in enumerate(audio))
    return EmbeddedDaw(Engine(Project("song", RATE, stems)))


def full_settings(tracks):
    eq = tuple(replace(band, gain_db=gain) for band, gain in zip(FLAT_EQ, (-3.0, 1.5, 0.0, 6.0), strict=True))
    return Settings(tuple(Strip(-2.5 - k, 0.25, eq, 80.0) for k in range(tracks)), -1.0, 96.0)


def test_it_is_a_daw():
    daw: Daw = daw_of(noise())
    session = daw.read()
    assert (session.name, session.sample_rate_hz, session.length_s) == ("song", RATE, 0.5)
    assert [track.name for track in session.tracks] == ["T0"]
    assert session.settings == Settings((Strip(),))


def test_settings_come_back_as_they_were_written():
    daw = daw_of(noise(), noise())
    wanted = full_settings(2)
    assert daw.apply(wanted, "mix") == wanted == daw.read().settings


def test_a_closed_fader_comes_back_as_minus_infinity():
    daw = daw_of(noise())
    assert daw.apply(Settings((Strip(-math.inf),)), "mix").strips[0].gain_db == -math.inf


def test_one_apply_is_one_undo_step_of_that_name():
    daw = daw_of(noise())
    before = daw.read().settings
    daw.apply(full_settings(1), "Faderbot: auto-mix (1 tracks)")
    assert daw.engine.undo_names == ("Faderbot: auto-mix (1 tracks)",)
    daw.undo()
    assert daw.read().settings == before
    with pytest.raises(DawError, match="nothing to undo"):
        daw.undo()


def test_a_muted_track_stays_muted():
    daw = daw_of(noise())
    daw.engine.set_all([EngineStrip(muted=True)], 0.0, 120.0, "mute")
    daw.apply(full_settings(1), "mix")
    assert daw.engine.strips[0].muted


def test_another_number_of_strips_is_refused_and_changes_nothing():
    daw = daw_of(noise())
    with pytest.raises(WriteRefused, match="nothing was changed"):
        daw.apply(full_settings(2), "mix")
    assert daw.read().settings == Settings((Strip(),))
    assert daw.engine.undo_names == ()


def test_audio_comes_in_whole_hops_before_the_strips():
    first, second = noise(1.25), noise(1.25)
    daw = daw_of(first, second)
    daw.apply(replace(full_settings(2), tempo_bpm=120.0), "mix")
    blocks = list(daw.audio())
    assert all(block.shape[1] % round(RATE * HOP_S) == 0 for block in blocks[:-1])
    assert np.array_equal(np.concatenate(blocks, axis=1), np.stack([first, second]))


def test_a_render_is_the_sum_at_the_faders():
    first, second = noise(), noise()
    daw = daw_of(first, second)
    daw.apply(Settings((Strip(-6.0), Strip(3.0)), -1.0), "mix")
    expected = (first * 10 ** (-6 / 20) + second * 10 ** (3 / 20)) * 10 ** (-1 / 20)
    assert np.concatenate(list(daw.render())) == pytest.approx(expected, abs=1e-6)


def test_a_folder_opens_with_its_files_lengths_and_notes(tmp_path):
    sf.write(tmp_path / "Kick.wav", noise(0.5), RATE)
    sf.write(tmp_path / "Vox.flac", noise(0.25), RATE)
    (tmp_path / "read me.txt").write_text("hello")
    daw = EmbeddedDaw.open_stems(tmp_path)
    assert [(stem.path.name, stem.length_s) for stem in daw.stems] == [("Kick.wav", 0.5), ("Vox.flac", 0.25)]
    assert daw.notes == ("left out: read me.txt (not audio)",)


def test_a_folder_that_is_not_there_is_unreadable(tmp_path):
    with pytest.raises(SessionUnreadable, match="nowhere does not exist: check the path"):
        EmbeddedDaw.open_stems(tmp_path / "nowhere")


@pytest.mark.parametrize("stream", [EmbeddedDaw.audio, EmbeddedDaw.render])
def test_a_sample_that_is_no_number_is_found_while_streaming(stream):
    audio = noise()
    audio[4800, 1] = np.nan
    with pytest.raises(SessionUnreadable, match=r"T0 has a sample that is not a number at 0\.100 s"):
        list(stream(daw_of(audio)))


def test_it_plays_and_meters():
    daw = daw_of(np.full((RATE, 2), 0.5, np.float32))
    daw.seek(0.25)
    daw.play()
    daw.engine.advance(0.1)
    meters = daw.meters()
    daw.stop()
    assert meters.position_s == pytest.approx(0.35)
    assert meters.tracks_peak_dbfs[0] == pytest.approx((-6.0206, -6.0206), abs=1e-3)
    with pytest.raises(DawError):
        daw.seek(-1.0)


# Tempo


def test_the_stems_are_stretched_from_the_tempo_they_were_recorded_at():
    daw = daw_of(noise(1.0)).recorded_at(90.0)
    found = daw.read()
    assert found.settings.tempo_bpm == 90.0
    daw.apply(replace(found.settings, tempo_bpm=100.0), "faster")
    assert daw.read().length_s == pytest.approx(0.9)
    assert [(stem.length_s, stem.speed) for stem in daw.stems] == [(pytest.approx(0.9), pytest.approx(100 / 90))]
    daw.undo()
    assert daw.stems[0].speed == 1.0


def test_stems_that_keep_time_do_not_follow_a_tempo():
    audio = noise(0.5)
    daw = daw_of(audio).keeping_time()
    daw.apply(replace(daw.read().settings, tempo_bpm=90.0), "grid")
    assert (daw.read().settings.tempo_bpm, daw.read().length_s) == (90.0, 0.5)
    assert np.array_equal(np.concatenate(list(daw.audio()), axis=1)[0], audio)
