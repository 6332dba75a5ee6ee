"""What every mixing job begins with: hear a session once, plan its mix on the twin."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.actions import limits_around
from agent.daw import SessionUnreadable
from agent.hearing.heard import Heard, hear
from agent.hearing.twin import Twin
from agent.mixing import MixPlan, Wish, plan_mix
from agent.q_learning import QTable
from agent.reasons import Change, signed
from agent.session import Session, Settings
from bridge import notes
from bridge.progress import Progress, Stage

FloatArray = NDArray[np.float32]


class Planned:
    """A session, what was heard of it and the plan of its mix: what all mixing jobs rest on, however they heard."""

    def __init__(self, session: Session, wish: Wish, heard: Heard, plan: MixPlan) -> None:
        self.session, self.wish, self.heard, self.plan = session, wish, heard, plan

    @property
    def undo_name(self) -> str:
        """What the undo step is called."""
        return f"Faderbot: auto-mix ({len(self.session.tracks)} tracks)"

    @property
    def measurable(self) -> bool:
        """Whether the session is long enough for a loudness, and so for a cost."""
        return measurable(self.session)

    @property
    def audible(self) -> bool:
        """Whether any track sounds."""
        return len(self.plan.silent) < len(self.session.tracks)

    @property
    def target_lufs(self) -> float | None:
        """What the mix must measure; None where the settings alone decide."""
        goes_all_the_way = self.wish.strength == 1.0 and self.audible and self.measurable
        return self.wish.loudness_lufs if goes_all_the_way else None

    def corrected(
        self,
        settings: Settings,
        loudness_lufs: float,
        highest_db: float = math.inf,
        lowest_db: float = -math.inf,
    ) -> Settings:
        """Turn the master from a loudness to the target, within its limits and those of the DAW's fader."""
        if self.target_lufs is None or not math.isfinite(loudness_lufs):
            return settings
        limits = limits_around(self.session.settings)
        master_db = round(settings.master_gain_db + self.target_lufs - loudness_lufs, 2)
        within_db = min(max(master_db, limits.master_low_db, lowest_db), limits.master_high_db, highest_db)
        return replace(settings, master_gain_db=within_db)

    def on_the_twin(self, settings: Settings) -> Twin:
        """Return the twin at these settings."""
        return Twin(self.heard, settings)

    def reasons(self, settings: Settings, loudness_lufs: float, file_gain_db: float = 0.0) -> tuple[Change, ...]:
        """Return the plan's reasons; the master's with where it went in the end."""
        tracks = tuple(reason for reason in self.plan.reasons if reason.track is not None)
        change_db = settings.master_gain_db - self.session.settings.master_gain_db
        if abs(change_db) < notes.WORTH_SAYING_DB:
            return tracks
        goes = f"brings the mix to {notes.lufs(loudness_lufs)}"
        with_gain = ", with the gain in the file" if abs(file_gain_db) >= notes.WORTH_SAYING_DB else ""
        return (*tracks, Change(None, f"Master {signed(change_db)}: {goes}{with_gain}"))


def by_ear(
    session: Session, blocks: Iterable[FloatArray], wish: Wish, policy: QTable, seed: int, progress: Progress
) -> tuple[Heard, MixPlan]:
    """Hear a session's audio, as ``agent.daw.Daw.audio`` yields it, and plan its mix. Raises ``SessionUnreadable``."""
    progress.begin(Stage.HEAR, round(session.length_s * session.sample_rate_hz))
    pans = [strip.pan for strip in session.settings.strips]
    with audio_of(session):
        heard = hear(blocks, session.sample_rate_hz, pans, progress.advance)
    progress.begin(Stage.PLAN, 1.0)
    doable = wish if measurable(session) else replace(wish, strength=0.0)
    return heard, plan_mix(session, heard, doable, policy, seed=seed, progress=_Shares(progress))


def measurable(session: Session) -> bool:
    """Tell whether a session is long enough for a loudness, and so for a cost."""
    return session.length_s >= notes.SHORTEST_S


class _Shares:
    """Tells a progress what a share of the whole is more than the one before."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share = progress, 0.0

    def __call__(self, share: float) -> None:
        self._progress.advance(share - self._share)
        self._share = share


@contextmanager
def audio_of(session: Session) -> Iterator[None]:
    """Turn what hearing can not make sense of into ``SessionUnreadable``."""
    try:
        yield
    except ValueError as error:
        raise SessionUnreadable(f"{session.name} can not be heard: {error}") from error
