"""Renders the project to files as REAPER's render settings say, and measures without writing (dry runs)."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from mock_daw.errors import EngineError
from mock_daw.live import Live
from mock_daw.player import render
from mock_daw.reaper.loudness import measure, stats_text
from mock_daw.render_settings import Bounds, RenderSettings
from mock_daw.session import Item, Session, Track

BLOCK_SAMPLES = 65_536
STEMS_AND_MASTER, STEMS = 1, 2
WILDCARD = re.compile(r"\$(\w+)")
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
# REAPER's sinks by their four letters; for WAVE the byte behind them is the depth: 8, 16, 24 bits, 32 and 64 float.
DEPTHS = MappingProxyType({8: "PCM_U8", 16: "PCM_16", 24: "PCM_24", 32: "FLOAT", 33: "PCM_32", 64: "DOUBLE"})
SINKS = MappingProxyType(
    {
        "evaw": ("WAV", ".wav"),
        "calf": ("FLAC", ".flac"),
        "ffia": ("AIFF", ".aif"),
        "vggo": ("OGG", ".ogg"),
        "l3pm": ("MP3", ".mp3"),
    }
)
COMPRESSED = MappingProxyType({"vggo": "VORBIS", "l3pm": "MPEG_LAYER_III"})
DEFAULT_DEPTH = 24
MOST_CHANNELS = 64
LOWEST_HZ, HIGHEST_HZ = 8_000, 768_000

Audio = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Target:
    """A file to write: the master mix (track 0) or a track alone, from when to when in seconds."""

    path: Path
    track: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a dry run measures: of the session and the selection the tracks (0 the master), and whether in bounds."""

    tracks: Callable[[Session], list[int]]
    in_time_selection: bool = False


def _selected_tracks(session: Session) -> list[int]:
    return [number for number, track in enumerate(session.tracks, 1) if track.selected]


def _with_selected_items(session: Session) -> list[int]:
    return [number for number, track in enumerate(session.tracks, 1) if any(item.selected for item in track.items)]


DRY_RUNS: Mapping[int, DryRun] = MappingProxyType(
    {
        42437: DryRun(_with_selected_items),
        42438: DryRun(_selected_tracks),
        42439: DryRun(_selected_tracks, in_time_selection=True),
        42440: DryRun(lambda _session: [0]),
        42441: DryRun(lambda _session: [0], in_time_selection=True),
    }
)


def render_to_file(live: Live, settings: RenderSettings) -> tuple[Path, ...]:
    """Write what the settings say, and keep the statistics in ``live.render_stats``; return the files.

    Raises ``EngineError`` for a format that the mock can not write, for nothing to render and for a file that can not
    be written.
    """
    session = live.session
    rate_hz = settings.rate_hz or session.rate_hz
    written = targets(session, settings, live.selected_regions)
    if not any(target.end_s > target.start_s for target in written):
        raise EngineError("there is nothing to render between the bounds")
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise EngineError(f"{rate_hz} Hz is no sample rate to render at")
    kind, subtype = _format(settings.sink)
    parts = []
    for target in written:
        heard = sound(session, target.track, target.start_s, target.end_s)
        audio = _channels(_at_rate(heard, session.rate_hz, rate_hz), settings)
        try:
            target.path.parent.mkdir(parents=True, exist_ok=True)
            # A new file takes the name: what plays from the old one goes on to.
            if target.path.is_file():
                target.path.unlink()
            soundfile.write(target.path, audio, rate_hz, subtype, format=kind)
        except (OSError, soundfile.SoundFileError) as error:
            raise EngineError(f"{target.path} can not be written: {error}") from error
        parts.append(stats_text(str(target.path), measure(audio, rate_hz)))
    live.render_stats = ";".join(parts)
    return tuple(target.path for target in written)


def loudness_stats(live: Live, action: int) -> str:
    """Measure what a dry-run action (42437 to 42441) says; keep and return the statistics.

    Selected items are measured as they sound on their track alone, each within its bounds.
    """
    session, run = live.session, DRY_RUNS[action]
    start_s, end_s = 0.0, session.length_s
    if run.in_time_selection and session.loop_end_s > session.loop_start_s:
        start_s, end_s = session.loop_start_s, session.loop_end_s
    parts = []
    for number in run.tracks(session):
        name = _safe(_track_name(session, number)) if number else _project_name(session)
        if action == 42437:
            chosen = [item for item in session.track(number).items if item.selected]
            for item in chosen:
                audio = sound(_with_items(session, number, item), number, item.position_s, item.end_s)
                parts.append(stats_text(item.take.name if item.take else "", measure(audio, session.rate_hz)))
        else:
            parts.append(stats_text(name, measure(sound(session, number, start_s, end_s), session.rate_hz)))
    live.render_stats = ";".join(parts)
    return live.render_stats


def bounds(session: Session, settings: RenderSettings) -> tuple[float, float]:
    """Return from when to when, in seconds, with the tail where the settings want one; not for regions."""
    items = [item for track in session.tracks for item in track.items if item.selected]
    stretches: dict[int, tuple[float, float, int]] = {
        Bounds.CUSTOM: (settings.start_s, settings.end_s, 1),
        Bounds.PROJECT: (0.0, session.length_s, 2),
        Bounds.TIME_SELECTION: (session.loop_start_s, session.loop_end_s, 4),
        Bounds.SELECTED_ITEMS: (
            min((item.position_s for item in items), default=0.0),
            max((item.end_s for item in items), default=0.0),
            16,
        ),
    }
    start_s, end_s, tail_bit = stretches.get(settings.bounds, (0.0, 0.0, 0))
    return start_s, end_s + _tail_s(settings, tail_bit) * (end_s > start_s)


def targets(
    session: Session, settings: RenderSettings, selected_regions: Collection[str] = frozenset()
) -> tuple[Target, ...]:
    """Return the files that a render writes (RENDER_TARGETS): one a track, and with bounds of regions one a region.

    Names that clash are numbered, the first of them too: "take-001", "take-002" (reaper-mcp's live tests, REAPER 7.82).
    """
    numbers = [0] if settings.source & 3 in (0, STEMS_AND_MASTER) else []
    if settings.source & 3:
        numbers = [*_selected_tracks(session), *numbers]
    found = [
        Target(_path(session, settings, number, name, several=len(numbers) > 1), number, start_s, end_s)
        for name, start_s, end_s in _stretches(session, settings, selected_regions)
        for number in numbers
    ]
    shares = Counter(target.path for target in found)
    used: Counter[Path] = Counter()
    for place, target in enumerate(found):
        if shares[target.path] > 1:
            used[target.path] += 1
            stem = f"{target.path.stem}-{used[target.path]:03d}"
            found[place] = replace(target, path=target.path.with_stem(stem))
    return tuple(found)


def _stretches(
    session: Session, settings: RenderSettings, selected: Collection[str]
) -> list[tuple[str | None, float, float]]:
    """Return the stretches to render, each with its region's name; all regions where none is selected (REAPER 7.82)."""
    if settings.bounds not in (Bounds.REGIONS, Bounds.SELECTED_REGIONS):
        return [(None, *bounds(session, settings))]
    regions = sorted((m for m in session.markers if m.end_s is not None), key=lambda marker: marker.position_s)
    if settings.bounds == Bounds.SELECTED_REGIONS:
        regions = [region for region in regions if region.guid in selected] or regions
    tail_s = _tail_s(settings, 8 if settings.bounds == Bounds.REGIONS else 32)
    return [
        (region.name or str(region.number), region.position_s, (region.end_s or 0.0) + tail_s) for region in regions
    ]


def _tail_s(settings: RenderSettings, bit: int) -> float:
    return settings.tail_ms / 1000.0 if settings.tail_flags & bit else 0.0


def sound(session: Session, number: int, start_s: float, end_s: float) -> Audio:
    """Return the master mix (0), or a track alone as it comes out of its fader, float32 (samples, 2)."""
    heard = alone(session, number) if number else session
    blocks = list(render(heard, start_s, end_s, BLOCK_SAMPLES))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def alone(session: Session, number: int) -> Session:
    """Return a session whose master is what leaves one track: its folder's tracks and what is sent to it play on."""
    parents = session.parents()
    inside = {number - 1}
    for place, parent in enumerate(parents):
        if parent in inside:
            inside.add(place)
    others = [
        replace(track, main_send=False, folder_depth=0)
        for place, track in enumerate(session.tracks)
        if place not in inside
    ]
    own = [track for place, track in enumerate(session.tracks) if place in inside]
    opened = sum(track.folder_depth for track in own)
    own[-1] = replace(own[-1], folder_depth=own[-1].folder_depth - opened)
    return replace(session, tracks=(*others, *own), master=Track(session.master.guid, "MASTER"))


def _with_items(session: Session, number: int, item: Item) -> Session:
    return session.with_track(number, replace(session.track(number), items=(item,)))


def _at_rate(audio: Audio, rate_hz: int, wanted_hz: int) -> Audio:
    if rate_hz == wanted_hz or not len(audio):
        return audio
    return np.asarray(soxr.resample(audio, rate_hz, wanted_hz, quality="VHQ"), np.float32)


def _channels(audio: Audio, settings: RenderSettings) -> Audio:
    """Return the channels wanted: one is the mean of both, those from the third on are silent."""
    if settings.channels <= 1:
        return np.asarray(audio.mean(axis=1, keepdims=True), np.float32)
    silent = np.zeros((len(audio), min(settings.channels, MOST_CHANNELS) - 2), np.float32)
    return np.concatenate([audio, silent], axis=1)


def _format(sink: str) -> tuple[str, str]:
    """Return soundfile's format and subtype of REAPER's sink: its four letters, or those and its settings in base64."""
    letters, depth = sink or "evaw", DEFAULT_DEPTH
    if len(letters) > 4:
        try:
            raw = base64.b64decode(sink, validate=True)
        except binascii.Error:
            raw = b""
        letters = raw[:4].decode("latin-1")
        depth = raw[4] if letters == "evaw" and len(raw) > 4 else DEFAULT_DEPTH
    if letters not in SINKS or depth not in DEPTHS:
        raise EngineError(
            f"the mock can not render the format “{sink}”: it writes WAVE, FLAC, AIFF, Ogg Vorbis and MP3"
        )
    return SINKS[letters][0], COMPRESSED.get(letters, DEPTHS[depth])


def _suffix(sink: str) -> str:
    for letters, (_, suffix) in SINKS.items():
        encoded = base64.b64encode(letters.encode()).decode()[:5]
        if sink.startswith((letters, encoded)):
            return suffix
    return ".wav"


def _path(session: Session, settings: RenderSettings, number: int, region: str | None, *, several: bool) -> Path:
    """Return where a file goes: RENDER_FILE is the folder, or with no pattern the whole path."""
    suffix = _suffix(settings.sink)
    folder = Path(settings.folder)
    if not settings.pattern and settings.folder:
        name, folder = folder.name, folder.parent
        if several and number:
            name = f"{name.removesuffix(suffix)}-{_safe(_track_name(session, number))}"
    else:
        name = settings.pattern or ("$project-$track" if several and number else "$project")
    filled = WILDCARD.sub(lambda found: _wildcard(session, number, region, found), name)
    base = Path() if session.path is None else session.path.parent if session.path.suffix else session.path
    return base / folder / (filled if filled.lower().endswith(suffix) else filled + suffix)


def _wildcard(session: Session, number: int, region: str | None, found: "re.Match[str]") -> str:
    """Fill in $project, $track, $tracknumber and $region; others stay as they are written."""
    known = {
        "project": _project_name(session),
        "track": _safe(_track_name(session, number)) if number else "master",
        "tracknumber": f"{number:02d}" if number else "master",
        **({} if region is None else {"region": _safe(region)}),
    }
    return known.get(found[1], found[0])


def _project_name(session: Session) -> str:
    return _safe(session.name or "untitled")


def _track_name(session: Session, number: int) -> str:
    return session.track(number).name or f"Track {number}"


def _safe(name: str) -> str:
    return UNSAFE.sub("_", name)
