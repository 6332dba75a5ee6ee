"""Play, stop, pause, the play position and the edit cursor."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.reaper.functions.signature import Function


def go(host: Host, _project: str, position_s: float, _move_view: bool, seek_play: bool) -> None:
    """Set the edit cursor, before the start to the start; what plays goes on from there if ``seek_play``."""
    host.live.seek(max(position_s, 0.0), moves_play=seek_play)


def _move(host: Host, by_s: float, _select: bool) -> None:
    go(host, PROJECT, host.live.edit_position_s + by_s, False, True)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        **{name: Function("v ", lambda host: host.live.play()) for name in ("OnPlayButton", "CSurf_OnPlay")},
        **{name: Function("v ", lambda host: host.live.stop()) for name in ("OnStopButton", "CSurf_OnStop")},
        **{name: Function("v ", lambda host: host.live.pause()) for name in ("OnPauseButton", "CSurf_OnPause")},
        "CSurf_OnRecord": Function("v ", lambda host: host.live.record()),
        "OnPlayButtonEx": Function("v p", lambda host, _project: host.live.play()),
        "OnStopButtonEx": Function("v p", lambda host, _project: host.live.stop()),
        "OnPauseButtonEx": Function("v p", lambda host, _project: host.live.pause()),
        "GetPlayState": Function("i ", lambda host: int(host.live.state)),
        "GetPlayStateEx": Function("i p", lambda host, _project: int(host.live.state)),
        "GetPlayPosition": Function("d ", lambda host: host.live.position_s),
        "GetPlayPosition2": Function("d ", lambda host: host.live.position_s),
        "GetPlayPositionEx": Function("d p", lambda host, _project: host.live.position_s),
        "GetPlayPosition2Ex": Function("d p", lambda host, _project: host.live.position_s),
        "GetCursorPosition": Function("d ", lambda host: host.live.edit_position_s),
        "GetCursorPositionEx": Function("d p", lambda host, _project: host.live.edit_position_s),
        "SetEditCurPos": Function("v dbb", lambda host, *values: go(host, PROJECT, *values)),
        "SetEditCurPos2": Function("v pdbb", go),
        "MoveEditCursor": Function("v db", _move),
        "CSurf_GoStart": Function("v ", lambda host: go(host, PROJECT, 0.0, True, True)),
        "CSurf_GoEnd": Function("v ", lambda host: go(host, PROJECT, host.session.length_s, True, True)),
    }
)
