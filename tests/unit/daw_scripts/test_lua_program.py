"""Where the program is looked for, on each system, and what is said where it is not found."""

import pytest

from tests.unit.daw_scripts.started import run_until_done, words

SELECTED, CHOOSE = "Faderbot_Auto-mix selected tracks.lua", "Faderbot_Choose the program.lua"
STORE = "/Packages/PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0/LocalCache/local-packages/Python312/Scripts"


def find(lua, system, variables, *there):
    """Return the program's path where these files are there."""
    lua.globals[b"os"][b"getenv"] = lambda name: variables.get(name.decode(), "").encode() or None
    lua.system = system
    lua.broken["file_exists"] = lambda path: path in there
    found = lua.require("program")[b"find"]()
    return None if found is None else found.decode()


def kept(lua):
    return lua.functions.call("GetExtState", ("Faderbot", "program"))


@pytest.mark.parametrize(
    ("system", "variable", "place"),
    [
        ("Other", "HOME", "/.local/bin/faderbot"),
        ("Other", "HOME", "/bin/faderbot"),
        ("Other", "", "/usr/local/bin/faderbot"),
        ("Other", "PIPX_BIN_DIR", "/faderbot"),
        ("Other", "XDG_BIN_HOME", "/faderbot"),
        ("macOS-arm64", "HOME", "/.local/bin/faderbot"),
        ("macOS-arm64", "", "/opt/homebrew/bin/faderbot"),
        ("macOS-arm64", "HOME", "/Library/Python/3.12/bin/faderbot"),
        ("macOS-arm64", "", "/Library/Frameworks/Python.framework/Versions/3.13/bin/faderbot"),
        ("OSX64", "", "/opt/homebrew/bin/faderbot"),
        ("OSX64", "", "/usr/local/bin/faderbot"),
        ("OSX64", "UV_TOOL_BIN_DIR", "/faderbot"),
        ("Win64", "APPDATA", "/Python/Python313/Scripts/faderbot.exe"),
        ("Win64", "USERPROFILE", "/.local/bin/faderbot.exe"),
        ("Win64", "LOCALAPPDATA", "/Programs/Python/Python311/Scripts/faderbot.exe"),
        ("Win64", "LOCALAPPDATA", f"{STORE}/faderbot.exe"),
        ("Win64", "PROGRAMFILES", "/Python312/Scripts/faderbot.exe"),
    ],
)
def test_the_program_is_found_where_pip_pipx_and_uv_put_it_and_kept(lua, system, variable, place):
    wanted = ("/home/me" if variable else "") + place
    assert find(lua, system, {variable: "/home/me"}, wanted) == wanted
    assert kept(lua) == wanted


@pytest.mark.parametrize(
    ("system", "path", "wanted"),
    [
        ("Other", "/a:/b", "/b/faderbot"),
        ("macOS-arm64", "/usr/bin:/bin:/opt/mine", "/opt/mine/faderbot"),
        ("Win64", 'C:\\a;"C:\\my tools"', "C:\\my tools/faderbot.exe"),
    ],
)
def test_the_path_comes_before_the_usual_places(lua, system, path, wanted):
    usual = "/home/me/.local/bin/faderbot"
    variables = {"PATH": path, "HOME": "/home/me", "USERPROFILE": "/home/me"}
    assert find(lua, system, variables, usual, f"{usual}.exe", wanted) == wanted


def test_the_saved_path_comes_first(lua, program, tmp_path):
    other = tmp_path / "faderbot"
    other.write_text("")
    lua.functions.call("SetExtState", ("Faderbot", "program", str(other), True))
    lua.run(SELECTED)
    assert words(lua)[0][0] == str(other)
    run_until_done(lua, {"error": "x"})


def test_a_saved_path_that_is_gone_is_no_hindrance(lua, program):
    lua.functions.call("SetExtState", ("Faderbot", "program", "/gone/faderbot", True))
    lua.run(SELECTED)
    assert words(lua)[0][0] == str(program)
    assert kept(lua) == str(program)
    run_until_done(lua, {"error": "x"})


def test_a_program_that_is_not_there_is_told_with_how_to_install_it(lua, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    lua.broken["file_exists"] = lambda path: False
    lua.run(SELECTED)
    assert "pipx install faderbot" in lua.boxes[0]
    assert "Faderbot: Choose the program" in lua.boxes[0]
    assert lua.console == ["Faderbot: the faderbot program is not found: pipx install faderbot\n"]
    assert lua.commands == []


def test_it_can_be_told_where_the_program_is(lua, tmp_path):
    mine = tmp_path / "faderbot of mine"
    mine.write_text("")
    lua.chosen_files.append(str(mine))
    lua.run(CHOOSE)
    assert lua.console == [f"Faderbot: the faderbot program is {mine}\n"]
    assert kept(lua) == str(mine)


def test_what_is_no_file_is_not_kept(lua, program):
    lua.chosen_files.append("/nowhere/faderbot")
    lua.run(CHOOSE)
    assert lua.console == ["Faderbot: there is no file /nowhere/faderbot\n"]
    assert kept(lua) == str(program)


def test_without_a_choice_nothing_is_said(lua, program):
    lua.run(CHOOSE)
    assert lua.console == []
