import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.rhythm.chart import Chart, chart_of
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.pattern import Hit
from agent.rhythm.playability import violations
from agent.rhythm.strokes import NAMES, REST, STROKES
from tests.rhythms import music, profile

ROCK = profile(kick="x.......x.......", snare="....x.......x...", closed_hat="xxxxxxxxxxxxxxxx")


def chart(bars: int = 2, tempo_bpm: float = 120.0) -> Chart:
    return chart_of(music(bars, bass="x..x..x.", tempo_bpm=tempo_bpm), ROCK, swing=0.5)


def test_it_is_a_gymnasium_environment() -> None:
    check_env(RhythmEnv([chart(), chart(3)], bars=1), skip_render_check=True)


def test_an_episode_ends_with_its_stretch_of_bars() -> None:
    env = RhythmEnv([chart(4)], bars=2)
    env.reset(seed=1, options={"bar": 2})
    ended = [env.step(REST)[2] for _ in range(32)]
    assert ended == [False] * 31 + [True]
    assert env.played == [REST] * 32


def test_a_closed_stroke_is_a_rest() -> None:
    env = RhythmEnv([chart(tempo_bpm=300.0)])
    _, info = env.reset()
    env.step(NAMES.index("kick+snare+hat"))
    _, _, _, _, info = env.step(NAMES.index("kick+snare+hat"))
    assert not info["action_mask"][NAMES.index("hat")] or env.played == [NAMES.index("kick+snare+hat"), REST]
    assert env.played[1] == REST


def test_what_a_stroke_would_earn_is_what_it_earns() -> None:
    env = RhythmEnv([chart()])
    rng = np.random.default_rng(5)
    _, info = env.reset()
    over = False
    while not over:
        told = env.credits()
        stroke = int(rng.choice(np.flatnonzero(info["action_mask"])))
        _, earned, over, _, info = env.step(stroke)
        assert earned == pytest.approx(told[stroke])


def test_what_would_be_seen_is_what_is_seen() -> None:
    env = RhythmEnv([chart()])
    rng = np.random.default_rng(6)
    _, info = env.reset()
    while (after := env.after()) is not None:
        stroke = int(rng.choice(np.flatnonzero(info["action_mask"])))
        expected = after[env.kind_of(stroke)]
        seen, _, _, _, info = env.step(stroke)
        assert seen.tolist() == expected.tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(60.0, 360.0))
def test_no_play_at_all_is_ever_unplayable(seed: int, tempo_bpm: float) -> None:
    """Random strokes, open or not, at any tempo and with swing, against the independent check."""
    env = RhythmEnv([chart(tempo_bpm=tempo_bpm)])
    env.reset(seed=seed)
    rng = np.random.default_rng(seed)
    over = False
    while not over:
        _, _, over, _, _ = env.step(int(rng.integers(len(STROKES))))
    played = [
        Hit(float(env.chart.time_s[step]), voice, 90)
        for step, stroke in enumerate(env.played)
        for voice, _ in STROKES[stroke].voices
    ]
    assert violations(played) == ()


def test_there_is_nothing_to_play_without_a_chart() -> None:
    with pytest.raises(ValueError, match="at least one"):
        RhythmEnv([])
