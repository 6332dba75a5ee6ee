"""Written drums against what the song's own drummer played: kick and snare, on songs that nothing was learned from.

    python benchmarks/rhythm.py --held-out SONGS... [--grid project|heard] [--style NAME] [--seeds 5]

SONGS: folders of stems with the ``song.mid`` that they were rendered from, as benchmarks/groove_labels.json holds out.
The stems are heard without the drums, drums are written, and every kick and snare of the bars in which the song's
drummer plays is compared with his, ±30 ms. ``--grid project``: the tempo of the file is the DAW's; ``heard``: no one
tells one. Baselines have as many kicks and snares as what was written: at random places of the bar; on the most usual
places of the style; the first bar that was written, again and again. Beside them the drummer's own bar before, which no
one knows who has no drummer. Prints Markdown.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.hearing.onsets import hear_onsets
from agent.hearing.pulse import Grid, NoPulse, Pulse, find_pulse
from agent.rhythm import gm_drums, measures
from agent.rhythm.music import DRUM_ROLES, Music, music_of
from agent.rhythm.pattern import Voice
from agent.rhythm.playability import violations
from agent.rhythm.styles import best_style, style
from agent.rhythm.writing import RhythmWish, write_rhythm
from agent.roles import Role, role_from_name
from bridge.embedded import EmbeddedDaw

F64 = NDArray[np.float64]
BOOL = NDArray[np.bool_]
COMPARED = (Voice.KICK, Voice.SNARE)
BASELINES = ("random", "mean pattern", "first bar")
COLUMNS = ("written", *BASELINES, "drummer's bar before")
FEWEST = 8  # hits of a voice in a song, for the voice to be compared


@dataclass(frozen=True, slots=True)
class Part:
    """Kicks and snares at their times in s, each (hits,), in the order of ``COMPARED``."""

    times_s: tuple[F64, F64]


@dataclass(frozen=True, slots=True, eq=False)
class Drummer:
    """What the song's drummer plays, and in which bars: their edges in s, and the times of their steps."""

    part: Part
    bar_before: Part
    bars_s: tuple[tuple[float, float], ...]
    steps_s: tuple[F64, ...]
    left_out: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """F-measures of kick, snare and both, and the distance of the metrical profiles."""

    kick: float | None
    snare: float | None
    both: float
    distance: float


@dataclass(frozen=True, slots=True)
class SongResult:
    """One song: its scores by column and seed, and what was found on the way."""

    name: str
    style: str
    tempo_bpm: float
    told_bpm: float
    left_out: tuple[Voice, ...]
    scores: dict[str, tuple[Score, ...]]
    violations: int
    hits_per_bar: float
    note: str = ""


def drummer_of(song: gm_drums.GmSong) -> Drummer:
    """Take the bars in which the drummer hits anything of a kit, and his kicks and snares in them."""
    bars = [bar for bar in gm_drums.drum_bars(song) if bar.bar.whole]
    played = [k for k, bar in enumerate(bars) if bar.velocity.any()]
    steps_s = [seconds_of(song, bar.bar, bar.steps_per_beat) for bar in bars]
    edges = [(float(steps[0]), float(2 * steps[-1] - steps[-2])) for steps in steps_s]
    before = [bars[max(k - 1, 0)] for k in range(len(bars))]

    def part(source: Sequence[gm_drums.DrumBar]) -> Part:
        kick, snare = (
            np.concatenate(
                [
                    seconds_at(
                        song, bars[k].bar, np.flatnonzero(source[k].velocity[:, voice]), source[k].steps_per_beat
                    )
                    for k in played
                ]
                or [np.zeros(0)]
            )
            for voice in COMPARED
        )
        return Part((kick, snare))

    own = part(bars)
    return Drummer(
        own,
        part(before),
        tuple(edges[k] for k in played),
        tuple(steps_s[k] for k in played),
        tuple(voice for voice, times in zip(COMPARED, own.times_s, strict=True) if len(times) < FEWEST),
    )


def seconds_at(song: gm_drums.GmSong, bar: gm_drums.Bar, steps: NDArray[np.intp], steps_per_beat: int) -> F64:
    return song.seconds(bar.start + steps / steps_per_beat * bar.beat_quarters)


def seconds_of(song: gm_drums.GmSong, bar: gm_drums.Bar, steps_per_beat: int) -> F64:
    return seconds_at(song, bar, np.arange(bar.beats * steps_per_beat), steps_per_beat)


def inside(times_s: F64, bars_s: Sequence[tuple[float, float]]) -> F64:
    """Keep the times that fall in one of the bars, a window's width early included."""
    kept = np.zeros(len(times_s), np.bool_)
    for start_s, end_s in bars_s:
        kept |= (times_s >= start_s - measures.WINDOW_S) & (times_s < end_s - measures.WINDOW_S)
    return times_s[kept]


def scored(drummer: Drummer, part: Part) -> Score:
    heard = [inside(times, drummer.bars_s) for times in part.times_s]
    scores = [measures.onset_score(own, times) for own, times in zip(drummer.part.times_s, heard, strict=True)]
    compared = [k for k, voice in enumerate(COMPARED) if voice not in drummer.left_out]
    total = measures.OnsetScore(0, 0, 0)
    for k in compared:
        total += scores[k]
    f_of = [scores[k].f_measure if k in compared else None for k in range(2)]
    own, other = (profile(drummer, part, compared) for part in (drummer.part, Part((heard[0], heard[1]))))
    return Score(f_of[0], f_of[1], total.f_measure, measures.profile_distance(own, other))


def profile(drummer: Drummer, part: Part, compared: Sequence[int]) -> F64:
    """Return the metrical profile of a part on the drummer's own bars, of the longest bar's steps."""
    longest = max(len(steps) for steps in drummer.steps_s)
    hit = np.zeros((len(drummer.bars_s), longest, 2), np.uint8)
    for bar, steps in enumerate(drummer.steps_s):
        half = (steps[1] - steps[0]) / 2
        for k in compared:
            times = part.times_s[k]
            times = times[(times >= steps[0] - half) & (times < steps[-1] + half)]
            nearest = np.abs(times[:, None] - steps).argmin(1) if len(times) else np.zeros(0, np.intp)
            hit[bar, nearest, k] = 1
    return measures.metrical_profile(hit)


def part_of(hit: BOOL, step_s: F64) -> Part:
    """Return the part of a pattern (bars, steps, 2) on its grid."""
    return Part((step_s[hit[:, :, 0]], step_s[hit[:, :, 1]]))


def baselines(hit: BOOL, probability: F64, step_s: F64, rng: np.random.Generator) -> dict[str, Part]:
    """Make the three baselines for a written pattern (bars, steps, 2), as dense as it is."""
    random, usual = np.zeros_like(hit), np.zeros_like(hit)
    bars, steps, _ = hit.shape
    written = np.flatnonzero(hit.any((1, 2)))
    for k in range(2):
        for bar in range(bars):
            random[bar, rng.choice(steps, int(hit[bar, :, k].sum()), replace=False), k] = True
        each = round(float(hit[written, :, k].sum()) / max(len(written), 1))
        places = np.argsort(-probability[:, COMPARED[k]], kind="stable")[:each]
        usual[np.ix_(written, places, [k])] = True
    first = np.zeros_like(hit)
    if len(written):
        first[written] = hit[written[0]]
    return {
        name: part_of(one, step_s)
        for name, one in zip(BASELINES, (random, usual, first), strict=True)
    }  # fmt: skip


def heard_music(folder: Path, song: gm_drums.GmSong, grid: str) -> tuple[Music, Pulse]:
    """Hear the stems without their drums on the grid that the DAW tells, or that is heard."""
    daw = EmbeddedDaw.open_stems(folder)
    session = daw.read()
    roles = [role_from_name(track.name) or Role.OTHER for track in session.tracks]
    pitched = [k for k, role in enumerate(roles) if role not in DRUM_ROLES]
    onsets = hear_onsets((block[pitched] for block in daw.audio()), session.sample_rate_hz)
    roles = [roles[k] for k in pitched]
    bar = song.bars[0]
    told = Grid(song.main_tempo_bpm / bar.beat_quarters, 0.0, bar.beats) if grid == "project" else None
    pulse = find_pulse(onsets, roles=roles, grid=told)
    return music_of(onsets, pulse, roles), pulse


def compared(folder: Path, grid: str, wanted: str | None, seeds: int) -> SongResult | None:
    """Write drums for a song and compare them; none where its drummer plays neither kick nor snare."""
    song = gm_drums.read_song(folder / "song.mid", folder.name)
    drummer = drummer_of(song)
    told = song.main_tempo_bpm / song.bars[0].beat_quarters
    if len(drummer.left_out) == len(COMPARED):
        return None
    try:
        music, pulse = heard_music(folder, song, grid)
    except NoPulse as error:
        none = Part((np.zeros(0), np.zeros(0)))
        scores = {name: (scored(drummer, none),) * seeds for name in COLUMNS}
        return SongResult(folder.name, "", 0.0, told, drummer.left_out, scores, 0, 0.0, str(error))
    name = wanted or best_style(music)
    probability = style(name).profile(music.beats_per_bar, music.steps_per_beat).probability
    found: dict[str, list[Score]] = {column: [] for column in COLUMNS}
    broken, hits = 0, 0
    for seed in range(seeds):
        plan = write_rhythm(music, RhythmWish(style=name, seed=seed))
        times = [np.array([hit.time_s for hit in plan.hits if hit.voice == voice]) for voice in COMPARED]
        parts = {"written": Part((times[0], times[1]))}
        hit = plan.pattern.velocity[:, :, list(COMPARED)] > 0
        parts |= baselines(hit, probability, music.step_s, np.random.default_rng(seed))
        parts[COLUMNS[-1]] = drummer.bar_before
        for column, part in parts.items():
            found[column].append(scored(drummer, part))
        broken += len(violations(plan.hits))
        hits += len(plan.hits)
    scores = {column: tuple(ones) for column, ones in found.items()}
    per_bar = hits / seeds / music.bars
    return SongResult(folder.name, name, pulse.tempo_bpm, told, drummer.left_out, scores, broken, per_bar)


def mean(result: SongResult, column: str, of: Callable[[Score], float | None]) -> float | None:
    values = [value for score in result.scores[column] if (value := of(score)) is not None]
    return statistics.fmean(values) if values else None


def cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def song_rows(results: Sequence[SongResult]) -> None:
    print(f"\n| song | style | tempo (told) | hits a bar | {' | '.join(COLUMNS)} | kick, snare written |")
    print("|---|---|---|---|" + "---|" * (len(COLUMNS) + 1))
    for one in results:
        cells = " | ".join(cell(mean(one, column, lambda score: score.both)) for column in COLUMNS)
        kick, snare = (cell(mean(one, "written", of)) for of in (lambda s: s.kick, lambda s: s.snare))
        tempo = one.note or f"{one.tempo_bpm:.1f} ({one.told_bpm:.1f})"
        print(f"| {one.name} | {one.style} | {tempo} | {one.hits_per_bar:.1f} | {cells} | {kick}, {snare} |")


def summary(results: Sequence[SongResult]) -> None:
    kinds: dict[str, Callable[[Score], float | None]] = {
        "kick F": lambda score: score.kick,
        "snare F": lambda score: score.snare,
        "both F": lambda score: score.both,
        "profile distance": lambda score: score.distance,
    }
    print(f"\n| mean ± sd over songs | {' | '.join(COLUMNS)} |")
    print("|---|" + "---|" * len(COLUMNS))
    for kind, of in kinds.items():
        cells = []
        for column in COLUMNS:
            values = [value for one in results if (value := mean(one, column, of)) is not None]
            cells.append(f"{statistics.fmean(values):.3f} ± {statistics.stdev(values):.3f}")
        print(f"| {kind} | {' | '.join(cells)} |")
    both = kinds["both F"]
    print("\n| written less | mean of both F | 95 % interval over songs | songs ahead |")
    print("|---|---|---|---|")
    for column in BASELINES:
        ahead = np.array([(mean(one, "written", both) or 0.0) - (mean(one, column, both) or 0.0) for one in results])
        low, high = interval(ahead)
        print(f"| {column} | {ahead.mean():+.3f} | {low:+.3f} … {high:+.3f} | {(ahead > 0).sum()} of {len(ahead)} |")
    by_seed = [
        statistics.fmean(one.scores["written"][seed].both for one in results)
        for seed in range(len(results[0].scores["written"]))
    ]
    print(f"\nboth F by seed: {', '.join(f'{value:.3f}' for value in by_seed)}")
    print(f"violations: {sum(one.violations for one in results)}")


def interval(values: F64, rounds: int = 10_000) -> tuple[float, float]:
    """Return the middle 95 % of the means of songs drawn again (a bootstrap)."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (rounds, len(values)))].mean(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held-out", type=Path, nargs="+", required=True, metavar="SONG")
    parser.add_argument("--grid", choices=("project", "heard"), default="project")
    parser.add_argument("--style", help="one style for all songs; without it the one that fits each song best")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    one = partial(compared, grid=args.grid, wanted=args.style, seeds=args.seeds)
    with ProcessPoolExecutor(args.workers) as pool:
        found = list(pool.map(one, args.held_out))
    left_out = [folder.name for folder, result in zip(args.held_out, found, strict=True) if result is None]
    results = [result for result in found if result is not None]
    song_rows(results)
    whole = [result for result in results if not result.left_out]
    print(f"\n{len(whole)} songs with kick and snare:")
    summary(whole)
    for result in results:
        if result.left_out:
            print(f"\n{result.name}: without {', '.join(voice.name.lower() for voice in result.left_out)}, not counted")
    if left_out:
        print(f"\nneither kick nor snare in: {', '.join(left_out)}")


if __name__ == "__main__":
    main()
