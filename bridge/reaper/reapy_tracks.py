"""A track through ReaScript: fader, switches, effects, sends, envelopes. Runs in the process that holds reapy.

Names of values: ``GetMediaTrackInfo_Value``, ``GetTrackSendInfo_Value`` and ``TrackFX_GetNamedConfigParm`` in
reaper_plugin_functions.h.
"""

from collections.abc import Iterator

from bridge.reaper import reapy_eq
from bridge.reaper.reapy_eq import Slot
from bridge.reaper.reascript import TEXT_BYTES, Reascript, ReascriptError, address
from bridge.reaper.survey import EQ_ALIAS, MASTER, SurveyEffect, SurveyEnvelope, SurveySend, SurveyTrack

SENDS = 0
_CHUNK_BYTES = (65_536, 4_000_000)


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


def track(reascript: Reascript, handle: str, chunk: str, *, master: bool = False) -> SurveyTrack:
    """Return a track without its items; its sends name the address of where they go, for ``with_send_guids``."""

    def value(name: str) -> float:
        return float(reascript.call("GetMediaTrackInfo_Value", handle, name))

    return SurveyTrack(
        guid=MASTER if master else guid(reascript, handle),
        name=str(reascript.out("GetTrackName", handle, "", TEXT_BYTES, at=1)),
        gain_linear=value("D_VOL"),
        pan=value("D_PAN"),
        muted=value("B_MUTE") > 0,
        solo=int(value("I_SOLO")),
        selected=value("I_SELECTED") > 0,
        armed=value("I_RECARM") > 0,
        locked=not master and locked(chunk),
        phase_inverted=value("B_PHASE") > 0,
        folder_depth=0 if master else int(value("I_FOLDERDEPTH")),
        main_send=master or value("B_MAINSEND") > 0,
        effects_enabled=value("I_FXEN") > 0,
        effects=tuple(effects(reascript, handle)),
        sends=() if master else tuple(_sends(reascript, handle)),
        envelopes=tuple(_envelopes(reascript, handle)),
        automation=int(value("I_AUTOMODE")),
    )


def with_send_guids(found: SurveyTrack, guids: dict[str, str]) -> SurveyTrack:
    """Return a track whose sends name GUIDs, given those by address; a send to nowhere is dropped."""
    sends = [send.model_copy(update={"to": guids[send.to]}) for send in found.sends if send.to in guids]
    return found.model_copy(update={"sends": tuple(sends)})


def state_chunk(reascript: Reascript, handle: str) -> str:
    """Return a track as project files have it, items and all; cut off where it is longer than any that is asked for."""
    for most in _CHUNK_BYTES:
        answer = reascript.call("GetTrackStateChunk", handle, "", most, False)
        if answer[0] and is_whole(str(answer[2])):
            break
    return str(answer[2])


def is_whole(chunk: str) -> bool:
    """Tell whether a chunk has its end."""
    lines = [line.lstrip() for line in chunk.splitlines()]
    return sum(line.startswith("<") for line in lines) == sum(line == ">" for line in lines) > 0


def locked(chunk: str) -> bool:
    """Return whether the track's controls are locked.

    Only the state chunk tells: a line ``LOCK 1`` among the track's own, which come before those of its envelopes,
    effects and items.
    """
    for line in chunk.splitlines()[1:]:
        words = line.split()
        if words[:1] == ["LOCK"]:
            return words[1:2] not in ([], ["0"])
        if line.lstrip().startswith("<"):
            return False
    return False


def effects(reascript: Reascript, handle: str) -> Iterator[SurveyEffect]:
    """Yield the effects of a track in their order, with the bands of our own ReaEQ."""
    for place in range(int(reascript.call("TrackFX_GetCount", handle))):
        slot = Slot(handle, place)
        found_alias, found_name = alias(reascript, slot), name(reascript, slot)
        yield SurveyEffect(
            guid=_effect_guid(reascript, slot),
            name=found_name,
            alias=found_alias,
            enabled=bool(reascript.call("TrackFX_GetEnabled", handle, place)),
            offline=bool(reascript.call("TrackFX_GetOffline", handle, place)),
            bands=reapy_eq.bands(reascript, slot) if is_ours(found_alias, found_name) else (),
        )


def effect(reascript: Reascript, handle: str, wanted: str) -> Slot | None:
    """Return where an effect is, by its GUID; None where the track has it not."""
    slots = (Slot(handle, place) for place in range(int(reascript.call("TrackFX_GetCount", handle))))
    return next((slot for slot in slots if _effect_guid(reascript, slot) == wanted), None)


def is_ours(alias_found: str, name_found: str) -> bool:
    """Return whether an effect is the ReaEQ that we added."""
    return alias_found == EQ_ALIAS and "ReaEQ" in name_found


def alias(reascript: Reascript, slot: Slot) -> str:
    """Return the name that an effect was given, empty for none."""
    return _config(reascript, slot, "renamed_name")


def name(reascript: Reascript, slot: Slot) -> str:
    """Return an effect's own name, whatever it was renamed to."""
    return (
        _config(reascript, slot, "original_name")
        or _config(reascript, slot, "fx_name")
        or str(reascript.out("TrackFX_GetFXName", slot.track, slot.place, "", TEXT_BYTES, at=2))
    )


def _config(reascript: Reascript, slot: Slot, key: str) -> str:
    answer = reascript.call("TrackFX_GetNamedConfigParm", slot.track, slot.place, key, "", TEXT_BYTES)
    return str(answer[-2]) if answer[0] else ""


def _effect_guid(reascript: Reascript, slot: Slot) -> str:
    found = str(reascript.call("TrackFX_GetFXGUID", slot.track, slot.place))
    return found if found.startswith("{") else str(reascript.out("guidToString", found, "", at=1))


def _sends(reascript: Reascript, handle: str) -> Iterator[SurveySend]:
    for place in range(int(reascript.call("GetTrackNumSends", handle, SENDS))):

        def value(key: str, place: int = place) -> float:
            return float(reascript.call("GetTrackSendInfo_Value", handle, SENDS, place, key))

        yield SurveySend(
            to=str(int(value("P_DESTTRACK"))),
            gain_linear=value("D_VOL"),
            pan=value("D_PAN"),
            muted=value("B_MUTE") > 0,
            mode=int(value("I_SENDMODE")),
            mono=value("B_MONO") > 0,
            phase_inverted=value("B_PHASE") > 0,
        )


def _envelopes(reascript: Reascript, handle: str) -> Iterator[SurveyEnvelope]:
    for place in range(int(reascript.call("CountTrackEnvelopes", handle))):
        envelope = str(reascript.call("GetTrackEnvelope", handle, place))
        yield SurveyEnvelope(
            name=str(reascript.out("GetEnvelopeName", envelope, "", TEXT_BYTES, at=1)),
            active=_active(reascript, envelope),
            points=int(reascript.call("CountEnvelopePoints", envelope)),
        )


def _active(reascript: Reascript, envelope: str) -> bool:
    """Return whether an envelope works; one of which that can not be told counts as working."""
    if not reascript.offers("GetSetEnvelopeInfo_String"):
        return True
    try:
        return str(reascript.out("GetSetEnvelopeInfo_String", envelope, "ACTIVE", "", False, at=2)).strip() != "0"
    except ReascriptError:
        return True
