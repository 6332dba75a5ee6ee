"""What the agent sees of a strip as continuous numbers in [-1, 1]: the state of ``agent.observation`` before binning.

    0        kind           0 track, 1 master
    1        level          the track's level error among the others, or the master's loudness error, over 6 LU
    2        mix            the mix's loudness error over 6 LU
    3 … 6    tone           what a step of 1.5 dB of each EQ band promises for the mix's slope, over the price of
                            a step; the sign is its direction (positive: up); squashed by tanh
    7 … 10   masking        the same for masking
    11 … 14  EQ             where each EQ band stands, over 6 dB
    15       fader          where the fader (or master) stands within its limits
    16       headroom       what a limiter would have to take off, over 6 dB
    17       spectrum       RMS deviation of the mix from its slope, over 10 dB, less 1
    18       masked         share of the track's strongest bands that the rest covers, times 2, less 1

All but the last five are those of the table's state; what they leave out is what a table has no room for.
"""

import numpy as np
from numpy.typing import NDArray

from agent.actions import EQ_TRAVEL_DB, Limits
from agent.observation import BANDS, LEAST_MASKING, LEAST_TONE, masking_slope, spectrum_slope
from agent.reward import LIMITER_SPAN_DB, LOUDNESS_SPAN_LU, Sound

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Values = float | F64

NAMES = (
    "kind", "level", "mix",
    *(f"tone {band}" for band in range(BANDS)), *(f"masking {band}" for band in range(BANDS)),
    *(f"EQ {band}" for band in range(BANDS)), "fader", "headroom", "spectrum", "masked",
)  # fmt: skip
COUNT = len(NAMES)
TONE, MASKING, EQ = slice(3, 3 + BANDS), slice(3 + BANDS, 3 + 2 * BANDS), slice(3 + 2 * BANDS, 3 + 3 * BANDS)
FADER, HEADROOM, SPECTRUM, MASKED = range(3 + 3 * BANDS, COUNT)
SPECTRUM_MEAN_DB = 10.0


def features(sound: Sound, strip: int, reach: F64, limits: Limits, *, eq: bool) -> F32:
    """Return the features of a strip, (19,); strip N is the master."""
    seen = np.zeros(COUNT)
    tracks = len(sound.twin.gain)
    error = sound.loudness_error_lu / LOUDNESS_SPAN_LU
    seen[2], seen[HEADROOM] = error, sound.limiter_db / LIMITER_SPAN_DB
    seen[SPECTRUM] = sound.spectrum_rms_db / SPECTRUM_MEAN_DB - 1
    if strip == tracks:
        seen[0], seen[1] = 1.0, error
        seen[FADER] = within(sound.twin.master_db, limits.master_low_db, limits.master_high_db)
        return seen.clip(-1, 1).astype(np.float32)
    seen[1] = sound.level_error_lu[strip] / LOUDNESS_SPAN_LU
    low, high = float(limits.fader_low_db[strip]), float(limits.fader_high_db[strip])
    seen[FADER] = within(float(sound.twin.fader_db[strip]), low, high)
    seen[MASKED] = 2 * float((sound.excess_db[strip] > 0).mean()) - 1
    if eq:
        seen[TONE] = np.tanh(-(reach[strip] @ spectrum_slope(sound, strip)) / LEAST_TONE)
        seen[MASKING] = np.tanh(-(reach[strip] @ masking_slope(sound, strip)) / LEAST_MASKING)
        seen[EQ] = sound.twin.eq_db[strip] / EQ_TRAVEL_DB
    return seen.clip(-1, 1).astype(np.float32)


def within(here: Values, low: Values, high: Values) -> F64:
    """Return where values stand between two limits: −1 at the lowest, 1 at the highest, 0 where there is no room."""
    with np.errstate(invalid="ignore"):
        width = np.subtract(high, low)
        share = np.divide(np.subtract(here, low), width, out=np.full_like(width, 0.5), where=width > 0)
    return np.where(np.isfinite(share), 2 * share - 1, 0.0)
