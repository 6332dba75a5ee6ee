"""A session with something of everything that a survey tells."""

from dataclasses import replace
from pathlib import Path

from bridge.reaper import reapy_reading
from bridge.reaper.reascript import Reascript
from mock_daw.live import Live
from mock_daw.opening import open_session
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.api import FUNCTIONS, Functions
from mock_daw.session import Effect, Envelope, Equaliser, Fade, Item, Point, Send, SendMode
from tests.mixes import write_song
from tests.unit.mock_daw.reaper.desks import Silence

TURN = b"return {pause = function() return false end, is_over = function() return false end}"


def song(folder: Path) -> Live:
    return Live(open_session(write_song(folder / "song", rate_hz=8_000)), Silence())


def rich_song(folder: Path) -> Live:
    live = song(folder)
    bass, kick, vocal = live.session.tracks
    item = kick.items[0]
    take = replace(item.take, playrate=1.25, pitch_semitones=-2.0, gain_linear=0.1 + 0.2, pan=-0.3, offset_s=0.25)
    faded = replace(item, take=take, fade_in=Fade(0.2, 1), fade_out=Fade(0.3, 4), position_s=0.5, muted=True)
    reaeq = Effect("{00000000-0000-0000-0000-0000000000E1}", "VST: ReaEQ (Cockos)", "Faderbot EQ", True, False)
    theirs = Effect("{00000000-0000-0000-0000-0000000000E2}", "VST: ReaComp (Cockos)", "Glue", False, True)
    kick = replace(
        kick,
        name="Kick “Größe”",
        gain_linear=0.1 + 0.7,
        pan=-0.25,
        locked=True,
        folder_depth=1,
        phase_inverted=True,
        effects=(theirs, replace(reaeq, equaliser=Equaliser())),
        sends=(Send("{s}", vocal.guid, 0.4, 0.5, mode=SendMode.PRE_FX, mono=True), Send("{t}", "{nobody}")),
        items=(faded, Item("{empty}", 2.0, 1.0)),
    )
    volume = Envelope("{00000000-0000-0000-0000-0000000000E3}", "Volume", (Point(0.0, 1.0), Point(1.0, 0.5)))
    vocal = replace(vocal, folder_depth=-1, solo=2, armed=True, selected=True, envelopes=(volume,), main_send=False)
    live.edit(lambda session: replace(session, tracks=(bass, kick, vocal)), "Everything")
    return live


class Python:
    """REAPER's functions as its Python has them, one that is missing too."""

    def __init__(self, live):
        self._functions = Functions(live, Actions(live))

    def __getattr__(self, name):
        if name not in FUNCTIONS:
            raise AttributeError(name)
        return lambda *args: self._functions.call(name, args)


def reascript(live):
    return Reascript(Python(live), (AttributeError, TypeError))


def surveyed(live):
    return reapy_reading.survey(reascript(live), lambda: None)
