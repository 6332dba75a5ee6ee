"""What reads a project inside REAPER: the text of this module is sent there, and one request reads many values.

reapy's server calls whatever can be imported by name, ``builtins.eval`` too (``bridge.reaper.reascript`` asks for it).
So this is plain Python for any REAPER that has reapy: the standard library alone, no syntax newer than 3.7, no state
that stays, nothing printed. It is text that never changes; what differs from request to request comes as values.

Why this way: ``bridge.reaper.reapy_reading``.

Handles are good within a request, in which REAPER does nothing else, and never leave it: reapy switches off the check
with which REAPER's own Python refuses a stale one (its additional_api.py), and a stale one would crash REAPER.
"""

from __future__ import annotations

import hashlib
import itertools
import time
import traceback
from typing import Any, Iterator  # noqa: UP035 - collections.abc has no subscripts before Python 3.9

ITSELF = -1
"""In the place of an item's number: the track itself, which comes before its items."""
BEGIN = (-1, ITSELF)
"""The master, which comes before the first track."""
TRACK_VALUES = (
    "D_VOL D_PAN B_MUTE I_SOLO I_SELECTED I_RECARM B_PHASE I_FOLDERDEPTH B_MAINSEND I_FXEN I_AUTOMODE C_BEATATTACHMODE"
)
SEND_VALUES = "P_DESTTRACK D_VOL D_PAN B_MUTE I_SENDMODE B_MONO B_PHASE"
ITEM_VALUES = (
    "D_POSITION D_LENGTH D_VOL B_MUTE B_LOOPSRC "
    "D_FADEINLEN D_FADEINLEN_AUTO D_FADEOUTLEN D_FADEOUTLEN_AUTO C_FADEINSHAPE C_FADEOUTSHAPE C_BEATATTACHMODE"
)
TAKE_VALUES = "D_STARTOFFS D_PLAYRATE D_VOL D_PAN I_CHANMODE D_PITCH"
_PLAYING, _SENDS = 1, 0
_TEXT_BYTES = 4096
_CHUNK_BYTES = (65_536, 4_000_000)


class Failed(Exception):  # noqa: N818 - a state, named as the user sees it
    """A function failed, or this REAPER has none of that name."""


def read(functions: object, begin: list[int], limit_s: float, wanted: dict[str, Any]) -> dict[str, Any]:
    """Read rows from ``begin`` on, a track's place and an item's number, until the time is over; one at least.

    ``wanted``: "moment", what the first answer named, the project in front and how often it changed; "known", digests
    by track's GUID: items that still have that one are left out, and where it is None all items are, and no lock is
    looked for; "eq", the name of an EQ of ours.

    Returns ``{"failed": why}``, or ``{"moved": true}`` where the project is no longer of that moment, or ``{"moment":
    …, "rows": [[kind, values, next], …]}``. A row is "master", "track", "item" (of the track before it) or at last
    "project"; ``next`` is where to go on behind it, None behind the last.
    """
    until = time.monotonic() + limit_s
    reaper = Reaper(functions)
    try:
        now = _moment(reaper)
        if wanted["moment"] not in (None, now):
            return {"moved": True}
        rows = []
        for row in _rows(reaper, now[0], begin, wanted):
            rows.append(row)
            if time.monotonic() >= until:
                break
        if _moment(reaper) != now:
            return {"moved": True}
    except Failed as error:
        return {"failed": str(error)}
    return {"moment": now, "rows": rows}


class Reaper:
    """REAPER's functions by name. How their answers are read: ``bridge.reaper.reascript``."""

    def __init__(self, functions: object) -> None:
        self._functions = functions

    def call(self, name: str, *args: object) -> Any:
        """Call a function. Raises ``Failed``."""
        function = getattr(self._functions, name, None)
        if function is None:
            raise Failed(f"this REAPER has no {name}: update REAPER")
        try:
            return function(*args)
        except Exception as error:
            why = traceback.format_exception_only(type(error), error)[-1].strip()
            raise Failed(f"{name} failed: {why}") from error

    def out(self, name: str, *args: object, at: int) -> Any:
        """Call a function and return one of its parameters as it came back. Raises ``Failed``."""
        answer = self.call(name, *args)
        try:
            return answer[at - len(args)]
        except (TypeError, IndexError) as error:
            raise Failed(f"{name} gave {answer!r}") from error

    def text(self, name: str, *args: object) -> str:
        """Call a function that writes a text behind these arguments. Raises ``Failed``."""
        return str(self.out(name, *args, "", _TEXT_BYTES, at=len(args)))

    def values(self, function: str, names: str, *args: object) -> dict[str, float]:
        """Call a function for each of the names, and return the values by name. Raises ``Failed``."""
        return {name: float(self.call(function, *args, name)) for name in names.split()}

    def count(self, name: str, *args: object) -> int:
        """Call a function that counts: a REAPER without it is older than what it counts, and has none."""
        return int(self.call(name, *args)) if self.offers(name) else 0

    def handle(self, name: str, *args: object) -> str:
        """Call a function that gives a handle that must not be none. Raises ``Failed``."""
        handle = str(self.call(name, *args))
        if not address(handle):
            raise Failed(f"{name} gives nothing where there was something: read the project again")
        return handle

    def offers(self, name: str) -> bool:
        """Return whether this REAPER has a function of that name."""
        return hasattr(self._functions, name)


def address(handle: str) -> int:
    """Return where a handle points to; 0 for none."""
    try:
        return int(handle.rpartition("0x")[2], 16)
    except ValueError:
        return 0


def told(chunk: str) -> tuple[bool, bool, str]:
    """Return whether a track's chunk has its end, whether its controls are locked, and a digest of its items.

    Only a chunk tells of the lock, in one of the lines before those of envelopes, effects and items: ``LOCK 1``. There
    is no digest of what is cut off.
    """
    lines = [line.strip() for line in chunk.splitlines()]
    whole = sum(line.startswith("<") for line in lines) == sum(line == ">" for line in lines) > 0
    own = (line.split() for line in itertools.takewhile(lambda line: not line.startswith("<"), lines[1:]))
    locked = any(words[:1] == ["LOCK"] and words[1:2] not in ([], ["0"]) for words in own)
    items = chunk.partition("<ITEM")[2].encode("utf-8", "replace") if whole else b""
    return whole, locked, hashlib.sha256(items).hexdigest() if items else ""


def _moment(reaper: Reaper) -> list[object]:
    project = str(reaper.call("EnumProjects", -1, "", _TEXT_BYTES)[0])
    if not address(project):
        raise Failed("no project is open in REAPER")
    return [project, int(reaper.call("GetProjectStateChangeCount", project))]


def _rows(reaper: Reaper, project: object, begin: list[int], wanted: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    place, number = begin
    known, eq = wanted["known"], wanted["eq"]
    if place < 0:
        place = 0
        yield "master", _track(reaper, reaper.handle("GetMasterTrack", project), eq), [place, ITSELF]
    for at in range(place, int(reaper.call("CountTracks", project))):
        handle = reaper.handle("GetTrack", project, at)
        items = 0 if known is None else int(reaper.call("CountTrackMediaItems", handle))
        start, number = number, ITSELF
        if start == ITSELF:
            values = _track(reaper, handle, eq)
            values["address"], values["sends"] = address(handle), _sends(reaper, handle)
            values["guid"] = str(reaper.out("GetSetMediaTrackInfo_String", handle, "GUID", "", False, at=2))
            values["locked"], values["digest"] = (False, "") if known is None else _told(reaper, handle)
            if values["digest"] and known.get(values["guid"]) == values["digest"]:
                items = 0
            start = 0
            yield "track", values, [at, start] if items else [at + 1, ITSELF]
        for k in range(start, items):
            yield "item", _item(reaper, reaper.handle("GetTrackMediaItem", handle, k)), [at, k + 1]
    yield "project", _project(reaper, project), None


def _project(reaper: Reaper, project: object) -> dict[str, Any]:
    play_state = int(reaper.call("GetPlayStateEx", project))
    position = "GetPlayPositionEx" if play_state & _PLAYING else "GetCursorPositionEx"
    return {
        "name": reaper.text("GetProjectName", project),
        "path": reaper.text("EnumProjects", -1),
        "own_rate_hz": float(reaper.call("GetSetProjectInfo", project, "PROJECT_SRATE", 0.0, False)),
        "own_rate_used": bool(reaper.call("GetSetProjectInfo", project, "PROJECT_SRATE_USE", 0.0, False)),
        "device_rate": reaper.text("GetAudioDeviceInfo", "SRATE") if reaper.offers("GetAudioDeviceInfo") else "",
        "length_s": float(reaper.call("GetProjectLength", project)),
        "tempo_bpm": float(reaper.out("GetProjectTimeSignature2", project, 0.0, 0.0, at=1)),
        "beats_per_bar": float(reaper.out("GetProjectTimeSignature2", project, 0.0, 0.0, at=2)),
        "tempo_markers": reaper.count("CountTempoTimeSigMarkers", project),
        "timebase": int(reaper.call("GetSetProjectInfo", project, "PROJECT_TIMEBASE", 0.0, False)),
        "play_state": play_state,
        "position_s": float(reaper.call(position, project)),
        "undo_name": _undo_name(reaper, project),
    }


def _undo_name(reaper: Reaper, project: object) -> str:
    """Return what REAPER would undo, empty for nothing: there its Python wrapper fails to decode a null pointer."""
    try:
        return str(reaper.call("Undo_CanUndo2", project) or "")
    except Failed as error:
        if "NoneType" in str(error):
            return ""
        raise


def _told(reaper: Reaper, handle: str) -> tuple[bool, str]:
    """Return lock and digest; of a track whose chunk is longer than any that is asked for, from what there is of it."""
    for most in _CHUNK_BYTES:
        ok, _, chunk, *_ = reaper.call("GetTrackStateChunk", handle, "", most, False)
        whole, locked, digest = told(str(chunk))
        if ok and whole:
            break
    return locked, digest


def _track(reaper: Reaper, handle: str, eq: str) -> dict[str, Any]:
    return {
        "name": reaper.text("GetTrackName", handle),
        "values": reaper.values("GetMediaTrackInfo_Value", TRACK_VALUES, handle),
        "effects": [_effect(reaper, handle, k, eq) for k in range(int(reaper.call("TrackFX_GetCount", handle)))],
        "envelopes": [_envelope(reaper, handle, k) for k in range(int(reaper.call("CountTrackEnvelopes", handle)))],
    }


def _sends(reaper: Reaper, handle: str) -> list[dict[str, float]]:
    count = int(reaper.call("GetTrackNumSends", handle, _SENDS))
    return [reaper.values("GetTrackSendInfo_Value", SEND_VALUES, handle, _SENDS, k) for k in range(count)]


def _envelope(reaper: Reaper, handle: str, place: int) -> dict[str, Any]:
    envelope = str(reaper.call("GetTrackEnvelope", handle, place))
    try:
        active = str(reaper.out("GetSetEnvelopeInfo_String", envelope, "ACTIVE", "", False, at=2)).strip() != "0"
    except Failed:
        active = True  # one of which it can not be told
    points = int(reaper.call("CountEnvelopePoints", envelope))
    return {"name": reaper.text("GetEnvelopeName", envelope), "active": active, "points": points}


def _effect(reaper: Reaper, handle: str, place: int, eq: str) -> dict[str, Any]:
    alias = _config(reaper, handle, place, "renamed_name")
    name = _config(reaper, handle, place, "original_name") or _config(reaper, handle, place, "fx_name")
    name = name or reaper.text("TrackFX_GetFXName", handle, place)
    guid = str(reaper.call("TrackFX_GetFXGUID", handle, place))
    return {
        "guid": guid if guid.startswith("{") else str(reaper.out("guidToString", guid, "", at=1)),
        "name": name,
        "alias": alias,
        "enabled": bool(reaper.call("TrackFX_GetEnabled", handle, place)),
        "offline": bool(reaper.call("TrackFX_GetOffline", handle, place)),
        "bands": _bands(reaper, handle, place) if alias == eq and "ReaEQ" in name else [],
    }


def _config(reaper: Reaper, handle: str, place: int, key: str) -> str:
    answer = reaper.call("TrackFX_GetNamedConfigParm", handle, place, key, "", _TEXT_BYTES)
    return str(answer[-2]) if answer[0] else ""


def _bands(reaper: Reaper, handle: str, place: int) -> list[dict[str, Any]]:
    """Return a ReaEQ's bands in the order of its tabs, with what is said of their parameters."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for param in range(int(reaper.call("TrackFX_GetNumParams", handle, place))):
        answer = reaper.call("TrackFX_GetEQParam", handle, place, param, 0, 0, 0, 0.0)
        kind, index, what = (int(number) for number in answer[-4:-1])
        if not answer[0] or kind < 0:
            continue
        if (kind, index) not in found:
            enabled = bool(reaper.call("TrackFX_GetEQBandEnabled", handle, place, kind, index))
            found[kind, index] = {"kind": kind, "enabled": enabled, "params": []}
        shown = reaper.text("TrackFX_GetFormattedParamValue", handle, place, param)
        found[kind, index]["params"].append([what, float(answer[-1]), shown])
    return list(found.values())


def _item(reaper: Reaper, handle: str) -> dict[str, Any]:
    take = str(reaper.call("GetActiveTake", handle))
    return {
        "values": reaper.values("GetMediaItemInfo_Value", ITEM_VALUES, handle),
        "take": _take(reaper, take) if address(take) else None,
    }


def _take(reaper: Reaper, take: str) -> dict[str, Any]:
    source = str(reaper.call("GetMediaItemTake_Source", take))
    return {
        "values": reaper.values("GetMediaItemTakeInfo_Value", TAKE_VALUES, take),
        "effects": reaper.count("TakeFX_GetCount", take),
        "envelopes": reaper.count("CountTakeEnvelopes", take),
        "stretch_markers": reaper.count("GetTakeNumStretchMarkers", take),
        "source": _source(reaper, source) if address(source) else None,
    }


def _source(reaper: Reaper, source: str) -> dict[str, Any]:
    """Return kind, path and length. A section, reversed or not, keeps its kind and has its file's path."""
    kind = reaper.text("GetMediaSourceType", source)
    length, _, in_beats = reaper.call("GetMediaSourceLength", source, False)
    file = source
    if kind == "SECTION" and reaper.offers("GetMediaSourceParent"):
        parent = str(reaper.call("GetMediaSourceParent", source))
        file = parent if address(parent) else source
    path = reaper.text("GetMediaSourceFileName", file)
    return {"kind": kind, "path": path, "length": float(length), "in_beats": bool(in_beats)}
