"""The events of a MIDI item in a project file (``<SOURCE MIDI``), read and written.

After Cockos' wiki, "StateChunkAndRppMidiFormat", and files of REAPER 5 to 7: ``HASDATA 1 960 QN`` has the ticks of a
quarter note; a line ``E offset bytes`` is an event, its offset in ticks from the one before, its bytes hexadecimal;
a small ``e`` is selected, an ``m`` behind it muted. ``<X offset`` holds a text or a system exclusive in base64. The
last event, all notes off, is where the source ends.
"""

import base64
import binascii
from collections.abc import Iterator

from mock_daw.midi import ALL_NOTES_OFF, LAST_TICK, TICKS_PER_QUARTER, Event, Midi
from mock_daw.rpp_text import Block, Words, block_text, row_text, whole_at

EVENTS, TEXTS = frozenset({"E", "e", "Em", "em"}), frozenset({"X", "x", "Xm", "xm"})


def read_midi(block: Block) -> Midi | None:
    """Read the events of a source; None where it has none of its own."""
    header = block.row("HASDATA")
    if not header:
        return None
    ticks_per_quarter = whole_at(header, 2, TICKS_PER_QUARTER)
    events = list(_read_events(block))
    end = events.pop().tick if events and events[-1].message == ALL_NOTES_OFF else 0
    empty = Midi(end=end, ticks_per_quarter=ticks_per_quarter if ticks_per_quarter > 0 else TICKS_PER_QUARTER)
    return empty.with_events(events)


def midi_lines(midi: Midi) -> list[str]:
    """Write the events of a source, sorted by time."""
    lines = [f"HASDATA 1 {midi.ticks_per_quarter} QN"]
    tick = 0
    for event in (*midi.events(), Event(midi.lasting().end, ALL_NOTES_OFF)):
        lines.extend(_event_lines(event, event.tick - tick))
        tick = event.tick
    return lines


def _read_events(block: Block) -> Iterator[Event]:
    tick = 0
    for entry in block.entries:
        row = entry.words if isinstance(entry, Block) else entry
        word = row[0] if row else ""
        if word not in (TEXTS if isinstance(entry, Block) else EVENTS):
            continue
        tick = min(tick + max(0, whole_at(row, 1)), LAST_TICK)
        message = _text_bytes(entry) if isinstance(entry, Block) else _message(row)
        if message:
            yield Event(tick, message, selected=word[0].islower(), muted=word.endswith("m"))


def _message(row: Words) -> bytes:
    """Return the bytes of a channel message; none where they are no such message."""
    try:
        found = bytes(int(word, 16) for word in row[2:5])
    except ValueError:
        return b""
    is_message = len(found) > 1 and 0x80 <= found[0] < 0xF0 and max(found[1:]) < 0x80
    return found if is_message else b""


def _text_bytes(block: Block) -> bytes:
    try:
        return base64.b64decode("".join(block.lines), validate=True)
    except binascii.Error:
        return b""


def _event_lines(event: Event, offset: int) -> list[str]:
    muted = "m" if event.muted else ""
    if event.message[0] >= 0xF0:
        content = base64.b64encode(event.message).decode()
        return block_text(row_text(f"{'x' if event.selected else 'X'}{muted}", offset, 0), _wrapped(content))
    name = f"{'e' if event.selected else 'E'}{muted}"
    return [f"{name} {offset} {' '.join(f'{byte:02x}' for byte in event.message)}"]


def _wrapped(content: str) -> list[str]:
    return [content[start : start + 128] for start in range(0, len(content), 128)]
