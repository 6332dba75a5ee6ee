"""Time in the mock, on a wall clock that the tests turn."""

import pytest

from mock_daw.clock import ManualClock, MaxClock, RealClock


class Wall:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def wall():
    return Wall()


def test_a_turn_is_due_after_a_period_and_takes_what_has_passed(wall):
    clock = RealClock(0.033, now=wall)
    assert clock.take_s(playing=True) is None
    assert clock.wait_s(playing=True) == pytest.approx(0.033)
    wall.now_s += 0.05
    assert clock.wait_s(playing=True) == 0.0
    assert clock.take_s(playing=True) == pytest.approx(0.05)
    assert clock.take_s(playing=True) is None


def test_at_ten_times_the_speed_ten_times_as_much_passes_in_turns_of_the_same_length(wall):
    clock = RealClock(0.033, 10.0, now=wall)
    assert clock.wait_s(playing=True) == pytest.approx(0.0033)
    wall.now_s += 0.0033
    assert clock.take_s(playing=True) == pytest.approx(0.033)


def test_a_clock_that_serves_at_once_is_always_due(wall):
    clock = RealClock(0.01, at_once=True, now=wall)
    wall.now_s += 0.004
    assert clock.take_s(playing=False) == pytest.approx(0.004)
    assert clock.take_s(playing=False) == 0.0


def test_no_time_is_lost_between_turns(wall):
    clock = RealClock(0.033, now=wall)
    total = 0.0
    for wait_s in (0.01, 0.03, 0.2, 0.033, 0.0, 0.04):
        wall.now_s += wait_s
        total += clock.take_s(playing=True) or 0.0
    assert total == pytest.approx(wall.now_s - 100.0)


def test_the_fastest_clock_does_not_wait_while_it_plays(wall):
    clock = MaxClock(0.033, now=wall)
    assert [clock.wait_s(playing=True), clock.take_s(playing=True), clock.take_s(playing=True)] == [0.0, 0.033, 0.033]


def test_the_fastest_clock_is_the_walls_while_nothing_plays(wall):
    clock = MaxClock(0.033, now=wall)
    wall.now_s += 5.0
    assert clock.take_s(playing=True) == 0.033
    assert clock.take_s(playing=False) is None, "what passed while it played counts for nothing"
    assert clock.wait_s(playing=False) == pytest.approx(0.033)
    wall.now_s += 0.04
    assert clock.take_s(playing=False) == pytest.approx(0.04)


def test_time_by_hand_never_passes_by_itself():
    clock = ManualClock()
    assert clock.wait_s(playing=True) is None
    assert clock.take_s(playing=True) is None
