"""From the action in REAPER to the mix and back: our Lua over the mock's session, and the real program beside it."""

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mock_daw.live import Live
from mock_daw.opening import open_session
from tests.lua_reaper import LuaReaper
from tests.mixes import write_song
from tests.unit.mock_daw.reaper.desks import Silence

ROOT = Path(__file__).parents[2]
LIMIT_S = 90.0
SLOWER = 4.0  # the script's clock, so that a busy machine is no dead bridge
MIX, UNDO = "Faderbot_Auto-mix (ask, no window).lua", "Faderbot_Undo last auto-mix.lua"
COMPARE, KEEP = "Faderbot_Compare before and after.lua", "Faderbot_Keep mix.lua"
LOCK = "Faderbot_Lock or unlock selected tracks.lua"


def started(words, folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FADERBOT_STATE_DIR": str(folder / "state")}
    command = [sys.executable, "-m", "bridge", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Desk:
    """REAPER with a user: runs an action to its end, with the real program."""

    def __init__(self, live, folder, monkeypatch):
        self.live, self.folder = live, folder
        program = folder / "faderbot"
        program.write_text("")
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
        self.processes, self.kept = [], {}

    def spawn(self, command):
        self.processes.append(started(shlex.split(command)[1:], self.folder))

    def script(self):
        lua = LuaReaper(self.live, self.folder, more=["osara_outputMessage"], clock=lambda: time.monotonic() / SLOWER)
        lua.spawn, lua.kept = self.spawn, self.kept
        return lua

    def press(self, script):
        """Run an action that needs no program, and return what it says."""
        lua = self.script()
        lua.run(script)
        assert not lua.step()
        lua.end()
        return lua.said()

    def run(self, script, answers="", stop_when=lambda: False):
        lua = self.script()
        if answers:
            lua.answers.append(answers)
        lua.run(script)
        process, until_s = self.processes[-1], time.monotonic() + LIMIT_S
        while lua.step():
            assert time.monotonic() < until_s, lua.said()
            if stop_when():
                lua.stop()
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.002)
        lua.end()
        _, errors = process.communicate(timeout=LIMIT_S)
        return process.returncode, errors, lua.said()


@pytest.fixture
def live(tmp_path):
    session = open_session(write_song(tmp_path / "song"))
    kick = session.tracks[1]
    # Slowed down it is not its file: it is heard through REAPER's accessor.
    take = replace(kick.items[0].take, playrate=0.5, preserve_pitch=False)
    slow = replace(kick, items=(replace(kick.items[0], take=take),))
    return Live(replace(session, tracks=(session.tracks[0], slow, session.tracks[2])), Silence())


@pytest.fixture
def desk(live, tmp_path, monkeypatch):
    made = Desk(live, tmp_path, monkeypatch)
    yield made
    for process in made.processes:
        process.kill()
        process.communicate()


def test_from_the_action_to_the_mix_and_back(desk, live, tmp_path):
    before = live.session
    code, errors, said = desk.run(MIX, "-18|pop|100|yes|all")
    assert (code, errors) == (0, "")
    assert live.undo_names == ("Faderbot: auto-mix (3 tracks)",)
    assert [track.gain_linear for track in live.session.tracks] != [1.0] * 3
    assert said[-1].startswith("mixed 3 tracks: ")
    assert "-18.0 LUFS after" in said[-1]
    mixed = live.session
    code, errors, said = desk.run(UNDO)
    assert (code, errors) == (0, "")
    assert said[-1].startswith("Undone: ")
    assert live.session == before != mixed
    assert list((tmp_path / "Faderbot").iterdir()) == []


def test_mixed_compared_and_taken_back_the_session_is_the_original_bit_for_bit(desk, live):
    before = live.session
    desk.run(MIX, "-18|pop|100|yes|all")
    mixed, steps = live.session, live.undo_names
    assert any(track.effects for track in mixed.tracks)
    (said,) = desk.press(COMPARE)
    assert said.startswith("before: the project as it was found")
    heard = live.session
    assert [(t.gain_linear, t.pan) for t in heard.tracks] == [(t.gain_linear, t.pan) for t in before.tracks]
    assert not any(effect.enabled for track in heard.tracks for effect in track.effects)
    (said,) = desk.press(COMPARE)
    assert said.startswith("after: the mix")
    assert live.session.tracks == mixed.tracks
    desk.press(COMPARE)
    assert live.undo_names == steps  # nothing of this can be undone, and the mix still can
    code, errors, said = desk.run(UNDO)
    assert (code, errors) == (0, "")
    assert said[-1].startswith("Undone: ")
    assert live.session == before
    assert desk.press(COMPARE) == ["there is no mix of Faderbot's to compare in this project"]


def test_compared_and_kept_the_mix_is_as_it_was_written(desk, live):
    desk.run(MIX, "-12|pop|100|yes|all")  # louder than it was: the mix is turned down while it is compared
    mixed = live.session
    desk.press(COMPARE)
    (said,) = desk.press(COMPARE)
    assert "dB down to compare" in said
    assert live.session != mixed
    assert desk.press(KEEP) == ["the mix is kept as it was written"]
    assert live.session == mixed


def test_locked_tracks_stay_as_they_are_and_names_that_are_in_no_mix_are_told(desk, live):
    chosen = tuple(replace(track, selected=track.name != "Kick") for track in live.session.tracks)
    live.edit(lambda session: replace(session, tracks=chosen), None)
    assert desk.press(LOCK) == ["locked: Bass, Lead Vocal"]
    muted = tuple(replace(track, muted=track.name == "Bass") for track in live.session.tracks)
    live.edit(lambda session: replace(session, tracks=muted), None)
    before = live.session
    code, errors, said = desk.run(MIX, "-18|pop|100|yes|all")
    assert (code, errors) == (0, "")
    assert "in focus or locked, but with nothing in this mix: Bass" in said[-1]
    assert [track.gain_linear for track in live.session.tracks[::2]] == [t.gain_linear for t in before.tracks[::2]]
    assert live.session.tracks[1].gain_linear != before.tracks[1].gain_linear


def test_the_doctor_is_an_action_too(desk):
    code, errors, said = desk.run("Faderbot_Check the installation.lua")
    assert (code, errors) == (0, "")
    assert "REAPER's own script: song" in said[-1]
    assert "3 of 3 tracks can be mixed" in said[-1]


def test_what_can_not_be_mixed_is_said_in_a_line_and_nothing_is_changed(desk, live):
    before = live.session
    code, errors, said = desk.run(MIX, "streaming|polka|100|yes|all")
    assert code == 2
    assert said[-1] in errors
    assert "polka" in said[-1]
    assert live.session == before


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["from a desktop", "behind a shell"])
def launched(request):
    """REAPER as it was launched: a shell that puts it behind has SIGINT ignored, also in what REAPER starts."""
    before = signal.signal(signal.SIGINT, request.param)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("launched")
def test_stopped_while_it_is_heard_the_program_ends_and_nothing_is_changed(desk, live):
    before = live.session
    heard = []

    def hears():
        heard.extend(
            path for path in (desk.folder / "Faderbot").glob("*/progress.json") if b'"hear"' in path.read_bytes()
        )
        return bool(heard)

    code, errors, said = desk.run(MIX, "streaming|pop|100|yes|all", hears)
    assert code == 130
    assert "stopped; nothing was changed" in errors
    assert said[-1] == "stopped; nothing was changed"
    assert live.session == before
    assert list((desk.folder / "Faderbot").iterdir()) == []


def test_stopped_after_the_write_all_is_taken_back_and_a_later_undo_finds_nothing_left(desk, live):
    before = live.session
    code, errors, said = desk.run(MIX, "streaming|pop|100|yes|all", lambda: bool(live.undo_names))
    assert said[-1] == "stopped; what was written was taken back"
    assert live.session == before
    assert code == 2
    assert "`faderbot undo` restores all" in errors
    code, errors, said = desk.run(UNDO)
    assert (code, errors) == (0, "")
    assert "nothing was to be put back" in said[-1]
    assert live.session == before


@pytest.fixture
def faderbot(live, tmp_path):
    """Run the program through a folder that the script serves, without an action."""
    lua = LuaReaper(live, tmp_path, clock=lambda: time.monotonic() / SLOWER)
    folder = tmp_path / "through"
    folder.mkdir()
    clock = lua.globals[b"reaper"][b"time_precise"]
    server = lua.require("serve")[b"begin"](lua.require("exchange")[b"open"](str(folder).encode()), clock)

    def run(*words):
        process = started([*map(str, words), "--through", str(folder)], tmp_path)
        at_s = time.monotonic()
        until_s = at_s + LIMIT_S
        while process.poll() is None:
            assert time.monotonic() < until_s
            server[b"turn"](server)
            at_s, before_s = time.monotonic(), at_s
            live.advance(at_s - before_s)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.002)
        lua.end()
        out, errors = process.communicate()
        return process.returncode, out, errors

    return run


def test_the_doctor_says_that_the_script_is_the_way_in_use(faderbot):
    code, out, errors = faderbot("doctor")
    assert (code, errors) == (0, "")
    assert "REAPER's own script: song" in out
    assert "3 of 3 tracks can be mixed" in out
    assert "reapy" not in out
    assert "web interface" not in out


def test_status_tells_what_is_open_there(faderbot):
    code, out, errors = faderbot("status")
    assert (code, errors) == (0, "")
    assert "3 tracks to mix" in out
    assert "last job: none in this project" in out


def test_a_folder_of_stems_is_of_no_use_there(faderbot, tmp_path):
    code, _, errors = faderbot("mix", tmp_path / "song", "--daw", "reaper")
    assert code == 2
    assert "--through needs neither a folder of stems nor OSC" in errors
