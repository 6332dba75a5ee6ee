"""What a job found and did, whatever kind of job it was."""

from dataclasses import dataclass, field
from typing import Generic

from agent.hearing.heard import Heard
from agent.hearing.loudness import Measurement
from agent.mixing import Figures, MixPlan, Wish
from agent.reasons import Change
from agent.session import Session, Settings
from bridge.finishing import Finish
from bridge.live import Checked
from bridge.planned import FiguresT, PlanT, WishT


@dataclass(frozen=True, slots=True)
class Result(Generic[WishT, PlanT, FiguresT]):
    """What a job found and did.

    ``session`` is as it was found, ``settings`` are how it stands now (after a preview: how it would stand).
    ``before`` was measured from a render, where there was one. ``after`` are the figures at ``settings``, with the
    loudness of the finished file or the one that the DAW measured (``checked``), else the predicted one.
    ``heard`` is what the plan rests on, where the session was heard by ear.
    """

    session: Session
    wish: WishT
    seed: int
    plan: PlanT
    settings: Settings
    reasons: tuple[Change, ...]
    before: Measurement | None
    after: FiguresT
    finish: Finish | None
    notes: tuple[str, ...]
    dry_run: bool
    checked: Checked | None = None
    daw: str = "embedded"
    heard: Heard | None = field(default=None, compare=False, repr=False)


MixResult = Result[Wish, MixPlan, Figures]
