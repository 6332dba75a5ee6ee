"""Fit what the music says of kick and snare: from songs with drummers to agent/rhythm/coupling.json.

    python benchmarks/coupling.py CORPUS --heard SONGS... --labels benchmarks/groove_labels.json \
        --out agent/rhythm/coupling.json --date YYYY-MM-DD

CORPUS: as benchmarks/grooves.py reads it. SONGS: folders of stems with their ``song.mid``, the training half only; they
are heard without their drums, and take the place of their MIDI files. Songs that the labels hold out are never read.
Every song counts alike, a heard one twice; all patterns together count as ``PATTERNS`` songs. The style that a song is
seen with is that of all songs of the other five sixths. Prints, for songs of the sixth that was left out, F of what
would be played, of the style's mean pattern as dense as that, and of its first bar.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from coupling_songs import Example, Found, heard_song, patterns_of, songs_of
from grooves import Song, listened, songs_in, style_of
from numpy.typing import NDArray
from rhythm import COMPARED

from agent.rhythm.chart import leaning, pace
from agent.rhythm.coupling import FIGURES, Coupling, CouplingFile, Says
from agent.rhythm.styles import EVERY, Profile, Source, StyleProfile

F64 = NDArray[np.float64]
BOOL = NDArray[np.bool_]
FOLDS, SHUFFLED = 6, 5
PATTERNS = 60.0
RIDGE, RIDGE_STYLE, RIDGE_CONSTANT = 0.1, 0.03, 1e-5  # of a song's weight; towards 1 for the style, else 0
RELUCTANCE = 0.4
TRIED = (0.0, 0.2, 0.4, 0.6)
LEAST, MOST = 0.02, 0.98


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of style and figures (1 + 8,) for kick and snare, and the usual shares of bass and others."""

    weights: tuple[F64, F64]
    usual: F64


def rows(one: Example, profile: Profile, voice: int) -> F64:
    """Return what a step is judged by, (played steps, 1 + 8): the style's log-odds, and the figures."""
    odds = np.clip(profile.probability[:, COMPARED[voice]], LEAST, MOST)
    odds = np.broadcast_to(np.log(odds / (1 - odds)), one.hit.shape[:2])
    columns = np.concatenate([odds[None], one.figures.reshape(-1, *one.hit.shape[:2])])
    return columns[:, one.played].reshape(len(columns), -1).T


def fitted(songs: Sequence[tuple[Example, Profile]], patterns: Sequence[tuple[Example, Profile]]) -> Fit:
    """Fit both voices; each song and pattern counts by its weight however long it is. Songs tell what is usual."""
    shares = np.stack([one.figures[:, FIGURES.index("share"), 0, 0] for one, _ in songs])
    usual = np.average(shares, axis=0, weights=[one.weight for one, _ in songs])
    found = []
    for voice in range(2):
        told = [(one, profile) for one, profile in (*songs, *patterns) if voice in one.voices]
        seen = [rows(one, profile, voice) for one, profile in told]
        hit = [one.hit[one.played, :, voice].reshape(-1) for one, _ in told]
        weight = [np.full(len(part), one.weight / len(part)) for (one, _), part in zip(told, hit, strict=True)]
        found.append(logistic(np.concatenate(seen), np.concatenate(hit), np.concatenate(weight)))
    return Fit((found[0], found[1]), usual)


def logistic(seen: F64, hit: BOOL, weight: F64, rounds: int = 12) -> F64:
    """Return the weights of a logistic regression with a ridge, its constant left out (Newton's method)."""
    seen = np.concatenate([seen, np.ones((len(seen), 1))], axis=1)
    towards = np.zeros(seen.shape[1])
    towards[0] = 1.0
    pull = np.full(seen.shape[1], RIDGE)
    pull[[0, -1]] = RIDGE_STYLE, RIDGE_CONSTANT
    found = towards.copy()
    for _ in range(rounds):
        chance = 1 / (1 + np.exp(-seen @ found))
        slope = seen.T @ (weight * (chance - hit)) + pull * (found - towards)
        curve = (seen * (weight * chance * (1 - chance))[:, None]).T @ seen + np.diag(pull)
        found = found - np.linalg.solve(curve, slope)
    return found[:-1]


def judged(one: Example, profile: Profile, fit: Fit, reluctance: float) -> tuple[float, ...]:
    """Return F of what would be played, of the mean pattern as dense, and of the first bar; hits a bar of both."""
    lean = leaning(profile.probability, pace(one.tempo_bpm))[:, list(COMPARED)] * 4
    told = one.figures.copy()
    told[:, FIGURES.index("share")] -= fit.usual[:, None, None]
    own = one.hit[one.played][:, :, list(one.voices)]
    played, usual = np.zeros_like(own), np.zeros_like(own)
    for k, voice in enumerate(one.voices):
        weights = fit.weights[voice]
        says = np.einsum("f,fbs->bs", weights[1:], told.reshape(-1, *one.hit.shape[:2]))[one.played]
        played[:, :, k] = weights[0] * lean[:, voice] + says > reluctance
        each = round(float(played[:, :, k].sum()) / len(own))
        usual[:, np.argsort(-profile.probability[:, COMPARED[voice]], kind="stable")[:each], k] = True
    first = np.broadcast_to(played[0], played.shape)

    def f(other: BOOL) -> float:
        return 2.0 * float((own & other).sum()) / max(1.0, float(own.sum() + one.missed + other.sum()))

    return f(played), f(usual), f(first), float(played.sum() / len(own)), float(own.sum() / len(own))


def shown(reluctance: float, found: F64, heard: BOOL) -> None:
    """Print means over songs, ± the standard error of differences."""
    for name, which in (("all", np.ones(len(found), np.bool_)), ("heard", heard)):
        part = found[which]
        ahead = part[:, [0]] - part[:, 1:3]
        error = ahead.std(0) / np.sqrt(len(part))
        cells = [f"{value:.3f}" for value in part[:, :3].mean(0)]
        cells += [f"{mean:+.3f} ± {spread:.3f}" for mean, spread in zip(ahead.mean(0), error, strict=True)]
        density = f"{part[:, 3].mean():.1f} ({part[:, 4].mean():.1f})"
        print(f"| {name}, reluctance {reluctance} | {len(part)} | {' | '.join(cells)} | {density} |")


def folds(counted: Sequence[Song], labels: Mapping[str, Any]) -> tuple[dict[str, int], list[StyleProfile]]:
    """Part the songs in six; return the part of each, and what the other five and all patterns make together."""
    names = sorted(song.name for song in counted if song.played_bars)
    order = np.random.default_rng(SHUFFLED).permutation(len(names))
    part = {names[k]: int(place % FOLDS) for place, k in enumerate(order)}
    found = []
    for out in range(FOLDS):
        every = style_of(EVERY, labels["every"], [song for song in counted if part.get(song.name) != out], 8)
        if every is None:
            raise SystemExit("too few songs")
        found.append(every)
    return {Path(name).name: k for name, k in part.items()}, found


def seen_with(one: Example, every: StyleProfile) -> tuple[Example, Profile]:
    return one, every.profile(one.beats_per_bar, one.steps_per_beat)


def filed(fit: Fit, songs: Sequence[Example], labels: Mapping[str, Any], date: str) -> CouplingFile:
    rounded = [[round(float(value), 3) for value in weights] for weights in fit.weights]
    parts = len(FIGURES)
    kick, snare = (
        Coupling(style=one[0], bass=Says(*one[1 : 1 + parts]), others=Says(*one[1 + parts :])) for one in rounded
    )
    return CouplingFile(
        made=date,
        command="python benchmarks/coupling.py CORPUS --heard SONGS... --labels benchmarks/groove_labels.json "
        "--out agent/rhythm/coupling.json",
        notes=("Only these figures ship, no song. Held-out songs are not among them.", *labels["notes"][1:]),
        sources={name: Source(**source) for name, source in labels["sources"].items()},
        songs=tuple(sorted(one.name for one in songs)),
        usual={"bass": round(float(fit.usual[0]), 3), "others": round(float(fit.usual[1]), 3)},
        reluctance=RELUCTANCE,
        voices={"kick": kick, "snare": snare},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--heard", type=Path, nargs="+", default=[], metavar="SONG")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--date", required=True, help="written into the file, YYYY-MM-DD")
    args = parser.parse_args()
    labels = json.loads(args.labels.read_text(encoding="utf-8"))
    held_out = set(labels["held_out"])
    if wrong := [folder.name for folder in args.heard if folder.name in held_out]:
        raise SystemExit(f"held out: {', '.join(wrong)}")
    found: Found = list(songs_in(args.corpus, sorted(held_out)))
    heard = {one.name: one for folder in args.heard if (one := heard_song(folder)) is not None}
    songs = [*heard.values(), *(one for one in songs_of(found) if Path(one.name).name not in heard)]
    patterns = list(patterns_of(found))
    share = PATTERNS / sum(one.weight for one in patterns)
    patterns = [replace(one, weight=one.weight * share) for one in patterns]
    part_of, styles = folds([listened(name, files) for name, files in found], labels)
    parts = [part_of[Path(one.name).name] for one in songs]
    seen = [
        (one, styles[k].profile(one.beats_per_bar, one.steps_per_beat)) for one, k in zip(songs, parts, strict=True)
    ]
    besides = [(one, styles[0].profile(one.beats_per_bar, one.steps_per_beat)) for one in patterns]
    print(f"{len(songs)} songs, {len(heard)} of them heard, {len(patterns)} patterns\n")
    print("| songs | | played | mean pattern | first bar | less mean | less first | hits a bar (drummers) |")
    print("|---|---|---|---|---|---|---|---|")
    fits = [
        fitted([one for one, k in zip(seen, parts, strict=True) if k != out], besides) for out in range(FOLDS)
    ]  # fmt: skip
    for reluctance in TRIED:
        rows = [judged(*one, fits[k], reluctance) for one, k in zip(seen, parts, strict=True)]
        shown(reluctance, np.array(rows), np.array([one.name in heard for one in songs]))
    text = json.dumps(filed(fitted(seen, besides), songs, labels, args.date).model_dump(mode="json"), indent=1)
    args.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
