"""Mixing a DAW that gives no audio: play, watch its meters, try faders, and write the best mix like any other."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from agent.daw import SessionUnreadable
from agent.hearing.meter_log import MeterLog
from agent.hearing.metered import ears
from agent.metered_mixing import BUDGET_S, MeteredPlan, mix_by_meters, windows_s
from agent.mixing import MixPlan, Wish, planned_as
from agent.q_learning import ActionValues
from agent.roles import Role, role_from_name
from agent.session import Session
from agent.settling import at_tempo
from bridge.journal import Journal
from bridge.live_job import carry_out
from bridge.notes import listed
from bridge.planned import PlannedMix
from bridge.playing import MeteredDaw, playing
from bridge.progress import Progress, Silent, Stage
from bridge.results import MixResult


def mix_live_by_meters(
    daw: MeteredDaw,
    wish: Wish,
    policy: ActionValues,
    journal: Journal,
    session: Session,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    dry_run: bool = False,
    budget_s: float = BUDGET_S,
    clock: Callable[[], float] = time.monotonic,
) -> MixResult:
    """Mix the session that was just read from a DAW by its meters alone; with ``dry_run`` listen, and move nothing.

    It plays for ``budget_s`` seconds at most, in several places where the session is longer than that and the DAW can
    be sent there. Raises as ``bridge.live_job.mix_live``, and ``SessionUnreadable`` where
    no meter moved.
    """
    progress = progress or Silent()
    roles = [role_from_name(track.name) or Role.OTHER for track in session.tracks]
    log = MeterLog(roles, daw.fall.db_per_s)
    progress.begin(Stage.HEAR, 1.0)
    told = _Told(progress)
    windows = windows_s(session.length_s, budget_s) if daw.located is not None else ()
    tries = None if dry_run else journal
    with playing(daw, session.settings, log, tries, windows=windows, clock=clock) as player:
        try:
            made = mix_by_meters(
                session,
                player,
                log,
                replace(wish, tempo=None),
                policy,
                seed=seed,
                budget_s=budget_s,
                dry_run=dry_run,
                say=told,
            )
        except ValueError as error:
            raise SessionUnreadable(
                f"{daw.name} played and no meter moved: does the session sound where it was played, "
                "and does the DAW send its meters?"
            ) from error
    heard_session = replace(session, length_s=log.listened_s)
    job = PlannedMix(heard_session, replace(wish, eq=False), made.heard, _at_tempo(made, heard_session, wish))
    said = tuple(_on_meters(made, heard_session, [session.tracks[k].name for k in log.silent]))
    return carry_out(daw, job, journal, seed=seed, progress=progress, dry_run=dry_run, said=said)


def _at_tempo(made: MeteredPlan, session: Session, wish: Wish) -> MixPlan:
    """Return a plan at the wanted tempo, which is set at the end: what plays is not listened to at two."""
    if wish.tempo is None:
        return made.plan
    goal = replace(made.plan.goal, tempo=wish.tempo)
    settings = at_tempo(goal, made.plan.found, made.plan.settings)
    return planned_as(replace(made.plan, goal=goal), session, made.heard, settings)


class _Told:
    """Tells a progress the share of the time that is used, and each try in words."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share, self._words = progress, 0.0, ""

    def __call__(self, words: str, share: float) -> None:
        self._progress.advance(share - self._share)
        self._share = share
        if words != self._words:
            self._progress.say(words)
            self._words = words


def _on_meters(made: MeteredPlan, session: Session, silent: list[str]) -> Iterator[str]:
    known = ears()
    yield (
        f"mixed by meters alone, {session.length_s:.0f} s of them, {made.moves} faders tried, {made.learned} of those "
        f"in learning: a track's loudness is then known to ± {known.spread_db:.0f} dB, the mix's to "
        f"± {known.master_spread_db:.0f} dB (1 σ), and EQ is not touched"
    )
    if silent:
        yield f"not moved, since they never sounded while it was listened: {listed(silent)}"
