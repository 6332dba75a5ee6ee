import numpy as np
import pytest

from agent.rhythm.chart import Chart, chart_of
from agent.rhythm.measures import syncopation
from agent.rhythm.pattern import Voice
from agent.rhythm.reward import KIND_OF, KINDS, TIRED_AFTER_BARS, WEIGHTS, Bearing, standing
from agent.rhythm.strokes import HIT, NAMES, REST
from tests.rhythms import music, profile

KICK, SNARE = NAMES.index("kick"), NAMES.index("snare")
ROCK = profile(kick="x.......x.......", snare="....x.......x...")


def chart(bars: int = 2, **layers: str) -> Chart:
    return chart_of(music(bars, tempo_bpm=115, **layers), ROCK)


def kind(stroke: int) -> int:
    return int(KIND_OF[stroke])


def test_where_the_style_has_a_kick_the_kick_is_worth_most() -> None:
    table = standing(chart())
    assert table[0, KICK] > table[0, REST] > table[2, KICK]
    assert table[4, SNARE] > table[4, REST]


def test_a_bass_note_makes_a_kick_worth_more() -> None:
    with_bass, without = standing(chart(bass="x.....x.")), standing(chart(bass="x......."))
    assert with_bass[6, KICK] > without[6, KICK]


def test_no_term_of_the_table_is_worth_more_than_its_weight() -> None:
    most = sum(WEIGHTS[name] for name in ("style", "music", "accents", "weight"))
    assert np.abs(standing(chart(bass="x.x.x.x.", chords="xxxx"))).max() <= most + 1e-12


def test_coming_closer_to_the_density_is_worth_as_much_as_leaving_it_costs() -> None:
    one = chart()
    bearing = Bearing(one, 1)
    bearing.hits = float(one.due[1]) - 2.0
    alone = WEIGHTS["density"] * 0.5
    assert bearing.earned(1, kind(KICK)) - bearing.earned(1, kind(REST)) == pytest.approx(
        alone, abs=WEIGHTS["syncopation"]
    )


def test_syncopation_is_that_of_longuet_higgins_and_lee() -> None:
    """The running sum against the measure of the finished part."""
    one = chart(4)
    hit = np.random.default_rng(3).random((4, 16)) < 0.3
    hit[0, 0] = True
    bearing = Bearing(one, 0)
    for at, beaten in enumerate(hit.reshape(-1)):
        bearing.play(at, kind(KICK if beaten else REST))
    assert bearing.syncopation == pytest.approx(float(syncopation(hit, 4).sum()))


def test_the_bar_before_is_worth_repeating_until_it_is_tiresome() -> None:
    one = chart(TIRED_AFTER_BARS + 2)
    bearing = Bearing(one, 0)
    worth = []
    for at in range(one.bars * 16):
        stroke = kind(KICK if at % 16 == 0 else REST)
        if at % 16 == 2:
            worth.append(bearing.earned(at, kind(REST)) - bearing.earned(at, kind(KICK)))
        bearing.play(at, stroke)
    assert worth[1] > worth[0]
    assert worth[-1] < worth[1]


def test_strokes_of_one_kind_hit_as_many_voices() -> None:
    for stroke in range(len(NAMES)):
        hits, kick, _ = KINDS[kind(stroke)]
        assert hits == HIT[stroke].sum()
        assert kick == bool(HIT[stroke, Voice.KICK])
