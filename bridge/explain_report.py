"""The report of what a policy has learned, for 80 columns."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bridge.explain_document import ExplainDocument, GreedyPart, MapPart, StatePart
from bridge.report import listed_under

_FEW_COLUMNS = 3
_ACTIONS = 8
_SHORT = 12
_CELL = 5
_UNSEEN = "·"
_LETTERS = ascii_lowercase + ascii_lowercase.upper()


def explain_report(document: ExplainDocument) -> Iterator[RenderableType]:
    """Yield the report's parts, to be printed one under the other."""
    made = document.policy
    yield Text(f"{heading(document)} ({made.algorithm}, {made.steps:,} steps)", "bold")
    if document.played is None:
        yield Text(
            f"It has seen {document.seen:,} of its {document.states:,} states, {document.visits:,} times in all."
        )
    else:
        met = f"it met {document.seen:,} of the {document.states:,} states that a table tells apart"
        yield Text(f"Played on made-up sessions for {document.played:,} steps {met}.")
    for drawn in document.maps:
        yield from _map(drawn)
    yield from listed_under("Best action, in % of the visits (of the states)", _greedy(document))
    often = "among the states that make up 90 % of the visits"
    for title, states in (("Most certain", document.most_certain), ("Least certain", document.least_certain)):
        yield from listed_under(f"{title}, {often}", [in_words(state) for state in states])


def heading(document: ExplainDocument) -> str:
    """Return what the whole is about."""
    return f"What the {'table' if document.played is None else 'policy'} of {document.subject} has learned"


def signed(action: str) -> str:
    """Return an action's name with a true minus sign."""
    return action.replace(" -", " −").replace("^-", "^−")


def q_value(value: float, digits: int = 3) -> str:
    """Write a Q with so many decimals and a true minus sign."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def in_words(state: StatePart) -> str:
    """Say in a sentence what is done in a state, and what stands behind it."""
    apart = "" if state.disagreement is None else f"; tables apart {q_value(state.disagreement)}"
    return (
        f"{state.words}: {signed(state.action)} (Q {q_value(state.q)}; next best {signed(state.next_best)} "
        f"{q_value(state.next_q)}{apart}; seen {state.visits:,} times; sure {100 * state.sure:.0f} %)"
    )


def _greedy(document: ExplainDocument) -> list[str]:
    def line(one: GreedyPart) -> str:
        return f"{100 * one.share:5.1f}  ({100 * one.states / document.seen:4.1f})  {signed(one.action)}"

    lines = [line(one) for one in document.greedy[:_ACTIONS]]
    rest = document.greedy[_ACTIONS:]
    if rest:
        share, states = sum(one.share for one in rest), sum(one.states for one in rest)
        lines.append(f"{100 * share:5.1f}  ({100 * states / document.seen:4.1f})  {len(rest)} others")
    return lines


def _map(drawn: MapPart) -> Iterator[RenderableType]:
    """Yield V(s) and the greedy action over two axes: with the action's name where it fits, else with a letter."""
    few = len(drawn.column_names) <= _FEW_COLUMNS
    actions = by_visits(drawn)
    letters = {action: _LETTERS[k] for k, action in enumerate(actions[: len(_LETTERS)])}
    short = few or all(cell_len(name) <= _CELL for name in drawn.column_names)
    numbers = [str(k) for k in range(1, len(drawn.column_names) + 1)]
    yield Text(f"\nV and the best action, {drawn.rows} down, {drawn.columns} across", style="bold")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column(drawn.rows, overflow="fold", min_width=_SHORT)
    for name in drawn.column_names if short else numbers:
        table.add_column(name, justify="left" if few else "right", overflow="fold", min_width=_CELL)
    for row, name in enumerate(drawn.row_names):
        cells = zip(drawn.value[row], drawn.greedy[row], strict=True)
        table.add_row(name, *(_cell(value, action, None if few else letters) for value, action in cells))
    yield Padding(table, (0, 0, 0, 2), expand=False)
    if not short:
        yield _legend(f"{drawn.columns}: ", dict(zip(numbers, drawn.column_names, strict=True)))
    if not few:
        yield _legend("", {letter: signed(action) for action, letter in letters.items()})


def _cell(value: float | None, action: str | None, letters: Mapping[str, str] | None) -> str:
    """Write V and the action; with letters so short that nine stand side by side."""
    if value is None or action is None:
        return _UNSEEN
    worth = q_value(value, 2)
    if letters is None:
        return f"{worth} {signed(action)}"
    return f"{worth.replace('−0.', '−.').removeprefix('0')}{letters.get(action, '?')}"


def _legend(title: str, names: dict[str, str]) -> Padding:
    return Padding(Text(title + ", ".join(f"{key} {name}" for key, name in names.items())), (0, 0, 0, 2), expand=False)


def by_visits(drawn: MapPart) -> Sequence[str]:
    """Return the actions in a map, the one at most visits first."""
    visits: dict[str, int] = {}
    for seen, row in zip(drawn.visits, drawn.greedy, strict=True):
        for count, action in zip(seen, row, strict=True):
            if action is not None:
                visits[action] = visits.get(action, 0) + count
    return sorted(visits, key=lambda action: -visits[action])
