"""What every job begins with: hear a session once, plan on its twin. What kind of plan it is, subclasses say."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from agent.actions import limits_around
from agent.daw import SessionUnreadable
from agent.hearing.heard import Heard, hear
from agent.hearing.twin import Twin
from agent.mixing import Figures, MixPlan, Wish, figures, plan_mix
from agent.q_learning import ActionValues
from agent.reasons import Change, signed
from agent.session import Session, Settings
from bridge import notes
from bridge.progress import Progress, Stage

FloatArray = NDArray[np.float32]


class Asked(Protocol):
    """What every wish has: the tracks to leave alone, how far to go (0 to 1), and a loudness where one is wanted."""

    @property
    def locked(self) -> tuple[int, ...]:
        """The numbers of the tracks that are heard and not moved."""
        ...

    @property
    def strength(self) -> float:
        """How far to go."""
        ...

    @property
    def loudness_lufs(self) -> float | None:
        """The loudness that is wanted."""
        ...


class Outcome(Protocol):
    """What all figures of a session have."""

    @property
    def loudness_lufs(self) -> float:
        """The integrated loudness."""
        ...


class Plan(Protocol):
    """What every plan has."""

    @property
    def settings(self) -> Settings:
        """Where the session should go."""
        ...

    @property
    def silent(self) -> tuple[int, ...]:
        """The numbers of the tracks that never sound."""
        ...

    @property
    def reasons(self) -> tuple[Change, ...]:
        """Why, a sentence a change."""
        ...

    @property
    def after(self) -> Outcome:
        """What is predicted at the settings."""
        ...


WishT = TypeVar("WishT", bound=Asked)
PlanT = TypeVar("PlanT", bound=Plan)
FiguresT = TypeVar("FiguresT", bound=Outcome)


class Planned(ABC, Generic[WishT, PlanT, FiguresT]):
    """A session, what was heard of it and the plan for it: what all jobs rest on, however they heard."""

    def __init__(self, session: Session, wish: WishT, heard: Heard, plan: PlanT) -> None:
        self.session, self.wish, self.heard, self.plan = session, wish, heard, plan

    @property
    @abstractmethod
    def undo_name(self) -> str:
        """What the undo step is called."""

    @abstractmethod
    def figures(self, settings: Settings, loudness_lufs: float | None = None) -> FiguresT:
        """Return the figures at any settings; ``loudness_lufs`` is the mix's where it was measured."""

    @abstractmethod
    def said(self) -> Iterator[str]:
        """Yield what is to be said of the plan, a sentence each."""

    @property
    def master_reason(self) -> str:
        """What turning the master's fader does; the loudness follows."""
        return "brings the mix to"

    @property
    def held(self) -> tuple[int, ...]:
        """The numbers of the tracks that must stay as they are, beside those that the session locks."""
        return self.wish.locked

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
        """Return the plan's reasons; that of the master's fader with where it went in the end."""
        others = tuple(reason for reason in self.plan.reasons if not _is_of_the_fader(reason))
        change_db = settings.master_gain_db - self.session.settings.master_gain_db
        if abs(change_db) < notes.WORTH_SAYING_DB:
            return others
        goes = f"{self.master_reason} {notes.lufs(loudness_lufs)}"
        with_gain = ", with the gain in the file" if abs(file_gain_db) >= notes.WORTH_SAYING_DB else ""
        return (*others, Change(None, f"{_MASTER}{signed(change_db)}: {goes}{with_gain}"))


AnyPlanned = Planned[Any, Any, Any]


class PlannedMix(Planned[Wish, MixPlan, Figures]):
    """A mix that is planned."""

    @property
    def undo_name(self) -> str:
        """What the undo step is called."""
        return f"Faderbot: auto-mix ({len(self.session.tracks)} tracks)"

    def figures(self, settings: Settings, loudness_lufs: float | None = None) -> Figures:
        """Return the figures at any settings; ``loudness_lufs`` is the mix's where it was measured."""
        return figures(self.heard, self.plan.goal, settings, loudness_lufs)

    def said(self) -> Iterator[str]:
        """Yield what is to be said of the plan, a sentence each."""
        return notes.on_plan(self.session, self.heard, self.wish, self.plan)


def by_ear(
    session: Session, blocks: Iterable[FloatArray], wish: Wish, policy: ActionValues, seed: int, progress: Progress
) -> tuple[Heard, MixPlan]:
    """Hear a session's audio, as ``agent.daw.Daw.audio`` yields it, and plan its mix. Raises ``SessionUnreadable``."""
    heard = heard_audio(session, blocks, progress)
    progress.begin(Stage.PLAN, 1.0)
    doable = wish if measurable(session) else replace(wish, strength=0.0)
    return heard, plan_mix(session, heard, doable, policy, seed=seed, progress=Shares(progress))


def heard_audio(session: Session, blocks: Iterable[FloatArray], progress: Progress) -> Heard:
    """Hear a session's audio, as ``agent.daw.Daw.audio`` yields it. Raises ``SessionUnreadable``."""
    progress.begin(Stage.HEAR, round(session.length_s * session.sample_rate_hz))
    pans = [strip.pan for strip in session.settings.strips]
    with audio_of(session):
        return hear(blocks, session.sample_rate_hz, pans, progress.advance)


def measurable(session: Session) -> bool:
    """Tell whether a session is long enough for a loudness, and so for a cost."""
    return session.length_s >= notes.SHORTEST_S


class Shares:
    """Tells a progress what a share of the whole is more than the one before."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._share = progress, 0.0

    def __call__(self, share: float) -> None:
        """Take a share of the whole, 0 to 1."""
        self._progress.advance(share - self._share)
        self._share = share


@contextmanager
def audio_of(session: Session) -> Iterator[None]:
    """Turn what hearing can not make sense of into ``SessionUnreadable``."""
    try:
        yield
    except ValueError as error:
        raise SessionUnreadable(f"{session.name} can not be heard: {error}") from error


_MASTER = "Master "


def _is_of_the_fader(reason: Change) -> bool:
    """Tell whether a reason is that of the master's fader: its EQ's name the band, that of the tempo no master."""
    return reason.track is None and reason.text.startswith(_MASTER) and not reason.text.startswith(f"{_MASTER}EQ")
