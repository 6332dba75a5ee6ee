import numpy as np
import pytest

from agent.rhythm.chart import chart_of
from agent.rhythm.humanize import MOST_LATE_S, humanized
from agent.rhythm.pattern import Pattern, Voice, hits
from agent.rhythm.playability import violations
from agent.rhythm.strokes import NAMES, REST
from tests.rhythms import music, profile

ROCK = profile(kick="x.......x.......", snare="....x.......x...")
BAR = [NAMES.index(name) for name in ("kick+hat", "hat", "ghost", "hat!")] + [REST] * 12


def part(humanize: float, *, bars: int = 1, seed: int = 0, swing: float = 0.0, tempo_bpm: float = 120.0) -> Pattern:
    piece = music(bars, chords="x", tempo_bpm=tempo_bpm)
    chart = chart_of(piece, ROCK, swing=swing)
    return humanized(BAR * bars, chart, piece, ROCK, humanize, np.random.default_rng(seed))


def test_without_it_all_is_on_the_grid_and_as_hard_as_the_style_has_it() -> None:
    even = part(0.0)
    assert not even.offset_s.any()
    assert even.velocity[0, 0, Voice.KICK] == 90
    assert even.velocity[0, 1, Voice.CLOSED_HAT] == 90


def test_ghost_notes_are_soft_and_accents_hard() -> None:
    even = part(0.0)
    assert even.velocity[0, 2, Voice.SNARE] < 60
    assert even.velocity[0, 3, Voice.CLOSED_HAT] > 95


def test_with_it_hits_are_uneven_but_never_far_off() -> None:
    uneven = part(1.0, bars=8)
    hit = uneven.velocity > 0
    assert len(set(uneven.velocity[hit].tolist())) > 5
    assert 0 < np.abs(uneven.offset_s[hit]).max() <= MOST_LATE_S
    assert not uneven.offset_s[~hit].any()


def test_loud_bars_are_hit_harder() -> None:
    piece = music(3, chords="x")
    piece.level_db[1] = -14.0
    even = humanized(BAR * 3, chart_of(piece, ROCK), piece, ROCK, 0.0, np.random.default_rng(0))
    assert even.velocity[1, 0, Voice.KICK] > even.velocity[0, 0, Voice.KICK]


def test_swing_is_in_the_timing() -> None:
    assert part(0.0, swing=1.0).offset_s[0, 2, Voice.SNARE] == pytest.approx(0.5 / 6)


@pytest.mark.parametrize("tempo_bpm", [100.0, 150.0, 290.0])
def test_it_makes_nothing_unplayable(tempo_bpm: float) -> None:
    """Strokes that are just playable on the grid stay so: all limbs as fast as they can."""
    piece = music(8, tempo_bpm=tempo_bpm)
    chart = chart_of(piece, ROCK)
    every = max(1, int(np.ceil(0.11 / piece.step_length_s)))
    both, rest = NAMES.index("kick+snare+hat"), REST
    played = [both if step % every == 0 else rest for step in range(8 * 16)]
    for seed in range(5):
        uneven = humanized(played, chart, piece, ROCK, 1.0, np.random.default_rng(seed))
        assert violations(hits(uneven, piece.step_s)) == ()
