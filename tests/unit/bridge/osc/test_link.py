import socket

import pytest

from bridge.errors import DawUnreachable
from bridge.osc.link import OscLink, OscPorts
from bridge.osc.packets import Message, packed, unpacked

DAW = ("127.0.0.1", 8000)
PLAY = Message("/play", (1.0,))


class Wire:
    """A socket in memory, in a time of its own: what comes is (when, datagram, sender)."""

    def __init__(self, *coming):
        self.coming = sorted(coming)
        self.time_s = 0.0
        self.sent = []
        self.limit_s = 0.0
        self.fails = None

    def clock(self):
        return self.time_s

    def sendto(self, data, address):
        if self.fails:
            raise self.fails
        self.sent.append((round(self.time_s, 6), data, address))
        return len(data)

    def recvfrom(self, size):
        if self.coming and self.coming[0][0] <= self.time_s + self.limit_s:
            when, datagram, sender = self.coming.pop(0)
            self.time_s = max(when, self.time_s)
            if isinstance(datagram, Exception):
                raise datagram
            return datagram, sender
        self.time_s += self.limit_s
        raise TimeoutError if self.limit_s else BlockingIOError

    def settimeout(self, limit_s):
        self.limit_s = limit_s

    def close(self):
        pass


def link_over(wire):
    return OscLink(wire, DAW, clock=wire.clock, pause_s=0.25, max_packet_bytes=64)


def came(when, *messages, sender=DAW):
    return (when, next(packed(messages)), sender)


def test_packets_are_of_limited_size_and_apart():
    wire = Wire()
    messages = [Message(f"/track/{n}/mute", (0.0,)) for n in range(1, 4)]
    link_over(wire).send(messages)
    assert [when for when, _, _ in wire.sent] == [0.0, 0.25, 0.5]
    assert [message for _, datagram, _ in wire.sent for message in unpacked(datagram)] == messages
    assert {to for _, _, to in wire.sent} == {DAW}


def test_what_comes_while_something_is_sent_is_kept():
    wire = Wire(came(0.1, PLAY))
    link = link_over(wire)
    link.send([Message("/stop")])
    assert link.receive(0.0) == [PLAY]


def test_waiting_ends_when_something_comes():
    wire = Wire(came(0.5, PLAY), came(0.75, Message("/stop")))
    link = link_over(wire)
    assert (link.receive(2.0), wire.time_s) == ([PLAY], 0.5)
    assert (link.receive(2.0), wire.time_s) == ([Message("/stop")], 0.75)


def test_waiting_ends_when_nothing_comes():
    wire = Wire()
    assert (link_over(wire).receive(2.0), wire.time_s) == ([], 2.0)


def test_strangers_and_noise_are_not_listened_to():
    wire = Wire(
        came(0.0, Message("/stop"), sender=("10.1.2.3", 8000)),
        (0.1, b"GET / HTTP/1.1", DAW),
        (0.2, ConnectionResetError(), DAW),
        came(0.3, PLAY, sender=("127.0.0.1", 51234)),  # REAPER sends from another port than it receives on
    )
    assert link_over(wire).receive(2.0) == [PLAY]


def test_a_network_that_takes_nothing():
    wire = Wire()
    wire.fails = OSError(101, "Network is unreachable")
    with pytest.raises(DawUnreachable, match=r"nothing can be sent to 127\.0\.0\.1:8000 \(Network is unreachable\)"):
        link_over(wire).send([PLAY])


def test_a_port_that_another_program_listens_to():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(DawUnreachable, match=rf"UDP port {port} on this machine can not be listened to"):
            OscLink.open(OscPorts("127.0.0.1", 8000, port))


def test_a_machine_that_does_not_exist():
    with pytest.raises(DawUnreachable, match="is no machine that is known here"):
        OscLink.open(OscPorts("no such machine", 8000, 0))


def test_over_real_sockets():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daw:
        daw.bind(("127.0.0.1", 0))
        daw.settimeout(5.0)
        link = OscLink.open(OscPorts("localhost", daw.getsockname()[1], 0))
        try:
            link.send([PLAY])
            datagram, sender = daw.recvfrom(1024)
            assert unpacked(datagram) == (PLAY,)
            assert sender[0] == "127.0.0.1"
            daw.sendto(next(packed([Message("/stop")])), sender)
            assert link.receive(5.0) == [Message("/stop")]
        finally:
            link.close()
