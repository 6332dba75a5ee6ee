"""The tuning session as a Gymnasium environment.

A step looks at one knob (round-robin over the movable tracks and the five knobs of each) and turns it, or holds. A mix
is tuned as a session of one track (``Twin.bounced``).

Observation: ``MultiDiscrete`` of ``agent.tone.observation.SHAPE``, see there, or the features of
``agent.tone.features``, ``Box(-1, 1, (17,))``. Action: ``Discrete(17)``, see ``agent.tone.moves``;
``info["action_mask"]`` (17,) says which are open, a closed one counts as hold. Reward: see ``agent.tone.reward``.
Terminated when a whole round held; truncated after ``rounds`` looks at each knob.
``info``: ``strip`` (the number of the knob: 5 · track + knob), ``action_mask``, ``cost`` (a ``ToneCost``).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from agent.hearing.twin import Twin
from agent.planning import PlannedEnv
from agent.q_learning import Observations
from agent.session import Settings
from agent.tone import features, observation
from agent.tone.goal import ToneGoal
from agent.tone.moves import HOLD, KNOBS, MOVES, ToneLimits, Turn, drawn_eq, limits_around, mask, turn, turn_matched
from agent.tone.picture import Picture, picture, text
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

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 15}  # noqa: RUF012 - Gymnasium's way

    def __init__(
        self,
        scenes: Sequence[ToneScene],
        *,
        sweep: bool = True,
        rounds: int = ROUNDS,
        astray: float = 0.0,
        observations: Observations = "discrete",
        render_mode: str | None = None,
    ) -> None:
        if not scenes:
            raise ValueError("an environment needs at least one session")
        self.scenes = list(scenes)
        self.sweep, self.rounds, self.astray, self.fine = sweep, rounds, astray, 1.0
        self.observations, self.render_mode = observations, render_mode
        self.observation_space = observation_space(observations)
        self.action_space = spaces.Discrete(len(MOVES))
        self._which = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Start an episode; see the class for ``options``."""
        super().reset(seed=seed)
        self._which = int(self.np_random.integers(len(self.scenes))) if len(self.scenes) > 1 else 0
        scene = self.scenes[self._which]
        chosen = options or {}
        start, self.limits = started(
            scene, self.np_random, chosen.get("start"), chosen.get("found"), sweep=self.sweep, astray=self.astray
        )
        few = np.count_nonzero(scene.goal.movable) <= 1
        self.worth = WORTH_ALONE_DB / max(1, len(scene.goal.movable)) if few else WORTH_TOGETHER_DB
        scene.twin.set(start)
        self.knobs = knobs_of(scene.goal)
        self._sounding = int(np.count_nonzero(scene.goal.audible))
        self._at = self._looks = self._held = 0
        self.hear_again()
        return self._seen()

    def step(self, action: np.int64 | int) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Turn the knob last seen, or hold, and look at the next."""
        index = int(action)
        moved = index != HOLD and bool(self._open[index])
        earned = 0.0
        if moved:
            before = self.cost.total
            self.turn(self._at, index)
            earned = reward(before, self.hear_again().total, self._sounding, moved=True)
        self._held = 0 if moved else self._held + 1
        self._looks += 1
        self._at = (self._at + 1) % len(self.knobs)
        terminated = self._held >= len(self.knobs)
        truncated = not terminated and self._looks >= self.rounds * len(self.knobs)
        seen, info = self._seen()
        return seen, earned, terminated, truncated, info

    def render(self) -> str | Picture | None:
        """Return the knobs as text (``ansi``) or the spectra as pixels (``rgb_array``); see ``agent.tone.picture``."""
        if self.render_mode == "ansi":
            return text(self.sound, *self.knobs[self._at], self.limits)
        return picture(self.sound, *self.knobs[self._at]) if self.render_mode == "rgb_array" else None

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
        matched = None if self.scene.goal.alone else self.limits
        return turn(self.twin, *self.knobs[place], index, fine=self.fine, matched=matched)

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
        return strayed(self.scene, found, rng) if self.sweep else None

    def judge(self, found: Settings, before: ToneCost) -> Callable[[ToneCost], float]:  # noqa: ARG002 - the goal knows
        """Return J; of several tracks none may mask more strong bands than were masked in the session as found.

        Of one track J goes without its loudness, which the fader settles to the last digit once the EQ stands: with it
        a descent stops where no step of the fader makes up for a small step of an EQ band.
        """
        if not self.scene.goal.alone:
            return lambda cost: math.inf if cost.masked_more > 1e-9 else cost.total
        return lambda cost: cost.total - cost.loudness

    def _mask(self, place: int) -> NDArray[np.bool_]:
        if not self.scene.goal.movable.any():
            held: NDArray[np.bool_] = np.arange(len(MOVES)) == HOLD
            return held
        goal, (track, knob) = self.scene.goal, self.knobs[place]
        too_loud_lu = None if goal.alone else float(self.sound.loudness_error_lu[track])
        return mask(self.twin, track, knob, self.limits, sweep=self.sweep, fine=self.fine, too_loud_lu=too_loud_lu)

    def _seen(self) -> tuple[NDArray[Any], dict[str, Any]]:
        track, knob = self.knobs[self._at]
        if self.observations == "discrete":
            seen: NDArray[Any] = observation.observe(self.sound, track, knob, sweep=self.sweep)
        else:
            seen = features.features(self.sound, track, knob, self.limits, sweep=self.sweep)
        self._open = self._mask(self._at)
        info = {"strip": track * len(KNOBS) + knob, "action_mask": self._open, "cost": self.cost}
        return seen, info


def observation_space(observations: Observations) -> spaces.Space[NDArray[Any]]:
    """Return the space of the observations: binned for a table, or the features of ``agent.tone.features``."""
    if observations == "discrete":
        return spaces.MultiDiscrete(list(observation.SHAPE))
    return spaces.Box(-1.0, 1.0, (features.COUNT,), np.float32)


def knobs_of(goal: ToneGoal) -> list[tuple[int, int]]:
    """Return the knobs that are looked at, each the number of a track and of its knob, in their order."""
    tracks = np.flatnonzero(goal.movable).tolist() or [0]
    return [(track, knob) for track in tracks for knob in range(len(KNOBS))]


class Start(NamedTuple):
    """Where an episode begins, and how far its knobs may go."""

    settings: Settings
    limits: ToneLimits


def started(
    scene: ToneScene,
    rng: np.random.Generator,
    start: Settings | None = None,
    found: Settings | None = None,
    *,
    sweep: bool,
    astray: float,
) -> Start:
    """Draw where an episode of a scene begins: with a random EQ in a share ``astray`` of all."""
    begin = start or scene.start
    if rng.random() < astray and sweep:
        begin = strayed(scene, begin, rng)
    return Start(begin, limits_around(found or begin, scene.goal.eq_limit_db, scene.twin.heard.rate_hz))


def strayed(scene: ToneScene, found: Settings, rng: np.random.Generator) -> Settings:
    """Return settings with a random EQ, within the limits around them, on every track that may be moved.

    The scene's twin is left at them. Of several tracks each keeps its loudness, as its fader lets it.
    """
    twin, rate_hz = scene.twin, scene.twin.heard.rate_hz
    limits = limits_around(found, scene.goal.eq_limit_db, rate_hz)
    twin.set(found)
    for track in np.flatnonzero(scene.goal.movable).tolist():
        eq = drawn_eq(twin.eq(track), limits, track, rng, rate_hz)
        if scene.goal.alone:
            twin.turn_bands(track, eq)
        else:
            turn_matched(twin, track, eq, limits)
    return twin.settings
