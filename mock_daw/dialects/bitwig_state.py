"""What DrivenByMoss tells of Bitwig: addresses in the order of its modules, values as they go out.

From ``TransportModule.java``, ``ProjectModule.java``, ``TrackModule.java`` and ``DeviceModule.java``; clips, sends,
scenes, layouts, browsers, markers and devices other than EQ+ are left out.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mock_daw.dialects import eq_plus
from mock_daw.dialects.bitwig_laws import PAN, Resolution, volume_along
from mock_daw.dialects.equalisers import effect
from mock_daw.dialects.metering import loudest
from mock_daw.meter_hold import MeterHold
from mock_daw.session import Session, Track

PAGE = 8
Value = int | float | str
Saying = tuple[str, Value]


@dataclass(frozen=True, slots=True)
class View:
    """What the extension looks at: where the bank begins (0: with the first track), and the cursor track's number."""

    offset: int = 0
    cursor: int | None = None
    meters: bool = False


def state(session: Session, view: View, resolution: Resolution, hold: MeterHold, *, playing: bool) -> Iterator[Saying]:
    """Tell everything."""
    yield from _transport(session, playing=playing)
    yield "/project/name", ascii_only(session.name)
    for slot in range(PAGE):
        number = view.offset + slot + 1
        yield from _track(f"/track/{slot + 1}/", session, number, view, resolution, hold)
    yield from _track("/master/", session, 0, view, resolution, hold)
    yield from _track("/track/selected/", session, view.cursor, view, resolution, hold)
    yield from _equaliser(None if view.cursor is None else session.track(view.cursor), resolution)


def ascii_only(text: str) -> str:
    """Return a text as ``StringUtils.fixASCII`` leaves it: letters lose their accents, the rest becomes "?"."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.encode("ascii", "replace").decode()


def volume_text(gain_linear: float) -> str:
    """Return a volume in words."""
    return f"{20.0 * math.log10(gain_linear):.2f} dB" if gain_linear > 0.0 else "-inf dB"


def pan_text(pan: float) -> str:
    """Return a pan in words."""
    percent = round(abs(pan) * 100.0)
    return f"{percent} % {'L' if pan < 0.0 else 'R'}" if percent else "C"


def _transport(session: Session, *, playing: bool) -> Iterator[Saying]:
    yield "/play", int(playing)
    yield "/record", 0
    yield "/repeat", int(session.repeat)
    yield "/click", int(session.metronome)
    yield "/tempo/raw", float(session.tempo_bpm)
    yield "/time/signature", f"{session.beats} / {session.beat_unit}"


def _track(
    head: str, session: Session, number: int | None, view: View, resolution: Resolution, hold: MeterHold
) -> Iterator[Saying]:
    exists = number is not None and number <= len(session.tracks)
    track = session.track(number) if exists and number is not None else Track("", gain_linear=0.0)
    yield f"{head}exists", int(exists)
    yield f"{head}type", "master" if number == 0 else "audio" if exists else "unknown"
    yield f"{head}activated", int(exists)
    yield f"{head}selected", int(exists and number == view.cursor)
    yield f"{head}isGroup", int(track.folder_depth > 0)
    yield f"{head}name", "Master" if number == 0 else ascii_only(track.name)
    yield f"{head}volumeStr", volume_text(track.gain_linear) if exists else ""
    yield f"{head}volume", resolution.whole(volume_along(track.gain_linear))
    yield f"{head}panStr", pan_text(track.pan) if exists else ""
    yield f"{head}pan", resolution.whole(PAN.along(track.pan))
    yield f"{head}mute", int(track.muted)
    yield f"{head}solo", int(track.solo > 0)
    yield f"{head}recarm", int(track.armed)
    yield f"{head}monitor", 0
    yield f"{head}autoMonitor", int(exists)
    yield f"{head}canHoldNotes", 0
    yield f"{head}canHoldAudioData", int(exists)
    yield f"{head}position", (number or 0) - 1 if exists and number else 0
    peak = loudest(hold, number) if exists and number is not None and view.meters else 0.0
    yield f"{head}vu", resolution.whole(volume_along(peak))


def _equaliser(track: Track | None, resolution: Resolution) -> Iterator[Saying]:
    found = None if track is None else effect(track)
    yield "/eq/exists", int(found is not None)
    yield "/eq/name", eq_plus.NAME if found is not None else ""
    yield "/eq/bypass", int(found is not None and not found.enabled)
    for number, band in enumerate(eq_plus.bands(track), 1):
        yield f"/eq/type/{number}/value", eq_plus.type_name(band)
    for name, number, knob, band in eq_plus.knobs(track):
        head = f"/eq/{name}/{number}/"
        value = resolution.whole(knob.read(band)) if found is not None else 0
        yield f"{head}name", f"{name.capitalize()} {number}" if found is not None else ""
        yield f"{head}valueStr", knob.text(band) if found is not None else ""
        yield f"{head}value", value
        yield f"{head}modulatedValue", value
