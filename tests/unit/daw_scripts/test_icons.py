"""The toolbar icons: their sizes, that their states differ without colour, and that they are what the drawing says."""

import numpy as np
import pytest
from PIL import Image

from daw_scripts.make_icons import FOLDER, GLYPHS, SIZES, icons

DRAWN = dict(icons())
LIGHT_TOOLBAR, DARK_TOOLBAR = 208, 51


def stored(name):
    with Image.open(FOLDER / name) as image:
        return image.convert("RGBA")


def grey(image, background):
    """Return the brightness of each pixel on a toolbar, from 0 to 255."""
    behind = Image.new("RGBA", image.size, (background,) * 3 + (255,))
    return np.asarray(Image.alpha_composite(behind, image).convert("L"), dtype=float)


def cells(image):
    size = image.height
    return [image.crop((k * size, 0, (k + 1) * size, size)) for k in range(3)]


def test_every_icon_is_there_in_each_size_switched_off_and_on():
    names = {f"{name}{suffix}.png" for name in GLYPHS for suffix in ("", "_on")}
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.png")}
    assert found == {f"{folder}/{name}".lstrip("/") for folder in SIZES for name in names} == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_an_icon_is_three_square_cells_side_by_side(name):
    height = SIZES[name.rpartition("/")[0]]
    with Image.open(FOLDER / name) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (3 * height, height))


@pytest.mark.parametrize("name", DRAWN)
def test_an_icon_is_what_the_drawing_says(name):
    assert stored(name).tobytes() == DRAWN[name].tobytes()


@pytest.mark.parametrize("background", [LIGHT_TOOLBAR, DARK_TOOLBAR])
@pytest.mark.parametrize("name", DRAWN)
def test_the_three_states_can_be_told_apart_without_colour(name, background):
    looks = [grey(cell, background) for cell in cells(stored(name))]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        differing = np.mean(np.abs(looks[one] - looks[other]) > 40)
        assert differing > 0.08


def has_bar(cell):
    """Tell whether a line along the bottom stands out from the plate beside it."""
    low, high, beside = (round(cell.height * unit / 30) for unit in (24, 27, 4))
    rows = grey(cell, DARK_TOOLBAR)[low:high]
    return bool(np.any(np.min(np.abs(rows[:, 2 * beside : -2 * beside] - rows[:, [beside]]), axis=1) > 60))


@pytest.mark.parametrize("name", DRAWN)
def test_an_icon_that_is_switched_on_has_a_bar_in_each_state(name):
    assert [has_bar(cell) for cell in cells(stored(name))] == [name.endswith("_on.png")] * 3


@pytest.mark.parametrize("folder", SIZES)
@pytest.mark.parametrize("name", GLYPHS)
def test_the_glyph_stands_out_from_its_plate(folder, name):
    """WCAG 2.1, 1.4.11: graphical objects have a contrast of at least 3 to 1."""
    for cell in cells(stored(f"{folder}/{name}.png".lstrip("/"))):
        inner = np.asarray(cell.convert("RGB"), dtype=float)[cell.height // 5 : -cell.height // 5]
        channels = np.where(inner / 255 <= 0.03928, inner / 255 / 12.92, ((inner / 255 + 0.055) / 1.055) ** 2.4)
        luminance = channels @ [0.2126, 0.7152, 0.0722]
        middle = luminance[:, cell.height // 5 : -cell.height // 5]
        assert (middle.max() + 0.05) / (middle.min() + 0.05) > 3


@pytest.mark.parametrize("name", DRAWN)
def test_the_corners_are_clear(name):
    for cell in cells(stored(name)):
        assert np.asarray(cell)[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0] * 4
