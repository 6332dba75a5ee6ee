"""The user's taste as a mix asks for it."""

from agent.taste import Taste
from bridge.taste_file import Lessons, TasteFile, default_file
from bridge.terminal import tell


def taste_of(style: str) -> Taste:
    """Return the user's taste in a style, and say on stderr which lines can not be read. Raises ``TasteError``."""
    known = TasteFile(default_file()).read()
    say_unread(known)
    return known.taste(style)


def no_taste(_style: str) -> Taste:
    """Return the taste of who wants none used."""
    return Taste()


def say_unread(known: Lessons) -> None:
    """Say on stderr which lines of the file can not be read."""
    for line in known.unread:
        tell(f"faderbot: note: {line}\n")
