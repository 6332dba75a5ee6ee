"""What the mock was asked to be."""

from dataclasses import dataclass
from pathlib import Path

from mock_daw.dialects.letters import Opening
from mock_daw.session import Session

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Setup:
    """The session as opened, and the endpoints: a port of None is closed, and with 0 the system chooses one.

    ``pattern`` is the text of a ``.ReaperOSC`` file, None REAPER's default; ``osc_to`` is where
    feedback goes, if anywhere. ``dialects`` are the other systems whose OSC is served too.
    """

    session: Session
    host: str = "127.0.0.1"
    osc: int | None = None
    osc_to: Address | None = None
    pattern: str | None = None
    pattern_path: Path | None = None
    web: int | None = None
    web_user: tuple[str, str] | None = None
    reapy: int | None = None
    tick_s: float = 0.033
    dialects: tuple[Opening, ...] = ()
