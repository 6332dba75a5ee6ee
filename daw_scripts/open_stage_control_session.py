"""The page as a session of Open Stage Control (openstagecontrol.ammd.net), as JSON. Not opened in the program so far.

Widgets, their properties and scripts: jean-emmanuel/open-stage-control, ``src/client/widgets``; a property that is not
named keeps its default there. The file's head is that of sessions saved by version 1.30.
"""

import json

from daw_scripts.control_page import HEIGHT, PAGE, SUBSCRIBE_EVERY_MS, WIDTH, Widget, argument

VERSION = "1.30.1"
_SUBSCRIBE = f"""send('/faderbot/subscribe')
setInterval('subscribe', ()=>{{send('/faderbot/subscribe')}}, {SUBSCRIBE_EVERY_MS})"""
_SHOW_PROGRESS = """set('progress', value[0], {send: false})
set('words', value[1], {send: false})"""
_SHOW_FIRST = "if (Array.isArray(value)) set('this', value[0], {send: false})"


def text() -> str:
    """Return the session's file."""
    return json.dumps(session(), indent=2) + "\n"


def session() -> dict[str, object]:
    """Return the session."""
    root = {
        "type": "root",
        "id": "root",
        "width": WIDTH,
        "height": HEIGHT,
        "onCreate": _SUBSCRIBE,
        "widgets": [*map(_widget, PAGE), _progress()],
        "tabs": [],
    }
    return {"createdWith": "Open Stage Control", "version": VERSION, "type": "session", "content": root}


def _widget(widget: Widget) -> dict[str, object]:
    left, top, width, height = widget.frame
    place = {"id": widget.name, "left": left, "top": top, "width": width, "height": height}
    return {**place, "colorWidget": f"#{widget.colour}", **_OWN[widget.kind](widget)}


def _button(widget: Widget) -> dict[str, object]:
    """Pressed, it sends 1 or a preset's name, and nothing when it is released."""
    says = argument(widget)
    on = 1 if says is None else says
    return {"type": "button", "mode": "tap", "on": on, "label": widget.says, "address": widget.address}


def _toggle(widget: Widget) -> dict[str, object]:
    return {
        "type": "button",
        "mode": "toggle",
        "on": 1,
        "off": 0,
        "typeTags": "i",
        "default": int(widget.at_first),
        "label": widget.says,
        "address": widget.address,
        "ignoreDefaults": False,
    }


def _fader(widget: Widget) -> dict[str, object]:
    return {
        "type": "fader",
        "range": {"min": widget.lowest, "max": widget.highest},
        "default": widget.at_first,
        "decimals": 2,
        "pips": True,
        "address": widget.address,
    }


def _bar(_widget: Widget) -> dict[str, object]:
    """Return a bar, which the variable that hears the progress sets, and which sends nothing."""
    return {"type": "fader", "horizontal": True, "design": "compact", "interaction": False, "bypass": True}


def _told(widget: Widget) -> dict[str, object]:
    """Return a text; of what is told with figures behind the words the words are shown."""
    hears = {"address": widget.address, "onValue": _SHOW_FIRST} if widget.address else {}
    return {"type": "text", "default": widget.says or " ", "bypass": True, "wrap": "soft", **hears}


def _label(widget: Widget) -> dict[str, object]:
    return {"type": "text", "default": widget.says, "bypass": True}


def _progress() -> dict[str, object]:
    return {
        "type": "variable",
        "id": "progress_heard",
        "address": "/faderbot/progress",
        "bypass": True,
        "onValue": _SHOW_PROGRESS,
    }


_OWN = {"button": _button, "toggle": _toggle, "fader": _fader, "bar": _bar, "text": _told, "label": _label}
