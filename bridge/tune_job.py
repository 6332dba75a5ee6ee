"""The tuning job from start to end: hear, plan on the twin, then as every job goes on."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.daw import Daw, SessionUnreadable
from agent.hearing.heard import Heard
from agent.hearing.loudness import Measurement
from agent.q_learning import QTable
from agent.session import Session, Settings
from agent.tone.targets import OTHER_TOLERANCE_DB, VOCAL_TOLERANCE_DB
from agent.tone.tuning import plan_tone, tone_figures
from agent.tone.wishes import ToneFigures, TonePlan, ToneWish
from bridge import notes
from bridge.finishing import CLOSE_LU
from bridge.jobs import measured_as_found, previewed, rendered
from bridge.journal import Journal
from bridge.live import LiveDaw
from bridge.live_job import carry_out
from bridge.planned import Planned, Shares, heard_audio, measurable
from bridge.progress import Progress, Silent, Stage
from bridge.results import Result

FloatArray = NDArray[np.float32]
ToneResult = Result[ToneWish, TonePlan, ToneFigures]
ROLES_ARE_AVERAGES = (
    "a track's target is the average of many of its role: within "
    f"{VOCAL_TOLERANCE_DB:.0f} to {OTHER_TOLERANCE_DB:.0f} dB of it a track is as it should be, and serves the mix"
)


class Planner(Protocol):
    """What plans a tuning; ``agent.tone.tuning.plan_tone`` is the real one."""

    def __call__(
        self,
        session: Session,
        heard: Heard,
        wish: ToneWish,
        table: QTable,
        /,
        *,
        seed: int,
        progress: Callable[[float], None],
    ) -> TonePlan:
        """Plan. Raises ``ValueError``."""
        ...


class PlannedTone(Planned[ToneWish, TonePlan, ToneFigures]):
    """A tuning that is planned. ``found_lufs`` is how loud the session was found to be."""

    def __init__(self, session: Session, wish: ToneWish, heard: Heard, plan: TonePlan, found_lufs: float) -> None:
        super().__init__(session, wish, heard, plan)
        self.found_lufs = found_lufs

    @property
    def undo_name(self) -> str:
        """What the undo step is called."""
        tracks = len(self.session.tracks)
        them = f"{tracks} tracks" if tracks > 1 else "1 track"
        what = {"master": "master", "tracks": them, "both": f"{them} and master"}[self.wish.scope]
        return f"Faderbot: tune ({what})"

    @property
    def master_reason(self) -> str:
        """What turning the master's fader does; the loudness follows."""
        return "keeps the mix at" if self.wish.loudness_lufs is None else "brings the mix to"

    @property
    def held(self) -> tuple[int, ...]:
        """The numbers of the tracks that must stay as they are: all of them where it is the master that is tuned."""
        numbers = range(len(self.session.tracks))
        if not self.wish.on_tracks:
            return tuple(numbers)
        unnamed = set(numbers) - set(self.wish.only) if self.wish.only else set()
        return tuple(sorted({*self.wish.locked, *unnamed}))

    @property
    def target_lufs(self) -> float | None:
        """What the mix must measure: as loud as it was, or the share of the way to the loudness that is wanted."""
        if self.wish.strength == 0.0 or not (self.audible and self.measurable and math.isfinite(self.found_lufs)):
            return None
        wanted = self.found_lufs if self.wish.loudness_lufs is None else self.wish.loudness_lufs
        return self.found_lufs + self.wish.strength * (wanted - self.found_lufs)

    def corrected(
        self,
        settings: Settings,
        loudness_lufs: float,
        highest_db: float = math.inf,
        lowest_db: float = -math.inf,
    ) -> Settings:
        """Turn the master to the target, but not for what nobody hears: a tuning may well leave it where it is."""
        close = self.target_lufs is not None and abs(self.target_lufs - loudness_lufs) <= CLOSE_LU
        return settings if close else super().corrected(settings, loudness_lufs, highest_db, lowest_db)

    def figures(self, settings: Settings, loudness_lufs: float | None = None) -> ToneFigures:
        """Return the figures at any settings; ``loudness_lufs`` is the mix's where it was measured."""
        told = tone_figures(self.session, self.heard, self.wish, settings)
        return told if loudness_lufs is None else replace(told, loudness_lufs=loudness_lufs)

    def said(self) -> Iterator[str]:
        """Yield what is to be said of the plan, a sentence each."""
        yield from self.plan.notes
        locked = sorted(set(self.wish.locked)) if self.wish.on_tracks else []
        yield from notes.on_tracks(self.session, self.heard, self.plan.silent, locked)
        if not self.measurable:
            length = f"{self.session.length_s:.2f} s are too short for a loudness ({notes.SHORTEST_S} s)"
            yield f"{length}: nothing was tuned"
        elif not self.audible:
            yield "nothing is audible: nothing was tuned"
        elif self.wish.strength == 0.0:
            yield "strength 0: nothing was tuned"
        elif any(target is not None for target in self.plan.targets):
            yield ROLES_ARE_AVERAGES
        if 0.0 < self.wish.strength < 1.0 and self.measurable and self.audible:
            yield f"strength {self.wish.strength:g}: every gain went that share of its way, and so did the loudness"


def preview_tune(
    daw: Daw,
    wish: ToneWish,
    policy: QTable,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    planner: Planner = plan_tone,
) -> ToneResult:
    """Plan a tuning and change nothing. Raises ``SessionUnreadable``."""
    return previewed(*_heard(daw, wish, policy, seed, progress or Silent(), planner), seed=seed)


def tune(
    daw: Daw,
    wish: ToneWish,
    policy: QTable,
    wav: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    deliver: Callable[[ToneResult], None] = lambda _result: None,
    planner: Planner = plan_tone,
) -> ToneResult:
    """Tune a session and write what comes out into ``wav``. As ``bridge.jobs.mix`` goes about it, and raises."""
    progress = progress or Silent()
    job, before = _heard(daw, wish, policy, seed, progress, planner)
    return rendered(daw, job, before, wav, seed=seed, progress=progress, deliver=deliver)


def tune_live(
    daw: LiveDaw,
    wish: ToneWish,
    policy: QTable,
    journal: Journal,
    session: Session,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    dry_run: bool = False,
    planner: Planner = plan_tone,
) -> ToneResult:
    """Tune the session that was just read from a DAW; with ``dry_run`` only say how. Raises as ``mix_live``."""
    progress = progress or Silent()
    job = _planned(session, daw.audio(), wish, policy, seed, progress, planner, None)
    return carry_out(daw, job, journal, seed=seed, progress=progress, dry_run=dry_run)


def _heard(
    daw: Daw, wish: ToneWish, policy: QTable, seed: int, progress: Progress, planner: Planner
) -> tuple[PlannedTone, Measurement]:
    session = daw.read()
    before = measured_as_found(daw, session, progress)
    return _planned(session, daw.audio(), wish, policy, seed, progress, planner, before.integrated_lufs), before


def _planned(
    session: Session,
    blocks: Iterable[FloatArray],
    wish: ToneWish,
    policy: QTable,
    seed: int,
    progress: Progress,
    planner: Planner,
    measured_lufs: float | None,
) -> PlannedTone:
    heard = heard_audio(session, blocks, progress)
    progress.begin(Stage.PLAN, 1.0)
    doable = wish if measurable(session) else replace(wish, strength=0.0)
    try:
        plan = planner(session, heard, doable, policy, seed=seed, progress=Shares(progress))
    except ValueError as error:
        raise SessionUnreadable(f"{session.name} can not be tuned: {error}") from error
    found_lufs = plan.before.loudness_lufs if measured_lufs is None else measured_lufs
    return PlannedTone(session, doable, heard, plan, found_lufs)
