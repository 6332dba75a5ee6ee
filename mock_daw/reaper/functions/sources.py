"""Media sources: the files behind takes."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import soundfile

from mock_daw.held_media import hold
from mock_daw.reaper.functions.host import Host, Place
from mock_daw.reaper.functions.items import with_item
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.functions.tracks import insert
from mock_daw.session import Item, Source, Take, guid


def _file_name(_host: Host, source: Source, _text: str, size: int) -> tuple[str]:
    return (cut("" if source.path is None else str(source.path), size),)


def _length(_host: Host, source: Source, _in_quarters: bool) -> tuple[float, bool]:
    """Return the length: in quarter notes of MIDI, which follows the tempo (the SDK's header), else in seconds."""
    if source.midi is None:
        return source.length_s, False
    return source.midi.end / source.midi.ticks_per_quarter, True


def _kind(_host: Host, source: Source, _text: str, size: int) -> tuple[str]:
    return (cut(source.kind, size),)


def _open(host: Host, path: str) -> str | None:
    """Open a file as a source of no take yet; none for what is no audio."""
    opened = read(Path(path))
    if opened is None:
        return None
    name = guid("script source", path, next(host.numbers))
    host.loose_sources[name] = opened
    return name


def read(path: Path) -> Source | None:
    """Return an audio file as a source; None where it can not be read."""
    try:
        info = soundfile.info(path)
    except (soundfile.SoundFileError, OSError):
        return None
    kind = {"WAV": "WAVE", "WAVEX": "WAVE", "RF64": "WAVE"}.get(info.format, info.format)
    return Source(kind, path, info.frames / info.samplerate, info.samplerate, info.channels, held=hold(path))


def _set(host: Host, place: Place, source: Source) -> bool:
    host.edit_take(place, lambda take: replace(take, source=source))
    return True


def _destroy(host: Host, source: Source) -> None:
    """Free a source that belongs to no take; one that does stays, where REAPER would crash."""
    for name, loose in tuple(host.loose_sources.items()):
        if loose is source:
            del host.loose_sources[name]


def _insert(host: Host, path: str, mode: int) -> int:
    """Insert a file at the edit cursor: mode 0 on the selected track (the last else), 1 on a new one (the SDK)."""
    source = read(Path(path))
    if source is None:
        return 0
    session = host.session
    if mode & 3 == 1 or not session.tracks:
        insert(host, len(session.tracks))
        number = len(host.session.tracks)
        host.edit_track(number, lambda track: replace(track, name=Path(path).stem))
    else:
        number = next((k for k, track in enumerate(session.tracks, 1) if track.selected), len(session.tracks))
    name = guid("inserted", path, host.live.changes)
    take = Take(guid("take of", name), Path(path).name, source)
    item = Item(name, host.live.edit_position_s, source.length_s, take, selected=True)
    host.edit_track(number, lambda track: with_item(track, item))
    host.live.seek(item.end_s)
    return 1


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "GetMediaSourceFileName": Function("v uSi", _file_name),
        "GetMediaSourceLength": Function("d uB", _length),
        "GetMediaSourceNumChannels": Function("i u", lambda _host, source: source.channels),
        "GetMediaSourceSampleRate": Function("i u", lambda _host, source: source.rate_hz),
        "GetMediaSourceType": Function("v uSi", _kind),
        "GetMediaSourceParent": Function("u u", lambda _host, _source: None),
        "PCM_Source_CreateFromFile": Function("u s", _open),
        "PCM_Source_Destroy": Function("v u", _destroy),
        "SetMediaItemTake_Source": Function("b ku", _set),
        "InsertMedia": Function("i si", _insert),
    }
)
