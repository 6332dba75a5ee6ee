"""The mixing session as a Gymnasium environment.

A step looks at one strip (round-robin over the movable tracks, then the master) and turns one knob there, or holds.

Observation: ``MultiDiscrete`` of ``agent.observation.SHAPE``, see there. Action: ``Discrete(15)``, see
``agent.actions``; ``info["action_mask"]`` (15,) says which are open, a closed one counts as hold. Reward: see
``agent.reward``. Terminated when a whole round held; truncated after ``rounds`` looks at each strip.
``info``: ``strip``, ``action_mask``, ``cost`` (a ``Cost``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent import observation
from agent.actions import ACTIONS, HOLD, Limits, limits_around, mask, turn
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.reward import Cost, Sound, reward
from agent.session import FADER_MAX_DB, Settings
from agent.targets import Goal

ROUNDS = 40
Hand = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class Scene:
    """One session to mix: its twin, what it should become, and the settings it is found at."""

    twin: Twin
    goal: Goal
    start: Settings


class MixEnv(gymnasium.Env[NDArray[np.int64], np.int64]):
    """Mix one of several sessions; ``agent.mixing.daw_environment`` makes one over a real DAW.

    ``scramble_db``: each episode starts with every movable fader off by a uniform draw within ± this; 0 starts at the
    scene's own settings. ``eq``: whether EQ may be turned. ``hand``: called with the settings at the start and after
    every turn to carry them to a DAW; it returns what the DAW then reads, and the twin goes on from that.
    ``options={"start": Settings}`` of ``reset`` starts an episode elsewhere, ``{"found": Settings}`` says around which
    settings the safety limits lie (those of the start, unless told).
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        *,
        eq: bool = True,
        scramble_db: float = 0.0,
        rounds: int = ROUNDS,
        hand: Hand | None = None,
    ) -> None:
        if not scenes:
            raise ValueError("an environment needs at least one session")
        self.scenes = list(scenes)
        self.eq, self.scramble_db, self.rounds, self.hand = eq, scramble_db, rounds, hand
        self.observation_space = spaces.MultiDiscrete(list(observation.SHAPE))
        self.action_space = spaces.Discrete(len(ACTIONS))
        self._reach = [observation.eq_reach(scene.twin) for scene in self.scenes]
        self._which = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.int64], dict[str, Any]]:
        """Start an episode; see the class for ``options``."""
        super().reset(seed=seed)
        self._which = int(self.np_random.integers(len(self.scenes))) if len(self.scenes) > 1 else 0
        scene = self.scenes[self._which]
        chosen = options or {}
        start = chosen.get("start") or self._scrambled(scene)
        self.limits: Limits = limits_around(chosen.get("found") or start)
        scene.twin.set(start if self.hand is None else self.hand(start))
        self.strips = [*np.flatnonzero(scene.goal.movable).tolist(), len(start.strips)]
        self._at = self._looks = self._held = 0
        self.sound = Sound(scene.twin, scene.goal)
        self.cost: Cost = self.sound.cost()
        return self._seen()

    def step(self, action: np.int64 | int) -> tuple[NDArray[np.int64], float, bool, bool, dict[str, Any]]:
        """Turn a knob at the strip last seen, or hold, and look at the next strip."""
        index = int(action)
        moved = index != HOLD and bool(self._open[index])
        earned = 0.0
        if moved:
            turn(self.twin, self.strip, index)
            if self.hand is not None:
                self._carry(self.hand)
            self.sound = Sound(self.twin, self.scene.goal)
            cost = self.sound.cost()
            earned = reward(self.cost.total, cost.total, moved=True)
            self.cost = cost
        self._held = 0 if moved else self._held + 1
        self._looks += 1
        self._at = (self._at + 1) % len(self.strips)
        terminated = self._held >= len(self.strips)
        truncated = not terminated and self._looks >= self.rounds * len(self.strips)
        seen, info = self._seen()
        return seen, earned, terminated, truncated, info

    @property
    def scene(self) -> Scene:
        """The session of this episode."""
        return self.scenes[self._which]

    @property
    def twin(self) -> Twin:
        """Its twin."""
        return self.scene.twin

    def rehear(self, heard: Heard) -> None:
        """Go on with other ears, as a ``hand`` may that heard more of a DAW; the settings and the goal stay."""
        scene = self.scene
        self.scenes[self._which] = replace(scene, twin=Twin(heard, scene.twin.settings))

    @property
    def strip(self) -> int:
        """The strip looked at; the number of tracks stands for the master."""
        return int(self.strips[self._at])

    def _carry(self, hand: Hand) -> None:
        wanted = self.twin.settings
        found = hand(wanted)
        if found != wanted:
            self.twin.set(found)

    def _seen(self) -> tuple[NDArray[np.int64], dict[str, Any]]:
        strip = self.strip
        seen = observation.observe(self.sound, strip, self._reach[self._which], self.limits, eq=self.eq)
        self._open = mask(self.twin, strip, self.limits, eq=self.eq)
        return np.array(seen, np.int64), {"strip": strip, "action_mask": self._open, "cost": self.cost}

    def _scrambled(self, scene: Scene) -> Settings:
        if self.scramble_db == 0:
            return scene.start
        return scramble(scene, self.scramble_db, self.np_random)


def scramble(scene: Scene, by_db: float, rng: np.random.Generator) -> Settings:
    """Return a scene's settings with every movable fader off by a uniform draw within ± ``by_db``."""
    off = rng.uniform(-by_db, by_db, len(scene.start.strips)) * scene.goal.movable
    strips = tuple(
        replace(s, gain_db=min(s.gain_db + float(d), FADER_MAX_DB))
        for s, d in zip(scene.start.strips, off, strict=True)
    )
    return replace(scene.start, strips=strips)
