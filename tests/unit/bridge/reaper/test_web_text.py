import math

import pytest

from bridge.reaper.web_text import (
    MOST_COMMAND_CHARS,
    MOST_REQUEST_CHARS,
    WebTrack,
    WebTransport,
    gain_commands,
    parse,
    requests,
    set_ext_state_command,
)


def test_a_name_with_a_backslash_stays_as_it_is_since_reaper_does_not_escape_names():
    assert parse("TRACK\t1\tC:\\new\t0\n") == [["TRACK", "1", "C:\\new", "0"]]


def test_a_line_that_was_cut_off_does_not_swallow_the_next():
    assert parse("TRACK\t1\tlong nameTRACK\t2\tnext\t0\nNTRACK\t2\n") == [
        ["TRACK", "1", "long name"],
        ["TRACK", "2", "next", "0"],
        ["NTRACK", "2"],
    ]


def test_a_line_that_is_not_whole_is_no_track():
    assert WebTrack.from_row(["TRACK", "1", "name"]) is None
    assert WebTrack.from_row(["TRACK", "x", *["0"] * 12]) is None


def test_a_transport_with_nothing_in_it_is_stopped_at_the_start():
    assert WebTransport.from_row(["TRANSPORT"]) == WebTransport(0, 0.0, repeating=False)


@pytest.mark.parametrize("gain", [math.nan, math.inf, -0.5])
def test_what_is_no_gain_is_not_sent(gain):
    with pytest.raises(ValueError, match="linear gain"):
        list(gain_commands({1: gain}, "mix"))


def test_a_tiny_gain_is_written_without_an_exponent_which_reaper_could_take_for_something_else():
    assert list(gain_commands({1: 1e-7}, "mix"))[1] == "SET/TRACK/1/VOL/0.000000100g"


def test_an_undo_name_is_shortened_to_what_reaper_takes():
    assert len(list(gain_commands({}, "ü" * 1000))[-1]) <= MOST_COMMAND_CHARS


def test_an_extended_state_that_reaper_would_cut_off_is_refused():
    with pytest.raises(ValueError, match="too long"):
        set_ext_state_command("faderbot", "note", "x" * 2000)


def test_requests_keep_order_and_length():
    commands = [f"{number:0100}" for number in range(300)]
    found = list(requests(commands))
    assert [command for request in found for command in request] == commands
    assert all(len(";".join(request)) <= MOST_REQUEST_CHARS for request in found)
