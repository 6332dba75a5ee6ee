import math

import pytest

from bridge.desk import DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import x32
from bridge.osc.dialect_file import coming_along, load, parse
from bridge.osc.dialect_line import DialectLine
from bridge.osc.packets import Message
from tests.dialect_mixers import (
    BY_ADDRESS,
    BY_QUESTION,
    BY_REFRESH,
    UNASKED,
    by_address,
    by_question,
    by_refresh,
    unasked,
)
from tests.losses import at_random, in_turn
from tests.x32_consoles import Console

NAMES = ("Kick", "Bass", "Vocal")
WAYS = pytest.mark.parametrize(
    ("text", "mixer"),
    [(BY_ADDRESS.format(count=3), by_address), (BY_QUESTION, by_question), (BY_REFRESH, by_refresh)],
    ids=["address", "question", "refresh"],
)


def line_of(mixer, text, **how):
    return DialectLine(mixer, "127.0.0.1:7000", parse(text, ""), clock=mixer.clock, **how)


@WAYS
def test_names_and_faders_are_read(text, mixer):
    desk = line_of(mixer(*NAMES), text).read()
    assert [(track.number, track.name, track.gain_db) for track in desk.tracks] == [
        (1, "Kick", pytest.approx(0.0)), (2, "Bass", pytest.approx(0.0)), (3, "Vocal", pytest.approx(0.0))
    ]  # fmt: skip


@WAYS
def test_what_was_wanted_stands(text, mixer):
    line = line_of(mixer(*NAMES), text)
    line.write(DeskWrite({1: -6.0, 2: 3.0, 3: -math.inf}))
    desk = line.read()
    assert [track.gain_db for track in desk.tracks] == [pytest.approx(-6.0), pytest.approx(3.0), -math.inf]


@WAYS
def test_only_what_differs_is_written(text, mixer):
    device = mixer(*NAMES)
    line = line_of(device, text)
    line.read()
    device.sent.clear()
    line.write(DeskWrite({1: 0.0, 2: -6.0}))
    assert len([message for message in device.sent if "2" in str(message) or "001" in str(message)]) >= 1
    assert not [message for message in device.sent if message.address in {"/in/000/gain", "/track/1/volume"}]


@WAYS
def test_a_fader_stands_at_its_end_at_most(text, mixer):
    line = line_of(mixer(*NAMES), text)
    line.write(DeskWrite({1: 20.0}))
    assert line.read().gain_db(1) == pytest.approx(line.fader_highest_db)
    assert line.held_db(1, 20.0) == pytest.approx(line.fader_highest_db)


@WAYS
def test_a_silent_one_is_told_of_within_5_s(text, mixer):
    device = mixer(*NAMES, loses=lambda message: True)
    with pytest.raises(DawSilent, match=r"says nothing over OSC at 127\.0\.0\.1:7000"):
        line_of(device, text).read()
    assert device.time_s < 5.0


@WAYS
def test_one_that_dies_is_told_of(text, mixer):
    device = mixer(*NAMES)
    line = line_of(device, text)
    line.read()
    device.dead = True
    with pytest.raises(DawUnreachable):
        line.write(DeskWrite({1: -6.0}))


@WAYS
@pytest.mark.parametrize("seed", range(2))
def test_64_channels_over_a_line_that_loses_5_per_cent(text, mixer, seed):
    device = mixer(*(f"T{n}" for n in range(64)), loses=at_random(0.05, seed))
    line = line_of(device, text.replace("count = 3", "count = 64"))
    gains_db = {number: -number / 4 for number in range(1, 65)}
    line.write(DeskWrite(gains_db))
    device.loses = lambda message: False
    desk = line.read()
    assert {track.number: track.gain_db for track in desk.tracks} == pytest.approx(gains_db)


def test_a_track_as_it_is():
    mixer = by_address(*NAMES)
    mixer.values |= {("/in/001/pan",): -0.5, ("/in/001/mute",): 1, ("/in/001/gain",): -90.0, ("/out/gain",): -2.0}
    desk = line_of(mixer, BY_ADDRESS.format(count=3)).read()
    bass = desk.tracks[1]
    assert (bass.pan, bass.muted, bass.soloed, bass.gain_db) == (-0.5, True, False, -math.inf)
    assert (desk.master_gain_db, desk.tempo_bpm) == (-2.0, 120.0)


def test_a_solo():
    mixer = by_question(*NAMES)
    mixer.values["/get/solo", 2] = 1.0
    assert [track.soloed for track in line_of(mixer, BY_QUESTION).read().tracks] == [False, True, False]


def test_master_and_tempo_are_set():
    mixer = by_address(*NAMES)
    line_of(mixer, BY_ADDRESS.format(count=3)).write(DeskWrite({0: -2.0}, tempo_bpm=98.5))
    assert (mixer.values["/out/gain",], mixer.values["/tempo",]) == (-2.0, 98.5)


def test_messages_are_as_the_file_says():
    mixer = by_question("Kick")
    line_of(mixer, BY_QUESTION).write(DeskWrite({1: -6.0}))
    assert Message("/get/gain", (1, "main")) in mixer.sent
    (setting,) = [message for message in mixer.sent if message.address == "/set/gain"]
    assert setting.arguments == (1, "main", pytest.approx(10**-0.3))


@pytest.mark.parametrize("lost", ["/in/001/name", "/in/002/gain", "/in/000/mute", "/tempo"])
def test_what_was_lost_is_asked_for_again(lost):
    text = BY_ADDRESS.format(count=3)
    whole = line_of(by_address(*NAMES), text).read()
    assert line_of(by_address(*NAMES, loses=in_turn(lost)), text).read() == whole


def test_what_it_does_not_have_is_asked_for_in_vain_once():
    mixer = by_address(*NAMES)
    del mixer.values["/tempo",]
    line = line_of(mixer, BY_ADDRESS.format(count=3))
    assert line.read().tempo_bpm is None
    mixer.sent.clear()
    line.read()
    assert Message("/tempo") not in mixer.sent


def test_one_that_leaves_a_fader_out():
    mixer = by_address(*NAMES)
    del mixer.values["/in/001/gain",]
    with pytest.raises(DawUnreachable, match="never told the fader of track 2: see its address in the dialect file"):
        line_of(mixer, BY_ADDRESS.format(count=3)).read()


def test_of_at_most_so_many_those_are_there_that_are_told():
    text = BY_ADDRESS.format(count=3).replace("count = 3", "at_most = 8")
    assert [track.name for track in line_of(by_address(*NAMES), text).read().tracks] == list(NAMES)


# Where nothing can be asked for


def test_faders_that_say_nothing_stand_where_the_file_says():
    line = line_of(unasked(), UNASKED.format(echoes="true"))
    assert [(track.name, track.gain_db) for track in line.read().tracks] == [("Kick", -6.0), ("Bass", -6.0)]
    assert "faders are taken to stand at −6.0 dB, and undo needs --all" in line.limits[-1]


def test_what_it_says_by_itself_is_believed():
    mixer = unasked()
    line = line_of(mixer, UNASKED.format(echoes="true"))
    mixer.say(Message("/1/fader2", (0.75,)))
    assert [track.gain_db for track in line.read().tracks] == [-6.0, 0.0]
    assert [track.gain_db for track in line.read().tracks] == [-6.0, 0.0]


@pytest.mark.parametrize("echo", [True, False])
def test_a_fader_is_set(echo):
    mixer = unasked(echo=echo)
    line = line_of(mixer, UNASKED.format(echoes=str(echo).lower()))
    line.write(DeskWrite({1: -20.0}))
    assert mixer.values["/1/fader1",] == pytest.approx(0.5)
    assert line.read().gain_db(1) == pytest.approx(-20.0)
    assert len([message for message in mixer.sent if message.address == "/1/fader1"]) == 1


def test_an_echo_that_does_not_come_is_waited_for_and_the_fader_is_not_known_to_stand():
    mixer = unasked(echo=True, loses=lambda message: message.address == "/1/fader1")
    line = line_of(mixer, UNASKED.format(echoes="true"))
    line.write(DeskWrite({1: -20.0}))
    assert len([message for message in mixer.sent if message.address == "/1/fader1"]) == 4
    assert line.read().gain_db(1) == -6.0


def test_for_an_undo_it_is_not_known_where_they_stand():
    line = line_of(unasked(), UNASKED.format(echoes="true"), undoing=True)
    assert math.isnan(line.read().gain_db(1))


def test_it_is_kept_alive():
    mixer = unasked()
    line = line_of(mixer, UNASKED.format(echoes="true"))
    for _ in range(4):
        line.read()
        mixer.time_s += 1.0
    assert mixer.sent == [Message("/ping")] * 2


# What comes along


def test_the_x32s_file_does_what_its_adapter_does():
    console = Console("Kick", "Bass", "Vocal")
    console.put(2, "mix/on", 0)
    line = DialectLine(console, "", load(coming_along()["x32.toml"]), clock=console.clock)
    line.write(DeskWrite({0: -2.0, 1: -7.33}))
    desk = line.read()
    assert [(track.name, track.muted) for track in desk.tracks] == [("Kick", False), ("Bass", True), ("Vocal", False)]
    assert (desk.gain_db(0), desk.gain_db(1)) == (x32.FADER.held_db(-2.0), x32.FADER.held_db(-7.33))
    assert console.fader_db(1) == pytest.approx(-7.33, abs=0.02)
