"""From an address that came in to what it means: REAPER's wildcards and comma lists (``OscPatternMatch``)."""

import re
from dataclasses import dataclass

from mock_daw.reaper.pattern import Address, Pattern

Target = int | str

MOST_TARGETS = 16
KEPT_MATCHES = 4096
LARGEST = 2**31 - 1
_LIST = r"((?:_[A-Za-z0-9_]*|[0-9]*)(?:,(?:_[A-Za-z0-9_]*|[0-9]+))*)"
_PIECES = re.compile(r"@+|\*[^/]*|\?|[^@*?]+")


@dataclass(frozen=True, slots=True)
class Match:
    """What an address means: a key, the flag of the pattern, and one tuple of targets for each object it names.

    Targets are given from the innermost outwards: parameter, effect, track. A text is the name of an action.
    """

    key: str
    flag: str
    targets: tuple[tuple[Target, ...], ...]


class Finder:
    """Owns the compiled addresses of a pattern and what was looked up lately.

    Where several addresses match, the one without wildcards is taken, then the later one. REAPER searches a sorted list
    with a comparison that knows wildcards: files whose addresses overlap are up to luck there. An address without its
    leading slash loses its first character, which REAPER takes for a flag.
    """

    def __init__(self, pattern: Pattern) -> None:
        self._literal: dict[str, tuple[str, Address]] = {}
        self._wild: list[tuple[re.Pattern[str], str, Address]] = []
        self._matches: dict[str, Match | None] = {}
        for key, addresses in pattern.keys.items():
            for address in addresses:
                if re.search(r"[@*?]", address.text):
                    self._wild.insert(0, (compiled(address.text), key, address))
                else:
                    self._literal[address.text] = key, address

    def find(self, address: str) -> Match | None:
        """Return what an address means; None where nothing matches. Comma lists name several objects."""
        if address not in self._matches:
            if len(self._matches) >= KEPT_MATCHES:
                self._matches.clear()
            self._matches[address] = self._find(address if address.startswith("/") else address[1:])
        return self._matches[address]

    def _find(self, text: str) -> Match | None:
        if text in self._literal:
            key, address = self._literal[text]
            return Match(key, address.flag, ((),))
        for expression, key, address in self._wild:
            found = expression.fullmatch(text)
            if found is not None:
                rows = _rows([group for group in found.groups() if group is not None], address.innermost_first)
                return None if rows is None else Match(key, address.flag, rows)
        return None


def compiled(text: str) -> re.Pattern[str]:
    """Return the expression for an address: ? is any character, * the rest of a segment or of all, @ a number.

    Of several @ in a row, all but the last are one digit each, and may be missing.
    """
    expression = ""
    for found in _PIECES.finditer(text):
        piece = found[0]
        if piece[0] == "@":
            expression += "([0-9])?" * (len(piece) - 1) + _LIST
        elif piece[0] == "*":
            expression += ".+" if found.end() == len(text) and piece == "*" else "[^/]*" + re.escape(piece[1:])
        else:
            expression += "." if piece == "?" else re.escape(piece)
    return re.compile(expression, re.DOTALL)


def _rows(groups: list[str], innermost_first: bool) -> tuple[tuple[Target, ...], ...] | None:
    """Return the targets of each repetition: lists side by side are taken pairwise, a lone number for all of them."""
    slots = [[_target(word) for word in group.split(",")] for group in groups]
    repeats = max((len(slot) for slot in slots), default=1)
    if max(repeats, len(slots)) > MOST_TARGETS or any(len(slot) not in {1, repeats} for slot in slots):
        return None
    rows = [tuple(slot[0] if len(slot) == 1 else slot[k] for slot in slots) for k in range(repeats)]
    return tuple(row[::-1] for row in rows) if innermost_first else tuple(rows[::-1])


def _target(word: str) -> Target:
    """Read a number, or the name of an action with its underscore; nothing at all reads as 0."""
    if word.startswith("_"):
        return word
    return int(word) if 0 < len(word) < 10 else LARGEST if word else 0
