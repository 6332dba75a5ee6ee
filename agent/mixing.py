"""Automatic mixing: from what was heard and what is wanted to a bounded plan, with the reasons in words."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from threadpoolctl import threadpool_limits

from agent.daw import Daw
from agent.environment import ROUNDS, MixEnv, Scene
from agent.hearing.heard import Heard, hear
from agent.hearing.loudness import power_to_lufs
from agent.hearing.twin import Twin
from agent.planning import EPISODES, plan
from agent.q_learning import ActionValues
from agent.reasons import Change, reasons
from agent.reward import Cost, Sound, loudness_term
from agent.roles import Role, SoundFeatures, role_from_name, role_from_sound
from agent.session import Session, Settings
from agent.settling import at_tempo, settle
from agent.targets import LOUDNESS_LUFS, STYLES, Goal, Style, goal
from agent.taste import Taste, tasted
from agent.tempo import TempoGoal

# Longer sessions are planned on hops of 400 ms, and long ones with many tracks on a part of those: the gate is then a
# little less exact (docs/results.md), which the master makes up for once the mix is rendered.
_FINE_HOPS = 300
_MOST_ROWS = 8000


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asks of a mix. ``focus`` and ``locked`` are track numbers; ``strength`` lies in [0, 1].

    ``tempo`` is gone to whole, whatever the strength, which is one of gains; None keeps the tempo. ``taste`` is the
    user's in that style, which is called ``style_name``.
    """

    loudness_lufs: float = LOUDNESS_LUFS["streaming"]
    style: Style = STYLES["balanced"]
    focus: tuple[int, ...] = ()
    locked: tuple[int, ...] = ()
    strength: float = 1.0
    eq: bool = True
    tempo: TempoGoal | None = None
    style_name: str = "balanced"
    taste: Taste = field(default_factory=Taste, hash=False)

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise ValueError(f"a strength of {self.strength} is outside 0 to 1")
        if not -40.0 <= self.loudness_lufs <= -5.0:
            raise ValueError(f"a loudness target of {self.loudness_lufs} LUFS is outside -40 to -5")


@dataclass(frozen=True, slots=True)
class Figures:
    """A mix as the twin hears it at one setting."""

    cost: Cost
    loudness_lufs: float
    track_loudness_lufs: tuple[float, ...]
    spectrum_rms_db: float
    masked_share: float


@dataclass(frozen=True, slots=True)
class MixPlan:
    """Where the session stands, where it should go, and why.

    ``settings`` are ready to be applied: within the safety limits, scaled by the wish's strength. ``silent`` tracks
    never sound and are left alone. ``reasons`` has one sentence a change. ``refined`` are the policy's values as they
    were refined on the session's twin, where they were.
    """

    found: Settings
    settings: Settings
    goal: Goal = field(compare=False, repr=False)
    roles: tuple[Role, ...]
    silent: tuple[int, ...]
    before: Figures
    after: Figures
    reasons: tuple[Change, ...]
    steps: int
    refined: ActionValues | None = field(default=None, compare=False, repr=False)


def plan_mix(
    session: Session,
    heard: Heard,
    wish: Wish,
    policy: ActionValues,
    *,
    seed: int = 0,
    episodes: int = EPISODES,
    progress: Callable[[float], None] = lambda _share: None,
) -> MixPlan:
    """Plan a mix on the session's twin: the policy, refined there by Dyna, decides every step.

    Raises ``ValueError`` where the wish names a track that is not there.
    """
    strange = [k for k in (*wish.focus, *wish.locked) if not 0 <= k < len(session.tracks)]
    if strange:
        raise ValueError(f"there is no track {strange[0]}: the session has {len(session.tracks)}, counted from 0")
    with threadpool_limits(1, "blas"):
        return _planned(session, heard, wish, policy, seed, episodes, progress)


def _planned(
    session: Session,
    heard: Heard,
    wish: Wish,
    policy: ActionValues,
    seed: int,
    episodes: int,
    progress: Callable[[float], None],
) -> MixPlan:
    found = session.settings
    fast = Twin(_planning_ear(heard), found)
    roles = roles_of(session, heard)
    wanted = _goal(session, fast, roles, wish)
    plain = wanted if not wish.taste.shifts else _goal(session, fast, roles, replace(wish, taste=Taste()))
    scene = Scene(fast, plain, found)
    steps, settings = 0, at_tempo(wanted, found, found)
    refined: ActionValues | None = None
    if wanted.audible.any() and wish.strength > 0:
        env = MixEnv([scene], eq=wish.eq, observations=policy.observations)
        made = plan(env, policy, found, seed=seed, episodes=episodes, progress=progress)
        liked = wish.taste if wish.eq else wish.taste.without_eq()
        turned = tasted(found, made.settings, roles, liked, wanted) if liked.shifts else made.settings
        settled = settle(Twin(heard, found), wanted, found, turned, wish.focus)
        steps, settings = made.steps, scaled(found, settled, wish.strength)
        refined = made.table
    return replace(_made(session, heard, wanted, roles, settings, steps), refined=refined)


def planned_as(plan: MixPlan, session: Session, heard: Heard, settings: Settings) -> MixPlan:
    """Return a plan as it looks with other ears and other settings, for those that learned more on the way."""
    return replace(_made(session, heard, plan.goal, plan.roles, settings, plan.steps), refined=plan.refined)


def _made(
    session: Session, heard: Heard, wanted: Goal, roles: tuple[Role, ...], settings: Settings, steps: int
) -> MixPlan:
    found = session.settings
    before = Sound(Twin(heard, found), wanted)
    after = Sound(Twin(heard, settings), wanted)
    return MixPlan(
        found,
        settings,
        wanted,
        roles,
        tuple(np.flatnonzero(~wanted.audible).tolist()),
        _figures(before, before.mix_loudness_lufs),
        _figures(after, after.mix_loudness_lufs),
        reasons([t.name for t in session.tracks], before, after, found, settings),
        steps,
    )


def _planning_ear(heard: Heard) -> Heard:
    if len(heard.gram) <= _FINE_HOPS:
        return heard
    return heard.coarse().thinned(max(1, _MOST_ROWS // heard.tracks))


def daw_environment(daw: Daw, wish: Wish | None = None, *, scramble_db: float = 0.0, rounds: int = ROUNDS) -> MixEnv:
    """Return a DAW's open session as an environment: it is heard once, and every step then turns a knob of the DAW.

    Each step is an undo step of the DAW. What the DAW reads back (it may clamp or round) is what the agent goes on
    from. Raises ``DawError`` where the DAW can not be read or, later in ``reset`` and ``step``, written.
    """
    wish = wish or Wish()
    session = daw.read()
    found = session.settings
    heard = hear(daw.audio(), session.sample_rate_hz, [strip.pan for strip in found.strips])
    twin = Twin(heard, found)
    return MixEnv(
        [Scene(twin, _goal(session, twin, roles_of(session, heard), wish), found)],
        eq=wish.eq,
        scramble_db=scramble_db,
        rounds=rounds,
        hand=lambda settings: daw.apply(settings, "Faderbot: one move"),
    )


def _goal(session: Session, twin: Twin, roles: tuple[Role, ...], wish: Wish) -> Goal:
    locked = {*wish.locked, *(k for k, track in enumerate(session.tracks) if track.locked)}
    plain = goal(
        twin,
        roles,
        loudness_lufs=wish.loudness_lufs,
        style=wish.style,
        focus=wish.focus,
        locked=sorted(locked),
        shifts=wish.taste.levels_db,
    )
    bare = frozenset(k for k, track in enumerate(session.tracks) if not track.eq)
    return replace(plain, tempo=wish.tempo, bare=bare) if bare or wish.tempo is not None else plain


def roles_of(session: Session, heard: Heard) -> tuple[Role, ...]:
    """Return each track's role: from its name, else from its sound."""
    return tuple(
        role_from_name(track.name) or role_from_sound(_features(heard, k)) for k, track in enumerate(session.tracks)
    )


def scaled(found: Settings, wanted: Settings, strength: float) -> Settings:
    """Return the settings ``strength`` of the way from found to wanted; every gain moves along a line in dB."""

    def between(old: float, new: float) -> float:
        return new if old == new or strength == 1.0 else old + strength * (new - old)

    strips = tuple(
        replace(
            new.with_eq_gains(tuple(map(between, old.eq_gains_db, new.eq_gains_db))),
            gain_db=between(old.gain_db, new.gain_db),
        )
        for old, new in zip(found.strips, wanted.strips, strict=True)
    )
    gains = map(between, found.master_eq_gains_db, wanted.master_eq_gains_db)
    return replace(
        wanted,
        strips=strips,
        master_gain_db=between(found.master_gain_db, wanted.master_gain_db),
        master_eq=tuple(replace(b, gain_db=g) for b, g in zip(wanted.master_eq, gains, strict=True)),
    )


def figures(heard: Heard, wanted: Goal, settings: Settings, loudness_lufs: float | None = None) -> Figures:
    """Return a session's figures at any settings; ``loudness_lufs`` is the mix's where it was measured."""
    sound = Sound(Twin(heard, settings), wanted)
    return _figures(sound, sound.mix_loudness_lufs if loudness_lufs is None else loudness_lufs)


def _figures(sound: Sound, loudness_lufs: float) -> Figures:
    return Figures(
        sound.cost()._replace(loudness=loudness_term(loudness_lufs - sound.goal.loudness_lufs)),
        loudness_lufs,
        tuple(sound.twin.track_loudness_lufs().tolist()),
        sound.spectrum_rms_db,
        sound.masked_share(),
    )


def _features(heard: Heard, track: int) -> SoundFeatures:
    power = heard.cross[:, track, track].real.sum(0)
    hop = heard.gram[:, track, track]
    loudest = float(hop.max(initial=0.0))
    active = hop > loudest / 100
    peak = float(heard.peak[:, track].max(initial=0.0))
    mean = float(hop[active].mean()) if loudest > 0 else 0.0
    return SoundFeatures(
        heard.bands_hz,
        10 * np.log10(power + 1e-20),
        20 * math.log10(peak) - power_to_lufs(mean) if peak > 0 and mean > 0 else 0.0,
        float(active.mean()) if loudest > 0 else 0.0,
    )
