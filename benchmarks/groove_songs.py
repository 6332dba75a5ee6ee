"""Gather General MIDI files with drums from Debian's packages, one folder a source, for benchmarks/grooves.py.

    apt-get install --no-install-recommends openttd-openmsx freedoom mma planetblupi-music-midi
    python benchmarks/groove_songs.py OUT

``OUT/openmsx``, ``OUT/freedoom`` (the music in the WAD files), ``OUT/planetblupi``: songs as they are.
``OUT/mma/FILE``: each groove of Musical MIDI Accompaniment's library, played for four bars on one chord; introductions
and endings are left out, and so is the folder ``yamaha``, translated by a machine from style files that came with no
word on their licence.
"""

import argparse
import io
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mido

BARS = 4
LEFT_OUT = re.compile(r"(intro|end|ending|count)\w?\d*$", re.IGNORECASE)
FOLDERS = ("alexis", "casio", "kara", "pflib", "stdlib", "zoom")


def installed(package: str, ending: str) -> list[Path]:
    listed = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return [Path(line) for line in listed.stdout.splitlines() if line.endswith(ending)]


def lumps(wad: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the lumps of a WAD file, whose directory has 16 bytes a lump: offset, size, name (the Doom engine's)."""
    count, directory = struct.unpack_from("<ii", wad, 4)
    for k in range(count):
        start, size, name = struct.unpack_from("<ii8s", wad, directory + 16 * k)
        yield name.rstrip(b"\0").decode("ascii", "replace").lower(), wad[start : start + size]


def grooves(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield each groove a library file defines: its name, its beats, and whether a beat is written for an eighth."""
    beats, six_eight = 4, False
    for line in text.splitlines():
        words = line.split("//")[0].split()
        match [word.lower() for word in words[:1]]:
            case ["time"] if words[1:] and words[1][0].isdigit():
                beats, six_eight = int(words[1].split("/")[0]), False
            case ["timesig"]:
                six_eight = words[1:3] == ["6", "8"] and beats == 6
            case ["defgroove"] if words[1:]:
                yield words[1], beats, six_eight


def played(file: Path, groove: str) -> bytes | None:
    """Play a groove for ``BARS`` bars; none where MMA does not."""
    with tempfile.TemporaryDirectory() as folder:
        song, midi = Path(folder, "song.mma"), Path(folder, "song.mid")
        chords = "\n".join(f"{bar} C" for bar in range(1, BARS + 1))
        song.write_text(f"Tempo 120\nRndSeed 1\nGroove {file.parent.name}/{file.stem}:{groove}\n{chords}\n")
        subprocess.run(["mma", "-1", song, "-f", midi], capture_output=True, check=False)  # noqa: S603, S607
        return midi.read_bytes() if midi.exists() else None


def written(data: bytes, beats: int, *, six_eight: bool) -> bytes:
    """Say in the file which meter its bars have: MMA counts a beat as a quarter note, whatever it calls the meter."""
    midi = mido.MidiFile(file=io.BytesIO(data))
    for track in midi.tracks:
        for message in track:
            if message.type == "time_signature":
                message.numerator, message.denominator = beats, 8 if six_eight else 4
    if six_eight:
        midi.ticks_per_beat *= 2
    out = io.BytesIO()
    midi.save(file=out)
    return out.getvalue()


def unrounded(data: bytes) -> bytes:
    """Put back what the folder ``zoom`` writes with one decimal: .2 is a fourth (or a sixth where thirds are about)."""
    midi = mido.MidiFile(file=io.BytesIO(data))
    beat = midi.ticks_per_beat
    tenths = {
        round(10 * tick / beat) % 10
        for track in midi.tracks
        for tick, message in ticks(track)
        if message.type == "note_on" and message.velocity
    }
    exact = {2: 1 / 6, 3: 1 / 3, 7: 2 / 3, 8: 5 / 6} if tenths & {3, 7} else {2: 1 / 4, 8: 3 / 4}
    for track in midi.tracks:
        before = 0
        for tick, message in list(ticks(track)):
            whole, part = divmod(tick, beat)
            moved = whole * beat + round(exact.get(round(10 * part / beat), part / beat) * beat)
            message.time, before = max(moved - before, 0), max(moved, before)
    out = io.BytesIO()
    midi.save(file=out)
    return out.getvalue()


def ticks(track: mido.MidiTrack) -> Iterator[tuple[int, mido.Message]]:
    tick = 0
    for message in track:
        tick += message.time
        yield tick, message


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    for package, folder in (("openttd-openmsx", "openmsx"), ("planetblupi-music-midi", "planetblupi")):
        (out / folder).mkdir(parents=True, exist_ok=True)
        for midi in installed(package, ".mid"):
            (out / folder / midi.name).write_bytes(midi.read_bytes())
    (out / "freedoom").mkdir(exist_ok=True)
    for wad in installed("freedoom", ".wad"):
        for name, data in lumps(wad.read_bytes()):
            if data.startswith(b"MThd"):
                (out / "freedoom" / f"{name}.mid").write_bytes(data)
    for file in sorted(file for file in installed("mma", ".mma") if file.parent.name in FOLDERS):
        folder = out / "mma" / f"{file.parent.name}-{file.stem}"
        for name, beats, six_eight in grooves(file.read_text("utf-8", "replace")):
            data = None if LEFT_OUT.search(name) else played(file, name)
            if data:
                data = unrounded(data) if file.parent.name == "zoom" else data
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{name}.mid").write_bytes(written(data, beats, six_eight=six_eight))
    print(f"{sum(1 for _ in out.rglob('*.mid'))} files")


if __name__ == "__main__":
    main()
