"""The terminal: progress bars, output that survives any encoding, and a reader who has gone away."""

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self, TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bridge.progress import Stage

# What stands in for our own characters where the terminal's encoding lacks them.
_PLAIN = {
    "−": "-",
    "→": "->",
    "·": ".",
    "“": '"',
    "”": '"',
    "±": "+/-",
    "─": "-",
    "∞": "inf",
    "≤": "<=",
    "–": "-",
    "…": "...",
}
_BREAKS = {"Cc", "Cs", "Zl", "Zp"}


def survive_any_encoding() -> None:
    """Let stdout and stderr replace what they can not encode, in place of failing."""
    codecs.register_error("faderbot", _plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="faderbot")


def complain(problem: object) -> None:
    """Print one line about what went wrong to stderr."""
    line = "".join(" " if unicodedata.category(c) in _BREAKS else c for c in str(problem))
    tell(f"faderbot: {line}\n")


def tell(text: str) -> None:
    """Write text to stderr; where that takes nothing there is nobody to tell, and the exit code has to do."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):  # full, or closed
        _hang_up(sys.stderr)


def show(*parts: RenderableType) -> None:
    """Print to stdout, in colour where it is a terminal that has them."""
    text, terminal = io.StringIO(), Console()
    console = Console(
        file=text,
        width=terminal.width,
        force_terminal=terminal.is_terminal,
        no_color=terminal.no_color,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for part in parts:
        console.print(part)
    write("\n".join(line.rstrip() for line in text.getvalue().split("\n")))


def write(text: str) -> None:
    """Write text to stdout; that nobody reads it any more is no error. Raises ``StdoutClosed`` for others."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _hang_up(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise StdoutClosed(f"the report can not be printed ({error.strerror})") from error


class StdoutClosed(Exception):  # noqa: N818 - a state, named as the user sees it
    """Standard output does not take the report."""


class Bars:
    """Shows a job's stages as bars. Owns the bars."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[Stage, TaskID] = {}
        self._present: TaskID | None = None

    @classmethod
    @contextmanager
    def on_stderr(cls) -> Iterator[Self]:
        """Show bars on stderr until the end of the block, if it is a terminal."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description:<7}"), BarColumn(40), TextColumn("{task.percentage:>3.0f} %"))
        with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bars:
            yield cls(bars)

    def begin(self, stage: Stage, total: float) -> None:
        """Begin a stage, or start it over."""
        if stage in self._tasks:
            self._bars.reset(self._tasks[stage], total=total)
        else:
            self._tasks[stage] = self._bars.add_task(stage.value, total=total)
        self._present = self._tasks[stage]

    def advance(self, by: float) -> None:
        """Advance the present stage."""
        if self._present is not None:
            self._bars.advance(self._present, by)

    def say(self, words: str) -> None:
        """Print a line above the bars; where there are none, too, for the job takes minutes."""
        if self._bars.disable:
            tell(f"faderbot: {words}\n")
        else:
            self._bars.console.print(words, markup=False, highlight=False, emoji=False)


def _hang_up(stream: TextIO) -> None:
    """Let a stream lead nowhere: the interpreter would try again on its way out, and fail there."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _plain(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end
