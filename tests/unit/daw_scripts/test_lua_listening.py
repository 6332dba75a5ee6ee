"""``listening.lua``: what mixing by meters asks of REAPER's script, and that all of it goes back."""

import pytest

from mock_daw.live import PlayState
from tests.unit.daw_scripts.songs import surveyed
from tests.unit.daw_scripts.started import run_until_done, words

LAST = "Faderbot_Auto-mix with last settings.lua"


class Listening:
    """The program's side of a job that listens by the meters."""

    def __init__(self, lua):
        lua.run(LAST)
        self.lua, self.number = lua, 0
        _, self.files = words(lua)

    def ask(self, **wanted):
        self.number += 1
        self.files.put("bridge.json", {"beat": self.number})
        self.files.put(f"request-{self.number}.json", {"number": self.number, **wanted})
        self.lua.step(0.05)
        return self.files.message(f"answer-{self.number}.json")

    def nudge(self, **gains):
        guids = {track.name: track.guid for track in self.lua.live.session.tracks} | {"master": "master"}
        return self.ask(
            do="nudge", gains=[{"guid": guids.get(name, name), "gain_linear": gain} for name, gain in gains.items()]
        )


@pytest.fixture
def listening(lua, program):
    return Listening(lua)


def faders(live):
    return [track.gain_linear for track in live.session.tracks]


def test_it_plays_from_the_start_and_rests_as_it_was(listening, live):
    live.seek(0.5)
    assert listening.ask(do="play")["ok"] is None
    assert (live.state, live.position_s, live.edit_position_s) == (PlayState.PLAYING, 0.0, 0.5)
    live.advance(0.25)
    listening.ask(do="play")
    assert live.position_s == pytest.approx(0.25)  # what plays plays on
    assert listening.ask(do="rest")["ok"] is None
    assert (live.state, live.edit_position_s) == (PlayState.STOPPED, 0.5)
    assert listening.ask(do="rest")["ok"] is None


def test_it_plays_on_from_elsewhere_with_the_cursor_where_it_was(listening, live):
    live.seek(0.5)
    listening.ask(do="play")
    assert listening.ask(do="go to", position_s=0.75)["ok"] is None
    assert (live.state, live.position_s, live.edit_position_s) == (PlayState.PLAYING, 0.75, 0.5)
    listening.ask(do="rest")
    assert (live.state, live.edit_position_s) == (PlayState.STOPPED, 0.5)


def test_what_the_user_plays_is_not_sent_elsewhere(listening, live):
    live.seek(0.25)
    live.play()
    listening.ask(do="play")
    listening.ask(do="go to", position_s=0.75)
    assert (live.state, live.position_s) == (PlayState.PLAYING, 0.25)


def test_what_played_before_plays_on_and_what_was_paused_is_paused_again(listening, live):
    live.seek(0.25)
    live.play()
    live.advance(0.5)
    listening.ask(do="play")
    listening.ask(do="rest")
    assert (live.state, round(live.position_s, 3)) == (PlayState.PLAYING, 0.75)
    live.pause()
    listening.ask(do="play")
    assert (live.state, live.position_s) == (PlayState.PLAYING, 0.0)
    listening.ask(do="rest")
    assert (live.state, round(live.position_s, 3), live.edit_position_s) == (PlayState.PAUSED, 0.75, 0.25)


def test_the_meters_are_those_of_the_tracks_with_the_master_first(listening, lua):
    lua.broken["Track_GetPeakInfo"] = lambda track, channel: 0.25 + channel / 4
    told = listening.ask(do="meters")["ok"]
    assert (told["play_state"], told["position_s"]) == (0, 0.0)
    guids = [track.guid for track in surveyed(lua.live).tracks]
    assert told["peaks"] == [{"guid": guid, "left": 0.25, "right": 0.5} for guid in ("master", *guids)]


def test_tries_make_no_undo_step_and_a_stop_takes_them_back(listening, lua, live):
    before = live.session
    listening.ask(do="play")
    assert listening.nudge(Bass=0.5, master=0.7)["ok"] is None
    assert listening.nudge(Bass=0.25)["ok"] is None
    assert (faders(live)[0], live.session.master.gain_linear, live.undo_names) == (0.25, 0.7, ())
    lua.stop()
    assert live.session == before
    assert live.state is PlayState.STOPPED


def test_a_program_that_dies_leaves_no_try_behind(listening, lua, live):
    before = live.session
    listening.nudge(Bass=0.5)
    while lua.step(0.1):
        assert lua.now_s < 100.0
    assert "ended before its time" in lua.console[-1]
    assert live.session == before


def test_a_fader_that_the_user_moved_meanwhile_stays(listening, lua, live):
    listening.nudge(Bass=0.5, Kick=0.5)
    track = lua.functions.call("GetTrack", (0, 0))
    lua.functions.call("SetMediaTrackInfo_Value", (track, "D_VOL", 0.9))
    lua.stop()
    assert faders(live) == [0.9, 1.0, 1.0]


def test_a_track_that_is_gone_ends_it_before_anything_is_set(listening, live):
    before = live.session
    assert listening.nudge(Bass=0.5, **{"{gone}": 0.5})["error"] == "gone"
    assert live.session is before


def test_a_fader_that_does_not_hold_is_a_failure(listening, lua):
    lua.broken["SetMediaTrackInfo_Value"] = lambda *_: True
    assert listening.nudge(Bass=0.5)["message"] == "D_VOL of a track is 1 where 0.5 was set"


def test_after_the_write_the_tries_are_the_mix(listening, lua, live):
    listening.nudge(Bass=0.5)
    bass = live.session.tracks[0].guid
    listening.ask(do="write", write={"undo_name": "mix", "tracks": [{"guid": bass, "gain_linear": 0.5}]})
    lua.broken["Undo_CanUndo2"] = lambda _: "something of theirs"
    lua.stop()
    assert faders(live)[0] == 0.5


def test_a_recording_that_began_meanwhile_is_not_stopped(listening, lua, live):
    listening.ask(do="play")
    live.record()
    lua.step(0.05)
    assert lua.console == ["Faderbot: REAPER began to record: the job was stopped, nothing was changed\n"]
    assert live.state & PlayState.RECORDING


def test_in_the_end_it_says_what_the_program_says(listening, lua):
    listening.ask(do="play")
    listening.ask(do="rest")
    run_until_done(lua, {"error": "no meter moved"})
    assert lua.console == ["Faderbot: no meter moved\n"]
