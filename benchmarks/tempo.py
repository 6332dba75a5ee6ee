"""Tempo, beats and bars as they are heard, against the MIDI files that the songs were played from.

    python benchmarks/tempo.py --train SONG… --held-out SONG…

A SONG is a folder of stems with its ``song.mid``. The reference is the file's own tempo map: the tempo that holds
longest, its beats (the quarters it counts in; in 6/8 the dotted ones) and its bars; nothing in it is mended.
Accuracy 1: the tempo is within 4 % of it; accuracy 2: or of its double, half, triple or third (Gouyon et al. 2006).
F-measures of beats and downbeats are mir_eval's, ±70 ms, the first five seconds left out. Beside it librosa's beat
tracker on the mixdown, the plain sum of the stems. Twice: with all stems, and without the drums. Prints Markdown.

Some files do not keep to the beat that they notate: triplets were written as sixteenths of another tempo. A last line
leaves those out whose notes, in the file and not as heard, are told better by another beat (``keeps_its_beat``).
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import librosa
import mido
import mir_eval
import numpy as np
import soundfile
from numpy.typing import NDArray

from agent.hearing.onsets import Onsets, hear_onsets
from agent.hearing.pulse import NoPulse, Pulse, find_pulse
from agent.roles import Role, role_from_name

F64 = NDArray[np.float64]

TOLERANCE = 0.04
LEVELS = (1.0, 2.0, 0.5, 3.0, 1 / 3)
# Twelfths of a beat; what place in a beat of another length tells may be by chance so many times what its own tells.
TWELFTHS, OTHER_BEATS, MUCH_BETTER = 12, (8, 9, 16, 18), 1.5
PEER_RATE_HZ = 22050
HEADER = (
    "| song | reference BPM | heard | acc. 1 | acc. 2 | beats F | downbeats F | meter "
    "| librosa | acc. 1 | acc. 2 | beats F |"
)


@dataclass(frozen=True)
class SongGrid:
    """What a MIDI file says: the tempo that holds longest, beats and downbeats in s, beats of a bar (0: it changes)."""

    tempo_bpm: float
    beats_s: F64
    downbeats_s: F64
    beats_per_bar: int


@dataclass(frozen=True)
class Row:
    """What was heard of one song, by us and by the peer."""

    song: str
    truth: SongGrid
    pulse: Pulse | None
    peer_bpm: float
    peer_beats_s: F64
    keeps_its_beat: bool = True


def song_grid(path: Path) -> SongGrid:
    """Read the tempo map, beats and bars of a MIDI file."""
    song = mido.MidiFile(path, clip=True)
    tick, tempos, meters = 0, [(0, 500_000)], list[tuple[int, int, int]]()
    for message in mido.merge_tracks(song.tracks):
        tick += message.time
        if message.type == "set_tempo":
            tempos.append((tick, message.tempo))
        if message.type == "time_signature":
            meters.append((tick, message.numerator, message.denominator))
    meters = meters or [(0, 4, 4)]
    starts = np.array([at for at, _ in tempos], float)
    second = np.array([tempo for _, tempo in tempos]) / 1e6 / song.ticks_per_beat
    elapsed = np.concatenate([[0.0], np.cumsum(np.diff(starts) * second[:-1])])

    def seconds(ticks: F64) -> F64:
        span = np.searchsorted(starts, ticks, side="right") - 1
        return np.asarray(elapsed[span] + (ticks - starts[span]) * second[span])

    held = np.diff(seconds(np.append(starts, tick)))
    lasting = {tempo: sum(held[k] for k, (_, other) in enumerate(tempos) if other == tempo) for _, tempo in tempos}
    tempo_bpm = 60e6 / max(lasting, key=lambda tempo: lasting[tempo])
    compound = {one[1:] for one in meters} == {(6, 8)}
    beat = song.ticks_per_beat * (1.5 if compound else 1.0)
    ends = [*(at for at, _, _ in meters[1:]), tick]
    bars = [
        np.arange(at, end, top * 4 / bottom * song.ticks_per_beat)
        for (at, top, bottom), end in zip(meters, ends, strict=True)
    ]
    simple = {top for _, top, bottom in meters if bottom == 4}
    count = simple.pop() if len({one[1:] for one in meters}) == 1 and simple else 0
    return SongGrid(
        tempo_bpm / (1.5 if compound else 1.0), seconds(np.arange(0, tick + 1, beat)), seconds(np.concatenate(bars)),
        2 if compound else count,
    )  # fmt: skip


def keeps_its_beat(path: Path, beats_per_bar: int) -> bool:
    """Tell whether a file's notes keep to the beat it notates, and not to one of 2/3, 3/4, 4/3 or 3/2 its length."""
    song = mido.MidiFile(path, clip=True)
    beat_ticks = song.ticks_per_beat * (1.5 if beats_per_bar == 2 else 1.0)
    begin = np.array([
        round(tick / beat_ticks * TWELFTHS)
        for track in song.tracks
        for tick, message in zip(np.cumsum([message.time for message in track]), track, strict=True)
        if message.type == "note_on" and message.velocity > 0
    ])  # fmt: skip
    counts = np.minimum(np.bincount(begin - begin.min()), 4).astype(float)
    return max(told_by_place(counts, length) for length in OTHER_BEATS) < MUCH_BETTER * told_by_place(counts, TWELFTHS)


def told_by_place(counts: F64, length: int) -> float:
    """Return the share of the variance of how many notes begin that the place in a beat of so many steps explains."""
    whole = counts[: len(counts) // length * length]
    return float(whole.reshape(-1, length).mean(0).var() / max(float(whole.var()), 1e-9))


def stems_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.wav"))


def blocks(files: Sequence[Path]) -> Iterator[NDArray[np.float32]]:
    opened = [soundfile.SoundFile(file) for file in files]
    longest = max(len(file) for file in opened)
    size = opened[0].samplerate
    for start in range(0, longest, size):
        block = np.zeros((len(opened), min(size, longest - start), 2), np.float32)
        for track, file in enumerate(opened):
            part = file.read(block.shape[1], dtype="float32", always_2d=True)
            block[track, : len(part)] = part
        yield block


def hear_song(folder: Path) -> tuple[Onsets, list[str]]:
    """Hear a song's stems; their names without the number in front."""
    files = stems_of(folder)
    return hear_onsets(blocks(files), soundfile.info(files[0]).samplerate), [f.stem.split(" ", 1)[-1] for f in files]


def roles_of(names: Sequence[str]) -> list[Role]:
    return [role_from_name(name) or Role.OTHER for name in names]


def without_drums(onsets: Onsets, roles: Sequence[Role]) -> tuple[Onsets, list[Role]]:
    assert onsets.mid is not None
    assert onsets.chroma is not None
    kept = [k for k, role in enumerate(roles) if role is not Role.DRUMS]
    part = replace(
        onsets, strength=onsets.strength[kept], low=onsets.low[kept], level_db=onsets.level_db[kept],
        mid=onsets.mid[kept], chroma=onsets.chroma[kept],
    )  # fmt: skip
    return part, [roles[k] for k in kept]


def measured(folder: Path, *, drums: bool) -> Row:
    onsets, names = hear_song(folder)
    roles = roles_of(names)
    files = [file for file, role in zip(stems_of(folder), roles, strict=True) if drums or role is not Role.DRUMS]
    if not drums:
        onsets, roles = without_drums(onsets, roles)
    try:
        pulse = find_pulse(onsets, roles=roles)
    except NoPulse:
        pulse = None
    mixed = np.concatenate([block.sum(0).mean(1) for block in blocks(files)])
    mixed = librosa.resample(mixed, orig_sr=soundfile.info(files[0]).samplerate, target_sr=PEER_RATE_HZ)
    tempo, beats = librosa.beat.beat_track(y=mixed, sr=PEER_RATE_HZ, units="time")
    truth = song_grid(folder / "song.mid")
    own = keeps_its_beat(folder / "song.mid", truth.beats_per_bar)
    return Row(folder.name, truth, pulse, float(np.ravel(tempo)[0]), np.asarray(beats), own)


def accuracies(heard_bpm: float, truth_bpm: float) -> tuple[bool, bool]:
    hits = [abs(heard_bpm / (truth_bpm * level) - 1) <= TOLERANCE for level in LEVELS]
    return hits[0], any(hits)


def f_measure(true_s: F64, heard_s: F64) -> float:
    trimmed = mir_eval.beat.trim_beats(true_s), mir_eval.beat.trim_beats(heard_s)
    return float(mir_eval.beat.f_measure(*trimmed))


def figures(row: Row) -> list[float]:
    """Return accuracy 1 and 2, F of beats and downbeats, meter right, then accuracies and F of the peer."""
    truth, pulse = row.truth, row.pulse
    ours = [0.0] * 5
    if pulse is not None:
        downbeats = pulse.beats_s[pulse.downbeat :: pulse.beats_per_bar]
        ours = [
            *accuracies(pulse.tempo_bpm, truth.tempo_bpm), f_measure(truth.beats_s, pulse.beats_s),
            f_measure(truth.downbeats_s, downbeats), pulse.beats_per_bar == truth.beats_per_bar,
        ]  # fmt: skip
    return [*ours, *accuracies(row.peer_bpm, truth.tempo_bpm), f_measure(truth.beats_s, row.peer_beats_s)]


def line(row: Row) -> str:
    acc_1, acc_2, beats, downbeats, meter, peer_1, peer_2, peer_beats = figures(row)
    heard = "no pulse" if row.pulse is None else f"{row.pulse.tempo_bpm:.1f}"
    told = "yes" if meter else f"{row.pulse.beats_per_bar if row.pulse else '–'} for {row.truth.beats_per_bar}"
    marks = ["yes" if right else "no" for right in (acc_1, acc_2, peer_1, peer_2)]
    return (
        f"| {row.song} | {row.truth.tempo_bpm:.1f} | {heard} | {marks[0]} | {marks[1]} | {beats:.2f} | {downbeats:.2f} "
        f"| {told} | {row.peer_bpm:.1f} | {marks[2]} | {marks[3]} | {peer_beats:.2f} |"
    )


def total(name: str, rows: Sequence[Row]) -> str:
    mean = np.mean([figures(row) for row in rows], axis=0)
    cells = [f"{mean[0]:.1%}", f"{mean[1]:.1%}", f"{mean[2]:.2f}", f"{mean[3]:.2f}", f"{mean[4]:.0%}"]
    peer = [f"{mean[5]:.1%}", f"{mean[6]:.1%}", f"{mean[7]:.2f}"]
    return f"| **{name}** ({len(rows)}) | | | {' | '.join(cells)} | | {' | '.join(peer)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", nargs="*", type=Path, default=[])
    parser.add_argument("--held-out", nargs="*", type=Path, default=[])
    asked = parser.parse_args()
    splits = {name: songs for name, songs in (("train", asked.train), ("held out", asked.held_out)) if songs}
    for drums in (True, False):
        print(f"\n{'All stems' if drums else 'Without the drums'}:\n\n{HEADER}\n|{'---|' * HEADER.count(' | ')}---|")
        everything: list[Row] = []
        for name, songs in splits.items():
            rows = [measured(song, drums=drums) for song in songs]
            print("\n".join([*map(line, rows), total(name, rows)]), flush=True)
            everything += rows
        print(total("all", everything))
        other = [row.song for row in everything if not row.keeps_its_beat]
        print(total(f"all but {', '.join(other) or 'none'}", [row for row in everything if row.keeps_its_beat]))


if __name__ == "__main__":
    main()
