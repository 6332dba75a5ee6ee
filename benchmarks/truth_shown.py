"""How the pages of truth show what was measured: bands over seeds, tables in Markdown, curves as pictures."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import t

F64 = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Curve:
    """One algorithm's line: ``across`` (P,) where it was measured, ``up`` (seeds, P) what each seed reached there."""

    name: str
    across: Sequence[float] | F64
    up: Sequence[Sequence[float]] | F64


def band(values: Sequence[float] | F64) -> tuple[float, float]:
    """Return the mean over seeds and half of its 95 % confidence interval (Student's t); NaN half for a single one."""
    found = np.asarray(values, float)
    if len(found) < 2:
        return float(found.mean()), math.nan
    error = float(found.std(ddof=1)) / math.sqrt(len(found))
    return float(found.mean()), error * float(t.ppf((1 + CONFIDENCE) / 2, len(found) - 1))


def shown(values: Sequence[float] | F64, form: str = ".1f", scale: float = 1.0, unit: str = "") -> str:
    """Say a mean and its band, ``97.7 ± 0.3 %``; ``form`` is a format for one number, ``scale`` multiplies first."""
    mean, half = band(np.asarray(values, float) * scale)
    after = f" {unit}" if unit else ""
    return f"{mean:{form}}{after}" if math.isnan(half) else f"{mean:{form}} ± {half:{form}}{after}"


def percent(values: Sequence[float] | F64) -> str:
    """Say shares with their band in percent."""
    return shown(values, ".1f", 100, "%")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; all columns but the first are ranged right."""
    ruler = "|---|" + "---:|" * (len(columns) - 1)
    return "\n".join(["| " + " | ".join(columns) + " |", ruler, *("| " + " | ".join(row) + " |" for row in rows)])


def draw(
    path: Path,
    curves: Sequence[Curve],
    *,
    across: str,
    up: str,
    title: str,
    levels: Mapping[str, float] | None = None,
    lowest: float | None = None,
    logarithmic: bool = False,
) -> None:
    """Draw curves with their 95 % bands into a PNG; ``levels`` are dotted lines across, ``lowest`` cuts off below."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot()
    for curve in curves:
        steps, found = np.asarray(curve.across, float), np.asarray(curve.up, float)
        means, halves = np.array([band(column) for column in found.T]).T
        (line,) = axes.plot(steps, means, marker="o", markersize=3, linewidth=1.5, label=curve.name)
        known = ~np.isnan(halves)
        low, high = (means - halves)[known], (means + halves)[known]
        axes.fill_between(steps[known], low, high, color=line.get_color(), alpha=0.18, linewidth=0)
    for name, level in (levels or {}).items():
        axes.axhline(level, color="0.4", linewidth=1, linestyle=":")
        axes.annotate(name, (1, level), xycoords=("axes fraction", "data"), fontsize=8, ha="right", va="bottom")
    if logarithmic:
        axes.set_xscale("log")
    if lowest is not None:
        axes.set_ylim(bottom=lowest)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_title(title)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right", fontsize=8)
    figure.savefig(path, dpi=120)
