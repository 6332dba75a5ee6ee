"""The page as a layout of TouchOSC (hexler.net): XML packed with zlib. Not opened in the program so far.

Format: what TouchOSC's editor wrote as ``lexml version='3'``, as the tests of AlbertoV5/tosclib have it
(``default_controls.xml``, ``different_messages.xml``). What the messages and the script mean: TouchOSC's manual,
"Editor, Messages, OSC" and "Script".
"""

import uuid
import zlib
from collections.abc import Iterator
from xml.sax.saxutils import escape

from daw_scripts.control_page import (
    HEIGHT,
    PAGE,
    SUBSCRIBE_EVERY_MS,
    SURFACE_PORT,
    WIDTH,
    Widget,
    argument,
)

SCRIPT = f"""local again_ms = 0

-- The server tells a surface everything for a minute: ask again before that.
function update()
  if getMillis() >= again_ms then
    again_ms = getMillis() + {SUBSCRIBE_EVERY_MS}
    sendOSC('/faderbot/subscribe', {SURFACE_PORT})
  end
end

-- The second argument of the progress is what is being done; a fader takes the first alone.
function onReceiveOSC(message)
  if message[1] == '/faderbot/progress' and message[2][2] then
    self.children.words.values.text = message[2][2].value
  end
end
"""

_NODES = {"button": "BUTTON", "toggle": "BUTTON", "fader": "FADER", "bar": "FADER", "text": "LABEL", "label": "LABEL"}
_MOMENTARY, _TOGGLE = 0, 1
_WEST_TO_EAST, _NORTH = 1, 0
_IDS = uuid.UUID("6f0f3c0e-6d0b-5a0a-9d4b-9f6b7f6f0001")
_DARK, _WHITE = (0.1, 0.1, 0.12, 1.0), (1.0, 1.0, 1.0, 1.0)
_PIECES = {"button": 1.0, "toggle": 1.0, "fader": 1.0, "bar": 1.0, "text": 0.35, "label": 0.0}


def packed() -> bytes:
    """Return the layout's file."""
    return zlib.compress(xml().encode(), 9)


def unpacked(file: bytes) -> str:
    """Return a layout's XML: zlib packs the same text in more than one way."""
    return zlib.decompress(file).decode()


def xml() -> str:
    """Return the layout's XML."""
    return "".join(["<?xml version='1.0' encoding='UTF-8'?>\n<lexml version='3'>", *_root(), "</lexml>\n"])


def _root() -> Iterator[str]:
    properties = {
        "background": ("b", 1),
        "color": ("c", _DARK),
        "frame": ("r", (0, 0, WIDTH, HEIGHT)),
        "interactive": ("b", 0),
        "name": ("s", "Faderbot"),
        "script": ("s", SCRIPT),
        "shape": ("i", 1),
        "visible": ("b", 1),
    }
    yield from _node("Faderbot", "GROUP", properties, {"touch": "false"}, ())
    yield "<children>"
    for widget in PAGE:
        yield from _widget(widget)
        yield "</node>"
        if widget.kind in {"button", "toggle"}:
            yield from _caption(widget)
            yield "</node>"
    yield "</children></node>"


def _widget(widget: Widget) -> Iterator[str]:
    is_told = widget.kind in {"bar", "text", "label"}
    properties: dict[str, tuple[str, object]] = {
        "background": ("b", int(widget.kind != "label")),
        "color": ("c", _colour(widget)),
        "frame": ("r", widget.frame),
        "interactive": ("b", int(not is_told)),
        "name": ("s", widget.name),
        "orientation": ("i", _WEST_TO_EAST if widget.kind == "bar" else _NORTH),
        "shape": ("i", 1),
        "visible": ("b", 1),
    }
    values = {"touch": "false"}
    if widget.kind in {"text", "label"}:
        properties |= {"textColor": ("c", _WHITE), "textSize": ("i", 18), "textClip": ("b", 1)}
        values = {"text": widget.says, **values}
    else:
        values["x"] = f"{(widget.at_first - widget.lowest) / (widget.highest - widget.lowest):g}"
    if widget.kind in {"button", "toggle"}:
        kind = _TOGGLE if widget.kind == "toggle" else _MOMENTARY
        properties |= {"buttonType": ("i", kind), "press": ("b", 1), "release": ("b", 1)}
    messages = (_message(widget, is_told),) if widget.address else ()
    yield from _node(widget.name, _NODES[widget.kind], properties, values, messages)


def _caption(widget: Widget) -> Iterator[str]:
    """Yield the words on a button, which has none of its own; touches go through to it."""
    properties = {
        "background": ("b", 0),
        "color": ("c", _colour(widget)),
        "frame": ("r", widget.frame),
        "interactive": ("b", 0),
        "name": ("s", f"{widget.name}_caption"),
        "shape": ("i", 1),
        "textColor": ("c", _WHITE),
        "textSize": ("i", 24),
        "visible": ("b", 1),
    }
    values = {"text": widget.says, "touch": "false"}
    yield from _node(f"{widget.name}_caption", "LABEL", properties, values, ())


def _node(
    name: str,
    kind: str,
    properties: dict[str, tuple[str, object]],
    values: dict[str, str],
    messages: tuple[str, ...],
) -> Iterator[str]:
    """Yield a node, which is still open."""
    yield f"<node ID='{uuid.uuid5(_IDS, name)}' type='{kind}'>"
    yield "<properties>"
    for key, (of_type, value) in properties.items():
        yield f"<property type='{of_type}'><key>{_text(key)}</key><value>{_value(of_type, value)}</value></property>"
    yield "</properties><values>"
    for key, value in values.items():
        yield (
            f"<value><key>{_text(key)}</key><locked>0</locked><lockedDefaultCurrent>0</lockedDefaultCurrent>"
            f"<default>{_text(value)}</default><defaultPull>0</defaultPull></value>"
        )
    yield "</values>"
    if messages:
        yield f"<messages>{''.join(messages)}</messages>"


def _message(widget: Widget, is_told: bool) -> str:
    """Return what a widget sends when its value changes, and takes in."""
    says = argument(widget)
    if says is not None:
        takes = _partial("CONSTANT", "STRING", says)
    elif widget.kind == "text":
        takes = _partial("VALUE", "STRING", "text")
    else:
        takes = _partial("VALUE", "FLOAT", "x", widget.lowest, widget.highest)
    trigger = "text" if widget.kind == "text" else "x"
    return (
        f"<osc><enabled>1</enabled><send>{int(not is_told)}</send><receive>{int(widget.kind != 'button')}</receive>"
        "<feedback>0</feedback><connections>11111</connections>"
        f"<triggers><trigger><var>{_text(trigger)}</var><condition>ANY</condition></trigger></triggers>"
        f"<path>{_partial('CONSTANT', 'STRING', widget.address)}</path><arguments>{takes}</arguments></osc>"
    )


def _partial(of_type: str, conversion: str, value: str, lowest: float = 0.0, highest: float = 1.0) -> str:
    return (
        f"<partial><type>{of_type}</type><conversion>{conversion}</conversion><value>{_text(value)}</value>"
        f"<scaleMin>{lowest:g}</scaleMin><scaleMax>{highest:g}</scaleMax></partial>"
    )


def _colour(widget: Widget) -> tuple[float, ...]:
    share = _PIECES[widget.kind]
    return (*(share * int(widget.colour[k : k + 2], 16) / 255 for k in (0, 2, 4)), 1.0)


def _value(of_type: str, value: object) -> str:
    if of_type == "s":
        return _text(str(value))
    if of_type in {"c", "r"} and isinstance(value, tuple):
        names = "rgba" if of_type == "c" else "xywh"
        return "".join(f"<{name}>{part:g}</{name}>" for name, part in zip(names, value, strict=True))
    return escape(str(value))


def _text(text: str) -> str:
    return f"<![CDATA[{text}]]>"
