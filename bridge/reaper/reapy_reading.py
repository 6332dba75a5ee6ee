"""A REAPER project read through ReaScript, in short pieces so that its user can go on working.

Runs in the process that holds reapy. What was weighed for a project of a thousand items:

- One request a value, REAPER held meanwhile (``reapy.inside_reaper``): 26 requests an item of 0.45 ms each, in which
  REAPER shows nothing. A client killed within takes reapy's server with it.
- The text of project files (``GetTrackStateChunk``): one call a track, but its format is not documented, and how long a
  source is and where a relative path leads is not in it.
- The documented functions, called by code of ours within REAPER (``bridge.reaper.reapy_inside``): a call costs what it
  costs REAPER, and a request ends after ``READ_S``. This is what is done, and REAPER is not held at all.
"""

import math
from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

from bridge.reaper import reapy_inside
from bridge.reaper.reapy_items import item
from bridge.reaper.reapy_tracks import handle_of, master, track, track_handles
from bridge.reaper.reascript import TEXT_BYTES, Hold, Reascript, ReascriptError, address
from bridge.reaper.survey import EQ_ALIAS, MASTER, Survey, SurveyItem

READ_S = 0.02
"""How long a request may read, of which REAPER's main loop has thirty turns a second."""
AUDIO_HOLD_S = 5.0
_TRIES = 3
_DEFAULT_RATE_HZ = 44_100
_CHANNELS = 2
MASTER_DRY_RUN = 42440


class Gone(Exception):  # noqa: N818 - a state, named as the user sees it
    """A track that is asked for is no longer in the project."""


class Measured(NamedTuple):
    """What a dry-run render of the master measured; the true peak only where it was asked for in REAPER."""

    integrated_lufs: float
    true_peak_dbtp: float | None


KnownItems = dict[str, tuple[str, tuple[SurveyItem, ...]]]
"""By a track's GUID: a digest of its items' text, and what was read of them."""


def survey(
    reascript: Reascript, alive: Callable[[], None], known: KnownItems | None = None, *, items: bool = True
) -> Survey:
    """Return the whole project, all of one moment. ``alive`` is called after each request.

    Items that are still as ``known`` has them are not read again; what is read goes there. Without ``items`` no item is
    read and no lock is looked for, which takes a fraction of the time. Raises ``ReascriptError``, also where the
    project changes again and again while it is read.
    """
    known = {} if known is None else known
    for _ in range(_TRIES):
        rows = _rows(reascript, alive, {guid: digest for guid, (digest, _) in known.items()} if items else None)
        if rows is not None:
            return _survey(rows, known)
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


class _Rows(NamedTuple):
    """What came of a project: the master, the tracks with their items, the project itself."""

    master: dict[str, Any]
    tracks: list[tuple[dict[str, Any], list[dict[str, Any]]]]
    project: dict[str, Any]
    changes: int


def _rows(reascript: Reascript, alive: Callable[[], None], known: dict[str, str] | None) -> _Rows | None:
    """Return what there is, read bit by bit; None where the project changed in the meantime."""
    begin: list[int] | None = list(reapy_inside.BEGIN)
    wanted: dict[str, Any] = {"moment": None, "known": known, "eq": EQ_ALIAS}
    singles: dict[str, dict[str, Any]] = {}
    tracks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    while begin is not None:
        answer = reascript.run(reapy_inside, "read", begin, READ_S, wanted)
        alive()
        if "failed" in answer:
            # A REAPER that is ending fails at anything: then this finds the connection lost, which says more.
            current_project(reascript)
            raise ReascriptError(answer["failed"])
        if "moved" in answer:
            return None
        wanted["moment"], begin = answer["moment"], answer["rows"][-1][2]
        for kind, values, _ in answer["rows"]:
            if kind == "track":
                tracks.append((values, []))
            elif kind == "item":
                tracks[-1][1].append(values)
            else:
                singles[kind] = values
    return _Rows(singles["master"], tracks, singles["project"], wanted["moment"][1])


def _survey(rows: _Rows, known: KnownItems) -> Survey:
    guids = {told["address"]: told["guid"] for told, _ in rows.tracks}
    tracks = []
    for told, read in rows.tracks:
        digest, items = known.get(told["guid"], ("", ()))
        if not told["digest"] or told["digest"] != digest:
            items = tuple(map(item, read))
        if told["digest"]:
            known[told["guid"]] = (told["digest"], items)
        tracks.append(track(told, guids, items))
    fields = dict(rows.project)
    rate_hz = _rate_hz(fields.pop("own_rate_hz"), fields.pop("device_rate"), own_used=fields.pop("own_rate_used"))
    whole = {"rate_hz": rate_hz, "master": master(rows.master), "tracks": tuple(tracks), "change_count": rows.changes}
    return Survey.model_validate({**fields, **whole})


def _rate_hz(own: float, device: str, *, own_used: bool) -> int:
    """Return the project's rate where it has one of its own, or else the audio device's."""
    return int((None if own_used else _number(device)) or own) or _DEFAULT_RATE_HZ


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
