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

import numpy as np
from numpy.typing import NDArray

from agent.bin_names import bin_names
from agent.reward import MASKED_SPAN_DB
from agent.session import EqBand
from agent.tone.moves import KNOBS, VOLUME_KNOB
from agent.tone.reward import MASKING_WEIGHT, MOVE_COST, ToneSound

F64 = NDArray[np.float64]
Observation = tuple[int, int, int, int, int, int]

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
_PROBE_DB, _PROBE_OCT = 1.0, 0.1
_FLOOR = 1e-9


def observe(sound: ToneSound, track: int, knob: int, *, sweep: bool) -> Observation:
    """Return the observation of a knob of a track."""
    loudness = _bin(float(sound.loudness_error_lu[track]), LOUDNESS_EDGES_LU)
    eq = sound.twin.eq(track)
    bands = eq if knob == VOLUME_KNOB else eq[knob - 1 : knob]
    reach = np.sum([_reach(sound, track, band) for band in bands], axis=0)
    step_db, gain = _step(sound, track, reach)
    error = _bin(step_db, ERROR_EDGES_DB) if gain > MOVE_COST else _NO_ERROR
    if knob == VOLUME_KNOB:
        return (0, error, loudness, 0, 0, 0)
    band = bands[0]
    depth = _bin(abs(band.gain_db), DEPTH_EDGES_DB)
    masking = 0 if sound.goal.alone else _masking(sound, track, reach)
    return (knob, error, loudness, depth, masking, _sweep(sound, track, band) if sweep else 0)


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


def _sweep(sound: ToneSound, track: int, band: EqBand) -> int:
    """Return which way frequency or width of a band should go, whichever promises more."""
    if band.gain_db == 0.0:
        return 0
    here = _db(sound, track, band)
    higher = replace(band, freq_hz=min(band.freq_hz * 2**_PROBE_OCT, 24_000.0))
    wider = replace(band, bandwidth_oct=min(band.bandwidth_oct * 2**_PROBE_OCT, 4.0))
    best, pointer = MOVE_COST, 0
    for first, probe in ((1, higher), (3, wider)):
        step, gain = _step(sound, track, _db(sound, track, probe) - here)
        if gain > best:
            best, pointer = gain, first + (step > 0)
    return pointer


def _reach(sound: ToneSound, track: int, band: EqBand) -> F64:
    """Return how many dB each third octave moves for each dB of a band, from where it stands."""
    probe_db = _PROBE_DB if band.gain_db <= 0.0 else -_PROBE_DB
    return (_db(sound, track, replace(band, gain_db=band.gain_db + probe_db)) - _db(sound, track, band)) / probe_db


def _step(sound: ToneSound, track: int, reach: F64) -> tuple[float, float]:
    """Return the Gauss-Newton step along ``reach`` (dB a unit, by band) and by how much it would lower J in dB.

    The mix's and the track's squared error are weighed as J weighs them: J has their roots.
    """
    goal = sound.goal
    slope = curve = 0.0
    if sound.mix_rms_db > _FLOOR and goal.mix_weight.any():
        own = sound.track_bands[track]
        seen = reach * own / (own + sound.rest[track] + 1e-20)
        seen = seen - seen @ goal.mix_weight
        slope += float((sound.mix_error_db * seen) @ goal.mix_weight) / sound.mix_rms_db
        curve += float((seen * seen) @ goal.mix_weight) / sound.mix_rms_db
    over = float(sound.over_db[track])
    weight = goal.track_weight[track]
    if over > _FLOOR and weight.any():
        seen = reach - reach @ weight
        rms, share = float(sound.track_rms_db[track]), float(goal.track_share[track])
        slope += share * float((sound.track_error_db[track] * seen) @ weight) / rms
        curve += share * float((seen * seen) @ weight) / rms
    if curve <= _FLOOR:
        return 0.0, 0.0
    return -slope / curve, slope * slope / (2 * curve)


def _masking(sound: ToneSound, track: int, reach: F64) -> int:
    """Return 1 where this band down, 2 where it up, lowers the masking term by more than a move costs, else 0."""
    goal = sound.goal
    counts = ((sound.excess_db > 0) & (sound.excess_db < MASKED_SPAN_DB)) & goal.audible[:, None]
    weight = np.zeros_like(sound.rest)
    np.add.at(weight, (np.arange(len(weight))[:, None], goal.strong), counts.astype(float))
    own = weight[track].copy()
    weight[track] = 0.0
    covered = (weight / (sound.rest + 1e-20)).sum(0) * sound.track_bands[track]
    scale = MASKING_WEIGHT / (goal.strong.shape[1] * MASKED_SPAN_DB)
    slope = float(reach @ (covered - own)) * scale
    return 0 if abs(slope) < MOVE_COST else 1 + (slope < 0)


def _db(sound: ToneSound, track: int, band: EqBand) -> F64:
    level: F64 = 20 * np.log10(np.abs(sound.twin.band_response(track, band)) + 1e-12)
    return level


def _bin(value: float, edges: tuple[float, ...]) -> int:
    return sum(value > edge for edge in edges)
