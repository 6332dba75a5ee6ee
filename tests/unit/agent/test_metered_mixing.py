import math
from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.meter_log import Levels, MeterLog
from agent.hearing.metered import (
    SILENT_DBFS,
    Ears,
    RoleEar,
    both_sides,
    ears,
    fallen,
    heard_by_meters,
    metered_lufs,
    rises_db,
)
from agent.hearing.twin import Twin
from agent.metered_mixing import MeteredPlan, mix_by_meters, windows_s
from agent.mixing import Wish, plan_mix
from agent.policy import shipped
from agent.roles import Role
from agent.session import Settings
from tests.playing import PlayedSong
from tests.sessions import Song, lufs, rendered, song

OFF_DB = [6.0, -8.0, 3.0, -7.0, 9.0]
FALL_DB_PER_S = 13.0
TABLE, _ = shipped()


@pytest.fixture(scope="module")
def made() -> Song:
    return song(40.0)


def session(made, **changes):
    found = made.settings(OFF_DB)
    return made.session(replace(found, **changes))


def mixed(made, wish=None, *, budget_s=35.0, master=True, **more) -> tuple[MeteredPlan, PlayedSong]:
    log = MeterLog(made.roles, FALL_DB_PER_S)
    playing = PlayedSong(made, log, session(made).settings, master=master)
    return mix_by_meters(session(made), playing, log, wish or Wish(), TABLE, budget_s=budget_s, **more), playing


@pytest.fixture(scope="module")
def whole(made) -> tuple[MeteredPlan, PlayedSong]:
    return mixed(made)


def faders(settings: Settings) -> np.ndarray:
    return np.array([strip.gain_db for strip in settings.strips])


def test_a_mix_by_meters_comes_near_the_mix_by_ear(made, whole):
    plan, _ = whole
    by_ear = plan_mix(session(made), made.heard, Wish(eq=False), TABLE)
    apart = np.abs(faders(plan.settings) - faders(by_ear.settings))
    assert apart.mean() < 3.0  # noise is not what the roles were measured of
    assert apart.mean() < np.abs(faders(plan.settings) - OFF_DB).mean()


def test_the_master_brings_it_to_its_loudness_as_far_as_a_meter_tells(made, whole):
    plan, _ = whole
    assert lufs(rendered(made.audio, plan.settings, made.rate_hz), made.rate_hz) == pytest.approx(-14.0, abs=3.0)


def test_it_plays_no_longer_than_was_said(made):
    plan, playing = mixed(made, budget_s=20.0)
    assert playing.played_s <= 20.0 + 3.0  # the move that was under way, and its falling meters
    assert plan.moves == len(playing.nudged)


def test_one_fader_moves_at_a_time_and_every_move_is_told(made):
    told = []
    _, playing = mixed(made, say=lambda what, share: told.append((what, share)))
    places = [session(made).settings, *playing.nudged]
    for before, after in zip(places, playing.nudged, strict=False):
        turned = sum(a != b for a, b in zip(before.strips, after.strips, strict=True))
        assert turned + (before.master_gain_db != after.master_gain_db) == 1
    assert [what for what, _ in told if what.startswith("trying ")] == [
        what for what, _ in told if what not in {"listening", "listening on"}
    ]
    assert len([what for what, _ in told if what.startswith("trying ")]) == len(playing.nudged)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert max(shares) <= 1.0


def test_the_best_setting_that_was_seen_is_kept(made, whole):
    plan, _ = whole
    assert plan.plan.after.cost.total < plan.plan.before.cost.total
    assert plan.plan.settings == plan.settings


def test_nothing_is_moved_when_only_asked_what_would_be(made):
    plan, playing = mixed(made, dry_run=True)
    assert playing.nudged == []
    assert plan.settings != session(made).settings


def test_eq_stays_as_it_is(made, whole):
    assert all(strip.eq_gains_db == (0.0,) * 4 for strip in whole[0].settings.strips)


def test_a_locked_track_is_heard_and_never_moved(made):
    plan, playing = mixed(made, Wish(locked=(1,)))
    assert {settings.strips[1].gain_db for settings in [*playing.nudged, plan.settings]} == {OFF_DB[1]}


def test_a_track_that_comes_in_late_is_mixed_like_any_other(made, monkeypatch):
    monkeypatch.setattr("agent.metered_mixing.FIRST_S", 4.0)
    audio = made.audio.copy()
    audio[1, : 8 * made.rate_hz] = 0.0
    plan, _ = mixed(replace(made, audio=audio), budget_s=16.0)
    by_ear = plan_mix(session(made), made.heard, Wish(eq=False), TABLE)
    assert plan.plan.silent == ()
    assert abs(faders(plan.settings)[1] - faders(by_ear.settings)[1]) < abs(OFF_DB[1] - faders(by_ear.settings)[1]) / 2


def test_a_session_that_says_nothing_is_told(made):
    log = MeterLog(made.roles, FALL_DB_PER_S)
    silent = replace(made, audio=made.audio * 0.0)
    with pytest.raises(ValueError, match="no meter moved"):
        mix_by_meters(session(made), PlayedSong(silent, log, session(made).settings), log, Wish(), TABLE, budget_s=5.0)


# The ears.


def test_the_ears_that_come_along_know_each_band_and_fall():
    known = ears()
    everybody = [known.usual, *known.roles.values()]
    assert {len(ear.over_meter_db) for ear in everybody} == {len(known.falls_db_per_s)}
    assert set(known.roles) <= {role.value for role in Role}
    assert list(known.falls_db_per_s) == sorted(known.falls_db_per_s)
    assert all(-20.0 < value < 0.0 for ear in everybody for value in ear.over_meter_db)  # loudness lies below peaks
    heard_by_meters(np.zeros((4, 1)), [Role.OTHER], FALL_DB_PER_S)  # as many bands as the twin has


def known(over_db=(-8.0, -6.0)) -> Ears:
    flat = (-10.0,) * len(ears().usual.spectrum_db)
    return Ears((10.0, 20.0), 1.0, 1.2, (-5.0, -5.0), 1.0, RoleEar(over_db, flat), {})


def test_a_steady_meter_means_that_much_less_loudness():
    heard = heard_by_meters(np.full((40, 1), -20.0), [Role.BASS], 10.0, known())
    twin = Twin(heard, song(0.5).settings([0.0] * 5).__class__((song(0.5).settings().strips[0],)))
    assert twin.track_loudness_lufs()[0] == pytest.approx(-20.0 - 0.691 - 8.0, abs=0.01)  # BS.1770-4's offset
    assert metered_lufs(np.full(40, -20.0)) == pytest.approx(-20.691, abs=1e-6)


def test_between_two_falls_the_figure_lies_between():
    loud = [
        float(heard_by_meters(np.full((40, 1), -20.0), [Role.BASS], fall, known()).gram[0, 0, 0])
        for fall in (5.0, 10.0, 15.0, 20.0, 99.0)
    ]
    over_db = 10 * np.log10(loud) + 20.0
    assert over_db == pytest.approx([-8.0, -8.0, -7.0, -6.0, -6.0], abs=1e-4)


def test_silence_is_silence():
    heard = heard_by_meters(np.array([[SILENT_DBFS, -10.0]]), [Role.BASS, Role.KEYS], 10.0, known())
    assert heard.gram[0, 0, 0] == 0.0
    assert heard.gram[0, 1, 1] > 0.0


def test_meters_of_another_number_of_tracks_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 2\) for 1 tracks"):
        heard_by_meters(np.zeros((3, 2)), [Role.BASS], 10.0)


def test_a_meter_falls_no_faster_than_it_does():
    shown = fallen(np.array([[0.0], [-90.0], [-90.0], [-0.5]]), 13.0)
    assert shown[:, 0] == pytest.approx([0.0, -1.3, -2.6, -0.5])


def test_what_rises_more_is_less_loud_for_the_same_power():
    flat = (-10.0,) * len(ears().usual.spectrum_db)
    usual = RoleEar((-8.0, -6.0), flat)
    spiky = Ears((10.0, 20.0), 1.0, 1.2, (-5.0, -5.0), 1.0, usual, {}, (2.0, 2.0), (-0.5, -1.0))
    assert spiky.over(usual, 20.0, 5.0) == pytest.approx(-6.0 - 3.0)
    assert spiky.over(usual, 15.0, 1.0) == pytest.approx(-7.0 + 0.75)
    assert spiky.over(usual, 10.0) == spiky.over(usual, 10.0, 2.0) == -8.0  # not known is as usual
    peaks = np.tile([[-20.0], [-26.0]], (20, 1))
    heard = heard_by_meters(peaks, [Role.BASS], 20.0, spiky)
    plain = heard_by_meters(peaks, [Role.BASS], 20.0, known())
    assert 10 * np.log10(heard.gram[0, 0, 0] / plain.gram[0, 0, 0]) == pytest.approx(2.0 - 3.0, abs=0.1)


def test_a_rise_counts_where_it_sounds_and_one_row_follows_the_other():
    peaks = np.array([[-20.0], [-14.0], [-16.0], [-60.0], [-16.0], [-10.0]])
    assert rises_db(peaks) == pytest.approx([(6.0 + 0.0 + 20.0 + 6.0) / 4])  # from -60 no more than 20
    assert rises_db(peaks, np.array([False, True, True, True, False, False])) == pytest.approx([3.0])
    assert np.isnan(rises_db(np.full((3, 1), SILENT_DBFS))).all()


def test_one_side_alone_counts_half_of_two():
    assert both_sides(np.array([-20.0, -20.0]), np.array([-20.0, -math.inf])) == pytest.approx(
        [-20.0, -23.01], abs=0.01
    )


def test_a_song_longer_than_the_time_is_heard_from_end_to_end():
    assert windows_s(0.0, 170.0) == windows_s(170.0, 170.0) == ((0.0, 170.0),)
    windows = windows_s(300.0, 170.0)
    assert (windows[0][0], sum(long_s for _, long_s in windows)) == (0.0, pytest.approx(170.0))
    assert sum(windows[-1]) == pytest.approx(300.0)


# The log.


def log(tracks=1):
    return MeterLog([Role.BASS] * tracks, 10.0, known())


def test_the_fader_is_taken_off_what_a_meter_after_it_shows():
    same, moved = log(), log()
    for at in range(10):
        same.add(at / 10 + 0.05, Levels((-20.0,), (0.0,)))
        moved.add(at / 10 + 0.05, Levels((-26.0,), (-6.0,)))
    assert moved.heard().gram == pytest.approx(same.heard().gram)


def test_the_loudest_of_several_frames_counts():
    once, often = log(), log()
    once.add(0.05, Levels((-20.0,), (0.0,)))
    for peak in (-60.0, -20.0, -40.0):
        often.add(0.05, Levels((peak,), (0.0,)))
    assert often.heard().gram == pytest.approx(once.heard().gram)
    assert often.listened_s == once.listened_s == pytest.approx(0.1)


def test_the_master_says_how_loud_all_of_it_is():
    alone, with_master = log(2), log(2)
    for at in range(10):
        alone.add(at / 10 + 0.05, Levels((-20.0, -20.0), (0.0, 0.0)))
        with_master.add(at / 10 + 0.05, Levels((-20.0, -20.0), (0.0, 0.0), -16.0, -3.0))
    # -13 dBFS before the master's fader, 5 dB less loudness; the gates pass a steady sound whole.
    flat = Settings((song(0.5).settings().strips[0],) * 2)
    assert Twin(with_master.heard(), flat).mix_loudness_lufs() == pytest.approx(-13.0 - 0.691 - 5.0, abs=0.01)
    tracks_alone, tracks_with = (Twin(one.heard(), flat).track_loudness_lufs() for one in (alone, with_master))
    assert np.ptp(tracks_with - tracks_alone) == pytest.approx(0.0, abs=1e-9)


def test_who_never_sounded_is_known():
    made = log(3)
    assert made.silent == (0, 1, 2)
    made.add(0.0, Levels((-20.0, -math.inf, -20.0), (0.0, 0.0, -math.inf)))
    assert made.silent == (1, 2)
