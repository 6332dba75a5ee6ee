import io
from itertools import pairwise

import mido
import numpy as np
import pytest

from bridge.changes import MidiNote
from bridge.midi_file import CLOSE_S, bars_of, meter, midi_file, save


def steady(bpm, first_s=0.0, beats=64):
    return first_s + np.arange(beats) * 60.0 / bpm


def read(file):
    """Return the file as another reader sees it: absolute seconds of all messages but the names."""
    stream = io.BytesIO()
    file.save(file=stream)
    back = mido.MidiFile(file=io.BytesIO(stream.getvalue()))
    now, seen = 0.0, []
    for message in back:  # mido's own reading of tempo
        now += message.time
        seen.append((now, message))
    return back, seen


def beat_times(bars, counted, beats):
    return [bars.tempo.time_of(bars.downbeat_tick + k * counted.ticks_per_beat) for k in range(beats)]


def notes_at(times_s, key=36):
    return [MidiNote(t, t + 0.1, key, 60 + k) for k, t in enumerate(times_s)]


def test_a_steady_song_has_one_tempo_and_its_time_signature():
    file = midi_file("song", "drums", notes_at([0.0, 0.5]), bars_of(steady(120.0), 0, meter(4, 4)))
    back, seen = read(file)
    assert (back.type, back.ticks_per_beat, len(back.tracks)) == (1, 960, 2)
    assert [track.name for track in back.tracks] == ["song", "drums"]
    assert [m.tempo for _, m in seen if m.type == "set_tempo"] == [500_000]
    assert [(m.numerator, m.denominator) for _, m in seen if m.type == "time_signature"] == [(4, 4)]


def test_notes_are_drums_at_their_times_with_their_velocities():
    times_s = np.sort(np.random.default_rng(3).uniform(0.0, 30.0, 200))
    drums = notes_at(times_s[::2], 36)[:60] + notes_at(times_s[1::2], 42)[:60]
    _, seen = read(midi_file("song", "drums", drums, bars_of(steady(93.0, 0.31), 2, meter(4, 4))))
    on = sorted((m.note, now, m.velocity) for now, m in seen if m.type == "note_on")
    assert {m.channel for _, m in seen if m.type in {"note_on", "note_off"}} == {9}
    wanted = sorted((n.pitch, n.start_s, n.velocity) for n in drums)
    assert [(key, velocity) for key, _, velocity in on] == [(key, velocity) for key, _, velocity in wanted]
    assert [now for _, now, _ in on] == pytest.approx([at for _, at, _ in wanted], abs=0.0005)


def test_no_note_lasts_into_the_next_of_its_key():
    drums = [MidiNote(0.0, 0.1, 36, 90), MidiNote(0.1, 0.2, 36, 90), MidiNote(0.2, 0.2, 36, 90)]
    _, seen = read(midi_file("song", "drums", drums, bars_of(steady(120.0), 0, meter(4, 4))))
    kinds = [m.type for _, m in seen if m.type in {"note_on", "note_off"}]
    assert kinds == ["note_on", "note_off"] * 3


@pytest.mark.parametrize("lead_s", [0.0, 0.003, 0.01, 0.06, 0.2, 0.5, 1.0, 1.3, 2.0, 3.7, 8.02])
@pytest.mark.parametrize(("beats_per_bar", "steps_per_beat"), [(4, 4), (3, 4), (2, 6), (4, 6)])
def test_the_first_downbeat_is_a_bar_line_where_the_music_has_it(lead_s, beats_per_bar, steps_per_beat):
    counted = meter(beats_per_bar, steps_per_beat)
    bars = bars_of(steady(118.0, lead_s), 0, counted)
    assert bars.tempo.time_of(bars.downbeat_tick) == pytest.approx(lead_s if lead_s > CLOSE_S else 0.0, abs=1e-4)
    place, lines = 0, set()
    for (tick, numerator, unit), (until, *_) in pairwise([*bars.signatures, (bars.downbeat_tick + 1,)]):
        assert tick == place, "a time signature changes within a bar"
        while place < until:
            lines.add(place)
            place += numerator * 3840 // unit
    assert bars.downbeat_tick in lines
    assert bars.signatures[-1][1:] == (counted.beats, counted.unit)
    assert all(0 < numerator < 256 for _, numerator, _ in bars.signatures)
    assert all(20.0 < 60e6 / us < 960.0 for _, us in bars.tempo.stretches), "no tempo that REAPER takes"


def test_beats_lie_on_music_that_drifts():
    beat_s = 0.5 + 0.02 * np.sin(np.arange(200) / 20.0)
    beats_s = np.append(0.4, 0.4 + np.cumsum(beat_s))
    counted = meter(4, 4)
    bars = bars_of(beats_s, 0, counted)
    assert np.abs(beat_times(bars, counted, 201) - beats_s).max() <= CLOSE_S + 0.0005
    assert 5 < len(bars.tempo.stretches) < 120


def test_beats_that_tremble_by_what_hearing_resolves_are_one_tempo():
    beats_s = steady(100.0, 0.2, 300) + np.random.default_rng(1).uniform(-0.005, 0.005, 300)
    counted = meter(4, 4)
    bars = bars_of(beats_s, 0, counted)
    assert len(bars.tempo.stretches) == 2  # the lead-in, and the song
    assert np.abs(beat_times(bars, counted, 300) - beats_s).max() <= CLOSE_S + 0.0005


def test_a_beat_of_six_eight_is_a_dotted_quarter():
    counted = meter(2, 6)
    bars = bars_of(steady(80.0), 0, counted)
    assert (counted.words, counted.ticks_per_beat) == ("6/8", 1440)
    assert bars.tempo.stretches == ((0, 500_000),)  # 120 quarters a minute
    assert (meter(3, 4).words, meter(4, 6).words, meter(2, 4).words) == ("3/4", "4/4", "2/4")


def test_one_beat_is_no_tempo():
    with pytest.raises(ValueError, match="two beats"):
        bars_of(steady(120.0, beats=3), 2, meter(4, 4))


def test_names_may_hold_anything(tmp_path):
    path = tmp_path / "drums.mid"
    save(midi_file("Stück \udcff", "drums", (), bars_of(steady(120.0), 0, meter(4, 4))), path)
    assert mido.MidiFile(path, charset="utf-8").tracks[0].name == "Stück ?"
