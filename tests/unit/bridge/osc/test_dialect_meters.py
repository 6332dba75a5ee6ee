import math

import pytest

from agent.daw import SessionUnreadable
from bridge.errors import DawSilent
from bridge.osc.dialect_file import parse
from bridge.osc.dialect_line import DialectLine
from bridge.osc.dialect_meters import DialectMeters
from bridge.osc.packets import Message
from tests.dialect_mixers import BY_ADDRESS, by_address

TEXT = BY_ADDRESS.format(count=2)


def meters_of(mixer, text=TEXT):
    line = DialectLine(mixer, "127.0.0.1:7000", parse(text, ""), clock=mixer.clock)
    return DialectMeters(mixer, line, clock=mixer.clock)


def showing(**dbfs):
    mixer = by_address("Kick", "Bass")
    mixer.pushed = [Message(address, (db,)) for address, db in dbfs.items()]
    return mixer


def test_it_plays_and_stops():
    mixer = by_address("Kick", "Bass")
    meters = meters_of(mixer)
    meters.stop()
    assert mixer.sent == []
    meters.play()
    assert Message("/play") in mixer.sent
    meters.stop()
    assert mixer.sent[-1] == Message("/stop")


def test_meters_before_the_faders_are_taken_after_them():
    mixer = showing(**{"/in/000/level": -20.0, "/in/001/level": -150.0, "/out/level": -10.0})
    mixer.values["/in/000/gain",] = -6.0
    meters = meters_of(mixer)
    meters.play()
    at_s, peaks = next(meters.levels(1.0))
    assert peaks == {0: -10.0, 1: -26.0, 2: -math.inf}
    assert at_s == mixer.time_s


def test_meters_after_the_faders_are_taken_as_they_are():
    mixer = showing(**{"/in/000/level": -20.0})
    mixer.values["/in/000/gain",] = -6.0
    meters = meters_of(mixer, TEXT.replace("after_fader = false", "after_fader = true"))
    meters.play()
    assert next(meters.levels(1.0))[1] == {0: -math.inf, 1: -20.0, 2: -math.inf}


def test_they_are_asked_for_again_before_they_end():
    mixer = showing(**{"/in/000/level": -20.0})
    meters = meters_of(mixer)
    meters.play()
    assert 70 <= len(list(meters.levels(10.0))) <= 110
    assert mixer.sent.count(Message("/levels", (1,))) in {2, 3}


def test_a_nudge_is_in_the_next_peaks():
    mixer = showing(**{"/in/000/level": -20.0})
    meters = meters_of(mixer)
    meters.play()
    meters.nudge({0: -3.0, 1: -6.0})
    assert next(meters.levels(1.0))[1][1] == pytest.approx(-26.0)
    assert mixer.values["/out/gain",] == -3.0


def test_how_they_fall():
    assert meters_of(by_address("Kick", "Bass")).fall.db_per_s == math.inf
    text = TEXT.replace("after_fader", "fall_db_per_s = 20.0\nafter_fader")
    assert meters_of(by_address("Kick", "Bass"), text).fall.db_per_s == 20.0


def test_one_that_died_is_told_of():
    mixer = showing(**{"/in/000/level": -20.0})
    meters = meters_of(mixer)
    meters.play()
    mixer.dead = True
    with pytest.raises(DawSilent):
        list(meters.levels(60.0))
    assert mixer.time_s < 10.0


def test_silence_is_no_death():
    meters = meters_of(by_address("Kick", "Bass"))
    meters.play()
    assert list(meters.levels(7.0)) == []


def test_a_file_without_meters():
    text = TEXT[: TEXT.index("[meter]")]
    with pytest.raises(SessionUnreadable, match=r"has no \[meter\]: add one"):
        meters_of(by_address("Kick", "Bass"), text).play()
