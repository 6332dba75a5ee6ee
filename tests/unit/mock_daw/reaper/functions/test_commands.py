"""The actions that write and measure audio, through a script."""

import pytest
import soundfile as sf

from mock_daw.live import Live
from tests.takes import RATE_HZ, constant, item, session, track
from tests.unit.mock_daw.reaper.desks import Silence
from tests.unit.mock_daw.reaper.functions.scripts import Script


@pytest.fixture
def script(tmp_path):
    (tmp_path / "media").mkdir()
    heard = item(tmp_path / "media", constant(0.25))
    return Script(Live(session(track(1, heard, selected=True), path=tmp_path / "song.rpp"), Silence()))


def render(script, **texts):
    script.GetSetProjectInfo(0, "RENDER_TAILFLAG", 0, True)
    for parameter, text in texts.items():
        script.GetSetProjectInfo_String(0, parameter, text, True)
    script.Main_OnCommand(42230, 0)
    return script.GetSetProjectInfo_String(0, "RENDER_STATS", "", False)[3]


def test_an_action_renders_with_the_most_recent_settings(script, tmp_path):
    stats = render(script, RENDER_FILE="out", RENDER_PATTERN="mix")
    assert stats.startswith(f"FILE:{tmp_path / 'out' / 'mix.wav'};LENGTH:0:01.000;")
    assert sf.info(tmp_path / "out" / "mix.wav").frames == RATE_HZ
    assert script.desk.boxes == []


@pytest.mark.parametrize("texts", [{"RENDER_FORMAT": "FVAX"}, {"RENDER_FILE": "\0"}])
def test_what_can_not_be_rendered_is_said_in_a_box(script, texts):
    assert render(script, **texts) == ""
    assert [title for title, _ in script.desk.boxes] == ["Render"]


def test_a_rate_that_is_none_is_said_in_a_box(script):
    script.GetSetProjectInfo(0, "RENDER_SRATE", 1, True)
    assert render(script) == ""
    assert len(script.desk.boxes) == 1


def test_asking_for_statistics_runs_the_dry_run_that_is_named(script):
    said = script.GetSetProjectInfo_String(0, "RENDER_STATS", "42438", False)[3]
    assert said.startswith("FILE:Track 1;LENGTH:0:01.000;PEAK:-12.04")
    assert script.GetSetProjectInfo_String(0, "RENDER_STATS", "", False)[3] == said


def test_midi_is_not_there_to_be_counted(script):
    take = script.GetActiveTake(script.GetMediaItem(0, 0))
    assert script.MIDI_CountEvts(take, 1, 1, 1) == (0, take, 0, 0, 0)
    assert script.MIDI_GetHash(take, False, "hash", 64)[0] == 0


def test_a_stem_is_rendered_over_the_file_that_it_plays_from(tmp_path):
    """As clients do it: the old file is deleted first, since REAPER would ask before it writes over one."""
    path = tmp_path / "Kick.wav"
    sf.write(path, constant(0.25), RATE_HZ, subtype="FLOAT")
    script = Script(Live(session(track(1), path=tmp_path / "song.rpp"), Silence()))
    assert script.InsertMedia(str(path), 0) == 1
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 0.5)
    for _ in range(2):
        path.unlink()
        render(script, RENDER_FILE=str(tmp_path), RENDER_PATTERN="Kick", RENDER_FORMAT="ZXZhdyAAAA==")
        assert sf.read(path)[0][RATE_HZ // 2] == pytest.approx([0.125, 0.125])
    assert script.desk.boxes == []


def test_a_file_that_a_project_plays_from_is_rendered_over_in_place(tmp_path):
    path = tmp_path / "Kick.wav"
    sf.write(path, constant(0.25), RATE_HZ, subtype="FLOAT")
    script = Script(Live(session(track(1), path=tmp_path / "song.rpp"), Silence()))
    script.InsertMedia(str(path), 0)
    script.SetMediaTrackInfo_Value(script.track(1), "D_VOL", 0.5)
    for _ in range(2):
        render(script, RENDER_FILE=str(tmp_path), RENDER_PATTERN="Kick", RENDER_FORMAT="ZXZhdyAAAA==")
    assert sf.read(path)[0][RATE_HZ // 2] == pytest.approx([0.125, 0.125])
