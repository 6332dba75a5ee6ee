"""What ``faderbot setup reaper`` does: find REAPER's folder, plan, show, write, and say what to do next."""

import difflib
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no types

from bridge.reaper import button
from bridge.reaper import folder as folders
from bridge.reaper.draft import EXTSTATE_INI, KB_INI, PATTERN, REAPER_INI, SCRIPT, Change, SetupError
from bridge.reaper.places import python_library, resource_folders, running_reaper
from bridge.reaper.setup import REAPY_PORT, WEB_PORT, Host, Plan, Wanted, plan_removal, plan_setup
from bridge.terminal import write

PATTERN_FILE = Path(__file__).resolve().parents[1] / "daw_scripts" / "reaper" / "Faderbot.ReaperOSC"


# The files that have somebody's settings in them.
_SETTINGS = REAPER_INI, KB_INI, EXTSTATE_INI, PATTERN


@dataclass(frozen=True, slots=True)
class How:
    """How to go about it: take away in place of adding, only show, and write although REAPER runs."""

    remove: bool = False
    dry_run: bool = False
    force: bool = False


def setup_reaper(resource_path: Path | None, wanted: Wanted, how: How) -> None:
    """Set REAPER up, or take that back, and print what was done. Raises ``SetupError``."""
    folder = _resource_folder(resource_path)
    host = None if how.remove else _host()
    contents = folders.read(folder, button.places(host.button) if host is not None else ())
    plan = plan_removal(contents) if host is None else plan_setup(contents, wanted, host)
    write(f"REAPER's folder: {folder}\n")
    if plan.changes and not how.dry_run and not how.force:
        _refuse_while_running()
    if how.dry_run:
        write("".join(line for change in plan.changes for line in _diff(change)))
        backups: tuple[Path, ...] = ()
    else:
        backups = folders.write(folder, plan.changes, _stamp()) if plan.changes else ()
    write("".join(f"{line}\n" for line in _report(plan, how, backups)))


def _resource_folder(asked_for: Path | None) -> Path:
    if asked_for is not None:
        if not asked_for.is_dir():
            raise SetupError(f"{asked_for} is no folder: give REAPER's resource folder with --resource-path")
        return asked_for
    places = resource_folders(sys.platform, os.environ, Path.home())
    found = next((place for place in places if (place / REAPER_INI).is_file()), None)
    if found is None:
        looked = " and ".join(str(place) for place in places)
        where = 'a portable REAPER keeps it elsewhere (Options > "Show REAPER resource path"): give --resource-path'
        raise SetupError(f"no {REAPER_INI} in {looked}: start REAPER once, or {where}")
    return found


def _host() -> Host:
    try:
        pattern, files = PATTERN_FILE.read_bytes(), button.sources(PATTERN_FILE.parent)
    except OSError as error:
        raise SetupError(f"{error.filename} is missing ({error.strerror}): install faderbot again") from error
    config = sysconfig.get_config_vars()
    library = python_library(sys.platform, sys.version_info[:2], sys.base_prefix, config, os.path.isfile)
    program = button.program(sys.executable, os.path.isfile)
    return Host(pattern, _reapy_script(), library, os.path.isfile, files, program)


def _reapy_script() -> str:
    """Return the script that starts reapy's server inside REAPER. reapy is not imported: it would connect."""
    script = distribution("python-reapy").locate_file(f"reapy/reascripts/{SCRIPT}")
    return str(Path(str(script)).absolute())


def _refuse_while_running() -> None:
    """Raise ``SetupError`` while REAPER runs: on its way out it writes reaper.ini from memory, over our changes."""
    pid = running_reaper(_processes())
    if pid is not None:
        why = "it writes reaper.ini anew when it quits, over any change made meanwhile"
        raise SetupError(f"REAPER is running (process {pid}), and {why}: quit it first, or use --force")


def _processes() -> Iterator[tuple[int, str]]:
    """Return id and name of each process."""
    return ((process.pid, process.info["name"] or "") for process in psutil.process_iter(["name"]))


def _stamp() -> str:
    return datetime.now(tz=UTC).astimezone().strftime("%Y-%m-%d-%H%M%S")


def _diff(change: Change) -> Iterator[str]:
    if change.name not in _SETTINGS or (change.name == PATTERN and change.before is None):
        return
    before, after = (_lines(content) for content in (change.before, change.after))
    yield from difflib.unified_diff(before, after, f"{change.name}", f"{change.name} (new)", n=1)


def _lines(content: bytes | None) -> list[str]:
    return [f"{line}\n" for line in (content or b"").decode("utf-8", "replace").splitlines()]


def _report(plan: Plan, how: How, backups: Sequence[Path]) -> Iterator[str]:
    if not plan.changes:
        yield "nothing to remove" if how.remove else "nothing to do: all is set up"
    for change in plan.changes:
        for words in change.words:
            yield f"{'would change' if how.dry_run else 'changed'} {change.name}: {words}"
    for backup in backups:
        yield f"backup {backup.name}"
    for note in plan.notes:
        yield f"note: {note}"
    if how.remove:
        if plan.changes and not how.dry_run:
            yield "next: start REAPER; what was removed is gone from then on, its ports are closed"
        return
    if plan.osc_port:
        yield from _on_ports(plan)
    if not how.dry_run:
        yield from _next(plan)


def _on_ports(plan: Plan) -> Iterator[str]:
    if plan.reapy:
        yield (
            f"WARNING: once reapy's server runs, REAPER's port {REAPY_PORT} lets anyone who reaches this computer over "
            "the network run any program on it, without a password: close it in the firewall, or use --no-reapy"
        )
    yield (
        f"note: REAPER listens on all networks, without a password, on UDP {plan.osc_port} (OSC) and TCP "
        f"{plan.web_port} (web): in networks you do not trust, close both in the firewall"
    )
    if plan.reapy and plan.web_port != WEB_PORT:
        yield f"note: reapy looks for REAPER on port {WEB_PORT} unless told of {plan.web_port}"


def _next(plan: Plan) -> Iterator[str]:
    if plan.changes:
        yield "next: start REAPER (if it runs, quit it and start it again)"
    if plan.button:
        yield '      the button: Actions > Show action list, type "Faderbot", run "Script: Faderbot_Auto-mix.lua"'
    if not plan.osc_port:
        return
    if plan.changes:
        yield "      Preferences > Control/OSC/web lists the surface Faderbot and the web interface"
    yield f"      OSC: send to port {plan.osc_port}, listen on {plan.osc_to_port}; web: http://127.0.0.1:{plan.web_port}"
