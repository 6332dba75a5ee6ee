from dataclasses import replace

import numpy as np
import pytest

from agent.hearing.pulse import Pulse
from agent.tempo import TempoGoal
from bridge.tempo import TempoMode, TempoRoom, TempoWish, for_daw, for_stems, tempo_wish
from bridge.wishes import WishUnclear

MATCH = TempoWish(TempoMode.MATCH)
PULSELESS = "no steady pulse was heard"
TIME = TempoRoom(still=("Drums", "Bass"), beats_per_bar=4.0)
BEATS = TempoRoom(stretched=("Drums", "Bass"), beats_per_bar=4.0)


def pulse(bpm=93.0, *, source="heard", notes=(), beats_per_bar=4, steps_per_beat=4):
    return Pulse(bpm, np.array([0.0]), 0, beats_per_bar, steps_per_beat, 0.8, source, notes)


def to(bpm):
    return TempoWish(TempoMode.BPM, bpm)


# What is typed


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("keep", TempoWish()),
        (" Match ", MATCH),
        ("96.5", to(96.5)),
        ("120 BPM", to(120.0)),
        ("20", to(20.0)),
        ("400", to(400.0)),
    ],
)
def test_what_is_typed_is_a_wish(typed, wish):
    assert tempo_wish(typed) == wish


@pytest.mark.parametrize("typed", ["0", "-90", "19.9", "401", "1e9", "nan", "inf"])
def test_a_tempo_out_of_range_is_refused_in_one_line(typed):
    with pytest.raises(WishUnclear, match=rf"^a tempo of {typed} BPM is outside 20 to 400$"):
        tempo_wish(typed)


@pytest.mark.parametrize("typed", ["fast", "", "12o", "matching"])
def test_what_is_no_tempo_is_refused_with_what_is(typed):
    with pytest.raises(WishUnclear, match=r"keep, match or a number of BPM, as 96\.5$"):
        tempo_wish(typed)


def test_what_a_tempo_may_change_needs_a_tempo():
    with pytest.raises(WishUnclear, match="name one"):
        tempo_wish("keep", stretch_items=True)
    assert tempo_wish("match", stretch_items=True, over_tempo_map=True) == replace(
        MATCH, stretch_items=True, over_tempo_map=True
    )


# A DAW whose audio never follows


GRID = TempoRoom(grid_alone=True, unseen="audio stays as it is")


@pytest.mark.parametrize("bpm", [96.0, 240.0])
def test_a_number_is_written_into_a_grid_that_no_audio_follows_however_far_it_is(bpm):
    choice = for_daw(to(bpm), 120.0, pulse(93.0), GRID)
    assert choice.goal == TempoGoal(bpm)
    assert choice.goal.asked
    assert choice.notes == ("audio stays as it is",)


def test_a_grid_that_is_there_already_is_left():
    choice = for_daw(to(120.0), 120.0, None, GRID)
    assert (choice.goal, choice.notes) == (None, ("the tempo is 120.0 BPM already",))


def test_such_a_grid_is_matched_as_any():
    matched = for_daw(MATCH, 120.0, pulse(93.04), GRID).goal
    assert matched == TempoGoal(93.04)
    assert not matched.asked


# A folder of stems


def test_to_match_stems_is_to_write_down_what_is_heard():
    choice = for_stems(MATCH, 120.0, pulse(93.0404, notes=("two tempos",)))
    assert choice.goal == TempoGoal(93.04)
    assert (choice.before_bpm, choice.heard_bpm, choice.confidence) == (120.0, 93.04, 0.8)
    assert choice.notes == ("two tempos",)


def test_stems_that_are_at_the_projects_tempo_are_left_there():
    assert for_stems(MATCH, 120.0, pulse(120.05)).goal is None


def test_a_number_changes_stems_from_the_tempo_that_is_heard():
    choice = for_stems(to(100.0), 120.0, pulse(93.0))
    assert (choice.before_bpm, choice.goal) == (93.0, TempoGoal(100.0, stretched=True))


@pytest.mark.parametrize(("wanted", "found"), [(180.0, 186.0), (93.0, 93.0), (50.0, 46.5)])
def test_a_number_is_meant_as_its_user_counts(wanted, found):
    choice = for_stems(to(wanted), 120.0, pulse(93.0))
    assert choice.before_bpm == (found if wanted != found else 120.0)
    assert any("counted" in note for note in choice.notes) == (found != 93.0)


def test_stems_that_have_the_wanted_tempo_are_not_stretched_and_the_grid_comes_to_them():
    choice = for_stems(to(93.0), 120.0, pulse(93.02))
    assert choice.goal == TempoGoal(93.0)
    assert choice.notes == ("the tempo is 93.0 BPM already",)


@pytest.mark.parametrize(("bpm", "says"), [(73.0, "21.5 % slower"), (112.0, "20.4 % faster"), (140.0, "24.7 % slower")])
def test_more_than_a_fifth_is_too_much(bpm, says):
    choice = for_stems(to(bpm), 120.0, pulse(93.0))
    assert (choice.goal, choice.before_bpm) == (None, 120.0)
    assert says in choice.notes[0]
    assert "sounds processed" in choice.notes[0]


@pytest.mark.parametrize("wish", [MATCH, to(96.0)])
def test_without_a_pulse_only_the_tempo_is_left_out(wish):
    choice = for_stems(wish, 120.0, PULSELESS)
    assert (choice.goal, choice.heard_bpm, choice.confidence) == (None, None, None)
    assert choice.notes == (f"the tempo was left alone: {PULSELESS}",)


# A DAW


def test_a_grid_comes_to_material_that_keeps_time():
    assert for_daw(MATCH, 120.0, pulse(), TIME) == for_daw(MATCH, 120.0, pulse(), replace(TIME, still=()))
    assert for_daw(MATCH, 120.0, pulse(), TIME).goal == TempoGoal(93.0)


@pytest.mark.parametrize("room", [BEATS, TempoRoom(moved=("Drums", "Bass"), still=("Pad",))])
def test_to_match_moves_no_item_unless_that_was_said(room):
    choice = for_daw(MATCH, 120.0, pulse(), room)
    assert choice.goal is None
    assert choice.notes[0] == "it is heard at 93.0 BPM, the project says 120.0"
    assert "Drums and Bass" in choice.notes[1]
    assert choice.notes[1].endswith("or say --stretch-items")
    said = for_daw(replace(MATCH, stretch_items=True), 120.0, pulse(), room)
    assert said.goal == TempoGoal(93.0)
    assert "Drums and Bass" in " ".join(said.notes)


def test_a_grid_that_fits_is_left_whatever_follows_it():
    choice = for_daw(MATCH, 120.0, pulse(120.0, source="project"), BEATS)
    assert (choice.goal, choice.notes) == (None, ("the grid of 120.0 BPM fits the material already",))


@pytest.mark.parametrize(("heard", "why"), [(PULSELESS, PULSELESS), (None, "no audio comes this way")])
def test_a_tempo_is_matched_by_ear(heard, why):
    choice = for_daw(MATCH, 120.0, heard, TIME)
    assert choice.goal is None
    assert why in choice.notes[0]


def test_a_grid_that_is_taken_for_want_of_a_pulse_was_not_heard():
    taken = replace(pulse(120.0, source="project", notes=("no pulse was heard: the grid is taken",)), confidence=0.0)
    choice = for_daw(MATCH, 120.0, taken, TIME)
    assert (choice.goal, choice.heard_bpm) == (None, None)
    assert choice.notes == ("the tempo was left alone: no pulse was heard: the grid is taken",)


@pytest.mark.parametrize("wish", [MATCH, to(110.0)])
def test_a_tempo_map_is_left_alone_unless_that_was_said(wish):
    mapped = replace(BEATS, markers=3)
    choice = for_daw(wish, 120.0, pulse(), mapped)
    assert choice.goal is None
    assert choice.notes == (
        "the tempo was left alone: the project has 3 tempo markers, and --over-tempo-map was not said",
    )
    assert for_daw(replace(wish, over_tempo_map=True, stretch_items=True), 120.0, pulse(), mapped).goal is not None


def test_a_number_speeds_up_what_follows_and_names_what_does_not():
    room = TempoRoom(stretched=("Drums",), still=("Bass",), moved=("Pad",))
    choice = for_daw(to(126.0), 120.0, None, room)
    assert choice.goal == TempoGoal(126.0, stretched=True)
    assert choice.notes == (
        "moved with the tempo, not stretched (timebase beats, position only): Pad",
        "not stretched, since their timebase is time, so they will no longer fit: Bass",
    )


def test_a_number_is_nothing_to_a_project_that_keeps_time():
    choice = for_daw(to(126.0), 120.0, pulse(), TIME)
    assert choice.goal is None
    assert "no item follows the tempo" in choice.notes[0]


def test_a_number_is_the_projects_tempo_even_where_the_material_has_another():
    assert "heard at 93.0" in for_daw(to(126.0), 120.0, pulse(), BEATS).notes[0]
    assert for_daw(to(126.0), 120.0, pulse(60.0), BEATS).notes == ()


def test_more_than_a_fifth_is_too_much_for_a_project_too():
    assert for_daw(to(150.0), 120.0, None, BEATS).goal is None


def test_a_daw_that_takes_no_tempo_says_so():
    choice = for_daw(to(110.0), 120.0, None, TempoRoom(closed="Ardour can not be told a tempo over this line"))
    assert choice.notes == ("the tempo was left alone: Ardour can not be told a tempo over this line",)


def test_what_is_not_seen_is_said():
    room = TempoRoom(unseen="what follows is not seen")
    assert for_daw(to(110.0), 120.0, None, room).notes == ("what follows is not seen",)


def test_six_eighths_are_counted_as_the_daw_counts_them():
    room = replace(TIME, beats_per_bar=6.0)
    compound = pulse(80.0, beats_per_bar=2, steps_per_beat=6)
    assert for_daw(MATCH, 200.0, compound, room).goal == TempoGoal(240.0)
    assert for_daw(MATCH, 200.0, compound, TIME).goal == TempoGoal(80.0)


def test_many_names_are_cut_short():
    room = TempoRoom(stretched=tuple("abcdefgh"))
    assert "(a, b, c, d and 4 more)" in for_daw(MATCH, 120.0, pulse(), room).notes[1]
