"""Media items."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from mock_daw.midi import TICKS_PER_QUARTER, Midi
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.functions.tempo import seconds
from mock_daw.session import Fade, Item, Source, Take, Track, guid

SHORTEST_S = 0.0


@dataclass(frozen=True, slots=True)
class Value:
    """A number of an item; without ``set`` it can only be read."""

    get: Callable[[Host, Place], float]
    set: Callable[[Item, float], Item] | None = None


def _own(field: str, convert: Callable[[float], Any]) -> Value:
    return Value(
        lambda host, place: float(getattr(host.item(place), field)),
        lambda item, value: replace(item, **{field: convert(value)}),
    )


def _fade(field: str, part: str, convert: Callable[[float], Any]) -> Value:
    def change(item: Item, value: float) -> Item:
        changed: dict[str, Any] = {field: replace(getattr(item, field), **{part: convert(value)})}
        return replace(item, **changed)

    return Value(lambda host, place: float(getattr(getattr(host.item(place), field), part)), change)


def _positive(value: float) -> float:
    return max(value, 0.0)


def _on_its_track(host: Host, place: Place) -> float:
    return float(host.pointers.address("MediaTrack*", host.track(place.track).guid))


VALUES: Mapping[str, Value] = MappingProxyType(
    {
        "D_POSITION": _own("position_s", _positive),
        "D_LENGTH": _own("length_s", _positive),
        "D_VOL": _own("gain_linear", _positive),
        "B_MUTE": _own("muted", bool),
        "B_UISEL": _own("selected", bool),
        "B_LOOPSRC": _own("looped", bool),
        "C_LOCK": _own("locked", bool),
        "C_BEATATTACHMODE": _own("timebase", lambda value: int(min(max(value, -1), 2))),
        "D_FADEINLEN": _fade("fade_in", "length_s", _positive),
        "D_FADEOUTLEN": _fade("fade_out", "length_s", _positive),
        "C_FADEINSHAPE": _fade("fade_in", "shape", int),
        "C_FADEOUTSHAPE": _fade("fade_out", "shape", int),
        "IP_ITEMNUMBER": Value(lambda _host, place: float(place.place)),
        "P_TRACK": Value(_on_its_track),
        "I_CURTAKE": Value(lambda _host, _place: 0.0),
        "D_SNAPOFFSET": Value(lambda _host, _place: 0.0),
        "I_CUSTOMCOLOR": Value(lambda _host, _place: 0.0),
    }
)


def every(host: Host) -> Iterator[Item]:
    """Yield all items, track by track."""
    for track in host.session.tracks:
        yield from track.items


def _nth(items: list[Item], index: int) -> str | None:
    return items[index].guid if 0 <= index < len(items) else None


def _selected(host: Host) -> list[Item]:
    return [item for item in every(host) if item.selected]


def _value(host: Host, place: Place, parameter: str) -> float:
    known = VALUES.get(parameter)
    return 0.0 if known is None else known.get(host, place)


def _set_value(host: Host, place: Place, parameter: str, value: float) -> bool:
    known = VALUES.get(parameter)
    if known is None or known.set is None:
        return False
    change = known.set
    host.edit_item(place, lambda item: change(item, value))
    return True


def _text(host: Host, place: Place, parameter: str, text: str, is_set: bool) -> tuple[bool, str]:
    if parameter != "GUID" or is_set:
        return False, text
    return True, host.item(place).guid


def with_item(track: Track, item: Item) -> Track:
    """Return a track with one more item, in the order of time as REAPER keeps them."""
    return replace(track, items=tuple(sorted((*track.items, item), key=lambda other: other.position_s)))


def without_item(track: Track, name: str) -> Track:
    """Return a track without an item."""
    return replace(track, items=tuple(item for item in track.items if item.guid != name))


def _add(host: Host, number: int) -> str:
    """Add an item without a take, of no length, at the start."""
    new = Item(guid("script item", host.track(number).guid, host.live.changes), 0.0, 0.0, takes=0)
    host.edit_track(number, lambda track: with_item(track, new))
    return new.guid


def _add_midi(host: Host, number: int, start: float, end: float, in_quarters: bool) -> tuple[str, bool]:
    start_s, end_s = (seconds(host, start), seconds(host, end)) if in_quarters else (start, end)
    name = guid("script midi item", host.track(number).guid, host.live.changes)
    length_qn = max(end_s - start_s, 0.0) * host.session.tempo_bpm / 60.0
    take = Take(guid("take of", name), source=Source("MIDI", midi=Midi(end=round(length_qn * TICKS_PER_QUARTER))))
    new = Item(name, max(start_s, 0.0), max(end_s - start_s, 0.0), take)
    host.edit_track(number, lambda track: with_item(track, new))
    return name, in_quarters


def _delete(host: Host, number: int, place: Place) -> bool:
    if place.track != number:
        return False
    name = host.item(place).guid
    host.edit_track(number, lambda track: without_item(track, name))
    return True


def _move(host: Host, place: Place, number: int) -> bool:
    item = host.item(place)
    if number in (0, place.track):
        return False
    host.edit(
        lambda session: session.with_track(place.track, without_item(session.track(place.track), item.guid)).with_track(
            number, with_item(session.track(number), item)
        )
    )
    return True


def _split(host: Host, place: Place, position_s: float) -> str | None:
    """Split at a position within the item; the right part is a new item."""
    item = host.item(place)
    if not item.position_s < position_s < item.end_s:
        return None
    left_s = position_s - item.position_s
    name = guid("right of", item.guid, position_s)
    take = item.take and replace(
        item.take, guid=guid("take of", name), offset_s=item.take.offset_s + left_s * item.take.playrate
    )
    right = replace(item, guid=name, position_s=position_s, length_s=item.length_s - left_s, take=take, fade_in=Fade())
    left = replace(item, length_s=left_s, fade_out=Fade())
    host.edit_track(place.track, lambda track: with_item(with_item(without_item(track, item.guid), left), right))
    return name


def _sorted_after(host: Host, place: Place, parameter: str, value: float) -> bool:
    name = host.item(place).guid
    _set_value(host, place, parameter, value)
    moved = host.item(host.places.items[name])
    host.edit_track(place.track, lambda track: with_item(without_item(track, name), moved))
    return True


def _select_all(host: Host, _project: str, is_selected: bool) -> None:
    host.edit(
        lambda session: replace(
            session,
            tracks=tuple(
                replace(track, items=tuple(replace(item, selected=is_selected) for item in track.items))
                for track in session.tracks
            ),
        )
    )


def _at(host: Host, number: int, index: int) -> str | None:
    return _nth(list(host.track(number).items), index)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "CountMediaItems": Function("i p", lambda host, _project: sum(1 for _ in every(host))),
        "GetMediaItem": Function("m pi", lambda host, _project, index: _nth(list(every(host)), index)),
        "CountTrackMediaItems": Function("i t", lambda host, number: len(host.track(number).items)),
        "GetTrackNumMediaItems": Function("i t", lambda host, number: len(host.track(number).items)),
        "GetTrackMediaItem": Function("m ti", _at),
        "CountSelectedMediaItems": Function("i p", lambda host, _project: len(_selected(host))),
        "GetSelectedMediaItem": Function("m pi", lambda host, _project, index: _nth(_selected(host), index)),
        "IsMediaItemSelected": Function("b m", lambda host, place: host.item(place).selected),
        "SetMediaItemSelected": Function("v mb", lambda host, place, value: _set_value(host, place, "B_UISEL", value)),
        "SelectAllMediaItems": Function("v pb", _select_all),
        "AddMediaItemToTrack": Function("m t", _add),
        "CreateNewMIDIItemInProj": Function("m tddB", _add_midi),
        "DeleteTrackMediaItem": Function("b tm", _delete),
        "MoveMediaItemToTrack": Function("b mt", _move),
        "SplitMediaItem": Function("m md", _split),
        "GetMediaItemInfo_Value": Function("d ms", _value),
        "SetMediaItemInfo_Value": Function("b msd", _set_value),
        "GetSetMediaItemInfo_String": Function("b msSb", _text),
        "SetMediaItemLength": Function(
            "b mdb", lambda host, place, length_s, _refresh: _set_value(host, place, "D_LENGTH", length_s)
        ),
        "SetMediaItemPosition": Function(
            "b mdb", lambda host, place, position_s, _refresh: _sorted_after(host, place, "D_POSITION", position_s)
        ),
        "GetMediaItemTrack": Function("t m", lambda host, place: host.track(place.track).guid),
        "GetMediaItem_Track": Function("t m", lambda host, place: host.track(place.track).guid),
        "GetItemProjectContext": Function("p m", lambda host, _place: host.live.front.name),
    }
)
