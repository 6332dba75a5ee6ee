"""REAPER's control surface in memory, for the unit tests of the OSC side: a line that keeps what was sent."""

from dataclasses import dataclass

from bridge.osc.packets import Message

QUESTION = (
    Message("/device/fx/count", (0,)),
    Message("/device/send/count", (0,)),
    Message("/device/receive/count", (0,)),
    Message("/device/fxparam/count", (0,)),
    Message("/device/fxinstparam/count", (0,)),
    Message("/device/track/bank/select", (1,)),
    Message("/action", (41743,)),
)


@dataclass
class Channel:
    """A track of the desk; a ``stuck`` fader does not move."""

    name: str
    db: float = 0.0
    mute: float = 0.0
    solo: float = 0.0
    select: float = 0.0
    pan: float = 0.5
    stuck: bool = False


class Line:
    """Answers as REAPER does, with its default pattern file or with ours, in a time that only waiting moves.

    ``loses(message)`` tells what is lost on the way, in either direction; ``before(line, message)`` comes in between.
    """

    def __init__(self, *channels, ours=False):
        self.channels = list(channels)
        self.master = Channel("MASTER")
        self.ours = ours
        self.pointed = 0
        self.recording = 0.0
        self.time_s = 0.0
        self.sent = []
        self.coming = []
        self.closed = False
        self.loses = lambda message: False
        self.before = lambda line, message: None

    def clock(self):
        return self.time_s

    def send(self, messages):
        self.sent += messages
        for message in messages:
            if not self.loses(message):
                self.before(self, message)
                self._take(message)

    def receive(self, limit_s):
        came, self.coming = self.coming[:40], self.coming[40:]
        if not came and limit_s:
            self.time_s += max(limit_s, 1e-6)  # a rest too small to be added would never be over
        return came

    def close(self):
        self.closed = True

    def writes(self):
        """Return what was sent beside questions, and empty the transcript."""
        kept = [m for m in self.sent if m not in QUESTION and m.address != "/device/track/count"]
        self.sent.clear()
        return kept

    def say(self, address, value):
        message = Message(address, (value,))
        if not self.loses(message):
            self.coming.append(message)

    def _take(self, message):
        value = message.arguments[0]
        if message.address == "/device/track/count":
            self._tell(value)
        elif message.address == "/master/volume/db" and self.ours:
            self._fade(0, value)
        elif message.address.startswith("/track/"):
            _, _, number, tail = message.address.split("/", 3)
            if tail == "volume/db":
                self._fade(int(number), value)
            else:
                self.channels[int(number) - 1].select = value
                self.say(message.address, value)

    def _fade(self, number, db):
        channel = self._at(number)
        moved = [channel]
        if channel.select:
            moved = [one for one in self.channels if one.select]
        step = db - channel.db
        for one in moved:
            if one.stuck:
                continue
            one.db += step
            place = 0 if one is self.master else self.channels.index(one) + 1
            address = f"/track/{place}" if place else "/master"
            self.say(f"{address}/volume", 0.5)
            self.say(f"{address}/volume/str", f"{one.db:.2f}dB")

    def _tell(self, bank):
        self.say("/record", self.recording)
        self.say("/master/volume", 0.5)
        self.say("/master/volume/str", f"{self.master.db:.2f}dB")
        if self.ours:
            self.say("/master/volume/db", self.master.db)
        else:
            self.say("/track/number/str", str(self.pointed))
            self.say("/track/volume/db", self._at(self.pointed).db)
        for number in range(1, bank + 1):
            known = number <= len(self.channels)
            one = self._at(number) if known else Channel(f"Track {number}", db=-150.0)
            told = {"name": one.name, "select": one.select, "volume": 0.5, "volume/db": one.db, "pan": one.pan}
            for tail, value in {**told, "mute": one.mute, "solo": one.solo}.items():
                self.say(f"/track/{number}/{tail}", value)
            if not self.ours:
                self.say(f"/track/{number}/number/str", str(number))

    def _at(self, number):
        return self.master if number == 0 else self.channels[number - 1]
