"""The text of REAPER's project files and state chunks: blocks ``<NAME word …`` to ``>``, a row of words a line.

Our own reader, because the published ones are built for tidy files: a missing quote, a Unicode line break in a name or
a stray bracket is an error there, and the lines of a plug-in's state come back re-quoted. This one takes words as
WDL's ``LineParser`` does (github.com/justinfrankel/WDL, lineparse.h) and keeps every line as it stood.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mock_daw.errors import one_line

Words = tuple[str, ...]
QUOTES = "\"'`"
BLANKS = " \t\r"
# What would be read as a bracket, a line of text or a comment if it began a line.
SPECIAL_STARTS = "<>|#;"
WORD = re.compile(r"""\"[^"]*"?|'[^']*'?|`[^`]*`?|[^ \t\r]+""")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class UnreadableTextError(ValueError):
    """The text is no such block, or ends too early; says which line."""


@dataclass(slots=True)
class Block:
    """A block: the words of its first line, and its rows and blocks in their order."""

    words: Words
    source: list[str] = field(repr=False)
    first_line: int = 0
    last_line: int = 0
    entries: "list[Words | Block]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """The first word, such as "TRACK"."""
        return self.words[0] if self.words else ""

    @property
    def lines(self) -> Words:
        """The lines between its brackets as they stood, without their indentation."""
        return tuple(line.lstrip(BLANKS) for line in self.source[self.first_line + 1 : self.last_line])

    def rows(self, name: str) -> Iterator[Words]:
        """Yield the rows that begin with this word."""
        return (entry for entry in self.entries if isinstance(entry, tuple) and entry[0] == name)

    def row(self, name: str) -> Words:
        """Return the first row that begins with this word, or no words."""
        return next(self.rows(name), ())

    def blocks(self, *names: str) -> "Iterator[Block]":
        """Yield the blocks of these names."""
        return (entry for entry in self.entries if isinstance(entry, Block) and entry.name in names)

    def block(self, *names: str) -> "Block | None":
        """Return the first block of one of these names, if there is one."""
        return next(self.blocks(*names), None)


def parse(text: str) -> Block:
    """Read the first block of a text and all within it. Raises ``UnreadableTextError``."""
    lines = [line.rstrip(BLANKS) for line in text.removeprefix("\ufeff").split("\n")]
    open_blocks: list[Block] = []
    for number, line in enumerate(lines):
        content = line.lstrip(BLANKS)
        if content.startswith("<"):
            block = Block(words(content[1:]), lines, number)
            if open_blocks:
                open_blocks[-1].entries.append(block)
            open_blocks.append(block)
        elif not open_blocks and content:
            break
        elif content.startswith(">") and open_blocks:
            block = open_blocks.pop()
            block.last_line = number
            if not open_blocks:
                return block
        elif content:
            open_blocks[-1].entries.append(words(content))
    if not open_blocks:
        raise UnreadableTextError("does not begin with a block")
    unclosed = open_blocks[-1]
    raise UnreadableTextError(f"ends inside <{one_line(unclosed.name)}> of line {unclosed.first_line + 1}")


def words(line: str) -> Words:
    """Return the words of a line: between blanks, or between two of the same quote. A quote left open ends the line."""
    return tuple(word.strip(word[0]) if word[0] in QUOTES else word for word in WORD.findall(line))


def text_at(row: Sequence[str], place: int, default: str = "") -> str:
    """Return a word of a row; the name is at 0, so that REAPER's "field 1" is at 1."""
    return row[place] if place < len(row) else default


def number_at(row: Sequence[str], place: int, default: float = 0.0) -> float:
    """Return a word as a finite number, reading as far as it is one, as C does; else the default."""
    matched = NUMBER.match(text_at(row, place))
    value = float(matched[0]) if matched else default
    return value if math.isfinite(value) else default


def whole_at(row: Sequence[str], place: int, default: int = 0) -> int:
    """Return a word as a whole number, cut towards zero; else the default."""
    return int(number_at(row, place, default))


def timebase_at(row: Sequence[str], default: int) -> int:
    """Return a line's timebase: 0 time, 1 beats (position, length, rate), 2 beats (position); else the default."""
    found = whole_at(row, 1, default)
    return found if found in {0, 1, 2} else default


def flag_at(row: Sequence[str], place: int, default: bool = False) -> bool:
    """Return whether a word is a number other than zero."""
    return number_at(row, place, float(default)) != 0.0


def quoted(text: str) -> str:
    """Return a word as a project file has it: in the first quote that it does not hold, if it needs one.

    A line break becomes a blank, and a back-tick in a text with all three quotes an apostrophe, as REAPER does it.
    """
    plain = one_line(text)
    if plain and not plain.startswith((*QUOTES, *SPECIAL_STARTS)) and not any(blank in plain for blank in BLANKS):
        return plain
    quote = next((quote for quote in QUOTES if quote not in plain), None)
    return f"{quote}{plain}{quote}" if quote else "`" + plain.replace("`", "'") + "`"


def row_text(name: str, *values: str | float) -> str:
    """Return a line: numbers in the fewest digits that read back the same, words quoted where they need it."""
    return " ".join((name, *(quoted(value) if isinstance(value, str) else number_text(value) for value in values)))


def number_text(value: float) -> str:
    """Return a number in the fewest digits that read back the same; a flag as 0 or 1."""
    return repr(float(value)).removesuffix(".0") if isinstance(value, float) else str(int(value))


def block_text(first: str, lines: Sequence[str]) -> list[str]:
    """Return the lines of a block with what is in it set in by two blanks; ``first`` comes without the bracket."""
    return [f"<{first}", *(f"  {line}" for line in lines), ">"]
