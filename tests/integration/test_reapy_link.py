"""The link to REAPER against the mock DAW in a process of its own, by the wire alone."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from bridge.changes import MidiNote, same_notes
from bridge.errors import DawSilent, DawUnreachable, TrackGone
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.survey import EQ_ALIAS, MASTER, EqWrite, MidiWrite, SurveyBand, TrackWrite, Write
from bridge.reaper.web import WebInterface

ROOT = Path(__file__).parents[2]
RATE_HZ = 44_100
SECONDS = 6
NAMES = ("bass", "kick", "lead vocal")
BANDS = (
    SurveyBand(kind=1, freq_hz=100.0, gain_db=-3.0, bandwidth_oct=2.0),
    SurveyBand(kind=2, freq_hz=350.0, gain_db=2.5, bandwidth_oct=1.0),
    SurveyBand(kind=2, freq_hz=2500.0, gain_db=0.0, bandwidth_oct=2.0),
    SurveyBand(kind=4, freq_hz=8000.0, gain_db=4.0, bandwidth_oct=2.0),
    SurveyBand(kind=0, freq_hz=80.0, gain_db=0.0, bandwidth_oct=1.9),
)


@pytest.fixture
def stems(tmp_path):
    rng = np.random.default_rng(1)
    for name in NAMES:
        noise = 0.1 * rng.standard_normal((RATE_HZ * SECONDS, 2))
        sf.write(tmp_path / f"{name}.wav", noise.astype(np.float32), RATE_HZ, subtype="FLOAT")
    return tmp_path


@contextmanager
def mock(stems, *options):
    command = [sys.executable, "-m", "mock_daw", str(stems), "--web", "0", "--reapy", "0", "--json", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        try:
            yield process, json.loads(process.stdout.readline())["web"][1]
        finally:
            process.terminate()
            try:
                process.wait(10.0)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def link(stems, *options):
    with mock(stems, "--tick-ms", "0", *options) as (process, port), ReapyLink.connect(web_port=port) as reaper:
        yield process, port, reaper


@pytest.mark.slow
def test_drums_are_added_read_back_and_deleted_and_a_track_that_is_gone_is_none(stems):
    notes = (MidiNote(0.1234, 0.2, 36, 110), MidiNote(0.5, 0.6, 38, 1), MidiNote(4.987, 5.087, 42, 127))
    wanted = MidiWrite(undo_name="drums", name="Faderbot drums", start_s=0.0, end_s=5.5, notes=notes)
    with link(stems) as (_, _, reaper):
        before = reaper.survey()
        assert before.beats_per_bar == 4.0
        guid = reaper.add_midi(wanted)
        made = reaper.survey()
        assert [track.name for track in made.tracks] == [*NAMES, "Faderbot drums"]
        (item,) = made.tracks[-1].items
        assert (item.source_kind, item.position_s, item.length_s) == ("MIDI", 0.0, 5.5)
        assert (made.undo_name, same_notes(reaper.midi_notes(guid), notes)) == ("drums", True)
        reaper.delete_track(guid, "put back")
        after = reaper.survey()
        assert (after.tracks, after.undo_name) == (before.tracks, "put back")
        assert reaper.midi_notes(guid) is None
        with pytest.raises(TrackGone):
            reaper.delete_track(guid, "again")


def test_a_mix_is_written_in_one_step_read_back_by_both_ways_and_undone(stems):
    with link(stems) as (_, port, reaper):
        found = reaper.survey()
        assert [track.name for track in found.tracks] == list(NAMES)
        assert (found.rate_hz, found.length_s) == (RATE_HZ, pytest.approx(SECONDS))
        bass, _, vocal = found.tracks
        tracks = (
            TrackWrite(guid=bass.guid, gain_linear=0.5, pan=-0.25),
            TrackWrite(guid=vocal.guid, gain_linear=0.8, eq=EqWrite(bands=BANDS)),
            TrackWrite(guid=MASTER, gain_linear=0.9),
        )
        reaper.write(Write(undo_name="Faderbot mix", tracks=tracks, tempo_bpm=98.0))
        written = reaper.survey()
        assert (written.tracks[0].gain_linear, written.tracks[0].pan) == (0.5, -0.25)
        assert written.tempo_bpm == 98.0
        (ours,) = written.tracks[2].effects
        assert ours.alias == EQ_ALIAS
        for band, wanted in zip(ours.bands, BANDS, strict=True):
            assert (band.kind, band.enabled) == (wanted.kind, True)
            assert band.freq_hz == pytest.approx(wanted.freq_hz, abs=0.1)
            assert band.gain_db == pytest.approx(wanted.gain_db, abs=0.01)
            assert band.bandwidth_oct == pytest.approx(wanted.bandwidth_oct, abs=0.01)
        assert WebInterface(port=port).gains() == pytest.approx((0.9, 0.5, 1.0, 0.8), abs=1e-6)
        assert reaper.undo() == "Faderbot mix"
        after = reaper.survey()
        assert after.model_copy(update={"change_count": found.change_count}) == found


def test_a_track_accessor_gives_the_files_samples(stems):
    with link(stems) as (_, _, reaper):
        guid = reaper.survey().tracks[1].guid
        reaper.write(Write(undo_name="down", tracks=(TrackWrite(guid=guid, gain_linear=0.1),)))
        heard = reaper.audio(guid, 1.0, RATE_HZ, RATE_HZ)
    file, _ = sf.read(stems / "kick.wav", dtype="float32")
    np.testing.assert_allclose(heard, file[RATE_HZ : 2 * RATE_HZ], atol=1e-6)


def test_the_web_interface_sets_faders_in_one_step_that_reapy_sees(stems):
    with link(stems) as (_, port, reaper):
        web = WebInterface(port=port)
        web.set_gains({0: 0.9, 2: 0.25}, "Faderbot mix")
        assert reaper.undo_name() == "Faderbot mix"
        assert reaper.survey().tracks[1].gain_linear == pytest.approx(0.25)
        web.undo()
        assert web.gains() == (1.0, 1.0, 1.0, 1.0)


def test_it_plays_on_from_elsewhere_and_is_left_as_it_was(stems):
    with link(stems) as (_, port, reaper):
        web = WebInterface(port=port)
        reaper.play_on_from(1.0)  # nobody has begun to play
        reaper.seek(0.5)
        reaper.play_from_start()
        assert 0.0 <= web.transport().position_s < 1.5
        reaper.play_on_from(1.5)
        assert web.transport().position_s >= 1.5
        (guid,) = [track.guid for track in reaper.survey().tracks][:1]
        _, peaks = next(reaper.watch([guid, MASTER], 1.0))
        assert set(peaks) == {guid, MASTER}
        reaper.leave_off()
        assert (web.transport().play_state, reaper.survey().position_s) == (0, 0.5)


def test_the_meters_of_a_playing_session_are_read(stems):
    with link(stems) as (_, port, reaper):
        reaper.seek(1.0)
        reaper.play()
        until = time.monotonic() + 10.0
        while time.monotonic() < until:
            left, right = reaper.peaks()[MASTER]
            if left > -60.0 and right > -60.0:
                break
        assert -60.0 < left < 6.0
        assert -60.0 < right < 6.0
        assert WebInterface(port=port).transport().play_state == 1
        reaper.stop()


def test_with_reapers_own_pace_a_survey_still_fits_its_limit(stems):
    with mock(stems) as (_, port), ReapyLink.connect(web_port=port) as reaper:
        assert [track.name for track in reaper.survey().tracks] == list(NAMES)


def test_a_daw_that_vanishes_is_unreachable_within_five_seconds(stems):
    with link(stems) as (process, port, reaper):
        process.kill()
        process.wait(10.0)
        began = time.monotonic()
        with pytest.raises(DawUnreachable):
            reaper.survey()
        with pytest.raises(DawUnreachable):
            WebInterface(port=port).tracks()
        assert time.monotonic() - began < 5.0


def test_a_frozen_daw_is_silent_within_five_seconds_by_either_way(stems):
    with link(stems, "--faults", "freeze@reapy#20") as (_, port, reaper):
        began = time.monotonic()
        with pytest.raises(DawSilent):
            reaper.survey()
        assert time.monotonic() - began < 5.0
        began = time.monotonic()
        with pytest.raises(DawSilent):
            ReapyLink.connect(web_port=port)
        assert time.monotonic() - began < 5.0


def test_a_crashed_server_of_reapys_is_started_again_by_the_next_connection(stems):
    with link(stems, "--faults", "reapy-crash@reapy#20") as (_, port, reaper):
        with pytest.raises(DawUnreachable):
            reaper.survey()
        with ReapyLink.connect(web_port=port) as again:
            assert [track.name for track in again.survey().tracks] == list(NAMES)
