"""What a device can do to the transport, the tempo and the loop (``csurf_osc.cpp``, ProcessGlobalAction).

How far one step of rewind, forward or scrub goes is not known: here half a second.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper import osc_transport, positions
from mock_daw.reaper.osc_desk import AUTO_REC_ARM, REPLACE_MODE, Desk, Handler
from mock_daw.reaper.osc_request import Request
from mock_daw.reaper.osc_transport import PLAY_RATE_SLIDER, TEMPO_SLIDER_BPM, place, value_at
from mock_daw.reaper.positions import LONGEST_S
from mock_daw.reaper.scales import clamp
from mock_daw.session import Session
from mock_daw.timebase import at_tempo

WIND_STEP_S = 0.5
ROTARY_STEP = 1.0 / 1024.0
TOGGLE_REPEAT, TOGGLE_METRONOME, LEAVE_REPLACE_MODE = 1068, 40364, 41330
PREVIOUS_MARKER, NEXT_MARKER = 40172, 40173
UNSOLO_ALL = 40340
TEMPO_STEP, PLAY_RATE_STEP = "Change project tempo", "Change project playrate"


def wind(desk: Desk, direction: int) -> None:
    """Move the cursor, and what plays, one step back (-1) or forward (1)."""
    here_s = desk.live.position_s
    desk.live.seek(clamp(here_s + direction * WIND_STEP_S, 0.0, LONGEST_S))


def move_loop(desk: Desk, direction: int) -> None:
    """Move the loop by its own length."""
    session = desk.live.session
    step_s = direction * (session.loop_end_s - session.loop_start_s)
    if session.loop_start_s + step_s >= 0.0:
        desk.live.edit(
            lambda s: replace(s, loop_start_s=s.loop_start_s + step_s, loop_end_s=s.loop_end_s + step_s), None
        )


def _command(number: int) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        if request.trigger():
            desk.actions.run(number)
            desk.say_play_state()

    return handler


def _toggle(number: int, off: int | None = None) -> Handler:
    """Return the handler for a switch that is an action, or two."""

    def handler(desk: Desk, request: Request) -> None:
        on = desk.actions.state(number) > 0
        if request.turns(on):
            desk.actions.run(off if on and off is not None else number)

    return handler


def _unsolo(desk: Desk, request: Request) -> None:
    if request.trigger() > 0:
        desk.actions.run(UNSOLO_ALL)


def _winder(key: str, direction: int) -> Handler:
    """Return the handler for rewind or forward: it winds while it is held, or jumps, or moves the loop."""

    def handler(desk: Desk, request: Request) -> None:
        told = request.trigger()
        winding = desk.winding
        if winding.mode == "marker":
            if told > 0:
                desk.winding = replace(winding, direction=0)
                desk.actions.run(PREVIOUS_MARKER if direction < 0 else NEXT_MARKER)
            return
        if winding.mode == "loop":
            if told > 0:
                move_loop(desk, direction)
            return
        if told and (request.flag == "t" or (winding.direction == direction) != (told > 0)):
            desk.winding = replace(winding, direction=0 if winding.direction else direction)
        if told and desk.winding.direction:
            wind(desk, direction)
        desk.say(osc_transport.winding(key, desk.winding.direction))

    return handler


def _winding_mode(mode: str) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        now = desk.winding.mode
        desk.winding = replace(desk.winding, direction=0)
        told = request.trigger()
        if told:
            if request.flag == "t" or (now == mode) != (told > 0):
                desk.winding = replace(desk.winding, mode=None if now == mode else mode)
            desk.say(osc_transport.winding_mode(desk.winding.mode))

    return handler


def _scrub(desk: Desk, request: Request) -> None:
    desk.winding = replace(desk.winding, direction=0)
    told = request.trigger() if request.flag == "r" else 0
    if told:
        wind(desk, told)


def _tempo(desk: Desk, request: Request) -> None:
    if request.flag in "nfr":
        now = place(desk.live.session.tempo_bpm, TEMPO_SLIDER_BPM)
        wanted = _turned(desk, request, now, TEMPO_SLIDER_BPM)
        held = clamp(wanted, osc_transport.LOWEST_TEMPO_BPM, osc_transport.HIGHEST_TEMPO_BPM)
        desk.live.adjust(lambda session: at_tempo(session, held), TEMPO_STEP)


def _play_rate(desk: Desk, request: Request) -> None:
    if request.flag in "nfr":
        now = place(desk.live.session.play_rate, PLAY_RATE_SLIDER)
        held = clamp(_turned(desk, request, now, PLAY_RATE_SLIDER), *PLAY_RATE_SLIDER)
        desk.live.adjust(lambda session: replace(session, play_rate=held), PLAY_RATE_STEP)


def _turned(desk: Desk, request: Request, now: float, ends: tuple[float, float]) -> float:
    """Return what a slider is set to: raw, by position, or by a step of a rotary from where it is."""
    value = request.number() or 0.0
    if request.flag == "f":
        return value
    if request.flag == "r":
        center = desk.device.rotary_center
        width = 2.0 * center if center > 0.0 else 2.0
        value = now + ROTARY_STEP * 2.0 * (value - center) / width
    return value_at(value, ends)


def _go(key: str) -> Handler:
    """Return the handler for a position: a number of seconds, beats or samples, or a text."""

    def handler(desk: Desk, request: Request) -> None:
        session = desk.live.session
        position_s: float | None = None
        if request.flag == "f" and key != "FRAMES":
            position_s = (request.number() or 0.0) * _unit_s(session, key)
        elif request.flag == "s":
            text = request.args.text()
            position_s = None if text is None else _read(session, key, text)
        if position_s is not None and math.isfinite(position_s):
            desk.live.seek(clamp(position_s, 0.0, LONGEST_S))

    return handler


def _unit_s(session: Session, key: str) -> float:
    """Return how long a unit is in which a position is given."""
    match key:
        case "BEAT":
            return 60.0 / session.tempo_bpm * 4.0 / session.beat_unit
        case "SAMPLES":
            return 1.0 / session.rate_hz
        case _:
            return 1.0


def _read(session: Session, key: str, text: str) -> float | None:
    match key:
        case "FRAMES":
            return osc_transport.parse_frames(text)
        case "SAMPLES":
            found = text.strip()
            return int(found) / session.rate_hz if found.isascii() and found.isdecimal() and len(found) < 16 else None
        case _:
            return positions.parse_position(session, text)


def _loop(field: str) -> Handler:
    def handler(desk: Desk, request: Request) -> None:
        value = request.number() if request.flag == "f" else None
        if value is not None:
            held = clamp(value, 0.0, LONGEST_S)
            desk.live.edit(lambda session: _with_loop(session, field, held), None)

    return handler


def _with_loop(session: Session, field: str, position_s: float) -> Session:
    """Set an end of the loop; ends in the wrong order are swapped."""
    start_s = position_s if field == "start" else session.loop_start_s
    end_s = position_s if field == "end" else session.loop_end_s
    return replace(session, loop_start_s=min(start_s, end_s), loop_end_s=max(start_s, end_s))


HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "PLAY": _command(1007),
        "PAUSE": _command(1008),
        "RECORD": _command(1013),
        "STOP": _command(1016),
        "REPEAT": _toggle(TOGGLE_REPEAT),
        "METRONOME": _toggle(TOGGLE_METRONOME),
        "REPLACE": _toggle(REPLACE_MODE, LEAVE_REPLACE_MODE),
        "AUTO_REC_ARM": _toggle(AUTO_REC_ARM),
        "SOLO_RESET": _unsolo,
        "ANY_SOLO": _unsolo,
        "REWIND": _winder("REWIND", -1),
        "FORWARD": _winder("FORWARD", 1),
        "REWIND_FORWARD_BYMARKER": _winding_mode("marker"),
        "REWIND_FORWARD_SETLOOP": _winding_mode("loop"),
        "SCRUB": _scrub,
        "TEMPO": _tempo,
        "PLAY_RATE": _play_rate,
        **{key: _go(key) for key in ("TIME", "BEAT", "SAMPLES", "FRAMES")},
        "LOOP_START_TIME": _loop("start"),
        "LOOP_END_TIME": _loop("end"),
    }
)
