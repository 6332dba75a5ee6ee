"""Mixing by meters alone: the playing session itself is the environment, and every look at it costs time.

Listen first; plan on the twin of what the meters made of it; carry the plan out one track at a time, listening on
after each; then let the agent go on in the session with Q-learning until it holds all round or the time is over. What
is heard meanwhile sharpens the twin, and tracks come in that were silent at first: at the end it is planned again with
all that was heard, and every setting that was visited is judged beside that plan: the best one stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from agent.environment import MixEnv, Scene
from agent.hearing.heard import Heard
from agent.hearing.meter_log import MeterLog
from agent.hearing.twin import Twin
from agent.mixing import MixPlan, Wish, plan_mix, planned_as, scaled
from agent.planning import REFINING
from agent.q_learning import ActionValues, episode
from agent.reward import Sound, no_term_worse
from agent.session import Session, Settings
from agent.settling import settle

FIRST_S = 60.0
"""How long is listened to before the first move; less where the session has played to its end."""
AFTER_MOVE_S = 1.0
"""How long is listened to after a move, once the meters have settled."""
BUDGET_S = 170.0
"""How long is played at most."""
WINDOWS = 6
"""In how many places, spread over the whole of it, a song is listened to that is longer than the time."""


def windows_s(length_s: float, listened_s: float) -> tuple[tuple[float, float], ...]:
    """Return where to listen to a song and for how long each time, in seconds; its length is 0 where it is not known.

    A song that fits into the time is heard from its start.
    """
    if length_s <= listened_s:
        return ((0.0, listened_s),)
    long_s = listened_s / WINDOWS
    return tuple((begin_s, long_s) for begin_s in np.linspace(0.0, length_s - long_s, WINDOWS).tolist())


class Playing(Protocol):
    """A session that plays. All of it may raise ``DawError``."""

    @property
    def played_s(self) -> float:
        """How long it has played, in seconds."""
        ...

    def listen(self, seconds: float) -> bool:
        """Log its meters for that long; tell whether it plays on."""
        ...

    def nudge(self, settings: Settings) -> None:
        """Set what differs from where it stands, and wait until the meters show it."""
        ...


@dataclass(frozen=True, slots=True)
class MeteredPlan:
    """The best settings and all that led there. ``heard`` is what the meters made of the session."""

    plan: MixPlan
    heard: Heard
    settings: Settings
    moves: int
    learned: int


def mix_by_meters(
    session: Session,
    playing: Playing,
    log: MeterLog,
    wish: Wish,
    policy: ActionValues,
    *,
    seed: int = 0,
    budget_s: float = BUDGET_S,
    dry_run: bool = False,
    say: Callable[[str, float], None] = lambda _what, _share: None,
) -> MeteredPlan:
    """Mix a session by its meters; ``playing`` ends at the last setting tried, and the plan names the best.

    With ``dry_run`` it is listened to, and nothing is moved. ``say`` is told what goes on, and the share of the budget
    that is used. Raises ``ValueError`` where no meter moved.
    """
    wish = replace(wish, eq=False)
    found = session.settings

    def on(what: str) -> None:
        say(what, min(1.0, playing.played_s / budget_s))

    plays = True
    first_s = budget_s if dry_run else min(FIRST_S, budget_s)
    while plays and playing.played_s < first_s:
        plays = playing.listen(AFTER_MOVE_S)
        on("listening")
    plan = plan_mix(session, log.heard(), wish, policy, seed=seed)
    if dry_run:
        return MeteredPlan(plan, log.heard(), plan.settings, 0, 0)
    hand = _Hand(session, playing, log, found, budget_s, on)
    for step in _one_at_a_time(found, plan.settings):
        hand.turn(step)
    learned = hand.learn(policy, plan, seed) if wish.strength == 1.0 else 0
    while plays and not hand.is_over and hand.plays:
        hand.plays = playing.listen(AFTER_MOVE_S)
        on("listening on")
    heard = log.heard()
    plan = plan_mix(session, heard, wish, policy, seed=seed)
    best = _best(heard, plan, [plan.settings, *hand.seen])
    settled = best
    if best != plan.settings:
        settled = scaled(found, settle(Twin(heard, found), plan.goal, found, best, wish.focus), 1.0)
    return MeteredPlan(planned_as(plan, session, heard, settled), heard, settled, hand.moves, learned)


class _Hand:
    """Moves the faders of the playing session. Owns the settings that it has seen, the last one where it stands."""

    def __init__(
        self,
        session: Session,
        playing: Playing,
        log: MeterLog,
        found: Settings,
        budget_s: float,
        on: Callable[[str], None],
    ) -> None:
        self._names = [track.name for track in session.tracks]
        self._playing, self._log, self._budget_s, self._on = playing, log, budget_s, on
        self.seen = [found]
        self.moves = 0
        self.plays = True

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._playing.played_s >= self._budget_s

    def turn(self, settings: Settings) -> None:
        """Set the session, and listen to what comes of it."""
        if settings == self.seen[-1]:
            return
        self._on(f"trying {self._moved(self.seen[-1], settings)}")
        self._playing.nudge(settings)
        self.seen.append(settings)
        self.moves += 1
        if self.plays and not self.is_over:
            self.plays = self._playing.listen(AFTER_MOVE_S)

    def learn(self, policy: ActionValues, plan: MixPlan, seed: int) -> int:
        """Play an episode of Q-learning in the session from where it stands; return its moves."""
        start, before = self.seen[-1], self.moves
        scene = Scene(Twin(self._log.heard(), start), plan.goal, start)
        env = MixEnv(
            [scene], eq=False, hand=lambda settings: self._step(env, settings), observations=policy.observations
        )
        learner = policy.copy().learner(REFINING, np.random.default_rng(seed))
        options: dict[str, object] = {"start": start, "found": plan.found}
        episode(env, learner, 0.0, options=options, is_over=lambda: self.is_over or not self.plays)
        return self.moves - before

    def _step(self, env: MixEnv, settings: Settings) -> Settings:
        if settings != self.seen[-1]:
            self.turn(settings)
            env.rehear(self._log.heard())
        return settings

    def _moved(self, before: Settings, after: Settings) -> str:
        pairs = zip(self._names, before.strips, after.strips, strict=True)
        moved = [f"{name} {new.gain_db - old.gain_db:+.1f} dB" for name, old, new in pairs if new != old]
        if after.master_gain_db != before.master_gain_db:
            moved.append(f"the master {after.master_gain_db - before.master_gain_db:+.1f} dB")
        return ", ".join(moved).replace("-", "−")


def _one_at_a_time(found: Settings, wanted: Settings) -> list[Settings]:
    """Return the settings on the way, a track's fader at a time, cuts before lifts; the master last."""
    steps, here = [], found
    order = sorted(range(len(found.strips)), key=lambda k: wanted.strips[k].gain_db - found.strips[k].gain_db)
    for k in order:
        if wanted.strips[k] != here.strips[k]:
            here = replace(here, strips=(*here.strips[:k], wanted.strips[k], *here.strips[k + 1 :]))
            steps.append(here)
    if wanted.master_gain_db != here.master_gain_db:
        steps.append(wanted)
    return steps


def _best(heard: Heard, plan: MixPlan, seen: list[Settings]) -> Settings:
    """Return the setting of the lowest cost with the ears of the end; none that makes a term worse."""
    twin = Twin(heard, plan.found)
    before = Sound(twin, plan.goal).cost()
    best, least = plan.found, before.total
    for settings in seen:
        twin.set(settings)
        cost = Sound(twin, plan.goal).cost()
        if cost.total < least and no_term_worse(before, cost):
            best, least = settings, cost.total
    return best
