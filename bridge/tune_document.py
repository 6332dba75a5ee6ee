"""tune.json: what a tuning did to a session's tone, every setting and figure, as a versioned document of strict JSON.

Units as in mix.json (``bridge.schema``). ``error_db`` and ``third_octave_rms_db`` are RMS errors of third octaves
against the target, ``null`` where there is none. ``curves`` are the mix's third octaves in dB: as found, as wanted (the
target laid over what came out; ``null`` where it says nothing), as left, and what the master's EQ does; a track's
``eq_db`` is what its EQ does, on the same bands.
"""

import json
import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from pydantic import Field

from agent.hearing.bands import strip_response
from agent.policy import About
from agent.session import Settings, Strip
from agent.tone.wishes import ToneFigures
from bridge.document import bands, limiter_part
from bridge.schema import Band, Db, Limiter, Part, PolicyPart, Reason, Share, finite
from bridge.tune_job import ToneResult
from bridge.version import faderbot_version

SCHEMA: Final = "faderbot-tune"
_DIGITS = 4


class TuneStrip(Part):
    """A track's fader, EQ, error against its own target, and loudness after EQ and fader, before the master."""

    gain_db: Db
    eq: tuple[Band, ...]
    error_db: float | None
    loudness_lufs: float | None


class TuneTrack(Part):
    """A track. ``target`` says against what it was held, null for nothing of its own."""

    name: str
    role: str
    silent: bool
    locked: bool
    target: str | None
    before: TuneStrip
    after: TuneStrip
    eq_db: tuple[float, ...]


class TuneMasterState(Part):
    """The master's fader and EQ."""

    gain_db: Db
    eq: tuple[Band, ...]


class TuneMaster(Part):
    """The master before and after."""

    before: TuneMasterState
    after: TuneMasterState


class TuneFigures(Part):
    """The mix. ``source`` says whether it was measured from audio, by a DAW, or is predicted.

    ``masked_share``: of the tracks' strong bands (six each) those that the rest lies 6 dB or more over; always
    predicted, null where there is one track.
    """

    source: Literal["render", "daw", "twin"]
    third_octave_rms_db: float | None
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    masked_share: Share | None = None


class Curves(Part):
    """The mix by third octave; all of one length."""

    bands_hz: tuple[float, ...]
    before_db: tuple[float, ...]
    target_db: tuple[float | None, ...]
    after_db: tuple[float, ...]
    eq_db: tuple[float, ...]


class TuneDocument(Part):
    """tune.json."""

    kind: Literal["faderbot-tune"] = Field(SCHEMA, alias="schema")
    version: Literal[1] = 1
    faderbot_version: str
    session: str
    daw: str
    dry_run: bool
    sample_rate_hz: int = Field(gt=0)
    length_s: float = Field(ge=0.0)
    scope: Literal["tracks", "master", "both"]
    target: str
    target_lufs: float | None
    strength: Share
    seed: int
    policy: PolicyPart
    tracks: tuple[TuneTrack, ...]
    master: TuneMaster
    before: TuneFigures
    after: TuneFigures
    limiter: Limiter | None
    file_gain_db: float
    curves: Curves
    steps: int = Field(ge=0)
    moves: int = Field(ge=0)
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...] = ()

    def text(self, *, ascii_only: bool = False) -> str:
        """Return the document as JSON, the same for the same tuning."""
        whole = self.model_dump(mode="json", by_alias=True)
        return json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=ascii_only) + "\n"


def tune_document(
    result: ToneResult, policy: About, target: str, *, files: Sequence[str] = (), more_notes: Sequence[str] = ()
) -> TuneDocument:
    """Return what is to be said of a tuning; ``target`` in words, ``more_notes`` come before its own."""
    plan, wish, session, finish = result.plan, result.wish, result.session, result.finish
    return TuneDocument(
        faderbot_version=faderbot_version(),
        session=session.name,
        daw=result.daw,
        dry_run=result.dry_run,
        sample_rate_hz=session.sample_rate_hz,
        length_s=session.length_s,
        scope=wish.scope,
        target=target,
        target_lufs=wish.loudness_lufs,
        strength=wish.strength,
        seed=result.seed,
        policy=PolicyPart(algorithm=policy.algorithm, steps=policy.steps, seed=policy.seed, sha256=policy.sha256),
        tracks=tuple(_track(result, k) for k in range(len(session.tracks))),
        master=TuneMaster(before=_master(session.settings), after=_master(result.settings)),
        before=_before(result),
        after=_after(result),
        limiter=None if finish is None else limiter_part(finish.limiter),
        file_gain_db=0.0 if finish is None else round(finish.file_gain_db, _DIGITS),
        curves=_curves(result),
        steps=plan.steps,
        moves=plan.moves,
        reasons=tuple(
            Reason(track=None if r.track is None else session.tracks[r.track].name, text=r.text) for r in result.reasons
        ),
        notes=(*more_notes, *result.notes),
        files=tuple(files),
    )


def _track(result: ToneResult, track: int) -> TuneTrack:
    plan, session, wish = result.plan, result.session, result.wish
    only = bool(wish.only) and track not in wish.only
    settings = (session.settings, result.settings)
    before, after = (
        TuneStrip(
            gain_db=finite(at.strips[track].gain_db),
            eq=bands(at.strips[track].eq),
            error_db=_rounded(figures.track_rms_db[track]),
            loudness_lufs=finite(figures.track_lufs[track], _DIGITS),
        )
        for at, figures in zip(settings, (plan.before, result.after), strict=True)
    )
    return TuneTrack(
        name=session.tracks[track].name,
        role=plan.roles[track].value,
        silent=track in plan.silent,
        locked=track in wish.locked or only or session.tracks[track].locked,
        target=plan.targets[track],
        before=before,
        after=after,
        eq_db=_response(result, result.settings.strips[track]),
    )


def _master(settings: Settings) -> TuneMasterState:
    return TuneMasterState(gain_db=finite(settings.master_gain_db), eq=bands(settings.master_eq))


def _before(result: ToneResult) -> TuneFigures:
    found, measured = result.plan.before, result.before
    loudness, peak = (
        (found.loudness_lufs, None)
        if measured is None
        else (
            measured.integrated_lufs,
            measured.true_peak_dbtp,
        )
    )
    return _figures(found, "twin" if measured is None else "render", loudness, peak)


def _after(result: ToneResult) -> TuneFigures:
    after, checked = result.after, result.checked
    if result.finish is not None:
        measured = result.finish.measured
        return _figures(after, "render", measured.integrated_lufs, measured.true_peak_dbtp)
    if checked is not None:
        return _figures(after, "daw", checked.integrated_lufs, checked.true_peak_dbtp)
    return _figures(after, "twin", after.loudness_lufs, None)


def _figures(
    figures: ToneFigures, source: Literal["render", "daw", "twin"], loudness_lufs: float, peak_dbtp: float | None
) -> TuneFigures:
    return TuneFigures(
        source=source,
        third_octave_rms_db=_rounded(figures.third_octave_rms_db),
        loudness_lufs=finite(loudness_lufs, _DIGITS),
        true_peak_dbtp=None if peak_dbtp is None else finite(peak_dbtp, _DIGITS),
        masked_share=round(figures.masked_share, _DIGITS) if len(figures.track_lufs) > 1 else None,
    )


def _curves(result: ToneResult) -> Curves:
    before, after = result.plan.before, result.after
    return Curves(
        bands_hz=tuple(round(hz, 2) for hz in after.bands_hz),
        before_db=_all_rounded(before.spectrum_db),
        target_db=tuple(None if math.isnan(value) else round(value, _DIGITS) for value in after.target_db),
        after_db=_all_rounded(after.spectrum_db),
        eq_db=_response(result, Strip(eq=result.settings.master_eq)),
    )


def _response(result: ToneResult, strip: Strip) -> tuple[float, ...]:
    """Return what a strip's EQ does in the middle of each third octave, in dB."""
    response = np.abs(strip_response(strip, np.array(result.after.bands_hz), result.session.sample_rate_hz))
    return _all_rounded((20.0 * np.log10(np.maximum(response, 1e-6))).tolist())


def _rounded(value: float | None) -> float | None:
    return None if value is None else finite(value, _DIGITS)


def _all_rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(value, _DIGITS) + 0.0 for value in values)
