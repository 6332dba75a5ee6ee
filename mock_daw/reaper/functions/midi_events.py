"""The controllers, texts and system exclusives of MIDI takes, and the stream of all their events.

A message crosses into Python as a text of which each character is a byte, as reapy does it. What a script reads ends
at a byte of 0, since it is a C string there.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mock_daw.midi import SYSEX_KIND, Control, Event, Midi, Text
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.midi import data_byte, edit, midi_of, whole
from mock_daw.reaper.functions.signature import Function

NONE_LEFT = -1
OTHER_META, LAST_TEXT = -2, 15
TWO_BYTES = (0xC0, 0xD0)  # a program and a channel's pressure have no third


def text_of(message: bytes) -> str:
    """Return bytes as Python sees them."""
    return message.decode("latin-1").partition("\0")[0]


def bytes_of(text: str, size: int) -> bytes:
    """Return what Python gave as bytes; what has no place in one, as UTF-8."""
    try:
        return text.encode("latin-1")[: max(size, 0)]
    except UnicodeEncodeError:
        return text.encode()[: max(size, 0)]


def _midi(host: Host, place: Place) -> Midi:
    return midi_of(host, place) or Midi()


def _without(part: str) -> Callable[[Host, Place, int], bool]:
    """Return what deletes the n-th of a part of the MIDI."""

    def delete(host: Host, place: Place, index: int) -> bool:
        held: tuple[Any, ...] = getattr(_midi(host, place), part)
        if not 0 <= index < len(held):
            return False
        left: dict[str, Any] = {part: held[:index] + held[index + 1 :]}
        return edit(host, place, lambda midi: replace(midi, **left), unsorted=True)

    return delete


def _next_selected(part: str) -> Callable[[Host, Place, int], int]:
    def find(host: Host, place: Place, index: int) -> int:
        midi = _midi(host, place)
        held: tuple[Any, ...] = midi.events() if part == "events" else getattr(midi, part)
        return next((k for k in range(max(index + 1, 0), len(held)) if held[k].selected), NONE_LEFT)

    return find


def _put(host: Host, place: Place, part: str, index: int | None, new: object, *, no_sort: bool = False) -> bool:
    """Put something in the place of the n-th of a part, or with no place behind it; False where there is none."""
    held: tuple[object, ...] = getattr(_midi(host, place), part)
    if index is not None and not 0 <= index < len(held):
        return False
    kept = (*held, new) if index is None else (*held[:index], new, *held[index + 1 :])
    fields: dict[str, Any] = {part: kept}
    return edit(host, place, lambda midi: replace(midi, **fields), unsorted=no_sort)


# Controllers


def _control(selected: bool, muted: bool, tick: float, kind: int, channel: int, second: int, third: int) -> Control:
    status = kind & 0xF0 | channel & 15
    data = (data_byte(second),) if kind & 0xF0 in TWO_BYTES else (data_byte(second), data_byte(third))
    return Control(whole(tick), bytes((max(status, 0xA0), *data)), selected, muted)


def _get_control(host: Host, place: Place, index: int, *outs: float) -> tuple[object, ...]:
    controls = _midi(host, place).controls
    if not 0 <= index < len(controls):
        return False, *outs
    control = controls[index]
    status, second, third = (*control.message, 0)[:3]
    return True, control.selected, control.muted, float(control.tick), status & 0xF0, status & 15, second, third


def _insert_control(host: Host, place: Place, *values: Any) -> bool:
    return _put(host, place, "controls", None, _control(*values))


def _set_control(host: Host, place: Place, index: int, *values: Any) -> tuple[object, ...]:
    *given, no_sort = values
    return _put(host, place, "controls", index, _control(*given), no_sort=no_sort), *values


# Texts and system exclusives


def _get_text(
    host: Host, place: Place, index: int, selected: bool, muted: bool, tick: float, kind: int, text: str, size: int
) -> tuple[object, ...]:
    texts = _midi(host, place).texts
    if not 0 <= index < len(texts):
        return False, selected, muted, tick, kind, text, size
    found = texts[index]
    is_known = found.kind == SYSEX_KIND or 1 <= found.kind <= LAST_TEXT
    content = found.content[:size] if is_known else b""
    shown = found.kind if is_known else OTHER_META
    return True, found.selected, found.muted, float(found.tick), shown, text_of(content), len(content)


def _new_text(selected: bool, muted: bool, tick: float, kind: int, text: str, size: int) -> Text | None:
    if kind != SYSEX_KIND and not 1 <= kind <= LAST_TEXT:
        return None
    return Text(whole(tick), kind, bytes_of(text, size), selected, muted)


def _insert_text(host: Host, place: Place, *values: Any) -> bool:
    new = _new_text(*values)
    return new is not None and _put(host, place, "texts", None, new)


def _set_text(host: Host, place: Place, index: int, *values: Any) -> tuple[object, ...]:
    selected, muted, tick, kind, text, size, no_sort = values
    new = _new_text(selected, muted, tick, kind, text, size)
    done = new is not None and _put(host, place, "texts", index, new, no_sort=no_sort)
    return done, selected, muted, tick, kind, no_sort


# The stream


def _get_event(
    host: Host, place: Place, index: int, selected: bool, muted: bool, tick: float, text: str, size: int
) -> tuple[object, ...]:
    events = _midi(host, place).events()
    if not 0 <= index < len(events):
        return False, selected, muted, tick, text, size
    event = events[index]
    message = event.message[: max(size, 0)]
    return True, event.selected, event.muted, float(event.tick), text_of(message), len(message)


def _insert_event(host: Host, place: Place, selected: bool, muted: bool, tick: float, text: str, size: int) -> bool:
    """Insert any event. A note-on lasts to the end of the source, since nothing ends it; a lone note-off is nothing."""
    message = bytes_of(text, size)
    if not message or message[0] < 0x80:
        return False
    new = Event(whole(tick), message, selected, muted)
    return edit(host, place, lambda midi: midi.with_events((new,)))


def _set_event(
    host: Host,
    place: Place,
    index: int,
    selected: bool,
    muted: bool,
    tick: float,
    text: str,
    size: int,
    no_sort: bool,
) -> tuple[object, ...]:
    events = _midi(host, place).events()
    answer = (selected, muted, tick, no_sort)
    message = bytes_of(text, size)
    if not 0 <= index < len(events) or not message or message[0] < 0x80:
        return False, *answer
    new = Event(whole(tick), message, selected, muted)
    changed = tuple(new if k == index else event for k, event in enumerate(events))
    return edit(host, place, lambda midi: _streamed(midi, changed), unsorted=no_sort), *answer


def _delete_event(host: Host, place: Place, index: int) -> bool:
    """Delete one event; a note without its end lasts until the next end of its pitch, or to the end of the source."""
    events = _midi(host, place).events()
    if not 0 <= index < len(events):
        return False
    left = events[:index] + events[index + 1 :]
    return edit(host, place, lambda midi: _streamed(midi, left))


def _streamed(midi: Midi, events: tuple[Event, ...]) -> Midi:
    """Return the MIDI that a stream is."""
    empty = Midi(end=midi.end, ticks_per_quarter=midi.ticks_per_quarter)
    return empty.with_events(sorted(events, key=lambda event: event.tick))


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "MIDI_GetCC": Function("b kiBBDIIII", _get_control),
        "MIDI_InsertCC": Function("b kbbdiiii", _insert_control),
        "MIDI_SetCC": Function("b kiBBDIIIIB", _set_control),
        "MIDI_DeleteCC": Function("b ki", _without("controls")),
        "MIDI_EnumSelCC": Function("n ki", _next_selected("controls")),
        "MIDI_GetTextSysexEvt": Function("b kiBBDISI", _get_text),
        "MIDI_InsertTextSysexEvt": Function("b kbbdisi", _insert_text),
        "MIDI_SetTextSysexEvt": Function("b kiBBDIsiB", _set_text),
        "MIDI_DeleteTextSysexEvt": Function("b ki", _without("texts")),
        "MIDI_EnumSelTextSysexEvts": Function("n ki", _next_selected("texts")),
        "MIDI_GetEvt": Function("b kiBBDSI", _get_event),
        "MIDI_InsertEvt": Function("b kbbdsi", _insert_event),
        "MIDI_SetEvt": Function("b kiBBDsiB", _set_event),
        "MIDI_DeleteEvt": Function("b ki", _delete_event),
        "MIDI_EnumSelEvts": Function("n ki", _next_selected("events")),
    }
)
