"""Honest ceilings: other ways to lower the same cost within the same limits, to stand beside the agent's results.

- closed form: every fader by its level error, then the master by the loudness error; no search, no EQ;
- equal loudness: the same with no regard to roles;
- coordinate descent: the best step of any knob until none helps, from several starts, then in finer steps;
- CMA-ES (Hansen 2016; package cma) over all faders, EQ gains and the master at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.actions import FADER_TRAVEL_DB, Limits, limits_around
from agent.environment import Scene
from agent.hearing.twin import Twin
from agent.reward import Sound
from agent.session import Settings

F64 = NDArray[np.float64]
_FINE_DB = (3.0, 1.0, 0.5, 0.25)
_WORTH = 1e-6


@dataclass(frozen=True, slots=True)
class Solution:
    """Settings, what they cost, and how many settings were tried on the way."""

    settings: Settings
    cost: float
    evaluations: int


class Bench:
    """One scene from one start, its knobs in a vector: faders (N,), master (1,), EQ gains (N·4,), all in dB."""

    def __init__(self, scene: Scene, start: Settings, *, eq: bool = True) -> None:
        self.scene, self.start, self.eq = scene, start, eq
        self.limits: Limits = limits_around(start)
        self.tracks = len(start.strips)
        limits, movable = self.limits, scene.goal.movable
        faders = np.array([s.gain_db for s in start.strips])
        gains = np.array([s.eq_gains_db for s in start.strips])
        turned = movable[:, None] & np.full(gains.shape, eq)
        self.origin = np.concatenate([faders, [start.master_gain_db], gains.ravel()])
        self.low = np.concatenate(
            [
                np.where(movable, limits.fader_low_db, faders),
                [limits.master_low_db],
                np.where(turned, limits.eq_low_db, gains).ravel(),
            ]
        )
        self.high = np.concatenate(
            [
                np.where(movable, limits.fader_high_db, faders),
                [limits.master_high_db],
                np.where(turned, limits.eq_high_db, gains).ravel(),
            ]
        )
        self.free = np.flatnonzero(self.high > self.low)
        self.evaluations = 0

    def settings(self, knobs: F64) -> Settings:
        """Return the settings of a vector of knobs, clipped to the limits."""
        inside = np.clip(knobs, self.low, self.high).tolist()
        eq = inside[self.tracks + 1 :]
        strips = tuple(
            replace(s.with_eq_gains(tuple(eq[4 * k : 4 * k + 4])), gain_db=inside[k])
            for k, s in enumerate(self.start.strips)
        )
        return replace(self.start, strips=strips, master_gain_db=inside[self.tracks])

    def sound(self, knobs: F64) -> Sound:
        """Return what the knobs sound like."""
        self.evaluations += 1
        self.scene.twin.set(self.settings(knobs))
        return Sound(self.scene.twin, self.scene.goal)

    def cost(self, knobs: F64) -> float:
        """Return J at the knobs."""
        return self.sound(knobs).cost().total

    def solution(self, knobs: F64) -> Solution:
        """Close the search."""
        return Solution(self.settings(knobs), self.cost(knobs), self.evaluations)


def closed_form(bench: Bench) -> Solution:
    """Level every track to its role's place and the master to the target, in one go."""
    return bench.solution(_levelled(bench))


def equal_loudness(bench: Bench) -> Solution:
    """Level every track to the same loudness, whatever its role."""
    same = replace(bench.scene.goal, level_db=np.zeros(bench.tracks))
    other = Bench(Scene(bench.scene.twin, same, bench.scene.start), bench.start, eq=False)
    return bench.solution(_levelled(other))


def coordinate_descent(bench: Bench, rng: np.random.Generator, *, starts: int = 5) -> Solution:
    """Descend from where the session stands and from random points within the limits; the best of them."""
    best, lowest = bench.origin, np.inf
    for count in range(starts):
        knobs = bench.origin.copy()
        if count:
            knobs[: bench.tracks + 1] = rng.uniform(bench.low, bench.high)[: bench.tracks + 1]
        for step in _FINE_DB:
            knobs = _descend(bench, knobs, step)
        cost = bench.cost(knobs)
        if cost < lowest:
            best, lowest = knobs, cost
    return bench.solution(best)


def cma_es(bench: Bench, *, seed: int, evaluations: int = 10_000) -> Solution:
    """Run CMA-ES from the closed form. Raises ``ModuleNotFoundError`` where the package cma is not installed."""
    import cma  # noqa: PLC0415 - a benchmark's dependency, not the program's

    start = _levelled(bench)
    free, knobs = bench.free, start.copy()

    def cost(values: Sequence[float]) -> float:
        knobs[free] = values
        return bench.cost(knobs)

    options = {"verbose": -9, "seed": seed + 1, "maxfevals": evaluations}
    search = cma.CMAEvolutionStrategy(start[free], 2.0, options)
    while not search.stop():
        tried = search.ask()
        search.tell(tried, [cost(values) for values in tried])
    knobs[free] = search.result.xbest
    return bench.solution(knobs.copy())


def _levelled(bench: Bench) -> F64:
    """Level all tracks; the common gain is free, so it is chosen where the limits leave the least error."""
    knobs, tracks = bench.origin.copy(), bench.tracks
    error = bench.sound(knobs).level_error_lu
    low, high = bench.low[:tracks], bench.high[:tracks]

    def left_over(common_db: float) -> float:
        wanted = bench.origin[:tracks] - error + common_db
        left = np.clip(wanted, low, high) - wanted
        return float(np.abs(left - left.mean()).sum())

    common_db = min(
        np.arange(-FADER_TRAVEL_DB, FADER_TRAVEL_DB + 0.1, 0.5).tolist(), key=lambda c: (left_over(c), abs(c))
    )
    knobs[:tracks] += common_db - error
    knobs = np.clip(knobs, bench.low, bench.high)
    knobs[tracks] -= bench.sound(knobs).loudness_error_lu
    levelled: F64 = np.clip(knobs, bench.low, bench.high)
    return levelled


def _descend(bench: Bench, start: F64, step_db: float) -> F64:
    """Turn one knob after the other by ± one step where that helps, until a whole round does not."""
    twin, goal, tracks = bench.scene.twin, bench.scene.goal, bench.tracks
    knobs = np.clip(start, bench.low, bench.high)
    lowest = bench.cost(knobs)
    better = True
    while better:
        better = False
        for knob in bench.free.tolist():
            for change in (-step_db, step_db):
                value = knobs[knob] + change
                if not bench.low[knob] - 1e-9 <= value <= bench.high[knob] + 1e-9:
                    continue
                _set(twin, knobs, knob, value, tracks)
                bench.evaluations += 1
                cost = Sound(twin, goal).cost().total
                if cost < lowest - _WORTH:
                    lowest, better = cost, True
                    knobs[knob] = value
                    break
                _set(twin, knobs, knob, float(knobs[knob]), tracks)
    return knobs


def _set(twin: Twin, knobs: F64, knob: int, value: float, tracks: int) -> None:
    if knob < tracks:
        twin.turn_fader(knob, value)
    elif knob == tracks:
        twin.turn_master(value)
    else:
        track, band = divmod(knob - tracks - 1, 4)
        gains = knobs[tracks + 1 + 4 * track : tracks + 5 + 4 * track].tolist()
        gains[band] = value
        twin.turn_eq(track, tuple(gains))
