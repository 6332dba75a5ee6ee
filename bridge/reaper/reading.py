"""From a survey of a REAPER project to the session that the agent mixes. Pure.

Only tracks with audio of their own that is heard take part. The rest are left alone and named: muted, not soloed, MIDI,
folders, buses. What takes part but must not be moved is locked: automated faders, REAPER's own lock, and tracks that
carry others, since their fader would move those too.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.daw import SessionUnreadable
from agent.session import (
    FADER_MAX_DB,
    FLAT_EQ,
    TEMPO_RANGE_BPM,
    EqBand,
    Session,
    SettingError,
    Settings,
    Strip,
    Track,
)
from bridge.gains import gain_db, gain_linear, within_fader
from bridge.live import NONE_SELECTED
from bridge.notes import listed
from bridge.reaper.routing import Route, Routes, heard_under_solo
from bridge.reaper.survey import (
    EQ_ALIAS,
    MASTER,
    EqWrite,
    Survey,
    SurveyBand,
    SurveyEffect,
    SurveyEnvelope,
    SurveyItem,
    SurveyTrack,
    TrackWrite,
    Write,
)

HIGH_PASS_OCT = 1.9000  # Butterworth, Q = 1/sqrt(2), in octaves
IDLE_HIGH_PASS_HZ = 20.0
FADER_ENVELOPES = frozenset({"Volume", "Volume (Pre-FX)", "Trim Volume"})
TRIM_READ = 0
MIDI = "MIDI"  # and "MIDIPOOL": a source with a file, too, where it was dropped in as one
# Band types as TrackFX_SetEQParam numbers them, in the order of our strip and then the high-pass.
KINDS = (1, 2, 2, 4)
HIGH_PASS_KIND = 0
# ReaEQ tells frequencies with one decimal and widths with two: what is finer could not be read back.
_SHOWN_HZ, _SHOWN_OCT = 1, 2


@dataclass(frozen=True, slots=True)
class Part:
    """A track that takes part: its place in the project, and its way to the master."""

    place: int
    track: SurveyTrack
    route: Route

    @property
    def sides(self) -> tuple[float, float]:
        """The gains (left, right) from its audio to the master without its strip, but with its phase.

        And with what its fader gives beyond the end of a strip's: such a fader is heard and not moved.
        """
        beyond = abs(self.track.gain_linear) / gain_linear(FADER_MAX_DB) if _beyond(self.track) else 1.0
        gain = -beyond if self.track.phase_inverted else beyond
        return gain * self.route.sides[0], gain * self.route.sides[1]


@dataclass(frozen=True, slots=True)
class Reading:
    """A project as the agent sees it: the session, one part a track of it, and what is to be said."""

    session: Session
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def read(survey: Survey, *, only_selected: bool = False, by_meters: bool = False) -> Reading:
    """Return the session in a survey. ``by_meters``: whatever an item may play takes part, MIDI and instruments too.

    Raises ``SessionUnreadable`` where nothing takes part or a value is no setting.
    """
    soloed = heard_under_solo(survey)
    routes = Routes(survey)
    parts: list[Part] = []
    left: dict[str, list[str]] = {}
    for place, track in enumerate(survey.tracks):
        route = routes.of(place)
        why = _left_out(track, route, soloed=soloed[place], by_meters=by_meters)
        if why is None:
            parts.append(Part(place, track, route))
        elif not routes.carries_others(place) or why != NO_AUDIO:
            left.setdefault(why, []).append(_name(track, place))
    if not parts:
        raise SessionUnreadable(_nothing(survey, left))
    if only_selected and not any(part.track.selected for part in parts):
        raise SessionUnreadable(NONE_SELECTED)
    locked: dict[str, list[str]] = {}
    tracks = []
    for part in parts:
        carries = routes.carries_others(part.place)
        why = _why_locked(part.track, only_selected=only_selected, carries=carries, no_eq=by_meters)
        if why is not None:
            locked.setdefault(why, []).append(_name(part.track, part.place))
        tracks.append(Track(_name(part.track, part.place), locked=why is not None))
    try:
        settings = settings_of(survey, parts)
    except SettingError as error:
        raise SessionUnreadable(f"{survey.name} has a setting that is out of reach: {error}") from error
    session = Session(survey.name or "unsaved project", survey.rate_hz, survey.length_s, tuple(tracks), settings)
    said = (*_on_tracks(survey, left, locked), *(() if by_meters else _on_hearing(survey, parts)))
    return Reading(session, tuple(parts), said)


def settings_of(survey: Survey, parts: list[Part] | tuple[Part, ...]) -> Settings:
    """Return the settings of the tracks that take part. Raises ``SettingError``."""
    strips = tuple(_strip(survey.tracks[part.place]) for part in parts)
    low_bpm, high_bpm = TEMPO_RANGE_BPM  # REAPER's is wider; what is not changed is not written
    tempo_bpm = min(max(survey.tempo_bpm, low_bpm), high_bpm)
    master_eq = _with_eq(Strip(), survey.master).eq
    return Settings(strips, within_fader(gain_db(survey.master.gain_linear)), tempo_bpm, master_eq)


def write(found: Reading, wanted: Settings, undo_name: str) -> Write:
    """Return what has to be written for these settings; what stays as it is is not written."""
    before = found.session.settings
    tracks = []
    for part, old, new in zip(found.parts, before.strips, wanted.strips, strict=True):
        gain = None if new.gain_db == old.gain_db else gain_linear(new.gain_db)
        pan = None if new.pan == old.pan else new.pan
        eq = None if (new.eq, new.high_pass_hz) == (old.eq, old.high_pass_hz) else EqWrite(bands=bands(new))
        if (gain, pan, eq) != (None, None, None):
            tracks.append(TrackWrite(guid=part.track.guid, gain_linear=gain, pan=pan, eq=eq))
    gain = None if wanted.master_gain_db == before.master_gain_db else gain_linear(wanted.master_gain_db)
    eq = None if wanted.master_eq == before.master_eq else EqWrite(bands=bands(Strip(eq=wanted.master_eq)))
    if (gain, eq) != (None, None):
        tracks.append(TrackWrite(guid=MASTER, gain_linear=gain, eq=eq))
    tempo_bpm = None if wanted.tempo_bpm == before.tempo_bpm else wanted.tempo_bpm
    return Write(undo_name=undo_name, tracks=tuple(tracks), tempo_bpm=tempo_bpm)


def bands(strip: Strip) -> tuple[SurveyBand, ...]:
    """Return a strip's EQ as bands of our ReaEQ: its four, then the high-pass, off where there is none."""
    corner_hz = strip.high_pass_hz
    return (
        *(
            SurveyBand(
                kind=kind,
                freq_hz=round(band.freq_hz, _SHOWN_HZ),
                gain_db=band.gain_db,
                bandwidth_oct=round(band.bandwidth_oct, _SHOWN_OCT),
            )
            for kind, band in zip(KINDS, strip.eq, strict=True)
        ),
        SurveyBand(
            kind=HIGH_PASS_KIND,
            freq_hz=IDLE_HIGH_PASS_HZ if corner_hz is None else corner_hz,
            gain_db=0.0,
            bandwidth_oct=HIGH_PASS_OCT,
            enabled=corner_hz is not None,
        ),
    )


def own_eq(track: SurveyTrack) -> SurveyEffect | None:
    """Return our ReaEQ on a track: the last effect of its name, at work, whose bands are as we lay them out.

    One that the user has bypassed, laid out otherwise, or set beyond what we set, is the user's. On the master we set
    no high-pass.
    """
    if not track.effects_enabled:
        return None
    mine = (effect for effect in reversed(track.effects) if effect.alias == EQ_ALIAS and _ours(effect))
    return next((effect for effect in mine if track.guid != MASTER or not effect.bands[-1].enabled), None)


def others(track: SurveyTrack) -> tuple[SurveyEffect, ...]:
    """Return the effects at work on a track that are not ours."""
    mine = own_eq(track)
    if not track.effects_enabled:
        return ()
    return tuple(effect for effect in track.effects if effect is not mine and effect.enabled and not effect.offline)


NO_AUDIO = "no audio of their own"


def _left_out(track: SurveyTrack, route: Route, *, soloed: bool, by_meters: bool) -> str | None:
    if by_meters and not any(not item.muted for item in track.items):
        return "no item that plays" if track.items else NO_AUDIO
    if not by_meters and not any(map(_sounds, track.items)):
        return "MIDI or no file, so no audio to hear" if track.items else NO_AUDIO
    if track.muted:
        return "muted"
    if not soloed:
        return "not soloed, while others are"
    if route.sides == (0.0, 0.0):
        return "not routed to the master, or through a muted folder"
    return "fader closed" if within_fader(gain_db(track.gain_linear)) == -math.inf else None


def _beyond(track: SurveyTrack) -> bool:
    return within_fader(gain_db(track.gain_linear)) > FADER_MAX_DB


def _sounds(item: SurveyItem) -> bool:
    return bool(item.source_path) and not item.muted and not item.source_kind.startswith(MIDI)


def _why_locked(track: SurveyTrack, *, only_selected: bool, carries: bool, no_eq: bool) -> str | None:
    reasons = (
        (track.locked, "locked in REAPER"),
        (any(map(_moves_fader, track.envelopes)), "fader automated"),
        (track.automation != TRIM_READ, "in an automation mode that records faders"),
        (_beyond(track), f"fader above +{FADER_MAX_DB:.0f} dB"),
        (carries, "carries other tracks"),
        (not track.effects_enabled and not no_eq, "its effects are switched off, and an EQ with them"),
        (only_selected and not track.selected, "not selected"),
    )
    return next((why for holds, why in reasons if holds), None)


def _moves_fader(envelope: SurveyEnvelope) -> bool:
    return envelope.active and envelope.points > 0 and envelope.name in FADER_ENVELOPES


def _on_tracks(survey: Survey, left: dict[str, list[str]], locked: dict[str, list[str]]) -> Iterator[str]:
    for why, names in left.items():
        yield f"left alone ({why}): {listed(names)}"
    if any(_moves_fader(envelope) for envelope in survey.master.envelopes):
        yield "the master's fader is automated, which is not heard in planning"
    for why, names in locked.items():
        yield f"heard but not moved ({why}): {listed(names)}"


def _on_hearing(survey: Survey, parts: list[Part]) -> Iterator[str]:
    """Yield what is not heard where tracks are listened to one by one, before their strips."""
    if unheard := [_name(part.track, part.place) for part in parts if others(part.track)]:
        yield f"heard before their own effects, which are not touched: {listed(unheard)}"
    for part in parts:
        if part.route.unheard:
            yield f"not heard of {_name(part.track, part.place)}: {listed(part.route.unheard)}"
    if others(survey.master):
        yield "the master has effects, which are not heard in planning and not touched"


def _nothing(survey: Survey, left: dict[str, list[str]]) -> str:
    if not survey.tracks:
        return f"{survey.name or 'the open project'} has no tracks: open a project with audio"
    reasons = "; ".join(f"{listed(names[:3])}{' …' if len(names) > 3 else ''}: {why}" for why, names in left.items())
    return f"{survey.name or 'the open project'} has no track to mix ({reasons or 'there is no audio in it'})"


def _name(track: SurveyTrack, place: int) -> str:
    return track.name or f"Track {place + 1}"


def _strip(track: SurveyTrack) -> Strip:
    return _with_eq(Strip(min(within_fader(gain_db(track.gain_linear)), FADER_MAX_DB), track.pan), track)


def _with_eq(strip: Strip, track: SurveyTrack) -> Strip:
    """Return a strip with what our ReaEQ on a track is set to, if there is one. Raises ``SettingError``."""
    mine = own_eq(track)
    return strip if mine is None else _equalised(strip, mine.bands)


def _equalised(strip: Strip, bands_found: tuple[SurveyBand, ...]) -> Strip:
    """Return a strip with the bands of our ReaEQ. Raises ``SettingError``."""
    *tone, high_pass = bands_found
    eq = tuple(
        EqBand(flat.shape, band.freq_hz, band.gain_db if band.enabled else 0.0, band.bandwidth_oct)
        for flat, band in zip(FLAT_EQ, tone, strict=True)
    )
    return replace(strip, eq=eq, high_pass_hz=high_pass.freq_hz if high_pass.enabled else None)


def _ours(effect: SurveyEffect) -> bool:
    at_work = effect.enabled and not effect.offline
    if not at_work or tuple(band.kind for band in effect.bands) != (*KINDS, HIGH_PASS_KIND):
        return False
    try:
        _equalised(Strip(), effect.bands)
    except SettingError:
        return False
    return True
