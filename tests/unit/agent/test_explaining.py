import numpy as np
import pytest

from agent.explaining import NEVER, Explanation, explain
from agent.policy import Layout
from agent.q_learning import QTable
from agent.vocabulary import Vocabulary

HOLD, UP, DOWN = range(3)
LOW, HIGH = range(2)
WORDS = Vocabulary(
    "toys",
    Layout(("heat", "noise"), (2, 3), ("hold", "up", "down")),
    (("cold", "hot"), ("none", "some", "loud")),
    lambda state: f"{('cold', 'hot')[state[0]]} with {('none', 'some', 'loud')[state[1]]}",
)
COLD_QUIET, COLD_SOME, COLD_LOUD, HOT_QUIET, HOT_SOME, HOT_LOUD = range(6)


def told(
    q: dict[int, tuple[float, float, float]],
    visits: dict[int, tuple[int, int, int]],
    words: Vocabulary = WORDS,
    apart: dict[int, tuple[float, float, float]] | None = None,
    **how: object,
) -> Explanation:
    """Explain a table with these values and visits; ``apart``: how much more the second of two tables says."""
    values, seen = np.full((words.layout.states, 3), 9.0), np.zeros((words.layout.states, 3), np.int64)
    other = np.zeros_like(values)
    for state, row in q.items():
        values[state] = row
    for state, counts in visits.items():
        seen[state] = counts
    for state, row in (apart or {}).items():
        other[state] = row
    tables = [values] if apart is None else [values - other / 2, values + other / 2]
    return explain(QTable(np.array(tables), seen), words, **how)  # type: ignore[arg-type]


def test_a_cell_of_the_map_is_the_best_of_what_was_tried_and_what_was_never_seen_is_blank() -> None:
    drawn = told(
        {COLD_QUIET: (0.1, 0.5, 0.2), HOT_LOUD: (0.3, 0.9, -0.4)},
        {COLD_QUIET: (3, 4, 3), HOT_LOUD: (5, 0, 5)},
        pairs=[("heat", "noise")],
    ).maps[0]
    assert drawn.axes == ("heat", "noise")
    assert drawn.bins == (("cold", "hot"), ("none", "some", "loud"))
    assert drawn.visits.tolist() == [[10, 0, 0], [0, 0, 10]]
    assert drawn.value[0, 0] == 0.5
    assert drawn.value[1, 2] == 0.3, "0.9 is what nobody has tried"
    assert np.isnan(drawn.value).sum() == 4
    assert drawn.greedy.tolist() == [[UP, NEVER, NEVER], [NEVER, NEVER, HOLD]]


def test_axes_that_are_not_drawn_are_averaged_by_visits_and_the_action_of_most_visits_counts() -> None:
    deep = Vocabulary(
        "toys",
        Layout(("heat", "noise", "day"), (2, 3, 2), WORDS.layout.actions),
        (*WORDS.bins, ("work", "rest")),
        lambda _state: "",
    )
    cold_work, cold_rest = 0, 1
    drawn = told(
        {cold_work: (0.0, 0.8, 0.0), cold_rest: (0.4, 0.0, 0.0)},
        {cold_work: (10, 10, 10), cold_rest: (30, 30, 30)},
        words=deep,
        pairs=[("noise", "heat")],
    ).maps[0]
    assert drawn.value[0, 0] == pytest.approx(0.25 * 0.8 + 0.75 * 0.4)
    assert drawn.greedy[0, 0] == HOLD
    assert drawn.share[0, 0] == pytest.approx(0.75)


def test_of_equal_actions_the_first_is_the_greedy_one_as_when_the_table_acts() -> None:
    assert told({COLD_QUIET: (0.2, 0.5, 0.5)}, {COLD_QUIET: (1, 1, 1)}).greedy[0].action == "up"


def test_how_often_each_action_is_greedy_is_counted_in_states_and_in_visits() -> None:
    shares = told(
        {COLD_QUIET: (0.0, 1.0, 0.0), COLD_SOME: (0.0, 1.0, 0.0), HOT_LOUD: (0.0, 0.0, 1.0)},
        {COLD_QUIET: (1, 1, 1), COLD_SOME: (1, 1, 1), HOT_LOUD: (8, 8, 8)},
    ).greedy
    assert [(one.action, one.states, one.share) for one in shares] == [("down", 1, 0.8), ("up", 2, 0.2)]


def test_a_wide_gap_that_was_tried_often_is_certain_and_a_narrow_one_that_was_tried_seldom_is_not() -> None:
    found = told(
        {COLD_QUIET: (0.0, 1.0, 0.0), COLD_SOME: (0.5, 0.51, 0.0), HOT_LOUD: (0.0, 0.5, 0.0)},
        {COLD_QUIET: (400, 400, 400), COLD_SOME: (400, 400, 400), HOT_LOUD: (400, 400, 400)},
        states=1,
    )
    assert [one.words for one in found.most_certain] == ["cold with none"]
    assert [one.words for one in found.least_certain] == ["cold with some"]
    sure, unsure = found.most_certain[0], found.least_certain[0]
    assert (sure.action, sure.q, sure.next_best, sure.next_q, sure.visits) == ("up", 1.0, "hold", 0.0, 1200)
    assert sure.disagreement is None
    spread = np.std([1.0, 0.51, 0.5])
    assert sure.sure == pytest.approx(1.0 / (1.0 + spread / 20))
    assert unsure.sure == pytest.approx(0.01 / (0.01 + spread / 20))


def test_two_tables_that_disagree_about_the_gap_make_a_state_less_certain() -> None:
    values = {COLD_QUIET: (0.0, 1.0, -1.0), COLD_SOME: (0.0, 1.0, -1.0)}
    visits = {COLD_QUIET: (100, 100, 100), COLD_SOME: (100, 100, 100)}
    found = told(values, visits, apart={COLD_SOME: (0.0, 0.6, 0.0)}, states=1)
    assert found.most_certain[0].state == COLD_QUIET
    assert found.least_certain[0].state == COLD_SOME
    assert found.least_certain[0].disagreement == pytest.approx(0.3), "gaps of 0.7 and 1.3"
    assert found.least_certain[0].sure == pytest.approx(1.0 / 1.3), "V is the same everywhere: there is no spread"


def test_states_that_hardly_ever_come_or_leave_no_choice_are_not_named() -> None:
    values = dict.fromkeys(range(6), (0.0, 1.0, 0.0))
    often, seldom, one_way = (100, 100, 100), (0, 1, 1), (0, 300, 0)
    visits = {COLD_QUIET: often, COLD_SOME: often, HOT_QUIET: often, HOT_SOME: seldom, HOT_LOUD: one_way}
    found = told(values, visits, states=6)
    assert {one.state for one in (*found.most_certain, *found.least_certain)} <= {COLD_QUIET, COLD_SOME, HOT_QUIET}


def test_the_axes_that_v_and_the_actions_hang_on_are_drawn_unless_told() -> None:
    deep = Vocabulary(
        "toys",
        Layout(("idle", "heat", "noise"), (2, 2, 3), WORDS.layout.actions),
        (("a", "b"), *WORDS.bins),
        lambda _state: "",
    )
    rows = [(0.0, 0.0, 1.0), (0.1, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.9, 0.0), (0.0, 0.0, 0.2), (0.7, 0.0, 0.0)]
    found = told({state: rows[state % 6] for state in range(12)}, dict.fromkeys(range(12), (5, 5, 5)), words=deep)
    assert found.maps[0].axes == ("noise", "heat"), "which say all; the longer is the rows"


def test_an_axis_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="depth"):
        told({}, {}, pairs=[("heat", "depth")])


def test_a_table_that_has_seen_nothing_says_so() -> None:
    found = told({}, {})
    assert (found.seen, found.states, found.visits) == (0, 6, 0)
    assert found.maps == found.greedy == found.most_certain == found.least_certain == ()
    assert np.isnan(told({}, {}, pairs=[("heat", "noise")]).maps[0].value).all()
