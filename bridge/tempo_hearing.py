"""Hears the tempo of a session, in a pass of its own before it is mixed, and decides what becomes of it."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from agent.hearing.onsets import hear_onsets
from agent.hearing.pulse import Grid, NoPulse, Pulse, find_pulse
from agent.roles import Role, role_from_name
from agent.session import Session
from bridge.live import LiveDaw
from bridge.planned import audio_of
from bridge.progress import Progress, Stage
from bridge.tempo import TempoChoice, TempoWish, for_daw

FloatArray = NDArray[np.float32]


def chosen_tempo(
    daw: LiveDaw, session: Session, wish: TempoWish, progress: Progress, *, audible: bool = True
) -> TempoChoice | None:
    """Decide on the tempo of the session that was just read; None where it is to be kept.

    What is heard is compared with the project's grid, which reads the audio once more than a mix does. Nothing is heard
    where the tempo can not be set anyway, or where a DAW gives no audio (not ``audible``).
    """
    if not wish.wanted:
        return None
    room, before_bpm = daw.tempo_room(), session.settings.tempo_bpm
    pulse = None
    if audible and not room.closed_to(wish):
        grid = None if room.beats_per_bar is None else Grid(before_bpm, 0.0, max(1, round(room.beats_per_bar)))
        pulse = heard_pulse(session, daw.audio(), progress, grid)
    return for_daw(wish, before_bpm, pulse, room)


def heard_pulse(
    session: Session, blocks: Iterable[FloatArray], progress: Progress, grid: Grid | None = None
) -> Pulse | str:
    """Return the pulse in a session's audio, or in a line why there is none. Raises ``SessionUnreadable``."""
    progress.begin(Stage.HEAR, round(session.length_s * session.sample_rate_hz))
    with audio_of(session):
        onsets = hear_onsets(blocks, session.sample_rate_hz, progress.advance)
    roles = [role_from_name(track.name) or Role.OTHER for track in session.tracks]
    try:
        return find_pulse(onsets, roles=roles, grid=grid)
    except NoPulse as error:
        return str(error).partition(":")[0]
