"""A MIDI track through reapy: what ``bridge.reaper.midi_inside`` answers, as values and errors of ours."""

from typing import Any

from bridge.changes import MidiNote
from bridge.reaper import midi_inside
from bridge.reaper.reapy_reading import Gone
from bridge.reaper.reascript import Reascript, ReascriptError
from bridge.reaper.survey import MidiWrite


def add_midi(reascript: Reascript, wanted: MidiWrite) -> str:
    """Add a track with a MIDI item in one undo step, and return its GUID. Raises ``ReascriptError``."""
    return str(_answer(reascript, "add", wanted.model_dump(mode="json"))["guid"])


def midi_notes(reascript: Reascript, guid: str) -> tuple[MidiNote, ...]:
    """Return the notes on a track. Raises ``Gone`` and ``ReascriptError``."""
    return tuple(MidiNote(*note) for note in _answer(reascript, "notes", guid)["notes"])


def delete_track(reascript: Reascript, guid: str, undo_name: str) -> None:
    """Delete a track in one undo step. Raises ``Gone`` and ``ReascriptError``."""
    _answer(reascript, "delete", guid, undo_name)


def _answer(reascript: Reascript, name: str, *args: object) -> dict[str, Any]:
    answer: dict[str, Any] = reascript.run(midi_inside, name, *args)
    if "failed" in answer:
        raise ReascriptError(answer["failed"])
    if "gone" in answer:
        raise Gone(answer["gone"])
    return answer
