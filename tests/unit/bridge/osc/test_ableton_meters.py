import math

import pytest

from agent.mixing import Wish
from bridge.desk_meters import MeteredDesk
from bridge.errors import DawSilent
from bridge.journal import Journal
from bridge.metered_job import mix_live_by_meters
from bridge.osc import ableton
from bridge.osc.ableton_line import AbletonLine
from bridge.osc.ableton_meters import AbletonMeters
from bridge.osc.packets import Message
from bridge.undoing import undo_last
from tests.ableton_lives import Live, Track
from tests.losses import in_turn
from tests.mixes import POLICY

CLICK = ableton.meter(-20.0)


def band(**how):
    return Live(Track("Kick"), Track("Bass", 0.775), Track("Notes", has_audio_output=False), **how)


def meters_of(live):
    return AbletonMeters(live, "127.0.0.1:11000", clock=live.clock)


def test_it_plays_from_the_start_and_stops_where_it_was():
    live = band()
    live.current_song_time = 17.5
    meters = meters_of(live)
    meters.play()
    assert (live.is_playing, live.current_song_time) == (True, 0.0)
    assert len(live.heard) == 4
    meters.stop()
    assert (live.is_playing, live.current_song_time, live.heard) == (False, 17.5, set())


def test_what_the_user_plays_plays_on():
    live = band()
    live.is_playing, live.current_song_time = True, 17.5
    meters = meters_of(live)
    meters.play()
    meters.stop()
    assert (live.is_playing, live.current_song_time) == (True, 17.5)


def test_playing_again_begins_at_the_start_again():
    live = band()
    meters = meters_of(live)
    meters.play()
    live.current_song_time = 99.0
    meters.play()
    assert (live.is_playing, live.current_song_time) == (True, 0.0)


def test_stopping_needs_no_playing():
    live = band()
    meters_of(live).stop()
    assert live.sent == []


@pytest.mark.parametrize(
    "lost", ["/live/song/continue_playing", "/live/song/set/current_song_time", ableton.PLAYING, ableton.HAS_AUDIO]
)
def test_what_is_lost_is_sent_again(lost):
    live = band()
    live.current_song_time = 17.5
    meters = meters_of(live)
    live.loses = in_turn(lost)
    meters.play()
    assert (live.is_playing, live.current_song_time) == (True, 0.0)
    live.loses = in_turn(lost, "/live/song/stop_playing")
    meters.stop()
    assert (live.is_playing, live.current_song_time) == (False, 17.5)


def test_both_sides_count():
    live = band()
    meters = meters_of(live)
    meters.play()
    live.meter(0, CLICK, ableton.meter(-30.0))
    live.meter(1, 0.0, 0.0)
    at_s, peaks = next(meters.levels(1.0))
    assert at_s == live.time_s
    assert peaks == {1: pytest.approx(10 * math.log10((10**-2.0 + 10**-3.0) / 2)), 2: -math.inf}


def test_meters_are_told_ten_times_a_second():
    live = band()
    meters = meters_of(live)
    meters.play()
    assert 9 <= len(list(meters.levels(1.0))) <= 11


def test_meters_that_nobody_tells_are_asked_for():
    live = band()
    meters = meters_of(live)
    live.loses = lambda message: "start_listen" in message.address
    meters.play()
    live.meter(0, CLICK, CLICK)
    assert live.heard == set()
    assert [peaks.get(1) for _, peaks in meters.levels(0.5)][-1] == pytest.approx(-20.0)


def test_a_live_that_died_is_told_of():
    live = band()
    meters = meters_of(live)
    meters.play()
    live.dead = True
    with pytest.raises(DawSilent, match="does not answer over OSC any more"):
        list(meters.levels(60.0))
    assert live.time_s < 5.0


def test_one_that_is_dead_from_the_start():
    live = band(loses=lambda message: True)
    with pytest.raises(DawSilent):
        meters_of(live).play()
    assert live.time_s < 5.0


@pytest.mark.parametrize(
    "lost", [(), ("/live/track/set/volume",), (ableton.VOLUME,)], ids=["nothing", "it", "the echo"]
)
def test_faders_are_nudged_until_they_are_there(lost):
    live = band()
    meters = meters_of(live)
    meters.play()
    live.sent.clear()
    live.loses = in_turn(*lost)
    meters.nudge({1: -6.0, 2: -3.0, 0: -1.0})
    assert [ableton.gain_db(track.volume) for track in live.tracks[:2]] == pytest.approx([-6.0, -3.0])
    assert live.sent[0] == Message("/live/track/set/volume", (0, pytest.approx(0.7)))


def test_a_fader_ends_where_lives_does():
    live = band()
    meters = meters_of(live)
    meters.play()
    meters.nudge({1: 9.0, 2: -math.inf})
    assert [track.volume for track in live.tracks[:2]] == [1.0, 0.0]


def test_a_fader_that_is_stuck_is_told_of():
    live = band()
    meters = meters_of(live)
    meters.play()
    live.tracks[0].stuck = True
    with pytest.raises(DawSilent):
        meters.nudge({1: -6.0})


def test_a_live_set_is_mixed_by_its_meters_without_a_master_and_taken_back(tmp_path):
    live = Live(Track("Kick", peak_dbfs=-20.0), Track("Bass", peak_dbfs=-8.0), Track("Lead Vocal", peak_dbfs=-30.0))
    line = AbletonLine(live, "", with_eq=False, clock=live.clock)
    daw, journal = MeteredDesk(line, meters_of(live), ""), Journal(tmp_path)
    session, before = daw.read(), line.read()
    wish = Wish(loudness_lufs=-30.0, eq=False)
    result = mix_live_by_meters(daw, wish, POLICY, journal, session, budget_s=30.0, clock=live.clock)
    gains_db = [strip.gain_db for strip in result.settings.strips]
    assert live.time_s < 60.0
    assert gains_db[2] > gains_db[1]
    assert result.settings.master_gain_db == 0.0
    assert [track.gain_db for track in line.read().tracks] == pytest.approx(gains_db)
    assert not live.is_playing
    undo_last(daw, journal)
    assert [track.gain_db for track in line.read().tracks] == pytest.approx([track.gain_db for track in before.tracks])
