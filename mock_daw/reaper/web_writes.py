"""What the web interface of REAPER sets: faders and switches, sends, undo blocks, the cursor, texts kept for scripts.

After ``csurf_www.cpp``; see ``web``. Each takes the whole command and what is behind its prefix, and answers nothing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper import controls
from mock_daw.reaper.c_text import atoi, decode, flexi_atof, url_decode
from mock_daw.reaper.controls import HIGHEST_GAIN, StepName
from mock_daw.reaper.positions import LONGEST_S, parse_position
from mock_daw.reaper.scales import clamp
from mock_daw.reaper.web_reads import Desk, behind_slash, ordered
from mock_daw.reaper.web_tracks import with_value
from mock_daw.session import Send, Session

Switch = Callable[[Session, int, int], Session]


def set_track(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/TRACK/index/name/value."""
    number = atoi(rest)
    name, slash, value = behind_slash(rest).partition(b"/")
    if slash and controls.has(desk.live.session, number):
        _set(desk, number, name, value.lstrip(b"/"))
    return b""


def _set(desk: Desk, number: int, name: bytes, value: bytes) -> None:
    faded = FADERS.get(name)
    switched = SWITCHES.get(name)
    if faded is not None:
        step, change = faded
        desk.live.adjust(lambda session: change(session, number, value), step)
    elif switched is not None:
        step_name, switch = switched
        desk.live.edit(lambda session: switch(session, number, atoi(value)), step_name)
    elif name == b"SEND":
        _set_send(desk, number, value)
    else:
        desk.live.edit(lambda session: with_value(session, number, name, url_decode(value)), None)


def _set_send(desk: Desk, number: int, rest: bytes) -> None:
    name, slash, value = behind_slash(rest).partition(b"/")
    at = controls.send_at(desk.live.session, number, atoi(rest))
    value = value.lstrip(b"/")
    if not slash or at is None:
        return
    if name == b"MUTE":
        wanted = atoi(value)

        def muted(send: Send) -> Send:
            return replace(send, muted=not send.muted if wanted < 0 else bool(wanted))

        desk.live.edit(lambda session: controls.with_send(session, at, muted), StepName.SEND_MUTE)
    elif name in SEND_FADERS and value:
        _fade_send(desk, at, *SEND_FADERS[name], value)


def _fade_send(
    desk: Desk, at: tuple[int, int], step: StepName, faded: Callable[[Send, float], Send], value: bytes
) -> None:
    """Set a value of a send; "e" ends an edit without setting it, "E" is an edit and its end in one."""
    if value.endswith(b"e"):
        desk.live.mark(step)
        return

    def change(session: Session) -> Session:
        return controls.with_send(session, at, lambda send: faded(send, flexi_atof(value)))

    desk.live.edit(change, step if value.endswith(b"E") else None)


def begin_block(desk: Desk, _command: bytes, _rest: bytes) -> bytes:
    """Do SET/UNDO_BEGIN."""
    desk.live.begin_block()
    return b""


def end_block(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/UNDO_END/message."""
    desk.live.settle()
    desk.live.end_block(decode(url_decode(rest[1:])))
    return b""


def mark(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/UNDO/message: an undo step of what had none yet."""
    desk.live.settle()
    desk.live.mark(decode(url_decode(rest)))
    return b""


def set_repeat(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/REPEAT/value: 0, 1, or −1 to toggle."""
    wanted = atoi(rest)

    def change(session: Session) -> Session:
        return replace(session, repeat=not session.repeat if wanted < 0 else bool(wanted))

    desk.live.edit(change, None)
    return b""


def set_position(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/POS/seconds."""
    desk.live.seek(clamp(flexi_atof(rest), 0.0, LONGEST_S))
    return b""


def set_position_by_text(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/POS_STR/text: a time, or m1 and r1 by number, M1 and R1 along the timeline."""
    text = decode(url_decode(rest))
    session = desk.live.session
    if text[:1] in MARKS:
        position_s = _mark_position(session, text[0], atoi(text[1:].encode()))
    else:
        position_s = parse_position(session, text) or 0.0
    if position_s is not None:
        desk.live.seek(clamp(position_s, 0.0, LONGEST_S))
    return b""


def set_ext_state(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/EXTSTATE/section/key/value, and …PERSIST: the mock forgets both when it ends."""
    entry = _entry(rest)
    if entry is not None:
        section, key, value = entry
        desk.live.ext_state[section, key] = value
    return b""


def set_project_ext_state(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do SET/PROJEXTSTATE/section/key/value."""
    entry = _entry(rest)
    if entry is not None:
        desk.live.edit(lambda session: _with_ext_state(session, *entry), None)
    return b""


def osc(desk: Desk, _command: bytes, rest: bytes) -> bytes:
    """Do OSC/address:value: the value is one number, or there is none."""
    address, colon, value = url_decode(b"/" + rest).partition(b":")
    if desk.inject_osc is not None:
        desk.inject_osc(decode(address), (flexi_atof(value),) if colon else ())
    return b""


def _entry(rest: bytes) -> tuple[str, str, str] | None:
    parts = rest.split(b"/", 2)
    if len(parts) < 3:
        return None
    section, key, value = (decode(url_decode(part)) for part in parts)
    return section, key, value


def _with_ext_state(session: Session, section: str, key: str, value: str) -> Session:
    """Return the session with a text of its own; an empty one is taken out, and with an empty key the whole section."""
    others = {name: texts for name, texts in session.ext_state.items() if name != section}
    texts = {name: text for name, text in session.ext_state.get(section, {}).items() if key and name != key}
    if key and value:
        texts[key] = value
    if texts:
        others[section] = MappingProxyType(texts)
    return replace(session, ext_state=MappingProxyType(others))


def _mark_position(session: Session, letter: str, number: int) -> float | None:
    """Return where a marker (m, M) or region (r, R) lies: small letters count as shown, capitals along the timeline."""
    marks = ordered(session, regions=letter in "rR")
    if letter.isupper():
        return marks[number - 1].position_s if 0 < number <= len(marks) else None
    return next((marker.position_s for marker in marks if marker.number == number), None)


def _volume(session: Session, number: int, value: bytes) -> Session:
    gang = not value.endswith(b"g")
    if value[:1] in {b"+", b"-"}:
        return controls.move_volume(session, number, _finite(flexi_atof(value)), gang=gang)
    return controls.set_volume(session, number, flexi_atof(value), gang=gang)


def _pan(session: Session, number: int, value: bytes) -> Session:
    held = session.track(number).pan if value.startswith(b"+") else 0.0
    return controls.set_pan(session, number, held + _amount(value), gang=not value.endswith(b"g"))


def _width(session: Session, number: int, value: bytes) -> Session:
    held = session.track(number).width if value.startswith(b"+") else 0.0
    return controls.set_width(session, number, held + _amount(value), gang=not value.endswith(b"g"))


def _amount(value: bytes) -> float:
    return _finite(flexi_atof(value[1:] if value.startswith(b"+") else value))


def _finite(number: float) -> float:
    return number if math.isfinite(number) else math.copysign(6000.0, number)


def _monitor(session: Session, number: int, value: int) -> Session:
    """Set input monitoring; a negative value goes to the next mode."""
    return controls.set_monitor(
        session, number, (session.track(number).monitored + 1) % 3 if value < 0 else value, gang=True
    )


def _ganged(switch: Callable[..., Session]) -> Switch:
    return lambda session, number, value: switch(session, number, value, gang=True)


MARKS = frozenset("mMrR")
FADERS: Mapping[bytes, tuple[StepName, Callable[[Session, int, bytes], Session]]] = MappingProxyType(
    {b"VOL": (StepName.VOLUME, _volume), b"PAN": (StepName.PAN, _pan), b"WIDTH": (StepName.WIDTH, _width)}
)
SWITCHES: Mapping[bytes, tuple[StepName | None, Switch]] = MappingProxyType(
    {
        b"MUTE": (StepName.MUTE, _ganged(controls.set_mute)),
        b"SOLO": (StepName.SOLO, _ganged(controls.set_solo)),
        b"FX": (StepName.EFFECTS, _ganged(controls.set_effects)),
        b"RECARM": (StepName.ARM, _ganged(controls.set_arm)),
        b"RECMON": (StepName.MONITOR, _monitor),
        b"SEL": (None, controls.set_selected),
    }
)
SEND_FADERS: Mapping[bytes, tuple[StepName, Callable[[Send, float], Send]]] = MappingProxyType(
    {
        b"VOL": (StepName.SEND_VOLUME, lambda send, x: replace(send, gain_linear=clamp(x, 0.0, HIGHEST_GAIN))),
        b"PAN": (StepName.SEND_PAN, lambda send, x: replace(send, pan=clamp(x, -1.0, 1.0))),
    }
)
