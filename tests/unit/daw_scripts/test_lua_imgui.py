"""The tests' ReaImGui: that it takes nothing that the real one would not."""

import inspect
import re

import pytest

from tests.lua_imgui import Imgui, ImguiError
from tests.lua_imgui_api import ENUMS, FUNCTIONS, Function, version
from tests.lua_reaper import raw

DRAW = """
package.path = reaper.ImGui_GetBuiltinPath() .. '/?.lua'
local ImGui = require 'imgui' '%s'
local ctx = ImGui.CreateContext('Test', 0)
local function frame() %s end
reaper.defer(frame)
"""
WINDOW = "if ImGui.Begin(ctx, 'W', true) then %s ImGui.End(ctx) end reaper.defer(frame)"


@pytest.fixture
def draw(lua, tmp_path):
    host = Imgui(lua, tmp_path)

    def drawn(code, api="0.9"):
        lua.lua.execute(raw(DRAW % (api, code)))
        return host.frame()

    yield drawn
    lua.troubles.clear()


@pytest.fixture
def troubles(lua):
    return lua.troubles


def test_what_is_right_is_taken(draw, troubles):
    assert draw(WINDOW % "ImGui.Text(ctx, 'a') ImGui.Button(ctx, 'b')") == ["window W", "a", "b [button]"]
    assert troubles == []


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("ImGui.Knob(ctx, 'a')", "(field 'Knob')"),
        ("ImGui.SetNextItemShortcut(ctx, 1)", "(field 'SetNextItemShortcut')"),
        ("ImGui.Button('a')", "Button takes"),
        ("ImGui.Button(ctx)", "Button takes"),
        ("ImGui.Button(ctx, 'a', 0, 0, 0)", "Button takes"),
        ("ImGui.Checkbox(ctx, 'a')", "Checkbox takes"),
        ("ImGui.Checkbox(ctx, 'a', 1)", "Checkbox takes"),
        ("ImGui.SliderDouble(ctx, 'a', 1.0, 0.0, '2')", "SliderDouble takes"),
        ("ImGui.Text(ctx, 1)", "Text takes"),
        ("ImGui.PushStyleColor(ctx, 0.5, 0)", "PushStyleColor takes"),
        ("ImGui.Button(ctx, 'a') ImGui.Button(ctx, 'a')", "two items of the id 'a'"),
        ("ImGui.Button(ctx, 'a###x') ImGui.Button(ctx, 'b###x')", "two items of the id '###x'"),
        ("ImGui.Button(ctx, '##x')", "without a label"),
        ("ImGui.End(ctx) ImGui.Button(ctx, 'a')", "is in no window"),
        ("ImGui.EndTable(ctx)", "EndTable without its begin"),
        ("ImGui.BeginDisabled(ctx, true)", "End without its begin"),
        ("ImGui.PushFont(ctx, ImGui.CreateFont('serif', 12))", "not attached"),
        ("ImGui.BeginTable(ctx, 't', 2) ImGui.TableSetupColumn(ctx, 'a') ImGui.TableHeadersRow(ctx)", "2 columns"),
        ("ImGui.BeginTable(ctx, 't', 1) ImGui.TableNextRow(ctx) ImGui.Text(ctx, 'a')", "in no cell"),
        ("ImGui.BeginTable(ctx, 't', 2) ImGui.TableNextRow(ctx) ImGui.TableSetColumnIndex(ctx, 1)", "column 1"),
        ("ImGui.BeginTable(ctx, 't', 2) ImGui.TableNextRow(ctx) ImGui.EndTable(ctx)", "a row of 2 columns"),
        ("ImGui.SetNextWindowSize(ctx, 100, 100)", "size of the window"),
    ],
)
def test_what_is_wrong_is_a_trouble(draw, troubles, code, trouble):
    with pytest.raises(ImguiError, match=re.escape(trouble)):
        draw(WINDOW % code)
    assert trouble in troubles[0]


def test_a_frame_that_is_left_open_is_a_trouble(draw, troubles):
    draw("ImGui.Begin(ctx, 'W', true)")
    assert troubles == ["left without an end: ['window']"]


def test_a_hidden_window_is_not_to_be_ended(lua, tmp_path, draw, troubles):
    Imgui(lua, tmp_path, is_hidden=True)
    with pytest.raises(ImguiError, match="End without its begin"):
        draw("ImGui.Begin(ctx, 'W', true) ImGui.End(ctx)")


def test_a_context_that_a_turn_does_without_is_gone(lua, tmp_path):
    host = Imgui(lua, tmp_path)
    lua.lua.execute(raw(DRAW % ("0.9", "ImGui.Begin(ctx, 'W', true) ImGui.End(ctx)")))
    host.frame()
    assert host.context.is_alive
    host.frame()
    assert not host.context.is_alive


def test_a_version_that_is_not_there_is_refused(draw):
    with pytest.raises(ImguiError, match=r"version 0\.10 is not available"):
        draw(WINDOW % "", api="0.10")


def test_a_younger_version_has_the_younger_functions(draw, troubles):
    draw(WINDOW % "ImGui.SetNextItemShortcut(ctx, 1)", api="0.9.2")
    assert troubles == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_each_declared_function_is_played_with_the_same_arguments(name):
    played = inspect.signature(getattr(Imgui, name)).parameters
    assert len(played) == 1 + len(FUNCTIONS[name].given)


def test_all_constants_are_of_the_version_that_is_asked_for():
    assert all(since <= (0, 9) for since in ENUMS.values())


def test_a_declaration_is_read_as_it_is_written():
    line = 'API_FUNC(0_9_1, bool, F, (Context*,ctx) (RW<double*>,v) (RO<const char*>,format,"%d") (W<int*>,n)'
    found = Function.of(line)
    assert (found.since, found.result, found.name) == ((0, 9, 1), "bool", "F")
    assert [(p.tag, p.kind, p.name) for p in found.parameters] == [
        ("", "Context", "ctx"),
        ("RW", "double", "v"),
        ("RO", "const char", "format"),
        ("W", "int", "n"),
    ]
    assert [p.name for p in found.given] == ["ctx", "v", "format"]
    assert version("0.10") > version("0_9_3")
