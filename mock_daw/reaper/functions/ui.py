"""The console, message boxes, colours, texts of values, paths, and whether a pointer is still good."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mock_daw.reaper.functions.host import PROJECT, Host
from mock_daw.reaper.functions.pointers import POINTER
from mock_daw.reaper.functions.signature import KINDS, Function
from mock_daw.reaper.scales import (
    SILENCE_DB,
    TOP_DB,
    fader_gain,
    fader_position,
    gain_db,
    gain_linear,
    pan_text,
    volume_text,
)

VERSION = "7.66/linux-x86_64"
OK, CANCEL = 1, 2
SLIDER_TOP = 1000.0
LETTERS: Mapping[str, str] = MappingProxyType({kind: letter for letter, kind in KINDS.items() if letter != "y"})


def is_valid(host: Host, _project: str, pointer: object, kind: str) -> bool:
    """Whether a pointer, as text or as a number, is of that kind and its object still there."""
    found = POINTER.fullmatch(str(pointer))
    address = int(found[2], 16) if found else pointer
    letter = LETTERS.get(kind)
    if letter is None or not isinstance(address, int):
        return False
    name = host.pointers.named_at(address, kind)
    return name is not None and host.find(letter, name) is not None


def _message_box(host: Host, text: str, title: str, _buttons: int) -> int:
    """Nobody sits before the mock: the box is noted, and the first button pressed."""
    host.desk.boxes.append((title, text))
    first = {0: OK, 1: OK, 2: 3, 3: 6, 4: 6, 5: 4}
    return first.get(_buttons, OK)


def _file_dialog(_host: Host, text: str, _title: str, _extension: str) -> tuple[bool, str]:
    return False, text


def _inputs_dialog(_host: Host, _title: str, _count: int, _captions: str, values: str, _size: int) -> tuple[bool, str]:
    return False, values


def _slider(_host: Host, db: float) -> float:
    """REAPER's slider runs from 0 to 1000 here, where OSC's runs to 1."""
    return fader_position(gain_linear(min(db, TOP_DB))) * SLIDER_TOP


def _from_slider(_host: Host, slider: float) -> float:
    return max(gain_db(fader_gain(slider / SLIDER_TOP)), SILENCE_DB)


def _native(_host: Host, red: int, green: int, blue: int) -> int:
    """Return a colour as Windows and Linux keep it, red in the low byte."""
    return red & 255 | (green & 255) << 8 | (blue & 255) << 16


def _from_native(_host: Host, color: int, *_outs: int) -> tuple[int, int, int]:
    return color & 255, color >> 8 & 255, color >> 16 & 255


def _nothing(*_args: object) -> None:
    """There is no window to refresh."""


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "ValidatePtr": Function("b xs", lambda host, pointer, kind: is_valid(host, PROJECT, pointer, kind)),
        "ValidatePtr2": Function("b pxs", is_valid),
        "ShowConsoleMsg": Function("v s", lambda host, text: host.desk.console.append(text)),
        "ClearConsole": Function("v ", lambda host: host.desk.console.clear()),
        "ShowMessageBox": Function("i ssi", _message_box),
        "MB": Function("i ssi", _message_box),
        "GetUserInputs": Function("b sisSi", _inputs_dialog),
        "GetUserFileNameForRead": Function("b Sss", _file_dialog),
        "PreventUIRefresh": Function("v i", _nothing),
        "UpdateArrange": Function("v ", _nothing),
        "UpdateTimeline": Function("v ", _nothing),
        "UpdateItemInProject": Function("v m", _nothing),
        "ClearPeakCache": Function("v ", _nothing),
        "ViewPrefs": Function("v is", _nothing),
        "DockWindowRefreshForHWND": Function("v w", _nothing),
        "TrackCtl_SetToolTip": Function("v siib", _nothing),
        "GetMainHwnd": Function("w ", lambda _host: "main window"),
        "GetTooltipWindow": Function("w ", lambda _host: None),
        "MIDIEditor_GetActive": Function("w ", lambda _host: None),
        "GetAppVersion": Function("s ", lambda _host: VERSION),
        "GetOS": Function("s ", lambda _host: "Other"),
        "GetResourcePath": Function("s ", lambda host: host.resource_path),
        "GetExePath": Function("s ", lambda host: host.resource_path),
        "get_ini_file": Function("s ", lambda host: f"{host.resource_path}/reaper.ini"),
        "GetLastColorThemeFile": Function("s ", lambda _host: ""),
        "OpenColorThemeFile": Function("b s", lambda _host, _path: False),
        "APITest": Function("v ", _nothing),
        "file_exists": Function("b s", lambda _host, path: Path(path).is_file()),
        "time_precise": Function("d ", lambda host: host.live.clock_s),
        "ColorToNative": Function("i iii", _native),
        "ColorFromNative": Function("v iIII", _from_native),
        "DB2SLIDER": Function("d d", _slider),
        "SLIDER2DB": Function("d d", _from_slider),
        "mkvolstr": Function("v Sd", lambda _host, _text, linear: (volume_text(linear),)),
        "mkpanstr": Function("v Sd", lambda _host, _text, pan: (pan_text(pan),)),
    }
)
