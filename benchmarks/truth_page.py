"""The page of truth for mixing: what was measured as Markdown tables and learning curves."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from truth_ablations import ABLATIONS
from truth_judging import CEILINGS, MODES, NOTHING
from truth_runs import Measured
from truth_shown import F64, Curve, draw, markdown, percent, shown

SHIPPED = "the shipped table: double, and its tempo rows"
_GOALS_S = {SHIPPED: 300, "DQN": 1800}
_REACHED = 0.9
_LOWEST_DRAWN = 65.0
ENDS = ("method", "seeds", "share of best known", "worst", "cost J", "residual, dB", "a mix, s")
EFFORT = (
    "algorithm", "steps", "training, s", "90 % after steps", "after s", "file, kB", "a decision, µs",
    "from nothing, slowest, s", "goal, s",
)  # fmt: skip


def page(found: Mapping[str, Measured], algorithms: Sequence[str], *, sessions: tuple[int, int], heard_s: float) -> str:
    """Return the whole page."""
    starts = _numbered(found, "start")
    trained, held_out = sessions
    seeds = max((len(_numbered(found, name)) for name in algorithms), default=0)
    told = (
        f"{trained} training sessions, {held_out} held-out ones, {len(starts)} scrambled starts, {seeds} seeds. "
        "± is the 95 % confidence interval of the mean over seeds; *worst* is over all starts and seeds. *90 %*: where "
        "the policy alone first reached that share, the mean over seeds. *From nothing*: hearing the songs included."
    )
    parts = [
        told,
        markdown(ENDS, [*_ceilings(starts), *_policies(found, algorithms)]),
        markdown(EFFORT, _efforts(found, algorithms, heard_s)),
    ]
    ablations = _ablations(found)
    if ablations:
        parts.append(markdown(("left out", "share of best known", "worst", "cost J", "residual, dB"), ablations))
    return "\n\n".join(parts)


def pictures(found: Mapping[str, Measured], algorithms: Sequence[str], folder: Path) -> None:
    """Draw the learning curves by environment steps and by seconds of training."""
    runs = {name: _numbered(found, name) for name in algorithms}
    shares = _ceiling_shares(_numbered(found, "start"))
    levels = {name: 100 * float(shares[name].mean()) for name in CEILINGS}
    for file, field, across in (
        ("curves.png", "marks", "environment steps"),
        ("curves_by_time.png", "seconds", "seconds of training, one thread"),
    ):
        curves = [
            Curve(name, np.mean([one[field] for one in seeds], axis=0), 100 * np.array([one["curve"] for one in seeds]))
            for name, seeds in runs.items()
            if seeds
        ]
        draw(
            folder / file,
            curves,
            across=across,
            up="share of the best known improvement, %",
            title="Each policy alone on held-out sessions, with 95 % bands",
            levels=levels,
            lowest=_LOWEST_DRAWN,
            logarithmic=True,
        )


def _numbered(found: Mapping[str, Measured], name: str) -> list[Measured]:
    """Return the runs of a name, in the order of their numbers."""
    return [run for key, run in found.items() if key.rpartition(" ")[0] == name]


def _ceiling_shares(starts: Sequence[Measured]) -> dict[str, F64]:
    """Return the share of the best known improvement of doing nothing and of each ceiling, start by start."""
    best = np.array([min(start[method]["cost"] for method in CEILINGS) for start in starts])
    before = np.array([start[NOTHING]["cost"] for start in starts])
    cost = {method: np.array([start[method]["cost"] for start in starts]) for method in (NOTHING, *CEILINGS)}
    return {method: (before - reached) / (before - best) for method, reached in cost.items()}


def _ceilings(starts: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    for method, share in _ceiling_shares(starts).items():
        cost, residual = (np.mean([start[method][field] for start in starts]) for field in ("cost", "residual_db"))
        seconds = np.median([start[method]["seconds"] for start in starts])
        shares = (f"{100 * share.mean():.1f} %", f"{100 * share.min():.1f} %")
        yield (method, "", *shares, f"{cost:.4f}", f"{residual:.2f}", f"{seconds:.2f}")


def _policies(found: Mapping[str, Measured], algorithms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    others = [key.rpartition(" ")[0] for key, run in found.items() if "ends" in run]
    for name in dict.fromkeys([*algorithms, *others]):
        runs = _numbered(found, name)
        if runs:
            for mode in MODES:
                tried = [run for run in runs if mode in run["ends"]]
                if tried:
                    yield _policy(name, mode, tried)


def _policy(name: str, mode: str, runs: Sequence[Measured]) -> tuple[str, ...]:
    ends = [run["ends"][mode] for run in runs]
    return (
        f"{name}, {mode}",
        str(len(runs)),
        percent([np.mean(end["share"]) for end in ends]),
        f"{100 * min(min(end['share']) for end in ends):.1f} %",
        shown([np.mean(end["cost"]) for end in ends], ".4f"),
        shown([np.mean(end["residual_db"]) for end in ends], ".2f"),
        f"{np.median([end['seconds'] for end in ends]):.2f}",
    )


def _efforts(found: Mapping[str, Measured], algorithms: Sequence[str], heard_s: float) -> Iterator[tuple[str, ...]]:
    for name in algorithms:
        runs = _numbered(found, name)
        if runs:
            slowest = max(run["seconds"][-1] for run in runs) + heard_s
            yield (
                name,
                f"{runs[0]['marks'][-1]:,}",
                shown([run["seconds"][-1] for run in runs], ".0f"),
                *_reached(runs),
                f"{np.mean([run['bytes'] for run in runs]) / 1000:.0f}",
                f"{np.median([run['decision_us'] for run in runs]):.0f}",
                f"{slowest:.0f}",
                str(_GOALS_S.get(name, "")),
            )
            for taught in _numbered(found, "tempo rows") if name == "double table" else ():
                whole = slowest + taught["seconds"][-1]
                yield (SHIPPED, *[""] * (len(EFFORT) - 3), f"{whole:.0f}", str(_GOALS_S[SHIPPED]))


def _reached(runs: Sequence[Measured]) -> tuple[str, str]:
    """Say after how many steps and seconds of training the mean of the seeds first reached the share."""
    curve = np.mean([run["curve"] for run in runs], axis=0)
    if curve.max() < _REACHED:
        return "–", "–"
    first = int(np.argmax(curve >= _REACHED))
    return f"{runs[0]['marks'][first]:,}", f"{np.mean([run['seconds'][first] for run in runs]):.0f}"


def _ablations(found: Mapping[str, Measured]) -> list[tuple[str, ...]]:
    rows = []
    for name in ABLATIONS:
        runs = _numbered(found, name)
        if runs:
            rows.append(
                (
                    name,
                    percent([np.mean(run["share"]) for run in runs]),
                    f"{100 * min(min(run['share']) for run in runs):.1f} %",
                    shown([np.mean(run["cost"]) for run in runs], ".4f"),
                    shown([np.mean(run["residual_db"]) for run in runs], ".2f"),
                )
            )
    return rows
