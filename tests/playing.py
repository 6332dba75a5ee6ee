"""A song that plays and is seen on its meters only: peak meters that fall, after faders that the tests can turn."""

import math
from dataclasses import replace

import numpy as np

from agent.hearing.meter_log import Levels, MeterLog
from agent.session import Settings
from bridge.changes import MASTER, Change, same
from bridge.gains import gain_db, gain_linear
from bridge.metered import Fall, MeterFrame
from tests.sessions import Song, rendered_tracks

HOP_S = 0.1
FALL_DB_PER_S = 13.0


class Meters:
    """The peak meters of a playing song, a hop at a time. Owns what they show; the last one is the master's."""

    def __init__(self, song: Song, fall_db_per_s: float = FALL_DB_PER_S) -> None:
        self.song, self.fall_db = song, fall_db_per_s * HOP_S
        self.hops = self.ahead = 0
        self.shown = np.full(len(song.names) + 1, -200.0)

    @property
    def played_s(self) -> float:
        return self.hops * HOP_S

    @property
    def plays(self) -> bool:
        return self.played_s < self.song.audio.shape[1] / self.song.rate_hz

    def turn(self, settings: Settings) -> list[float]:
        size = round(self.song.rate_hz * HOP_S)
        place = self.hops + self.ahead
        audio = self.song.audio[:, place * size : (place + 1) * size]
        self.hops += 1
        peaks = np.zeros(len(self.shown))
        if audio.shape[1]:
            tracks = rendered_tracks(audio, settings, self.song.rate_hz)
            master = tracks.sum(0) * 10 ** (settings.master_gain_db / 20)
            peaks = np.array([*np.abs(tracks).max((1, 2)), np.abs(master).max()])
        self.shown = np.maximum(20 * np.log10(np.maximum(peaks, 1e-10)), self.shown - self.fall_db)
        return [db if db > -100.0 else -math.inf for db in self.shown.tolist()]


class PlayedSong:
    """An ``agent.metered_mixing.Playing`` whose clock is the song's own."""

    def __init__(self, song: Song, log: MeterLog, found: Settings, *, master: bool = True):
        self.meters, self.log, self.settings, self.master = Meters(song), log, found, master
        self.nudged: list[Settings] = []

    @property
    def played_s(self) -> float:
        return self.meters.played_s

    def listen(self, seconds: float) -> bool:
        for _ in range(round(seconds / HOP_S)):
            *tracks, master = self.meters.turn(self.settings)
            gains = tuple(strip.gain_db for strip in self.settings.strips)
            levels = Levels(tuple(tracks), gains, master if self.master else None, self.settings.master_gain_db)
            self.log.add(self.played_s, levels)
        return self.meters.plays

    def nudge(self, settings: Settings) -> None:
        self.nudged.append(settings)
        down_db = max(old.gain_db - new.gain_db for old, new in zip(self.settings.strips, settings.strips, strict=True))
        self.settings = settings
        for _ in range(1 + math.ceil(max(0.0, down_db) / self.meters.fall_db)):
            self.meters.turn(self.settings)


class PlayedDaw:
    """A ``bridge.playing.MeteredDaw`` in memory. ``before`` may do something before a call of that name."""

    name, where, project = "REAPER", "127.0.0.1:1", "song"
    eq, recording, notes = False, False, ()
    located = None
    fader_highest_db = master_highest_db = 12.0
    fall = Fall(FALL_DB_PER_S, 0.1)

    def __init__(self, song: Song, found: Settings) -> None:
        self.song, self.found = song, found
        self.meters = Meters(song)
        self.keys = tuple(f"{number} {name}" for number, name in enumerate(song.names, 1))
        self.gains = dict(zip(self.keys, (gain_linear(s.gain_db) for s in found.strips), strict=True))
        self.gains[MASTER] = gain_linear(found.master_gain_db)
        self.playing, self.calls, self.steps, self.before = False, [], [], {}

    @property
    def settings(self) -> Settings:
        strips = tuple(
            replace(strip, gain_db=gain_db(self.gains.get(key, 0.0)))
            for strip, key in zip(self.found.strips, self.keys, strict=True)
        )
        return replace(self.found, strips=strips, master_gain_db=gain_db(self.gains[MASTER]))

    def clock(self) -> float:
        return self.meters.played_s

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before.get(name, lambda _daw: None)(self)

    def read(self):
        return self.song.session(self.found)

    def play(self) -> None:
        self._called("play")
        self.playing = True

    def stop(self) -> None:
        self._called("stop")
        self.playing = False

    def frames(self, limit_s: float):
        assert self.playing
        self._called("frames")
        for _ in range(round(limit_s / HOP_S)):
            shown = self.meters.turn(self.settings)
            yield MeterFrame(self.clock(), dict(zip((*self.keys, MASTER), shown, strict=True)))

    def faders(self) -> tuple[Change, ...]:
        return self._changes(self.found, every=True)

    def changes(self, settings: Settings) -> tuple[Change, ...]:
        return self._changes(settings, every=False)

    def _changes(self, settings: Settings, *, every: bool) -> tuple[Change, ...]:
        keys = [*zip(self.keys, self.song.names, strict=True), (MASTER, "the master")]
        gains = [[*(s.gain_db for s in one.strips), one.master_gain_db] for one in (self.found, settings)]
        made = [
            Change(track=key, name=name, what="fader", found=gain_linear(old), wanted=gain_linear(new))
            for (key, name), old, new in zip(keys, *gains, strict=True)
        ]
        return tuple(change for change in made if every or not same(change.found, change.wanted))

    def nudge(self, changes) -> None:
        self._called("nudge")
        self.gains |= {change.track: change.wanted for change in changes}

    def put(self, changes, undo_name: str) -> None:
        self._called("put")
        self.steps.append((undo_name, dict(self.gains)))
        self.gains |= {change.track: change.wanted for change in changes}

    def standing(self, changes):
        self._called("standing")
        return tuple(self.gains.get(change.track) for change in changes)

    def undo_name(self) -> str:
        return self.steps[-1][0] if self.steps else ""

    def undo(self) -> None:
        _, self.gains = self.steps.pop()

    def check(self) -> None:
        return None


class SentDaw(PlayedDaw):
    """One that can be sent elsewhere while it plays. Owns where it was sent, in seconds."""

    def __init__(self, song: Song, found: Settings) -> None:
        super().__init__(song, found)
        self.places, self.located = [], self

    def go_to(self, position_s: float) -> None:
        self._called("go_to")
        assert self.playing
        self.places.append(position_s)
        self.meters.ahead = round(position_s / HOP_S) - self.meters.hops
