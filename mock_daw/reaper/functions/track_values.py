"""What ``GetMediaTrackInfo_Value`` and its like know of a track, by parameter name.

The names and meanings are those of REAPER's SDK (``reaper_plugin_functions.h``: ``GetMediaTrackInfo_Value``,
``GetSetMediaTrackInfo_String``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.session import Automation, Track

MODES = tuple(Automation)
DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Value:
    """A number of a track; without ``set`` it can only be read."""

    get: Callable[[Host, int], float]
    set: Callable[[Track, float], Track] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a track; both take the name behind "P_EXT:"."""

    get: Callable[[Track, str], str]
    set: Callable[[Track, str, str], Track] | None = None


def numbered_name(track: Track, number: int) -> str:
    """Return the name that REAPER shows: "Track N" where the user gave none."""
    return "MASTER" if number == 0 else track.name or f"Track {number}"


def _bounded(low: float, high: float) -> Callable[[float], float]:
    return lambda value: min(max(value, low), high)


def _own(field: str, convert: Callable[[float], Any]) -> Value:
    return Value(
        lambda host, number: float(getattr(host.track(number), field)),
        lambda track, value: replace(track, **{field: convert(value)}),
    )


def _fixed(value: float) -> Value:
    return Value(lambda _host, _number: value)


def _number(_host: Host, number: int) -> float:
    return float(number or -1)


def _parent(host: Host, number: int) -> float:
    parent = host.session.parents()[number - 1] if number else None
    return float(host.pointers.address("MediaTrack*", None if parent is None else host.session.tracks[parent].guid))


def _set_mode(track: Track, value: float) -> Track:
    return replace(track, automation=MODES[int(value)]) if 0 <= int(value) < len(MODES) else track


def _with_note(track: Track, key: str, text: str) -> Track:
    kept = {name: held for name, held in track.notes.items() if name != key}
    return replace(track, notes=MappingProxyType({**kept, key: text} if text else kept))


VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "D_VOL": _own("gain_linear", lambda value: max(value, 0.0)),
        "D_PAN": _own("pan", _bounded(-1.0, 1.0)),
        "D_WIDTH": _own("width", _bounded(-1.0, 1.0)),
        "I_PANMODE": _own("pan_mode", int),
        "B_MUTE": _own("muted", bool),
        "B_PHASE": _own("phase_inverted", bool),
        "I_SOLO": _own("solo", int),
        "I_SELECTED": _own("selected", bool),
        "I_RECARM": _own("armed", bool),
        "I_RECMON": _own("monitored", int),
        "I_FXEN": _own("effects_enabled", bool),
        "I_FOLDERDEPTH": _own("folder_depth", lambda value: int(_bounded(-DEEPEST, 1)(value))),
        "B_MAINSEND": _own("main_send", bool),
        "I_NCHAN": _own("channels", lambda value: int(_bounded(2, 128)(value)) // 2 * 2),
        "I_CUSTOMCOLOR": _own("color", int),
        "C_BEATATTACHMODE": _own("timebase", lambda value: int(_bounded(-1, 2)(value))),
        "I_AUTOMODE": Value(lambda host, number: float(MODES.index(host.track(number).automation)), _set_mode),
        "IP_TRACKNUMBER": Value(_number),
        "P_PARTRACK": Value(_parent),
        "P_PROJECT": Value(lambda host, _number: float(host.pointers.address("ReaProject*", PROJECT))),
        "D_PANLAW": _fixed(-1.0),
        "I_PANLAW_FLAGS": _fixed(-1.0),
        "I_RECINPUT": _fixed(-1.0),
        "I_RECMODE": _fixed(0.0),
        "I_FOLDERCOMPACT": _fixed(0.0),
        "I_PLAY_OFFSET_FLAG": _fixed(1.0),
        "B_SHOWINMIXER": _fixed(1.0),
        "B_SHOWINTCP": _fixed(1.0),
        "B_SOLO_DEFEAT": _fixed(0.0),
    }
)

TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        "P_NAME": Text(lambda track, _key: track.name, lambda track, _key, text: replace(track, name=text)),
        "GUID": Text(lambda track, _key: track.guid),
        "P_ICON": Text(lambda _track, _key: ""),
        "P_EXT:": Text(lambda track, key: track.notes.get(key, ""), _with_note),
    }
)
