"""``faderbot serve`` as it is started, over real UDP, with the mock REAPER behind it."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.journal import Journal
from bridge.reaper.web import WebInterface
from tests.control_surfaces import LIMIT_S, Surface
from tests.mixes import write_song
from tests.running_mocks import running

ROOT = Path(__file__).parents[2]
LISTENING = "listening for OSC on 127.0.0.1:"


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("serve") / "song", rate_hz=16_000)


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@dataclass
class Served:
    """A server that listens, and the REAPER behind it."""

    process: subprocess.Popen
    where: tuple[str, int]
    web: WebInterface

    def faders(self):
        return [track.gain_linear for track in self.web.tracks()]

    def ended(self, number=signal.SIGINT):
        """Stop it; return its exit code and what it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, said


@contextmanager
def serving(port, state, *stems):
    words = ["serve", "--listen", "127.0.0.1:0", "--web-port", str(port), *map(str, stems)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FADERBOT_STATE_DIR": str(state)}
    process = subprocess.Popen(
        [sys.executable, "-m", "bridge", *words],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        line = process.stdout.readline()
        assert line.startswith(LISTENING), (line, process.poll())
        where = ("127.0.0.1", int(line.removeprefix(LISTENING).partition(";")[0]))
        yield Served(process, where, WebInterface(port=port))
    finally:
        process.kill()
        process.communicate()


@contextmanager
def desk(song, state, *faults):
    """A REAPER, a server, and a surface."""
    options = [option for fault in faults for option in ("--faults", fault)]
    with (
        running(song, "--web", 0, "--reapy", 0, "--tick-ms", 0, *options) as daw,
        serving(daw.endpoints["web"][1], state) as server,
        Surface(server.where) as surface,
    ):
        yield server, surface


def test_a_mix_is_started_followed_compared_and_taken_back(song, state):
    with desk(song, state) as (server, surface), Surface(server.where) as other:
        found = server.faders()
        other.say("subscribe")
        surface.say("tracks")
        assert surface.hear("tracks") == ("tracks", "Bass", "Kick", "Lead Vocal")
        surface.say("target", -20.0)
        surface.say("lock", 1)
        surface.say("mix", 1.0)
        surface.say("mix", 0.0)
        shares = []
        while (told := surface.hear("progress", "done", "error"))[0] == "progress":
            shares.append(told[1])
        assert shares == sorted(shares)
        assert len(shares) >= 4
        _, text, before_lufs, after_lufs = told
        assert text.startswith("mixed 2 of 3 tracks of song: ")
        assert text.endswith(" LUFS → −20.0 LUFS")
        assert (before_lufs, after_lufs) == (pytest.approx(-16.5, abs=0.2), pytest.approx(-20.0, abs=0.15))
        assert other.hear("done")[1] == text
        mixed = server.faders()
        assert mixed[1] == 1.0
        assert mixed != found

        surface.say("ab")
        assert surface.hear("done", "error")[1].startswith("Now up: before: as it was found")
        assert server.faders()[1:] == found[1:]
        surface.say("ab")
        assert surface.hear("done", "error")[1].startswith("Now up: after: as it was mixed")
        assert server.faders() == pytest.approx(mixed, rel=1e-5)
        surface.say("ab")
        assert surface.hear("done", "error")[0] == "done"
        surface.say("undo")
        assert surface.hear("done", "error")[1].startswith("Undone: Faderbot: auto-mix")
        assert server.faders() == pytest.approx(found, rel=1e-5)


def test_cancelled_in_the_middle_the_session_is_as_before(song, state):
    """The DAW hangs at the second value: by then it is certain that the job writes."""
    with desk(song, state, "freeze@write#2 for 3s") as (server, surface):
        surface.say("mix")
        until_journalled(state)
        surface.say("undo")
        assert surface.hear("error")[1].startswith("one job at a time: mixing")
        surface.say("cancel", 1.0)
        assert surface.hear("done", "error") == ("done", "stopped; nothing was changed")
        assert server.faders() == [1.0] * 4
        (_, entry), *_ = Journal(state).entries()
        assert entry.state.value == "undone"
        surface.say("cancel")
        assert surface.hear("error") == ("error", "there is nothing to cancel")


def until_journalled(state):
    """Wait until the job under way is about to write."""
    pause = threading.Event()
    for _ in range(int(LIMIT_S / 0.02)):
        if list(state.glob("*.json")):
            return
        pause.wait(0.02)
    pytest.fail("the job never came to its first write")


def test_a_server_that_is_interrupted_takes_its_job_back(song, state):
    with desk(song, state, "freeze@write#2 for 3s") as (server, surface):
        surface.say("mix")
        until_journalled(state)
        code, said = server.ended()
        assert code == 130
        assert said.splitlines()[-2:] == ["stopped; nothing was changed", "faderbot: stopped"]
        assert server.faders() == [1.0] * 4


def test_a_server_that_is_terminated_ends_well(song, state):
    with desk(song, state) as (server, surface):
        surface.say("ping")
        assert surface.hear("pong")
        assert server.ended(signal.SIGTERM) == (0, "")


def test_mistakes_and_floods_are_answered_and_it_serves_on(song, state):
    with desk(song, state) as (server, surface):
        for name, values in (("target", ["loud"]), ("strength", [2.0]), ("mux", []), ("lock", [0]), ("style", [])):
            surface.say(name, *values)
            assert surface.hear("error")[1].startswith(("/faderbot/", "there is no /faderbot/mux"))
        for junk in (b"", b"junk", b"#bundle\0\0\0", b"/faderbot/mix\0\0\0,fff\0\0\0\0"):
            surface.wire.sendto(junk, server.where)
        for _ in range(2000):
            surface.say("ping")
        assert "too many messages" in surface.hear("error")[1]
        with Surface(server.where) as other:
            other.say("ping")
            assert other.hear("pong")
        assert server.ended() == (130, "faderbot: stopped\n")


def test_a_daw_that_is_not_there_is_an_error(song, state):
    with running(song, "--web", 0) as daw:
        port = daw.endpoints["web"][1]
    with serving(port, state) as server, Surface(server.where) as surface:
        surface.say("mix")
        name, text = surface.hear("done", "error")
        assert (name, f"127.0.0.1:{port}" in text) == ("error", True)


def test_with_a_folder_of_stems_faders_move_without_reapy(song, state):
    with (
        running(song, "--web", 0, "--tick-ms", 0) as daw,
        serving(daw.endpoints["web"][1], state, song) as server,
        Surface(server.where) as surface,
    ):
        surface.say("lock", "Bass", 1)
        surface.say("mix")
        assert surface.hear("done", "error")[0] == "done"
        assert server.faders() != [1.0] * 4
        for name in ("ab", "ab", "ab", "undo"):
            surface.say(name)
            assert surface.hear("done", "error")[0] == "done"
        assert server.faders() == pytest.approx([1.0] * 4, rel=1e-5)


def test_compare_and_status_as_json_at_the_command_line(song, state):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FADERBOT_STATE_DIR": str(state)}
    with running(song, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:

        def faderbot(*words):
            command = [sys.executable, "-m", "bridge", *words, "--web-port", str(daw.endpoints["web"][1])]
            done = subprocess.run(
                command, env=environment, text=True, capture_output=True, timeout=LIMIT_S, check=False
            )
            return done.returncode, done.stdout, done.stderr

        assert faderbot("compare")[0] == 2
        code, out, err = faderbot("mix", "--daw", "reaper", "--progress", "json", "--json")
        assert (code, json.loads(out)["dry_run"]) == (0, False)
        assert {json.loads(line)["progress"]["stage"] for line in err.splitlines()} == {
            "read",
            "hear",
            "plan",
            "verify",
        }
        assert faderbot("compare")[1].startswith("Now up: before")
        told = json.loads(faderbot("status", "--json")[1])
        assert told["tracks"] == ["Bass", "Kick", "Lead Vocal"]
        assert any(line.startswith("last job: Faderbot: auto-mix") for line in told["lines"])
