"""ReaImGui as a script finds it, strictly: begins and ends, ids, rows and arguments are checked; a user plays.

Whatever ReaImGui would not take goes to the ``troubles`` of the ``LuaReaper`` that it is put into. What is modelled of
its behaviour is said by its own help texts (api/*.cpp) and by Dear ImGui (imgui.cpp): End is called only after a Begin
that said true; an item that is gone keeps the focus but has none; Esc closes a list before the script sees the key, and
else takes the focus away, so that Tab finds none; the mouse takes the focus along but hides its frame, and without the
frame Space and Enter work no item; Tab begins to type in a slider. The last four were tried with Dear ImGui 1.92.
"""

import re

from tests.lua_imgui_api import ENUMS, FUNCTIONS, VALUES, version
from tests.lua_imgui_frame import Context, Font, Item, Table, navigate
from tests.lua_reaper import raw, text

LOADER = "local init = reaper.ImGui__init\nreturn function(wanted) return init(wanted) end\n"
ENDS = {
    "End": "window",
    "EndCombo": "list",
    "EndTable": "table",
    "EndDisabled": "disabled",
    "PopFont": "font",
    "PopStyleColor": "colour",
}
FONT_HEIGHT, LETTER_WIDTH = 15.0, 7.0


class ImguiError(Exception):
    """What ends a script's call."""


class Imgui:
    """ReaImGui in a REAPER, and its user. Each turn of REAPER's main loop is a frame."""

    def __init__(self, lua, folder, *, extension="0.9.3", is_hidden=False, width=640.0):
        self.lua, self.extension, self.is_hidden, self.width = lua, version(extension), is_hidden, width
        self.contexts, self.calls, self.failing = [], [], {}
        self.is_front, self._closing, self._events = True, False, []
        self._step, lua.step = lua.step, self._turn
        reaper = lua.globals[b"reaper"]
        reaper[b"ImGui_CreateContext"] = self._call_of("CreateContext")
        if self.extension >= (0, 9):
            (folder / "imgui.lua").write_text(LOADER)
            reaper[b"ImGui_GetBuiltinPath"] = lambda: raw(str(folder))
            reaper[b"ImGui__init"] = self._init

    # What a test does.

    def frame(self, seconds=0.03):
        """Do a turn and return what was drawn, line by line."""
        self.lua.step(seconds)
        return self.drawn()

    def _turn(self, seconds=0.01):
        self._beat()
        for context in self.contexts:
            context.is_used = False
            context.begin_frame()
        events, self._events = self._events, []
        for event in events:
            event(self.context)
        goes_on = self._step(seconds)
        self._beat()
        self._closing = False
        for context in self.contexts:
            context.is_alive &= context.is_used
            context.pressed, context.tweak, context.typed, context.keys, context.mods = None, 0.0, None, frozenset(), 0
        return goes_on

    def drawn(self):
        """Return what the last frame drew, an open list last."""
        return self.context.lines + self.context.inner if self.contexts else []

    @property
    def context(self):
        return self.contexts[-1]

    def item(self, label):
        """Return the item of this visible label in the last frame, one of the open list first."""
        found = [item for item in reversed(self.context.items) if item.label == label]
        assert found, f"no item “{label}” among {[item.label for item in self.context.items]}"
        return found[0]

    def click(self, label):
        """Click on an item, in a frame."""
        wanted = self.item(label)

        def event(context):
            context.pressed, context.focus, context.is_focus_shown = wanted.id, wanted.id, False

        return self._play(event)

    def choose(self, label, option):
        """Open a list and click on one of its options."""
        self.click(label)
        self.click(option)
        return self.frame()

    def drag(self, label, value):
        """Take a slider and pull it to a value, without letting go."""
        wanted = self.item(label)

        def event(context):
            context.drag, context.active, context.focus = (wanted.id, value), wanted.id, wanted.id

        return self._play(event)

    def release(self):
        """Let go."""

        def event(context):
            context.drag = context.active = None

        return self._play(event)

    def type(self, value):
        """Type a number where the keys write."""

        def event(context):
            assert context.is_typing
            context.typed = value

        return self._play(event)

    def press(self, key, mods=0):
        """Press a key; Tab, the arrows, Space, Enter and Escape do what Dear ImGui does with them."""

        def event(context):
            context.keys, context.mods = frozenset({key}), mods
            navigate(context, key)

        return self._play(event)

    def close(self):
        """Click on the window's own button to close it."""
        self._closing = True
        return self.frame()

    def _play(self, event):
        self._events.append(event)
        return self.frame()

    @property
    def focused(self):
        """The visible label of the item in focus."""
        return next((item.label for item in self.context.items if item.id == self.context.focus), None)

    # What Lua calls.

    def _init(self, wanted):
        asked = version(text(wanted))
        if asked > self.extension:
            raise ImguiError(f"reaper_imgui: version {text(wanted)} is not available")
        known = {name: self._call_of(name) for name, function in FUNCTIONS.items() if function.since <= asked}
        known |= {name: VALUES[name] for name, since in ENUMS.items() if since <= asked}
        make = self.lua.lua.eval(
            b"function(known, miss) return setmetatable(known, {__index = function(_, key) miss(key) end}) end"
        )
        return make(self.lua.lua.table_from({raw(name): value for name, value in known.items()}), self._miss)

    def _miss(self, name):
        raise self._trouble(f"attempt to access a nil value (field '{text(name)}')")

    def _trouble(self, words):
        self.lua.troubles.append(words)
        return ImguiError(words)

    def _call_of(self, name):
        def call(*args):
            return self._call(FUNCTIONS[name], [text(value) for value in args])

        return call

    def _call(self, function, args):
        self.calls.append(function.name)
        given = function.given
        args += [None] * (len(given) - len(args))
        if len(args) > len(given) or not all(p.fits(value) for p, value in zip(given, args, strict=False)):
            raise self._trouble(f"{function.name} takes {[p.name for p in given]}, not {args}")
        if given and given[0].kind == "Context":
            self._enter(function.name, args[0])
        return self._back(getattr(self, function.name)(*args))

    def _enter(self, name, context):
        if not context.is_alive:
            raise ImguiError(f"ImGui_{name}: expected a valid ImGui_Context*")
        if name in self.failing:
            context.is_alive, context.has_failed = not self.failing.pop(name), True
            raise ImguiError(f"ImGui_{name}: it fails")
        context.is_used = True
        context.is_framed |= name != "Attach"

    def _back(self, answer):
        return tuple(map(raw, answer)) if isinstance(answer, tuple) else raw(answer)

    def _beat(self):
        for context in self.contexts:
            if not context.is_framed:
                continue
            context.is_framed = False
            if context.is_alive and context.stack:
                self.lua.troubles.append(f"left without an end: {[entry[0] for entry in context.stack]}")
            context.has_appeared = True
            if context.wanted:
                context.focus = context.wanted

    def _push(self, context, *entry):
        context.stack.append(entry)

    def _pop(self, context, name):
        if not context.stack or context.stack[-1][0] != ENDS[name]:
            raise self._trouble(f"{name} without its begin: {context.stack}")
        return context.stack.pop()

    def _show(self, context, words):
        if context.is_in_table:
            cells = context.table.cells
            if not cells or cells[-1] is not None:
                raise self._trouble(f"“{words}” is in no cell of its own")
            cells[-1] = words
        elif context.combo:
            context.inner.append(words)
        elif context.is_beside:
            context.lines[-1] += f"   {words}"
        else:
            context.lines.append(words)
        context.is_beside = context.is_beside and bool(context.combo)

    def _item(self, context, label, kind, after="", before=""):
        if not context.path:
            raise self._trouble(f"“{label}” is in no window")
        visible, _, _ = label.partition("##")
        own = label[label.index("###") :] if "###" in label else label
        item = Item((context.path, own), visible, kind, context.is_off)
        if any(one.id == item.id for one in context.items):
            raise self._trouble(f"two items of the id {own!r}")
        if not visible:
            raise self._trouble(f"an item without a label: {label!r}")
        context.items.append(item)
        context.last = item
        if context.next_wants_focus:
            context.wanted, context.next_wants_focus = item.id, False
        mark = "▸" if item.id == context.focus else ""
        self._show(context, mark + before + visible + after + (" [off]" if item.is_off else ""))
        return context.pressed == item.id and not item.is_off

    # The functions. Names and order of arguments are ReaImGui's.

    def CreateContext(self, label, config_flags):  # noqa: N802
        assert label
        self.config = {name for name, value in VALUES.items() if name.startswith("Config") and value & config_flags}
        self.contexts.append(Context())
        return self.contexts[-1]

    def ValidatePtr(self, pointer, kind):  # noqa: N802
        return kind == "ImGui_Context*" and isinstance(pointer, Context) and pointer.is_alive

    def CreateFont(self, family, size, flags):  # noqa: N802
        return Font()

    def Attach(self, context, thing):  # noqa: N802
        if context.is_framed:
            raise self._trouble("a font is attached within a frame")
        context.fonts.append(thing)

    def PushFont(self, context, font):  # noqa: N802
        if font not in context.fonts:
            raise self._trouble("the font is not attached")
        self._push(context, "font")

    def PopFont(self, context):  # noqa: N802
        self._pop(context, "PopFont")

    def GetFontSize(self, context):  # noqa: N802
        return FONT_HEIGHT

    def SetNextWindowSize(self, context, width, height, cond):  # noqa: N802
        if cond != VALUES["Cond_FirstUseEver"]:
            raise self._trouble("the user's size of the window is not kept")

    def Begin(self, context, name, is_open, flags):  # noqa: N802
        if self.is_hidden:
            return False, not self._closing
        self._push(context, "window", name)
        context.lines.append(f"window {name}")
        return True, not self._closing

    def End(self, context):  # noqa: N802
        self._pop(context, "End")
        if not context.has_appeared:
            reachable = context.reachable()
            context.focus = context.default or (reachable[0].id if reachable else None)

    def IsWindowFocused(self, context, flags):  # noqa: N802
        return self.is_front

    def GetContentRegionAvail(self, context):  # noqa: N802
        taken = re.sub(r"▸| \[\w+\]", "", context.lines[-1]) if context.is_beside else ""
        return self.width - LETTER_WIDTH * len(taken), 400.0

    def SeparatorText(self, context, label):  # noqa: N802
        self._show(context, f"== {label} ==")

    def SameLine(self, context, offset, spacing):  # noqa: N802
        context.is_beside = True

    def NewLine(self, context):  # noqa: N802
        context.is_beside = False

    def Spacing(self, context):  # noqa: N802
        context.is_beside = False

    def GetCursorPosX(self, context):  # noqa: N802
        return 8.0

    def SetCursorPosX(self, context, x):  # noqa: N802
        pass

    def GetCursorScreenPos(self, context):  # noqa: N802
        return 100.0, 200.0

    def Dummy(self, context, width, height):  # noqa: N802
        assert width > 0.0
        assert height > 0.0
        rects, self.rects = self.rects, []
        for left, top, right, bottom in rects:
            if not (100.0 <= left < right <= 100.0 + width and 200.0 <= top < bottom <= 200.0 + height):
                raise self._trouble(f"what is drawn leaves its room of {width} x {height}: {left, top, right, bottom}")
        heights = {}  # of what is highest in each step
        for left, top, _, bottom in rects:
            heights[left] = bottom - top
        self._show(context, f"[{len(rects)} rectangles, {len(set(heights.values()))} heights]")

    def GetWindowDrawList(self, context):  # noqa: N802
        self.rects = []
        return Font()

    def DrawList_AddRectFilled(self, draw_list, left, top, right, bottom, colour, rounding, flags):  # noqa: N802
        self.rects.append((left, top, right, bottom))

    def RadioButton(self, context, label, active):  # noqa: N802
        return self._item(context, label, "radio", f" [{'o' if active else ' '}]")

    def Text(self, context, words):  # noqa: N802
        for entry in context.stack:
            if entry[0] == "colour":
                context.colours[words] = entry[1]
        self._show(context, words)

    TextWrapped = Text

    def CalcTextSize(self, context, words, hide, wrap):  # noqa: N802
        return LETTER_WIDTH * len(words), FONT_HEIGHT

    def PushStyleColor(self, context, index, colour):  # noqa: N802
        self._push(context, "colour", colour)

    def PopStyleColor(self, context, count):  # noqa: N802
        for _ in range(1 if count is None else count):
            self._pop(context, "PopStyleColor")

    def BeginDisabled(self, context, is_disabled):  # noqa: N802
        self._push(context, "disabled", is_disabled is not False)

    def EndDisabled(self, context):  # noqa: N802
        self._pop(context, "EndDisabled")

    def SetNextItemWidth(self, context, width):  # noqa: N802
        if width == 0.0:
            raise self._trouble("an item without a width")

    def SetItemDefaultFocus(self, context):  # noqa: N802
        if not context.has_appeared or (context.combo and context.combo[-1]):
            context.default = context.last.id
            if context.combo:
                context.wanted = context.last.id

    def SetKeyboardFocusHere(self, context, offset):  # noqa: N802
        assert not offset
        context.next_wants_focus = True

    def IsItemFocused(self, context):  # noqa: N802
        return context.last.id == context.focus

    def IsAnyItemActive(self, context):  # noqa: N802
        return context.active is not None

    def IsAnyItemFocused(self, context):  # noqa: N802
        return context.focus is not None and context.is_focus_shown

    def SetItemTooltip(self, context, words):  # noqa: N802
        context.tips[context.last.label] = words

    def Button(self, context, label, width, height):  # noqa: N802
        return self._item(context, label, "button", " [button]")

    def Checkbox(self, context, label, value):  # noqa: N802
        is_pressed = self._item(context, label, "check", f": {'on' if value else 'off'} [check]")
        return is_pressed, value != is_pressed

    def SliderDouble(self, context, label, value, low, high, shown, flags):  # noqa: N802
        shown = shown or "%.3f"
        digits = int(re.search(r"%\.(\d)f", shown)[1])
        self._item(context, label, "slider", f": {shown % value} [slider]")
        own, moved = context.last.id, value
        if context.drag and context.drag[0] == own:
            moved = round(min(max(context.drag[1], low), high), digits)
        elif context.active == own and context.typed is not None:
            moved = min(max(context.typed, low), high) if flags == VALUES["SliderFlags_AlwaysClamp"] else context.typed
        elif context.active == own and context.tweak:
            step = (high - low) / 100.0 if digits or high - low > 100.0 else 1.0
            moved = round(min(max(value + context.tweak * step, low), high), digits)
        return moved != value, float(moved)

    def BeginCombo(self, context, label, preview, flags):  # noqa: N802
        is_pressed = self._item(context, label, "list", f": {preview} [list]")
        own = context.last.id
        if is_pressed:
            context.popup = None if context.popup == own else own
        if context.popup != own:
            return False
        context.inner.append(f"list {context.last.label}")
        context.combo.append(is_pressed)
        self._push(context, "list", own)
        return True

    def EndCombo(self, context):  # noqa: N802
        _, own = self._pop(context, "EndCombo")
        has_appeared = context.combo.pop()
        inner = context.reachable()
        if has_appeared and context.wanted is None and inner:
            context.wanted = inner[0].id
        context.last = next(item for item in context.items if item.id == own)

    def Selectable(self, context, label, is_selected, flags, width, height):  # noqa: N802
        mark = "" if context.is_in_table else "* " if is_selected else "- "
        is_pressed = self._item(context, label, "option", before=mark)
        if is_pressed and context.popup:
            context.wanted, context.popup = context.popup, None
        return is_pressed, is_selected

    def IsPopupOpen(self, context, name, flags):  # noqa: N802
        return context.popup is not None

    def ProgressBar(self, context, fraction, width, height, overlay):  # noqa: N802
        self._show(context, f"{overlay} [progress {fraction:.2f}]")

    def BeginTable(self, context, name, columns, flags, width, height, inner):  # noqa: N802
        if name in context.tables:
            raise self._trouble(f"two tables of the id {name!r}")
        context.tables[name] = context.table = Table(columns)
        self._push(context, "table", name)
        return True

    def EndTable(self, context):  # noqa: N802
        self._pop(context, "EndTable")
        self._end_row(context)

    def TableSetupColumn(self, context, label, flags, weight, user_id):  # noqa: N802
        context.table.heads.append(label)

    def TableHeadersRow(self, context):  # noqa: N802
        table = context.table
        if len(table.heads) != table.columns:
            raise self._trouble(f"{table.columns} columns, with the heads {table.heads}")
        context.lines.append(f"table {' | '.join(table.heads)}")

    def TableNextRow(self, context, flags, height):  # noqa: N802
        self._end_row(context)
        context.table.cells = []

    def TableSetColumnIndex(self, context, column):  # noqa: N802
        cells = context.table.cells
        if cells is None or column != len(cells):
            raise self._trouble(f"column {column} comes after {cells}")
        cells.append(None)
        return True

    def _end_row(self, context):
        table = context.table
        if table.cells is None or context.has_failed:
            return
        if len(table.cells) != table.columns or None in table.cells:
            raise self._trouble(f"a row of {table.columns} columns has {table.cells}")
        context.lines.append(f"row {' | '.join(table.cells)}")

    def IsKeyPressed(self, context, key, repeat):  # noqa: N802
        assert repeat is False
        return any(VALUES.get(f"Key_{name}") == key for name in context.keys)

    def GetKeyMods(self, context):  # noqa: N802
        return context.mods

    def SetNextItemShortcut(self, context, chord, flags):  # noqa: N802
        pass
