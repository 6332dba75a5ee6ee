"""The panel's window in ReaImGui, with panels made by hand."""

import pytest
from lupa import LuaError

from tests.lua_imgui_api import FUNCTIONS, VALUES
from tests.unit.daw_scripts.imgui_panels import (
    HandMade,
    button,
    check,
    choice,
    drawn,
    heading,
    line,
    number,
    progress,
    table,
    tabs,
    tracks,
    unfocused,
    written,
)

STYLE = choice("style", "Style", ["Balanced", "Rock", "Pop"], "Balanced")
STRENGTH = number("strength", "Strength", 50, 0, 100, 5, "%")
EQ = check("eq", "Use EQ", True)
FOCUS = tracks("focus", "Focus", ["Kick", "Bass", "Lead Vocal"], [2])
START = button("start", "Start mixing", "S", is_default=True)
CLOSE = button("close", "Close", "C")
HEADS, ALIGN = ["Track", "Fader, dB", "Why"], ["left", "right", "left"]
RESULT = table(HEADS, [["Kick", "−6.0 → −7.5", "Fader: too loud"], ["Master", "0.0", ""]], ALIGN)
SETTINGS = [[heading("Auto-mix")], [STYLE, STRENGTH], [EQ], [FOCUS], [START, CLOSE]]
EVERYTHING = [
    *SETTINGS[:-1],
    [line("Done: it is “mixed”", "good")],
    [line("Note: the bass is silent", "warning")],
    [line("Error: −∞ LUFS", "error")],
    [line("Leave the project alone")],
    [progress("Listening", 0.426)],
    [RESULT],
    [START, button("keep", "Keep", "K", is_enabled=False), button("back", "Settings")],
]
IN_FRAME = sorted({"BeginCombo", "BeginDisabled", "BeginTable", "Button", "CalcTextSize", "Checkbox", "ProgressBar",
                   "IsItemFocused", "PushStyleColor", "Selectable", "SeparatorText", "SliderDouble", "TableHeadersRow",
                   "TableNextRow", "TextWrapped", "IsPopupOpen", "IsWindowFocused", "SameLine"})  # fmt: skip


@pytest.fixture
def show(lua, tmp_path):
    def opened(rows=SETTINGS, **reaimgui):
        panel = HandMade(lua, tmp_path, rows, **reaimgui)
        panel.open()
        return panel

    return opened


@pytest.fixture
def speak(blind, tmp_path):
    panel = HandMade(blind, tmp_path, SETTINGS)
    panel.open()
    return panel


# What is shown.


@pytest.mark.parametrize("row", EVERYTHING, ids=lambda row: row[0]["kind"])
def test_a_row_is_drawn_as_it_is(show, row):
    panel = show([row])
    assert unfocused(panel.host.drawn()) == drawn([row])


def test_everything_is_drawn_in_its_order(show):
    panel = show(EVERYTHING)
    assert unfocused(panel.host.drawn()) == drawn(EVERYTHING)


def test_rows_without_a_widget_are_no_line(show):
    panel = show([[heading("Mixing")], [], [CLOSE]])
    assert unfocused(panel.host.drawn()) == drawn([[heading("Mixing")], [CLOSE]])


def test_new_rows_are_drawn_in_the_next_frame(show):
    panel = show()
    rows = [[heading("Mixing")], [progress("Planning", 0.0)]]
    panel.show(rows)
    assert panel.host.frame() == drawn(rows)


def test_an_open_list_shows_its_options_and_which_is_chosen(show):
    panel = show()
    assert panel.host.click("Style")[-4:] == ["list Style", "* Balanced", "- Rock", "- Pop"]


def test_an_open_list_of_tracks_shows_which_are_in_it(show):
    panel = show()
    lines = unfocused(panel.host.click("Focus"))
    assert lines[-4:] == ["list Focus", "Kick: off [check]", "Bass: off [check]", "Lead Vocal: on [check]"]


def test_a_list_of_no_tracks_says_so(show):
    panel = show([[tracks("lock", "Lock", [])]])
    assert panel.host.click("Lock")[-2:] == ["list Lock", "no tracks"]


def test_tracks_of_one_name_and_names_with_an_id_in_them_are_told_apart(show):
    panel = show([[tracks("focus", "Focus", ["Vox", "Vox", "A##1", "###", "####", "Gtr #"])]])
    lines = unfocused(panel.host.click("Focus"))
    assert [one.removesuffix(": off [check]") for one in lines[-6:]] == [
        "Vox", "Vox", "A# #1", "# # # ", "# # # # ", "Gtr # ",
    ]  # fmt: skip


def test_tones_have_a_colour_and_the_same_words(show):
    panel = show(EVERYTHING)
    words = [one["text"] for [one, *_] in EVERYTHING if one.get("tone") not in {None, "plain"}]
    assert list(panel.host.context.colours) == [written(one) for one in words]
    assert len(set(panel.host.context.colours.values())) == len(words)


def test_a_hint_is_the_tooltip(show):
    panel = show([[check("eq", "Use EQ", True, hint="a “ReaEQ”")], [START]])
    assert panel.host.context.tips == {"Use EQ": 'a "ReaEQ"'}


def test_buttons_that_do_not_fit_go_on_in_the_next_line(show):
    row = [button(f"b{place}", "A button of many words" * 3) for place in range(3)]
    panel = show([row])
    assert unfocused(panel.host.drawn()) == drawn([[one] for one in row])


def test_in_a_narrow_window_the_settings_stand_below_one_another(show):
    panel = show([[STYLE, STRENGTH], [EQ, FOCUS]], width=300.0)
    assert unfocused(panel.host.drawn()) == drawn([[STYLE], [STRENGTH], [EQ], [FOCUS]])


def test_a_window_that_is_not_seen_draws_nothing_and_goes_on(show):
    panel = show(is_hidden=True)
    assert panel.host.frame() == []
    assert panel.acts == []
    assert panel.is_open


def test_an_idle_frame_asks_reaper_nothing_and_does_the_same_as_the_one_before(show):
    many = [f"Track {place}" for place in range(500)]
    panel = show([[STYLE, STRENGTH], [tracks("focus", "Focus", many, range(250))], [START]])
    panel.host.frame()
    panel.lua.called.clear()
    panel.host.calls.clear()
    panel.host.frame()
    assert panel.lua.called == ["defer"]
    assert len(panel.host.calls) < 60


def test_a_long_table_is_measured_once_and_costs_a_few_calls_a_row(show):
    rows = [[f"Track {place}", f"−{place}.0", "Fader: as loud as the others"] for place in range(300)]
    panel = show([[table(HEADS, rows, ALIGN)], [CLOSE]])
    panel.host.frame()
    panel.host.calls.clear()
    panel.host.frame()
    assert len(panel.host.calls) < 9 * len(rows) + 60
    assert panel.host.calls.count("CalcTextSize") == 0
    assert unfocused(panel.host.drawn()) == drawn(panel.rows)


def test_the_window_keeps_its_place_and_can_be_docked_and_worked_by_keys(show):
    assert show().host.config == {"ConfigFlags_NavEnableKeyboard", "ConfigFlags_DockingEnable"}


MARKED = table(
    ["Voice", "Bar 1"],
    [["Snare", "2 accented, 4"], ["Kick", "rests"]],
    ["left", "left"],
    marks=[[False, "....o.......x..."], [False, "." * 16]],
    beats=4,
)


def test_a_bar_is_drawn_step_by_step_within_its_room_the_harder_a_hit_the_higher(show):
    panel = show([[MARKED], [CLOSE]])
    # A rectangle a step and a line a beat; of them an accent, a hit, rests and the lines have each their height.
    assert unfocused(panel.host.frame())[2:4] == [
        "row Snare | [20 rectangles, 4 heights]",
        "row Kick | [20 rectangles, 2 heights]",
    ]


def test_and_is_said_in_words(speak, blind):
    speak.show([[MARKED], [CLOSE]])
    speak.host.frame()
    speak.host.frame()  # what had the focus is gone, and Close has it now
    speak.host.click("Snare")
    speak.host.frame()
    assert blind.spoken[-1] == "table, 2 rows. Snare. Bar 1: 2 accented, 4"


# What is done.


TABS = tabs("tab", "Page", ["Mix", "Rhythm", "Tune"], "Mix")


def test_the_tab_in_front_is_marked_and_another_is_clicked(show):
    panel = show([[TABS], [CLOSE]])
    assert unfocused(panel.host.drawn())[1] == "Mix (1) [o]   Rhythm (2) [ ]   Tune (3) [ ]"
    panel.host.click("Rhythm (2)")
    assert panel.acts == [("tab", "Rhythm")]


def test_a_digit_turns_to_its_tab(show):
    panel = show([[TABS], [CLOSE]])
    panel.host.press("3")
    panel.host.press("4")
    assert panel.acts == [("tab", "Tune")]


def test_a_tab_that_gets_the_focus_says_its_place_and_whether_it_is_in_front(speak, blind):
    speak.show([[TABS], [CLOSE]])
    speak.host.frame()
    for _ in range(2):
        speak.host.press("Down")
    assert blind.spoken[-2:] == ["Page, Mix, 1 of 3, in front", "Rhythm, 2 of 3"]


def test_an_option_is_chosen(show):
    panel = show()
    panel.host.choose("Style", "Pop")
    assert panel.acts == [("style", "Pop")]


def test_a_check_is_changed(show):
    panel = show()
    panel.host.click("Use EQ")
    assert panel.acts == [("eq", False)]


def test_tracks_are_taken_in_and_out_while_the_list_stays_open(show):
    panel = show()
    panel.host.click("Focus")
    panel.host.click("Bass")
    panel.host.click("Lead Vocal")
    assert panel.acts == [("focus", {"guid": "{1}", "value": True}), ("focus", {"guid": "{2}", "value": False})]


def test_a_button_is_pressed_once(show):
    panel = show()
    panel.host.click("Start mixing (S)")
    panel.host.frame()
    assert panel.acts == [("start", None)]


@pytest.mark.parametrize(("at", "value"), [(83.4, 83), (50.3, None), (-20.0, 0), (300.0, 100)])
def test_a_slider_is_pulled_in_whole_steps_and_stays_in_its_range(show, at, value):
    panel = show()
    panel.on_act = lambda _, name, wanted: panel.change(name, value=wanted)
    panel.host.drag("Strength", at)
    panel.host.frame()
    panel.host.release()
    assert panel.acts == ([] if value is None else [("strength", value)])


def test_a_figure_with_a_fine_step_has_a_digit_more(show):
    panel = show([[number("gain", "Gain", 0.5, -6, 6, 0.5, "dB")]])
    assert panel.host.drawn()[1] == "▸Gain: 0.5 dB [slider]"
    panel.host.drag("Gain", 1.26)
    assert panel.acts == [("gain", 1.3)]


def test_keys_step_a_slider(show):
    panel = show()
    panel.on_act = lambda _, name, value: panel.change(name, value=value)
    while panel.host.focused != "Strength":
        panel.host.press("Down")
    panel.host.press("Space")
    for key in ("Right", "Right", "Left"):
        panel.host.press(key)
    panel.host.press("Escape")
    assert panel.acts == [("strength", 51), ("strength", 52), ("strength", 51)]
    panel.host.frame()
    assert "Strength: 51 % [slider]" in unfocused(panel.host.drawn())[2]


@pytest.mark.parametrize(("typed", "value"), [(85.0, 85), (83.6, 84), (300.0, 100), (-3.0, 0)])
def test_a_figure_is_typed_where_tab_leads(show, typed, value):
    panel = show()
    while panel.host.focused != "Strength":
        panel.host.press("Tab")
    panel.host.type(typed)
    panel.host.press("S")
    panel.host.press("Enter")
    assert panel.acts == [("strength", value)]


@pytest.mark.parametrize("widget", [STYLE, STRENGTH, EQ, FOCUS, START], ids=lambda widget: widget["kind"])
def test_what_is_not_enabled_is_shown_and_can_not_be_worked(show, widget):
    panel = show([[{**widget, "is_enabled": False}], [CLOSE]])
    label = panel.host.context.items[0].label
    panel.host.click(label)
    for key in ("S", "Enter"):
        panel.host.press(key)
    panel.host.frame()
    assert panel.acts == []
    assert "[off]" in panel.host.drawn()[1]


# Keys.


def test_the_keys_go_through_all_widgets_in_their_order(show):
    panel = show()
    seen = []
    for _ in range(6):
        panel.host.press("Tab")
        seen.append(panel.host.focused)
    start = seen.index("Style")
    assert seen[start:] + seen[:start] == [
        "Style", "Strength", "Use EQ", "Focus", "Start mixing (S)", "Close (C)",
    ]  # fmt: skip


def test_the_default_button_has_the_focus_first(show):
    assert show().host.focused == "Start mixing (S)"


def test_a_whole_run_by_keys_alone(show):
    panel = show()
    press = panel.host.press

    def go_to(label):
        while panel.host.focused != label:
            press("Tab")

    go_to("Style")
    press("Enter")
    press("Down")
    press("Enter")
    go_to("Use EQ")
    press("Space")
    go_to("Focus")
    press("Space")
    press("Down")
    press("Space")
    press("Escape")
    go_to("Start mixing (S)")
    press("Enter")
    assert panel.acts == [
        ("style", "Rock"),
        ("eq", False),
        ("focus", {"guid": "{1}", "value": True}),
        ("start", None),
    ]


@pytest.mark.parametrize("key", ["Enter", "KeypadEnter"])
def test_enter_presses_the_default_button_while_no_widget_is_worked_by_keys(show, key):
    panel = show()
    panel.host.press(key)
    assert panel.acts == [("start", None)]


def test_enter_is_the_widgets_where_keys_are_at_one(show):
    panel = show()
    panel.host.press("Tab")
    panel.host.press("Tab")
    assert panel.host.focused == "Close (C)"
    panel.host.press("Enter")
    assert panel.acts == [("close", None)]


@pytest.mark.parametrize(("key", "act"), [("S", "start"), ("C", "close"), ("Space", "play"), ("Escape", "close")])
def test_keys_of_the_window(show, key, act):
    panel = show()
    panel.host.press(key)
    assert panel.acts == [(act, None)]


def test_letters_press_their_buttons_with_the_focus_elsewhere(show):
    panel = show()
    panel.host.press("Tab")
    panel.host.press("S")
    assert panel.acts == [("start", None)]


def test_letters_with_shift_and_without_a_button_do_nothing(show):
    panel = show()
    panel.host.press("S", mods=VALUES["Mod_Shift"])
    panel.host.press("Q")
    assert panel.acts == []


def test_keys_of_another_window_are_not_ours(show):
    panel = show()
    panel.host.is_front = False
    for key in ("Escape", "S", "Space", "Enter"):
        panel.host.press(key)
    assert panel.acts == []


def test_esc_closes_a_list_and_not_the_panel(show):
    panel = show()
    panel.host.click("Style")
    panel.host.press("Escape")
    assert panel.acts == []
    assert "list Style" not in panel.host.frame()
    panel.host.press("Escape")
    assert panel.acts == [("close", None)]


def test_esc_ends_the_work_on_a_slider_and_letters_are_no_keys_then(show):
    panel = show()
    while panel.host.focused != "Strength":
        panel.host.press("Down")
    panel.host.press("Space")
    panel.host.press("S")
    panel.host.press("Escape")
    assert panel.acts == []


def test_the_focus_stays_after_esc_where_the_panel_does(show):
    panel = show()
    while panel.host.focused != "Use EQ":
        panel.host.press("Tab")
    panel.host.press("Escape")
    panel.host.frame()
    assert panel.host.focused == "Use EQ"
    panel.host.press("Tab")
    panel.host.press("Tab")
    assert panel.host.focused == "Focus"


def test_the_focus_goes_to_the_default_button_where_its_widget_is_gone(show):
    panel = show()
    after = [[progress("Listening", 0.1)], [button("help", "Help"), button("cancel", "Cancel", is_default=True)]]
    panel.on_act = lambda *_: panel.show(after)
    panel.host.press("Enter")
    for _ in range(3):
        panel.host.frame()
    assert panel.host.focused == "Cancel"


def test_the_focus_goes_to_the_first_widget_where_no_button_is_the_default(show):
    panel = show()
    panel.show([[line("Wait")], [button("wait", "Wait", is_enabled=False), button("cancel", "Cancel")], [CLOSE]])
    for _ in range(3):
        panel.host.frame()
    assert panel.host.focused == "Cancel"


def test_the_focus_leaves_a_widget_that_is_no_longer_enabled(show):
    panel = show()
    panel.change("start", is_enabled=False)
    for _ in range(3):
        panel.host.frame()
    assert panel.host.focused == "Style"


def test_an_open_list_begins_at_what_is_chosen(show):
    panel = show()
    panel.change("style", value="Pop")
    panel.host.frame()
    panel.host.click("Style")
    assert panel.host.focused == "Pop"


def test_the_focus_is_not_taken_from_another_window(show):
    panel = show()
    panel.show([[button("other", "Other")], [button("cancel", "Cancel", is_default=True)]])
    panel.host.is_front = False
    for _ in range(3):
        panel.host.frame()
    assert panel.host.focused is None


def test_the_focus_stays_where_its_widget_stays(show):
    panel = show()
    while panel.host.focused != "Use EQ":
        panel.host.press("Tab")
    panel.change("style", value="Pop")
    for _ in range(3):
        panel.host.frame()
    assert panel.host.focused == "Use EQ"


# What is said.


def test_the_widget_in_focus_is_said_once(speak):
    said = speak.lua.spoken
    assert said == ["Start mixing, button, S"]
    for _ in range(6):
        speak.host.press("Tab")
        speak.host.frame()
    assert said[1:] == ["Close, button, C", "Style, Balanced", "Strength, 50 %", "Use EQ, checked", "Focus, Lead Vocal"]


def test_a_new_value_is_said_alone(speak):
    while speak.host.focused != "Use EQ":
        speak.host.press("Tab")
    speak.on_act = lambda _, name, value: speak.change(name, value=value)
    speak.host.press("Space")
    speak.host.frame()
    assert speak.lua.spoken[-1] == "not checked"


def test_the_places_in_a_list_are_said(speak):
    while speak.host.focused != "Style":
        speak.host.press("Tab")
    speak.host.press("Enter")
    speak.host.frame()
    speak.host.press("Down")
    speak.host.press("Escape")
    speak.host.frame()
    assert speak.lua.spoken[-4:] == ["Style, Balanced", "Balanced, 1 of 3", "Rock, 2 of 3", "Balanced"]


def test_the_tracks_in_a_list_are_said(speak):
    speak.host.click("Focus")
    speak.host.frame()
    speak.host.press("Down")
    speak.host.press("Down")
    assert speak.lua.spoken[-2:] == ["Kick, not checked, 1 of 3", "Bass, not checked, 2 of 3"]


def test_a_new_label_of_a_button_in_focus_is_not_said_again(speak):
    speak.change("start", label="Start again")
    speak.host.frame()
    assert speak.lua.spoken == ["Start mixing, button, S"]


def test_the_rows_of_a_table_take_the_focus_and_are_said_as_they_are_written(speak):
    speak.show([[RESULT], [CLOSE]])
    speak.host.frame()
    speak.host.frame()
    assert speak.host.focused == "Close (C)"
    for _ in range(3):
        speak.host.press("Down")
    assert speak.lua.spoken[-2:] == [
        "table, 2 rows. Kick. Fader, dB: −6.0 → −7.5. Why: Fader: too loud",
        "Master. Fader, dB: 0.0",
    ]
    assert speak.acts == []


def test_nothing_is_said_without_osara(show):
    panel = show()
    panel.host.press("Tab")
    assert panel.lua.said() == []


# The end, and what goes wrong.


def test_the_windows_own_button_closes_the_panel(show):
    panel = show()
    assert panel.is_open
    panel.host.close()
    assert (panel.p[b"is_open"], panel.acts, panel.lua.deferred) == (False, [], [])


def test_a_panel_that_closes_is_no_longer_drawn(show):
    panel = show()

    def close(p, name, value):
        p[b"is_open"] = False

    panel.on_act = close
    panel.host.press("Escape")
    assert panel.lua.deferred == []


def test_an_act_that_fails_is_told_by_reaper_after_a_whole_frame(show):
    panel = show(EVERYTHING)

    def fail(*_):
        raise ValueError("the act fails")

    panel.on_act = fail
    with pytest.raises((LuaError, ValueError), match="the act fails"):
        panel.host.click("Start mixing (S)")
    assert panel.host.drawn()[0] == "window Faderbot: Auto-mix"
    panel.host.frame()
    assert panel.lua.troubles == []
    assert panel.plain_windows == []


@pytest.mark.parametrize("is_gone", [False, True], ids=["error", "assertion"])
@pytest.mark.parametrize("name", IN_FRAME)
def test_where_reaimgui_fails_everything_gets_its_end_and_the_plain_window_opens(show, name, is_gone):
    panel = show(EVERYTHING)
    panel.host.failing[name] = is_gone
    panel.host.click("Style")
    assert panel.host.failing == {}
    assert len(panel.plain_windows) == 1
    assert len(panel.lua.console) == 1
    assert f"Faderbot: ReaImGui fails: ImGui_{name}: it fails" in panel.lua.console[0]
    assert panel.lua.console[0].endswith("; the plain window is shown instead\n")
    assert (panel.acts, panel.p[b"is_open"], panel.lua.deferred) == ([], True, [])
    panel.host.frame()
    assert panel.lua.troubles == []


@pytest.mark.parametrize(("label", "name"), [("Style", "Selectable"), ("Focus", "Checkbox")])
def test_inside_an_open_list_too(show, label, name):
    panel = show([[STYLE], [FOCUS]])
    panel.host.click(label)
    panel.host.failing[name] = False
    panel.host.frame()
    assert len(panel.plain_windows) == 1
    assert panel.host.failing == {}


def test_a_context_that_was_taken_away_comes_again(show):
    panel = show()
    panel.host.context.is_alive = False
    panel.host.frame()
    panel.host.frame()
    assert len(panel.host.contexts) == 2
    assert unfocused(panel.host.drawn()) == drawn(SETTINGS)
    assert panel.plain_windows == []


def test_a_context_that_does_not_last_is_given_up(show):
    panel = show()
    for _ in range(2):
        panel.host.context.is_alive = False
        panel.host.frame()
    assert panel.lua.console == [
        "Faderbot: ReaImGui fails: it takes its window away; the plain window is shown instead\n"
    ]
    assert len(panel.plain_windows) == 1


def test_an_old_reaimgui_is_told_and_the_plain_window_opens(show):
    panel = show(extension="0.8.7.6")
    assert panel.lua.console == ["Faderbot: ReaImGui is older than 0.9; the plain window is shown instead\n"]
    assert (len(panel.plain_windows), panel.host.contexts, panel.lua.deferred) == (1, [], [])


def test_a_reaimgui_that_is_not_whole_is_told_and_the_plain_window_opens(lua, tmp_path):
    panel = HandMade(lua, tmp_path, SETTINGS)
    (tmp_path / "imgui.lua").unlink()
    before = lua.globals[b"package"][b"path"]
    panel.open()
    assert "Faderbot: ReaImGui does not start: " in lua.console[0]
    assert len(panel.plain_windows) == 1
    assert lua.globals[b"package"][b"path"] == before


def test_the_panel_uses_nothing_that_the_version_it_asks_for_has_not(show):
    panel = show(EVERYTHING, extension="0.9")
    assert unfocused(panel.host.drawn()) == drawn(EVERYTHING)
    assert {FUNCTIONS[name].since for name in panel.host.calls} <= {
        found.since for found in FUNCTIONS.values() if found.since <= (0, 9)
    }
