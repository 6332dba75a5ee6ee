"""Live's transport and meters over AbletonOSC, for mixing by meters alone."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from bridge.changes import same
from bridge.desk import MASTER_NUMBER
from bridge.errors import DawSilent
from bridge.gains import both_db, gain_linear
from bridge.metered import Fall
from bridge.osc import ableton
from bridge.osc.ableton import Told
from bridge.osc.asking import ask
from bridge.osc.packets import Message
from bridge.osc.surface import Link

FALL = Fall(db_per_s=12.0, late_s=0.3)
"""Live's manual does not say how fast its meters fall: slower than they look. Its Python has a turn every 0.1 s."""
FRAME_S = 0.1
STALE_S = 0.3  # a meter that said nothing for so long is asked for: its listener, or what that said, may be lost
DEAD_S = 3.0
_PLACE_SHARE = 1e-4

_PLAY, _STOP = Message("/live/song/continue_playing"), Message("/live/song/stop_playing")
_PLACE, _PLAYING, _TRACKS = Message(ableton.PLACE), Message(ableton.PLAYING), Message(ableton.TRACKS)


class AbletonMeters:
    """A ``bridge.desk_meters.Meters``. Owns what was told while it plays, and where the transport was before.

    Meters are after fader and pan, the louder side counts. There is none of the master.
    """

    fall = FALL

    def __init__(self, link: Link, where: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._where, self._clock = link, where, clock
        self._told = Told()
        self._heard_at_s: dict[Message, float] = {}
        self._alive_at_s = clock()
        self._before: tuple[float, bool] | None = None  # its place in beats, and whether it played
        self._tracks: tuple[int, ...] = ()

    def play(self) -> None:
        """Play from the start; what the user plays already plays on. Raises ``DawSilent``."""
        if self._before is None:
            self._forget(_TRACKS, _PLACE, _PLAYING)
            self._ask([_TRACKS, _PLACE, _PLAYING])
            self._tracks = self._heard_tracks()
            place = self._told.number(ableton.PLACE) or 0.0
            self._before = place, self._told.is_on(ableton.PLAYING)
        self._link.send(
            [ableton.listening(meter, track, on=True) for track in self._tracks for meter in ableton.METERS]
        )
        if not self._before[1]:
            self._until_playing(on=False)
            self._go_to(0.0)
            self._until_playing(on=True)

    def stop(self) -> None:
        """Put the transport back to where it was before ``play``. Raises ``DawSilent``."""
        if self._before is None:
            return
        (place, played), self._before = self._before, None
        self._listen(on=False)
        if not played:
            self._until_playing(on=False)
            self._go_to(place)

    def levels(self, limit_s: float) -> Iterator[tuple[float, Mapping[int, float]]]:
        """Yield the time by the clock and all peaks in dBFS, by number, for that long. Raises ``DawSilent``."""
        end_s = self._clock() + limit_s
        self._alive_at_s = max(self._alive_at_s, self._clock() - FRAME_S)
        while (left_s := end_s - self._clock()) > 0.0:
            if stale := list(self._stale()):
                self._link.send(stale)
            self._hear(min(left_s, FRAME_S))
            if self._clock() - self._alive_at_s > DEAD_S:
                raise self._silent()
            if peaks := self._peaks():
                yield self._clock(), peaks

    def nudge(self, gains_db: Mapping[int, float]) -> None:
        """Set faders, in dB by number, and ask until they are there. Raises ``DawSilent``."""
        wanted = {Message(ableton.VOLUME, (n - 1,)): db for n, db in gains_db.items() if n != MASTER_NUMBER}
        self._forget(*wanted)

        def away() -> list[Message]:
            return [question for question, db in wanted.items() if not self._stands(question, db)]

        def messages(questions: Sequence[Message]) -> list[Message]:
            return [m for q in questions for m in (ableton.fader(_track(q), wanted[q]), q)]

        if ask(self._link, self._clock, self._take, away, messages):
            raise self._silent()

    def _listen(self, *, on: bool) -> None:
        self._link.send([ableton.listening(meter, track, on=on) for track in self._tracks for meter in ableton.METERS])

    def _heard_tracks(self) -> tuple[int, ...]:
        """Return the tracks that have a meter."""
        tracks = range(int(self._told.number(ableton.TRACKS) or 0))
        self._ask([Message(ableton.HAS_AUDIO, (track,)) for track in tracks])
        return tuple(track for track in tracks if self._told.is_on(ableton.HAS_AUDIO, track))

    def _stale(self) -> Iterator[Message]:
        """Yield the questions for meters that were not heard of lately."""
        now_s = self._clock()
        for track in self._tracks:
            for meter in ableton.METERS:
                question = Message(meter, (track,))
                if now_s - self._heard_at_s.get(question, -math.inf) > STALE_S:
                    yield question

    def _hear(self, limit_s: float) -> None:
        """Take in what comes for that long."""
        until_s = self._clock() + limit_s
        while (left_s := until_s - self._clock()) > 0.0:
            for message in self._link.receive(left_s):
                self._take(message)

    def _take(self, message: Message) -> bool:
        answered = self._told.take(message)
        if answered:
            self._alive_at_s = self._clock()
            if message.address in ableton.METERS:
                self._heard_at_s[Message(message.address, message.arguments[:1])] = self._clock()
                return False  # they come unasked, and hold no answer up
        return answered

    def _peaks(self) -> dict[int, float]:
        """Return the peaks in dBFS by number, of the tracks that told theirs."""
        peaks: dict[int, float] = {}
        for track in self._tracks:
            levels = [level for meter in ableton.METERS if (level := self._told.number(meter, track)) is not None]
            if levels:
                peaks[track + 1] = both_db(*(gain_linear(ableton.peak_dbfs(level)) for level in (levels * 2)[:2]))
        return peaks

    def _stands(self, question: Message, wanted_db: float) -> bool:
        place = self._told.number(question.address, _track(question))
        wanted = ableton.gain_db(ableton.place(wanted_db))  # as far as a fader goes
        return place is not None and same(gain_linear(ableton.gain_db(place)), gain_linear(wanted))

    def _until_playing(self, *, on: bool) -> None:
        self._forget(_PLAYING)

        def lacking() -> list[Message]:
            told = self._told.number(ableton.PLAYING)
            return [] if told is not None and bool(told) is on else [_PLAYING]

        def messages(questions: Sequence[Message]) -> list[Message]:
            return [_PLAY if on else _STOP, *questions]

        if ask(self._link, self._clock, self._take, lacking, messages):
            raise self._silent()

    def _go_to(self, beats: float) -> None:
        """Go to a place, in beats."""
        self._forget(_PLACE)

        def lacking() -> list[Message]:
            told = self._told.number(ableton.PLACE)
            return [] if told is not None and abs(told - beats) <= _PLACE_SHARE * max(1.0, beats) else [_PLACE]

        def messages(questions: Sequence[Message]) -> list[Message]:
            return [ableton.setting(ableton.PLACE, float(beats)), *questions]

        if ask(self._link, self._clock, self._take, lacking, messages):
            raise self._silent()

    def _ask(self, questions: Sequence[Message]) -> None:
        if ask(self._link, self._clock, self._take, lambda: self._told.lacking(questions), list):
            raise self._silent()

    def _forget(self, *questions: Message) -> None:
        for question in questions:
            self._told.answers.pop(question, None)

    def _silent(self) -> DawSilent:
        return DawSilent(f"Ableton Live at {self._where} does not answer over OSC any more: see whether it still runs")


def _track(question: Message) -> int:
    (track,) = question.arguments
    return int(track)
