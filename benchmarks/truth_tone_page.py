"""The page of truth for tuning: what was measured as Markdown and as learning curves."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from truth_runs import Measured
from truth_shown import Curve, band, draw, markdown, percent, shown

F64 = NDArray[np.float64]
COLUMNS = (
    "method", "seeds", "share of the ceiling", "worst", "RMS error, dB", "knobs moved", "steps trained", "training, s",
    "file, kB", "decision, µs", "tuning, s",
)  # fmt: skip
BASE = "shipped table refined"


def page(found: Mapping[str, Measured], algorithms: Sequence[str], *, sessions: int, scenes: int) -> str:
    """Return the whole page."""
    ceilings = _ceilings(found)
    told = (
        f"{scenes} training scenes of {sessions} songs; {len(ceilings)} held-out cases, each rendered and judged. "
        "Share: of the least-squares fit's improvement, the mean over cases; ± is the 95 % confidence interval of that "
        "mean over seeds, *worst* is over all cases and seeds."
    )
    rows = [*_fixed(ceilings), *_policies(found, algorithms)]
    return "\n\n".join([told, markdown(COLUMNS, rows), _beside(found)])


def picture(found: Mapping[str, Measured], algorithms: Sequence[str], folder: Path) -> None:
    """Draw the learning curves."""
    runs = {name: _runs(found, name) for name in algorithms}
    curves = [
        Curve(name, seeds[0]["marks"], 100 * np.array([one["curve"] for one in seeds]))
        for name, seeds in runs.items()
        if seeds
    ]
    draw(
        folder / "curves.png",
        curves,
        across="environment steps",
        up="share of the ceiling's improvement, %",
        title="Each policy alone on every third held-out case, with 95 % bands",
        lowest=0,
        logarithmic=True,
    )


def _runs(found: Mapping[str, Measured], name: str) -> list[Measured]:
    return [run for key, run in found.items() if key.rpartition(" ")[0] == name and "curve" in run]


def _ceilings(found: Mapping[str, Measured]) -> list[Measured]:
    return [run for key, run in found.items() if key.startswith("case ")]


def _ends(found: Mapping[str, Measured], way: str) -> list[Measured]:
    """Return what a way to use a policy made of each case, in their order."""
    cases = [key for key in found if key.startswith("case ")]
    return [found[f"{way}, {case}"] for case in cases if f"{way}, {case}" in found]


def _shares(found: Mapping[str, Measured], way: str) -> F64:
    ends = np.array([one["rms_db"] for one in _ends(found, way)])
    ceilings = _ceilings(found)[: len(ends)]
    before, best = (np.array([one[what] for one in ceilings]) for what in ("before_db", "rms_db"))
    shares: F64 = (before - ends) / (before - best)
    return shares


def _fixed(ceilings: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    rest = ("",) * 4
    before = np.mean([one["before_db"] for one in ceilings])
    yield ("nothing", "", "0 %", "", f"{before:.2f}", "0", *rest, "")
    best, seconds = (np.mean([one[what] for one in ceilings]) for what in ("rms_db", "seconds"))
    yield ("least squares (the ceiling)", "", "100 %", "", f"{best:.2f}", "13", *rest, f"{seconds:.2f}")


def _policies(found: Mapping[str, Measured], algorithms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for way in ("alone", "refined"):
        yield _row(f"shipped table, {way}", found, [f"shipped table {way}"], [])
    for name in algorithms:
        for way in ("alone", "refined"):
            taught = _runs(found, name)
            ways = [f"{name} {seed} {way}" for seed in range(len(taught)) if _ends(found, f"{name} {seed} {way}")]
            if ways:
                yield _row(f"{name}, {way}", found, ways, taught)


def _row(name: str, found: Mapping[str, Measured], ways: Sequence[str], taught: Sequence[Measured]) -> tuple[str, ...]:
    shares = [_shares(found, way) for way in ways]
    ends = [_ends(found, way) for way in ways]

    def mean(what: str) -> list[float]:
        return [float(np.mean([one[what] for one in seed])) for seed in ends]

    return (
        name,
        str(len(ways)),
        percent([one.mean() for one in shares]),
        f"{min(one.min() for one in shares):.1%}",
        shown(mean("rms_db"), ".2f"),
        shown(mean("moves"), ".1f"),
        f"{taught[0]['marks'][-1]:,}" if taught else "",
        shown([run["seconds"][-1] for run in taught], ".0f") if taught else "",
        f"{np.mean([run['bytes'] for run in taught]) / 1000:.0f}" if taught else "",
        f"{np.median([run['decision_us'] for run in taught]):.0f}" if taught else "",
        f"{np.median([one['seconds'] for seed in ends for one in seed]):.2f}",
    )


def _beside(found: Mapping[str, Measured]) -> str:
    """Say case by case how far each refined policy is from the one that ships: mean and 95 % band over the cases."""
    base = _shares(found, BASE)
    ways = dict.fromkeys(key.rpartition(", case")[0] for key in found if " refined, case" in key)
    rows = []
    for way in ways:
        shares = _shares(found, way)
        if way != BASE and len(shares) == len(base):
            mean, half = band(100 * (shares - base))
            rows.append((way, f"{mean:+.2f} ± {half:.2f}", f"{(shares > base).mean():.0%}"))
    return markdown((f"beside the {BASE}, case by case", "share, points", "cases that are better"), rows)
