"""A REAPER project read through ReaScript, in short stretches so that its user can go on working.

Runs in the process that holds reapy. A handle is used only within the stretch in which it was asked for: a stale one
would crash REAPER.
"""

import math
import time
from array import array
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bridge.reaper.reapy_items import item
from bridge.reaper.reapy_tracks import handle_of, is_whole, state_chunk, track, track_handles, with_send_guids
from bridge.reaper.reascript import TEXT_BYTES, Hold, Reascript, ReascriptError, address
from bridge.reaper.survey import MASTER, Survey, SurveyItem, SurveyTrack

HOLD_S = 0.25
AUDIO_HOLD_S = 5.0
_TRIES = 3
_DEFAULT_RATE_HZ = 44_100
_PLAYING = 1
_CHANNELS = 2
MASTER_DRY_RUN = 42440


class Gone(Exception):  # noqa: N818 - a state, named as the user sees it
    """A track that is asked for is no longer in the project."""


class Measured(NamedTuple):
    """What a dry-run render of the master measured; the true peak only where it was asked for in REAPER."""

    integrated_lufs: float
    true_peak_dbtp: float | None


KnownItems = dict[str, tuple[str, tuple[SurveyItem, ...]]]
"""By a track's GUID: the text of its items, and what was read of them, which takes two dozen calls an item."""


def survey(reascript: Reascript, hold: Hold, alive: Callable[[], None], known: KnownItems | None = None) -> Survey:
    """Return the whole project, all of one moment. ``alive`` is called after each stretch.

    Items that are still as ``known`` has them are not read again; what is read goes there. Raises ``ReascriptError``,
    also where the project changes again and again while it is read.
    """
    known = {} if known is None else known
    for _ in range(_TRIES):
        found = _survey(reascript, hold, alive, known)
        if found is not None:
            return found
    raise ReascriptError("the project changes while it is read: leave it alone for a moment")


def audio(
    reascript: Reascript, hold: Hold, alive: Callable[[], None], guid: str, start_s: float, samples: int, rate_hz: int
) -> "array[float]":
    """Return a track's audio before effects and fader as interleaved stereo float32; where there is none, silence.

    Raises ``Gone`` and ``ReascriptError``.
    """
    whole = array("f")
    most = int(AUDIO_HOLD_S * rate_hz)
    for done in range(0, samples, most):
        with hold():
            whole.extend(_audio(reascript, guid, start_s + done / rate_hz, min(most, samples - done), rate_hz))
        alive()
    return whole


def peaks(reascript: Reascript, hold: Hold) -> dict[str, tuple[float, float]]:
    """Return the peak meters of all tracks and the master, left and right in dBFS, by GUID."""
    with hold():
        project = current_project(reascript)
        handles = [(MASTER, str(reascript.call("GetMasterTrack", project))), *track_handles(reascript, project)]
        return {guid: (_peak(reascript, handle, 0), _peak(reascript, handle, 1)) for guid, handle in handles}


def dry_run(reascript: Reascript, hold: Hold) -> Measured | None:
    """Render the master without writing a file and return its loudness; None where REAPER tells none.

    The action given as the text of RENDER_STATS runs first, and no window of its results stays open.
    """
    with hold():
        args = (current_project(reascript), "RENDER_STATS", str(MASTER_DRY_RUN), False)
        text = str(reascript.out("GetSetProjectInfo_String", *args, at=2))
    return measured(text)


def measured(render_stats: str) -> Measured | None:
    """Read RENDER_STATS: ``FILE:…;PEAK:-1.2;LUFSI:-14.0;…``."""
    pairs = (part.partition(":") for part in render_stats.split(";"))
    values = {key.strip().upper(): _number(text) for key, _, text in pairs}
    integrated = values.get("LUFSI")
    if integrated is None:
        return None
    return Measured(integrated, values.get("TRUEPEAK", values.get("TPEAK")))


def current_project(reascript: Reascript) -> str:
    """Return the handle of the project in front. Raises ``ReascriptError`` where there is none."""
    project = str(reascript.call("EnumProjects", -1, "", TEXT_BYTES)[0])
    if not address(project):
        raise ReascriptError("no project is open in REAPER")
    return project


def undo_name(reascript: Reascript) -> str:
    """Return what REAPER would undo, empty for nothing: there its Python wrapper fails to decode a null pointer."""
    try:
        return str(reascript.call("Undo_CanUndo2", current_project(reascript)) or "")
    except ReascriptError as error:
        if "NoneType" in str(error):
            return ""
        raise


def _survey(reascript: Reascript, hold: Hold, alive: Callable[[], None], known: KnownItems) -> Survey | None:
    """Return the project, or None where it changed in the meantime."""
    with hold():
        project, before = current_project(reascript), _changes(reascript)
        count = int(reascript.call("CountTracks", project))
        master = track(reascript, str(reascript.call("GetMasterTrack", project)), "", master=True)
    alive()
    tracks: list[SurveyTrack] = []
    guids: dict[str, str] = {}
    reading = _tracks(reascript, project, count, known, guids)
    while len(tracks) < count:
        with hold():
            if (current_project(reascript), _changes(reascript)) != (project, before):
                return None
            until = time.monotonic() + HOLD_S
            while True:
                found = next(reading)
                if found is not None:
                    tracks.append(found)
                if len(tracks) == count or time.monotonic() >= until:
                    break
        alive()
    with hold():
        if (current_project(reascript), _changes(reascript)) != (project, before):
            return None
        return _head(reascript, project, master, tuple(with_send_guids(found, guids) for found in tracks))


def _tracks(
    reascript: Reascript, project: str, count: int, known: KnownItems, guids: dict[str, str]
) -> Iterator[SurveyTrack | None]:
    """Yield each track, and None between its items: after each the stretch may end, and no handle is good any more."""
    for place in range(count):
        handle = str(reascript.call("GetTrack", project, place))
        chunk = state_chunk(reascript, handle)
        bare = track(reascript, handle, chunk)
        guids[str(address(handle))] = bare.guid
        lines = chunk.partition("<ITEM")[2] if is_whole(chunk) else ""
        text, items = known.get(bare.guid, ("", ()))
        if not lines or text != lines:
            read: list[SurveyItem] = []
            for number in range(int(reascript.call("CountTrackMediaItems", handle))):
                yield None
                again = str(reascript.call("GetTrack", project, place))
                read.append(item(reascript, str(reascript.call("GetTrackMediaItem", again, number))))
            items = tuple(read)
            known[bare.guid] = (lines, items)
        yield bare.model_copy(update={"items": items})


def _head(reascript: Reascript, project: str, master: SurveyTrack, tracks: tuple[SurveyTrack, ...]) -> Survey:
    play_state = int(reascript.call("GetPlayStateEx", project))
    position = "GetPlayPositionEx" if play_state & _PLAYING else "GetCursorPositionEx"
    return Survey(
        name=str(reascript.out("GetProjectName", project, "", TEXT_BYTES, at=1)),
        path=str(reascript.out("EnumProjects", -1, "", TEXT_BYTES, at=1)),
        rate_hz=_rate_hz(reascript, project),
        length_s=float(reascript.call("GetProjectLength", project)),
        tempo_bpm=float(reascript.out("GetProjectTimeSignature2", project, 0.0, 0.0, at=1)),
        tempo_markers=reascript.count("CountTempoTimeSigMarkers", project),
        master=master,
        tracks=tracks,
        play_state=play_state,
        position_s=float(reascript.call(position, project)),
        change_count=_changes(reascript),
        undo_name=undo_name(reascript),
    )


def _changes(reascript: Reascript) -> int:
    return int(reascript.call("GetProjectStateChangeCount", current_project(reascript)))


def _rate_hz(reascript: Reascript, project: str) -> int:
    """Return the project's rate where it has one of its own, or else the audio device's."""

    def of_project(name: str) -> float:
        return float(reascript.call("GetSetProjectInfo", project, name, 0.0, False))

    own = int(of_project("PROJECT_SRATE"))
    if not of_project("PROJECT_SRATE_USE") and reascript.offers("GetAudioDeviceInfo"):
        device = _number(str(reascript.out("GetAudioDeviceInfo", "SRATE", "", TEXT_BYTES, at=1)))
        return int(device) if device else own or _DEFAULT_RATE_HZ
    return own or _DEFAULT_RATE_HZ


def _audio(reascript: Reascript, guid: str, start_s: float, samples: int, rate_hz: int) -> "array[float]":
    handle = handle_of(reascript, current_project(reascript), guid)
    if handle is None:
        raise Gone(guid)
    accessor = reascript.call("CreateTrackAudioAccessor", handle)
    try:
        silence = [0.0] * (samples * _CHANNELS)
        found, buffer = reascript.call(
            "GetAudioAccessorSamples", accessor, rate_hz, _CHANNELS, start_s, samples, silence
        )
    finally:
        reascript.call("DestroyAudioAccessor", accessor)
    if int(found) < 0:
        raise ReascriptError(f"REAPER gives no audio from {start_s:.1f} s")
    return array("f", buffer if int(found) else silence)


def _peak(reascript: Reascript, handle: str, channel: int) -> float:
    peak = float(reascript.call("Track_GetPeakInfo", handle, channel))
    return 20.0 * math.log10(peak) if peak > 0.0 else -math.inf


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
