"""What an Ardour surface is told: the state of strips and master, and the transport.

Addresses, types and order are those that an Ardour 7.3 sent after ``/set_surface`` (feedback 16539 and 159).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_daw.dialects.ardour_laws import db_of_gain, fader_of_gain
from mock_daw.dialects.osc10 import Outgoing
from mock_daw.session import Session, Track

BUTTONS, CONTROLS, IN_LINE, HEARTBEAT, MASTER, METERS, SAMPLES, REPLIES = 1, 2, 4, 8, 16, 128, 1024, 16384
STRIPS_BUT_MASTER, MASTER_STRIP = 31, 32
BOTH_GAINS = 2
LATERAL_CENTRE = 0.5

Saying = tuple[str, tuple[Outgoing, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a surface has asked for with ``/set_surface``."""

    bank: int = 0
    strip_types: int = STRIPS_BUT_MASTER
    feedback: int = 0
    gainmode: int = 0
    send_page: int = 0
    plugin_page: int = 0

    def wants(self, bit: int) -> bool:
        """Whether a bit of the feedback is set."""
        return bool(self.feedback & bit)

    @property
    def with_master(self) -> bool:
        """Whether the master is the last strip."""
        return bool(self.strip_types & MASTER_STRIP)


def strips(session: Session, settings: Settings) -> list[tuple[int, int]]:
    """Return the strips as (ssid from 1, track number): the tracks, and the master behind them if it is wanted."""
    numbers = list(range(1, len(session.tracks) + 1))
    return list(enumerate([*numbers, 0] if settings.with_master else numbers, 1))


def position(pan: float) -> float:
    """Return a pan as ``pan_stereo_position`` has it: 1 is left (seen with an Ardour 7.3: 0.25 leans to the right)."""
    return (1.0 - pan) / 2.0


def strip_state(session: Session, settings: Settings) -> Iterator[Saying]:
    """Tell everything about all strips, in Ardour's order."""
    for ssid, number in strips(session, settings):
        track = session.track(number)
        buttons = _buttons(track, number) if settings.wants(BUTTONS) else ()
        controls = _controls(track, settings.gainmode) if settings.wants(CONTROLS) else ()
        for path, value in (*buttons, *controls):
            yield stripped(f"/strip/{path}", ssid, value, settings)


def stripped(path: str, ssid: int, value: Outgoing, settings: Settings) -> Saying:
    """Return a message on a strip, with its number in the arguments or (bit 4) in the address."""
    return (f"{path}/{ssid}", (value,)) if settings.wants(IN_LINE) else (path, (ssid, value))


def master_state(master: Track, settings: Settings) -> Iterator[Saying]:
    """Tell everything about the master."""
    yield "/master/name", ("Master",)
    yield "/master/mute", (float(master.muted),)
    yield "/master/trimdB", (0.0,)
    yield "/master/pan_stereo_position", (position(master.pan),)
    for path, value in _gains(master.gain_linear, settings.gainmode):
        yield f"/master/{path}", (value,)


def transport_state(session: Session, *, playing: bool) -> Iterator[Saying]:
    """Tell what the transport does, and what else belongs to the whole session."""
    yield "/loop_toggle", (float(session.repeat),)
    yield "/transport_play", (float(playing),)
    yield "/toggle_roll", (float(playing),)
    yield "/transport_stop", (float(not playing),)
    yield "/rewind", (0.0,)
    yield "/ffwd", (0.0,)
    yield "/rec_enable_toggle", (0.0,)
    yield "/record_tally", (0.0,)
    yield "/session_name", (session.name,)
    yield "/cancel_all_solos", (float(session.soloed),)


def _buttons(track: Track, number: int) -> Iterator[tuple[str, Outgoing]]:
    yield "select", float(track.selected)
    yield "name", track.name if number else "Master"
    yield "group", " "
    yield "hide", 0
    yield "mute/automation", 0.0
    yield "mute/automation_name", "Manual"
    yield "mute", float(track.muted)
    yield "solo", float(track.solo > 0)
    yield "solo_iso", 0.0
    yield "solo_safe", 0.0
    if number:
        yield "monitor_input", 0
        yield "monitor_disk", 0
        yield "recenable", float(track.armed)
        yield "record_safe", 0.0


def _controls(track: Track, gainmode: int) -> Iterator[tuple[str, Outgoing]]:
    yield from _gains(track.gain_linear, gainmode)
    yield "gain/automation" if not gainmode else "fader/automation", 0.0
    yield "gain/automation_name" if not gainmode else "fader/automation_name", "Manual"
    yield "trimdB", 0.0
    yield "pan_type", "panner_balance"
    yield "pan_stereo_position", position(track.pan)
    yield "pan_stereo_width", LATERAL_CENTRE


def _gains(gain_linear: float, gainmode: int) -> Iterator[tuple[str, Outgoing]]:
    if gainmode:
        yield "fader", fader_of_gain(gain_linear)
    if gainmode in {0, BOTH_GAINS}:
        yield "gain", db_of_gain(gain_linear)
