"""Reading drums from General MIDI files that mido writes."""

import io

import mido
import numpy as np
import pytest

from agent.rhythm.gm_drums import MidiUnreadable, beats_of, drum_bars, misfit, read_song, song_grid, voice_of
from agent.rhythm.pattern import GM_NOTE, Voice

TICKS = 96


def midi(
    notes: list[tuple[float, int, int]],
    *,
    meters: list[tuple[float, int, int]] | None = None,
    tempi: list[tuple[float, float]] | None = None,
    end: float = 0.0,
    channel: int = 9,
    program: int | None = None,
) -> bytes:
    """Write a file: notes as (quarter, key, velocity), meters as (quarter, numerator, denominator), tempi in BPM."""
    events: list[tuple[float, int, mido.Message]] = [
        *((at, 0, mido.MetaMessage("time_signature", numerator=n, denominator=d)) for at, n, d in meters or []),
        *((at, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))) for at, bpm in tempi or []),
        *((at, 2, mido.Message("note_on", channel=channel, note=key, velocity=hard)) for at, key, hard in notes),
        *((at + 0.1, 2, mido.Message("note_off", channel=channel, note=key)) for at, key, _ in notes),
    ]
    if program is not None:
        events.append((0.0, 1, mido.Message("program_change", channel=channel, program=program)))
    if end:
        events.append((end, 2, mido.Message("note_off", channel=0, note=0)))
    track, tick = mido.MidiTrack(), 0
    for at, _, message in sorted(events, key=lambda one: one[:2]):
        track.append(message.copy(time=round(at * TICKS) - tick))
        tick = round(at * TICKS)
    song = mido.MidiFile(ticks_per_beat=TICKS)
    song.tracks.append(track)
    out = io.BytesIO()
    song.save(file=out)
    return out.getvalue()


def struck(data: bytes, voice: Voice) -> list[list[int]]:
    return [np.flatnonzero(bar.velocity[:, voice]).tolist() for bar in drum_bars(read_song(data))]


def test_the_notes_that_a_pattern_writes_are_read_as_its_voices() -> None:
    assert {voice_of(note) for note in GM_NOTE.values()} == set(Voice)
    assert all(voice_of(note) == voice for voice, note in GM_NOTE.items())


def test_rim_and_clap_are_a_snare_and_a_cowbell_is_no_drum() -> None:
    assert [voice_of(37), voice_of(39), voice_of(44), voice_of(56)] == [
        Voice.SNARE,
        Voice.SNARE,
        Voice.CLOSED_HAT,
        None,
    ]


def test_a_rock_beat_is_read_bar_by_bar() -> None:
    beat = [(bar * 4 + at, key, 100) for bar in range(2) for at, key in ((0, 36), (1, 38), (2, 35), (2.5, 36), (3, 40))]
    data = midi(beat, end=8.0)
    assert struck(data, Voice.KICK) == [[0, 8, 10]] * 2
    assert struck(data, Voice.SNARE) == [[4, 12]] * 2


def test_how_hard_and_how_late_a_hit_is_comes_with_it() -> None:
    bar = drum_bars(read_song(midi([(1 + 1 / 16, 38, 77)], end=4.0)))[0]
    assert bar.velocity[4, Voice.SNARE] == 77
    assert bar.offset[4, Voice.SNARE] == pytest.approx(0.25)


def test_of_two_hits_on_one_step_the_harder_stays() -> None:
    assert drum_bars(read_song(midi([(0.0, 38, 90), (0.0, 40, 40)], end=4.0)))[0].velocity[0, Voice.SNARE] == 90


def test_a_hit_just_before_the_bar_line_belongs_to_the_next_bar() -> None:
    assert struck(midi([(3.96, 36, 100)], end=8.0), Voice.KICK) == [[], [0]]


def test_a_shuffle_is_read_on_six_steps_a_beat() -> None:
    song = read_song(midi([(beat + part, 51, 90) for beat in range(4) for part in (0, 2 / 3)], end=4.0))
    assert song_grid(song) == 6
    assert np.flatnonzero(drum_bars(song)[0].velocity[:, Voice.RIDE]).tolist() == [0, 4, 6, 10, 12, 16, 18, 22]
    assert misfit(song) < 0.05


def test_what_says_nothing_of_the_grid_is_straight() -> None:
    assert song_grid(read_song(midi([(0, 36, 90), (0.5, 42, 90)], end=4.0))) == 4


def test_notes_anywhere_fit_no_grid() -> None:
    rng = np.random.default_rng(3)
    assert misfit(read_song(midi([(at, 36, 90) for at in rng.uniform(0, 64, 200).tolist()], end=64.0))) > 0.18


def test_times_follow_every_change_of_tempo() -> None:
    song = read_song(midi([(0, 36, 90)], tempi=[(0, 60), (4, 120)], end=8.0))
    assert song.seconds(np.array([0.0, 2.0, 4.0, 6.0])).tolist() == pytest.approx([0, 2, 4, 5], abs=1e-4)


def test_the_tempo_that_holds_longest_is_the_main_one() -> None:
    assert read_song(midi([(0, 36, 90)], tempi=[(0, 60), (4, 93)], end=40.0)).main_tempo_bpm == pytest.approx(
        93, abs=0.1
    )


def test_a_file_that_tells_no_tempo_is_at_120_bpm_in_four() -> None:
    song = read_song(midi([(0, 36, 90)], end=8.0))
    assert song.main_tempo_bpm == 120.0
    assert [bar.beats for bar in song.bars] == [4, 4]


@pytest.mark.parametrize(
    ("meter", "beats"),
    [((4, 4), (4, 1.0)), ((3, 4), (3, 1.0)), ((6, 8), (2, 1.5)), ((12, 8), (4, 1.5)), ((2, 2), (4, 1.0))],
)
def test_a_meter_has_the_beats_that_are_counted_in_it(meter: tuple[int, int], beats: tuple[int, float]) -> None:
    assert beats_of(*meter) == beats


def test_six_eight_is_read_as_two_ternary_beats() -> None:
    data = midi([(0, 36, 90), (0.5, 42, 90), (1, 42, 90), (1.5, 38, 90), (2.25, 42, 90)], meters=[(0, 6, 8)], end=3.0)
    song = read_song(data)
    assert [(bar.beats, bar.beat_quarters) for bar in song.bars] == [(2, 1.5)]
    assert [bar.steps_per_beat for bar in drum_bars(song)] == [6]
    assert struck(data, Voice.SNARE) == [[6]]


def test_a_pick_up_is_a_bar_of_its_own() -> None:
    data = midi([(0, 38, 90), (1, 36, 90)], meters=[(0, 1, 4), (1, 4, 4)], end=5.0)
    assert [bar.beats for bar in read_song(data).bars] == [1, 4]
    assert struck(data, Voice.KICK) == [[], [0]]


def test_a_change_of_meter_cuts_the_bar_that_it_comes_in() -> None:
    bars = read_song(midi([(0, 36, 90)], meters=[(0, 4, 4), (6, 3, 4)], end=9.0)).bars
    assert [(bar.start, bar.beats, bar.whole) for bar in bars] == [(0, 4, True), (4, 4, False), (6, 3, True)]


def test_a_song_without_drums_has_bars_and_no_hits() -> None:
    song = read_song(midi([(0, 60, 90)], channel=0, end=8.0))
    assert not any(bar.velocity.any() for bar in drum_bars(song))
    assert misfit(song) == 0.0


def test_the_bass_is_told_by_its_program() -> None:
    assert read_song(midi([(0, 40, 90)], channel=1, program=33)).bass.key.tolist() == [40]
    assert read_song(midi([(0, 40, 90)], channel=1, program=29)).others.key.tolist() == [40]


@pytest.mark.parametrize("data", [b"", b"RIFF....", b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk\0\0\xff\xff\0"])
def test_what_is_no_midi_file_is_refused(data: bytes) -> None:
    with pytest.raises(MidiUnreadable, match="no Standard MIDI File"):
        read_song(data)


def test_a_file_that_counts_in_seconds_is_refused() -> None:
    data = bytearray(midi([(0, 36, 90)]))
    data[12:14] = b"\xe7\x28"  # 25 frames a second of 40 ticks
    with pytest.raises(MidiUnreadable, match="seconds"):
        read_song(bytes(data))
