"""From a job's result to the document that mix.json holds."""

import os
from collections.abc import Sequence
from pathlib import Path

from agent.hearing.loudness import Measurement
from agent.mixing import Figures as Predicted
from agent.policy import About
from agent.reward import Cost
from agent.session import EqBand, Strip
from agent.taste import KNOBS, Knob
from bridge import schema
from bridge.finishing import LimiterReport
from bridge.results import MixResult
from bridge.schema import finite
from bridge.tempo import TempoChoice
from bridge.version import faderbot_version

_DIGITS = 4


def document(
    result: MixResult,
    policy: About,
    files: Sequence[Path | None],
    *,
    style: str,
    more_notes: Sequence[str] = (),
    tempo: TempoChoice | None = None,
) -> schema.MixDocument:
    """Return what is to be said of a job; ``files`` are what the tracks play, ``more_notes`` come before its own."""
    plan, wish, session = result.plan, result.wish, result.session
    finish = result.finish
    return schema.MixDocument(
        faderbot_version=faderbot_version(),
        daw=result.daw,
        dry_run=result.dry_run,
        session=session.name,
        sample_rate_hz=session.sample_rate_hz,
        length_s=session.length_s,
        tempo_bpm=result.settings.tempo_bpm,
        tempo=None if tempo is None else _tempo(result, tempo),
        target_lufs=wish.loudness_lufs,
        style=style,
        strength=wish.strength,
        eq_allowed=wish.eq,
        seed=result.seed,
        policy=schema.PolicyPart(
            algorithm=policy.algorithm, steps=policy.steps, seed=policy.seed, sha256=policy.sha256
        ),
        tracks=tuple(_track(result, k, files[k]) for k in range(len(session.tracks))),
        master=schema.MasterPart(
            before_db=finite(session.settings.master_gain_db),
            after_db=finite(result.settings.master_gain_db),
            eq=bands(result.settings.master_eq) if any(result.settings.master_eq_gains_db) else (),
        ),
        before=schema.Before(figures=_before(result), cost=_cost(plan.before.cost)),
        after=schema.After(
            figures=_after(result),
            cost=_cost(result.after.cost),
            limiter=None if finish is None else limiter_part(finish.limiter),
            file_gain_db=0.0 if finish is None else round(finish.file_gain_db, _DIGITS),
        ),
        steps=plan.steps,
        reasons=tuple(
            schema.Reason(track=None if r.track is None else session.tracks[r.track].name, text=r.text)
            for r in result.reasons
        ),
        notes=(*more_notes, *(() if tempo is None else tempo.notes), *result.notes),
    )


def _tempo(result: MixResult, choice: TempoChoice) -> schema.TempoPart:
    after_bpm = result.settings.tempo_bpm
    stretched = choice.goal is not None and choice.goal.stretched
    speed = after_bpm / choice.before_bpm if stretched else 1.0
    return schema.TempoPart(
        asked=choice.asked,
        before_bpm=round(choice.before_bpm, _DIGITS),
        after_bpm=round(after_bpm, _DIGITS),
        heard_bpm=choice.heard_bpm,
        confidence=choice.confidence,
        stretched=stretched,
        length_s=round(result.session.length_s / speed, _DIGITS),
    )


def _track(result: MixResult, track: int, file: Path | None) -> schema.TrackPart:
    plan, wish, session = result.plan, result.wish, result.session
    before, after = session.settings.strips[track], result.settings.strips[track]
    return schema.TrackPart(
        name=session.tracks[track].name,
        file=None if file is None else os.fsencode(file.name).decode(errors="replace"),
        role=plan.roles[track].value,
        locked=track in wish.locked or session.tracks[track].locked,
        silent=track in plan.silent,
        focus=track in wish.focus,
        before=_strip(before, plan.before.track_loudness_lufs[track]),
        after=_strip(after, result.after.track_loudness_lufs[track]),
        taste_db=_taste_db(result, track),
    )


def _taste_db(result: MixResult, track: int) -> dict[Knob, float] | None:
    liked = result.wish.taste if result.wish.eq else result.wish.taste.without_eq()
    role = result.plan.roles[track]
    movable = bool(result.plan.goal.movable[track])
    return {knob: db for knob in KNOBS if movable and (db := liked.shift_db(role, knob))} or None


def _strip(strip: Strip, loudness_lufs: float) -> schema.StripState:
    return schema.StripState(
        gain_db=finite(strip.gain_db),
        pan=strip.pan,
        eq=bands(strip.eq),
        high_pass_hz=strip.high_pass_hz,
        loudness_lufs=finite(loudness_lufs, _DIGITS),
    )


def bands(eq: Sequence[EqBand]) -> tuple[schema.Band, ...]:
    """Return an EQ's bands as documents tell them."""
    return tuple(
        schema.Band(shape=b.shape.value, freq_hz=b.freq_hz, gain_db=b.gain_db, bandwidth_oct=b.bandwidth_oct)
        for b in eq
    )


def _before(result: MixResult) -> schema.Figures:
    predicted = result.plan.before
    return _predicted(predicted) if result.before is None else _measured(result.before, predicted)


def _after(result: MixResult) -> schema.Figures:
    if result.finish is not None:
        return _measured(result.finish.measured, result.after)
    predicted = _predicted(result.after)
    if result.checked is None:
        return predicted
    peak = result.checked.true_peak_dbtp
    told = {"source": "daw", "true_peak_dbtp": None if peak is None else finite(peak, _DIGITS)}
    return predicted.model_copy(update=told)


def _measured(measured: Measurement, predicted: Predicted) -> schema.Figures:
    return schema.Figures(
        source="render",
        loudness_lufs=finite(measured.integrated_lufs, _DIGITS),
        max_momentary_lufs=finite(measured.max_momentary_lufs, _DIGITS),
        max_short_term_lufs=finite(measured.max_short_term_lufs, _DIGITS),
        loudness_range_lu=finite(measured.loudness_range_lu, _DIGITS),
        true_peak_dbtp=finite(measured.true_peak_dbtp, _DIGITS),
        spectrum_rms_db=round(predicted.spectrum_rms_db, _DIGITS),
        masked_share=round(predicted.masked_share, _DIGITS),
    )


def _predicted(predicted: Predicted) -> schema.Figures:
    return schema.Figures(
        source="twin",
        loudness_lufs=finite(predicted.loudness_lufs, _DIGITS),
        max_momentary_lufs=None,
        max_short_term_lufs=None,
        loudness_range_lu=None,
        true_peak_dbtp=None,
        spectrum_rms_db=round(predicted.spectrum_rms_db, _DIGITS),
        masked_share=round(predicted.masked_share, _DIGITS),
    )


def _cost(cost: Cost) -> schema.CostPart:
    mixed = cost._replace(tempo=0.0)  # of the mix alone: a tempo is reached or not, which ``tempo`` tells
    terms = {name: round(value, _DIGITS) for name, value in mixed._asdict().items() if name != "tempo"}
    return schema.CostPart(total=round(mixed.total, _DIGITS), **terms)


def limiter_part(limiter: LimiterReport | None) -> schema.Limiter | None:
    """Return what a limiter did as documents tell it."""
    if limiter is None:
        return None
    return schema.Limiter(
        ceiling_dbtp=limiter.ceiling_dbtp,
        max_reduction_db=round(limiter.max_reduction_db, _DIGITS),
        active_share=round(limiter.active_share, _DIGITS),
    )
