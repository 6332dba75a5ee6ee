"""A DAW that plays while its faders are tried: what mixing by meters does to it, and how all of it is taken back.

Every value is in the journal before the first try, as ``trying``: after a crash ``faderbot undo`` puts all of them back
to what was found. At the end, however it comes, the faders stand where they were found and the transport is as it was;
the mix is then written like any other.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from agent.daw import DawError, WriteRefused
from agent.hearing.meter_log import Levels, MeterLog
from agent.hearing.metered import SILENT_DBFS
from agent.session import Settings
from bridge.changes import MASTER, Change, Value, same
from bridge.gains import gain_db
from bridge.interrupts import undisturbed
from bridge.journal import Entry, Journal, State, now
from bridge.live import LiveDaw, SessionMoved
from bridge.live_job import LeftInBetween
from bridge.metered import Metered
from bridge.notes import listed

SILENCE_S = 5.0
"""After so much silence, once something was heard, the song is taken to be over."""
JUMP_S = 1.0
"""For so long after a jump the meters still tell of the place before."""


class MeteredDaw(LiveDaw, Metered, Protocol):
    """Both ports in one."""


class Player:
    """An ``agent.metered_mixing.Playing`` over a DAW. Owns where the faders stand, and the clock of the playing."""

    def __init__(
        self,
        daw: MeteredDaw,
        found: Settings,
        log: MeterLog,
        *,
        windows: Sequence[tuple[float, float]] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._windows = deque(windows)
        self._daw, self._log, self._clock = daw, log, clock
        self._keys = daw.keys
        self._tried: dict[tuple[str, str], Change] = {}
        self._ours: dict[tuple[str, str], list[Value]] = {}
        self._here = found
        self._started_s = self._sounded_s = self._arrived_s = clock()
        self._is_heard = False

    @property
    def played_s(self) -> float:
        """How long it has played, in seconds."""
        return self._clock() - self._started_s

    def listen(self, seconds: float) -> bool:
        """Log its meters for that long; tell whether it plays on, as far as its meters say.

        Where it is listened to in several places it goes on to the next once the time of one is over, or it is silent.
        """
        for at_s, levels in self._frames(seconds):
            self._log.add(at_s, levels)
            if max(levels.peaks_dbfs, default=SILENT_DBFS) > SILENT_DBFS:
                self._is_heard, self._sounded_s = True, self._clock()
        is_silent = self._is_heard and self._clock() - self._sounded_s >= SILENCE_S
        return self._goes_on(is_silent=is_silent) if self._windows else not is_silent

    def nudge(self, settings: Settings) -> None:
        """Set what differs from where it stands, and wait until the meters show it; faders go as far as they go.

        Raises ``WriteRefused`` where the DAW does not take it, and ``SessionMoved`` where somebody else moved it.
        """
        settings = _capped(settings, self._daw)
        changes = self._changes(settings)
        if not changes:
            return
        before = self._daw.standing(changes)
        moved = [c.words for c, value in zip(changes, before, strict=True) if not same(value, self._stands(c))]
        if moved:
            raise SessionMoved(_moved(moved))
        fallen_db = max(_db(self._stands(c)) - _db(c.wanted) for c in changes)
        for c in changes:  # before they are set: an interrupt may come in the middle
            self._tried[c.track, c.what] = c
            self._ours.setdefault((c.track, c.what), [c.found]).append(c.wanted)
        self._daw.nudge(changes)
        values = self._daw.standing(changes)
        away = [c.words for c, value in zip(changes, values, strict=True) if not same(value, c.wanted)]
        if away:
            raise WriteRefused(f"{self._daw.name} did not take {listed(away)}")
        self._here = settings
        fall = self._daw.fall
        for _ in self._frames(fall.late_s + max(0.0, fallen_db) / fall.db_per_s):
            pass

    def put_back(self) -> tuple[str, ...]:
        """Set every fader that was tried to where it was found; return which are gone, or somebody else moved since.

        Those are left. Raises ``DawError``.
        """
        tried = [*self._tried.values()]
        if not tried:
            return ()
        moved = [c for c, value in zip(tried, self._daw.standing(tried), strict=True) if not self._is_ours(c, value)]
        back = [c.model_copy(update={"found": c.wanted, "wanted": c.found}) for c in tried if c not in moved]
        self._daw.nudge(back)
        values = self._daw.standing(back)
        pairs = zip(back, values, strict=True)
        away = [c.words for c, value in pairs if value is not None and not same(value, c.wanted)]
        if away:
            raise WriteRefused(f"{self._daw.name} did not take {listed(away)} back")
        self._tried.clear()
        return tuple(c.words for c in moved)

    def _goes_on(self, *, is_silent: bool) -> bool:
        """Go on to the next place where it is time to; tell whether there is one."""
        _, long_s = self._windows[0]
        if not is_silent and self._clock() - self._arrived_s < long_s:
            return True
        if len(self._windows) == 1:
            return False
        self._windows.popleft()
        self._arrived_s = self._clock() if is_silent else self._arrived_s + long_s  # what came late is caught up
        if self._daw.located is not None:
            self._daw.located.go_to(self._windows[0][0])
        for _ in self._frames(self._daw.fall.late_s + JUMP_S):
            pass
        self._sounded_s = self._clock()
        return True

    def _is_ours(self, change: Change, value: Value | None) -> bool:
        return any(same(value, ours) for ours in self._ours[change.track, change.what])

    def _changes(self, settings: Settings) -> list[Change]:
        """Return what leads from here to there; a fader that goes back to where it was found among it."""
        wanted = {(c.track, c.what): c for c in self._daw.changes(settings)}
        home = {key: c.model_copy(update={"wanted": c.found}) for key, c in self._tried.items() if key not in wanted}
        return [c for c in (*wanted.values(), *home.values()) if not same(c.wanted, self._stands(c))]

    def _stands(self, change: Change) -> Value:
        known = self._tried.get((change.track, change.what))
        return change.found if known is None else known.wanted

    def _frames(self, seconds: float) -> Iterator[tuple[float, Levels]]:
        gains_db = tuple(strip.gain_db for strip in self._here.strips)
        for frame in self._daw.frames(seconds):
            peaks = tuple(frame.peaks_dbfs.get(key, -math.inf) for key in self._keys)
            yield frame.at_s, Levels(peaks, gains_db, frame.peaks_dbfs.get(MASTER), self._here.master_gain_db)


@contextmanager
def playing(
    daw: MeteredDaw,
    found: Settings,
    log: MeterLog,
    journal: Journal | None,
    *,
    windows: Sequence[tuple[float, float]] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Player]:
    """Play a session and let its faders be tried; at the end of the block all stands as it was found.

    ``windows``: where to listen and for how long each time, in seconds; the first is the start. Without any it plays
    through. Without a journal nothing may be tried. Raises ``JournalError`` before anything is touched, ``DawError``,
    and ``LeftInBetween`` where the DAW can not be brought back: the journal then has every value. What somebody else
    moved meanwhile stays, and raises ``SessionMoved``.
    """
    file = None if journal is None else journal.open(_entry(daw))
    player = Player(daw, found, log, windows=windows, clock=clock)
    try:
        daw.play()
        yield player
    finally:
        with undisturbed():
            moved = _home(daw, player)
            if journal is not None and file is not None:
                journal.set_state(file, State.UNDONE)
    if moved:
        raise SessionMoved(_moved(moved))


def _moved(words: Sequence[str]) -> str:
    return f"{listed(words)} moved while it was listened to: all tries are taken back, start again"


def _home(daw: MeteredDaw, player: Player) -> tuple[str, ...]:
    try:
        try:
            return player.put_back()
        finally:
            daw.stop()
    except DawError as error:
        raise LeftInBetween(
            f"{daw.name} can not be brought back to how it was found ({error}): "
            "once it answers, `faderbot undo` restores every fader"
        ) from error


def _entry(daw: MeteredDaw) -> Entry:
    """Return the journal's entry of the tries: every fader as it was found, and nothing wanted of it yet."""
    return Entry(
        at=now(),
        daw=daw.name,
        where=daw.where,
        project=daw.project,
        undo_name="Faderbot: tries while it played",
        state=State.TRYING,
        changes=daw.faders(),
    )


def _capped(settings: Settings, daw: MeteredDaw) -> Settings:
    """Return settings cut off where the DAW's faders end."""
    strips = tuple(replace(strip, gain_db=min(strip.gain_db, daw.fader_highest_db)) for strip in settings.strips)
    return replace(settings, strips=strips, master_gain_db=min(settings.master_gain_db, daw.master_highest_db))


def _db(value: Value) -> float:
    """Return a fader's value in dB, as far down as meters fall."""
    return max(gain_db(value), SILENT_DBFS) if isinstance(value, float) else 0.0
