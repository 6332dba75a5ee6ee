"""What good looks like: loudness presets, the balance of roles, the slope of the spectrum; each figure with its source.

Loudness: EBU R128 v4 (broadcast −23 LUFS, true peak ≤ −1 dBTP); AES TD1008 (a single track −16 LUFS, speech −18 ± 2);
Spotify's normalisation level (−14 LUFS).

Balance: equal loudness of the accompaniment is the baseline that is hard to beat: four stems of a human rock mix lay
within 0.7 LU of each other, and templates learned from composers' levels did not beat it on songs they had not seen.
Two things move it:

- the lead vocal against all that accompanies it (Gerdes & Siedenburg 2023, JASA-EL 3:043201): about +1 dB since 1975,
  highest in country, then rap, then pop; near 0 in rock; below 0 in metal. The order is theirs, the exact figures of
  the styles other than ``balanced`` are ours within it;
- shakers, effects and room microphones are not meant to stand in front: about 3 dB below the rest (the mid-points of
  published mixing rules as cited by Diff-MST put them 2.6 dB below the mean of the other instruments).

Spectrum: the power spectral density of nine finished mixes falls by 4.3 dB an octave from 100 Hz to 4 kHz (3.35 to
5.05). Third-octave levels are a density times a width that doubles every octave, so −4.5 dB/oct there is −1.5 here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.roles import Role
from agent.tempo import TempoGoal

LOUDNESS_LUFS = {"broadcast": -23.0, "streaming": -14.0, "aes": -16.0, "album": -16.0, "podcast": -16.0}
TRUE_PEAK_CEILING_DBTP = -1.0
SPECTRUM_RANGE_HZ = (100.0, 4000.0)
FOCUS_LIFT_DB = 3.0
STRONG_BANDS, STRONG_WITHIN_DB = 6, 30.0
SUPPORTING_DB = -3.0
NO_SHIFTS: Mapping[Role, float] = MappingProxyType({})
SUPPORTING_ROLES = frozenset({Role.PERCUSSION, Role.FX, Role.ROOM})
LEAD_ROLES = frozenset({Role.LEAD_VOCAL, Role.SPEECH})


@dataclass(frozen=True, slots=True)
class Style:
    """A style's taste: lead vocal over accompaniment in dB, slope of the third-octave levels in dB an octave."""

    vocal_over_accompaniment_db: float
    slope_db_per_oct: float = -1.5


STYLES = {
    "balanced": Style(1.0),
    "country": Style(3.0),
    "rap": Style(2.0),
    "pop": Style(1.0),
    "rock": Style(0.0),
    "metal": Style(-2.0),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What one session should become; arrays are by track (N) or third-octave band (B).

    ``level_db`` (N,) levels that the tracks should have against each other: only differences count. ``slope_db`` (B,)
    the wanted spectrum, up to a constant, on the bands ``spectrum`` (a slice). ``strong`` (N, 6) each track's six
    strongest bands. ``audible`` (N,) tracks that sound at all; ``movable`` (N,) those of them that are not locked.
    ``tempo`` is the one to go to, None to keep what there is. ``bare`` are the numbers of tracks without an EQ.
    """

    loudness_lufs: float
    level_db: NDArray[np.float64]
    slope_db: NDArray[np.float64]
    spectrum: slice
    strong: NDArray[np.intp]
    audible: NDArray[np.bool_]
    movable: NDArray[np.bool_]
    tempo: TempoGoal | None = None
    bare: frozenset[int] = frozenset()


def goal(
    twin: Twin,
    roles: Sequence[Role],
    *,
    loudness_lufs: float = LOUDNESS_LUFS["streaming"],
    style: Style = STYLES["balanced"],
    focus: Iterable[int] = (),
    locked: Iterable[int] = (),
    shifts: Mapping[Role, float] = NO_SHIFTS,
) -> Goal:
    """Return the goal of a session for these roles; ``focus`` tracks are lifted by 3 dB, ``locked`` ones never move.

    ``shifts`` are what a user wants of a role beside the style's level, in dB: see ``agent.taste``.
    """
    heard = twin.heard
    audible = twin.track_active()
    level = role_levels_db(roles, _activity(twin), audible, style)
    level += [shifts.get(role, 0.0) for role in roles]
    level[list(focus)] += FOCUS_LIFT_DB
    movable = audible.copy()
    movable[list(locked)] = False
    low, high = SPECTRUM_RANGE_HZ
    inside = np.flatnonzero((heard.bands_hz > low * 0.99) & (heard.bands_hz < high * 1.01))
    return Goal(
        loudness_lufs,
        level,
        style.slope_db_per_oct * np.log2(heard.bands_hz / 1000.0),
        slice(int(inside[0]), int(inside[-1]) + 1),
        strongest(heard),
        audible,
        movable,
    )


def role_levels_db(
    roles: Sequence[Role], activity: NDArray[np.float64], audible: NDArray[np.bool_], style: Style
) -> NDArray[np.float64]:
    """Return each track's wanted loudness in dB against the others, from its role.

    A lead stands over all the accompaniment together, and over the loudest single track of it, by the style's figure.
    ``activity`` is a track's mean power over its gated power: a track that plays half the time adds half as much to
    the accompaniment. Several lead vocals share the level of one.
    """
    level = np.array([SUPPORTING_DB if role in SUPPORTING_ROLES else 0.0 for role in roles])
    lead = np.array([role in LEAD_ROLES for role in roles], bool)
    behind = ~lead & audible
    if lead.any() and behind.any():
        together = 10 * math.log10(float(np.sum(activity[behind] * 10 ** (level[behind] / 10))))
        # A jingle that plays for a moment adds little to the mean, but is not to drown the voice while it plays.
        accompaniment = max(together, float(level[behind].max()))
        shared = 10 * math.log10(max(1, int(np.count_nonzero(lead & audible))))
        level[lead] = style.vocal_over_accompaniment_db + accompaniment - shared
    return level


def strongest(heard: Heard) -> NDArray[np.intp]:
    """Return each track's six strongest bands (N, 6); its first stands for those more than 30 dB below it."""
    energy = np.einsum("ihb,ihb->ib", heard.level, heard.level)
    order: NDArray[np.intp] = np.argsort(-energy, axis=1, kind="stable")[:, :STRONG_BANDS]
    sorted_energy = np.take_along_axis(energy, order, axis=1)
    weak = sorted_energy < sorted_energy[:, :1] * 10 ** (-STRONG_WITHIN_DB / 10)
    return np.where(weak, order[:, :1], order)


def _activity(twin: Twin) -> NDArray[np.float64]:
    mean = np.einsum("hii->ih", twin.heard.gram).mean(1)
    gated = twin.track_power()
    share: NDArray[np.float64] = np.divide(mean, gated, out=np.zeros_like(gated), where=gated > 0).clip(1e-3, 1.0)
    return share
