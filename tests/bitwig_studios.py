"""Bitwig with DrivenByMoss in memory, for the unit tests: written from DrivenByMoss's manual and source."""

import math
from dataclasses import dataclass, field

from bridge.osc.packets import Message

LATE_S = 0.05  # a page is turned a moment after it was asked for
DEFAULT_HZ = (50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0)


@dataclass
class EqPlus:
    """An EQ+: its values are spread over ranges that nobody documented. Places in [0, 1] by parameter and band."""

    types: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(1, 9), "off"))
    ranges: dict[str, tuple[float, float]] = field(
        default_factory=lambda: {"freq": (10.0, 24_000.0), "gain": (-30.0, 30.0), "q": (0.2, 100.0)}
    )
    places: dict[tuple[str, int], float] = field(default_factory=dict)
    bypassed: bool = False

    def __post_init__(self):
        for n, hz in enumerate(DEFAULT_HZ, 1):
            for parameter, number in (("freq", hz), ("gain", 0.0), ("q", 0.71)):
                self.places[parameter, n] = self.place(parameter, number)

    def place(self, parameter, number):
        low, high = self.ranges[parameter]
        if parameter == "gain":
            return (number - low) / (high - low)
        return math.log(number / low) / math.log(high / low)

    def number(self, parameter, n):
        low, high = self.ranges[parameter]
        place = self.places[parameter, n]
        return low + place * (high - low) if parameter == "gain" else low * (high / low) ** place

    def text(self, parameter, n):
        number = self.number(parameter, n)
        if parameter == "gain":
            return f"{number:+.1f} dB"
        if parameter == "q":
            return f"{number:.2f}"
        return f"{number:.1f} Hz" if number < 1000 else f"{number / 1000:.2f} kHz"


@dataclass
class Track:
    """A track; its fader in [0, 1], as Bitwig keeps it. A ``stuck`` one does not move.

    With ``peak`` its meter, in [0, 1] as the fader, follows it.
    """

    name: str
    volume: float = 0.5 ** (1 / 3)
    pan: float = 0.5
    mute: bool = False
    solo: bool = False
    selected: bool = False
    activated: bool = True
    type: str = "audio"
    vu: float = 0.0
    stuck: bool = False
    eq: EqPlus | None = None
    peak: float | None = None

    @property
    def shown(self):
        return self.vu if self.peak is None else min(2.0 ** (1 / 3) * self.peak * self.volume, 1.0)

    @property
    def text(self):
        gain = 2.0 * self.volume**3
        return "-inf dB" if gain <= 0.0 else f"{20.0 * math.log10(gain):+.1f} dB"


class Bitwig:
    """A link to it: answers at once, in a time that only waiting moves. ``loses()`` tells what is lost, either way."""

    def __init__(self, *tracks, size=8, resolution=1024, tempo=120.0, loses=lambda message: False):
        self.tracks, self.master = list(tracks), Track("Master", type="master")
        self.size, self.highest = size, resolution - 1
        self.tempo, self.seconds = tempo, 0.0
        self.first = 0
        self.turns = []  # (when, to which first track)
        self.playing = self.recording = self.meters_on = self.effects = self.inside = self.older = False
        self.project = "song"
        self.time_s = 0.0
        self.sent = []
        self.selections = []
        self.coming = []
        self.told = {}
        self.closed = self.dead = False
        self.loses = loses
        self.before = lambda bitwig, message: None

    def clock(self):
        return self.time_s

    def send(self, messages):
        self.sent += messages
        for message in messages:
            if not self.loses(message):
                self.before(self, message)
                if not self.dead:
                    self._take(message)
        if not self.dead:
            self.flush()

    def receive(self, limit_s):
        if not self.coming and limit_s:
            due = min((at_s for at_s, _ in self.turns), default=math.inf)
            self.time_s += max(min(limit_s, due - self.time_s), 1e-6)
            self.flush()
        came, self.coming = self.coming[:100], self.coming[100:]
        return came

    def close(self):
        self.closed = True

    def writes(self):
        """Return what was sent beside questions and turns of pages, and empty the transcript."""
        kept = [m for m in self.sent if m.address != "/refresh" and not m.address.startswith("/track/bank")]
        self.sent.clear()
        return kept

    def show(self, *peaks, master):
        """Show other peaks, as values in [0, 1]."""
        for track, peak in zip([*self.tracks, self.master], [*peaks, master], strict=True):
            track.vu = peak
        self.flush()

    def flush(self, *, dump=False):
        """Tell what changed, or everything."""
        for at_s, first in [turn for turn in self.turns if turn[0] <= self.time_s]:
            self.turns.remove((at_s, first))
            self.first = first
        if self.dead:
            return
        changed = [(a, v) for a, v in self._state() if dump or self.told.get(a) != v]
        if changed:
            self.told.update(changed)
            for address, value in [("/update", 1), *changed, ("/update", 0)]:
                message = Message(address, (value,))
                if not self.loses(message):
                    self.coming.append(message)

    def _value(self, share):
        return round(share * self.highest)

    def _state(self):
        """Yield everything, as DrivenByMoss flushes it."""
        yield "/play", int(self.playing)
        yield "/record", int(self.recording)
        yield "/tempo/raw", float(self.tempo)
        yield (
            "/time/str",
            f"{int(self.seconds // 3600)}.{int(self.seconds // 60 % 60):02}.{self.seconds % 60:06.3f}"[:-4]
            + f":{round(self.seconds * 1000) % 1000:03}",
        )
        yield "/project/name", self.project
        for place in range(1, self.size + 1):
            n = self.first + place - 1
            track = self.tracks[n] if n < len(self.tracks) else None
            yield from self._of(f"/track/{place}", track, n)
        yield from self._of("/master", self.master, 0)
        cursor = next((n for n, track in enumerate(self.tracks) if track.selected), None)
        if cursor is not None:
            yield from self._of("/track/selected", self.tracks[cursor], cursor)
        yield from self._of_eq(None if cursor is None else self.tracks[cursor].eq)
        if not self.older:
            yield "/track/toggleBank", int(self.effects)
            yield "/track/hasParent", int(self.inside)

    def _of(self, address, track, position):
        yield f"{address}/exists", int(track is not None)
        track = track or Track("", 0.0)
        yield f"{address}/type", track.type
        yield f"{address}/activated", int(track.activated)
        yield f"{address}/selected", int(track.selected)
        yield f"{address}/isGroup", int(track.type == "group")
        yield f"{address}/name", track.name
        yield f"{address}/volumeStr", track.text
        yield f"{address}/volume", self._value(track.volume)
        yield f"{address}/panStr", "C"
        yield f"{address}/pan", self._value(track.pan)
        yield f"{address}/mute", int(track.mute)
        yield f"{address}/solo", int(track.solo)
        yield f"{address}/position", position
        for send in range(1, 3):
            yield f"{address}/send/{send}/name", "Reverb"
            yield f"{address}/send/{send}/volume", 0
        yield f"{address}/vu", self._value(track.shown) if self.meters_on else 0

    def _of_eq(self, eq):
        yield "/eq/exists", int(eq is not None)
        yield "/eq/bypass", int(eq is not None and eq.bypassed)
        for n in range(1, 9):
            yield f"/eq/type/{n}/value", "off" if eq is None else eq.types[n]
            for name in ("freq", "gain", "q"):
                yield f"/eq/{name}/{n}/name", name
                yield f"/eq/{name}/{n}/value", 0 if eq is None else self._value(eq.places[name, n])
                yield f"/eq/{name}/{n}/valueStr", "" if eq is None else eq.text(name, n)

    def _select(self, chosen):
        self.selections.append(chosen.name)
        for track in self.tracks:
            track.selected = track is chosen

    def _set_eq(self, path, value):
        eq = next((track.eq for track in self.tracks if track.selected), None)
        match path:
            case ["type", n] if eq is not None:
                eq.types[int(n)] = value
            case [name, n] if eq is not None:
                eq.places[name, int(n)] = min(max(value / self.highest, 0.0), 1.0)

    def _take(self, message):
        _, *path = message.address.split("/")
        value = message.arguments[0] if message.arguments else None
        match path:
            case ["refresh"]:
                self.flush(dump=True)
            case ["track", "bank", *way]:
                by = self.size if way[0] == "page" else 1
                self._turn(by if way[-1] == "+" else -by)
            case ["track", place, "volume"]:
                self._fade(self.tracks[self.first + int(place) - 1], value)
            case ["track", place, "selected"]:
                self._select(self.tracks[self.first + int(place) - 1])
            case ["eq", *rest]:
                self._set_eq(rest, value)
            case ["master", "volume"]:
                self._fade(self.master, value)
            case _:
                self._of_all(path, value)

    def _of_all(self, path, value):
        match path:
            case ["track", "vu"]:
                self.meters_on = value > 0
            case ["tempo", "raw"]:
                self.tempo = float(value)
            case ["play"]:
                self.playing = value > 0
            case ["time"]:
                self.seconds = value * 60.0 / self.tempo

    def _turn(self, by):
        wanted = max(0, self.first + by)
        if wanted < max(1, len(self.tracks)):
            self.turns.append((self.time_s + LATE_S, wanted))

    def _fade(self, track, value):
        assert isinstance(value, int)
        if not track.stuck:
            track.volume = min(max(value / self.highest, 0.0), 1.0)
