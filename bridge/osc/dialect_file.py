"""Reading a dialect from a TOML file: what is wrong in it is said with its line, its key, and how to mend it."""

import re
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bridge.osc.dialect import Dialect
from bridge.wishes import WishUnclear

_MOST_BYTES = 200_000
_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*([\w.\-"' ]+?)\s*=""")
_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
_OF_UNION = re.compile(r"^(function|constrained|tuple|literal|int|float|str|lax)\b.*")

Path_ = tuple[str, ...]


class DialectUnreadable(WishUnclear):
    """A dialect file can not be used: the file, the line, the key, and how to mend it, a line for each mistake."""


def load(path: Path) -> Dialect:
    """Return the dialect of a file, or of the one of that name that comes along. Raises ``DialectUnreadable``."""
    if not path.exists():
        path = coming_along().get(str(path), path)
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        shipped = ", ".join(sorted(coming_along()))
        raise DialectUnreadable(
            f"{path} can not be read ({error.strerror or error}): see the name of the file; these come along: {shipped}"
        ) from error
    if len(raw) > _MOST_BYTES:
        raise DialectUnreadable(
            f"{path} is too large for a dialect ({_MOST_BYTES:,} bytes at most): is it the right file?"
        )
    try:
        return parse(raw.decode(), str(path))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DialectUnreadable(f"{path}, line {line}: not UTF-8: save it as UTF-8, as TOML files are") from error


def coming_along() -> dict[str, Path]:
    """Return the dialects that come along, by the names of their files."""
    folder = files("bridge.osc") / "dialects"
    return {file.name: Path(str(file)) for file in folder.iterdir() if file.name.endswith(".toml")}


def parse(text: str, where: str) -> Dialect:
    """Return the dialect that a text says; ``where`` names it in errors. Raises ``DialectUnreadable``."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DialectUnreadable(_not_toml(error, text, where)) from error
    try:
        return Dialect.model_validate(said)
    except ValidationError as error:
        lines = _lines(text)
        raise DialectUnreadable("\n".join(_said(one, said, lines, where) for one in error.errors())) from error


def _not_toml(error: tomllib.TOMLDecodeError, text: str, where: str) -> str:
    found = _PLACE.search(str(error))
    line = int(found[1]) if found is not None and found[1] else len(text.splitlines())
    what = _PLACE.sub("", str(error)).strip()
    return f"{where}, line {line}: not TOML ({what}): texts stand in quotes, and each key once"


def _said(error: ErrorDetails, said: dict[str, Any], lines: dict[Path_, int], where: str) -> str:
    """Return a mistake in a line: where, which key, what is wrong, how to mend it."""
    keys, place = _place(error, said)
    line = next(lines[keys[:n]] for n in range(len(keys), -1, -1) if keys[:n] in lines)
    return f"{where}, line {line}: {place}{': ' if place else ''}{_mended(error, keys)}"


def _place(error: ErrorDetails, said: dict[str, Any]) -> tuple[Path_, str]:
    """Return the path of a mistake's key, and its name for people, as "fader.curve, entry 2"."""
    keys: list[str] = []
    entries: list[int] = []
    for part in error["loc"]:
        if isinstance(part, int):
            entries.append(part + 1)
        elif not entries and not _OF_UNION.match(part):
            keys.append(part)
    if error["type"] == "value_error" and not keys:
        named, colon, _ = str(error["ctx"]["error"]).partition(": ")
        return ((named,), "") if colon and named in said else ((), "")
    return tuple(keys), ".".join(keys) + (f", entry {entries[0]}" if entries else "")


def _mended(error: ErrorDetails, keys: Path_) -> str:
    """Return what is wrong and how to mend it."""
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return f"is missing: add {keys[-1]} = …"
    if kind == "extra_forbidden":
        known = _known(keys[:-1])
        close = get_close_matches(keys[-1], known, n=1)
        meant = f"did you mean {close[0]}?" if close else f"known here are {', '.join(known)}"
        return f"is not known here: {meant}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    what = error["msg"][0].lower() + error["msg"][1:]
    return f"{what}, and here is {given!r}"


def _known(table: Path_) -> list[str]:
    """Return the keys that a table may have."""
    model: type[BaseModel] = Dialect
    for name in table:
        found = model.model_fields.get(name)
        model = next((part for part in _models(found.annotation) if found is not None), model) if found else model
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation, as in ``Meter | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


def _lines(text: str) -> dict[Path_, int]:
    """Return the line of each table and key, by path; the file itself is at line 1.

    Keys within an inline table or an array are those of the key that it belongs to.
    """
    found: dict[Path_, int] = {(): 1}
    table: Path_ = ()
    for number, line in enumerate(text.splitlines(), 1):
        if (header := _TABLE.match(line)) is not None:
            table = _split(header[1])
            for n in range(1, len(table) + 1):
                found.setdefault(table[:n], number)
        elif (key := _KEY.match(line)) is not None:
            path = (*table, *_split(key[1]))
            for n in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:n], number)
    return found


def _split(dotted: str) -> Path_:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
