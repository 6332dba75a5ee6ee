import sys
from pathlib import Path

import coupling
import coupling_songs
import numpy as np
import pytest
from rhythm import Drummer, Part

from tests.rhythms import music


def test_the_regression_finds_the_weights_that_made_the_hits() -> None:
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(4000, 3))
    chance = 1 / (1 + np.exp(-(seen @ [0.8, -1.2, 0.5] - 1.0)))
    found = coupling.logistic(seen, rng.uniform(size=4000) < chance, np.full(4000, 1.0))
    assert found.tolist() == pytest.approx([0.8, -1.2, 0.5], abs=0.12)


def test_with_hardly_any_songs_the_style_is_followed_as_it_is_and_the_music_not() -> None:
    found = coupling.logistic(np.ones((4, 3)), np.array([True, False, True, False]), np.full(4, 1e-6))
    assert found.tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-3)


def test_a_drummers_hits_are_put_on_the_steps_that_were_heard_and_what_is_off_them_is_missed() -> None:
    piece = music(2, bass="x", tempo_bpm=120.0)  # a step is 125 ms
    drummer = Drummer(
        Part((np.array([0.02, 2.0, 2.3]), np.zeros(0))), Part((np.zeros(0), np.zeros(0))), ((0.0, 2.0), (2.0, 4.0)),
        (), (coupling_songs.COMPARED[1],),
    )  # fmt: skip
    found = coupling_songs.heard_example("a song", piece, drummer)
    assert np.argwhere(found.hit).tolist() == [[0, 0, 0], [1, 0, 0]]
    assert found.missed == 1
    assert found.voices == (0,)
    assert found.played.tolist() == [True, True]


def test_songs_that_are_held_out_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    labels = Path(coupling.__file__).parent / "groove_labels.json"
    line = f"coupling {tmp_path} --heard songs/modern_motion --labels {labels} --out {tmp_path / 'out'} --date today"
    monkeypatch.setattr(sys, "argv", line.split())
    with pytest.raises(SystemExit, match="held out: modern_motion"):
        coupling.main()
