import pytest

from agent.daw import WriteRefused
from bridge.desk import DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import reaper
from bridge.osc.packets import Message
from bridge.osc.surface import Surface
from tests.losses import in_turn
from tests.osc_surfaces import QUESTION, Channel, Line


def band(**how):
    return Line(Channel("Bass", -3.0), Channel("Drums"), Channel("Vocal", -1.0), **how)


def surface_of(line):
    return Surface(line, "127.0.0.1:8000", 9000, clock=line.clock)


def written(line, gains_db):
    surface = surface_of(line)
    surface.read()
    surface.write(DeskWrite(gains_db))
    return line.writes()


def faders(line):
    return [round(channel.db, 6) for channel in (line.master, *line.channels)]


def db(number, gain_db):
    return Message(f"/track/{number}/volume/db", (gain_db,))


def select(number, on):
    return Message(f"/track/{number}/select", (float(on),))


# Reading


@pytest.mark.parametrize("ours", [False, True])
def test_everything_is_asked_for_in_one_question(ours):
    line = band(ours=ours)
    desk = surface_of(line).read()
    assert [track.name for track in desk.tracks] == ["Bass", "Drums", "Vocal"]
    assert line.sent == [*QUESTION, Message("/device/track/count", (65,))]
    assert line.time_s == 0.0


def test_more_tracks_than_the_bank_shows():
    line = Line(*(Channel(f"T{n}") for n in range(200)))
    assert len(surface_of(line).read().tracks) == 200
    asked = [message.arguments[0] for message in line.sent if message.address == "/device/track/count"]
    assert asked == [65, 131, 263]


def test_what_was_lost_is_asked_for_again_and_what_came_is_kept():
    line = band()
    line.loses = in_turn("/track/2/volume/db", "/record", "/track/number/str", "/track/1/name")
    desk = surface_of(line).read()
    assert [track.gain_db for track in desk.tracks] == [-3.0, 0.0, -1.0]
    assert line.sent.count(QUESTION[-1]) == 2


def test_a_lost_question_is_put_again():
    line = band()
    line.loses = in_turn("/device/track/count")
    assert len(surface_of(line).read().tracks) == 3


def test_an_answer_to_an_earlier_question_is_not_taken_for_this_ones():
    line = band()
    surface = surface_of(line)
    surface.read()
    surface.read()
    late = _answer(line, 66)
    line.channels[0].db = -20.0

    def then(line, message):
        if message.address == "/action":
            line.coming += late

    line.before = then
    assert surface.read().tracks[0].gain_db == -20.0


def _answer(line, bank):
    line.send(reaper.question(bank))
    said, line.coming = line.coming, []
    return said


def test_what_came_before_the_question_is_no_answer():
    line = band()
    line.say("/track/1/volume/db", -99.0)
    line.loses = in_turn("/track/1/volume/db")
    assert surface_of(line).read().tracks[0].gain_db == -3.0


def test_meters_do_not_hold_an_answer_up():
    line = band()
    line.loses = lambda message: message.address == "/track/1/name"
    receive = line.receive

    def with_meters(limit_s):
        line.time_s += 0.01
        return [*receive(limit_s), Message("/track/1/vu", (0.5,))]

    line.receive = with_meters
    with pytest.raises(DawUnreachable, match="/track/1/name"):
        surface_of(line).read()
    assert line.time_s < 5.0


def test_a_silent_daw_is_told_of_within_5_s():
    line = band()
    line.loses = lambda message: True
    with pytest.raises(DawSilent, match=r"asked at 127\.0\.0\.1:8000, awaited on port 9000 here"):
        surface_of(line).read()
    assert line.time_s < 5.0


def test_a_daw_that_falls_silent_in_the_middle_of_an_answer():
    line = band()
    line.loses = lambda message: line.sent.count(QUESTION[-1]) > 1 or message.address.startswith("/track/3")
    with pytest.raises(DawSilent):
        surface_of(line).read()
    assert line.time_s < 5.0


def test_a_pattern_file_that_says_too_little():
    line = band()
    line.loses = lambda message: message.address.endswith(("volume/db", "pan"))
    with pytest.raises(DawUnreachable, match=r"never told /track/1/volume/db and \d+ more: choose Faderbot or Default"):
        surface_of(line).read()
    assert line.time_s < 5.0


# Writing


@pytest.mark.parametrize(("ours", "master"), [(False, "/track/0/volume/db"), (True, "/master/volume/db")])
def test_faders_are_written_once_each(ours, master):
    line = band(ours=ours)
    assert written(line, {1: -6.0, 3: 2.5, 0: -1.0}) == [db(1, -6.0), db(3, 2.5), Message(master, (-1.0,))]
    assert faders(line) == [-1.0, -6.0, 0.0, 2.5]


def test_selected_tracks_do_not_move_along_and_stay_selected():
    line = band()
    line.channels[0].select = line.channels[2].select = 1.0
    assert written(line, {1: -6.0, 2: -2.0}) == [select(1, on=False), db(1, -6.0), db(2, -2.0), select(1, on=True)]
    assert faders(line) == [0.0, -6.0, -2.0, -1.0]
    assert [channel.select for channel in line.channels] == [1.0, 0.0, 1.0]


def test_a_track_that_is_selected_alone_is_left_so():
    line = band()
    line.channels[0].select = 1.0
    assert written(line, {1: -6.0}) == [db(1, -6.0)]


@pytest.mark.parametrize("lost", [("/track/1/volume/db",), ("/track/1/volume", "/track/1/volume/str")])
def test_a_write_that_is_not_heard_of_is_repeated(lost):
    line = band()
    surface = surface_of(line)
    surface.read()
    line.writes()
    line.loses = in_turn(*lost)
    surface.write(DeskWrite({1: -6.0, 2: -2.0}))
    assert line.writes() == [db(1, -6.0), db(2, -2.0), db(1, -6.0)]
    assert faders(line) == [0.0, -6.0, -2.0, -1.0]


def test_a_write_that_reads_back_differently_is_repeated():
    line = band()
    surface = surface_of(line)
    surface.read()
    line.writes()

    def push_back(line, message):
        if message.address == "/action":
            line.channels[0].db = -3.0
            line.before = lambda line, message: None

    line.before = push_back
    surface.write(DeskWrite({1: -6.0, 2: -2.0}))
    assert line.writes() == [db(1, -6.0), db(2, -2.0), db(1, -6.0)]
    assert faders(line) == [0.0, -6.0, -2.0, -1.0]


def test_a_fader_that_does_not_move_is_not_written_for_ever():
    line = band()
    line.channels[0].stuck = True
    assert written(line, {1: -6.0}) == [db(1, -6.0)] * 4
    assert line.time_s <= 2.5


def test_a_selection_that_can_not_be_lifted_moves_no_fader():
    line = band()
    line.channels[0].select = line.channels[1].select = 1.0
    line.loses = lambda message: message == select(1, on=False)
    with pytest.raises(WriteRefused, match="keeps its tracks selected"):
        written(line, {1: -6.0})
    assert faders(line) == [0.0, -3.0, 0.0, -1.0]


def test_a_selection_is_put_back_though_the_write_fails():
    line = band()
    line.channels[0].select = line.channels[1].select = 1.0
    surface = surface_of(line)
    surface.read()
    line.loses = lambda message: message.address == "/device/track/count"
    with pytest.raises(DawSilent):
        surface.write(DeskWrite({1: -6.0}))
    assert [channel.select for channel in line.channels] == [1.0, 1.0, 0.0]


# The end


def test_the_surface_shows_what_it_usually_does_at_the_end():
    line = band(ours=True)
    surface = surface_of(line)
    surface.read()
    surface.close()
    assert line.sent[-1] == Message("/device/track/count", (64,))
    assert line.closed


def test_a_surface_that_said_nothing_is_told_nothing():
    line = band()
    surface_of(line).close()
    assert (line.sent, line.closed) == ([], True)
