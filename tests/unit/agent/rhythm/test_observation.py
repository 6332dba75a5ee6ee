import numpy as np

from agent.rhythm.chart import chart_of
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.observation import NAMES, SHAPE, before_of, density_of, standing
from agent.rhythm.strokes import NAMES as STROKES
from agent.rhythm.strokes import REST
from tests.rhythms import music, profile

ROCK = profile(kick="x.......x.......", snare="....x.......x...", closed_hat="x.x.x.x.x.x.x.x.")


def axis(name: str, seen: np.ndarray) -> int:
    return int(seen[NAMES.index(name)])


def test_what_is_known_beforehand_tells_style_beat_and_music() -> None:
    known = standing(chart_of(music(1, bass="x", chords="....x"), ROCK))
    assert [axis("beat", row) for row in known[:5]] == [1, 0, 0, 0, 1]
    assert (axis("kick", known[0]), axis("kick", known[1])) == (3, 0)
    assert (axis("snare", known[4]), axis("snare", known[1])) == (3, 0)
    assert (axis("time", known[2]), axis("time", known[1])) == (2, 0)
    assert [axis("music", known[step]) for step in (0, 1, 4)] == [1, 0, 2]


def test_every_observation_is_in_its_space() -> None:
    known = standing(chart_of(music(8, chords="x.x.x.x.", silent=(5,)), ROCK))
    assert (known >= 0).all()
    assert (known < np.array(SHAPE[: known.shape[1]])).all()


def test_what_was_just_hit_and_the_bar_before_are_seen() -> None:
    env = RhythmEnv([chart_of(music(2), ROCK)])
    env.reset()
    seen, *_ = env.step(STROKES.index("kick"))
    assert axis("just", seen) == 1
    for _ in range(15):
        seen, *_ = env.step(REST)
    assert (axis("just", seen), axis("before", seen)) == (0, 1)
    seen, *_ = env.step(REST)
    assert axis("before", seen) == 0


def test_the_bar_before_is_told_by_its_kick_and_snare() -> None:
    assert [before_of(one) for one in (None, (False, False), (True, False), (False, True), (True, True))] == [
        0,
        0,
        1,
        2,
        2,
    ]


def test_density_is_told_in_three() -> None:
    assert [density_of(hits, 10.0) for hits in (8.0, 9.0, 10.0, 11.0, 12.0)] == [0, 1, 1, 1, 2]
