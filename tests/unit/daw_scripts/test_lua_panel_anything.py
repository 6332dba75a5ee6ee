"""Whatever is done to the panel, in any order: no error, nothing outside the window, and the mix up at the end."""

import json

import numpy as np
import pytest

from tests.lua_canvas import NAMED
from tests.lua_reaper import LuaReaper
from tests.unit.daw_scripts.panels import MORE, Window, many

DEEDS = 150
LETTERS = ["b", "k", "p", "s", "r", "x", "1", "2", "3", "w", "a", "u", "l"]


class User:
    """Does one thing after another. Owns the chance."""

    def __init__(self, lua, window, rng):
        self.lua, self.window, self.canvas, self.rng = lua, window, window.canvas, rng

    def __call__(self):
        deeds = [self.key] * 10 + [self.click] * 5 + [self.program] * 4
        deeds += [self.wheel, self.resize, self.wait, self.record]
        self.rng.choice(deeds)()

    def key(self):
        names = [name for name in NAMED if name != "esc" or self.rng.random() < 0.2]
        self.canvas.press(str(self.rng.choice(names + LETTERS)), held=int(self.rng.choice([0, 0, 8])))

    def click(self):
        self.canvas.choices.append(int(self.rng.integers(3)))
        self.canvas.click(int(self.rng.integers(self.canvas.values["w"])), int(self.rng.integers(1000)))

    def wheel(self):
        self.canvas.wheel(int(self.rng.integers(-4, 5)))

    def resize(self):
        self.canvas.resize(int(self.rng.integers(30, 900)), int(self.rng.integers(30, 900)))

    def wait(self):
        self.window.turn()

    def record(self):
        (self.lua.live.record if self.rng.random() < 0.5 else self.lua.live.stop)()

    def program(self):
        """Let the program tell something, where one is at work and was not told anything yet."""
        if not self.lua.commands:
            return
        program = self.window.program
        is_new = program.files.folder.exists() and not (program.files.folder / "answer-1.json").exists()
        if "Cancel" not in self.window.texts() or not is_new:
            return
        tells = [
            lambda: program.tells("hear", float(self.rng.random())),
            lambda: program.says("Undone: a mix"),
            lambda: program.fails("no " * 80),
        ]
        if program.words[1] == "mix":
            tells += [program.mixes, lambda: program.mixes(written=False)]
        if program.words[1] == "rhythm":
            tells += [program.writes_rhythm, lambda: program.writes_rhythm(written=False, bars=1)]
        if program.words[1] == "tune":
            tells += [program.tunes]
        self.rng.choice(tells)()
        self.window.turn()


@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_is_done_breaks_it(live, tmp_path, program, seed):
    rng = np.random.default_rng(seed)
    lua = LuaReaper(many(live, int(rng.choice([1, 3, 40]))), tmp_path, more=MORE)
    user = User(lua, Window(lua, scale=float(rng.choice([1.0, 1.25, 2.0]))), rng)
    for _ in range(DEEDS):
        if lua.deferred:
            user()
    lua.stop()
    lua.end()
    heard = lua.kept.get(("Faderbot", "heard"))
    assert not heard or json.loads(heard)["shown"] == "after"
