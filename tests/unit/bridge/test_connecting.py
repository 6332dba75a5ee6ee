"""One budget for finding out whether REAPER is there and answers, however the fault is spread."""

import threading
import time
from contextlib import contextmanager

import pytest

from bridge.connecting import Door, connected, faders_alone
from bridge.deadline import Deadline
from bridge.errors import DawSilent, DawUnreachable
from bridge.journal import FOLDER_VARIABLE
from bridge.osc.packets import Message
from bridge.other_daws import OtherDaw
from tests.mixes import write_song
from tests.silent_servers import Web, hangs, read_request, reply, serving

BUDGET_S = 2.0
PLENTY_S = 4.0  # with a limit for each wait alone all of these take longer
TRANSPORT = "TRANSPORT\t0\t0.0\t0\t0:00.000\t1.1.00\n"


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "state"))


def after(seconds, text):
    def answer():
        threading.Event().wait(seconds)
        return text

    return answer


def slow_then_silent(seconds, answered):
    """Answer so many requests, each after a while, and no more."""
    left = [reply(TRANSPORT.encode())] * answered

    def does(connection, over):
        read_request(connection)
        if left and not over.wait(seconds):
            connection.sendall(left.pop())
        else:
            over.wait(30.0)

    return does


@contextmanager
def silent_in_time():
    began_s = time.monotonic()
    with pytest.raises(DawSilent) as caught:
        yield
    assert time.monotonic() - began_s < PLENTY_S
    assert "\n" not in str(caught.value)


def reached(port, **how):
    return connected(Door(web_port=port), deadline=Deadline.after(BUDGET_S), **how)


def test_a_slow_web_interface_and_a_silent_reapy():
    with serving(hangs) as reapy_port:
        web = Web(
            {
                "/_/TRANSPORT": after(0.5, TRANSPORT),
                "/_/GET/EXTSTATE/reapy/server_port": after(0.5, f"EXTSTATE\treapy\tserver_port\t{reapy_port}\n"),
            }
        )
        with serving(web) as port, silent_in_time(), reached(port):
            pytest.fail("it was reached")


def test_a_web_interface_that_falls_silent_before_reapy_is_found():
    with serving(slow_then_silent(1.5, 1)) as port, silent_in_time(), reached(port):
        pytest.fail("it was reached")


def test_a_web_interface_alone_that_falls_silent(tmp_path):
    song = write_song(tmp_path / "song")
    with serving(slow_then_silent(1.2, 1)) as port, silent_in_time(), reached(port, stems=song) as daw:
        daw.read()


def test_once_it_was_reached_the_budget_is_no_limit_any_more(tmp_path):
    song = write_song(tmp_path / "song")
    rows = (f"TRACK\t{k}\t{name}\t0\t1.0\t0.0\t0\t0\t1.0\t3\t0\t0\t0\t0\n" for k, name in enumerate(("MASTER", "Kick")))
    web = Web({"/_/TRANSPORT": TRANSPORT, "/_/TRACK": "".join(rows)})
    now_s = [0.0]
    deadline = Deadline.after(BUDGET_S, lambda: now_s[0])
    with serving(web) as port, connected(Door(web_port=port), stems=song, deadline=deadline) as daw:
        now_s[0] = 60.0
        assert [track.name for track in daw.read().tracks] == ["Kick"]
    with pytest.raises(DawUnreachable), connected(Door(web_port=port), stems=song, deadline=deadline):
        pytest.fail("it was reached")


def test_only_a_web_interface_shows_the_faders_alone(tmp_path):
    assert [daw.name for daw in faders_alone(Door())] == ["REAPER"]
    assert faders_alone(Door(through=tmp_path)) == faders_alone(Door(osc=(8000, 9000))) == ()


def test_a_line_that_can_not_be_made_leaves_no_socket_open():
    links = []

    def fails(link, where, with_eq):
        links.append(link)
        raise DawUnreachable(f"no line to {where}, EQ {with_eq}")

    door = Door(osc=(3819, 0), other=OtherDaw("some", "Some DAW", 3819, 0, fails, "switch it on"))
    with pytest.raises(DawUnreachable, match=r"no line to 127\.0\.0\.1:3819"), door.talk():
        pytest.fail("there was one")
    (link,) = links
    with pytest.raises(DawUnreachable, match="nothing can be sent"):
        link.send([Message("/hello", ())])
