"""Learning in the panel: when it is offered, what is shown of it, and that the sheet in front stays as it is."""

import pytest

from tests.lua_reaper import SECOND
from tests.unit.daw_scripts.panels import MORE, Core, Window

LESSONS = ["learn", "lessons", "unlearn"]
LIKED = "you like the bass 2.0 dB louder: from now on it comes 1.0 dB louder than usual in balanced mixes"


@pytest.fixture
def core(blind, program):
    return Core(blind)


def offered(core):
    return [name for name in core.ids() if name in LESSONS]


def pressed(core, button):
    """Press a button and return the program that it started."""
    core.act(button)
    core.turn()
    return core.program


def test_there_is_nothing_to_learn_from_before_a_mix(core):
    assert offered(core) == []


def test_a_mix_that_wrote_nothing_is_none_to_learn_from(core):
    core.mixed(written=False)
    assert offered(core) == []


@pytest.mark.parametrize(("button", "more"), [("learn", []), ("lessons", ["--list"]), ("unlearn", ["--undo"])])
def test_after_a_mix_a_button_asks_the_program_and_its_words_are_shown_on_the_same_sheet(core, blind, button, more):
    core.mixed()
    before = blind.live.session
    program = pressed(core, button)
    assert program.words[1:] == ["learn", "--daw", "reaper", *more]
    assert (core.heading(), core.ids()) == ("Looking at what you changed", ["cancel"])
    program.says(LIKED, "1 more line")
    core.turn(2)
    assert core.heading() == "Mixed 4 tracks"
    assert {f"Done: {LIKED}", "1 more line"} <= set(core.texts())
    assert blind.spoken[-1] == f"{LIKED}. 1 more line"
    assert blind.live.session == before
    assert offered(core) == LESSONS


def test_why_nothing_was_learned_is_a_note_on_the_same_sheet(core, blind):
    core.mixed()
    pressed(core, "learn").fails("nothing was moved by 0.5 dB or more")
    core.turn(2)
    assert core.heading() == "Mixed 4 tracks"
    assert "Note: nothing was moved by 0.5 dB or more" in core.texts()
    assert blind.spoken[-1] == "nothing was moved by 0.5 dB or more"


def test_with_the_settings_in_front_and_in_another_run_it_is_offered_too(core, blind):
    core.mixed()
    core.act("back")
    assert offered(core) == LESSONS
    pressed(core, "learn").says(LIKED)
    core.turn(2)
    assert core.heading() == "Auto-mix: song"
    assert core.texts()[0] == f"Done: {LIKED}"
    core.act("keep")
    core.close()
    assert offered(Core(blind)) == LESSONS


def test_only_the_tab_of_the_mix_offers_it(core):
    core.mixed()
    core.act("tab", "Tune")
    assert offered(core) == []
    core.act("tab", "Mix")
    assert offered(core) == LESSONS


def test_another_project_has_its_own(core, blind):
    core.mixed()
    blind.open_projects.append(SECOND)
    blind.front = SECOND
    core.turn()
    assert offered(core) == []


def test_a_mix_that_was_undone_and_only_that_is_no_longer_offered(core, blind):
    core.mixed()
    blind.live.undo()
    core.turn(3)
    assert offered(core) == []
    blind.live.redo()
    core.turn(3)
    assert offered(core) == LESSONS
    core.act("tab", "Tune")
    core.act("start")
    core.turn()
    core.program.tunes()
    core.turn(2)
    core.act("tab", "Mix")
    assert offered(core) == LESSONS


def test_while_before_is_heard_nothing_is_started(core, blind):
    core.mixed()
    core.act("compare")
    started = len(blind.commands)
    core.act("learn")
    assert len(blind.commands) == started
    assert any(line.startswith("Note: what was before the mix is up") for line in core.texts())
    core.act("compare")
    pressed(core, "learn")
    assert len(blind.commands) == started + 1


def test_while_reaper_records_or_another_script_works_a_note_says_so(core, blind):
    core.mixed()
    blind.live.record()
    core.act("learn")
    assert "Note: REAPER is recording: stop the recording first" in core.texts()
    blind.live.stop()
    other = blind.beside(more=MORE)
    other.run("Faderbot_Auto-mix with last settings.lua")
    core.act("unlearn")
    assert "Note: another job runs: starting. “Faderbot: Stop” ends it" in core.texts()
    other.stop()


def test_cancelled_it_stays_on_its_sheet(core):
    core.mixed()
    program = pressed(core, "learn")
    core.act("cancel")
    assert program.files.cancelled
    assert core.heading() == "Mixed 4 tracks"
    assert offered(core) == LESSONS


def test_another_project_in_front_stops_it_and_is_told_there(core, blind):
    core.mixed()
    pressed(core, "learn")
    blind.open_projects.append(SECOND)
    blind.front = SECOND
    core.turn(2)
    assert core.heading() == "That did not work"


def test_by_keyboard_in_the_window(blind, program):
    window = Window(blind).mixed()
    window.canvas.press("l")
    window.turn()
    assert window.program.words[1] == "learn"
    window.program.says("you like it so")
    window.turn()
    assert "Done: you like it so" in window.texts()
