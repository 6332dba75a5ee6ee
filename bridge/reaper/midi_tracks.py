"""MIDI tracks in a running REAPER, as ``bridge.live.MidiTracks``."""

from collections.abc import Sequence
from typing import Protocol

from bridge.changes import MidiNote
from bridge.live import Ruler
from bridge.reaper.survey import MidiWrite, Survey, SurveyTrack


class MidiLink(Protocol):
    """What is asked of the way to REAPER."""

    def survey(self, *, items: bool = True) -> Survey:
        """Return the whole project, or what is read faster: all but items and locks."""
        ...

    def add_midi(self, wanted: MidiWrite) -> str:
        """Add a track with a MIDI item in one undo step, and return its GUID."""
        ...

    def midi_notes(self, guid: str) -> tuple[MidiNote, ...] | None:
        """Return the notes on a track; None where the track is gone."""
        ...

    def delete_track(self, guid: str, undo_name: str) -> None:
        """Delete a track in one undo step."""
        ...


class ReaperMidi:
    """Adds, reads and deletes MIDI tracks. Owns nothing."""

    def __init__(self, link: MidiLink) -> None:
        self._link = link

    def track_keys(self) -> tuple[str, ...]:
        """Return the GUIDs of all tracks."""
        return tuple(track.guid for track in self._link.survey(items=False).tracks)

    def ruler(self) -> Ruler:
        """Return the project's grid at its start; with tempo markers behind that it is not steady."""
        survey = self._link.survey(items=False)
        return Ruler(survey.tempo_bpm, survey.beats_per_bar, survey.tempo_markers <= 1)

    def add(self, name: str, notes: Sequence[MidiNote], start_s: float, end_s: float, undo_name: str) -> str:
        """Add a track behind the last one in one undo step, and return its GUID. Raises ``WriteRefused``."""
        return self._link.add_midi(
            MidiWrite(undo_name=undo_name, name=name, start_s=start_s, end_s=end_s, notes=tuple(notes))
        )

    def notes(self, key: str) -> tuple[MidiNote, ...] | None:
        """Return the notes on a track; None where it is gone."""
        return self._link.midi_notes(key)

    def worked_on(self, key: str) -> bool:
        """Tell whether there is more on a track than one item: effects, sends, automation, other items."""
        track = next((track for track in self._link.survey().tracks if track.guid == key), None)
        return track is not None and _worked_on(track)

    def delete(self, key: str, undo_name: str) -> None:
        """Delete a track in one undo step. Raises ``WriteRefused``."""
        self._link.delete_track(key, undo_name)


def _worked_on(track: SurveyTrack) -> bool:
    automated = any(envelope.points > 1 for envelope in track.envelopes)
    return bool(len(track.items) > 1 or track.effects or track.sends or automated)
