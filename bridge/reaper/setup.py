"""What to change in a REAPER resource folder, worked out from the contents of its files alone.

Five things are set up: the button, our OSC pattern file, an OSC surface that uses it, a web interface, and reapy's
server. The entries for reapy are those that reapy 0.10.0 makes itself (``reapy/config/config.py``): ``reascript``,
``pythonlibpath64`` and ``pythonlibdll64`` in ``reaper.ini``, the script as an action in ``reaper-kb.ini``, and the
action's name in ``reaper-extstate.ini``, where its client asks for it. reapy's own ``configure_reaper()`` is never
called: under Python 3.13 it empties ``reaper.ini``.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PureWindowsPath

from bridge.reaper import button, surfaces
from bridge.reaper.draft import EXTSTATE_INI, KB_INI, REAPER_INI, SCRIPT, Change, Contents, Draft, SetupError
from bridge.reaper.ini import Ini
from bridge.reaper.record import RECORD, Edit, given_back
from bridge.reaper.surfaces import SECTION, Osc, Web

NAME = "Faderbot"
OSC_PORT, OSC_TO_PORT, WEB_PORT = 8000, 9000, 2307
REAPY_PORT = 2306
# REAPER's defaults are 1024 bytes and 10 ms: the meters of 64 tracks would then take 40 of the 66 ms between two
# updates. python-osc reads datagrams of up to 8192 bytes.
PACKET_BYTES, PAUSE_MS = 4096, 10

_EXTSTATE = "reapy", "activate_reapy_server"
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user wants: ports, and whether reapy's server, the button and the two surfaces are to be set up."""

    osc_port: int = OSC_PORT
    osc_to_port: int = OSC_TO_PORT
    web_port: int = WEB_PORT
    reapy: bool = True
    button: bool = True
    surfaces: bool = True


@dataclass(frozen=True, slots=True)
class Host:
    """What this computer has: our pattern file, reapy's script, a Python library (folder and file) for REAPER.

    Beside these the button's files, as ``button.sources`` returns them, and the path of the program that it starts.
    """

    pattern: bytes
    script: str | None
    library: tuple[str, str] | None
    is_file: Callable[[str], bool]
    button: Mapping[str, bytes] = field(default_factory=dict)
    program: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes to make, and what else the user should know. Without the surfaces, and at removal, ports are 0."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()
    osc_port: int = 0
    osc_to_port: int = 0
    web_port: int = 0
    reapy: bool = False
    button: bool = False


def plan_setup(contents: Contents, wanted: Wanted, host: Host) -> Plan:
    """Plan what brings REAPER and Faderbot together. Planned again on the result, it has no changes.

    Raises ``SetupError``.
    """
    _check_ports(wanted)
    draft = Draft.of(contents)
    receive = send = web_port = 0
    if wanted.surfaces:
        with_osc = _add_osc(draft, wanted)
        receive, send = with_osc.receive_port, with_osc.send_port
        web_port = _add_web(draft, wanted)
        draft.place_pattern(host.pattern)
    reapy = wanted.reapy and wanted.surfaces and _add_reapy(draft, host)
    has_button = wanted.button and bool(host.button) and button.add(draft, host.button, host.program)
    draft.close()
    return Plan(draft.changes(), tuple(draft.notes), receive, send, web_port, reapy, has_button)


def plan_removal(contents: Contents) -> Plan:
    """Plan what takes away all that was added, and nothing else. Raises ``SetupError``."""
    draft = Draft.of(contents)
    _remove_surfaces(draft)
    for edit in draft.record.edits:
        _undo(draft, edit)
    if draft.record.action is not None:
        draft.remove_action(draft.record.action)
    button.remove(draft)
    if not draft.had_record and draft.words:
        draft.notes.append(f"{RECORD} is not there: of what was added, only the OSC surface can be told from yours")
    draft.remove_made()
    return Plan(draft.changes(), tuple(draft.notes))


def actions(kb: Ini) -> dict[str, str]:
    """Return the scripts in ``reaper-kb.ini``: SCR, flags, section, id, name, path. By id, without underscores."""
    words = (surfaces.tokens(line.text) for line in kb.lines)
    return {word[3].strip("_"): word[5] for word in words if word[:1] == ["SCR"] and len(word) > 5}


def _check_ports(wanted: Wanted) -> None:
    if wanted.osc_port == wanted.osc_to_port:
        raise SetupError(
            f"REAPER would send to the port it receives on ({wanted.osc_port}): give --osc-port and --osc-to-port two"
        )
    if wanted.reapy and wanted.web_port == REAPY_PORT:
        raise SetupError(f"port {REAPY_PORT} is the one of reapy's server: choose another with --web-port")


def _add_osc(draft: Draft, wanted: Wanted) -> Osc:
    found = {k: osc for k, entry in surfaces.entries(draft.main).items() if (osc := Osc.parse(entry)) is not None}
    ours = next((k for k, osc in found.items() if _is_ours(osc)), None)
    taken = {port for k, osc in found.items() if k != ours for port in osc.ports}
    receive = _free(wanted.osc_port, taken)
    send = _free(wanted.osc_to_port, taken | {receive})
    for what, port, got in (("receives on", wanted.osc_port, receive), ("sends to", wanted.osc_to_port, send)):
        if got != port:
            draft.notes.append(f"REAPER {what} OSC port {got}: {port} belongs to another of its control surfaces")
    flags = surfaces.RECEIVES | surfaces.SENDS
    osc = Osc(NAME, flags, receive, "127.0.0.1", send, PACKET_BYTES, PAUSE_MS, NAME)
    if ours is not None and found[ours] == osc:
        return osc
    if ours is None:
        draft.append_surface(str(osc))
    else:
        draft.main = draft.main.with_raw(SECTION, f"csurf_{ours}", str(osc))
    draft.say(REAPER_INI, f'the OSC surface "{NAME}", receives on {receive}, sends to 127.0.0.1:{send}')
    return osc


def _add_web(draft: Draft, wanted: Wanted) -> int:
    listed = surfaces.entries(draft.main)
    found = {k: web for k, entry in listed.items() if (web := Web.parse(entry)) is not None and not web.off}
    at_port = [web for web in found.values() if web.port == wanted.web_port]
    if any(not web.password for web in at_port):
        return wanted.web_port
    ours = next((k for k in found if _is_web(listed[k], draft.record.web)), None)
    taken = {web.port for k, web in found.items() if k != ours} | ({REAPY_PORT} if wanted.reapy else set())
    port = _free(wanted.web_port, taken)
    if port != wanted.web_port:
        draft.notes.append(
            f"the web interface is on port {port}: that on {wanted.web_port} is another's, with a password"
        )
    entry = str(Web(off=False, port=port))
    if ours is not None and listed[ours] == entry:
        return port
    if ours is None:
        draft.append_surface(entry)
    else:
        draft.main = draft.main.with_raw(SECTION, f"csurf_{ours}", entry)
    draft.keep(web=entry)
    draft.say(REAPER_INI, f"a web interface on port {port}")
    return port


def _add_reapy(draft: Draft, host: Host) -> bool:
    """Set reapy's server up as reapy does; say what is missing for it. Return whether it is set up."""
    if host.script is None:
        draft.notes.append("reapy is not installed, so its server was left out: pip install python-reapy, then again")
        return False
    _enable_python(draft, host)
    known = actions(draft.inis[KB_INI])
    present = (draft.inis[EXTSTATE_INI].value(*_EXTSTATE) or "").strip('"').strip("_")
    path = known.get(present, "")
    if PureWindowsPath(path).name == SCRIPT and host.is_file(path):
        return True
    action = next((name for name, path in known.items() if path == host.script), None)
    if action is None:
        if draft.record.action is not None:
            draft.remove_action(draft.record.action)
        action = "RS" + hashlib.sha1(host.script.encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324 - a name
        draft.add_action(action, host.script)
    draft.set(EXTSTATE_INI, *_EXTSTATE, f'"_{action}"')
    return True


def _enable_python(draft: Draft, host: Host) -> None:
    if draft.main.value(SECTION, "reascript") in {None, "", "0"}:
        draft.set(REAPER_INI, SECTION, "reascript", "1")
    present = draft.main.value(SECTION, "pythonlibdll64")
    if present and (host.library is None or present != host.library[1]):
        draft.notes.append(f"REAPER keeps the Python it is set to ({present}): reapy's server needs 3.11 or 3.12 there")
    if present:
        return
    if host.library is None:
        remedy = "in REAPER, Preferences > Plug-ins > ReaScript, point it to a Python 3.11 or 3.12"
        draft.notes.append(f"no Python library was found that REAPER could load for reapy's server: {remedy}")
        return
    folder, file = host.library
    draft.set(REAPER_INI, SECTION, "pythonlibpath64", folder)
    draft.set(REAPER_INI, SECTION, "pythonlibdll64", file)


def _remove_surfaces(draft: Draft) -> None:
    record = draft.record
    beyond = {key: given_back(raw) for key, raw in record.beyond.items()}
    web_left = record.web is not None
    for number, entry in reversed(surfaces.entries(draft.main).items()):
        osc = Osc.parse(entry)
        is_web = web_left and _is_web(entry, record.web)
        if is_web or (osc is not None and _is_ours(osc)):
            web_left = web_left and not is_web
            draft.main = surfaces.without(draft.main, number, beyond)
            draft.say(REAPER_INI, "the web interface removed" if is_web else f'the OSC surface "{NAME}" removed')
    if web_left:
        draft.notes.append(
            f"the web interface was changed since and is left: {record.web} is no longer in {REAPER_INI}"
        )
    if record.surfaces:
        before = None if record.count_before is None else given_back(record.count_before)
        if surfaces.count(draft.main) == int(before or 0):
            draft.main = draft.main.with_raw(SECTION, surfaces.COUNT, before)


def _undo(draft: Draft, edit: Edit) -> None:
    ini = draft.inis[edit.file]
    now = ini.value(edit.section, edit.key)
    if now is None or now.strip('"') != edit.after.strip('"'):  # Windows takes a value's quotes for its own
        draft.notes.append(f"{edit.key} in {edit.file} was changed since and is left as it is")
        return
    before = None if edit.before is None else given_back(edit.before)
    draft.inis[edit.file] = ini.with_raw(edit.section, edit.key, before)
    draft.say(edit.file, f"{edit.key} removed" if before is None else f"{edit.key}={before} again")


def _is_web(entry: str, ours: str | None) -> bool:
    return ours is not None and surfaces.tokens(entry) == surfaces.tokens(ours)


def _is_ours(osc: Osc) -> bool:
    # REAPER takes the file part of the pattern file's name, with or without the extension.
    pattern = PureWindowsPath(osc.pattern_file).name.lower().removesuffix(".reaperosc")
    return osc.name == NAME and pattern == NAME.lower()


def _free(port: int, taken: set[int]) -> int:
    free = next((k for k in range(port, _LAST_PORT + 1) if k not in taken), None)
    if free is None:
        raise SetupError(f"no port from {port} on is free: choose a lower one")
    return free
