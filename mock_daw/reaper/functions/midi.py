"""MIDI takes: how much is in them, where their ticks lie in time, and how what is in them is changed.

Ticks are whole numbers in a source, so what comes in between is rounded.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import blake2s
from types import MappingProxyType

from mock_daw.midi import LAST_TICK, Midi
from mock_daw.reaper import midi_time
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.functions.tempo import quarters, seconds

GRID_QN = 0.25  # the grid of a MIDI editor that was never opened, a guess
Parts = tuple[str, ...]
ALL: Parts = ("notes", "controls", "texts")


def midi_of(host: Host, place: Place) -> Midi | None:
    """Return what a take plays; None where it is no MIDI that the project holds."""
    source = host.take(place).source
    return source.midi or Midi() if source.kind == "MIDI" and source.path is None else None


def edit(host: Host, place: Place, change: Callable[[Midi], Midi], *, unsorted: bool = False) -> bool:
    """Change what a take plays, and sort it unless that is not wanted; return whether it is MIDI."""
    midi = midi_of(host, place)
    if midi is None:
        return False
    changed = change(midi).lasting()
    if not unsorted and host.take(place).guid not in host.unsorted_takes:
        changed = changed.in_order()
    host.edit_take(place, lambda take: replace(take, source=replace(take.source, midi=changed)))
    return True


def whole(tick: float) -> int:
    """Return the nearest tick, 0 the first."""
    return min(max(0, math.floor(tick + 0.5)), LAST_TICK) if math.isfinite(tick) else 0


def data_byte(value: int) -> int:
    """Return a value as the seven bits that a MIDI message has room for."""
    return min(max(value, 0), 127)


def _count(host: Host, place: Place, *_outs: int) -> tuple[int, int, int, int]:
    """Count all events, a note being two, then notes, controllers and texts. The last, all notes off, is not one."""
    midi = midi_of(host, place) or Midi()
    notes, controls, texts = len(midi.notes), len(midi.controls), len(midi.texts)
    return 2 * notes + controls + texts, notes, controls, texts


def _disable_sort(host: Host, place: Place) -> None:
    host.unsorted_takes.add(host.take(place).guid)


def _sort(host: Host, place: Place) -> None:
    host.unsorted_takes.discard(host.take(place).guid)
    edit(host, place, lambda midi: midi)


def _select_all(host: Host, place: Place, is_selected: bool) -> None:
    def selected(midi: Midi) -> Midi:
        return replace(
            midi,
            notes=tuple(replace(note, selected=is_selected) for note in midi.notes),
            controls=tuple(replace(control, selected=is_selected) for control in midi.controls),
            texts=tuple(replace(text, selected=is_selected) for text in midi.texts),
        )

    edit(host, place, selected, unsorted=True)


def _tick_at_qn(host: Host, place: Place, position_qn: float) -> float:
    return midi_time.tick_at(host.session, host.item(place), position_qn)


def _qn_at_tick(host: Host, place: Place, tick: float) -> float:
    return midi_time.position_qn(host.session, host.item(place), tick)


def _tick_at_time(host: Host, place: Place, position_s: float) -> float:
    return _tick_at_qn(host, place, quarters(host, position_s))


def _time_at_tick(host: Host, place: Place, tick: float) -> float:
    return seconds(host, _qn_at_tick(host, place, tick))


def _measure(*, is_end: bool) -> Callable[[Host, Place, float], float]:
    """Return what finds where the measure of a tick starts or ends; one that starts there is the one, a guess."""

    def find(host: Host, place: Place, tick: float) -> float:
        session = host.session
        measure_qn = session.beats * 4.0 / session.beat_unit
        number = math.floor(_qn_at_tick(host, place, tick) / measure_qn + 1e-9) + is_end
        return _tick_at_qn(host, place, number * measure_qn)

    return find


def _digest(midis: tuple[Midi | None, ...], *, notes_only: bool) -> str:
    heard = tuple(midi and (midi.notes if notes_only else midi) for midi in midis)
    return blake2s(repr(heard).encode()).hexdigest()


def _hash(host: Host, place: Place, notes_only: bool, text: str, size: int) -> tuple[bool, str]:
    midi = midi_of(host, place)
    return (False, text) if midi is None else (True, cut(_digest((midi,), notes_only=notes_only), size))


def _track_hash(host: Host, number: int, notes_only: bool, _text: str, size: int) -> tuple[bool, str]:
    midis = tuple(item.take.source.midi for item in host.track(number).items if item.take)
    return True, cut(_digest(midis, notes_only=notes_only), size)


def _lyrics(host: Host, number: int, flags: int, _text: str, size: int) -> tuple[bool, str, int]:
    found = cut(midi_time.lyrics(host.session, number, flags), size)
    return bool(found), found, len(found.encode())


def _set_extents(host: Host, place: Place, start_qn: float, end_qn: float) -> bool:
    """Set where an item with a MIDI take starts and ends."""
    item = host.item(place)
    if item.take is None or item.take.source.kind != "MIDI" or end_qn <= start_qn:
        return False
    start_s, end_s = max(seconds(host, start_qn), 0.0), max(seconds(host, end_qn), 0.0)
    host.edit_item(place, lambda old: replace(old, position_s=start_s, length_s=end_s - start_s))
    return True


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "MIDI_CountEvts": Function("i kIII", _count),
        "MIDI_DisableSort": Function("v k", _disable_sort),
        "MIDI_Sort": Function("v k", _sort),
        "MIDI_SelectAll": Function("v kb", _select_all),
        "MIDI_RefreshEditors": Function("v k", lambda _host, _place: None),
        "MIDI_GetPPQPosFromProjTime": Function("d kd", _tick_at_time),
        "MIDI_GetPPQPosFromProjQN": Function("d kd", _tick_at_qn),
        "MIDI_GetProjTimeFromPPQPos": Function("d kd", _time_at_tick),
        "MIDI_GetProjQNFromPPQPos": Function("d kd", _qn_at_tick),
        "MIDI_GetPPQPos_StartOfMeasure": Function("d kd", _measure(is_end=False)),
        "MIDI_GetPPQPos_EndOfMeasure": Function("d kd", _measure(is_end=True)),
        "MIDI_GetGrid": Function("d kDD", lambda _host, _place, *_outs: (GRID_QN, 0.0, 0.0)),
        "MIDI_GetHash": Function("b kbSi", _hash),
        "MIDI_GetTrackHash": Function("b tbSi", _track_hash),
        "MIDI_SetItemExtents": Function("b mdd", _set_extents),
        "GetTrackMIDILyrics": Function("b tiSI", _lyrics),
        "GetTrackMIDINoteName": Function("s iii", lambda _host, _track, _pitch, _channel: None),
    }
)
