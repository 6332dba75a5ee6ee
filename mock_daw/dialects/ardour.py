"""Ardour 7's OSC over the mock's session: replies go to the port that asked, feedback to all that set themselves up.

What is known comes from Ardour's ``libs/surfaces/osc`` and from what an Ardour 7.3 answered. Guessed or simpler here:

- Banks, pages, sends, the selected strip, cues and LED meters (bit 256) are not served; trim stays at 0 dB.
- With gain mode 1 Ardour shows a gain in place of the name for a moment; here the name stays.
- A muted track's meter falls to silence (Ardour's strip meters lie before the mute), and play stops at the end.
- ``/undo`` and ``/redo`` leave the mixer alone, as Ardour's do: they move over steps of the editor only.
- Messages of a burst that Ardour would lose are lost with the fault ``burst``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from mock_daw.dialects import ace_eq
from mock_daw.dialects.ardour_feedback import (
    HEARTBEAT,
    MASTER,
    METERS,
    REPLIES,
    SAMPLES,
    Saying,
    Settings,
    master_state,
    position,
    strip_state,
    stripped,
    strips,
    transport_state,
)
from mock_daw.dialects.ardour_laws import fader_of_gain, gain_of_db, gain_of_fader, meter_db, queried_db
from mock_daw.dialects.desk import EQUALISER, MIXER_STEPS, Desk
from mock_daw.dialects.equalisers import place
from mock_daw.dialects.letters import Peer, Reply
from mock_daw.dialects.metering import level
from mock_daw.dialects.osc10 import Argument, Double, Long, Outgoing, decode, encode
from mock_daw.live import Live
from mock_daw.meter_hold import MeterHold

METER_PERIOD_S = 0.1
HEARTBEAT_PERIOD_S = 1.0
FALL_DB_PER_S = 13.3  # an Ardour 7.3: 0.2837 dB a block of 1024 samples at 48 kHz
MOST_SURFACES = 64
METER_FLOOR_DB, METER_SPAN_DB = -94.0, 100.0  # of gain modes that want a meter in [0, 1]

Arguments = Sequence[Argument]
Told = dict[tuple[str, int | None], tuple[Outgoing, ...]]


@dataclass(slots=True)
class Surface:
    """One client: what it asked for, and what it was told last."""

    settings: Settings = field(default_factory=Settings)
    told: Told = field(default_factory=dict)
    metered: Told = field(default_factory=dict)
    metered_s: float = 0.0
    beat_s: float = 0.0
    beat: bool = False


class Ardour:
    """Owns the surfaces, by the address that their messages come from."""

    def __init__(self, live: Live, meters: MeterHold, reply: Reply, save: Callable[[], None]) -> None:
        self.desk = Desk(live)
        self.save = save
        self._meters = meters
        self._reply = reply
        self._surfaces: dict[Peer, Surface] = {}

    def receive(self, data: bytes, peer: Peer) -> None:
        """Handle a datagram; what Ardour ignores changes nothing."""
        for message in decode(data):
            address, args = message.address, message.args
            head, _, tail = address.rpartition("/")
            if address not in HANDLERS and tail.isdecimal() and tail.isascii():
                address, args = head, (int(tail[:9]), *args)
            handler = HANDLERS.get(address)
            if handler is not None:
                handler(Request(self, peer, address, args))

    def turn(self) -> None:
        """Send what has changed, the meters ten times a second, and the heartbeat once."""
        now_s = self.desk.live.clock_s
        self.desk.rest()
        for peer, surface in self._surfaces.items():
            if not surface.settings.feedback:
                continue
            self._tell(peer, surface, self._state(surface.settings))
            if now_s - surface.metered_s >= METER_PERIOD_S - 1e-9:
                surface.metered_s = now_s
                self._tell(peer, surface, self._levels(surface.settings), surface.metered)
            if surface.settings.wants(HEARTBEAT) and now_s - surface.beat_s >= HEARTBEAT_PERIOD_S - 1e-9:
                surface.beat_s, surface.beat = now_s, not surface.beat
                self.send(peer, "/heartbeat", float(surface.beat))

    def send(self, peer: Peer, address: str, *args: Outgoing) -> None:
        """Send a message to a client."""
        self._reply(encode(address, *args), peer)

    def settings(self, peer: Peer) -> Settings:
        """Return what a client asked for."""
        surface = self._surfaces.get(peer)
        return Settings() if surface is None else surface.settings

    def set_up(self, peer: Peer, settings: Settings) -> None:
        """Give a client other settings, and tell it everything."""
        if peer not in self._surfaces and len(self._surfaces) == MOST_SURFACES:
            del self._surfaces[next(iter(self._surfaces))]
        now_s = self.desk.live.clock_s
        self._surfaces[peer] = Surface(settings, metered_s=now_s, beat_s=now_s)
        self.refresh(peer)

    def refresh(self, peer: Peer) -> None:
        """Tell a client everything once more."""
        surface = self._surfaces.get(peer)
        if surface is not None and surface.settings.feedback:
            surface.told.clear()
            self._tell(peer, surface, self._state(surface.settings))

    def _state(self, settings: Settings) -> Iterable[Saying]:
        session = self.desk.session
        yield from strip_state(session, settings)
        if settings.wants(MASTER):
            yield from master_state(session.master, settings)
            yield from transport_state(session, playing=self.desk.playing)

    def _levels(self, settings: Settings) -> Iterable[Saying]:
        if settings.wants(METERS):
            for ssid, number in strips(self.desk.session, settings):
                yield stripped("/strip/meter", ssid, self._level(number, settings), settings)
            if settings.wants(MASTER):
                yield "/master/meter", (self._level(0, settings),)
        if settings.wants(SAMPLES):
            yield "/position/samples", (str(_frames(self.desk.live)),)

    def _level(self, number: int, settings: Settings) -> float:
        left_db = meter_db(level(self._meters, number)[0])
        return (left_db - METER_FLOOR_DB) / METER_SPAN_DB if settings.gainmode else left_db

    def _tell(self, peer: Peer, surface: Surface, sayings: Iterable[Saying], told: Told | None = None) -> None:
        known = surface.told if told is None else told
        for address, args in sayings:
            strip = args[0] if len(args) > 1 and isinstance(args[0], int) else None
            if known.get((address, strip)) != args:
                known[address, strip] = args
                self.send(peer, address, *args)


@dataclass(frozen=True, slots=True)
class Request:
    """A message from a client."""

    ardour: Ardour
    peer: Peer
    address: str
    args: Arguments

    @property
    def desk(self) -> Desk:
        """The session's desk."""
        return self.ardour.desk

    def answer(self, *args: Outgoing) -> None:
        """Answer on the address of the question."""
        self.ardour.send(self.peer, self.address, *args)

    def whole(self, place: int, default: int = 0) -> int:
        """Return an argument as a whole number."""
        value = self.args[place] if place < len(self.args) else None
        return int(value) if isinstance(value, int | float) and abs(value) < 2**31 else default

    def number(self, place: int) -> float | None:
        """Return an argument as a number, None where there is none."""
        value = self.args[place] if place < len(self.args) else None
        return float(value) if isinstance(value, int | float) and value == value else None  # noqa: PLR0124 - NaN

    @property
    def strip(self) -> int | None:
        """The number of the track that the first argument names; None where there is no such strip."""
        wanted = self.whole(0, -1)
        settings = self.ardour.settings(self.peer)
        return next((number for ssid, number in strips(self.desk.session, settings) if ssid == wanted), None)


Handler = Callable[[Request], None]


def _set_surface(request: Request) -> None:
    now = request.ardour.settings(request.peer)
    if not request.args:
        sizes = (now.send_page, now.plugin_page, now.send_page, 1, 0)
        request.answer(now.bank, now.strip_types, now.feedback, now.gainmode, *sizes)
        return
    names = [part.name for part in fields(Settings)]
    given = {name: request.whole(n) for n, name in enumerate(names[: len(request.args)])}
    request.ardour.set_up(request.peer, replace(now, **given))


def _set_part(name: str) -> Handler:
    def handler(request: Request) -> None:
        if request.args:
            now = request.ardour.settings(request.peer)
            request.ardour.set_up(request.peer, replace(now, **{name: request.whole(0)}))

    return handler


def _strip_list(request: Request) -> None:
    session, settings = request.desk.session, request.ardour.settings(request.peer)
    address = "/reply" if settings.wants(REPLIES) else "#reply"
    for ssid, number in strips(session, settings):
        track = session.track(number)
        state = (2, 2, int(track.muted), int(track.solo > 0), ssid)
        if number:
            request.ardour.send(request.peer, address, "AT", track.name, *state, int(track.armed))
        else:
            request.ardour.send(request.peer, address, "MA", "Master", *state)
    end = Long(round(session.length_s * session.rate_hz))
    request.ardour.send(request.peer, address, "end_route_list", Long(session.rate_hz), end, 0)
    request.ardour.refresh(request.peer)


@dataclass(frozen=True, slots=True)
class Control:
    """Something of a strip that can be set and asked for."""

    write: Callable[[Desk, int, Argument], None]
    read: Callable[[Desk, int], Outgoing]


def _numeric(write: Callable[[Desk, int, float], None]) -> Callable[[Desk, int, Argument], None]:
    def checked(desk: Desk, number: int, value: Argument) -> None:
        if isinstance(value, int | float) and value == value:  # noqa: PLR0124 - NaN
            write(desk, number, float(value))

    return checked


def _rename(desk: Desk, number: int, value: Argument) -> None:
    if isinstance(value, str):
        desk.set_name(number, value)


CONTROLS: Mapping[str, Control] = MappingProxyType(
    {
        "gain": Control(
            _numeric(lambda desk, n, db: desk.set_gain(n, gain_of_db(db))),
            lambda desk, n: queried_db(desk.track(n).gain_linear),
        ),
        "fader": Control(
            _numeric(lambda desk, n, along: desk.set_gain(n, gain_of_fader(along))),
            lambda desk, n: fader_of_gain(desk.track(n).gain_linear),
        ),
        "mute": Control(
            _numeric(lambda desk, n, on: desk.set_mute(n, on > 0)), lambda desk, n: int(desk.track(n).muted)
        ),
        "solo": Control(
            _numeric(lambda desk, n, on: desk.set_solo(n, on > 0)), lambda desk, n: int(desk.track(n).solo > 0)
        ),
        "pan_stereo_position": Control(
            _numeric(lambda desk, n, along: desk.set_pan(n, 1.0 - 2.0 * min(max(along, 0.0), 1.0))),
            lambda desk, n: position(desk.track(n).pan),
        ),
        "name": Control(_rename, lambda desk, n: desk.track(n).name if n else "Master"),
        "trimdB": Control(lambda _desk, _number, _value: None, lambda _desk, _number: 0.0),
    }
)


def _of_strip(control: Control) -> Handler:
    def handler(request: Request) -> None:
        number = request.strip
        if number is None:
            return
        if len(request.args) == 1:
            request.answer(control.read(request.desk, number))
        else:
            control.write(request.desk, number, request.args[1])

    return handler


def _of_master(control: Control) -> Handler:
    def handler(request: Request) -> None:
        if request.args:
            control.write(request.desk, 0, request.args[0])
        else:
            request.answer(control.read(request.desk, 0))

    return handler


def _plugin_list(request: Request) -> None:
    number = request.strip
    if number is None:
        return
    listed: list[Outgoing] = [request.whole(0)]
    for piid, (name, enabled) in enumerate(_plugins(request.desk, number), 1):
        listed += [piid, name, int(enabled)]
    request.answer(*listed)


def _plugins(desk: Desk, number: int) -> list[tuple[str, bool]]:
    """Return what a strip's plug-ins are called and whether they are on; a track without an ACE EQ is shown one."""
    track = desk.track(number)
    shown = [
        (ace_eq.NAME if n == place(track) else effect.name, effect.enabled) for n, effect in enumerate(track.effects)
    ]
    return [(ace_eq.NAME, True), *shown] if number and place(track) is None else shown


def _is_ace(request: Request) -> bool:
    """Whether strip and plug-in of a request are an ACE EQ."""
    number = request.strip
    if not number:
        return False
    at = place(request.desk.track(number))
    return request.whole(1) == (1 if at is None else at + 1)


def _descriptor(request: Request) -> None:
    if not _is_ace(request):
        return
    head = (request.whole(0), request.whole(1))
    track = request.desk.track(request.strip or 0)
    for number, row in enumerate(ace_eq.PARAMETERS, 1):
        shape = (number, row.label, row.flags, "NOTHING", row.low, row.high, row.form, 0)
        request.answer(*head, *shape, Double(row.read(track)))
    request.ardour.send(request.peer, "/strip/plugin/descriptor_end", *head)


def _parameter(request: Request) -> None:
    value = request.number(3)
    if not _is_ace(request) or value is None:
        return
    number = request.strip or 0
    changed = ace_eq.with_value(request.desk.track(number), request.whole(2), value)
    if changed is not None:
        request.desk.edit_track(number, lambda _: changed, EQUALISER)


def _reset(request: Request) -> None:
    if _is_ace(request):
        request.desk.edit_track(request.strip or 0, ace_eq.reset, EQUALISER)


def _activate(on: bool) -> Handler:
    def handler(request: Request) -> None:
        if _is_ace(request):
            request.desk.edit_track(request.strip or 0, lambda track: ace_eq.with_activation(track, on), EQUALISER)

    return handler


def _play(request: Request) -> None:
    request.desk.live.play()


def _stop(request: Request) -> None:
    """Stop; the playhead stays where it is."""
    live = request.desk.live
    position_s = live.position_s
    live.stop()
    live.seek(position_s)


def _toggle(request: Request) -> None:
    (_stop if request.desk.playing else _play)(request)


def _locate(request: Request) -> None:
    frames = request.number(0)
    if frames is None or not 0 <= frames < 2**53:
        return
    request.desk.live.seek(frames / request.desk.session.rate_hz)
    if request.whole(1):
        _play(request)


def _history(*, back: bool) -> Handler:
    """Return what takes a step of the editor back or does it again; a step of the mixer stops it, as it is none."""

    def handler(request: Request) -> None:
        live = request.desk.live
        names = live.undo_names if back else live.redo_names
        if names and names[-1] not in MIXER_STEPS:
            (live.undo if back else live.redo)()

    return handler


def _frames(live: Live) -> int:
    return round(live.position_s * live.session.rate_hz)


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "/set_surface": _set_surface,
        "/set_surface/bank_size": _set_part("bank"),
        "/set_surface/strip_types": _set_part("strip_types"),
        "/set_surface/feedback": _set_part("feedback"),
        "/set_surface/gainmode": _set_part("gainmode"),
        "/refresh": lambda request: request.ardour.refresh(request.peer),
        "/strip/list": _strip_list,
        **{f"/strip/{name}": _of_strip(control) for name, control in CONTROLS.items()},
        **{f"/master/{name}": _of_master(control) for name, control in CONTROLS.items()},
        "/strip/plugin/list": _plugin_list,
        "/strip/plugin/descriptor": _descriptor,
        "/strip/plugin/parameter": _parameter,
        "/strip/plugin/reset": _reset,
        "/strip/plugin/activate": _activate(True),
        "/strip/plugin/deactivate": _activate(False),
        "/transport_play": _play,
        "/transport_stop": _stop,
        "/toggle_roll": _toggle,
        "/locate": _locate,
        "/goto_start": lambda request: request.desk.live.seek(0.0),
        "/transport_frame": lambda request: request.answer(Long(_frames(request.desk.live))),
        "/transport_speed": lambda request: request.answer(Double(float(request.desk.playing))),
        "/undo": _history(back=True),
        "/redo": _history(back=False),
        "/save_state": lambda request: request.ardour.save(),
    }
)
