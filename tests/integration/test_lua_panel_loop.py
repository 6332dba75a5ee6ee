"""From a key in the panel to the mix and back, with the real program beside it."""

import pytest

from mock_daw.live import Live
from mock_daw.opening import open_session
from tests.lua_program import RealProgram, clock
from tests.lua_reaper import LuaReaper
from tests.mixes import write_song
from tests.unit.daw_scripts.panels import MORE, Window
from tests.unit.mock_daw.reaper.desks import Silence

CALM_S = 0.4  # after a change of stage the window waits before it takes a key for a new one
AT_WORK = ("Reading the project", "Listening", "Planning the mix", "Measuring")


@pytest.fixture
def live(tmp_path):
    return Live(open_session(write_song(tmp_path / "song")), Silence())


@pytest.fixture
def lua(live, tmp_path):
    made = LuaReaper(live, tmp_path, more=MORE, clock=clock)
    yield made
    made.end()


@pytest.fixture
def program(lua, tmp_path):
    made = RealProgram(lua, tmp_path)
    yield made
    made.kill()


def until(window, program, wanted):
    program.turn_while(lambda: not any(line.startswith(wanted) for line in window.canvas.texts()))
    calm_s = clock() + CALM_S
    program.turn_while(lambda: clock() < calm_s)


def test_from_the_key_to_the_mix_to_the_comparison_and_back(lua, live, program):
    before = live.session
    window = Window(lua)
    window.canvas.press("s")
    until(window, program, "Mixed 3 tracks")
    mixed = live.session
    assert mixed != before
    assert live.undo_names == ("Faderbot: auto-mix (3 tracks)",)
    assert any(line.endswith("the target is −14.0 LUFS") for line in window.canvas.texts())

    window.canvas.press("b")
    faders = [track.gain_linear for track in live.session.tracks]
    assert faders == [track.gain_linear for track in before.tracks]
    window.canvas.press("b")
    until(window, program, "You hear: after")
    assert live.undo_names == ("Faderbot: auto-mix (3 tracks)",)

    window.canvas.press("r")
    until(window, program, "Done: Undone: ")
    assert live.session == before
    assert program.end() == [0, 0]
    window.canvas.press("esc")


def test_kept_the_mix_is_what_was_written_to_the_last_bit(lua, live, program):
    window = Window(lua)
    window.canvas.press("s")
    until(window, program, "Mixed 3 tracks")
    mixed = [(track.gain_linear, track.effects) for track in live.session.tracks]
    window.canvas.press("b", "k")
    assert [(track.gain_linear, track.effects) for track in live.session.tracks] == mixed
    assert "Done: the mix is kept as it was written" in window.texts()
    assert program.end() == [0]


def test_escape_ends_the_real_program_and_leaves_the_project_as_it_was(lua, live, program):
    before = live.session
    window = Window(lua)
    window.canvas.press("s")
    program.turn_while(lambda: not program.processes)
    calm_s = clock() + CALM_S
    program.turn_while(lambda: clock() < calm_s or not set(AT_WORK) & set(window.canvas.texts()))
    window.canvas.press("esc")
    assert any(line.startswith("stopped; ") for line in window.texts())
    assert live.session == before
    assert len(program.end()) == 1


@pytest.mark.slow
def test_a_fader_moved_after_the_mix_is_learned_from_and_the_lesson_taken_back(lua, live, program):
    window = Window(lua)
    window.canvas.press("s")
    until(window, program, "Mixed 3 tracks")
    bass = next(track for track in live.session.tracks if track.name == "Bass")
    handle = lua.functions.call("GetTrack", (lua.functions.call("EnumProjects", [-1, "", 4096])[0], 0))
    assert live.session.tracks[0] == bass
    lua.functions.call("SetMediaTrackInfo_Value", (handle, "D_VOL", bass.gain_linear * 10 ** (2.0 / 20)))
    moved = live.session
    window.canvas.press("l")
    until(window, program, "Done: you like the bass 2.0 dB louder: from now on")
    window.canvas.press("u")
    until(window, program, "Done: Taken back: bass +2.0 dB")
    assert live.session == moved
    assert program.end() == [0, 0, 0]
