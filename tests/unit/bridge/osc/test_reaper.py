import math

import pytest

from bridge.desk import MASTER_NUMBER, DeskTrack
from bridge.osc import reaper
from bridge.osc.packets import Message
from bridge.osc.reaper import Write
from tests.osc_surfaces import QUESTION, Channel, Line


def answer(line, bank=4):
    """Return what is known after a whole answer."""
    line.send(reaper.question(bank))
    return dict(filter(None, map(reaper.heard, line.coming)))


def told(*channels, bank=4, **how):
    line = Line(*channels, **how)
    return reaper.desk(answer(line, bank), bank)


def test_a_question_asks_for_everything_and_names_its_end():
    assert tuple(reaper.question(66)) == (*QUESTION, Message("/device/track/count", (66,)))


@pytest.mark.parametrize("ours", [False, True])
def test_tracks_as_they_are_told(ours):
    line = Line(Channel("Bass", -6.5, pan=0.0, select=1.0), Channel("Drums", 3.0, mute=1.0, solo=1.0), ours=ours)
    state = answer(line)
    desk = reaper.desk(state, 4)
    assert desk.tracks == (
        DeskTrack(1, "Bass", -6.5, -1.0, muted=False, soloed=False, selected=True),
        DeskTrack(2, "Drums", 3.0, 0.0, muted=True, soloed=True, selected=False),
    )
    assert (desk.master_gain_db, desk.recording, reaper.master_in_db(state)) == (0.0, False, ours)


def test_what_is_missing_of_a_bank_is_no_track():
    closed = Channel("Track 3", -149.9)
    assert [track.name for track in told(Channel("Bass", -150.0), Channel("Track 7", -150.0), closed).tracks] == [
        "Bass",
        "Track 7",
        "Track 3",
    ]


def test_a_closed_fader_is_minus_infinity():
    assert told(Channel("Bass", -150.0)).tracks[0].gain_db == -math.inf


def test_a_bank_is_full_when_its_last_place_is_a_track():
    assert reaper.bank_is_full(answer(Line(*map(Channel, "abcd"))), 4)
    assert not reaper.bank_is_full(answer(Line(*map(Channel, "abc"))), 4)


def test_the_master_in_db_with_reapers_own_pattern_file_is_the_track_that_the_surface_points_at():
    line = Line(Channel("Bass", -3.0))
    line.master.db = -7.123
    assert reaper.desk(answer(line), 4).master_gain_db == -7.123
    line.pointed = 1
    assert reaper.desk(answer(line), 4).master_gain_db == -7.12  # as the text has it


@pytest.mark.parametrize(
    ("text", "db"), [("-6.02dB", -6.02), ("+3.5 dB", 3.5), ("0.00dB", 0.0), ("-inf dB", -math.inf), ("-inf", -math.inf)]
)
def test_the_masters_text(text, db):
    state = answer(Line(Channel("Bass")))
    state |= {reaper.POINTED_NUMBER: "1", reaper.MASTER_TEXT: text}
    assert reaper.desk(state, 4).master_gain_db == db


@pytest.mark.parametrize("ours", [False, True])
def test_an_answer_lacks_every_address_that_has_not_come(ours):
    whole = answer(Line(Channel("Bass"), ours=ours))
    assert reaper.missing(whole, 4) == []
    not_needed = {"/master/volume", *(f"/track/{n}/volume" for n in range(1, 5))}
    not_needed |= {f"/track/{n}/number/str" for n in range(2, 5)}
    for address in set(whole) - not_needed:
        assert reaper.missing({a: v for a, v in whole.items() if a != address}, 4), address
    assert reaper.missing(whole, 5)[0] == "/track/5/name"


@pytest.mark.parametrize(
    "message",
    [
        Message("/track/1/vu", (0.5,)),
        Message("/track/1/fxeq/band/0/gain", (0.5,)),
        Message("/track/0/volume/db", (0.0,)),
        Message("/track/x/volume/db", (0.0,)),
        Message("/track/1/volume/db", ("loud",)),
        Message("/track/1/volume/db", (math.nan,)),
        Message("/track/1/name", (1,)),
        Message("/track/1/volume/db", ()),
        Message("/track/1/volume/db", (0.0, 1.0)),
        Message("/beat/str", ("1.1.00",)),
    ],
)
def test_what_means_nothing_here(message):
    assert reaper.heard(message) is None


def test_faders_are_written_in_db_and_heard_of_by_their_siblings():
    assert reaper.fader(3, -4.5, master_in_db=True) == Write(
        Message("/track/3/volume/db", (-4.5,)), frozenset({"/track/3/volume", "/track/3/volume/str"})
    )


@pytest.mark.parametrize(("in_db", "address"), [(True, "/master/volume/db"), (False, "/track/0/volume/db")])
def test_the_masters_fader(in_db, address):
    write = reaper.fader(MASTER_NUMBER, 2.0, master_in_db=in_db)
    assert write.message == Message(address, (2.0,))
    assert write.echoes == {"/master/volume", "/master/volume/str"}


def test_minus_infinity_is_written_as_reaper_writes_it():
    assert reaper.fader(1, -math.inf, master_in_db=True).message.arguments == (-150.0,)


def test_a_selection_is_heard_of_by_its_own_address_and_value():
    assert reaper.selection(2, selected=False) == Write(
        Message("/track/2/select", (0.0,)), frozenset({"/track/2/select"}), 0.0
    )


def test_a_surface_is_left_as_its_pattern_file_says():
    assert reaper.farewell(master_in_db=True) == [Message("/device/track/count", (64,))]
    # the defaults in csurf_osc.cpp
    assert reaper.farewell(master_in_db=False) == [
        Message("/device/track/count", (8,)),
        Message("/device/fx/count", (8,)),
        Message("/device/send/count", (4,)),
        Message("/device/receive/count", (4,)),
        Message("/device/fxparam/count", (16,)),
        Message("/device/fxinstparam/count", (16,)),
    ]
