"""``survey.lua`` tells of a project what reapy's side tells."""

import json

import pytest

from bridge.reaper.file_exchange import plain
from bridge.reaper.survey import Survey
from tests.lua_reaper import LuaReaper, text
from tests.unit.daw_scripts.songs import TURN, rich_song, song, surveyed


def read(lua, turn=None):
    found = lua.require("survey")[b"read"](turn or lua.lua.execute(TURN))
    written = lua.require("json")[b"encode"](found)
    lua.end()
    return json.loads(text(written))


def test_a_plain_song_reads_as_through_reapy(tmp_path):
    live = song(tmp_path)
    assert Survey.model_validate(read(LuaReaper(live, tmp_path))) == surveyed(live)


def test_a_session_with_everything_reads_as_through_reapy(tmp_path):
    live = rich_song(tmp_path)
    ours = Survey.model_validate(read(LuaReaper(live, tmp_path)))
    assert ours == surveyed(live)
    assert ours.tracks[1].name == "Kick “Größe”"
    assert ours.tracks[1].locked
    assert ours.tracks[1].sends[0].to == ours.tracks[2].guid
    assert len(ours.tracks[1].sends) == 1
    assert [len(effect.bands) for effect in ours.tracks[1].effects] == [0, 5]
    assert ours.tracks[2].envelopes[0].points == 2
    assert ours.tracks[1].items[1].source_path == ""


def test_a_name_that_is_no_utf_8_comes_over_with_a_mark_in_it(tmp_path):
    lua = LuaReaper(song(tmp_path), tmp_path)
    lua.broken["GetTrackName"] = lambda track: (True, "Gr\udcf6\udcdfe")
    found = read(lua)
    assert found["tracks"][0]["name"].encode(errors="surrogateescape") == "Größe".encode("latin-1")
    assert Survey.model_validate(plain(found)).tracks[0].name == "Gr\ufffd\ufffde"


def test_a_reaper_that_lacks_what_is_new_is_read_all_the_same(tmp_path):
    new = ("GetMediaSourceParent", "CountTempoTimeSigMarkers", "TakeFX_GetCount", "CountTakeEnvelopes")
    live = song(tmp_path)
    assert Survey.model_validate(read(LuaReaper(live, tmp_path, missing=new))) == surveyed(live)


def test_a_project_that_changes_while_it_is_read_is_read_anew(tmp_path):
    live = song(tmp_path)
    lua = LuaReaper(live, tmp_path)
    hands = iter(range(1))

    def pause():
        for _ in hands:
            lua.functions.call("SetMediaTrackInfo_Value", (lua.functions.call("GetTrack", (0, 0)), "D_VOL", 0.5))
        return True

    assert read(lua, lua.lua.table_from({b"pause": pause}))["tracks"][0]["gain_linear"] == 0.5


def test_one_that_never_holds_still_is_not_read(tmp_path):
    live = song(tmp_path)
    lua = LuaReaper(live, tmp_path)
    gains = iter(range(1, 100))

    def pause():
        track = lua.functions.call("GetTrack", (0, 0))
        lua.functions.call("SetMediaTrackInfo_Value", (track, "D_VOL", 1.0 / next(gains)))
        return True

    is_read, raised = lua.globals[b"pcall"](lua.require("survey")[b"read"], lua.lua.table_from({b"pause": pause}))
    assert not is_read
    assert raised[b"message"] == b"the project changes while it is read: leave it alone for a moment"


@pytest.mark.parametrize("rate", ["48000", ""])
def test_without_a_rate_of_its_own_a_project_has_the_devices(tmp_path, rate):
    live = song(tmp_path)
    lua = LuaReaper(live, tmp_path, more=["GetAudioDeviceInfo"])
    lua.broken["GetAudioDeviceInfo"] = lambda attribute: (bool(rate), rate)
    lua.broken["GetSetProjectInfo"] = lambda _, name, *rest: {"PROJECT_SRATE": 8000.0}.get(name, 0.0)
    assert read(lua)["rate_hz"] == (48_000 if rate else 8000)
