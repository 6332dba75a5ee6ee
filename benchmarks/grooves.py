"""Count what drummers of a style do: from General MIDI files to agent/rhythm/styles.json.

    python benchmarks/grooves.py CORPUS --labels benchmarks/groove_labels.json --out agent/rhythm/styles.json

CORPUS: files or folders as benchmarks/groove_songs.py gathers them. The labels say which of them are of which style and
how that is known, where they come from, and which songs are held out for benchmarks/rhythm.py and never read here. A
bar counts where a kit plays in it on a grid that it fits. Every song counts alike, and at most as much as
``MOST_BARS`` bars; of a folder of patterns (no file longer than ``PATTERN_BARS``) each different bar counts once.
"""

import argparse
import fnmatch
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.rhythm import gm_drums, measures
from agent.rhythm.pattern import VOICES, Voice
from agent.rhythm.styles import EVERY, ProfileRow, Source, StyleProfile, StylesFile, VoiceRow

F64 = NDArray[np.float64]
MOST_BARS = 24.0
PATTERN_BARS = 8
FEWEST_BARS = 6  # of a meter and grid, for a profile
FEWEST_SONGS, ENOUGH_BARS = 3, 100  # of a style: so many songs, or so many bars
MISFIT = 0.18  # mean distance from the grid in steps from which a file's beats are taken for none (0.25 is chance)
SMOOTHING = 8.0  # bars' worth of the plain share that a share given the bass is drawn towards
DISTORTED = (29, 30)  # General MIDI's overdriven and distortion guitar
TOMS = [Voice.LOW_TOM, Voice.MID_TOM, Voice.HIGH_TOM]


@dataclass(frozen=True, slots=True, eq=False)
class HeardBar:
    """One bar with what counts of it: hits, offsets, the steps where bass and others begin, and its weight."""

    song: str
    beats: int
    steps_per_beat: int
    velocity: NDArray[np.uint8]
    offset: F64
    bass: NDArray[np.bool_] | None
    others: NDArray[np.bool_] | None
    fill: bool
    after_fill: bool
    repeats: float | None  # what it has in common with the bar before it
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Song:
    """A song, or a folder of patterns: its bars, and its tempo where it is one that songs are played at."""

    name: str
    bars: tuple[HeardBar, ...]
    tempo_bpm: float | None
    distorted: float  # the share of notes that overdriven guitars play
    played_bars: int  # of a song, not of patterns
    fills: int  # how often one begins in them


def songs_in(roots: Sequence[Path], held_out: Sequence[str]) -> Iterator[tuple[str, list[gm_drums.GmSong]]]:
    """Yield files one by one, and folders of short patterns as one."""
    for root in roots:
        files = sorted(root.rglob("*.mid")) if root.is_dir() else [root]
        for folder in sorted({file.parent for file in files}):
            inside = [file for file in files if file.parent == folder and file.stem not in held_out]
            read = [
                (file.relative_to(root.parent if root.is_file() else root), gm_drums.read_song(file)) for file in inside
            ]
            if read and all(len(song.bars) <= PATTERN_BARS for _, song in read):
                yield str(read[0][0].parent), [song for _, song in read]
            else:
                yield from ((str(name.with_suffix("")), [song]) for name, song in read)


def listened(name: str, files: Sequence[gm_drums.GmSong]) -> Song:
    """Take the bars that count from a song, or from all files of a folder of patterns."""
    patterns = all(len(file.bars) <= PATTERN_BARS for file in files)
    found: list[HeardBar] = []
    played, begun = 0, 0
    seen: set[bytes] = set()
    for file in files:
        if gm_drums.misfit(file) > MISFIT:
            continue
        bars = gm_drums.drum_bars(file)
        named_fill = patterns and "fill" in file.name.lower()
        fills = [named_fill] * len(bars) if patterns else filled(bars)
        if not patterns:
            played += sum(bool(bar.velocity.any()) for bar in bars)
            begun += sum(now and not before for before, now in pairwise([False, *fills]))
        for k, one in enumerate(bars):
            key = one.velocity.astype(bool).tobytes() + bytes([one.steps_per_beat, one.bar.beats])
            if not one.bar.whole or (one.velocity > 0).sum() < 2 or (patterns and key in seen):
                continue
            seen.add(key)
            before = bars[k - 1] if k else None
            alike = before is not None and before.velocity.shape == one.velocity.shape and bool(before.velocity.any())
            common = measures.repetition(np.stack([before.velocity, one.velocity]))[0] if alike and before else None
            found.append(
                HeardBar(
                    name, one.bar.beats, one.steps_per_beat, one.velocity, one.offset,
                    gm_drums.grid_onsets(file.bass, one.bar, one.steps_per_beat) if len(file.bass.beat) else None,
                    gm_drums.grid_onsets(file.others, one.bar, one.steps_per_beat) if len(file.others.beat) else None,
                    bool(fills[k]), bool(k and fills[k - 1]), None if common is None else float(common), 1.0,
                )
            )  # fmt: skip
    weight = min(1.0, MOST_BARS / max(len(found), 1))
    bars_found = tuple(
        HeardBar(
            bar.song, bar.beats, bar.steps_per_beat, bar.velocity, bar.offset, bar.bass, bar.others, bar.fill,
            bar.after_fill, bar.repeats, weight,
        )
        for bar in found
    )  # fmt: skip
    notes = sum(sum(file.programs.values()) for file in files)
    distorted = sum(file.programs.get(program, 0) for file in files for program in DISTORTED)
    tempo_bpm = None if patterns or not found else files[0].main_tempo_bpm
    return Song(name, bars_found, tempo_bpm, distorted / max(notes, 1), played, begun)


def filled(bars: Sequence[gm_drums.DrumBar]) -> list[bool]:
    """Tell which bars are fills: more toms, or more snare in the bar's second half, than the song's bars have."""
    toms = np.array([(bar.velocity[:, TOMS] > 0).sum() for bar in bars])
    late = np.array([(bar.velocity[len(bar.velocity) // 2 :, Voice.SNARE] > 0).sum() for bar in bars])
    played = np.array([bar.velocity.any() for bar in bars])
    if not played.any():
        return [False] * len(bars)
    more = (toms >= np.median(toms[played]) + 3) | (late >= np.median(late[played]) + 3)
    # What most bars do is no fill.
    return more.tolist() if more[played].mean() < 0.3 else [False] * len(bars)


def profile_row(bars: Sequence[HeardBar], fill_every_bars: int) -> ProfileRow:
    """Count bars of one meter and grid."""
    plain = [bar for bar in bars if not bar.fill] or list(bars)
    fills = [bar for bar in bars if bar.fill]
    weight = np.array([bar.weight for bar in plain])
    velocity = np.stack([bar.velocity for bar in plain])
    hit = velocity > 0
    probability = np.average(hit, axis=0, weights=weight)
    with_bass, without_bass = given_bass(plain, probability)
    beats = plain[0].beats
    backbone = hit[:, :, [Voice.KICK, Voice.SNARE]].any(2)
    syncopation = np.concatenate([measures.syncopation(one[None], beats) for one in backbone])
    offset = np.stack([bar.offset for bar in plain])
    hit_weight = hit * weight[:, None, None]
    late, spread = mean_of(offset, hit_weight)
    hard, _ = mean_of(velocity.astype(float), hit_weight)
    fill_probability = (
        np.average(np.stack([bar.velocity > 0 for bar in fills]), axis=0, weights=[bar.weight for bar in fills])
        if fills
        else np.zeros_like(probability)
    )
    repeats = [(bar.repeats, bar.weight) for bar in plain if bar.repeats is not None]
    crashed = [(bar.velocity[0, Voice.CRASH] > 0, bar.weight) for bar in plain if bar.after_fill]
    return ProfileRow(
        beats_per_bar=beats,
        steps_per_beat=plain[0].steps_per_beat,  # type: ignore[arg-type]
        bars=len(bars),
        hits_per_bar=spread_of(hit.sum((1, 2)).astype(float), weight),
        syncopation=spread_of(syncopation, weight),
        fill_every_bars=fill_every_bars,
        crash_on_phrase=average(crashed),
        repetition=average(repeats),
        swing=swing(hit_weight, offset, plain[0].steps_per_beat, beats),
        bass=onset_share(plain, lambda bar: bar.bass),
        others=onset_share(plain, lambda bar: bar.others),
        voices={
            voice.name.lower(): VoiceRow(
                probability=rounded(probability[:, voice]),
                with_bass=rounded(with_bass[:, voice]),
                without_bass=rounded(without_bass[:, voice]),
                velocity=tuple(int(v) for v in np.rint(hard[:, voice])),
                offset=rounded(late[:, voice]),
                offset_spread=rounded(spread[:, voice]),
                fill_probability=rounded(fill_probability[:, voice]),
            )
            for voice in Voice
            if probability[:, voice].any() or fill_probability[:, voice].any()
        },
    )


def given_bass(bars: Sequence[HeardBar], probability: F64) -> tuple[F64, F64]:
    """Count each step's hits in bars where a bass note begins there, and where none does, drawn to the plain share."""
    sums = np.zeros((2, 2, *probability.shape))
    for bar in bars:
        if bar.bass is not None:
            for k, where in enumerate((bar.bass, ~bar.bass)):
                sums[k, 0] += bar.weight * ((bar.velocity > 0) & where[:, None])
                sums[k, 1] += bar.weight * where[:, None]
    with_bass, without_bass = (sums[:, 0] + SMOOTHING * probability) / (sums[:, 1] + SMOOTHING)
    return with_bass, without_bass


def mean_of(values: F64, weight: F64) -> tuple[F64, F64]:
    total = np.maximum(weight.sum(0), 1e-9)
    mean = (values * weight).sum(0) / total
    return mean, np.sqrt(np.maximum((np.square(values - mean) * weight).sum(0) / total, 0.0))


def spread_of(values: F64, weight: F64) -> tuple[float, float]:
    mean = float(np.average(values, weights=weight))
    return round(mean, 3), round(float(np.sqrt(np.average(np.square(values - mean), weights=weight))), 3)


def average(pairs: Sequence[tuple[float, float]]) -> float:
    total = sum(weight for _, weight in pairs)
    return round(float(sum(value * weight for value, weight in pairs) / total), 3) if total else 0.0


def swing(hit_weight: F64, offset: F64, steps_per_beat: int, beats: int) -> float:
    """Return where off-beat eighths lie: 0 half-way through the beat, 1 at two thirds."""
    share = hit_weight.reshape(-1, beats, steps_per_beat, VOICES)
    place = (np.arange(steps_per_beat)[:, None] + offset.reshape(share.shape)) / steps_per_beat
    offbeat = share * ((place > 0.45) & (place < 0.72))
    if not offbeat.sum():
        return 0.0
    return round(float(np.clip((np.average(place, weights=offbeat) - 0.5) * 6, 0, 1)), 3)


def onset_share(
    bars: Sequence[HeardBar], which: Callable[[HeardBar], NDArray[np.bool_] | None]
) -> tuple[float, ...] | None:
    known = [(begins, bar.weight) for bar in bars if (begins := which(bar)) is not None and begins.any()]
    if not known:
        return None
    return rounded(np.average(np.stack([b for b, _ in known]), axis=0, weights=[w for _, w in known]))


def rounded(values: F64) -> tuple[float, ...]:
    return tuple(float(v) + 0.0 for v in np.round(values, 3))


def style_of(name: str, label: str, songs: Sequence[Song], apart_by_default: int) -> StyleProfile | None:
    """Count a style; none where its songs are too few."""
    bars = [bar for song in songs for bar in song.bars]
    known = [song for song in songs if song.bars]
    if len(known) < FEWEST_SONGS and len(bars) < ENOUGH_BARS:
        return None
    fills = sum(song.fills for song in songs)
    every = phrase(sum(song.played_bars for song in songs) / fills) if fills >= FEWEST_BARS else apart_by_default
    kinds = sorted({(bar.beats, bar.steps_per_beat) for bar in bars})
    grouped = [[bar for bar in bars if (bar.beats, bar.steps_per_beat) == kind] for kind in kinds]
    rows = [profile_row(group, every) for group in grouped if len(group) >= FEWEST_BARS]
    tempi = [song.tempo_bpm for song in known if song.tempo_bpm is not None]
    low_high = tuple(np.round(np.percentile(tempi, [10, 90]), 1).tolist()) if len(tempi) >= FEWEST_SONGS else None
    return StyleProfile(
        name=name,
        label=label,
        songs=tuple(song.name for song in known),
        bars=len(bars),
        tempo_range_bpm=low_high,
        rows=tuple(rows),
    ) if rows else None  # fmt: skip


def phrase(bars: float) -> int:
    """Return the length of a phrase nearest to so many bars: 2, 4, 8, 16."""
    return min((2, 4, 8, 16), key=lambda length: abs(np.log2(length / bars)))


def on_all_beats(song: Song) -> float:
    """Return the share of a song's bars that have the kick on every beat ("four on the floor")."""
    return float(np.mean([(bar.velocity[:: bar.steps_per_beat, Voice.KICK] > 0).all() for bar in song.bars] or [0.0]))


def chosen(songs: Sequence[Song], rule: Mapping[str, object]) -> list[Song]:
    """Pick a style's songs by name, by how much of them overdriven guitars play, by kicks on every beat."""

    def named(song: Song, patterns: object) -> bool:
        return isinstance(patterns, list) and any(fnmatch.fnmatch(song.name, pattern) for pattern in patterns)

    least, floor = (
        float(str(rule.get(name, otherwise))) for name, otherwise in (("distorted_share", 2), ("on_all_beats", 0))
    )
    return [
        song
        for song in songs
        if (named(song, rule.get("songs")) and not named(song, rule.get("but_not")) and on_all_beats(song) >= floor)
        or (named(song, rule.get("distorted_among")) and song.distorted >= least)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--date", required=True, help="written into the file, YYYY-MM-DD")
    parser.add_argument("--leave-out", nargs="*", default=(), metavar="SONG", help="more songs that are not read")
    args = parser.parse_args()
    labels = json.loads(args.labels.read_text(encoding="utf-8"))
    held_out = {*labels["held_out"], *args.leave_out}
    songs = [listened(name, files) for name, files in songs_in(args.corpus, sorted(held_out))]
    every = style_of(EVERY, labels["every"], songs, 8)
    if every is None:
        raise SystemExit("too few songs")
    rules = sorted(labels["styles"].items())
    found = {
        name: style_of(name, rule["how"], chosen(songs, rule), every.rows[0].fill_every_bars) for name, rule in rules
    }
    for name in [name for name, one in found.items() if one is None]:
        print(f"{name}: too few songs, left out")
    kept = (every, *(one for one in found.values() if one is not None))
    for one in kept:
        grids = ", ".join(f"{row.beats_per_bar} beats of {row.steps_per_beat}: {row.bars}" for row in one.rows)
        print(f"| {one.name} | {len(one.songs)} | {one.bars} | {one.tempo_range_bpm} | {grids} |")
    made = StylesFile(
        made=args.date,
        command="python benchmarks/groove_songs.py CORPUS && python benchmarks/grooves.py CORPUS "
        "--labels benchmarks/groove_labels.json --out agent/rhythm/styles.json",
        notes=tuple(labels["notes"]),
        sources={name: Source(**source) for name, source in labels["sources"].items()},
        styles=kept,
    )
    args.out.write_text(json.dumps(made.model_dump(mode="json"), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
