"""A talk with REAPER's control surface over a lossy line: ask until the answer is whole, write until it is heard."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from agent.daw import WriteRefused
from agent.session import FADER_MAX_DB
from bridge.changes import same
from bridge.desk import Desk, DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.gains import gain_linear
from bridge.osc import reaper
from bridge.osc.packets import Message
from bridge.osc.reaper import Value, Write

FIRST_WORD_S = 0.7  # how long the beginning of an answer is waited for
QUIET_S = 0.5  # silence after which the rest of an answer is taken for lost
ROUND_S = 10.0  # a whole answer of REAPER's default pattern file takes some seconds
ECHO_S = 0.5
IDLE_ROUNDS = 5  # so often is asked in vain, all in all within 4 s
TRIES = 2


class Link(Protocol):
    """What is asked of the line; ``bridge.osc.link.OscLink`` is the real one."""

    def send(self, messages: Sequence[Message]) -> None:
        """Send messages in order."""
        ...

    def receive(self, limit_s: float) -> list[Message]:
        """Return what came, at the latest after that long."""
        ...

    def close(self) -> None:
        """Close the line."""
        ...


class Surface:
    """A ``bridge.desk.Line`` to REAPER over OSC. Owns the link, and knows how many tracks to ask for."""

    name = "REAPER"
    fader_highest_db = master_highest_db = FADER_MAX_DB
    eq_law = None
    limits = (
        "faders only: over OSC it is not known whose an EQ is, and folders, sends, groups and automation are not seen",
        "over OSC alone REAPER makes a step of each fader in its undo history; faderbot undo takes all back",
    )

    def __init__(
        self, link: Link, where: str, listen_port: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._link, self._where, self._listen_port, self._clock = link, where, listen_port, clock
        self._bank = reaper.FIRST_BANK - 1
        self._last: Desk | None = None
        self._master_in_db = False

    @property
    def our_pattern_file(self) -> bool:
        """Whether the surface has our own pattern file, as far as it was read."""
        return self._master_in_db

    def held_db(self, number: int, gain_db: float) -> float:  # noqa: ARG002 - its faders have no steps
        """Return the gain: a fader stands where it is put."""
        return gain_db

    def read(self) -> Desk:
        """Return everything as it is now. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        state = self._answer()
        while reaper.bank_is_full(state, self._bank) and self._bank < reaper.LARGEST_BANK:
            self._bank *= 2
            state = self._answer()
        self._master_in_db = reaper.master_in_db(state)
        self._last = reaper.desk(state, self._bank)
        return self._last

    def write(self, write: DeskWrite, undo_name: str = "") -> None:  # noqa: ARG002 - OSC names no steps
        """Set faders of the desk read last, and leave the selection as it is.

        What is not heard of is written once more, and so is what reads back differently. Raises ``WriteRefused`` where
        a fader would move others along, and ``DawUnreachable``.
        """
        gains_db = write.gains_db
        desk = self._last or self.read()
        selected = [track.number for track in desk.tracks if track.selected]
        ganged = [number for number in selected if number in gains_db] if len(selected) > 1 else []
        try:
            self._unselect(ganged)
            self._put(gains_db)
            now = self.read()
            away = {n: db for n, db in gains_db.items() if not _near(now.gain_db(n), db)}
            self._put(away)
        finally:
            self._until_heard([reaper.selection(number, selected=True) for number in ganged])

    def close(self) -> None:
        """Let the surface show what it usually does, and close the line."""
        try:
            if self._last is not None:
                self._link.send(reaper.farewell(master_in_db=self._master_in_db))
        finally:
            self._link.close()

    def _put(self, gains_db: Mapping[int, float]) -> None:
        self._until_heard([reaper.fader(n, db, master_in_db=self._master_in_db) for n, db in gains_db.items()])

    def _unselect(self, numbers: Sequence[int]) -> None:
        unheard = self._until_heard([reaper.selection(number, selected=False) for number in numbers])
        if unheard and any(track.selected for track in self.read().tracks if track.number in numbers):
            raise WriteRefused(
                f"REAPER at {self._where} keeps its tracks selected, and would move their faders together: "
                "select none, and start again"
            )

    def _until_heard(self, writes: Sequence[Write]) -> list[Write]:
        """Send, and send once more what is not heard of in time; return what was never heard of."""
        left = list(writes)
        for _ in range(TRIES):
            if not left:
                break
            self._link.send([write.message for write in left])
            until = self._clock() + ECHO_S
            while left and (left_s := until - self._clock()) > 0.0:
                for said in map(reaper.heard, self._link.receive(left_s)):
                    left = [write for write in left if said is None or not _echoes(write, *said)]
        return left

    def _answer(self) -> dict[str, Value]:
        """Ask until the answer is whole; what each round brings is kept.

        Each question is for one track more than the one before, so that a late answer is not taken for this one's.
        """
        self._link.receive(0.0)  # what came before the question is no answer to it
        state: dict[str, Value] = {}
        fewest = idle = 0
        while idle < IDLE_ROUNDS:
            self._bank += 1
            self._link.send(reaper.question(self._bank))
            spoke = self._listen(state)
            lacking = reaper.missing(state, self._bank)
            if not lacking:
                return state
            idle = 0 if len(lacking) < fewest else idle + 1
            fewest = min(fewest or len(lacking), len(lacking))
        if not spoke:
            raise self._silent()
        raise DawUnreachable(
            f"REAPER at {self._where} answers over OSC, but never told {lacking[0]}"
            f"{f' and {len(lacking) - 1} more' if len(lacking) > 1 else ''}: "
            "choose Faderbot or Default as the pattern file of its OSC surface"
        )

    def _listen(self, state: dict[str, Value]) -> bool:
        """Take in an answer until it is whole or falls silent; tell whether anything was said."""
        end = self._clock() + ROUND_S
        until = self._clock() + FIRST_WORD_S
        spoke = False
        while (left_s := min(until, end) - self._clock()) > 0.0:
            said = [known for known in map(reaper.heard, self._link.receive(left_s)) if known is not None]
            if said:
                spoke = True
                state.update(said)
                if not reaper.missing(state, self._bank):
                    break
                until = self._clock() + QUIET_S
        return spoke

    def _silent(self) -> DawSilent:
        return DawSilent(
            f"REAPER says nothing over OSC, asked at {self._where}, awaited on port {self._listen_port} here: "
            "start it, or run faderbot setup reaper, or see --host, --osc-port and --osc-listen"
        )


def _echoes(write: Write, address: str, value: Value) -> bool:
    return address in write.echoes and write.value in {None, value}


def _near(one_db: float | None, other_db: float) -> bool:
    return one_db is not None and same(gain_linear(one_db), gain_linear(other_db))
