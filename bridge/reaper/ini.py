"""REAPER's ini files, edited without touching anything else: order, unknown lines, spelling and bytes stay as they are.

What is found is what Windows' profile functions find, with which REAPER reads these files (and SWELL's likewise
elsewhere): the first section of a name, the first key of a name in it, both in any case, blanks around the value
dropped. ``configparser``, which reapy uses, would lose comments and repeated keys.

The text is UTF-8 with whatever is not UTF-8 carried along, so that parsing and writing give back every byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")
_HEADER = re.compile(r"\ufeff?\s*\[([^\]]*)\]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class IniUnreadable(Exception):  # noqa: N818 - a state, named as the user sees it
    """The file is not text as REAPER writes it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what ends it: nothing, at most for the last line."""

    text: str
    ending: str


@dataclass(frozen=True, slots=True)
class Ini:
    """A file as its lines. Edits return another one."""

    lines: tuple[Line, ...] = ()

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read a file. Raises ``IniUnreadable`` for UTF-16 and what holds zero bytes."""
        if content.startswith(_UTF_16) or b"\0" in content:
            raise IniUnreadable("not a text file in UTF-8")
        text = content.decode("utf-8", "surrogateescape")
        return cls(tuple(Line(*found.groups()) for found in _LINE.finditer(text) if found.group()))

    @property
    def content(self) -> bytes:
        """The file as bytes."""
        return "".join(line.text + line.ending for line in self.lines).encode("utf-8", "surrogateescape")

    def has_section(self, section: str) -> bool:
        """Return whether there is such a section."""
        return self._span(section) is not None

    def raw(self, section: str, key: str) -> str | None:
        """Return what stands behind the key's equals sign, blanks and all; None where there is no such key."""
        at = self._find(section, key)
        return None if at is None else self.lines[at].text.partition("=")[2]

    def value(self, section: str, key: str) -> str | None:
        """Return a key's value as REAPER sees it, None where there is no such key."""
        raw = self.raw(section, key)
        return None if raw is None else raw.strip()

    def keys(self, section: str) -> tuple[str, ...]:
        """Return the keys of a section in lower case, each once."""
        return tuple(dict.fromkeys(key for _, key in self._entries(section)))

    def with_raw(self, section: str, key: str, raw: str | None) -> "Ini":
        """Return the file with a value set: in its place, or else in a line at the end of the section.

        None takes the key away, so that the file is as it was before the key came in.
        """
        at = self._find(section, key)
        if raw is None:
            return self if at is None else self.without_line(at)
        if at is not None:
            before = self.lines[at].text.partition("=")[0]
            return self._with(at, replace(self.lines[at], text=f"{before}={raw}"))
        span = self._span(section)
        if span is None:
            return self.with_line(f"[{section}]").with_raw(section, key, raw)
        end = max(k for k in range(span.start - 1, span.stop) if k == span.start - 1 or self.lines[k].text.strip())
        return self.with_line(f"{key}={raw}", end + 1)

    def with_line(self, text: str, at: int | None = None) -> "Ini":
        """Return the file with a line put in front of another, or at the end.

        A last line without an ending stays one: at the end the new line has none then.
        """
        at = len(self.lines) if at is None else at
        lines, new = list(self.lines), Line(text, self._newline)
        if at == len(lines) and lines and not lines[-1].ending:
            lines[-1], new = replace(lines[-1], ending=self._newline), replace(new, ending="")
        lines.insert(at, new)
        return Ini(tuple(lines))

    def without_line(self, at: int) -> "Ini":
        """Return the file without one of its lines."""
        lines = list(self.lines)
        gone = lines.pop(at)
        if not gone.ending and lines:
            lines[-1] = replace(lines[-1], ending="")
        return Ini(tuple(lines))

    def without_empty_section(self, section: str) -> "Ini":
        """Return the file without a section's header where nothing is left below it."""
        span = self._span(section)
        return self.without_line(span.start - 1) if span is not None and not len(span) else self

    @property
    def _newline(self) -> str:
        # A lone CR is never taken over: a line feed behind it would make one ending of the two.
        return next((line.ending for line in self.lines if line.ending in {"\n", "\r\n"}), "\n")

    def _with(self, at: int, line: Line) -> "Ini":
        return Ini((*self.lines[:at], line, *self.lines[at + 1 :]))

    def _span(self, section: str) -> range | None:
        """Return where a section's lines are, its header left out."""
        headers = [(k, _HEADER.match(line.text)) for k, line in enumerate(self.lines)]
        starts = [(k, found.group(1).strip().lower()) for k, found in headers if found]
        for number, (start, name) in enumerate(starts):
            if name == section.lower():
                return range(start + 1, starts[number + 1][0] if number + 1 < len(starts) else len(self.lines))
        return None

    def _entries(self, section: str) -> Iterator[tuple[int, str]]:
        for at in self._span(section) or ():
            key, equals, _ = self.lines[at].text.partition("=")
            if equals and not key.lstrip().startswith(";"):
                yield at, key.strip().lower()

    def _find(self, section: str, key: str) -> int | None:
        return next((at for at, found in self._entries(section) if found == key.lower()), None)
