import signal
import threading

import pytest

from bridge.interrupts import undisturbed


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
