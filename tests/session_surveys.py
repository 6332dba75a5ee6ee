"""The survey that a session of the mock DAW must give: built from the session itself, by no code of the bridge's."""

import math

from pydantic import BaseModel

from bridge.reaper.survey import (
    EQ_ALIAS,
    MASTER,
    Survey,
    SurveyBand,
    SurveyEffect,
    SurveyEnvelope,
    SurveyItem,
    SurveySend,
    SurveyTrack,
)
from mock_daw.session import Automation, EqKind, SendMode

BAND_TYPES = {
    EqKind.HIGH_PASS: 0,
    EqKind.LOW_SHELF: 1,
    EqKind.BELL: 2,
    EqKind.NOTCH: 3,
    EqKind.HIGH_SHELF: 4,
    EqKind.LOW_PASS: 5,
}
SEND_MODES = {SendMode.POST_FADER: 0, SendMode.PRE_FX: 1, SendMode.PRE_FADER: 3}


def expected(session, **of_the_moment):
    """Return the survey; ``of_the_moment`` are the fields that no session has."""
    return Survey(
        name=session.path.name if session.path else session.name,
        path=str(session.path or ""),
        rate_hz=session.rate_hz,
        length_s=session.length_s,
        tempo_bpm=session.tempo_bpm,
        tempo_markers=int(session.tempo_marker),
        beats_per_bar=float(session.beats),
        timebase=session.timebase,
        master=_strip(session.master).model_copy(update={"guid": MASTER}),
        tracks=tuple(_track(track, {other.guid for other in session.tracks}) for track in session.tracks),
        **of_the_moment,
    )


def differences(found, wanted, where=""):
    """Yield which fields differ, all the way down; numbers of which a last bit may differ are the same."""
    if isinstance(wanted, BaseModel):
        for name in type(wanted).model_fields:
            yield from differences(getattr(found, name), getattr(wanted, name), f"{where}.{name}")
    elif isinstance(wanted, tuple):
        if len(found) != len(wanted):
            yield f"{where}: {len(found)} of {len(wanted)}"
        for place, (one, other) in enumerate(zip(found, wanted, strict=False)):
            yield from differences(one, other, f"{where}[{place}]")
    elif isinstance(wanted, float):
        if not math.isclose(found, wanted, rel_tol=1e-12, abs_tol=1e-12):
            yield f"{where}: {found} is not {wanted}"
    elif found != wanted:
        yield f"{where}: {found!r} is not {wanted!r}"


def _strip(track):
    return SurveyTrack(
        guid=track.guid,
        name=track.name,
        gain_linear=track.gain_linear,
        pan=track.pan,
        muted=track.muted,
        solo=track.solo,
        selected=track.selected,
        armed=track.armed,
        phase_inverted=track.phase_inverted,
        effects_enabled=track.effects_enabled,
        effects=tuple(map(_effect, track.effects)),
        envelopes=tuple(SurveyEnvelope(name=e.name, active=e.active, points=len(e.points)) for e in track.envelopes),
        automation=list(Automation).index(track.automation),
    )


def _track(track, guids):
    return _strip(track).model_copy(
        update={
            "locked": track.locked,
            "folder_depth": track.folder_depth,
            "main_send": track.main_send,
            "sends": tuple(_send(send) for send in track.sends if send.to in guids),
            "items": tuple(_item(item) for item in track.items),
            "timebase": track.timebase,
        }
    )


def _effect(effect):
    ours = effect.equaliser is not None and effect.alias == EQ_ALIAS
    return SurveyEffect(
        guid=effect.guid,
        name=effect.name,
        alias=effect.alias,
        enabled=effect.enabled,
        offline=effect.offline,
        bands=tuple(map(_band, effect.equaliser.bands)) if ours else (),
    )


def _band(band):
    return SurveyBand(
        kind=BAND_TYPES[band.kind],
        freq_hz=band.freq_hz,
        gain_db=20.0 * math.log10(band.gain_linear),
        bandwidth_oct=band.bandwidth_oct,
        enabled=band.enabled,
    )


def _send(send):
    return SurveySend(
        to=send.to,
        gain_linear=send.gain_linear,
        pan=send.pan,
        muted=send.muted,
        mode=SEND_MODES[send.mode],
        mono=send.mono,
        phase_inverted=send.phase_inverted,
    )


def _item(item):
    lies = SurveyItem(
        position_s=item.position_s,
        length_s=item.length_s,
        gain_linear=item.gain_linear,
        muted=item.muted,
        looped=item.looped,
        fade_in_s=item.fade_in.length_s,
        fade_out_s=item.fade_out.length_s,
        fade_in_shape=item.fade_in.shape,
        fade_out_shape=item.fade_out.shape,
        timebase=item.timebase,
    )
    take = item.take
    if take is None:
        return lies
    return lies.model_copy(
        update={
            "source_kind": take.source.kind,
            "source_path": str(take.source.path or ""),
            "source_length_s": take.source.length_s,
            "offset_s": take.offset_s,
            "playrate": take.playrate,
            "take_gain_linear": take.gain_linear,
            "take_pan": take.pan,
            "channel_mode": take.channel_mode,
            "pitch_semitones": take.pitch_semitones,
            "take_effects": len(take.effects),
        }
    )
