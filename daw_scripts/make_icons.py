"""The button's toolbar icons, drawn: ``python -m daw_scripts.make_icons`` writes daw_scripts/reaper/toolbar_icons.

REAPER takes a PNG of three square cells side by side, for a button at rest, under the mouse and pressed: 30 pixels high
in ``Data/toolbar_icons``, 45 in ``150`` and 60 in ``200`` below it under the same name. ``NAME_on.png`` is the same for
an action that is switched on (as reaper-icon-creator and helgobox install theirs; Cockos' page on theme images, "sliced
button", has the three cells).

An icon has a plate of its own, so that it can be told from a dark toolbar and from a light one. The states differ
without their colours: under the mouse a frame is added, pressed the glyph is dark on a light plate and one unit lower,
switched on a bar is lit along the bottom.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

FOLDER = Path(__file__).parent / "reaper" / "toolbar_icons"
SIZES = {"": 30, "150": 45, "200": 60}
"""Height in pixels of the icons in a folder below ``FOLDER``."""
UNITS = 30
FINE = 8  # drawn so many times larger, then averaged: the edges are smooth

Point = tuple[float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A filled rectangle with round corners, in units of a thirtieth of the icon."""

    left: float
    top: float
    right: float
    bottom: float
    radius: float = 0.0


@dataclass(frozen=True)
class Shape:
    """A filled polygon."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Stroke:
    """A line with round ends and corners."""

    points: tuple[Point, ...]
    width: float


@dataclass(frozen=True)
class Without:
    """What is cut out of all that was drawn before."""

    part: Box | Shape | Stroke


Part = Box | Shape | Stroke | Without


@dataclass(frozen=True)
class Look:
    """How one state looks: the plate from top to bottom, its edge, the frame inside it, the glyph and the bar."""

    plate: tuple[Colour, Colour]
    edge: Colour
    glyph: Colour
    frame: Colour | None = None
    bar: Colour | None = None
    lower: float = 0.0


def arc(centre: Point, radius: float, start_deg: float, end_deg: float) -> tuple[Point, ...]:
    """Return points on a circle, clockwise from the right as seen."""
    steps = max(2, round(abs(end_deg - start_deg) / 3))
    angles = (math.radians(start_deg + (end_deg - start_deg) * k / steps) for k in range(steps + 1))
    return tuple((centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)) for angle in angles)


def star(centre: Point, radius: float) -> Shape:
    """Return a star of four points."""
    points = [
        (centre[0] + reach * math.cos(k * math.pi / 4), centre[1] + reach * math.sin(k * math.pi / 4))
        for k, reach in enumerate([radius, radius * 0.36] * 4)
    ]
    return Shape(tuple(points))


def fader(x: float, cap: float, top: float, bottom: float) -> tuple[Part, ...]:
    """Return a fader's slot with its cap at a height."""
    slot = Box(x - 1, top, x + 1, bottom, 1)
    return slot, Without(Box(x - 4, cap - 3, x + 4, cap + 3, 1)), Box(x - 3, cap - 2, x + 3, cap + 2, 1)


LETTER_A = Stroke(((5.0, 20.5), (8.5, 9.5), (12.0, 20.5)), 2), Box(6, 16, 11, 18)
LETTER_B = (
    Stroke(((19, 9.5), (19, 20.5)), 2),
    Stroke(((19, 9.5), *arc((21.2, 12.1), 2.6, -90, 90), (19, 14.7)), 2),
    Stroke(((19, 14.7), *arc((21.6, 17.6), 2.9, -90, 90), (19, 20.5)), 2),
)
BEATS = ((0, 0), (2, 0), (1, 1), (3, 1), (0, 2), (2, 2), (3, 2))  # steps of three drums: column and row
RESTS = tuple((column, row) for column in range(4) for row in range(3) if (column, row) not in BEATS)
GLYPHS: dict[str, tuple[Part, ...]] = {
    "faderbot_auto_mix": (
        *fader(8, 17, 6, 24),
        *fader(15, 12, 6, 24),
        *fader(22, 19, 14, 24),
        star((22, 8.5), 5),
    ),
    "faderbot_compare": (*LETTER_A, *LETTER_B, Box(15, 7, 16, 23)),
    "faderbot_learn": (
        Shape(((15, 5), (27, 11), (15, 17), (3, 11))),
        Shape(((8, 15), (15, 18.5), (22, 15), (22, 20), (15, 23.5), (8, 20))),
        Stroke(((25.5, 12), (25.5, 20)), 1.8),
    ),
    "faderbot_rhythm": (
        *(Box(4 + 6 * column, 5 + 7 * row, 8 + 6 * column, 10 + 7 * row, 1) for column, row in BEATS),
        *(Box(4 + 6 * column, 9 + 7 * row, 8 + 6 * column, 10 + 7 * row) for column, row in RESTS),
    ),
    "faderbot_tune": (
        Stroke(tuple((x / 2, 20.5 - 11 * math.exp(-(((x / 2 - 15) / 4) ** 2))) for x in range(11, 50)), 2),
        Without(Box(11.5, 6, 18.5, 13, 3.5)),
        Box(12.5, 7, 17.5, 12, 2.5),
    ),
    "faderbot_undo": (
        Stroke(((9, 11), (17.5, 11), *arc((17.5, 16.5), 5.5, -90, 90), (11, 22)), 2.4),
        Shape(((4.5, 11), (11, 5.5), (11, 16.5))),
    ),
}
"""What is on an icon, by its name, in a square of 30 by 30 units."""

DARK, LIGHT = (24, 27, 31), (240, 242, 244)
LAMP = (255, 190, 60)
OFF = (
    Look(plate=((74, 80, 88), (56, 61, 68)), edge=DARK, glyph=(222, 226, 230)),
    Look(plate=((98, 106, 116), (78, 85, 94)), edge=DARK, glyph=(255, 255, 255), frame=(205, 211, 218)),
    Look(plate=((196, 201, 206), (222, 226, 230)), edge=DARK, glyph=DARK, lower=1),
)
ON = (
    Look(plate=((28, 31, 35), (40, 44, 49)), edge=DARK, glyph=LAMP, bar=LAMP),
    Look(plate=((46, 50, 56), (58, 63, 70)), edge=DARK, glyph=(255, 214, 130), frame=LAMP, bar=LAMP),
    Look(plate=((255, 200, 90), (255, 214, 130)), edge=DARK, glyph=DARK, bar=DARK, lower=1),
)


def strip(glyph: tuple[Part, ...], looks: tuple[Look, ...], size: int) -> Image.Image:
    """Return an icon of one size: a cell for each look, side by side."""
    image = Image.new("RGBA", (size * len(looks), size))
    for k, look in enumerate(looks):
        image.paste(_cell(glyph, look, size), (k * size, 0))
    return image


def icons() -> Iterator[tuple[str, Image.Image]]:
    """Return every icon by its path in ``toolbar_icons``, with slashes."""
    for folder, size in SIZES.items():
        for name, glyph in GLYPHS.items():
            for suffix, looks in (("", OFF), ("_on", ON)):
                yield f"{folder}/{name}{suffix}.png".lstrip("/"), strip(glyph, looks, size)


def _cell(glyph: tuple[Part, ...], look: Look, size: int) -> Image.Image:
    cell = Image.new("RGBA", (size, size))
    edge, plate = Box(1, 1, 29, 29, 4), Box(2, 2, 28, 28, 3)
    _layer(cell, _mask((edge,), size), look.edge)
    _layer(cell, _mask((plate,), size), *look.plate)
    if look.frame is not None:
        _layer(cell, _mask((plate, Without(Box(3, 3, 27, 27, 2))), size), look.frame)
    if look.bar is not None:
        _layer(cell, _mask((Box(5, 24, 25, 26, 1),), size, look.lower), look.bar)
    _layer(cell, _mask(glyph, size, look.lower - (look.bar is not None)), look.glyph)
    return cell


def _layer(cell: Image.Image, mask: Image.Image, top: Colour, bottom: Colour | None = None) -> None:
    """Lay a colour over a cell, or one that changes from top to bottom."""
    bottom = bottom or top
    colours = Image.new("RGB", (1, cell.height))
    for y in range(cell.height):
        share = y / (cell.height - 1)
        colours.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)))
    layer = colours.resize(cell.size, Image.Resampling.NEAREST).convert("RGBA")
    layer.putalpha(mask)
    cell.alpha_composite(layer)


def _mask(parts: tuple[Part, ...], size: int, lower: float = 0.0) -> Image.Image:
    """Return how much of each pixel the parts cover."""
    scale = size * FINE / UNITS
    fine = Image.new("L", (size * FINE, size * FINE))
    for part in parts:
        added = Image.new("L", fine.size)
        _draw(ImageDraw.Draw(added), part.part if isinstance(part, Without) else part, scale, lower)
        fine = ImageChops.subtract(fine, added) if isinstance(part, Without) else ImageChops.lighter(fine, added)
    return fine.reduce(FINE)


def _draw(draw: ImageDraw.ImageDraw, part: Box | Shape | Stroke, scale: float, lower: float) -> None:
    def at(point: Point) -> Point:
        return round(point[0] * scale), round((point[1] + lower) * scale)

    if isinstance(part, Box):
        (left, top), (right, bottom) = at((part.left, part.top)), at((part.right, part.bottom))
        draw.rounded_rectangle((left, top, right - 1, bottom - 1), part.radius * scale, fill=255)
    elif isinstance(part, Shape):
        draw.polygon([at(point) for point in part.points], fill=255)
    else:
        points, half = [at(point) for point in part.points], part.width * scale / 2
        draw.line(points, fill=255, width=round(2 * half))
        for x, y in points:
            draw.ellipse((x - half, y - half, x + half, y + half), fill=255)


def main() -> int:
    """Write the icons."""
    for name, image in icons():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, optimize=True)
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
