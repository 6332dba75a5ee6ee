"""What REAPER does to tracks when a control surface moves a control: pure edits, with ganging.

Tracks are numbered as REAPER's surfaces number them, 0 the master. With ``gang``, a change of a selected track is made
on every selected track, the master with them: volumes by the same ratio, pans and widths by the same difference,
switches to the same value (the contract tests of a public control surface record this of REAPER's ``CSurf_On…Change``).
A switch takes 1, 0, or a negative number to toggle. Numbers without such a track change nothing.

Guesses: gains are held at +60 dB; where a fader leaves −inf, ganged faders stay, since there is no ratio; the limits
of monitoring modes. Names of undo steps: those of volume, pan and sends are REAPER's, the others are made like them.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum

from mock_daw.reaper.scales import SILENCE_DB, clamp, gain_db, gain_linear
from mock_daw.session import Send, Session, Track

HIGHEST_GAIN = 1000.0
SOLO_IN_PLACE = 2
Turn = Callable[[Track], Track]


class StepName(StrEnum):
    """How REAPER names the undo steps of these changes."""

    VOLUME = "Adjust track volume (via surface)"
    PAN = "Adjust track pan (via surface)"
    WIDTH = "Adjust track width (via surface)"
    MUTE = "Adjust track mute (via surface)"
    SOLO = "Adjust track solo (via surface)"
    EFFECTS = "Adjust track FX bypass (via surface)"
    ARM = "Adjust track record arm (via surface)"
    MONITOR = "Adjust track input monitoring (via surface)"
    SEND_VOLUME = "Adjust send volume"
    SEND_PAN = "Adjust send pan"
    SEND_MUTE = "Toggle send mute"


def has(session: Session, number: int) -> bool:
    """Whether there is a track of that number, 0 the master."""
    return 0 <= number <= len(session.tracks)


def set_volume(session: Session, number: int, linear: float, *, gang: bool = False) -> Session:
    """Set a fader to a linear gain."""
    if not has(session, number):
        return session
    old, new = session.track(number).gain_linear, clamp(linear, 0.0, HIGHEST_GAIN)

    def turned(track: Track) -> Track:
        ratio = new / old if old > 0.0 else 1.0
        return replace(track, gain_linear=clamp(track.gain_linear * ratio, 0.0, HIGHEST_GAIN))

    turned_all = _turn(session, _others(session, number, gang), turned)
    return _turn(turned_all, (number,), lambda track: replace(track, gain_linear=new))


def move_volume(session: Session, number: int, db: float, *, gang: bool = False) -> Session:
    """Move a fader by so many dB; at or below −150 dB it is at −inf."""
    if not has(session, number):
        return session
    level_db = max(gain_db(session.track(number).gain_linear), SILENCE_DB) + db
    return set_volume(session, number, gain_linear(level_db) if level_db > SILENCE_DB else 0.0, gang=gang)


def set_pan(session: Session, number: int, pan: float, *, gang: bool = False) -> Session:
    """Set a pan, in [-1, 1]."""
    return _shift(session, number, gang, pan, lambda t: t.pan, lambda t, value: replace(t, pan=value))


def set_width(session: Session, number: int, width: float, *, gang: bool = False) -> Session:
    """Set a stereo width, in [-1, 1]."""
    return _shift(session, number, gang, width, lambda t: t.width, lambda t, value: replace(t, width=value))


def set_mute(session: Session, number: int, value: int, *, gang: bool = False) -> Session:
    """Mute, unmute or toggle."""
    return _switch(session, number, gang, value, lambda t: t.muted, lambda t, on: replace(t, muted=on))


def set_solo(session: Session, number: int, value: int, *, gang: bool = False) -> Session:
    """Solo in place (REAPER's default), unsolo or toggle."""
    return _switch(
        session, number, gang, value, lambda t: bool(t.solo), lambda t, on: replace(t, solo=SOLO_IN_PLACE if on else 0)
    )


def set_effects(session: Session, number: int, value: int, *, gang: bool = False) -> Session:
    """Switch the effects chain on or off, or toggle."""
    return _switch(
        session, number, gang, value, lambda t: t.effects_enabled, lambda t, on: replace(t, effects_enabled=on)
    )


def set_arm(session: Session, number: int, value: int, *, gang: bool = False) -> Session:
    """Arm, disarm or toggle; the master can not be armed, and what does not change the track changes no other."""
    if number == 0 or not has(session, number):
        return session
    armed = session.track(number).armed
    if value >= 0 and bool(value) == armed:
        return session
    numbers = [k for k in (number, *_others(session, number, gang)) if k]
    return _turn(session, numbers, lambda track: replace(track, armed=not armed))


def set_monitor(session: Session, number: int, mode: int, *, gang: bool = False) -> Session:
    """Set input monitoring: 0 off, 1 on, 2 not while playing. The master has none."""
    if number == 0 or not has(session, number):
        return session
    numbers = [k for k in (number, *_others(session, number, gang)) if k]
    return _turn(session, numbers, lambda track: replace(track, monitored=min(max(mode, 0), 2)))


def set_selected(session: Session, number: int, value: int) -> Session:
    """Select, unselect or toggle one track."""
    return _switch(session, number, False, value, lambda t: t.selected, lambda t, on: replace(t, selected=on))


def send_at(session: Session, number: int, index: int) -> tuple[int, int] | None:
    """Return (source's number, place of the send) by a surface's index: sends from 0, receives from −1 down.

    Hardware outputs would come before the sends; the mock has none.
    """
    if not has(session, number):
        return None
    if index < 0:
        return dict(enumerate(session.receives(number))).get(-1 - index)
    return (number, index) if index < len(session.track(number).sends) else None


def with_send(session: Session, at: tuple[int, int], change: Callable[[Send], Send]) -> Session:
    """Return the session with a send changed, by the place that ``send_at`` gave."""
    number, place = at
    track = session.track(number)
    sends = (*track.sends[:place], change(track.sends[place]), *track.sends[place + 1 :])
    return session.with_track(number, replace(track, sends=sends))


def _shift(
    session: Session,
    number: int,
    gang: bool,
    wanted: float,
    read: Callable[[Track], float],
    written: Callable[[Track, float], Track],
) -> Session:
    if not has(session, number) or math.isnan(wanted):
        return session
    new = clamp(wanted, -1.0, 1.0)
    difference = new - read(session.track(number))
    shifted = _turn(
        session,
        _others(session, number, gang),
        lambda track: written(track, clamp(read(track) + difference, -1.0, 1.0)),
    )
    return _turn(shifted, (number,), lambda track: written(track, new))


def _switch(
    session: Session,
    number: int,
    gang: bool,
    value: int,
    state: Callable[[Track], bool],
    switched: Callable[[Track, bool], Track],
) -> Session:
    if not has(session, number):
        return session
    on = not state(session.track(number)) if value < 0 else value > 0
    return _turn(session, (number, *_others(session, number, gang)), lambda track: switched(track, on))


def _others(session: Session, number: int, gang: bool) -> tuple[int, ...]:
    """Return the numbers of the tracks that go along with a change of this one."""
    if not gang or not session.track(number).selected:
        return ()
    return tuple(k for k in _selected(session) if k != number)


def _selected(session: Session) -> Iterator[int]:
    return (k for k, track in enumerate((session.master, *session.tracks)) if track.selected)


def _turn(session: Session, numbers: list[int] | tuple[int, ...], turned: Turn) -> Session:
    for number in numbers:
        session = session.with_track(number, turned(session.track(number)))
    return session
