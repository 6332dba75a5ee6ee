"""Texts as REAPER's C++ reads and writes them: numbers, URL escapes, buffers of a fixed size.

After ``csurf_www.cpp`` (``flexi_atof``, ``simpleEscapeString``) and ``WDL/jnetlib/webserver.cpp`` (``url_decode``).
"""

import math
import re

LARGEST_INT = 2**31 - 1
_INT = re.compile(rb"[ \t\n\v\f\r]*([-+]?\d+)")
_DECIMAL = re.compile(rb"[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_HEXADECIMAL = re.compile(rb"[ \t\n\v\f\r]*([-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)(?:[pP][-+]?\d+)?)")
_ESCAPE = re.compile(rb"%(?:([0-9a-fA-F]{2})|(?=[^%]))|\+")
_BEFORE_DIGIT = re.compile(rb"[^0-9a-zA-Z]*[0-9]")
_FLOAT_BUFFER = 512


def atoi(text: bytes) -> int:
    """Read a whole number at the start of a text, 0 where there is none; what an int can not hold is its limit."""
    found = _INT.match(text)
    if found is None:
        return 0
    digits = found[1]
    if len(digits) > 12:
        return -LARGEST_INT if digits.startswith(b"-") else LARGEST_INT
    return min(max(int(digits), -LARGEST_INT), LARGEST_INT)


def atof(text: bytes) -> float:
    """Read a number at the start of a text, decimal or hexadecimal, 0 where there is none; it may be infinite."""
    if found := _HEXADECIMAL.match(text):
        try:
            return float.fromhex(found[1].decode())
        except OverflowError:
            return -math.inf if found[1].startswith(b"-") else math.inf
    found = _DECIMAL.match(text)
    return float(found[1]) if found else 0.0


def flexi_atof(text: bytes) -> float:
    """Read a number with a point or a comma; 0 where a letter comes before the first digit, or there is no digit."""
    held = text[: _FLOAT_BUFFER - 1]
    if _BEFORE_DIGIT.match(held) is None:
        return 0.0
    return atof(held.replace(b",", b"."))


def url_decode(text: bytes) -> bytes:
    """Undo URL escapes; a plus is a space, a broken escape stays, and a NUL ends the text."""
    return until_nul(_ESCAPE.sub(_unescaped, text))


def until_nul(text: bytes) -> bytes:
    """Return what C takes for the text: it ends at the first NUL."""
    return text.partition(b"\0")[0]


def escape(text: bytes) -> bytes:
    """Write backslash, line feed and tab as two characters each."""
    return text.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\t", b"\\t")


def encode(text: str) -> bytes:
    """Return a text of the session as REAPER holds it: UTF-8, without NUL."""
    return until_nul(text.encode("utf-8", "replace"))


def decode(text: bytes) -> str:
    """Return a text for the session; what is no UTF-8 becomes the replacement character."""
    return text.decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[0] == b"+":
        return b" "
    return bytes([int(found[1], 16)]) if found[1] else found[0]
