"""Positions as REAPER writes and reads them: minutes and seconds, or measures and beats.

The forms are those of ``format_timestr_pos``, modes 0 and 2, as the contract tests of a public control surface state
them. The tempo counts quarter notes, and beats are of the time signature's lower number;
there are no tempo changes. Which form a text has, REAPER decides by the ruler; here two points mean measures and beats.
"""

import math
import re
from typing import NamedTuple

from mock_daw.session import Session

LONGEST_S = 360_000.0  # a hundred hours: no session is longer, and sample counts stay exact
_MEASURES = re.compile(r"\s*([-+]?\d+)\.(\d+)\.(\d*)\s*")
_CLOCK = re.compile(r"\s*(-?)(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d*)?|[.,]\d+)")


class Beat(NamedTuple):
    """A position in measures from 0 and beats into the measure, and in beats since the start."""

    measure: int
    beat: float
    beats: float


def beat(session: Session, position_s: float) -> Beat:
    """Return where a position lies in measures and beats, as ``TimeMap2_timeToBeats``."""
    beats = position_s / _beat_s(session)
    measure = math.floor(beats / session.beats)
    return Beat(measure, beats - measure * session.beats, beats)


def time_text(position_s: float) -> str:
    """Write a position in minutes, seconds and thousandths, cut off: "1:02:05.250"."""
    thousandths = math.floor(abs(position_s) * 1000.0 + 1e-6)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes_left = divmod(minutes, 60)
    clock = f"{hours}:{minutes_left:02d}" if hours else f"{minutes_left}"
    return f"{'-' if position_s < 0.0 else ''}{clock}:{rest // 1000:02d}.{rest % 1000:03d}"


def beats_text(session: Session, position_s: float) -> str:
    """Write a position in measures and beats from 1 and hundredths of a beat, rounded: "2.4.00"."""
    hundredths = math.floor(beat(session, position_s).beats * 100.0 + 0.5 + 1e-6)
    beats, rest = divmod(hundredths, 100)
    measure, place = divmod(beats, session.beats)
    return f"{measure + 1}.{place + 1}.{rest:02d}"


def parse_position(session: Session, text: str) -> float | None:
    """Read a position in seconds from "83.5", "1:23.5", "1:02:05.25" or "2.4.50"; None where there is none."""
    if found := _MEASURES.fullmatch(text):
        measure, place, rest = int(found[1]), int(found[2]), found[3]
        beats = (measure - 1) * session.beats + place - 1 + (int(rest) / 10.0 ** len(rest) if rest else 0.0)
        return beats * _beat_s(session)
    if found := _CLOCK.match(text):
        hours, minutes = (int(part or 0) for part in found.group(2, 3))
        position_s = hours * 3600.0 + minutes * 60.0 + float(found[4].replace(",", "."))
        return -position_s if found[1] else position_s
    return None


def _beat_s(session: Session) -> float:
    return 60.0 / session.tempo_bpm * 4.0 / session.beat_unit
