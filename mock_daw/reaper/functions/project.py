"""The project: its name and state, its own ext state, its settings, the time selection."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.reaper.functions.project_info import info_text, info_value
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Session

NEVER = -1


def cut(text: str, size: int) -> str:
    """Return what fits in a buffer of that many bytes, with the byte that ends it."""
    return text.encode()[: max(size - 1, 0)].decode(errors="ignore")


def _name(host: Host, _project: str, _text: str, size: int) -> tuple[str]:
    path = host.session.path
    return (cut(host.session.name if path is None else path.name, size),)


def _path(host: Host, _project: str, _text: str, size: int) -> tuple[str]:
    return (cut(str(folder(host.session)), size),)


def folder(session: Session) -> Path:
    """Return the folder of the project; a stems folder is its own."""
    if session.path is None:
        return Path.cwd()
    return session.path.parent if session.path.suffix else session.path


def _mark_dirty(host: Host, _project: str) -> None:
    host.live.front.saved_at = NEVER


def _is_dirty(host: Host, _project: str) -> bool:
    return host.is_dirty


def _loop_range(
    host: Host, _project: str, is_set: bool, _is_loop: bool, start_s: float, end_s: float, _seek: bool
) -> tuple[float, float]:
    """Read or set the loop and the time selection, one and the same here: REAPER links them unless told otherwise."""
    if is_set:
        low, high = sorted((max(start_s, 0.0), max(end_s, 0.0)))
        host.edit(lambda session: replace(session, loop_start_s=low, loop_end_s=high))
    return host.session.loop_start_s, host.session.loop_end_s


def _repeat(host: Host, _project: str, value: int) -> bool:
    """-1 asks, 0 and 1 set, above 1 toggles (the SDK's header)."""
    if value >= 0:
        host.edit(lambda session: replace(session, repeat=not session.repeat if value > 1 else bool(value)))
    return host.session.repeat


def _nudge_loop(host: Host, _project: str, direction: int) -> bool:
    """Move the loop by its own length; REAPER's step depends on snap and zoom, which the mock has not."""
    session = host.session
    step_s = (session.loop_end_s - session.loop_start_s) * direction
    start_s = max(session.loop_start_s + step_s, 0.0)
    length_s = session.loop_end_s - session.loop_start_s
    host.edit(lambda now: replace(now, loop_start_s=start_s, loop_end_s=start_s + length_s))
    return bool(length_s)


def _get_ext(host: Host, _project: str, section: str, key: str, _text: str, size: int) -> tuple[int, str]:
    value = host.session.ext_state.get(section, {}).get(key, "")
    return len(value), cut(value, size)


def _set_ext(host: Host, _project: str, section: str, key: str, value: str) -> int:
    """No value deletes the key, no key the section (the SDK's header)."""

    def changed(session: Session) -> Session:
        state = {name: dict(keys) for name, keys in session.ext_state.items()}
        if not key:
            state.pop(section, None)
        elif not value:
            state.get(section, {}).pop(key, None)
        else:
            state.setdefault(section, {})[key] = value
        kept = {name: MappingProxyType(keys) for name, keys in state.items() if keys}
        return replace(session, ext_state=MappingProxyType(kept))

    host.edit(changed)
    return len(value)


def _enum_ext(
    host: Host, _project: str, section: str, index: int, key: str, key_size: int, value: str, value_size: int
) -> tuple[bool, str, str]:
    held = list(host.session.ext_state.get(section, {}).items())
    if not 0 <= index < len(held):
        return False, key, value
    return True, cut(held[index][0], key_size), cut(held[index][1], value_size)


def _notes(host: Host, _project: str, is_set: bool, text: str, size: int) -> tuple[str]:
    if is_set:
        host.edit(lambda session: replace(session, notes=tuple(text.splitlines())))
    return (cut("\n".join(host.session.notes), size),)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetProjectName": Function("v pSi", _name),
        "GetProjectPath": Function("v Si", lambda host, text, size: _path(host, PROJECT, text, size)),
        "GetProjectPathEx": Function("v pSi", _path),
        "GetProjectLength": Function("d p", lambda host, _project: host.session.length_s),
        "GetProjectStateChangeCount": Function("i p", lambda host, _project: host.live.front.changes),
        "IsProjectDirty": Function("i p", _is_dirty),
        "MarkProjectDirty": Function("v p", _mark_dirty),
        "GetSetProjectNotes": Function("v pbSi", _notes),
        "GetSetProjectInfo": Function("d psdb", info_value),
        "GetSetProjectInfo_String": Function("b psSb", info_text),
        "GetSet_LoopTimeRange": Function("v bbDDb", lambda host, *values: _loop_range(host, PROJECT, *values)),
        "GetSet_LoopTimeRange2": Function("v pbbDDb", _loop_range),
        "GetSetRepeat": Function("i i", lambda host, value: _repeat(host, PROJECT, value)),
        "GetSetRepeatEx": Function("i pi", _repeat),
        "Loop_OnArrow": Function("b pi", _nudge_loop),
        "GetProjExtState": Function("i pssSi", _get_ext),
        "SetProjExtState": Function("i psss", _set_ext),
        "EnumProjExtState": Function("b psiSiSi", _enum_ext),
    }
)
