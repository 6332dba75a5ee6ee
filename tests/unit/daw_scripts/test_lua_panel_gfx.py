"""The panel's window, by keyboard and by mouse, large and small, on all kinds of displays."""

from dataclasses import replace
from itertools import combinations

import pytest

from tests.lua_canvas import CTRL, SHIFT, Canvas
from tests.lua_reaper import COMMAND, LuaReaper
from tests.unit.daw_scripts.panels import MORE, STAGES, TABS, Window, many

LIT = (0, COMMAND)
PLAY_OR_STOP = 40_044


@pytest.fixture
def window(blind, program):
    return Window(blind)


def gains(live):
    return [track.gain_linear for track in live.session.tracks]


# By keyboard


def test_by_keyboard_alone_from_opening_to_keep(window, blind):
    canvas = window.canvas
    assert canvas.title == "Faderbot: Auto-mix"
    canvas.press("tab", "tab")  # past Close to the first
    assert blind.spoken[-1] == "Page, Mix, 1 of 3"
    canvas.press("tab")
    assert blind.spoken[-1] == "Loudness target, Streaming, −14 LUFS"
    canvas.press("down", "down")
    assert blind.spoken[-1] == "AES, −16 LUFS"
    canvas.press("tab")
    assert blind.spoken[-1] == "Tempo, Keep it"
    canvas.press("tab", "rght", "tab", "left", "left")
    assert blind.spoken[-3:] == ["Strength, 100 %", "95 %", "90 %"]
    canvas.press("tab", "down", "tab", "space")
    assert blind.spoken[-3:] == ["Selected tracks only", "Use EQ as well as faders, checked", "not checked"]
    canvas.press("tab", "down", "down", "space")
    assert blind.spoken[-4:] == [
        "Focus: bring out, Bass, not checked, 1 of 3",
        "Kick, not checked, 2 of 3",
        "Lead Vocal, not checked, 3 of 3",
        "Lead Vocal, checked, 3 of 3",
    ]
    canvas.press("enter")
    window.turn()
    assert blind.spoken[-1] == "Cancel, button, C"
    assert window.program.words[1:] == [
        *["mix", "--daw", "reaper", "--target", "aes", "--style", "country", "--strength", "0.9"],
        *["--no-eq", "--only-selected"],
    ]
    window.program.mixes()
    window.turn()
    assert blind.spoken[-1].startswith("mixed 4 tracks: ")
    canvas.press("space")
    assert gains(blind.live)[0] == 1.0
    canvas.press("space")
    assert gains(blind.live)[0] == 0.5
    canvas.press("tab", "tab")
    assert blind.spoken[-1] == "Keep, button, K"
    canvas.press("enter")
    assert blind.spoken[-1] == "the mix is kept as it was written"
    assert "Done: the mix is kept as it was written" in window.texts()
    window.turn()
    canvas.press("esc")
    assert not canvas.is_open


def test_the_focus_goes_round_forwards_and_backwards(window, blind):
    canvas = window.canvas
    seen = []
    for _ in range(11):
        canvas.press("tab")
        seen.append(blind.spoken[-1].split(",")[0])
    assert seen == [
        *["Close", "Page", "Loudness target", "Tempo", "Style", "Strength", "Tracks", "Use EQ as well as faders"],
        *["Focus: bring out", "Lock: leave alone", "Start mixing"],
    ]
    back = []
    for _ in range(11):
        canvas.press("tab", held=SHIFT)
        back.append(blind.spoken[-1].split(",")[0])
    assert back == [*reversed(seen[:-1]), seen[-1]]


def test_a_digit_or_an_arrow_turns_to_a_tab_which_is_marked(window, blind):
    canvas = window.canvas
    canvas.press("2")
    assert blind.spoken[-1] == "Rhythm: song"
    assert "Write rhythm" in window.texts()
    window.turn()
    canvas.press("tab", "tab", "rght")  # past Close to the tabs
    assert blind.spoken[-2:] == ["Page, Rhythm, 2 of 3", "Tune the tone: song"]
    canvas.press("home")
    assert blind.spoken[-1] == "Auto-mix: song"
    canvas.press("4")
    assert "Auto-mix: song" in window.texts()
    weights = {one.text: one.style[1] for one in canvas.drawn if one.kind == "text"}
    assert [weights[name] for name in ("1  Mix", "2  Rhythm", "3  Tune")] == [True, False, False]


def test_a_tab_is_turned_to_with_the_mouse(window):
    window.click("3  Tune")
    assert "Start tuning" in window.texts()


def test_a_rhythm_is_written_and_varied_by_keyboard_alone(window, blind):
    window.show("written")
    assert blind.spoken[-1].startswith("wrote 4 bars of rock")
    window.canvas.press("tab", "tab", "tab", "tab", "tab", "tab", "tab")
    assert blind.spoken[-1] == "table, 4 rows. Crash. Bar 1: 1 accented. Bar 2: rests"
    window.canvas.press("end")
    assert blind.spoken[-1] == "Kick. Bar 1: 1, 2 and, 3. Bar 2: 1, 2 and, 3"
    window.canvas.press("a")
    window.turn()
    window.program.undoes()
    window.turn()
    assert window.program.words[-2:] == ["--seed", "1"]
    window.canvas.press("esc")


def marks(window):
    """Return the bars of the grid: how high each step is drawn, by where it is."""
    heads = [one for one in window.canvas.drawn if one.text == "Bar 1"]
    drawn = [one for one in window.canvas.drawn if one.kind == "rect" and one.top > heads[0].bottom]
    return {
        (round(one.left), round(one.bottom)): one.bottom - one.top for one in drawn if 3 < one.right - one.left < 40
    }


def test_the_grid_draws_an_accent_higher_than_a_hit_and_that_than_a_rest(window):
    window.show("written")
    heights = sorted(set(marks(window).values()))
    assert len(heights) == 3
    assert heights[1] > 4 * heights[0]
    assert heights[2] > 1.5 * heights[1]


def test_in_a_narrow_window_a_rhythm_is_told_in_words(blind, program):
    window = Window(blind)
    window.canvas.resize(330, 900)
    window.show("written")
    assert "Bar 1: 1, 2 and, 3" in window.texts()


def test_a_letter_is_a_buttons_and_is_underlined(window, blind):
    drawn = window.canvas.drawn
    start = next(one for one in drawn if one.text == "Start mixing")
    lines = [one for one in drawn if one.kind == "rect" and one.bottom - one.top == 1]
    assert any(start.left <= one.left <= start.left + 2 and start.top < one.top < start.bottom + 4 for one in lines)
    window.canvas.press("S")
    assert "Cancel" in window.texts()


def test_enter_is_the_default_button_wherever_the_focus_is(window):
    window.canvas.press("tab", "tab", "enter")
    assert "Cancel" in window.texts()


def test_a_key_held_too_long_does_not_cancel_what_it_started(window):
    window.canvas.press("enter", "enter", "enter", "space", "c", "esc")
    assert "Cancel" in window.texts()
    window.turn()
    window.canvas.press("c", "c", "c", "esc")
    assert "stopped; nothing was changed" in window.texts()
    window.turn()
    window.canvas.press("c")
    assert not window.canvas.is_open


def test_escape_stops_a_job_and_then_closes(window, blind):
    window.canvas.press("s")
    window.turn()
    program = window.program
    window.canvas.press("esc")
    assert program.files.cancelled
    assert window.canvas.is_open
    assert blind.spoken[-1] == "stopped; nothing was changed"
    window.turn()
    window.canvas.press("esc")
    assert not window.canvas.is_open
    assert blind.deferred == []


def test_what_is_said_is_not_cut_off_by_what_has_the_focus(blind, live, program):
    live.record()
    Window(blind)
    assert blind.spoken == ["REAPER is recording: stop the recording first"]


def test_control_with_a_letter_is_none_of_ours(window, blind):
    window.canvas.keys.extend([9, 13])  # Ctrl+I and Ctrl+M come as Tab and Enter do
    window.canvas.values["mouse_cap"] = CTRL
    before = list(blind.spoken)
    blind.step()
    assert blind.spoken == before
    assert "Start mixing" in window.texts()


def test_the_table_is_read_row_by_row(window, blind):
    window.mixed()
    window.canvas.press("tab", held=SHIFT)
    assert blind.spoken[-1].startswith("table, 5 rows. Kick. Fader, dB: 0.0 → ")
    window.canvas.press("end")
    assert blind.spoken[-1].startswith("Master. Fader, dB: ")
    window.canvas.press("up")
    assert blind.spoken[-1] == "Spare. Fader, dB: 0.0. EQ: as it was. Why: silent"
    window.canvas.press("home", "down")
    assert blind.spoken[-1] == "Bass. Fader, dB: 0.0. EQ: as it was. Why: locked"


def test_space_plays_and_stops_where_no_widget_wants_it(window, blind):
    window.mixed()
    window.canvas.press("tab", "tab", "tab", "tab", "tab", "tab", "space")  # at the table
    assert blind.actions == [PLAY_OR_STOP]
    window.click("A/B: Hear before")
    window.canvas.press("space")  # the mouse took the ring away
    assert blind.actions == [PLAY_OR_STOP, PLAY_OR_STOP]
    assert gains(blind.live)[0] == 1.0


def test_the_focus_is_where_it_was_after_a_setting_brought_another_row(window, blind):
    window.canvas.press("tab", "tab", "tab", "end")
    assert blind.spoken[-1] == "Custom"
    window.canvas.press("tab")
    assert blind.spoken[-1] == "Loudness, -16 LUFS"
    window.canvas.press("up")
    assert blind.spoken[-1] == "-15 LUFS"
    assert "−15 LUFS" in window.texts()


def test_numbers_stay_within_their_limits(window, blind):
    window.canvas.press(*["tab"] * 6, "up")
    assert blind.spoken[-1] == "Strength, 100 %"
    window.canvas.press("home", "down")
    assert blind.spoken[-1] == "0 %"
    window.canvas.press("end")
    assert blind.spoken[-1] == "100 %"


def test_space_on_a_choice_opens_the_systems_menu(window, blind):
    window.canvas.choices.append(5)
    window.canvas.press(*["tab"] * 5, "space")
    assert window.canvas.menus == ["!Balanced|Country|Rap|Pop|Rock|Metal"]
    assert blind.spoken[-1] == "Rock"
    window.canvas.press("space")  # nothing chosen
    assert "Rock" in window.texts()


# By mouse


def test_by_mouse_alone_from_opening_to_revert(window, blind):
    window.canvas.choices.append(3)
    window.click("Balanced")
    assert "Rap" in window.texts()
    window.click("−")
    assert "95 %" in window.texts()
    window.click("+")
    assert "100 %" in window.texts()
    window.click("Use EQ as well as faders")
    window.click("Kick", 1)
    window.click("Start mixing")
    window.turn()
    words = window.program.words
    assert words[words.index("--style") + 1] == "rap"
    assert "--no-eq" in words
    window.program.mixes()
    window.turn()
    window.click("A/B: Hear before")
    assert gains(blind.live)[0] == 1.0
    window.click("Revert")
    window.turn()
    assert window.program.words[1] == "undo"
    window.program.says("Undone: a mix")
    window.turn()
    assert "Done: Undone: a mix" in window.texts()
    window.click("Close")
    assert not window.canvas.is_open


def test_a_button_that_the_mouse_leaves_before_it_is_let_go_does_nothing(window, blind):
    canvas = window.canvas
    canvas.move(*window.where("Start mixing"))
    canvas.values["mouse_cap"] = 1
    blind.step()
    canvas.move(5, 5)
    canvas.values["mouse_cap"] = 0
    blind.step()
    assert "Start mixing" in window.texts()


def test_under_the_mouse_and_pressed_a_button_looks_different(window, blind):
    canvas, (x, y) = window.canvas, window.where("Close")
    canvas.move(5, 5)
    looks = [canvas.image.getpixel((x, y - 12))]
    canvas.move(x, y)
    looks.append(canvas.image.getpixel((x, y - 12)))
    canvas.values["mouse_cap"] = 1
    blind.step()
    looks.append(canvas.image.getpixel((x, y - 12)))
    assert len(set(looks)) == 3


def test_what_is_not_enabled_can_neither_be_clicked_nor_reached(window, blind):
    blind.live.record()
    window.turn()
    assert "Note: REAPER is recording: stop the recording first" in window.texts()
    window.click("Start mixing")
    window.canvas.press("s", "enter")
    assert blind.commands == []
    window.canvas.press(*["tab"] * 20)
    assert "Start mixing, button, S" not in blind.spoken[1:]


def test_the_windows_own_button_closes_and_stops(window, blind):
    window.canvas.press("s")
    window.turn()
    program = window.program
    window.canvas.shut()
    assert blind.deferred == []
    blind.stop()
    assert program.files.cancelled
    assert blind.toggles[LIT] == 0


# Small windows


def test_a_small_window_scrolls_by_wheel_and_keys_to_all_of_it(blind, program):
    window = Window(blind)
    canvas = window.canvas
    canvas.resize(420, 360)
    assert "Lock: leave alone" not in window.texts()
    canvas.wheel(-20)
    assert "Lock: leave alone" in window.texts()
    canvas.wheel(20)
    assert "Auto-mix: song" in window.texts()
    canvas.move(5, 5)
    canvas.press("pgdn", "pgdn", "pgdn")
    assert "Lock: leave alone" in window.texts()
    canvas.press("pgup", "pgup", "pgup")
    assert "Auto-mix: song" in window.texts()
    assert "Start mixing" in window.texts()


def test_what_gets_the_focus_comes_into_sight(blind, program):
    window = Window(blind)
    window.canvas.resize(420, 300)
    names = ["Loudness target", "Tempo", "Style", "Strength", "Tracks", "Use EQ as well as faders", "Focus: bring out"]
    for name in names:
        window.canvas.press(*["tab"] * (3 if name == "Loudness target" else 1))
        assert name in window.texts()


def test_a_long_table_scrolls_under_its_heads_and_shows_the_row_that_is_read(blind, program):
    window = Window(blind)
    window.canvas.resize(760, 360)
    window.mixed()
    window.canvas.press("tab", held=SHIFT)
    window.canvas.press("end")
    texts = window.texts()
    assert {"Track", "Fader, dB", "EQ", "Why", "Master"} <= set(texts)
    assert "Mixed 4 tracks" not in texts
    window.canvas.press("home")
    assert "Kick" in window.texts()


def test_scrolled_line_by_line_the_table_begins_with_a_whole_row(blind, program):
    window = Window(blind)
    window.canvas.resize(760, 300)
    window.mixed()
    window.canvas.move(5, 5)
    names = []
    for _ in range(8):
        window.canvas.wheel(-0.5)
        lines = [one for one in window.canvas.drawn if one.kind == "text"]
        heads = [one for one in lines if one.text == "Track"]
        if heads and heads[0].top < 20:
            under = min((one for one in lines if one.top > heads[0].bottom), key=lambda one: (one.top, one.left))
            names.append(under.text)
    assert names[:2] == ["Kick", "Bass"]


def test_a_narrow_table_has_each_value_under_its_name(blind, program):
    window = Window(blind)
    window.canvas.resize(400, 900)
    window.mixed()
    assert "EQ: as it was" in window.texts()
    assert "Why: locked" in window.texts()


def test_a_list_of_many_tracks_scrolls_by_itself(live, tmp_path, program):
    lua = LuaReaper(many(live, 60), tmp_path, more=MORE)
    window = Window(lua)
    window.canvas.press(*["tab"] * 9, "end")
    assert lua.spoken[-1] == "Track 60, not checked, 60 of 60"
    assert "Track 60" in window.texts()
    assert "Track 1" in window.texts()  # in the other list
    window.canvas.press("home")
    window.canvas.move(*window.where("Track 1", 1))
    window.canvas.wheel(-1)
    assert window.texts().count("Track 1") == 1
    lua.end()


def test_the_bar_at_the_side_can_be_dragged(blind, program):
    window = Window(blind)
    canvas = window.canvas
    canvas.resize(420, 360)
    canvas.move(415, 5)
    canvas.values["mouse_cap"] = 1
    blind.step()
    canvas.move(415, 260)
    canvas.values["mouse_cap"] = 0
    assert "Lock: leave alone" in window.texts()


def test_a_tiny_window_keeps_its_buttons_within_reach(blind, program):
    window = Window(blind)
    window.canvas.resize(160, 110)
    window.canvas.press("tab")
    assert "Close" in window.texts()


# Nothing overlaps, nothing leaves the window


def apart(one, other):
    return one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top


SIZES = [(1.0, (760, 640)), (2.0, (1520, 1280)), (1.0, (380, 420)), (1.5, (700, 500))]


@pytest.mark.parametrize(
    ("stage", "scale", "size"),
    [(stage, *at) for at in SIZES for stage in STAGES] + [(stage, *size) for stage in TABS for size in SIZES[::2]],
)
def test_no_text_lies_over_another_or_is_cut(blind, program, stage, scale, size):
    window = Window(blind, scale=scale)
    window.canvas.resize(*size)
    window.show(stage)
    blind.live.edit(
        lambda session: replace(session, tracks=(replace(session.tracks[0], name="Long " * 30), *session.tracks[1:])),
        "Rename track",
    )
    window.turn()
    window.canvas.press(*["tab"] * 3, "pgdn")
    assert blind.troubles == []
    lines = [one for one in window.canvas.drawn if one.kind == "text"]
    assert lines
    assert all(apart(one, other) for one, other in combinations(lines, 2))


def test_a_name_that_is_too_long_ends_with_dots(blind, program):
    blind.live.edit(
        lambda session: replace(session, tracks=(replace(session.tracks[0], name="Ü" * 200), *session.tracks[1:])), "x"
    )
    window = Window(blind)
    shown = [line for line in window.texts() if line.startswith("ÜÜÜ")]
    assert len(shown) == 2
    assert all(line.endswith("Ü…") for line in shown)


def test_a_name_that_is_no_utf_8_is_shown_all_the_same(blind, program):
    name = b"Ton\xe9".decode("utf-8", "surrogateescape") * 40
    blind.broken["GetTrackName"] = lambda track: (True, name)
    assert any(line.startswith("Ton") and line.endswith("…") for line in Window(blind).texts())


# Displays, themes, places


@pytest.mark.parametrize("doubles", [False, True])
def test_everything_is_twice_as_large_on_a_display_twice_as_fine(live, tmp_path, program, doubles):
    sizes = {}
    for scale in (1.0, 2.0):
        lua = LuaReaper(live, tmp_path / str(scale), more=MORE)
        window = Window(lua, scale=scale, doubles=doubles)
        sizes[scale] = {one.text: one for one in window.canvas.drawn if one.kind == "text"}
        assert window.canvas.values["w"] == 760 * scale
        lua.end()
    for name, one in sizes[1.0].items():
        assert sizes[2.0][name].top == pytest.approx(2 * one.top, abs=4)
        assert sizes[2.0][name].style[0] == 2 * one.style[0]


def test_moved_to_another_display_it_is_drawn_anew(window, blind):
    before = next(one for one in window.canvas.drawn if one.text == "Loudness target").style
    window.canvas.values["ext_retina"] = 2.0
    window.turn(1)
    assert next(one for one in window.canvas.drawn if one.text == "Loudness target").style[0] == 2 * before[0]


def test_place_and_dock_are_those_of_the_last_time(window, blind, live, tmp_path):
    window.canvas.resize(500, 400)
    window.canvas.place, window.canvas.docked = (333, 44), 257
    window.turn()
    window.canvas.press("esc")
    blind.stop()
    again = LuaReaper(live, tmp_path, more=MORE)
    again.functions = blind.functions
    opened = Window(again).canvas
    assert (opened.place, opened.docked) == ((333, 44), 257)
    assert (opened.values["w"], opened.values["h"]) == (500, 400)


@pytest.mark.parametrize(("theme", "is_dark"), [(0x333333, True), (0xE0E0E0, False), (-1, True)])
def test_it_is_dark_or_light_as_reaper_is(blind, program, theme, is_dark):
    blind.theme = theme
    red, *_ = Window(blind).canvas.image.getpixel((2, 2))
    assert (red < 128) == is_dark


# How it lives


def test_the_action_is_lit_while_the_panel_is_open(window, blind):
    assert blind.toggles[LIT] == 1
    assert blind.toggles["options"] == 1 | 4
    window.mixed()
    assert blind.toggles[LIT] == 1
    blind.stop()
    assert blind.toggles[LIT] == 0
    assert blind.toggles["options"] == 8
    assert not window.canvas.is_open


def test_run_again_it_closes_with_the_mix_up(window, blind):
    window.mixed()
    window.canvas.press("b")
    blind.stop()
    assert gains(blind.live)[0] == 0.5


def test_it_is_drawn_only_where_something_changed(window, blind):
    window.turn()
    frames = window.canvas.frames
    window.turn(20)
    assert window.canvas.frames == frames
    window.canvas.press("tab")
    assert window.canvas.frames == frames + 1


def test_a_quiet_turn_asks_next_to_nothing_of_reaper(window, blind):
    window.turn()
    blind.called.clear()
    for _ in range(20):
        blind.step(0.01)
    assert len(blind.called) <= 4 * 20


def test_without_osara_nothing_goes_to_the_console(lua, program):
    window = Window(lua)
    window.mixed()
    window.canvas.press("tab", "b", "k")
    assert lua.console == []


def test_an_older_reaper_without_options_for_actions_has_the_panel_too(lua, program):
    assert "Start mixing" in Window(lua).texts()


# The canvas


def test_the_canvas_knows_no_more_than_reaper_does(lua):
    canvas = Canvas(lua)
    lua.lua.execute(b"gfx.init('x', 100, 100) gfx.setfont(1, 'Arial', 16) gfx.rect(1, 2) gfx.warp = 1 gfx.w = 3")
    lua.lua.execute(b"local x = gfx.nothing gfx.arc(1, 2, 3, 4, 5) gfx.setfont(2) gfx.rect(90, 90, 20, 5)")
    troubles, lua.troubles = lua.troubles, []
    assert len(troubles) == 7
    assert canvas.is_open
