"""AbletonOSC in memory, for the unit tests: written from its README and source."""

import math
from dataclasses import dataclass, field

from bridge.osc.packets import Message

TYPES = (
    "High Pass 48dB",
    "High Pass 12dB",
    "Low Shelf",
    "Bell",
    "Notch",
    "High Shelf",
    "Low Pass 12dB",
    "Low Pass 48dB",
)
PER_BAND = {"Filter On": 0.0, "Filter Type": 3.0, "Frequency": 0.5, "Gain": 0.0, "Q": 0.3764}
EQ_NAMES = (
    "Device On",
    *(f"{n} {name} {side}" for n in range(1, 9) for side in "AB" for name in PER_BAND),
    "Adaptive Q",
    "Output Gain",
    "Scale",
)


def shown(name, value):
    """Return what Live shows of a parameter of EQ Eight."""
    if "Frequency" in name:
        hz = 10.0 * 2200.0**value
        return f"{hz:.1f} Hz" if hz < 100 else f"{hz:.0f} Hz" if hz < 1000 else f"{hz / 1000:.2f} kHz"
    if "Type" in name:
        return TYPES[int(value)]
    if "Gain" in name:
        return f"{value:.2f} dB"
    if " Q " in name:
        return f"{0.1 * 180.0**value:.2f}"
    return str(value)


@dataclass
class Device:
    """A device; its parameters by name with their values."""

    name: str = "EQ Eight"
    class_name: str = "Eq8"
    type: int = 2
    values: dict[str, float] = field(
        default_factory=lambda: {
            name: {"Device On": 1.0, "Adaptive Q": 1.0, "Output Gain": 0.0, "Scale": 1.0}.get(
                name, PER_BAND.get(name[2:-2], 0.0)
            )
            for name in EQ_NAMES
        }
    )
    text: object = staticmethod(shown)

    def range(self, name):
        if "Gain" in name:
            return (-12.0, 12.0) if name == "Output Gain" else (-15.0, 15.0)
        return (0.0, 7.0) if "Type" in name else (0.0, 1.0) if name != "Scale" else (-2.0, 2.0)


@dataclass
class Track:
    """A track; a ``stuck`` fader does not move. With ``peak_dbfs`` its meters follow the fader, down to -18 dB."""

    name: str
    volume: float = 0.85
    panning: float = 0.0
    mute: bool = False
    solo: bool = False
    is_foldable: bool = False
    is_grouped: bool = False
    has_audio_output: bool = True
    devices: list[Device] = field(default_factory=list)
    stuck: bool = False
    output_meter_left: float = 0.0
    output_meter_right: float = 0.0
    peak_dbfs: float | None = None

    def told(self, name):
        if self.peak_dbfs is None or not name.startswith("output_meter"):
            return getattr(self, name)
        return min(max((self.peak_dbfs + 40.0 * self.volume - 34.0 + 70.0) / 76.0, 0.0), 1.0)


class Live:
    """A link to it: answers at once, in a time that only waiting moves. ``loses()`` tells what is lost, either way."""

    def __init__(self, *tracks, tempo=120.0, loses=lambda message: False):
        self.tracks = list(tracks)
        self.tempo = tempo
        self.is_playing = self.record_mode = self.session_record = False
        self.current_song_time = 0.0
        self.selected = 0
        self.heard = set()
        self.time_s = 0.0
        self.sent = []
        self.coming = []
        self.closed = self.dead = False
        self.unknown = set()
        self.refused = set()
        self.loses = loses
        self.before = lambda live, message: None

    def clock(self):
        return self.time_s

    def send(self, messages):
        self.sent += messages
        for message in messages:
            if message.arguments[:1] and (message.address, message.arguments[0]) in self.refused:
                return  # an error in a handler ends the bundle
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

    def writes(self):
        """Return what was sent beside questions, and empty the transcript."""
        kept = [message for message in self.sent if "/get/" not in message.address]
        self.sent.clear()
        return kept

    def say(self, address, *arguments):
        message = Message(address, arguments)
        if not self.loses(message):
            self.coming.append(message)

    def meter(self, track, left, right):
        """Show other peaks, as Live does: to who listens."""
        for name, value in (("output_meter_left", left), ("output_meter_right", right)):
            setattr(self.tracks[track], name, value)
            if (name, track) in self.heard:
                self.say(f"/live/track/get/{name}", track, value)

    def _take(self, message):
        _, _, thing, *path = message.address.split("/")
        arguments = message.arguments
        if message.address in self.unknown:
            self.say("/live/error", f"Unknown OSC address: {message.address}")
        elif thing == "view":
            if self.selected is not None:
                self.say(message.address, self.selected)
        elif thing == "song":
            self._of_song(message.address, path, arguments)
        elif thing == "track":
            self._of_track(message.address, path, arguments)
        else:
            self._of_device(message.address, path, arguments)

    def _of_song(self, address, path, arguments):
        match path:
            case ["get", "num_tracks"]:
                self.say(address, len(self.tracks))
            case ["get", name]:
                self.say(address, getattr(self, name))
            case ["set", name]:
                setattr(self, name, *arguments)
            case ["continue_playing"]:
                self.is_playing = True
            case ["stop_playing"]:
                self.is_playing = False

    def _of_track(self, address, path, arguments):
        number, *values = arguments
        track = self.tracks[number]
        match path:
            case ["get", "devices", name]:
                self.say(address, number, *(getattr(device, name) for device in track.devices))
            case ["get", name]:
                self.say(address, number, track.told(name))
            case ["set", "volume"]:
                if not track.stuck:
                    track.volume = min(max(values[0], 0.0), 1.0)
            case ["start_listen", name]:
                self.heard.add((name, number))
                self.say(f"/live/track/get/{name}", number, track.told(name))
            case ["stop_listen", name]:
                self.heard.discard((name, number))

    def _of_device(self, address, path, arguments):
        number, place, *rest = arguments
        device = self.tracks[number].devices[place]
        names = list(device.values)
        match path:
            case ["get", "parameters", "name"]:
                self.say(address, number, place, *names)
            case ["get", "parameters", "value"]:
                self.say(address, number, place, *device.values.values())
            case ["get", "parameters", end]:
                self.say(address, number, place, *(device.range(name)[end == "max"] for name in names))
            case ["get", "parameter", "value_string"]:
                name = names[rest[0]]
                self.say(address, number, place, rest[0], device.text(name, device.values[name]))
            case ["set", "parameter", "value"]:
                low, high = device.range(names[rest[0]])
                assert math.isfinite(rest[1])
                device.values[names[rest[0]]] = min(max(rest[1], low), high)
