"""Tempo and time signature; the mock's tempo does not change over time."""

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.reaper.functions.signature import Function

LOWEST_BPM, HIGHEST_BPM = 1.0, 960.0
LOWEST_RATE, HIGHEST_RATE = 0.25, 4.0


def set_tempo(host: Host, _project: str, tempo_bpm: float, _want_undo: bool) -> None:
    """Set the tempo, within REAPER's 1 to 960 bpm."""
    held_bpm = min(max(tempo_bpm, LOWEST_BPM), HIGHEST_BPM)
    host.edit(lambda session: replace(session, tempo_bpm=held_bpm))


def _signature(host: Host, _project: str) -> tuple[float, float]:
    return host.session.tempo_bpm, float(host.session.beats)


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
        "TimeMap_GetDividedBpmAtTime": Function("d d", lambda host, _position_s: host.session.tempo_bpm),
        "TimeMap2_GetDividedBpmAtTime": Function("d pd", lambda host, *_: host.session.tempo_bpm),
        "CountTempoTimeSigMarkers": Function("i p", lambda _host, _project: 0),
        "FindTempoTimeSigMarker": Function("n pd", lambda _host, _project, _position_s: -1),
    }
)
