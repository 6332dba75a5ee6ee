"""From a plan to what the faders of a DAW can do, without changing what is heard. Pure."""

import math
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from agent.actions import limits_around
from agent.session import Session, Settings

NEAR_DB = 1e-9


def within_reach(
    settings: Settings,
    session: Session,
    fader_highest_db: float,
    master_highest_db: float,
    *,
    master_lowest_db: float = -math.inf,
    locked: Collection[int] = (),
    silent: Collection[int] = (),
) -> Settings:
    """Bring settings for a session under the ends of a DAW's faders, in dB.

    What the highest fader is over its end all faders go down, and the master goes up: the same mix, softer where the
    master is at its end. What the master is over its end all faders go up, though none further from where it was found
    than a plan may. What the master is below ``master_lowest_db``, as where there is none to turn, all faders go down.
    Where a locked track would not come along, what is over an end is cut off there. ``locked`` are
    places that are to stay beside those that the session locks; ``silent`` ones stay too, and nobody hears it.
    """
    gains_db = np.array([strip.gain_db for strip in settings.strips])
    held = np.array([track.locked or place in locked for place, track in enumerate(session.tracks)], bool)
    free = ~held & ~np.isin(np.arange(len(held)), list(silent))
    highest_db = np.minimum(limits_around(session.settings).fader_high_db, fader_highest_db)
    over_db = float(np.max(gains_db[free] - fader_highest_db, initial=0.0))
    short_db = max(settings.master_gain_db - master_highest_db, 0.0)
    shift_db = 0.0
    if not held.any() and over_db > 0.0:
        shift_db = -over_db
    elif not held.any() and free.any() and short_db > 0.0:
        shift_db = min(short_db, max(float(np.min((highest_db - gains_db)[free])), 0.0))
    if not held.any() and free.any():
        shift_db -= max(master_lowest_db - (settings.master_gain_db - shift_db), 0.0)
    moved_db = np.where(free, np.minimum(gains_db + shift_db, fader_highest_db), gains_db)
    strips = tuple(
        replace(strip, gain_db=gain_db) for strip, gain_db in zip(settings.strips, moved_db.tolist(), strict=True)
    )
    master_db = min(max(settings.master_gain_db - shift_db, master_lowest_db), master_highest_db)
    return replace(settings, strips=strips, master_gain_db=master_db)


def cut_off(settings: Settings, reached: Settings, session: Session, silent: Collection[int] = ()) -> list[str]:
    """Return the names of the tracks that came out lower in the mix than others did; of silent ones nobody can tell."""
    before_db, after_db = (np.array([strip.gain_db for strip in s.strips]) for s in (settings, reached))
    lost_db = np.delete(before_db - after_db, list(silent))
    names = [track.name for place, track in enumerate(session.tracks) if place not in silent]
    return [name for name, lost in zip(names, lost_db - lost_db.min(initial=np.inf), strict=True) if lost > NEAR_DB]
