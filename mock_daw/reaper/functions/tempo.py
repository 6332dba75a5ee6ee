"""Tempo and time signature; the mock's tempo does not change over time, so a marker of them stands at 0 s alone.

A tempo is in quarter notes a minute, but where REAPER speaks of beats it counts those of the time signature: 120
quarters are 240 beats in 6/8 (reaper-mcp's contract tests saw it in ``GetProjectTimeSignature2`` of REAPER 7.82, the
SDK's header says it of ``TimeMap_GetDividedBpmAtTime``).
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Session
from mock_daw.timebase import at_tempo

LOWEST_BPM, HIGHEST_BPM = 1.0, 960.0
LOWEST_RATE, HIGHEST_RATE = 0.25, 4.0


def set_tempo(host: Host, _project: str, tempo_bpm: float, _want_undo: bool) -> None:
    """Set the tempo, within REAPER's 1 to 960 bpm; items whose timebase is beats follow it."""
    held_bpm = min(max(tempo_bpm, LOWEST_BPM), HIGHEST_BPM)
    host.edit(lambda session: at_tempo(session, held_bpm))


def _beats_a_minute(host: Host) -> float:
    return host.session.tempo_bpm * host.session.beat_unit / 4.0


def _signature(host: Host, _project: str) -> tuple[float, float]:
    return _beats_a_minute(host), float(host.session.beats)


def quarters(host: Host, position_s: float) -> float:
    """Return a position in quarter notes: the tempo counts those, whatever the beat is."""
    return position_s * host.session.tempo_bpm / 60.0


def seconds(host: Host, position_qn: float) -> float:
    """Return a position in seconds."""
    return position_qn * 60.0 / host.session.tempo_bpm


def _beats(host: Host, _project: str, position_s: float, *_outs: object) -> tuple[float, int, int, float, int]:
    session = host.session
    beats = quarters(host, position_s) * session.beat_unit / 4.0
    measure = math.floor(beats / session.beats)
    return beats - measure * session.beats, measure, session.beats, beats, session.beat_unit


def _signature_at(host: Host, _project: str, _position_s: float, *_outs: object) -> tuple[int, int, float]:
    session = host.session
    return session.beats, session.beat_unit, session.tempo_bpm


def _markers(host: Host) -> int:
    return int(host.session.tempo_marker)


def _marker(host: Host, _project: str, index: int, *outs: object) -> tuple[object, ...]:
    session = host.session
    if not 0 <= index < _markers(host):
        return False, *outs
    return True, 0.0, 0, 0.0, session.tempo_bpm, session.beats, session.beat_unit, False


def _set_marker(
    host: Host,
    _project: str,
    index: int,
    position_s: float,
    measure: int,
    beat: float,
    tempo_bpm: float,
    beats: int,
    beat_unit: int,
    _is_linear: bool,
) -> bool:
    """Set a marker, -1 a new one: one at 0 s takes the place of the one there, and there is no other place.

    Without a time signature the one before stays (the SDK's header).
    """
    at_start = position_s == 0.0 if measure < 0 else (measure, beat) == (0, 0.0)
    if index >= _markers(host) or not at_start or not LOWEST_BPM <= tempo_bpm <= HIGHEST_BPM:
        return False
    has_meter = beats > 0 and beat_unit > 0

    def changed(session: Session) -> Session:
        after = replace(at_tempo(session, tempo_bpm), tempo_marker=True)
        return replace(after, beats=beats, beat_unit=beat_unit) if has_meter else after

    host.edit(changed)
    return True


def _delete_marker(host: Host, _project: str, index: int) -> bool:
    """Delete a marker; tempo and time signature stay as it had them (reaper-mcp's live tests, REAPER 7.82)."""
    if not 0 <= index < _markers(host):
        return False
    host.edit(lambda session: replace(session, tempo_marker=False))
    return True


def _rate(host: Host, play_rate: float) -> None:
    held = min(max(play_rate, LOWEST_RATE), HIGHEST_RATE)
    host.edit(lambda session: replace(session, play_rate=held))


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetProjectTimeSignature": Function("v DD", lambda host, *_outs: _signature(host, PROJECT)),
        "GetProjectTimeSignature2": Function("v pDD", lambda host, project, *_outs: _signature(host, project)),
        "SetCurrentBPM": Function("v pdb", set_tempo),
        "CSurf_OnTempoChange": Function("v d", lambda host, bpm: set_tempo(host, PROJECT, bpm, False)),
        "Master_GetTempo": Function("d ", lambda host: host.session.tempo_bpm),
        "Master_GetPlayRate": Function("d p", lambda host, _project: host.session.play_rate),
        "Master_GetPlayRateAtTime": Function("d dp", lambda host, _position_s, _project: host.session.play_rate),
        "CSurf_OnPlayRateChange": Function("v d", _rate),
        "TimeMap2_QNToTime": Function("d pd", lambda host, _project, position_qn: seconds(host, position_qn)),
        "TimeMap2_timeToQN": Function("d pd", lambda host, _project, position_s: quarters(host, position_s)),
        "TimeMap_QNToTime": Function("d d", seconds),
        "TimeMap_timeToQN": Function("d d", quarters),
        "TimeMap2_timeToBeats": Function("d pdIIDI", _beats),
        "TimeMap_GetTimeSigAtTime": Function("v pdIID", _signature_at),
        "TimeMap_GetDividedBpmAtTime": Function("d d", lambda host, _position_s: _beats_a_minute(host)),
        "TimeMap2_GetDividedBpmAtTime": Function("d pd", lambda host, *_: _beats_a_minute(host)),
        "CountTempoTimeSigMarkers": Function("i p", lambda host, _project: _markers(host)),
        "FindTempoTimeSigMarker": Function("n pd", lambda host, _project, _position_s: _markers(host) - 1),
        "GetTempoTimeSigMarker": Function("b piDIDDIIB", _marker),
        "SetTempoTimeSigMarker": Function("b pididdiib", _set_marker),
        "AddTempoTimeSigMarker": Function(
            "b pddiib",
            lambda host, project, position_s, *values: _set_marker(host, project, -1, position_s, -1, -1.0, *values),
        ),
        "DeleteTempoTimeSigMarker": Function("b pi", _delete_marker),
    }
)
