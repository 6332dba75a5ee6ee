"""What ``GetSetProjectInfo`` and its text sister know of a project, by parameter name (the SDK's header)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.rendering import targets

NUMBERS: Mapping[str, tuple[str, type[int] | type[float]]] = MappingProxyType(
    {
        "RENDER_SETTINGS": ("source", int),
        "RENDER_BOUNDSFLAG": ("bounds", int),
        "RENDER_CHANNELS": ("channels", int),
        "RENDER_SRATE": ("rate_hz", int),
        "RENDER_STARTPOS": ("start_s", float),
        "RENDER_ENDPOS": ("end_s", float),
        "RENDER_TAILFLAG": ("tail_flags", int),
        "RENDER_TAILMS": ("tail_ms", int),
        "RENDER_ADDTOPROJ": ("add_to_project", int),
        "RENDER_DITHER": ("dither", int),
        "RENDER_NORMALIZE": ("normalize", int),
        "RENDER_NORMALIZE_TARGET": ("normalize_target", float),
    }
)
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "RENDER_FILE": "folder",
        "RENDER_PATTERN": "pattern",
        "RENDER_FORMAT": "sink",
        "RENDER_FORMAT2": "second_sink",
    }
)


def info_value(host: Host, _project: str, parameter: str, value: float, is_set: bool) -> float:
    """Read or set a number; what is not known is 0."""
    if parameter == "PROJECT_SRATE":
        return float(host.session.rate_hz)
    if parameter == "PROJECT_SRATE_USE":
        return 1.0
    if parameter == "PROJECT_TIMEBASE":
        if is_set:
            host.edit(lambda session: replace(session, timebase=int(min(max(value, 0), 2))))
        return float(host.session.timebase)
    known = NUMBERS.get(parameter)
    if known is None:
        return 0.0
    field, convert = known
    if is_set:
        _change(host, {field: convert(value)})
    return float(getattr(host.live.render_settings, field))


def info_text(host: Host, _project: str, parameter: str, text: str, is_set: bool) -> tuple[bool, str]:
    """Read or set a text.

    RENDER_STATS runs the action first that its text names, such as a dry run; RENDER_TARGETS are the files that a
    render would write.
    """
    settings = host.live.render_settings
    if parameter in TEXTS:
        field = TEXTS[parameter]
        if is_set:
            _change(host, {field: text})
        return True, getattr(host.live.render_settings, field)
    if is_set:
        return _set(host, parameter, text), text
    if parameter == "RENDER_STATS" and text.isdecimal():
        host.actions.run(int(text))
    known: Mapping[str, Callable[[], str]] = {
        "RENDER_STATS": lambda: host.live.render_stats,
        "RENDER_TARGETS": lambda: ";".join(
            str(target.path) for target in targets(host.session, settings, host.live.selected_regions)
        ),
        "PROJECT_NAME": lambda: host.session.name,
        "RECORD_PATH": lambda: "",
    }
    if parameter in known:
        return True, known[parameter]()
    if parameter.startswith("MARKER_GUID:"):
        return _marker_guid(host, parameter.removeprefix("MARKER_GUID:"), text)
    return False, text


def _change(host: Host, fields: Mapping[str, Any]) -> None:
    host.live.render_settings = replace(host.live.render_settings, **fields)


def _set(host: Host, parameter: str, text: str) -> bool:
    if parameter != "PROJECT_NAME":
        return False
    host.edit(lambda session: replace(session, name=text))
    return True


def _marker_guid(host: Host, index: str, text: str) -> tuple[bool, str]:
    ordered = sorted(host.session.markers, key=lambda marker: marker.position_s)
    if not index.isdecimal() or int(index) >= len(ordered):
        return False, text
    return True, ordered[int(index)].guid
