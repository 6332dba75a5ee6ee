"""The mixing session as a Gymnasium environment.

A step looks at one strip (round-robin over the movable tracks, then the master) and turns one knob there, or holds.

Observation: ``MultiDiscrete`` of ``agent.observation.SHAPE``, see there. Action: ``Discrete(15)``, see
``agent.actions``; ``info["action_mask"]`` (15,) says which are open, a closed one counts as hold. Reward: see
``agent.reward``. Terminated when a whole round held; truncated after ``rounds`` looks at each strip.
``info``: ``strip``, ``action_mask``, ``cost`` (a ``Cost``).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent import features, observation
from agent.actions import ACTIONS, EQ_STEP_DB, HOLD, Limits, Turn, limits_around, mask, turn
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.mixer_picture import Picture, picture, text
from agent.planning import PlannedEnv
from agent.q_learning import Observations
from agent.reward import Cost, Sound, no_term_worse, reward
from agent.session import FADER_MAX_DB, Settings
from agent.targets import Goal

ROUNDS = 40
# In a plan an EQ step stays only where it lowers J by this much: else exploration leaves EQ that nobody needs.
TIDINESS = 0.0003
Hand = Callable[[Settings], Settings]


@dataclass(frozen=True, slots=True)
class Scene:
    """One session to mix: its twin, what it should become, and the settings it is found at."""

    twin: Twin
    goal: Goal
    start: Settings


def observation_space(observations: Observations) -> spaces.Space[NDArray[Any]]:
    """Return the space of the observations: binned for a table, or the features of ``agent.features``."""
    if observations == "discrete":
        return spaces.MultiDiscrete(list(observation.SHAPE))
    return spaces.Box(-1.0, 1.0, (features.COUNT,), np.float32)


class MixEnv(PlannedEnv[Cost]):
    """Mix one of several sessions; ``agent.mixing.daw_environment`` makes one over a real DAW.

    ``scramble_db``: each episode starts with every movable fader off by a uniform draw within ± this; 0 starts at the
    scene's own settings. ``scramble_tempo``: with the tempo off too, by a factor of up to e to the power of this.
    ``eq``: whether EQ may be turned. ``hand``: called with the settings at the start and after every turn to carry
    them to a DAW; it returns what the DAW then reads, and the twin goes on from that.
    ``options={"start": Settings}`` of ``reset`` starts an episode elsewhere, ``{"found": Settings}`` says around which
    settings the safety limits lie (those of the start, unless told).
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 15}  # noqa: RUF012 - Gymnasium's way

    def __init__(
        self,
        scenes: Sequence[Scene],
        *,
        eq: bool = True,
        scramble_db: float = 0.0,
        scramble_tempo: float = 0.0,
        rounds: int = ROUNDS,
        hand: Hand | None = None,
        observations: Observations = "discrete",
        render_mode: str | None = None,
    ) -> None:
        if not scenes:
            raise ValueError("an environment needs at least one session")
        self.scenes = list(scenes)
        self.eq, self.scramble_db, self.rounds, self.hand = eq, scramble_db, rounds, hand
        self.scramble_tempo = scramble_tempo
        self.observations, self.render_mode = observations, render_mode
        self.observation_space = observation_space(observations)
        self.action_space = spaces.Discrete(len(ACTIONS))
        self._reach = [observation.eq_reach(scene.twin) for scene in self.scenes]
        self._which = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode; see the class for ``options``."""
        super().reset(seed=seed)
        self._which = int(self.np_random.integers(len(self.scenes))) if len(self.scenes) > 1 else 0
        scene = self.scenes[self._which]
        chosen = options or {}
        start = chosen.get("start") or self._scrambled(scene)
        self.limits: Limits = limits_around(chosen.get("found") or start, scene.goal.tempo)
        scene.twin.set(start if self.hand is None else self.hand(start))
        self.strips = [*np.flatnonzero(scene.goal.movable).tolist(), len(start.strips)]
        self._at = self._looks = self._held = 0
        self.sound = Sound(scene.twin, scene.goal)
        self.cost: Cost = self.sound.cost()
        return self._seen()

    def step(self, action: np.int64 | int) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
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

    def render(self) -> str | Picture | None:
        """Return the mixer as text (``ansi``) or pixels (``rgb_array``); see ``agent.mixer_picture``."""
        if self.render_mode == "ansi":
            return text(self.sound, self.strip, self.limits)
        return picture(self.sound, self.strip, self.limits) if self.render_mode == "rgb_array" else None

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

    @property
    def settings(self) -> Settings:
        """The settings the twin is at."""
        return self.twin.settings

    @property
    def places(self) -> int:
        """How many strips are looked at."""
        return len(self.strips)

    def turns(self, place: int) -> Iterator[int]:
        """Yield the actions other than hold that are open at a strip."""
        yield from (np.flatnonzero(self._opened(self.strips[place])[1:]) + 1).tolist()

    def turn(self, place: int, index: int) -> Turn:
        """Turn a knob of the twin, not of a DAW, and return what takes it back."""
        return turn(self.twin, self.strips[place], index)

    def hear_again(self) -> Cost:
        """Hear the twin as it now stands, keep what was heard, and return its cost."""
        self.sound = Sound(self.twin, self.scene.goal)
        self.cost = self.sound.cost()
        return self.cost

    def judge(self, found: Settings, before: Cost) -> Callable[[Cost], float]:
        """Return J plus a small price on each EQ step away from what was found; infinite where a term got worse."""
        found_eq_db = np.array([s.eq_gains_db for s in found.strips])

        def score(cost: Cost) -> float:
            if not no_term_worse(before, cost):
                return math.inf
            turned = float(np.abs(self.twin.eq_db - found_eq_db).sum()) / EQ_STEP_DB
            return cost.total + turned * TIDINESS

        return score

    def _carry(self, hand: Hand) -> None:
        wanted = self.twin.settings
        found = hand(wanted)
        if found != wanted:
            self.twin.set(found)

    def _seen(self) -> tuple[NDArray[Any], dict[str, Any]]:
        strip = self.strip
        see = observation.observe if self.observations == "discrete" else features.features
        seen = see(self.sound, strip, self._reach[self._which], self.limits, eq=self._has_eq(strip))
        self._open = self._opened(strip)
        return np.asarray(seen, self.observation_space.dtype), {
            "strip": strip,
            "action_mask": self._open,
            "cost": self.cost,
        }

    def _opened(self, strip: int) -> NDArray[np.bool_]:
        eq, tempo = self._has_eq(strip), self.scene.goal.tempo
        return mask(self.twin, strip, self.limits, eq=eq, tempo=tempo)

    def _has_eq(self, strip: int) -> bool:
        return self.eq and strip not in self.scene.goal.bare

    def _scrambled(self, scene: Scene) -> Settings:
        if self.scramble_db == 0:
            return scene.start
        start = scramble(scene, self.scramble_db, self.np_random)
        if self.scramble_tempo == 0:
            return start
        off = float(np.exp(self.np_random.uniform(-self.scramble_tempo, self.scramble_tempo)))
        return replace(start, tempo_bpm=start.tempo_bpm * off)


def scramble(scene: Scene, by_db: float, rng: np.random.Generator) -> Settings:
    """Return a scene's settings with every movable fader off by a uniform draw within ± ``by_db``."""
    off = rng.uniform(-by_db, by_db, len(scene.start.strips)) * scene.goal.movable
    strips = tuple(
        replace(s, gain_db=min(s.gain_db + float(d), FADER_MAX_DB))
        for s, d in zip(scene.start.strips, off, strict=True)
    )
    return replace(scene.start, strips=strips)
