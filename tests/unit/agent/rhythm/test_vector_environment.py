"""The batch is the single environment: every copy sees, earns and ends as a ``RhythmEnv`` that starts where it does."""

from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from agent.practice import practice_chart
from agent.q_learning import Observations
from agent.rhythm.chart import Chart, chart_of
from agent.rhythm.environment import RhythmEnv
from agent.rhythm.strokes import STROKES
from agent.rhythm.vector_environment import RhythmVectorEnv
from tests.rhythms import music, profile

ROCK = profile(kick="x.......x.......", snare="....x.......x...", closed_hat="xxxxxxxxxxxxxxxx", fill_every_bars=2)
WALTZ = profile(3, 6, kick="x.................", snare="......x.....x.....", ride="x..x..x..x..x..x..")


def charts() -> list[Chart]:
    """Slow and much too fast ones, with fills, silent bars, swing and triplets, of several lengths."""
    return [
        chart_of(music(4, bass="x..x..x.", silent=(1,)), ROCK, swing=0.5),
        chart_of(music(3, tempo_bpm=330.0, chords="x.x.x.x."), ROCK),
        chart_of(music(2, 3, 6, melody="x..x..x..x"), WALTZ),
        practice_chart(np.random.default_rng(1)),
    ]


@pytest.mark.parametrize("observations", ["discrete", "continuous"])
@pytest.mark.parametrize("bars", [None, 1, 3])
def test_every_copy_is_the_single_environment(bars: int | None, observations: Observations) -> None:
    ways: dict[str, Any] = {"bars": bars, "observations": observations}
    batch = RhythmVectorEnv(charts(), 12, **ways)
    seen, infos = batch.reset(seed=2)
    rng = np.random.default_rng(3)
    ones = [RhythmEnv(charts(), **ways) for _ in seen]
    for _ in range(2):
        for copy in range(12):
            bar = infos["step"][copy] // charts()[infos["chart"][copy]].steps
            first, info = ones[copy].reset(options={"chart": infos["chart"][copy], "bar": bar})
            assert first.tolist() == seen[copy].tolist()
        playing = np.ones(12, bool)
        while playing.any():
            # Seldom a closed one, and some copies repeat themselves, as grooves do.
            asked = np.array([rng.choice(np.flatnonzero(mask)) for mask in infos["action_mask"]])
            asked[rng.random(12) < 0.1] = rng.integers(len(STROKES))
            asked[:4] = np.where(rng.random(4) < 0.9, infos["step"][:4] % 4 == 0, asked[:4])
            seen, rewards, terminated, truncated, infos = batch.step(asked)
            for copy in np.flatnonzero(playing):
                saw, earned, ended, _, info = ones[copy].step(asked[copy])
                assert saw.tolist() == seen[copy].tolist()
                assert earned == pytest.approx(rewards[copy], abs=1e-9)
                assert ended == terminated[copy]
                assert info["step"] == infos["step"][copy]
                assert info["action_mask"].tolist() == infos["action_mask"][copy].tolist()
            assert not truncated.any()
            playing &= ~terminated
        seen, infos = batch.reset()


def test_a_single_copy_is_the_environment_draw_for_draw() -> None:
    """From one episode into the next, both ways of Gymnasium to begin again."""
    one = RhythmEnv(charts(), bars=1)
    later, at_once = (
        RhythmVectorEnv(charts(), 1, bars=1, autoreset=mode)
        for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP)
    )
    rng = np.random.default_rng(4)
    seen, info = one.reset(seed=9)
    saw, _ = later.reset(seed=9)
    seen_at_once, _ = at_once.reset(seed=9)
    for _ in range(150):
        assert seen.tolist() == saw[0].tolist() == seen_at_once[0].tolist()
        action = rng.choice(np.flatnonzero(info["action_mask"]))
        seen, earned, ended, _, info = one.step(action)
        saw, rewards, terminated, _, _ = later.step(np.array([action]))
        seen_at_once, same, too, _, told = at_once.step(np.array([action]))
        assert (rewards[0], same[0]) == (pytest.approx(earned), pytest.approx(earned))
        assert ended == terminated[0] == too[0]
        if ended:
            assert told["final_obs"][0].tolist() == seen.tolist() == saw[0].tolist()
            seen, info = one.reset()
            saw, rewards, terminated, _, _ = later.step(np.array([action]))
            assert (rewards[0], terminated[0]) == (0.0, False), "the step that begins anew earns nothing"


def test_there_must_be_a_chart_and_a_copy() -> None:
    with pytest.raises(ValueError, match="0 copies of 4 charts"):
        RhythmVectorEnv(charts(), 0)
    with pytest.raises(ValueError, match="2 copies of 0 charts"):
        RhythmVectorEnv([], 2)
