import signal
import threading

import pytest

from bridge.interrupts import heeded, undisturbed


def test_an_interrupt_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():  # noqa: PT012 - what the block does is the point
        signal.raise_signal(signal.SIGINT)
        done.append("all of it")
    assert done == ["all of it"]


def test_a_termination_waits_too_and_the_handlers_are_those_from_before():
    heard = []
    mine = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGTERM)
            assert heard == []
        assert heard == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert heard == [signal.SIGTERM] * 2
    finally:
        signal.signal(signal.SIGTERM, mine)


def test_an_error_goes_through_where_no_signal_came():
    with pytest.raises(OSError, match="full"), undisturbed():
        raise OSError("full")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_says_more_than_a_signal_that_came_before_it():
    with pytest.raises(OSError, match="full"), undisturbed():  # noqa: PT012 - what the block does is the point
        signal.raise_signal(signal.SIGINT)
        raise OSError("full")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_blocks_may_be_nested():
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():  # noqa: PT012 - what the block does is the point
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
        done.append("the outer block as well")
    assert done


def test_outside_the_main_thread_it_does_nothing():
    done = []

    def work():
        with undisturbed():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


@pytest.fixture
def ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ignored")
def test_an_interrupt_that_whoever_started_us_had_ignored_is_heeded_again():
    heeded()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_a_handler_that_is_there_stays():
    mine = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        now = signal.getsignal(signal.SIGINT)
        heeded()
        assert signal.getsignal(signal.SIGINT) is now
    finally:
        signal.signal(signal.SIGINT, mine)


@pytest.mark.usefixtures("ignored")
def test_elsewhere_than_in_the_main_thread_nothing_is_done():
    thread = threading.Thread(target=heeded)
    thread.start()
    thread.join(10.0)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
