import math

import matplotlib.image
import numpy as np
import pytest
from truth_shown import Curve, band, draw, markdown, percent, shown


def test_a_band_is_students_interval_of_the_mean() -> None:
    """The textbook's: five values of sd s lie about their mean by 2.776 s / √5 (t with four degrees of freedom)."""
    values = [96.0, 97.0, 98.0, 99.0, 100.0]
    mean, half = band(values)
    assert mean == 98.0
    assert half == pytest.approx(2.7764 * math.sqrt(2.5) / math.sqrt(5), abs=1e-3)


def test_of_a_single_seed_nobody_knows_how_sure_it_is() -> None:
    assert shown([0.5], ".2f", unit="s") == "0.50 s"
    assert percent([0.971]) == "97.1 %"


def test_several_seeds_are_shown_with_their_band() -> None:
    assert percent([0.97, 0.98, 0.99]) == "98.0 ± 2.5 %"


def test_a_table_has_its_ruler_and_a_row_for_each() -> None:
    assert markdown(("a", "b"), [("x", "1")]) == "| a | b |\n|---|---:|\n| x | 1 |"


def test_curves_become_a_picture(tmp_path) -> None:
    curves = [Curve("table", [100, 300], np.array([[50.0, 80.0], [60.0, 90.0]])), Curve("one", [100, 300], [[1, 2]])]
    path = tmp_path / "curves.png"
    draw(path, curves, across="steps", up="share", title="A title", levels={"CMA-ES": 100.0}, logarithmic=True)
    pixels = matplotlib.image.imread(path)
    assert pixels.shape[:2] == (600, 960)
    assert pixels[..., :3].std() > 0.05, "something is on it"
