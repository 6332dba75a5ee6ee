"""The page that drives ``faderbot serve`` from a surface: its widgets, one table for all surfaces."""

from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 600, 1275
PORT, SURFACE_PORT = 9977, 9978
"""Where the server listens, and where a surface does that does not listen on the port it sends from."""
SUBSCRIBE_EVERY_MS = 20_000

Kind = Literal["button", "toggle", "fader", "bar", "text", "label"]
"""A button that is pressed, one that stays, a fader, a bar that only shows, a text that is told, one that stays."""


@dataclass(frozen=True)
class Widget:
    """A widget: its name, where it is in pixels (x, y, width, height), and the address it sends to and hears from.

    ``says`` is what a button sends beside nothing, or a label shows; a fader goes from ``lowest`` to ``highest``.
    """

    kind: Kind
    name: str
    frame: tuple[int, int, int, int]
    address: str = ""
    says: str = ""
    lowest: float = 0.0
    highest: float = 1.0
    at_first: float = 0.0
    colour: str = "5b8def"


PAGE = (
    Widget("label", "title", (20, 15, 560, 40), says="Faderbot"),
    Widget("text", "status", (20, 60, 560, 45), "/faderbot/status", says="not connected"),
    Widget("bar", "progress", (20, 115, 560, 30), "/faderbot/progress"),
    Widget("text", "words", (20, 150, 560, 30)),
    Widget("button", "mix", (20, 195, 270, 110), "/faderbot/mix", says="Mix", colour="3fa66b"),
    Widget("button", "ab", (310, 195, 270, 110), "/faderbot/ab", says="A/B"),
    Widget("button", "cancel", (20, 320, 175, 80), "/faderbot/cancel", says="Cancel", colour="d9534f"),
    Widget("button", "undo", (212, 320, 175, 80), "/faderbot/undo", says="Undo", colour="d9a441"),
    Widget("button", "dryrun", (405, 320, 175, 80), "/faderbot/dryrun", says="Dry run"),
    Widget("label", "target_label", (20, 415, 175, 30), says="Target, LUFS"),
    Widget("label", "strength_label", (212, 415, 175, 30), says="Strength"),
    Widget("fader", "target", (20, 450, 175, 280), "/faderbot/target", lowest=-30.0, highest=-8.0, at_first=-14.0),
    Widget("fader", "strength", (212, 450, 175, 280), "/faderbot/strength", at_first=1.0),
    Widget("button", "streaming", (405, 450, 175, 60), "/faderbot/target", says="streaming"),
    Widget("button", "album", (405, 520, 175, 60), "/faderbot/target", says="album"),
    Widget("button", "broadcast", (405, 590, 175, 60), "/faderbot/target", says="broadcast"),
    Widget("toggle", "eq", (405, 670, 175, 60), "/faderbot/eq", says="EQ", at_first=1.0, colour="9a6dd7"),
    Widget("button", "rhythm", (20, 745, 175, 60), "/faderbot/rhythm", says="Rhythm", colour="3fa66b"),
    Widget("button", "tune", (212, 745, 175, 60), "/faderbot/tune", says="Tune", colour="3fa66b"),
    Widget("button", "auto", (405, 745, 85, 60), "/faderbot/rhythm/style", says="auto"),
    Widget("button", "rock", (495, 745, 85, 60), "/faderbot/rhythm/style", says="rock"),
    Widget("button", "funk", (405, 815, 85, 60), "/faderbot/rhythm/style", says="funk"),
    Widget("button", "jazz", (495, 815, 85, 60), "/faderbot/rhythm/style", says="jazz"),
    Widget("button", "tracks", (405, 900, 175, 60), "/faderbot/tune/scope", says="tracks"),
    Widget("button", "master", (405, 970, 175, 60), "/faderbot/tune/scope", says="master"),
    Widget("label", "density_label", (20, 815, 115, 30), says="Density"),
    Widget("label", "swing_label", (146, 815, 115, 30), says="Swing"),
    Widget("label", "humanize_label", (272, 815, 115, 30), says="Humanize"),
    Widget("fader", "density", (20, 850, 115, 180), "/faderbot/rhythm/density", at_first=0.5),
    Widget("fader", "swing", (146, 850, 115, 180), "/faderbot/rhythm/swing"),
    Widget("fader", "humanize", (272, 850, 115, 180), "/faderbot/rhythm/humanize", at_first=0.5),
    Widget("button", "learn", (20, 1045, 370, 60), "/faderbot/learn", says="Learn from my changes", colour="9a6dd7"),
    Widget("button", "unlearn", (405, 1045, 175, 60), "/faderbot/learn/undo", says="Undo lesson", colour="d9a441"),
    Widget("text", "done", (20, 1120, 560, 65), "/faderbot/done"),
    Widget("text", "error", (20, 1195, 560, 65), "/faderbot/error", colour="d9534f"),
)


def argument(widget: Widget) -> str | None:
    """Return what a button sends in place of being pressed and released: a preset's name."""
    is_preset = widget.kind == "button" and widget.name == widget.says
    return widget.says if is_preset else None
