"""rhythm.json: a drum part that was written for a session, its figures and its grid, as a document of strict JSON.

A grid has a line a bar for each voice, a character a step: ``x`` is hit, ``o`` is an accent (a velocity of 105 or
more), ``.`` is nothing. Steps are those of the meter: four a quarter note, or six where the music is ternary.
"""

import json
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field

from agent.rhythm.pattern import Pattern, Voice
from bridge.rhythm_result import RhythmResult
from bridge.schema import Part, Share
from bridge.version import faderbot_version

SCHEMA: Final = "faderbot-rhythm"
ACCENT_VELOCITY = 105
HIT, ACCENT, REST = "x", "o", "."
_DIGITS = 4


class RhythmFigures(Part):
    """What the part measures, as ``agent.rhythm.writing.Figures`` says.

    ``coincidence`` is null where there is neither bass nor chords; ``violations`` are what two hands and two feet could
    not play.
    """

    coincidence: Share | None
    syncopation: float
    hits_per_bar: float = Field(ge=0.0)
    style_distance: float = Field(ge=0.0)
    violations: int = Field(ge=0)
    repetition: Share


class RhythmDocument(Part):
    """rhythm.json. ``density`` and ``swing`` are null where the style decides, ``track`` without a DAW."""

    kind: Literal["faderbot-rhythm"] = Field(SCHEMA, alias="schema")
    version: Literal[1] = 1
    faderbot_version: str
    session: str
    daw: str
    dry_run: bool
    tempo_bpm: Annotated[float, Field(gt=0.0)]
    tempo_source: Literal["heard", "project", "told"]
    confidence: Share
    meter: str
    steps_per_beat: int = Field(gt=0)
    style: str
    bars: int = Field(ge=0)
    density: Share | None
    swing: Share | None
    humanize: Share
    seed: int
    hits: dict[str, int]
    figures: RhythmFigures
    track: str | None
    grid: dict[str, tuple[str, ...]]
    steps: int = Field(ge=0, description="the agent's steps of learning")
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]

    def text(self, *, ascii_only: bool = False) -> str:
        """Return the document as JSON, the same for the same part."""
        whole = self.model_dump(mode="json", by_alias=True)
        return json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=ascii_only) + "\n"


def document(result: RhythmResult, *, track: str | None = None, files: tuple[str, ...] = ()) -> RhythmDocument:
    """Return what is to be said of a part; ``track`` is where it was put in a DAW, ``files`` what was written."""
    plan, pulse, wish = result.plan, result.pulse, result.wish
    found = plan.figures
    return RhythmDocument(
        faderbot_version=faderbot_version(),
        session=result.session,
        daw=result.daw,
        dry_run=result.dry_run,
        tempo_bpm=round(pulse.tempo_bpm, _DIGITS),
        tempo_source=pulse.source,
        confidence=round(min(1.0, max(0.0, pulse.confidence)), _DIGITS),
        meter=result.meter.words,
        steps_per_beat=pulse.steps_per_beat,
        style=plan.style,
        bars=plan.pattern.bars,
        density=wish.density,
        swing=wish.swing,
        humanize=wish.humanize,
        seed=wish.seed,
        hits=counted(plan.pattern),
        figures=RhythmFigures(
            coincidence=None if found.coincidence is None else round(found.coincidence, _DIGITS),
            syncopation=round(found.syncopation, _DIGITS),
            hits_per_bar=round(found.hits_per_bar, _DIGITS),
            style_distance=round(found.style_distance, _DIGITS),
            violations=found.violations,
            repetition=round(found.repetition, _DIGITS),
        ),
        track=track,
        grid=grid(plan.pattern),
        steps=plan.steps,
        reasons=plan.reasons,
        notes=result.notes,
        files=files,
    )


def voice_name(voice: Voice) -> str:
    """Return what a voice is called, as in "closed hat"."""
    return voice.name.lower().replace("_", " ")


def counted(pattern: Pattern) -> dict[str, int]:
    """Return how often each voice that plays at all is hit."""
    hits = np.count_nonzero(pattern.velocity, axis=(0, 1))
    return {voice_name(voice): int(hits[voice]) for voice in Voice if hits[voice]}


def grid(pattern: Pattern) -> dict[str, tuple[str, ...]]:
    """Return a line a bar for each voice that plays at all."""
    signs = np.where(pattern.velocity >= ACCENT_VELOCITY, ACCENT, np.where(pattern.velocity > 0, HIT, REST))
    played = [voice for voice in Voice if pattern.velocity[:, :, voice].any()]
    return {voice_name(voice): tuple("".join(bar) for bar in signs[:, :, voice].tolist()) for voice in played}
