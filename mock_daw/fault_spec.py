"""Reads a fault from words, and explains how.

    [WIRE:]NAME[=VALUE][@WHEN][ for SECONDSs][:KEY=VALUE,KEY=VALUE…]

WIRE is osc-in, osc-out, osc (both), web or reapy; WHEN is seconds (``5s``) or a count (``web#3``: after the third).
"""

import math
import re
from collections.abc import Mapping

from mock_daw.errors import FaultError
from mock_daw.faults import AT_THE_START, COUNTED, OSC, TABLE, Fault, Option, Row, Trigger, Value
from mock_daw.inbox import Wire

SPEC = re.compile(
    r"(?:(?P<wire>osc-in|osc-out|osc|web|reapy):)?"
    r"(?P<name>[a-z-]+)"
    r"(?:=(?P<value>[^@:\s]*))?"
    r"(?:@(?P<when>[^:\s]*))?"
    r"(?:\s+for\s+(?P<lasts>[^:\s]*))?"
    r"(?::(?P<options>.*))?"
)
WIRES: Mapping[str, tuple[Wire, ...]] = {"osc": OSC, **{str(wire): (wire,) for wire in (*OSC, Wire.WEB, Wire.REAPY)}}


def parse_fault(spec: str) -> Fault:
    """Read one fault. Raises ``FaultError``, which says what is wrong and what would do."""
    found = SPEC.fullmatch(spec.strip())
    if found is None:
        raise FaultError(spec, "it does not read as [WIRE:]NAME[=VALUE][@WHEN][ for SECONDSs][:KEY=VALUE,…]")
    name = found["name"]
    row = TABLE.get(name)
    if row is None:
        raise FaultError(spec, f"there is no fault “{name}”; there are {', '.join(TABLE)}")
    return Fault(
        name,
        _value(spec, row, found["value"]),
        _wires(spec, name, row, found["wire"]),
        _trigger(spec, found["when"]),
        _lasts(spec, name, row, found["lasts"]),
        _options(spec, name, row.options, found["options"]),
        spec.strip(),
    )


def fault_help() -> str:
    """Return the table of faults as text."""
    widest = max(len(row.example) for row in TABLE.values())
    rows = "\n".join(f"  {row.example:<{widest}}  {row.words}" for row in TABLE.values())
    return f"""--faults "[WIRE:]NAME[=VALUE][@WHEN][ for SECONDSs][:KEY=VALUE,…]"; can be given again. For example:

{rows}

WIRE is osc-in, osc-out, osc (both), web or reapy; without it a fault befalls every wire that it can.
WHEN is the mock's seconds since it started (5s), or a count: osc#10 after the tenth OSC datagram, web#3 after the third
web request, reapy#20 after the twentieth ReaScript call, write#5 after the fifth change of the session that came over
any of them. Without it a fault is there from the start. At --speed 10 the mock's seconds pass ten times as fast.
What is drawn by lot is the same for the same --seed.
"""


def _value(spec: str, row: Row, text: str | None) -> float | None:
    if row.highest is None:
        if text is not None:
            raise FaultError(spec, f"it takes no value; such as {row.example}")
        return None
    value = _number(spec, text) if text is not None else math.nan
    if not 0.0 <= value <= row.highest:
        raise FaultError(spec, f"it needs a value from 0 to {row.highest:g}; such as {row.example}")
    return value


def _wires(spec: str, name: str, row: Row, text: str | None) -> tuple[Wire, ...]:
    if text is None:
        return row.wires
    if not set(WIRES[text]) <= set(row.wires):
        where = f"only {', '.join(row.wires)}" if row.wires else "no wire"
        raise FaultError(spec, f"“{name}” befalls {where}")
    return WIRES[text]


def _trigger(spec: str, text: str | None) -> Trigger:
    if text is None:
        return AT_THE_START
    kind, counted, number = text.partition("#")
    if not counted:
        return Trigger("seconds", _number(spec, text.removesuffix("s")))
    if kind not in COUNTED or not number.isdecimal() or int(number) < 1:
        raise FaultError(spec, f"“@{text}” is no time (5s) and no count ({', '.join(f'{k}#3' for k in COUNTED)})")
    return Trigger(kind, float(int(number)))


def _lasts(spec: str, name: str, row: Row, text: str | None) -> float | None:
    if text is None:
        return None
    if row.end is None:
        raise FaultError(spec, f"“{name}” has no end, so it takes no “for”")
    return _number(spec, text.removesuffix("s"))


def _options(spec: str, name: str, wanted: Mapping[str, Option], text: str | None) -> Mapping[str, Value]:
    given = dict(_pair(spec, part) for part in text.split(",")) if text else {}
    for key in given:
        if key not in wanted:
            raise FaultError(spec, f"“{name}” takes {', '.join(wanted) or 'no options'}, not “{key}”")
    return {key: _option(spec, key, option, given.get(key)) for key, option in wanted.items()}


def _option(spec: str, key: str, option: Option, text: str | None) -> Value:
    if text is None:
        if option.default is None:
            raise FaultError(spec, f"“{key}” is missing (…:{key}=…)")
        return option.default
    if option.kind is str:
        return text
    if option.kind is float:
        return _number(spec, text, at_least=-1000.0, below=1000.0)
    if not text.isdecimal() or not text.isascii():
        raise FaultError(spec, f"{key}={text} is no whole number")
    return int(text)


def _pair(spec: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise FaultError(spec, f"“{text}” is not KEY=VALUE")
    return key.strip(), value.strip()


def _number(spec: str, text: str, at_least: float = 0.0, below: float = math.inf) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not at_least <= number < below:
        raise FaultError(spec, f"“{text}” is not a number that could stand there")
    return number
