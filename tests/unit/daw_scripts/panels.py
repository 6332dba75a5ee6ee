"""The panel without its drawing, and in a window, with a program that the tests play."""

from dataclasses import replace

from mock_daw.live import Live
from tests.lua_canvas import Canvas
from tests.lua_reaper import FIRST, LuaReaper, raw, text
from tests.mixes import described, previewed
from tests.unit.daw_scripts import made_documents
from tests.unit.daw_scripts.songs import surveyed
from tests.unit.daw_scripts.started import words, write
from tests.unit.mock_daw.reaper.desks import Silence

ACTION = "Faderbot_Auto-mix.lua"
STAGES = ["choose", "working", "mixed", "before", "failed"]
TABS = ["rhythm", "written", "tune", "tuned"]  # stages of the other tabs
RHYTHM_STEP = "Faderbot: rhythm (4 bars)"
NOTES = [[0.5 * beat, 0.5 * beat + 0.1, 36, 100] for beat in range(4)]
MORE = ["osara_outputMessage", "set_action_options"]


def plain(value):
    """Return a Lua value as Python has it."""
    if isinstance(value, bytes):
        return text(value)
    if not hasattr(value, "items"):
        return value
    found = {text(key): plain(one) for key, one in value.items()}
    return [found[place] for place in range(1, len(found) + 1)] if 1 in found else found


def lua_value(lua, value):
    if isinstance(value, dict):
        return lua.lua.table_from({raw(key): raw(one) for key, one in value.items()})
    return raw(value)


def document(**more):
    """Return a mix's document: the song, the bass locked, the vocal in focus, and a silent track."""
    return {**described(previewed()).model_dump(mode="json"), "notes": [], **more}


def many(live, count):
    """Return the song with so many tracks."""
    first, *_ = live.session.tracks
    tracks = tuple(replace(first, guid=f"{{{place}}}", name=f"Track {place + 1}") for place in range(count))
    return Live(replace(live.session, tracks=tracks), Silence())


class Program:
    """The program that was started last."""

    def __init__(self, lua: LuaReaper) -> None:
        self.lua = lua
        self.words, self.files = words(lua)

    def beats(self) -> "Program":
        self.files.put("bridge.json", {"beat": self.lua.now_s})
        return self

    def tells(self, stage: str, share: float) -> None:
        self.beats().files.put("progress.json", {"stage": stage, "share": share})

    def mixes(self, *, written: bool = True, **more) -> None:
        """Turn the first track's fader down by half, and tell of it."""
        changes = []
        if written:
            write(self.lua)
            guid = surveyed(self.lua.live).tracks[0].guid
            changes = [{"track": guid, "name": "Bass", "what": "fader", "found": 1.0, "wanted": 0.5}]
        ok = {"document": document(**more), "written": written, "changes": changes}
        self.beats().files.put("result.json", {"ok": ok})

    def asks(self, what: str, **more) -> dict:
        """Ask the script for something, and return its answer."""
        folder = self.files.folder
        number = 1 + len(list(folder.glob("answer-*.json")))
        self.beats().files.put(f"request-{number}.json", {"number": number, "do": what, **more})
        self.lua.step()
        return self.files.message(f"answer-{number}.json")

    def writes_rhythm(self, *, written: bool = True, **more) -> None:
        """Put notes on a new track, and tell of it."""
        if written:
            midi = {"undo_name": RHYTHM_STEP, "name": "Faderbot drums", "start_s": 0.0, "end_s": 2.0}
            assert "ok" in self.asks("add_midi", midi={**midi, "notes": NOTES, "channel": 9})
        ok = {"document": made_documents.rhythm(**more), "written": written, "changes": []}
        self.beats().files.put("result.json", {"ok": ok})

    def tunes(self, **more) -> None:
        """Turn the first track's fader down by half, and tell of it as a tuning."""
        write(self.lua)
        guid = surveyed(self.lua.live).tracks[0].guid
        changes = [{"track": guid, "name": "Bass", "what": "fader", "found": 1.0, "wanted": 0.5}]
        ok = {"document": made_documents.tuning(**more), "written": True, "changes": changes}
        self.beats().files.put("result.json", {"ok": ok})

    def undoes(self) -> None:
        """Take the last step back as the program does."""
        self.asks("undo")
        self.says("Undone: a job")

    def says(self, *lines: str) -> None:
        self.beats().files.put("result.json", {"ok": {"lines": list(lines)}})

    def fails(self, line: str) -> None:
        self.beats().files.put("result.json", {"error": line})


class Core:
    """The panel itself."""

    def __init__(self, lua: LuaReaper, project=FIRST) -> None:
        self.lua = lua
        self.relit = []
        self.p = lua.require("panel")[b"new"](project, lambda: self.relit.append(True))
        lua.deferred.append(self._turn)

    def _turn(self) -> None:
        self.p[b"turn"](self.p)
        self.lua.deferred.append(self._turn)

    def turn(self, turns: int = 1, seconds: float = 0.3) -> None:
        for _ in range(turns):
            self.lua.step(seconds)

    def act(self, name: str, value=None) -> None:
        self.p[b"act"](self.p, raw(name), lua_value(self.lua, value))

    def rows(self):
        return plain(self.p[b"rows"](self.p))

    def widgets(self):
        return [widget for row in self.rows() for widget in row]

    def widget(self, name: str):
        (found,) = [widget for widget in self.widgets() if widget.get("id") == name]
        return found

    def ids(self):
        return [widget["id"] for widget in self.widgets() if "id" in widget]

    def heading(self) -> str:
        return self.rows()[0][0]["text"]

    def texts(self):
        return [widget["text"] for widget in self.widgets() if widget["kind"] == "text"]

    def close(self) -> None:
        self.p[b"close"](self.p)

    @property
    def is_open(self) -> bool:
        return self.p[b"is_open"]

    @property
    def program(self) -> Program:
        return Program(self.lua)

    def mixed(self, **more) -> "Core":
        """Mix, up to the table."""
        self.act("start")
        self.turn()
        self.program.mixes(**more)
        self.turn(2)
        return self


class Window:
    """The panel's window."""

    def __init__(self, lua: LuaReaper, **canvas) -> None:
        self.lua = lua
        self.canvas = Canvas(lua, **canvas)
        lua.run(ACTION)
        lua.step()

    @property
    def program(self) -> Program:
        return Program(self.lua)

    def turn(self, turns: int = 3) -> None:
        for _ in range(turns):
            self.lua.step(0.3)

    def texts(self):
        self.lua.step()
        return self.canvas.texts()

    def mixed(self, **more) -> "Window":
        """Mix by keyboard, up to the table."""
        self.canvas.press("s")
        self.turn()
        self.program.mixes(**more)
        self.turn()
        return self

    def show(self, stage: str) -> None:
        """Bring the window to a stage."""
        if stage in TABS:
            self.canvas.press("2" if stage in {"rhythm", "written"} else "3")
            self.turn()
            if stage in {"written", "tuned"}:
                self.canvas.press("w" if stage == "written" else "s")
                self.turn()
                (self.program.writes_rhythm if stage == "written" else self.program.tunes)()
                self.turn()
        elif stage in {"mixed", "before"}:
            self.mixed(notes=["left out: the send of Choir"])
            if stage == "before":
                self.canvas.press("b")
        elif stage != "choose":
            self.canvas.press("s")
            self.turn()
            if stage == "working":
                self.program.tells("plan", 0.62)
            else:
                self.program.fails("there is no way to hear “Choir”: its file is missing")
            self.turn()

    def where(self, wanted: str, place: int = 0):
        """Return the middle of a text that is shown."""
        found = [one for one in self.canvas.drawn if one.kind == "text" and one.text == wanted][place]
        return (found.left + found.right) // 2, (found.top + found.bottom) // 2

    def click(self, wanted: str, place: int = 0) -> None:
        self.canvas.click(*self.where(wanted, place))
        self.lua.step()
