"""explain.json: what a policy has learned, as a versioned document of strict JSON."""

import json
from typing import Final, Literal

import numpy as np
from pydantic import Field

from agent.explaining import NEVER, Explanation, Map, Shown
from agent.policy import About
from bridge.schema import Part, PolicyPart, Share, finite
from bridge.version import faderbot_version

SCHEMA: Final = "faderbot-explain"
_DIGITS = 4


class MapPart(Part):
    """A map over two axes: rows of columns. ``null`` where nothing was seen; ``share`` is that of the greedy action."""

    rows: str
    columns: str
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    visits: tuple[tuple[int, ...], ...]
    value: tuple[tuple[float | None, ...], ...]
    greedy: tuple[tuple[str | None, ...], ...]
    share: tuple[tuple[float | None, ...], ...]


class GreedyPart(Part):
    """How often an action is the best: in how many of the states seen, and in what share of all visits."""

    action: str
    states: int
    share: Share


class StatePart(Part):
    """A state in words, what the policy would do there, and how sure it is of it, 0 to 1.

    ``disagreement`` is half of how far the two tables are apart about the gap, null where there is one table.
    """

    state: int
    words: str
    action: str
    q: float
    next_best: str
    next_q: float
    visits: int
    disagreement: float | None
    sure: Share


class ExplainDocument(Part):
    """explain.json. ``played``: for how many steps a policy that is no table was played on made-up sessions.

    All counts are then of what it met there; else it is null, and they are those of the table's training.
    """

    kind: Literal["faderbot-explain"] = Field(SCHEMA, alias="schema")
    version: Literal[1] = 1
    faderbot_version: str
    subject: str
    policy: PolicyPart
    sessions: tuple[str, ...]
    played: int | None
    states: int
    seen: int
    visits: int
    maps: tuple[MapPart, ...]
    greedy: tuple[GreedyPart, ...]
    most_certain: tuple[StatePart, ...]
    least_certain: tuple[StatePart, ...]

    def text(self, *, ascii_only: bool = False) -> str:
        """Return the document as JSON, the same for the same policy."""
        whole = self.model_dump(mode="json", by_alias=True)
        return json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=ascii_only) + "\n"


def explain_document(told: Explanation, made: About, played: int | None = None) -> ExplainDocument:
    """Return what is to be said of a policy; ``played``: for how many steps, where it is no table."""
    return ExplainDocument(
        faderbot_version=faderbot_version(),
        subject=told.subject,
        policy=PolicyPart(algorithm=made.algorithm, steps=made.steps, seed=made.seed, sha256=made.sha256),
        sessions=made.sessions,
        played=played,
        states=told.states,
        seen=told.seen,
        visits=told.visits,
        maps=tuple(_map(one, told.actions) for one in told.maps),
        greedy=tuple(
            GreedyPart(action=one.action, states=one.states, share=round(one.share, _DIGITS)) for one in told.greedy
        ),
        most_certain=tuple(map(_state, told.most_certain)),
        least_certain=tuple(map(_state, told.least_certain)),
    )


def _map(drawn: Map, actions: tuple[str, ...]) -> MapPart:
    def rounded(values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> tuple[tuple[float | None, ...], ...]:
        return tuple(tuple(finite(value, _DIGITS) for value in row) for row in values.tolist())

    return MapPart(
        rows=drawn.axes[0],
        columns=drawn.axes[1],
        row_names=drawn.bins[0],
        column_names=drawn.bins[1],
        visits=tuple(map(tuple, drawn.visits.tolist())),
        value=rounded(drawn.value),
        greedy=tuple(
            tuple(None if action == NEVER else actions[action] for action in row) for row in drawn.greedy.tolist()
        ),
        share=rounded(drawn.share),
    )


def _state(shown: Shown) -> StatePart:
    apart = shown.disagreement
    return StatePart(
        state=shown.state,
        words=shown.words,
        action=shown.action,
        q=round(shown.q, _DIGITS),
        next_best=shown.next_best,
        next_q=round(shown.next_q, _DIGITS),
        visits=shown.visits,
        disagreement=None if apart is None else round(apart, _DIGITS),
        sure=round(shown.sure, _DIGITS),
    )
