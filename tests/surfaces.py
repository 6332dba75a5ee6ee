"""A device on the mock's OSC surface, for tests: it sends messages and keeps what it hears, without sockets."""

from dataclasses import replace

import numpy as np

from mock_daw.live import Live
from mock_daw.osc_packets import decode, encode
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.osc_surface import OscSurface
from mock_daw.reaper.pattern import default_pattern, parse
from mock_daw.session import Effect, Equaliser, Parameter, Session, Track, guid

TICK_S = 1.0 / 30.0


class Peaks:
    """A player that gives the peaks it is told."""

    def __init__(self):
        self.peaks = None

    def seek(self, position_s):
        pass

    def advance(self, session, samples):
        silent = np.zeros((len(session.tracks) + 1, 2))
        return silent if self.peaks is None else np.array(self.peaks, float)

    def close(self):
        pass


class Device:
    """Owns a live session, its surface, and the datagrams that the surface sent."""

    def __init__(self, session, pattern=None, *, wait_ms=0.0, packet_bytes=1024):
        self.player = Peaks()
        self.live = Live(session, self.player)
        self.actions = Actions(self.live)
        self.datagrams = []
        self.surface = OscSurface(
            self.live,
            self.actions,
            default_pattern() if pattern is None else parse(pattern),
            send=self.datagrams.append,
            wait_ms=wait_ms,
            packet_bytes=packet_bytes,
        )

    @property
    def session(self):
        return self.live.session

    def track(self, number):
        return self.live.session.track(number)

    def start(self):
        """Let the surface say everything, and forget it."""
        self.surface.run()
        self.heard()
        return self

    def send(self, address, *args):
        """Send a message; return what the surface says at once."""
        self.surface.receive(encode(address, *args))
        return self.run()

    def run(self, seconds=0.0):
        """Let time pass, then the surface have its turn; return what it says."""
        self.live.advance(seconds)
        self.surface.run()
        return self.heard()

    def heard(self):
        """Take what the surface has said: tuples of address and argument."""
        messages = [(m.address, *m.args) for datagram in self.datagrams for m in decode(datagram)]
        self.datagrams.clear()
        return messages

    def edit_track(self, number, **fields):
        """Change a track from elsewhere."""
        self.live.edit(lambda s: s.with_track(number, replace(s.track(number), **fields)), "elsewhere")

    def edit(self, **fields):
        """Change the session from elsewhere."""
        self.live.edit(lambda s: replace(s, **fields), "elsewhere")


def session_of(*tracks, **fields):
    return Session("song", 48_000, tuple(tracks), **fields)


def track_named(name, **fields):
    return Track(guid("track", name), name, **fields)


def reaeq(name="eq"):
    return Effect(guid("effect", name), "VST: ReaEQ (Cockos)", equaliser=Equaliser())


def plugin(name="VST: Comp (Someone)", *values):
    parameters = tuple(Parameter(f"P{n}", value) for n, value in enumerate(values, 1))
    return Effect(guid("effect", name), name, parameters=parameters)


def approx(messages, digits=4):
    """Round floats, for comparison with what is written in a test."""
    return [tuple(round(part, digits) if isinstance(part, float) else part for part in m) for m in messages]
