"""The link against reapy's own server in another process, and against all that may be in its place."""

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from agent.daw import SessionUnreadable, WriteRefused
from bridge.deadline import Deadline
from bridge.errors import CredentialsRefused, DawSilent, DawStale, DawUnreachable
from bridge.reaper import reapy_child
from bridge.reaper.frames import Frame, read_frame, write_frame
from bridge.reaper.reapy_link import Loudness, ReapyLink
from bridge.reaper.reapy_process import ReapyProcess
from bridge.reaper.survey import EQ_ALIAS, EqWrite, SurveyBand, TrackWrite, Write
from bridge.reaper.web import WebInterface
from tests.fake_reaper import running
from tests.silent_servers import Web, hangs, hangs_up, serving, trickles, unused_port

ROOT = Path(__file__).parents[4]
PLENTY_S = 30.0
VOCAL = "{TRACK-Lead Vocal}"
BANDS = (
    SurveyBand(kind=1, freq_hz=100.0, gain_db=-3.0, bandwidth_oct=2.0),
    SurveyBand(kind=0, freq_hz=80.0, gain_db=0.0, bandwidth_oct=1.9),
)
MIX = Write(
    undo_name="Faderbot mix",
    tracks=(TrackWrite(guid=VOCAL, gain_linear=0.5, eq=EqWrite(bands=BANDS)),),
    tempo_bpm=98.0,
)


@contextmanager
def link(*faults, limit_s=5.0):
    with running(*faults) as port, ReapyLink.connect(web_port=port, limit_s=limit_s) as connected:
        yield connected


@contextmanager
def within(seconds):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_a_project_is_read_written_read_back_and_undone():
    with link() as reaper:
        found = reaper.survey()
        assert [track.name for track in found.tracks] == ["Kick", "Lead Vocal", "Café"]
        assert found.tracks[1].locked
        count = reaper.change_count()
        reaper.write(MIX)
        assert reaper.change_count() > count
        written = reaper.survey()
        vocal = written.tracks[1]
        assert (vocal.gain_linear, written.tempo_bpm, written.undo_name) == (0.5, 98.0, "Faderbot mix")
        assert [effect.alias for effect in vocal.effects] == ["", EQ_ALIAS]
        assert [band for band in vocal.effects[1].bands if band.enabled] == list(BANDS)
        assert reaper.undo_name() == "Faderbot mix"
        assert reaper.undo() == "Faderbot mix"
        undone = reaper.survey()
        assert undone.model_copy(update={"change_count": found.change_count}) == found
        assert reaper.undo_name() == ""


def test_audio_comes_as_stereo_samples():
    with link() as reaper:
        found = reaper.audio("{TRACK-Kick}", 0.5, 6 * 8000, 8000)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.reshape(-1), np.arange(8000, 8000 + 2 * 6 * 8000) / 100_000.0, rtol=1e-6)


def test_the_meters_the_transport_and_a_dry_run():
    with link() as reaper:
        assert reaper.version == "7.66/linux-x86_64"
        left, right = reaper.peaks()["{TRACK-Kick}"]
        assert (left, right) == (pytest.approx(-6.0206, abs=1e-3), pytest.approx(-12.0412, abs=1e-3))
        assert reaper.dry_run_loudness() == Loudness(-14.3, -1.2)
        reaper.seek(3.0)
        assert reaper.survey().position_s == 3.0
        reaper.play()
        assert reaper.survey().play_state == 1
        reaper.stop()
        assert reaper.survey().play_state == 0


def test_a_server_of_which_only_the_port_is_left_is_started_again():
    with link("--stale") as reaper:
        assert len(reaper.survey().tracks) == 3


def test_neither_a_proxy_nor_a_module_in_the_working_folder_gets_in_between(tmp_path, monkeypatch):
    (tmp_path / "reapy.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")
    with link() as reaper:
        assert len(reaper.survey().tracks) == 3


def test_a_function_that_fails_leaves_the_link_as_it_is():
    with link("--fail", "TrackFX_AddByName") as reaper:
        with pytest.raises(WriteRefused, match="TrackFX_AddByName failed: RuntimeError: not today"):
            reaper.write(MIX)
        assert reaper.survey().tracks[1].gain_linear == 1.0
        assert reaper.undo_name() == ""


def test_a_track_that_is_gone_is_said_to_be():
    gone = Write(undo_name="mix", tracks=(TrackWrite(guid="{TRACK-Bass}", gain_linear=0.5),))
    with link() as reaper:
        with pytest.raises(WriteRefused, match="no longer in the project"):
            reaper.write(gone)
        with pytest.raises(SessionUnreadable, match="no longer in the project"):
            reaper.audio("{TRACK-Bass}", 0.0, 10, 8000)


def test_a_project_that_can_not_be_read_is_unreadable():
    with (
        link("--fail", "GetProjectLength") as reaper,
        pytest.raises(SessionUnreadable, match="GetProjectLength failed"),
    ):
        reaper.survey()


def test_a_reaper_that_freezes_is_given_up_in_time_and_the_link_is_closed():
    with link("--freeze", "CountTracks", limit_s=3.0) as reaper:
        with within(5.0), pytest.raises(DawSilent, match="no sign of life"):
            reaper.survey()
        with pytest.raises(DawUnreachable, match="connect again"):
            reaper.survey()


def test_a_reaper_that_freezes_while_it_is_written_to_may_keep_a_part():
    silent = pytest.raises(DawSilent, match="see Edit, Undo")
    with link("--freeze", "TrackFX_AddByName", limit_s=3.0) as reaper, within(5.0), silent:
        reaper.write(MIX)


@pytest.mark.parametrize("name", ["CountTracks", "GetProjectLength"])
def test_a_reaper_that_vanishes_is_unreachable(name):
    with link("--vanish", name) as reaper, within(5.0), pytest.raises(DawUnreachable, match="closed the connection"):
        reaper.survey()


def test_a_process_that_was_killed_is_said_to_have_ended():
    with link() as reaper:
        reaper._child._process.kill()
        with within(5.0), pytest.raises(DawUnreachable, match="has ended"):
            reaper.survey()


def test_a_closed_link_asks_to_connect_again_and_its_process_has_ended():
    with running() as port:
        reaper = ReapyLink.connect(web_port=port)
        process = reaper._child._process
        reaper.close()
        reaper.close()
        assert process.poll() is not None
        with pytest.raises(DawUnreachable, match="connect again"):
            reaper.undo_name()


# One budget for connecting and the first request


@pytest.fixture
def process():
    """The process that holds reapy, of which a test says what it answers: the web interface never does."""
    with serving(hangs) as port:
        made = ReapyProcess(WebInterface(port=port))
        yield made
        made.end()


def test_the_first_sign_of_life_may_have_a_limit_of_its_own(process):
    with within(PLENTY_S / 2), pytest.raises(DawSilent, match=r"no sign of life for 0\.2 s"):
        process.hear(PLENTY_S, first_s=0.2)


def test_after_a_sign_of_life_the_usual_limit_holds(process):
    process._answers.put(Frame({"alive": True}))
    answering = threading.Timer(0.2, process._answers.put, [Frame({"ok": 1})])
    answering.start()
    assert process.hear(PLENTY_S, first_s=0.0).header == {"ok": 1}
    answering.join()


class Child:
    """Answers at once, and keeps the limits it was given."""

    ended = False

    def __init__(self):
        self.limits = []

    def ask(self, request, limit_s, first_s):
        self.limits.append((limit_s, first_s))
        return Frame({"ok": ""})


def test_the_deadline_is_for_the_first_request_alone():
    child, now_s = Child(), [3.0]
    reaper = ReapyLink(child, "here", 4.5, "7.66", Deadline(5.0, lambda: now_s[0]))
    reaper.undo_name()
    now_s[0] = 60.0
    reaper.undo_name()
    assert child.limits == [(4.5, 2.0), (4.5, None)]


def test_the_deadline_ends_connecting_too():
    in_time = within(PLENTY_S / 2)
    with serving(hangs) as reapy_port, serving(Web(states(port=reapy_port))) as port, in_time, pytest.raises(DawSilent):
        ReapyLink.connect(web_port=port, limit_s=PLENTY_S, deadline=Deadline.after(1.5))


def states(port="", action=""):
    return {
        "/_/GET/EXTSTATE/reapy/server_port": f"EXTSTATE\treapy\tserver_port\t{port}\n",
        "/_/GET/EXTSTATE/reapy/activate_reapy_server": f"EXTSTATE\treapy\tactivate_reapy_server\t{action}\n",
    }


def refused(server, error, words, limit_s=2.0):
    with serving(server) as port, within(limit_s + 1.0), pytest.raises(error, match=words) as caught:
        ReapyLink.connect(web_port=port, limit_s=limit_s)
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


def test_where_nothing_listens():
    with within(1.0), pytest.raises(DawUnreachable, match="nothing answers"):
        ReapyLink.connect(web_port=unused_port())


@pytest.mark.parametrize("server", [hangs, trickles])
def test_a_web_interface_that_is_silent(server):
    refused(server, DawSilent, "does not answer within")


def test_a_web_interface_with_a_password_that_reapy_can_not_send():
    refused(Web(status="401 Unauthorized"), CredentialsRefused, "user name and password")


def test_a_reaper_without_reapy_is_to_be_set_up():
    refused(Web(states()), DawUnreachable, "has no reapy in it: run: faderbot setup reaper")


def test_an_action_that_starts_no_server_is_run_once():
    web = Web(states(action='"_RS00"'))
    refused(web, DawStale, "starts no server")
    assert web.paths.count("/_/_RS00") == 1


def test_with_dead_python_in_reaper_nothing_waits_for_ever():
    with running("--dead") as port, within(4.0), pytest.raises(DawStale, match="starts no server"):
        ReapyLink.connect(web_port=port, limit_s=2.0)


def test_a_port_without_a_server_and_an_action_that_does_not_help_are_stale():
    refused(Web(states(port=unused_port(), action='"_RS00"')), DawStale, "no server of reapy's is left", limit_s=4.0)


def test_a_port_without_a_server_and_no_action_is_to_be_set_up():
    refused(Web(states(port=unused_port())), DawUnreachable, "faderbot setup reaper", limit_s=5.0)


@pytest.mark.parametrize(
    ("server", "error", "words"),
    [
        (hangs, DawSilent, "accepts but does not answer"),
        (trickles, DawSilent, "accepts but does not answer"),
        (hangs_up, DawUnreachable, "closed the connection"),
        (lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n"), DawStale, "no server of reapy's"),
        (lambda connection, _: connection.sendall(b"\x20" + bytes(7) + b"('127"), DawUnreachable, "closed|no server"),
        (lambda connection, _: connection.sendall(b"\x02" + bytes(7) + b"\xff\xfe"), DawStale, "no server of reapy's"),
    ],
)
def test_what_is_no_server_of_reapys_is_said_in_one_line_and_in_time(server, error, words):
    limit_s = 1.5 if error is DawSilent else 5.0
    with serving(server) as port:
        web = Web(states(port=port, action='"_RS00"'))
        with serving(web) as web_port, within(limit_s + 1.0), pytest.raises(error, match=words) as caught:
            ReapyLink.connect(web_port=web_port, limit_s=limit_s)
    assert "\n" not in str(caught.value)


def test_reapys_endless_recursion_is_stale():
    """The port is there when we look and gone when reapy does: it runs the action until its stack is full."""
    looks = iter([f"EXTSTATE\treapy\tserver_port\t{unused_port()}\n"])
    answers = states(action='"_RS00"')
    answers["/_/GET/EXTSTATE/reapy/server_port"] = lambda: next(looks, "EXTSTATE\treapy\tserver_port\t\n")
    with serving(Web(answers)) as port, within(6.0), pytest.raises((DawStale, DawSilent)) as caught:
        ReapyLink.connect(web_port=port, limit_s=5.0)
    assert "\n" not in str(caught.value)


@contextmanager
def child(port):
    command = [sys.executable, "-m", "bridge.reaper.reapy_child", "--host", "127.0.0.1", "--web-port", str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_process_ends_with_its_stdin():
    with running() as port, child(port) as process:
        ReapyLink.connect(web_port=port).close()  # starts the server
        process.stdin.close()
        assert process.wait(10.0) is not None


def test_the_process_ends_with_its_stdin_even_where_reaper_is_frozen():
    with running("--freeze", "CountTracks") as port:
        ReapyLink.connect(web_port=port).close()
        with child(port) as process:
            assert "ok" in read_frame(process.stdout).header
            write_frame(process.stdin, Frame({"do": "survey"}))
            process.stdin.close()
            assert process.wait(reapy_child.GRACE_S + 10.0) is not None


def test_a_request_is_finished_when_the_parent_goes():
    with running() as port, ReapyLink.connect(web_port=port) as other, child(port) as process:
        assert "ok" in read_frame(process.stdout).header
        write_frame(process.stdin, Frame({"do": "write", "write": MIX.model_dump(mode="json")}))
        process.stdout.close()
        process.stdin.close()
        process.wait(10.0)
        assert other.survey().tracks[1].gain_linear == 0.5
        assert other.undo_name() == "Faderbot mix"
