"""What a rhythm job found and wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agent.hearing.pulse import Pulse
from agent.rhythm.music import Music
from agent.rhythm.pattern import GM_NOTE
from agent.rhythm.styles import EVERY
from agent.rhythm.writing import RhythmPlan, RhythmWish
from bridge.changes import MidiNote
from bridge.midi_file import Meter, meter

NOTE_S = 0.1
"""How long a drum's note lasts, where the drum is not hit again before."""
_GAP_S = 0.002


@dataclass(frozen=True, slots=True)
class RhythmResult:
    """A drum part for a session: what was heard, what was wished, what was written, and what is to be said of it.

    ``length_s`` is the session's.
    """

    session: str
    daw: str
    dry_run: bool
    length_s: float
    pulse: Pulse
    music: Music
    wish: RhythmWish
    plan: RhythmPlan
    notes: tuple[str, ...]

    @property
    def meter(self) -> Meter:
        """The time signature."""
        return meter(self.pulse.beats_per_bar, self.pulse.steps_per_beat)

    @property
    def midi(self) -> tuple[MidiNote, ...]:
        """The part as notes of General MIDI's drum channel, by start and key."""
        return tuple(sorted(_notes(self.plan)))

    @property
    def start_s(self) -> float:
        """Where the part's first bar begins."""
        first_hit_s = min((hit.time_s for hit in self.plan.hits), default=0.0)
        return max(0.0, min(float(self.music.step_s[0, 0]), first_hit_s))

    @property
    def end_s(self) -> float:
        """Where its last bar, or its last note, ends."""
        bars = self.plan.pattern.bars
        steps_s = self.music.step_s[: max(1, bars)].reshape(-1)
        bar_end_s = float(steps_s[-1] + (steps_s[-1] - steps_s[-2]))
        return max(bar_end_s, *(note.end_s for note in self.midi), self.start_s + NOTE_S)


def drums_of(style: str) -> str:
    """Return what drums of a style are called, as in "rock drums"."""
    return "drums of all styles" if style == EVERY else f"{style} drums"


def _notes(plan: RhythmPlan) -> Iterator[MidiNote]:
    """Yield each voice's notes; none lasts into the next one of its key, which would end both."""
    for voice, key in GM_NOTE.items():
        hits = sorted(hit for hit in plan.hits if hit.voice == voice)
        for hit, following in pairwise([*hits, None]):
            assert hit is not None
            end_s = hit.time_s + NOTE_S
            if following is not None:
                end_s = min(end_s, max(hit.time_s + _GAP_S, following.time_s - _GAP_S))
            yield MidiNote(hit.time_s, end_s, key, hit.velocity)
