"""``audio.lua`` gives the samples of REAPER's audio accessor, slice by slice."""

import numpy as np
import pytest

from tests.lua_reaper import LuaReaper, as_lua, text
from tests.mixes import STEMS, tone
from tests.unit.daw_scripts.songs import TURN, song, surveyed

RATE_HZ = 8_000


@pytest.fixture
def live(tmp_path):
    return song(tmp_path)


@pytest.fixture
def lua(live, tmp_path):
    return LuaReaper(live, tmp_path)


def wanted_of(live, **more):
    guid = surveyed(live).tracks[1].guid
    return {"guid": guid, "start_s": 0.5, "samples": 5_000, "rate_hz": RATE_HZ, **more}


def ask(lua, wanted, path, turn=None):
    done = lua.globals[b"pcall"](
        lua.require("audio")[b"write"], as_lua(lua, wanted), str(path).encode(), turn or lua.lua.execute(TURN)
    )
    lua.end()
    return None if done is True else (text(done[1][b"kind"]), text(done[1][b"message"]))


def samples(path):
    return np.frombuffer(path.read_bytes(), "<f4").reshape(-1, 2)


def test_a_tracks_audio_is_that_of_its_file(lua, live, tmp_path):
    assert ask(lua, wanted_of(live), tmp_path / "audio.f32") is None
    first = RATE_HZ // 2
    wanted = tone(*STEMS["Kick"], rate_hz=RATE_HZ)[first : first + 5_000]
    np.testing.assert_allclose(samples(tmp_path / "audio.f32"), wanted, atol=2**-23)


def test_where_there_is_no_audio_there_is_silence(lua, live, tmp_path):
    assert ask(lua, wanted_of(live, start_s=60.0, samples=300), tmp_path / "audio.f32") is None
    assert samples(tmp_path / "audio.f32").shape == (300, 2)
    assert not samples(tmp_path / "audio.f32").any()


def test_no_accessor_outlives_the_turn_that_it_was_made_in(lua, live, tmp_path):
    def pause():
        assert lua.functions.host.accessors == {}
        turns.append(1)
        return True

    turns = []
    turn = lua.lua.table_from({b"pause": pause, b"is_over": lambda: True})
    assert ask(lua, wanted_of(live), tmp_path / "in turns", turn) is None
    assert ask(lua, wanted_of(live), tmp_path / "at once") is None
    assert len(turns) == 5
    assert (tmp_path / "in turns").read_bytes() == (tmp_path / "at once").read_bytes()
    assert lua.functions.host.accessors == {}


def test_a_track_that_goes_in_the_middle_ends_it_without_a_file(lua, live, tmp_path):
    wanted = wanted_of(live)

    def pause():
        live.edit(lambda session: type(session)(session.name, session.rate_hz, session.tracks[:1]), "Delete")
        return True

    turn = lua.lua.table_from({b"pause": pause, b"is_over": lambda: True})
    assert ask(lua, wanted, tmp_path / "audio.f32", turn) == ("gone", wanted["guid"])
    assert not (tmp_path / "audio.f32").exists()


def test_what_reaper_can_not_read_is_a_failure(lua, live, tmp_path):
    lua.broken["GetAudioAccessorSamples"] = lambda: -1
    assert ask(lua, wanted_of(live), tmp_path / "audio.f32") == ("failed", "REAPER gives no audio from 0.5 s")
    assert lua.functions.host.accessors == {}


def test_a_folder_that_takes_no_files_is_a_failure(lua, live, tmp_path):
    kind, said = ask(lua, wanted_of(live), tmp_path / "nowhere" / "audio.f32")
    assert kind == "failed"
    assert "can not be written" in said
