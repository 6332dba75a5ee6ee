import math

import numpy as np
import pytest

from agent.actions import ACTIONS, HOLD
from agent.environment import MixEnv, Scene
from agent.hearing.twin import Twin
from agent.observation import SHAPE
from agent.q_learning import Hyper, QTable
from agent.tile_coding import LinearQ
from agent.whys import moves
from tests.sessions import drawn, drawn_goal, settings_of

EVEN, ODD = np.arange(30) % 2 == 0, np.arange(30) % 2 == 1
HEARD = drawn(1e-3 * np.array([EVEN, ODD], float))
GOAL = drawn_goal(HEARD, loudness_lufs=-0.691 + 10 * math.log10(30e-3))
QUIETER_3, QUIETER_1 = 1, 2


def holding() -> QTable:
    """Return a table that holds everywhere."""
    table = QTable.fresh(Hyper(double=False, optimism=0.0))
    table.tables[:, :, HOLD] = 0.5
    return table


def turning_down(table: QTable) -> QTable:
    """Let a table turn a track by 3 dB that is 2 to 5 LU too loud, wherever else the mix is."""
    loud = [s for s in range(len(table.visits)) if tuple(np.unravel_index(s, SHAPE)[:2]) == (0, 6)]
    table.tables[:, loud, QUIETER_3] = 0.9
    table.tables[:, loud, QUIETER_1] = 0.7
    table.visits[loud, QUIETER_3] = 12
    return table


def test_a_move_is_told_with_what_was_seen_and_the_values_behind_it() -> None:
    found = settings_of(2, [6.0, 0.0])
    [move] = moves(HEARD, GOAL, found, turning_down(holding()), eq=False)
    assert (move.strip, move.action, move.q) == (0, "volume -3 dB", 0.9)
    assert (move.next_best, move.next_q, move.visits) == ("volume -1 dB", 0.7, 12)
    assert move.seen.startswith("a track 2–5 LU too loud with the mix ")
    env = MixEnv([Scene(Twin(HEARD, found), GOAL, found)], eq=False)
    env.reset(options={"start": found})
    assert move.earned == env.step(QUIETER_3)[1] > 0


def test_an_action_that_is_closed_is_neither_done_nor_next_best() -> None:
    table = turning_down(holding())
    table.tables[:, :, 5:] = 2.0  # EQ, and the tempo
    [move] = moves(HEARD, GOAL, settings_of(2, [6.0, 0.0]), table, eq=False)
    assert (move.action, move.next_best) == ("volume -3 dB", "volume -1 dB")


def test_the_master_is_told_as_no_track() -> None:
    table = holding()
    loud = [s for s in range(len(table.visits)) if np.unravel_index(s, SHAPE)[0] == 1 and s // 486 % 8 >= 6]
    table.tables[:, loud, QUIETER_3] = 0.9
    told = moves(HEARD, GOAL, settings_of(2, master_db=4.0), table)
    assert [move.strip for move in told] == [None]
    assert told[0].seen == "the master with the mix 2–5 LU too loud"


def test_a_policy_that_holds_has_nothing_to_tell_nor_has_a_session_that_never_sounds() -> None:
    assert moves(HEARD, GOAL, settings_of(2, [6.0, 0.0]), holding()) == ()
    silent = drawn(np.zeros((2, 30)))
    assert moves(silent, drawn_goal(silent), settings_of(2), turning_down(holding())) == ()


def test_what_is_no_table_tells_its_moves_too_but_counts_no_visits() -> None:
    tiles = LinearQ.fresh(Hyper(double=False, optimism=0.0))
    tiles.tables[:, :, QUIETER_3] = 0.01
    told = moves(HEARD, GOAL, settings_of(2, [0.0, 0.0]), tiles)
    assert {move.action for move in told} == {ACTIONS[QUIETER_3].name}
    assert {move.visits for move in told} == {None}
    assert all(move.q > move.next_q for move in told)


def test_the_policy_is_left_as_it_was() -> None:
    table = turning_down(holding())
    before, visits = table.tables.copy(), table.visits.copy()
    moves(HEARD, GOAL, settings_of(2, [6.0, 0.0]), table)
    assert np.array_equal(table.tables, before)
    assert np.array_equal(table.visits, visits)


@pytest.mark.parametrize("faders_db", [[9.0, 0.0], [0.0, -9.0]])
def test_the_settings_that_were_found_are_what_is_played_from(faders_db: list[float]) -> None:
    table = turning_down(holding())
    table.tables[:, [s for s in range(len(table.visits)) if np.unravel_index(s, SHAPE)[:2] == (0, 7)], 1] = 0.9
    told = moves(HEARD, GOAL, settings_of(2, faders_db), table, eq=False)
    assert [move.strip for move in told] == [0] * len(told)
    assert len(told) >= 1
