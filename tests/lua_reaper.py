"""REAPER as a Lua script finds it: the ``reaper`` table over the mock DAW's functions, a clock and a ``defer`` of ours.

Texts are bytes on their way, as Lua's are. Whatever a script does that REAPER would not understand goes to
``troubles``, which ``end`` holds to be empty.
"""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from lupa import lua54

from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.api import FUNCTIONS, Functions
from tests.lua_api import EXTENSIONS, LUA_ONLY, PROTOTYPES

SCRIPTS = Path(__file__).parents[1] / "daw_scripts" / "reaper"
COMMAND = 54_321
CALL_S = 0.0001
GLUE = b"""
local call, fill, known = ...
local handles, reaper = {}, {}

local function same(...)
  local found = table.pack(...)
  for place = 1, found.n do
    if type(found[place]) == 'userdata' then
      local name = tostring(found[place])
      handles[name] = handles[name] or found[place]
      found[place] = handles[name]
    end
  end
  return table.unpack(found, 1, found.n)
end

for name in pairs(known) do reaper[name] = function(...) return same(call(name, table.pack(...))) end end

function reaper.new_array(size)
  local values = {}
  for place = 1, size do values[place] = 99.0 end
  return {
    clear = function() for place = 1, size do values[place] = 0.0 end end,
    table = function() return values end,
    set = function(found) for place = 1, #found do values[place] = found[place] end end,
    size = size,
  }
end

if reaper.GetAudioAccessorSamples then
  function reaper.GetAudioAccessorSamples(accessor, rate, channels, start, samples, array)
    assert(array.size == channels * samples, 'the array has another size')
    local result, values = fill(accessor, rate, channels, start, samples)
    if result > 0 then array.set(values) end
    return result
  end
end

return setmetatable(reaper, {__index = function(_, name) return call('?', {name}) end})
"""


@dataclass(frozen=True)
class Handle:
    """A pointer of REAPER's, for Lua a light userdata."""

    text: str

    def __str__(self):
        return self.text


FIRST, SECOND = Handle("(ReaProject*)0x0000000000000010"), Handle("(ReaProject*)0x0000000000000020")
"""Project tabs. The mock has one session, which is in both: what is to leave the second alone leaves it alone."""


def text(value):
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def raw(value):
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


class LuaReaper:
    """A script's own Lua, and REAPER around it. ``missing`` are functions that it has not, ``more`` some beyond."""

    def __init__(self, live, folder, *, missing=(), more=(), clock=None):
        self.live, self.folder = live, folder
        self.functions = Functions(live, Actions(live), resource_path=str(folder))
        self.now_s, self._clock, self.call_s = 0.0, clock, 0.0
        self.first = None  # of several scripts in one REAPER
        self.open_projects, self.front = [FIRST], FIRST
        self.box_answers, self.chosen_files, self._listings = deque(), deque(), {}
        self.troubles, self.called, self.console, self.spoken, self.boxes = [], [], [], [], []
        self.commands, self.answers, self.asked = [], deque(), []
        self.toggles, self.broken, self.kept, self.kept_elsewhere = {}, {}, {}, {}
        self.deferred, self.at_exit = [], []
        self.script, self.spawn = "", None
        self.theme, self.actions = 0x333333, []
        self.system = "Other"
        self._missing = frozenset(missing) | {
            name for name in PROTOTYPES if not (name in FUNCTIONS or hasattr(self, name) or name in more)
        }
        self.lua = lua54.LuaRuntime(encoding=None, unpack_returned_tuples=True)
        offered_names = (set(PROTOTYPES) | {"atexit", "defer", "get_action_context"} | set(more)) - self._missing
        known = self.lua.table_from({raw(name): True for name in offered_names})
        glue = self.lua.eval(b"function(text) return load(text, '=glue') end")(GLUE)
        self.globals = self.lua.globals()
        self.globals[b"reaper"] = glue(self._call, self._samples, known)
        package = self.globals[b"package"]
        package[b"path"] = raw(f"{SCRIPTS}/?.lua")
        self._names = set(self.globals)

    # What a test does.

    def require(self, name):
        found = self.globals[b"require"](raw(f"Faderbot.{name}"))
        return found[0] if isinstance(found, tuple) else found  # the first time Lua 5.4 tells from where, too

    def run(self, script):
        """Run an action."""
        self.script = str(SCRIPTS / script)
        load = self.lua.eval(b"function(path) return assert(loadfile(path)) end")
        load(raw(self.script))()

    def step(self, seconds=0.01):
        """Do a turn of REAPER's main loop."""
        (self.first or self).now_s += seconds
        turn, self.deferred = self.deferred, []
        for one in turn:
            one()
        return bool(self.deferred)

    def end(self):
        """Hold that the script did nothing that REAPER does not know, and left nothing behind."""
        assert self.troubles == []
        assert set(self.globals) == self._names

    def stop(self):
        """End the script as REAPER does when its action is run again."""
        self.deferred = []
        for one in self.at_exit:
            one()

    def said(self):
        return [*self.console, *self.spoken]

    # What Lua calls.

    def _call(self, name, given):
        name = text(name)
        if name == "?":
            return self._unknown(text(given[1]))
        count = given[b"n"]
        args = [text(given[place]) for place in range(1, count + 1)]
        self.called.append(name)
        self.now_s += self.call_s
        if name in PROTOTYPES:
            self._check(PROTOTYPES[name], args)
        if name in self.broken:
            return self._back(self.broken[name](*args))
        own = getattr(self, name, None)
        return self._back(own(*args) if own else self._mock(PROTOTYPES[name], args))

    def _unknown(self, name):
        if name not in EXTENSIONS | LUA_ONLY | self._missing:
            self.troubles.append(f"there is no reaper.{name}")

    def _check(self, prototype, args):
        given = prototype.given
        if len(args) != len(given):
            self.troubles.append(f"{prototype.name} takes {[p.name for p in given]}, not {args}")
        for parameter, value in zip(given, args, strict=False):
            if not _fits(parameter.kind, value):
                self.troubles.append(f"{prototype.name}: {parameter.name} is {parameter.kind}, not {value!r}")

    def _mock(self, prototype, args):
        rest = iter(args)
        whole = [_python(p.kind, next(rest)) if p.given else p.blank for p in prototype.parameters]
        try:
            answer = self.functions.call(prototype.name, whole)
        except AttributeError as error:
            if "decode" not in str(error):
                raise
            return None
        returned = [place for place, p in enumerate(prototype.parameters) if p.returned]
        if not returned:
            result = answer[0] if isinstance(answer, tuple | list) else answer
            return self._value(prototype.result, result, args)
        head = len(answer) - len(prototype.parameters)
        outs = [self._value(prototype.parameters[k].kind, answer[head + k], args) for k in returned]
        return (self._value(prototype.result, answer[0], args), *outs) if head else tuple(outs)

    def _value(self, kind, value, args):
        if "P_DESTTRACK" in args:
            value, kind = f"(MediaTrack*)0x{int(value):016X}", "MediaTrack*"
        if kind in {"bool", "bool*"}:
            return bool(value)
        if kind in {"const char*", "char*", "GUID*"} or not isinstance(value, str):
            return value
        return None if int(value.rpartition("0x")[2], 16) == 0 else Handle(value)

    def _back(self, answer):
        return tuple(map(raw, answer)) if isinstance(answer, tuple) else raw(answer)

    def _samples(self, accessor, rate_hz, channels, start_s, samples):
        self.called.append("GetAudioAccessorSamples")
        self._check(PROTOTYPES["GetAudioAccessorSamples"], [accessor, rate_hz, channels, start_s, samples, None])
        if "GetAudioAccessorSamples" in self.broken:
            return self.broken["GetAudioAccessorSamples"](), None
        args = (str(accessor), rate_hz, channels, start_s, samples, channels * samples)
        result, values = self.functions.call("GetAudioAccessorSamples", args)
        return result, self.lua.table_from([float(value) for value in values])

    # REAPER beside the project.

    def EnumProjects(self, index):  # noqa: N802
        assert index == -1
        answer = self.functions.call("EnumProjects", [index, "", 4096])
        return self.front, answer[2]

    def time_precise(self):
        self.now_s += CALL_S
        return self.now_s if self._clock is None else self._clock()

    def defer(self, function):
        self.deferred.append(function)

    def atexit(self, function):
        self.at_exit.append(function)

    def get_action_context(self):
        return False, self.script, 0, COMMAND, -1, -1, -1, ""

    def set_action_options(self, flags):
        self.toggles["options"] = flags

    def SetToggleCommandState(self, section, command, state):  # noqa: N802
        self.toggles[section, command] = state
        return True

    def ShowConsoleMsg(self, message):  # noqa: N802
        self.console.append(message)

    def osara_outputMessage(self, message):  # noqa: N802
        self.spoken.append(message)

    def ShowMessageBox(self, message, title, kind):  # noqa: N802
        self.boxes.append(message)
        return self.box_answers.popleft() if self.box_answers else 1

    def GetOS(self):  # noqa: N802
        return self.system

    def GetThemeColor(self, key, flags):  # noqa: N802
        return self.theme

    def Main_OnCommand(self, command, flag):  # noqa: N802
        self.actions.append(command)

    def GetUserInputs(self, title, count, captions, values):  # noqa: N802
        self.asked.append((title, count, captions, values))
        return (True, self.answers.popleft()) if self.answers else (False, values)

    def ExecProcess(self, command, timeout_ms):  # noqa: N802
        self.commands.append((command, timeout_ms))
        if self.spawn:
            self.spawn(command)

    def RecursiveCreateDirectory(self, path, ignored):  # noqa: N802
        Path(path).mkdir(parents=True, exist_ok=True)
        return 1

    def GetProjExtState(self, project, section, key):  # noqa: N802
        found = self._kept_in(project).get((section, key), "")
        return len(found), found

    def SetProjExtState(self, project, section, key, value):  # noqa: N802
        self._kept_in(project)[section, key] = value
        return len(value)

    def _kept_in(self, project):
        return self.kept if project == FIRST else self.kept_elsewhere

    def ValidatePtr2(self, project, pointer, kind):  # noqa: N802
        if kind == "ReaProject*":
            return pointer in self.open_projects
        return self._mock(PROTOTYPES["ValidatePtr2"], [project, pointer, kind])

    def GetUserFileNameForRead(self, name, title, extension):  # noqa: N802
        return (True, self.chosen_files.popleft()) if self.chosen_files else (False, name)

    def EnumerateFiles(self, folder, index):  # noqa: N802
        return self._listed("files", folder, index, Path.is_file)

    def EnumerateSubdirectories(self, folder, index):  # noqa: N802
        return self._listed("folders", folder, index, Path.is_dir)

    def _listed(self, what, folder, index, is_wanted):
        """Return a name of the listing that REAPER remembers until it is asked for number -1."""
        if index == -1 or (what, folder) not in self._listings:
            paths = Path(folder).iterdir() if Path(folder).is_dir() else ()
            self._listings[what, folder] = sorted(path.name for path in paths if is_wanted(path))
        names = self._listings[what, folder]
        return names[index] if 0 <= index < len(names) else None

    def beside(self, *, more=()):
        """Return another script in the same REAPER: its clock, projects and what is kept are this one's."""
        other = LuaReaper(self.live, self.folder, more=more, clock=self.time_precise)
        other.first, other.kept = self, self.kept
        other.open_projects, other.console = self.open_projects, self.console
        other.spoken, other.front = self.spoken, self.front
        return other


def _fits(kind, value):
    match kind:
        case "bool" | "const bool*":
            return isinstance(value, bool)
        case "int" | "size_t":
            return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        case "double":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "const char*" | "char*":
            return isinstance(value, str)
        case "double*":
            return True
    is_active = kind == "ReaProject*" and value is None
    return is_active or (isinstance(value, Handle) and (kind == "void*" or value.text.startswith(f"({kind})")))


def _python(kind, value):
    if isinstance(value, Handle):
        return value.text
    return int(value) if kind == "int" else value


def as_lua(lua, value):
    """Return JSON's values as our codec has them: lists are marked."""
    json = lua.require("json")
    if value is None:
        return json[b"null"]
    if isinstance(value, dict):
        return lua.lua.table_from({raw(key): as_lua(lua, one) for key, one in value.items()})
    if isinstance(value, list | tuple):
        return json[b"list"](lua.lua.table_from([as_lua(lua, one) for one in value]))
    return raw(value)
