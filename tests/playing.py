"""A song that plays and is seen on its meters only: peak meters that fall, after faders that the tests can turn."""

import math

import numpy as np

from agent.hearing.meter_log import Levels, MeterLog
from agent.session import Settings
from tests.sessions import Song, rendered_tracks

HOP_S = 0.1


class PlayedSong:
    """An ``agent.metered_mixing.Playing`` whose clock is the song's own."""

    def __init__(self, song: Song, log: MeterLog, found: Settings, *, fall_db_per_s: float = 13.0, master: bool = True):
        self.song, self.log, self.settings = song, log, found
        self.fall_db, self.master = fall_db_per_s * HOP_S, master
        self.played_s, self.nudged = 0.0, []
        self.hop = round(song.rate_hz * HOP_S)
        self.shown = np.full(len(song.names) + 1, -200.0)

    @property
    def length_s(self) -> float:
        return self.song.audio.shape[1] / self.song.rate_hz

    def listen(self, seconds: float) -> bool:
        for _ in range(round(seconds / HOP_S)):
            self.turn(keep=True)
        return self.played_s < self.length_s

    def nudge(self, settings: Settings) -> None:
        self.nudged.append(settings)
        down_db = max(old.gain_db - new.gain_db for old, new in zip(self.settings.strips, settings.strips, strict=True))
        self.settings = settings
        for _ in range(1 + math.ceil(max(0.0, down_db) / self.fall_db)):
            self.turn(keep=False)

    def turn(self, *, keep: bool) -> None:
        start = round(self.played_s / HOP_S) * self.hop
        audio = self.song.audio[:, start : start + self.hop]
        self.played_s += HOP_S
        if audio.shape[1] < self.hop:
            return
        tracks = rendered_tracks(audio, self.settings, self.song.rate_hz)
        master = tracks.sum(0) * 10 ** (self.settings.master_gain_db / 20)
        peaks = np.array([*np.abs(tracks).max((1, 2)), np.abs(master).max()])
        now = 20 * np.log10(np.maximum(peaks, 1e-10))
        self.shown = np.maximum(now, self.shown - self.fall_db)
        if keep:
            gains = tuple(strip.gain_db for strip in self.settings.strips)
            said = tuple(db if db > -100.0 else -math.inf for db in self.shown.tolist())
            master_said = said[-1] if self.master else None
            self.log.add(self.played_s, Levels(said[:-1], gains, master_said, self.settings.master_gain_db))
