"""REAPER's ``gfx`` as a Lua script finds it, over an image: what is drawn can be looked at, and measured.

Names and arguments are those of reaper.com's ReaScript documentation ("Graphics", REAPER 7); every number that it
gives is floating point. What a script does beyond them goes to the script's ``troubles``, as do drawings that leave
the window.
"""

from collections import deque
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.lua_reaper import raw, text

ARGUMENTS = {
    "circle": (3, 5),
    "dock": (1, 5),
    "drawstr": (1, 4),
    "getchar": (0, 2),
    "init": (1, 6),
    "line": (4, 5),
    "measurestr": (1, 1),
    "quit": (0, 0),
    "rect": (4, 5),
    "set": (1, 6),
    "setfont": (1, 4),
    "showmenu": (1, 1),
    "triangle": (6, None),
    "update": (0, 0),
}
"""The functions that are drawn here, and how many arguments each takes."""
NOT_DRAWN = frozenset({
    "arc", "blit", "blitext", "blurto", "clienttoscreen", "deltablit", "drawchar", "drawnumber", "getdropfile",
    "getfont", "getimgdim", "getpixel", "gradrect", "lineto", "loadimg", "measurechar", "muladdrect", "printf",
    "rectto", "roundrect", "screentoclient", "setcursor", "setimgdim", "setpixel", "transformblit"
})  # fmt: skip
"""The others, which no script of ours needs."""
VARIABLES = {
    "r": 1.0,
    "g": 1.0,
    "b": 1.0,
    "a": 1.0,
    "a2": 1.0,
    "x": 0.0,
    "y": 0.0,
    "w": 0.0,
    "h": 0.0,
    "mode": 0.0,
    "clear": 0.0,
    "dest": -1.0,
    "texth": 8.0,
    "ext_retina": 0.0,
    "mouse_x": 0.0,
    "mouse_y": 0.0,
    "mouse_wheel": 0.0,
    "mouse_hwheel": 0.0,
    "mouse_cap": 0.0,
}
READ_ONLY = frozenset({"w", "h", "texth"})
LEFT, CTRL, SHIFT = 1, 4, 8
NAMED = {
    name: int.from_bytes(name.encode(), "big") for name in ("up", "down", "left", "rght", "home", "end", "pgup", "pgdn")
} | {"tab": 9, "enter": 13, "esc": 27, "space": 32}
"""Keys by name: several bytes of text in one number, the first the highest, or ASCII."""
SPECIAL = 65_536
SUPPORTED, FOCUSED, VISIBLE = 1, 2, 4
CELL_OF_EM = 1.164
"""REAPER's font size is that of the cell, as Windows' LOGFONT has it; DejaVu's is so much higher than its em."""
FINE = 4
GLUE = b"""
local get, set, call, functions = ...
local made = {}
for name in pairs(functions) do made[name] = function(...) return call(name, table.pack(...)) end end
return setmetatable({}, {
  __index = function(_, name) return made[name] or get(name) end,
  __newindex = function(_, name, value) set(name, value) end,
})
"""


@dataclass(frozen=True)
class Drawn:
    """Something that was drawn: "text", "rect", "circle", "line" or "triangle", with its bounds and colour."""

    kind: str
    left: float
    top: float
    right: float
    bottom: float
    colour: tuple[int, int, int]
    text: str = ""
    style: tuple[int, bool] = (0, False)


class Canvas:
    """The window of a script. ``scale`` is the display's, ``doubles`` whether the system scales windows itself."""

    def __init__(self, lua, *, scale=1.0, doubles=False):
        self._lua, self._scale, self._doubles = lua, scale, doubles
        self.values, self.image = dict(VARIABLES), None
        self.title, self.is_open, self.docked = "", False, 0
        self.place = (0, 0)
        self.keys, self.menus, self.choices = deque(), [], deque()
        self.frames, self.drawn, self.fonts = 0, [], {}
        self.is_focused = True
        self._font, self._is_shown = (0, False), True
        functions = lua.lua.table_from({raw(name): True for name in ARGUMENTS | dict.fromkeys(NOT_DRAWN)})
        glue = lua.lua.eval(b"function(text) return load(text, '=canvas') end")(GLUE)
        lua.globals[b"gfx"] = glue(self._read, self._write, self._call, functions)
        lua._names.add(b"gfx")

    # What a test does.

    def press(self, *names, held=0):
        """Press keys, one turn of REAPER's main loop each."""
        for name in names:
            self.keys.append(NAMED[name] if name in NAMED else ord(name))
            self.values["mouse_cap"] = held
            self._lua.step()
        self.values["mouse_cap"] = 0

    def move(self, x, y):
        self.values.update(mouse_x=x, mouse_y=y)
        self._lua.step()

    def click(self, x, y):
        """Move the mouse there, press and release its left button."""
        self.move(x, y)
        for held in (LEFT, 0):
            self.values["mouse_cap"] = held
            self._lua.step()

    def wheel(self, steps):
        self.values["mouse_wheel"] += 120 * steps
        self._lua.step()

    def resize(self, width, height):
        self._sized(width, height)
        self._lua.step()

    def shut(self):
        """Close the window as its own button does."""
        self.is_open = False
        self._lua.step()

    def texts(self):
        return [one.text for one in self.drawn if one.kind == "text"]

    def save(self, path):
        self.image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)

    # What Lua calls.

    def _read(self, name):
        name = text(name)
        if name not in self.values:
            self._lua.troubles.append(f"there is no gfx.{name}")
        return float(self.values.get(name, 0.0))

    def _write(self, name, value):
        name = text(name)
        if name not in self.values or name in READ_ONLY:
            self._lua.troubles.append(f"gfx.{name} can not be set")
        self.values[name] = value

    def _call(self, name, given):
        name = text(name)
        args = [text(given[place]) for place in range(1, given[b"n"] + 1)]
        if name in NOT_DRAWN:
            self._lua.troubles.append(f"gfx.{name} is not drawn here")
            return None
        least, most = ARGUMENTS[name]
        if len(args) < least or (most is not None and len(args) > most):
            self._lua.troubles.append(f"gfx.{name} takes {least} to {most} arguments, not {args}")
            return None
        answer = getattr(self, f"gfx_{name}")(*args)
        return tuple(map(float, answer)) if isinstance(answer, tuple) else float(answer or 0)

    # The window.

    def gfx_init(self, name, width=0, height=0, dock=0, x=0, y=0):
        if name:
            self.title = name
        if not self.is_open:
            self.is_open, self.docked = True, int(dock)
            if self.values["ext_retina"]:
                self.values["ext_retina"] = self._scale
            self.place = (int(x), int(y))
        if width and height:
            factor = self._scale if self._doubles else 1
            self._sized(int(width * factor), int(height * factor))
        return 1

    def _sized(self, width, height):
        self.values.update(w=width, h=height)
        self.image = Image.new("RGB", (width, height))
        self.drawn = []

    def gfx_quit(self):
        self.is_open = False

    def gfx_update(self):
        self._is_shown = True

    def gfx_dock(self, state, *rest):
        if state >= 0:
            self.docked = int(state)
        factor = self._scale if self._doubles else 1
        size = (round(self.values[name] / factor) for name in ("w", "h"))
        return (self.docked, *self.place, *size)[: 1 + len(rest)] if rest else self.docked

    def gfx_getchar(self, key=0, unicode=0):
        if not self.is_open:
            return -1
        if key == SPECIAL:
            return SUPPORTED | VISIBLE | (FOCUSED if self.is_focused else 0)
        return self.keys.popleft() if self.keys else 0

    def gfx_showmenu(self, items):
        self.menus.append(items)
        return self.choices.popleft() if self.choices else 0

    # The text.

    def gfx_setfont(self, index, face="", size=0, flags=0):
        if face:
            self.fonts[index] = (int(size), int(flags) == ord("b"))
        if index not in self.fonts:
            self._lua.troubles.append(f"font {index} is not set")
            return 0
        self._font = self.fonts[index]
        self.values["texth"] = float(self._font[0])
        return 1

    def gfx_measurestr(self, string):
        return font(*self._font).getlength(shown(string)), float(self._font[0])

    def gfx_drawstr(self, string, flags=0, right=0, bottom=0):
        x, y = self.values["x"], self.values["y"]
        width, height = self.gfx_measurestr(string)
        self._note("text", x, y, x + width, y + height, text=string, style=self._font)
        ImageDraw.Draw(self.image).text((x, y), shown(string), self._colour(), font(*self._font), anchor="la")
        self.values["x"] = x + width

    # The shapes.

    def gfx_set(self, r, g=None, b=None, a=1.0, mode=0, dest=None):
        self.values.update(r=r, g=r if g is None else g, b=r if b is None else b, a=a, mode=mode)

    def gfx_rect(self, x, y, width, height, filled=1):
        if width <= 0 or height <= 0:
            return
        self._note("rect", x, y, x + width, y + height)
        box = (x, y, x + width - 1, y + height - 1)
        ImageDraw.Draw(self.image).rectangle(box, **{"fill" if filled else "outline": self._colour()})

    def gfx_circle(self, x, y, radius, filled=0, antialias=1):
        bounds = (x - radius, y - radius, x + radius + 1, y + radius + 1)
        self._note("circle", *bounds)
        self._fine(bounds, lambda draw, box: draw.ellipse(box, **{"fill" if filled else "outline": 255}))

    def gfx_line(self, x, y, x2, y2, antialias=1):
        self._note("line", min(x, x2), min(y, y2), max(x, x2), max(y, y2))
        ImageDraw.Draw(self.image).line((x, y, x2, y2), self._colour())

    def gfx_triangle(self, *points):
        across, down = points[::2], points[1::2]
        bounds = (min(across), min(down), max(across) + 1, max(down) + 1)
        self._note("triangle", *bounds)

        def draw_it(draw, box):
            moved = [FINE * (at + 0.5 - bounds[place % 2]) for place, at in enumerate(points)]
            draw.polygon(moved, fill=255)

        self._fine(bounds, draw_it)

    def _fine(self, bounds, shape):
        """Draw a shape antialiased: larger, and made smaller."""
        left, top = int(bounds[0]), int(bounds[1])
        size = (int(bounds[2]) - left + 1, int(bounds[3]) - top + 1)
        mask = Image.new("L", (size[0] * FINE, size[1] * FINE))
        box = tuple(FINE * (at - edge) for at, edge in zip(bounds, (left, top) * 2, strict=True))
        shape(ImageDraw.Draw(mask), (box[0], box[1], box[2] - 1, box[3] - 1))
        self.image.paste(self._colour(), (left, top), mask.resize(size, Image.Resampling.BOX))

    def _colour(self):
        assert self.values["a"] == 1.0, "see-through colours are not drawn here"
        return tuple(round(255 * min(1.0, max(0.0, self.values[name]))) for name in "rgb")

    def _note(self, kind, left, top, right, bottom, **more):
        """Keep what is drawn; what comes after an update begins a new frame."""
        if self._is_shown:
            self.drawn, self._is_shown = [], False
            self.frames += 1
        if left < 0 or top < 0 or right > self.values["w"] or bottom > self.values["h"]:
            self._lua.troubles.append(f"{kind} {more.get('text', '')} {left},{top},{right},{bottom} is outside")
        self.drawn.append(Drawn(kind, left, top, right, bottom, self._colour(), **more))


def shown(string):
    """Return a text with a sign in the place of bytes that are no UTF-8."""
    return raw(string).decode("utf-8", "replace")


@cache
def font(size, is_bold):
    """Return DejaVu, which comes with matplotlib."""
    (folder,) = find_spec("matplotlib").submodule_search_locations
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(folder) / "mpl-data" / "fonts" / "ttf" / name, size / CELL_OF_EM)
