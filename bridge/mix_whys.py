"""Why this move: what ``faderbot mix --explain`` adds to the document and to the report."""

from collections.abc import Iterator

from rich.console import RenderableType

from agent.q_learning import ActionValues
from agent.whys import Move, moves
from bridge.explain_report import q_value, signed
from bridge.report import listed_under, short_name
from bridge.results import MixResult
from bridge.schema import MixDocument, WhyPart

_DIGITS = 4
_MOST_LINES = 40


def with_whys(document: MixDocument, result: MixResult, policy: ActionValues) -> MixDocument:
    """Return the document of a mix with the policy's own moves and the values behind them."""
    plan, tracks = result.plan, result.session.tracks
    played: tuple[Move, ...] = ()
    if result.heard is not None and result.wish.strength > 0:
        played = moves(result.heard, plan.goal, plan.found, policy, eq=result.wish.eq)
    whys = tuple(
        WhyPart(
            track=None if move.strip is None else tracks[move.strip].name,
            seen=move.seen,
            action=move.action,
            q=round(move.q, _DIGITS),
            next_best=move.next_best,
            next_q=round(move.next_q, _DIGITS),
            earned=round(move.earned, _DIGITS),
            visits=move.visits,
        )
        for move in played
    )
    return document.model_copy(update={"why": whys})


def why_report(document: MixDocument) -> Iterator[RenderableType]:
    """Yield the part of the report that says why, where it was asked for; of many moves the first 40."""
    whys = document.why
    if whys is None:
        return
    lines = [_line(why) for why in whys[:_MOST_LINES]] or ["It holds everywhere: the mix is left as it was found."]
    if len(whys) > _MOST_LINES:
        lines.append(f"… and {len(whys) - _MOST_LINES} more moves, in mix.json")
    yield from listed_under("Why: the policy's own moves, before they are refined on the twin", lines)


def _line(why: WhyPart) -> str:
    name = "Master" if why.track is None else short_name(why.track)
    seen = "" if why.visits is None else f"; seen {why.visits:,} times"
    return (
        f"{name}: {signed(why.action)} (Q {q_value(why.q)}; next best {signed(why.next_best)} {q_value(why.next_q)}; "
        f"earned {q_value(why.earned)}{seen}): {why.seen}"
    )
