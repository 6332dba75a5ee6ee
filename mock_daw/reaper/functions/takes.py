"""Takes of items: the mock keeps the active one of each item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Item, Source, Take, guid


@dataclass(frozen=True, slots=True)
class Value:
    """A number of a take."""

    get: Callable[[Take], float]
    set: Callable[[Take, float], Take]


def _own(field: str, convert: Callable[[float], Any]) -> Value:
    return Value(lambda take: float(getattr(take, field)), lambda take, value: replace(take, **{field: convert(value)}))


VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "D_STARTOFFS": _own("offset_s", float),
        "D_VOL": _own("gain_linear", float),
        "D_PAN": _own("pan", lambda value: min(max(value, -1.0), 1.0)),
        "D_PLAYRATE": _own("playrate", lambda value: min(max(value, 0.01), 100.0)),
        "D_PITCH": _own("pitch_semitones", float),
        "B_PPITCH": _own("preserve_pitch", bool),
        "I_CHANMODE": _own("channel_mode", int),
    }
)


def _value(host: Host, place: Place, parameter: str) -> float:
    known = VALUES.get(parameter)
    return 0.0 if known is None else known.get(host.take(place))


def _set_value(host: Host, place: Place, parameter: str, value: float) -> bool:
    known = VALUES.get(parameter)
    if known is None:
        return False
    change = known.set
    host.edit_take(place, lambda take: change(take, value))
    return True


def _text(host: Host, place: Place, parameter: str, text: str, is_set: bool) -> tuple[bool, str]:
    if parameter == "P_NAME":
        if is_set:
            host.edit_take(place, lambda take: replace(take, name=text))
        return True, host.take(place).name
    if parameter == "GUID" and not is_set:
        return True, host.take(place).guid
    return False, text


def _active(host: Host, place: Place) -> str | None:
    take = host.item(place).take
    return None if take is None else take.guid


def _by_index(host: Host, place: Place, index: int) -> str | None:
    """Return the active take for any that the item has: the mock keeps no other; -1 asks for the active one."""
    return _active(host, place) if -1 <= index < max(host.item(place).takes, 1) else None


def _count(host: Host, place: Place) -> int:
    item = host.item(place)
    return 0 if item.take is None else max(item.takes, 1)


def _add(host: Host, place: Place) -> str:
    """Add an empty take and make it the active one."""
    new = Take(guid("script take", host.item(place).guid, host.live.changes), source=Source("EMPTY"))

    def changed(item: Item) -> Item:
        return replace(item, take=new, takes=_count(host, place) + 1)

    host.edit_item(place, changed)
    return new.guid


def _by_guid(host: Host, _project: str, name: str) -> str | None:
    return name if name in host.places.takes else None


def _name(host: Host, place: Place) -> str:
    """Return the take's name; without one REAPER shows the file's."""
    take = host.take(place)
    return take.name or (take.source.path.name if take.source.path else "")


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "CountTakes": Function("i m", _count),
        "GetMediaItemNumTakes": Function("i m", _count),
        "GetActiveTake": Function("k m", _active),
        "GetTake": Function("k mi", _by_index),
        "GetMediaItemTake": Function("k mi", _by_index),
        "GetMediaItemTakeByGUID": Function("k ps", _by_guid),
        "SetActiveTake": Function("v k", lambda _host, _place: None),
        "AddTakeToMediaItem": Function("k m", _add),
        "GetTakeName": Function("s k", _name),
        "GetMediaItemTakeInfo_Value": Function("d ks", _value),
        "SetMediaItemTakeInfo_Value": Function("b ksd", _set_value),
        "GetSetMediaItemTakeInfo_String": Function("b ksSb", _text),
        "GetMediaItemTake_Item": Function("m k", lambda host, place: host.item(place).guid),
        "GetMediaItemTake_Track": Function("t k", lambda host, place: host.track(place.track).guid),
        "GetMediaItemTake_Source": Function("u k", lambda host, place: host.take(place).guid),
        "TakeIsMIDI": Function("b k", lambda host, place: host.take(place).source.kind.startswith("MIDI")),
        "CountTakeEnvelopes": Function("i k", lambda _host, _place: 0),
        "GetTakeEnvelope": Function("e ki", lambda _host, _place, _index: None),
        "GetTakeEnvelopeByName": Function("e ks", lambda _host, _place, _name: None),
    }
)
