"""The panel's stages in ReaImGui: what panel.lua shows is what is drawn, and what is clicked reaches the job."""

import pytest
from lupa import lua54

from tests.lua_imgui import Imgui
from tests.lua_reaper import SECOND, text
from tests.unit.daw_scripts import started
from tests.unit.daw_scripts.imgui_panels import drawn, label, unfocused, written

CATCH = b"""
local found = ...
local panel = require 'Faderbot.panel'
local new = panel.new
function panel.new(...)
  local p = new(...)
  found(p)
  return p
end
"""


STAGES = {"working": "cancel", "settings": "start", "mixed": "keep", "failed": "back", "nothing open": "close"}


def values(found):
    """Return a Lua table as Python has it."""
    if lua54.lua_type(found) != "table":
        return text(found)
    pairs = {text(key): values(value) for key, value in found.items()}
    return list(pairs.values()) if all(isinstance(key, int) for key in pairs) else pairs


class Shown:
    def __init__(self, lua, folder):
        self.lua, self.host = lua, Imgui(lua, folder)
        lua.lua.eval(b"function(code, found) return load(code)(found) end")(CATCH, self._found)
        lua.run("Faderbot_Auto-mix.lua")
        self.host.frame()

    def _found(self, p):
        self.p = p

    def end(self):
        """End the script as REAPER does: nothing is deferred any more."""
        assert self.lua.deferred == []
        self.lua.stop()

    @property
    def rows(self):
        return values(self.p[b"rows"](self.p))

    def widget(self, name):
        return next(one for row in self.rows for one in row if one.get("id") == name)

    def click(self, name):
        self.host.click(label(self.widget(name)))

    def choose(self, name, place):
        widget = self.widget(name)
        self.host.choose(label(widget), written(widget["options"][place]))

    def pull(self, name, value):
        self.host.drag(label(self.widget(name)), value)
        self.host.release()

    @property
    def stage(self):
        """Tell the stage by what can be done."""
        can = {one.get("id") for row in self.rows for one in row}
        found = [name for name, wanted in STAGES.items() if wanted in can]
        return found[0]

    def holds(self):
        """Hold that what is drawn is what the panel says."""
        assert unfocused(self.host.frame()) == drawn(self.rows)

    def mix(self):
        """Mix with a program that the test plays, up to its last word."""
        self.click("start")
        self.host.frame()
        return started.write(self.lua)

    def finish(self, result):
        _, files = started.words(self.lua)
        files.put("bridge.json", {"beat": 2})
        files.put("result.json", result)
        self.until(lambda: self.stage != "working")

    def until(self, is_so):
        for _ in range(200):
            if is_so():
                return
            self.host.frame(0.1)
        raise AssertionError(self.host.drawn())


@pytest.fixture
def shown(lua, program, tmp_path):
    return Shown(lua, tmp_path)


def changes(live):
    """Return what the write changed, as the program tells it."""
    track = live.session.tracks[0]
    return [{"track": track.guid, "name": track.name, "what": "fader", "found": track.gain_linear, "wanted": 0.5}]


def mixed(shown, live):
    told = changes(live)
    shown.mix()
    shown.finish(started.mixed(changes=told))
    assert shown.stage == "mixed"


def test_the_settings_are_shown(shown):
    assert shown.stage == "settings"
    shown.holds()


def test_the_settings_with_a_loudness_of_ones_own(shown):
    shown.choose("target", -1)
    shown.holds()
    shown.pull("custom_lufs", -20.4)
    shown.holds()
    assert shown.widget("custom_lufs")["value"] == -20


def test_the_settings_are_kept_and_become_the_programs_words(shown, lua):
    shown.choose("style", 4)
    shown.choose("which", 1)
    shown.click("eq")
    shown.pull("strength", 50.0)
    shown.click("lock")
    shown.host.click("Bass")
    shown.host.press("Escape")
    shown.holds()
    shown.host.press("S")
    shown.host.frame()
    said, files = started.words(lua)
    assert said[1:] == [
        "mix", "--daw", "reaper", "--target", "streaming", "--style", "rock", "--strength", "0.5", "--no-eq",
        "--only-selected",
    ]  # fmt: skip
    assert files.message("wish.json")["lock"] == ["Bass"]


def test_no_job_can_begin_while_reaper_records(shown, live):
    live.record()
    shown.until(lambda: any("recording" in str(row) for row in shown.rows))
    shown.holds()
    shown.click("start")
    shown.host.press("Enter")
    assert shown.lua.commands == []


def test_without_a_project_there_is_only_close(lua, program, tmp_path):
    lua.broken["EnumProjects"] = lambda index: (None, "")
    shown = Shown(lua, tmp_path)
    shown.holds()
    shown.host.press("C")
    shown.end()


def test_the_progress_is_shown_with_the_steps_name(shown, lua):
    files = shown.mix()
    files.put("progress.json", {"stage": "hear", "share": 0.42})
    shown.until(lambda: "42 %" in str(shown.host.drawn()))
    assert "Listening, 42 % [progress 0.42]" in shown.host.drawn()
    shown.holds()


def test_cancel_takes_back_what_was_written(shown, live):
    before = live.session
    shown.mix()
    shown.host.press("C")
    assert live.session == before
    shown.holds()
    assert shown.stage == "settings"


def test_esc_stops_a_job_and_the_panel_stays(shown, live):
    before = live.session
    shown.mix()
    shown.host.press("Escape")
    assert live.session == before
    shown.holds()
    shown.host.press("Escape")
    shown.end()


def test_the_windows_button_stops_a_job_and_closes(shown, live):
    before = live.session
    shown.mix()
    shown.host.close()
    shown.end()
    assert live.session == before


def test_the_result_is_a_table_before_and_after_with_the_comparison(shown, live):
    mixed(shown, live)
    shown.holds()
    lines = shown.host.drawn()
    assert "table Track | Fader, dB | EQ | Why" in lines
    assert any(one.startswith("row Master | ") for one in lines)


def test_before_and_after_are_brought_up_in_turn(shown, live):
    before = live.session.tracks[0].gain_linear
    mixed(shown, live)
    shown.click("compare")
    assert live.session.tracks[0].gain_linear == pytest.approx(before)
    shown.holds()
    shown.host.press(shown.widget("compare")["key"])
    assert live.session.tracks[0].gain_linear == 0.5
    shown.holds()


def test_closed_while_before_is_up_the_mix_is_up_again(shown, live):
    mixed(shown, live)
    shown.click("compare")
    shown.host.press("Escape")
    shown.end()
    assert live.session.tracks[0].gain_linear == 0.5


def test_space_plays_while_both_are_compared(shown, live):
    mixed(shown, live)
    shown.host.press("Space")
    assert shown.lua.actions == [40044]


@pytest.mark.parametrize("name", ["keep", "back"])
def test_the_settings_come_again(shown, live, name):
    mixed(shown, live)
    shown.host.press(shown.widget(name)["key"])
    assert shown.stage == "settings"
    shown.holds()
    assert live.session.tracks[0].gain_linear == 0.5


def test_revert_asks_the_program_to_undo(shown, live, lua):
    mixed(shown, live)
    shown.click("revert")
    shown.host.frame()
    assert started.words(lua)[0][1:] == ["undo", "--daw", "reaper"]
    shown.holds()


def test_a_failure_is_told_with_what_to_do(shown):
    shown.mix()
    shown.finish({"error": "“Kick” can not be heard"})
    assert shown.stage == "failed"
    shown.holds()
    shown.click("back")
    assert shown.stage == "settings"


def test_the_focus_is_never_lost_from_settings_to_result(shown, live):
    shown.host.press("Enter")
    shown.host.frame()
    shown.host.frame()
    assert shown.host.focused == label(shown.widget("cancel"))
    started.write(shown.lua)
    shown.finish(started.mixed(changes=changes(live)))
    shown.host.frame()
    shown.host.frame()
    assert shown.host.focused == next(label(one) for row in shown.rows for one in row if one.get("is_default"))


def test_another_project_has_its_own_page(shown, lua):
    lua.open_projects.append(SECOND)
    lua.broken["GetProjExtState"] = lambda *_: (0, "")
    lua.front = SECOND
    shown.host.frame(1.0)
    shown.holds()


def test_a_blind_user_mixes_by_ear(blind, program, tmp_path, live):
    shown = Shown(blind, tmp_path)
    shown.host.press("Enter")
    shown.host.frame()
    shown.host.frame()
    files = started.write(blind)
    files.put("progress.json", {"stage": "hear", "share": 0.0})
    shown.until(lambda: "listening" in blind.spoken)
    shown.finish(started.mixed(changes=changes(live)))
    shown.host.frame()
    shown.host.frame()
    assert blind.spoken == [
        "Start mixing, button, S",
        "Cancel, button, C",
        "listening",
        next(one for one in blind.spoken if one.startswith("mixed 4 tracks: ")),
        f"{shown.widget('compare')['label']}, button, B",
    ]
