"""Why a tuning turns a knob, in words: read off the spectra before and after, never guessed."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.hearing.bands import band_response
from agent.reasons import Change, hertz, signed
from agent.session import BAND_NAMES, EqBand, Settings
from agent.tone.reward import ToneSound

F64 = NDArray[np.float64]
_WORTH_SAYING_DB = 0.25
_WORTH_NAMING_DB = 0.5


def explained(
    names: Sequence[str],
    before: ToneSound,
    between: ToneSound,
    after: ToneSound,
    found: Settings,
    settings: Settings,
    loudness_lufs: float,
) -> tuple[Change, ...]:
    """Return one sentence for every fader and EQ band that the plan moves by 0.25 dB or more, the master last.

    ``between``: what the master's EQ found, its tracks being as the plan leaves them.
    """
    said: list[Change] = []
    for k, (old, new) in enumerate(zip(found.strips, settings.strips, strict=True)):
        said += _bands(k, names[k], old.eq, new.eq, before, after)
        change = new.gain_db - old.gain_db
        if abs(change) >= _WORTH_SAYING_DB:
            said.append(Change(k, f"{names[k]} {signed(change)}: {_level(before, k)}"))
    said += _bands(None, "Master", found.master_eq, settings.master_eq, between, after)
    change = settings.master_gain_db - found.master_gain_db
    if abs(change) >= _WORTH_SAYING_DB:
        said.append(
            Change(None, f"Master {signed(change)}: brings the mix to {loudness_lufs:.1f} LUFS".replace("-", "−"))
        )
    return tuple(said)


def _bands(
    track: int | None,
    name: str,
    old: Sequence[EqBand],
    new: Sequence[EqBand],
    before: ToneSound,
    after: ToneSound,
) -> list[Change]:
    said = []
    heard = before.twin.heard
    for label, was, now in zip(BAND_NAMES, old, new, strict=True):
        turned = _curve(now, heard.bands_hz, heard.rate_hz) - _curve(was, heard.bands_hz, heard.rate_hz)
        largest = float(turned[np.abs(turned).argmax()])
        if abs(largest) >= _WORTH_SAYING_DB:
            why = _tone(track, turned, before, after)
            text = f"{name} EQ {label} {signed(now.gain_db - was.gain_db)} ({_place(was, now)}): {why}"
            said.append(Change(track, text))
    return said


def _place(was: EqBand, now: EqBand) -> str:
    if math.isclose(was.freq_hz, now.freq_hz, rel_tol=1e-6):
        return hertz(_round(now.freq_hz))
    return f"at {hertz(_round(now.freq_hz))}, was {hertz(_round(was.freq_hz))}"


def _round(freq_hz: float) -> float:
    digits = 1 - math.floor(math.log10(freq_hz))
    return round(freq_hz, digits + (freq_hz < 100))


def _tone(track: int | None, turned: F64, before: ToneSound, after: ToneSound) -> str:
    """Name the error that a band takes away, a track's own before the mix's; where none is, say so."""
    goal = before.goal
    if track is not None and goal.track_weight[track].any():
        error = _error(before.track_error_db[track], turned, goal.track_weight[track])
        if error is not None:
            return f"the track has {abs(error):.1f} dB too {'much' if error > 0 else 'little'} there"
    if goal.mix_weight.any():
        error = _error(before.mix_error_db, turned, goal.mix_weight)
        if error is not None:
            whose = "the sound" if goal.alone else "the mix"
            return f"{whose} has {abs(error):.1f} dB too {'much' if error > 0 else 'little'} there"
    if track is not None and _unmasks(track, turned, before, after):
        return "unmasks the track there" if turned[np.abs(turned).argmax()] > 0 else "unmasks other tracks there"
    return "with the other changes, brings the spectrum closer to the target"


def _unmasks(track: int, turned: F64, before: ToneSound, after: ToneSound) -> bool:
    """Tell whether strong bands that were covered come out where a band reaches: its own when up, others' when down."""
    relief = before.excess_db.clip(0) - after.excess_db.clip(0)
    up = bool(turned[np.abs(turned).argmax()] > 0)
    whose = (np.arange(len(relief)) == track) == up
    reached = np.abs(turned)[before.goal.strong] >= _WORTH_SAYING_DB
    return float((relief * reached)[whose].sum()) > _WORTH_NAMING_DB


def _error(error_db: F64, turned: F64, weight: F64) -> float | None:
    """Return the mean error where a band reaches, None where it is small or the band goes the other way."""
    reach = np.abs(turned) * weight
    if reach.sum() <= 0:
        return None
    error = float(error_db @ reach / reach.sum())
    direction = float(turned @ reach)
    return error if abs(error) >= _WORTH_NAMING_DB and error * direction < 0 else None


def _level(before: ToneSound, track: int) -> str:
    error = float(before.loudness_error_lu[track])
    if abs(error) >= _WORTH_NAMING_DB:
        return f"was {abs(error):.1f} LU too {'loud' if error > 0 else 'quiet'}"
    return "keeps its loudness, which the EQ would change"


def _curve(band: EqBand, bands_hz: F64, rate_hz: int) -> F64:
    curve: F64 = 20 * np.log10(np.abs(band_response(band, bands_hz, rate_hz)) + 1e-12)
    return curve
