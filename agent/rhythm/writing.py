"""Write a drum part to the music: the one function that the rest of the program calls, and what it says of the part."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from agent.q_learning import QTable
from agent.rhythm.chart import FILL, LIGHT, PHRASE, SILENT, Chart, chart_of
from agent.rhythm.humanize import humanized
from agent.rhythm.learning import REFINING_STEPS, play, refine, shipped_rhythm
from agent.rhythm.measures import metrical_profile, profile_distance, repetition, syncopation
from agent.rhythm.music import Layer, Music
from agent.rhythm.pattern import Hit, Pattern, Voice, hits
from agent.rhythm.playability import violations
from agent.rhythm.styles import EVERY, Profile, StyleProfile, best_style, style

AUTO = "auto"
_BEGINS = 0.3
_WORTH_SAYING = 0.6
_STRETCH_BARS = 4
_MOST_SAID = 3


@dataclass(frozen=True, slots=True)
class RhythmWish:
    """What is wished for.

    ``style``: a name, or "auto" for the one that the music fits best. ``bars``: only the first so many. ``density``,
    ``swing``: 0 to 1, None as the style has it. ``humanize``: 0 even, 1 as uneven as the style's drummers. ``seed``:
    another one, another variation. Raises ``ValueError`` for what is out of range.
    """

    style: str = "rock"
    bars: int | None = None
    density: float | None = None
    swing: float | None = None
    humanize: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("density", "swing", "humanize"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} is {value}: it goes from 0 to 1")
        if self.bars is not None and self.bars < 1:
            raise ValueError(f"{self.bars} bars can not be written: one is the least")


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out.

    ``coincidence``: the share of the bass's onsets that a kick meets (of the chords' where there is no bass, None
    without either). ``hits_per_bar``, ``syncopation`` (of kick and snare, Longuet-Higgins & Lee), ``repetition`` (0 to
    1): means over the bars that are not silent. ``style_distance``: total variation from the style's metrical profile,
    0 to 1. ``violations``: how much nobody could play. ``earned``: the reward per step.
    """

    coincidence: float | None
    hits_per_bar: float
    syncopation: float
    repetition: float
    style_distance: float
    violations: int
    earned: float


@dataclass(frozen=True, slots=True, eq=False)
class RhythmPlan:
    """A drum part: its pattern, its hits in seconds, figures and reasons in words, and the steps of learning it took.

    ``style``: the name that was used, of "auto" the one that was chosen.
    """

    pattern: Pattern
    hits: tuple[Hit, ...]
    style: str
    figures: Figures
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    steps: int


def write_rhythm(
    music: Music,
    wish: RhythmWish,
    progress: Callable[[float], None] = lambda _share: None,
    *,
    table: QTable | None = None,
    refining_steps: int = REFINING_STEPS,
) -> RhythmPlan:
    """Write drums to the music; the same music, wish and table give the same part to the byte.

    ``table``: another than the shipped one. ``refining_steps``: how long it is refined on this music. Raises
    ``KeyError`` for a style that is not known.
    """
    music = music if wish.bars is None else music.first(wish.bars)
    name = best_style(music) if wish.style == AUTO else wish.style
    known = style(name)
    profile = _with_crashes(known.profile(music.beats_per_bar, music.steps_per_beat))
    chart = chart_of(
        music,
        profile,
        density=0.5 if wish.density is None else wish.density,
        swing=wish.swing,
        usual_tempo_bpm=usual_tempo_bpm(known),
    )
    with threadpool_limits(1, "blas"):
        known_table = table or shipped_rhythm()[0]
        refined, steps = refine(chart, known_table, seed=wish.seed, steps=refining_steps, progress=progress)
        played = play(chart, refined, rng=np.random.default_rng([wish.seed, 1]))
    pattern = humanized(played.strokes, chart, music, profile, wish.humanize, np.random.default_rng([wish.seed, 2]))
    found = hits(pattern, music.step_s)
    figures = _figures(pattern, found, music, profile, chart, played.earned)
    progress(1.0)
    return RhythmPlan(
        pattern, found, name, figures, _reasons(pattern, music, chart, figures), _notes(music, profile, wish), steps
    )


def _with_crashes(profile: Profile) -> Profile:
    """Begin phrases as all songs together do where a style's bars were counted without their phrases."""
    if profile.crash_on_phrase > 0:
        return profile
    every = style(EVERY).profile(profile.beats_per_bar, profile.steps_per_beat)
    return replace(profile, crash_on_phrase=every.crash_on_phrase)


def usual_tempo_bpm(of: StyleProfile) -> float | None:
    """Return the middle of a style's tempos, None where its songs do not tell them."""
    return None if of.tempo_range_bpm is None else float(np.sqrt(np.prod(of.tempo_range_bpm)))


def _figures(
    pattern: Pattern, found: tuple[Hit, ...], music: Music, profile: Profile, chart: Chart, earned: float
) -> Figures:
    sounds = music.sounding()
    drummed = pattern.velocity[sounds]
    beaten = (drummed[:, :, Voice.KICK] > 0) | (drummed[:, :, Voice.SNARE] > 0)
    repeats = repetition(drummed)
    wanted = profile.probability / max(float(profile.probability.sum()), 1e-9)
    met, begun = _met(pattern, music)
    return Figures(
        None if begun is None else float(met.sum() / max(1, begun.sum())),
        float((drummed > 0).sum((1, 2)).mean()),
        float(syncopation(beaten, music.beats_per_bar).mean()),
        float(repeats.mean()) if len(repeats) else 0.0,
        profile_distance(metrical_profile(drummed), wanted),
        len(violations(found)),
        earned / len(chart.time_s),
    )


def _met(pattern: Pattern, music: Music) -> tuple[NDArray[np.bool_], NDArray[np.bool_] | None]:
    """Return which onsets of the bass (else of the chords) a kick meets, and which there are, (bars, steps)."""
    kick = pattern.velocity[:, :, Voice.KICK] > 0
    for layer in (Layer.BASS, Layer.CHORDS):
        begun = music.onset[layer] > _BEGINS
        if begun.any():
            return begun & kick, begun
    return np.zeros_like(kick), None


def _reasons(pattern: Pattern, music: Music, chart: Chart, figures: Figures) -> tuple[str, ...]:
    said = [*_kick_reasons(pattern, music), *_snare_reasons(pattern, music)]
    place = chart.place.reshape(music.bars, music.steps)
    fills = np.flatnonzero((place == FILL).any(1)) + 1
    if len(fills):
        said.append(f"fills where phrases end: {bars_in_words(fills)}")
    crashes = np.flatnonzero((pattern.velocity[:, 0, Voice.CRASH] > 0) & (place[:, 0] == PHRASE)) + 1
    if len(crashes):
        said.append(f"a crash where a phrase begins: {bars_in_words(crashes)}")
    thin = np.flatnonzero((place == LIGHT).any(1)) + 1
    if len(thin):
        said.append(f"a cymbal alone where the music is thin: {bars_in_words(thin)}")
    silent = np.flatnonzero((place == SILENT).all(1)) + 1
    if len(silent):
        said.append(f"no drums where the music rests: {bars_in_words(silent)}")
    said.append(f"{figures.hits_per_bar:.1f} hits a bar, {100 * figures.repetition:.0f} % of them as in the bar before")
    return tuple(said)


def _kick_reasons(pattern: Pattern, music: Music) -> list[str]:
    met, begun = _met(pattern, music)
    if begun is None or not begun.any():
        return []
    layer = "bass" if (music.onset[Layer.BASS] > _BEGINS).any() else "chords"
    on_beat = np.arange(music.steps) % music.steps_per_beat == 0
    said = [f"kick meets {_percent(met, begun)} of the {layer}'s onsets"]
    # In stretches of four bars, the off-beats tell most of what the drummer heard.
    stretches = [slice(first, first + _STRETCH_BARS) for first in range(0, music.bars, _STRETCH_BARS)]
    with_it = np.zeros(music.bars, np.bool_)
    for stretch in stretches:
        off_begun, off_met = begun[stretch][:, ~on_beat].sum(), met[stretch][:, ~on_beat].sum()
        with_it[stretch] = off_begun >= 2 and off_met >= _WORTH_SAYING * off_begun
    runs = np.split(np.arange(music.bars), np.flatnonzero(np.diff(with_it)) + 1)
    told = sorted((run for run in runs if with_it[run[0]]), key=len, reverse=True)[:_MOST_SAID]
    for run in sorted(told, key=lambda run: int(run[0])):
        share = _percent(met[run][:, ~on_beat], begun[run][:, ~on_beat])
        said.append(f"kick on the {layer}'s off-beat in {bars_in_words(run + 1)}: {share} of the onsets there are met")
    return said


def _snare_reasons(pattern: Pattern, music: Music) -> list[str]:
    snare = pattern.velocity[:, :, Voice.SNARE] > 0
    beats = snare[:, :: music.steps_per_beat].mean(0)
    strong = [str(beat + 1) for beat in np.flatnonzero(beats > _WORTH_SAYING)]
    return [f"snare on beat{'s' if len(strong) > 1 else ''} {_and(strong)}"] if strong else []


def _notes(music: Music, profile: Profile, wish: RhythmWish) -> tuple[str, ...]:
    said = []
    if profile.adapted:
        said.append("the style's songs are in another meter: its beats were taken over")
    if wish.swing and music.steps_per_beat % 3 == 0:
        said.append("the music is ternary and swings by itself: --swing changes nothing")
    if not (music.onset > 0).any():
        said.append("nothing was heard that the drums could go with: they are the style's alone")
    return tuple(said)


def bars_in_words(bars: NDArray[np.intp]) -> str:
    """Write bars, counted from 1 and rising, as "bar 4" or "bars 1–4, 8 and 12"."""
    breaks = np.flatnonzero(np.diff(bars) > 1) + 1
    parts = [
        str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in np.split(bars, breaks)
    ]  # fmt: skip
    return f"bar{'s' if len(bars) > 1 else ''} {_and(parts)}"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _percent(some: NDArray[np.bool_], all_of: NDArray[np.bool_]) -> str:
    return f"{100 * some.sum() / max(1, all_of.sum()):.0f} %"
