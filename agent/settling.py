"""What is left to do exactly once the agent has decided: focus, the faders' common gain, and the master.

The cost leaves a dead zone around every level, and does not care what all faders have in common, for the master makes
up for it. A user does care: a track in focus is to stand where was said, faders are to keep their travel, and a mix is
to be as loud as was wanted, and as fast: the steps of the tempo end near it, not there.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent.actions import Limits, limits_around
from agent.hearing.twin import Twin
from agent.session import Settings
from agent.targets import Goal

F64 = NDArray[np.float64]


def settle(twin: Twin, wanted: Goal, found: Settings, planned: Settings, focus: Iterable[int] = ()) -> Settings:
    """Return planned settings, settled. All stay within the safety limits around ``found``.

    Tracks in focus come to their level against the mean of the others. The median change of all faders is handed to
    the master, unless a locked track holds on to it. The master brings the mix to its loudness as the twin hears it. A
    wanted tempo is set.
    """
    limits = limits_around(found)
    planned = at_tempo(wanted, found, planned)
    twin.set(planned)
    fader_db = _focused(twin, wanted, sorted(set(focus)))
    common_db = 0.0
    if np.array_equal(wanted.movable, wanted.audible):
        common_db = _common_db(fader_db, found, limits, wanted.movable)
    turned = np.clip(fader_db - common_db, limits.fader_low_db, limits.fader_high_db).tolist()
    strips = tuple(
        replace(strip, gain_db=turned[k]) if wanted.movable[k] else strip for k, strip in enumerate(planned.strips)
    )
    settled = replace(planned, strips=strips)
    twin.set(settled)
    loudness_lufs = twin.mix_loudness_lufs()
    if not math.isfinite(loudness_lufs):
        return settled
    master_db = settled.master_gain_db + wanted.loudness_lufs - loudness_lufs
    return replace(settled, master_gain_db=min(max(master_db, limits.master_low_db), limits.master_high_db))


def at_tempo(wanted: Goal, found: Settings, planned: Settings) -> Settings:
    """Return planned settings at the wanted tempo, or as near as a session found at another may be brought."""
    if wanted.tempo is None:
        return planned
    low_bpm, high_bpm = wanted.tempo.limits_bpm(found.tempo_bpm)
    return replace(planned, tempo_bpm=min(max(wanted.tempo.bpm, low_bpm), high_bpm))


def _focused(twin: Twin, wanted: Goal, focus: list[int]) -> F64:
    fader_db = twin.fader_db.copy()
    lifted = np.zeros(len(fader_db), bool)
    lifted[focus] = True
    others = wanted.audible & ~lifted
    lifted &= wanted.movable
    if lifted.any() and others.any():
        place = np.subtract(
            twin.track_loudness_lufs(), wanted.level_db, out=np.zeros_like(fader_db), where=wanted.audible
        )
        fader_db[lifted] -= place[lifted] - float(place[others].mean())
    return fader_db


def _common_db(fader_db: F64, found: Settings, limits: Limits, movable: NDArray[np.bool_]) -> float:
    """Return what to take off all faders: their median change, as near as the limits of each let it be."""
    if not movable.any():
        return 0.0
    wanted = fader_db[movable]
    change = wanted - np.array([s.gain_db for s in found.strips])[movable]
    least = float((wanted - limits.fader_high_db[movable]).max())
    most = float((wanted - limits.fader_low_db[movable]).min())
    return min(max(float(np.median(change)), least), most)
