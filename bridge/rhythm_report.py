"""The report of a rhythm: what was heard, the drums as a grid, and why, for 80 columns, with or without colour."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from bridge.rhythm_document import RhythmDocument
from bridge.rhythm_result import drums_of

MOST_SHOWN = 6
_COLUMNS = 80
_NAME_CELLS, _GAP = 11, 3
_SOURCES = {"heard": "heard", "project": "the project's", "told": "as told"}


class Shown(NamedTuple):
    """A bar that differs from the others: its number from 0, and those of all bars that are the same."""

    place: int
    bars: tuple[int, ...]


def report(document: RhythmDocument) -> Iterator[RenderableType]:
    """Yield the report's parts, to be printed one under the other."""
    tempo = f"{document.tempo_bpm:.1f} BPM ({_SOURCES[document.tempo_source]}, {100 * document.confidence:.0f} % sure)"
    yield Text(f"{document.session}: {tempo}, {document.meter}; {_wish(document)}", style="bold")
    yield Text("")
    yield from _grids(document)
    yield Text(_figures(document))
    yield from _list(f"What the agent did, in {document.steps} steps of learning", document.reasons)
    yield from _list("Notes", document.notes)
    if document.dry_run:
        yield Text("\nDry run: nothing was changed and nothing was written.")


def shown_bars(document: RhythmDocument) -> tuple[Shown, ...]:
    """Return the bars to be shown, in their order: of all that differ those that are played most often."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for place in range(document.bars):
        bar = tuple(lines[place] for lines in document.grid.values())
        if any(set(line) != {"."} for line in bar):
            alike.setdefault(bar, []).append(place)
    often = sorted(alike.values(), key=lambda bars: (-len(bars), bars[0]))[:MOST_SHOWN]
    return tuple(Shown(bars[0], tuple(bars)) for bars in sorted(often))


def ranges(bars: Sequence[int]) -> str:
    """Return bars, counted from 0, as people count them: "1–4, 7"."""
    runs: list[list[int]] = []
    for bar in bars:
        if runs and bar == runs[-1][-1] + 1:
            runs[-1].append(bar)
        else:
            runs.append([bar])
    return ", ".join(f"{run[0] + 1}–{run[-1] + 1}" if len(run) > 1 else f"{run[0] + 1}" for run in runs)


def _grids(document: RhythmDocument) -> Iterator[RenderableType]:
    shown = shown_bars(document)
    if not shown:
        yield Text("No drum is hit.\n")
        return
    steps = max(1, document.steps_per_beat)
    bar_cells = len(_parted(next(iter(document.grid.values()))[0], steps))
    across = max(1, (_COLUMNS - _NAME_CELLS) // (bar_cells + _GAP))
    for first in range(0, len(shown), across):
        some = shown[first : first + across]
        heads = "".join(f"{'':{_GAP}}{_cut(_head(one), bar_cells):{bar_cells}}" for one in some)
        yield Text(f"{'':{_NAME_CELLS}}{heads}".rstrip(), style="bold")
        for voice, lines in document.grid.items():
            cells = "".join(f"{'':{_GAP}}{_parted(lines[one.place], steps)}" for one in some)
            yield Text(f"{voice:<{_NAME_CELLS}}{cells}")
        yield Text("")
    rest = document.bars - sum(len(one.bars) for one in shown)
    if rest > 0:
        yield Text(f"and {rest} {'bar' if rest == 1 else 'bars'} more, which differ or are silent\n")


def _head(shown: Shown) -> str:
    return f"bar {ranges(shown.bars)}" if len(shown.bars) == 1 else f"bars {ranges(shown.bars)}"


def _cut(text: str, cells: int) -> str:
    return text if len(text) <= cells else f"{text[: cells - 1]}…"


def _parted(line: str, steps: int) -> str:
    """Return a bar with a mark between its beats."""
    return "|".join(line[at : at + steps] for at in range(0, len(line), steps))


def _wish(document: RhythmDocument) -> str:
    told = [f"{name} {value:g}" for name, value in (("density", document.density), ("swing", document.swing)) if value]
    return ", ".join([f"{drums_of(document.style)} for {document.bars} bars", *told, f"seed {document.seed}"])


def _figures(document: RhythmDocument) -> str:
    hits = ", ".join(f"{count} {voice}" for voice, count in document.hits.items()) or "none"
    violations = document.figures.violations
    playable = "two hands and two feet can play it" if not violations else f"{violations} hits nobody can play"
    return f"Hits: {hits}; {playable}"


def _list(title: str, lines: Sequence[str]) -> Iterator[RenderableType]:
    if lines:
        yield Text(f"\n{title}:", style="bold")
        for line in lines:
            yield Padding(Text(line), (0, 0, 0, 2), expand=False)
