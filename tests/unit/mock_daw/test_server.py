"""``MockDaw`` from Python: all protocols of the real mock over one session, on a clock that the test turns."""

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from mock_daw.assembly import REAPER, assemble
from mock_daw.errors import EngineError, FaultError, ProjectError, StartError
from mock_daw.life import Parts
from mock_daw.osc_packets import Message, encode
from mock_daw.server import MockDaw
from mock_daw.session import Session, Track
from tests.mixes import write_song

LIMIT_S = 30.0


def session(*names: str) -> Session:
    return Session("song", 44_100, tuple(Track(f"{{{name}}}", name) for name in names or ("Kick", "Bass", "Vox")))


def web(daw: MockDaw, path: str, timeout_s: float = LIMIT_S) -> str:
    assert daw.web_address is not None
    connection = http.client.HTTPConnection(*daw.web_address, timeout=timeout_s)
    try:
        connection.request("GET", f"/_/{path}")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@pytest.fixture
def device():
    """A controller's socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        yield made


@pytest.fixture
def say(device):
    def say(daw: MockDaw, address: str, *args: float | str) -> None:
        device.sendto(encode(address, *args), daw.osc_address)

    return say


def options(device: socket.socket, **more: object) -> dict[str, object]:
    return {"osc": 0, "osc_to": device.getsockname(), "web": 0, "speed": "manual", **more}


def volumes(daw: MockDaw) -> dict[str, object]:
    """What OSC last said of the faders in dB."""
    return {m.address: m.args[0] for m in daw.log.osc_out if m.address.endswith("/volume/db")}


def test_a_write_over_osc_is_handled_by_a_step_and_reported_over_the_web(device, say):
    with MockDaw(session(), **options(device)) as daw:
        daw.step(1.0)
        daw.log.clear()
        say(daw, "/track/2/volume/db", -20.0)
        daw.step(0.1)
        assert daw.log.osc_in == (Message("/track/2/volume/db", (-20.0,)),)
        assert Message("/track/2/volume/str", ("-20.0dB",)) in daw.log.osc_out
        assert web(daw, "TRACK/2").split("\t")[4] == "0.100000"
        assert daw.log.web == ("TRACK/2",)


def test_the_same_steps_give_the_same_transcript(device, say):
    def transcript() -> list[tuple[float, str, object]]:
        with MockDaw(session(), **options(device, faults=["loss=0.2", "user-fader@0.5s:track=1,db=-3"])) as daw:
            for db in range(10):
                say(daw, "/track/1/volume/db", -float(db))
                daw.step(0.1)
            return [(entry.clock_s, entry.wire, entry.what) for entry in daw.log.entries]

    assert transcript() == transcript()


def test_time_passes_in_steps_alone(device):
    with MockDaw(session(), **options(device)) as daw:
        daw.live.play()
        daw.step(0.25)
        web(daw, "TRANSPORT")
        assert daw.clock_s == 0.25
        assert daw.live.clock_s == pytest.approx(0.25)


def test_a_daw_in_real_time_can_not_be_stepped():
    with MockDaw(session()) as daw, pytest.raises(EngineError, match="manual"):
        daw.step(1.0)


def test_a_daw_that_is_not_started_says_so():
    with pytest.raises(EngineError, match="with"):
        MockDaw(session()).step()


def test_a_frozen_daw_answers_after_it_thaws(device, say):
    with ThreadPoolExecutor() as pool, MockDaw(session(), **options(device)) as daw:
        daw.step()
        daw.freeze()
        daw.log.clear()
        say(daw, "/track/1/mute", 1)
        asked = pool.submit(web, daw, "TRACK/1")
        daw.step(1.0)
        assert daw.log.entries == ()
        daw.thaw()
        assert int(asked.result(LIMIT_S).split("\t")[3]) & 8
        assert daw.live.session.tracks[0].muted


def test_a_restart_keeps_the_ports_and_what_was_saved_and_reports_everything_again(device, say):
    with MockDaw(session(), **options(device)) as daw:
        ports = daw.osc_address, daw.web_address
        say(daw, "/track/1/volume/db", -10.0)
        daw.step()
        web(daw, "40026")  # File: Save project
        say(daw, "/track/1/volume/db", -20.0)
        daw.step()
        daw.restart()
        daw.log.clear()
        daw.step(1.0)
        assert (daw.osc_address, daw.web_address) == ports
        assert volumes(daw)["/track/1/volume/db"] == pytest.approx(-10.0, abs=1e-4)
        assert daw.live.undo_names == ()


def test_a_vanished_daw_is_not_there_until_it_is_restarted(device):
    with MockDaw(session(), **options(device)) as daw:
        daw.vanish()
        with pytest.raises(ConnectionRefusedError):
            web(daw, "NTRACK")
        daw.step(1.0)
        daw.restart()
        assert web(daw, "NTRACK") == "NTRACK\t3\n"


@contextmanager
def greeted(daw: MockDaw) -> Iterator[socket.socket]:
    """Connect to reapy's server, which greets with a frame."""
    with socket.create_connection(("127.0.0.1", daw.reapy_port), LIMIT_S) as client:
        assert client.recv(1)
        yield client


def test_reapys_server_comes_back_on_its_port_after_a_restart_though_a_client_was_connected(device):
    with MockDaw(session(), **options(device, reapy=0, tick_s=0)) as daw:
        port = daw.reapy_port
        with greeted(daw):
            daw.restart()
        assert daw.reapy_port == port
        with greeted(daw):
            pass


def test_after_a_crash_reapys_server_is_refused_under_its_published_port_until_its_action_is_run(device):
    with MockDaw(session(), **options(device, reapy=0, tick_s=0)) as daw:
        published = f"EXTSTATE\treapy\tserver_port\t{daw.reapy_port}\n"
        with greeted(daw):
            daw.crash_reapy()
        assert web(daw, "GET/EXTSTATE/reapy/server_port") == published
        with pytest.raises(ConnectionRefusedError), greeted(daw):
            pass
        action = web(daw, "GET/EXTSTATE/reapy/activate_reapy_server").rstrip("\n").split("\t")[3].strip('"')
        web(daw, action)
        with greeted(daw):
            pass


def test_closing_frees_the_ports(device):
    with MockDaw(session(), **options(device)) as daw:
        osc, address = daw.osc_address, daw.web_address
    with MockDaw(session(), osc=osc[1], web=address[1]) as again:
        assert (again.osc_address, again.web_address) == (osc, address)


def test_the_user_undoes_a_write_in_the_middle_of_a_job(device):
    with MockDaw(session(), **options(device, faults=["user-undo@write#2"])) as daw:
        for number in (1, 2, 3):
            web(daw, f"SET/TRACK/{number}/MUTE/1")
        assert [track.muted for track in daw.live.session.tracks] == [True, False, True]


def test_a_pattern_file_that_is_none_is_refused(tmp_path):
    broken = tmp_path / "broken.ReaperOSC"
    broken.write_text("TRACK_VOLUME x/track/@/volume\n")
    with (
        pytest.raises(StartError, match=r"broken\.ReaperOSC.*unknown flag.*line 1"),
        MockDaw(session(), osc=0, pattern=broken),
    ):
        pass


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"faults": ["los=0.1"]}, FaultError),
        ({"osc_to": ("127.0.0.1", 0)}, StartError),
        ({"osc_to": ("no.such.host.invalid", 9000)}, StartError),
        ({"pattern": Path("nowhere.ReaperOSC")}, StartError),
    ],
)
def test_what_can_not_be_had_is_refused_before_anything_opens(options, error):
    with pytest.raises(error):
        MockDaw(session(), **options)


def test_a_project_that_is_none_is_refused(tmp_path):
    with pytest.raises(ProjectError):
        MockDaw(tmp_path / "nowhere")


def test_what_the_main_loop_fails_of_is_raised_at_the_end(device, say):
    def broken(setup, hooks):
        rooms = assemble(setup, hooks)

        def fail(packet):
            raise ZeroDivisionError(packet)

        return type(rooms)(rooms.live, fail, rooms.answer, rooms.call, rooms.feedback, rooms.publish)

    parts = Parts(broken, REAPER.open_web, REAPER.open_reapy)
    daw = MockDaw(session(), **options(device, parts=parts)).__enter__()
    say(daw, "/play", 1)
    assert daw.ended.wait(LIMIT_S)
    with pytest.raises(ZeroDivisionError):
        daw.step()
    with pytest.raises(ZeroDivisionError):
        daw.__exit__(None, None, None)


def test_at_full_speed_it_plays_much_faster_than_the_wall(tmp_path):
    with MockDaw(write_song(tmp_path / "song"), speed="max") as daw:
        daw.live.play()
        while daw.live.state:
            assert not daw.ended.wait(0.01)
        assert daw.clock_s >= 3.0
