"""What ``faderbot serve`` says when it starts, and where it listens."""

import signal
import threading

import pytest

from bridge.control.jobs import Way
from bridge.journal import Journal, State
from bridge.serve_command import left_half_done, listen_address, serve
from bridge.wishes import WishUnclear
from tests.unit.bridge.test_journal import entry


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("127.0.0.1:9977", ("127.0.0.1", 9977)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),  # noqa: S104 - that is asked
        ("9000", ("127.0.0.1", 9000)),
        (":9000", ("127.0.0.1", 9000)),
    ],
)
def test_an_address_is_a_host_with_a_port_or_a_port_alone(typed, address):
    assert listen_address(typed) == address


@pytest.mark.parametrize("typed", ["", "localhost", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1", "x:y", "²"])
def test_what_is_none_is_refused(typed):
    with pytest.raises(WishUnclear, match="is no address to listen to"):
        listen_address(typed)


@pytest.mark.parametrize(("host", "is_warned"), [("127.0.0.1", False), ("0.0.0.0", True)])  # noqa: S104 - as above
def test_it_warns_where_others_can_reach_it_and_ctrl_c_ends_it(capsys, host, is_warned):
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    assert serve((host, 0), Way()) == 130
    out, err = capsys.readouterr()
    assert out.startswith(f"listening for OSC on {host}:")
    assert ("whoever can send to it can change the mix" in err) is is_warned


def test_what_a_job_left_half_done_is_told_and_older_ones_are_not(tmp_path):
    journal = Journal(tmp_path)
    journal.open(entry(at="2026-11-24T09:00:00.000000Z", state=State.WRITING))
    assert left_half_done(journal, "2026-11-24T09:30:00.000000Z") is None
    journal.open(entry(at="2026-11-24T10:00:00.000000Z", state=State.WRITING))
    told = left_half_done(journal, "2026-11-24T09:30:00.000000Z")
    assert told.startswith("the journal has all 2 values as they were: /faderbot/undo")
