"""Why this move: what ``faderbot mix --explain`` adds to the document and to the report."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Literal

from rich.console import RenderableType

from agent.q_learning import ActionValues
from agent.whys import Move, moves
from bridge.explain_report import q_value, signed
from bridge.report import listed_under, short_name
from bridge.results import MixResult
from bridge.schema import MixDocument, WhyPart

_DIGITS = 4
_MOST_LINES = 25


def with_whys(document: MixDocument, result: MixResult, policy: ActionValues) -> MixDocument:
    """Return the document of a mix with the moves of the policy and of what it was refined to, and their values."""
    return document.model_copy(update={"why": tuple(_whys(result, policy))})


def _whys(result: MixResult, policy: ActionValues) -> Iterator[WhyPart]:
    plan, heard = result.plan, result.heard
    if heard is None or result.wish.strength == 0:
        return
    played = partial(moves, heard, plan.goal, plan.found, eq=result.wish.eq)
    tracks = [track.name for track in result.session.tracks]
    yield from (_part(move, "policy", tracks) for move in played(policy))
    if plan.refined is not None and plan.refined is not policy:  # a network stays as it is
        yield from (_part(move, "refined", tracks) for move in played(plan.refined, trained=policy))


def _part(move: Move, by: Literal["policy", "refined"], tracks: Sequence[str]) -> WhyPart:
    return WhyPart(
        by=by,
        track=None if move.strip is None else tracks[move.strip],
        seen=move.seen,
        action=move.action,
        q=round(move.q, _DIGITS),
        next_best=move.next_best,
        next_q=round(move.next_q, _DIGITS),
        trained_q=None if move.trained_q is None else round(move.trained_q, _DIGITS),
        earned=round(move.earned, _DIGITS),
        visits=move.visits,
    )


def why_report(document: MixDocument) -> Iterator[RenderableType]:
    """Yield the part of the report that says why, where it was asked for; of many moves the first of each kind."""
    whys = document.why
    if whys is None:
        return
    own = [why for why in whys if why.by == "policy"]
    yield from _listed("Why: the policy's own moves, before they are refined on the twin", own)
    if refined := [why for why in whys if why.by == "refined"]:
        yield from _listed("Why: its moves once its values are refined on this session", refined)


def _listed(title: str, whys: Sequence[WhyPart]) -> Iterator[RenderableType]:
    lines = [_line(why) for why in whys[:_MOST_LINES]] or ["It holds everywhere: the mix is left as it was found."]
    if len(whys) > _MOST_LINES:
        lines.append(f"… and {len(whys) - _MOST_LINES} more moves, in mix.json or with --json")
    yield from listed_under(title, lines)


def _line(why: WhyPart) -> str:
    name = "Master" if why.track is None else short_name(why.track)
    seen = "" if why.visits is None else f"; seen {why.visits:,} times"
    before = "" if why.trained_q is None else f", {q_value(why.trained_q)} before"
    return (
        f"{name}: {signed(why.action)} (Q {q_value(why.q)}{before}; next best {signed(why.next_best)} "
        f"{q_value(why.next_q)}; earned {q_value(why.earned)}{seen}): {why.seen}"
    )
