"""What is carried along while a project file is read: the media, the notes for the user, and the GUIDs met so far."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mock_daw.errors import one_line
from mock_daw.held_media import HeldFile
from mock_daw.session import guid

GUID = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Media:
    """A media file as it was found: where, and how long, at which rate and of how many channels it is.

    One that can not be played has length and rate 0 and a ``problem`` in words; ``held`` keeps it open.
    """

    path: Path
    length_s: float = 0.0
    rate_hz: int = 0
    channels: int = 0
    problem: str = ""
    held: HeldFile | None = None


FindMedia = Callable[[str], Media]


def not_looked_for(name: str) -> Media:
    """Take the name of a media file as its path, without looking at the disk."""
    return Media(Path(name))


class Reading:
    """Owns the notes of one reading, its media by name, and the GUIDs that are taken."""

    def __init__(self, find_media: FindMedia) -> None:
        self._find_media = find_media
        self._media: dict[str, Media] = {}
        self._notes: dict[str, None] = {}
        self._taken: set[str] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes in the order they came up, each once."""
        return tuple(self._notes)

    def note(self, text: str) -> None:
        """Tell the user something in one line."""
        self._notes[one_line(text)] = None

    def media(self, name: str) -> Media:
        """Return the media file of this name, looked for once, with a note where it can not be played."""
        if name not in self._media:
            self._media[name] = self._find_media(name)
            if problem := self._media[name].problem:
                self.note(f"silent: {name} {problem}")
        return self._media[name]

    def guid(self, text: str, *parts: object) -> str:
        """Return the GUID that the file gives, or one made of the parts where it gives none, or one twice."""
        found = text.upper()
        again = 0
        while not GUID.fullmatch(found) or found in self._taken:
            found = guid(*parts, text, again)
            again += 1
        self._taken.add(found)
        return found
