"""What an Ardour surface can ask of plug-ins and set of them: an ACE EQ on every track.

The others are listed, by the names that REAPER has for them, but have no parameters here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.dialects import ace_eq
from mock_daw.dialects.ardour_requests import Handler, Request
from mock_daw.dialects.desk import EQUALISER, Desk
from mock_daw.dialects.equalisers import place
from mock_daw.dialects.osc10 import Double, Outgoing


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


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "/strip/plugin/list": _plugin_list,
        "/strip/plugin/descriptor": _descriptor,
        "/strip/plugin/parameter": _parameter,
        "/strip/plugin/reset": _reset,
        "/strip/plugin/activate": _activate(True),
        "/strip/plugin/deactivate": _activate(False),
    }
)
