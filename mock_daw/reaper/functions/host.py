"""What every function works on: the live session, the objects a pointer can mean, and what only scripts see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from mock_daw.live import FIRST_TAB, Document, Live
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.pointers import Pointers
from mock_daw.session import Envelope, Item, Session, Source, Take, Track

PROJECT = FIRST_TAB
PROJECT_POINTER = "ReaProject*"


class Place(NamedTuple):
    """Where an item (with its take and source) or an envelope is: the track's number and the place on it, from 0."""

    track: int
    place: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where every object of one session is, by GUID."""

    tracks: Mapping[str, int]
    items: Mapping[str, Place]
    takes: Mapping[str, Place]
    envelopes: Mapping[str, Place]


@dataclass(slots=True)
class Accessor:
    """An audio accessor of a script: on a track, or on a take. ``seen`` is the audio when it was last validated."""

    track: str | None
    take: str | None
    seen: object = None


@dataclass(slots=True)
class Desk:
    """What scripts see of REAPER that is no part of a project: messages, preferences, tool bars."""

    console: list[str] = field(default_factory=list)
    boxes: list[tuple[str, str]] = field(default_factory=list)
    armed: int = 0
    touched_track: str | None = None
    touched_effect: tuple[str, int, int] | None = None
    mixer_scroll: str | None = None
    toggles: dict[int, int] = field(default_factory=dict)
    matrix: dict[int, list[str]] = field(default_factory=dict)


class Host:
    """Owns what scripts made (accessors, loose sources) and the desk; the session is the live one's.

    ``unsorted_takes`` are the GUIDs of MIDI takes that a script sorts itself.
    """

    def __init__(self, live: Live, actions: Actions, *, resource_path: str) -> None:
        self.live = live
        self.actions = actions
        self.resource_path = resource_path
        self.pointers = Pointers()
        self.desk = Desk()
        self.accessors: dict[str, Accessor] = {}
        self.loose_sources: dict[str, Source] = {}
        self.unsorted_takes: set[str] = set()
        self.numbers = count()
        self._places: tuple[Session, Places] | None = None

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self.live.session

    @property
    def is_dirty(self) -> bool:
        """Whether the project in front was changed since it was saved."""
        return self.live.front.changes != self.live.front.saved_at

    def saved(self) -> None:
        """Take the project in front as saved."""
        self.live.front.saved_at = self.live.front.changes

    def project_of(self, kind: str, pointer: object) -> Document:
        """Return the open project that a pointer is to, or to something in it; the one in front for any other."""
        tabs = self.live.tabs
        name = self.pointers.name(kind, pointer) if len(tabs) > 1 else None
        behind = (tab for tab in tabs if tab is not self.live.front)
        if name is None or (kind != PROJECT_POINTER and _holds(self.places, kind, name)):
            return self.live.front
        if kind == PROJECT_POINTER:
            return next((tab for tab in behind if tab.name == name), self.live.front)
        return next((tab for tab in behind if _holds(places(tab.session), kind, name)), self.live.front)

    @property
    def places(self) -> Places:
        """Where everything is now."""
        if self._places is None or self._places[0] is not self.session:
            self._places = self.session, places(self.session)
        return self._places[1]

    def resolve(self, letter: str, kind: str, pointer: object) -> object:
        """Return what a pointer means now, None for nothing: a track's number, a ``Place``, a source, an accessor."""
        name = self.pointers.name(kind, pointer)
        return None if name is None else self.find(letter, name)

    def find(self, letter: str, name: str) -> object:
        """Return the object of a kind (a letter of ``signature``) by name, None where it is no more."""
        if letter == "u":
            place = self.places.takes.get(name)
            return self.loose_sources.get(name) if place is None else self.take(place).source
        known: Mapping[str, Mapping[str, object]] = {
            "t": self.places.tracks,
            "y": self.places.tracks,
            "m": self.places.items,
            "k": self.places.takes,
            "e": self.places.envelopes,
            "a": self.accessors,
            "p": {tab.name: tab for tab in self.live.tabs},
            "r": {marker.guid: marker for marker in self.session.markers},
        }
        return known[letter].get(name) if letter in known else name

    def track(self, number: int) -> Track:
        """Return a track, 0 the master."""
        return self.session.track(number)

    def item(self, place: Place) -> Item:
        """Return an item."""
        return self.session.track(place.track).items[place.place]

    def take(self, place: Place) -> Take:
        """Return the take of an item that has one."""
        take = self.item(place).take
        assert take is not None
        return take

    def envelope(self, place: Place) -> Envelope:
        """Return an envelope."""
        return self.session.track(place.track).envelopes[place.place]

    # What a script changes makes no undo step of its own: it is a part of the block around it.

    def edit(self, change: Callable[[Session], Session]) -> None:
        """Change the session."""
        self.live.edit(change, None)

    def edit_track(self, number: int, change: Callable[[Track], Track]) -> None:
        """Change a track."""
        self.edit(lambda session: session.with_track(number, change(session.track(number))))

    def edit_item(self, place: Place, change: Callable[[Item], Item]) -> None:
        """Change an item."""

        def changed(track: Track) -> Track:
            items = list(track.items)
            items[place.place] = change(items[place.place])
            return replace(track, items=tuple(items))

        self.edit_track(place.track, changed)

    def edit_take(self, place: Place, change: Callable[[Take], Take]) -> None:
        """Change the take of an item."""
        self.edit_item(place, lambda item: replace(item, take=item.take and change(item.take)))

    def edit_envelope(self, place: Place, change: Callable[[Envelope], Envelope]) -> None:
        """Change an envelope."""

        def changed(track: Track) -> Track:
            envelopes = list(track.envelopes)
            envelopes[place.place] = change(envelopes[place.place])
            return replace(track, envelopes=tuple(envelopes))

        self.edit_track(place.track, changed)


def _holds(found: Places, kind: str, name: str) -> bool:
    """Whether the object of a kind of pointer is among these."""
    known: Mapping[str, Mapping[str, object]] = {
        "MediaTrack*": found.tracks,
        "MediaItem*": found.items,
        "MediaItem_Take*": found.takes,
        "PCM_source*": found.takes,
        "TrackEnvelope*": found.envelopes,
    }
    return name in known.get(kind, ())


def places(session: Session) -> Places:
    """Return where everything of a session is."""
    tracks = dict(enumerate((session.master, *session.tracks)))
    items = {
        item.guid: (Place(number, k), item) for number, track in tracks.items() for k, item in enumerate(track.items)
    }
    return Places(
        tracks={track.guid: number for number, track in tracks.items()},
        items={guid: place for guid, (place, _) in items.items()},
        takes={item.take.guid: place for place, item in items.values() if item.take is not None},
        envelopes={
            envelope.guid: Place(number, k)
            for number, track in tracks.items()
            for k, envelope in enumerate(track.envelopes)
        },
    )
