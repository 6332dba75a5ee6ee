"""Bitwig's transport and meters through DrivenByMoss, for mixing by meters alone."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from bridge.desk import MASTER_NUMBER
from bridge.errors import DawSilent, DawUnreachable
from bridge.metered import Fall
from bridge.osc import bitwig
from bridge.osc.asking import ask
from bridge.osc.bitwig import FaderLaw, Told
from bridge.osc.bitwig_pages import Pages
from bridge.osc.packets import Message
from bridge.osc.surface import Link

FALL = Fall(db_per_s=12.0, late_s=0.2)
"""How fast Bitwig's meters fall is not documented: slower than they look."""
FRAME_S = 0.1
QUIET_S, DEAD_S = 1.0, 3.0  # while it plays it tells the time at every turn; after so long it is asked
TRIES = 6
PLACED_S, NEAR_S = 0.2, 0.05


class BitwigMeters:
    """A ``bridge.desk_meters.Meters``. Owns what was told while it plays, and where the transport was before.

    Meters are told of one page of tracks only: it has to be as long as the song has tracks.
    """

    fall = FALL

    def __init__(self, link: Link, where: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._where, self._clock = link, where, clock
        self._pages = Pages(link, where, clock)
        self._told = Told()
        self._law: FaderLaw | None = None
        self._before: tuple[float, bool] | None = None  # its place in beats, and whether it played
        self._alive_at_s = self._asked_at_s = clock()

    def play(self) -> None:
        """Play from the start; what the user plays already plays on. Raises ``DawUnreachable``."""
        if self._before is None:
            self._look()
        self._link.send([bitwig.METERS_ON])
        if self._before is not None and not self._before[1]:
            self._until_playing(on=False)
            self._go_to(0.0)
            self._until_playing(on=True)

    def stop(self) -> None:
        """Put the transport back to where it was before ``play``. Raises ``DawSilent``."""
        if self._before is None:
            return
        (place, played), self._before = self._before, None
        if not played:
            self._until_playing(on=False)
            self._go_to(place)

    def levels(self, limit_s: float) -> Iterator[tuple[float, Mapping[int, float]]]:
        """Yield the time by the clock and all peaks in dBFS, by number, for that long. Raises ``DawSilent``."""
        end_s = self._clock() + limit_s
        self._alive_at_s = max(self._alive_at_s, self._clock() - FRAME_S)
        while (left_s := end_s - self._clock()) > 0.0:
            self._hear(min(left_s, FRAME_S))
            now_s = self._clock()
            if now_s - self._alive_at_s > DEAD_S:
                raise self._silent()
            if now_s - max(self._alive_at_s, self._asked_at_s) > QUIET_S:
                self._asked_at_s = now_s
                self._link.send([bitwig.REFRESH])
            if self._law is not None:
                yield now_s, self._peaks(self._law)

    def nudge(self, gains_db: Mapping[int, float]) -> None:
        """Set faders, in dB by number, and wait until Bitwig tells that they are there. Raises ``DawUnreachable``."""
        law = self._law
        if law is None:
            self._look()
            law = self._law
        positions = self._told.positions()
        wanted = {_fader(n, positions): law.value(db) for n, db in gains_db.items() if law is not None}

        def away() -> list[str]:
            return [address for address, value in wanted.items() if self._told.number(address) != value]

        self._until(away, lambda addresses: [Message(address, (wanted[address],)) for address in addresses])

    def _look(self) -> None:
        """Look at the page, and keep where the transport is."""
        self._pages.refresh()
        self._pages.show(0)
        shown = self._pages.told.positions()
        more = self._pages.show(len(shown))
        self._pages.show(0)
        self._told = told = self._pages.told
        if more:
            raise DawUnreachable(
                f"Bitwig tells the meters of {self._pages.size} tracks only, and there are more: set Bank Page Size in "
                "the settings of its OSC controller to as many as there are, and restart it"
            )
        highest = bitwig.resolution(told.faders())
        if highest is None:
            raise DawUnreachable("Bitwig's faders are not shown as they are known here: nothing was changed")
        self._law = FaderLaw(highest)
        seconds = bitwig.clock_s(told.text(bitwig.TIME)) or 0.0
        beats = seconds * (told.number(bitwig.TEMPO) or 120.0) / 60.0
        self._before = beats, told.is_on(bitwig.PLAYING)

    def _peaks(self, law: FaderLaw) -> dict[int, float]:
        """Return the peaks in dBFS by number; a track whose meter was never told is silent."""
        places = {position + 1: bitwig.of_track(place, "vu") for position, place in self._told.positions().items()}
        vus = {MASTER_NUMBER: bitwig.MASTER_VU, **places}
        return {n: bitwig.peak_dbfs(self._told.number(vu) or 0.0, law.highest) for n, vu in vus.items()}

    def _hear(self, limit_s: float) -> None:
        """Take in what comes for that long."""
        until_s = self._clock() + limit_s
        while (left_s := until_s - self._clock()) > 0.0:
            for message in self._link.receive(left_s):
                self._take(message)

    def _take(self, message: Message) -> bool:
        self._alive_at_s = self._clock()
        return self._told.take(message)

    def _until_playing(self, *, on: bool) -> None:
        def away() -> list[str]:
            return [] if self._told.is_on(bitwig.PLAYING) is on else [bitwig.PLAYING]

        self._until(away, lambda _: [bitwig.PLAY if on else bitwig.STOP])

    def _go_to(self, beats: float) -> None:
        """Go to a place, in beats, and see it in the time that Bitwig tells, where that can be read."""
        wanted_s = 60.0 * beats / (self._told.number(bitwig.TEMPO) or 120.0)
        for again in range(TRIES):
            self._link.send([Message("/time", (float(beats),)), *([bitwig.REFRESH] if again else [])])
            self._hear(PLACED_S)
            at_s = bitwig.clock_s(self._told.text(bitwig.TIME))
            if again and (at_s is None or abs(at_s - wanted_s) <= NEAR_S):
                return
        raise self._silent()

    def _until(self, away: Callable[[], Sequence[str]], messages: Callable[[Sequence[str]], list[Message]]) -> None:
        """Send until it is told to be done; what is lost is sent again, and all of it asked for."""
        rounds = count()

        def questions(addresses: Sequence[str]) -> list[Message]:
            return [*messages(addresses), *([bitwig.REFRESH] if next(rounds) else [])]

        if ask(self._link, self._clock, self._take, away, questions, idle_rounds=TRIES):
            raise self._silent()

    def _silent(self) -> DawSilent:
        return DawSilent(f"Bitwig at {self._where} does not answer over OSC any more: see whether it still runs")


def _fader(number: int, positions: Mapping[int, int]) -> str:
    return bitwig.MASTER_VOLUME if number == MASTER_NUMBER else bitwig.of_track(positions[number - 1], "volume")
