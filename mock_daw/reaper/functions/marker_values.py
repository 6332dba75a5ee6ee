"""Markers and regions by pointer, as REAPER has them since 7.62: found by place or GUID, read and set by parameter.

The names are those that public scripts for REAPER 7.62 to 7.82 use. There are no ruler lanes: all lie in lane 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.markers import in_order
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Marker

SELECTED = "B_UISEL"


def _at(host: Host, _project: str, index: int, name: str) -> str | None:
    """Return a marker by its GUID where one is given, else by its place in the order of time."""
    ordered = in_order(host.session)
    if name:
        return next((marker.guid for marker in ordered if marker.guid == name), None)
    return ordered[index].guid if 0 <= index < len(ordered) else None


VALUES: Mapping[str, Callable[[Host, Marker], float]] = MappingProxyType(
    {
        "I_NUMBER": lambda _host, marker: marker.number,
        "I_INDEX": lambda host, marker: in_order(host.session).index(marker),
        "B_ISREGION": lambda _host, marker: marker.end_s is not None,
        "D_STARTPOS": lambda _host, marker: marker.position_s,
        "D_ENDPOS": lambda _host, marker: marker.position_s if marker.end_s is None else marker.end_s,
        "I_CUSTOMCOLOR": lambda _host, marker: marker.color,
        SELECTED: lambda host, marker: marker.guid in host.live.selected_regions,
        "B_VISIBLE": lambda _host, _marker: True,
    }
)
CHANGES: Mapping[str, Callable[[Marker, float], Marker]] = MappingProxyType(
    {
        "I_NUMBER": lambda marker, value: replace(marker, number=int(value)),
        "D_STARTPOS": lambda marker, value: replace(marker, position_s=value),
        "D_ENDPOS": lambda marker, value: marker if marker.end_s is None else replace(marker, end_s=value),
        "I_CUSTOMCOLOR": lambda marker, value: replace(marker, color=int(value)),
    }
)


def _value(host: Host, _project: str, marker: Marker, parameter: str) -> float:
    """Return a value; what is not known is 0."""
    return float(VALUES[parameter](host, marker)) if parameter in VALUES else 0.0


def _set_value(host: Host, _project: str, marker: Marker, parameter: str, value: float) -> bool:
    if parameter == SELECTED:
        others = host.live.selected_regions - {marker.guid}
        host.live.selected_regions = others | {marker.guid} if value else others
        return True
    if parameter not in CHANGES:
        return False
    _replace(host, marker, CHANGES[parameter](marker, value))
    return True


def _text(host: Host, _project: str, marker: Marker, parameter: str, text: str, is_set: bool) -> tuple[bool, str]:
    if parameter == "GUID" and not is_set:
        return True, marker.guid
    if parameter != "P_NAME":
        return False, text
    if is_set:
        _replace(host, marker, replace(marker, name=text))
        return True, text
    return True, marker.name


def _replace(host: Host, before: Marker, after: Marker) -> None:
    host.edit(lambda session: replace(session, markers=tuple(after if m is before else m for m in session.markers)))


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetRegionOrMarker": Function("r pis", _at),
        "GetRegionOrMarkerInfo_Value": Function("d prs", _value),
        "SetRegionOrMarkerInfo_Value": Function("b prsd", _set_value),
        "GetSetRegionOrMarkerInfo_String": Function("b prsSb", _text),
    }
)
