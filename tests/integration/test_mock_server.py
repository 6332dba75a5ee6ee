"""The mock DAW as its users meet it: the console program in a process of its own, over real sockets."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from mock_daw.__main__ import main
from tests.mixes import write_song
from tests.running_mocks import COMMAND, LIMIT_S, ROOT, running

REAPY_SCRIPT = """
import json, sys, warnings
import reapy.config
warnings.simplefilter("ignore")
import reapy, reapy.reascript_api as RPR
reapy.config.WEB_INTERFACE_PORT = int(sys.argv[1])
reapy.reconnect()
with reapy.inside_reaper():
    project = reapy.Project()
    tracks = [(track.name, RPR.GetMediaTrackInfo_Value(track.id, "D_VOL")) for track in project.tracks]
    RPR.SetMediaTrackInfo_Value(project.tracks[1].id, "D_VOL", 0.25)
print(json.dumps(tracks))
"""


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("mock") / "song")


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command line that must be refused at once: exit code 2, one line on stderr. Return the line."""

    def refused(*arguments: object) -> str:
        code = main([*map(str, arguments)])
        printed, complained = capfd.readouterr()
        assert (code, printed) == (2, "")
        assert complained.count("\n") == 1, complained
        assert complained.startswith("faderbot-mock-daw: ")
        return complained

    return refused


def test_a_fader_moved_over_one_protocol_shows_on_all_three(song):
    with running(song, "--osc", 0, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        assert daw.endpoints["tracks"] == 3
        daw.osc("/track/1/volume/db", -6.0)
        daw.wait_for(1, 4, "0.501187")
        daw.wait_for_report("/track/1/volume/str", lambda text: text == "-6.00dB")

        script = [sys.executable, "-c", REAPY_SCRIPT, str(daw.endpoints["web"][1])]
        seen = subprocess.run(script, text=True, capture_output=True, timeout=LIMIT_S, check=False)
        assert seen.returncode == 0, seen.stderr
        names, gains = zip(*json.loads(seen.stdout), strict=True)
        assert names == ("Bass", "Kick", "Lead Vocal")
        assert gains == pytest.approx((10 ** (-6 / 20), 1.0, 1.0), abs=1e-6)

        daw.wait_for(2, 4, "0.250000")
        daw.wait_for_report("/track/2/volume/str", lambda text: text == "-12.0dB")

        daw.web("SET/TRACK/3/VOL/0.1")
        daw.wait_for_report("/track/3/volume/str", lambda text: text == "-20.0dB")


def test_osc_through_the_web_goes_by_reapers_default_pattern_whatever_the_surface_has(song, tmp_path):
    pattern = tmp_path / "other.ReaperOSC"
    pattern.write_text("TRACK_VOLUME n/fader/@\n")
    with running(song, "--osc", 0, "--web", 0, "--tick-ms", 0, "--pattern", pattern) as daw:
        daw.web("OSC/track/2/volume/db:-6")
        daw.wait_for(2, 4, "0.501187")


def test_reapys_server_crashes_in_the_middle_of_a_script_and_the_rest_lives_on(song):
    with running(song, "--web", 0, "--reapy", 0, "--tick-ms", 0, "--faults", "reapy-crash@reapy#5") as daw:
        script = [sys.executable, "-c", REAPY_SCRIPT, str(daw.endpoints["web"][1])]
        started_s = time.monotonic()
        assert subprocess.run(script, capture_output=True, timeout=LIMIT_S, check=False).returncode == 1
        assert daw.track(2)[4] == "1.000000"
        assert time.monotonic() - started_s < LIMIT_S / 2


def test_play_moves_the_position_and_the_meters(song):
    with running(song, "--osc", 0, "--web", 0, "--play", "--speed", "max") as daw:
        daw.wait_for_report("/play", lambda on: on == 1.0)
        daw.wait_for_report("/track/1/vu", lambda level: 0.0 < level <= 1.0)


def test_it_ends_by_itself_after_so_many_of_its_seconds(song):
    with running(song, "--web", 0, "--play", "--speed", "max", "--for", 2) as daw:
        assert daw.process.wait(LIMIT_S) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_cleanly_on_a_signal(song, number, code):
    with running(song, "--osc", 0, "--web", 0, "--reapy", 0) as daw:
        assert daw.end(number) == (code, "")


def test_a_modal_dialog_keeps_the_sockets_open_and_answers_later(song):
    with running(song, "--osc", 0, "--web", 0, "--faults", "freeze@web#1 for 1s") as daw:
        asked_s = time.monotonic()
        assert daw.web("NTRACK") == "NTRACK\t3\n"
        with pytest.raises(TimeoutError):
            daw.web("NTRACK", timeout_s=0.2)
        daw.osc("/track/1/volume/db", -20.0)
        assert daw.web("TRACK/1").split("\t")[4] == "0.100000"
        assert time.monotonic() - asked_s > 0.9


def test_a_restart_in_the_middle_loses_what_was_done_and_keeps_the_ports(song):
    with running(song, "--web", 0, "--faults", "restart@web#2") as daw:
        daw.web("SET/TRACK/1/VOL/0.5")
        with pytest.raises(ConnectionError):
            daw.web("SET/TRACK/2/VOL/0.5")
        daw.wait_for(1, 4, "1.000000")


def test_a_vanished_daw_refuses_connections(song):
    with running(song, "--web", 0, "--faults", "vanish@web#1") as daw:
        for _ in range(3):  # the first while its ports are still closing
            with pytest.raises(ConnectionError):
                daw.web("NTRACK")
        assert daw.process.poll() is None


def test_the_web_interface_can_ask_for_a_password(song):
    with running(song, "--web", 0, "--web-user", "me:secret") as daw:
        connection = http.client.HTTPConnection(*daw.endpoints["web"], timeout=LIMIT_S)
        connection.request("GET", "/_/NTRACK")
        assert connection.getresponse().status == 401
        connection.close()


def test_a_pattern_file_of_the_users_own_is_used(song, tmp_path):
    pattern = tmp_path / "own.ReaperOSC"
    pattern.write_text("DEVICE_TRACK_COUNT 3\nTRACK_VOLUME f/fader/@/db\n")
    with running(song, "--osc", 0, "--web", 0, "--pattern", pattern) as daw:
        daw.osc("/track/1/volume/db", -6.0)
        daw.osc("/fader/2/db", -20.0)
        daw.wait_for(2, 4, "0.100000")
        assert daw.track(1)[4] == "1.000000"


def test_a_port_that_is_taken_is_named_with_a_way_out(song, refused):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert re.search(rf"port {port} for the web interface .*in use.*--web PORT", refused(song, "--web", port))
        assert re.search(rf"port {port} for reapy .*in use.*--reapy PORT", refused(song, "--reapy", port))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "missing argument 'PROJECT'"),
        (["nowhere"], "nowhere does not exist"),
        (["SONG", "--osc", "0", "--osc-to", "9000"], "HOST:PORT, such as 127.0.0.1:9000"),
        (["SONG", "--osc", "0", "--osc-to", "127.0.0.1:99999"], "99999 is no port"),
        (["SONG", "--osc", "0", "--pattern", "none.ReaperOSC"], "none.ReaperOSC can not be read"),
        (["SONG", "--osc", "0", "--pattern", __file__], f"{__file__} is no pattern file"),
        (["SONG", "--osc", "0", "--faults", "los=0.1"], "there is no fault “los”"),
        (["SONG", "--osc", "0", "--faults", "loss=2"], "needs a value from 0 to 1"),
        (["SONG", "--osc", "70000"], "'--osc'"),
        (["SONG", "--web-user", "me"], "USER:PASSWORD"),
        (["SONG", "--speed", "warp"], "no speed"),
        (["SONG", "--osc", "0", "--host", "192.0.2.1"], "port 0 for OSC can not be opened"),
    ],
)
def test_what_can_not_be_done_is_refused_in_one_line(song, refused, arguments, complaint):
    assert complaint.lower() in refused(*(song if word == "SONG" else word for word in arguments)).lower()


def test_a_fault_that_can_not_befall_ends_it_with_a_line(song, capfd):
    assert main([str(song), "--web", "0", "--faults", "user-delete:track=9"]) == 2
    assert "there is no track 9" in capfd.readouterr().err


def test_advice_is_given_on_stderr(song, capfd):
    assert main([str(song), "--reapy", "0", "--for", "0"]) == 0
    assert "add --web" in capfd.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["--faults", "help"]])
def test_help_is_printed_without_a_project(arguments):
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=LIMIT_S,
        check=True,
        env={**os.environ, "COLUMNS": "120"},
    )
    assert "freeze" in done.stdout or "--faults" in done.stdout
    assert done.stderr == ""
