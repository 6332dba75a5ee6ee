"""What a device can do to tracks, sends and receives (``csurf_osc.cpp``, ProcessTrackAction and ProcessSendAction).

All changes of a track go along on the other selected ones if it is selected itself: see ``controls``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper import controls, osc_tracks
from mock_daw.reaper.controls import StepName
from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_request import Request
from mock_daw.reaper.osc_tracks import AUTOMATION_KEYS
from mock_daw.reaper.scales import fader_gain, gain_linear
from mock_daw.session import Automation, Session, Track

OnTrack = Callable[[Desk, Request, int], None]
NAME_STEP = "Set track name via OSC"
AUTOMATION_STEP = "Change track automation mode"


def _on_track(handle: OnTrack) -> Handler:
    """Return the handler for the track of the bank, or the chosen one; without such a track it does nothing."""

    def handler(desk: Desk, request: Request) -> None:
        number = desk.track_number(request)
        if number is not None:
            handle(desk, request, number)

    return handler


def _on_master(handle: OnTrack) -> Handler:
    return lambda desk, request: handle(desk, request, 0)


def _name(desk: Desk, request: Request, number: int) -> None:
    name = request.args.text()
    if name is not None and number:
        desk.live.adjust(
            lambda session: session.with_track(number, replace(session.track(number), name=name)), NAME_STEP
        )


def _volume(desk: Desk, request: Request, number: int) -> None:
    linear = _gain(request)
    if linear is not None:
        desk.live.adjust(lambda s: controls.set_volume(s, number, linear, gang=True), StepName.VOLUME)


def _pan(desk: Desk, request: Request, number: int) -> None:
    pan = _pan_of(request)
    if pan is not None:
        desk.live.adjust(lambda s: controls.set_pan(s, number, pan, gang=True), StepName.PAN)


def _width(desk: Desk, request: Request, number: int) -> None:
    width = _pan_of(request)
    if width is not None:
        desk.live.adjust(lambda s: controls.set_width(s, number, width, gang=True), StepName.WIDTH)


def _select(desk: Desk, request: Request, number: int) -> None:
    selected = desk.live.session.track(number).selected
    if request.turns(selected):
        desk.live.edit(lambda s: controls.set_selected(s, number, not selected), None)


def _mute(desk: Desk, request: Request, number: int) -> None:
    muted = desk.live.session.track(number).muted
    if request.turns(muted):
        desk.live.edit(lambda s: controls.set_mute(s, number, not muted, gang=True), StepName.MUTE)


def _solo(desk: Desk, request: Request, number: int) -> None:
    soloed = desk.live.session.track(number).solo > 0
    if request.turns(soloed):
        desk.live.edit(lambda s: controls.set_solo(s, number, not soloed, gang=True), StepName.SOLO)


def _arm(desk: Desk, request: Request, number: int) -> None:
    armed = desk.live.session.track(number).armed
    if number and request.turns(armed):
        desk.live.edit(lambda s: controls.set_arm(s, number, not armed, gang=True), StepName.ARM)


def _monitor(desk: Desk, request: Request, number: int) -> None:
    """Set the mode 0, 1 or 2; a trigger goes to the next."""
    if not number:
        return
    now = desk.live.session.track(number).monitored
    if request.flag == "t":
        mode = (now + 1) % 3 if request.trigger() else now
    else:
        value = request.number()
        mode = int(value) if value is not None and -1.0 < value < 3.0 else now
    desk.live.edit(lambda s: controls.set_monitor(s, number, mode, gang=True), StepName.MONITOR)


def _automate(mode: Automation) -> OnTrack:
    def handle(desk: Desk, request: Request, number: int) -> None:
        told = request.trigger()
        if told:
            wanted = mode if told > 0 else Automation.TRIM_READ
            desk.live.edit(lambda s: _with_automation(s, number, wanted), AUTOMATION_STEP)

    return handle


def _with_automation(session: Session, number: int, mode: Automation) -> Session:
    """Set the mode of a track, and if it is selected of all selected ones."""
    ganged = session.track(number).selected

    def turned(place: int, track: Track) -> Track:
        return replace(track, automation=mode) if place == number or (ganged and track.selected) else track

    master = turned(0, session.master)
    return replace(session, master=master, tracks=tuple(turned(n, t) for n, t in enumerate(session.tracks, 1)))


def _on_send(key: str, *, receives: bool, master: bool) -> Handler:
    """Return the handler for a fader or pan of a send, by its number and that of its track.

    What a device asks of a send that is not there is reported as if it were done, as REAPER reports it.
    """

    def handler(desk: Desk, request: Request) -> None:
        first = request.target(0)
        number = 0 if master else desk.track_number(request, 1)
        value = _gain(request) if key == "VOLUME" else _pan_of(request)
        if first is None or number is None or value is None:
            return
        place = max(first - 1, 0)
        field, step = SEND_FIELDS[key]
        held = min(max(value, 0.0), controls.HIGHEST_GAIN) if key == "VOLUME" else min(max(value, -1.0), 1.0)
        at = controls.send_at(desk.live.session, number, -1 - place if receives else place)
        if at is not None:
            desk.live.adjust(
                lambda session: controls.with_send(
                    session,
                    at,
                    lambda send: replace(send, **{field: held}),  # type: ignore[arg-type]  # a number each
                ),
                step,
            )
        desk.say(SEND_REPORTS[key, receives](desk.scene, number, place, held))

    return handler


SEND_FIELDS = MappingProxyType(
    {"VOLUME": ("gain_linear", StepName.SEND_VOLUME), "PAN": ("pan", StepName.SEND_PAN)},
)
SEND_REPORTS = MappingProxyType(
    {
        ("VOLUME", False): osc_tracks.send_volume,
        ("VOLUME", True): osc_tracks.receive_volume,
        ("PAN", False): osc_tracks.send_pan,
        ("PAN", True): osc_tracks.receive_pan,
    }
)


def _gain(request: Request) -> float | None:
    """Return the linear gain that is asked for: positions for the flags n, b, t and r, else dB."""
    value = request.number()
    if value is None:
        return None
    return fader_gain(value) if request.flag in "nbtr" else gain_linear(value)


def _pan_of(request: Request) -> float | None:
    """Return the pan in [-1, 1] that is asked for."""
    value = request.number()
    if value is None:
        return None
    return 2.0 * value - 1.0 if request.flag in "nbtr" else value


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "TRACK_NAME": _on_track(_name),
        "TRACK_VOLUME": _on_track(_volume),
        "TRACK_PAN": _on_track(_pan),
        "TRACK_PAN2": _on_track(_width),
        "TRACK_SELECT": _on_track(_select),
        "TRACK_MUTE": _on_track(_mute),
        "TRACK_SOLO": _on_track(_solo),
        "TRACK_REC_ARM": _on_track(_arm),
        "TRACK_MONITOR": _on_track(_monitor),
        **{key: _on_track(_automate(mode)) for key, mode in AUTOMATION_KEYS.items()},
        "MASTER_VOLUME": _on_master(_volume),
        "MASTER_PAN": _on_master(_pan),
        "MASTER_SEND_VOLUME": _on_send("VOLUME", receives=False, master=True),
        "MASTER_SEND_PAN": _on_send("PAN", receives=False, master=True),
        "TRACK_SEND_VOLUME": _on_send("VOLUME", receives=False, master=False),
        "TRACK_SEND_PAN": _on_send("PAN", receives=False, master=False),
        "TRACK_RECV_VOLUME": _on_send("VOLUME", receives=True, master=False),
        "TRACK_RECV_PAN": _on_send("PAN", receives=True, master=False),
    }
)
