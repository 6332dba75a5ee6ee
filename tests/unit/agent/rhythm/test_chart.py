import numpy as np
import pytest

from agent.rhythm.chart import FILL, LIGHT, ORDINARY, PHRASE, SILENT, chart_of, swung
from agent.rhythm.pattern import Voice
from tests.rhythms import music, profile

ROCK = {"kick": "x.......x.......", "snare": "....x.......x...", "closed_hat": "x.x.x.x.x.x.x.x."}


def wanted(chart, voice: Voice, bar: int = 0) -> str:
    """Write where the style would hit a voice."""
    lean = chart.style[bar * chart.steps : (bar + 1) * chart.steps, voice]
    return "".join("x" if one > 0 else "." for one in lean)


def test_the_style_wants_its_most_usual_hits() -> None:
    chart = chart_of(music(2, tempo_bpm=115), profile(**ROCK))
    assert {name: wanted(chart, Voice[name.upper()]) for name in ROCK} == ROCK
    assert chart.due[-1] == 2 * 12 + 1  # and a crash to begin with


def test_density_goes_from_sparse_to_busy() -> None:
    sometimes = profile(kick="x.o.o.o.x.o.o.o.")
    busy = [
        int((chart_of(music(1, tempo_bpm=115), sometimes, density=density).style[:, Voice.KICK] > 0).sum())
        for density in (0.0, 0.5, 1.0)
    ]
    assert busy == sorted(busy)
    assert busy[0] < busy[1] < busy[2]


def test_fast_music_has_fewer_hits_in_a_bar() -> None:
    slow, fast = (
        chart_of(music(1, tempo_bpm=bpm), profile(kick="x.o.o.o.x.o.o.o."), usual_tempo_bpm=115) for bpm in (80, 200)
    )
    assert (fast.style[:, Voice.KICK] > 0).sum() < (slow.style[:, Voice.KICK] > 0).sum()


def test_the_music_speaks_for_the_kick_where_a_bass_begins() -> None:
    chart = chart_of(music(2, bass="x.....x........."), profile(**ROCK))
    kick = chart.music[:16, Voice.KICK]
    assert sorted(np.argsort(kick)[-2:].tolist()) == [0, 6]
    assert kick[6] > 0 > kick[4]


def test_a_phrase_ends_in_a_fill_and_the_next_begins_with_a_crash() -> None:
    chart = chart_of(music(6, chords="x.x.x.x."), profile(**ROCK, fill_every_bars=4))
    places = chart.place.reshape(6, 16)
    assert np.flatnonzero((places == FILL).any(1)).tolist() == [3]
    assert np.flatnonzero(places[3] == FILL).tolist() == [12, 13, 14, 15]
    assert np.flatnonzero((places == PHRASE).any(1)).tolist() == [0, 4]
    assert chart.style[4 * 16, Voice.CRASH] > 0 > chart.style[5 * 16, Voice.CRASH]


def test_where_the_music_rises_a_fill_leads_there() -> None:
    rising = music(4, chords="x.x.x.x.")
    rising.level_db[2:] = -12.0
    places = chart_of(rising, profile(**ROCK)).place.reshape(4, 16)
    assert np.flatnonzero((places == FILL).any(1)).tolist() == [1]
    assert (places[1] == FILL).sum() == 8


def test_silent_bars_want_nothing_and_thin_ones_a_cymbal_alone() -> None:
    thin = music(6, chords="x.x.x.x.x.x.", silent=(2,))
    thin.onset[:, 0, 1:] = 0.0
    chart = chart_of(thin, profile(**ROCK))
    places = chart.place.reshape(6, 16)
    assert (places[2] == SILENT).all()
    assert (places[0] == LIGHT).all()
    assert not (chart.style[32:48] > 0).any()
    assert wanted(chart, Voice.KICK, 0) == "." * 16
    assert wanted(chart, Voice.CLOSED_HAT, 0) == ROCK["closed_hat"]


def test_a_last_stroke_that_rings_on_is_the_drums_last_too() -> None:
    ending = music(3, chords="x.x.x.x.")
    ending.onset[:, 2, 1:] = 0.0
    places = chart_of(ending, profile(**ROCK)).place.reshape(3, 16)
    assert places[2].tolist() == [PHRASE] + [SILENT] * 15


def test_a_loop_of_one_chord_a_bar_is_drummed_to_its_end() -> None:
    assert not (chart_of(music(3, chords="x"), profile(**ROCK)).place == SILENT).any()


def test_one_bar_is_enough() -> None:
    places = chart_of(music(1, bass="x"), profile(**ROCK, fill_every_bars=4)).place
    assert places[0] == PHRASE
    assert (places[1:] == ORDINARY).all()


@pytest.mark.parametrize(("tempo_bpm", "late"), [(120.0, [0, 1 / 12, 1 / 6, 1 / 12]), (80.0, [0, 1 / 12, 0, 1 / 12])])
def test_swing_delays_the_off_beats_up_to_a_triplet(tempo_bpm: float, late: list[float]) -> None:
    """Eighths at 2:1 are at 2/3 of a beat, 1/6 later than straight ones; when slow, sixteenths of half a beat."""
    piece = music(1, tempo_bpm=tempo_bpm)
    moved = (swung(piece, 1.0) - piece.step_s)[0, :4] * tempo_bpm / 60
    assert moved.tolist() == pytest.approx(late)


def test_a_ternary_grid_swings_by_itself() -> None:
    piece = music(1, steps_per_beat=6)
    assert (swung(piece, 1.0) == piece.step_s).all()
