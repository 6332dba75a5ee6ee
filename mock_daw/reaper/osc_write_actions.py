"""Actions by number or name (``csurf_osc.cpp``, ProcessAction), and keys that change nothing in the mock.

A controller's value comes with the address ("/action/40364/cc"): the mock's actions take none, they are just run. The
mock has no MIDI editor, no virtual keyboard, and no window that could scroll or zoom.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_request import Request


def _action(desk: Desk, request: Request) -> None:
    """Run the action of the address, or all of the arguments: numbers above 0 or names, a float being its value."""
    if request.targets and (request.flag == "f" or request.trigger() > 0):
        command = request.targets[0]
        if command:
            desk.actions.run(command)
        return
    while True:
        number, name = request.args.integer(), request.args.text()
        if not (number is not None and number > 0) and not name:
            return
        request.args.real()
        desk.actions.run(number if number is not None else name or 0)


def _nothing(_desk: Desk, _request: Request) -> None:
    return


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **dict.fromkeys(("ACTION", "ACTION_SOFT", "ACTION_RELATIVE"), _action),
        **dict.fromkeys(("MIDIACTION", "MIDILISTACTION"), _nothing),
        **dict.fromkeys(("SCROLL_X-", "SCROLL_X+", "SCROLL_Y-", "SCROLL_Y+"), _nothing),
        **dict.fromkeys(("ZOOM_X-", "ZOOM_X+", "ZOOM_Y-", "ZOOM_Y+"), _nothing),
        **dict.fromkeys(("TRACK_VOLUME_TOUCH", "TRACK_PAN_TOUCH", "TRACK_AUTO"), _nothing),
        **{
            f"VKB_MIDI_{kind}": _nothing
            for kind in ("NOTE", "POLYAFTERTOUCH", "CC", "PROGRAM", "CHANNELPRESSURE", "PITCH")
        },
    }
)
