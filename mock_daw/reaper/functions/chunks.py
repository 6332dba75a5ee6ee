"""State as text: a track's chunk, and saving the project."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.rpp import with_track_chunk
from mock_daw.rpp_saving import project_text, track_chunk
from mock_daw.rpp_text import UnreadableTextError

SAVE = 40026
TRACK_TEMPLATE, MOVES_PROJECT = 1, 8


def _chunk(host: Host, number: int, _text: str, size: int, _is_undo: bool) -> tuple[bool, str]:
    return True, cut(track_chunk(host.session, number), size)


def _set_chunk(host: Host, number: int, text: str, _is_undo: bool) -> bool:
    """Make a track what a chunk says; False for what is no chunk of a track."""
    try:
        host.edit(lambda session: with_track_chunk(session, number, text))
    except UnreadableTextError:
        return False
    return True


def _save(host: Host, _project: str, _as_another: bool) -> None:
    """Do what the action File: Save project does."""
    host.actions.run(SAVE)
    host.saved()


def _save_as(host: Host, project: str, path: str, options: int) -> None:
    """Write the project to a file; with 8 among the options that is where it is from then on (the SDK's header).

    The file that is open is never written: it is saved as Save does. What REAPER would say of a file that can not be
    written goes to the boxes. Templates of tracks (1) are not written.
    """
    target = Path(path)
    if not path or target == host.session.path:
        _save(host, project, False)
    elif not options & TRACK_TEMPLATE:
        moved = replace(host.session, path=target)
        try:
            target.write_text(project_text(moved), encoding="utf-8")
        except OSError as error:
            host.desk.boxes.append(("Save", str(error)))
            return
        if options & MOVES_PROJECT:
            host.edit(lambda session: replace(session, path=target))
            host.saved()


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetTrackStateChunk": Function("b tSib", _chunk),
        "SetTrackStateChunk": Function("b tsb", _set_chunk),
        "Main_SaveProject": Function("v pb", _save),
        "Main_SaveProjectEx": Function("v psi", _save_as),
    }
)
