"""Who is told everything, on a clock of the test's own."""

from bridge.control.subscribers import LASTS_S, MOST, Subscribers

ONE, OTHER = ("10.0.0.1", 5000), ("10.0.0.2", 6000)


def test_a_subscription_ends_after_a_minute_unless_it_is_renewed():
    known = Subscribers()
    known.add(ONE, None, 0.0)
    known.add(OTHER, None, 0.0)
    known.add(ONE, None, 40.0)
    assert known.told(LASTS_S - 0.1) == (ONE, OTHER)
    assert known.told(LASTS_S) == (ONE,)
    assert known.told(40.0 + LASTS_S) == ()


def test_a_port_of_the_same_machine_can_be_named_and_answers_go_there_too():
    known = Subscribers()
    known.add(ONE, 9978, 0.0)
    assert known.told(0.0) == (("10.0.0.1", 9978),)
    assert known.reply_to(ONE, 0.0) == ("10.0.0.1", 9978)
    assert known.reply_to(ONE, LASTS_S) == ONE
    assert known.reply_to(OTHER, 0.0) == OTHER


def test_two_that_name_one_port_are_told_once():
    known = Subscribers()
    known.add(("10.0.0.1", 5000), 9978, 0.0)
    known.add(("10.0.0.1", 5001), 9978, 0.0)
    assert known.told(1.0) == (("10.0.0.1", 9978),)


def test_unsubscribed_is_told_nothing_more():
    known = Subscribers()
    known.add(ONE, None, 0.0)
    known.remove(ONE)
    known.remove(OTHER)
    assert known.told(0.0) == ()


def test_there_is_room_for_so_many_and_again_once_some_are_gone():
    known = Subscribers()
    assert all(known.add(("10.0.0.1", port), None, 0.0) for port in range(MOST))
    assert not known.add(ONE, None, 1.0)
    assert known.add(("10.0.0.1", 0), None, 1.0)
    assert known.add(ONE, None, LASTS_S + 0.5)
