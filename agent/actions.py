"""The actions of the mixing agent: at the strip it looks at, it turns one knob by one step, or holds.

    0         hold
    1 … 4     volume −3, −1, +1, +3 dB (the fader; on the master strip the master fader)
    5 … 12    EQ low −, low +, low-mid −, low-mid +, high-mid −, high-mid +, high −, high + (1.5 dB)
    13, 14    tempo −2 %, +2 % (at the master, and only where a tempo is wanted and not reached)

Safety limits: a fader moves at most ±12 dB from where it was found and never above +12 dB, an EQ band at most ±6 dB,
and the tempo as far as ``agent.tempo`` says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from agent.hearing.twin import Twin
from agent.session import BAND_NAMES, FADER_MAX_DB, TEMPO_RANGE_BPM, Settings
from agent.tempo import TempoGoal

FADER_TRAVEL_DB = 12.0
MASTER_TRAVEL_DB = 24.0
EQ_TRAVEL_DB = 6.0
EQ_STEP_DB = 1.5
TEMPO_STEP = 0.02


class Parameter(StrEnum):
    """What an action turns."""

    FADER = "fader"
    EQ = "eq"
    TEMPO = "tempo"


@dataclass(frozen=True, slots=True)
class Action:
    """A row of the table of actions."""

    name: str
    parameter: Parameter | None
    change: float = 0.0
    band: int | None = None


ACTIONS = (
    Action("hold", None),
    *(Action(f"volume {step:+g} dB", Parameter.FADER, step) for step in (-3.0, -1.0, 1.0, 3.0)),
    *(
        Action(f"EQ {name} {step:+g} dB", Parameter.EQ, step, band)
        for band, name in enumerate(BAND_NAMES)
        for step in (-EQ_STEP_DB, EQ_STEP_DB)
    ),
    Action("tempo −2 %", Parameter.TEMPO, -TEMPO_STEP),
    Action("tempo +2 %", Parameter.TEMPO, TEMPO_STEP),
)
HOLD = 0
VOLUME = slice(1, 5)
EQ = slice(5, 13)
TEMPO = slice(13, 15)

Turn = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far each knob may go in dB: faders (N,), EQ (N, 4), the master; the tempo in BPM; lowest and highest."""

    fader_low_db: NDArray[np.float64]
    fader_high_db: NDArray[np.float64]
    eq_low_db: NDArray[np.float64]
    eq_high_db: NDArray[np.float64]
    master_low_db: float
    master_high_db: float
    tempo_bpm: tuple[float, float] = TEMPO_RANGE_BPM


def limits_around(settings: Settings, tempo: TempoGoal | None = None) -> Limits:
    """Return the safety limits of a session found at these settings, and on the way to a tempo where one is wanted."""
    fader = np.array([s.gain_db for s in settings.strips])
    eq = np.array([s.eq_gains_db for s in settings.strips])
    master = settings.master_gain_db
    return Limits(
        fader - FADER_TRAVEL_DB,
        np.minimum(fader + FADER_TRAVEL_DB, FADER_MAX_DB),
        np.minimum(eq, -EQ_TRAVEL_DB),
        np.maximum(eq, EQ_TRAVEL_DB),
        master - MASTER_TRAVEL_DB,
        min(master + MASTER_TRAVEL_DB, 2 * FADER_MAX_DB),
        TEMPO_RANGE_BPM if tempo is None else tempo.limits_bpm(settings.tempo_bpm),
    )


def mask(twin: Twin, strip: int, limits: Limits, *, eq: bool, tempo: TempoGoal | None = None) -> NDArray[np.bool_]:
    """Return which actions are open at a strip (the master is strip N): those within limits; hold always is.

    The tempo is turned at the master, until the one that is wanted is reached.
    """
    allowed = np.zeros(len(ACTIONS), bool)
    allowed[HOLD] = True
    if strip == len(twin.gain):
        here, low, high = twin.master_db, limits.master_low_db, limits.master_high_db
        if tempo is not None and tempo.off(twin.tempo_bpm) != 0.0:
            slowest, fastest = limits.tempo_bpm
            for index in range(TEMPO.start, TEMPO.stop):
                allowed[index] = slowest <= twin.tempo_bpm * (1.0 + ACTIONS[index].change) <= fastest
    else:
        here = float(twin.fader_db[strip])
        low, high = float(limits.fader_low_db[strip]), float(limits.fader_high_db[strip])
        if eq:
            gains = twin.eq_db[strip]
            allowed[EQ][::2] = gains - EQ_STEP_DB >= limits.eq_low_db[strip] - 1e-9
            allowed[EQ][1::2] = gains + EQ_STEP_DB <= limits.eq_high_db[strip] + 1e-9
    for index in range(VOLUME.start, VOLUME.stop):
        allowed[index] = low - 1e-9 <= here + ACTIONS[index].change <= high + 1e-9
    return allowed


def turn(twin: Twin, strip: int, index: int) -> Turn:
    """Carry out an action on the twin and return what takes it back."""
    action = ACTIONS[index]
    if action.parameter is None:
        return lambda: None
    if action.parameter is Parameter.TEMPO:
        tempo_bpm = twin.tempo_bpm
        twin.turn_tempo(tempo_bpm * (1.0 + action.change))
        return lambda: twin.turn_tempo(tempo_bpm)
    if strip == len(twin.gain):
        assert action.parameter is Parameter.FADER, "the master strip has a fader only"
        before = twin.master_db
        twin.turn_master(before + action.change)
        return lambda: twin.turn_master(before)
    if action.parameter is Parameter.FADER:
        fader = float(twin.fader_db[strip])
        twin.turn_fader(strip, fader + action.change)
        return lambda: twin.turn_fader(strip, fader)
    gains = tuple(twin.eq_db[strip].tolist())
    assert action.band is not None
    after = list(gains)
    after[action.band] += action.change
    twin.turn_eq(strip, tuple(after))
    return lambda: twin.turn_eq(strip, gains)
