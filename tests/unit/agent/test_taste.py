"""What is learned from a hand: against the others, shrunk, bounded, the same for the same lessons."""

from itertools import pairwise

import numpy as np
import pytest

from agent.actions import EQ_TRAVEL_DB, FADER_TRAVEL_DB
from agent.roles import Role
from agent.targets import Goal
from agent.taste import (
    EQ_BOUNDS,
    LEVEL_BOUNDS,
    MOST_WANTED_DB,
    Knob,
    Preference,
    Turned,
    differences,
    shift_db,
    taste,
    tasted,
)
from tests.sessions import settings_of


def turned(role, by_db=0.0, **more_db):
    bands = {Knob(name.replace("_", "-")): db for name, db in more_db.items()}
    set_db = {Knob.LEVEL: -4.0, **dict.fromkeys(bands, 1.0)}
    return Turned(role, set_db, {Knob.LEVEL: -4.0 + by_db, **{knob: 1.0 + db for knob, db in bands.items()}})


def moves(*tracks):
    return {(one.role, one.knob): one.moved_db for one in differences(tracks, "pop")}


def test_a_fader_that_was_moved_is_a_preference_of_its_role():
    assert moves(turned(Role.BASS, 2.0), turned(Role.KICK), turned(Role.LEAD_VOCAL)) == {(Role.BASS, Knob.LEVEL): 2.0}


def test_what_all_faders_have_in_common_is_no_preference():
    assert moves(turned(Role.BASS, 3.0), turned(Role.KICK, 3.0), turned(Role.PIANO, 3.0)) == {}
    assert moves(turned(Role.BASS, 3.0), turned(Role.KICK, 3.0), turned(Role.PIANO)) == {(Role.PIANO, Knob.LEVEL): -3.0}


def test_several_tracks_of_a_role_speak_with_one_voice():
    tracks = [turned(Role.GUITAR, 2.0), turned(Role.GUITAR), *(turned(Role.OTHER) for _ in range(4))]
    assert moves(*tracks) == {(Role.GUITAR, Knob.LEVEL): 1.0}


def test_a_slip_of_the_hand_and_a_track_of_no_known_role_teach_nothing():
    assert moves(turned(Role.BASS, 0.4), turned(Role.KICK), turned(Role.OTHER, 6.0)) == {}


def test_an_eq_band_is_taken_as_it_is():
    assert moves(turned(Role.BASS, high=2.0), turned(Role.KICK, high=2.0)) == {
        (Role.BASS, Knob.HIGH): 2.0,
        (Role.KICK, Knob.HIGH): 2.0,
    }


def test_one_lesson_counts_half_and_more_come_nearer():
    assert [shift_db([2.0] * n, LEVEL_BOUNDS) for n in (0, 1, 2, 3)] == [0.0, 1.0, 1.33, 1.5]
    assert shift_db([2.0, -2.0], LEVEL_BOUNDS) == 0.0


@pytest.mark.parametrize("bounds", [LEVEL_BOUNDS, EQ_BOUNDS])
def test_a_lesson_moves_a_shift_by_a_step_and_all_of_them_by_the_total(bounds):
    shifts = [shift_db([MOST_WANTED_DB] * n, bounds) for n in range(30)]
    steps = [after - before for before, after in pairwise(shifts)]
    assert max(steps) == pytest.approx(bounds.step_db)
    assert max(shifts) == bounds.total_db


def test_a_track_that_was_all_but_taken_out_counts_for_no_more_than_the_most():
    assert Preference(Role.BASS, "pop", Knob.LEVEL, -40.0).wanted_db == -MOST_WANTED_DB


def test_only_the_last_lessons_count():
    assert shift_db([2.0] * 50 + [-2.0] * 30, LEVEL_BOUNDS) == shift_db([-2.0] * 30, LEVEL_BOUNDS) < 0.0


def test_what_was_wanted_is_the_taste_at_work_and_the_move_together():
    first = Preference(Role.BASS, "pop", Knob.LEVEL, 2.0)
    second = Preference(Role.BASS, "pop", Knob.LEVEL, 1.0, taste_db=1.0)
    assert taste([first, second], "pop").levels_db == {Role.BASS: 1.33}


def test_a_style_is_not_taught_by_another():
    lesson = [Preference(Role.BASS, "pop", Knob.LEVEL, 2.0)]
    assert taste(lesson, "rock").levels_db == {}
    assert taste(lesson, "pop").levels_db == {Role.BASS: 1.0}


ROLES = (Role.BASS, Role.KICK)


def goal_of(*, locked=(), bare=()):
    nothing, audible = np.zeros(2), np.ones(2, bool)
    movable = np.array([k not in locked for k in range(2)])
    strong = np.zeros((2, 6), np.intp)
    return Goal(-14.0, nothing, nothing, slice(0), strong, audible, movable, bare=frozenset(bare))


def lessons(count, moved_db=40.0, knob=Knob.LEVEL):
    return [Preference(Role.BASS, "pop", knob, moved_db) for _ in range(count)]


def turned_by(liked, wanted=None, planned=(-4.0, -4.0), found=(-4.0, -4.0)):
    """Return by how much the bass is turned, level and bands, and that nothing else is."""
    before = settings_of(2, list(planned))
    after = tasted(settings_of(2, list(found)), before, ROLES, liked, wanted or goal_of())
    assert (after.strips[1], after.master_gain_db) == (before.strips[1], before.master_gain_db)
    bass, was = after.strips[0], before.strips[0]
    return bass.gain_db - was.gain_db, [now - old for now, old in zip(bass.eq_gains_db, was.eq_gains_db, strict=True)]


@pytest.mark.parametrize(("count", "most_db"), [(1, LEVEL_BOUNDS.step_db), (30, LEVEL_BOUNDS.total_db)])
@pytest.mark.parametrize("way", [-1.0, 1.0])
def test_a_mix_follows_a_lesson_by_a_step_at_most_and_all_of_them_by_the_total(count, most_db, way):
    level_db, eq_db = turned_by(taste(lessons(count, way * 40.0), "pop"))
    assert (level_db, eq_db) == (way * most_db, [0.0] * 4)


@pytest.mark.parametrize(("count", "most_db"), [(1, EQ_BOUNDS.step_db), (30, EQ_BOUNDS.total_db)])
def test_an_eq_band_follows_within_its_own_bounds(count, most_db):
    assert turned_by(taste(lessons(count, knob=Knob.HIGH_MID), "pop")) == (0.0, [0.0, 0.0, most_db, 0.0])


def test_a_locked_track_is_left_alone_and_one_without_an_eq_keeps_its_tone():
    liked = taste([*lessons(1), *lessons(1, knob=Knob.HIGH)], "pop")
    assert turned_by(liked, goal_of(locked=[0])) == (0.0, [0.0] * 4)
    assert turned_by(liked, goal_of(bare=[0])) == (LEVEL_BOUNDS.step_db, [0.0] * 4)


def test_no_taste_leads_out_of_the_safety_limits():
    found_db = -4.0
    level_db, _ = turned_by(taste(lessons(30), "pop"), planned=(found_db + FADER_TRAVEL_DB, -4.0))
    assert level_db == 0.0
    liked = taste(lessons(30, knob=Knob.HIGH), "pop")
    planned = settings_of(2, [-4.0, -4.0], [[0.0] * 3 + [EQ_TRAVEL_DB]] * 2)
    after = tasted(settings_of(2, [-4.0, -4.0]), planned, ROLES, liked, goal_of())
    assert after.strips[0].eq_gains_db[3] <= EQ_TRAVEL_DB
