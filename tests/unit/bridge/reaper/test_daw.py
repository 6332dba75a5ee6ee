from dataclasses import replace

import numpy as np
import pytest

from bridge.reaper.daw import ReaperDaw
from tests.reapers import MemoryLink, survey, track


def daw_of(*tracks):
    return ReaperDaw(MemoryLink(survey(*tracks)), "127.0.0.1:2307")


def test_what_differs_less_than_a_daw_keeps_is_no_change():
    daw = daw_of()
    settings = daw.read().settings
    assert daw.changes(replace(settings, master_gain_db=0.004)) == ()
    assert len(daw.changes(replace(settings, master_gain_db=0.04))) == 1


def test_a_track_with_its_phase_inverted_is_heard_upside_down():
    plain, inverted = (
        np.concatenate(list(daw_of(track("Kick", phase_inverted=phase)).audio()), axis=1) for phase in (False, True)
    )
    assert plain.any()
    assert inverted == pytest.approx(-plain)


class Watched(MemoryLink):
    """Keeps whether items were asked for, of each survey."""

    def __init__(self, found):
        super().__init__(found)
        self.with_items = []

    def survey(self, *, items=True):
        self.with_items.append(items)
        return super().survey(items=items)


def test_items_are_read_for_a_session_that_is_mixed_and_for_nothing_that_follows():
    link = Watched(survey())
    daw = ReaperDaw(link, "127.0.0.1:2307")
    louder = replace(daw.read().settings, master_gain_db=-3.0)
    changes = daw.changes(louder)
    daw.put(changes, "Faderbot mix")
    assert daw.standing(changes) == tuple(change.wanted for change in changes)
    daw.undo()
    assert daw.standing(changes) == tuple(change.found for change in changes)
    daw.check()
    assert daw.project == "/songs/song.RPP"
    assert link.with_items == [True, False, False]


def test_a_status_and_an_undo_of_an_earlier_job_read_no_items():
    link = Watched(survey())
    changes = ReaperDaw(link, "127.0.0.1:2307").changes(replace(daw_of().read().settings, master_gain_db=-3.0))
    link.with_items.clear()
    later = ReaperDaw(link, "127.0.0.1:2307")
    assert later.project == "/songs/song.RPP"
    assert not later.recording
    later.put(changes, "Faderbot mix")
    later.standing(changes)
    assert set(link.with_items) == {False}


def test_what_is_changed_is_known_without_items_where_the_session_is_known_with_them():
    link = Watched(survey())
    daw = ReaperDaw(link, "127.0.0.1:2307")
    assert daw.project == "/songs/song.RPP"
    settings = daw.read().settings
    assert len(daw.changes(replace(settings, master_gain_db=-3.0))) == 1
    assert link.with_items == [False, True]
