"""Tracks: which there are, their names, their values, and the selection."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from types import MappingProxyType

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.functions.track_values import TEXTS, VALUES, numbered_name
from mock_daw.session import Automation, Session, Track, guid

MODES = tuple(Automation)


def track_at(host: Host, _project: str, index: int) -> str | None:
    """Return the track of an index from 0, without the master."""
    tracks = host.session.tracks
    return tracks[index].guid if 0 <= index < len(tracks) else None


def selected(host: Host, want_master: bool) -> list[str]:
    """Return the selected tracks, the master first where it is wanted."""
    tracks = (host.session.master, *host.session.tracks) if want_master else host.session.tracks
    return [track.guid for track in tracks if track.selected]


def _selected_at(host: Host, _project: str, index: int, want_master: bool) -> str | None:
    found = selected(host, want_master)
    return found[index] if 0 <= index < len(found) else None


def _name(host: Host, number: int, _text: str, size: int) -> tuple[bool, str]:
    return True, cut(numbered_name(host.track(number), number), size)


def _state(host: Host, number: int, _flags: int) -> tuple[str, int]:
    """Return the name and the flags: 1 folder, 2 selected, 4 effects, 8 muted, 16 solo, 64 armed (the SDK's header)."""
    track = host.track(number)
    flags = {
        1: track.folder_depth > 0 or number == 0,
        2: track.selected,
        4: bool(track.effects),
        8: track.muted,
        16: bool(track.solo),
        64: track.armed,
    }
    return numbered_name(track, number), sum(bit for bit, is_set in flags.items() if is_set)


def _value(host: Host, number: int, parameter: str) -> float:
    known = VALUES.get(parameter)
    return 0.0 if known is None else known.get(host, number)


def _set_value(host: Host, number: int, parameter: str, value: float) -> bool:
    known = VALUES.get(parameter)
    if known is None or known.set is None:
        return False
    change = known.set
    host.edit_track(number, lambda track: change(track, value))
    host.desk.touched_track = host.track(number).guid
    return True


def _text(host: Host, number: int, parameter: str, text: str, is_set: bool) -> tuple[bool, str]:
    """Read or write a text; "P_EXT:key" is a script's own, kept with the track."""
    key = "P_EXT:" if parameter.startswith("P_EXT:") else parameter
    known = TEXTS.get(key)
    if known is None:
        return False, text
    name = parameter.removeprefix("P_EXT:")
    if is_set:
        if known.set is None:
            return False, text
        change = known.set
        host.edit_track(number, lambda track: change(track, name, text))
    found = known.get(host.track(number), name)
    return bool(is_set or found or key != "P_EXT:"), found


def insert(host: Host, index: int) -> None:
    """Insert a track before an index from 0; one too high means the end."""

    def changed(session: Session) -> Session:
        place = min(max(index, 0), len(session.tracks))
        taken = {track.guid for track in session.tracks}
        new = next(name for name in (guid("script track", host.live.changes, k) for k in count()) if name not in taken)
        return replace(session, tracks=(*session.tracks[:place], Track(new), *session.tracks[place:]))

    host.edit(changed)


def delete(host: Host, number: int) -> None:
    """Delete a track, and with it the sends into it; a folder's end goes to the track before."""
    if number == 0:
        return

    def changed(session: Session) -> Session:
        gone = session.track(number)
        kept = [track for track in session.tracks if track.guid != gone.guid]
        if gone.folder_depth < 0 and number >= 2:
            before = kept[number - 2]
            kept[number - 2] = replace(before, folder_depth=before.folder_depth + gone.folder_depth)
        freed = (replace(track, sends=tuple(send for send in track.sends if send.to != gone.guid)) for track in kept)
        return replace(session, tracks=tuple(freed))

    host.edit(changed)


def select(host: Host, number: int, is_selected: bool) -> None:
    """Select a track, or not."""
    host.edit_track(number, lambda track: replace(track, selected=is_selected))


def _select_only(host: Host, number: int) -> None:
    wanted = host.track(number).guid
    every_track(host, lambda track: replace(track, selected=track.guid == wanted), with_master=True)


def every_track(host: Host, change: Callable[[Track], Track], *, with_master: bool = False) -> None:
    """Change all tracks."""
    host.edit(
        lambda session: replace(
            session,
            tracks=tuple(map(change, session.tracks)),
            master=change(session.master) if with_master else session.master,
        )
    )


def _parent(host: Host, number: int) -> str | None:
    if number == 0:
        return None
    parent = host.session.parents()[number - 1]
    return None if parent is None else host.session.tracks[parent].guid


def _depth(host: Host, number: int) -> int:
    parents = host.session.parents()
    depth, place = -1, number - 1 if number else None
    while place is not None:
        place, depth = parents[place], depth + 1
    return max(depth, 0)


def _set_mode(host: Host, number: int, mode: int) -> None:
    if 0 <= mode < len(MODES):
        host.edit_track(number, lambda track: replace(track, automation=MODES[mode]))


def _set_override(host: Host, mode: int) -> None:
    host.edit(lambda session: replace(session, automation_override=mode))


def _set_scroll(host: Host, number: int) -> str:
    host.desk.mixer_scroll = host.track(number).guid
    return host.desk.mixer_scroll


def _from_id(host: Host, number: int, _mcp_view: bool) -> str | None:
    return host.track(number).guid if 0 <= number <= len(host.session.tracks) else None


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "CountTracks": Function("i p", lambda host, _project: len(host.session.tracks)),
        "GetNumTracks": Function("i ", lambda host: len(host.session.tracks)),
        "GetTrack": Function("t pi", track_at),
        "GetMasterTrack": Function("t p", lambda host, _project: host.session.master.guid),
        "CSurf_NumTracks": Function("i b", lambda host, _mcp_view: len(host.session.tracks)),
        "CSurf_TrackFromID": Function("t ib", _from_id),
        "CSurf_TrackToID": Function("n tb", lambda _host, number, _mcp_view: number),
        "CountSelectedTracks": Function("i p", lambda host, _project: len(selected(host, False))),
        "CountSelectedTracks2": Function("i pb", lambda host, _project, master: len(selected(host, master))),
        "GetSelectedTrack": Function("t pi", lambda host, project, index: _selected_at(host, project, index, False)),
        "GetSelectedTrack2": Function("t pib", _selected_at),
        "IsTrackSelected": Function("b t", lambda host, number: host.track(number).selected),
        "SetTrackSelected": Function("v tb", select),
        "SetOnlyTrackSelected": Function("v t", _select_only),
        "GetTrackName": Function("b tSi", _name),
        "GetTrackState": Function("s tI", _state),
        "GetTrackGUID": Function("s t", lambda host, number: host.track(number).guid),
        "GetMediaTrackInfo_Value": Function("d ts", _value),
        "SetMediaTrackInfo_Value": Function("b tsd", _set_value),
        "GetSetMediaTrackInfo_String": Function("b tsSb", _text),
        "InsertTrackAtIndex": Function("v ib", lambda host, index, _defaults: insert(host, index)),
        "InsertTrackInProject": Function("v pii", lambda host, _project, index, _flags: insert(host, index)),
        "DeleteTrack": Function("v t", delete),
        "GetParentTrack": Function("t t", _parent),
        "GetTrackDepth": Function("i t", _depth),
        "GetTrackColor": Function("i t", lambda host, number: host.track(number).color),
        "SetTrackColor": Function(
            "v ti", lambda host, number, color: _set_value(host, number, "I_CUSTOMCOLOR", color | 0x1000000)
        ),
        "GetTrackAutomationMode": Function("i t", lambda host, number: MODES.index(host.track(number).automation)),
        "SetTrackAutomationMode": Function("v ti", _set_mode),
        "GetGlobalAutomationOverride": Function("i ", lambda host: host.session.automation_override),
        "SetGlobalAutomationOverride": Function("v i", _set_override),
        "AnyTrackSolo": Function("b p", lambda host, _project: host.session.soloed),
        "MuteAllTracks": Function("v b", lambda host, mute: every_track(host, lambda t: replace(t, muted=mute))),
        "SoloAllTracks": Function("v i", lambda host, solo: every_track(host, lambda t: replace(t, solo=solo))),
        "ClearAllRecArmed": Function("v ", lambda host: every_track(host, lambda t: replace(t, armed=False))),
        "BypassFxAllTracks": Function(
            "v i",
            lambda host, bypass: every_track(
                host, lambda t: replace(t, effects_enabled=not t.effects_enabled if bypass < 0 else not bypass)
            ),
        ),
        "GetLastTouchedTrack": Function("t ", lambda host: host.desk.touched_track),
        "GetMixerScroll": Function("t ", lambda host: host.desk.mixer_scroll or track_at(host, PROJECT, 0)),
        "SetMixerScroll": Function("t t", _set_scroll),
        "TrackList_AdjustWindows": Function("v b", lambda _host, _minor: None),
    }
)
