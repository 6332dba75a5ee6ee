"""What ``faderbot setup reaper`` changed in a resource folder, kept there so that it can be taken back to the byte.

Texts are kept as the bytes they were, read as Latin-1: an ini file may hold bytes that are no UTF-8, and JSON may not.
"""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

RECORD = "faderbot-setup.json"
SCRIPTS, ICONS = "Scripts/Faderbot", "Data/toolbar_icons"
"""Where the button's files are, in the resource folder."""


class RecordUnreadable(Exception):  # noqa: N818 - a state, named as the user sees it
    """The record is not one that this version wrote."""


def _placed(name: str) -> str:
    if not name.startswith((f"{SCRIPTS}/", f"{ICONS}/")) or ".." in PurePosixPath(name).parts or "\\" in name:
        raise ValueError(f"{name} is no place for a file of the button")
    return name


Place = Annotated[str, AfterValidator(_placed)]
"""The name of a file of the button's: files elsewhere are not ours to remove, whatever a record says."""


class Edit(BaseModel):
    """A value that was set: what stood behind the equals sign before, None where there was no such key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    section: str
    key: str
    before: str | None
    after: str


class Record(BaseModel):
    """All that was added: ``surfaces`` says whether the list of surfaces grew, and what its count read before.

    ``scripts`` are the button's actions, ``placed`` its files with their SHA-256, ``replaced`` what they overwrote.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    surfaces: bool = False
    count_before: str | None = None
    beyond: dict[str, str] = {}
    web: str | None = None
    action: str | None = None
    edits: tuple[Edit, ...] = ()
    made_sections: tuple[tuple[str, str], ...] = ()
    made_files: tuple[str, ...] = ()
    replaced_pattern: str | None = None
    scripts: tuple[str, ...] = ()
    placed: dict[Place, str] = {}
    replaced: dict[Place, str] = {}

    @classmethod
    def parse(cls, content: bytes | None) -> "Record":
        """Read a record; an empty one where there is no file. Raises ``RecordUnreadable``."""
        if content is None:
            return cls()
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            raise RecordUnreadable(error.errors()[0]["msg"]) from error

    @property
    def content(self) -> bytes:
        """The record as a file."""
        return self.model_dump_json(indent=2).encode() + b"\n"


def kept(text: str) -> str:
    """Turn a piece of an ini file into what a record may hold."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def given_back(text: str) -> str:
    """Turn what a record holds into the piece of the ini file that it was."""
    return text.encode("latin-1").decode("utf-8", "surrogateescape")
