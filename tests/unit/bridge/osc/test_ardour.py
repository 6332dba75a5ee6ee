import math

import pytest

from bridge.osc import ardour
from bridge.osc.ardour import Listed, Plugin, Told
from bridge.osc.packets import Message


def told(*messages):
    known = Told()
    for message in messages:
        known.take(message)
    return known


def test_the_surface_is_asked_for_what_ardours_manual_calls_it():
    # https://manual.ardour.org: bank 0, strip types 31 without the master, feedback bits, gain in dB, pages of sends
    # and plug-ins, no set of linked surfaces, the port to send to.
    bits = 1 + 2 + 8 + 16 + 128 + 16384
    assert ardour.surface(40_000) == Message("/set_surface", (0, 31, bits, 0, 0, 0, 0, 0, 40_000))
    assert ardour.farewell() == Message("/set_surface", (0, 31, 0, 0, 0, 0, 0, 0, 0))


def test_a_strip_as_ardour_lists_it():
    known = told(
        Message("/reply", ("AT", "Kick", 1, 2, 0, 0, 1, 0)),
        Message("/reply", ("B", "Bus 1", 2, 2, 0, 0, 2)),
        Message("/reply", ("end_route_list", 44_100, 88_200, 0)),
    )
    assert known.strips == {1: Listed("AT", "Kick", 1, 2), 2: Listed("B", "Bus 1", 2, 2)}
    assert (known.rate_hz, known.samples, list(known.tracks())) == (44_100, 88_200, [1])


def test_what_is_told_of_strips_and_of_the_session():
    known = told(
        Message("/strip/gain", (2, -6.5)),
        Message("/strip/pan_type", (2, "panner_balance")),
        Message("/master/gain", (1.0,)),
        Message("/session_name", ("song",)),
    )
    assert (known.number(ardour.GAIN, 2), known.text(ardour.PANNER, 2)) == (-6.5, "panner_balance")
    assert (known.number(ardour.MASTER_GAIN), known.text(ardour.PROJECT)) == (1.0, "song")
    assert (known.number(ardour.GAIN, 1), known.text(ardour.PANNER, 1)) == (None, "")


@pytest.mark.parametrize(
    "message",
    [
        Message("/strip/gain", (-6.5,)),  # the answer to a query, which does not say of whom
        Message("/strip/gain", (1, math.nan)),
        Message("/strip/gain", (1, "-6.5")),
        Message("/strip/gain", (1, b"\0")),
        Message("/strip/pan_type", (1, 0.5)),
        Message("/master/gain", (1, 0.5)),
        Message("/strip/plugin/descriptor", (1, 1, 1)),
        Message("/reply", ("AT", "Kick")),
        Message("/reply", ("end_route_list",)),
        Message("/elsewhere", (1, 0.5)),
    ],
)
def test_what_means_nothing_is_passed_over(message):
    assert told(message) == Told()


def test_plugins_and_their_parameters():
    known = told(
        Message("/strip/plugin/list", (1, 1, "ACE EQ", 1, 2, "ACE Compressor", 0)),
        Message("/strip/plugin/list", (2,)),
        Message("/strip/plugin/descriptor", (1, 1, 2, "Gain L", 128, "NOTHING", -20.0, 20.0, "%4.1f dB", 0, -3.5)),
    )
    assert known.plugins == {1: (Plugin(1, "ACE EQ", True), Plugin(2, "ACE Compressor", False)), 2: ()}
    assert known.parameters == {(1, 1): {2: -3.5}}


def test_a_track_in_the_list_is_known_when_all_of_it_was_told():
    known = told(
        Message("/reply", ("AT", "Kick", 2, 2, 0, 0, 1, 0)),
        Message("/reply", ("B", "Bus", 2, 2, 0, 0, 2)),
        Message("/reply", ("end_route_list", 48_000, 0, 0)),
        *(Message(address, (1, 0.0)) for address in (ardour.GAIN, ardour.MUTE, ardour.SOLO, ardour.SELECT)),
        Message(ardour.AUTOMATION, (1, 0.0)),
        Message(ardour.PROJECT, ("song",)),
        Message(ardour.RECORD, (0.0,)),
        Message(ardour.STOPPED, (1.0,)),
    )
    assert list(known.missing()) == [(ardour.TRIM, 1)]
    assert list(known.missing_perhaps()) == [(ardour.MASTER_GAIN, 0), (ardour.PANNER, 1), (ardour.PAN, 1)]


def test_a_strip_whose_place_in_the_list_was_lost_is_missed():
    known = told(Message("/reply", ("AT", "Bass", 2, 2, 0, 0, 2, 0)), Message("/strip/gain", (3, 0.0)))
    assert [number for address, number in known.missing() if address == ardour.LIST] == [0, 1, 3]


@pytest.mark.parametrize(
    ("number", "gain_db", "message"),
    [
        (3, -4.5, Message("/strip/gain", (3, -4.5))),
        (0, 2.0, Message("/master/gain", (2.0,))),
        (1, -math.inf, Message("/strip/gain", (1, -200.0))),
    ],
)
def test_a_fader_is_set_in_db(number, gain_db, message):
    assert ardour.fader(number, gain_db) == message


def test_a_parameter_is_set_in_its_own_unit():
    assert ardour.parameter(1, 2, 3, 350) == Message("/strip/plugin/parameter", (1, 2, 3, 350.0))


@pytest.mark.parametrize(
    ("said_db", "gain_db"), [(-200.0, -math.inf), (-193.0, -math.inf), (-192.0, -192.0), (6.0, 6.0)]
)
def test_a_closed_fader_is_minus_infinity(said_db, gain_db):
    assert ardour.gain_db(said_db) == gain_db


def test_silence_on_a_meter_is_minus_infinity():
    assert (ardour.peak_dbfs(-193.0), ardour.peak_dbfs(-20.5)) == (-math.inf, -20.5)
