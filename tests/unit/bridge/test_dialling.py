import socket
import threading
import time

import pytest

from bridge.deadline import Deadline
from bridge.dialling import dialled
from tests.silent_servers import hangs, serving, unused_port

LIMIT_S = 10.0
STREAM = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")


def known_as(monkeypatch, *ports):
    """Let every name have these addresses."""
    found = [(*STREAM, ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)


def test_the_first_address_that_answers_is_taken(monkeypatch):
    with serving(hangs) as port:
        known_as(monkeypatch, unused_port(), port)
        with dialled("studio", 2307, Deadline.after(LIMIT_S)) as line:
            assert line.getpeername() == ("127.0.0.1", port)


def test_an_address_that_does_not_answer_leaves_time_for_the_next(monkeypatch):
    limits_s = []

    class Silent:
        def __init__(self, *_):
            pass

        def setsockopt(self, *_):
            pass

        def settimeout(self, limit_s):
            limits_s.append(limit_s)

        def connect(self, _address):
            raise TimeoutError

        def close(self):
            pass

    known_as(monkeypatch, 1, 2, 3)
    monkeypatch.setattr(socket, "socket", Silent)
    with pytest.raises(TimeoutError):
        dialled("studio", 2307, Deadline(6.0, lambda: 0.0))
    assert limits_s == [2.0, 3.0, 6.0]


def test_where_no_address_answers_the_last_ones_reason_is_said(monkeypatch):
    known_as(monkeypatch, unused_port(), unused_port())
    with pytest.raises(ConnectionRefusedError):
        dialled("studio", 2307, Deadline.after(LIMIT_S))


def test_a_name_that_is_no_machines_is_said_by_the_system():
    with pytest.raises(socket.gaierror):
        dialled("nowhere.invalid", 2307, Deadline.after(LIMIT_S))


def test_a_look_up_that_never_ends_is_left_behind(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: over.wait(LIMIT_S) or [])
    began_s = time.monotonic()
    with pytest.raises(TimeoutError, match="studio was not looked up in time"):
        dialled("studio", 2307, Deadline.after(0.2))
    assert time.monotonic() - began_s < LIMIT_S / 2
    over.set()


def test_nothing_is_begun_once_the_time_is_over():
    with serving(hangs) as port, pytest.raises(TimeoutError):
        dialled("127.0.0.1", port, Deadline.after(0.0))
