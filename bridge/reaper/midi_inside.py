"""What writes and reads a MIDI track inside REAPER: the text of this module is sent there, as ``reapy_inside``'s is.

A request is one piece of work, in which REAPER does nothing else: a track is either there with all its notes or not at
all, also where the client has gone meanwhile. Plain Python for any REAPER that has reapy: the standard library alone,
no syntax newer than 3.7, no state that stays. How answers are read: ``bridge.reaper.reascript``; names and parameters:
``CreateNewMIDIItemInProj``, ``MIDI_InsertNote``, ``MIDI_GetNote`` in reaper_plugin_functions.h.
"""

from __future__ import annotations

import math
import traceback
from typing import Any

_EVERYTHING = -1  # UNDO_STATE_ALL
_TEXT_BYTES = 4096


class Failed(Exception):  # noqa: N818 - a state, named as the user sees it
    """A function failed, or this REAPER has none of that name."""


def add(functions: object, wanted: dict[str, Any]) -> dict[str, Any]:
    """Put a track behind the last one, with one MIDI item, in one undo step; what fails in the middle is taken back.

    ``wanted`` is a ``bridge.reaper.survey.MidiWrite``. Returns ``{"guid": …}`` or ``{"failed": why}``.
    """
    reaper = _Reaper(functions)
    try:
        project = reaper.project()
        before = int(reaper.call("GetProjectStateChangeCount", project))
        reaper.call("Undo_BeginBlock2", project)
        try:
            guid = _add(reaper, project, wanted)
        except Failed:
            reaper.call("Undo_EndBlock2", project, wanted["undo_name"], _EVERYTHING)
            if int(reaper.call("GetProjectStateChangeCount", project)) != before:
                _take_back(reaper, project, wanted["undo_name"])
            raise
        reaper.call("Undo_EndBlock2", project, wanted["undo_name"], _EVERYTHING)
    except Failed as error:
        return {"failed": str(error)}
    return {"guid": guid}


def notes(functions: object, guid: str) -> dict[str, Any]:
    """Read all notes on a track, as seconds from the project's start, key and velocity, by start and key.

    Returns ``{"notes": [[start_s, end_s, pitch, velocity], …]}``, ``{"gone": guid}`` or ``{"failed": why}``.
    """
    reaper = _Reaper(functions)
    try:
        track = reaper.track(guid)
        if track is None:
            return {"gone": guid}
        found = []
        for place in range(int(reaper.call("CountTrackMediaItems", track))):
            take = str(reaper.call("GetActiveTake", reaper.call("GetTrackMediaItem", track, place)))
            if _address(take) and reaper.call("TakeIsMIDI", take):
                found.extend(_notes(reaper, take))
    except Failed as error:
        return {"failed": str(error)}
    return {"notes": sorted(found, key=lambda note: (note[0], note[2]))}


def delete(functions: object, guid: str, undo_name: str) -> dict[str, Any]:
    """Delete a track with one MIDI item and nothing else on it, in one undo step.

    Returns ``{"deleted": true}``, ``{"gone": guid}`` or ``{"failed": why}``.
    """
    reaper = _Reaper(functions)
    try:
        track = reaper.track(guid)
        if track is None:
            return {"gone": guid}
        if reaper.call("CountTrackMediaItems", track) != 1 or reaper.call("TrackFX_GetCount", track):
            return {"failed": "more was put on the track since: delete it by hand"}
        project = reaper.project()
        reaper.call("Undo_BeginBlock2", project)
        try:
            reaper.call("DeleteTrack", track)
        finally:
            reaper.call("Undo_EndBlock2", project, undo_name, _EVERYTHING)
        if reaper.track(guid) is not None:
            return {"failed": "REAPER does not delete the track"}
    except Failed as error:
        return {"failed": str(error)}
    return {"deleted": True}


class _Reaper:
    """REAPER's functions by name."""

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

    def project(self) -> str:
        """Return the handle of the project in front. Raises ``Failed``."""
        project = str(self.call("EnumProjects", -1, "", _TEXT_BYTES)[0])
        if not _address(project):
            raise Failed("no project is open in REAPER")
        return project

    def track(self, guid: str) -> str | None:
        """Return a track's handle by its GUID; None where it is gone. Raises ``Failed``."""
        project = self.project()
        tracks = (str(self.call("GetTrack", project, k)) for k in range(int(self.call("CountTracks", project))))
        return next((track for track in tracks if _address(track) and self.guid(track) == guid), None)

    def guid(self, track: str) -> str:
        """Return a track's GUID as text. Raises ``Failed``."""
        return str(self.call("GetSetMediaTrackInfo_String", track, "GUID", "", False)[-2])


def _add(reaper: _Reaper, project: str, wanted: dict[str, Any]) -> str:
    place = int(reaper.call("CountTracks", project))
    reaper.call("InsertTrackAtIndex", place, False)
    track = str(reaper.call("GetTrack", project, place))
    if not _address(track):
        raise Failed("REAPER adds no track")
    reaper.call("GetSetMediaTrackInfo_String", track, "P_NAME", wanted["name"], True)
    made = reaper.call("CreateNewMIDIItemInProj", track, wanted["start_s"], wanted["end_s"], False)
    item = str(made[0] if isinstance(made, (tuple, list)) else made)
    take = str(reaper.call("GetActiveTake", item)) if _address(item) else ""
    if not _address(take):
        raise Failed("REAPER makes no MIDI item")
    for start_s, end_s, pitch, velocity in wanted["notes"]:
        start, end = _tick(reaper, take, start_s), _tick(reaper, take, end_s)
        at = (start, max(start + 1.0, end), wanted["channel"], pitch, velocity)
        done = reaper.call("MIDI_InsertNote", take, False, False, *at, True)
        if not (done[0] if isinstance(done, (tuple, list)) else done):
            raise Failed(f"REAPER takes no note of key {pitch} at {start_s:.3f} s")
    reaper.call("MIDI_Sort", take)
    return reaper.guid(track)


def _tick(reaper: _Reaper, take: str, at_s: float) -> float:
    """Return the whole tick nearest to a time: what lies between two ticks REAPER need not round."""
    return max(0.0, math.floor(float(reaper.call("MIDI_GetPPQPosFromProjTime", take, at_s)) + 0.5))


def _notes(reaper: _Reaper, take: str) -> list[list[float]]:
    found = []
    for place in range(int(reaper.call("MIDI_CountEvts", take, 0, 0, 0)[-3])):
        start, end, _, pitch, velocity = reaper.call("MIDI_GetNote", take, place, 0, 0, 0.0, 0.0, 0, 0, 0)[-5:]
        start_s, end_s = (float(reaper.call("MIDI_GetProjTimeFromPPQPos", take, tick)) for tick in (start, end))
        found.append([start_s, end_s, int(pitch), int(velocity)])
    return found


def _take_back(reaper: _Reaper, project: str, undo_name: str) -> None:
    """Undo the last step where it is the one of that name: an undo block that changed nothing makes none."""
    try:
        is_ours = str(reaper.call("Undo_CanUndo2", project) or "") == undo_name
    except Failed:  # REAPER's Python wrapper fails to decode a null pointer: there is nothing to undo
        return
    if is_ours:
        reaper.call("Undo_DoUndo2", project)


def _address(handle: str) -> int:
    """Return where a handle points to; 0 for none."""
    try:
        return int(handle.rpartition("0x")[2], 16)
    except ValueError:
        return 0
