import math

import pytest

from agent.session import Strip
from bridge.changes import same
from bridge.desk import DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import ableton
from bridge.osc.ableton_eq import EqEight
from bridge.osc.ableton_line import AbletonLine
from bridge.osc.packets import Message
from tests.ableton_lives import Device, Live, Track
from tests.losses import at_random, in_turn

LAW = EqEight()
WANTED = LAW.bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)


def band(**how):
    return Live(Track("Kick", devices=[Device()]), Track("Bass", 0.775), Track("Vocal", 0.7, devices=[Device()]), **how)


def line_of(live):
    return AbletonLine(live, "127.0.0.1:11000", clock=live.clock)


# Reading


def test_a_desk_is_read():
    live = band(tempo=98.5)
    desk = line_of(live).read()
    assert [(track.number, track.name) for track in desk.tracks] == [(1, "Kick"), (2, "Bass"), (3, "Vocal")]
    assert [track.gain_db for track in desk.tracks] == pytest.approx([0.0, -3.0, -6.0])
    assert (desk.master_gain_db, desk.tempo_bpm, desk.recording) == (None, 98.5, False)
    assert live.time_s == 0.0
    assert live.writes() == []


def test_a_track_as_it_is():
    live = band()
    live.tracks[1] = Track("Bass", 0.0, panning=1.0, mute=True, solo=True)
    live.selected = 1
    track = line_of(live).read().tracks[1]
    assert (track.gain_db, track.muted, track.soloed, track.selected) == (-math.inf, True, True, True)
    assert (track.pan, track.sides) == (0.0, pytest.approx((0.0, math.sqrt(2.0))))


def test_groups_are_left_alone_and_are_heard_in_their_tracks():
    live = Live(
        Track("Drums", 0.7, is_foldable=True),
        Track("Kick", is_grouped=True),
        Track("Toms", 0.7, is_foldable=True, is_grouped=True, solo=True),
        Track("Tom", is_grouped=True),
        Track("Bass"),
    )
    drums, kick, toms, tom, bass = line_of(live).read().tracks
    assert [track.left_alone for track in (drums, kick, toms, tom, bass)] == ["a group", None, "a group", None, None]
    assert kick.sides == pytest.approx((10**-0.3, 10**-0.3))
    assert tom.sides == pytest.approx((10**-0.6, 10**-0.6))
    assert bass.sides == pytest.approx((1.0, 1.0))
    assert [track.soloed for track in (kick, tom, bass)] == [False, True, False]


def test_the_tracks_of_a_muted_group_are_muted():
    live = Live(Track("Drums", mute=True, is_foldable=True), Track("Kick", is_grouped=True), Track("Bass"))
    assert [track.muted for track in line_of(live).read().tracks] == [True, True, False]


def test_a_track_of_notes_without_an_instrument_is_left_alone():
    live = Live(Track("Notes", has_audio_output=False))
    assert line_of(live).read().tracks[0].left_alone == "MIDI"


def test_the_eq_is_the_last_eq_eight():
    live = band()
    live.tracks[0].devices = [
        Device("Operator", "Operator", 1, {}),
        Device("EQ Eight", "Eq8"),
        Device("Glue", "GlueCompressor", 2, {}),
        Device("My EQ", "Eq8"),
    ]
    kick, bass, vocal = line_of(live).read().tracks
    assert (kick.eq is None, bass.eq, vocal.eq is None) == (False, None, False)
    assert kick.effects == ("EQ Eight", "Glue")


def test_without_eq_no_device_is_asked_about():
    live = band()
    line = AbletonLine(live, "127.0.0.1:11000", with_eq=False, clock=live.clock)
    assert [track.eq for track in line.read().tracks] == [None, None, None]
    assert line.eq_law is None
    assert not [message for message in live.sent if message.address.startswith("/live/device/")]


def test_an_eq_whose_texts_say_otherwise_is_left_alone():
    live = band()
    live.tracks[0].devices[0].text = lambda name, value: "123 Hz"
    kick, _, vocal = line_of(live).read().tracks
    assert kick.eq is None
    assert vocal.eq is not None


@pytest.mark.parametrize(
    ("armed", "in_session", "playing", "recording"),
    [(True, False, True, True), (False, True, True, True), (True, True, False, False), (False, False, True, False)],
)
def test_it_records_when_it_is_armed_and_plays(armed, in_session, playing, recording):
    live = band()
    live.record_mode, live.session_record, live.is_playing = armed, in_session, playing
    assert line_of(live).read().recording is recording


def test_what_an_older_one_does_not_know_is_asked_for_once():
    live = band()
    live.unknown = {ableton.SESSION_RECORD}
    live.selected = None
    line = line_of(live)
    assert not any(track.selected for track in line.read().tracks)
    live.sent.clear()
    line.read()
    assert not {ableton.SESSION_RECORD, ableton.SELECTED} & {message.address for message in live.sent}


def test_a_live_set_without_tracks():
    assert line_of(Live()).read().tracks == ()


@pytest.mark.parametrize(
    "address", [ableton.TRACKS, ableton.TEMPO, ableton.NAME, ableton.PARAMETER_VALUES, ableton.PARAMETER_TEXT]
)
def test_what_was_lost_is_asked_for_again(address):
    whole = line_of(band()).read()
    live = band(loses=in_turn(address))
    assert line_of(live).read() == whole
    assert live.time_s < 1.5


def test_a_silent_live_is_told_of_within_5_s():
    live = band(loses=lambda message: True)
    with pytest.raises(DawSilent, match=r"Ableton Live says nothing over OSC at 127\.0\.0\.1:11000: start it"):
        line_of(live).read()
    assert live.time_s < 5.0


def test_one_that_leaves_something_out_says_why():
    live = band()
    live.unknown = {ableton.PARAMETER_TEXT}
    with pytest.raises(DawUnreachable, match=r"never told .*value_string 0 0 \d+ and 23 more, and said: Unknown OSC"):
        line_of(live).read()


# Writing


def test_only_what_differs_is_written_and_what_was_wanted_stands():
    live = band()
    line = line_of(live)
    line.read()
    live.sent.clear()
    line.write(DeskWrite({1: 3.0, 2: -3.0}, {3: WANTED}, 132.0))
    writes = live.writes()
    assert writes[0] == Message("/live/track/set/volume", (0, pytest.approx(0.925)))
    assert {message.arguments[:2] for message in writes[1:-1]} == {(2, 0)}
    assert {message.address for message in writes[1:-1]} == {"/live/device/set/parameter/value"}
    assert writes[-1] == Message("/live/song/set/tempo", (132.0,))
    desk = line.read()
    assert [track.gain_db for track in desk.tracks] == pytest.approx([3.0, -3.0, -6.0])
    assert same(desk.tracks[2].eq, WANTED)
    assert LAW.eq(desk.tracks[2].eq, 48_000) is not None
    assert desk.tempo_bpm == 132.0


def test_there_is_no_master_to_write():
    live = band()
    line_of(live).write(DeskWrite({0: -3.0}))
    assert live.writes() == []


def test_a_fader_is_closed():
    live = band()
    line_of(live).write(DeskWrite({1: -math.inf}))
    assert live.tracks[0].volume == 0.0


def test_an_eq_is_put_back_to_what_was_found():
    live = band()
    found = dict(live.tracks[0].devices[0].values)
    line = line_of(live)
    before = line.read().tracks[0].eq
    line.write(DeskWrite(eqs={1: WANTED}))
    assert live.tracks[0].devices[0].values != found
    line.write(DeskWrite(eqs={1: before}))
    assert live.tracks[0].devices[0].values == pytest.approx(found)


def test_a_write_that_is_lost_is_repeated():
    live = band(loses=in_turn("/live/device/set/parameter/value", "/live/track/set/volume"))
    line = line_of(live)
    line.write(DeskWrite({1: -6.0}, {1: WANTED}))
    track = line.read().tracks[0]
    assert track.gain_db == pytest.approx(-6.0)
    assert same(track.eq, WANTED)


def test_a_fader_that_does_not_move_is_not_written_for_ever():
    live = band()
    live.tracks[0].stuck = True
    line_of(live).write(DeskWrite({1: -6.0}))
    assert len(live.writes()) == 4


def test_what_live_refuses_does_not_hold_up_the_rest():
    live = band()
    line = line_of(live)
    line.read()
    live.refused = {("/live/track/set/volume", 0)}
    line.write(DeskWrite({1: -6.0, 2: -9.0}))
    assert [track.volume for track in live.tracks[:2]] == pytest.approx([0.85, 0.625])


def test_a_live_that_dies_in_the_middle_of_a_write():
    live = band()
    line = line_of(live)
    line.read()

    def die(live, message):
        live.dead = live.dead or message.address == "/live/track/set/volume"

    live.before = die
    with pytest.raises(DawSilent):
        line.write(DeskWrite({1: -6.0, 2: -7.0}))


@pytest.mark.parametrize("seed", range(3))
def test_64_tracks_over_a_line_that_loses_5_per_cent(seed):
    live = Live(*(Track(f"T{n}", devices=[Device()]) for n in range(64)), loses=at_random(0.05, seed))
    line = line_of(live)
    gains_db = {number: -number / 4 for number in range(1, 65)}
    line.write(DeskWrite(gains_db, dict.fromkeys(range(1, 65), WANTED)))
    live.loses = lambda message: False
    desk = line.read()
    assert {number: desk.gain_db(number) for number in gains_db} == pytest.approx(gains_db)
    assert all(same(track.eq, WANTED) for track in desk.tracks)


def test_the_link_is_closed():
    live = band()
    line_of(live).close()
    assert live.closed
