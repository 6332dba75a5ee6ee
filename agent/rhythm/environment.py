"""Writing a drum part as a Gymnasium environment, one step of the grid after another, one bar after another.

Observation: ``MultiDiscrete`` of ``agent.rhythm.observation.SHAPE``, see there, or the features of
``agent.rhythm.features``, ``Box(-1, 1, (46,))``. Action: ``Discrete``, a row of ``agent.rhythm.strokes.STROKES``: which
voices are hit, and how hard; ``info["action_mask"]`` says which two hands and
a foot can play there, a closed one counts as a rest. Reward: see ``agent.rhythm.reward``. Terminated after the last
step of the stretch of bars. ``info``: ``strip`` (always 0: one drummer), ``action_mask``, ``step``.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent.q_learning import Observations
from agent.rhythm import features, observation
from agent.rhythm.chart import Chart
from agent.rhythm.features import Played
from agent.rhythm.picture import Picture, picture, text
from agent.rhythm.playability import Limbs
from agent.rhythm.reward import KIND_OF, KINDS, TIRED_AFTER_BARS, Bearing, standing
from agent.rhythm.strokes import REST, STROKES

F64 = NDArray[np.float64]


class RhythmEnv(gymnasium.Env[NDArray[Any], np.int64]):
    """Write drums for one of several charts; an episode is a stretch of ``bars`` of it, or all of it (None).

    ``options={"chart": int, "bar": int, "bars": int}`` of ``reset`` choose what would otherwise be drawn.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 8}  # noqa: RUF012 - Gymnasium's way

    def __init__(
        self,
        charts: Sequence[Chart],
        *,
        bars: int | None = None,
        observations: Observations = "discrete",
        render_mode: str | None = None,
    ) -> None:
        if not charts:
            raise ValueError("an environment needs at least one chart")
        self.charts = tuple(charts)
        self.bars = bars
        self.observations, self.render_mode = observations, render_mode
        self.observation_space = observation_space(observations)
        self.action_space = spaces.Discrete(len(STROKES))
        self._standing = [standing(chart) for chart in self.charts]
        self._known = [observation.standing(chart) for chart in self.charts]
        self._features = [features.standing(chart) for chart in self.charts]
        self._which = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode; see the class for ``options``."""
        super().reset(seed=seed)
        told = options or {}
        self._which = int(told["chart"]) if "chart" in told else self._drawn(len(self.charts))
        chart = self.chart
        bars = stretch_of(chart, told.get("bars", self.bars))
        bar = int(told["bar"]) if "bar" in told else self._drawn(chart.bars - bars + 1)
        self.at = self._start = bar * chart.steps
        self._end = self._start + bars * chart.steps
        self._limbs = Limbs()
        self._bearing = Bearing(chart, self.at)
        self.played: list[int] = []
        return self._seen()

    def step(self, action: np.int64 | int) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
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

    def render(self) -> str | Picture | None:
        """Return the bar as text (``ansi``) or the stretch as pixels (``rgb_array``); see ``agent.rhythm.picture``."""
        if self.render_mode == "ansi":
            return text(self.chart, self._start, self.played)
        return picture(self.chart, self._start, self._end, self.played) if self.render_mode == "rgb_array" else None

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
        return drawn(self.np_random, count)

    def _seen(self) -> tuple[NDArray[Any], dict[str, Any]]:
        at, chart, bearing = self.at, self.chart, self._bearing
        # Past the end there is no step: the last one is shown once more, and nothing may be learned from it.
        where = min(at, len(chart.time_s) - 1)
        before, just = bearing.before(where), bool(bearing.beaten) and any(bearing.beaten[-1])
        self._open = self._limbs.mask(float(chart.time_s[where]))
        if self.observations == "discrete":
            seen: NDArray[Any] = np.empty(len(observation.SHAPE), np.int64)
            seen[:6] = self._known[self._which][where]
            seen[6:] = (
                observation.before_of(before),
                just,
                observation.density_of(bearing.hits, float(chart.due[where])),
            )
        else:
            kick, snare = (0, 0) if before is None else (2 * hit - 1 for hit in before)
            played = Played(
                bearing.hits - float(chart.due[where]),
                bearing.syncopation - bearing.syncopation_due,
                bearing.lift(where, beaten=False),
                kick,
                snare,
                just,
                max(0.0, 1.0 - bearing.run / TIRED_AFTER_BARS),
                *self._limbs.free(float(chart.time_s[where])),
            )
            seen = np.concatenate([self._features[self._which][where], features.moving(played)])
        return seen, {"strip": 0, "action_mask": self._open.copy(), "step": at}


def observation_space(observations: Observations) -> spaces.Space[NDArray[Any]]:
    """Return the space of the observations: binned for a table, or the features of ``agent.rhythm.features``."""
    if observations == "discrete":
        return spaces.MultiDiscrete(list(observation.SHAPE))
    return spaces.Box(-1.0, 1.0, (features.COUNT,), np.float32)


def stretch_of(chart: Chart, bars: int | None) -> int:
    """Return how many bars an episode has: as many as asked for, or as there are."""
    return min(int(bars or chart.bars), chart.bars)


def drawn(rng: np.random.Generator, count: int) -> int:
    """Draw one of so many; of a single one none is drawn."""
    return int(rng.integers(count)) if count > 1 else 0
