"""Opens a folder of stems as a project: one track a file, aligned at their starts."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from mock_daw.errors import ProjectError, one_line
from mock_daw.stem import Stem

__all__ = ["Project", "ProjectError", "Stem", "open_file", "open_stems"]

SESSION_RATES_HZ = (32_000, 44_100, 48_000, 88_200, 96_000)
RATE_RANGE_HZ = (8_000, 192_000)
DEFAULT_RATE_HZ = 48_000
AUDIO_SUFFIXES = {
    *(".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".caf", ".au", ".snd"),
    *(".flac", ".ogg", ".oga", ".opus", ".mp3"),
}
# Audio that libsndfile does not decode: the user should hear of it in words that help.
FOREIGN_SUFFIXES = {".m4a", ".aac", ".mp4", ".wma", ".ape", ".wv", ".alac", ".ac3", ".dsf", ".dff", ".webm", ".mka"}


@dataclass(frozen=True, slots=True)
class Project:
    """Tracks that start together. ``notes`` say in a line each what was left out or renamed on opening."""

    name: str
    sample_rate_hz: int
    tracks: tuple[Stem, ...]
    tempo_bpm: float = 120.0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for stem in self.tracks:
            if stem.session_rate_hz != self.sample_rate_hz:
                what = f"plays at {stem.session_rate_hz} Hz in a project of {self.sample_rate_hz} Hz"
                raise ProjectError(stem.path or Path(stem.name), what, "use Stem.at_rate")

    def at_speed(self, speed: float) -> "Project":
        """Return the project as it plays at another speed: 2.0 is twice as fast, and half as long."""
        return replace(self, tracks=tuple(stem.at_speed(speed) for stem in self.tracks))

    @property
    def length_samples(self) -> int:
        """The length of the longest track in samples."""
        return max((stem.length_samples for stem in self.tracks), default=0)

    @property
    def length_s(self) -> float:
        """The length of the longest track in seconds."""
        return self.length_samples / self.sample_rate_hz


def open_stems(folder: Path, *, session_rate_hz: int | None = None) -> Project:
    """Open the audio files of a folder (not of its subfolders) as tracks, sorted by name.

    The session's rate is the most common one of the files where a DAW would run at it. Hidden files are passed over;
    all else that is no track is in the project's notes. Raises ``ProjectError``.
    """
    paths, notes = _sort_out(folder)
    if not paths:
        remedy = f"put WAV, FLAC, AIFF, OGG or MP3 files into it ({'; '.join(notes) or 'it is empty'})"
        raise ProjectError(folder, "has no audio in it", remedy)
    stems = [Stem.from_file(path) for path in paths]
    rate_hz = session_rate_hz or _session_rate([stem.source_rate_hz for stem in stems])
    low, high = RATE_RANGE_HZ
    if not low <= rate_hz <= high or rate_hz % 10:
        remedy = f"choose one of {low} to {high} Hz, and one of which 100 ms are whole samples"
        raise ProjectError(folder, f"can not be opened at {rate_hz} Hz", remedy)
    names, renamings = _distinct_names(paths)
    tracks = tuple(replace(s, name=name).at_rate(rate_hz) for s, name in zip(stems, names, strict=True))
    return Project(one_line(folder.resolve().name), rate_hz, tracks, notes=(*notes, *renamings))


def open_file(path: Path) -> Project:
    """Open one audio file as a project of one track, at the file's own rate where a DAW would run at it.

    Raises ``ProjectError``.
    """
    suffix = path.suffix.lower()
    if not path.exists():
        raise ProjectError(path, "does not exist", "check the path of the file")
    if not path.is_file():  # reading a pipe or a device would never end
        raise ProjectError(path, "is no regular file", "name an audio file")
    if suffix not in AUDIO_SUFFIXES:
        what = f"can not be decoded ({suffix})" if suffix in FOREIGN_SUFFIXES else "is not audio"
        raise ProjectError(path, what, "name a WAV, FLAC, AIFF, OGG or MP3 file")
    stem = Stem.from_file(path)
    rate_hz = _session_rate([stem.source_rate_hz])
    name = one_line(path.stem).strip() or "Track 1"
    return Project(name, rate_hz, (replace(stem, name=name).at_rate(rate_hz),))


def _sort_out(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the audio files by name and a note on everything else."""
    paths, notes = [], []
    for path in _entries(folder):
        suffix = path.suffix.lower()
        if path.is_dir():
            reason = "a folder: only the top folder is searched"
        elif suffix in FOREIGN_SUFFIXES:
            reason = f"{suffix} can not be decoded: export it as WAV or FLAC"
        elif suffix not in AUDIO_SUFFIXES:
            reason = "not audio"
        elif path.exists() and not path.is_file():
            reason = "not a regular file"  # reading a pipe or a device would never end
        else:
            paths.append(path)
            continue
        notes.append(f"left out: {one_line(path.name)} ({reason})")
    return paths, notes


def _entries(folder: Path) -> list[Path]:
    try:
        entries = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError as error:
        raise ProjectError(folder, "does not exist", "check the path of the stems folder") from error
    except NotADirectoryError as error:
        raise ProjectError(folder, "is a file", "name the folder that the stems are in") from error
    except OSError as error:
        raise ProjectError(folder, f"can not be read ({error.strerror})", "check its permissions") from error
    return sorted(entries, key=lambda path: (path.name.casefold(), path.name))


def _session_rate(source_rates_hz: list[int]) -> int:
    counts = Counter(source_rates_hz)
    common = max(counts, key=lambda rate: (counts[rate], rate))
    if common in SESSION_RATES_HZ:
        return common
    doubled = (rate for rate in (96_000, 88_200) if common > rate and common % rate == 0)
    return next(doubled, DEFAULT_RATE_HZ)


def _distinct_names(paths: list[Path]) -> tuple[list[str], list[str]]:
    """Return a track name a file, no two alike but for case, and a note on each that is not the file's own."""
    names: list[str] = []
    notes: list[str] = []
    for number, path in enumerate(paths, start=1):
        wanted = one_line(path.stem).strip() or f"Track {number}"
        taken = {name.casefold() for name in names}
        tries = (wanted, *(f"{wanted} ({n})" for n in range(2, len(paths) + 2)))
        name = next(name for name in tries if name.casefold() not in taken)
        names.append(name)
        if name != path.stem:
            notes.append(f"renamed: {one_line(path.name)} is track “{name}”")
    return names, notes
