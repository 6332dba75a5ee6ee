import math

import pytest

from bridge.desk import DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import bitwig
from bridge.osc.bitwig_line import BitwigLine
from bridge.osc.packets import Message
from tests.bitwig_studios import Bitwig, Track
from tests.losses import at_random, in_turn

MINUS_6_DB = 10.0 ** ((-6.0 - bitwig.FADER_HIGHEST_DB) / 60.0)


def band(**how):
    return Bitwig(Track("Kick"), Track("Bass", MINUS_6_DB), Track("Vocal"), **how)


def line_of(daw):
    return BitwigLine(daw, "127.0.0.1:8000", clock=daw.clock)


# Reading


@pytest.mark.parametrize(("resolution", "near_db"), [(128, 0.2), (1024, 0.02), (16_384, 0.0015)])
def test_a_desk_is_read_whatever_the_resolution(resolution, near_db):
    daw = band(resolution=resolution, tempo=98.5)
    line = line_of(daw)
    desk = line.read()
    assert [track.name for track in desk.tracks] == ["Kick", "Bass", "Vocal"]
    assert [track.gain_db for track in desk.tracks] == pytest.approx([0.0, -6.0, 0.0], abs=near_db)
    assert desk.master_gain_db == pytest.approx(0.0, abs=near_db)
    assert (desk.tempo_bpm, desk.project, desk.recording) == (98.5, "song", False)
    assert line.steps == resolution - 1
    assert daw.writes() == []


def test_a_track_as_it_is():
    daw = band()
    daw.tracks[1] = Track("Bass", 0.0, pan=0.25, mute=True, solo=True, selected=True)
    track = line_of(daw).read().tracks[1]
    assert (track.gain_db, track.muted, track.soloed, track.selected) == (-math.inf, True, True, True)
    assert track.pan == pytest.approx(-0.5, abs=0.01)


def test_a_pan_in_the_centre_is_0():
    assert [track.pan for track in line_of(band()).read().tracks] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Track("Drums", type="group"), "a group"),
        (Track("Reverb", type="effect"), "an effect track"),
        (Track("Synth", type="instrument"), None),
        (Track("Old", activated=False), "switched off"),
        (Track("Odd", type="unknown"), "no audio track"),
    ],
)
def test_who_is_left_alone(other, why):
    assert [track.left_alone for track in line_of(Bitwig(Track("Kick"), other)).read().tracks] == [None, why]


@pytest.mark.parametrize("count", [7, 8, 9, 16, 20])
def test_tracks_are_read_page_by_page(count):
    daw = Bitwig(*(Track(f"T{n}") for n in range(count)))
    assert [track.name for track in line_of(daw).read().tracks] == [f"T{n}" for n in range(count)]


def test_pages_may_be_of_any_size():
    daw = Bitwig(*(Track(f"T{n}") for n in range(64)), size=200)
    assert len(line_of(daw).read().tracks) == 64
    assert not [message for message in daw.sent if message.address.startswith("/track/bank")]


@pytest.mark.parametrize("found_at", [0, 8, 16, 5])
def test_the_page_is_turned_back(found_at):
    daw = Bitwig(*(Track(f"T{n}") for n in range(20)))
    daw.first = found_at
    line = line_of(daw)
    assert [track.name for track in line.read().tracks] == [f"T{n}" for n in range(20)]
    line.close()
    daw.receive(1.0)
    assert (daw.first, daw.closed) == (found_at, True)


def test_a_project_without_tracks():
    line = line_of(Bitwig())
    assert line.read().tracks == ()
    line.close()


def test_recording():
    daw = band()
    daw.recording = True
    assert not line_of(daw).read().recording
    daw.playing = True
    assert line_of(daw).read().recording


@pytest.mark.parametrize(("what", "said"), [("effects", "effect tracks"), ("inside", "inside of a group")])
def test_other_tracks_that_are_shown_are_told_of(what, said):
    daw = band()
    setattr(daw, what, True)
    with pytest.raises(DawUnreachable, match=said):
        line_of(daw).read()


def test_what_an_older_version_does_not_tell_is_waited_for_once():
    daw = band()
    daw.older = True
    line = line_of(daw)
    assert len(line.read().tracks) == 3
    waited_s = daw.time_s
    line.read()
    assert waited_s < 1.5
    assert daw.time_s == waited_s


def test_faders_that_are_shown_otherwise_are_not_touched():
    class Odd(Track):
        text = "-40.0 dB"

    line = line_of(Bitwig(Odd("Kick")))
    with pytest.raises(DawUnreachable, match=r"Bitwig's faders show \+0.0 dB for the value 812, which is not how"):
        line.read()


def test_faders_that_are_all_closed_show_no_steps():
    daw = Bitwig(Track("Kick", 0.0))
    daw.master.volume = 0.0
    with pytest.raises(DawUnreachable, match="open the master"):
        line_of(daw).read()


@pytest.mark.parametrize("lost", ["/refresh", "/track/2/name", "/master/volume", "/track/1/exists", "/tempo/raw"])
def test_what_was_lost_is_asked_for_again(lost):
    whole = line_of(band()).read()
    daw = band(loses=in_turn(lost))
    assert line_of(daw).read() == whole
    assert daw.time_s < 1.5


@pytest.mark.parametrize("lost", ["/track/bank/page/+", "/track/bank/page/-", "/track/1/position"])
def test_a_page_that_was_not_turned_is_turned_again(lost):
    daw = Bitwig(*(Track(f"T{n}") for n in range(20)), loses=in_turn(lost))
    daw.first = 8
    assert [track.name for track in line_of(daw).read().tracks] == [f"T{n}" for n in range(20)]


def test_a_silent_bitwig_is_told_of_within_5_s():
    daw = band(loses=lambda message: True)
    with pytest.raises(DawSilent, match=r"Bitwig says nothing over OSC at 127\.0\.0\.1:8000: start it"):
        line_of(daw).read()
    assert daw.time_s < 5.0


def test_one_that_leaves_something_out():
    daw = band(loses=lambda message: message.address.endswith("/pan"))
    with pytest.raises(DawUnreachable, match="never told /track/1/pan and 2 more"):
        line_of(daw).read()


# Writing


def test_only_what_differs_is_written_and_what_was_wanted_stands():
    daw = band()
    line = line_of(daw)
    line.read()
    daw.sent.clear()
    line.write(DeskWrite({0: -2.0, 1: 3.0, 2: -6.0}, tempo_bpm=132.5))
    law = bitwig.FaderLaw(1023)
    assert daw.writes() == [
        Message("/master/volume", (law.value(-2.0),)),
        Message("/tempo/raw", (132.5,)),
        Message("/track/1/volume", (law.value(3.0),)),
    ]
    desk = line.read()
    held = [line.held_db(0, db) for db in (3.0, -6.0, 0.0, -2.0)]
    assert [*(track.gain_db for track in desk.tracks), desk.master_gain_db] == held
    assert held == pytest.approx([3.0, -6.0, 0.0, -2.0], abs=0.02)
    assert desk.tempo_bpm == 132.5


def test_faders_on_other_pages_are_written_there():
    daw = Bitwig(*(Track(f"T{n}") for n in range(20)))
    line_of(daw).write(DeskWrite({1: -3.0, 10: -6.0, 20: -9.0}))
    db = [20.0 * math.log10(2.0 * track.volume**3) for track in daw.tracks]
    assert [(n, round(gain)) for n, gain in enumerate(db, 1) if gain < -1.0] == [(1, -3), (10, -6), (20, -9)]


def test_a_fader_is_closed():
    daw = band()
    line_of(daw).write(DeskWrite({1: -math.inf}))
    assert daw.tracks[0].volume == 0.0


@pytest.mark.parametrize("lost", ["/track/1/volume", "/master/volume", "/tempo/raw"])
def test_a_write_that_is_lost_is_repeated(lost):
    daw = band()
    line = line_of(daw)
    line.read()
    daw.loses = in_turn(lost)
    line.write(DeskWrite({0: -2.0, 1: 3.0}, tempo_bpm=132.5))
    desk = line.read()
    assert desk.tracks[0].gain_db == pytest.approx(3.0, abs=0.02)
    assert desk.master_gain_db == pytest.approx(-2.0, abs=0.02)
    assert desk.tempo_bpm == 132.5


def test_a_fader_that_does_not_move_is_not_written_for_ever():
    daw = band()
    daw.tracks[0].stuck = True
    line_of(daw).write(DeskWrite({1: -6.0}))
    assert len(daw.writes()) == 4


def test_a_track_that_is_not_where_it_was_is_not_written_to():
    daw = band()
    line = line_of(daw)
    line.read()
    daw.tracks[1].name = "Another"
    line.write(DeskWrite({2: -3.0}))
    assert daw.writes() == []


def test_a_page_that_somebody_turned_is_turned_back_before_it_is_written_to():
    daw = Bitwig(*(Track(f"T{n}") for n in range(16)))
    line = line_of(daw)
    line.read()
    daw.first = 0
    daw.flush()
    line.write(DeskWrite({10: -3.0}))
    assert [n for n, track in enumerate(daw.tracks, 1) if track.volume < 0.75] == [10]


def test_a_bitwig_that_dies_in_the_middle_of_a_write():
    daw = band()
    line = line_of(daw)
    line.read()

    def die(daw, message):
        daw.dead = daw.dead or message.address == "/track/1/volume"

    daw.before = die
    with pytest.raises(DawSilent):
        line.write(DeskWrite({1: -6.0, 2: -7.0}))
    line.close()
    assert daw.closed


@pytest.mark.parametrize("seed", range(3))
def test_64_tracks_over_a_line_that_loses_5_per_cent(seed):
    daw = Bitwig(*(Track(f"T{n}") for n in range(64)), size=16, resolution=16_384, loses=at_random(0.05, seed))
    line = line_of(daw)
    gains_db = {0: -1.0, **{number: -number / 4 for number in range(1, 65)}}
    line.write(DeskWrite(gains_db))
    daw.loses = lambda message: False
    desk = line.read()
    assert {number: desk.gain_db(number) for number in gains_db} == pytest.approx(gains_db, abs=0.01)
