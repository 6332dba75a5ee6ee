"""That the table learns a groove whose best pattern is known, and that play and training are reproducible."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agent import policy
from agent.q_learning import QLearning, QTable, episode
from agent.rhythm.chart import Chart, chart_of
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.learning import LAYOUT, TRAINING, fresh, play, refine, shipped_rhythm, train_rhythm
from agent.rhythm.pattern import Voice
from agent.rhythm.strokes import HIT
from tests.rhythms import music, profile

KICKS, SNARES, HATS = "x.....x.x.......", "....x.......x...", "x.x.x.x.x.x.x.x."
GROOVE = profile(kick=KICKS, snare=SNARES, closed_hat=HATS)


def chart(bars: int = 2) -> Chart:
    return chart_of(music(bars, tempo_bpm=115), GROOVE)


def pattern(strokes: list[int], voice: Voice, bar: int = 0) -> str:
    return "".join("x" if HIT[stroke, voice] else "." for stroke in strokes[bar * 16 : bar * 16 + 16])


def greedy(table: QTable, of: Chart) -> list[int]:
    """Play what the table alone thinks best."""
    env = RhythmEnv([of])
    episode(env, QLearning(table, TRAINING, np.random.default_rng(0)), 0.0, learn=False)
    return env.played


def test_the_table_learns_a_groove_whose_best_pattern_is_known() -> None:
    """Every hit of this style is all but certain and nothing plays to it: the style's own bar is best."""
    hyper = replace(TRAINING, epsilon_end=0.3, double=False)
    table, made = train_rhythm([chart()], ["one"], hyper=hyper, steps=30_000, seed=1)
    played = greedy(table, chart())
    assert pattern(played, Voice.KICK, 1) == KICKS
    assert pattern(played, Voice.SNARE, 1) == SNARES
    assert pattern(played, Voice.CLOSED_HAT, 1) == HATS
    assert (made.steps, made.sessions, made.actions) == (30_000, ("one",), LAYOUT.actions)


def test_looking_a_step_ahead_an_untrained_table_plays_it_too() -> None:
    played = list(play(chart(), fresh(), rng=np.random.default_rng(0), temperature=0.0).strokes)
    assert pattern(played, Voice.KICK, 1) == KICKS
    assert pattern(played, Voice.SNARE, 1) == SNARES


def test_training_twice_gives_the_same_table_to_the_byte() -> None:
    one, other = (train_rhythm([chart()], ["one"], steps=500, seed=3)[0] for _ in range(2))
    assert one.tables.tobytes() == other.tables.tobytes()


def test_refining_improves_what_the_table_alone_plays_and_leaves_the_table_as_it_was() -> None:
    untrained = fresh()
    refined, steps = refine(chart(), untrained, seed=0, steps=6_000)
    assert steps >= 6_000
    assert not untrained.visits.any()
    env = RhythmEnv([chart()])
    earned = [
        episode(env, QLearning(table, TRAINING, np.random.default_rng(0)), 0.0, learn=False)[1]
        for table in (untrained, refined)
    ]
    assert earned[1] > earned[0]


@pytest.mark.parametrize("temperature", [0.0, 0.05])
def test_the_same_seed_plays_the_same(temperature: float) -> None:
    one, other = (play(chart(), fresh(), rng=np.random.default_rng(4), temperature=temperature) for _ in range(2))
    assert one == other


def test_other_seeds_play_variations() -> None:
    parts = {play(chart(4), fresh(), rng=np.random.default_rng(seed), temperature=0.05).strokes for seed in range(4)}
    assert len(parts) > 1


def test_the_shipped_table_is_of_this_problem_and_was_trained() -> None:
    table, made = shipped_rhythm()
    assert table.tables.shape == (2, LAYOUT.states, len(LAYOUT.actions))
    assert (table.visits.sum(1) > 0).sum() > 1000
    assert made.steps >= 1_000_000


def test_a_table_on_disk_comes_back_and_is_no_table_for_mixing(tmp_path: Path) -> None:
    table, made = train_rhythm([chart()], ["one"], hyper=replace(TRAINING, double=False), steps=100)
    policy.save(tmp_path / "rhythm.npz", table, made)
    again, _ = policy.load(tmp_path / "rhythm.npz", LAYOUT)
    assert again.tables.tobytes() == table.tables.tobytes()
    with pytest.raises(policy.PolicyUnreadable, match="other states or actions"):
        policy.load(tmp_path / "rhythm.npz")
