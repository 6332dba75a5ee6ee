"""REAPER's web interface, behind "/_/": commands separated by semicolons, each answered by lines of fields with tabs.

After ``csurf_www.cpp`` of REAPER's SDK, command by command, what it does with broken ones too: unknown commands answer
nothing, numbers are read as C reads them, commands are cut at 1023 bytes, and keys of GET are not URL-decoded while
those of SET are. Where its documentation (the head of REAPER's ``main.js``) differs, the source counts: a pan of "-0.5"
is absolute, "+-0.5" relative.

Guesses: the project's ruler shows minutes and seconds; a region is gone to at once, where REAPER waits for the end of
the one that plays; sends' pans are held in [-1, 1], where REAPER takes any.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mock_daw.live import Live
from mock_daw.reaper import web_reads as reads
from mock_daw.reaper import web_writes as writes
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.c_text import atoi, decode, until_nul
from mock_daw.reaper.web_reads import Desk, InjectOsc

COMMAND = 1024


class WebInterface:
    """Answers paths against the live session; ``inject_osc`` takes what "OSC/…" sends. Owns no state."""

    def __init__(self, live: Live, actions: Actions, inject_osc: InjectOsc | None = None) -> None:
        self._desk = Desk(live, actions, inject_osc)

    def answer(self, path: str) -> str:
        """Run the commands behind "/_/" in their order and return their lines, one text."""
        raw = until_nul(path.encode("utf-8", "surrogateescape"))
        with self._desk.live.lock:
            lines = [self._run(command[: COMMAND - 1]) for command in raw.split(b";") if command]
        return decode(b"".join(lines))

    def _run(self, command: bytes) -> bytes:
        actions = self._desk.actions
        action = actions.lookup(decode(command)) if command.startswith(b"_") else atoi(command)
        if action:
            actions.run(action)
            return b""
        if command in WHOLE:
            return WHOLE[command](self._desk.live)
        for prefix, answered in PREFIXED:
            if command.startswith(prefix):
                return answered(self._desk, command, command[len(prefix) :])
        return b""


WHOLE: Mapping[bytes, Callable[[Live], bytes]] = MappingProxyType(
    {
        b"TRANSPORT": reads.transport,
        b"BEATPOS": reads.beat_position,
        b"NTRACK": reads.number_of_tracks,
        b"TRACK": reads.all_tracks,
        b"MARKER": reads.marks(b"MARKER", regions=False),
        b"REGION": reads.marks(b"REGION", regions=True),
        b"GET/REPEAT": reads.repeat,
    }
)
# The first that fits counts, as in the source.
PREFIXED: tuple[tuple[bytes, Callable[[Desk, bytes, bytes], bytes]], ...] = (
    (b"SET/UNDO_BEGIN", writes.begin_block),
    (b"SET/UNDO/", writes.mark),
    (b"SET/UNDO_END", writes.end_block),
    (b"SET/REPEAT/", writes.set_repeat),
    (b"SET/TRACK/", writes.set_track),
    (b"SET/POS/", writes.set_position),
    (b"SET/POS_STR/", writes.set_position_by_text),
    (b"SET/EXTSTATE/", writes.set_ext_state),
    (b"SET/EXTSTATEPERSIST/", writes.set_ext_state),
    (b"SET/PROJEXTSTATE/", writes.set_project_ext_state),
    (b"GET/TRACK/", reads.get_track),
    (b"GET/EXTSTATE/", reads.get_ext_state),
    (b"GET/PROJEXTSTATE/", reads.get_project_ext_state),
    (b"GET/", reads.get_state),
    (b"TRACK/", reads.track),
    (b"LYRICS/", reads.lyrics),
    (b"OSC/", writes.osc),
)
