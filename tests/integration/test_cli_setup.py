"""``faderbot setup reaper`` as the user meets it, on a resource folder of its own."""

import json
import os
import subprocess
import sys

import pytest

from bridge import setup_command
from bridge.cli import main

INI = b"[REAPER]\r\ncsurf_0=MCU 0 9 1 2\r\ncsurf_cnt=1\r\nlastproject=C:\\Users\\J\xc3\xb6rg\\song.rpp"


@pytest.fixture
def processes(monkeypatch):
    """What runs on this computer, REAPER or not."""
    processes = [(1, "init")]
    monkeypatch.setattr(setup_command, "_processes", lambda: iter(processes))
    return processes


@pytest.fixture
def folder(tmp_path, processes):
    folder = tmp_path / "REAPER"
    folder.mkdir()
    (folder / "reaper.ini").write_bytes(INI)
    return folder


@pytest.fixture
def run(capsys, folder):
    def run(*arguments, at=folder):
        where = [] if at is None else ["--resource-path", str(at)]
        code = main(["setup", "reaper", *where, *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def done(run):
    """Run what must work, and return what it printed."""

    def done(*arguments, **options):
        code, out, err = run(*arguments, **options)
        assert (code, err) == (0, "")
        return out

    return done


@pytest.fixture
def refused(run, folder):
    """Run what must be refused: one line, exit code 2, and nothing changed. Return the line."""

    def refused(*arguments, **options):
        before = files_in(folder)
        code, _, err = run(*arguments, **options)
        assert code == 2
        assert err.count("\n") == 1
        assert files_in(folder) == before
        return err

    return refused


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_backups(folder):
    return {name: content for name, content in files_in(folder).items() if not name.endswith(".bak")}


def test_reaper_is_set_up_and_the_user_told_what_to_do(done, folder):
    out = done("--no-reapy")
    ini = (folder / "reaper.ini").read_text("utf-8").splitlines()
    assert 'csurf_1=OSC "Faderbot" 3 8000 "127.0.0.1" 9000 4096 10 "Faderbot"' in ini
    assert "csurf_2=HTTP 0 2307 '' 'index.html' 0 ''" in ini
    assert (folder / "OSC/Faderbot.ReaperOSC").read_bytes() == setup_command.PATTERN_FILE.read_bytes()
    assert "next: start REAPER" in out
    assert "send to port 8000, listen on 9000" in out
    (backup,) = folder.glob("reaper.ini.faderbot-*.bak")
    assert backup.read_bytes() == INI
    assert f"backup {backup.name}" in out


def test_a_second_run_touches_nothing(done, folder):
    done()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert "nothing to do: all is set up" in done()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_removal_gives_back_what_was_there(done, folder):
    done()
    assert 'the OSC surface "Faderbot" removed' in done("--remove")
    assert without_backups(folder) == {"reaper.ini": INI}
    assert "nothing to remove" in done("--remove")


def test_a_dry_run_shows_the_lines_and_writes_nothing(done, folder):
    out = done("--dry-run", "--no-reapy")
    assert "-csurf_cnt=1\n" in out
    assert "+csurf_cnt=3\n" in out
    assert "would change OSC/Faderbot.ReaperOSC" in out
    assert files_in(folder) == {"reaper.ini": INI}


def test_ports_can_be_chosen(done, folder):
    done("--osc-port", "8123", "--osc-to-port", "9123", "--web-port", "2400", "--no-reapy")
    ini = (folder / "reaper.ini").read_text("utf-8")
    assert '"Faderbot" 3 8123 "127.0.0.1" 9123 ' in ini
    assert "HTTP 0 2400 " in ini


def test_a_running_reaper_is_not_written_under(refused, done, processes):
    processes.append((4711, "reaper.exe"))
    line = refused()
    assert "REAPER is running (process 4711)" in line
    assert "--force" in line
    assert "would change reaper.ini" in done("--dry-run")
    assert "changed reaper.ini" in done("--force")
    assert "nothing to do" in done()


def test_processes_are_those_of_this_computer():
    assert os.getpid() in [pid for pid, _ in setup_command._processes()]


def test_the_folder_is_found_where_reaper_keeps_it(done, folder, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    assert f"REAPER's folder: {folder}\n" in done("--dry-run", at=None)


def test_where_no_folder_is_found_the_places_are_named(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    line = refused(at=None)
    assert str(tmp_path / "none/REAPER") in line
    assert str(tmp_path / ".config/REAPER") in line
    assert "--resource-path" in line


def test_a_folder_that_is_none_is_refused(refused, tmp_path):
    assert "is no folder" in refused(at=tmp_path / "nowhere")
    assert "has no reaper.ini" in refused(at=tmp_path)


def test_a_damaged_file_is_left_alone(refused, folder):
    (folder / "reaper.ini").write_bytes(b"[REAPER]\ncsurf_cnt=\xff\n")
    assert "csurf_cnt" in refused()


@pytest.mark.parametrize("arguments", [("--osc-port", "0"), ("--web-port", "70000"), ("--osc-port", "9000")])
def test_ports_that_can_not_be_are_refused(refused, arguments):
    assert arguments[0] in refused(*arguments)


def test_the_open_port_of_reapy_comes_with_a_warning(done):
    assert "2306" in next(line for line in done().splitlines() if line.startswith("WARNING"))


def test_without_reapy_there_is_no_such_warning(done):
    assert "WARNING" not in done("--no-reapy")


def folders_in(folder):
    return {path.name for path in folder.rglob("*") if path.is_dir()}


SCRIPTS = setup_command.PATTERN_FILE.parent


@pytest.mark.parametrize("name", ["REAPER", "My REAPER (Jörg) ♫"])
def test_the_button_alone_is_put_in_place_and_taken_away(done, folder, name):
    folder = folder.rename(folder.with_name(name))
    out = done("--only-button", at=folder)
    scripts = folder / "Scripts" / "Faderbot"
    for script in [*SCRIPTS.glob("*.lua"), *SCRIPTS.glob("Faderbot/*.lua")]:
        assert (scripts / script.relative_to(SCRIPTS)).read_bytes() == script.read_bytes()
    assert (folder / "Data/toolbar_icons/200/faderbot_undo.png").is_file()
    actions = (folder / "reaper-kb.ini").read_text("utf-8").splitlines()
    assert len(actions) == len(list(SCRIPTS.glob("*.lua")))
    assert (folder / "reaper.ini").read_bytes() == INI
    assert 'type "Faderbot", run "Script: Faderbot_Auto-mix.lua"' in out
    assert "port" not in out
    assert "nothing to do" in done("--only-button", at=folder)
    done("--remove", at=folder)
    assert without_backups(folder) == {"reaper.ini": INI}
    assert folders_in(folder) == {"Scripts", "Data"}


def backups_in(folder):
    return {name: content for name, content in files_in(folder).items() if name.endswith(".bak")}


def test_the_button_leaves_no_backups_of_itself(done, folder):
    done()
    done("--remove")
    assert not [name for name in backups_in(folder) if name.startswith(("Scripts", "Data"))]


def test_a_dry_run_shows_the_lines_of_actions_and_not_the_scripts(done, folder):
    out = done("--only-button", "--dry-run")
    assert '"Script: Faderbot_Auto-mix.lua" Faderbot/Faderbot_Auto-mix.lua' in out
    assert "would change Scripts/Faderbot/Faderbot_Auto-mix.lua: the button written" in out
    assert "@noindex" not in out
    assert files_in(folder) == {"reaper.ini": INI}


def test_the_button_can_be_left_out(done, folder):
    assert "Faderbot_Auto-mix.lua" not in done("--no-button", "--no-reapy")
    assert not (folder / "Scripts").exists()


def test_the_button_can_not_be_left_out_and_be_all(refused):
    assert "--no-button and --only-button" in refused("--no-button", "--only-button")


def test_an_installation_without_the_scripts_is_refused(refused, monkeypatch, tmp_path):
    monkeypatch.setattr(setup_command, "PATTERN_FILE", tmp_path / "Faderbot.ReaperOSC")
    assert "install faderbot again" in refused()
    (tmp_path / "Faderbot.ReaperOSC").write_bytes(b"")
    assert "Faderbot_Auto-mix.lua is missing" in refused()


READ_BY_REAPY = """
import json, sys, warnings
warnings.simplefilter("ignore")
import reapy.config.config as config
folder = sys.argv[1]
config.add_web_interface(folder, 2307)
action = config.add_reascript(folder, config.get_activate_reapy_server_path())
state = config.Config(folder + "/reaper-extstate.ini")["reapy"]["activate_reapy_server"]
settings = config.Config(folder + "/reaper.ini")["reaper"]
print(json.dumps([config.web_interface_exists(folder), action == state, json.loads(state), settings["reascript"]]))
"""


def test_reapy_finds_itself_set_up_and_adds_nothing(done, folder):
    """Against reapy's own reader, the parts of it that do not write where there is nothing to add.

    In a process of its own: importing reapy looks for a running REAPER. It knows the section as [reaper] alone.
    """
    (folder / "reaper.ini").write_bytes(INI.replace(b"[REAPER]", b"[reaper]"))
    done()
    before = files_in(folder)
    command = [sys.executable, "-c", READ_BY_REAPY, str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    web, is_the_action, action, reascript = json.loads(answer.stdout)
    assert (web, is_the_action, reascript) == (True, True, "1")
    assert action.startswith("_RS")
    assert files_in(folder) == before
