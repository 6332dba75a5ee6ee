"""Automatic tuning of tone: from what was heard and what is wanted to a bounded plan, with the reasons in words."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from agent import policy
from agent.actions import FADER_TRAVEL_DB, MASTER_TRAVEL_DB
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.mixing import roles_of, scaled
from agent.planning import plan
from agent.policy import Layout
from agent.q_learning import Hyper, QTable
from agent.reasons import Change
from agent.roles import Role
from agent.session import FADER_MAX_DB, FLAT_EQ, Session, Settings, Strip
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.gating import gated
from agent.tone.goal import ToneGoal, tone_goal
from agent.tone.moves import MOVES
from agent.tone.observation import NAMES, SHAPE
from agent.tone.reasons import explained
from agent.tone.reward import ToneSound
from agent.tone.targets import ToneTarget, role_target

F64 = NDArray[np.float64]
Scope = Literal["tracks", "master"]

LAYOUT = Layout(NAMES, SHAPE, tuple(move.name for move in MOVES))
SHIPPED = "shipped_tone.npz"
REFINING = Hyper(gamma=0.5, alpha_min=0.05, alpha_decay=0.5, epsilon_start=0.3, epsilon_end=0.05)
EPISODES = 24
FEWEST_EPISODES = 6
SEARCHES = 2
# After the moves that the table knows, the same moves at a fraction of their size.
FINE = (0.3, 0.1)
_FINE_HOPS = 300
_MOST_ROWS = 3000
_NONE_DB = -120.0


@dataclass(frozen=True, slots=True)
class ToneWish:
    """What the user asks of a tuning.

    ``scope``: each track's EQ and fader, or the master's. ``target``: the wanted spectrum of the mix (None: only the
    tracks' own). ``track_targets``: by track number, in place of the averages of roles, which count where the mix's
    target is a style's. ``track_lufs``: how loud tracks should be, by number; the others keep their loudness.
    ``loudness_lufs``: the mix's, None to keep it. ``locked`` tracks never move, and where ``only`` is not empty no
    others do. ``strength`` in [0, 1]: how far to go. ``sweep``: whether the DAW's EQ can move in frequency and width.
    """

    scope: Scope = "master"
    target: ToneTarget | None = None
    track_targets: tuple[tuple[int, ToneTarget], ...] = ()
    track_lufs: tuple[tuple[int, float], ...] = ()
    loudness_lufs: float | None = None
    locked: tuple[int, ...] = ()
    only: tuple[int, ...] = ()
    strength: float = 1.0
    sweep: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"a strength of {self.strength} is outside 0 to 1")
        if self.loudness_lufs is not None and not -40.0 <= self.loudness_lufs <= -5.0:
            raise ValueError(f"a loudness target of {self.loudness_lufs} LUFS is outside -40 to -5")
        if self.scope == "master" and self.target is None:
            raise ValueError("tuning the master needs a target for the mix")


@dataclass(frozen=True, slots=True)
class ToneFigures:
    """A session's tone as the twin hears it at one setting.

    ``third_octave_rms_db``: the mix's RMS error against its target, None without one. ``track_rms_db``: each track's
    against its own. ``spectrum_db`` and ``target_db`` (B,) are the mix's, the target shifted to lie on it (NaN where it
    says nothing).
    """

    third_octave_rms_db: float | None
    loudness_lufs: float
    true_peak_estimate_dbtp: float
    bands_hz: tuple[float, ...]
    spectrum_db: tuple[float, ...]
    target_db: tuple[float, ...]
    track_rms_db: tuple[float | None, ...]
    track_lufs: tuple[float, ...]
    masked_share: float


@dataclass(frozen=True, slots=True)
class TonePlan:
    """Where the session stands, where it should go, and why.

    ``settings`` are ready to be applied, scaled by the wish's strength. ``silent`` tracks are left alone. ``targets``
    names each track's target, None for those without. ``steps``: tried on the twin; ``moves``: knobs that end up
    elsewhere.
    """

    found: Settings
    settings: Settings
    scope: Scope
    roles: tuple[Role, ...]
    silent: tuple[int, ...]
    targets: tuple[str | None, ...]
    before: ToneFigures
    after: ToneFigures
    reasons: tuple[Change, ...]
    notes: tuple[str, ...]
    steps: int
    moves: int


def shipped_tone() -> tuple[QTable, policy.About]:
    """Return the table of tone that comes with the package."""
    return policy.unpack((resources.files("agent.tone") / SHIPPED).read_bytes(), "the table of tone", LAYOUT)


def load_tone(path: Path) -> tuple[QTable, policy.About]:
    """Return a table of tone and what made it. Raises ``agent.policy.PolicyUnreadable``."""
    return policy.load(path, LAYOUT)


def tone_figures(session: Session, heard: Heard, wish: ToneWish, settings: Settings) -> ToneFigures:
    """Return the figures of a session that was heard at any settings, as ``plan_tone`` tells them of its own."""
    wanted = _Wanted(session, gated(heard, session.settings), wish, roles_of(session, heard))
    return wanted.figures(settings)


def plan_tone(
    session: Session,
    heard: Heard,
    wish: ToneWish,
    table: QTable,
    *,
    seed: int = 0,
    episodes: int = EPISODES,
    progress: Callable[[float], None] = lambda _share: None,
) -> TonePlan:
    """Plan a tuning on the session's twin: the table, refined there by Dyna, decides every step.

    A session of one track is taken for a finished mix. Raises ``ValueError`` where the wish names a track that is not
    there.
    """
    tracks = len(session.tracks)
    named = (*wish.locked, *wish.only, *(k for k, _ in wish.track_targets), *(k for k, _ in wish.track_lufs))
    strange = [k for k in named if not 0 <= k < tracks]
    if strange:
        raise ValueError(f"there is no track {strange[0]}: the session has {tracks}, counted from 0")
    with threadpool_limits(1, "blas"):
        return _planned(session, heard, wish, table, seed, episodes, progress)


def _planned(
    session: Session,
    heard: Heard,
    wish: ToneWish,
    table: QTable,
    seed: int,
    episodes: int,
    progress: Callable[[float], None],
) -> TonePlan:
    found = session.settings
    roles = roles_of(session, heard)
    heard = gated(heard, found)
    wanted = _Wanted(session, heard, wish, roles)
    if wish.scope == "master":
        steps, settings = _tuned_master(wanted, table, seed, episodes, progress)
    else:
        steps, settings = _tuned_tracks(wanted, table, seed, episodes, progress)
    settings = wanted.mastered(scaled(found, settings, wish.strength)) if wish.strength > 0 else found
    return wanted.plan(settings, steps)


def _tuned_tracks(
    wanted: "_Wanted", table: QTable, seed: int, episodes: int, progress: Callable[[float], None]
) -> tuple[int, Settings]:
    found, goal = wanted.found, wanted.goal
    if not goal.movable.any():
        return 0, found
    twin = Twin(_planning_ear(wanted.heard), found)
    # The coarser ear hears other loudnesses: what counts is how far they are to go.
    level = np.where(goal.audible, twin.track_loudness_lufs() + wanted.to_go_lu, 0.0)
    scene = ToneScene(twin, replace(goal, level_lufs=level), found)
    steps, settings = _searched(scene, wanted.wish, table, seed, episodes, progress)
    return steps, wanted.levelled(settings)


def _tuned_master(
    wanted: "_Wanted", table: QTable, seed: int, episodes: int, progress: Callable[[float], None]
) -> tuple[int, Settings]:
    """Tune the master's EQ: the mix bounced to one track, whose strip then is the master's."""
    found, wish = wanted.found, wanted.wish
    if not wanted.goal.audible.any():
        return 0, found
    heard = _planning_ear(Twin(wanted.heard, replace(found, master_eq=FLAT_EQ)).bounced())
    start = Settings((Strip(eq=found.master_eq),))
    twin = Twin(heard, start)
    level = twin.track_loudness_lufs() + (wanted.loudness_lufs - wanted.found_lufs)
    scene = ToneScene(twin, tone_goal(twin, wish.target, [None], level_lufs=level), start)
    steps, settings = _searched(scene, wish, table, seed, episodes, progress)
    return steps, replace(found, master_eq=settings.strips[0].eq)


def _searched(
    scene: ToneScene, wish: ToneWish, table: QTable, seed: int, episodes: int, progress: Callable[[float], None]
) -> tuple[int, Settings]:
    """Refine and play the table, as often as a small session allows, and go on from the best with finer moves."""
    env = TuneEnv([scene], sweep=wish.sweep)
    few = np.count_nonzero(scene.goal.movable) <= 1
    searches = SEARCHES if few and episodes > 0 else 1
    finer = (FINE if few else FINE[:1]) if episodes > 0 else ()
    stages = searches + len(finer)
    # An episode looks at every knob of every track: with many tracks fewer episodes see as much.
    count = min(episodes, max(FEWEST_EPISODES, episodes // max(1, int(np.count_nonzero(scene.goal.movable)))))
    steps, here, least = 0, scene.start, math.inf
    for stage in range(searches):
        part = partial(_part, progress, stage, stages)
        made = plan(env, table, scene.start, seed=seed + stage, episodes=count, hyper=REFINING, progress=part)
        steps += made.steps
        if made.cost.total - made.cost.loudness < least:
            here, least = made.settings, made.cost.total - made.cost.loudness
    for stage, fine in enumerate(finer, searches):
        env.fine = fine
        part = partial(_part, progress, stage, stages)
        made = plan(env, table, here, seed=seed, episodes=1, hyper=REFINING, progress=part)
        steps, here = steps + made.steps, made.settings
    return steps, here


def _part(progress: Callable[[float], None], stage: int, stages: int, share: float) -> None:
    progress((stage + share) / stages)


def _planning_ear(heard: Heard) -> Heard:
    if len(heard.gram) <= _FINE_HOPS:
        return heard
    return heard.coarse().thinned(max(1, _MOST_ROWS // heard.tracks))


class _Wanted:
    """One session's wish, worked out: its goal, its loudness, and what of its settings follows from those."""

    def __init__(self, session: Session, heard: Heard, wish: ToneWish, roles: tuple[Role, ...]) -> None:
        self.session, self.heard, self.wish, self.roles = session, heard, wish, roles
        self.found = session.settings
        twin = Twin(heard, self.found)
        self.found_lufs = twin.mix_loudness_lufs()
        told = wish.loudness_lufs
        self.loudness_lufs = self.found_lufs if told is None or not math.isfinite(self.found_lufs) else told
        self.targets = self._targets()
        alone = len(session.tracks) == 1
        level = twin.track_loudness_lufs()
        if alone:
            level = level + (self.loudness_lufs - self.found_lufs if math.isfinite(self.found_lufs) else 0.0)
        for k, lufs in wish.track_lufs:
            level[k] = lufs
        movable = np.array([not track.locked for track in session.tracks])
        movable[list(wish.locked)] = False
        if wish.only:
            movable[np.setdiff1d(np.arange(len(movable)), wish.only)] = False
        self.to_go_lu = np.zeros(len(level))
        sounding = twin.track_active()
        self.to_go_lu[sounding] = level[sounding] - twin.track_loudness_lufs()[sounding]
        self.goal: ToneGoal = tone_goal(twin, wish.target, self.targets, level_lufs=level, movable=movable)

    def _targets(self) -> list[ToneTarget | None]:
        wish, tracks = self.wish, len(self.session.tracks)
        targets: list[ToneTarget | None] = [None] * tracks
        if wish.scope == "tracks":
            told_nothing = wish.target is None and not wish.track_targets
            if tracks > 1 and (told_nothing or (wish.target is not None and wish.target.kind == "style")):
                targets = [role_target(self.heard.bands_hz, role) for role in self.roles]
            for k, target in wish.track_targets:
                targets[k] = target
        return targets

    def levelled(self, settings: Settings) -> Settings:
        """Bring every track that was tuned to its loudness with its fader, as far as that goes."""
        twin = Twin(self.heard, settings)
        off = np.where(self.goal.movable, twin.track_loudness_lufs() - self.goal.level_lufs, 0.0)
        strips = []
        for strip, was, error in zip(settings.strips, self.found.strips, off.tolist(), strict=True):
            highest = min(was.gain_db + FADER_TRAVEL_DB, FADER_MAX_DB)
            gain_db = min(max(strip.gain_db - error, was.gain_db - FADER_TRAVEL_DB), highest)
            strips.append(replace(strip, gain_db=gain_db) if error else strip)
        return replace(settings, strips=tuple(strips))

    def mastered(self, settings: Settings) -> Settings:
        """Bring the mix to its loudness with the master's fader, as far as that goes."""
        lufs = Twin(self.heard, settings).mix_loudness_lufs()
        if not math.isfinite(lufs):
            return settings
        found = self.found.master_gain_db
        wanted = self.found_lufs + self.wish.strength * (self.loudness_lufs - self.found_lufs)
        highest = min(found + MASTER_TRAVEL_DB, 2 * FADER_MAX_DB)
        gain_db = min(max(settings.master_gain_db + wanted - lufs, found - MASTER_TRAVEL_DB), highest)
        return replace(settings, master_gain_db=gain_db)

    def figures(self, settings: Settings) -> ToneFigures:
        """Return the session's figures at a setting."""
        goal, twin = self.goal, Twin(self.heard, settings)
        sound = ToneSound(twin, goal)
        spectrum = np.maximum(10 * np.log10(twin.mix_bands() + 1e-20) + twin.master_db, _NONE_DB)
        shift = float((spectrum - goal.mix_db) @ goal.mix_weight)
        audible = goal.audible
        rms = sound.track_rms_db.tolist()
        return ToneFigures(
            sound.mix_rms_db if goal.mix_weight.any() and audible.any() else None,
            twin.mix_loudness_lufs(),
            twin.true_peak_estimate_dbtp(),
            tuple(self.heard.bands_hz.tolist()),
            tuple(spectrum.tolist()),
            tuple(np.where(goal.mix_weight > 0, goal.mix_db + shift, math.nan).tolist()),
            tuple(rms[k] if goal.track_weight[k].any() and audible[k] else None for k in range(len(rms))),
            tuple(twin.track_loudness_lufs().tolist()),
            0.0 if goal.alone or not audible.any() else float((sound.excess_db[audible] > 0).mean()),
        )

    def plan(self, settings: Settings, steps: int) -> TonePlan:
        """Return the plan that leads to a setting."""
        found, goal = self.found, self.goal
        before, after = ToneSound(Twin(self.heard, found), goal), ToneSound(Twin(self.heard, settings), goal)
        names = [track.name for track in self.session.tracks]
        figures = self.figures(settings)
        return TonePlan(
            found,
            settings,
            self.wish.scope,
            self.roles,
            tuple(np.flatnonzero(~goal.audible).tolist()),
            tuple(None if target is None else target.source for target in self.targets),
            self.figures(found),
            figures,
            explained(names, before, after, found, settings, figures.loudness_lufs),
            () if self.wish.target is None else self.wish.target.notes,
            steps,
            _moved(found, settings),
        )


def _moved(found: Settings, settings: Settings) -> int:
    """Count the knobs that end up elsewhere: faders, and of each EQ band its gain, frequency and width."""
    old = [*_knobs(found), found.master_gain_db]
    new = [*_knobs(settings), settings.master_gain_db]
    return sum(not math.isclose(a, b, abs_tol=1e-6) for a, b in zip(old, new, strict=True) if a != b)


def _knobs(settings: Settings) -> list[float]:
    eqs = [*(strip.eq for strip in settings.strips), settings.master_eq]
    bands = [value for eq in eqs for band in eq for value in (band.gain_db, band.freq_hz, band.bandwidth_oct)]
    return [*(strip.gain_db for strip in settings.strips), *bands]
