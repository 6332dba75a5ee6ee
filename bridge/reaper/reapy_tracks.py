"""Tracks through ReaScript: by handle and GUID, and from what ``bridge.reaper.reapy_inside`` tells of them.

Names of values: ``GetMediaTrackInfo_Value`` and ``GetTrackSendInfo_Value`` in reaper_plugin_functions.h.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.reaper import reapy_eq
from bridge.reaper.reapy_eq import Slot
from bridge.reaper.reascript import Reascript, address
from bridge.reaper.survey import MASTER, SurveyEffect, SurveyEnvelope, SurveyItem, SurveySend, SurveyTrack


def track_handles(reascript: Reascript, project: str) -> Iterator[tuple[str, str]]:
    """Yield GUID and handle of each track; the handles are good as long as REAPER is held."""
    for place in range(int(reascript.call("CountTracks", project))):
        handle = str(reascript.call("GetTrack", project, place))
        if address(handle):
            yield guid(reascript, handle), handle


def handle_of(reascript: Reascript, project: str, wanted: str) -> str | None:
    """Return a track's handle by its GUID, or the master's; None where the track is gone."""
    if wanted == MASTER:
        return str(reascript.call("GetMasterTrack", project))
    return next((handle for found, handle in track_handles(reascript, project) if found == wanted), None)


def guid(reascript: Reascript, handle: str) -> str:
    """Return a track's GUID as text."""
    return str(reascript.out("GetSetMediaTrackInfo_String", handle, "GUID", "", False, at=2))


def effect(reascript: Reascript, handle: str, wanted: str) -> Slot | None:
    """Return where an effect is, by its GUID; None where the track has it not."""
    slots = (Slot(handle, place) for place in range(int(reascript.call("TrackFX_GetCount", handle))))
    return next((slot for slot in slots if _effect_guid(reascript, slot) == wanted), None)


def track(told: Mapping[str, Any], guids: Mapping[int, str], items: tuple[SurveyItem, ...]) -> SurveyTrack:
    """Return a track. ``guids`` are those of all tracks by address; a send to none of them is dropped."""
    values = told["values"]
    sends = ((guids.get(int(send["P_DESTTRACK"])), send) for send in told["sends"])
    return _strip(told).model_copy(
        update={
            "guid": told["guid"],
            "locked": told["locked"],
            "folder_depth": int(values["I_FOLDERDEPTH"]),
            "main_send": values["B_MAINSEND"] > 0,
            "sends": tuple(_send(to, send) for to, send in sends if to is not None),
            "items": items,
            "timebase": int(values["C_BEATATTACHMODE"]),
        }
    )


def master(told: Mapping[str, Any]) -> SurveyTrack:
    """Return the master."""
    return _strip(told)


def _strip(told: Mapping[str, Any]) -> SurveyTrack:
    values = told["values"]
    return SurveyTrack(
        guid=MASTER,
        name=told["name"],
        gain_linear=values["D_VOL"],
        pan=values["D_PAN"],
        muted=values["B_MUTE"] > 0,
        solo=int(values["I_SOLO"]),
        selected=values["I_SELECTED"] > 0,
        armed=values["I_RECARM"] > 0,
        phase_inverted=values["B_PHASE"] > 0,
        effects_enabled=values["I_FXEN"] > 0,
        effects=tuple(map(_effect, told["effects"])),
        envelopes=tuple(SurveyEnvelope.model_validate(envelope) for envelope in told["envelopes"]),
        automation=int(values["I_AUTOMODE"]),
    )


def _effect(told: Mapping[str, Any]) -> SurveyEffect:
    return SurveyEffect.model_validate({**told, "bands": tuple(map(reapy_eq.band, told["bands"]))})


def _send(to: str, values: Mapping[str, float]) -> SurveySend:
    return SurveySend(
        to=to,
        gain_linear=values["D_VOL"],
        pan=values["D_PAN"],
        muted=values["B_MUTE"] > 0,
        mode=int(values["I_SENDMODE"]),
        mono=values["B_MONO"] > 0,
        phase_inverted=values["B_PHASE"] > 0,
    )


def _effect_guid(reascript: Reascript, slot: Slot) -> str:
    found = str(reascript.call("TrackFX_GetFXGUID", slot.track, slot.place))
    return found if found.startswith("{") else str(reascript.out("guidToString", found, "", at=1))
