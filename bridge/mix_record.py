"""Writes down what a mix sets, for the journal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from agent.session import Strip
from agent.taste import KNOBS
from bridge.changes import Change, Value
from bridge.live import LiveDaw
from bridge.mixed import Mixed, MixedTrack
from bridge.planned import AnyPlanned, PlannedMix

# DAWs whose EQ is read back as the four bands of a strip, low to high, and then others.
_EQ_READ = frozenset({"REAPER"})
_PROBE_DB = 1.0


def mix_record(job: AnyPlanned, daw: LiveDaw, changes: Sequence[Change]) -> Mixed | None:
    """Return what a mix sets where these are its changes; None for a job that is no mix."""
    if not isinstance(job, PlannedMix):
        return None
    return Mixed(style=job.wish.style_name, strength=job.wish.strength, tracks=tuple(_tracks(job, daw, changes)))


def _tracks(job: PlannedMix, daw: LiveDaw, changes: Sequence[Change]) -> Iterator[MixedTrack]:
    wanted: dict[tuple[str, str], Value] = {(change.track, change.what): change.wanted for change in changes}
    liked = job.wish.taste if job.wish.eq else job.wish.taste.without_eq()
    for k in np.flatnonzero(job.plan.goal.movable).tolist():
        found = _as_found(job, daw, k)
        fader = found.get("fader")
        if fader is None or not isinstance(set_to := wanted.get((fader.track, "fader"), fader.found), float):
            continue
        eq = found.get("eq") if job.wish.eq and daw.name in _EQ_READ else None
        bands = None if eq is None else wanted.get((eq.track, "eq"), eq.found)
        role = job.plan.roles[k]
        yield MixedTrack(
            key=fader.track,
            name=fader.name,
            role=role.value,
            fader=set_to,
            eq=bands if isinstance(bands, tuple) else None,
            taste_db={knob: db for knob in KNOBS if (db := liked.shift_db(role, knob))},
        )


def _as_found(job: PlannedMix, daw: LiveDaw, track: int) -> dict[str, Change]:
    """Return how a track's fader and EQ were found, in the DAW's form: it is asked what turning them would change."""
    strips = list(job.session.settings.strips)
    strips[track] = _turned(strips[track])
    return {change.what: change for change in daw.changes(replace(job.session.settings, strips=tuple(strips)))}


def _turned(strip: Strip) -> Strip:
    towards_flat = (gain - _PROBE_DB if gain > 0.0 else gain + _PROBE_DB for gain in strip.eq_gains_db)
    return replace(strip.with_eq_gains(tuple(towards_flat)), gain_db=strip.gain_db - _PROBE_DB)
