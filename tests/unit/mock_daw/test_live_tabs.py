from dataclasses import replace

import pytest

from mock_daw.live import Live, PlayState
from mock_daw.render_settings import RenderSettings
from mock_daw.session import Session
from tests.unit.mock_daw.reaper.desks import Silence, live_with, track


def two():
    live = live_with(track("A"))
    live.edit(lambda session: replace(session, tempo_bpm=90.0), "Tempo")
    return live, live.front, live.open_tab(Session("other", 44_100, ()), Silence())


def test_a_new_tab_is_in_front_and_the_other_stays_as_it_was():
    live, first, second = two()
    assert live.front is second
    assert live.tabs == (first, second)
    assert (live.session.name, first.session.tempo_bpm) == ("other", 90.0)


def test_every_tab_has_its_own_undo_history_and_count_of_changes():
    live, first, second = two()
    assert (live.undo_names, second.changes) == ((), 0)
    live.edit(lambda session: replace(session, tempo_bpm=60.0), "Slower")
    live.select_tab(first)
    assert (live.undo_names, first.changes, second.changes, live.changes) == (("Tempo",), 1, 1, 2)
    live.undo()
    assert (first.session.tempo_bpm, second.session.tempo_bpm) == (120.0, 60.0)


def test_every_tab_has_its_own_edit_cursor_and_render_settings():
    live, first, _ = two()
    live.seek(3.0)
    live.render_settings = RenderSettings(pattern="other")
    live.render_stats = "PEAK:0"
    live.selected_regions = frozenset({"{r}"})
    live.select_tab(first)
    assert (live.edit_position_s, live.render_settings, live.render_stats) == (0.0, RenderSettings(), "")
    assert live.selected_regions == frozenset()


def test_the_tab_that_is_left_stops():
    live, first, second = two()
    live.play()
    live.select_tab(first)
    assert (live.state, second.state) == (PlayState.STOPPED, PlayState.STOPPED)
    live.play()
    live.select_tab(first)
    assert live.state == PlayState.PLAYING


def test_a_closed_tab_leaves_the_one_on_its_left_in_front():
    live, first, second = two()
    third = live.open_tab(Session("third", 44_100, ()), Silence())
    live.close_tab(third)
    assert live.front is second
    live.close_tab(first)
    assert (live.front, live.tabs) == (second, (second,))


def test_the_last_tab_is_not_closed():
    live = live_with(track("A"))
    live.close_tab(live.front)
    assert len(live.tabs) == 1


def test_a_project_opened_in_place_of_another_is_a_fresh_one():
    live, first, _ = two()
    live.select_tab(first)
    live.play()
    live.open_here(Session("opened", 44_100, ()), Silence())
    assert (live.session.name, live.undo_names, live.state) == ("opened", (), PlayState.STOPPED)
    assert (live.front.name, live.front.changes, live.front.saved_at) == (first.name, 2, 2)
    assert live.tabs[0] is live.front


def test_a_project_behind_can_be_worked_on():
    live, first, second = two()
    with live.behind(first):
        live.edit(lambda session: replace(session, tempo_bpm=75.0), "Tempo behind")
    assert (live.front, first.session.tempo_bpm, first.undo[-1].name) == (second, 75.0, "Tempo behind")
    with pytest.raises(RuntimeError), live.behind(first):
        raise RuntimeError
    assert live.front is second


def test_what_is_done_to_the_project_in_front_may_bring_another_there():
    live, first, second = two()
    with live.behind(second):
        live.select_tab(first)
    assert live.front is first


def test_the_meters_are_those_of_the_project_in_front():
    player = Silence()
    player.peaks = [[0.5, 0.5]]
    live = Live(Session("loud", 48_000, ()), player)
    live.play()
    live.advance(0.01)
    live.open_tab(Session("quiet", 48_000, ()), Silence())
    live.advance(10.0)
    assert live.meters.held.max() < 0.01
