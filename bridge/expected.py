"""The errors that a user can mend: the command line says them in one line and exits with code 2."""

from agent.daw import DawError
from agent.hearing.pulse import NoPulse
from agent.policy import PolicyUnreadable
from agent.training import NotResumable
from bridge.journal import JournalError
from bridge.outputs import OutputError
from bridge.reaper.draft import SetupError
from bridge.taste_file import TasteError
from bridge.terminal import StdoutClosed
from bridge.wishes import WishUnclear
from bridge.workers import WorkersFailed

EXPECTED: tuple[type[Exception], ...] = (
    DawError,
    PolicyUnreadable,
    NoPulse,
    NotResumable,
    OutputError,
    JournalError,
    SetupError,
    WishUnclear,
    TasteError,
    WorkersFailed,
    StdoutClosed,
)
