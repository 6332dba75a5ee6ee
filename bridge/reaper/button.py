"""The button: its scripts and toolbar icons put where REAPER looks for them, and its actions into the action list.

    Scripts/Faderbot/Faderbot_Auto-mix.lua …    the actions
    Scripts/Faderbot/Faderbot/*.lua             what they are made of
    Data/toolbar_icons/faderbot_*.png           and 150/ and 200/ for larger displays

An action is a line of ``reaper-kb.ini``: ``SCR 4 0 id "Script: name" path``, where 4 is what REAPER itself writes, 0
the main section, and the path is relative to Scripts. The id may be any that no other script has: reapy makes a random
one of the same shape (``RS`` and 40 digits). Ours stays the same, so that shortcuts and toolbars outlive a removal.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath, PureWindowsPath

from bridge.reaper import surfaces
from bridge.reaper.draft import EXTSTATE_INI, KB_INI, Draft
from bridge.reaper.ini import Ini
from bridge.reaper.record import ICONS, SCRIPTS

MAIN = "Faderbot_Auto-mix.lua"
PROGRAM = "Faderbot", "program"
"""Section and key of the extended state where the scripts look for the program first (program.lua)."""

_SOURCES = "Faderbot_*.lua", "Faderbot/*.lua", "toolbar_icons/**/*.png"
_ICON_SOURCES = "toolbar_icons/"


def sources(folder: Path) -> dict[str, bytes]:
    """Read the button's files where they were installed with this program. Raises ``OSError``, also where none are."""
    paths = (path for pattern in _SOURCES for path in folder.glob(pattern))
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}
    return found or {MAIN: (folder / MAIN).read_bytes()}


def program(executable: str, is_file: Callable[[str], bool]) -> str | None:
    """Return the faderbot program beside a Python, None where there is none."""
    python = PureWindowsPath(executable) if "\\" in executable else PurePath(executable)
    names = (str(python.with_name(name)) for name in ("faderbot.exe", "faderbot"))
    return next((name for name in names if is_file(name)), None)


def places(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files by their names in the resource folder, with slashes."""
    return {_place(name): files[name] for name in sorted(files, key=lambda name: (name != MAIN, name))}


def add(draft: Draft, files: Mapping[str, bytes], program_path: str | None) -> bool:
    """Add the button, or bring it up to date. Return whether it is there, be it installed by somebody else."""
    if program_path is not None:
        draft.set(EXTSTATE_INI, *PROGRAM, program_path)
    other = _elsewhere(draft.inis[KB_INI])
    if other is not None:
        remedy = "left to what installed it, as ReaPack; remove it there to have it from here"
        draft.notes.append(f"the button is there already ({other}): {remedy}")
        remove(draft)
        return True
    wanted = places(files)
    draft.place({**{name: None for name in draft.record.placed if name not in wanted}, **wanted}, "the button")
    _remove_actions(draft, [name for name in draft.record.scripts if name not in files])
    _add_actions(draft, sorted(name for name in files if _is_action(name)))
    return True


def remove(draft: Draft) -> None:
    """Take the button away: its actions, and its files but those that were changed since."""
    _remove_actions(draft, draft.record.scripts)
    draft.place(dict.fromkeys(draft.record.placed), "the button")


def _place(name: str) -> str:
    return f"{ICONS}/{name.removeprefix(_ICON_SOURCES)}" if name.startswith(_ICON_SOURCES) else f"{SCRIPTS}/{name}"


def _is_action(name: str) -> bool:
    return name.endswith(".lua") and "/" not in name


def _scripts(kb: Ini) -> dict[int, str]:
    """Return the paths of the scripts in the action list, with slashes, by their lines."""
    words = ((at, surfaces.tokens(line.text)) for at, line in enumerate(kb.lines))
    return {at: word[5].replace("\\", "/") for at, word in words if word[:1] == ["SCR"] and len(word) > 5}


def _elsewhere(kb: Ini) -> str | None:
    """Return the path of another button's script: one that lies where ours does not."""
    found = _scripts(kb).values()
    return next((path for path in found if PurePath(path).name == MAIN and not _is_at(path, MAIN)), None)


def _is_at(path: str, name: str) -> bool:
    """Tell whether a path is that of our script of a name; REAPER takes it from Scripts on, or in full."""
    return path == f"Faderbot/{name}" or path.endswith(f"/{SCRIPTS}/{name}")


def _add_actions(draft: Draft, names: Sequence[str]) -> None:
    there = _scripts(draft.inis[KB_INI]).values()
    new = [name for name in names if not any(_is_at(path, name) for path in there)]
    for name in new:
        path = f"Faderbot/{name}"
        action = "RS" + hashlib.sha1(path.encode()).hexdigest()  # noqa: S324 - a name
        draft.append_script(action, f"Script: {name}", path)
    if new:
        draft.keep(scripts=tuple(dict.fromkeys((*draft.record.scripts, *new))))
        draft.say(KB_INI, f"the button's actions (Script: Faderbot_…): {len(new)}")


def _remove_actions(draft: Draft, names: Sequence[str]) -> None:
    gone = 0
    for name in names:
        kb = draft.inis[KB_INI]
        at = next((at for at, path in _scripts(kb).items() if _is_at(path, name)), None)
        if at is not None:
            draft.inis[KB_INI] = kb.without_line(at)
            gone += 1
    draft.keep(scripts=tuple(name for name in draft.record.scripts if name not in names))
    if gone:
        draft.say(KB_INI, f"the button's actions removed: {gone}")
