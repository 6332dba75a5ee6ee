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
frequency and width below: narrower than half an octave is a repair, not tone. What a strip's bands do together stays
within the same ±12 or ±6 dB: bands near each other add up, and a narrow shelf overshoots (``agent.tone.stacking``). A
band or a sum that was found beyond a limit may stay where it was. All bands turned together are nearly a volume: four
cuts become the one lift that was wanted, which no band alone can find. Frequency and width of a band with no gain
change nothing, and are closed.

In a session of several tracks a move of EQ takes the fader along, as far as that goes, so that the track stays as loud
as it was: else a lift would seem to bring a track out from under the others until its fader is set right again.
"""

import math
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from agent.actions import FADER_TRAVEL_DB
from agent.hearing.twin import Twin
from agent.session import BAND_NAMES, FADER_MAX_DB, EqBand, Settings
from agent.tone.stacking import fits, held_within, reach_db

VOLUME_KNOB = 0
KNOBS = ("volume", *BAND_NAMES)
FREQ_RANGE_HZ = ((30.0, 400.0), (80.0, 1500.0), (500.0, 8000.0), (2000.0, 16_000.0))
WIDTH_RANGE_OCT = (0.5, 3.0)
LIMIT_EDGE = 1e-9

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
    """How far each knob may go, lowest and highest: faders (N,) and gains (N, 4) in dB, frequencies and widths.

    ``sum_db`` (N,): how far all bands of a track together may lower and lift any frequency.
    """

    fader_db: tuple[NDArray[np.float64], NDArray[np.float64]]
    gain_db: tuple[NDArray[np.float64], NDArray[np.float64]]
    freq_hz: tuple[NDArray[np.float64], NDArray[np.float64]]
    width_oct: tuple[NDArray[np.float64], NDArray[np.float64]]
    sum_db: tuple[NDArray[np.float64], NDArray[np.float64]]

    def sum_range_db(self, track: int) -> tuple[float, float]:
        """Return how far all bands of one track together may go, in dB."""
        return float(self.sum_db[0][track]), float(self.sum_db[1][track])


def limits_around(found: Settings, eq_limit_db: float, rate_hz: int = 48_000) -> ToneLimits:
    """Return the limits of a session found at these settings; its rate only counts where an EQ was found turned."""
    fader = np.array([s.gain_db for s in found.strips])
    gain = np.array([s.eq_gains_db for s in found.strips]).reshape(-1, len(BAND_NAMES))
    freq = np.array([[band.freq_hz for band in s.eq] for s in found.strips]).reshape(gain.shape)
    width = np.array([[band.bandwidth_oct for band in s.eq] for s in found.strips]).reshape(gain.shape)
    lowest_hz, highest_hz = np.array(FREQ_RANGE_HZ).T
    reach = np.array([reach_db(strip.eq, rate_hz) for strip in found.strips]).reshape(-1, 2)
    return ToneLimits(
        (fader - FADER_TRAVEL_DB, np.minimum(fader + FADER_TRAVEL_DB, FADER_MAX_DB)),
        (np.minimum(gain, -eq_limit_db), np.maximum(gain, eq_limit_db)),
        (np.minimum(freq, lowest_hz), np.maximum(freq, highest_hz)),
        (np.minimum(width, WIDTH_RANGE_OCT[0]), np.maximum(width, WIDTH_RANGE_OCT[1])),
        (np.minimum(reach[:, 0], -eq_limit_db), np.maximum(reach[:, 1], eq_limit_db)),
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
    twin: Twin,
    track: int,
    knob: int,
    limits: ToneLimits,
    *,
    sweep: bool = True,
    fine: float = 1.0,
    too_loud_lu: float | None = None,
) -> NDArray[np.bool_]:
    """Return which moves are open at a knob: those within limits; hold always is.

    ``sweep``: whether frequencies and widths may be turned, as not every DAW's EQ has them. ``too_loud_lu``: where
    given, the volume only moves towards the wanted loudness, which lies that far below.
    """
    allowed = np.zeros(len(MOVES), bool)
    allowed[HOLD] = True
    eq, rate_hz = twin.eq(track), twin.heard.rate_hz
    turned = range(len(eq)) if knob == VOLUME_KNOB else (knob - 1,)
    for index in range(1, len(MOVES)):
        move = MOVES[index]
        if move.quality is Quality.LEVEL:
            to_db = float(twin.fader_db[track]) + move.change * fine
            nearer = too_loud_lu is None or abs(too_loud_lu + move.change * fine) < abs(too_loud_lu)
            allowed[index] = knob == VOLUME_KNOB and nearer and _inside(to_db, limits.fader_db, track)
            continue
        if move.quality is not Quality.GAIN and (knob == VOLUME_KNOB or not sweep or eq[knob - 1].gain_db == 0.0):
            continue
        if all(_within(eq[k], move, fine, limits, (track, k)) for k in turned):
            allowed[index] = fits(_moved(eq, turned, index, fine), limits.sum_range_db(track), rate_hz)
    return allowed


def turn(
    twin: Twin, track: int, knob: int, index: int, *, fine: float = 1.0, matched: ToneLimits | None = None
) -> Turn:
    """Carry out a move on the twin and return what takes it back.

    ``matched``: where given, the fader takes back what an EQ does to the track's loudness, within these limits.
    """
    move = MOVES[index]
    if move.quality is None:
        return lambda: None
    fader = float(twin.fader_db[track])
    if move.quality is Quality.LEVEL:
        assert knob == VOLUME_KNOB, "an EQ band has no volume"
        twin.turn_fader(track, fader + move.change * fine)
        return lambda: twin.turn_fader(track, fader)
    before = twin.eq(track)
    turned = range(len(before)) if knob == VOLUME_KNOB else (knob - 1,)
    after = _moved(before, turned, index, fine)
    if matched is None:
        twin.turn_bands(track, after)
        return lambda: twin.turn_bands(track, before)
    turn_matched(twin, track, after, matched)

    def back() -> None:
        twin.turn_bands(track, before)
        twin.turn_fader(track, fader)

    return back


def turn_matched(twin: Twin, track: int, eq: tuple[EqBand, ...], limits: ToneLimits) -> None:
    """Set a track's EQ and keep its loudness with its fader, as far as that goes."""
    power = float(twin.track_power()[track])
    twin.turn_bands(track, eq)
    louder_db = 10 * math.log10(float(twin.track_power()[track]) / power) if power > 0 else 0.0
    low, high = float(limits.fader_db[0][track]), float(limits.fader_db[1][track])
    twin.turn_fader(track, min(max(float(twin.fader_db[track]) - louder_db, low), high))


def drawn_eq(
    eq: tuple[EqBand, ...], limits: ToneLimits, track: int, rng: np.random.Generator, rate_hz: int = 48_000
) -> tuple[EqBand, ...]:
    """Return bands drawn within their ranges, gains up to half their limit, frequencies evenly by octave.

    Where they would go beyond the limit together, all are turned down.
    """

    def between(pair: tuple[NDArray[np.float64], NDArray[np.float64]], band: int) -> float:
        low, high = (float(np.log(side[track, band])) for side in pair)
        return float(np.exp(rng.uniform(low, high)))

    drawn = tuple(
        replace(
            one,
            gain_db=float(rng.uniform(limits.gain_db[0][track, k], limits.gain_db[1][track, k])) / 2,
            freq_hz=between(limits.freq_hz, k),
            bandwidth_oct=between(limits.width_oct, k),
        )
        for k, one in enumerate(eq)
    )
    return held_within(drawn, limits.sum_range_db(track), rate_hz)


def _moved(eq: tuple[EqBand, ...], turned: Container[int], index: int, fine: float) -> tuple[EqBand, ...]:
    """Return an EQ after a move that turns these of its bands."""
    return tuple(moved_band(band, index, fine=fine) if k in turned else band for k, band in enumerate(eq))


def _within(band: EqBand, move: Move, fine: float, limits: ToneLimits, place: tuple[int, int]) -> bool:
    """Tell whether a band may take a move by itself."""
    change = move.change * fine
    if move.quality is Quality.GAIN:
        return _inside(band.gain_db + change, limits.gain_db, place)
    if move.quality is Quality.FREQ:
        return _inside(band.freq_hz * 2.0**change, limits.freq_hz, place)
    return _inside(band.bandwidth_oct * 2.0**change, limits.width_oct, place)


def _inside(
    value: float, limits: tuple[NDArray[np.float64], NDArray[np.float64]], place: int | tuple[int, int]
) -> bool:
    low, high = float(limits[0][place]), float(limits[1][place])
    lowest, highest = low * (1 - LIMIT_EDGE) - LIMIT_EDGE, high * (1 + LIMIT_EDGE) + LIMIT_EDGE
    return math.isfinite(value) and lowest <= value <= highest
