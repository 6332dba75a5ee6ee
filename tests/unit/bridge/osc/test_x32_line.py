import math
from dataclasses import replace

import pytest

from agent.session import Strip
from bridge.changes import same
from bridge.desk import DeskWrite
from bridge.desk_daw import DeskDaw
from bridge.desk_meters import NoAudio
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import x32
from bridge.osc.packets import Message
from bridge.osc.x32_eq import ChannelEq
from bridge.osc.x32_line import X32Line
from tests.losses import at_random, in_turn
from tests.x32_consoles import Console

WANTED = ChannelEq().bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)


def band(**how):
    return Console("Kick", "Bass", "Vocal", **how)


def air(*names, **how):
    return Console(*names, model="XR18", channels=16, **how)


def line_of(console, kind=x32.X32, **how):
    return X32Line(console, "192.168.1.62:10023", kind, clock=console.clock, **how)


# Reading


def test_channels_that_have_a_name_or_an_open_fader_are_there():
    console = band()
    console.put(7, "mix/fader", 0.5)
    desk = line_of(console).read()
    assert [(track.number, track.name) for track in desk.tracks] == [
        (1, "Kick"), (2, "Bass"), (3, "Vocal"), (7, "Ch 07")
    ]  # fmt: skip
    assert desk.gain_db(7) == pytest.approx(-10.0, abs=0.05)
    assert desk.gain_db(1) == pytest.approx(0.0, abs=0.02)
    assert (desk.project, desk.tempo_bpm) == ("X32-05-4A-7F", None)


def test_an_x_air_has_16_channels_and_its_main_mix_elsewhere():
    console = air("Kick", "Bass")
    console.values["/lr/mix/fader"] = 0.5
    desk = line_of(console, x32.XAIR).read()
    assert ([track.name for track in desk.tracks], desk.master_gain_db) == (
        ["Kick", "Bass"],
        pytest.approx(-10, abs=0.05),
    )
    assert "/ch/17/config/name" not in {message.address for message in console.sent}


def test_an_xr12_has_12():
    console = air("Kick")
    console.model = "XR12"
    line_of(console, x32.XAIR).read()
    assert "/ch/13/config/name" not in {message.address for message in console.sent}


def test_the_other_console_is_told_of():
    with pytest.raises(DawUnreachable, match=r"there is a XR18, which is no Behringer X32: try --daw xair"):
        line_of(air("Kick")).read()


def test_it_is_asked_who_it_is_once_and_kept_awake():
    console = band()
    line = line_of(console)
    for _ in range(3):
        line.read()
        console.time_s += 5.0
    addresses = [message.address for message in console.sent]
    assert (addresses.count("/xinfo"), addresses.count("/xremote")) == (1, 2)


def test_a_channel_as_it_is():
    console = band()
    for of, value in {"mix/pan": 0.25, "mix/on": 0, "gate/on": 1, "dyn/on": 1, "preamp/trim": 0.41667}.items():
        console.put(2, of, value)
    bass = line_of(console).read().tracks[1]
    assert (bass.pan, bass.muted, bass.soloed) == (-0.5, True, False)
    assert bass.effects == ("the gate", "the compressor")
    assert bass.sides == pytest.approx((10**-0.15, 10**-0.15))
    assert ChannelEq().eq(bass.eq, 48_000) is not None


def test_dcas_and_mute_groups_are_heard():
    console = band()
    console.put(1, "grp/dca", 0b101)
    console.set("/dca/1/fader", 0.6)
    console.set("/dca/3/fader", 0.65)
    console.put(2, "grp/mute", 0b10)
    console.set("/config/mute/2", 1)
    console.put(3, "grp/dca", 0b10)
    console.set("/dca/2/fader", 0.0)
    kick, bass, vocal = line_of(console).read().tracks
    assert kick.sides == pytest.approx((10**-0.5, 10**-0.5), rel=5e-3)
    assert (kick.muted, bass.muted) == (False, True)
    assert vocal.left_alone == "its DCA is closed"


def test_a_linked_pair_is_one():
    console = Console("Keys", "Keys", "Bass")
    console.values["/config/chlink/1-2"] = 1
    console.put(1, "mix/pan", 0.0)
    console.put(2, "mix/pan", 1.0)
    left, right, bass = line_of(console).read().tracks
    assert (left.name, left.pan, left.left_alone) == ("Keys", 0.0, None)
    assert (right.name, right.left_alone) == ("Keys (right)", "the right side of a linked pair")
    assert bass.left_alone is None
    line_of(console).write(DeskWrite({1: -6.0}))
    assert console.fader_db(2) == pytest.approx(-6.0, abs=0.02)


def test_a_pair_whose_faders_are_not_linked_is_two():
    console = Console("Keys", "Synth")
    console.values |= {"/config/chlink/1-2": 1, "/config/linkcfg/fdrmute": 0}
    assert [track.left_alone for track in line_of(console).read().tracks] == [None, None]


def test_a_pair_whose_eqs_are_not_linked_has_none_that_is_ours():
    console = Console("Keys", "Keys")
    console.values |= {"/config/chlink/1-2": 1, "/config/linkcfg/eq": 0}
    assert line_of(console).read().tracks[0].eq is None


def test_what_is_not_sent_to_the_main_mix_is_left_alone():
    console = band()
    console.put(1, "mix/st", 0)
    assert line_of(console).read().tracks[0].left_alone == "not sent to the main mix"


def test_what_a_model_does_not_have_is_asked_for_in_vain_once():
    console = band()
    for number in (1, 2, 3):
        del console.values[f"/ch/{number:02d}/insert/on"]
    line = line_of(console)
    assert len(line.read().tracks) == 3
    assert console.time_s < 2.0
    console.sent.clear()
    began_s = console.time_s
    line.read()
    assert Message("/ch/01/insert/on") not in console.sent
    assert console.time_s == pytest.approx(began_s)


def test_while_it_is_brief_less_is_asked_for():
    console = band()
    line = line_of(console)
    line.brief = True
    assert line.read().tracks[0].eq is None
    assert not any("/eq/" in message.address or "/dyn/" in message.address for message in console.sent)
    line.brief = False
    assert line.read().tracks[0].eq is not None


@pytest.mark.parametrize(
    "lost", ["/xinfo", "/ch/03/config/name", "/ch/02/mix/fader", "/ch/01/eq/2/g", "/main/st/mix/fader"]
)
def test_what_was_lost_is_asked_for_again(lost):
    whole = line_of(band()).read()
    console = band(loses=in_turn(lost))
    assert line_of(console).read() == whole
    assert console.time_s < 2.0


def test_a_silent_console_is_told_of_within_5_s():
    console = band(loses=lambda message: True)
    with pytest.raises(DawSilent, match=r"Behringer X32 does not answer over OSC at 192\.168\.1\.62:10023"):
        line_of(console).read()
    assert console.time_s < 5.0


def test_one_that_dies_is_told_of():
    console = band()
    line = line_of(console)
    line.read()
    console.dead = True
    with pytest.raises(DawSilent, match="does not answer over OSC any more"):
        line.read()


def test_one_that_dies_before_all_was_told_has_not_lost_anything():
    console = band()
    line = line_of(console)

    def die(console, message):
        console.dead = console.dead or message.address == "/ch/02/dyn/on"

    console.before = die
    with pytest.raises(DawSilent):
        line.read()
    console.before, console.dead = lambda console, message: None, False
    assert line.read() == line_of(band()).read()


def test_one_that_leaves_something_out():
    console = band(loses=lambda message: message.address == "/ch/02/mix/fader")
    with pytest.raises(DawUnreachable, match="never told /ch/02/mix/fader"):
        line_of(console).read()


# Writing


def test_only_what_differs_is_written_and_what_was_wanted_stands():
    console = band()
    line = line_of(console)
    line.read()
    console.sent.clear()
    line.write(DeskWrite({0: -2.0, 1: 3.0, 2: 0.0}, {3: WANTED}))
    writes = console.writes()
    assert [message.address for message in writes[:2]] == ["/main/st/mix/fader", "/ch/01/mix/fader"]
    assert all(message.address.startswith("/ch/03/eq/") for message in writes[2:])
    assert writes[-1] == Message("/ch/03/eq/on", (1,))
    desk = line.read()
    assert [desk.gain_db(number) for number in (0, 1, 2)] == pytest.approx([-2.0, 3.0, 0.0], abs=0.02)
    assert same(desk.tracks[2].eq, WANTED)


def test_a_fader_stands_where_it_was_said_to_be_held():
    console = band()
    line = line_of(console)
    for wanted_db in (-0.01, -7.33, -45.0, -88.0, 9.99, 12.0, -math.inf):
        line.write(DeskWrite({1: wanted_db}))
        found_db = line.read().gain_db(1)
        assert (found_db is not None and found_db) == line.held_db(1, wanted_db)


def test_what_a_desk_wants_is_where_the_faders_will_stand():
    console = band()
    daw = DeskDaw(line_of(console), "", NoAudio())
    settings = daw.read().settings
    strips = tuple(replace(strip, gain_db=-7.33) for strip in settings.strips)
    changes = daw.changes(replace(settings, strips=strips, master_gain_db=-2.01))
    daw.put(changes, "")
    assert len(changes) == 4
    assert all(map(same, daw.standing(changes), [change.wanted for change in changes]))


def test_a_write_that_is_lost_is_repeated():
    console = band(loses=in_turn("/ch/01/eq/2/g"))
    line = line_of(console)
    line.write(DeskWrite({1: -6.0}, {1: WANTED}))
    assert same(line.read().tracks[0].eq, WANTED)


def test_a_fader_that_does_not_move_is_not_written_for_ever():
    console = band()
    console.stuck = {"/ch/01/mix/fader"}
    line_of(console).write(DeskWrite({1: -6.0}))
    assert len(console.writes()) == 4


def test_a_console_that_dies_in_the_middle_of_a_write():
    console = band()
    line = line_of(console)
    line.read()

    def die(console, message):
        console.dead = console.dead or (message.address == "/ch/01/mix/fader" and bool(message.arguments))

    console.before = die
    with pytest.raises(DawSilent):
        line.write(DeskWrite({1: -6.0, 2: -7.0}))


@pytest.mark.parametrize("seed", range(3))
def test_32_channels_over_a_line_that_loses_5_per_cent(seed):
    console = Console(*(f"T{n}" for n in range(32)), loses=at_random(0.05, seed))
    line = line_of(console)
    gains_db = {0: -1.0, **{number: -number / 4 for number in range(1, 33)}}
    line.write(DeskWrite(gains_db, dict.fromkeys(range(1, 33), WANTED)))
    console.loses = lambda message: False
    desk = line.read()
    assert [desk.gain_db(number) for number in gains_db] == [line.held_db(*one) for one in gains_db.items()]
    assert all(same(track.eq, WANTED) for track in desk.tracks)


def test_the_link_is_closed():
    console = band()
    line_of(console).close()
    assert console.closed
