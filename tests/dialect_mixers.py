"""Mixers that speak as a dialect file says, in memory: what a file means, written without what reads it."""

from bridge.osc.packets import Message

BY_ADDRESS = """
name = "Desk"
port = 7000
[ask]
how = "address"
[tracks]
count = {count}
first = 0
digits = 3
[names]
address = "/in/{{n}}/name"
[fader]
address = "/in/{{n}}/gain"
unit = "db"
highest_db = 6.0
closed_db = -90.0
[mute]
address = "/in/{{n}}/mute"
[pan]
address = "/in/{{n}}/pan"
left = -1.0
right = 1.0
[master]
address = "/out/gain"
unit = "db"
highest_db = 6.0
[tempo]
address = "/tempo"
[meter]
address = "/in/{{n}}/level"
master = "/out/level"
unit = "db"
after_fader = false
[meter.subscribe]
address = "/levels"
arguments = [1]
every_s = 5.0
[play]
address = "/play"
[stop]
address = "/stop"
"""
BY_QUESTION = """
name = "Rack"
port = 7001
bundles = true
[ask]
how = "address"
[tracks]
counted = { ask = "/get/count" }
[names]
address = "/set/name"
before = ["{n}"]
ask = "/get/name"
[fader]
address = "/set/gain"
before = ["{n}", "main"]
ask = "/get/gain"
unit = "linear"
highest_db = 10.0
[solo]
address = "/set/solo"
before = ["{n}"]
ask = "/get/solo"
type = "f"
"""
BY_REFRESH = """
name = "Surface"
port = 7002
listen_port = 7003
bundles = true
[ask]
how = "refresh"
message = { address = "/refresh", arguments = [1] }
[tracks]
at_most = 64
[names]
address = "/track/{n}/name"
[fader]
address = "/track/{n}/volume"
unit = "position"
law = "ableton"
[mute]
address = "/track/{n}/mute"
type = "f"
"""
UNASKED = """
name = "Page"
port = 7004
echoes = {echoes}
[ask]
how = "never"
[tracks]
names = ["Kick", "Bass"]
[fader]
address = "/1/fader{{n}}"
unit = "position"
curve = [[0.0, -inf], [0.25, -40.0], [0.75, 0.0], [1.0, 10.0]]
start_db = -6.0
[keep_alive]
address = "/ping"
every_s = 2.0
"""


class Mixer:
    """A mixer that answers at once, in a time that only waiting moves. ``values`` are by the address of their answer.

    With ``leading``, how many arguments name a value, these are kept with its address.
    """

    bundles = True

    def __init__(self, values, *, leading=None, refresh=None, echo=False, loses=lambda message: False):
        self.values, self.leading, self.refresh, self.echo, self.loses = (
            dict(values),
            leading or {},
            refresh,
            echo,
            loses,
        )
        self.time_s = 0.0
        self.sent, self.coming = [], []
        self.closed = self.dead = False
        self.pushed = []

    def clock(self):
        return self.time_s

    def send(self, messages):
        self.sent += messages
        for message in messages:
            if not self.dead and not self.loses(message):
                self.take(message)

    def receive(self, limit_s):
        if not self.coming and limit_s:
            self.time_s += max(min(limit_s, 0.1), 1e-6)
            self.idle()
        came, self.coming = self.coming[:40], self.coming[40:]
        return came

    def idle(self):
        """Send what is sent while time goes by."""
        for message in self.pushed:
            self.say(message)

    def close(self):
        self.closed = True

    def say(self, message):
        if not self.dead and not self.loses(message):
            self.coming.append(message)

    def take(self, message):
        if message == self.refresh:
            for (address, *ids), value in self.values.items():
                self.say(Message(address, (*ids, value)))
            return
        told_at = message.address.replace("/set/", "/get/")
        count = self.leading.get(told_at, 0)
        key = (told_at, *message.arguments[:count])
        rest = message.arguments[count:]
        if key not in self.values:
            return
        if rest:
            self.values[key] = rest[0]
        if self.refresh is None and (not rest or self.echo) and (not self.echo or rest):
            self.say(Message(told_at, (*key[1:], self.values[key])))


def by_address(*names, **how):
    values = {}
    for number, name in enumerate(names):
        for of, value in {"name": name, "gain": 0.0, "mute": 0, "pan": 0.0}.items():
            values[(f"/in/{number:03d}/{of}",)] = value
    return Mixer({**values, ("/out/gain",): 0.0, ("/tempo",): 120.0}, **how)


def by_question(*names, **how):
    values = {("/get/count",): len(names)}
    for number, name in enumerate(names, 1):
        values |= {("/get/name", number): name, ("/get/gain", number, "main"): 1.0, ("/get/solo", number): 0.0}
    return Mixer(values, leading={"/get/name": 1, "/get/gain": 2, "/get/solo": 1}, **how)


def by_refresh(*names, **how):
    values = {}
    for number, name in enumerate(names, 1):
        for of, value in {"name": name, "volume": 0.85, "mute": 0.0}.items():
            values[(f"/track/{number}/{of}",)] = value
    return Mixer(values, refresh=Message("/refresh", (1,)), **how)


def unasked(**how):
    return Mixer({("/1/fader1",): 0.5, ("/1/fader2",): 0.5}, **how)
