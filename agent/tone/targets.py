"""What a spectrum should be: a style's slope, a role's average, or what was measured of a reference recording.

All levels are third-octave band levels in dB, up to a constant. A power spectral *density* that falls by 4.5 dB an
octave falls by 1.5 dB an octave in third octaves, for these get wider as they go up.

Styles. Nine finished mixes fell by 4.3 dB an octave of density from 100 Hz to 4 kHz (3.35 to 5.05; measured by us):
−1.5 dB an octave in third octaves is ``balanced``. The other slopes are ours, within and a little beyond that spread,
and so is how they go on outside: level below 100 Hz down to 63 Hz, falling to 40 Hz as small loudspeakers and high-
passes have it, and from 4 kHz to 12.5 kHz 1.5 dB an octave steeper than below. That the long-term average spectrum of
popular music steepens with frequency is Elowsson and Friberg's finding (2017); the figure is not theirs. What lies
outside 100 Hz to 4 kHz counts half.

Roles. Average third-octave levels of the stems of MUSDB18 by octave (features of FxNorm-automix, MIT), drawn straight
in dB over log frequency between. Only four kinds of stem have one, so most roles have no average and are left alone;
"other" is the average of everything else together, and is held loosely. The tolerances are ours: an average over many
recordings is not what any one of them should be.

References are heard as the session is: third octaves of the whole, where only what passes the gates of BS.1770-4
counts, so that silence and fades do not.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agent.hearing.heard import Heard, hear
from agent.hearing.loudness import integrated_lufs
from agent.roles import Role
from agent.tone.gating import gated

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Kind = Literal["style", "reference", "role"]

SLOPE_RANGE_HZ = (100.0, 4000.0)
STYLE_RANGE_HZ = (40.0, 12_500.0)
LEVEL_BELOW_HZ = 63.0
FALL_BELOW_DB_PER_OCT = 6.0
STEEPER_ABOVE_DB_PER_OCT = 1.5
OUTSIDE_WEIGHT = 0.5
SLOPE_DB_PER_OCT: Mapping[str, float] = {
    "balanced": -1.5,
    "country": -1.5,
    "pop": -1.4,
    "rock": -1.3,
    "metal": -1.1,
    "house": -1.7,
    "rap": -1.8,
    "hiphop": -1.8,
    "funk": -1.5,
    "jazz": -2.0,
}

_OCTAVES_HZ = (63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
_VOCALS_DB = (-19.7, -11.2, -2.9, 1.3, 0.0, -4.4, -7.1, -10.9)
_DRUMS_DB = (10.9, 12.4, 8.2, 4.1, 0.0, -0.1, 2.6, 1.6)
_BASS_DB = (19.4, 23.3, 16.1, 5.0, 0.0, -1.0, -9.6, -24.2)
_OTHER_DB = (-8.6, -2.8, 2.6, 2.0, 0.0, 0.1, -4.5, -18.0)
_INSTRUMENTS = frozenset(
    {
        Role.ELECTRIC_GUITAR, Role.ACOUSTIC_GUITAR, Role.GUITAR, Role.PIANO, Role.ORGAN, Role.KEYS, Role.SYNTH_LEAD,
        Role.SYNTH_PAD, Role.SYNTH, Role.STRINGS, Role.BRASS, Role.WOODWIND,
    }
)  # fmt: skip
VOCAL_TOLERANCE_DB, DRUM_TOLERANCE_DB, BASS_TOLERANCE_DB, OTHER_TOLERANCE_DB = 4.0, 5.0, 5.0, 8.0

SHORTEST_S = 3.0
HEARD_WITHIN_DB = 50.0
_CLIPPED_AT, _CLIPPED_RUN, _CLIPPED_RUNS = 0.985, 3, 3
_MONO_SHARE = 1e-6
_EDGE_SHARE = 10.0 ** (1 / 20)


class ReferenceUnusable(ValueError):  # noqa: N818 - a state, named as the user sees it
    """A reference recording that no target can be measured from; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class ToneTarget:
    """A wanted spectrum: third-octave levels in dB up to a constant, and how much each band counts, in [0, 1].

    ``loudness_lufs``: how loud the recording is that it was measured from, None where it says nothing. ``source`` says
    in words where it comes from, ``notes`` what the user should know of it. ``tolerance_db``: an RMS error that is
    none, for averages over many recordings.
    """

    kind: Kind
    bands_hz: F64
    level_db: F64
    weight: F64
    source: str
    loudness_lufs: float | None = None
    tolerance_db: float = 0.0
    notes: tuple[str, ...] = ()

    def on(self, bands_hz: F64) -> "ToneTarget":
        """Return the same on other third octaves: bands it says nothing of weigh nothing."""
        level, weight = np.zeros(len(bands_hz)), np.zeros(len(bands_hz))
        for band, freq_hz in enumerate(bands_hz):
            near = np.flatnonzero(np.abs(np.log(self.bands_hz / freq_hz)) < math.log(_EDGE_SHARE))
            if near.size:
                level[band], weight[band] = self.level_db[near[0]], self.weight[near[0]]
        return replace(self, bands_hz=bands_hz, level_db=level, weight=weight)


def style_target(bands_hz: F64, style: str = "balanced") -> ToneTarget:
    """Return a style's target for a whole mix. Raises ``KeyError`` with the names for a style that is not there."""
    if style not in SLOPE_DB_PER_OCT:
        raise KeyError(f"there is no style {style!r}: the styles are {', '.join(SLOPE_DB_PER_OCT)}")
    slope = SLOPE_DB_PER_OCT[style]
    low_hz, high_hz = SLOPE_RANGE_HZ
    octave = np.log2(np.clip(bands_hz, low_hz, None) / low_hz)
    level = slope * octave
    level -= STEEPER_ABOVE_DB_PER_OCT * np.log2(np.clip(bands_hz, high_hz, None) / high_hz)
    level -= FALL_BELOW_DB_PER_OCT * np.log2(LEVEL_BELOW_HZ / np.clip(bands_hz, None, LEVEL_BELOW_HZ))
    weight = np.where(_within(bands_hz, SLOPE_RANGE_HZ), 1.0, OUTSIDE_WEIGHT) * _within(bands_hz, STYLE_RANGE_HZ)
    source = f"the slope of {style} mixes, {slope:+.1f} dB an octave".replace("-", "−")
    return ToneTarget("style", bands_hz, level, weight, source)


def role_target(bands_hz: F64, role: Role) -> ToneTarget | None:
    """Return the average spectrum of a role's stems, None where there is no average for it."""
    row = _role_row(role)
    if row is None:
        return None
    name, level_db, tolerance_db = row
    level = np.interp(np.log(bands_hz), np.log(_OCTAVES_HZ), level_db)
    inside = _within(bands_hz, (_OCTAVES_HZ[0], _OCTAVES_HZ[-1]))
    weight = np.where(inside & (level > max(level_db) - HEARD_WITHIN_DB), 1.0, 0.0)
    return ToneTarget("role", bands_hz, level, weight, f"the average spectrum of {name}", tolerance_db=tolerance_db)


def _role_row(role: Role) -> tuple[str, tuple[float, ...], float] | None:
    if role in {Role.LEAD_VOCAL, Role.BACKING_VOCAL}:
        return "vocals", _VOCALS_DB, VOCAL_TOLERANCE_DB
    if role is Role.DRUMS:
        return "drums", _DRUMS_DB, DRUM_TOLERANCE_DB
    if role is Role.BASS:
        return "basses", _BASS_DB, BASS_TOLERANCE_DB
    return ("other instruments", _OTHER_DB, OTHER_TOLERANCE_DB) if role in _INSTRUMENTS else None


def reference_target(
    blocks: Iterable[F32], rate_hz: int, name: str = "the reference", progress: Callable[[int], None] = lambda _n: None
) -> ToneTarget:
    """Measure a reference recording: blocks of shape (samples, 1 or 2), float32, ±1 being full scale.

    Raises ``ReferenceUnusable`` where it is silent, shorter than 3 s of sound, or has values that are no numbers.
    Notes tell of a mono or a clipped one: both can be used.
    """
    watch = _Watch()
    try:
        heard = hear(_whole_hops(_stereo(blocks, watch, name), round(rate_hz / 10)), rate_hz, [0.0], progress)
    except ValueError as error:
        if isinstance(error, ReferenceUnusable):
            raise
        raise ReferenceUnusable(f"{name} has no audio: give a recording of at least {SHORTEST_S:.0f} s") from error
    own = heard.gram[:, 0, 0].astype(np.float64)
    loudness = integrated_lufs(own)
    if not math.isfinite(loudness):
        raise ReferenceUnusable(f"{name} is silent: give a recording that can be heard")
    sounding_s = float(np.count_nonzero(own > 0)) * heard.hop_s
    if sounding_s < SHORTEST_S - heard.hop_s / 2:
        raise ReferenceUnusable(
            f"{name} is too short ({sounding_s:.1f} s of sound): give at least {SHORTEST_S:.0f} s of it"
        )
    return replace(heard_target(heard, f"the spectrum of {name}"), loudness_lufs=loudness, notes=watch.notes(name))


def heard_target(heard: Heard, source: str) -> ToneTarget:
    """Return what was heard of a session of one track as a target."""
    power = spectrum_power(gated(heard))
    level = 10 * np.log10(power + 1e-20)
    weight = np.where(level > level.max() - HEARD_WITHIN_DB, 1.0, 0.0) * _within(heard.bands_hz, STYLE_RANGE_HZ)
    return ToneTarget("reference", heard.bands_hz, level, weight, source)


def spectrum_power(heard: Heard) -> F64:
    """Return the mean power by third octave of a session of one track, both channels summed; shape (B,)."""
    power: F64 = heard.cross[:, 0, 0].real.sum(0).astype(np.float64)
    return power


def _within(bands_hz: F64, range_hz: tuple[float, float]) -> NDArray[np.bool_]:
    """Tell which bands lie in a range; the exact 39.8 Hz is the nominal 40."""
    low, high = range_hz
    inside: NDArray[np.bool_] = (bands_hz > low / _EDGE_SHARE) & (bands_hz < high * _EDGE_SHARE)
    return inside


class _Watch:
    """Owns what is noticed of a reference as it passes: whether its sides differ, and how often it is cut off."""

    def __init__(self) -> None:
        self.total = self.side = 0.0
        self.clipped_runs = 0

    def see(self, audio: F32) -> None:
        self.total += float(np.square(audio, dtype=np.float64).sum())
        self.side += float(np.square(audio[:, 0] - audio[:, 1], dtype=np.float64).sum())
        for channel in audio.T:
            flat = (np.abs(channel[1:]) >= _CLIPPED_AT) & (channel[1:] == channel[:-1])
            run = _CLIPPED_RUN - 1
            held = np.convolve(flat, np.ones(run), "valid") == run if len(flat) >= run else flat[:0]
            self.clipped_runs += int(np.count_nonzero(held[1:] & ~held[:-1])) + int(held[:1].any())

    def notes(self, name: str) -> tuple[str, ...]:
        said = []
        if self.side <= _MONO_SHARE * self.total:
            said.append(f"{name} is mono: its spectrum and loudness are used, its width could tell nothing")
        if self.clipped_runs >= _CLIPPED_RUNS:
            said.append(f"{name} is clipped in {self.clipped_runs} places: its highest bands are brighter for it")
        return tuple(said)


def _stereo(blocks: Iterable[F32], watch: _Watch, name: str) -> Iterable[F32]:
    for block in blocks:
        two = block if block.ndim == 2 and block.shape[1] == 2 else np.repeat(block.reshape(len(block), 1), 2, axis=1)
        if not np.isfinite(two).all():
            raise ReferenceUnusable(f"{name} has values that are no numbers: export it again")
        watch.see(two)
        yield np.asarray(two, np.float32)


def _whole_hops(blocks: Iterable[F32], hop: int, hops: int = 20) -> Iterable[F32]:
    """Cut blocks of any length into blocks of whole hops, shape (1, samples, 2), as hearing wants them."""
    size = hop * hops
    rest = np.zeros((0, 2), np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block])
        while len(rest) >= size:
            yield rest[None, :size]
            rest = rest[size:]
    if len(rest):
        yield rest[None]
