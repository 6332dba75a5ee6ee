"""Sends and receives of tracks; the mock has no hardware outputs to send to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType
from typing import Any

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.functions.track_values import numbered_name
from mock_daw.session import Send, SendMode, Track, guid

RECEIVE, SEND = -1, 0
AUDIO_FROM_CHANNELS_1_2 = 0.0
MONO_SOURCE = 1024.0
MODES: Mapping[int, SendMode] = MappingProxyType(
    {0: SendMode.POST_FADER, 1: SendMode.PRE_FX, 2: SendMode.PRE_FADER, 3: SendMode.PRE_FADER}
)
MODE_NUMBERS: Mapping[SendMode, float] = MappingProxyType(
    {SendMode.POST_FADER: 0.0, SendMode.PRE_FX: 1.0, SendMode.PRE_FADER: 3.0}
)


@dataclass(frozen=True, slots=True)
class Value:
    """A number of a send; without ``set`` it can only be read."""

    get: Callable[[Send], float]
    set: Callable[[Send, float], Send] | None = None


def _own(field: str, convert: Callable[[float], Any]) -> Value:
    return Value(lambda send: float(getattr(send, field)), lambda send, value: replace(send, **{field: convert(value)}))


VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "D_VOL": _own("gain_linear", lambda value: max(value, 0.0)),
        "D_PAN": _own("pan", lambda value: min(max(value, -1.0), 1.0)),
        "B_MUTE": _own("muted", bool),
        "B_PHASE": _own("phase_inverted", bool),
        "B_MONO": _own("mono", bool),
        "I_SENDMODE": Value(
            lambda send: MODE_NUMBERS[send.mode],
            lambda send, value: replace(send, mode=MODES.get(int(value), send.mode)),
        ),
        "D_PANLAW": Value(lambda _send: -1.0),
        "I_AUTOMODE": Value(lambda _send: -1.0),
        "I_SRCCHAN": Value(lambda send: MONO_SOURCE if send.mono else AUDIO_FROM_CHANNELS_1_2),
        "I_DSTCHAN": Value(lambda _send: 0.0),
        "I_MIDIFLAGS": Value(lambda _send: 0.0),
    }
)


def found(host: Host, number: int, category: int, index: int) -> tuple[int, int] | None:
    """Return (source track's number, the send's place on it) of a send (0) or a receive (-1); None for no such one."""
    if index < 0:
        return None
    if category == SEND:
        return (number, index) if index < len(host.track(number).sends) else None
    if category == RECEIVE:
        return dict(enumerate(host.session.receives(number))).get(index)
    return None


def _count(host: Host, number: int, category: int) -> int:
    return next(k for k in count() if found(host, number, category, k) is None)


def _value(host: Host, number: int, category: int, index: int, parameter: str) -> float:
    at = found(host, number, category, index)
    if at is None:
        return 0.0
    source, place = at
    send = host.track(source).sends[place]
    if parameter == "P_SRCTRACK":
        return float(host.pointers.address("MediaTrack*", host.track(source).guid))
    if parameter == "P_DESTTRACK":
        return float(host.pointers.address("MediaTrack*", send.to))
    known = VALUES.get(parameter)
    return 0.0 if known is None else known.get(send)


def _set_value(host: Host, number: int, category: int, index: int, parameter: str, value: float) -> bool:
    at, known = found(host, number, category, index), VALUES.get(parameter)
    if at is None or known is None or known.set is None:
        return False
    change = known.set
    _edit(host, at, lambda send: change(send, value))
    return True


def _edit(host: Host, at: tuple[int, int], change: Callable[[Send], Send]) -> None:
    number, place = at

    def changed(track: Track) -> Track:
        sends = list(track.sends)
        sends[place] = change(sends[place])
        return replace(track, sends=tuple(sends))

    host.edit_track(number, changed)


def _create(host: Host, number: int, to: int | None) -> int:
    """Return the place of the new send, -1 for one to hardware, to itself or to the master."""
    if not to or number in {to, 0}:
        return -1
    source, destination = host.track(number), host.track(to)
    place = len(source.sends)
    new = Send(guid("script send", source.guid, destination.guid, host.live.changes), destination.guid)
    host.edit_track(number, lambda track: replace(track, sends=(*track.sends, new)))
    return place


def _remove(host: Host, number: int, category: int, index: int) -> bool:
    at = found(host, number, category, index)
    if at is None:
        return False
    source, place = at
    host.edit_track(source, lambda track: replace(track, sends=track.sends[:place] + track.sends[place + 1 :]))
    return True


def _send_name(host: Host, number: int, index: int, text: str, size: int) -> tuple[bool, str]:
    at = found(host, number, SEND, index)
    if at is None:
        return False, text
    to = host.places.tracks[host.track(number).sends[index].to]
    return True, cut(numbered_name(host.track(to), to), size)


def _receive_name(host: Host, number: int, index: int, text: str, size: int) -> tuple[bool, str]:
    at = found(host, number, RECEIVE, index)
    if at is None:
        return False, text
    return True, cut(numbered_name(host.track(at[0]), at[0]), size)


def _volume_and_pan(category: int) -> Callable[[Host, int, int, float, float], tuple[bool, float, float]]:
    def get(host: Host, number: int, index: int, volume: float, pan: float) -> tuple[bool, float, float]:
        at = found(host, number, category, index)
        if at is None:
            return False, volume, pan
        send = host.track(at[0]).sends[at[1]]
        return True, send.gain_linear, send.pan

    return get


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetTrackNumSends": Function("i ti", _count),
        "GetTrackSendInfo_Value": Function("d tiis", _value),
        "SetTrackSendInfo_Value": Function("b tiisd", _set_value),
        "CreateTrackSend": Function("n ty", _create),
        "RemoveTrackSend": Function("b tii", _remove),
        "GetTrackSendName": Function("b tiSi", _send_name),
        "GetTrackReceiveName": Function("b tiSi", _receive_name),
        "GetTrackSendUIVolPan": Function("b tiDD", _volume_and_pan(SEND)),
        "GetTrackReceiveUIVolPan": Function("b tiDD", _volume_and_pan(RECEIVE)),
    }
)
