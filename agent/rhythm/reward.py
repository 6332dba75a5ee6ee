"""What a stroke earns: a groove fits its style and the music.

r = 1.2 S + 1.2 M + .02 A + .01 W + .03 D + .02 Y + .03 R, each term clipped to [−1, 1]:

    S  style        the log-odds of what is hit in the style, above those of what it would leave out, over 4: the mean
                    of two hands and a foot
    M  music        the same of what begins in bass, chords and melody on the step, above the bar's average
    A  accents      accents where the style hits harder than usual, ghost notes where it hits softer
    W  weight       kick and snare on metrically heavy steps (Longuet-Higgins & Lee 1984)
    D  density      hits so far come closer to what the style would have had by now, over 2 hits
    Y  syncopation  (Longuet-Higgins & Lee 1984) of kick and snare comes closer to the style's, over 2
    R  repetition   kick and snare as in the bar before, as far as the style repeats itself

S, M, A and W depend on the step alone, so they stand in one table (``standing``). D and Y are improvements of a
distance: their sums over a part are how near it came, whatever the way. R fades as bars repeat, and is 0 in fills.
docs/rhythm.md says where the weights come from.
"""

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.chart import FILL, LIGHT, SILENT, Chart
from agent.rhythm.pattern import Voice
from agent.rhythm.strokes import ACCENTED, GHOSTED, HIT

F64 = NDArray[np.float64]

WEIGHTS = {
    "style": 1.20, "music": 1.20, "accents": 0.02, "weight": 0.01, "density": 0.03, "syncopation": 0.02,
    "repetition": 0.03,
}  # fmt: skip
# Where two hands do not reach for all that a style hits, kick and snare come before the cymbals: a part of what is
# counted as hats was played by a foot.
_MATTERS = np.array([0.6 if voice in (Voice.CLOSED_HAT, Voice.OPEN_HAT, Voice.RIDE) else 1.0 for voice in Voice])
_LIMBS = 3  # so many voices are hit at once at most
_ACCENT_COST = 0.3
DENSITY_SPAN_HITS = 2.0
SYNCOPATION_SPAN = 2.0
# After so many bars that were the same, another one earns nothing.
TIRED_AFTER_BARS = 16
# What decides of syncopation and repetition: kick and snare, but no ghost notes.
BEATEN = HIT[:, [Voice.KICK, Voice.SNARE]] - GHOSTED[:, [Voice.KICK, Voice.SNARE]] > 0
HITS = HIT.sum(1)


def standing(chart: Chart) -> F64:
    """Return what each stroke earns on each step whatever was played before, (T, strokes)."""
    counted = HIT * _MATTERS / _LIMBS
    style = _unit(chart.style @ counted.T)
    music = _unit(chart.music @ counted.T)
    accents = _unit((chart.loud - _ACCENT_COST) @ ACCENTED.T - (chart.loud + _ACCENT_COST) @ GHOSTED.T)
    heavy = np.clip((chart.weight + 2.5) / 2.0, -1.0, 1.0)
    weight = np.outer(heavy, BEATEN.sum(1) / 2.0)
    return (
        WEIGHTS["style"] * style + WEIGHTS["music"] * music + WEIGHTS["accents"] * accents + WEIGHTS["weight"] * weight
    )


class Bearing:
    """How a part stands to density, syncopation and the bar before; owns these figures as the part is written.

    All strokes that hit as many voices and the same of kick and snare earn the same here: they are one ``KIND``.
    """

    __slots__ = (
        "_chart",
        "_last_weight",
        "_rest",
        "_same",
        "_start",
        "beaten",
        "hits",
        "run",
        "syncopation",
        "syncopation_due",
    )

    def __init__(self, chart: Chart, start: int) -> None:
        self._chart, self._start = chart, start
        self.hits = float(chart.due[start])  # so far, on the scale of ``Chart.due``
        self.beaten: list[tuple[bool, bool]] = []  # kick and snare on each step so far
        self.syncopation = self.syncopation_due = 0.0
        self._last_weight: float | None = None
        self._rest = -np.inf
        self.run, self._same = 0, True

    def earned(self, at: int, kind: int) -> float:
        """Return D, Y and R, weighted, of playing a kind of stroke on a step."""
        chart = self._chart
        hits, kick, snare = KINDS[kind]
        due, then = float(chart.due[at]), float(chart.due[at + 1])
        density = _clip((abs(self.hits - due) - abs(self.hits + hits - then)) / DENSITY_SPAN_HITS)
        missing = abs(self.syncopation - self.syncopation_due)
        left = abs(self.syncopation + self.lift(at, beaten=kick or snare) - self._due_then(at))
        syncopation = _clip((missing - left) / SYNCOPATION_SPAN)
        total = WEIGHTS["density"] * density + WEIGHTS["syncopation"] * syncopation
        before = self.before(at)
        if before is not None and chart.place[at] != FILL:
            alike = int(before[0] == kick) + int(before[1] == snare) - 1
            fresh = max(0.0, 1.0 - self.run / TIRED_AFTER_BARS)
            total += WEIGHTS["repetition"] * chart.again * fresh * alike
        return total

    def play(self, at: int, kind: int) -> None:
        """Take a stroke of a kind on."""
        hits, kick, snare = KINDS[kind]
        chart = self._chart
        before = self.before(at)
        self._same = self._same and before == (kick, snare)
        self.hits += hits
        self.syncopation += self.lift(at, beaten=kick or snare)
        self.syncopation_due = self._due_then(at)
        weight = float(chart.weight[at])
        if kick or snare:
            self._last_weight, self._rest = weight, -np.inf
        elif self._last_weight is not None:
            self._rest = max(self._rest, weight)
        self.beaten.append((kick, snare))
        if (at + 1) % chart.steps == 0:
            self.run = self.run + 1 if self._same else 0
            self._same = True

    def before(self, at: int) -> tuple[bool, bool] | None:
        """Return whether kick and snare were hit on the same step one bar before; None where nothing was played there.

        A bar that is a fill or silent there says nothing.
        """
        there = at - self._chart.steps
        if there < self._start or self._chart.place[there] in (FILL, LIGHT, SILENT):
            return None
        return self.beaten[there - self._start]

    def lift(self, at: int, *, beaten: bool) -> float:
        """Return by how much syncopation grows: a rest heavier than the last hit, and than all rests since."""
        if beaten or self._last_weight is None:
            return 0.0
        return max(0.0, float(self._chart.weight[at]) - max(self._last_weight, self._rest))

    def _due_then(self, at: int) -> float:
        share = 0.0 if self._chart.place[at] in (LIGHT, SILENT) else 1.0 / self._chart.steps
        return self.syncopation_due + self._chart.syncopation * share


def _clip(value: float) -> float:
    return -1.0 if value < -1.0 else min(value, 1.0)


def _unit(values: F64) -> F64:
    return np.clip(values, -1.0, 1.0)


_KIND_ROWS = [(int(h), bool(k), bool(s)) for h, (k, s) in zip(HITS.tolist(), BEATEN.tolist(), strict=True)]
KINDS: tuple[tuple[int, bool, bool], ...] = tuple(sorted(set(_KIND_ROWS)))
# (strokes,): the kind of each.
KIND_OF = np.array([KINDS.index(row) for row in _KIND_ROWS], np.intp)
