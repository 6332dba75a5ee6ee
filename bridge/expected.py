"""The errors that a user can mend: the command line says them in one line and exits with code 2."""

from agent.daw import DawError
from agent.policy import PolicyUnreadable
from agent.training import NotResumable
from bridge.journal import JournalError
from bridge.outputs import OutputError
from bridge.reaper.draft import SetupError
from bridge.terminal import StdoutClosed
from bridge.wishes import WishUnclear

EXPECTED: tuple[type[Exception], ...] = (
    DawError,
    PolicyUnreadable,
    NotResumable,
    OutputError,
    JournalError,
    SetupError,
    WishUnclear,
    StdoutClosed,
)
