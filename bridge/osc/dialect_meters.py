"""Transport and meters in a dialect that is data, for mixing by meters alone."""

import math
import time
from collections.abc import Callable, Iterator, Mapping

from agent.daw import SessionUnreadable
from bridge.desk import MASTER_NUMBER, Desk, DeskWrite
from bridge.metered import Fall
from bridge.osc.dialect import Command
from bridge.osc.dialect_line import DialectLine
from bridge.osc.dialect_words import What
from bridge.osc.packets import Message
from bridge.osc.surface import Link

FRAME_S = 0.1
LATE_S = 0.2
DEAD_S = 3.0
_SILENT_DBFS = -100.0


class DialectMeters:
    """A ``bridge.desk_meters.Meters``. Owns what the meters showed last, and how the desk stood then."""

    def __init__(self, link: Link, line: DialectLine, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._line, self._clock = link, line, clock
        self._desk: Desk | None = None
        self._shown: dict[int, float] = {}
        self._heard_at_s = clock()
        self._asked_at_s: float | None = None
        self._plays = False

    @property
    def fall(self) -> Fall:
        """How its meters fall; at once, where the file does not say."""
        meter = self._line.dialect.meter
        return Fall(math.inf if meter is None or meter.fall_db_per_s is None else meter.fall_db_per_s, LATE_S)

    def play(self) -> None:
        """Look at the desk, ask for its meters, and play where that can be asked for.

        Raises ``DawUnreachable``, and ``SessionUnreadable`` where the dialect file knows no meters.
        """
        if self._line.dialect.meter is None:
            raise SessionUnreadable(
                f"the dialect file of {self._line.name} has no [meter]: add one, or name the folder of stems"
            )
        self._desk = self._line.read()
        self._renew()
        self._send(self._line.dialect.play)
        self._plays = True
        self._heard_at_s = self._clock()

    def stop(self) -> None:
        """Stop, where it was let play: whether it played before is told nowhere."""
        if self._plays:
            self._send(self._line.dialect.stop)
        self._plays, self._asked_at_s = False, None

    def levels(self, limit_s: float) -> Iterator[tuple[float, Mapping[int, float]]]:
        """Yield the time by the clock and all peaks in dBFS, by number, for that long. Raises ``DawUnreachable``."""
        end_s = self._clock() + limit_s
        while (left_s := end_s - self._clock()) > 0.0:
            self._renew()
            self._listen(min(left_s, FRAME_S))
            if self._clock() - self._heard_at_s > DEAD_S:
                self._desk = self._line.read()  # meters may say nothing while nothing changes
                self._heard_at_s = self._clock()
            if self._shown:
                yield self._clock(), dict(self._peaks())

    def nudge(self, gains_db: Mapping[int, float]) -> None:
        """Set faders, in dB by number. Raises ``DawUnreachable``."""
        self._line.write(DeskWrite(gains_db))
        self._desk = self._line.read()

    def _listen(self, limit_s: float) -> None:
        """Take in what the meters show in that time: the highest of it."""
        until_s = self._clock() + limit_s
        fresh: dict[int, float] = {}
        while (left_s := until_s - self._clock()) > 0.0:
            for message in self._link.receive(left_s):
                self._line.take(message)
                match self._line.words.heard(message):
                    case ((What.METER | What.MASTER_METER, number), float(value)):
                        fresh[number] = max(self._dbfs(value), fresh.get(number, -math.inf))
                        self._heard_at_s = self._clock()
        self._shown |= fresh

    def _peaks(self) -> Iterator[tuple[int, float]]:
        """Yield the peaks after the faders; a track whose meter never moved is silent."""
        desk, meter = self._desk, self._line.dialect.meter
        if desk is None or meter is None:
            return
        for track in desk.tracks:
            peak_dbfs = self._shown.get(track.number, -math.inf)
            lost_db = 0.0 if meter.after_fader else -math.inf if track.muted else track.gain_db
            yield track.number, peak_dbfs + lost_db
        if meter.master is not None and desk.master_gain_db is not None:
            yield MASTER_NUMBER, self._shown.get(MASTER_NUMBER, -math.inf)

    def _dbfs(self, value: float) -> float:
        meter = self._line.dialect.meter
        dbfs = -math.inf if meter is None else meter.gain_law.db(value)
        return -math.inf if dbfs <= _SILENT_DBFS else dbfs

    def _renew(self) -> None:
        self._line.renew()
        meter = self._line.dialect.meter
        if meter is None or (subscribe := meter.subscribe) is None:
            return
        if self._asked_at_s is None or self._clock() - self._asked_at_s >= subscribe.every_s:
            self._send(subscribe)
            self._asked_at_s = self._clock()

    def _send(self, command: Command | None) -> None:
        if command is not None:
            self._link.send([Message(command.address, command.arguments)])
