"""What every dialect does to the session: faders, pans, mutes, solos, names, tempo, transport, each an undo step.

Tracks are numbered from 1; 0 is the master. Gains are linear, pan is in [-1, 1].
"""

import math
from collections.abc import Callable
from dataclasses import replace

from mock_daw.live import Live, PlayState
from mock_daw.session import Session, Track

FASTEST_BPM, SLOWEST_BPM = 960.0, 1.0
SETTLE_S = 0.5
VOLUME, PAN, MUTE, SOLO, NAME, TEMPO, EQUALISER, TRIM = (
    "Adjust track volume",
    "Adjust track pan",
    "Toggle track mute",
    "Toggle track solo",
    "Rename track",
    "Set tempo",
    "Adjust equaliser",
    "Adjust track trim",
)
MIXER_STEPS = frozenset({VOLUME, PAN, MUTE, SOLO, EQUALISER, TRIM})


class Desk:
    """Changes a live session on behalf of one dialect."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self._moved_s: float | None = None

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self.live.session

    def has(self, number: int) -> bool:
        """Whether there is such a track, or it is the master."""
        return 0 <= number <= len(self.session.tracks)

    def track(self, number: int) -> Track:
        """Return a track. Raises ``IndexError``."""
        return self.session.track(number)

    def set_gain(self, number: int, gain_linear: float) -> None:
        """Move a fader; what is no number is left alone."""
        if math.isfinite(gain_linear) and gain_linear >= 0.0:
            self._adjust(number, lambda track: replace(track, gain_linear=gain_linear), VOLUME)

    def set_pan(self, number: int, pan: float) -> None:
        """Turn a pan; it is held in its range."""
        if math.isfinite(pan):
            self._adjust(number, lambda track: replace(track, pan=max(-1.0, min(1.0, pan))), PAN)

    def set_mute(self, number: int, on: bool) -> None:
        """Mute a track or not."""
        self._edit(number, lambda track: replace(track, muted=on), MUTE)

    def set_solo(self, number: int, on: bool) -> None:
        """Solo a track or not; a master can not be soloed."""
        if number:
            self._edit(number, lambda track: replace(track, solo=int(on)), SOLO)

    def set_name(self, number: int, name: str) -> None:
        """Rename a track."""
        self._edit(number, lambda track: replace(track, name=name), NAME)

    def set_tempo(self, tempo_bpm: float) -> None:
        """Set the tempo; it is held within 1 and 960 BPM."""
        if math.isfinite(tempo_bpm):
            held = max(SLOWEST_BPM, min(FASTEST_BPM, tempo_bpm))
            self.live.edit(lambda now: replace(now, tempo_bpm=held), TEMPO)

    def edit_track(self, number: int, change: Callable[[Track], Track], name: str) -> None:
        """Change a track, in moves that share one undo step."""
        self._adjust(number, change, name)

    def select_only(self, number: int) -> None:
        """Select one track and no other; not an undo step."""

        def chosen(now: Session) -> Session:
            tracks = tuple(replace(track, selected=place == number) for place, track in enumerate(now.tracks, 1))
            return replace(now, tracks=tracks, master=replace(now.master, selected=number == 0))

        self.live.edit(chosen, None)

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return bool(self.live.state & PlayState.PLAYING)

    def rest(self) -> None:
        """Let moves that come half a second after the last be an undo step of their own."""
        if self._moved_s is not None and self.live.clock_s - self._moved_s >= SETTLE_S:
            self._moved_s = None
            self.live.settle()

    def _adjust(self, number: int, change: Callable[[Track], Track], name: str) -> None:
        if self.has(number):
            self._moved_s = self.live.clock_s
            self.live.adjust(lambda now: now.with_track(number, change(now.track(number))), name)

    def _edit(self, number: int, change: Callable[[Track], Track], name: str) -> None:
        if self.has(number):
            self.live.edit(lambda now: now.with_track(number, change(now.track(number))), name)
