"""The header of a ReaPack package: comments at the top of a Lua file, as reapack-index reads them.

    -- @version 0.1.0              a tag and its value
    -- @provides                   a tag whose value is in the lines below it, indented
    --   [main] Faderbot_*.lua     options in brackets, then a pattern relative to the package

A header ends at the first line that is no comment; a bare ``--`` inside a value is an empty line of it. Options:
``main`` an action of its own, ``nomain`` none, ``data`` a file for REAPER's Data folder. The rest of reapack-index's
syntax is not needed here, and refused: platforms, addresses, renaming, ``**``. Sources: its wiki, "Packaging
Documentation", its ``lib/reapack/index/provides.rb``, and cfillion/metaheader.
"""

import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TAGS = ("noindex", "description", "version", "author", "about", "provides", "changelog", "link")
_TAG = re.compile(r"-- @(\w+)(?: (.+))?")
_PROVIDED = re.compile(r"(?:\[([^\]]*)\] +)?(.+)")
_OPTIONS = ("main", "nomain", "data")
_VERSION = re.compile(r"\d+(\.\d+)*")


class HeaderWrong(Exception):  # noqa: N818 - a state, named as the user sees it
    """A header is not one that ReaPack would read as it was meant: where and why, in one line."""


@dataclass(frozen=True)
class Provided:
    """A file of a package, by its path relative to it."""

    path: str
    is_main: bool = False
    is_data: bool = False


@dataclass(frozen=True)
class Header:
    """What a header says, a text for each tag; the lines of longer ones without their indentation."""

    tags: dict[str, str]

    @property
    def is_noindex(self) -> bool:
        """Whether the file is no package of its own."""
        return "noindex" in self.tags

    @property
    def version(self) -> tuple[int, ...]:
        """The version as numbers, to tell which one is higher. Raises ``HeaderWrong``."""
        return version_numbers(self.tags.get("version", ""))


def parse(text: str) -> Header:
    """Read a header. Raises ``HeaderWrong`` for a tag that is not known, comes twice or has no value."""
    tags: dict[str, list[str]] = {}
    for line in _comments(text):
        found = _TAG.fullmatch(line)
        if found is None:
            if not tags:
                break
            if not re.fullmatch(r"--(  .*)?", line):
                raise HeaderWrong(f"the line {line!r} of a header belongs to no tag: indent it, or put an empty line")
            tags[next(reversed(tags))].append(line[2:].strip())
        elif found[1] not in _TAGS or found[1] in tags:
            raise HeaderWrong(f"@{found[1]} is {'there twice' if found[1] in tags else 'no tag of a header'}")
        else:
            tags[found[1]] = [found[2]] if found[2] else []
    values = {tag: "\n".join(lines).strip() for tag, lines in tags.items()}
    empty = next((tag for tag, value in values.items() if not value and tag != "noindex"), None)
    if empty is not None:
        raise HeaderWrong(f"@{empty} has no value")
    return Header(values)


def provided(header: Header, package: str, files: Iterable[str]) -> tuple[Provided, ...]:
    """Return the files that a package brings, itself among them, of all that lie in its folder.

    Raises ``HeaderWrong`` for a pattern that finds nothing, a file brought twice and a package without itself.
    """
    files = sorted(files)
    found: list[Provided] = []
    for line in header.tags.get("provides", "").splitlines():
        options, pattern = _provided_line(line)
        matches = [path for path in files if _matches(path, package if pattern == "." else pattern)]
        if not matches:
            raise HeaderWrong(f"@provides {line}: there is no such file")
        found += [Provided(path, "main" in options, "data" in options) for path in matches]
    paths = [one.path for one in found]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise HeaderWrong(f"@provides brings {twice} twice")
    if package not in paths:
        raise HeaderWrong(f"@provides leaves out {package} itself")
    return tuple(found)


def version_numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers. Raises ``HeaderWrong``; ReaPack takes one with letters for a test release."""
    if not _VERSION.fullmatch(version):
        raise HeaderWrong(f"@version {version!r} is not numbers with dots between")
    return tuple(int(number) for number in version.split("."))


def _comments(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("--"):
            return
        yield line


def _provided_line(line: str) -> tuple[list[str], str]:
    found = _PROVIDED.fullmatch(line)
    options = (found[1] or "").split() if found else []
    if found is None or not set(options) <= set(_OPTIONS) or re.search(r"\*\*|://| > |\\|^/", found[2]):
        raise HeaderWrong(f"@provides {line}: not understood")
    return options, found[2]


def _matches(path: str, pattern: str) -> bool:
    """Tell whether a path is meant; a star stops at a slash, as in a shell."""
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted))
