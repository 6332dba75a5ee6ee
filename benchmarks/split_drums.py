"""Songs whose drums are one stem, with a stem for each kind of drum in its place: what meters of single drums show.

    python benchmarks/split_drums.py MULTITRACKS... --out DIR

MULTITRACKS: as in benchmarks/meters.py; each song has the ``song.mid`` that its stems were rendered from. The notes of
channel 10 are parted by the kind of drum (General MIDI 1, percussion key map) and rendered apart, as the stems were:
FluidSynth, the FluidR3 soundfont, no reverb and no chorus. The other stems are linked to. A song that is there is left.
"""

import argparse
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import mido
import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from bridge.learning import session_folders

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
DRUM_CHANNEL, DRUMS = 9, "Drums"
KINDS: Mapping[str, frozenset[int]] = {
    "Kick": frozenset({35, 36}),
    "Snare": frozenset({37, 38, 40}),
    "Hat": frozenset({42, 44, 46}),
    "Toms": frozenset({41, 43, 45, 47, 48, 50}),
    "Cymbals": frozenset({49, 51, 52, 53, 55, 57, 59}),
}
REST = "Percussion"

Audio = NDArray[np.float32]


def kind_of(note: int) -> str:
    return next((kind for kind, notes in KINDS.items() if note in notes), REST)


def kinds(song: mido.MidiFile) -> list[str]:
    played = {kind_of(m.note) for t in song.tracks for m in t if m.type == "note_on" and m.channel == DRUM_CHANNEL}
    return [kind for kind in (*KINDS, REST) if kind in played]


def only(song: mido.MidiFile, kind: str) -> mido.MidiFile:
    """Return a song with the drums of one kind alone; programs, controllers and tempi stay."""
    out = mido.MidiFile(ticks_per_beat=song.ticks_per_beat, type=song.type)
    for track in song.tracks:
        kept, wait = mido.MidiTrack(), 0
        for message in track:
            wait += message.time
            if message.type == "sysex" or getattr(message, "channel", DRUM_CHANNEL) != DRUM_CHANNEL:
                continue
            if message.type in {"note_on", "note_off", "polytouch"} and kind_of(message.note) != kind:
                continue
            kept.append(message.copy(time=wait))
            wait = 0
        out.tracks.append(kept)
    return out


def rendered(song: mido.MidiFile, scratch: Path, rate_hz: int, frames: int) -> Audio:
    song.save(scratch / "one.mid")
    wav = scratch / "one.wav"
    plain = ["-ni", "-g", "0.4", "-R", "0", "-C", "0", "-r", str(rate_hz), "-O", "float", "-F", wav]
    subprocess.run(  # noqa: S603 - our own arguments
        ["fluidsynth", *plain, SOUNDFONT, scratch / "one.mid"],  # noqa: S607 - wherever it is installed
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    audio, _ = sf.read(wav, dtype="float32", always_2d=True)
    fitted = np.zeros((frames, 2), np.float32)
    fitted[: len(audio)] = audio[:frames]
    return fitted


def parts(folder: Path, drums: Path, scratch: Path) -> Iterator[tuple[str, Audio]]:
    song, info = mido.MidiFile(folder / "song.mid"), sf.info(drums)
    for kind in kinds(song):
        yield kind, rendered(only(song, kind), scratch, info.samplerate, info.frames)


def split(folder: Path, out: Path) -> str:
    """Make the split song and return a line on it: what its parts lack of the whole drums."""
    drums = next((stem for stem in folder.glob("*.wav") if stem.stem.endswith(DRUMS)), None)
    made = out / folder.name
    if drums is None or made.exists():
        return f"{folder.name}: left"
    scratch = out / f".{folder.name}.part"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    whole, rate_hz = sf.read(drums, dtype="float32", always_2d=True)
    left = whole.copy()
    names = []
    for kind, audio in parts(folder, drums, scratch):
        sf.write(scratch / f"{drums.stem.split()[0]} {kind}.wav", audio, rate_hz, "PCM_24")
        left -= audio
        names.append(kind)
    for other in folder.glob("*.wav"):
        if other != drums:
            (scratch / other.name).symlink_to(other.resolve())
    for name in ("one.mid", "one.wav"):
        (scratch / name).unlink()
    scratch.rename(made)
    short_db = 20 * np.log10((np.sqrt(np.mean(left**2)) + 1e-12) / np.sqrt(np.mean(whole**2)))
    return f"{folder.name}: {', '.join(names)}; the parts lack {short_db:.0f} dB of the whole"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for folder in session_folders(args.folders):
        print(split(folder, args.out), flush=True)


if __name__ == "__main__":
    main()
