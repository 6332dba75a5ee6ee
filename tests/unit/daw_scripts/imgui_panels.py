"""Panels for ReaImGui: hand-made ones that show rows and note what is done, and what their rows look like drawn."""

from lupa import lua54

from tests.lua_imgui import Imgui
from tests.lua_reaper import as_lua, text

MAKE = b"""
return function(rows, act)
  local p = {is_open = true}
  function p:turn() end
  function p:rows() return rows() end
  function p:act(id, value) act(self, id, value) end
  return p
end
"""
PLAIN_WINDOW = b"""
return function(opened)
  package.loaded['Faderbot.panel_gfx'] = {open = opened}
end
"""
PLAIN = str.maketrans({"−": "-", "→": "->", "“": '"', "”": '"', "∞": "inf"})


class HandMade:
    """A panel that shows these rows, in ReaImGui. ``acts`` are what was done."""

    def __init__(self, lua, folder, rows, **reaimgui):
        self.lua, self.acts, self.plain_windows = lua, [], []
        self.on_act = lambda panel, name, value: None
        self.show(rows)
        self.host = Imgui(lua, folder, **reaimgui)
        lua.lua.execute(PLAIN_WINDOW)(self.plain_windows.append)
        self.p = lua.lua.execute(MAKE)(lambda: self._rows, self._act)

    def open(self):
        self.lua.require("panel_imgui")[b"open"](self.p)
        return self.host.frame()

    def show(self, rows):
        self.rows = rows
        self._rows = as_lua(self.lua, rows)

    def change(self, wanted, **more):
        """Show the same rows, with a widget changed."""
        self.show([[{**one, **more} if one.get("id") == wanted else one for one in row] for row in self.rows])

    def _act(self, panel, name, value):
        if lua54.lua_type(value) == "table":
            value = {text(key): text(one) for key, one in value.items()}
        self.acts.append((text(name), text(value)))
        self.on_act(panel, *self.acts[-1])

    @property
    def is_open(self):
        return self.p[b"is_open"] and len(self.lua.deferred) == 1


def heading(words):
    return {"kind": "heading", "text": words}


def line(words, tone="plain"):
    return {"kind": "text", "text": words, "tone": tone}


def choice(name, label, options, value, **more):
    return {
        "kind": "choice",
        "id": name,
        "label": label,
        "options": options,
        "value": value,
        "is_enabled": True,
        **more,
    }


def number(name, label, value, low, high, step, unit, **more):
    figures = {"value": value, "low": low, "high": high, "step": step, "unit": unit}
    return {"kind": "number", "id": name, "label": label, **figures, "is_enabled": True, **more}


def check(name, label, value, **more):
    return {"kind": "check", "id": name, "label": label, "value": value, "is_enabled": True, **more}


def tracks(name, label, names, chosen=(), **more):
    options = [{"guid": f"{{{place}}}", "name": one} for place, one in enumerate(names)]
    value = {f"{{{place}}}": True for place in chosen}
    return {
        "kind": "tracks",
        "id": name,
        "label": label,
        "options": options,
        "value": value,
        "is_enabled": True,
        **more,
    }


def button(name, label, key=None, **more):
    keys = {"key": key} if key else {}
    return {"kind": "button", "id": name, "label": label, **keys, "is_enabled": True, "is_default": False, **more}


def progress(label, share):
    return {"kind": "progress", "label": label, "share": share}


def tabs(name, label, options, value):
    return {"kind": "tabs", "id": name, "label": label, "options": options, "value": value, "is_enabled": True}


def table(heads, rows, align, **more):
    return {"kind": "table", "heads": heads, "rows": rows, "align": align, **more}


def drawn(rows):
    """Return what the rows look like in the kit's words, without the focus."""
    lines = ["window Faderbot: Auto-mix"]
    for row in rows:
        if row and row[0]["kind"] == "table":
            lines.append("table " + " | ".join(row[0]["heads"]))
            lines += ["row " + " | ".join(cells) for cells in row[0]["rows"]]
        elif row:
            lines.append("   ".join(map(_drawn, row)))
    return [written(one) for one in lines]


def unfocused(lines):
    """Return drawn lines without the mark of the focus."""
    return [one.replace("▸", "") for one in lines]


def written(words):
    """Return words as they are drawn: what is not in Latin-1 has a stand-in."""
    return words.translate(PLAIN)


def label(widget):
    """Return the visible label of a widget."""
    return written(f"{widget['label']} ({widget['key']})" if "key" in widget else widget["label"])


DRAWN = {
    "heading": lambda one: f"== {one['text']} ==",
    "text": lambda one: one["text"],
    "choice": lambda one: f"{one['label']}: {one['value']} [list]",
    "number": lambda one: f"{one['label']}: {one['value']:g} {one['unit']}".rstrip() + " [slider]",
    "tabs": lambda one: "   ".join(
        f"{option} ({place}) [{'o' if option == one['value'] else ' '}]"
        for place, option in enumerate(one["options"], 1)
    ),
    "check": lambda one: f"{one['label']}: {'on' if one['value'] else 'off'} [check]",
    "tracks": lambda one: f"{one['label']}: {_chosen(one)} [list]",
    "button": lambda one: f"{label(one)} [button]",
    "progress": lambda one: f"{one['label']}, {int(one['share'] * 100)} % [progress {one['share']:.2f}]",
}


def _drawn(widget):
    return DRAWN[widget["kind"]](widget) + ("" if widget.get("is_enabled", True) else " [off]")


def _chosen(widget):
    names = [one["name"] for one in widget["options"] if one["guid"] in widget["value"]]
    if len(names) < 2:
        return names[0] if names else "none"
    return f"{len(names)} tracks: {', '.join(names)}"
