import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.actions import ACTIONS, EQ, HOLD, TEMPO, VOLUME, Parameter, limits_around, mask, turn
from agent.hearing.twin import Twin
from agent.session import Settings
from tests.sessions import drawn, settings_of, song

QUIETER_3, QUIETER_1, LOUDER_1, LOUDER_3 = range(1, 5)
MASTER = 2
HEARD = drawn(np.full((2, 30), 1e-3))


def open_actions(there: Settings, found: Settings, strip: int = 0, *, eq: bool = True) -> list[int]:
    return np.flatnonzero(mask(Twin(HEARD, there), strip, limits_around(found), eq=eq)).tolist()


def test_there_are_fifteen_actions_and_hold_is_the_first() -> None:
    assert [a.name for a in ACTIONS][:5] == ["hold", "volume -3 dB", "volume -1 dB", "volume +1 dB", "volume +3 dB"]
    assert [(a.band, a.change) for a in ACTIONS[EQ]] == [(b, s) for b in range(4) for s in (-1.5, 1.5)]
    assert {a.parameter for a in ACTIONS[VOLUME]} == {Parameter.FADER}
    assert {a.parameter for a in ACTIONS[TEMPO]} == {Parameter.TEMPO}
    assert len(ACTIONS) == TEMPO.stop == 15
    assert ACTIONS[HOLD].parameter is None


def test_in_the_middle_everything_but_the_tempo_is_open() -> None:
    assert open_actions(settings_of(2), settings_of(2)) == list(range(13))


def test_without_eq_only_the_fader_is_open() -> None:
    assert open_actions(settings_of(2), settings_of(2), eq=False) == list(range(5))


def test_the_master_strip_has_no_eq() -> None:
    assert open_actions(settings_of(2), settings_of(2), MASTER) == list(range(5))


@pytest.mark.parametrize(
    ("gain_db", "found_db", "expected"),
    [
        (0.0, 0.0, [1, 2, 3, 4]),
        (10.0, 0.0, [QUIETER_3, QUIETER_1, LOUDER_1]),
        (12.0, 0.0, [QUIETER_3, QUIETER_1]),
        (9.0, 5.0, [1, 2, 3, 4]),
        (9.5, 5.0, [QUIETER_3, QUIETER_1, LOUDER_1]),  # +12 dB is the end of the fader
        (-12.0, 0.0, [LOUDER_1, LOUDER_3]),
        (-10.0, 0.0, [QUIETER_1, LOUDER_1, LOUDER_3]),
        (-31.0, -20.0, [QUIETER_1, LOUDER_1, LOUDER_3]),
        (-8.0, -20.0, [QUIETER_3, QUIETER_1]),
    ],
)
def test_a_fader_stays_within_12_db_of_where_it_was_found(gain_db: float, found_db: float, expected: list[int]) -> None:
    opened = open_actions(settings_of(2, [gain_db, 0]), settings_of(2, [found_db, 0]), eq=False)
    assert opened == [HOLD, *expected]


@pytest.mark.parametrize(
    ("master_db", "found_db", "expected"),
    [
        (-24.0, 0.0, [LOUDER_1, LOUDER_3]),
        (24.0, 0.0, [QUIETER_3, QUIETER_1]),
        (23.0, 10.0, [QUIETER_3, QUIETER_1, LOUDER_1]),
    ],
)
def test_the_master_travels_24_db(master_db: float, found_db: float, expected: list[int]) -> None:
    there, found = settings_of(2, master_db=master_db), settings_of(2, master_db=found_db)
    assert open_actions(there, found, MASTER) == [HOLD, *expected]


@pytest.mark.parametrize(
    ("gain_db", "down", "up"), [(6.0, True, False), (5.0, True, False), (4.5, True, True), (-6.0, False, True)]
)
def test_an_eq_band_stays_within_6_db(gain_db: float, down: bool, up: bool) -> None:
    there = settings_of(2, eq_db=[[0, gain_db, 0, 0], [0] * 4])
    opened = open_actions(there, settings_of(2))
    assert (7 in opened, 8 in opened) == (down, up)
    assert {5, 6, 9, 10, 11, 12} <= set(opened)


def test_an_eq_found_beyond_6_db_may_only_go_back() -> None:
    there = settings_of(2, eq_db=[[9.0, 0, 0, -10.0], [0] * 4])
    opened = open_actions(there, there)
    assert 5 in opened
    assert 6 not in opened
    assert 11 not in opened
    assert 12 in opened


def test_a_closed_fader_stays_closed() -> None:
    there = settings_of(2, [-math.inf, 0.0])
    twin = Twin(HEARD, there)
    for index in open_actions(there, there):
        turn(twin, 0, index)
        assert twin.fader_db[0] == -math.inf


@pytest.mark.parametrize(
    ("strip", "index"), [*((strip, index) for strip in (0, 1) for index in range(15)), *((MASTER, i) for i in range(5))]
)
def test_an_action_turns_what_it_says_and_is_taken_back_exactly(strip: int, index: int) -> None:
    start = settings_of(2, [-1.7, 2.3], [[0.3, -0.4, 1.1, 0.0]] * 2, master_db=0.7)
    twin = Twin(HEARD, start)
    loudness = twin.mix_loudness_lufs()
    back = turn(twin, strip, index)
    move = ACTIONS[index]
    there = twin.settings
    if move.parameter is None:
        assert there == start
    elif move.parameter is Parameter.TEMPO:
        assert there == replace(start, tempo_bpm=start.tempo_bpm * (1 + move.change))
    elif strip == MASTER:
        assert there.master_gain_db == pytest.approx(0.7 + move.change)
        assert there.strips == start.strips
    elif move.parameter is Parameter.FADER:
        assert there.strips[strip].gain_db == pytest.approx(start.strips[strip].gain_db + move.change)
        assert there.strips[1 - strip] == start.strips[1 - strip]
    else:
        change = np.subtract(there.strips[strip].eq_gains_db, start.strips[strip].eq_gains_db)
        assert change[move.band] == pytest.approx(move.change)
        assert np.count_nonzero(change) == 1
    back()
    assert twin.settings == start
    assert twin.mix_loudness_lufs() == pytest.approx(loudness, abs=1e-5)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 14)), max_size=80), st.floats(-30, 12))
def test_open_actions_never_leave_the_limits(steps: list[tuple[int, int]], found_db: float) -> None:
    found = settings_of(2, [found_db, 0.0], [[8.0, 0, 0, 0], [0] * 4])
    limits = limits_around(found)
    twin = Twin(HEARD, found)
    for strip, index in steps:
        if mask(twin, strip, limits, eq=True)[index]:
            turn(twin, strip, index)
    there = twin.settings  # raises where a setting is none a mixer can have
    for one, was in zip(there.strips, found.strips, strict=True):
        assert abs(one.gain_db - was.gain_db) <= 12 + 1e-6
        for gain, before in zip(one.eq_gains_db, was.eq_gains_db, strict=True):
            assert min(-6, before) - 1e-6 <= gain <= max(6, before) + 1e-6
    assert abs(there.master_gain_db) <= 24 + 1e-6
    assert there.tempo_bpm == found.tempo_bpm


def test_a_real_twin_is_taken_back_after_many_tries() -> None:
    made = song(2.0)
    start = made.settings([3.0, -2.0, 1.0, 0.0, -4.0])
    twin = Twin(made.heard, start)
    loudness = twin.mix_loudness_lufs()
    for _ in range(20):
        for strip in range(6):
            for index in range(5 if strip == 5 else 13):
                turn(twin, strip, index)()
    assert twin.settings == start
    assert twin.mix_loudness_lufs() == pytest.approx(loudness, abs=1e-3)
