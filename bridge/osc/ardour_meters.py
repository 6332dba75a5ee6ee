"""Ardour's transport and meters over OSC, for mixing by meters alone."""

import math
import time
from collections.abc import Callable, Iterator, Mapping

from bridge.desk import MASTER_NUMBER
from bridge.errors import DawSilent
from bridge.gains import balance, both_db
from bridge.metered import Fall
from bridge.osc import ardour
from bridge.osc.ardour import Told
from bridge.osc.ardour_line import ArdourLink
from bridge.osc.ardour_panners import panned
from bridge.osc.packets import Message

FALL = Fall(db_per_s=13.0, late_s=0.1)
FRAME_S = 0.12  # Ardour's own is 0.1 s: no message in that time means that no meter moved
TOGETHER_S = 0.02  # the meters of one moment come within that
DEAD_S = 3.0  # its heart beats every second
ECHO_S = 0.3
LATE_S = 2.0  # so far it may have played on when it tells that it is there
TRIES = 20  # a busy machine answers late
_NEAR_DB = 0.01

PLAY, STOP = Message("/transport_play"), Message("/transport_stop")
_METERS = {
    ardour.GAIN: ardour.METER,
    ardour.METER: ardour.METER,
    ardour.MASTER_GAIN: ardour.MASTER_METER,
    ardour.MASTER_METER: ardour.MASTER_METER,
}
_WHERE = Message(ardour.PLACE)
_PLACE, _ROLLING = (ardour.PLACE, MASTER_NUMBER), (ardour.ROLLING, MASTER_NUMBER)


class ArdourMeters:
    """A ``bridge.desk_meters.Meters``. Owns what was told while it plays, and where the transport was before.

    Ardour's meters are after the fader and before the panner, which is added here: a mono track in the centre arrives
    3 dB lower on each side. They are of the first channel alone, over OSC and over WebSockets alike (``meter_level (0,
    MeterMCP)`` in ``libs/surfaces/osc/osc_route_observer.cc``, ``osc_global_observer.cc``, ``websockets/feedback.cc``):
    of a stereo track the right side is not known, and taken to be like the left.
    """

    fall = FALL

    def __init__(self, link: ArdourLink, where: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._where, self._clock = link, where, clock
        self._told = Told()
        self._heard_at_s = clock()
        self._before: tuple[int, bool] | None = None  # its place in samples, and whether it rolled

    def play(self) -> None:
        """Play from the start; what the user plays already plays on. Raises ``DawSilent``."""
        if self._before is None:
            self._told = Told()
            self._until(
                lambda: {_PLACE, _ROLLING} <= self._told.values.keys(),
                lambda: [ardour.surface(self._link.own_port), _WHERE],
            )
            self._before = int(self._told.number(ardour.PLACE) or 0.0), self._rolls()
        if not self._before[1]:
            self._until(lambda: not self._rolls(), lambda: [STOP])
            self._go_to(0)
            self._until(self._rolls, lambda: [PLAY])

    def go_to(self, position_s: float) -> None:
        """Play on from there; what the user plays stays where it is. Raises ``DawSilent``."""
        if self._before is None or self._before[1]:
            return
        self._until(lambda: self._told.rate_hz is not None, lambda: [Message(ardour.LIST)])
        begin = round(position_s * (self._told.rate_hz or 0))
        after = begin + round(LATE_S * (self._told.rate_hz or 0))

        def is_there() -> bool:
            place = self._told.number(ardour.PLACE)
            return place is not None and begin <= place < after and self._rolls()

        self._told.values.pop(_PLACE, None)
        self._until(is_there, lambda: [Message("/locate", (begin, 1)), _WHERE])

    def stop(self) -> None:
        """Put the transport back to where it was before ``play``. Raises ``DawSilent``."""
        if self._before is None:
            return
        (place, rolled), self._before = self._before, None
        if not rolled:
            self._until(lambda: not self._rolls(), lambda: [STOP])
            self._go_to(place)

    def levels(self, limit_s: float) -> Iterator[tuple[float, Mapping[int, float]]]:
        """Yield the time by the clock and all peaks in dBFS, by number, for that long. Raises ``DawSilent``."""
        end_s = self._clock() + limit_s
        while (left_s := end_s - self._clock()) > 0.0:
            if self._hear(min(left_s, FRAME_S)):
                self._hear_out()
            if self._clock() - self._heard_at_s > DEAD_S:
                raise self._silent()
            peaks = self._peaks()
            if peaks:
                yield self._clock(), peaks

    def nudge(self, gains_db: Mapping[int, float]) -> None:
        """Set faders, in dB by number, and wait until Ardour tells that they are there. Raises ``DawSilent``."""

        def away() -> list[Message]:
            return [ardour.fader(n, db) for n, db in gains_db.items() if not self._stands(n, db)]

        self._until(lambda: not away(), away)

    def _stands(self, number: int, gain_db: float) -> bool:
        told_db = self._told.number(ardour.MASTER_GAIN if number == MASTER_NUMBER else ardour.GAIN, number)
        if told_db is None:
            return False
        found_db, highest_db = ardour.gain_db(told_db), ardour.FADER_HIGHEST_DB
        return found_db == gain_db or abs(found_db - min(gain_db, highest_db)) <= _NEAR_DB

    def _peaks(self) -> dict[int, float]:
        """Return the peaks in dBFS by number; a strip whose meter never moved is silent."""
        numbers = {(_METERS[address], number) for address, number in self._told.values if address in _METERS}
        peaks: dict[int, float] = {}
        for meter, number in numbers:
            told_db = self._told.number(meter, number)
            peak_dbfs = -math.inf if told_db is None else ardour.peak_dbfs(told_db)
            peaks[number] = peak_dbfs + self._panned_db(number)
        return peaks

    def _panned_db(self, number: int) -> float:
        """Return what the panner, which is behind the meter, makes of both sides."""
        told = self._told
        placed = panned(told.text(ardour.PANNER, number), told.number(ardour.PAN, number), 0.0)
        left, right = (balance(placed.balance) * placed.sides).tolist()
        return both_db(left, right)

    def _rolls(self) -> bool:
        return self._told.is_on(ardour.ROLLING)

    def _go_to(self, sample: int) -> None:
        """Go to a place, in samples, and stay there: Ardour does not while it is still stopping."""
        self._told.values.pop(_PLACE, None)
        self._until(lambda: self._told.values.get(_PLACE) == sample, lambda: [Message("/locate", (sample, 0)), _WHERE])

    def _until(self, done: Callable[[], bool], messages: Callable[[], list[Message]]) -> None:
        """Send until it is heard to be done; what is lost is sent again, and Ardour asked how all stands."""
        for again in range(TRIES):
            if done():
                return
            self._link.send([*messages(), *([ardour.surface(self._link.own_port)] if again else [])])
            self._wait(done)
        if not done():
            raise self._silent()

    def _wait(self, done: Callable[[], bool]) -> None:
        until_s = self._clock() + ECHO_S
        while not done() and (left_s := until_s - self._clock()) > 0.0:
            self._hear(left_s)

    def _hear(self, limit_s: float) -> bool:
        came = self._link.receive(limit_s)
        for message in came:
            self._told.take(message)
        if came:
            self._heard_at_s = self._clock()
        return bool(came)

    def _hear_out(self) -> None:
        """Take in what belongs to the same moment."""
        until_s = self._clock() + TOGETHER_S
        while (left_s := until_s - self._clock()) > 0.0:
            self._hear(left_s)

    def _silent(self) -> DawSilent:
        return DawSilent(f"Ardour at {self._where} does not answer over OSC any more: see whether it still runs")
