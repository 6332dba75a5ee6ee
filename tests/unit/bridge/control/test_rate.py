"""How much senders may ask for, on a clock of the test's own."""

from bridge.control.rate import MOST_SENDERS, Gate, Rate

HERE, THERE = ("127.0.0.1", 1), ("127.0.0.1", 2)
SLOW = Rate(per_s=8.0, at_once=5.0)


def admitted(gate, sender, at_s, asked=20):
    return sum(gate.admits(sender, at_s) for _ in range(asked))


def test_so_many_at_once_then_so_many_a_second():
    gate = Gate(0.0, SLOW)
    assert [admitted(gate, HERE, at_s) for at_s in (0.0, 0.0, 0.125, 0.375, 100.0)] == [5, 0, 1, 2, 5]


def test_one_senders_flood_is_not_anothers():
    gate = Gate(0.0, SLOW)
    admitted(gate, HERE, 0.0)
    assert admitted(gate, THERE, 0.0) == 5


def test_many_senders_together_are_limited_too():
    gate = Gate(0.0, SLOW, Rate(10.0, 12.0))
    assert sum(admitted(gate, ("10.0.0.1", port), 0.0) for port in range(100)) == 12


def test_what_was_dropped_is_told_once_a_second():
    gate = Gate(0.0, SLOW)
    assert gate.complaint(HERE, 0.0) is None
    admitted(gate, HERE, 0.0)
    assert gate.complaint(HERE, 0.0) == "too many messages: 15 dropped, more than 8 a second are not taken"
    admitted(gate, HERE, 0.5)
    assert gate.complaint(HERE, 0.9) is None
    assert gate.complaint(HERE, 1.0) == "too many messages: 16 dropped, more than 8 a second are not taken"
    assert gate.complaint(HERE, 9.0) is None


def test_a_clock_that_goes_back_gives_nothing_away():
    gate = Gate(10.0, SLOW)
    admitted(gate, HERE, 10.0)
    assert [admitted(gate, HERE, at_s) for at_s in (0.0, 10.0)] == [0, 0]


def test_only_so_many_senders_are_kept():
    gate = Gate(0.0, SLOW)
    for port in range(10 * MOST_SENDERS):
        gate.admits(("10.0.0.1", port), 0.0)
    assert len(gate._senders) == MOST_SENDERS
