"""State as text: a track's chunk, and saving the project."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.rpp import with_track_chunk
from mock_daw.rpp_saving import track_chunk
from mock_daw.rpp_text import UnreadableTextError

SAVE = 40026


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
    host.saved_at = host.live.changes


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetTrackStateChunk": Function("b tSib", _chunk),
        "SetTrackStateChunk": Function("b tsb", _set_chunk),
        "Main_SaveProject": Function("v pb", _save),
    }
)
