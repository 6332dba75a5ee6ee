"""Many tunings at once: ``agent.tone.environment.TuneEnv`` for a batch, stepped in NumPy calls.

Each copy draws its session at the start of each episode, as ``TuneEnv`` does, so there may be more sessions than copies
or fewer. Spaces, rewards and ends are those of ``TuneEnv``; where an episode starts is drawn by the very same calls, so
that a single copy is that environment, draw for draw. A copy whose episode ended starts the next one at its next step,
whose action is not looked at (Gymnasium's ``NEXT_STEP``), or at once, and ``infos["final_obs"]`` tells what was seen
last (``SAME_STEP``).
``infos``: ``strip`` (copies,), ``action_mask`` (copies, 17), ``cost`` (copies,) and ``session`` (copies,), its number.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from agent.q_learning import Observations
from agent.session import EqBand, Settings
from agent.tone import features, observation
from agent.tone.batch_eq import SIDES, Bands
from agent.tone.batch_moves import FREQ_RATIO, GAIN_DB, LEVEL_DB, WIDTH_RATIO, masks, moved
from agent.tone.batch_sessions import Sessions
from agent.tone.batch_sound import BatchLimits, BatchSound
from agent.tone.batch_twin import EQ, BatchTwin
from agent.tone.environment import ROUNDS, Start, ToneScene, knobs_of, observation_space, started
from agent.tone.moves import HOLD, KNOBS, MOVES, VOLUME_KNOB, ToneLimits
from agent.tone.reward import MOVE_COST

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Seen = NDArray[Any]

_TURNS_EQ = (GAIN_DB != 0) | (FREQ_RATIO != 1) | (WIDTH_RATIO != 1)


class TuneVectorEnv(VectorEnv[Seen, I64, NDArray[Any]]):
    """``copies`` environments over sessions; the other arguments are those of ``TuneEnv``."""

    def __init__(
        self,
        scenes: Sequence[ToneScene],
        copies: int,
        *,
        sweep: bool = True,
        rounds: int = ROUNDS,
        astray: float = 0.0,
        observations: Observations = "discrete",
        autoreset: AutoresetMode = AutoresetMode.NEXT_STEP,
    ) -> None:
        if not scenes or copies < 1:
            raise ValueError(f"{copies} copies of {len(scenes)} sessions: there must be one of each at least")
        self.scenes = list(scenes)
        self.sweep, self.rounds, self.astray, self.observations = sweep, rounds, astray, observations
        self.num_envs = copies
        self.metadata = {"autoreset_mode": autoreset}
        self.single_observation_space = observation_space(observations)
        self.single_action_space = spaces.Discrete(len(MOVES))
        self.observation_space = batch_space(self.single_observation_space, copies)
        self.action_space = batch_space(self.single_action_space, copies)
        self.twin = BatchTwin(Sessions(scenes), copies)
        self._limits = _limits(copies, self.twin.sessions.tracks)
        self._knobs = _laid([knobs_of(scene.goal) for scene in self.scenes])
        self._count = np.array([len(knobs_of(scene.goal)) for scene in self.scenes])
        self._moves = np.array([bool(scene.goal.movable.any()) for scene in self.scenes])
        self._at, self._looks, self._held = (np.zeros(copies, np.intp) for _ in range(3))
        self._over = np.zeros(copies, bool)
        self._cost = np.zeros(copies)
        self._open = np.zeros((copies, len(MOVES)), bool)
        self._saw = self.observation_space.sample()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Seen, dict[str, Any]]:
        """Start an episode in every copy; ``options={"start": Settings}`` starts all of them there."""
        super().reset(seed=seed)
        every = np.arange(self.num_envs)
        self._start(every, (options or {}).get("start"))
        self._look(every)
        return self._saw.copy(), self._infos()

    def step(self, actions: I64) -> tuple[Seen, F64, Bools, Bools, dict[str, Any]]:
        """Take a step in every copy, or start its next episode where the last one ended."""
        chosen = np.asarray(actions, np.intp)
        every, playing = np.arange(self.num_envs), ~self._over
        moved_ = playing & (chosen != HOLD) & self._open[every, chosen]
        self._turn(np.flatnonzero(moved_), chosen)
        self._held = np.where(moved_, 0, self._held + 1)
        self._looks += 1
        knobs = self._count[self.twin.session]
        self._at = (self._at + 1) % knobs
        before = self._cost.copy()
        self._start(np.flatnonzero(~playing))
        self._look(every)
        earned = self.twin.sessions.sounding[self.twin.session] * (before - self._cost) - MOVE_COST
        rewards = np.where(moved_, np.clip(earned, -1.0, 1.0), 0.0)
        terminated = playing & (self._held >= knobs)
        truncated = playing & ~terminated & (self._looks >= self.rounds * knobs)
        self._over = terminated | truncated
        seen, infos = self._saw.copy(), self._infos()
        if self.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP and self._over.any():
            final = {"final_obs": seen, "_final_obs": self._over.copy()}
            fresh = np.flatnonzero(self._over)
            self._start(fresh)
            self._look(fresh)
            seen, infos = self._saw.copy(), self._infos() | final
        return seen, rewards, terminated, truncated, infos

    def settings(self, copy: int) -> Settings:
        """Return the settings that a copy is at."""
        start = self.scenes[int(self.twin.session[copy])].start
        shapes = list(SIDES)
        strips = []
        for track, strip in enumerate(start.strips):
            columns = (part[copy, track].tolist() for part in self.twin.eq)
            eq = tuple(
                EqBand(shapes[list(SIDES.values()).index(side)], freq_hz, gain_db, width_oct)
                for side, gain_db, freq_hz, width_oct in zip(*columns, strict=True)
            )
            strips.append(replace(strip, gain_db=float(self.twin.fader_db[copy, track]), eq=eq))
        return replace(start, strips=tuple(strips))

    def _start(self, which: Ints, start: Settings | None = None) -> None:
        """Draw where the next episodes of copies (n,), which may be none, begin, and put them there."""
        if not len(which):
            return
        numbers, begun = [], []
        for _ in which:
            number = int(self.np_random.integers(len(self.scenes))) if len(self.scenes) > 1 else 0
            numbers.append(number)
            begun.append(started(self.scenes[number], self.np_random, start, sweep=self.sweep, astray=self.astray))
        _put(self._limits, which, [one.limits for one in begun])
        self.twin.set(which, np.array(numbers), *_settings(begun, self.twin.sessions.tracks))
        self._at[which] = self._looks[which] = self._held[which] = 0
        self._over[which] = False

    def _turn(self, which: Ints, chosen: Ints) -> None:
        if not len(which):
            return
        action = chosen[which]
        track, knob = self._knob(which)
        faded = LEVEL_DB[action] != 0
        self.twin.turn_faders(which[faded], track[faded], LEVEL_DB[action[faded]])
        equalised = _TURNS_EQ[action]
        which, track, knob, action = (part[equalised] for part in (which, track, knob, action))
        turned = (knob == VOLUME_KNOB)[:, None] | (np.arange(EQ) == knob[:, None] - 1)
        old = self.twin.eq.at(which, track)
        new = moved(old, action[:, None])
        eq = Bands(*(np.where(turned, now, was) for now, was in zip(new, old, strict=True)))
        matched = ~self.twin.sessions.alone[self.twin.session[which]]
        low, high = self._limits.fader_db
        self.twin.turn_bands(which, track, turned, eq, matched, (low[which, track], high[which, track]))

    def _knob(self, which: Ints) -> tuple[Ints, Ints]:
        found = self._knobs[self.twin.session[which], self._at[which]]
        return found[:, 0], found[:, 1]

    def _look(self, which: Ints) -> None:
        track, knob = self._knob(which)
        sound = BatchSound(self.twin, which)
        asked = sound.figures(track, knob, sweep=self.sweep)
        self._cost[which] = sound.cost()
        if self.observations == "discrete":
            self._saw[which] = observation.binned(asked)
        else:
            self._saw[which] = features.squashed(asked, sound.standing(track, knob, self._limits, asked))
        self._open[which] = masks(sound, track, knob, self._limits, sweep=self.sweep)
        still = which[~self._moves[self.twin.session[which]]]
        self._open[still] = np.arange(len(MOVES)) == HOLD

    def _infos(self) -> dict[str, Any]:
        track, knob = self._knob(np.arange(self.num_envs))
        return {
            "strip": track * len(KNOBS) + knob,
            "action_mask": self._open.copy(),
            "cost": self._cost.copy(),
            "session": self.twin.session.copy(),
        }


def _laid(knobs: Sequence[Sequence[tuple[int, int]]]) -> Ints:
    """Return the knobs of sessions as rows, (S, most, 2); shorter rows end in zeros."""
    table = np.zeros((len(knobs), max(map(len, knobs)), 2), np.intp)
    for row, pairs in zip(table, knobs, strict=True):
        row[: len(pairs)] = pairs
    return table


def _limits(copies: int, tracks: int) -> BatchLimits:
    def pair(*more: int) -> tuple[F64, F64]:
        return np.ones((copies, tracks, *more)), np.ones((copies, tracks, *more))

    return BatchLimits(pair(), pair(EQ), pair(EQ), pair(EQ), pair())


def _put(into: BatchLimits, which: Ints, limits: Sequence[ToneLimits]) -> None:
    for field in fields(BatchLimits):
        for side, whole in enumerate(getattr(into, field.name)):
            for copy, one in zip(which.tolist(), limits, strict=True):
                found = getattr(one, field.name)[side]
                whole[copy, : len(found)] = found


def _settings(begun: Sequence[Start], tracks: int) -> tuple[F64, Bands]:
    """Return faders (n, N) and bands (n, N, 4) of starts; where a session has fewer tracks, flat ones."""
    faders = np.zeros((len(begun), tracks))
    shape = (len(begun), tracks, EQ)
    eq = Bands(np.zeros(shape), np.zeros(shape), np.full(shape, 1000.0), np.ones(shape))
    for copy, one in enumerate(begun):
        strips = one.settings.strips
        faders[copy, : len(strips)] = [strip.gain_db for strip in strips]
        rows = [[(SIDES[b.shape], b.gain_db, b.freq_hz, b.bandwidth_oct) for b in strip.eq] for strip in strips]
        for part, values in zip(eq, np.moveaxis(np.array(rows), 2, 0), strict=True):
            part[copy, : len(strips)] = values
    return faders, eq
