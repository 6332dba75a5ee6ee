"""Small sessions for the tests of the brain: synthetic tracks, a render of our own, and spectra drawn by hand."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyloudnorm
from numpy.typing import NDArray
from pyloudnorm import IIRfilter
from scipy.signal import butter, sosfilt

from agent.environment import Scene
from agent.hearing.bands import THIRD_OCTAVES_HZ
from agent.hearing.heard import Heard, hear
from agent.hearing.twin import Twin
from agent.roles import Role
from agent.session import FLAT_EQ, EqBand, EqShape, Session, Settings, Strip, Track
from agent.targets import Goal, goal

Audio = NDArray[np.float32]  # (tracks, samples, 2)
Real = NDArray[np.float64]

COOKBOOK = {EqShape.LOW_SHELF: "low_shelf", EqShape.BELL: "peaking", EqShape.HIGH_SHELF: "high_shelf"}


@dataclass(frozen=True)
class Song:
    """Tracks as a DAW would play them with faders at 0 dB, before EQ and pan."""

    audio: Audio
    rate_hz: int
    names: tuple[str, ...]
    roles: tuple[Role, ...]
    pan: tuple[float, ...]

    @property
    def heard(self) -> Heard:
        return hear(blocks(self.audio, self.rate_hz), self.rate_hz, self.pan)

    def settings(
        self,
        faders_db: Sequence[float] | Real | None = None,
        eq_db: Sequence[Sequence[float]] | Real | None = None,
        master_db: float = 0.0,
    ) -> Settings:
        return settings_of(len(self.names), faders_db, eq_db, master_db, self.pan)

    def session(self, settings: Settings | None = None, locked: Sequence[int] = ()) -> Session:
        tracks = tuple(Track(name, k in locked) for k, name in enumerate(self.names))
        length_s = self.audio.shape[1] / self.rate_hz
        return Session("test", self.rate_hz, length_s, tracks, settings or self.settings())


def settings_of(
    tracks: int,
    faders_db: Sequence[float] | Real | None = None,
    eq_db: Sequence[Sequence[float]] | Real | None = None,
    master_db: float = 0.0,
    pan: Sequence[float] | None = None,
) -> Settings:
    faders_db = [0.0] * tracks if faders_db is None else faders_db
    eq_db = [[0.0] * 4] * tracks if eq_db is None else eq_db
    strips = (
        Strip(float(g), p).with_eq_gains(tuple(map(float, e)))
        for g, e, p in zip(faders_db, eq_db, pan or [0.0] * tracks, strict=True)
    )
    return Settings(tuple(strips), master_db)


def song(seconds: float = 8.0, rate_hz: int = 48_000, seed: int = 1) -> Song:
    """Kick, bass, keys, lead vocal and its bleed: bursts, gaps, two sides, and two tracks of one source."""
    samples = round(seconds * rate_hz)
    time_s = np.arange(samples) / rate_hz
    beat = np.exp(-((time_s % 0.5) / 0.06))
    kick = beat * (np.sin(2 * np.pi * 55 * time_s) + 0.1 * noise(samples, rate_hz, 1500, 6000, seed))
    bass = noise(samples, rate_hz, 45, 180, seed + 1) * (0.6 + 0.4 * np.cos(2 * np.pi * 0.7 * time_s))
    voice = noise(samples, rate_hz, 250, 5000, seed + 2) * (time_s % 4.0 < 2.7)
    shine = noise(samples, rate_hz, 400, 9000, seed + 3)
    keys = np.stack([shine, noise(samples, rate_hz, 300, 6000, seed + 4)], axis=1)
    bleed = sosfilt(butter(1, 1500, fs=rate_hz, output="sos"), np.roll(voice, 40))
    tracks = [both(kick, 0.5), both(bass, 0.12), keys * [0.03, 0.05], both(voice, 0.1), both(bleed, 0.04)]
    names = ("Kick", "Bass", "Keys", "Lead Vox", "Overheads")
    roles = (Role.KICK, Role.BASS, Role.KEYS, Role.LEAD_VOCAL, Role.OVERHEAD)
    return Song(np.array(tracks, np.float32), rate_hz, names, roles, (0.0, 0.0, -0.4, 0.0, 0.7))


def noise(samples: int, rate_hz: int, low_hz: float, high_hz: float, seed: int) -> Real:
    """Band-limited noise of RMS 1."""
    white = np.random.default_rng(seed).standard_normal(samples)
    shaped = sosfilt(butter(2, [low_hz, high_hz], "bandpass", fs=rate_hz, output="sos"), white)
    return np.asarray(shaped / max(1e-12, shaped.std()))


def both(mono: Real, level: float) -> Real:
    return level * np.repeat(mono[:, None], 2, axis=1)


def blocks(audio: Audio, rate_hz: int, hops: int = 20) -> Iterator[Audio]:
    size = hops * round(rate_hz / 10)
    for start in range(0, audio.shape[1], size):
        yield audio[:, start : start + size]


def cookbook(band: EqBand, rate_hz: int) -> IIRfilter:
    """An EQ band as pyloudnorm's filter: the cookbook's Q of a bandwidth in octaves."""
    w0 = 2 * math.pi * band.freq_hz / rate_hz
    q = 1 / (2 * math.sinh(math.log(2) / 2 * band.bandwidth_oct * w0 / math.sin(w0)))
    return IIRfilter(band.gain_db, q, band.freq_hz, rate_hz, COOKBOOK[band.shape])


def rendered_tracks(audio: Audio, settings: Settings, rate_hz: int) -> Real:
    """The tracks after EQ, fader and balance, by other code than the brain's; shape (tracks, samples, 2)."""
    out = []
    for track, strip in zip(audio.astype(np.float64), settings.strips, strict=True):
        filters = [cookbook(band, rate_hz) for band in strip.eq if band.gain_db]
        if strip.high_pass_hz is not None:
            filters.append(IIRfilter(0.0, math.sqrt(0.5), strip.high_pass_hz, rate_hz, "high_pass"))
        if filters:
            track = sosfilt([np.concatenate([f.b, f.a]) for f in filters], track, axis=0)  # noqa: PLW2901
        left, right = 1 - max(0.0, strip.pan), 1 + min(0.0, strip.pan)
        out.append(track * [left, right] * 10 ** (strip.gain_db / 20))
    return np.array(out)


def rendered(audio: Audio, settings: Settings, rate_hz: int) -> Real:
    """The mix, shape (samples, 2)."""
    mix = rendered_tracks(audio, settings, rate_hz).sum(0) * 10 ** (settings.master_gain_db / 20)
    filters = [cookbook(band, rate_hz) for band in settings.master_eq if band.gain_db]
    return sosfilt([np.concatenate([f.b, f.a]) for f in filters], mix, axis=0) if filters else mix


def lufs(audio: Real, rate_hz: int) -> float:
    """Integrated loudness by pyloudnorm; −inf where nothing passes the gates."""
    if not np.any(audio):
        return -math.inf
    return float(pyloudnorm.Meter(rate_hz).integrated_loudness(audio))


def random_settings(rng: np.random.Generator, found: Settings, *, eq: bool) -> Settings:
    strips = tuple(
        replace(s, gain_db=float(rng.uniform(-18, 12))).with_eq_gains(
            tuple(rng.uniform(-6, 6, 4).tolist()) if eq else s.eq_gains_db
        )
        for s in found.strips
    )
    return replace(found, strips=strips, master_gain_db=float(rng.uniform(-12, 6)))


# Spectra drawn by hand: all figures of such a session can be worked out on paper.

FLAT_SLOPE_DB = np.zeros(len(THIRD_OCTAVES_HZ))


def band_at(freq_hz: float) -> int:
    return int(np.abs(np.log(THIRD_OCTAVES_HZ / freq_hz)).argmin())


def power_at(*levels: tuple[float, float]) -> Real:
    """A spectrum of single bands, (Hz, power) each, shape (bands,)."""
    power = np.zeros(len(THIRD_OCTAVES_HZ))
    for freq_hz, value in levels:
        power[band_at(freq_hz)] = value
    return power


def drawn(power: Real, *, right: float = 0.5, peak: float | Sequence[float] = 0.1, hops: int = 20) -> Heard:
    """Uncorrelated, steady tracks of given band powers (tracks, bands), their K-weighting taken as 1."""
    tracks = len(power)
    gram = np.zeros((hops, tracks, tracks), np.float32)
    gram[:, range(tracks), range(tracks)] = power.sum(1)
    cross = np.zeros((2, tracks, tracks, power.shape[1]), np.complex64)
    cross[:, range(tracks), range(tracks)] = np.stack([power * (1 - right), power * right])
    level = np.sqrt(np.repeat(power[:, None], hops, axis=1)).astype(np.float32)
    peaks = np.broadcast_to(np.asarray(peak, np.float32), (hops, tracks)).copy()
    return Heard(
        48_000, 0.1, THIRD_OCTAVES_HZ, gram, level, cross, peaks, np.tile(THIRD_OCTAVES_HZ, (len(level), 1)), 1.0
    )


def drawn_goal(heard: Heard, *, loudness_lufs: float = -14.0, level_db: Sequence[float] | None = None) -> Goal:
    """A goal with a flat slope over all bands, where all tracks are equal unless told."""
    tracks = heard.tracks
    audible = np.einsum("hii->i", heard.gram) > 0
    energy = np.einsum("ihb,ihb->ib", heard.level, heard.level)
    return Goal(
        loudness_lufs,
        np.zeros(tracks) if level_db is None else np.array(level_db, float),
        FLAT_SLOPE_DB,
        slice(0, len(THIRD_OCTAVES_HZ)),
        np.argsort(-energy, axis=1, kind="stable")[:, :6],
        audible,
        audible.copy(),
    )


def scene_of(a_song: Song, start: Settings | None = None, heard: Heard | None = None, **wishes: object) -> Scene:
    start = start or a_song.settings()
    twin = Twin(heard or a_song.heard, start)
    return Scene(twin, goal(twin, a_song.roles, **wishes), start)  # type: ignore[arg-type]


def flat_strips(tracks: int) -> tuple[Strip, ...]:
    return tuple(Strip(eq=FLAT_EQ) for _ in range(tracks))
