"""Writes a session as REAPER would: an ``.RPP`` project, or a track's state chunk.

What the mock does not know of (heights, colours of takes, the takes that do not play) is not in it, nor are settings of
plug-ins that it added itself, but for ReaEQ; what else it knows reads back the same.
"""

from collections.abc import Mapping
from pathlib import Path

from mock_daw.rpp_text import block_text, quoted, row_text
from mock_daw.rpp_tracks import master_lines, send_line, track_lines
from mock_daw.session import Marker, Session

VERSION = "7.0/mock"
METRONOME_ON, METRONOME_OFF = 7, 6
SQUARE = 1


def project_text(session: Session) -> str:
    """Return the session as the text of an ``.RPP`` file; media below the project's folder are named from there."""
    folder = session.path.parent if session.path else None
    metronome = METRONOME_ON if session.metronome else METRONOME_OFF
    lines = [
        row_text("LOOP", session.repeat),
        row_text("SAMPLERATE", session.rate_hz, 1, 0),
        *block_text(row_text("METRONOME", metronome, 2), []),
        row_text("GLOBAL_AUTO", session.automation_override),
        row_text("TIMELOCKMODE", session.timebase),
        row_text("TEMPO", session.tempo_bpm, session.beats, session.beat_unit, 0),
        row_text("PLAYRATE", session.play_rate, 0, 0.25, 4),
        row_text("SELECTION", session.loop_start_s, session.loop_end_s),
        row_text("SELECTION2", session.loop_start_s, session.loop_end_s),
        *_tempo_lines(session),
        *master_lines(session.master),
        *(line for marker in session.markers for line in _marker_lines(marker)),
    ]
    for number, track in enumerate(session.tracks, 1):
        inside = track_lines(track, _receive_lines(session, number), lambda path: _file_name(path, folder))
        lines.extend(block_text(row_text("TRACK", track.guid), inside))
    lines.extend(_ext_state_lines(session.ext_state))
    return "\n".join(block_text(f'REAPER_PROJECT 0.1 "{VERSION}" 0', lines)) + "\n"


def track_chunk(session: Session, number: int) -> str:
    """Return a track's state chunk (REAPER's ``GetTrackStateChunk``); from 1, 0 the master. Raises ``IndexError``."""
    track = session.track(number)
    receives = _receive_lines(session, number) if number else []
    inside = track_lines(track, receives, lambda path: _file_name(path, None))
    return "\n".join(("<TRACK", *(line.lstrip(" ") for line in inside), ">")) + "\n"


def _receive_lines(session: Session, number: int) -> list[str]:
    return [send_line(session.track(source).sends[place], source - 1) for source, place in session.receives(number)]


def _tempo_lines(session: Session) -> list[str]:
    if not session.tempo_marker:
        return []
    meter = session.beat_unit << 16 | session.beats
    point = row_text("PT", 0, session.tempo_bpm, SQUARE, meter)
    return block_text("TEMPOENVEX", [row_text("ACT", 1, -1), row_text("VIS", 1, 0, 1), point])


def _marker_lines(marker: Marker) -> list[str]:
    is_region = marker.end_s is not None
    start = row_text("MARKER", marker.number, marker.position_s, marker.name, is_region, marker.color, 1, "R")
    lines = [f"{start} {marker.guid} 0"]
    if marker.end_s is not None:
        lines.append(row_text("MARKER", marker.number, marker.end_s, "", is_region))
    return lines


def _ext_state_lines(ext_state: Mapping[str, Mapping[str, str]]) -> list[str]:
    sections = [
        line
        for section, values in ext_state.items()
        for line in block_text(quoted(section), [f"{quoted(key)} {quoted(value)}" for key, value in values.items()])
    ]
    return block_text("EXTSTATE", sections) if sections else []


def _file_name(path: Path, folder: Path | None) -> str:
    """Return a media file's name as the project has it, seen from the project's folder where it lies below it."""
    return str(path.relative_to(folder) if folder and path.is_relative_to(folder) else path)
