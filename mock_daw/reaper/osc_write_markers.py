"""What a device can do to markers and regions, and jumping to them (``csurf_osc.cpp``, ProcessMarkerRegionAction).

Markers are named by their place in the bank, by the cursor ("LAST_"), or by the number that is shown ("MARKERID_"),
which makes one where there is none. Going to a region waits in REAPER for the end of the present one; here it jumps
at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.live import PlayState
from mock_daw.reaper.osc_desk import Desk, Handler
from mock_daw.reaper.osc_markers import in_order, marker_at, region_at
from mock_daw.reaper.osc_request import Request
from mock_daw.reaper.positions import LONGEST_S
from mock_daw.reaper.scales import clamp
from mock_daw.session import Marker, Session, guid

Find = Callable[[Desk, Request], Marker | None]
Change = Callable[[Marker, Request], Marker | None]
NEW_REGION_S = 1.0


def _in_bank(*, regions: bool) -> Find:
    def find(desk: Desk, request: Request) -> Marker | None:
        target = request.target(0)
        if target is None:
            return None
        place = target - 1 + (desk.bank.regions_from if regions else desk.bank.markers_from)
        shown = in_order(desk.live.session, regions=regions)
        return shown[place] if 0 <= place < len(shown) else None

    return find


def _under_cursor(*, regions: bool) -> Find:
    def find(desk: Desk, _request: Request) -> Marker | None:
        playing = bool(desk.live.state & PlayState.PLAYING)
        position_s = desk.live.position_s if playing else desk.live.edit_position_s
        return (region_at if regions else marker_at)(desk.live.session, position_s)

    return find


def _by_number(*, regions: bool) -> Find:
    def find(desk: Desk, request: Request) -> Marker | None:
        number = request.target(0)
        if number is None:
            return None
        kind = "region" if regions else "marker"
        found = _numbered(desk.live.session, number, regions=regions)
        if found is None:
            made = Marker(guid("OSC", kind, number, desk.live.changes), number, 0.0, NEW_REGION_S if regions else None)
            desk.live.edit(lambda session: replace(session, markers=(*session.markers, made)), f"Add {kind} via OSC")
            found = made
        return found

    return find


def _numbered(session: Session, number: int, *, regions: bool) -> Marker | None:
    return next((m for m in in_order(session, regions=regions) if m.number == number), None)


def _name(marker: Marker, request: Request) -> Marker | None:
    name = request.args.text()
    return None if name is None else replace(marker, name=name)


def _number(marker: Marker, request: Request) -> Marker | None:
    value = request.number()
    return replace(marker, number=int(value + 0.5)) if value is not None and 0.0 <= value < 2**31 - 1 else None


def _time(marker: Marker, request: Request) -> Marker | None:
    """Move it; a region keeps its length."""
    value = request.number()
    if value is None:
        return None
    position_s = clamp(value, 0.0, LONGEST_S)
    end_s = None if marker.end_s is None else position_s + marker.end_s - marker.position_s
    return replace(marker, position_s=position_s, end_s=end_s)


def _length(marker: Marker, request: Request) -> Marker | None:
    value = request.number()
    return None if value is None else replace(marker, end_s=marker.position_s + clamp(value, 0.0, LONGEST_S))


def _edit(find: Find, change: Change, step: str) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        found = find(desk, request)
        changed = found and change(found, request)
        if found and changed:
            desk.live.adjust(
                lambda session: replace(
                    session, markers=tuple(changed if m.guid == found.guid else m for m in session.markers)
                ),
                step,
            )

    return handler


def _go(*, regions: bool) -> Handler:
    """Return the handler that jumps to a marker or region of the bank, by its place on the timeline from 1."""

    def handler(desk: Desk, request: Request) -> None:
        number = request.target(0) if request.targets and request.trigger() > 0 else None
        if number is None:
            whole, real = request.args.integer(), request.args.real()
            if whole is not None:
                number = whole
            elif real is not None and -1.0 < real < 1e9:
                number = int(real)
        if number is None:
            return
        place = number - 1 + (desk.bank.regions_from if regions else desk.bank.markers_from)
        shown = in_order(desk.live.session, regions=regions)
        if 0 <= place < len(shown):
            desk.live.seek(clamp(shown[place].position_s, 0.0, LONGEST_S))

    return handler


CHANGES: Mapping[str, tuple[Change, str, str]] = MappingProxyType(
    {
        "NAME": (_name, "Set marker name via OSC", "Set region name via OSC"),
        "NUMBER": (_number, "Set marker number via OSC", "Set region number via OSC"),
        "TIME": (_time, "Set marker position via OSC", "Set region start via OSC"),
    }
)
FINDS: Mapping[str, Callable[..., Find]] = MappingProxyType(
    {"{}": _in_bank, "LAST_{}": _under_cursor, "{}ID": _by_number}
)
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **{
            f"{prefix.format(kind)}_{field}": _edit(find(regions=kind == "REGION"), change, steps[kind == "REGION"])
            for prefix, find in FINDS.items()
            for kind in ("MARKER", "REGION")
            for field, (change, *steps) in CHANGES.items()
        },
        **{
            f"{prefix.format('REGION')}_LENGTH": _edit(find(regions=True), _length, "Set region length via OSC")
            for prefix, find in FINDS.items()
        },
        "GOTO_MARKER": _go(regions=False),
        "GOTO_REGION": _go(regions=True),
    }
)
