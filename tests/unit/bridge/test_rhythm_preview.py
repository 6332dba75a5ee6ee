import numpy as np
import pytest
import soundfile as sf

from agent.session import Settings, Strip
from bridge.progress import Silent
from bridge.rhythm_preview import DRUMS_BELOW_LU, faders, write_preview
from tests.drum_parts import part
from tests.mixes import tone
from tests.sessions import lufs

RATE_HZ = 16_000


def preview(path, music, result=None):
    blocks = [music[at : at + 5000] for at in range(0, len(music), 5000)]
    write_preview(path, blocks, RATE_HZ, result or part(), Silent())
    assert [file.name for file in path.parent.iterdir()] == [path.name], "only the preview is left"
    return sf.read(path, dtype="float32")[0]


def music(gain=0.1):
    return tone(440.0, gain, seconds=8.0, rate_hz=RATE_HZ)


def test_music_is_as_it_was_and_the_drums_are_about_as_loud(tmp_path):
    alone = music()
    both = preview(tmp_path / "p.wav", alone)
    drums = both[: len(alone)] - alone
    assert np.abs(drums[:200]).max() > 0.01, "a kick on the first beat"
    assert lufs(drums, RATE_HZ) == pytest.approx(lufs(alone, RATE_HZ) - DRUMS_BELOW_LU, abs=0.5)
    assert len(both) >= len(alone)


def test_loud_music_is_turned_down_and_not_clipped(tmp_path):
    both = preview(tmp_path / "p.wav", music(0.95))
    assert 0.5 < np.abs(both).max() <= 10 ** (-1.0 / 20)


def test_silent_music_leaves_drums_that_can_be_heard(tmp_path):
    both = preview(tmp_path / "p.wav", np.zeros((RATE_HZ * 8, 2), np.float32))
    assert lufs(both, RATE_HZ) == pytest.approx(-18.0, abs=0.5)


def test_faders_pans_and_the_master_are_heard():
    left = np.full((2, 10, 2), 0.5, np.float32)
    settings = Settings((Strip(-6.0, -0.5), Strip(-np.inf, 0.0)), master_gain_db=6.0)
    (mixed,) = faders([left], settings)
    assert mixed == pytest.approx(np.tile([0.5, 0.25], (10, 1)), abs=1e-6)
