"""A context of the tests' ReaImGui: its frame, its items, and where the keys lead."""

from dataclasses import dataclass, field

TWEAK = {"Left": -1.0, "Right": 1.0}


@dataclass
class Item:
    id: tuple
    label: str
    kind: str
    is_off: bool


@dataclass
class Table:
    columns: int
    heads: list = field(default_factory=list)
    cells: list | None = None


class Font:
    pass


class Context:
    """A context and its frame."""

    def __init__(self):
        self.is_alive, self.is_used, self.is_framed = True, False, False
        self.focus, self.is_focus_shown, self.active, self.popup = None, False, None, None
        self.pressed, self.drag, self.tweak, self.keys, self.mods = None, None, 0.0, frozenset(), 0
        self.typed, self.is_typing = None, False
        self.fonts, self.items, self.before, self.colours, self.tips = [], [], [], {}, {}
        self.has_appeared = self.has_failed = False
        self.begin_frame()

    def begin_frame(self):
        self.before, self.items, self.lines, self.inner = self.items, [], [], []
        self.stack, self.last, self.default, self.wanted, self.next_wants_focus = [], None, None, None, False
        self.is_beside, self.combo, self.tables, self.table = False, [], {}, None

    @property
    def path(self):
        return tuple(entry for entry in self.stack if entry[0] in {"window", "list", "table"})

    @property
    def is_off(self):
        return any(entry == ("disabled", True) for entry in self.stack)

    @property
    def is_in_table(self):
        return bool(self.stack) and self.stack[-1][0] == "table"

    def reachable(self):
        """Return the items that the keys can go to: those of the list that is open, else all."""
        inner = [item for item in self.items if ("list", self.popup) in item.id[0]]
        return [item for item in (inner if self.popup else self.items) if not item.is_off]


def navigate(context, key):
    """Do what Dear ImGui itself does with a key."""
    if context.active and not (context.is_typing and key == "Tab"):
        context.tweak = 0.0 if context.is_typing else TWEAK.get(key, 0.0)
        if key in {"Escape", "Enter"} or (key == "Space" and not context.is_typing):
            context.active, context.is_typing = None, False
    elif key == "Escape":
        if context.popup:
            context.focus, context.popup = context.popup, None
        else:
            context.focus = None
        context.is_focus_shown = False
    elif key in {"Tab", "Down", "Up"}:
        _move(context, key)
    elif key in {"Space", "Enter"} and context.is_focus_shown:
        item = _focused(context)
        if item and item.kind == "slider":
            context.active, context.is_typing = item.id, key == "Enter"
        elif item:
            context.pressed = item.id


def _focused(context):
    return next((item for item in context.before if item.id == context.focus), None)


def _move(context, key):
    """Move the focus; Tab only shows it first, finds none where there is none, and begins to type where it can."""
    context.active, context.is_typing = None, False
    if key == "Tab" and context.focus is None:
        return
    context.items, items = context.before, context.items
    ids = [item.id for item in context.reachable()]
    context.items = items
    if not ids:
        return
    step = 0 if not context.is_focus_shown else -1 if key == "Up" else 1
    at = ids.index(context.focus) + step if context.focus in ids else 0
    context.focus, context.is_focus_shown = ids[at % len(ids)], True
    if key == "Tab" and _focused(context).kind == "slider":
        context.active, context.is_typing = context.focus, True
