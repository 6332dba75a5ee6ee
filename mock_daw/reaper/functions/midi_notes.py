"""The notes of MIDI takes, by their number."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.midi import Midi, Note
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.midi import data_byte, edit, midi_of, whole
from mock_daw.reaper.functions.signature import Function

SOFTEST = 1  # a note-on of velocity 0 would be a note-off
NONE_LEFT = -1


def _note(
    selected: bool, muted: bool, start: float, end: float, channel: int, pitch: int, velocity: int, release: int = 0
) -> Note:
    """Return a note with its values held in their ranges (a guess); it ends no earlier than it starts."""
    first = whole(start)
    return Note(
        first,
        max(first, whole(end)),
        data_byte(pitch),
        max(data_byte(velocity), SOFTEST),
        channel & 15,
        selected,
        muted,
        release,
    )


def _at(host: Host, place: Place, index: int) -> Note | None:
    notes = (midi_of(host, place) or Midi()).notes
    return notes[index] if 0 <= index < len(notes) else None


def _get(host: Host, place: Place, index: int, *outs: float) -> tuple[object, ...]:
    note = _at(host, place, index)
    if note is None:
        return False, *outs
    ends = (float(note.start), float(note.end))
    return True, note.selected, note.muted, *ends, note.channel, note.pitch, note.velocity


def _insert(
    host: Host,
    place: Place,
    selected: bool,
    muted: bool,
    start: float,
    end: float,
    channel: int,
    pitch: int,
    velocity: int,
    no_sort: bool,
) -> tuple[bool, bool]:
    """Insert a note; one beyond the end of the source makes it longer, the item stays as it is."""
    note = _note(selected, muted, start, end, channel, pitch, velocity)
    done = edit(host, place, lambda midi: replace(midi, notes=(*midi.notes, note)), unsorted=no_sort)
    return done, no_sort


def _set(
    host: Host,
    place: Place,
    index: int,
    selected: bool,
    muted: bool,
    start: float,
    end: float,
    channel: int,
    pitch: int,
    velocity: int,
    no_sort: bool,
) -> tuple[object, ...]:
    """Set all of a note's properties: from Python none can be left out, as a null pointer could in C."""
    given = (selected, muted, start, end, channel, pitch, velocity)
    old = _at(host, place, index)
    if old is None:
        return False, *given, no_sort
    new = _note(*given, release=old.release)
    edit(
        host,
        place,
        lambda midi: replace(midi, notes=(*midi.notes[:index], new, *midi.notes[index + 1 :])),
        unsorted=no_sort,
    )
    return True, *given, no_sort


def _delete(host: Host, place: Place, index: int) -> bool:
    if _at(host, place, index) is None:
        return False
    return edit(
        host,
        place,
        lambda midi: replace(midi, notes=midi.notes[:index] + midi.notes[index + 1 :]),
        unsorted=True,
    )


def _next_selected(host: Host, place: Place, index: int) -> int:
    notes = (midi_of(host, place) or Midi()).notes
    return next((k for k in range(max(index + 1, 0), len(notes)) if notes[k].selected), NONE_LEFT)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "MIDI_GetNote": Function("b kiBBDDIII", _get),
        "MIDI_InsertNote": Function("b kbbddiiiB", _insert),
        "MIDI_SetNote": Function("b kiBBDDIIIB", _set),
        "MIDI_DeleteNote": Function("b ki", _delete),
        "MIDI_EnumSelNotes": Function("n ki", _next_selected),
    }
)
