"""Bitwig Studio with DrivenByMoss over the mock's session: it sends to one host and port, whoever speaks to it.

Followed is the source of the extension (``OSCParser.java``, ``OSCWriter.java`` and its modules): only what has changed
goes out, in a bundle between ``/update 1`` and ``/update 0``; ``/refresh`` sends everything, and so does the start, a
second after it. A value that is no number, and an address that is unknown, change nothing. Groups are not entered: the
bank is flat. Guessed: that meters fall by 40 dB a second, and where a bank stops.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.dialects import eq_plus
from mock_daw.dialects.bitwig_laws import PAN, Resolution, volume_gain
from mock_daw.dialects.bitwig_state import PAGE, Value, View, state
from mock_daw.dialects.desk import EQUALISER, Desk
from mock_daw.dialects.equalisers import change_effect
from mock_daw.dialects.letters import Peer, Reply
from mock_daw.dialects.osc10 import Argument, bundle, decode, encode
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold

FALL_DB_PER_S = 40.0
START_S = 1.0
LONGEST_BUNDLE_BYTES = 60_000
FASTEST_BPM, SLOWEST_BPM = 666.0, 20.0


class Bitwig:
    """Owns what the extension looks at, and what it has sent."""

    def __init__(self, live: Live, meters: MeterHold, reply: Reply, to: Peer, values: int) -> None:
        self.desk = Desk(live)
        self.resolution = Resolution(values)
        self.view = View(cursor=1 if live.session.tracks else None)
        self._meters = meters
        self._reply = reply
        self._to = to
        self._sent: dict[str, Value] = {}
        self._begun_s = live.clock_s

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what the extension does not know changes nothing."""
        del peer
        for message in decode(data):
            head, *path = message.address.split("/")[1:]
            handler = HANDLERS.get(head)
            if handler is not None:
                handler(self, path, message.args[0] if message.args else None)

    def turn(self) -> None:
        """Send what has changed, and at the start, a second after it, everything."""
        self.desk.rest()
        if self._sent:
            self.flush()
        elif self.desk.live.clock_s - self._begun_s >= START_S:
            self.flush(everything=True)

    def flush(self, *, everything: bool = False) -> None:
        """Send what has changed, or everything."""
        session = self.desk.session
        if self.view.cursor is not None and self.view.cursor > len(session.tracks):
            self.view = replace(self.view, cursor=len(session.tracks) or None)
        messages = []
        playing = self.desk.playing
        for address, value in state(session, self.view, self.resolution, self._meters, playing=playing):
            if everything or self._sent.get(address) != value:
                self._sent[address] = value
                messages.append(encode(address, value))
        if messages:
            for part in _parted([encode("/update", 1), *messages, encode("/update", 0)]):
                self._reply(bundle(part), self._to)


def _parted(messages: list[bytes]) -> list[list[bytes]]:
    """Return the messages in as few parts as datagrams can hold."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for message in messages:
        size += len(message) + 4
        if size > LONGEST_BUNDLE_BYTES:
            parts.append([])
            size = len(message) + 4
        parts[-1].append(message)
    return parts


Handler = Callable[[Bitwig, list[str], Argument], None]


def _number(value: Argument) -> float | None:
    """Return a value as a number; None where it is none."""
    return float(value) if isinstance(value, int | float) and abs(value) < 2**53 else None


def _triggers(value: Argument) -> bool:
    """Whether a value triggers: no value does, and a number above 0."""
    number = _number(value)
    return value is None or (number is not None and number > 0)


# Tracks


def _tracks(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    if not path:
        return
    slot = path[0]
    if slot.isdecimal() and slot.isascii() and 1 <= int(slot[:4]) <= PAGE:
        _on_track(bitwig, bitwig.view.offset + int(slot), path[1:], value)
    elif slot in {"selected", "select"} and bitwig.view.cursor is not None:
        _on_track(bitwig, bitwig.view.cursor, path[1:], value)
    elif slot == "vu":
        bitwig.view = replace(bitwig.view, meters=_triggers(value))
    elif slot == "bank":
        _scroll(bitwig, path[1:])
    elif slot in {"+", "-"}:
        _step(bitwig, 1 if slot == "+" else -1)


def _master(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    _on_track(bitwig, 0, path, value)


def _scroll(bitwig: Bitwig, path: list[str]) -> None:
    by = PAGE if path[:1] == ["page"] else 1
    direction = path[-1] if path else ""
    offset, tracks = bitwig.view.offset, len(bitwig.desk.session.tracks)
    if direction == "+" and offset + PAGE < tracks:
        offset += by
    elif direction == "-":
        offset = max(offset - by, 0)
    bitwig.view = replace(bitwig.view, offset=offset)


def _step(bitwig: Bitwig, by: int) -> None:
    """Select the next track or the one before, and follow it with the bank."""
    number = (bitwig.view.cursor or 0) + by
    if 1 <= number <= len(bitwig.desk.session.tracks):
        page = (number - 1) // PAGE * PAGE
        held = bitwig.view.offset if bitwig.view.offset < number <= bitwig.view.offset + PAGE else page
        _select(bitwig, number)
        bitwig.view = replace(bitwig.view, offset=held)


def _select(bitwig: Bitwig, number: int) -> None:
    bitwig.desk.select_only(number)
    bitwig.view = replace(bitwig.view, cursor=number)


def _on_track(bitwig: Bitwig, number: int, path: list[str], value: Argument) -> None:
    act = TRACK_ACTS.get("/".join(path))
    if act is not None and bitwig.desk.has(number):
        act(bitwig, number, value)


TrackAct = Callable[[Bitwig, int, Argument], None]


def _set_volume(bitwig: Bitwig, number: int, value: Argument) -> None:
    whole = _number(value)
    if whole is not None:
        bitwig.desk.set_gain(number, volume_gain(bitwig.resolution.along(whole)))


def _set_pan(bitwig: Bitwig, number: int, value: Argument) -> None:
    whole = _number(value)
    if whole is not None:
        bitwig.desk.set_pan(number, PAN.value(bitwig.resolution.along(whole)))


def _set_mute(bitwig: Bitwig, number: int, value: Argument) -> None:
    bitwig.desk.set_mute(number, not bitwig.desk.track(number).muted if value is None else _triggers(value))


def _set_solo(bitwig: Bitwig, number: int, value: Argument) -> None:
    bitwig.desk.set_solo(number, not bitwig.desk.track(number).solo if value is None else _triggers(value))


def _set_name(bitwig: Bitwig, number: int, value: Argument) -> None:
    if value is not None:
        bitwig.desk.set_name(number, str(value))


def _choose(bitwig: Bitwig, number: int, value: Argument) -> None:
    if _triggers(value):
        _select(bitwig, number)


TRACK_ACTS: Mapping[str, TrackAct] = MappingProxyType(
    {
        "volume": _set_volume,
        "volume/reset": lambda bitwig, number, _value: bitwig.desk.set_gain(number, 1.0),
        "pan": _set_pan,
        "pan/reset": lambda bitwig, number, _value: bitwig.desk.set_pan(number, 0.0),
        "mute": _set_mute,
        "solo": _set_solo,
        "name": _set_name,
        "select": _choose,
        "selected": _choose,
    }
)


# The equaliser of the cursor track


def _equaliser(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    cursor = bitwig.view.cursor
    if not path or cursor is None:
        return
    if path[0] == "add":
        if _triggers(value):
            bitwig.desk.edit_track(cursor, eq_plus.added, EQUALISER)
    elif path[0] == "bypass":
        bitwig.desk.edit_track(
            cursor, lambda track: change_effect(track, lambda now: replace(now, enabled=not now.enabled)), EQUALISER
        )
    elif len(path) > 1 and path[1].isdecimal() and path[1].isascii():
        _band(bitwig, cursor, path[0], int(path[1][:4]) - 1, value)


def _band(bitwig: Bitwig, cursor: int, what: str, number: int, value: Argument) -> None:
    whole = _number(value)
    if what == "type" and isinstance(value, str):
        name = value.lower()
        bitwig.desk.edit_track(cursor, lambda track: eq_plus.with_type(track, number, name), EQUALISER)
    elif what in eq_plus.KNOBS and whole is not None:
        along = bitwig.resolution.along(whole)
        bitwig.desk.edit_track(cursor, lambda track: eq_plus.with_knob(track, number, what, along), EQUALISER)


# Transport and the rest


def _play(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    del path
    (bitwig.desk.live.play if _triggers(value) else bitwig.desk.live.stop)()


def _stop(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    """Stop; what is stopped already goes back to the start."""
    del path, value
    live = bitwig.desk.live
    if bitwig.desk.playing:
        live.stop()
    else:
        live.seek(0.0)


def _toggle(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    del path
    if _triggers(value):
        (bitwig.desk.live.stop if bitwig.desk.playing else bitwig.desk.live.play)()


def _tempo(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    number = _number(1.0 if value is None and path != ["raw"] else value)
    if number is None:
        return
    now_bpm = bitwig.desk.session.tempo_bpm
    wanted = {"raw": number, "+": now_bpm + number, "-": now_bpm - number}.get("/".join(path))
    if wanted is not None:
        bitwig.desk.set_tempo(min(max(wanted, SLOWEST_BPM), FASTEST_BPM))


def _position(bitwig: Bitwig, path: list[str], value: Argument) -> None:
    del value
    if path == ["start"]:
        bitwig.desk.live.seek(0.0)


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "refresh": lambda bitwig, _path, _value: bitwig.flush(everything=True),
        "track": _tracks,
        "master": _master,
        "eq": _equaliser,
        "play": _play,
        "stop": _stop,
        "playbutton": _toggle,
        "tempo": _tempo,
        "position": _position,
        "undo": lambda bitwig, _path, _value: (bitwig.desk.live.undo(), None)[1],
        "redo": lambda bitwig, _path, _value: (bitwig.desk.live.redo(), None)[1],
    }
)
