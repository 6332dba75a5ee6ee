"""Markers and regions."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Marker, Session, guid


def in_order(session: Session) -> list[Marker]:
    """Return markers and regions in the order of time, as they are enumerated."""
    return sorted(session.markers, key=lambda marker: marker.position_s)


def add(
    host: Host, _project: str, is_region: bool, position_s: float, end_s: float, name: str, wanted: int, color: int = 0
) -> int:
    """Return the number that is shown: the one wanted if it is free, else the lowest that is."""
    taken = {marker.number for marker in host.session.markers if (marker.end_s is not None) == is_region}
    number = (
        wanted if wanted >= 0 and wanted not in taken else next(k for k in range(1, len(taken) + 2) if k not in taken)
    )
    end = end_s if is_region else None
    new = Marker(guid("script marker", is_region, number, host.live.changes), number, position_s, end, name, color)
    host.edit(lambda session: replace(session, markers=(*session.markers, new)))
    return number


def _count(host: Host, _project: str, _markers: int, _regions: int) -> tuple[int, int, int]:
    regions = sum(marker.end_s is not None for marker in host.session.markers)
    total = len(host.session.markers)
    return total, total - regions, regions


def _enumerate(host: Host, index: int) -> tuple[int, Marker | None]:
    """Return the next index and the marker; 0 and None behind the last one."""
    ordered = in_order(host.session)
    return (index + 1, ordered[index]) if 0 <= index < len(ordered) else (0, None)


def _enum2(host: Host, _project: str, index: int, *outs: object) -> tuple[object, ...]:
    """Say what a marker is but for its name: Python's binding reads no ``const char**`` (``reaper_python.py``)."""
    after, marker = _enumerate(host, index)
    if marker is None:
        return (0, outs[0], outs[1], outs[2], outs[4])
    return after, marker.end_s is not None, marker.position_s, marker.end_s or 0.0, marker.number


def _enum3(host: Host, project: str, index: int, *outs: object) -> tuple[object, ...]:
    after, marker = _enumerate(host, index)
    return (*_enum2(host, project, index, *outs), outs[5] if marker is None or not after else marker.color)


def _find(session: Session, number: int, is_region: bool) -> Marker | None:
    return next((m for m in session.markers if m.number == number and (m.end_s is not None) == is_region), None)


def _set(
    host: Host,
    _project: str,
    number: int,
    is_region: bool,
    position_s: float,
    end_s: float,
    name: str,
    color: int | None = None,
    clear_name: bool = False,
) -> bool:
    """Move a marker; an empty name stays what it is unless it is to be cleared."""
    found = _find(host.session, number, is_region)
    if found is None:
        return False
    moved = replace(
        found,
        position_s=position_s,
        end_s=end_s if is_region else None,
        name=name if name or clear_name else found.name,
        color=color or found.color,
    )
    host.edit(lambda session: replace(session, markers=tuple(moved if m is found else m for m in session.markers)))
    return True


def _set_or_clear(
    host: Host,
    project: str,
    number: int,
    is_region: bool,
    position_s: float,
    end_s: float,
    name: str,
    color: int,
    flags: int,
) -> bool:
    """Move a marker; the lowest bit of the flags clears an empty name."""
    return _set(host, project, number, is_region, position_s, end_s, name, color, bool(flags & 1))


def _delete(host: Host, _project: str, number: int, is_region: bool) -> bool:
    return _remove(host, _find(host.session, number, is_region))


def _delete_at(host: Host, _project: str, index: int) -> bool:
    return _remove(host, _enumerate(host, index)[1])


def _remove(host: Host, gone: Marker | None) -> bool:
    if gone is None:
        return False
    host.edit(lambda session: replace(session, markers=tuple(m for m in session.markers if m is not gone)))
    return True


def _go(host: Host, _project: str, number: int, by_order: bool) -> None:
    """Go to a marker by its number, or as the n-th in time."""
    markers = [marker for marker in in_order(host.session) if marker.end_s is None]
    wanted = markers[number - 1 : number] if by_order else [m for m in markers if m.number == number]
    if wanted:
        host.live.seek(wanted[0].position_s)


def _around(host: Host, _project: str, position_s: float, _marker: int, _region: int) -> tuple[int, int]:
    """Return the indices of the last marker before a position and of the region around it, -1 for none."""
    ordered = in_order(host.session)
    before = [k for k, m in enumerate(ordered) if m.end_s is None and m.position_s <= position_s]
    around = [k for k, m in enumerate(ordered) if m.end_s is not None and m.position_s <= position_s < m.end_s]
    return (before or [-1])[-1], (around or [-1])[-1]


def _set_in_matrix(host: Host, _project: str, region: int, track: int, flag: int) -> None:
    """Take a track into what is rendered of a region (above 0) or out (below 0)."""
    name = host.track(track).guid
    others = [other for other in host.desk.matrix.get(region, []) if other != name]
    host.desk.matrix[region] = [*others, name] if flag > 0 else others


def _in_matrix(host: Host, _project: str, region: int, index: int) -> str | None:
    there = [name for name in host.desk.matrix.get(region, []) if name in host.places.tracks]
    return there[index] if 0 <= index < len(there) else None


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "AddProjectMarker": Function("n pbddsi", add),
        "AddProjectMarker2": Function("n pbddsii", add),
        "CountProjectMarkers": Function("i pII", _count),
        "GetNumRegionsOrMarkers": Function("i p", lambda host, _project: len(host.session.markers)),
        "EnumProjectMarkers": Function("i iBDDcI", lambda host, index, *outs: _enum2(host, "", index, *outs)),
        "EnumProjectMarkers2": Function("i piBDDcI", _enum2),
        "EnumProjectMarkers3": Function("i piBDDcII", _enum3),
        "SetProjectMarker": Function("b ibdds", lambda host, *values: _set(host, "", *values)),
        "SetProjectMarker2": Function("b pibdds", _set),
        "SetProjectMarker3": Function("b pibddsi", _set),
        "SetProjectMarker4": Function("b pibddsii", _set_or_clear),
        "DeleteProjectMarker": Function("b pib", _delete),
        "DeleteProjectMarkerByIndex": Function("b pi", _delete_at),
        "SetRegionRenderMatrix": Function("v piti", _set_in_matrix),
        "EnumRegionRenderMatrix": Function("t pii", _in_matrix),
        "GoToMarker": Function("v pib", _go),
        "GetLastMarkerAndCurRegion": Function("v pdII", _around),
    }
)
