"""The actions of REAPER's main section that the mock has, by number, in REAPER's words.

Names of undo steps are the words without their section, a guess; so are that a new marker takes the lowest free number,
and that "go to marker" stops at both ends of a region.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.live import Live, PlayState
from mock_daw.reaper import item_actions, option_actions
from mock_daw.reaper.action import Action, Run
from mock_daw.session import Envelope, Marker, Point, Session, Track, guid

RECORD, REFRESH = 1013, 41743


def _toggle(live: Live, state: PlayState, begin: Run, end: Run) -> None:
    (end if live.state & state else begin)(live)


def _all(
    turned: Callable[[Track], Track], name: str | None, *, wanted: Callable[[Track], bool] = lambda _track: True
) -> Run:
    """Return an action on every track, or on those wanted; the master is none of them."""

    def run(live: Live) -> None:
        def change(session: Session) -> Session:
            tracks = tuple(turned(track) if wanted(track) else track for track in session.tracks)
            return replace(session, tracks=tracks)

        live.edit(change, name)

    return run


def _selected(turned: Callable[[Track], Track], name: str) -> Run:
    return _all(turned, name, wanted=lambda track: track.selected)


def _mute_master(live: Live) -> None:
    def change(session: Session) -> Session:
        return replace(session, master=replace(session.master, muted=not session.master.muted))

    live.edit(change, "Toggle mute for master track")


def _show_envelope(name: str, at_rest: float) -> Callable[[Track], Track]:
    """Return what shows or hides an envelope, and makes it where there is none: REAPER makes one when it is shown."""

    def change(track: Track) -> Track:
        if any(envelope.name == name for envelope in track.envelopes):
            shown = (replace(e, visible=e.visible != (e.name == name)) for e in track.envelopes)
            return replace(track, envelopes=tuple(shown))
        new = Envelope(guid("envelope", track.guid, name), name, (Point(0.0, at_rest),))
        return replace(track, envelopes=(*track.envelopes, new))

    return change


def _unselect_all(live: Live) -> None:
    def change(session: Session) -> Session:
        master = replace(session.master, selected=False)
        tracks = tuple(replace(track, selected=False) for track in session.tracks)
        return replace(session, master=master, tracks=tracks)

    live.edit(change, None)


def _insert_track(live: Live) -> None:
    """Insert a track behind the last selected one, or at the end, and select it alone."""
    new = Track(guid("inserted track", live.changes, live.session.name), selected=True)

    def change(session: Session) -> Session:
        places = [place for place, track in enumerate(session.tracks, 1) if track.selected]
        at = places[-1] if places else len(session.tracks)
        others = tuple(replace(track, selected=False) for track in session.tracks)
        master = replace(session.master, selected=False)
        return replace(session, master=master, tracks=(*others[:at], new, *others[at:]))

    live.edit(change, "Insert new track")


def _remove_tracks(live: Live) -> None:
    """Remove the selected tracks with all sends to them; what lay in a removed folder moves out of it."""

    def change(session: Session) -> Session:
        parents = session.parents()
        kept = [place for place, track in enumerate(session.tracks) if not track.selected]
        gone = {track.guid for track in session.tracks if track.selected}
        levels = [_level(place, parents, kept) for place in kept]
        tracks = tuple(
            replace(
                session.tracks[place],
                sends=tuple(send for send in session.tracks[place].sends if send.to not in gone),
                folder_depth=after - level,
            )
            for place, level, after in zip(kept, levels, [*levels, 0][1:], strict=True)
        )
        return replace(session, tracks=tracks) if gone else session

    live.edit(change, "Remove tracks")


def _level(place: int, parents: tuple[int | None, ...], kept: list[int]) -> int:
    """Return in how many of the folders that are kept a track lies."""
    level, parent = 0, parents[place]
    while parent is not None:
        level += parent in kept
        parent = parents[parent]
    return level


def _stops(session: Session) -> list[float]:
    """Return where "go to marker" stops: the ends of the project, markers, and both ends of regions."""
    ends = {0.0, session.length_s}
    for marker in session.markers:
        ends |= {marker.position_s} if marker.end_s is None else {marker.position_s, marker.end_s}
    return sorted(ends)


def _previous_marker(live: Live) -> None:
    live.seek(max((stop for stop in _stops(live.session) if stop < live.position_s), default=0.0))


def _next_marker(live: Live) -> None:
    live.seek(min((stop for stop in _stops(live.session) if stop > live.position_s), default=live.position_s))


def _insert_marker(live: Live) -> None:
    """Insert a marker at the play position, or the edit cursor, with the lowest free number."""
    position_s, made = live.position_s, guid("inserted marker", live.changes, live.session.name)

    def change(session: Session) -> Session:
        taken = {marker.number for marker in session.markers if marker.end_s is None}
        number = next(number for number in range(1, len(taken) + 2) if number not in taken)
        return replace(session, markers=(*session.markers, Marker(made, number, position_s)))

    live.edit(change, "Insert marker")


def _go_to_marker(number: int) -> Run:
    def run(live: Live) -> None:
        found = [marker for marker in live.session.markers if marker.end_s is None and marker.number == number]
        if found:
            live.seek(found[0].position_s)

    return run


def _change(change: Callable[[Session, Live], Session], name: str | None = None) -> Run:
    return lambda live: live.edit(lambda session: change(session, live), name)


def _undo(live: Live) -> None:
    live.undo()


def _redo(live: Live) -> None:
    live.redo()


TABLE: Mapping[int, Action] = MappingProxyType(
    {
        6: Action(
            "Track: Toggle mute for selected tracks", _selected(lambda t: replace(t, muted=not t.muted), "Toggle mute")
        ),
        7: Action(
            "Track: Toggle solo for selected tracks",
            _selected(lambda t: replace(t, solo=0 if t.solo else 2), "Toggle solo"),
        ),
        8: Action(
            "Track: Toggle FX bypass for selected tracks",
            _selected(lambda t: replace(t, effects_enabled=not t.effects_enabled), "Toggle FX bypass"),
        ),
        9: Action(
            "Track: Toggle record arm for selected tracks",
            _selected(lambda t: replace(t, armed=not t.armed), "Toggle record arm"),
        ),
        14: Action("Track: Toggle mute for master track", _mute_master),
        1007: Action("Transport: Play", Live.play, lambda live: bool(live.state & PlayState.PLAYING)),
        1008: Action("Transport: Pause", Live.pause, lambda live: bool(live.state & PlayState.PAUSED)),
        RECORD: Action(
            "Transport: Record",
            lambda live: _toggle(live, PlayState.RECORDING, Live.record, Live.stop),
            lambda live: bool(live.state & PlayState.RECORDING),
        ),
        1016: Action("Transport: Stop", Live.stop),
        1068: Action(
            "Transport: Toggle repeat",
            _change(lambda session, _live: replace(session, repeat=not session.repeat)),
            lambda live: live.session.repeat,
        ),
        40001: Action("Track: Insert new track", _insert_track),
        40005: Action("Track: Remove tracks", _remove_tracks),
        40020: Action(
            "Time selection: Remove (unselect) time selection and loop points",
            _change(lambda session, _live: replace(session, loop_start_s=0.0, loop_end_s=0.0)),
        ),
        40029: Action("Edit: Undo", _undo),
        40030: Action("Edit: Redo", _redo),
        40042: Action("Transport: Go to start of project", lambda live: live.seek(0.0)),
        40043: Action("Transport: Go to end of project", lambda live: live.seek(live.session.length_s)),
        40044: Action("Transport: Play/stop", lambda live: _toggle(live, PlayState.PLAYING, Live.play, Live.stop)),
        40073: Action("Transport: Play/pause", lambda live: _toggle(live, PlayState.PLAYING, Live.play, Live.pause)),
        40157: Action("Markers: Insert marker at current position", _insert_marker),
        **{40160 + n: Action(f"Markers: Go to marker {n:02d}", _go_to_marker(n)) for n in range(1, 10)},
        40172: Action("Markers: Go to previous marker/project start", _previous_marker),
        40173: Action("Markers: Go to next marker/project end", _next_marker),
        40222: Action(
            "Loop points: Set start point",
            _change(lambda session, live: replace(session, loop_start_s=live.position_s)),
        ),
        40223: Action(
            "Loop points: Set end point", _change(lambda session, live: replace(session, loop_end_s=live.position_s))
        ),
        40296: Action("Track: Select all tracks", _all(lambda track: replace(track, selected=True), None)),
        40297: Action("Track: Unselect (clear selection of) all tracks", _unselect_all),
        40339: Action("Track: Unmute all tracks", _all(lambda track: replace(track, muted=False), "Unmute all tracks")),
        40340: Action("Track: Unsolo all tracks", _all(lambda track: replace(track, solo=0), "Unsolo all tracks")),
        40364: Action(
            "Options: Toggle metronome",
            _change(lambda session, _live: replace(session, metronome=not session.metronome)),
            lambda live: live.session.metronome,
        ),
        40406: Action(
            "Track: Toggle track volume envelope visible",
            _selected(_show_envelope("Volume", 1.0), "Toggle track volume envelope visible"),
        ),
        40407: Action(
            "Track: Toggle track pan envelope visible",
            _selected(_show_envelope("Pan", 0.0), "Toggle track pan envelope visible"),
        ),
        40491: Action(
            "Track: Unarm all tracks for recording", _all(lambda t: replace(t, armed=False), "Unarm all tracks")
        ),
        41745: Action("Options: Enable metronome", _change(lambda session, _live: replace(session, metronome=True))),
        41746: Action("Options: Disable metronome", _change(lambda session, _live: replace(session, metronome=False))),
        40630: Action("Go to start of time selection", lambda live: live.seek(live.session.loop_start_s)),
        40631: Action("Go to end of time selection", lambda live: live.seek(live.session.loop_end_s)),
        **item_actions.TABLE,
        **option_actions.TABLE,
        REFRESH: Action("Control surface: Refresh all surfaces", lambda _live: None),
    }
)
