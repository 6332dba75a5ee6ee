"""Many drum parts at once: ``agent.rhythm.environment.RhythmEnv`` for a batch, stepped in NumPy calls.

Each copy draws its chart and its stretch of bars at the start of each episode, as ``RhythmEnv`` does, by the very same
calls: a single copy is that environment, draw for draw. Spaces, rewards and ends are those of ``RhythmEnv``. A copy
whose episode ended starts the next one at its next step, whose action is not looked at (Gymnasium's ``NEXT_STEP``), or
at once, and ``infos["final_obs"]`` tells what was seen last (``SAME_STEP``).
``infos``: ``strip`` (always 0), ``action_mask`` (copies, strokes), ``step`` and ``chart`` (copies,).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from agent.q_learning import Observations
from agent.rhythm.batch_bearing import BatchBearing, Charts
from agent.rhythm.chart import Chart
from agent.rhythm.environment import drawn, observation_space, stretch_of
from agent.rhythm.strokes import REST, STROKES

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Seen = NDArray[Any]


class RhythmVectorEnv(VectorEnv[Seen, I64, NDArray[Any]]):
    """``copies`` environments over charts; the other arguments are those of ``RhythmEnv``."""

    def __init__(
        self,
        charts: Sequence[Chart],
        copies: int,
        *,
        bars: int | None = None,
        observations: Observations = "discrete",
        autoreset: AutoresetMode = AutoresetMode.NEXT_STEP,
    ) -> None:
        if not charts or copies < 1:
            raise ValueError(f"{copies} copies of {len(charts)} charts: there must be one of each at least")
        self.charts = tuple(charts)
        self.bars, self.observations = bars, observations
        self.num_envs = copies
        self.metadata = {"autoreset_mode": autoreset}
        self.single_observation_space = observation_space(observations)
        self.single_action_space = spaces.Discrete(len(STROKES))
        self.observation_space = batch_space(self.single_observation_space, copies)
        self.action_space = batch_space(self.single_action_space, copies)
        self._bearing = BatchBearing(Charts(charts), copies)
        self._every = np.arange(copies)
        self._end = np.zeros(copies, np.intp)
        self._over = np.zeros(copies, bool)
        self._open = np.zeros((copies, len(STROKES)), bool)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Start an episode in every copy."""
        super().reset(seed=seed)
        del options
        self._start(self._every)
        return self._seen()

    def step(self, actions: I64) -> tuple[Seen, F64, Bools, Bools, dict[str, Any]]:
        """Play a stroke in every copy, or start its next episode where the last one ended."""
        chosen, playing = np.asarray(actions, np.intp), ~self._over
        stroke = np.where(self._open[self._every, chosen], chosen, REST)
        rewards = self._bearing.play(stroke, playing)
        self._start(np.flatnonzero(~playing))
        terminated = playing & (self._bearing.at >= self._end)
        self._over = terminated.copy()
        seen, infos = self._seen()
        if self.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP and terminated.any():
            final = {"final_obs": seen, "_final_obs": terminated.copy()}
            self._start(np.flatnonzero(terminated))
            seen, infos = self._seen()
            infos |= final
        return seen, rewards, terminated, np.zeros(self.num_envs, bool), infos

    def _start(self, which: Ints) -> None:
        """Draw where the next episodes of copies (n,), which may be none, begin, and put them there."""
        if not len(which):
            return
        begun = []
        for _ in which:
            number = drawn(self.np_random, len(self.charts))
            chart = self.charts[number]
            bars = stretch_of(chart, self.bars)
            bar = drawn(self.np_random, chart.bars - bars + 1)
            begun.append((number, bar * chart.steps, (bar + bars) * chart.steps))
        numbers, starts, self._end[which] = np.array(begun).T
        self._bearing.begin(which, numbers, starts)
        self._over[which] = False

    def _seen(self) -> tuple[Seen, dict[str, Any]]:
        bearing = self._bearing
        seen = bearing.observe() if self.observations == "discrete" else bearing.features()
        self._open = bearing.mask()
        return seen, {
            "strip": np.zeros(self.num_envs, np.intp),
            "action_mask": self._open.copy(),
            "step": bearing.at.copy(),
            "chart": bearing.chart.copy(),
        }
