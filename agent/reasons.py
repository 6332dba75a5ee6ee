"""Why a plan turns a knob, in words: read off the sound before and after, never guessed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.observation import eq_reach
from agent.reward import SPECTRUM_DEAD_DB, Sound
from agent.session import BAND_NAMES, Settings
from agent.tempo import TempoGoal

_WORTH_SAYING_DB = 0.25
_REACHES = 0.4
_NOMINAL = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words. ``track`` is None for the master."""

    track: int | None
    text: str


def reasons(
    names: Sequence[str], before: Sound, after: Sound, found: Settings, settings: Settings
) -> tuple[Change, ...]:
    """Return one sentence for every fader and EQ band that the plan moves by 0.25 dB or more, the master last."""
    reach = eq_reach(before.twin)
    said: list[Change] = []
    for k, (old, new) in enumerate(zip(found.strips, settings.strips, strict=True)):
        change = new.gain_db - old.gain_db
        everywhere = np.ones(reach.shape[2])
        if abs(change) >= _WORTH_SAYING_DB:
            why = (
                _balance(before, k, change)
                or _masking(names, before, after, k, everywhere, change)
                or "fits in with the other changes"
            )
            said.append(Change(k, f"{names[k]} {signed(change)}: {why}"))
        for band, (was, now) in enumerate(zip(old.eq_gains_db, new.eq_gains_db, strict=True)):
            change = now - was
            if abs(change) >= _WORTH_SAYING_DB:
                reached = reach[k, band]
                why = _masking(names, before, after, k, reached, change) or _tone(before, after, reached, change)
                label = f"EQ {BAND_NAMES[band]} ({hertz(new.eq[band].freq_hz)})"
                said.append(Change(k, f"{names[k]} {label} {signed(change)}: {why}"))
    change = settings.master_gain_db - found.master_gain_db
    if abs(change) >= _WORTH_SAYING_DB:
        goes = f"brings the mix to {after.mix_loudness_lufs:.1f} LUFS, {after.goal.loudness_lufs:.1f} wanted"
        said.append(Change(None, f"Master {signed(change)}: {goes.replace('-', '−')}"))
    if settings.tempo_bpm != found.tempo_bpm:
        said.append(Change(None, _tempo(before.goal.tempo, found.tempo_bpm, settings.tempo_bpm)))
    return tuple(said)


def _tempo(goal: TempoGoal | None, found_bpm: float, bpm: float) -> str:
    faster = f"{100 * abs(bpm / found_bpm - 1):.1f} % {'faster' if bpm > found_bpm else 'slower'}"
    if goal is not None and goal.stretched:
        why = f"the material is {faster}, at its own pitch"
    else:
        why = f"the grid comes to the tempo that {'was asked for' if goal is not None and goal.asked else 'is heard'}"
    return f"Tempo {found_bpm:.1f} → {bpm:.1f} BPM: {why}"


def signed(change_db: float) -> str:
    """Write a change in dB with a sign that reads as one."""
    return f"{change_db:+.1f} dB".replace("-", "−")


def hertz(freq_hz: float) -> str:
    """Write a frequency as a mixer's panel does."""
    return f"{freq_hz / 1000:g} kHz" if freq_hz >= 1000 else f"{freq_hz:.0f} Hz"


def _balance(before: Sound, track: int, change: float) -> str | None:
    error = float(before.level_error_lu[track])
    if abs(error) < 1.0 or error * change > 0:
        return None
    return f"was {abs(error):.1f} LU too {'loud' if error > 0 else 'quiet'} among the others"


def _masking(
    names: Sequence[str], before: Sound, after: Sound, track: int, reach: NDArray[np.float64], change: float
) -> str | None:
    """Name the track and band that this change unmasks most, if any: its own when turned up, another's when down."""
    bands = before.twin.heard.bands_hz
    relief = np.where(before.excess_db > 0, before.excess_db - after.excess_db, 0.0)
    relief *= (reach[before.goal.strong] > _REACHES) & before.goal.audible[:, None]
    if change > 0:
        band = int(relief[track].argmax())
        if relief[track, band] < 1.0:
            return None
        return f"was masked at {hertz(_nominal(bands[before.goal.strong[track, band]]))}"
    own = before.track_bands[track][before.goal.strong]
    rest = before.rest[np.arange(len(own))[:, None], before.goal.strong]
    relief *= own > rest / 4
    other, band = divmod(int(relief.argmax()), relief.shape[1])
    if relief[other, band] < 1.0:
        return None
    return f"masks {names[other]} at {hertz(_nominal(bands[before.goal.strong[other, band]]))}"


def _tone(before: Sound, after: Sound, reach: NDArray[np.float64], change: float) -> str:
    inside = before.goal.spectrum
    weight = np.abs(reach[inside])
    if weight.sum() > 0 and before.spectrum_rms_db > SPECTRUM_DEAD_DB:
        error = float(before.spectrum_error_db @ weight / weight.sum())
        if error * change < 0 and abs(error) >= 0.5:
            return f"the mix has {abs(error):.1f} dB too {'much' if error > 0 else 'little'} there"
        if np.abs(after.spectrum_error_db) @ weight < np.abs(before.spectrum_error_db) @ weight:
            return "with the other changes, brings the mix closer to the target spectrum there"
    return "with the other changes, lowers the cost of the mix as a whole"


def _nominal(freq_hz: float) -> float:
    """Return the nominal frequency of a third octave, as IEC 61260-1 prints it: the exact 79.4 Hz is called 80."""
    decade = 10.0 ** math.floor(math.log10(freq_hz) + 0.02)
    return min(_NOMINAL, key=lambda value: abs(value - freq_hz / decade)) * decade
