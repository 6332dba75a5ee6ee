"""What scripts need of the live session besides: steps made after the fact, a cursor that leaves play alone."""

from dataclasses import replace

from tests.unit.mock_daw.reaper.desks import live_with, track


def louder(gain_linear):
    return lambda session: session.with_track(1, replace(session.tracks[0], gain_linear=gain_linear))


def gain(live):
    return live.session.tracks[0].gain_linear


def test_a_mark_makes_one_step_of_all_that_was_done_without_one():
    live = live_with(track("A"))
    for value in (0.5, 0.25):
        live.edit(louder(value), None)
    live.mark("Script")
    assert live.undo_names == ("Script",)
    live.undo()
    assert gain(live) == 1.0


def test_a_mark_reaches_back_to_the_last_step_only():
    live = live_with(track("A"))
    live.edit(louder(0.5), "Fader")
    live.edit(louder(0.25), None)
    live.mark("Script")
    live.undo()
    assert gain(live) == 0.5


def test_a_mark_without_a_change_or_in_a_block_is_no_step():
    live = live_with(track("A"))
    live.mark("Nothing")
    with live.block("Block"):
        live.edit(louder(0.5), None)
        live.mark("Within")
    live.mark("After")
    live.undo()
    live.mark("After undo")
    assert live.undo_names == ()
    assert live.redo_names == ("Block",)


def test_the_cursor_may_move_while_play_goes_on():
    live = live_with(track("A"))
    live.seek(2.0)
    live.record()
    live.seek(7.0, moves_play=False)
    assert (live.position_s, live.edit_position_s) == (2.0, 7.0)
    live.seek(5.0)
    assert live.position_s == 5.0
