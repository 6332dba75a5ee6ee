"""Actions by number and by name, and their toggle states."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mock_daw.errors import EngineError
from mock_daw.reaper.functions.host import Host
from mock_daw.reaper.functions.project import cut
from mock_daw.reaper.functions.signature import Function
from mock_daw.reaper.rendering import DRY_RUNS, loudness_stats, render_to_file
from mock_daw.session import Session, Track

RENDER = 42230
# "Track: Toggle solo for selected tracks", with which reapy solos: run by a script it changes no solo (reaper-mcp's
# contract tests, REAPER 7.82).
IDLE = frozenset({7})
MUTE_SELECTED = 40280
SELECT_REGIONS = 42679


def register(host: Host) -> None:
    """Add the actions that write or measure audio, and those that reapy uses, unless they are there."""
    own: dict[int, tuple[str, Callable[[], None]]] = {
        RENDER: ("File: Render project, using the most recent render settings", lambda: _render(host)),
        MUTE_SELECTED: ("Track: Mute/unmute tracks", lambda: _toggle(host, "Mute tracks", _mute)),
        SELECT_REGIONS: ("Regions: Select/unselect all regions for rendering", lambda: _select_regions(host)),
    }
    for action in DRY_RUNS:
        own[action] = ("Calculate loudness via dry run render", _dry_run(host, action))
    for command, (words, run_it) in own.items():
        if not host.actions.has(command):
            host.actions.register(command, run_it, words=words)


def _render(host: Host) -> None:
    """Render; what REAPER would say in a window goes to the boxes."""
    try:
        render_to_file(host.live, host.live.render_settings)
    except EngineError as error:
        host.desk.boxes.append(("Render", str(error)))


def _dry_run(host: Host, action: int) -> Callable[[], None]:
    def measure() -> None:
        loudness_stats(host.live, action)

    return measure


def _toggle(host: Host, name: str, change: Callable[[Track], Track]) -> None:
    def changed(session: Session) -> Session:
        return replace(session, tracks=tuple(change(track) if track.selected else track for track in session.tracks))

    host.live.edit(changed, name)


def _mute(track: Track) -> Track:
    return replace(track, muted=not track.muted)


def _select_regions(host: Host) -> None:
    """Select all regions if any is not, else none (reaper-mcp's live tests, REAPER 7.75)."""
    regions = frozenset(marker.guid for marker in host.session.markers if marker.end_s is not None)
    host.live.selected_regions = frozenset() if regions <= host.live.selected_regions else regions


def run(host: Host, command: int, _flag: int) -> None:
    """Run an action; a number that is none does nothing, nor does action 7 (``IDLE``)."""
    if command not in IDLE:
        host.actions.run(command)


def _state(host: Host, command: int) -> int:
    return host.desk.toggles.get(command, host.actions.state(command))


def _set_state(host: Host, _section: int, command: int, state: int) -> bool:
    """Set the state of an action that has none of its own."""
    if not host.actions.has(command) or host.actions.state(command) >= 0:
        return False
    host.desk.toggles[command] = state
    return True


def _name(host: Host, command: int) -> str | None:
    """Return the name without its underscore; none for REAPER's own actions, on which its Python binding stumbles."""
    words = host.actions.words().get(command, "")
    return words.removeprefix("_") if words.startswith("_") else None


def _arm(host: Host, command: int, _section: str) -> None:
    host.desk.armed = command


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "Main_OnCommand": Function("v ii", run),
        "Main_OnCommandEx": Function("v iip", lambda host, command, flag, _project: run(host, command, flag)),
        "NamedCommandLookup": Function("i s", lambda host, name: host.actions.lookup(name)),
        "ReverseNamedCommandLookup": Function("s i", _name),
        "GetToggleCommandState": Function("i i", _state),
        "GetToggleCommandStateEx": Function("i ii", lambda host, _section, command: _state(host, command)),
        "SetToggleCommandState": Function("b iii", _set_state),
        "ArmCommand": Function("v is", _arm),
        "GetArmedCommand": Function("i Si", lambda host, _text, size: (host.desk.armed, cut("", size))),
        "RefreshToolbar": Function("v i", lambda _host, _command: None),
        "RefreshToolbar2": Function("v ii", lambda _host, _section, _command: None),
    }
)
