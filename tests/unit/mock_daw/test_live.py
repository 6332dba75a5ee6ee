from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from mock_daw.errors import EngineError
from mock_daw.live import Live, MeterHold, PlayState
from mock_daw.player import Player
from mock_daw.session import Item, Track, guid
from tests.takes import RATE_HZ, constant, item, session, track


class Tape:
    """A player that writes down what it is told; ``peak`` is what it says it hears."""

    def __init__(self, peak=0.0):
        self.told = []
        self.peak = peak

    def seek(self, position_s):
        self.told.append(("seek", position_s))

    def advance(self, played, samples):
        self.told.append(("advance", samples))
        return np.full((len(played.tracks) + 1, 2), self.peak)

    def close(self):
        self.told.append("close")


def of_length(length_s, **changes):
    return session(Track(guid("t"), "Bass", items=(Item(guid("i"), 0.0, length_s),)), **changes)


def live_of(length_s=10.0, peak=0.0, **changes):
    tape = Tape(peak)
    return Live(of_length(length_s, **changes), tape), tape


def gain(value):
    return lambda s: s.with_track(1, replace(s.tracks[0], gain_linear=value))


def select(on):
    return lambda s: s.with_track(1, replace(s.tracks[0], selected=on))


def gain_of(live):
    return live.session.tracks[0].gain_linear


# Undo


def test_an_edit_is_undone_and_done_again():
    live, _ = live_of()
    live.edit(gain(0.5), "Volume")
    live.edit(gain(0.25), "Volume again")
    assert live.undo_names == ("Volume", "Volume again")
    assert live.undo() == "Volume again"
    assert gain_of(live) == 0.5
    assert (live.undo_names, live.redo_names) == (("Volume",), ("Volume again",))
    assert live.undo() == "Volume"
    assert gain_of(live) == 1.0
    assert live.undo() is None
    assert [live.redo(), live.redo(), live.redo()] == ["Volume", "Volume again", None]
    assert gain_of(live) == 0.25


def test_an_edit_after_an_undo_forgets_what_could_be_done_again():
    live, _ = live_of()
    live.edit(gain(0.5), "first")
    live.undo()
    live.edit(gain(0.3), "second")
    assert live.redo_names == ()
    assert live.undo_names == ("second",)


def test_an_edit_that_changes_nothing_is_none():
    live, _ = live_of()
    live.edit(gain(1.0), "nothing")
    assert (live.undo_names, live.changes) == ((), 0)


def test_every_change_is_counted_undo_and_redo_too():
    live, _ = live_of()
    live.edit(gain(0.5))
    live.edit(select(on=True), None)
    live.undo()
    live.redo()
    assert live.changes == 4
    live.redo()
    assert live.changes == 4


def test_an_edit_without_a_name_makes_no_step():
    live, _ = live_of()
    live.edit(gain(0.5), None)
    assert gain_of(live) == 0.5
    assert live.undo() is None


def test_a_block_is_one_step():
    live, _ = live_of()
    with live.block("Mix"):
        live.edit(gain(0.5), "inner")
        live.edit(gain(0.25), None)
        assert live.undo_names == ()
    assert live.undo_names == ("Mix",)
    live.undo()
    assert gain_of(live) == 1.0


def test_of_nested_blocks_the_outermost_makes_the_step():
    live, _ = live_of()
    with live.block("outer"):
        live.edit(gain(0.5))
        with live.block("inner"):
            live.edit(gain(0.25))
        assert live.undo_names == ()
    assert live.undo_names == ("outer",)


def test_a_block_in_which_nothing_changed_or_all_was_changed_back_makes_no_step():
    live, _ = live_of()
    with live.block("empty"):
        pass
    with live.block("there and back"):
        live.edit(gain(0.5))
        live.edit(gain(1.0))
    assert live.undo_names == ()


def test_a_block_that_fails_is_closed_and_can_be_undone():
    live, _ = live_of()

    def fail():
        with live.block("half"):
            live.edit(gain(0.5))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert live.undo() == "half"
    live.edit(gain(0.7), "next")
    assert live.undo_names == ("next",)


def test_closing_a_block_that_is_not_open_does_nothing():
    live, _ = live_of()
    live.end_block("none")
    live.edit(gain(0.5), "step")
    assert live.undo_names == ("step",)


def test_there_is_no_undo_inside_a_block():
    live, _ = live_of()
    live.edit(gain(0.5), "step")
    with live.block("open"):
        assert live.undo() is None
    assert live.undo() == "step"


def test_a_mark_makes_a_step_of_what_had_none():
    live, _ = live_of()
    live.edit(gain(0.5), None)
    live.mark("Script")
    live.mark("again")
    assert live.undo_names == ("Script",)
    live.undo()
    assert gain_of(live) == 1.0
    live.mark("nothing new")
    assert live.undo_names == ()


def test_moves_of_a_surfaces_fader_share_a_step_until_something_else_comes():
    live, _ = live_of()
    for value in (0.9, 0.8, 0.7):
        live.adjust(gain(value), "Volume")
    live.edit(lambda s: replace(s, tempo_bpm=90.0), "Tempo")
    live.adjust(gain(0.6), "Volume")
    assert live.undo_names == ("Volume", "Tempo", "Volume")
    live.settle()
    live.adjust(gain(0.5), "Volume")
    assert len(live.undo_names) == 4
    for _ in range(4):
        live.undo()
    assert gain_of(live) == 1.0


def test_what_is_selected_stays_so_over_undo_and_redo():
    live, _ = live_of()
    live.edit(gain(0.5))
    live.edit(select(on=True), None)
    live.edit(lambda s: replace(s, master=replace(s.master, selected=True)), None)
    live.undo()
    assert live.session.tracks[0].selected
    assert live.session.master.selected
    live.edit(select(on=False), None)
    live.redo()
    assert gain_of(live) == 0.5
    assert not live.session.tracks[0].selected


# Transport


def test_play_starts_at_the_edit_cursor_and_stop_goes_back_to_it():
    live, tape = live_of()
    live.seek(2.0)
    live.play()
    live.advance(0.05)
    assert live.state is PlayState.PLAYING
    assert live.position_s == pytest.approx(2.05)
    live.stop()
    assert live.state is PlayState.STOPPED
    assert live.position_s == live.edit_position_s == 2.0
    assert tape.told == [("seek", 2.0), ("advance", 400), "close"]


def test_a_pause_keeps_the_position_and_play_goes_on_from_it():
    live, tape = live_of()
    live.play()
    live.advance(0.05)
    live.pause()
    live.advance(5.0)
    assert live.state is PlayState.PAUSED
    assert live.position_s == pytest.approx(0.05)
    live.pause()
    live.advance(0.05)
    live.pause()
    live.play()
    live.advance(0.05)
    assert live.position_s == pytest.approx(0.15)
    assert tape.told == [("seek", 0.0), ("advance", 400), ("advance", 400), ("advance", 400)]


def test_a_pause_while_stopped_does_nothing():
    live, _ = live_of()
    live.pause()
    assert live.state is PlayState.STOPPED


def test_a_recording_plays_pauses_and_does_not_stop_at_the_end():
    live, _ = live_of(length_s=1.0)
    live.record()
    assert live.state == PlayState.PLAYING | PlayState.RECORDING
    live.pause()
    assert live.state == PlayState.PAUSED | PlayState.RECORDING
    live.pause()
    live.advance(2.0)
    assert live.state == PlayState.PLAYING | PlayState.RECORDING
    assert live.position_s == pytest.approx(2.0)


def test_a_seek_moves_the_play_position_too():
    live, _ = live_of()
    live.play()
    live.seek(3.0)
    assert live.position_s == 3.0
    live.advance(0.1)
    assert live.position_s == pytest.approx(3.1)
    assert live.edit_position_s == 3.0


@pytest.mark.parametrize("value", [-0.1, float("inf"), float("nan")])
def test_positions_and_times_that_can_not_be_are_refused(value):
    live, _ = live_of()
    with pytest.raises(EngineError):
        live.seek(value)
    with pytest.raises(EngineError):
        live.advance(value)
    assert live.clock_s == 0.0


def test_time_is_played_to_the_sample_whatever_its_steps():
    live, tape = live_of()
    live.play()
    for _ in range(30):
        live.advance(1 / 30)
    assert live.position_s == 1.0
    live.advance(1.0)
    assert live.position_s == 2.0
    assert max(told[1] for told in tape.told if told[0] == "advance") == RATE_HZ // 10


def test_the_clock_goes_on_when_nothing_plays():
    live, tape = live_of()
    live.advance(10_000.0)
    assert live.clock_s == 10_000.0
    assert live.position_s == 0.0
    assert tape.told == []


def test_play_stops_at_the_end_of_the_project():
    live, tape = live_of(length_s=0.25)
    live.play()
    live.advance(1.0)
    assert live.state is PlayState.STOPPED
    assert live.position_s == 0.0
    assert sum(told[1] for told in tape.told if told[0] == "advance") == RATE_HZ // 4


def test_play_from_beyond_the_end_goes_on():
    live, _ = live_of(length_s=0.25)
    live.seek(0.25)
    live.play()
    live.advance(1.0)
    assert live.state is PlayState.PLAYING
    assert live.position_s == pytest.approx(1.25)


def test_a_loop_turns_back_at_its_end_to_the_sample():
    live, tape = live_of(repeat=True, loop_start_s=0.5, loop_end_s=0.55)
    live.seek(0.48)
    live.play()
    live.advance(0.1)
    assert live.position_s == pytest.approx(0.53)
    assert tape.told == [("seek", 0.48), ("advance", 560), ("seek", 0.5), ("advance", 240)]


def test_a_loop_that_lies_behind_is_not_entered_and_without_repeat_there_is_none():
    behind, _ = live_of(repeat=True, loop_start_s=0.0, loop_end_s=0.5)
    once, _ = live_of(loop_start_s=0.0, loop_end_s=0.5)
    for live, start_s in ((behind, 0.6), (once, 0.4)):
        live.seek(start_s)
        live.play()
        live.advance(0.2)
        assert live.position_s == pytest.approx(start_s + 0.2)


def test_repeat_without_a_loop_turns_back_at_the_end_of_the_project():
    live, _ = live_of(length_s=0.5, repeat=True)
    live.play()
    live.advance(0.7)
    assert live.state is PlayState.PLAYING
    assert live.position_s == pytest.approx(0.2)


# Meters


def test_meters_show_what_plays_and_fall_when_it_stops():
    live, _ = live_of(peak=0.5)
    live.play()
    live.advance(0.1)
    assert live.meters.peaks.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    live.stop()
    live.advance(0.1)
    assert live.meters.peaks[0, 0] == pytest.approx(0.5 * 10 ** (-12 / 20))  # 120 dB/s for 0.1 s
    assert live.meters.held.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_meters_rise_at_once_and_never_fall_faster_than_their_decay():
    meters = MeterHold(decay_db_per_s=20.0)
    meters.feed(np.full((1, 2), 1.0), 0.1)
    meters.feed(np.full((1, 2), 0.0), 1.0)
    assert meters.peaks[0, 0] == pytest.approx(0.1)
    meters.feed(np.full((1, 2), 0.7), 1.0)
    assert meters.peaks[0, 0] == 0.7
    meters.feed(np.full((1, 2), 0.6), 1.0)
    assert meters.peaks[0, 0] == 0.6


def test_held_peaks_are_cleared_one_by_one_or_all():
    meters = MeterHold()
    meters.feed(np.array([[0.1, 0.2], [0.3, 0.4]]), 0.1)
    held = meters.held
    meters.clear(1)
    assert meters.held.tolist() == [[0.1, 0.2], [0.0, 0.0]]
    meters.clear()
    assert not meters.held.any()
    assert held.tolist() == [[0.1, 0.2], [0.3, 0.4]]


def test_meters_have_a_row_for_each_track_there_is():
    live, _ = live_of(peak=0.5)
    live.play()
    live.advance(0.1)
    live.edit(lambda s: replace(s, tracks=(*s.tracks, Track(guid("u")))))
    live.advance(0.1)
    assert live.meters.peaks.shape == live.meters.held.shape == (3, 2)
    live.edit(lambda s: replace(s, tracks=()))
    live.advance(0.1)
    assert live.meters.peaks.shape == (1, 2)


# With a real player


def test_a_live_session_is_metered_as_it_sounds(tmp_path):
    audio = np.concatenate([constant(0.2, samples=4000), constant(0.8, samples=4000)])
    with closing(Player(RATE_HZ)) as player:
        live = Live(session(track(1, item(tmp_path, audio), gain_linear=0.5)), player)
        live.play()
        live.advance(0.5)
        assert live.meters.held[:, 0].tolist() == pytest.approx([0.1, 0.1])
        live.edit(lambda s: s.with_track(1, replace(s.tracks[0], gain_linear=0.25)))
        live.advance(0.25)
        assert live.meters.peaks[:, 1].tolist() == pytest.approx([0.2, 0.2])
        live.seek(0.0)
        live.meters.clear()
        live.advance(0.1)
        assert live.meters.held[0, 0] == pytest.approx(0.05)
        live.advance(5.0)
        assert live.state is PlayState.STOPPED


def test_a_loop_of_real_audio_plays_what_lies_in_it_alone(tmp_path):
    audio = np.concatenate([constant(0.2, samples=4000), constant(0.8, samples=4000)])
    looped = session(track(1, item(tmp_path, audio)), repeat=True, loop_start_s=0.1, loop_end_s=0.5)
    with closing(Player(RATE_HZ)) as player:
        live = Live(looped, player)
        live.play()
        live.advance(3.0)
        assert live.meters.held[0, 0] == pytest.approx(0.2)
