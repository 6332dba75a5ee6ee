"""Bitwig's pages of tracks over OSC: reading one, and turning to the one where a track is."""

from collections.abc import Callable, Sequence

from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import bitwig
from bridge.osc.asking import IDLE_ROUNDS, ask
from bridge.osc.bitwig import Told
from bridge.osc.packets import Message
from bridge.osc.surface import Link

FIRST_DUMPS = 2  # what was lost at the end of one is seen in the other
TURNS = 4  # so often a page is turned in vain before it is taken for the last
TURN_S = 0.3  # Bitwig turns a page a moment later, and tells of it
PERHAPS_ROUNDS = 2
MOST_TRACKS = 10_000


class Pages:
    """Owns the page that is shown, and the size that pages have."""

    def __init__(self, link: Link, where: str, clock: Callable[[], float]) -> None:
        self._link, self._where, self._clock = link, where, clock
        self.told = Told()
        self.size = 0
        self._never: frozenset[str] = frozenset()  # what this version does not tell

    def refresh(self) -> Told:
        """Return the page that is shown. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        while self._link.receive(0.0):
            continue  # what came before the question is no answer to it
        dumps = 1 if self.size else FIRST_DUMPS
        self.told = Told(size=self.size)
        for _ in range(dumps):
            self._dump()
        self.size = self.told.size
        if self.told.is_on(bitwig.EFFECTS_SHOWN):
            raise DawUnreachable("Bitwig's OSC controller shows the effect tracks: send it /track/toggleBank")
        if self.told.is_on(bitwig.INSIDE_GROUP):
            raise DawUnreachable(
                "Bitwig's OSC controller shows the inside of a group: send it /track/parent, or let it show all tracks"
            )
        return self.told

    def show(self, position: int) -> bool:
        """Turn to the page where the track of a position is; tell whether there is one."""
        in_vain = 0
        while position not in (shown := self.told.positions()):
            if in_vain == TURNS:
                return False
            forwards = not shown or position > max(shown)
            if forwards and not all(map(self._is_taken, range(1, self.size + 1))):
                return False  # it ends here
            in_vain = 0 if self._turn(bitwig.NEXT_PAGE if forwards else bitwig.PREVIOUS_PAGE) else in_vain + 1
        return True

    def show_from(self, position: int) -> None:
        """Turn to the page that begins with a track, as it did before."""
        if not self.show(position):
            return
        for _ in range(self.size):
            first = min(self.told.positions())
            if first == position:
                return
            self._turn(bitwig.NEXT_TRACK if first < position else bitwig.PREVIOUS_TRACK)

    def hear(self, limit_s: float) -> None:
        """Take in what comes for that long."""
        until_s = self._clock() + limit_s
        while (left_s := until_s - self._clock()) > 0.0:
            self._take(left_s)

    def _take(self, limit_s: float) -> None:
        for message in self._link.receive(limit_s):
            self.told.take(message)

    def _is_taken(self, place: int) -> bool:
        return self.told.is_on(bitwig.of_track(place, "exists"))

    def _turn(self, message: Message) -> bool:
        """Send what turns a page, and tell whether another is shown."""
        before = self.told.positions()
        self.told = Told(dict(self.told.values), self.told.size)  # who read the page before keeps it as it was
        self._link.send([message])
        until_s = self._clock() + TURN_S
        while self.told.positions() == before and (left_s := until_s - self._clock()) > 0.0:
            self._take(left_s)
        return self.refresh().positions() != before

    def _dump(self) -> None:
        """Take all of the page in, and what is told by newer versions only."""
        if lost := self._refreshed(self.told.missing, IDLE_ROUNDS, at_least_once=True):
            raise self._cut_short(lost)

        def perhaps() -> list[str]:
            return [a for a in bitwig.PERHAPS if a not in self.told.values and a not in self._never]

        self._never |= frozenset(self._refreshed(perhaps, PERHAPS_ROUNDS))

    def _refreshed(
        self, missing: Callable[[], Sequence[str]], rounds: int, *, at_least_once: bool = False
    ) -> Sequence[str]:
        """Ask for the page until nothing is missing; return what never came."""
        asked = not at_least_once

        def lacking() -> Sequence[str]:
            return missing() if asked else [bitwig.REFRESH.address]

        def questions(_: Sequence[str]) -> Sequence[Message]:
            nonlocal asked
            asked = True
            return [bitwig.REFRESH]

        return ask(self._link, self._clock, self.told.take, lacking, questions, idle_rounds=rounds)

    def _cut_short(self, lacking: Sequence[str]) -> DawUnreachable:
        if not self.told.values:
            return DawSilent(
                f"Bitwig says nothing over OSC at {self._where}: start it, add the controller Open Sound Control of "
                "DrivenByMoss in its settings, and let it send to this machine's port; see --osc-port and --osc-listen"
            )
        return DawUnreachable(
            f"Bitwig at {self._where} answers over OSC, but never told {lacking[0]}"
            f"{f' and {len(lacking) - 1} more' if len(lacking) > 1 else ''}: try again, on a line that loses less"
        )
