import pytest

from bridge.reaper.timebase import tempo_room
from tests.reapers import item, survey, track

TIME, BEATS, POSITION, UNSET = 0, 1, 2, -1


def room(project, *tracks, **fields):
    return tempo_room(survey(*tracks, timebase=project, **fields))


@pytest.mark.parametrize(
    ("project", "own", "items", "found"),
    [
        (TIME, UNSET, UNSET, "still"),
        (BEATS, UNSET, UNSET, "stretched"),
        (POSITION, UNSET, UNSET, "moved"),
        (BEATS, TIME, UNSET, "still"),
        (TIME, BEATS, UNSET, "stretched"),
        (BEATS, BEATS, TIME, "still"),
        (TIME, TIME, POSITION, "moved"),
    ],
)
def test_an_items_own_timebase_goes_before_its_tracks_and_that_before_the_projects(project, own, items, found):
    drums = track("Drums", timebase=own, items=(item(position_s=2.0, timebase=items),))
    seen = room(project, drums)
    assert {name: getattr(seen, name) for name in ("stretched", "moved", "still")} == {
        "stretched": (), "moved": (), "still": (), found: ("Drums",)
    }  # fmt: skip


def test_a_track_of_both_kinds_is_named_for_each_and_a_nameless_one_by_its_place():
    both = track("Drums", items=(item(timebase=TIME), item(timebase=BEATS), item(timebase=BEATS)))
    seen = room(TIME, both, track("", items=(item(timebase=BEATS),)), track("Empty", items=()))
    assert (seen.stretched, seen.still) == (("Drums", "Track 2"), ("Drums",))


def test_an_item_at_the_very_start_is_not_moved():
    assert room(POSITION, track("Drums", items=(item(position_s=0.0),))).still == ("Drums",)


def test_markers_and_beats_are_the_projects():
    seen = room(TIME, tempo_markers=2, beats_per_bar=3.0)
    assert (seen.markers, seen.beats_per_bar, seen.closed) == (2, 3.0, "")
