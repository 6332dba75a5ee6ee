"""The tuning session as a Gymnasium environment.

A step looks at one knob (round-robin over the movable tracks and the five knobs of each) and turns it, or holds. A mix
is tuned as a session of one track (``Twin.bounced``).

Observation: ``MultiDiscrete`` of ``agent.tone.observation.SHAPE``, see there. Action: ``Discrete(17)``, see
``agent.tone.moves``; ``info["action_mask"]`` (17,) says which are open, a closed one counts as hold. Reward: see
``agent.tone.reward``. Terminated when a whole round held; truncated after ``rounds`` looks at each knob.
``info``: ``strip`` (the number of the knob: 5 · track + knob), ``action_mask``, ``cost`` (a ``ToneCost``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent.hearing.twin import Twin
from agent.planning import PlannedEnv
from agent.session import Settings
from agent.tone import observation
from agent.tone.goal import ToneGoal
from agent.tone.moves import HOLD, KNOBS, MOVES, ToneLimits, Turn, drawn_eq, limits_around, mask, turn
from agent.tone.reward import ToneCost, ToneSound, reward

ROUNDS = 16
# What a step of a descent must gain in dB: with many tracks there are many steps that gain next to nothing.
WORTH_ALONE_DB, WORTH_TOGETHER_DB = 2e-4, 1e-3


@dataclass(frozen=True, slots=True)
class ToneScene:
    """One session to tune: its twin, what it should become, and the settings it is found at."""

    twin: Twin
    goal: ToneGoal
    start: Settings


class TuneEnv(PlannedEnv[ToneCost]):
    """Tune one of several sessions.

    ``sweep``: whether the bands' frequencies and widths may be turned too. ``astray``: the share of episodes that start
    with a random EQ. ``options={"start": Settings}`` of ``reset``
    starts an episode elsewhere, ``{"found": Settings}`` says around which settings the limits lie (those of the start,
    unless told). ``fine`` scales all moves, and 1 is what the table was trained with.
    """

    def __init__(
        self, scenes: Sequence[ToneScene], *, sweep: bool = True, rounds: int = ROUNDS, astray: float = 0.0
    ) -> None:
        if not scenes:
            raise ValueError("an environment needs at least one session")
        self.scenes = list(scenes)
        self.sweep, self.rounds, self.astray, self.fine = sweep, rounds, astray, 1.0
        self.observation_space = spaces.MultiDiscrete(list(observation.SHAPE))
        self.action_space = spaces.Discrete(len(MOVES))
        self._which = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.int64], dict[str, Any]]:
        """Start an episode; see the class for ``options``."""
        super().reset(seed=seed)
        self._which = int(self.np_random.integers(len(self.scenes))) if len(self.scenes) > 1 else 0
        scene = self.scenes[self._which]
        chosen = options or {}
        start = chosen.get("start") or scene.start
        if self.np_random.random() < self.astray:
            start = self.elsewhere(start, self.np_random) or start
        self.limits: ToneLimits = limits_around(chosen.get("found") or start, scene.goal.eq_limit_db)
        few = np.count_nonzero(scene.goal.movable) <= 1
        self.worth = WORTH_ALONE_DB / max(1, len(scene.goal.movable)) if few else WORTH_TOGETHER_DB
        scene.twin.set(start)
        tracks = np.flatnonzero(scene.goal.movable).tolist() or [0]
        self.knobs = [(track, knob) for track in tracks for knob in range(len(KNOBS))]
        self._sounding = int(np.count_nonzero(scene.goal.audible))
        self._at = self._looks = self._held = 0
        self.hear_again()
        return self._seen()

    def step(self, action: np.int64 | int) -> tuple[NDArray[np.int64], float, bool, bool, dict[str, Any]]:
        """Turn the knob last seen, or hold, and look at the next."""
        index = int(action)
        moved = index != HOLD and bool(self._open[index])
        earned = 0.0
        if moved:
            before = self.cost.total
            turn(self.twin, *self.knobs[self._at], index, fine=self.fine)
            earned = reward(before, self.hear_again().total, self._sounding, moved=True)
        self._held = 0 if moved else self._held + 1
        self._looks += 1
        self._at = (self._at + 1) % len(self.knobs)
        terminated = self._held >= len(self.knobs)
        truncated = not terminated and self._looks >= self.rounds * len(self.knobs)
        seen, info = self._seen()
        return seen, earned, terminated, truncated, info

    @property
    def scene(self) -> ToneScene:
        """The session of this episode."""
        return self.scenes[self._which]

    @property
    def twin(self) -> Twin:
        """Its twin."""
        return self.scene.twin

    @property
    def settings(self) -> Settings:
        """The settings the twin is at."""
        return self.twin.settings

    @property
    def places(self) -> int:
        """How many knobs there are."""
        return len(self.knobs)

    def turns(self, place: int) -> Iterator[int]:
        """Yield the moves other than hold that are open at a knob."""
        for index in np.flatnonzero(self._mask(place)[1:]).tolist():
            yield index + 1

    def turn(self, place: int, index: int) -> Turn:
        """Turn a knob on the twin and return what takes it back; ``hear_again`` tells what came of it."""
        return turn(self.twin, *self.knobs[place], index, fine=self.fine)

    def hear_again(self) -> ToneCost:
        """Hear the twin as it now stands, keep what was heard, and return its cost."""
        self.sound = ToneSound(self.twin, self.scene.goal)
        self.cost = self.sound.cost()
        return self.cost

    def elsewhere(self, found: Settings, rng: np.random.Generator) -> Settings | None:
        """Return the found settings with a random EQ on every movable track, where bands can be swept.

        Errors of two bands that stand in each other's place hold a descent: exploring starts get it out (Sutton and
        Barto 2018, section 5.3).
        """
        if not self.sweep:
            return None
        limits = limits_around(found, self.scene.goal.eq_limit_db)
        strips = list(found.strips)
        for track in np.flatnonzero(self.scene.goal.movable).tolist():
            strips[track] = replace(strips[track], eq=drawn_eq(strips[track].eq, limits, track, rng))
        return replace(found, strips=tuple(strips))

    def judge(self, found: Settings, before: ToneCost) -> Callable[[ToneCost], float]:  # noqa: ARG002 - J says it all
        """Return J without its loudness, which the fader settles to the last digit once the EQ stands.

        With it a descent stops where no step of the fader makes up for a small step of an EQ band.
        """
        return lambda cost: cost.total - cost.loudness

    def _mask(self, place: int) -> NDArray[np.bool_]:
        if not self.scene.goal.movable.any():
            held: NDArray[np.bool_] = np.arange(len(MOVES)) == HOLD
            return held
        return mask(self.twin, *self.knobs[place], self.limits, sweep=self.sweep, fine=self.fine)

    def _seen(self) -> tuple[NDArray[np.int64], dict[str, Any]]:
        track, knob = self.knobs[self._at]
        seen = observation.observe(self.sound, track, knob, sweep=self.sweep)
        self._open = self._mask(self._at)
        info = {"strip": track * len(KNOBS) + knob, "action_mask": self._open, "cost": self.cost}
        return np.array(seen, np.int64), info
