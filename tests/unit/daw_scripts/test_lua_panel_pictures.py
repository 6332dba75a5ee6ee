"""What the panel looks like: pictures of every stage, and what can be held of them."""

from itertools import combinations

import pytest
from PIL import Image

from tests.unit.daw_scripts.panels import STAGES, TABS, Window, plain

THEMES = {"DARK": 0x333333, "LIGHT": 0xE0E0E0}
TEXT, SHAPE = 4.5, 3.0  # WCAG 2.1, 1.4.3 and 1.4.11
BACKGROUNDS = ["page", "bar", "stripe", "field", "over", "down"]


def luminance(colour):
    """Return the relative luminance as WCAG 2.1 defines it, of a colour from 0 to 255."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def rgb(number):
    return number >> 16 & 255, number >> 8 & 255, number & 255


@pytest.fixture
def colours(lua):
    found = lua.require("gfx_theme")
    return {name: {key: rgb(value) for key, value in plain(found[name.encode()]).items()} for name in THEMES}


@pytest.fixture(params=THEMES)
def palette(colours, request):
    return colours[request.param]


def commonest(image, box):
    counts = image.crop(tuple(map(int, box))).getcolors(1 << 20)
    return max(counts)[1]


def test_black_and_white_stand_out_by_21_to_1():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21.0)


@pytest.mark.parametrize("ink", ["text", "muted"])
@pytest.mark.parametrize("behind", BACKGROUNDS)
def test_text_can_be_read_on_everything(palette, ink, behind):
    assert contrast(palette[ink], palette[behind]) >= TEXT


@pytest.mark.parametrize("tone", ["good", "warning", "error"])
def test_a_toned_text_can_be_read_too(palette, tone):
    assert contrast(palette[tone], palette["page"]) >= TEXT


@pytest.mark.parametrize("behind", ["accent", "accent_over", "accent_down"])
def test_the_default_button_can_be_read(palette, behind):
    assert contrast(palette["on_accent"], palette[behind]) >= TEXT


@pytest.mark.parametrize("behind", ["page", "bar", "stripe", "field"])
def test_the_ring_and_the_edges_of_fields_can_be_seen(palette, behind):
    assert contrast(palette["ring"], palette[behind]) >= SHAPE
    assert contrast(palette["edge"], palette[behind]) >= SHAPE
    assert contrast(palette["accent"], palette["trough"]) >= 2.0  # the share stands beside the bar in figures


@pytest.mark.parametrize(
    ("stage", "theme", "scale"),
    [
        *((stage, *look) for look in (("DARK", 1.0), ("LIGHT", 1.0), ("DARK", 2.0)) for stage in STAGES),
        *((stage, "LIGHT", 1.0) for stage in TABS),
    ],
)
def test_the_picture_of_each_stage(blind, program, tmp_path, colours, stage, theme, scale):
    blind.theme = THEMES[theme]
    window = Window(blind, scale=scale)
    window.show(stage)
    canvas = window.canvas
    path = tmp_path / f"{stage}-{theme}-{scale}.png"
    canvas.save(path)
    with Image.open(path) as saved:
        assert saved.size == (760 * scale, 640 * scale)
        assert len(saved.convert("RGB").getcolors(1 << 20)) > 16  # not blank
    assert path.stat().st_size < 60_000
    ring = colours[theme]["ring"]
    assert sum(count for count, colour in canvas.image.getcolors(1 << 20) if colour == ring) > 200 * scale
    lines = [one for one in canvas.drawn if one.kind == "text"]
    for line in lines:
        behind = commonest(canvas.image, (line.left, line.top, line.right, line.bottom))
        assert contrast(line.colour, behind) >= TEXT, line
    assert all(one.style[0] >= 14 * scale for one in lines)


def test_with_the_mouse_there_is_no_ring(blind, program, colours):
    window = Window(blind)
    window.click("Use EQ as well as faders")
    assert colours["DARK"]["ring"] not in {colour for _, colour in window.canvas.image.getcolors(1 << 20)}


@pytest.mark.parametrize("stage", [*STAGES, *TABS])
def test_columns_and_fields_stand_in_line(blind, program, stage):
    window = Window(blind)
    window.show(stage)
    drawn = [one for one in window.canvas.drawn if one.kind == "text" and one.text != "100 %"]
    edges = {one.left for one in drawn if one.style[0] == 14}
    for one, other in combinations(sorted(edges), 2):
        assert other - one > 4, "nearly in line is not in line"
