"""The pulse of a session: tempo, beats and bars, heard, or told by the project or the user and checked by ear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agent.hearing.onsets import LATE_S, Onsets
from agent.hearing.pulse_beats import EvenGrid, evenness, steps, straighten, track_beats
from agent.hearing.pulse_levels import PER_PULSE, Folded, Reading, fold, likeliest
from agent.hearing.pulse_notes import tempo_notes
from agent.hearing.pulse_tempo import Accents, TempoCurve, accents, steady_curve, tempo_curve
from agent.roles import Role

F64 = NDArray[np.float64]

_SHORTEST_S = 3.0
_TELL = "tell the tempo with --tempo"
# Noise, speech and clicks at random stay below 0.11, songs without their drums above 0.29 (measured).
_CLEAR_ENOUGH, _CLEAR = 0.15, 0.5
_UNEVEN, _EVEN = 0.7, 0.88  # clicks at random 0.6, songs 0.86 to 1 (measured)
_SAME_TEMPO = 0.01
_TERNARY_STEPS, _STRAIGHT_STEPS = 6, 4
_SIX_EIGHT, _EIGHTHS = 2, 6  # beats of a bar of 6/8, and how many beats a DAW counts in it
_BEATS_ENOUGH, _FEW = 16, 4
_SALIENT = 0.5  # three quarters of the onsets of noise and pads stay below 0.35 of a clear one (measured)
_FAINT = 0.3
_ON_GRID_S = 0.03
_TOO_SHORT = "too short to hear where the bars begin"
_METRES = (1.0, 2.0, 0.5, 3.0, 1 / 3, 1.5, 2 / 3, 4.0, 0.25, 4 / 3, 0.75)


class NoPulse(ValueError):  # noqa: N818 - a state, named as the user sees it
    """No pulse was heard; one line that says so, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What a DAW tells of its grid: its tempo, the time of a downbeat in s, and how many such beats a bar has.

    Six beats are the eighths of 6/8, at the tempo of the eighths.
    """

    tempo_bpm: float
    origin_s: float = 0.0
    beats_per_bar: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class Pulse:
    """Beats and bars of a session.

    ``beats_s``: (K,) times of the beats, ascending, from the first in the session to the last.
    ``downbeat``: index in ``beats_s`` of the first downbeat. ``beats_per_bar``: 3, 4, or 2 for 6/8, whose beat is the
    dotted quarter. ``steps_per_beat``: 4 where beats are halved and quartered, 6 where they are cut in three.
    ``confidence``: 0 (a guess) to 1. ``notes``: what the user should know, a line each.
    """

    tempo_bpm: float
    beats_s: F64
    downbeat: int
    beats_per_bar: int
    steps_per_beat: int
    confidence: float
    source: Literal["heard", "project", "told"]
    notes: tuple[str, ...] = ()


def find_pulse(
    onsets: Onsets,
    *,
    roles: Sequence[Role] | None = None,
    grid: Grid | None = None,
    tempo_bpm: float | None = None,
    beats_per_bar: int | None = None,
) -> Pulse:
    """Find the pulse of what was heard.

    ``grid``: the project's; it is kept where the music lies on it, and left with a note where it does not.
    ``tempo_bpm``: the user's; it is kept, and the beats' and bars' places are heard. ``beats_per_bar``: the user's, 3,
    4, or 2 for 6/8; of the readings of the music only those with such bars are weighed. Raises ``NoPulse`` where there
    is none and nobody tells a tempo, ``ValueError`` for a tempo that is none.
    """
    for told in (tempo_bpm, None if grid is None else grid.tempo_bpm):
        if told is not None and not 10.0 <= told <= 1000.0:
            raise ValueError(f"a tempo of {told:g} BPM is none: between 10 and 1000")
    heard = accents(onsets, roles)
    if tempo_bpm is not None:
        pulse = _told(onsets, heard, roles, tempo_bpm, grid, beats_per_bar)
    else:
        pulse = _heard(onsets, heard, roles, grid, beats_per_bar)
    return pulse if beats_per_bar is None else _in_bars_of(pulse, beats_per_bar)


def _heard(
    onsets: Onsets, heard: Accents, roles: Sequence[Role] | None, grid: Grid | None, beats_per_bar: int | None
) -> Pulse:
    try:
        found = _hear(onsets, heard, roles, beats_per_bar)
    except NoPulse as silence:
        if grid is None:
            raise
        note = f"{_first_clause(silence)}: the project's grid is taken"
        return _on_grid(onsets, heard, roles, grid, beats_per_bar, 0.0, (note,))
    pulse = found.pulse(onsets.length_s)
    if grid is None:
        return pulse
    if not _agrees(pulse, grid):
        return replace(pulse, notes=(_disagreement(pulse, grid), *pulse.notes))
    if beats_per_bar == _SIX_EIGHT and grid.beats_per_bar not in (_SIX_EIGHT, _EIGHTHS):
        return pulse  # its beats are three eighths long, the project's are quarters
    return _on_grid(onsets, heard, roles, grid, beats_per_bar, pulse.confidence, ())


def _in_bars_of(pulse: Pulse, beats_per_bar: int) -> Pulse:
    """Return a pulse in bars of so many beats, where none was heard in such bars."""
    if pulse.beats_per_bar != beats_per_bar:
        pulse = replace(pulse, beats_per_bar=beats_per_bar, downbeat=pulse.downbeat % beats_per_bar)
    return replace(pulse, steps_per_beat=_TERNARY_STEPS) if beats_per_bar == _SIX_EIGHT else pulse


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A pulse that was followed, and the likeliest way to read it."""

    folded: Folded
    reading: Reading
    confidence: float
    notes: tuple[str, ...] = ()

    def pulse(self, length_s: float, source: Literal["heard", "project", "told"] = "heard") -> Pulse:
        """Return the beats of the reading that lie in the session."""
        times, reading = self.folded.times_s, self.reading
        places = np.arange(reading.downbeat % reading.period, len(times), reading.period)
        beats = times[places] - LATE_S
        inside = (beats >= -_at_zero(beats)) & (beats < length_s)
        beats, places = np.maximum(beats[inside], 0.0), places[inside]
        if len(beats) == 0:
            raise NoPulse(f"the session is shorter than a beat: {_TELL}")
        bar = reading.period * reading.beats_per_bar
        downbeat = int(((reading.downbeat - places[0]) % bar) // reading.period)
        tempo_bpm, notes = tempo_notes(beats)
        return Pulse(
            tempo_bpm, beats, min(downbeat, len(beats) - 1), reading.beats_per_bar,
            _TERNARY_STEPS if reading.ternary else _STRAIGHT_STEPS, self.confidence, source, (*notes, *self.notes),
        )  # fmt: skip


def _hear(onsets: Onsets, heard: Accents, roles: Sequence[Role] | None, beats_per_bar: int | None) -> _Found:
    if onsets.length_s < _SHORTEST_S:
        raise NoPulse(f"{onsets.length_s:.1f} s are too short to hear a pulse in: {_TELL}")
    curve = tempo_curve(heard, onsets.rate_hz)
    if curve is None:
        raise NoPulse(f"nothing begins, the session is silent or one long sound: {_TELL}")
    if curve.clarity < _CLEAR_ENOUGH:
        raise NoPulse(f"no steady pulse was heard: {_TELL}")
    return _follow(onsets, heard, roles, curve, beats_per_bar)


def _follow(
    onsets: Onsets, heard: Accents, roles: Sequence[Role] | None, curve: TempoCurve, beats_per_bar: int | None
) -> _Found:
    raw = track_beats(heard.full, onsets.rate_hz, curve.period_s)
    if len(raw) < 4:
        raise NoPulse(f"only {len(raw)} beats were heard: {_TELL}")
    even = evenness(raw)
    folded = fold(onsets, heard, roles, steps(straighten(raw), onsets.length_s, PER_PULSE))
    reading = likeliest(folded, beats_per_bar=beats_per_bar) or likeliest(folded)
    if reading is None:
        raise NoPulse(f"no steady pulse was heard: {_TELL}")
    confidence = min(1.0, curve.clarity / _CLEAR) * float(np.clip((even - _UNEVEN) / (_EVEN - _UNEVEN), 0.0, 1.0))
    confidence *= min(1.0, len(raw) / _BEATS_ENOUGH) * min(1.0, _salience(onsets) / _SALIENT)
    notes = (f"the pulse is faint, check it or {_TELL}",) if confidence < _FAINT else ()
    return _Found(folded, reading, confidence, notes)


def _salience(onsets: Onsets) -> float:
    """Return how clear the onsets are of the track that has the clearest: of a struck one about 1."""
    heights = [onsets.times(track)[1] for track in range(onsets.tracks)]
    return max((float(np.percentile(own, 75)) for own in heights if len(own) >= _FEW), default=0.0)


def _told(
    onsets: Onsets,
    heard: Accents,
    roles: Sequence[Role] | None,
    tempo_bpm: float,
    grid: Grid | None,
    beats_per_bar: int | None,
) -> Pulse:
    """Keep the user's tempo; hear where its beats and bars fall."""
    period = 60.0 / tempo_bpm
    beats = EvenGrid(period, _phase(heard.full, onsets.rate_hz, period), 1.0).between(0.0, onsets.length_s)
    if len(beats) < _FEW:
        only = beats[(beats >= 0.0) & (beats < onsets.length_s)]
        return Pulse(tempo_bpm, only if len(only) else np.zeros(1), 0, 4, _STRAIGHT_STEPS, 0.0, "told", (_TOO_SHORT,))
    curve = steady_curve(heard, onsets.rate_hz, period)
    folded = fold(onsets, heard, roles, steps(beats, onsets.length_s, PER_PULSE))
    count = beats_per_bar if beats_per_bar is not None else None if grid is None else grid.beats_per_bar
    reading = likeliest(folded, PER_PULSE, count) or Reading(PER_PULSE, PER_PULSE, 4, ternary=False)
    weak = curve.clarity < _CLEAR_ENOUGH
    notes = ("the music does not show this tempo",) if weak else ()
    pulse = _Found(folded, reading, min(1.0, curve.clarity / _CLEAR), notes).pulse(onsets.length_s, "told")
    return replace(pulse, tempo_bpm=tempo_bpm)


def _on_grid(
    onsets: Onsets,
    heard: Accents,
    roles: Sequence[Role] | None,
    grid: Grid,
    beats_per_bar: int | None,
    confidence: float,
    notes: tuple[str, ...],
) -> Pulse:
    """Keep the project's beats; hear whether they are cut in two or in three, and where bars begin that it has not."""
    compound = grid.beats_per_bar == 6
    per_bar = 2 if compound else grid.beats_per_bar
    period = 60.0 / grid.tempo_bpm * (3 if compound else 1)
    first = int(np.ceil(-grid.origin_s / period - 1e-6))
    last = int((onsets.length_s - grid.origin_s) / period)
    beats: F64 = grid.origin_s + period * np.arange(first, last + 1, dtype=np.float64)
    beats = beats[(beats >= -1e-6) & (beats < onsets.length_s)]
    ternary, downbeat = compound, (-first) % per_bar
    if len(beats) < _FEW:
        beats, downbeat = (beats, downbeat) if len(beats) else (np.zeros(1), 0)
        notes = (*notes, _TOO_SHORT)
    elif not compound:
        times = steps(beats + LATE_S, onsets.length_s, PER_PULSE)
        other = None if beats_per_bar in (per_bar, _SIX_EIGHT) else beats_per_bar
        reading = likeliest(fold(onsets, heard, roles, times), PER_PULSE, other, offset=0)
        ternary = reading is not None and reading.ternary
        if other is not None and reading is not None:
            before = round(float(np.interp(beats[0] + LATE_S, times, np.arange(len(times))))) // PER_PULSE
            per_bar, downbeat = other, (reading.downbeat // PER_PULSE - before) % other
    return Pulse(
        60.0 / period, np.maximum(beats, 0.0), min(downbeat, len(beats) - 1), per_bar,
        _TERNARY_STEPS if ternary else _STRAIGHT_STEPS, confidence, "project", notes,
    )  # fmt: skip


def _agrees(pulse: Pulse, grid: Grid) -> bool:
    """Tell whether a pulse has the project's tempo, or one that goes into it, and lies on its beats or their parts."""
    ratio = grid.tempo_bpm / pulse.tempo_bpm
    near = min(_METRES, key=lambda metre: abs(np.log(ratio / metre)))
    if abs(ratio / near - 1) > _SAME_TEMPO:
        return False
    parts = 3 if pulse.steps_per_beat == _TERNARY_STEPS else 2
    return EvenGrid(60.0 / grid.tempo_bpm, grid.origin_s, 1.0).holds(pulse.beats_s, parts, _ON_GRID_S)


def _disagreement(pulse: Pulse, grid: Grid) -> str:
    if abs(pulse.tempo_bpm / grid.tempo_bpm - 1) < _SAME_TEMPO:
        return f"the music is not on the project's grid of {grid.tempo_bpm:g} BPM, it is followed as it was heard"
    return f"the project is at {grid.tempo_bpm:g} BPM, the music at {pulse.tempo_bpm:.1f} BPM: the music is followed"


def _phase(accent: F64, rate_hz: float, period_s: float) -> float:
    """Return where in a period most begins, in s."""
    times = np.arange(len(accent)) / rate_hz
    phases = np.arange(0.0, period_s, 0.01)
    grids = [np.arange(phase, times[-1] + 1e-9, period_s) for phase in phases]
    means = [float(np.interp(at, times, accent).mean()) if len(at) else 0.0 for at in grids]
    return float(phases[int(np.argmax(means))])


def _at_zero(beats_s: F64) -> float:
    """Return how far before the start a beat still counts as on it: the first note may have been cut close."""
    return 0.1 * float(np.median(np.diff(beats_s))) if len(beats_s) > 1 else 0.0


def _first_clause(error: NoPulse) -> str:
    return str(error).removesuffix(f": {_TELL}")
