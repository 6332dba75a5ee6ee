"""Many mixing environments at once: ``agent.environment.MixEnv`` for a batch, stepped in NumPy calls.

The copies are dealt out to the sessions in equal parts. Spaces, rewards and ends are those of ``MixEnv``. A copy whose
episode ended starts the next one at its next step, whose action is not looked at (Gymnasium's ``NEXT_STEP``), or at
once, and ``infos["final_obs"]`` tells what was seen last (``SAME_STEP``).
``infos``: ``action_mask`` (copies, 15), ``cost`` (copies,) and ``fader_db``, one row of faders a copy.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from agent import observation
from agent.actions import (
    ACTIONS,
    EQ_STEP_DB,
    FADER_TRAVEL_DB,
    HOLD,
    MASTER_TRAVEL_DB,
    limits_around,
)
from agent.batch_sound import FADER_CHANGE_DB, BatchGoal, BatchLimits, BatchSound
from agent.environment import ROUNDS, Scene, observation_space
from agent.hearing.batch_twin import BANDS, EVERY, BatchTwin, Which
from agent.q_learning import Observations
from agent.reward import MOVE_COST, REWARD_SCALE
from agent.session import FADER_MAX_DB

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Seen = NDArray[Any]

_EQ_STEPS = np.array([[round(a.change / EQ_STEP_DB) * (a.band == band) for band in range(BANDS)] for a in ACTIONS])


class MixVectorEnv(VectorEnv[Seen, I64, NDArray[Any]]):
    """``copies`` environments over sessions; the other arguments are those of ``MixEnv``."""

    def __init__(
        self,
        scenes: Sequence[Scene],
        copies: int,
        *,
        eq: bool = True,
        scramble_db: float = 12.0,
        rounds: int = ROUNDS,
        observations: Observations = "discrete",
        autoreset: AutoresetMode = AutoresetMode.NEXT_STEP,
    ) -> None:
        if not 1 <= len(scenes) <= copies:
            raise ValueError(f"{copies} copies of {len(scenes)} sessions: there must be a copy of each, and a session")
        if any(scene.goal.tempo is not None for scene in scenes):
            raise ValueError("the copies turn no tempo: leave it out of the goals, or use a MixEnv")
        self.num_envs = copies
        self.metadata = {"autoreset_mode": autoreset}
        self.single_observation_space = observation_space(observations)
        self.single_action_space = spaces.Discrete(len(ACTIONS))
        self.observation_space = batch_space(self.single_observation_space, copies)
        self.action_space = batch_space(self.single_action_space, copies)
        shares = np.array_split(np.arange(copies), len(scenes))
        self._parts = [
            (share, _Part(scene, len(share), observations, eq=eq, scramble_db=scramble_db, rounds=rounds))
            for scene, share in zip(scenes, shares, strict=True)
        ]

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Start an episode in every copy."""
        super().reset(seed=seed)
        del options
        for share, part in self._parts:
            part.start(np.arange(len(share)), self.np_random)
        return self._seen()

    def step(self, actions: I64) -> tuple[Seen, F64, Bools, Bools, dict[str, Any]]:
        """Take a step in every copy, or start its next episode where the last one ended."""
        rewards = np.zeros(self.num_envs)
        terminated, truncated = np.zeros(self.num_envs, bool), np.zeros(self.num_envs, bool)
        for share, part in self._parts:
            rewards[share], terminated[share], truncated[share] = part.step(np.asarray(actions)[share], self.np_random)
        seen, infos = self._seen()
        over = terminated | truncated
        if self.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP and over.any():
            final = {"final_obs": seen, "_final_obs": over}
            for share, part in self._parts:
                part.start(np.flatnonzero(over[share]), self.np_random)
            seen, infos = self._seen()
            infos |= final
        return seen, rewards, terminated, truncated, infos

    def _seen(self) -> tuple[Seen, dict[str, Any]]:
        parts = [part for _, part in self._parts]
        infos = {
            "action_mask": np.concatenate([part.open for part in parts]),
            "cost": np.concatenate([part.cost for part in parts]),
            "fader_db": _rows([part.twin.fader_db for part in parts]),
        }
        return np.concatenate([part.seen for part in parts]), infos


def _rows(parts: Sequence[F64]) -> F64:
    """Return the rows one under the other; those of sessions with fewer tracks end in NaN."""
    widest = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(p, ((0, 0), (0, widest - p.shape[1])), constant_values=np.nan) for p in parts])


class _Part:
    """The copies of one session. Owns their twin, where each is in its round, and what was seen last."""

    def __init__(
        self, scene: Scene, copies: int, observations: Observations, *, eq: bool, scramble_db: float, rounds: int
    ) -> None:
        self.observations = observations
        self.scene, self.eq, self.scramble_db, self.rounds = scene, eq, scramble_db, rounds
        start = scene.start
        self.twin = BatchTwin(scene.twin, start, copies)
        self.goal = BatchGoal(scene.goal, observation.eq_reach(scene.twin))
        self.strips = np.array([*np.flatnonzero(scene.goal.movable).tolist(), len(start.strips)], np.intp)
        limits = limits_around(start)
        shape = (copies, len(start.strips))
        self.limits = BatchLimits(
            np.zeros(shape), np.zeros(shape), limits.eq_low_db, limits.eq_high_db, np.zeros(copies), np.zeros(copies)
        )
        self.at, self.looks, self.held = (np.zeros(copies, np.intp) for _ in range(3))
        self.over = np.zeros(copies, bool)
        self.cost = np.zeros(copies)
        self.seen = batch_space(observation_space(observations), copies).sample()
        self.open = np.zeros((copies, len(ACTIONS)), bool)

    def start(self, which: Ints, rng: np.random.Generator) -> None:
        """Start an episode in copies ``which`` (n,), which may be none, and look at them."""
        if len(which):
            self._place(which, rng)
            self._look(which)

    def _place(self, which: Ints, rng: np.random.Generator) -> None:
        start = self.scene.start
        found = np.array([s.gain_db for s in start.strips])
        off = rng.uniform(-self.scramble_db, self.scramble_db, (len(which), len(found))) * self.scene.goal.movable
        fader = np.minimum(found + off, FADER_MAX_DB)
        master = np.full(len(which), start.master_gain_db)
        self.limits.fader_low_db[which] = fader - FADER_TRAVEL_DB
        self.limits.fader_high_db[which] = np.minimum(fader + FADER_TRAVEL_DB, FADER_MAX_DB)
        self.limits.master_low_db[which] = master - MASTER_TRAVEL_DB
        self.limits.master_high_db[which] = np.minimum(master + MASTER_TRAVEL_DB, 2 * FADER_MAX_DB)
        self.twin.set(which, fader, np.zeros((len(which), len(found), BANDS), np.intp), master)
        self.at[which] = self.looks[which] = self.held[which] = 0
        self.over[which] = False

    def step(self, actions: I64, rng: np.random.Generator) -> tuple[F64, Bools, Bools]:
        """Turn what each copy's action says, or start it anew where it was over; return rewards and ends."""
        fresh = np.flatnonzero(self.over)
        playing = ~self.over
        moved = playing & (actions != HOLD) & self.open[np.arange(len(actions)), actions]
        self._turn(np.where(moved, actions, HOLD), moved)
        if len(fresh):
            self._place(fresh, rng)
        self.held = np.where(playing, np.where(moved, 0, self.held + 1), 0)
        self.looks = np.where(playing, self.looks + 1, 0)
        self.at = np.where(playing, (self.at + 1) % len(self.strips), 0)
        before = self.cost.copy()
        self._look()
        earned = np.clip(REWARD_SCALE * (before - self.cost) - MOVE_COST, -1.0, 1.0)
        terminated = playing & (self.held >= len(self.strips))
        truncated = playing & ~terminated & (self.looks >= self.rounds * len(self.strips))
        self.over = terminated | truncated
        return np.where(moved, earned, 0.0), terminated, truncated

    def _turn(self, actions: I64, moved: Bools) -> None:
        strips = self.strips[self.at]
        for strip in np.unique(strips[moved]).tolist():
            which = np.flatnonzero(moved & (strips == strip))
            chosen = actions[which]
            if strip == len(self.scene.start.strips):
                self.twin.turn_master(which, FADER_CHANGE_DB[chosen])
            else:
                self.twin.turn(which, strip, FADER_CHANGE_DB[chosen], _EQ_STEPS[chosen])

    def _look(self, which: Which = EVERY) -> None:
        sound = BatchSound(self.twin, self.goal, which)
        strips = self.strips[self.at[which]]
        see = sound.observe if self.observations == "discrete" else sound.features
        self.cost[which] = sound.cost()
        self.seen[which] = see(strips, self.limits, eq=self.eq)
        self.open[which] = sound.mask(strips, self.limits, eq=self.eq)
