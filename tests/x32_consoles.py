"""An X32 and an X Air for the tests, in memory: written from "Unofficial X32/M32 OSC Remote Protocol".

A parameter that is named without a value is told; a value is kept in the parameter's steps. Bundles are not known.
"""

import math
import struct

from bridge.osc.packets import Message

FLAT_EQ = {"on": 0, "1": (2, 124.7), "2": (2, 496.6), "3": (2, 1970.0), "4": (4, 10_020.0)}
STEPS = {"fader": 1024, "f": 201, "g": 121, "q": 72, "pan": 101, "trim": 145}
FOLLOWING = ("mix/fader", "mix/on", "eq/")


def f32(value):
    return struct.unpack(">f", struct.pack(">f", value))[0]


class Console:
    """A console that answers at once, in a time that only waiting moves. ``loses()`` tells what is lost, either way."""

    bundles = False

    def __init__(self, *names, model="X32", channels=32, loses=lambda message: False):
        self.model, self.channels, self.loses = model, channels, loses
        self.air = model.startswith("XR")
        self.time_s = 0.0
        self.sent, self.coming = [], []
        self.closed = self.dead = False
        self.remote_until_s = -1.0
        self.meters_until_s = {}
        self.stuck = set()
        self.peaks = [-128.0] * channels
        self.main_dbfs, self.mixes = (-128.0, -128.0), False
        self.before = lambda console, message: None
        self.values = {}
        for number in range(1, channels + 1):
            self._channel(number)
        self.master = "/lr" if self.air else "/main/st"
        self.values[f"{self.master}/mix/fader"] = f32(767 / 1023)
        for group in range(1, (4 if self.air else 8) + 1):
            self.values |= {f"/dca/{group}/fader": f32(767 / 1023), f"/dca/{group}/on": 1}
        self.values |= {f"/config/mute/{group}": 0 for group in range(1, 7)}
        self.values |= {f"/config/chlink/{left}-{left + 1}": 0 for left in range(1, channels, 2)}
        self.values |= {"/config/linkcfg/fdrmute": 1, "/config/linkcfg/eq": 1}
        for number, name in enumerate(names, 1):
            self.put(number, "config/name", name)
            self.put(number, "mix/fader", 767 / 1023)

    def put(self, number, of, value):
        self.set(f"/ch/{number:02d}/{of}", value)

    def set(self, address, value):
        tail = address.rsplit("/", 1)[-1]
        if isinstance(value, float) and tail in STEPS:
            last = STEPS[tail] - 1
            value = f32(round(min(max(value, 0.0), 1.0) * last) / last)
        if address not in self.stuck:
            self.values[address] = value

    def of(self, number, of):
        return self.values[f"/ch/{number:02d}/{of}"]

    def fader_db(self, number):
        """Return a fader by the document's own words."""
        f = self.values[f"{self.master}/mix/fader"] if number == 0 else self.of(number, "mix/fader")
        if f >= 0.5:
            return f * 40.0 - 30.0
        if f >= 0.25:
            return f * 80.0 - 50.0
        return f * 160.0 - 70.0 if f >= 0.0625 else f * 480.0 - 90.0

    def clock(self):
        return self.time_s

    def send(self, messages):
        assert len(messages) == 1, "a console does not know bundles"
        self.sent += messages
        if not self.loses(messages[0]):
            self.before(self, messages[0])
            if not self.dead:
                self.take(messages[0])

    def receive(self, limit_s):
        if not self.coming and limit_s:
            self.time_s += max(min(limit_s, 0.05), 1e-6)
            self.idle()
        came, self.coming = self.coming[:40], self.coming[40:]
        return came

    def close(self):
        self.closed = True

    def writes(self):
        """Return what was set, and empty the transcript."""
        kept = [message for message in self.sent if message.arguments and message.address != "/meters"]
        self.sent.clear()
        return kept

    def say(self, address, *arguments):
        message = Message(address, arguments)
        if not self.dead and not self.loses(message):
            self.coming.append(message)

    def take(self, message):
        match message:
            case Message("/xinfo", ()):
                self.say("/xinfo", "192.168.1.62", f"{self.model}-05-4A-7F", self.model, "4.06")
            case Message("/xremote", ()):
                self.remote_until_s = self.time_s + 10.0
            case Message("/meters", (bank, *_)):
                self.meters_until_s[bank] = self.time_s + 10.0
            case Message(address, ()) if address in self.values:
                self.say(address, self.values[address])
            case Message(address, (value,)) if address in self.values:
                self.set(address, value)
                self._follow(address, value)

    def bank(self, name):
        """Return a bank of meters as a blob: its size in values, then these, little end first."""
        if self.air:
            values = [round(256 * db) for db in [*self.peaks, *[-128.0] * 20, *self.main_dbfs, -128.0, -128.0]]
            return struct.pack(f"<i{len(values)}h", len(values), *values)
        levels = [10 ** (db / 20) for db in self.peaks]
        main = [10 ** (db / 20) for db in self.main_dbfs]
        values = {"/meters/1": [*levels, *[1.0] * 64], "/meters/2": [*[4e-7] * 22, *main, 4e-7, *[1.0] * 24]}[name]
        return struct.pack(f"<i{len(values)}f", len(values), *values)

    def mixed_dbfs(self):
        """Return what the peaks come to at the main mix after all faders."""
        strips = [db + self.fader_db(number) for number, db in enumerate(self.peaks, 1) if self.of(number, "mix/on")]
        return 20 * math.log10(sum(10 ** (db / 20) for db in strips)) + self.fader_db(0)

    def idle(self):
        """Send what is sent while time goes by."""
        if self.mixes:
            self.main_dbfs = (self.mixed_dbfs(),) * 2
        for name, until_s in self.meters_until_s.items():
            if self.time_s <= until_s:
                self.say(name, self.bank(name))

    def _follow(self, address, value):
        """Let the other channel of a linked pair go along."""
        if not address.startswith("/ch/") or not address[7:].startswith(FOLLOWING):
            return
        number = int(address[4:6])
        left = number - 1 + number % 2
        if self.values[f"/config/chlink/{left}-{left + 1}"]:
            self.set(f"/ch/{2 * left + 1 - number:02d}/{address[7:]}", value)

    def _channel(self, number):
        for of, value in {
            "config/name": "",
            "mix/fader": 0.0,
            "mix/on": 1,
            "mix/lr" if self.air else "mix/st": 1,
            "mix/pan": 0.5,
            "grp/dca": 0,
            "grp/mute": 0,
            "preamp/rtntrim" if self.air else "preamp/trim": 0.5,
            "preamp/hpon": 0,
            "gate/on": 0,
            "dyn/on": 0,
            "insert/on": 0,
            "eq/on": FLAT_EQ["on"],
        }.items():
            self.values[f"/ch/{number:02d}/{of}"] = value
        for band in "1234":
            kind, _ = FLAT_EQ[band]
            for of, value in {"type": kind, "f": 0.265, "g": 0.5, "q": 33 / 71}.items():
                self.values[f"/ch/{number:02d}/eq/{band}/{of}"] = value
