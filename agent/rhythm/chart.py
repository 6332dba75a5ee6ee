"""The chart that a drummer plays from: what style and music ask for on each step, before anything is played.

All arrays run over the steps of the whole part (T = bars × steps) and the nine voices. The numbers are the ground on
which reward and observation stand; nothing here depends on what is hit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.rhythm.coupling import COUPLED, busier, coupling, said_of_drums, style_weights
from agent.rhythm.measures import metrical_weight
from agent.rhythm.music import Layer, Music
from agent.rhythm.pattern import VOICES, Voice
from agent.rhythm.styles import Profile

F64 = NDArray[np.float64]
INT = NDArray[np.intp]

ORDINARY, FILL, PHRASE, LIGHT, SILENT = range(5)
# Voices that are counted together: how many of their hits a bar of the style has is kept, whichever steps they are on.
_GROUPS = ((Voice.KICK,), (Voice.SNARE,), (Voice.CLOSED_HAT, Voice.OPEN_HAT, Voice.RIDE))
_LEAST, _MOST = 0.02, 0.98
_IS_CYMBAL = np.isin(np.arange(VOICES), [Voice.CLOSED_HAT, Voice.OPEN_HAT, Voice.RIDE])
# What fewer bars than this hit is no part of a groove, however many such places there are.
_SELDOM = 0.15
_ODDS_SPAN = 4.0  # the log-odds of 0.98 are 3.9
_RISE_DB = 4.0
# A phrase is no longer than this, however seldom the songs of a style have a fill.
PHRASE_BARS = 8
_NEVER = -1.0
# Bars with less than this share of the onsets that bars usually have are led in or out by a cymbal alone.
_THIN = 0.25
_SPREADS = 1.5
USUAL_TEMPO_BPM = 115.0
# Bars at a fast tempo have fewer hits: on the training songs about as the tempo's inverse to this power.
_PACE = 0.7
# How much each layer says for the cymbals, in log-odds for a clear onset in this very bar. Kick and snare are fitted to
# songs (agent.rhythm.coupling); other voices follow the style alone, but for the bass.
_NOW: dict[Voice, tuple[float, float, float]] = {
    Voice.CLOSED_HAT: (0.1, 0.3, 0.1),
    Voice.RIDE: (0.1, 0.3, 0.1),
}
_SECTION_BARS = 4
_BASS_NOW = 0.5
_LOUD_SPAN = 16.0  # of velocity


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What is asked for.

    ``time_s`` (T,): when each step is played, swing included. ``onset`` (3, T): as in the music. ``style`` (T, 9),
    −1 to 1: how far the style is for a hit, as log-odds over 4; its sign is its own choice. ``music`` (T, 9), −1 to 1:
    how far the music is, on the same scale. ``loud`` (T, 9), −1 to 1: how far a hit would be an accent (or a ghost
    note). ``place`` (T,): ``ORDINARY``, ``FILL``, ``PHRASE`` (its first step), ``LIGHT`` (a cymbal alone), ``SILENT``.
    ``weight`` (T,): metrical weight. ``due`` (T + 1,): hits that the style has had by then. ``syncopation``: of a bar.
    ``again``: the share of hits that bars of the style repeat.
    """

    bars: int
    steps: int
    steps_per_beat: int
    time_s: F64
    onset: F64
    style: F64
    music: F64
    loud: F64
    place: INT
    weight: F64
    due: F64
    syncopation: float
    again: float


def chart_of(
    music: Music,
    profile: Profile,
    *,
    density: float = 0.5,
    swing: float | None = None,
    usual_tempo_bpm: float | None = None,
) -> Chart:
    """Lay a style on the music.

    ``density``: 0 (sparse for the style) to 1 (busy). ``swing``: 0 to 1, None for the style's. ``usual_tempo_bpm``: at
    which the style has as many hits as its profile says.
    """
    bars, steps = music.bars, music.steps
    factor = busyness(profile, density) * pace(music.tempo_bpm, usual_tempo_bpm)
    place = _places(music, profile)
    ordinary = leaning(profile.probability, factor)
    style = np.tile(ordinary, (bars, 1))
    style[:, [Voice.CRASH]] = np.minimum(style[:, [Voice.CRASH]], -0.25)
    in_fill = place == FILL
    hands = [voice for voice in Voice if voice != Voice.KICK]
    fill = np.tile(leaning(profile.fill_probability, factor), (bars, 1))
    style[np.ix_(in_fill, hands)] = fill[np.ix_(in_fill, hands)]
    fitted, drums = coupling(), list(COUPLED)
    style[:, drums] = np.clip(
        style[:, drums] * style_weights(fitted) + busier(music, fitted) / _ODDS_SPAN, -1.0, 1.0
    )  # fmt: skip
    first = place == PHRASE
    style[first, Voice.CRASH] = _odds(np.array(profile.crash_on_phrase)) / _ODDS_SPAN
    light = place == LIGHT
    style[light] = np.minimum(style[light], np.where(_IS_CYMBAL, 1.0, _NEVER))
    style[place == SILENT] = _NEVER
    says = _music(music, profile)
    says[(place == SILENT) | light] = 0.0
    expected = (style + says > 0).sum(1).astype(np.float64)
    return Chart(
        bars,
        steps,
        music.steps_per_beat,
        swung(music, profile.swing if swing is None else swing).reshape(-1),
        music.onset.reshape(3, -1),
        style,
        says,
        np.tile(_loud(profile), (bars, 1)),
        place,
        np.tile(metrical_weight(music.beats_per_bar, music.steps_per_beat), bars),
        np.append(0.0, np.cumsum(expected)),
        profile.syncopation[0],
        profile.repetition,
    )


def busyness(profile: Profile, density: float) -> float:
    """Return by what the style's hits are multiplied: 1 in the middle, 1.5 standard deviations off at the ends."""
    mean, deviation = profile.hits_per_bar
    spread = max(deviation / max(mean, 1.0), 0.25)
    return float(np.clip(1.0 + (2.0 * density - 1.0) * _SPREADS * spread, 0.3, 2.0))


def pace(tempo_bpm: float, usual_tempo_bpm: float | None = None) -> float:
    """Return by what a bar's hits are multiplied at a tempo, against those at the usual one."""
    return float(np.clip(((usual_tempo_bpm or USUAL_TEMPO_BPM) / tempo_bpm) ** _PACE, 0.5, 1.5))


def swung(music: Music, swing: float) -> F64:
    """Return when each step is played, (bars, steps): off-beats late by the swing, at 1 as late as a triplet.

    Eighths swing; below 90 BPM, where sixteenths carry the feel, these do. A ternary grid swings by itself.
    """
    if music.steps_per_beat % 3 == 0 or swing <= 0:
        return music.step_s
    phase = np.arange(music.steps_per_beat) / music.steps_per_beat
    pairs = 2.0 if music.tempo_bpm < 90.0 else 1.0
    within = phase * pairs % 1.0
    middle = 0.5 + swing / 6.0
    bent = np.interp(within, [0.0, 0.5, 1.0], [0.0, middle, 1.0])
    late_beats = np.tile((bent - within) / pairs, music.beats_per_bar)
    return music.step_s + late_beats * 60.0 / music.tempo_bpm


def _odds(probability: F64) -> F64:
    kept = np.clip(probability, _LEAST, _MOST)
    odds: F64 = np.log(kept / (1.0 - kept))
    return odds


def leaning(probability: F64, factor: float) -> F64:
    """Return the style's log-odds, (steps, 9), over 4, moved so that each group has as many hits as the style has."""
    probability = _one_timekeeper(probability)
    odds = _odds(probability)
    for group in _GROUPS:
        columns = list(group)
        own = np.sort(odds[:, columns], axis=None)[::-1]
        possible = int((probability[:, columns] * factor > _SELDOM).sum())
        wanted = min(round(float(probability[:, columns].sum()) * factor), possible)
        above = own[wanted - 1] if wanted > 0 else own[0] + 2.0
        below = own[wanted] if wanted < len(own) else own[-1] - 2.0
        odds[:, columns] -= (above + below) / 2.0
    leaning: F64 = np.clip(odds / _ODDS_SPAN, -1.0, 1.0)
    return leaning


def _one_timekeeper(probability: F64) -> F64:
    """Let hat or ride keep the time: songs that use the one and songs that use the other are one style."""
    merged = probability.copy()
    hat, ride = Voice.CLOSED_HAT, Voice.RIDE
    main, other = (hat, ride) if probability[:, hat].sum() >= probability[:, ride].sum() else (ride, hat)
    moved = np.where(probability[:, other] < 0.5, probability[:, other], 0.0)
    merged[:, main] = np.minimum(merged[:, main] + moved, 1.0)
    merged[:, other] -= moved
    return merged


def _places(music: Music, profile: Profile) -> INT:
    """Return the place of each step: a phrase ends in a fill of a beat, or of half a bar where the music rises."""
    full, light = _full(music)
    steps = music.steps
    place = np.full((music.bars, steps), ORDINARY, np.intp)
    since = 0
    for bar in range(music.bars):
        if not full[bar]:
            place[bar] = LIGHT if light[bar] else SILENT
            since = 0
            continue
        if since == 0:
            place[bar, 0] = PHRASE
        since += 1
        follows = bar + 1 < music.bars and bool(full[bar + 1])
        rises = follows and float(music.level_db[bar + 1] - music.level_db[bar]) >= _RISE_DB
        ends = profile.fill_every_bars > 0 and since >= min(profile.fill_every_bars, PHRASE_BARS)
        if follows and (rises or ends):
            beats = max(1, music.beats_per_bar // 2) if rises else 1
            place[bar, steps - beats * music.steps_per_beat :] = FILL
            since = 0
    return _ending(music, place).reshape(-1)


def _full(music: Music) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which bars are drummed in full, and which sound but are too thin for that."""
    sounds = music.sounding()
    begun = (music.onset > 0).sum((0, 2))
    usual = float(np.median(begun[sounds]))
    thin = sounds & (begun < _THIN * usual)
    return sounds & ~thin, thin


def _ending(music: Music, place: INT) -> INT:
    """Fall silent where the last bar is but a last stroke that rings on: less than usual, on its first beat alone."""
    begun = (music.onset > 0).sum((0, 2))
    last = np.flatnonzero(music.onset[:, -1].max(0) > 0)
    rings_on = len(last) > 0 and last[-1] < music.steps_per_beat and begun[-1] <= np.median(begun) / 2
    if music.bars > 1 and rings_on:
        place[-1] = SILENT
        place[-1, : last[-1] + 1] = ORDINARY
        place[-1, 0] = PHRASE
    return place


def _music(music: Music, profile: Profile) -> F64:
    """Return what the music says for each voice, (T, 9): kick and snare as fitted, cymbals by what it begins there.

    Where there is a bass, the style's songs tell how the odds of the other voices change with a note of it.
    """
    onset = music.onset
    usual = np.stack(
        [
            onset[:, max(0, bar - _SECTION_BARS) : bar + _SECTION_BARS + 1].mean(1)
            for bar in range(music.bars)
        ],
        axis=1,
    )  # fmt: skip
    says = np.zeros((music.bars, music.steps, VOICES))
    over = onset - onset.mean(2, keepdims=True)
    for voice, shares in _NOW.items():
        says[:, :, voice] += np.tensordot(shares, over, 1) / _ODDS_SPAN
    bass = (_BASS_NOW * onset[Layer.BASS] + (1.0 - _BASS_NOW) * usual[Layer.BASS])[:, :, None]
    told = bass * _odds(profile.with_bass) + (1.0 - bass) * _odds(profile.without_bass) - _odds(profile.probability)
    says += np.where((usual[Layer.BASS] > 0).any(1)[:, None, None], told / _ODDS_SPAN, 0.0)
    says[:, :, list(COUPLED)] = said_of_drums(music, coupling()) / _ODDS_SPAN
    result: F64 = np.clip(says, -1.0, 1.0).reshape(-1, VOICES)
    return result


def _loud(profile: Profile) -> F64:
    """Return how much harder than usual each voice is hit on each step, (steps, 9)."""
    share = profile.probability / np.maximum(profile.probability.sum(0), 1e-9)
    usual = (share * profile.velocity).sum(0)
    loud: F64 = np.clip((profile.velocity - usual) / _LOUD_SPAN, -1.0, 1.0)
    return loud
