"""The picture of what a policy has learned: for each pair of axes V(s), the greedy action and the visits, as heat maps.

Each row of the picture is a pair of axes, all others averaged by visits. What was never seen is left blank.
"""

import math
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bridge.explain_document import ExplainDocument, MapPart
from bridge.explain_report import by_visits, heading, q_value, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

F64 = NDArray[np.float64]

_WIDTH_IN, _DPI = 14.0, 110
_HEAD_IN, _TITLE_IN, _ROW_IN, _LEFT_IN, _GAP_IN, _RIGHT_IN = 0.85, 0.5, 0.34, 1.75, 0.3, 2.15
_FLAT_IN, _STEEP_IN, _LEAST_IN = 0.75, 1.45, 1.6
_PANEL_LETTERS = 46  # side by side below a panel
_INK, _QUIET, _PAPER, _BLANK = "#20242b", "#6b7280", "#ffffff", "#f3f4f6"
_HOLD = "#d4d7dc"
# Told apart by most who do not see all colours, after Paul Tol's muted and light schemes; beyond them: others.
_COLOURS = (
    "#4477aa", "#ee8866", "#228833", "#ccbb44", "#aa3377", "#66ccee", "#bb5566", "#44bb99", "#882255", "#999933",
    "#77aadd", "#ddaa33",
)  # fmt: skip
_OTHERS, _OTHERS_NAME = "#7b8290", "others"
_NOTHING = frozenset({"hold", "rest"})


def draw(document: ExplainDocument, path: Path) -> None:
    """Draw what a policy has learned as a PNG. Raises ``OSError``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - half a second, for pictures alone
    from matplotlib.figure import Figure  # noqa: PLC0415

    heights = [max(_LEAST_IN, len(drawn.row_names) * _ROW_IN) for drawn in document.maps]
    names = [_names(drawn.column_names) for drawn in document.maps]
    below_in = [_STEEP_IN if one is None else _FLAT_IN for one in names]
    whole_in = _HEAD_IN + sum(heights) + sum(below_in) + len(heights) * _TITLE_IN
    figure = Figure(figsize=(_WIDTH_IN, whole_in), facecolor=_PAPER)
    FigureCanvasAgg(figure)
    made = document.policy
    where = "" if document.played is None else f" in {document.played:,} steps on made-up sessions"
    said = (
        f"{made.algorithm}, {made.steps:,} steps; {document.seen:,} of {document.states:,} states seen{where}. The "
        "axes that are not shown are averaged by visits; blank: never seen."
    )
    for text, at_in, size, colour in ((heading(document), 0.26, 14, _INK), (said, 0.54, 9, _QUIET)):
        figure.text(0.25 / _WIDTH_IN, 1.0 - at_in / whole_in, text, fontsize=size, color=colour, va="center")
    at_in = _HEAD_IN
    colours = _colours(document)
    for drawn, height_in, names_in in zip(document.maps, heights, below_in, strict=True):
        _pair(figure, drawn, colours, (whole_in, at_in + _TITLE_IN, height_in))
        at_in += _TITLE_IN + height_in + names_in
    with warnings.catch_warnings(action="ignore"):
        figure.savefig(path, dpi=_DPI, format="png")


def _names(names: Sequence[str]) -> list[str] | None:
    """Return the names of columns in two lines at most; None where they do not fit side by side."""
    width = _PANEL_LETTERS // len(names)
    lines = [textwrap.wrap(name, width, break_long_words=False, break_on_hyphens=False) for name in names]
    fit = all(len(one) <= 2 and all(len(line) <= width for line in one) for one in lines)
    return ["\n".join(one) for one in lines] if fit else None


def _pair(figure: "Figure", drawn: MapPart, colours: dict[str, str], place: tuple[float, float, float]) -> None:
    """Draw a row of the picture; ``place``: how high the whole is, where the row begins, how high it is, in inches."""
    whole_in, top_in, height_in = place
    width_in = (_WIDTH_IN - _LEFT_IN - _RIGHT_IN - 2 * _GAP_IN) / 3
    starts = [_LEFT_IN + k * (width_in + _GAP_IN) for k in range(3)]
    bottom = 1.0 - (top_in + height_in) / whole_in
    panels = [
        figure.add_axes((start / _WIDTH_IN, bottom, width_in / _WIDTH_IN, height_in / whole_in)) for start in starts
    ]
    size = 7.5 if len(drawn.column_names) <= 6 else 6.5
    _value(panels[0], drawn, size)
    _visits(panels[1], drawn, size)
    _greedy(panels[2], drawn, size, colours)
    for panel, title in zip(panels, ("V(s)", "Visits", "Best action, at % of the visits"), strict=True):
        panel.set_title(title, fontsize=10, color=_INK, loc="left", pad=6)
        _label(panel, drawn, has_rows=panel is panels[0])


def _label(axes: "Axes", drawn: MapPart, *, has_rows: bool) -> None:
    axes.set_facecolor(_BLANK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    flat = _names(drawn.column_names)
    axes.set_xticks(range(len(drawn.column_names)), flat or drawn.column_names, fontsize=8, color=_INK)
    if flat is None:
        for label in axes.get_xticklabels():
            label.set(rotation=38, ha="right", rotation_mode="anchor")
    axes.set_xlabel(drawn.columns, fontsize=9, color=_QUIET, labelpad=3)
    axes.set_yticks(range(len(drawn.row_names)), drawn.row_names if has_rows else [], fontsize=8, color=_INK)
    if has_rows:
        axes.set_ylabel(drawn.rows, fontsize=9, color=_QUIET, labelpad=3)
    axes.tick_params(length=0, pad=3)
    axes.set_xticks(np.arange(len(drawn.column_names) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(drawn.row_names) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color=_PAPER, linewidth=1.5)
    axes.tick_params(which="minor", length=0)


def _value(axes: "Axes", drawn: MapPart, size: float) -> None:
    value = np.array(drawn.value, float)
    reach = max(0.01, float(np.nanmax(np.abs(value), initial=0.0)))
    axes.imshow(value, cmap="RdBu", vmin=-reach, vmax=reach, aspect="auto")
    dark = np.abs(value) > 0.6 * reach
    _write(axes, [[q_value(v, 2) if math.isfinite(v) else "" for v in row] for row in value], dark, size)


def _visits(axes: "Axes", drawn: MapPart, size: float) -> None:
    visits = np.array(drawn.visits, float)
    shade = np.log10(np.where(visits > 0, visits, np.nan))
    top = float(np.nanmax(shade, initial=1.0))
    axes.imshow(shade, cmap="Greens", vmin=-0.5, vmax=top * 1.1, aspect="auto")
    _write(axes, [[_count(v) for v in row] for row in visits], shade > 0.62 * top, size)


def _greedy(axes: "Axes", drawn: MapPart, size: float, colours: dict[str, str]) -> None:
    """Draw the greedy actions in colours, the paler the fewer visits they are greedy at; with a legend at the right."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - as above
    from matplotlib.patches import Patch  # noqa: PLC0415

    shape = (len(drawn.row_names), len(drawn.column_names))
    image = np.ones((*shape, 3)) * to_rgb(_BLANK)
    texts = [[""] * shape[1] for _ in range(shape[0])]
    dark = np.zeros(shape, bool)
    for row, column in np.ndindex(shape):
        action, share = drawn.greedy[row][column], drawn.share[row][column]
        if action is None or share is None:
            continue
        strength = 0.25 + 0.75 * share
        colour = np.array(to_rgb(colours.get(action, _OTHERS)))
        image[row, column] = strength * colour + (1 - strength)
        texts[row][column] = f"{100 * share:.0f}"
        dark[row, column] = float(image[row, column] @ (0.3, 0.59, 0.11)) < 0.55
    axes.imshow(image, aspect="auto")
    _write(axes, texts, dark, size)
    here = set(by_visits(drawn))
    named = [(action, colour) for action, colour in colours.items() if action in here]
    named += [(_OTHERS_NAME, _OTHERS)] if here - set(colours) else []
    axes.legend(
        [Patch(facecolor=colour) for _, colour in named],
        [signed(action) for action, _ in named],
        loc="upper left", bbox_to_anchor=(1.02, 1.03), frameon=False, fontsize=8, handlelength=1.0, handleheight=1.0,
        labelcolor=_INK,
    )  # fmt: skip


def _colours(document: ExplainDocument) -> dict[str, str]:
    """Return a colour for each action drawn, as far as they go, in the order of visits; doing nothing is grey."""
    drawn = {action for one in document.maps for action in by_visits(one)}
    left = iter(_COLOURS)
    named = {
        one.action: _HOLD if one.action in _NOTHING else next(left, None)
        for one in document.greedy
        if one.action in drawn
    }
    return {action: colour for action, colour in named.items() if colour is not None}


def _write(axes: "Axes", texts: Sequence[Sequence[str]], dark: NDArray[np.bool_], size: float) -> None:
    for row, column in np.ndindex(dark.shape):
        colour = _PAPER if dark[row, column] else _INK
        axes.text(column, row, texts[row][column], fontsize=size, color=colour, ha="center", va="center")


def _count(visits: float) -> str:
    """Write a count in four characters: 950, 1.2k, 34k, 1.2M."""
    if visits < 1000:
        return f"{visits:.0f}" if visits else ""
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if visits >= 0.9995 * unit:
            scaled = visits / unit
            return f"{scaled:.1f}{name}" if scaled < 9.95 else f"{scaled:.0f}{name}"
    return f"{visits:.0f}"
