"""Writing a drum part as a Gymnasium environment, one step of the grid after another, one bar after another.

Observation: ``MultiDiscrete`` of ``agent.rhythm.observation.SHAPE``, see there. Action: ``Discrete``, a row of
``agent.rhythm.strokes.STROKES``: which voices are hit, and how hard; ``info["action_mask"]`` says which two hands and
a foot can play there, a closed one counts as a rest. Reward: see ``agent.rhythm.reward``. Terminated after the last
step of the stretch of bars. ``info``: ``strip`` (always 0: one drummer), ``action_mask``, ``step``.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent.rhythm import observation
from agent.rhythm.chart import Chart
from agent.rhythm.playability import Limbs
from agent.rhythm.reward import KIND_OF, KINDS, Bearing, standing
from agent.rhythm.strokes import REST, STROKES

F64 = NDArray[np.float64]


class RhythmEnv(gymnasium.Env[NDArray[np.int64], np.int64]):
    """Write drums for one of several charts; an episode is a stretch of ``bars`` of it, or all of it (None).

    ``options={"chart": int, "bar": int, "bars": int}`` of ``reset`` choose what would otherwise be drawn.
    """

    def __init__(self, charts: Sequence[Chart], *, bars: int | None = None) -> None:
        if not charts:
            raise ValueError("an environment needs at least one chart")
        self.charts = tuple(charts)
        self.bars = bars
        self.observation_space = spaces.MultiDiscrete(list(observation.SHAPE))
        self.action_space = spaces.Discrete(len(STROKES))
        self._standing = [standing(chart) for chart in self.charts]
        self._known = [observation.standing(chart) for chart in self.charts]
        self._which = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.int64], dict[str, Any]]:
        """Start an episode; see the class for ``options``."""
        super().reset(seed=seed)
        told = options or {}
        self._which = int(told["chart"]) if "chart" in told else self._drawn(len(self.charts))
        chart = self.chart
        bars = min(int(told.get("bars", self.bars or chart.bars)), chart.bars)
        bar = int(told["bar"]) if "bar" in told else self._drawn(chart.bars - bars + 1)
        self.at, self._end = bar * chart.steps, (bar + bars) * chart.steps
        self._limbs = Limbs()
        self._bearing = Bearing(chart, self.at)
        self.played: list[int] = []
        return self._seen()

    def step(self, action: np.int64 | int) -> tuple[NDArray[np.int64], float, bool, bool, dict[str, Any]]:
        """Play a stroke and go on to the next step."""
        stroke = int(action) if self._open[int(action)] else REST
        at, kind = self.at, self.kind_of(stroke)
        earned = float(self._standing[self._which][at, stroke]) + self._bearing.earned(at, kind)
        self._bearing.play(at, kind)
        self._limbs.strike(float(self.chart.time_s[at]), stroke)
        self.played.append(stroke)
        self.at += 1
        seen, info = self._seen()
        return seen, earned, self.at >= self._end, False, info

    @property
    def chart(self) -> Chart:
        """The chart of this episode."""
        return self.charts[self._which]

    def credits(self) -> F64:
        """Return what each stroke would earn here, (strokes,), without playing it."""
        dynamic = np.array([self._bearing.earned(self.at, kind) for kind in range(len(KINDS))])
        total: F64 = self._standing[self._which][self.at] + dynamic[KIND_OF]
        return total

    def after(self) -> NDArray[np.int64] | None:
        """Return what would be seen next after each kind of stroke, (kinds, axes); None on the last step."""
        if self.at + 1 >= self._end:
            return None
        chart, bearing, then = self.chart, self._bearing, self.at + 1
        known = [*self._known[self._which][then].tolist(), observation.before_of(bearing.before(then))]
        due = float(chart.due[then])
        return np.array(
            [
                [*known, int(kick or snare), observation.density_of(bearing.hits + hits, due)]
                for hits, kick, snare in KINDS
            ],
            np.int64,
        )

    @staticmethod
    def kind_of(stroke: int) -> int:
        """Return the row of ``after`` for a stroke."""
        return int(KIND_OF[stroke])

    def _drawn(self, count: int) -> int:
        return int(self.np_random.integers(count)) if count > 1 else 0

    def _seen(self) -> tuple[NDArray[np.int64], dict[str, Any]]:
        at, chart, bearing = self.at, self.chart, self._bearing
        # Past the end there is no step: the last one is shown once more, and nothing may be learned from it.
        where = min(at, len(chart.time_s) - 1)
        seen = np.empty(len(observation.SHAPE), np.int64)
        seen[:6] = self._known[self._which][where]
        seen[6] = observation.before_of(bearing.before(where))
        seen[7] = bool(bearing.beaten) and any(bearing.beaten[-1])
        seen[8] = observation.density_of(bearing.hits, float(chart.due[where]))
        self._open = self._limbs.mask(float(chart.time_s[where]))
        return seen, {"strip": 0, "action_mask": self._open.copy(), "step": at}
