"""Which moves are open to many copies at once, and what they make of bands: ``agent.tone.moves`` in NumPy calls."""

import numpy as np
from numpy.typing import NDArray

from agent.tone.batch_eq import Bands, reaches_db
from agent.tone.batch_sound import BatchLimits, BatchSound
from agent.tone.batch_twin import EQ, BatchTwin, curves_db
from agent.tone.moves import HOLD, LIMIT_EDGE, MOVES, VOLUME_KNOB, Quality
from agent.tone.stacking import EDGE_DB

F64 = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


def _of(quality: Quality, rest: float) -> F64:
    """Return what each move changes of a quality; ``rest`` where it does not."""
    ratio = quality in {Quality.FREQ, Quality.WIDTH}
    return np.array(
        [(2.0**move.change if ratio else move.change) if move.quality is quality else rest for move in MOVES]
    )


LEVEL_DB, GAIN_DB = _of(Quality.LEVEL, 0.0), _of(Quality.GAIN, 0.0)
FREQ_RATIO, WIDTH_RATIO = _of(Quality.FREQ, 1.0), _of(Quality.WIDTH, 1.0)
LEVELS, GAINS = LEVEL_DB != 0, GAIN_DB != 0
FREQS, WIDTHS = FREQ_RATIO != 1, WIDTH_RATIO != 1


def moved(bands: Bands, action: Ints) -> Bands:
    """Return bands after moves; the arrays are broadcast."""
    return Bands(
        bands.side,
        bands.gain_db + GAIN_DB[action],
        bands.freq_hz * FREQ_RATIO[action],
        bands.width_oct * WIDTH_RATIO[action],
    )


def masks(sound: BatchSound, track: Ints, knob: Ints, limits: BatchLimits, *, sweep: bool) -> Bools:
    """Return which moves are open at a knob of each copy (n,), as ``agent.tone.moves.mask`` does; (n, 17)."""
    twin, copies = sound.twin, sound.copies
    is_volume = knob == VOLUME_KNOB
    allowed = np.zeros((len(copies), len(MOVES)), bool)
    allowed[:, HOLD] = True
    to_db = twin.fader_db[copies, track, None] + LEVEL_DB
    low, high = (side[copies, track, None] for side in limits.fader_db)
    off_lu = sound.loudness_error_lu[np.arange(len(copies)), track][:, None]
    nearer = sound.alone[:, None] | (np.abs(off_lu + LEVEL_DB) < np.abs(off_lu))
    allowed |= is_volume[:, None] & LEVELS & nearer & _inside(to_db, low, high)
    bands = twin.eq.at(copies, track)
    turned = is_volume[:, None] | (np.arange(EQ) == knob[:, None] - 1)
    after = moved(Bands(*(part[:, :, None] for part in bands)), np.arange(len(MOVES)))
    swept = ~is_volume[:, None] & (bands.gain_db != 0) & sweep
    within = GAINS & _inside(after.gain_db, *(side[copies, track, :, None] for side in limits.gain_db))
    for kind, values, ends in ((FREQS, after.freq_hz, limits.freq_hz), (WIDTHS, after.width_oct, limits.width_oct)):
        within |= kind & swept[:, :, None] & _inside(values, *(side[copies, track, :, None] for side in ends))
    candidates = (within | ~turned[:, :, None]).all(1) & ~LEVELS
    candidates[:, HOLD] = False
    allowed |= _with_sum_inside(twin, copies, track, turned, candidates, limits)
    return allowed


def _with_sum_inside(
    twin: BatchTwin, copies: Ints, track: Ints, turned: Bools, candidates: Bools, limits: BatchLimits
) -> Bools:
    """Return the candidates (n, 17) after which a strip's bands stay within the limit of their sum.

    Most are known to by what each band does at most; the curves of the rest are worked out.
    """
    sessions = twin.sessions
    others = np.where(turned[:, :, None], 0.0, twin.curve_db[copies, track]).sum(1)
    low, high = (side[copies, track] for side in limits.sum_db)
    which, action = np.nonzero(candidates)
    bands = moved(Bands(*(part[which] for part in twin.eq.at(copies, track))), action[:, None])
    rate_hz = sessions.rate_hz[twin.row[copies, track]][which, None]
    lowest, highest = (np.where(turned[which], ends, 0.0).sum(1) for ends in reaches_db(bands, rate_hz))
    surely = (others.min(1)[which] + lowest >= low[which]) & (others.max(1)[which] + highest <= high[which])
    inside = surely.copy()
    open_ = np.flatnonzero(~surely)
    if len(open_):
        whole = others[which[open_]]
        for band in range(EQ):
            new = np.flatnonzero(turned[which[open_], band])
            at = open_[new]
            whole[new] += curves_db(sessions, twin.session[copies[which[at]]], bands.at(at, band))
        inside[open_] = (whole.min(1) >= low[which[open_]] - EDGE_DB) & (whole.max(1) <= high[which[open_]] + EDGE_DB)
    found = np.zeros_like(candidates)
    found[which[inside], action[inside]] = True
    return found


def _inside(values: F64, low: F64, high: F64) -> Bools:
    lowest, highest = low * (1 - LIMIT_EDGE) - LIMIT_EDGE, high * (1 + LIMIT_EDGE) + LIMIT_EDGE
    found: Bools = np.isfinite(values) & (lowest <= values) & (values <= highest)
    return found
