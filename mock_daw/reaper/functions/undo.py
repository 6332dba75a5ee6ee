"""Undo: blocks, and going back and forth."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function


def _last(names: tuple[str, ...]) -> str | None:
    """Return what would be undone; REAPER returns no string for nothing, on which its Python binding stumbles."""
    return names[-1] if names else None


def _end(host: Host, name: str) -> None:
    host.live.end_block(name)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "Undo_BeginBlock": Function("v ", lambda host: host.live.begin_block()),
        "Undo_BeginBlock2": Function("v p", lambda host, _project: host.live.begin_block()),
        "Undo_EndBlock": Function("v si", lambda host, name, _flags: _end(host, name)),
        "Undo_EndBlock2": Function("v psi", lambda host, _project, name, _flags: _end(host, name)),
        "Undo_CanUndo2": Function("s p", lambda host, _project: _last(host.live.undo_names)),
        "Undo_CanRedo2": Function("s p", lambda host, _project: _last(host.live.redo_names)),
        "Undo_DoUndo2": Function("i p", lambda host, _project: host.live.undo() is not None),
        "Undo_DoRedo2": Function("i p", lambda host, _project: host.live.redo() is not None),
        "Undo_OnStateChange": Function("v s", lambda host, name: host.live.mark(name)),
        "Undo_OnStateChange2": Function("v ps", lambda host, _project, name: host.live.mark(name)),
        "Undo_OnStateChangeEx": Function("v sii", lambda host, name, *_: host.live.mark(name)),
        "Undo_OnStateChangeEx2": Function("v psii", lambda host, _project, name, *_: host.live.mark(name)),
    }
)
