"""A survey holds what is in the session, field by field, however it is cut into requests."""

import pytest

from bridge.reaper import reapy_reading
from mock_daw.live import Live
from tests.session_surveys import differences, expected
from tests.sliced_drums import sliced_drums
from tests.unit.daw_scripts.songs import rich_song, surveyed
from tests.unit.mock_daw.reaper.desks import Silence


@pytest.mark.parametrize("read_s", [0.0, reapy_reading.READ_S, 60.0])
def test_edited_drums_are_read_as_they_are(read_s, monkeypatch):
    monkeypatch.setattr(reapy_reading, "READ_S", read_s)
    live = Live(sliced_drums(tracks=6), Silence())
    assert list(differences(surveyed(live), expected(live.session))) == []


def test_a_song_with_something_of_everything_is_read_as_it_is(tmp_path):
    live = rich_song(tmp_path)
    found = surveyed(live)
    wanted = expected(live.session, change_count=found.change_count, undo_name="Everything")
    assert list(differences(found, wanted)) == []
    assert found.change_count > 0


def test_a_difference_is_found_wherever_it_is():
    live = Live(sliced_drums(), Silence())
    found = surveyed(live)
    item = found.tracks[1].items[7].model_copy(update={"take_pan": 0.123})
    items = (*found.tracks[1].items[:7], item, *found.tracks[1].items[8:])
    tracks = (found.tracks[0], found.tracks[1].model_copy(update={"items": items}), found.tracks[2])
    other = found.model_copy(update={"tracks": tracks})
    assert [line.partition(":")[0] for line in differences(other, expected(live.session))] == [
        ".tracks[1].items[7].take_pan"
    ]
