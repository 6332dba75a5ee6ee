"""The equaliser of a track as the other systems see it: the first effect of its chain that the mock can play as one.

Each system shows it in its own units. Where a track has none, a dialect that always shows one shows it flat, and it is
added to the front of the chain with the first change. Widths are kept in octaves; a quality factor is turned into one
by the analogue formula of the Audio EQ Cookbook, 1/Q = 2 sinh(ln 2 / 2 · octaves).
"""

import math
from collections.abc import Callable
from dataclasses import replace

from mock_daw.session import Effect, EqBand, EqKind, Equaliser, Track, guid

REAEQ = "VST: ReaEQ (Cockos)"
SHELF_OCT = 1.9  # the cookbook's slope of 1
FLAT_OCT = 1.0


def place(track: Track) -> int | None:
    """Return the place of the equaliser in a track's chain."""
    return next((n for n, effect in enumerate(track.effects) if effect.equaliser is not None), None)


def effect(track: Track) -> Effect | None:
    """Return the effect that is the track's equaliser."""
    found = place(track)
    return None if found is None else track.effects[found]


def equaliser(track: Track) -> Equaliser | None:
    """Return the state of the track's equaliser."""
    found = effect(track)
    return None if found is None else found.equaliser


def with_equaliser(track: Track, name: str, fresh: Equaliser, *, enabled: bool = True) -> Track:
    """Return the track with an equaliser: its own, or a fresh one in front, which is a ReaEQ under that name."""
    if place(track) is not None:
        return track
    added = Effect(guid("equaliser", track.guid, name), REAEQ, alias=name, enabled=enabled, equaliser=fresh)
    return replace(track, effects=(added, *track.effects))


def change_effect(track: Track, change: Callable[[Effect], Effect]) -> Track:
    """Return the track with its equaliser's effect changed; without one it stays as it is."""
    found = place(track)
    if found is None:
        return track
    effects = (*track.effects[:found], change(track.effects[found]), *track.effects[found + 1 :])
    return replace(track, effects=effects)


def change_equaliser(track: Track, change: Callable[[Equaliser], Equaliser]) -> Track:
    """Return the track with its equaliser's state changed."""

    def changed(now: Effect) -> Effect:
        return replace(now, equaliser=change(now.equaliser)) if now.equaliser is not None else now

    return change_effect(track, changed)


def with_band(
    now: Equaliser, number: int, change: Callable[[EqBand], EqBand], filler: Callable[[int], EqBand]
) -> Equaliser:
    """Return the equaliser with a band changed, counted from 0; bands before it that are missing are filled in."""
    bands = list(now.bands)
    while len(bands) <= number:
        bands.append(filler(len(bands)))
    bands[number] = change(bands[number])
    return replace(now, bands=tuple(bands))


def octaves(quality: float) -> float:
    """Return the width in octaves of a quality factor."""
    return 2.0 / math.log(2.0) * math.asinh(1.0 / (2.0 * quality))


def quality(octaves_wide: float) -> float:
    """Return the quality factor of a width in octaves."""
    return 1.0 / (2.0 * math.sinh(math.log(2.0) / 2.0 * max(octaves_wide, 1e-3)))


def bell(freq_hz: float, width_oct: float = FLAT_OCT) -> EqBand:
    """Return a flat bell."""
    return EqBand(EqKind.BELL, freq_hz, 1.0, width_oct)
