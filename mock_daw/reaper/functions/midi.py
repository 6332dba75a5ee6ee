"""MIDI takes: where their ticks lie in time. The mock keeps no events of theirs: it counts none."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.functions.tempo import quarters, seconds

TICKS_PER_QUARTER = 960.0  # REAPER's default for new MIDI items


def ticks(host: Host, place: Place, position_s: float) -> float:
    """Return a position in the project in ticks from the item's start."""
    return (quarters(host, position_s) - quarters(host, host.item(place).position_s)) * TICKS_PER_QUARTER


def position_s(host: Host, place: Place, at_ticks: float) -> float:
    """Return where in the project a tick of an item lies."""
    return host.item(place).position_s + seconds(host, at_ticks / TICKS_PER_QUARTER)


def _from_quarters(host: Host, place: Place, position_qn: float) -> float:
    return ticks(host, place, seconds(host, position_qn))


def _to_quarters(host: Host, place: Place, at_ticks: float) -> float:
    return quarters(host, position_s(host, place, at_ticks))


def _no_hash(_host: Host, _owner: object, _notes_only: bool, text: str, _size: int) -> tuple[bool, str]:
    return False, text


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "MIDI_CountEvts": Function("i kIII", lambda _host, _place, *_outs: (0, 0, 0, 0)),
        "MIDI_GetPPQPosFromProjTime": Function("d kd", ticks),
        "MIDI_GetPPQPosFromProjQN": Function("d kd", _from_quarters),
        "MIDI_GetProjTimeFromPPQPos": Function("d kd", position_s),
        "MIDI_GetProjQNFromPPQPos": Function("d kd", _to_quarters),
        "MIDI_GetHash": Function("b kbSi", _no_hash),
        "MIDI_GetTrackHash": Function("b tbSi", _no_hash),
        "MIDI_SelectAll": Function("v kb", lambda _host, _place, _is_selected: None),
        "MIDI_Sort": Function("v k", lambda _host, _place: None),
        "GetTrackMIDINoteName": Function("s iii", lambda _host, _track, _pitch, _channel: None),
    }
)
