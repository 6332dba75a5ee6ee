"""What the web interface says of tracks and sends, and the values of tracks that it can read and set by name.

After ``csurf_www.cpp``. Numbers of tracks are REAPER's: 0 the master. A line that is longer than its buffer loses its
end and its line feed, as in REAPER: a track with a name of more than 200 letters runs into the next line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mock_daw.live import MeterHold
from mock_daw.reaper.c_text import atoi, decode, encode, flexi_atof
from mock_daw.reaper.controls import HIGHEST_GAIN, has, send_at
from mock_daw.reaper.scales import SILENCE_DB, clamp, gain_db
from mock_daw.session import Automation, Session, Track

LINE, NAME = 256, 512
BALANCE = 3
HAS_COLOR = 0x1000000
FOLDER, SELECTED, EFFECTS, MUTED, SOLO, IN_PLACE, ARMED, MONITORED, AUTO_MONITORED = (1 << bit for bit in range(9))


def track_lines(session: Session, meters: MeterHold, numbers: Iterable[int]) -> bytes:
    """Return the lines of tracks, which must be there."""
    receives = Counter(send.to for track in session.tracks for send in track.sends)
    return b"".join(_line(session.track(number), number, meters, receives) for number in numbers)


def _line(track: Track, number: int, meters: MeterHold, receives: Mapping[str, int]) -> bytes:
    name = (encode(track.name) if number else b"MASTER")[: NAME - 1].translate(bytes.maketrans(b"\t\n", b"  "))
    fields = (
        f"{flags(track) if number else flags(track) & ~IN_PLACE}",
        f"{track.gain_linear:f}",
        f"{track.pan:f}",
        f"{_tenths_db(meters.held, number)}",
        f"{_tenths_db(meters.peaks, number)}",
        f"{track.width:f}",
        f"{BALANCE if track.pan_mode < 0 else track.pan_mode}",
        f"{len(track.sends)}",
        f"{receives.get(track.guid, 0)}",
        "0" if number else "1",  # hardware outputs: the mock's master has one, as a new project's has
        f"{color(track.color)}",
    )
    return (b"TRACK\t%d\t%b\t" % (number, name) + "\t".join(fields).encode() + b"\n")[:LINE]


def flags(track: Track) -> int:
    """Return the state of a track as ``GetTrackState`` does."""
    states = (
        (FOLDER, track.folder_depth > 0),
        (SELECTED, track.selected),
        (EFFECTS, bool(track.effects) and track.effects_enabled),
        (MUTED, track.muted),
        (SOLO, track.solo > 0),
        (IN_PLACE, track.solo > 1),
        (ARMED, track.armed),
        (MONITORED, track.monitored == 1),
        (AUTO_MONITORED, track.monitored == 2),
    )
    return sum(flag for flag, on in states if on)


def color(custom: int) -> int:
    """Return a custom colour, 0 where none is set."""
    return custom if custom & HAS_COLOR else 0


def send_line(session: Session, number: int, index: int) -> bytes:
    """Return the line of a send (from 0) or receive (from −1 down); one that is not there reads as zeros and −1."""
    at = send_at(session, number, index)
    if at is None:
        return f"SEND\t{number}\t{index}\t0\t{0.0:f}\t{0.0:f}\t-1\n".encode()
    source, place = at
    send = session.track(source).sends[place]
    targets = {track.guid: k for k, track in enumerate(session.tracks, 1)}
    other = source if index < 0 else targets.get(send.to, -1)
    return f"SEND\t{number}\t{index}\t{8 if send.muted else 0}\t{send.gain_linear:f}\t{send.pan:f}\t{other}\n".encode()


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a track by its name in the SDK: as text, and set from text where it can be."""

    get: Callable[[Track], str]
    set: Callable[[Track, bytes], Track] | None = None


def value_text(session: Session, number: int, name: bytes) -> bytes:
    """Return what "GET/TRACK/n/name" says behind the tab: nothing where the name is none.

    For P_NAME it is the word "P_NAME": REAPER's source copies the wrong string.
    """
    found = VALUES.get(decode(name))
    return b"" if found is None or not has(session, number) else encode(found.get(session.track(number)))


def with_value(session: Session, number: int, name: bytes, text: bytes) -> Session:
    """Return the session with a value of a track set from text; what can not be set changes nothing."""
    found = VALUES.get(decode(name))
    if found is None or found.set is None or not has(session, number) or (number == 0 and name == b"P_NAME"):
        return session
    return session.with_track(number, found.set(session.track(number), text))


def _number(field: str, low: float, high: float) -> Value:
    return Value(
        lambda track: f"{getattr(track, field):f}",
        lambda track, text: replace(track, **{field: clamp(flexi_atof(text), low, high)}),  # type: ignore[arg-type]
    )


def _whole(field: str, low: int, high: int) -> Value:
    return Value(
        lambda track: f"{int(getattr(track, field))}",
        lambda track, text: replace(track, **{field: min(max(atoi(text), low), high)}),  # type: ignore[arg-type]
    )


def _switch(field: str) -> Value:
    return Value(
        lambda track: f"{int(getattr(track, field))}",
        lambda track, text: replace(track, **{field: bool(atoi(text))}),  # type: ignore[arg-type]
    )


_MODES = tuple(Automation)
VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "P_NAME": Value(lambda _track: "P_NAME", lambda track, text: replace(track, name=decode(text))),
        "GUID": Value(lambda track: track.guid),
        "D_VOL": _number("gain_linear", 0.0, HIGHEST_GAIN),
        "D_PAN": _number("pan", -1.0, 1.0),
        "D_WIDTH": _number("width", -1.0, 1.0),
        "I_PANMODE": _whole("pan_mode", -1, 6),
        "B_MUTE": _switch("muted"),
        "B_PHASE": _switch("phase_inverted"),
        "B_MAINSEND": _switch("main_send"),
        "I_SOLO": _whole("solo", 0, 6),
        "I_SELECTED": _switch("selected"),
        "I_RECARM": _switch("armed"),
        "I_RECMON": _whole("monitored", 0, 2),
        "I_FXEN": _switch("effects_enabled"),
        "I_FOLDERDEPTH": Value(lambda track: f"{track.folder_depth}"),
        "I_NCHAN": Value(lambda track: f"{track.channels}"),
        "I_CUSTOMCOLOR": _whole("color", 0, 0x1FFFFFF),
        "I_AUTOMODE": Value(
            lambda track: f"{_MODES.index(track.automation)}",
            lambda track, text: replace(track, automation=_MODES[min(max(atoi(text), 0), len(_MODES) - 1)]),
        ),
    }
)


def _tenths_db(rows: NDArray[np.float64], number: int) -> int:
    """Return the louder side of a meter in tenths of a dB, cut off; −1500 is silence."""
    peak = float(rows[number].max()) if number < len(rows) else 0.0
    return int(max(gain_db(peak), SILENCE_DB) * 10.0)
