from dataclasses import replace

import numpy as np
import pytest

from mock_daw.drum_voices import DrumPart, Stroke
from mock_daw.item_audio import track_audio
from mock_daw.midi import Midi, Note
from mock_daw.session import Item, Source, Take, guid
from tests.takes import RATE_HZ, rendered, session, track

DRUMS, KEYS = 9, 0


def midi_item(*notes, position_s=0.0, length_s=2.0, channel=DRUMS, end=0, **changes):
    """Return an item of (tick, key, velocity); 960 ticks are a quarter note."""
    made = tuple(Note(tick, tick + 100, key, velocity, channel) for tick, key, velocity in notes)
    take_changes = changes.pop("take", {})
    take = replace(Take(guid("midi take"), source=Source("MIDI", midi=Midi(made, end=end).lasting())), **take_changes)
    return replace(Item(guid("midi item"), position_s, length_s, take), **changes)


def heard(*items, tempo_bpm=120.0, end_s=3.0):
    return rendered(session(track(1, *items), tempo_bpm=tempo_bpm), 0.0, end_s)


def strokes(*times_s, key=36, velocity=100, end_s=3.0):
    return DrumPart([Stroke(t, key, velocity) for t in times_s], RATE_HZ).read(0, round(end_s * RATE_HZ))


BEATS = ((0, 36, 100), (960, 36, 100), (1920, 36, 100))


@pytest.mark.parametrize(("tempo_bpm", "beat_s"), [(120.0, 0.5), (90.0, 2 / 3)])
def test_notes_on_the_drum_channel_are_played_at_the_projects_tempo(tempo_bpm, beat_s):
    output = heard(midi_item(*BEATS), tempo_bpm=tempo_bpm)
    assert output == pytest.approx(strokes(0.0, beat_s, 2 * beat_s), abs=1e-6)


def test_a_tempo_that_changes_moves_what_is_played():
    from mock_daw.player import Player  # noqa: PLC0415 - only here

    player = Player(RATE_HZ)
    before = session(track(1, midi_item(*BEATS)), tempo_bpm=120.0)
    first = player.play(before, RATE_HZ)
    player.seek(0.0)
    second = player.play(replace(before, tempo_bpm=60.0), RATE_HZ)
    assert first == pytest.approx(strokes(0.0, 0.5, end_s=1.0), abs=1e-6)
    assert second == pytest.approx(strokes(0.0, end_s=1.0), abs=1e-6)


def test_an_items_place_offset_rate_and_gain_hold_for_drums():
    placed = midi_item(*BEATS, position_s=0.5, take={"offset_s": 0.5, "playrate": 2.0})
    assert heard(replace(placed, gain_linear=0.5)) == pytest.approx(0.5 * strokes(0.5, 0.75), abs=1e-6)


def test_a_stroke_behind_the_items_end_is_not_played_and_one_before_it_is_cut_off():
    output = heard(midi_item((0, 49, 100), (1920, 36, 100), length_s=0.75))
    crash = strokes(0.0, key=49)
    assert output[: round(0.75 * RATE_HZ)] == pytest.approx(crash[: round(0.75 * RATE_HZ)], abs=1e-6)
    assert not output[round(0.75 * RATE_HZ) :].any()


def test_a_looped_item_plays_its_source_again():
    looped = midi_item((0, 36, 100), end=1920, length_s=2.5, looped=True)
    assert heard(looped)[: round(2.5 * RATE_HZ)] == pytest.approx(
        strokes(0.0, 1.0, 2.0)[: round(2.5 * RATE_HZ)], abs=1e-6
    )


@pytest.mark.parametrize(
    "silent",
    [
        midi_item(*BEATS, channel=KEYS),
        midi_item(),
        midi_item(*BEATS, muted=True),
        midi_item(*BEATS, take={"source": Source("MIDI")}),
    ],
)
def test_other_midi_has_no_sound(silent):
    assert not heard(silent).any()


def test_a_muted_note_is_not_played():
    item = midi_item(*BEATS)
    midi = item.take.source.midi
    notes = (replace(midi.notes[0], muted=True), *midi.notes[1:])
    muted = replace(item, take=replace(item.take, source=Source("MIDI", midi=replace(midi, notes=notes))))
    assert heard(muted) == pytest.approx(strokes(0.5, 1.0), abs=1e-6)


def test_an_audio_accessor_has_no_midi_as_in_reaper():
    assert not track_audio(track(1, midi_item(*BEATS)), RATE_HZ, 0.0, RATE_HZ).any()


def test_drums_and_audio_on_one_track_sum(tmp_path):
    from tests.takes import constant, item  # noqa: PLC0415

    audio = item(tmp_path, constant(0.25))
    both = heard(midi_item(*BEATS), audio, end_s=1.0)
    assert both == pytest.approx(strokes(0.0, 0.5, end_s=1.0) + np.float32(0.25), abs=1e-6)
