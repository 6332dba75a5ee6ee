"""The tracks in focus and locked, from the script in REAPER."""

import json

import pytest

from bridge.errors import DawStale
from bridge.reaper.file_wish import Wished, wished

NAMES = ("Bass", "Kick", 'The "one"', "Kick", "Gr\ufffd")


def leave(folder, **values):
    (folder / "wish.json").write_text(json.dumps({"version": 1, "focus": [], "lock": [], **values}))


def test_without_a_folder_or_a_file_nothing_is_wished(tmp_path):
    assert wished(None, NAMES) == wished(tmp_path, NAMES) == Wished()


def test_names_are_taken_exactly(tmp_path):
    leave(tmp_path, focus=['The "one"'], lock=["Bass", "bass"])
    found = wished(tmp_path, NAMES)
    assert (found.focus, found.lock) == (('The "one"',), ("Bass",))


def test_names_that_are_not_in_the_mix_are_told_in_a_line(tmp_path):
    leave(tmp_path, focus=["Piano"], lock=["Piano", "Drums"])
    found = wished(tmp_path, NAMES)
    assert (found.focus, found.lock) == ((), ())
    assert found.notes == ("in focus or locked, but with nothing in this mix: Piano and Drums",)


def test_that_a_name_means_several_tracks_is_told(tmp_path):
    leave(tmp_path, lock=["Kick"])
    found = wished(tmp_path, NAMES)
    assert found.lock == ("Kick",)
    assert found.notes == ("locked, all tracks of the same name together: Kick",)


def test_a_name_that_is_no_utf_8_is_known_as_the_survey_tells_it(tmp_path):
    (tmp_path / "wish.json").write_bytes(b'{"version":1,"focus":[],"lock":["Gr\xf6"]}')
    assert wished(tmp_path, NAMES).lock == ("Gr\ufffd",)


@pytest.mark.parametrize("values", [{"lock": "Bass"}, {"lock": [7]}, {"more": []}])
def test_what_is_not_understood_says_what_to_update(tmp_path, values):
    leave(tmp_path, **values)
    with pytest.raises(DawStale, match="update both"):
        wished(tmp_path, NAMES)
