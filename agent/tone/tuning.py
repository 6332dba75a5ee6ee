"""Automatic tuning of tone: from what was heard and what is wanted to a bounded plan, with the reasons in words."""

from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from agent import policy
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.mixing import roles_of, scaled
from agent.policy import Layout
from agent.q_learning import ActionValues, QTable
from agent.session import FLAT_EQ, EqBand, Session, Settings, Strip
from agent.tone.environment import ToneScene
from agent.tone.gating import gated
from agent.tone.goal import tone_goal
from agent.tone.moves import MOVES
from agent.tone.observation import NAMES, SHAPE
from agent.tone.searching import EPISODES, planning_ear, searched
from agent.tone.wanted import Wanted
from agent.tone.wishes import ToneFigures, TonePlan, ToneWish

LAYOUT = Layout(NAMES, SHAPE, tuple(move.name for move in MOVES))
SHIPPED = "shipped_tone.npz"


def plan_tone(
    session: Session,
    heard: Heard,
    wish: ToneWish,
    table: ActionValues,
    *,
    seed: int = 0,
    episodes: int = EPISODES,
    progress: Callable[[float], None] = lambda _share: None,
) -> TonePlan:
    """Plan a tuning on the session's twin: the table, refined there by Dyna, decides every step.

    A session of one track is taken for a finished mix. Tracks are never tuned so that more of them is masked than was,
    as the twin hears it. Raises ``ValueError`` where the wish names a track that is not there.
    """
    tracks = len(session.tracks)
    named = (*wish.locked, *wish.only, *(k for k, _ in wish.track_targets), *(k for k, _ in wish.track_lufs))
    strange = [k for k in named if not 0 <= k < tracks]
    if strange:
        raise ValueError(f"there is no track {strange[0]}: the session has {tracks}, counted from 0")
    with threadpool_limits(1, "blas"):
        wanted = Wanted(session, gated(heard, session.settings), wish, roles_of(session, heard))
        steps, settings = _Search(wanted, table, seed, episodes, progress).run()
        return wanted.plan(settings, steps)


def tone_figures(session: Session, heard: Heard, wish: ToneWish, settings: Settings) -> ToneFigures:
    """Return the figures of a session that was heard at any settings, as ``plan_tone`` tells them of its own."""
    return Wanted(session, gated(heard, session.settings), wish, roles_of(session, heard)).figures(settings)


def shipped_tone() -> tuple[QTable, policy.About]:
    """Return the table of tone that comes with the package."""
    return policy.unpack((resources.files("agent.tone") / SHIPPED).read_bytes(), "the table of tone", LAYOUT)


def load_tone(path: Path) -> tuple[QTable, policy.About]:
    """Return a table of tone and what made it. Raises ``agent.policy.PolicyUnreadable``."""
    return policy.load(path, LAYOUT)


class _Search:
    """The searches that one wish needs: of the tracks, of the master, or of both in turn."""

    def __init__(
        self, wanted: Wanted, table: ActionValues, seed: int, episodes: int, progress: Callable[[float], None]
    ) -> None:
        self.wanted, self.table, self.seed, self.episodes, self.progress = wanted, table, seed, episodes, progress

    def run(self) -> tuple[int, Settings]:
        """Return the steps tried and the settings to apply."""
        wanted, wish = self.wanted, self.wanted.wish
        settings, steps = wanted.found, 0
        if wish.strength == 0.0:
            return steps, settings
        share = 0.5 if wish.scope == "both" else 1.0
        if wish.on_tracks and wanted.goal.movable.any():
            steps, tuned = self._tracks(lambda done: self.progress(share * done))
            settings = wanted.unmasking(tuned)
        if wish.on_master and wanted.goal.audible.any():
            more, eq = self._master(settings, lambda done: self.progress(1.0 - share + share * done))
            steps, settings = steps + more, replace(settings, master_eq=eq)
        return steps, wanted.mastered(settings)

    def _tracks(self, progress: Callable[[float], None]) -> tuple[int, Settings]:
        wanted = self.wanted
        twin = Twin(planning_ear(wanted.heard), wanted.start)
        level = np.where(wanted.goal.audible, twin.track_loudness_lufs(), 0.0)
        goal = tone_goal(twin, wanted.wish.target, wanted.targets, level_lufs=level, movable=wanted.goal.movable)
        return self._searched(ToneScene(twin, goal, wanted.start), progress)

    def _master(self, settings: Settings, progress: Callable[[float], None]) -> tuple[int, tuple[EqBand, ...]]:
        """Tune the master's EQ: the mix bounced to one track, whose strip then is the master's."""
        wanted, wish = self.wanted, self.wanted.wish
        heard = planning_ear(Twin(wanted.heard, replace(settings, master_eq=FLAT_EQ)).bounced())
        start = Settings((Strip(eq=wanted.found.master_eq),))
        twin = Twin(heard, start)
        level = twin.track_loudness_lufs() + (wanted.loudness_lufs - wanted.found_lufs)
        scene = ToneScene(twin, tone_goal(twin, wish.target, [None], level_lufs=level), start)
        steps, tuned = self._searched(scene, progress)
        part = scaled(wanted.found, replace(wanted.found, master_eq=tuned.strips[0].eq), wish.strength)
        return steps, wanted.bounded(part).master_eq

    def _searched(self, scene: ToneScene, progress: Callable[[float], None]) -> tuple[int, Settings]:
        sweep = self.wanted.wish.sweep
        return searched(scene, self.table, self.seed, self.episodes, progress, sweep=sweep)
