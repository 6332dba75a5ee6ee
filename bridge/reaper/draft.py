"""The files of a REAPER resource folder while a change to them is planned, with the record of what is ours."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.reaper import surfaces
from bridge.reaper.ini import Ini, IniUnreadable
from bridge.reaper.record import RECORD, Edit, Record, RecordUnreadable, kept
from bridge.reaper.surfaces import SECTION, SurfacesUnclear

REAPER_INI, KB_INI, EXTSTATE_INI = "reaper.ini", "reaper-kb.ini", "reaper-extstate.ini"
PATTERN = "OSC/Faderbot.ReaperOSC"
FILES = (REAPER_INI, KB_INI, EXTSTATE_INI, PATTERN, RECORD)
SCRIPT = "activate_reapy_server.py"

Contents = Mapping[str, bytes | None]
"""The files by their name in the resource folder, with a slash; None for one that is not there."""


class SetupError(Exception):
    """REAPER can not be set up: where, why, and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after; None where there is none. ``words`` say what becomes different in it.

    ``is_ours`` tells that what stood there came from us, as it was: it needs no backup.
    """

    name: str
    before: bytes | None
    after: bytes | None
    words: tuple[str, ...] = ()
    is_ours: bool = False


@dataclass(slots=True)
class Draft:
    """The files while they are being planned. Owns the plan until it is made."""

    contents: Contents
    inis: dict[str, Ini]
    record: Record
    pattern: bytes | None
    recorded: Record
    had_record: bool
    placed: dict[str, bytes | None] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, contents: Contents) -> "Draft":
        """Begin with the files as they are. Raises ``SetupError``."""
        inis: dict[str, Ini] = {}
        for name in (REAPER_INI, KB_INI, EXTSTATE_INI):
            try:
                inis[name] = Ini.parse(contents.get(name) or b"")
            except IniUnreadable as error:
                raise SetupError(f"{name} is {error}: let REAPER write it anew, or put an older one back") from error
        try:
            record = Record.parse(contents.get(RECORD))
            surfaces.count(inis[REAPER_INI])
        except RecordUnreadable as error:
            remedy = "use the version of faderbot that wrote it, or delete it (what was added then stays)"
            raise SetupError(f"{RECORD} can not be read ({error}): {remedy}") from error
        except SurfacesUnclear as error:
            raise SetupError(f"{REAPER_INI}: {error}: correct that line in a text editor") from error
        return cls(contents, inis, record, contents.get(PATTERN), record, contents.get(RECORD) is not None)

    @property
    def main(self) -> Ini:
        """``reaper.ini``."""
        return self.inis[REAPER_INI]

    @main.setter
    def main(self, ini: Ini) -> None:
        self.inis[REAPER_INI] = ini

    def say(self, name: str, words: str) -> None:
        """Say what becomes different in a file."""
        self.words.setdefault(name, []).append(words)

    def keep(self, **values: object) -> None:
        """Put values on record."""
        self.record = self.record.model_copy(update=values)

    def append_surface(self, entry: str) -> None:
        """Put a surface into the list, and on record what that overwrites."""
        key = f"csurf_{surfaces.count(self.main)}"
        if (stale := self.main.raw(SECTION, key)) is not None:
            self.keep(beyond={**self.record.beyond, key: kept(stale)})
        if not self.record.surfaces:
            count = self.main.raw(SECTION, surfaces.COUNT)
            self.keep(surfaces=True, count_before=None if count is None else kept(count))
        self._make_section(REAPER_INI, SECTION)
        try:
            self.main = surfaces.appended(self.main, entry)
        except SurfacesUnclear as error:
            raise SetupError(f"{REAPER_INI}: {error}: remove some in REAPER's preferences") from error

    def set(self, name: str, section: str, key: str, value: str) -> None:
        """Set a value where it is another one, and put on record what it was."""
        ini = self.inis[name]
        if ini.value(section, key) == value:
            return
        before = ini.raw(section, key)
        edit = Edit(file=name, section=section, key=key, before=None if before is None else kept(before), after=value)
        earlier = [e for e in self.record.edits if (e.file, e.section, e.key) == (name, section, key)]
        others = tuple(e for e in self.record.edits if e not in earlier)
        edit = edit.model_copy(update={"before": earlier[0].before}) if earlier else edit
        self._make_section(name, section)
        self.keep(edits=(*others, edit))
        self.inis[name] = ini.with_raw(section, key, value)
        self.say(name, f"{key}={value}")

    def add_action(self, action: str, script: str) -> None:
        """Add reapy's script to the actions."""
        self.append_script(action, f"Custom: {SCRIPT}", script)
        self.keep(action=action)
        self.say(KB_INI, f"the action Custom: {SCRIPT}")

    def append_script(self, action: str, title: str, path: str) -> None:
        """Put a script into the list of actions."""
        self.inis[KB_INI] = self.inis[KB_INI].with_line(f'SCR 4 0 {action} "{title}" {_quoted(path)}')

    def remove_action(self, action: str) -> None:
        """Remove an action by its id."""
        kb = self.inis[KB_INI]
        for at, line in enumerate(kb.lines):
            words = surfaces.tokens(line.text)
            if words[:1] == ["SCR"] and words[3:4] == [action]:
                self.inis[KB_INI] = kb.without_line(at)
                self.say(KB_INI, f"the action Custom: {SCRIPT} removed")
                return

    def place_pattern(self, pattern: bytes) -> None:
        """Put our pattern file in its place, and on record what it overwrites."""
        if self.pattern == pattern:
            return
        if self.pattern is not None and PATTERN not in self.record.made_files and self.record.replaced_pattern is None:
            self.keep(replaced_pattern=self.pattern.decode("latin-1"))
        self.pattern = pattern
        self.say(PATTERN, "the pattern file of the OSC surface")

    def place(self, files: Mapping[str, bytes | None], whose: str) -> None:
        """Put files of ours in their places, and on record what they overwrite; None takes one away.

        One that is taken away gives back what it had overwritten. One that somebody changed since is left.
        """
        written = [name for name, content in files.items() if content is not None and self._put(name, content)]
        gone = [name for name, content in files.items() if content is None and self._take_away(name)]
        for names, how in ((written, "written"), (gone, "removed")):
            if names:
                self.say(names[0], f"{whose} {how} (files: {len(names)})")

    def _put(self, name: str, content: bytes) -> bool:
        there = self.contents.get(name)
        if there is not None and name not in self.record.placed:
            self.keep(replaced={**self.record.replaced, name: there.decode("latin-1")})
        self.placed[name] = content
        self.keep(placed={**self.record.placed, name: _digest(content)})
        return there != content

    def _take_away(self, name: str) -> bool:
        replaced = self.record.replaced.get(name)
        is_there, is_ours = self.contents.get(name) is not None, self._is_ours(name)
        if is_ours:
            self.placed[name] = None if replaced is None else replaced.encode("latin-1")
        elif is_there:
            self.notes.append(f"{name} was changed since and is left as it is")
        self.keep(
            placed={other: digest for other, digest in self.record.placed.items() if other != name},
            replaced={other: content for other, content in self.record.replaced.items() if other != name},
        )
        return is_ours

    def _is_ours(self, name: str) -> bool:
        there = self.contents.get(name)
        return there is not None and self.recorded.placed.get(name) == _digest(there)

    def close(self) -> None:
        """Put the files that came into being on record."""
        made = [name for name, content in self._results() if content and self.contents.get(name) is None]
        self.keep(made_files=tuple(dict.fromkeys((*self.record.made_files, *made))))

    def remove_made(self) -> None:
        """Take away what only we had need of."""
        for name, section in self.record.made_sections:
            self.inis[name] = self.inis[name].without_empty_section(section)
        if PATTERN in self.record.made_files:
            self.pattern = None
            self.say(PATTERN, "removed")
        elif self.record.replaced_pattern is not None:
            self.pattern = self.record.replaced_pattern.encode("latin-1")
            self.say(PATTERN, "the one from before put back")
        self.record = Record()

    def changes(self) -> tuple[Change, ...]:
        """Return the files that differ, in the order to write them."""
        is_removal = self.record == Record()
        gone = self.recorded.made_files if is_removal else ()
        results = [(name, None if name in gone and not content else content) for name, content in self._results()]
        results += self.placed.items()
        # The record is written first and goes last: whatever happens between, it knows of all that is ours.
        results.insert(len(results) if is_removal else 0, (RECORD, None if is_removal else self.record.content))
        found = ((name, self.contents.get(name), after) for name, after in results)
        return tuple(
            Change(name, before, after, tuple(self.words.get(name, ())), self._is_ours(name))
            for name, before, after in found
            if (before or after) and before != after
        )

    def _results(self) -> list[tuple[str, bytes | None]]:
        inis = [(name, ini.content) for name, ini in self.inis.items()]
        return [(PATTERN, self.pattern), *inis]

    def _make_section(self, name: str, section: str) -> None:
        if not self.inis[name].has_section(section):
            self.keep(made_sections=(*self.record.made_sections, (name, section)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _quoted(path: str) -> str:
    """Quote a path as WDL's LineParser reads it; as reapy writes it where it needs no quotes."""
    if not path.split()[1:] and not path.startswith(('"', "'", "`")):
        return path
    quote = next((mark for mark in "\"'`" if mark not in path), None)
    if quote is None:
        raise SetupError(f"REAPER can not hold the path of a script ({path}): install faderbot elsewhere")
    return f"{quote}{path}{quote}"
