"""The moves of the tuning agent: at the knob it looks at, it turns that by one step, or holds.

A track has five knobs: its volume with its whole EQ, and four EQ bands. Each is looked at in turn, and is an agent of
its own.

    0          hold
    1 … 4      volume −3, −1, +1, +3 dB
    5 … 8      EQ gain of the band −1.5, −0.5, +0.5, +1.5 dB; at the volume that of all four bands together
    9 … 12     frequency of the band −1/3, −1/12, +1/12, +1/3 octave
    13 … 16    width of the band × 2^−1/2, 2^−1/8, 2^1/8, 2^1/2

Limits: a fader moves at most ±12 dB from where it was found and never above +12 dB. An EQ band moves at most ±12 dB
towards a reference and ±6 dB towards a style or a role's average (mixing's own limit), and stays in its range of
frequency and width below: narrower than half an octave is a repair, not tone. A band that was found beyond a limit may
stay where it was. All bands turned together are nearly a volume: four cuts become the one lift that was wanted, which
no band alone can find. Frequency and width of a band with no gain change nothing, and are closed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from agent.actions import FADER_TRAVEL_DB
from agent.hearing.twin import Twin
from agent.session import BAND_NAMES, FADER_MAX_DB, EqBand, Settings

VOLUME_KNOB = 0
KNOBS = ("volume", *BAND_NAMES)
FREQ_RANGE_HZ = ((30.0, 400.0), (80.0, 1500.0), (500.0, 8000.0), (2000.0, 16_000.0))
WIDTH_RANGE_OCT = (0.5, 3.0)
_EDGE = 1e-9

Turn = Callable[[], None]


class Quality(StrEnum):
    """What of a knob a move turns."""

    LEVEL = "level"
    GAIN = "gain"
    FREQ = "freq"
    WIDTH = "width"


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the table of moves; ``change`` in dB, or in octaves of frequency or of width."""

    name: str
    quality: Quality | None
    change: float = 0.0


MOVES = (
    Move("hold", None),
    *(Move(f"volume {step:+g} dB", Quality.LEVEL, step) for step in (-3.0, -1.0, 1.0, 3.0)),
    *(Move(f"gain {step:+g} dB", Quality.GAIN, step) for step in (-1.5, -0.5, 0.5, 1.5)),
    *(Move(f"frequency {step:+.3f} oct", Quality.FREQ, step) for step in (-1 / 3, -1 / 12, 1 / 12, 1 / 3)),
    *(Move(f"width × 2^{step:+g}", Quality.WIDTH, step) for step in (-0.5, -0.125, 0.125, 0.5)),
)
HOLD = 0


@dataclass(frozen=True, slots=True)
class ToneLimits:
    """How far each knob may go, lowest and highest: faders (N,) and gains (N, 4) in dB, frequencies and widths."""

    fader_db: tuple[NDArray[np.float64], NDArray[np.float64]]
    gain_db: tuple[NDArray[np.float64], NDArray[np.float64]]
    freq_hz: tuple[NDArray[np.float64], NDArray[np.float64]]
    width_oct: tuple[NDArray[np.float64], NDArray[np.float64]]


def limits_around(found: Settings, eq_limit_db: float) -> ToneLimits:
    """Return the limits of a session found at these settings."""
    fader = np.array([s.gain_db for s in found.strips])
    gain = np.array([s.eq_gains_db for s in found.strips]).reshape(-1, len(BAND_NAMES))
    freq = np.array([[band.freq_hz for band in s.eq] for s in found.strips]).reshape(gain.shape)
    width = np.array([[band.bandwidth_oct for band in s.eq] for s in found.strips]).reshape(gain.shape)
    lowest_hz, highest_hz = np.array(FREQ_RANGE_HZ).T
    return ToneLimits(
        (fader - FADER_TRAVEL_DB, np.minimum(fader + FADER_TRAVEL_DB, FADER_MAX_DB)),
        (np.minimum(gain, -eq_limit_db), np.maximum(gain, eq_limit_db)),
        (np.minimum(freq, lowest_hz), np.maximum(freq, highest_hz)),
        (np.minimum(width, WIDTH_RANGE_OCT[0]), np.maximum(width, WIDTH_RANGE_OCT[1])),
    )


def moved_band(band: EqBand, index: int, *, fine: float = 1.0) -> EqBand:
    """Return a band after a move that turns one; ``fine`` scales the move."""
    move = MOVES[index]
    change = move.change * fine
    if move.quality is Quality.GAIN:
        return replace(band, gain_db=band.gain_db + change)
    if move.quality is Quality.FREQ:
        return replace(band, freq_hz=band.freq_hz * 2.0**change)
    return replace(band, bandwidth_oct=band.bandwidth_oct * 2.0**change)


def mask(
    twin: Twin, track: int, knob: int, limits: ToneLimits, *, sweep: bool = True, fine: float = 1.0
) -> NDArray[np.bool_]:
    """Return which moves are open at a knob: those within limits; hold always is.

    ``sweep``: whether frequencies and widths may be turned, as not every DAW's EQ has them.
    """
    allowed = np.zeros(len(MOVES), bool)
    allowed[HOLD] = True
    for index in range(1, len(MOVES)):
        move = MOVES[index]
        change = move.change * fine
        if knob == VOLUME_KNOB:
            if move.quality is Quality.LEVEL:
                allowed[index] = _inside(float(twin.fader_db[track]) + change, limits.fader_db, track)
            elif move.quality is Quality.GAIN:
                allowed[index] = all(
                    _inside(band.gain_db + change, limits.gain_db, (track, k)) for k, band in enumerate(twin.eq(track))
                )
            continue
        place = (track, knob - 1)
        band = twin.eq(track)[knob - 1]
        if move.quality is Quality.GAIN:
            allowed[index] = _inside(band.gain_db + change, limits.gain_db, place)
        elif sweep and band.gain_db != 0.0 and move.quality is Quality.FREQ:
            allowed[index] = _inside(band.freq_hz * 2.0**change, limits.freq_hz, place)
        elif sweep and band.gain_db != 0.0 and move.quality is Quality.WIDTH:
            allowed[index] = _inside(band.bandwidth_oct * 2.0**change, limits.width_oct, place)
    return allowed


def turn(twin: Twin, track: int, knob: int, index: int, *, fine: float = 1.0) -> Turn:
    """Carry out a move on the twin and return what takes it back."""
    move = MOVES[index]
    if move.quality is None:
        return lambda: None
    if move.quality is Quality.LEVEL:
        assert knob == VOLUME_KNOB, "an EQ band has no volume"
        fader = float(twin.fader_db[track])
        twin.turn_fader(track, fader + move.change * fine)
        return lambda: twin.turn_fader(track, fader)
    before = twin.eq(track)
    turned = range(len(before)) if knob == VOLUME_KNOB else (knob - 1,)
    twin.turn_bands(
        track, tuple(moved_band(band, index, fine=fine) if k in turned else band for k, band in enumerate(before))
    )
    return lambda: twin.turn_bands(track, before)


def drawn_eq(eq: tuple[EqBand, ...], limits: ToneLimits, track: int, rng: np.random.Generator) -> tuple[EqBand, ...]:
    """Return bands drawn within their ranges, gains up to half their limit, frequencies evenly by octave."""

    def between(pair: tuple[NDArray[np.float64], NDArray[np.float64]], band: int) -> float:
        low, high = (float(np.log(side[track, band])) for side in pair)
        return float(np.exp(rng.uniform(low, high)))

    return tuple(
        replace(
            one,
            gain_db=float(rng.uniform(limits.gain_db[0][track, k], limits.gain_db[1][track, k])) / 2,
            freq_hz=between(limits.freq_hz, k),
            bandwidth_oct=between(limits.width_oct, k),
        )
        for k, one in enumerate(eq)
    )


def _inside(
    value: float, limits: tuple[NDArray[np.float64], NDArray[np.float64]], place: int | tuple[int, int]
) -> bool:
    low, high = float(limits[0][place]), float(limits[1][place])
    return math.isfinite(value) and low * (1 - _EDGE) - _EDGE <= value <= high * (1 + _EDGE) + _EDGE
