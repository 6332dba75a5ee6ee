"""Ardour's OSC surface in memory, for the unit tests: written from what a real Ardour 7.3 was seen to send."""

from dataclasses import dataclass, field

from bridge.osc.packets import Message

FLAT = {
    **dict(zip(range(1, 18), (160, 0, 300, 0, 1, 1000, 0, 1, 2500, 0, 1, 6000, 0, 1, 9000, 0, 0), strict=True)),
    **dict.fromkeys(range(18, 25), 1),
}
RANGES = {
    **dict.fromkeys((1, 3, 6, 9, 12, 15), (20.0, 20_000.0)),
    **dict.fromkeys((2, 4, 7, 10, 13, 16, 17), (-20.0, 20.0)),
    **dict.fromkeys((5, 8, 11, 14), (0.1, 4.0)),
    **dict.fromkeys(range(18, 25), (0.0, 1.0)),
}


@dataclass
class Plugin:
    """A plug-in; ``values`` are an ACE EQ's parameters."""

    name: str = "ACE EQ"
    active: bool = True
    values: dict[int, float] = field(default_factory=lambda: {number: float(v) for number, v in FLAT.items()})


@dataclass
class Strip:
    """A strip; a ``stuck`` fader does not move."""

    name: str
    gain_db: float = 0.0
    kind: str = "AT"
    inputs: int = 2
    mute: float = 0.0
    solo: float = 0.0
    select: float = 0.0
    automation: float = 0.0
    trim_db: float = 0.0
    panner: str | None = "panner_balance"
    pan: float = 0.5
    plugins: list[Plugin] = field(default_factory=list)
    stuck: bool = False
    meter: float = -193.0


class Ardour:
    """A link to it: answers at once, in a time that only waiting moves. ``loses()`` tells what is lost, either way."""

    own_port = 40_000

    def __init__(self, *strips, master_db=0.0, rate_hz=48_000, loses=lambda message: False):
        self.strips = list(strips)
        self.master_db = master_db
        self.master_meter = -193.0
        self.rate_hz = rate_hz
        self.project = "song"
        self.armed = self.rolling = False
        self.place = 0
        self.time_s = 0.0
        self.sent = []
        self.coming = []
        self.surface = False
        self.closed = self.dead = False
        self.loses = loses
        self.before = lambda ardour, message: None

    def clock(self):
        return self.time_s

    def send(self, messages):
        self.sent += messages
        for message in messages:
            if not self.loses(message):
                self.before(self, message)
                if not self.dead:
                    self._take(message)

    def receive(self, limit_s):
        came, self.coming = self.coming[:40], self.coming[40:]
        if not came and limit_s:
            self.time_s += max(limit_s, 1e-6)
        return came

    def close(self):
        self.closed = True

    def restart(self):
        self.surface = self.dead = False

    def writes(self):
        """Return what was sent beside questions, and empty the transcript."""
        asked = {"/set_surface", "/strip/list", "/strip/plugin/list", "/strip/plugin/descriptor"}
        kept = [message for message in self.sent if message.address not in asked]
        self.sent.clear()
        return kept

    def say(self, address, *arguments):
        message = Message(address, arguments)
        if not self.loses(message):
            self.coming.append(message)

    def meters(self, *peaks, master):
        """Show other peaks, as Ardour does: only what changed."""
        for number, (strip, peak) in enumerate(zip(self.strips, peaks, strict=True), 1):
            if strip.meter != peak:
                strip.meter = peak
                self.say("/strip/meter", number, peak)
        if master != self.master_meter:
            self.master_meter = master
            self.say("/master/meter", master)

    def _take(self, message):
        takes = {
            "/set_surface": self._set_surface,
            "/strip/list": self._answer_list,
            "/strip/plugin/list": self._list_plugins,
            "/strip/plugin/descriptor": self._describe,
            "/strip/plugin/parameter": self._set_parameter,
            "/strip/gain": self._fade,
            "/master/gain": self._fade_master,
            "/transport_frame": lambda: self.say("/transport_frame", self.place),
            "/locate": self._locate,
            "/transport_play": lambda: self._roll(True),
            "/transport_stop": lambda: self._roll(False),
        }
        takes[message.address](*message.arguments)

    def _set_surface(self, bank, strip_types, feedback, gain_mode, sends, plugins, link_set, link_id, port):
        self.surface = feedback > 0 and port == self.own_port  # without it, Ardour sends to port 8000
        if self.surface:
            self._tell()

    def _answer_list(self):
        if self.surface:  # else the replies come on an address that is none
            self._list()
            self._tell()

    def _list_plugins(self, number):
        plugins = enumerate(self.strips[number - 1].plugins, 1)
        listed = [part for n, plugin in plugins for part in (n, plugin.name, int(plugin.active))]
        self.say("/strip/plugin/list", number, *listed)

    def _set_parameter(self, number, plugin, parameter, value):
        low, high = RANGES[parameter]
        if low <= value <= high:
            self.strips[number - 1].plugins[plugin - 1].values[parameter] = value

    def _fade(self, number, db):
        strip = self.strips[number - 1]
        wanted = -200.0 if db <= -193.0 else min(db, 6.0206)
        if not strip.stuck and wanted != strip.gain_db:
            strip.gain_db = wanted
            self.say("/strip/gain", number, wanted)

    def _fade_master(self, db):
        if db != self.master_db:
            self.master_db = min(db, 6.0206)
            self.say("/master/gain", self.master_db)

    def _locate(self, sample, roll):
        if roll or not self.rolling:
            self.place = sample
        if roll:
            self._roll(True)

    def _roll(self, rolling):
        if rolling != self.rolling:
            self.rolling = rolling
            self.say("/transport_play", float(rolling))
            self.say("/transport_stop", float(not rolling))

    def _list(self):
        for number, strip in enumerate(self.strips, 1):
            tail = (0,) if strip.kind == "AT" else ()
            self.say("/reply", strip.kind, strip.name, strip.inputs, 2, int(strip.mute), int(strip.solo), number, *tail)
        self.say("/reply", "end_route_list", self.rate_hz, 4 * self.rate_hz, 0)

    def _tell(self):
        for number, strip in enumerate(self.strips, 1):
            self.say("/strip/name", number, strip.name)
            self.say("/strip/mute", number, strip.mute)
            self.say("/strip/solo", number, strip.solo)
            self.say("/strip/select", number, strip.select)
            self.say("/strip/gain", number, strip.gain_db)
            self.say("/strip/gain/automation", number, strip.automation)
            self.say("/strip/gain/automation_name", number, "Manual")
            self.say("/strip/trimdB", number, strip.trim_db)
            if strip.panner is not None:
                self.say("/strip/pan_type", number, strip.panner)
                self.say("/strip/pan_stereo_position", number, strip.pan)
        if self.master_db is not None:
            self.say("/master/name", "Master")
            self.say("/master/gain", self.master_db)
        self.say("/transport_play", float(self.rolling))
        self.say("/transport_stop", float(not self.rolling))
        self.say("/rec_enable_toggle", float(self.armed))
        self.say("/session_name", self.project)

    def _describe(self, number, plugin):
        for parameter, value in self.strips[number - 1].plugins[plugin - 1].values.items():
            low, high = RANGES[parameter]
            named = (f"Parameter {parameter}", 128, "NOTHING", low, high, "%4.1f dB", 0)
            self.say("/strip/plugin/descriptor", number, plugin, parameter, *named, value)
        self.say("/strip/plugin/descriptor_end", number, plugin)
