"""Draw the pictures of the panel for the docs: ``python -m tests.pictures [FOLDER]``, from the root of the repository.

Our Lua runs over the mock DAW on the demo's song, with the real program beside it; the pictures are what its window
shows. Without FOLDER they go to docs/pictures. It takes a minute or two.
"""

import sys
import tempfile
from pathlib import Path

from bridge.demo import write_demo
from mock_daw.live import Live
from mock_daw.opening import open_session
from tests.lua_canvas import Canvas
from tests.lua_program import ROOT, RealProgram, clock
from tests.lua_reaper import LuaReaper
from tests.unit.mock_daw.reaper.desks import Silence

SCALE = 1.5
FOCUS_LIST = 9  # Tabs from the default button
SHOWN_PERCENT = 40
CALM_S = 0.4  # after a change of stage the window waits before it takes a key for a new one


def draw(folder: Path, song: Path) -> None:
    """Mix a folder of stems with the panel and keep a picture of each stage."""
    lua = LuaReaper(Live(open_session(song), Silence()), song.parent, clock=clock)
    program, canvas = RealProgram(lua, song.parent), Canvas(lua, scale=SCALE)
    lua.run("Faderbot_Auto-mix.lua")
    canvas.press(*["tab"] * FOCUS_LIST, "end", "space")
    canvas.save(folder / "panel-choose.png")
    canvas.press("s")
    program.turn_while(lambda: "Cancel" in canvas.texts() and not _is_far(canvas.texts()))
    canvas.save(folder / "panel-working.png")
    program.turn_while(lambda: "Cancel" in canvas.texts())
    assert canvas.texts()[0].startswith("Mixed "), canvas.texts()
    canvas.save(folder / "panel-mixed.png")
    for digit, letter, began, name in (
        ("3", "s", "Tuned ", "panel-tuned.png"),
        ("2", "w", "Wrote ", "panel-rhythm.png"),
    ):
        _rest(program)
        canvas.press(digit)
        _rest(program)
        canvas.press(letter)
        program.turn_while(lambda began=began: not canvas.texts()[0].startswith((began, "That did not")))
        assert canvas.texts()[0].startswith(began), canvas.texts()
        canvas.save(folder / name)
    lua.stop()
    lua.end()
    program.end()


def _rest(program: RealProgram) -> None:
    """Wait until the window takes keys again."""
    until_s = clock() + CALM_S
    program.turn_while(lambda: clock() < until_s)


def _is_far(texts: list[str]) -> bool:
    percents = [int(one.removesuffix(" %")) for one in texts if one.endswith(" %")]
    return "Planning the mix" in texts and percents[0] >= SHOWN_PERCENT


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        stems = Path(made) / "Demo"
        write_demo(stems)
        pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        draw(pictures, stems)
