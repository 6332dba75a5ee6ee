"""Small tunings for the tests of the bridge: planned by hand, since what is planned is the brain's business."""

from dataclasses import replace
from functools import cache
from math import prod
from pathlib import Path

import numpy as np
import soundfile as sf

from agent.hearing.twin import Twin
from agent.mixing import roles_of
from agent.q_learning import Hyper, QTable
from agent.reasons import Change
from agent.session import Strip
from agent.tone.moves import MOVES
from agent.tone.observation import SHAPE
from agent.tone.tuning import tone_figures
from agent.tone.wishes import TonePlan, ToneWish
from bridge.embedded import EmbeddedDaw
from bridge.progress import Silent
from bridge.tune_document import TuneDocument, tune_document
from bridge.tune_job import ToneResult, preview_tune
from bridge.tune_wishes import sound, tone_wish
from tests.mixes import Audio, daw_of, trained

RATE_HZ = 16_000
TABLE = QTable.fresh(Hyper(), prod(SHAPE), len(MOVES))
NAMES = ("Kick", "Bass", "Lead Vocal")
GAINS_DB = (-4.0, -2.0, 3.0, 5.0)
MASTER_TURNED = Change(None, "Master +1.0 dB: brings the mix to −20.0 LUFS")


def noise(seed: int, gain: float = 0.05, tilt: float = 1.0, seconds: float = 3.0, rate_hz: int = RATE_HZ) -> Audio:
    """Return noise whose spectrum falls by ``tilt`` times 3 dB an octave, shape (samples, 2)."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * rate_hz)
    hz = np.fft.rfftfreq(samples, 1 / rate_hz)
    shaped = np.fft.irfft(np.fft.rfft(rng.standard_normal(samples)) * np.maximum(hz, 20.0) ** (-tilt / 2), samples)
    wave = gain * shaped / np.std(shaped)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def song(**more: Audio) -> EmbeddedDaw:
    """Return a dull song of three tracks, and more."""
    return daw_of(**{name: noise(k, tilt=2.2) for k, name in enumerate(NAMES)}, **more)


def write_song(folder: Path, rate_hz: int = 44_100) -> Path:
    """Write that song's stems as WAV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, name in enumerate(NAMES):
        sf.write(folder / f"{name}.wav", noise(k, tilt=2.2, rate_hz=rate_hz), rate_hz, "PCM_24")
    return folder


def wish(scope: str = "tracks", names: tuple[str, ...] = NAMES, target: str | None = None, **how: object) -> ToneWish:
    """Return the wish for the balanced style."""
    return tone_wish(sound(None, None, target, Silent()), names, scope, **how)


def by_hand(session, heard, wish, _table, /, *, seed, progress):
    """Plan what always brightens and thins: of all tracks that may move, or of the master."""
    found, twin = session.settings, Twin(heard, session.settings)
    gains = tuple(wish.strength * gain for gain in GAINS_DB)
    held = {*wish.locked, *(k for k, track in enumerate(session.tracks) if track.locked)}
    held |= set(range(len(session.tracks))) - set(wish.only) if wish.only else set()
    silent = tuple(np.flatnonzero(~twin.track_active()).tolist())
    if len(silent) == len(session.tracks):
        settings = found
    elif wish.scope == "master":
        settings = replace(found, master_eq=Strip().with_eq_gains(gains).eq)
    else:
        strips = [s if k in held or k in silent else s.with_eq_gains(gains) for k, s in enumerate(found.strips)]
        settings = replace(found, strips=tuple(strips))
        if wish.scope == "both":
            settings = replace(settings, master_eq=Strip().with_eq_gains(gains).eq)
    before, after = (tone_figures(session, heard, wish, at) for at in (found, settings))
    progress(1.0)
    return TonePlan(
        found=found,
        settings=settings,
        scope=wish.scope,
        roles=roles_of(session, heard),
        silent=silent,
        targets=(None,) * len(session.tracks),
        before=before,
        after=after,
        reasons=() if settings == found else (Change(None, "Master EQ high +5.0 dB (8 kHz): by hand"), MASTER_TURNED),
        notes=wish.target.notes,
        steps=seed + 1,
        moves=4,
    )


def preview(daw, wish, **how):
    """Preview a tuning that is planned by hand."""
    return preview_tune(daw, wish, TABLE, planner=by_hand, **how)


@cache
def previewed(scope: str = "tracks") -> ToneResult:
    """Return what a preview of the song plus a silent track gives, the bass locked."""
    daw = song(Spare=np.zeros((1, 2), np.float32))
    lock = ("Bass",) if scope == "tracks" else ()
    return preview(daw, wish(scope, (*NAMES, "Spare"), lock=lock))


def described(result: ToneResult) -> TuneDocument:
    """Return tune.json of a result."""
    return tune_document(result, trained(), "style balanced", more_notes=("left out: notes.txt (not audio)",))
