"""All that a surface reports at the start, after a choice or a change of its bank; and of the session what changed.

Each function here is one of REAPER's (``csurf_osc.cpp``): ``bank`` is SetTrackListChange, ``choice`` is
SetActiveTrackChange, ``changes`` is what REAPER's core tells its surfaces one by one.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from mock_daw.live import PlayState
from mock_daw.reaper import osc_effects, osc_equaliser, osc_markers, osc_tracks, osc_transport
from mock_daw.reaper.effect_parameters import shown, wet_place
from mock_daw.reaper.osc_equaliser import Wants
from mock_daw.reaper.osc_scene import Bank, Report, Scene, Touched
from mock_daw.session import Effect, Session, Track


class Transport(NamedTuple):
    """The transport as a surface shows it."""

    state: PlayState
    winding_mode: str | None
    replaces: bool
    arms_automatically: bool


def everything(scene: Scene, wants: Wants, transport: Transport) -> Iterator[Report]:
    """Report all there is to know, as at the start and after a refresh."""
    yield from osc_transport.winding_mode(transport.winding_mode)
    yield from osc_transport.window()
    yield Report("REPLACE", (), float(transport.replaces))
    yield from osc_transport.metronome(scene.session)
    yield from osc_transport.repeat(scene.session)
    yield from osc_transport.play_state(transport.state)
    yield from osc_transport.speed(scene.session)
    yield Report("AUTO_REC_ARM", (), float(transport.arms_automatically))
    if wants.equaliser:
        yield from osc_equaliser.names()
    yield from choice(scene, wants)
    yield from osc_markers.bank(scene)
    yield from bank(scene, wants)


def bank(scene: Scene, wants: Wants) -> Iterator[Report]:
    """Report the master and all tracks of the bank, those that are not there as well."""
    for number in (0, *_in_bank(scene)):
        yield from track(scene, wants, number)


def choice(scene: Scene, wants: Wants) -> Iterator[Report]:
    """Report the chosen track, with its chosen effect, its instrument and its equaliser."""
    for number in _in_bank(scene):
        yield Report("DEVICE_TRACK_SELECT", (number - scene.bank.tracks_from,), float(number == scene.bank.track))
    yield from track(scene, wants, scene.bank.track)
    yield from osc_effects.chosen(scene)
    yield from osc_effects.chosen_instrument(scene)
    yield from osc_equaliser.chosen_equaliser(scene, wants)


def track(scene: Scene, wants: Wants, number: int) -> Iterator[Report]:
    """Report all of a track."""
    yield from osc_tracks.strip(scene, number)
    yield from osc_tracks.sends(scene, number)
    yield from osc_tracks.receives(scene, number)
    yield from osc_effects.chain(scene, number, parameters=wants.effects)


def settled(scene: Scene) -> Bank:
    """Return the bank with its effect and parameters where there are such, else at the first."""
    bank = scene.bank
    effect = scene.effect(bank.track, bank.effect)
    place = bank.effect if effect else 0
    effect = scene.effect(bank.track, place)
    instrument = osc_effects.instrument(scene, bank.track)
    return replace(
        bank,
        effect=place,
        parameters_from=bank.parameters_from if bank.parameters_from < _count(effect) else 0,
        instrument_parameters_from=(
            bank.instrument_parameters_from if bank.instrument_parameters_from < _count(instrument) else 0
        ),
    )


def changes(before: Session, scene: Scene, wants: Wants) -> Iterator[Report]:
    """Report what is different in the session since ``before``."""
    after = scene.session
    if len(before.tracks) != len(after.tracks) or any(
        old.guid != new.guid for old, new in zip(before.tracks, after.tracks, strict=True)
    ):
        yield from bank(scene, wants)
    else:
        yield from _changes_of_tracks(before, scene, wants)
    if before.markers != after.markers:
        yield from osc_markers.bank(scene)
    if before.repeat != after.repeat:
        yield from osc_transport.repeat(after)
    if before.metronome != after.metronome:
        yield from osc_transport.metronome(after)
    if (before.tempo_bpm, before.play_rate) != (after.tempo_bpm, after.play_rate):
        yield from osc_transport.speed(after)


def moved_last(before: Session, after: Session) -> Touched | None:
    """Return the effect parameter that moved, the last of several, in effects that are in both sessions."""
    moved = None
    for number, old, new in _pairs(before, after):
        for place, was, now in _same_effects(old, new):
            moved = next((Touched(number, place, index) for index in reversed(_moved(was, now))), moved)
    return moved


def touched_last(before: Session, after: Session) -> int | None:
    """Return the number of the track that was selected or whose strip was moved, the last of several."""
    touched = None
    for number, old, new in _pairs(before, after):
        if (new.selected and not old.selected) or any(
            getattr(old, name) != getattr(new, name) for name in STRIP_FIELDS
        ):
            touched = number
    return touched


STRIP_FIELDS = ("gain_linear", "pan", "width", "muted", "solo", "armed", "monitored")
PARTS = (
    (("name",), osc_tracks.title),
    (("selected",), osc_tracks.selected),
    (("gain_linear",), osc_tracks.volume),
    (("pan", "width", "pan_mode"), osc_tracks.pan),
    (("muted",), osc_tracks.muted),
    (("solo",), osc_tracks.soloed),
    (("armed",), osc_tracks.armed),
    (("monitored",), osc_tracks.monitored),
    (("automation",), osc_tracks.automation),
)


def _changes_of_tracks(before: Session, scene: Scene, wants: Wants) -> Iterator[Report]:
    seen = {0, scene.bank.track, *_in_bank(scene)}
    rerouted = False
    for number, old, new in _pairs(before, scene.session):
        if number in seen:
            for names, report in PARTS:
                if any(getattr(old, name) != getattr(new, name) for name in names):
                    yield from report(scene, number)
        if old.effects is not new.effects:
            yield from _changes_of_effects(old, scene, wants, number, new)
        if old.name != new.name or [(s.guid, s.to) for s in old.sends] != [(s.guid, s.to) for s in new.sends]:
            rerouted = True
        elif old.sends is not new.sends:
            yield from _changes_of_sends(old, scene, number, new)
    if rerouted:
        for number in sorted(seen):
            yield from osc_tracks.sends(scene, number)
            yield from osc_tracks.receives(scene, number)


def _changes_of_sends(old: Track, scene: Scene, number: int, new: Track) -> Iterator[Report]:
    for place, (was, now) in enumerate(zip(old.sends, new.sends, strict=True)):
        if (was.gain_linear, was.pan) == (now.gain_linear, now.pan):
            continue
        receiver = next((n for n, track in enumerate(scene.session.tracks, 1) if track.guid == now.to), 0)
        slots = list(scene.session.receives(receiver)) if receiver else []
        slot = slots.index((number, place)) if (number, place) in slots else None
        if was.gain_linear != now.gain_linear:
            yield from osc_tracks.send_volume(scene, number, place, now.gain_linear)
            if slot is not None:
                yield from osc_tracks.receive_volume(scene, receiver, slot, now.gain_linear)
        if was.pan != now.pan:
            yield from osc_tracks.send_pan(scene, number, place, now.pan)
            if slot is not None:
                yield from osc_tracks.receive_pan(scene, receiver, slot, now.pan)


def _changes_of_effects(old: Track, scene: Scene, wants: Wants, number: int, new: Track) -> Iterator[Report]:
    if [_face(effect) for effect in old.effects] != [_face(effect) for effect in new.effects]:
        yield from track(scene, wants, number)
        return
    for place, was, now in _same_effects(old, new):
        if was.enabled != now.enabled:
            yield from osc_effects.switched(scene, number, place, "BYPASS", now.enabled)
        for index in _moved(was, now):
            yield from osc_equaliser.moved(scene, wants, Touched(number, place, index))


def _face(effect: Effect) -> tuple[str, str, str, str]:
    return effect.guid, effect.name, effect.alias, effect.preset


def _pairs(before: Session, after: Session) -> Iterator[tuple[int, Track, Track]]:
    """Yield (number, before, after) of every track that changed, in sessions with the same tracks."""
    olds, news = (before.master, *before.tracks), (after.master, *after.tracks)
    for number, (old, new) in enumerate(zip(olds, news, strict=False)):
        if old is not new and old.guid == new.guid:
            yield number, old, new


def _same_effects(old: Track, new: Track) -> Iterator[tuple[int, Effect, Effect]]:
    for place, (was, now) in enumerate(zip(old.effects, new.effects, strict=False)):
        if was is not now and was.guid == now.guid:
            yield place, was, now


def _moved(was: Effect, now: Effect) -> list[int]:
    """Return the places of the parameters that moved."""
    olds, news = shown(was), shown(now)
    return [index for index, (old, new) in enumerate(zip(olds, news, strict=False)) if old.position != new.position]


def _count(effect: Effect | None) -> int:
    return wet_place(effect) + 1 if effect else 0


def _in_bank(scene: Scene) -> range:
    return range(scene.bank.tracks_from + 1, scene.bank.tracks_from + scene.device.tracks + 1)
