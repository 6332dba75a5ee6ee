import math
from dataclasses import replace

import pytest

from agent.daw import SessionUnreadable
from bridge.changes import MASTER
from bridge.desk_meters import MeteredDesk
from bridge.live import SessionMoved
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.ardour_meters import ArdourMeters
from tests.ardour_surfaces import Ardour, Strip


@pytest.fixture
def ardour():
    return Ardour(Strip("Kick"), Strip("Bus", kind="B"), Strip("Bass", -3.0), Strip("Click", mute=1.0))


@pytest.fixture
def daw(ardour):
    where = "127.0.0.1:3819"
    return MeteredDesk(
        ArdourLine(ardour, where, clock=ardour.clock), ArdourMeters(ardour, where, clock=ardour.clock), where
    )


def test_every_track_that_is_heard_takes_part(daw):
    session = daw.read()
    assert [track.name for track in session.tracks] == ["Kick", "Bass"]
    assert (session.length_s, session.name) == (4.0, "song")
    assert daw.notes[:2] == ("left alone (a bus): Bus", "left alone (muted): Click")


def test_every_fader_that_may_be_tried_is_told_as_it_was_found(daw):
    daw.read()
    assert daw.keys == ("1 Kick", "3 Bass")
    faders = daw.faders()
    assert [(change.track, change.what) for change in faders] == [(key, "fader") for key in (*daw.keys, MASTER)]
    assert all(change.found == change.wanted for change in faders)
    assert faders[1].found == pytest.approx(10 ** (-3.0 / 20))


def test_it_can_be_sent_elsewhere(ardour, daw):
    daw.read()
    daw.play()
    daw.located.go_to(3.0)
    assert (ardour.rolling, ardour.place) == (True, 3 * 48_000)


def test_there_is_no_audio(daw):
    daw.read()
    with pytest.raises(SessionUnreadable, match="only meters: name a folder of stems"):
        next(daw.audio())


def test_frames_are_by_the_keys_of_changes(ardour, daw):
    daw.read()
    daw.play()
    frames = daw.frames(1.0)
    ardour.meters(-20.0, -30.0, -40.0, -50.0, master=-10.0)
    frame = next(frames)
    assert frame.peaks_dbfs == {"1 Kick": -20.0, "3 Bass": -40.0, MASTER: -10.0}
    assert frame.at_s == ardour.time_s
    daw.stop()
    assert not ardour.rolling
    assert daw.fall.db_per_s == 13.0


def test_a_meter_that_was_not_told_of_is_silent(ardour, daw):
    daw.read()
    ardour.loses = lambda message: message.address in {"/strip/gain", "/master/gain", "/strip/meter"}
    daw.play()
    frames = daw.frames(1.0)
    ardour.meters(-20.0, -30.0, -40.0, -50.0, master=-10.0)
    assert next(frames).peaks_dbfs == {"1 Kick": -math.inf, "3 Bass": -math.inf, MASTER: -10.0}


def test_a_nudge_sets_the_wanted_values_at_once(ardour, daw):
    settings = daw.read().settings
    daw.play()
    kick, bass = settings.strips
    changes = daw.changes(replace(settings, strips=(replace(kick, gain_db=-6.0), bass), master_gain_db=-2.0))
    daw.nudge(changes)
    assert [strip.gain_db for strip in ardour.strips] == pytest.approx([-6.0, 0.0, -3.0, 0.0])
    assert ardour.master_db == pytest.approx(-2.0)


def test_a_track_that_was_not_read_is_not_nudged(daw):
    settings = daw.read().settings
    (change,) = daw.changes(replace(settings, master_gain_db=-2.0))
    with pytest.raises(SessionMoved, match="Gone is not in the session"):
        daw.nudge([change.model_copy(update={"track": "9 Gone", "name": "Gone"})])
