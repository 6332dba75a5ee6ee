from dataclasses import replace

from mock_daw.live import Live
from mock_daw.session import Session
from tests.unit.mock_daw.reaper.desks import Silence


def live_at(tempo_bpm=120.0):
    return Live(Session("demo", 48_000, (), tempo_bpm=tempo_bpm), Silence())


def tempo(tempo_bpm):
    return lambda session: replace(session, tempo_bpm=tempo_bpm)


def test_moves_of_one_name_in_a_row_are_one_step():
    live = live_at(120.0)
    for tempo_bpm in (130.0, 140.0, 140.0, 150.0):
        live.adjust(tempo(tempo_bpm), "tempo")
    assert live.undo_names == ("tempo",)
    live.undo()
    assert live.session.tempo_bpm == 120.0
    live.redo()
    assert live.session.tempo_bpm == 150.0


def test_another_step_an_undo_or_settling_ends_the_row():
    live = live_at()
    live.adjust(tempo(130.0), "tempo")
    live.adjust(tempo(140.0), "other")
    live.adjust(tempo(150.0), "tempo")
    live.edit(tempo(160.0), "edit")
    live.adjust(tempo(170.0), "tempo")
    live.settle()
    live.adjust(tempo(180.0), "tempo")
    assert live.undo_names == ("tempo", "other", "tempo", "edit", "tempo", "tempo")
    live.undo()
    live.adjust(tempo(190.0), "tempo")
    assert live.undo_names == ("tempo", "other", "tempo", "edit", "tempo", "tempo")


def test_what_makes_no_step_does_not_end_the_row():
    live = live_at()
    live.adjust(tempo(130.0), "tempo")
    live.edit(lambda session: replace(session, repeat=True), None)
    live.adjust(tempo(140.0), "tempo")
    assert live.undo_names == ("tempo",)
    live.undo()
    assert (live.session.tempo_bpm, live.session.repeat) == (120.0, False)


def test_in_a_block_there_is_no_step_of_its_own():
    live = live_at()
    live.adjust(tempo(110.0), "tempo")
    with live.block("block"):
        live.adjust(tempo(130.0), "tempo")
        live.adjust(tempo(140.0), "tempo")
    live.adjust(tempo(150.0), "tempo")
    assert live.undo_names == ("tempo", "block", "tempo")
