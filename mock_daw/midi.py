"""The MIDI of a take as REAPER's functions see it: notes, controllers, and texts with system exclusives, in ticks.

REAPER keeps a stream of events and pairs note-ons with note-offs when it is asked for notes; here the notes are kept
and the stream is made when it is asked for. Positions are in ticks from the start of the source.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

TICKS_PER_QUARTER = 960  # REAPER's default for new MIDI items
NOTE_OFF, NOTE_ON = 0x80, 0x90
SYSEX, END_OF_SYSEX, META = 0xF0, 0xF7, 0xFF
SYSEX_KIND = -1
LYRIC = 5
LAST_TICK = 2**48  # far beyond any project, and still exact as a double
ALL_NOTES_OFF = b"\xb0\x7b\x00"


@dataclass(frozen=True, slots=True)
class Note:
    """A note from one tick to another; ``release`` is the velocity of its note-off."""

    start: int
    end: int
    pitch: int
    velocity: int = 96
    channel: int = 0
    selected: bool = False
    muted: bool = False
    release: int = 0


@dataclass(frozen=True, slots=True)
class Control:
    """A channel message that is no note: a controller, a program, a bend. ``message`` is its two or three bytes."""

    tick: int
    message: bytes
    selected: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A system exclusive (``kind`` −1, ``content`` without F0 and F7) or a meta event of a kind such as 5, a lyric."""

    tick: int
    kind: int
    content: bytes
    selected: bool = False
    muted: bool = False

    @property
    def message(self) -> bytes:
        """The bytes of the event: F0 … F7, or FF, the kind and the text (without a length, as REAPER has it)."""
        if self.kind == SYSEX_KIND:
            return bytes((SYSEX, *self.content, END_OF_SYSEX))
        return bytes((META, self.kind, *self.content))


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the stream, and the part of ``Midi`` that it comes from: its field and its place there."""

    tick: int
    message: bytes
    selected: bool = False
    muted: bool = False
    origin: tuple[str, int] = ("", 0)

    @property
    def is_note_on(self) -> bool:
        """Whether a note starts here; one without velocity ends."""
        return len(self.message) > 2 and self.message[0] & 0xF0 == NOTE_ON and self.message[2] > 0

    @property
    def is_note_off(self) -> bool:
        """Whether a note ends here."""
        return len(self.message) > 2 and self.message[0] & 0xF0 in (NOTE_OFF, NOTE_ON) and not self.is_note_on


@dataclass(frozen=True, slots=True)
class Midi:
    """All events of a source that ends at tick ``end``, each kind in REAPER's order: by time once it is sorted."""

    notes: tuple[Note, ...] = ()
    controls: tuple[Control, ...] = ()
    texts: tuple[Text, ...] = ()
    end: int = 0
    ticks_per_quarter: int = TICKS_PER_QUARTER

    def in_order(self) -> "Midi":
        """Return it sorted by time, what is at one time in the order it came."""
        return replace(
            self,
            notes=tuple(sorted(self.notes, key=lambda note: note.start)),
            controls=tuple(sorted(self.controls, key=lambda control: control.tick)),
            texts=tuple(sorted(self.texts, key=lambda text: text.tick)),
        )

    def lasting(self) -> "Midi":
        """Return it with its end no earlier than its last event."""
        ticks = (*(n.end for n in self.notes), *(c.tick for c in self.controls), *(t.tick for t in self.texts))
        return replace(self, end=max((self.end, *ticks)))

    def events(self) -> tuple[Event, ...]:
        """Return the stream, in time; at one time notes end, then come texts and controllers, then notes start."""
        ranked = sorted(self._ranked(), key=lambda pair: (pair[1].tick, pair[0]))
        return tuple(event for _, event in ranked)

    def with_events(self, events: Iterable[Event]) -> "Midi":
        """Return it with these events, in time, added; a note that nothing ends lasts to the end of the source."""
        notes: list[Note | None] = []
        controls: list[Control] = []
        texts: list[Text] = []
        sounding: dict[tuple[int, int], list[tuple[int, Event]]] = {}
        for event in events:
            message = event.message
            if event.is_note_on:
                sounding.setdefault((message[0] & 15, message[1]), []).append((len(notes), event))
                notes.append(None)
            elif event.is_note_off:
                started = sounding.get((message[0] & 15, message[1]))
                if started:
                    place, on = started.pop(0)
                    notes[place] = _note(on, event.tick, message[2] if message[0] & 0xF0 == NOTE_OFF else 0)
            elif (text := _text(event)) is not None:
                texts.append(text)
            elif len(message) > 1:
                controls.append(Control(event.tick, message, event.selected, event.muted))
        for started in sounding.values():
            for place, on in started:
                notes[place] = _note(on, max(self.end, on.tick), 0)
        return replace(
            self,
            notes=(*self.notes, *(note for note in notes if note is not None)),
            controls=(*self.controls, *controls),
            texts=(*self.texts, *texts),
        ).lasting()

    def _ranked(self) -> Iterator[tuple[int, Event]]:
        for place, note in enumerate(self.notes):
            flags = (note.selected, note.muted, ("notes", place))
            on = bytes((NOTE_ON | note.channel, note.pitch, note.velocity))
            off = bytes((NOTE_OFF | note.channel, note.pitch, note.release))
            yield 3, Event(note.start, on, *flags)
            yield 0 if note.end > note.start else 4, Event(note.end, off, *flags)
        for place, text in enumerate(self.texts):
            yield 1, Event(text.tick, text.message, text.selected, text.muted, ("texts", place))
        for place, control in enumerate(self.controls):
            yield 2, Event(control.tick, control.message, control.selected, control.muted, ("controls", place))


def _note(on: Event, end: int, release: int) -> Note:
    status, pitch, velocity = on.message[:3]
    return Note(on.tick, end, pitch, velocity, status & 15, on.selected, on.muted, release)


def _text(event: Event) -> Text | None:
    """Return a text or a system exclusive; None for a channel message."""
    message = event.message
    if len(message) > 1 and message[0] == META:
        return Text(event.tick, message[1], message[2:], event.selected, event.muted)
    if message[:1] == bytes((SYSEX,)):
        content = message[1:].removesuffix(bytes((END_OF_SYSEX,)))
        return Text(event.tick, SYSEX_KIND, content, event.selected, event.muted)
    return None
