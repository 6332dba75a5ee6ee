"""A dialect of the mock over a live session without sockets: what is said to it, and what it answers."""

import numpy as np
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from mock_daw.dialects.letters import opening_of
from mock_daw.dialects.metering import SharedMeters
from mock_daw.dialects.serving import Ground, serve
from mock_daw.live import Live
from mock_daw.session import Session, Track

CLIENT, OTHER = ("127.0.0.1", 50_001), ("127.0.0.1", 50_002)
RATE_HZ = 48_000


class Tone:
    """Plays every track at a level, and the master at the first one's; the fader of a track counts."""

    def __init__(self):
        self.level = 0.5

    def seek(self, position_s):
        pass

    def advance(self, session, samples):
        tracks = [session.master if not n else track for n, track in enumerate([session.master, *session.tracks])]
        return np.array([[self.level * track.gain_linear * (not track.muted)] * 2 for track in tracks])

    def close(self):
        pass


class Rig:
    """One dialect over a session of named tracks; ``sent`` is everything it sent, as (address, arguments)."""

    def __init__(self, name, tracks=("Kick", "Bass"), *, resolution=128):
        self.tone = Tone()
        self.meters = SharedMeters()
        session = Session("song", RATE_HZ, tuple(Track(each, each) for each in tracks))
        self.live = Live(session, self.tone, meter_hold=self.meters)
        self.name = name
        self.saves = 0
        self.letters = []
        opening = opening_of(name, (0, 11_001, resolution))
        self.dialect = serve(opening, Ground(self.live, self.meters, self._save), self.letters.append)

    def say(self, address, *args, peer=CLIENT):
        """Say something and return what came at once and with the next turn, to whom said it."""
        builder = OscMessageBuilder(address)
        for arg in args:
            builder.add_arg(arg)
        self.letters.clear()
        self.dialect.receive(builder.build().dgram, peer)
        self.dialect.turn()
        return self.heard()

    def wait(self, seconds, *, turns=1):
        """Let time pass and return what came."""
        self.letters.clear()
        for _ in range(turns):
            self.live.advance(seconds / turns)
            self.dialect.turn()
        return self.heard()

    def heard(self, peer=None):
        return [said for letter in self.letters if peer in {None, letter.peer} for said in parsed(letter.data)]

    def track(self, number=1):
        return self.live.session.track(number)

    def _save(self):
        self.saves += 1


def parsed(data):
    """Return the messages in a datagram as (address, arguments), by python-osc; ``#reply`` is no address to it."""
    if data.startswith(b"#bundle"):
        return [(message.address, message.params) for message in OscBundle(data)]
    hashed = data.startswith(b"#reply")
    message = OscMessage(b"/" + data[1:] if hashed else data)
    return [("#reply" if hashed else message.address, message.params)]


def answers(said, address):
    """Return the arguments of the messages with that address."""
    return [args for each, args in said if each == address]
