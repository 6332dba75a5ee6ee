"""What the agent sees of a strip: six small numbers, all relative, so that one table serves every session.

    kind      0 track, 1 master
    level     the track's level error among the others, or the master's loudness error, in LU: 8 bins
    mix       mix loudness below, at, or above its target (± 0.5 LU)
    tone      which EQ band of this track would bring the mix's spectrum closer to the slope, and which way
    masking   which EQ band of this track would unmask most bands (its own and the others'), and which way
    headroom  1 where a limiter would have to work audibly

``tone`` and ``masking`` are 0 for "none worth a step", else 1 + 2·band + (0 down, 1 up). They come from the first
derivatives of the reward's two terms with respect to the band's gain: a track that is small in a band gains nothing
from turning it. The master has no such EQ; at the master ``tone`` is where the tempo must go, where one is wanted: 0
nowhere or there already, 1 slower, 2 faster, 3 and 4 the same where it is far (``agent.tempo``).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.actions import EQ_STEP_DB, Limits
from agent.bin_names import bin_names
from agent.hearing.bands import band_response
from agent.hearing.twin import Twin
from agent.reward import MASKED_SPAN_DB, MOVE_COST, REWARD_SCALE, SPECTRUM_SPAN_DB, WEIGHTS, Sound
from agent.session import BAND_NAMES

LEVEL_EDGES_LU = (-5.0, -2.0, -1.0, 0.0, 1.0, 2.0, 5.0)
MIX_EDGES_LU = (-0.5, 0.5)
BANDS = len(BAND_NAMES)
SHAPE = (2, len(LEVEL_EDGES_LU) + 1, len(MIX_EDGES_LU) + 1, 1 + 2 * BANDS, 1 + 2 * BANDS, 2)
NAMES = ("kind", "level", "mix", "tone", "masking", "headroom")
_POINTERS = tuple(f"{way} {band}" for band in BAND_NAMES for way in ("less", "more"))
_TEMPO_WORDS = ("slower", "faster", "much slower", "much faster")
BINS = (
    ("track", "master"),
    bin_names(LEVEL_EDGES_LU, "LU", "too quiet", "too loud"),
    ("mix too quiet", "mix at its target", "mix too loud"),
    ("none", *(f"{one} ({way})" for one, way in zip(_POINTERS, _TEMPO_WORDS, strict=False)), *_POINTERS[4:]),
    ("none", *_POINTERS),
    ("free", "limited"),
)
_PROBE_DB = 3.0
# What a step of EQ must promise per dB of each term to be worth its price.
LEAST_MASKING = MOVE_COST / (EQ_STEP_DB * WEIGHTS["masking"] * REWARD_SCALE)
LEAST_TONE = MOVE_COST / (EQ_STEP_DB * WEIGHTS["spectrum"] * REWARD_SCALE / SPECTRUM_SPAN_DB)

F64 = NDArray[np.float64]
Observation = tuple[int, int, int, int, int, int]


def eq_reach(twin: Twin) -> F64:
    """Return how many dB each third octave moves for each dB of each track's EQ band; shape (N, 4, B)."""
    heard = twin.heard
    seen: dict[object, F64] = {}
    rows = []
    for strip in twin.settings.strips:
        for band in strip.eq:
            key = (band.shape, band.freq_hz, band.bandwidth_oct)
            if key not in seen:
                probe = type(band)(band.shape, band.freq_hz, _PROBE_DB, band.bandwidth_oct)
                response = band_response(probe, heard.bands_hz, heard.rate_hz)
                seen[key] = 20 * np.log10(np.abs(response)) / _PROBE_DB
            rows.append(seen[key])
    return np.array(rows).reshape(len(twin.gain), BANDS, -1)


def observe(sound: Sound, strip: int, reach: F64, limits: Limits, *, eq: bool) -> Observation:
    """Return the observation of a strip; strip N is the master."""
    error = sound.loudness_error_lu
    mix = (error > MIX_EDGES_LU[0]) + (error > MIX_EDGES_LU[1])
    headroom = int(sound.limiter_db > 3.0)
    if strip == len(sound.twin.gain):
        tempo = sound.goal.tempo
        pointer = 0 if tempo is None else tempo.pointer(sound.twin.tempo_bpm)
        return (1, _bin(error), mix, pointer, 0, headroom)
    level = _bin(float(sound.level_error_lu[strip]))
    if not eq:
        return (0, level, mix, 0, 0, headroom)
    gains = sound.twin.eq_db[strip]
    room = np.stack(
        [gains - EQ_STEP_DB >= limits.eq_low_db[strip] - 1e-9, gains + EQ_STEP_DB <= limits.eq_high_db[strip] + 1e-9]
    )
    tone = _pointer(reach[strip] @ spectrum_slope(sound, strip), room, LEAST_TONE)
    masking = _pointer(reach[strip] @ masking_slope(sound, strip), room, LEAST_MASKING)
    return (0, level, mix, tone, masking, headroom)


def describe(state: Sequence[int]) -> str:
    """Say in words what a strip that is seen so is like; ``state`` has a value for each of the axes."""
    kind, level, mix, tone, masking, headroom = state
    where = "the master with the mix" if kind else "a track"
    words = f"{where} {BINS[1][level]}" + ("" if kind else f" with the {BINS[2][mix]}")
    if kind:
        words += "".join(f", {way} wanted" for way in _TEMPO_WORDS[tone - 1 : tone] if tone)
    elif tone:
        words += f", {_POINTERS[tone - 1]} would help the spectrum"
    if masking:
        words += f", {_POINTERS[masking - 1]} would unmask"
    return words + (", the limiter working hard" if headroom else "")


def shows_tempo(state: int) -> bool:
    """Tell whether a row of the table is one of the master with a tempo to be turned."""
    kind, _, _, pointer, _, _ = np.unravel_index(state, SHAPE)
    return bool(kind == 1 and pointer > 0)


def _bin(value: float) -> int:
    return sum(value > edge for edge in LEVEL_EDGES_LU)


def spectrum_slope(sound: Sound, strip: int) -> F64:
    """How the mix's RMS deviation changes per dB of this track in each band; 0 inside the dead zone."""
    slope = np.zeros(len(sound.goal.slope_db))
    if sound.spectrum_rms_db > 2.0:
        inside = sound.goal.spectrum
        own = sound.track_bands[strip, inside]
        share = own / (own + sound.rest[strip, inside] + 1e-20)
        slope[inside] = sound.spectrum_error_db * share / (len(share) * sound.spectrum_rms_db)
    return slope


def masking_slope(sound: Sound, strip: int) -> F64:
    """How the masking term changes per dB of this track in each band: others it covers, less itself where covered."""
    goal = sound.goal
    tracks, strong = goal.strong.shape
    counts = ((sound.excess_db > 0) & (sound.excess_db < MASKED_SPAN_DB)) & goal.audible[:, None]
    weight = np.zeros_like(sound.rest)
    np.put_along_axis(weight, goal.strong, counts.astype(float), axis=1)
    own = weight[strip].copy()
    weight[strip] = 0.0
    slope = (weight / (sound.rest + 1e-20)).sum(0) * sound.track_bands[strip] - own
    result: F64 = slope / (tracks * strong * MASKED_SPAN_DB)
    return result


def _pointer(slope: F64, room: NDArray[np.bool_], least: float) -> int:
    """Return 1 + 2·band + direction for the steepest way down that there is room for, or 0 where it is too flat."""
    up = slope < 0
    strength = np.abs(slope) * np.where(up, room[1], room[0])
    band = int(strength.argmax())
    return 1 + 2 * band + int(up[band]) if strength[band] > least else 0
