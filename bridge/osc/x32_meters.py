"""The meters of an X32 or X Air over OSC, for mixing by meters alone. The console plays nothing: the user does.

From "Unofficial X32/M32 OSC Remote Protocol", "Meter requests", and "X AIR Mixer Series Remote Control Protocol",
"Meter subscriptions": all banks of meters show the channels before their faders, and the main mix after its own, so a
channel's fader is added here. They are sent every 50 ms for 10 s. How they fall is told nowhere.
"""

import math
import struct
import time
from collections.abc import Callable, Iterator, Mapping

from bridge.desk import MASTER_NUMBER, Desk, DeskTrack, DeskWrite
from bridge.errors import DawSilent
from bridge.gains import balance, both_db, gain_db, gain_linear
from bridge.metered import Fall
from bridge.osc import x32
from bridge.osc.packets import Message
from bridge.osc.surface import Link
from bridge.osc.x32 import Bank
from bridge.osc.x32_line import X32Line

FALL = Fall(db_per_s=math.inf, late_s=0.2)
FRAME_S = 0.1
RENEW_S = 4.0  # one that is lost costs nothing
DEAD_S = 3.0
_SILENT_DBFS = -100.0  # they rest at -128
_COUNT_BYTES, _FLOAT_BYTES, _SHORT_BYTES = 4, 4, 2
_PER_DB = 256.0


def peaks_dbfs(bank: Bank, blob: bytes) -> tuple[float, ...] | None:
    """Return the values of a bank in dBFS, silence as minus infinity; None where there are too few."""
    size = (len(blob) - _COUNT_BYTES) // (_FLOAT_BYTES if bank.linear else _SHORT_BYTES)
    if size < bank.size:
        return None
    values = struct.unpack_from(f"<{bank.size}{'f' if bank.linear else 'h'}", blob, _COUNT_BYTES)
    return tuple(_dbfs(gain_db(value) if bank.linear else value / _PER_DB) for value in values)


class X32Meters:
    """A ``bridge.desk_meters.Meters``. Owns how the desk stood when it was read last, and what the meters showed."""

    fall = FALL

    def __init__(self, link: Link, line: X32Line, where: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._line, self._where, self._clock = link, line, where, clock
        self._banks = {bank.name: bank for bank in line.console.banks}
        self._desk: Desk | None = None
        self._shown: dict[int, float] = {}
        self._heard_at_s = clock()
        self._asked_at_s = -math.inf

    def play(self) -> None:
        """Look at the desk and ask for its meters. Raises ``DawUnreachable``."""
        self._line.brief = True
        self._desk = self._line.read()
        self._renew()
        self._heard_at_s = self._clock()

    def stop(self) -> None:
        """Ask for no more: the console stops by itself."""
        self._line.brief = False
        self._asked_at_s = -math.inf

    def levels(self, limit_s: float) -> Iterator[tuple[float, Mapping[int, float]]]:
        """Yield the time by the clock and all peaks in dBFS, by number, for that long. Raises ``DawSilent``."""
        end_s = self._clock() + limit_s
        while (left_s := end_s - self._clock()) > 0.0:
            self._renew()
            self._listen(min(left_s, FRAME_S))
            if self._clock() - self._heard_at_s > DEAD_S:
                raise DawSilent(f"{self._line.name} at {self._where} sends no meters any more: see whether it is on")
            if self._shown:
                yield self._clock(), dict(self._shown)

    def nudge(self, gains_db: Mapping[int, float]) -> None:
        """Set faders, in dB by number, until they read back. Raises ``DawUnreachable``."""
        self._line.write(DeskWrite(gains_db))
        self._desk = self._line.read()

    def _renew(self) -> None:
        self._line.renew()
        if self._clock() - self._asked_at_s >= RENEW_S:
            for message in x32.subscriptions(self._line.console):
                self._link.send([message])
            self._asked_at_s = self._clock()

    def _listen(self, limit_s: float) -> None:
        """Take in what the meters show in that time: the highest of it; one that was not sent stays as it was."""
        until_s = self._clock() + limit_s
        fresh: dict[int, float] = {}
        while (left_s := until_s - self._clock()) > 0.0:
            for message in self._link.receive(left_s):
                for number, peak_dbfs in self._peaks(message):
                    fresh[number] = max(peak_dbfs, fresh.get(number, -math.inf))
        self._shown |= fresh

    def _peaks(self, message: Message) -> Iterator[tuple[int, float]]:
        """Yield the peaks in a message, after the faders."""
        bank = self._banks.get(message.address)
        if bank is None or self._desk is None:
            return
        match message.arguments:
            case (bytes(blob),) if (values := peaks_dbfs(bank, blob)) is not None:
                self._heard_at_s = self._clock()
            case _:
                return
        for track in self._desk.tracks:
            if bank.channels:
                yield track.number, values[bank.channels[track.number - 1]] + _after_fader_db(track)
        if bank.main:
            yield MASTER_NUMBER, both_db(gain_linear(values[bank.main[0]]), gain_linear(values[bank.main[-1]]))


def _after_fader_db(track: DeskTrack) -> float:
    """Return what a track loses on its way from the meter to both sides of the main mix."""
    if track.muted:
        return -math.inf
    left, right = (balance(track.pan) * track.sides).tolist()
    return track.gain_db + both_db(left, right)


def _dbfs(value_dbfs: float) -> float:
    return -math.inf if value_dbfs <= _SILENT_DBFS else value_dbfs
