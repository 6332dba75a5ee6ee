"""A tuning as text and as pixels shows what it hears and what it does."""

import numpy as np

from agent.practice import practice_tone
from agent.tone.environment import TuneEnv
from agent.tone.moves import MOVES


def test_a_tuning_can_be_looked_at_as_text_and_as_pixels() -> None:
    scene = practice_tone(np.random.default_rng(1))
    tracks = len(scene.start.strips)
    text, pixels = (TuneEnv([scene], render_mode=mode) for mode in ("ansi", "rgb_array"))
    text.reset(seed=0)
    lines = str(text.render()).splitlines()
    assert len(lines) == tracks + 1
    assert [line.startswith(">") for line in lines] == [True] + [False] * tracks
    assert f"{text.sound.mix_rms_db:.2f} dB" in lines[-1]
    text.step(0)
    assert text.render().splitlines()[0].count(">") == 1
    assert not text.render().startswith(">"), "the low band is looked at now"
    _, info = pixels.reset(seed=0)
    before = pixels.render()
    assert before.shape == (60 * (1 + tracks), 240, 3)
    pixels.step(0)
    lift = next(index for index, move in enumerate(MOVES) if move.name == "gain +1.5 dB")
    assert info["action_mask"].any()
    held = pixels.render()
    pixels.step(lift)
    assert (pixels.render() != held).any()
    assert TuneEnv([scene]).render_mode is None
