"""Opens what the user names as a session: a folder of stems, or a REAPER project file."""

import os
from pathlib import Path, PureWindowsPath

from mock_daw.errors import ProjectError
from mock_daw.held_media import hold
from mock_daw.project import open_stems
from mock_daw.rpp import read_project
from mock_daw.rpp_items import source_kind
from mock_daw.rpp_reading import FindMedia, Media
from mock_daw.session import Item, Session, Source, Take, Track, guid
from mock_daw.stem import Stem

PROJECT_SUFFIXES = {".rpp", ".rpp-bak"}
OLD_ENCODING = "cp1252"  # what REAPER wrote on Western Windows before it wrote UTF-8
MOST_HELD = 256  # files; a system lets a process open about a thousand
NOT_IN_IT = b"\x81\x8d\x8f\x90\x9d"


def open_session(path: Path) -> Session:
    """Open a folder of stems, one track a file from the start, or an ``.RPP`` file. Raises ``ProjectError``."""
    if path.suffix.lower() in PROJECT_SUFFIXES and not path.is_dir():
        return _project(path)
    if path.is_file():
        what = "is neither a folder of stems nor a REAPER project"
        raise ProjectError(path, what, "name the folder that the stems are in, or an .RPP file")
    return _stems(path)


def _stems(folder: Path) -> Session:
    project = open_stems(folder)
    tracks = tuple(_track(stem, keeps_open=place < MOST_HELD) for place, stem in enumerate(project.tracks))
    return Session(project.name, project.sample_rate_hz, tracks, tempo_bpm=project.tempo_bpm, notes=project.notes)


def _track(stem: Stem, *, keeps_open: bool) -> Track:
    assert stem.path is not None
    length_s = stem.source_frames / stem.source_rate_hz
    path = stem.path.absolute()
    held = hold(path) if keeps_open else None
    source = Source(source_kind(path), path, length_s, stem.source_rate_hz, stem.source_channels, held=held)
    take = Take(guid("take", stem.name), path.name, source)
    item = Item(guid("item", stem.name), 0.0, length_s, take)
    return Track(guid("track", stem.name), stem.name, items=(item,))


def _project(path: Path) -> Session:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ProjectError(path, "does not exist", "check the path of the project") from error
    except OSError as error:
        raise ProjectError(path, f"can not be read ({error.strerror})", "check its permissions") from error
    path = path.absolute()
    text = "\n".join(_decoded(line) for line in raw.split(b"\n"))
    return read_project(text, path, media_finder(path.parent))


def _decoded(line: bytes) -> str:
    """Return a line as text; in the name of a file, bytes that are no text are kept, so that the file is found."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        if line.lstrip().startswith(b"FILE"):
            return os.fsdecode(line)
        return line.translate(None, NOT_IN_IT).decode(OLD_ENCODING)


def media_finder(folder: Path) -> FindMedia:
    """Return what finds the media of a project in this folder.

    A relative name is looked for in the folder; where a file is missing, one of the same name in the folder is taken,
    as REAPER does. Names may be those of Windows. The first files stay open for as long as the project is.
    """
    left = iter(range(MOST_HELD))

    def find(name: str) -> Media:
        named = folder / name
        windows = PureWindowsPath(name)
        below = folder / Path(*windows.parts) if "\\" in name and not windows.anchor else named
        path = next((place for place in (named, below, folder / windows.name) if _is_file(place)), None)
        if path is None:
            return Media(below, problem="is missing: copy it beside the project")
        try:
            stem = Stem.from_file(path)
        except ProjectError as error:
            return Media(path, problem=f"{error.what}: {error.remedy}")
        held = hold(path) if next(left, None) is not None else None
        length_s = stem.source_frames / stem.source_rate_hz
        return Media(path, length_s, stem.source_rate_hz, stem.source_channels, held=held)

    return find


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for this system
        return False
