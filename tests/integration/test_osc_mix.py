"""``faderbot mix --daw osc`` over real UDP to the mock DAW in a process of its own, its web interface as witness."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.cli import main
from bridge.desk import DeskWrite
from bridge.osc.link import OscLink, OscPorts
from bridge.osc.surface import Surface
from bridge.reaper.web import WebInterface
from tests.mixes import write_song

OURS = Path(__file__).parents[2] / "daw_scripts" / "reaper" / "Faderbot.ReaperOSC"
PATTERNS = pytest.mark.parametrize("pattern", [(), ("--pattern", str(OURS))], ids=["default", "ours"])
LIMIT_S = 30


@dataclass
class Running:
    """A mock DAW that runs: where it receives OSC, where it sends to, and its web interface."""

    process: subprocess.Popen
    osc_port: int
    listen_port: int
    web: WebInterface

    @property
    def options(self):
        return ["--daw", "osc", "--osc-port", str(self.osc_port), "--osc-listen", str(self.listen_port)]

    def faders(self):
        return [track.gain_linear for track in self.web.tracks()]

    def selection(self):
        return [track.selected for track in self.web.tracks()]


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(folder, *options):
    listen_port = free_port()
    ways = ["--osc", "0", "--osc-to", f"127.0.0.1:{listen_port}", "--web", "0", "--json", "--tick-ms", "5"]
    command = [sys.executable, "-m", "mock_daw", str(folder), *ways, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ends = json.loads(process.stdout.readline())
            web = WebInterface("127.0.0.1", ends["web"][1])
            yield Running(process, ends["osc"][1], listen_port, web)
        finally:
            process.terminate()
            process.wait(LIMIT_S)


@contextmanager
def surface_of(daw):
    ports = OscPorts("127.0.0.1", daw.osc_port, daw.listen_port)
    surface = Surface(OscLink.open(ports), ports.where, ports.listen_port)
    try:
        yield surface
    finally:
        surface.close()


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("song"), rate_hz=16_000)


@pytest.fixture(autouse=True)
def state_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FADERBOT_STATE_DIR", str(tmp_path / "journal"))


@PATTERNS
def test_a_mix_stands_in_the_daw_as_reported_and_undo_takes_it_back(song, capsys, pattern):
    with running(song, *pattern) as daw:
        found = daw.faders()
        assert main(["mix", str(song), *daw.options, "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        shown = {track["name"]: track["after"]["gain_db"] for track in report["tracks"]}
        for track in daw.web.tracks()[1:]:
            assert track.gain_linear == pytest.approx(10 ** (shown[track.name] / 20), rel=1e-3)
        assert daw.faders() != found
        assert main(["undo", *daw.options]) == 0
        assert daw.faders() == pytest.approx(found, rel=1e-6)


@PATTERNS
def test_selected_tracks_do_not_move_along_and_stay_selected(song, pattern):
    select = [option for track in (1, 2) for option in ("--faults", f"user-select@0s:track={track}")]
    with running(song, *pattern, *select) as daw, surface_of(daw) as surface:
        desk = surface.read()
        assert [track.selected for track in desk.tracks] == [True, True, False]
        surface.write(DeskWrite({1: -6.0}))
        assert daw.faders() == pytest.approx([1.0, 10 ** (-6 / 20), 1.0, 1.0])
        assert daw.selection() == [False, True, True, False]


@pytest.mark.parametrize("fault", ["loss=0.1", "osc:duplicate=0.3", "osc:reorder=0.3", "osc:delay=0.1"])
def test_a_bad_line_costs_time_and_nothing_else(song, fault):
    wanted = {0: -2.0, 1: -6.0, 2: 3.0, 3: -40.0}
    with running(song, "--pattern", str(OURS), "--faults", fault) as daw, surface_of(daw) as surface:
        surface.read()
        surface.write(DeskWrite(wanted))
        assert daw.faders() == pytest.approx([10 ** (db / 20) for db in wanted.values()])
        desk = surface.read()
        assert [desk.gain_db(number) for number in wanted] == pytest.approx(list(wanted.values()), abs=0.01)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("user-fader@osc#1:track=2,db=-10", "the session changed while it was heard"),
        ("user-add@osc#1:track=1,name=New", "(gone)"),
    ],
)
def test_what_the_user_changes_while_it_is_heard_is_not_written_over(song, capsys, fault, said):
    with running(song, "--pattern", str(OURS), "--faults", fault) as daw:
        assert main(["mix", str(song), *daw.options]) == 2
        assert said in capsys.readouterr().err
        assert [gain for gain in daw.faders() if gain != 1.0] == pytest.approx([10**-0.5] if "fader" in fault else [])


def test_doctor_and_status_find_it(song, capsys):
    with running(song) as daw:
        assert main(["doctor", *daw.options]) == 0
        assert "3 tracks, REAPER's own pattern file" in capsys.readouterr().out
        assert main(["status", str(song), *daw.options]) == 0
        assert "3 tracks to mix" in capsys.readouterr().out


def test_a_daw_that_is_not_there(song, capsys):
    options = ["--daw", "osc", "--osc-port", str(free_port()), "--osc-listen", str(free_port())]
    assert main(["mix", str(song), *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "REAPER says nothing over OSC" in line


def test_osc_needs_stems_to_hear(capsys):
    assert main(["mix", "--daw", "osc"]) == 2
    assert "name the folder of stems too" in capsys.readouterr().err
