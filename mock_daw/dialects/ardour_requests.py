"""What an Ardour surface can ask for and set, but for plug-ins: itself, strips, the master, the transport."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Protocol

from mock_daw.dialects.ardour_feedback import REPLIES, Settings, position, strips
from mock_daw.dialects.ardour_laws import fader_of_gain, gain_of_db, gain_of_fader, queried_db
from mock_daw.dialects.desk import MIXER_STEPS, Desk
from mock_daw.dialects.letters import Peer
from mock_daw.dialects.osc10 import Argument, Double, Long, Outgoing
from mock_daw.live import Live

Arguments = Sequence[Argument]


class Host(Protocol):
    """Ardour's side of a request; ``mock_daw.dialects.ardour.Ardour`` is."""

    desk: Desk
    save: Callable[[], None]

    def send(self, peer: Peer, address: str, *args: Outgoing) -> None:
        """Send a message to a client."""
        ...

    def settings(self, peer: Peer) -> Settings:
        """Return what a client asked for."""
        ...

    def set_up(self, peer: Peer, settings: Settings) -> None:
        """Give a client other settings, and tell it everything."""
        ...

    def refresh(self, peer: Peer) -> None:
        """Tell a client everything once more."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A message from a client."""

    ardour: Host
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
        return float(value) if isinstance(value, int | float) and not math.isnan(value) else None

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
        if isinstance(value, int | float) and not math.isnan(value):
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


def frames(live: Live) -> int:
    """Return where the playhead is, in samples."""
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
        "/transport_play": _play,
        "/transport_stop": _stop,
        "/toggle_roll": _toggle,
        "/locate": _locate,
        "/goto_start": lambda request: request.desk.live.seek(0.0),
        "/transport_frame": lambda request: request.answer(Long(frames(request.desk.live))),
        "/transport_speed": lambda request: request.answer(Double(float(request.desk.playing))),
        "/undo": _history(back=True),
        "/redo": _history(back=False),
        "/save_state": lambda request: request.ardour.save(),
    }
)
