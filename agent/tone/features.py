"""What the agent sees of a knob as continuous numbers in [-1, 1]: the state of ``agent.tone.observation`` uncut.

    0   knob         −1 volume, −0.5 low, 0 low-mid, 0.5 high-mid, 1 high
    1   error        how many dB of this gain the spectra ask for, x; as x / (|x| + 1 dB)
    2   worth        how many dB that would lower J by, w; as 2 w / (w + 0.05 dB) − 1
    3   loudness     the track's loudness error in LU, x; as x / (|x| + 1 LU)
    4   gain         where the band stands over its limit (the table knows its depth alone); at the volume, all of them
    5   fader        where the fader stands within its limits
    6   masking      how the masking term changes with the gain, over the price of a move; tanh, positive: up unmasks
    7   frequency    what is asked of the band's frequency in octaves, x; as x / (|x| + 1/6)
    8   … worth      what that is worth, as 2
    9   width        what is asked of its width in octaves, x; as x / (|x| + 1/2)
    10  … worth      what that is worth, as 2
    11  place        where the frequency stands in its range, by octaves; 0 at the volume
    12  breadth      the same of the width
    13  spectrum     S, the RMS error of the mix's third octaves, x; as 2 x / (x + 2 dB) − 1
    14  track        how far the track's own is beyond its tolerance, as 13
    15  price        what J charges for a dB of EQ: −1 nothing, 1 as much as towards a style
    16  masked       share of the track's strongest bands that the rest covers, times 2, less 1

The table's axes are 0 to 4, 6 and 7 to 10. What its bins leave out is how much is asked for, and what it is worth; what
it has no room for are the last six and the fader.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.features import within
from agent.tile_coding import Group
from agent.tone.goal import PRICE_DB
from agent.tone.moves import KNOBS, VOLUME_KNOB, ToneLimits
from agent.tone.observation import Figures, Values, figures
from agent.tone.reward import MOVE_COST, ToneSound

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

NAMES = (
    "knob", "error", "worth", "loudness", "gain", "fader", "masking", "frequency", "frequency's worth", "width",
    "width's worth", "place", "breadth", "spectrum", "track", "price", "masked",
)  # fmt: skip
COUNT = len(NAMES)
(
    KNOB, ERROR, WORTH, LOUDNESS, GAIN, FADER, MASKING, FREQ, FREQ_WORTH, WIDTH, WIDTH_WORTH, PLACE, BREADTH, SPECTRUM,
    TRACK, PRICE, MASKED,
) = range(COUNT)  # fmt: skip
_WORTH_DB, _RMS_DB = 0.05, 2.0
_MOST = 1e6  # what is not finite is far away
_ERROR_DB, _LOUDNESS_LU, _FREQ_OCT, _WIDTH_OCT = 1.0, 1.0, 1 / 6, 0.5
# Tiles that look at a knob: its number is cut into its five values, whatever the shift.
_KNOBS = len(KNOBS) - 1
GROUPS = (
    Group((KNOB, ERROR, WORTH), (_KNOBS, 16, 6)),
    Group((KNOB, ERROR, GAIN), (_KNOBS, 12, 6)),
    Group((KNOB, ERROR, LOUDNESS), (_KNOBS, 8, 8)),
    Group((KNOB, LOUDNESS, FADER), (_KNOBS, 12, 4)),
    Group((KNOB, FREQ, FREQ_WORTH), (_KNOBS, 12, 6)),
    Group((KNOB, WIDTH, WIDTH_WORTH), (_KNOBS, 12, 6)),
    Group((WORTH, FREQ_WORTH, WIDTH_WORTH), (6, 6, 6)),
    Group((KNOB, MASKING, PRICE), (_KNOBS, 8, 2)),
    Group((KNOB, PLACE, BREADTH), (_KNOBS, 6, 4)),
    Group((SPECTRUM, TRACK, WORTH), (6, 4, 4)),
)


class Standing(NamedTuple):
    """Where a knob and its track stand, beside what is asked of it: numbers, or arrays of many.

    ``gain``, ``fader``, ``place``, ``breadth`` in [-1, 1] within their limits; ``mix_rms_db`` and ``track_over_db`` in
    dB; ``price_db`` as ``agent.tone.goal.PRICE_DB``; ``masked``: the share of the track's strongest bands.
    """

    gain: Values
    fader: Values
    place: Values
    breadth: Values
    mix_rms_db: Values
    track_over_db: Values
    price_db: Values
    masked: Values


def features(sound: ToneSound, track: int, knob: int, limits: ToneLimits, *, sweep: bool) -> F32:
    """Return the features of a knob of a track, (17,)."""
    goal, twin = sound.goal, sound.twin
    asked = figures(sound, track, knob, sweep=sweep)
    low, high = (float(side[track]) for side in limits.fader_db)
    place: Values = 0.0
    breadth: Values = 0.0
    if knob != VOLUME_KNOB:
        band, at = twin.eq(track)[knob - 1], (track, knob - 1)
        place = by_octaves(band.freq_hz, limits.freq_hz[0][at], limits.freq_hz[1][at])
        breadth = by_octaves(band.bandwidth_oct, limits.width_oct[0][at], limits.width_oct[1][at])
    standing = Standing(
        asked.gain_db / goal.eq_limit_db,
        within(float(twin.fader_db[track]), low, high),
        place,
        breadth,
        sound.mix_rms_db,
        float(sound.over_db[track]),
        goal.price_db,
        0.0 if goal.alone else float((sound.excess_db[track] > 0).mean()),
    )
    return squashed(asked, standing)


def squashed(asked: Figures, at: Standing) -> F32:
    """Return the features of what is asked of knobs and where they stand, (…, 17)."""
    seen = (
        np.multiply(asked.knob, 2 / _KNOBS) - 1,
        _signed(asked.gain_step_db, _ERROR_DB),
        _from_nothing(asked.gain_worth_db, _WORTH_DB),
        _signed(asked.loudness_error_lu, _LOUDNESS_LU),
        at.gain,
        at.fader,
        np.tanh(np.negative(asked.masking) / MOVE_COST),
        _signed(asked.freq_step_oct, _FREQ_OCT),
        _from_nothing(asked.freq_worth_db, _WORTH_DB),
        _signed(asked.width_step_oct, _WIDTH_OCT),
        _from_nothing(asked.width_worth_db, _WORTH_DB),
        at.place,
        at.breadth,
        _from_nothing(at.mix_rms_db, _RMS_DB),
        _from_nothing(at.track_over_db, _RMS_DB),
        np.multiply(at.price_db, 2 / max(PRICE_DB.values())) - 1,
        np.multiply(at.masked, 2) - 1,
    )
    return np.stack(np.broadcast_arrays(*seen), axis=-1).clip(-1, 1).astype(np.float32)


def by_octaves(here: Values, low: Values, high: Values) -> F64:
    """Return where positive values stand between two limits by octaves: −1 at the lowest, 1 at the highest."""
    return within(np.log2(here), np.log2(low), np.log2(high))


def _signed(value: Values, half: float) -> Values:
    """Squash to (-1, 1): ``half`` becomes ½, −``half`` −½."""
    kept = np.clip(value, -_MOST, _MOST)
    found: Values = np.divide(kept, np.abs(kept) + half)
    return found


def _from_nothing(value: Values, half: float) -> Values:
    """Squash what is 0 or more: nothing becomes −1, ``half`` 0."""
    share: Values = 2.0 * np.divide(value, np.add(value, half)) - 1.0
    return share
