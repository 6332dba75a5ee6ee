import math

import pytest

from agent.mixing import Wish
from bridge.desk_meters import MeteredDesk
from bridge.errors import DawSilent, DawUnreachable
from bridge.journal import Journal
from bridge.metered_job import mix_live_by_meters
from bridge.osc import bitwig
from bridge.osc.bitwig_line import BitwigLine
from bridge.osc.bitwig_meters import BitwigMeters
from bridge.osc.packets import Message
from bridge.undoing import undo_last
from tests.bitwig_studios import Bitwig, Track
from tests.losses import in_turn
from tests.mixes import POLICY

LAW = bitwig.FaderLaw(1023)


def band(**how):
    return Bitwig(Track("Kick"), Track("Bass"), **how)


def meters_of(daw):
    return BitwigMeters(daw, "127.0.0.1:8000", clock=daw.clock)


def place_of(peak_dbfs):
    return 10.0 ** ((peak_dbfs - bitwig.FADER_HIGHEST_DB) / 60.0)


def test_it_plays_from_the_start_and_stops_where_it_was():
    daw = band(tempo=90.0)
    daw.seconds = 83.5
    meters = meters_of(daw)
    meters.play()
    assert (daw.playing, daw.seconds, daw.meters_on) == (True, 0.0, True)
    meters.stop()
    assert (daw.playing, daw.seconds) == (False, pytest.approx(83.5, abs=0.01))


def test_what_the_user_plays_plays_on():
    daw = band()
    daw.playing, daw.seconds = True, 83.5
    meters = meters_of(daw)
    meters.play()
    meters.stop()
    assert (daw.playing, daw.seconds) == (True, 83.5)


def test_stopping_needs_no_playing():
    daw = band()
    meters_of(daw).stop()
    assert daw.sent == []


@pytest.mark.parametrize("lost", ["/play", "/time", "/refresh"])
def test_what_is_lost_is_sent_again(lost):
    daw = band()
    daw.seconds = 83.5
    meters = meters_of(daw)
    daw.loses = in_turn(lost)
    meters.play()
    assert (daw.playing, daw.seconds) == (True, 0.0)
    daw.loses = in_turn(lost)
    meters.stop()
    assert (daw.playing, daw.seconds) == (False, pytest.approx(83.5, abs=0.01))


def test_all_meters_are_told_though_only_some_changed():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    levels = meters.levels(1.0)
    daw.show(place_of(-20.0), 0.0, master=place_of(-19.5))
    at_s, peaks = next(levels)
    assert at_s == daw.time_s
    assert peaks == {0: pytest.approx(-19.5, abs=0.2), 1: pytest.approx(-20.0, abs=0.2), 2: -math.inf}
    daw.show(place_of(-20.0), place_of(-30.0), master=place_of(-19.5))
    assert next(levels)[1][2] == pytest.approx(-30.0, abs=0.2)


def test_meters_that_stand_still_are_told_on_ten_times_a_second():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    assert 9 <= len(list(meters.levels(1.0))) <= 11


def test_a_bitwig_that_says_nothing_for_a_while_is_asked():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.sent.clear()
    list(meters.levels(10.0))
    assert {message.address for message in daw.sent} == {"/refresh"}


def test_a_bitwig_that_died_is_told_of():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.dead = True
    with pytest.raises(DawSilent, match="does not answer over OSC any more"):
        list(meters.levels(60.0))


def test_more_tracks_than_a_page_has_need_a_longer_page():
    daw = Bitwig(*(Track(f"T{n}") for n in range(9)))
    with pytest.raises(DawUnreachable, match="the meters of 8 tracks only"):
        meters_of(daw).play()
    assert not daw.playing


def test_a_page_that_is_full_is_enough():
    daw = Bitwig(*(Track(f"T{n}") for n in range(8)))
    meters = meters_of(daw)
    meters.play()
    assert daw.playing


@pytest.mark.parametrize(
    "lost", [(), ("/track/1/volume",), ("/track/1/volume", "/track/1/volume")], ids=["nothing", "it", "it and more"]
)
def test_faders_are_nudged_until_they_are_told_to_stand(lost):
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.sent.clear()
    daw.loses = in_turn(*lost)
    meters.nudge({0: -1.0, 1: -6.0, 2: -3.0})
    assert [round(track.volume * 1023) for track in (daw.master, *daw.tracks)] == [
        LAW.value(-1.0),
        LAW.value(-6.0),
        LAW.value(-3.0),
    ]
    assert daw.sent[0] == Message("/master/volume", (LAW.value(-1.0),))


def test_a_fader_that_is_stuck_is_told_of():
    daw = band()
    meters = meters_of(daw)
    meters.play()
    daw.tracks[0].stuck = True
    with pytest.raises(DawSilent):
        meters.nudge({1: -6.0})


def test_a_bitwig_project_is_mixed_by_its_meters_and_taken_back(tmp_path):
    peaks = {"Kick": -20.0, "Bass": -8.0, "Lead Vocal": -30.0}
    daw = Bitwig(*(Track(name, peak=place_of(peak)) for name, peak in peaks.items()), resolution=16_384)
    daw.master.peak = place_of(-5.0)
    line = BitwigLine(daw, "", clock=daw.clock)
    desk, journal = MeteredDesk(line, meters_of(daw), ""), Journal(tmp_path)
    session, before = desk.read(), line.read()
    wish = Wish(loudness_lufs=-30.0, eq=False)
    result = mix_live_by_meters(desk, wish, POLICY, journal, session, budget_s=30.0, clock=daw.clock)
    gains_db = [strip.gain_db for strip in result.settings.strips]
    assert daw.time_s < 60.0
    assert gains_db[2] > gains_db[1]
    assert [track.gain_db for track in line.read().tracks] == pytest.approx(gains_db, abs=0.02)
    assert not daw.playing
    undo_last(desk, journal)
    assert line.read() == before
