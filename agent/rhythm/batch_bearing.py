"""How many parts stand at once: ``agent.rhythm.reward.Bearing`` and ``agent.rhythm.playability.Limbs`` for Q copies.

Charts lie side by side, the shorter ones ending in silence; every copy is somewhere in one of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.rhythm import features, observation
from agent.rhythm.chart import FILL, LIGHT, SILENT, Chart
from agent.rhythm.features import Played
from agent.rhythm.pattern import Voice
from agent.rhythm.playability import EXACT_S, FOOT_MIN_S, HAND_MIN_S, TOGETHER_S
from agent.rhythm.reward import (
    BEATEN,
    DENSITY_SPAN_HITS,
    HITS,
    SYNCOPATION_SPAN,
    TIRED_AFTER_BARS,
    WEIGHTS,
    standing,
)
from agent.rhythm.strokes import HANDS, HIT, KICKED, STROKES

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

_KICK: Bools = BEATEN[:, 0]
_SNARE: Bools = BEATEN[:, 1]
_ANY: Bools = _KICK | _SNARE
_HATS = (Voice.CLOSED_HAT, Voice.OPEN_HAT)
# (hands free, foot free, strokes); and, while a hat of one kind sounds, what does not hit the other: (2, strokes).
_OPEN = np.array([[(hands >= HANDS) & (foot | ~KICKED) for foot in (False, True)] for hands in range(3)])
_BESIDE = np.array([HIT[:, other] == 0 for other in reversed(_HATS)])


class Charts:
    """What never changes while drums are written for charts (C): arrays over their steps (T), and one number each."""

    def __init__(self, charts: Sequence[Chart]) -> None:
        longest = max(len(chart.time_s) for chart in charts)
        shape = (len(charts), longest)
        self.time_s, self.weight, self.place = np.zeros(shape), np.zeros(shape), np.full(shape, SILENT)
        self.due = np.zeros((len(charts), longest + 1))
        self.earns = np.zeros((*shape, len(STROKES)))
        self.known = np.zeros((*shape, len(observation.SHAPE) - 3), np.int64)
        self.features = np.zeros((*shape, features.KNOWN), np.float32)
        for row, chart in enumerate(charts):
            steps = slice(0, len(chart.time_s))
            self.time_s[row, steps], self.weight[row, steps] = chart.time_s, chart.weight
            self.place[row, steps], self.due[row, : len(chart.due)] = chart.place, chart.due
            self.earns[row, steps], self.known[row, steps] = standing(chart), observation.standing(chart)
            self.features[row, steps] = features.standing(chart)
        self.length = np.array([len(chart.time_s) for chart in charts])
        self.steps = np.array([chart.steps for chart in charts])
        self.again = np.array([chart.again for chart in charts])
        share = np.array([chart.syncopation / chart.steps for chart in charts])
        says_nothing = np.isin(self.place, (LIGHT, SILENT))
        self.syncopates = np.where(says_nothing, 0.0, share[:, None])
        self.tells = ~(says_nothing | (self.place == FILL))


class BatchBearing:
    """Owns where each of Q copies is in its chart (``chart``, ``at``) and all that follows from what it played."""

    def __init__(self, charts: Charts, copies: int) -> None:
        self.charts = charts
        self.chart, self.at, self.start = (np.zeros(copies, np.intp) for _ in range(3))
        self.hits, self.syncopation, self.syncopation_due = (np.zeros(copies) for _ in range(3))
        self.last_weight, self.rest = np.zeros(copies), np.zeros(copies)
        self.run, self.same = np.zeros(copies, np.intp), np.ones(copies, bool)
        self.beaten = np.zeros((copies, charts.place.shape[1] + 1, 2), bool)
        self.hands_s, self.foot_s = np.zeros((copies, 2)), np.zeros(copies)
        self.hat, self.hat_s = np.zeros(copies, np.intp), np.zeros(copies)
        self._every = np.arange(copies)

    def begin(self, which: Ints, chart: Ints, start: Ints) -> None:
        """Put copies (n,) to the first steps (n,) of their stretches of charts (n,), nothing played yet."""
        self.chart[which], self.at[which], self.start[which] = chart, start, start
        self.hits[which] = self.charts.due[chart, start]
        self.syncopation[which] = self.syncopation_due[which] = 0.0
        self.last_weight[which], self.rest[which] = np.nan, -np.inf
        self.run[which], self.same[which] = 0, True
        self.hands_s[which] = self.foot_s[which] = self.hat_s[which] = -np.inf

    def play(self, stroke: Ints, playing: Bools) -> F64:
        """Play a stroke in the copies that are playing, go on to the next step, and return what each earned."""
        charts, at = self.charts, self._where()
        place = (self.chart, at)
        kick, snare, beats = _KICK[stroke], _SNARE[stroke], _ANY[stroke]
        due, then = charts.due[place], charts.due[self.chart, at + 1]
        hits = self.hits + HITS[stroke]
        density = ((np.abs(self.hits - due) - np.abs(hits - then)) / DENSITY_SPAN_HITS).clip(-1.0, 1.0)
        syncopation = self.syncopation + np.where(beats, 0.0, self._lift(place))
        due_then = self.syncopation_due + charts.syncopates[place]
        missing, left = np.abs(self.syncopation - self.syncopation_due), np.abs(syncopation - due_then)
        nearer = ((missing - left) / SYNCOPATION_SPAN).clip(-1.0, 1.0)
        told, before = self._before(at)
        alike = (before[:, 0] == kick).astype(np.intp) + (before[:, 1] == snare) - 1
        repeats = told & (charts.place[place] != FILL)
        repetition = np.where(repeats, charts.again[self.chart] * self._fresh() * alike, 0.0)
        earned: F64 = charts.earns[self.chart, at, stroke] + (
            WEIGHTS["density"] * density + WEIGHTS["syncopation"] * nearer + WEIGHTS["repetition"] * repetition
        )
        self.same &= told & (alike == 1)
        self.hits, self.syncopation, self.syncopation_due = hits, syncopation, due_then
        weight = charts.weight[place]
        counts = np.where(np.isnan(self.last_weight), self.rest, np.maximum(self.rest, weight))
        self.rest = np.where(beats, -np.inf, counts)
        self.last_weight = np.where(beats, weight, self.last_weight)
        self.beaten[self._every, at, 0], self.beaten[self._every, at, 1] = kick, snare
        self._strike(charts.time_s[place], stroke)
        self.at = self.at + playing
        ends = self.at % charts.steps[self.chart] == 0
        self.run = np.where(ends, np.where(self.same, self.run + 1, 0), self.run)
        self.same |= ends
        return np.where(playing, earned, 0.0)

    def mask(self) -> Bools:
        """Tell which strokes two hands and a foot can play, (Q, strokes)."""
        time_s = self._time_s()
        hands, foot = self._free(time_s)
        mask: Bools = _OPEN[hands, foot]
        near = np.flatnonzero(time_s - self.hat_s < TOGETHER_S)
        if len(near):
            mask[near] &= _BESIDE[self.hat[near]]
        return mask

    def observe(self) -> I64:
        """Return the observations, (Q, 9)."""
        where = self._where()
        told, before = self._before(where)
        seen = np.empty((len(where), len(observation.SHAPE)), np.int64)
        seen[:, :6] = self.charts.known[self.chart, where]
        seen[:, 6] = told * np.where(before[:, 1], 2, before[:, 0])
        seen[:, 7] = self._just()
        due, margin = self.charts.due[self.chart, where], observation.DENSITY_HITS
        seen[:, 8] = 1 + (self.hits > due + margin).astype(np.int64) - (self.hits < due - margin)
        return seen

    def features(self) -> F32:
        """Return the features, (Q, 46), see ``agent.rhythm.features``."""
        where = self._where()
        told, before = self._before(where)
        said = np.where(told[:, None], 2 * before.astype(np.intp) - 1, 0)
        hands, foot = self._free(self._time_s())
        moving = features.moving(
            Played(
                self.hits - self.charts.due[self.chart, where],
                self.syncopation - self.syncopation_due,
                self._lift((self.chart, where)),
                said[:, 0],
                said[:, 1],
                self._just(),
                self._fresh(),
                hands,
                foot,
            )
        )
        return np.concatenate([self.charts.features[self.chart, where], moving], axis=1)

    def _where(self) -> Ints:
        where: Ints = np.minimum(self.at, self.charts.length[self.chart] - 1)
        return where

    def _time_s(self) -> F64:
        time_s: F64 = self.charts.time_s[self.chart, self._where()]
        return time_s

    def _lift(self, place: tuple[Ints, Ints]) -> F64:
        with np.errstate(invalid="ignore"):
            lift = np.maximum(0.0, self.charts.weight[place] - np.maximum(self.last_weight, self.rest))
        return np.where(np.isnan(self.last_weight), 0.0, lift)

    def _before(self, at: Ints) -> tuple[Bools, Bools]:
        """Tell whether the bar before says something of steps (Q,), and what (Q, 2): kick, snare."""
        there = at - self.charts.steps[self.chart]
        told = (there >= self.start) & self.charts.tells[self.chart, np.maximum(there, 0)]
        return told, self.beaten[self._every, there]

    def _just(self) -> Bools:
        beaten: Bools = self.beaten[self._every, self.at - 1].any(1) & (self.at > self.start)
        return beaten

    def _fresh(self) -> F64:
        return np.maximum(0.0, 1.0 - self.run / TIRED_AFTER_BARS)

    def _free(self, time_s: F64) -> tuple[Ints, Ints]:
        hands = (self.hands_s <= (time_s - HAND_MIN_S + EXACT_S / 2)[:, None]).sum(1)
        return hands, (self.foot_s <= time_s - FOOT_MIN_S + EXACT_S / 2).astype(np.intp)

    def _strike(self, time_s: F64, stroke: Ints) -> None:
        hands = HANDS[stroke]
        latest = self.hands_s[:, 0]
        self.hands_s[:, 1] = np.where(hands == 2, time_s, np.where(hands == 1, latest, self.hands_s[:, 1]))
        self.hands_s[:, 0] = np.where(hands > 0, time_s, latest)
        self.foot_s = np.where(KICKED[stroke], time_s, self.foot_s)
        for number, hat in enumerate(_HATS):
            hit = HIT[stroke, hat] > 0
            self.hat[hit], self.hat_s[hit] = number, time_s[hit]
