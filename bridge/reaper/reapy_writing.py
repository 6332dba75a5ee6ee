"""Faders, our ReaEQ and the tempo written through ReaScript, in one undo step. Runs in the process that holds reapy."""

import math
from collections.abc import Callable, Mapping

from bridge.reaper import reapy_eq
from bridge.reaper.reapy_eq import Slot
from bridge.reaper.reapy_reading import Gone, current_project, undo_name
from bridge.reaper.reapy_tracks import effect, track_handles
from bridge.reaper.reascript import Hold, Reascript, ReascriptError
from bridge.reaper.survey import EQ_ALIAS, MASTER, EqWrite, TrackWrite, Write

REAEQ = "ReaEQ (Cockos)"
_EVERYTHING = -1  # UNDO_STATE_ALL: a tempo moves items too
_ALWAYS_NEW = -1
_NEW_AND_FIRST = -1000  # "-1000 - position" of TrackFX_AddByName in reaper_plugin_functions.h
_NEAR = 1e-6


def write(reascript: Reascript, hold: Hold, wanted: Write, alive: Callable[[], None]) -> None:
    """Write everything in one stretch and one undo step; what fails in the middle is taken back.

    Raises ``Gone`` before anything is written, ``ReascriptError``.
    """
    with hold():
        project = current_project(reascript)
        handles = {MASTER: str(reascript.call("GetMasterTrack", project)), **dict(track_handles(reascript, project))}
        for track in wanted.tracks:
            if track.guid not in handles:
                raise Gone(track.guid)
        before = _changes(reascript, project)
        reascript.call("Undo_BeginBlock2", project)
        try:
            for track in wanted.tracks:
                # On the master ours comes first, so that a limiter there keeps the last word.
                new = _NEW_AND_FIRST if track.guid == MASTER else _ALWAYS_NEW
                _write_track(reascript, handles[track.guid], track, new)
                alive()
            if wanted.tempo_bpm is not None:
                _write_tempo(reascript, project, wanted.tempo_bpm, items_stay=wanted.items_stay)
        except ReascriptError:
            reascript.call("Undo_EndBlock2", project, wanted.undo_name, _EVERYTHING)
            if _changes(reascript, project) != before and undo_name(reascript) == wanted.undo_name:
                reascript.call("Undo_DoUndo2", project)
            raise
        reascript.call("Undo_EndBlock2", project, wanted.undo_name, _EVERYTHING)


def set_faders(reascript: Reascript, hold: Hold, gains_linear: Mapping[str, float]) -> None:
    """Set faders by GUID without an undo step. Raises ``Gone`` before anything is written, ``ReascriptError``."""
    with hold():
        project = current_project(reascript)
        handles = {MASTER: str(reascript.call("GetMasterTrack", project)), **dict(track_handles(reascript, project))}
        for guid in gains_linear:
            if guid not in handles:
                raise Gone(guid)
        for guid, gain in gains_linear.items():
            reascript.call("SetMediaTrackInfo_Value", handles[guid], "D_VOL", gain)


def undo(reascript: Reascript, hold: Hold) -> str:
    """Take back the last undo step and return its name, empty where there is none."""
    with hold():
        name = undo_name(reascript)
        if name and not reascript.call("Undo_DoUndo2", current_project(reascript)):
            raise ReascriptError(f"REAPER does not undo “{name}”")
        return name


def _changes(reascript: Reascript, project: str) -> int:
    return int(reascript.call("GetProjectStateChangeCount", project))


def _write_track(reascript: Reascript, handle: str, wanted: TrackWrite, new: int) -> None:
    for name, value in (("D_VOL", wanted.gain_linear), ("D_PAN", wanted.pan)):
        if value is None:
            continue
        reascript.call("SetMediaTrackInfo_Value", handle, name, value)
        found = float(reascript.call("GetMediaTrackInfo_Value", handle, name))
        if not math.isclose(found, value, rel_tol=_NEAR, abs_tol=_NEAR):
            raise ReascriptError(f"{name} of a track is {found:g} where {value:g} was set")
    if wanted.eq is not None:
        _write_eq(reascript, handle, wanted.eq, new)


def _write_eq(reascript: Reascript, handle: str, wanted: EqWrite, new: int) -> None:
    slot = effect(reascript, handle, wanted.effect) if wanted.effect else None
    if slot is not None and not (wanted.bands and reapy_eq.fits(reascript, slot, wanted.bands)):
        reascript.call("TrackFX_Delete", handle, slot.place)
        slot = None
    if not wanted.bands:
        return
    if slot is None:
        slot = _added(reascript, handle, new)
        if not reapy_eq.fits(reascript, slot, wanted.bands):
            raise ReascriptError("a fresh ReaEQ has not the bands that are needed: reset its default preset")
    reascript.call("TrackFX_SetEnabled", handle, slot.place, True)
    reapy_eq.set_bands(reascript, slot, wanted.bands)


def _added(reascript: Reascript, handle: str, new: int) -> Slot:
    place = int(reascript.call("TrackFX_AddByName", handle, REAEQ, False, new))
    if place < 0:
        raise ReascriptError("REAPER adds no ReaEQ: it comes with REAPER, install it again")
    if not reascript.call("TrackFX_SetNamedConfigParm", handle, place, "renamed_name", EQ_ALIAS):
        raise ReascriptError("this REAPER can not name an effect: update REAPER")
    return Slot(handle, place)


def _write_tempo(reascript: Reascript, project: str, tempo_bpm: float, *, items_stay: bool) -> None:
    """Set the tempo, in beats as the time signature counts them; SetCurrentBPM counts quarters."""
    before = _item_places(reascript, project) if items_stay else []
    beats_bpm = float(reascript.out("GetProjectTimeSignature2", project, 0.0, 0.0, at=1))
    quarters_bpm = float(reascript.call("Master_GetTempo"))
    halves = max(1, round(2.0 * beats_bpm / quarters_bpm))  # of a beat in a quarter: 2 in x/4, 4 in x/8, 1 in x/2
    reascript.call("SetCurrentBPM", project, tempo_bpm * 2.0 / halves, False)
    found = float(reascript.out("GetProjectTimeSignature2", project, 0.0, 0.0, at=1))
    if not math.isclose(found, tempo_bpm, rel_tol=_NEAR):
        raise ReascriptError(f"the tempo is {found:g} BPM where {tempo_bpm:g} was set")
    after = _item_places(reascript, project) if items_stay else []
    if any(abs(now - was) > _NEAR for was, now in zip(before, after, strict=True)):
        raise ReascriptError("REAPER moves items with the tempo: set their timebase to time, or say --stretch-items")


def _item_places(reascript: Reascript, project: str) -> list[float]:
    count = int(reascript.call("CountMediaItems", project))
    items = [str(reascript.call("GetMediaItem", project, k)) for k in range(count)]
    names = ("D_POSITION", "D_LENGTH")
    return [float(reascript.call("GetMediaItemInfo_Value", item, name)) for item in items for name in names]
