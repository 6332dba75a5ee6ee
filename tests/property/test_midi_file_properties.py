import io

import mido
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.changes import MidiNote
from bridge.midi_file import CLOSE_S, bars_of, meter, midi_file

INTERVALS = st.lists(st.floats(0.15, 1.5), min_size=1, max_size=40)
LEADS_S = st.floats(0.0, 12.0)
METERS = st.sampled_from([(4, 4), (3, 4), (2, 6), (4, 6), (5, 4)])
NOTES = st.lists(st.tuples(st.floats(0.0, 60.0), st.integers(0, 127), st.integers(1, 127)), max_size=40)


def file_of(intervals, lead_s, counted, notes=()):
    beats_s = lead_s + np.append(0.0, np.cumsum(intervals))
    bars = bars_of(beats_s, 0, counted)
    return beats_s, bars, midi_file("song", "drums", [MidiNote(t, t + 0.01, k, v) for t, k, v in notes], bars)


@settings(deadline=None, max_examples=60)
@given(INTERVALS, LEADS_S, METERS)
def test_every_beat_of_a_file_lies_on_the_musics(intervals, lead_s, steps):
    counted = meter(*steps)
    beats_s, bars, _ = file_of(intervals, lead_s, counted)
    found_s = [bars.tempo.time_of(bars.downbeat_tick + k * counted.ticks_per_beat) for k in range(len(beats_s))]
    assert np.abs(np.array(found_s) - beats_s).max() <= CLOSE_S + 0.001


@settings(deadline=None, max_examples=60)
@given(INTERVALS, LEADS_S, METERS, NOTES)
def test_every_note_is_read_back_by_mido_when_it_was_meant(intervals, lead_s, steps, notes):
    _, _, file = file_of(intervals, lead_s, meter(*steps), notes)
    stream = io.BytesIO()
    file.save(file=stream)
    now, found = 0.0, []
    for message in mido.MidiFile(file=io.BytesIO(stream.getvalue())):
        assert message.time >= 0.0
        now += message.time
        if message.type == "note_on":
            found.append((message.note, message.velocity, now))
    wanted = sorted((key, velocity, at_s) for at_s, key, velocity in notes)
    assert [one[:2] for one in sorted(found)] == [one[:2] for one in wanted]
    for (*_, is_s), (*_, was_s) in zip(sorted(found), wanted, strict=True):
        assert abs(is_s - was_s) <= 0.001
