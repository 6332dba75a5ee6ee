"""From a key in the panel's other tabs to drums and to a tone, and back, with the real program beside it."""

import pytest

from mock_daw.live import Live
from mock_daw.opening import open_session
from tests.drum_parts import write_song
from tests.integration.test_lua_panel_loop import CALM_S, until
from tests.lua_program import RealProgram, clock
from tests.lua_reaper import LuaReaper
from tests.unit.daw_scripts.panels import MORE, Window
from tests.unit.mock_daw.reaper.desks import Silence

pytestmark = pytest.mark.slow


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


@pytest.fixture
def window(lua, program):
    made = Window(lua)

    def turned(digit):
        made.canvas.press(digit)
        calm_s = clock() + CALM_S
        program.turn_while(lambda: clock() < calm_s)
        return made

    return turned


def drums(live):
    return [track for track in live.session.tracks if track.name == "Faderbot drums"]


def test_drums_are_written_varied_and_taken_away_again(window, live, program):
    before = live.session
    shown = window("2")
    shown.canvas.press("w")
    until(shown, program, "Wrote ")
    (first,) = drums(live)
    assert live.session.tracks[:-1] == before.tracks
    notes = first.items[0].take.source.midi.notes
    assert {note.channel for note in notes} == {9}
    shown.canvas.press("a")
    until(shown, program, "Taking the rhythm back")
    until(shown, program, "Wrote ")
    (second,) = drums(live)
    assert second.items[0].take.source.midi.notes != notes
    assert len(live.undo_names) == 1
    shown.canvas.press("u")
    until(shown, program, "Done: Undone: ")
    assert live.session == before
    assert program.end() == [0, 0, 0, 0]


def test_the_tone_is_tuned_compared_and_taken_back(window, live, program):
    before = live.session
    shown = window("3")
    shown.canvas.press("s")
    until(shown, program, "Tuned ")
    tuned = live.session
    assert tuned != before
    assert any("from style balanced" in line for line in shown.canvas.texts())
    shown.canvas.press("b")
    assert [track.gain_linear for track in live.session.tracks] == [track.gain_linear for track in before.tracks]
    shown.canvas.press("b")
    until(shown, program, "You hear: after")
    shown.canvas.press("r")
    until(shown, program, "Done: Undone: ")
    assert live.session == before
    assert program.end() == [0, 0]
