"""What one session's tone should become: targets as arrays, levels, and which tracks may move."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.hearing.twin import Twin
from agent.targets import strongest
from agent.tone.masking import covered_share, excess_db, masked_share
from agent.tone.targets import ToneTarget

F64 = NDArray[np.float64]

# What a dB of EQ costs, in dB of spectral error: a reference is to be reached, a style or an average is only a taste.
PRICE_DB = {"reference": 0.002, "style": 0.03, "role": 0.03}
# How much a track's error counts beside the mix's: a role's average is gentle.
TRACK_SHARE = {"reference": 1.0, "style": 1.0, "role": 0.25}
EQ_LIMIT_DB = {"reference": 12.0, "style": 6.0, "role": 6.0}


@dataclass(frozen=True, slots=True)
class ToneGoal:
    """Targets on the session's bands (B); tracks are N.

    ``mix_db`` (B,) and ``mix_weight`` (B,), weights adding up to 1 or all 0: the wanted spectrum of the mix.
    ``track_db`` (N, B), ``track_weight`` (N, B) and ``tolerance_db`` (N,): those of tracks. ``level_lufs`` (N,) the
    loudness each track should have after EQ and fader. ``strong`` (N, 6) each track's strongest bands, ``audible``
    (N,) which sound, ``movable`` (N,) which of them may be turned. ``price_db``: see ``PRICE_DB``; ``eq_limit_db``: how
    far a band may go; ``track_share``: see ``TRACK_SHARE``. ``masked_share`` and ``covered_share``: how much was masked
    as the session was found (``agent.tone.masking``), more than which no tuning may mask.
    """

    mix_db: F64
    mix_weight: F64
    track_db: F64
    track_weight: F64
    tolerance_db: F64
    level_lufs: F64
    strong: NDArray[np.intp]
    audible: NDArray[np.bool_]
    movable: NDArray[np.bool_]
    price_db: float
    eq_limit_db: float
    track_share: F64
    masked_share: float
    covered_share: float

    @property
    def alone(self) -> bool:
        """Whether there is but one track: nothing can mask it."""
        return len(self.audible) == 1


def tone_goal(
    twin: Twin,
    mix: ToneTarget | None,
    tracks: Sequence[ToneTarget | None],
    *,
    level_lufs: F64 | None = None,
    movable: NDArray[np.bool_] | None = None,
) -> ToneGoal:
    """Set the goal of a session whose twin is at the settings it was found at.

    ``level_lufs``: how loud each track should be; as loud as it is, unless told. Silent tracks are not moved.
    """
    heard = twin.heard
    audible = twin.track_active()
    level = twin.track_loudness_lufs() if level_lufs is None else level_lufs
    on_mix = None if mix is None else mix.on(heard.bands_hz)
    on_tracks = [None if one is None else one.on(heard.bands_hz) for one in tracks]
    kinds = {one.kind for one in (on_mix, *on_tracks) if one is not None} or {"reference"}
    nothing = np.zeros(len(heard.bands_hz))
    strong, own = strongest(heard), twin.track_bands()
    over_db = excess_db(own, np.maximum(own.sum(0) - own, 0.0), strong)
    return ToneGoal(
        nothing if on_mix is None else on_mix.level_db,
        nothing if on_mix is None else _shares(on_mix.weight),
        np.array([nothing if one is None else one.level_db for one in on_tracks]).reshape(heard.tracks, -1),
        np.array([nothing if one is None else _shares(one.weight) for one in on_tracks]).reshape(heard.tracks, -1),
        np.array([0.0 if one is None else one.tolerance_db for one in on_tracks]),
        np.where(audible, level, 0.0),
        strong,
        audible,
        audible if movable is None else audible & movable,
        max(PRICE_DB[kind] for kind in kinds),
        min(EQ_LIMIT_DB[kind] for kind in kinds),
        np.array([1.0 if one is None else TRACK_SHARE[one.kind] for one in on_tracks]),
        masked_share(over_db, audible),
        covered_share(over_db, audible),
    )


def _shares(weight: F64) -> F64:
    total = float(weight.sum())
    return weight / total if total > 0 else weight
