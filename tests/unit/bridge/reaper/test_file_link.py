"""``FileLink`` against the Lua that serves it; its clock does REAPER's turns, so that all is one thread."""

import json
import os
import threading

import numpy as np
import pytest

from agent.daw import DawError, SessionUnreadable, WriteRefused
from bridge.changes import MidiNote, same_notes
from bridge.deadline import Deadline
from bridge.errors import DawSilent, DawStale, DawUnreachable, TrackGone
from bridge.reaper.file_exchange import FileExchange
from bridge.reaper.file_link import FileLink, Limits
from bridge.reaper.survey import MidiWrite, TrackWrite, Write
from mock_daw.live import PlayState
from tests.mixes import STEMS, tone
from tests.unit.daw_scripts.songs import song, surveyed
from tests.unit.daw_scripts.test_lua_serve import Service

LIMITS = Limits(look_s=0.0001)


class Served:
    """A link and its REAPER, which stands still where ``stands`` says so."""

    def __init__(self, live, folder):
        self.service = Service(live, folder)
        self.stands = False
        self.now_s = 0.0
        self.looks = 0
        self.cancelled = threading.Event()

    def connect(self, deadline=None):
        return FileLink.connect(
            self.service.folder, clock=self.clock, limits=LIMITS, on_cancel=self.cancelled.set, deadline=deadline
        )

    def clock(self):
        self.now_s += 0.03
        self.looks += 1
        if not self.stands:
            self.service.turn(beat=False)
        return self.now_s


@pytest.fixture
def live(tmp_path):
    return song(tmp_path)


@pytest.fixture
def served(live, tmp_path):
    return Served(live, tmp_path)


@pytest.fixture
def link(served):
    made = served.connect()
    yield made
    made.close()
    served.service.lua.end()


def test_the_survey_is_that_of_reapy(link, live):
    assert link.survey() == surveyed(live)


def test_audio_is_the_tracks(link, live):
    guid = surveyed(live).tracks[1].guid
    heard = link.audio(guid, 0.25, 3_000, 8_000)
    np.testing.assert_allclose(heard, tone(*STEMS["Kick"], rate_hz=8_000)[2_000:5_000], atol=2**-23)
    assert heard.dtype == np.float32


def test_it_plays_on_from_elsewhere_and_is_left_as_it_was(link, live):
    live.seek(0.5)
    link.play_from_start()
    link.play_on_from(1.25)
    assert (live.position_s, live.edit_position_s) == (1.25, 0.5)
    link.leave_off()
    assert (live.state, live.edit_position_s) == (PlayState.STOPPED, 0.5)


def test_drums_are_added_read_back_and_deleted(link, live):
    notes = (MidiNote(0.1234, 0.2, 36, 110), MidiNote(0.5, 0.6, 38, 1), MidiNote(1.987, 2.087, 42, 127))
    before = live.session
    guid = link.add_midi(MidiWrite(undo_name="drums", name="Faderbot drums", start_s=0.0, end_s=2.5, notes=notes))
    assert live.session.tracks[-1].name == "Faderbot drums"
    assert (same_notes(link.midi_notes(guid), notes), link.undo_name()) == (True, "drums")
    link.delete_track(guid, "put back")
    assert live.session.tracks == before.tracks
    assert link.midi_notes(guid) is None
    with pytest.raises(TrackGone):
        link.delete_track(guid, "again")


def test_a_track_without_notes_reads_as_none_of_them(link, live):
    guid = link.add_midi(MidiWrite(undo_name="drums", name="drums", start_s=0.0, end_s=1.0, notes=()))
    assert link.midi_notes(guid) == ()


def test_a_write_is_one_step_and_undo_takes_it_back(link, live):
    before = live.session
    guid = surveyed(live).tracks[1].guid
    link.write(Write(undo_name="Faderbot “mix”", tracks=(TrackWrite(guid=guid, gain_linear=0.1 + 0.2),)))
    assert surveyed(live).tracks[1].gain_linear == 0.1 + 0.2
    assert link.undo_name() == "Faderbot “mix”"
    assert link.undo() == "Faderbot “mix”"
    assert live.session == before
    assert (link.undo(), link.undo_name()) == ("", "")


def test_the_master_is_measured(link):
    measured = link.dry_run_loudness(5.0)
    assert -40.0 < measured.integrated_lufs < 0.0


def test_nothing_of_a_request_stays(link, served):
    link.survey()
    assert {path.name for path in served.service.folder.iterdir()} <= {"reaper.json", "bridge.json", "bridge.json.new"}


def test_what_fails_in_reaper_comes_as_what_it_is(link, served):
    with pytest.raises(SessionUnreadable, match="a track is no longer in the project"):
        link.audio("{gone}", 0.0, 10, 8_000)
    with pytest.raises(WriteRefused, match="no longer in the project"):
        link.write(Write(undo_name="x", tracks=(TrackWrite(guid="{gone}", pan=0.0),)))
    served.service.lua.broken["Undo_CanUndo2"] = lambda project: "Fader"
    with pytest.raises(WriteRefused, match="REAPER does not undo “Fader”"):
        link.undo()


def test_a_reaper_that_stands_still_is_silent_within_five_seconds_and_the_link_is_closed(link, served):
    served.stands = True
    begin_s = served.now_s
    with pytest.raises(DawSilent, match="does not answer: close any open dialogue"):
        link.survey()
    assert 4.0 < served.now_s - begin_s < 5.0
    with pytest.raises(DawUnreachable, match="is closed"):
        link.survey()


def test_one_that_goes_while_it_is_written_to_says_so(link, served):
    served.stands = True
    with pytest.raises(DawSilent, match="it was being written to: see Edit, Undo in REAPER"):
        link.write(Write(undo_name="x"))


def test_an_answer_of_another_version_is_told(link, served):
    served.stands = True
    FileExchange(served.service.folder).put(
        "answer-1.json", {"error": "version", "message": "version 9 is spoken here"}
    )
    with pytest.raises(DawStale, match="version 9 is spoken here"):
        link.undo_name()


def test_what_is_no_survey_is_told(link, served):
    served.stands = True
    FileExchange(served.service.folder).put("answer-1.json", {"ok": {"name": 7}})
    with pytest.raises(DawStale, match="is not understood"):
        link.survey()


def test_samples_that_are_too_few_are_refused(link, served):
    served.stands = True
    (served.service.folder / "answer-1.f32").write_bytes(b"1234")
    FileExchange(served.service.folder).put("answer-1.json", {"ok": None})
    with pytest.raises(SessionUnreadable, match="4 bytes of audio came for 10 samples"):
        link.audio("{x}", 0.0, 10, 8_000)


def test_a_stop_in_reaper_is_heard_of(link, served):
    FileExchange(served.service.folder).put("cancel.json", {})
    assert served.cancelled.wait(10.0)
    link.close()
    assert not served.service.folder.exists()


# Connecting


def test_a_beat_of_old_is_no_reaper(served):
    served.stands = True
    with pytest.raises(DawSilent):
        served.connect()
    assert served.now_s < 5.0


def test_what_connecting_took_is_not_there_for_the_first_request(served):
    """A budget of 5 s for both; after the first beat a request has its own limit."""
    link = served.connect(Deadline.after(5.0, served.clock))
    begin_s = served.now_s
    served.now_s += 3.0
    served.stands = True
    with pytest.raises(DawSilent):
        link.survey()
    assert served.now_s - begin_s < 5.5
    served.service.lua.end()


def test_once_the_first_request_was_answered_the_deadline_is_no_limit_any_more(served, live):
    link = served.connect(Deadline.after(5.0, served.clock))
    assert link.survey() == surveyed(live)
    served.now_s += 60.0
    served.stands = True
    begin_s = served.now_s
    with pytest.raises(DawSilent):
        link.survey()
    assert served.now_s - begin_s > 4.0
    served.service.lua.end()


def test_a_folder_that_is_not_there_or_not_served_is_told(tmp_path):
    with pytest.raises(DawUnreachable, match=r"there is no .*run the action Faderbot: Auto-mix"):
        FileLink.connect(tmp_path / "nowhere")
    with pytest.raises(DawUnreachable, match="REAPER does not serve"):
        FileLink.connect(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(DawUnreachable, match="is no folder of yours"):
        FileLink.connect(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(DawUnreachable, match="is no folder of yours"):
        FileLink.connect(tmp_path / "link")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps({"version": 2, "beat": 1}), "speaks version 2, this Faderbot 1: update both"),
        ("{", "is no JSON"),
        ("[]", "is no object"),
    ],
)
def test_a_script_of_another_version_is_told(tmp_path, content, said):
    (tmp_path / "reaper.json").write_text(content)
    with pytest.raises(DawStale, match=said):
        FileLink.connect(tmp_path)


def test_a_folder_serves_one_run_only(link, served):
    with pytest.raises(DawUnreachable, match="served another run already"):
        served.connect()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_nobody_else_may_look_into_the_folder(link, served):
    assert served.service.folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_can_not_be_written_is_told(link, served, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileExchange, "put", full)
    with pytest.raises(DawError, match=r"can not be written \(No space left on device\)"):
        link.survey()
