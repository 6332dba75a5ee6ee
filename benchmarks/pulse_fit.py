"""Fit the weights with which the hearing chooses among the readings of a pulse (agent/hearing/pulse_weights.json).

    python benchmarks/pulse_fit.py SONG… --more SONG… --out agent/hearing/pulse_weights.json

A SONG is a folder of stems with its ``song.mid``; the training songs come first, songs of other sources behind
``--more`` count half. Each is heard whole, without its drums, and in random parts. Schoolbook grooves (rock, waltz,
jig, swing) are played beside them, for songs in three and six are few, and those of ``pulse_grooves.py``, tresillos
and claves among them, at a tenth of a song's weight each. The weights maximise the likelihood of the
readings that are right, tempo, place of the beat and of the bar, less a ridge on the weights (McFadden 1974).
Prints how often songs left out of the fit, a tenth at a time, are read right.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pulse_grooves import played as played_grooves
from scipy.optimize import minimize
from scipy.special import logsumexp
from tempo import SongGrid, hear_song, roles_of, song_grid, without_drums

from agent.hearing.onsets import Onsets, hear_onsets
from agent.hearing.pulse_beats import steps, straighten, track_beats
from agent.hearing.pulse_levels import NAMES, PER_PULSE, Reading, fold, readings
from agent.hearing.pulse_tempo import accents, tempo_curve
from agent.roles import Role

F64 = NDArray[np.float64]

RIDGE = 0.3
PARTS, OTHER_PARTS, FOLDS = 2, 1, 10
GROOVE_WEIGHT, OTHER_WEIGHT, PATTERN_WEIGHT = 0.4, 0.5, 0.1
RATE_HZ = 22050
# Kick, snare and hat at each step of a bar; beats of a bar, steps of a beat.
GROOVES = (
    ("x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x.", 4, 4),
    ("x...x...x...x...", "....x.......x...", "..x...x...x...x.", 4, 4),
    ("x.....", "..x.x.", "x.x.x.", 3, 2),
    ("x.....", "..x..x", "xxxxxx", 3, 2),
    ("x.....", "...x..", "xxxxxx", 2, 3),
    ("x....x", "...x..", "x.xx.x", 2, 3),
    ("x.....x.....", "...x.....x..", "x..x.xx..x.x", 4, 3),
    ("x..x..x..x..", "...x.....x..", "x.xx.xx.xx.x", 4, 3),
)
GROOVE_TEMPOS_BPM = {2: (50, 65, 80, 95), 3: (80, 105, 135, 170), 4: (75, 100, 130, 165)}


@dataclass(frozen=True)
class Case:
    """The readings of one hearing of a song: their figures, and which are right."""

    song: str
    kind: str
    weight: float
    tempo_bpm: float
    heard_bpm: F64
    figures: F64
    right: NDArray[np.bool_]


def case(song: str, kind: str, weight: float, onsets: Onsets, roles: Sequence[Role], truth: SongGrid) -> Case | None:
    heard = accents(onsets, roles)
    curve = tempo_curve(heard, onsets.rate_hz)
    if curve is None:
        return None
    beats = straighten(track_beats(heard.full, onsets.rate_hz, curve.period_s))
    times = steps(beats, onsets.length_s, PER_PULSE)
    found, figures = readings(fold(onsets, heard, roles, times))
    pulse_s = float(np.median(np.diff(times)))
    bpm = np.array([60 / (pulse_s * one.period) for one in found])
    right = np.array([is_right(one, heard_bpm, times, truth) for one, heard_bpm in zip(found, bpm, strict=True)])
    return Case(song, kind, weight, truth.tempo_bpm, bpm, figures, right) if right.any() else None


def is_right(reading: Reading, bpm: float, times: F64, truth: SongGrid) -> bool:
    """Tell whether tempo and beats are the song's, and, of a song in two, three or four, the bars too."""
    if abs(bpm / truth.tempo_bpm - 1) > 0.04:
        return False
    if not near(times[reading.downbeat % reading.period :: reading.period], truth.beats_s):
        return False
    if truth.beats_per_bar not in (2, 3, 4):
        return True
    bar = reading.period * reading.beats_per_bar
    return reading.beats_per_bar == truth.beats_per_bar and near(times[reading.downbeat :: bar], truth.downbeats_s)


def near(heard_s: F64, true_s: F64) -> bool:
    """Tell whether most beats of the middle half of a song were heard within 60 ms."""
    end = min(heard_s[-1], true_s[-1])
    inside = true_s[(true_s > 0.25 * end) & (true_s < 0.75 * end)]
    return len(inside) > 0 and float(np.mean([np.abs(heard_s - at).min() < 0.06 for at in inside])) >= 0.6


def song_cases(folder: Path, weight: float, parts: int, rng: np.random.Generator) -> Iterator[Case | None]:
    onsets, names = hear_song(folder)
    roles, truth = roles_of(names), song_grid(folder / "song.mid")
    yield case(folder.name, "whole", weight, onsets, roles, truth)
    yield case(folder.name, "without drums", weight, *without_drums(onsets, roles), truth)
    for _ in range(parts):
        count = max(2, int(len(roles) * rng.uniform(0.4, 0.9)))
        kept = np.sort(rng.choice(len(roles), min(count, len(roles)), replace=False))
        yield case(folder.name, "part", weight, *chosen(onsets, roles, kept), truth)


def chosen(onsets: Onsets, roles: Sequence[Role], kept: NDArray[np.intp]) -> tuple[Onsets, list[Role]]:
    assert onsets.mid is not None
    assert onsets.chroma is not None
    part = replace(
        onsets, strength=onsets.strength[kept], low=onsets.low[kept], level_db=onsets.level_db[kept],
        mid=onsets.mid[kept], chroma=onsets.chroma[kept],
    )  # fmt: skip
    return part, [roles[k] for k in kept]


def groove_cases(rng: np.random.Generator) -> Iterator[Case | None]:
    for number, (kick, snare, hat, per_bar, per_beat) in enumerate(GROOVES):
        for bpm in GROOVE_TEMPOS_BPM[per_bar]:
            step_s, start_s, length_s = 60 / bpm / per_beat, float(rng.uniform(0.0, 2.0)), 40.0
            tracks = [played(line, step_s, start_s, length_s, rng) for line in (kick, snare, hat)]
            audio = np.stack([np.stack([mono, mono], 1) for mono in tracks]).astype(np.float32)
            beats = np.arange(start_s, length_s, 60 / bpm)
            truth = SongGrid(float(bpm), beats, beats[::per_bar], per_bar)
            onsets = hear_onsets([audio], RATE_HZ)
            yield case(f"groove {number}", "groove", GROOVE_WEIGHT, onsets, [Role.KICK, Role.SNARE, Role.HAT], truth)


def pattern_cases(rng: np.random.Generator) -> Iterator[Case | None]:
    for groove, onsets, roles, truth in played_grooves(rng):
        yield case(f"{groove.kind} {groove.name}", groove.kind, PATTERN_WEIGHT, onsets, roles, truth)


def played(line: str, step_s: float, start_s: float, length_s: float, rng: np.random.Generator) -> F64:
    """Play a line: a low tone where kicks are (the first of its bar is hit), noise elsewhere, each a little uneven."""
    audio, size = np.zeros(int(length_s * RATE_HZ)), int(0.15 * RATE_HZ)
    seconds = np.arange(size) / RATE_HZ
    low = line[0] == "x" and line.count("x") * 2 <= len(line)
    for step, at in enumerate(np.arange(start_s, length_s - 0.2, step_s)):
        if line[step % len(line)] == "x":
            first = int((at + rng.normal(0, 0.003)) * RATE_HZ)
            sound = np.sin(2 * np.pi * 60 * seconds) if low else rng.standard_normal(size)
            audio[max(0, first) : max(0, first) + size] += sound * np.exp(-seconds / 0.05) * 0.4 * rng.uniform(0.8, 1.2)
    return audio


def fitted(cases: Sequence[Case], scale: F64) -> F64:
    """Return the weights (names,) of greatest likelihood; hearings of a song share its weight."""
    share = {song: sum(one.song == song for one in cases) for song in {one.song for one in cases}}

    def loss(weights: F64) -> tuple[float, F64]:
        total, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for one in cases:
            figures = one.figures / scale
            score = figures @ weights
            every, good = logsumexp(score), logsumexp(score[one.right])
            wanted = np.where(one.right, np.exp(score - good), 0.0)
            part = one.weight / share[one.song]
            total += part * float(every - good)
            slope = slope + part * (figures.T @ (np.exp(score - every) - wanted))
        return total, slope

    return np.asarray(minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x) / scale


def cross_validate(cases: Sequence[Case], scale: F64, rng: np.random.Generator) -> None:
    songs = sorted({one.song for one in cases})
    outcome: dict[tuple[float, str], list[tuple[bool, bool]]] = {}
    for left_out in np.array_split(rng.permutation(songs), FOLDS):
        weights = fitted([one for one in cases if one.song not in left_out], scale)
        for one in cases:
            if one.song in left_out:
                best = int((one.figures @ weights).argmax())
                close = abs(one.heard_bpm[best] / one.tempo_bpm - 1) < 0.04
                outcome.setdefault((one.weight, one.kind), []).append((close, bool(one.right[best])))
    for (weight, kind), results in sorted(outcome.items(), reverse=True):
        close, right = np.mean(results, axis=0)
        print(f"weight {weight:g}, {kind}: {len(results)} hearings, tempo right {close:.1%}, beat and bar {right:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", nargs="+", type=Path)
    parser.add_argument("--more", nargs="*", type=Path, default=[])
    parser.add_argument("--source", default="the training songs, others at half their weight, and schoolbook grooves")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    found = [one for folder in asked.songs for one in song_cases(folder, 1.0, PARTS, rng)]
    found += [one for folder in asked.more for one in song_cases(folder, OTHER_WEIGHT, OTHER_PARTS, rng)]
    found += [*groove_cases(rng), *pattern_cases(rng)]
    cases = [one for one in found if one is not None]
    scale = np.concatenate([one.figures for one in cases]).std(0) + 1e-9
    cross_validate(cases, scale, rng)
    weights = dict(zip(NAMES, (round(float(x), 3) for x in fitted(cases, scale)), strict=True))
    asked.out.write_text(json.dumps({"source": asked.source, "weights": weights}, indent=1) + "\n")


if __name__ == "__main__":
    main()
