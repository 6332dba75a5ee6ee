import math

import pytest

from agent.session import Strip as Settings
from bridge.changes import same
from bridge.desk import DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import ardour
from bridge.osc.ardour_eq import bands
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.packets import Message
from tests.ardour_surfaces import FLAT, Ardour, Plugin, Strip
from tests.losses import at_random, in_turn

LAW = ArdourLine.eq_law
WANTED = LAW.bands(Settings().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)


def band(**how):
    return Ardour(
        Strip("Kick", plugins=[Plugin()]), Strip("Bass", -3.0), Strip("Vocal", 1.0, plugins=[Plugin()]), **how
    )


def line_of(daw):
    return ArdourLine(daw, "127.0.0.1:3819", clock=daw.clock)


# Reading


def test_everything_is_asked_for_at_once_and_plugins_after_that():
    daw = band()
    desk = line_of(daw).read()
    assert [(track.name, track.gain_db) for track in desk.tracks] == [("Kick", 0.0), ("Bass", -3.0), ("Vocal", 1.0)]
    assert (desk.master_gain_db, desk.project, desk.rate_hz, desk.length_s) == (0.0, "song", 48_000, 4.0)
    assert daw.sent == [
        ardour.surface(40_000),
        Message("/strip/list"),
        *(Message("/strip/plugin/list", (number,)) for number in (1, 2, 3)),
        *(Message("/strip/plugin/descriptor", (number, 1)) for number in (1, 3)),
    ]
    assert daw.time_s == 0.0


def test_the_surface_is_made_once():
    daw = band()
    line = line_of(daw)
    line.read()
    daw.sent.clear()
    line.read()
    assert daw.sent[0] == Message("/strip/list")


def test_an_ardour_that_was_restarted_is_told_again_where_to_answer():
    daw = band()
    line = line_of(daw)
    line.read()
    daw.restart()
    assert len(line.read().tracks) == 3
    assert daw.sent.count(ardour.surface(40_000)) == 2


def test_a_track_as_it_is():
    daw = band()
    daw.strips[1] = Strip("Bass", -200.0, mute=1.0, solo=1.0, select=1.0, pan=0.25, trim_db=-6.0, automation=1.0)
    track = line_of(daw).read().tracks[1]
    assert (track.gain_db, track.muted, track.soloed, track.selected) == (-math.inf, True, True, True)
    assert (track.pan, track.fixed) == (-0.5, "fader automated")
    assert track.sides == pytest.approx((10**-0.3, 10**-0.3))


def test_a_mono_track_loses_3_db_on_its_way():
    daw = Ardour(Strip("Kick", inputs=1, panner="panner_1in2out"))
    assert line_of(daw).read().tracks[0].sides == pytest.approx((10**-0.15, 10**-0.15))


@pytest.mark.parametrize(("kind", "why"), [("MT", "MIDI"), ("B", "a bus"), ("V", "a VCA"), ("XX", "no audio track")])
def test_who_is_left_alone(kind, why):
    daw = Ardour(Strip("Kick"), Strip("Other", kind=kind))
    assert [track.left_alone for track in line_of(daw).read().tracks] == [None, why]


def test_a_session_without_tracks():
    assert line_of(Ardour()).read().tracks == ()


def test_a_session_without_a_master_is_found_to_be_so_once():
    daw = band(master_db=None)
    line = line_of(daw)
    assert line.read().master_gain_db is None
    daw.sent.clear()
    line.read()
    assert daw.sent.count(Message("/strip/list")) == 1


def test_a_track_without_a_panner():
    daw = Ardour(Strip("Kick", panner=None))
    track = line_of(daw).read().tracks[0]
    assert (track.pan, track.sides) == (0.0, (1.0, 1.0))


def test_the_eq_is_the_last_ace_eq_if_it_is_on():
    daw = band()
    mine = Plugin(values={**FLAT, 2: 1.0})
    daw.strips[0].plugins = [Plugin(), Plugin("ACE Compressor"), mine]
    daw.strips[1].plugins = [Plugin(active=False), Plugin("Other EQ")]
    kick, bass, _ = line_of(daw).read().tracks
    assert (kick.eq, kick.effects) == (bands(mine.values), ("ACE EQ", "ACE Compressor"))
    assert (bass.eq, bass.effects) == (None, ("Other EQ",))


@pytest.mark.parametrize(
    ("armed", "rolling", "recording"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_it_records_when_it_is_armed_and_rolls(armed, rolling, recording):
    daw = band()
    daw.armed, daw.rolling = armed, rolling
    assert line_of(daw).read().recording is recording


@pytest.mark.parametrize(
    "lost",
    [("/strip/list",), ("/reply",), ("/strip/gain", "/session_name"), ("/strip/plugin/list",), ("/strip/pan_type",)],
)
def test_what_was_lost_is_asked_for_again(lost):
    whole = line_of(band()).read()
    daw = band(loses=in_turn(*lost))
    assert line_of(daw).read() == whole
    assert daw.time_s < 2.0


def test_what_came_before_the_question_is_no_answer():
    daw = band()
    daw.say("/strip/gain", 1, -99.0)
    assert line_of(daw).read().tracks[0].gain_db == 0.0


def test_a_silent_ardour_is_told_of_within_5_s():
    daw = band(loses=lambda message: True)
    with pytest.raises(DawSilent, match=r"Ardour says nothing over OSC at 127\.0\.0\.1:3819: start it"):
        line_of(daw).read()
    assert daw.time_s < 5.0


def test_one_that_leaves_something_out():
    daw = band(loses=lambda message: message.address == "/strip/gain")
    with pytest.raises(DawUnreachable, match="never told /strip/gain 1 and 2 more"):
        line_of(daw).read()


def test_meters_do_not_hold_an_answer_up():
    daw = band(loses=lambda message: message.address == "/strip/trimdB")
    receive = daw.receive

    def with_meters(limit_s):
        daw.time_s += 0.01
        return [*receive(limit_s), Message("/strip/meter", (1, -20.0))]

    daw.receive = with_meters
    with pytest.raises(DawUnreachable, match="/strip/trimdB"):
        line_of(daw).read()
    assert daw.time_s < 8.0


# Writing


def test_only_what_differs_is_written_and_what_was_wanted_stands():
    daw = band()
    line = line_of(daw)
    desk = line.read()
    daw.sent.clear()
    line.write(DeskWrite({0: -2.0, 1: 3.0, 2: -3.0}, {3: WANTED}))
    writes = daw.writes()
    assert writes[:2] == [Message("/master/gain", (-2.0,)), Message("/strip/gain", (1, 3.0))]
    assert {message.address for message in writes[2:]} == {"/strip/plugin/parameter"}
    assert not {17, 18, 24} & {message.arguments[2] for message in writes[2:]}
    desk = line.read()
    assert [track.gain_db for track in desk.tracks] == [3.0, -3.0, 1.0]
    assert desk.master_gain_db == -2.0
    assert same(desk.tracks[2].eq, WANTED)
    assert LAW.eq(desk.tracks[2].eq, 48_000) is not None


def test_a_fader_is_closed():
    daw = band()
    line_of(daw).write(DeskWrite({1: -math.inf}))
    assert daw.strips[0].gain_db == -200.0


def test_a_write_that_is_lost_is_repeated():
    daw = band(loses=in_turn("/strip/plugin/parameter"))
    line = line_of(daw)
    line.write(DeskWrite({1: -6.0}, {1: WANTED}))
    assert same(line.read().tracks[0].eq, WANTED)


def test_a_fader_that_does_not_move_is_not_written_for_ever():
    daw = band()
    daw.strips[0].stuck = True
    line_of(daw).write(DeskWrite({1: -6.0}))
    assert daw.writes() == [Message("/strip/gain", (1, -6.0))] * 4


def test_an_ardour_that_dies_in_the_middle_of_a_write():
    daw = band()
    line = line_of(daw)
    line.read()

    def die(daw, message):
        daw.dead = daw.dead or message.address == "/strip/gain"

    daw.before = die
    with pytest.raises(DawSilent):
        line.write(DeskWrite({1: -6.0, 2: -7.0}))


@pytest.mark.parametrize("seed", range(3))
def test_64_tracks_over_a_line_that_loses_5_per_cent(seed):
    daw = Ardour(*(Strip(f"T{n}", plugins=[Plugin()]) for n in range(64)), loses=at_random(0.05, seed))
    line = line_of(daw)
    gains_db = {0: -1.0, **{number: -number / 4 for number in range(1, 65)}}
    line.write(DeskWrite(gains_db, dict.fromkeys(range(1, 65), WANTED)))
    daw.loses = lambda message: False
    desk = line.read()
    assert {number: desk.gain_db(number) for number in gains_db} == pytest.approx(gains_db)
    assert all(same(track.eq, WANTED) for track in desk.tracks)


# The end


def test_ardour_is_told_to_send_nothing_more():
    daw = band()
    line = line_of(daw)
    line.read()
    line.close()
    assert (daw.sent[-1], daw.closed) == (ardour.farewell(), True)


def test_one_that_said_nothing_is_told_nothing():
    daw = band()
    line_of(daw).close()
    assert (daw.sent, daw.closed) == ([], True)


# Tempo


class Tempo:
    """The way to a tempo; the first ``deaf`` writes are lost."""

    def __init__(self, tempo_bpm, deaf=0):
        self.tempo_bpm, self.deaf, self.seen = tempo_bpm, deaf, []

    def read(self, tracks):
        self.seen.append(list(tracks))
        return self.tempo_bpm

    def write(self, tempo_bpm, tracks):
        self.deaf -= 1
        if self.deaf < 0:
            self.tempo_bpm = tempo_bpm


def tempo_line(tempo):
    daw = band()
    return ArdourLine(daw, "127.0.0.1:3819", tempo, clock=daw.clock)


def test_the_tempo_is_read_with_the_names_of_the_tracks():
    tempo = Tempo(97.5)
    line = tempo_line(tempo)
    desk = line.read()
    assert (desk.tempo_bpm, desk.audio_follows_tempo) == (97.5, False)
    assert tempo.seen == [["Kick", "Bass", "Vocal"]]
    assert "tempo" not in " ".join(line.limits)


def test_a_tempo_that_was_lost_is_set_again():
    tempo = Tempo(97.5, deaf=2)
    line = tempo_line(tempo)
    line.read()
    line.write(DeskWrite({1: -3.0}, tempo_bpm=101.0))
    assert tempo.tempo_bpm == 101.0
    assert line.read().tracks[0].gain_db == -3.0


def test_where_no_tempo_is_told_none_is_set_and_the_limits_say_how_it_would_be():
    tempo = Tempo(None)
    line = tempo_line(tempo)
    assert line.read().tempo_bpm is None
    line.write(DeskWrite(tempo_bpm=101.0))
    assert tempo.tempo_bpm is None
    assert "enable its WebSockets Server" in line.limits[0]
