"""The user's hands on the DAW, while a controller works: what faults let a user do. Tracks are numbered from 1."""

from collections.abc import Callable
from dataclasses import replace

from mock_daw.live import Live
from mock_daw.session import Track, guid


def move_fader(live: Live, track: int, db: float) -> None:
    """Set a fader to so many dB; track 0 is the master. Raises ``IndexError``."""
    _change(live, track, lambda now: replace(now, gain_linear=10.0 ** (db / 20.0)), "Adjust track volume")


def mute(live: Live, track: int, on: int) -> None:
    """Mute a track, or unmute it. Raises ``IndexError``."""
    _change(live, track, lambda now: replace(now, muted=bool(on)), "Toggle track mute")


def select(live: Live, track: int, on: int) -> None:
    """Select a track, or unselect it: no undo step. Raises ``IndexError``."""
    _change(live, track, lambda now: replace(now, selected=bool(on)), None)


def rename(live: Live, track: int, name: str) -> None:
    """Rename a track. Raises ``IndexError``."""
    _change(live, track, lambda now: replace(now, name=name), "Rename track")


def add_track(live: Live, track: int, name: str) -> None:
    """Insert an empty track at that number. Raises ``IndexError``."""
    if not 1 <= track <= len(live.session.tracks) + 1:
        raise IndexError(track)
    new = Track(guid("added by the user", live.changes, track, name), name)
    live.edit(
        lambda now: replace(now, tracks=(*now.tracks[: track - 1], new, *now.tracks[track - 1 :])), "Insert track"
    )


def delete_track(live: Live, track: int) -> None:
    """Delete a track and the sends into it; its children move up a folder. Raises ``IndexError``."""
    if track < 1:
        raise IndexError(track)
    live.session.track(track)
    live.edit(lambda now: now.without([track - 1]), "Remove tracks")


def undo(live: Live) -> None:
    """Undo the last step."""
    live.undo()


def play(live: Live) -> None:
    """Press play."""
    live.play()


def stop(live: Live) -> None:
    """Press stop."""
    live.stop()


def _change(live: Live, number: int, change: Callable[[Track], Track], name: str | None) -> None:
    live.session.track(number)
    live.edit(lambda now: now.with_track(number, change(now.track(number))), name)
