"""What the agent sees of a knob: six small numbers, all relative, so that one table serves every track and mix.

    knob       0 volume, 1 … 4 the bands low, low-mid, high-mid, high
    error      how many dB of this band's gain (at the volume: of all bands' together) the spectra ask for: 7 bins, of
               which 3 is "none worth a move"
    loudness   the track's loudness error in LU: 5 bins
    depth      how deep this band is turned already: below 3 dB, below 6, deeper
    masking    1 where this band turned down, 2 where it turned up, would unmask bands (its own and others'); else 0
    sweep      what of this band's frequency and width the spectra ask for: 0 nothing, lower, higher, narrower, wider

``error`` and ``sweep`` come from the first derivatives of the squared errors with respect to the knob and the curvature
that goes with them (a Gauss-Newton step of one variable): what a track adds little to asks for nothing there.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.bin_names import bin_names
from agent.reward import MASKED_SPAN_DB
from agent.session import EqBand
from agent.tone.moves import KNOBS, VOLUME_KNOB
from agent.tone.reward import MASKING_WEIGHT, MOVE_COST, ToneSound

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Values = float | NDArray[Any]

ERROR_EDGES_DB = (-3.0, -1.0, -0.2, 0.2, 1.0, 3.0)
LOUDNESS_EDGES_LU = (-1.5, -0.4, 0.4, 1.5)
DEPTH_EDGES_DB = (3.0, 6.0)
SHAPE = (len(KNOBS), len(ERROR_EDGES_DB) + 1, len(LOUDNESS_EDGES_LU) + 1, len(DEPTH_EDGES_DB) + 1, 3, 5)
NAMES = ("knob", "error", "loudness", "depth", "masking", "sweep")
BINS = (
    KNOBS,
    bin_names(ERROR_EDGES_DB, "dB", "less", "more", middle="none"),
    bin_names(LOUDNESS_EDGES_LU, "LU", "too quiet", "too loud", middle="loudness right"),
    ("gain below 3 dB", "gain 3–6 dB", "gain over 6 dB"),
    ("none", "down unmasks", "up unmasks"),
    ("none", "lower", "higher", "narrower", "wider"),
)
_NO_ERROR = len(ERROR_EDGES_DB) // 2
_RIGHT = len(LOUDNESS_EDGES_LU) // 2
PROBE_DB, PROBE_OCT = 1.0, 0.1
# No probe goes beyond what an EQ band can be.
HIGHEST_HZ, WIDEST_OCT = 24_000.0, 4.0
FLOOR = 1e-9


class Figures(NamedTuple):
    """What is asked of a knob, uncut: numbers of one knob, or arrays of many (``agent.tone.batch_sound``).

    ``gain_step_db``: how many dB of its gain the spectra ask for, and ``gain_worth_db`` by how much J would fall.
    ``gain_db``: where the band stands; at the volume the mean of all. ``masking``: the masking term of J per dB of its
    gain. ``freq_step_oct``, ``width_step_oct``: what is asked of its frequency and width in octaves, and what each is
    worth; 0 at the volume, for a band that has no gain, and where nothing sweeps.
    """

    knob: Values
    gain_step_db: Values
    gain_worth_db: Values
    loudness_error_lu: Values
    gain_db: Values
    masking: Values
    freq_step_oct: Values
    freq_worth_db: Values
    width_step_oct: Values
    width_worth_db: Values


def observe(sound: ToneSound, track: int, knob: int, *, sweep: bool) -> I64:
    """Return the observation of a knob of a track, (6,)."""
    return binned(figures(sound, track, knob, sweep=sweep))


def figures(sound: ToneSound, track: int, knob: int, *, sweep: bool) -> Figures:
    """Return what is asked of a knob of a track."""
    eq = sound.twin.eq(track)
    bands = eq if knob == VOLUME_KNOB else eq[knob - 1 : knob]
    reach = np.sum([_reach(sound, track, band) for band in bands], axis=0)
    step_db, worth_db = _step(sound, track, reach)
    gain_db = sum(band.gain_db for band in bands) / len(bands)
    masking = 0.0 if sound.goal.alone or knob == VOLUME_KNOB else _masking(sound, track, reach)
    freq = width = (0.0, 0.0)
    if sweep and knob != VOLUME_KNOB and gain_db != 0.0:
        band = bands[0]
        here = _db(sound, track, band)
        higher = replace(band, freq_hz=min(band.freq_hz * 2**PROBE_OCT, HIGHEST_HZ))
        wider = replace(band, bandwidth_oct=min(band.bandwidth_oct * 2**PROBE_OCT, WIDEST_OCT))
        freq, width = (_step(sound, track, _db(sound, track, probe) - here) for probe in (higher, wider))
    loudness = float(sound.loudness_error_lu[track])
    return Figures(
        knob, step_db, worth_db, loudness, gain_db, masking,
        PROBE_OCT * freq[0], freq[1], PROBE_OCT * width[0], width[1],
    )  # fmt: skip


def binned(of: Figures) -> I64:
    """Return the observation of what is asked of knobs, (…, 6)."""
    is_band = np.not_equal(of.knob, VOLUME_KNOB)
    error = np.where(np.greater(of.gain_worth_db, MOVE_COST), _bins(of.gain_step_db, ERROR_EDGES_DB), _NO_ERROR)
    depth = np.where(is_band, _bins(np.abs(of.gain_db), DEPTH_EDGES_DB), 0)
    masking = np.where(np.abs(of.masking) < MOVE_COST, 0, 1 + np.less(of.masking, 0))
    by_freq = np.where(np.greater(of.freq_worth_db, MOVE_COST), 1 + np.greater(of.freq_step_oct, 0), 0)
    by_width = 3 + np.greater(of.width_step_oct, 0)
    sweep = np.where(np.greater(of.width_worth_db, np.maximum(of.freq_worth_db, MOVE_COST)), by_width, by_freq)
    loudness = _bins(of.loudness_error_lu, LOUDNESS_EDGES_LU)
    return np.stack(np.broadcast_arrays(of.knob, error, loudness, depth, masking, sweep), axis=-1).astype(np.int64)


def describe(state: Sequence[int]) -> str:
    """Say in words what a knob that is seen so is like; ``state`` has a value for each of the axes."""
    knob, error, loudness, depth, masking, sweep = state
    where = "the volume of a track" if knob == VOLUME_KNOB else f"the {KNOBS[knob]} band of a track"
    words = [
        f"{where} of the right loudness" if loudness == _RIGHT else f"{where} {BINS[2][loudness]}",
        "no gain asked for" if error == _NO_ERROR else f"{BINS[1][error]} gain asked for",
    ]
    if depth:
        words.append(f"{BINS[3][depth].removeprefix('gain ')} turned already")
    if masking:
        words.append(BINS[4][masking])
    if sweep:
        words.append(f"{BINS[5][sweep]} asked for")
    return ", ".join(words)


def _reach(sound: ToneSound, track: int, band: EqBand) -> F64:
    """Return how many dB each third octave moves for each dB of a band, from where it stands."""
    probe_db = PROBE_DB if band.gain_db <= 0.0 else -PROBE_DB
    return (_db(sound, track, replace(band, gain_db=band.gain_db + probe_db)) - _db(sound, track, band)) / probe_db


def _step(sound: ToneSound, track: int, reach: F64) -> tuple[float, float]:
    """Return the Gauss-Newton step along ``reach`` (dB a unit, by band) and by how much it would lower J in dB.

    The mix's and the track's squared error are weighed as J weighs them: J has their roots.
    """
    goal = sound.goal
    slope = curve = 0.0
    if sound.mix_rms_db > FLOOR and goal.mix_weight.any():
        own = sound.track_bands[track]
        seen = reach * own / (own + sound.rest[track] + 1e-20)
        seen = seen - seen @ goal.mix_weight
        slope += float((sound.mix_error_db * seen) @ goal.mix_weight) / sound.mix_rms_db
        curve += float((seen * seen) @ goal.mix_weight) / sound.mix_rms_db
    over = float(sound.over_db[track])
    weight = goal.track_weight[track]
    if over > FLOOR and weight.any():
        seen = reach - reach @ weight
        rms, share = float(sound.track_rms_db[track]), float(goal.track_share[track])
        slope += share * float((sound.track_error_db[track] * seen) @ weight) / rms
        curve += share * float((seen * seen) @ weight) / rms
    if curve <= FLOOR:
        return 0.0, 0.0
    return -slope / curve, slope * slope / (2 * curve)


def _masking(sound: ToneSound, track: int, reach: F64) -> float:
    """Return how the masking term of J changes per dB of a band: others it covers, less itself where covered."""
    goal = sound.goal
    counts = ((sound.excess_db > 0) & (sound.excess_db < MASKED_SPAN_DB)) & goal.audible[:, None]
    weight = np.zeros_like(sound.rest)
    np.add.at(weight, (np.arange(len(weight))[:, None], goal.strong), counts.astype(float))
    own = weight[track].copy()
    weight[track] = 0.0
    covered = (weight / (sound.rest + 1e-20)).sum(0) * sound.track_bands[track]
    scale: float = MASKING_WEIGHT / (goal.strong.shape[1] * MASKED_SPAN_DB)
    return scale * float(reach @ (covered - own))


def _db(sound: ToneSound, track: int, band: EqBand) -> F64:
    level: F64 = 20 * np.log10(np.abs(sound.twin.band_response(track, band)) + 1e-12)
    return level


def _bins(values: Values, edges: tuple[float, ...]) -> NDArray[np.intp]:
    return np.searchsorted(edges, values)
