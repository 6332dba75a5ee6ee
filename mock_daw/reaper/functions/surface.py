"""What control surfaces call on tracks: the same settings by another door, with relative changes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.signature import Function
from mock_daw.session import Track

TOGGLE = -1
SOLO_IN_PLACE = 2


def volume(host: Host, number: int, linear: float, is_relative: bool, *_rest: object) -> float:
    """Set the fader, or move it by so many dB (REAPER's relative change is in dB); return what it is then."""
    before = host.track(number).gain_linear
    after = before * 10.0 ** (linear / 20.0) if is_relative else max(linear, 0.0)
    host.edit_track(number, lambda track: replace(track, gain_linear=after))
    return after


def pan(host: Host, number: int, value: float, is_relative: bool, *_rest: object) -> float:
    """Set the pan, or move it; return what it is then."""
    after = min(max(value + (host.track(number).pan if is_relative else 0.0), -1.0), 1.0)
    host.edit_track(number, lambda track: replace(track, pan=after))
    return after


def _switch(field: str, on: int) -> Callable[..., int]:
    """Switch on (1), off (0), or over (below 0); return what it is then."""

    def switch(host: Host, number: int, value: int, *_rest: object) -> int:
        before = bool(getattr(host.track(number), field))
        after = not before if value < 0 else bool(value)
        changed: dict[str, int] = {field: type(getattr(Track(""), field))(on * after)}
        host.edit_track(number, lambda track: replace(track, **changed))  # type: ignore[arg-type]  # of that field
        return int(after)

    return switch


mute = _switch("muted", 1)
solo = _switch("solo", SOLO_IN_PLACE)
arm = _switch("armed", 1)


def _volume_and_pan(host: Host, number: int, _volume: float, _pan: float) -> tuple[bool, float, float]:
    track = host.track(number)
    return True, track.gain_linear, track.pan


def _is_muted(host: Host, number: int, _muted: bool) -> tuple[bool, bool]:
    return True, host.track(number).muted


def _pans(host: Host, number: int, _first: float, _second: float, _mode: int) -> tuple[bool, float, float, int]:
    track = host.track(number)
    return True, track.pan, track.width, track.pan_mode


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "CSurf_OnVolumeChange": Function("d tdb", volume),
        "CSurf_OnVolumeChangeEx": Function("d tdbb", volume),
        "SetTrackUIVolume": Function("d tdbbi", volume),
        "CSurf_OnPanChange": Function("d tdb", pan),
        "CSurf_OnPanChangeEx": Function("d tdbb", pan),
        "SetTrackUIPan": Function("d tdbbi", pan),
        "CSurf_OnMuteChange": Function("b ti", mute),
        "CSurf_OnMuteChangeEx": Function("b tib", mute),
        "SetTrackUIMute": Function("i tii", mute),
        "CSurf_OnSoloChange": Function("b ti", solo),
        "CSurf_OnSoloChangeEx": Function("b tib", solo),
        "SetTrackUISolo": Function("i tii", solo),
        "CSurf_OnRecArmChange": Function("b ti", arm),
        "CSurf_OnRecArmChangeEx": Function("b tib", arm),
        "GetTrackUIVolPan": Function("b tDD", _volume_and_pan),
        "GetTrackUIMute": Function("b tB", _is_muted),
        "GetTrackUIPan": Function("b tDDI", _pans),
        "CSurf_FlushUndo": Function("v b", lambda _host, _force: None),
        "TrackList_UpdateAllExternalSurfaces": Function("v ", lambda host: host.actions.run(41743) and None),
    }
)
