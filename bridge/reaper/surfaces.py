"""REAPER's control surfaces as ``reaper.ini`` lists them: ``csurf_cnt`` of them, from ``csurf_0``, without a gap.

An entry is a type and its settings, quoted as WDL's LineParser reads them:

    csurf_0=OSC "name" flags receive-port "send-ip" send-port packet-bytes pause-ms "pattern-file"
    csurf_1=HTTP off port 'user:password' 'page' remote 'token'

Source: ``PackCfg`` and ``ParseCfg`` in reaper-sdk's csurf_osc.cpp, the dialogue in csurf_www.cpp (the first number of
HTTP is 1 where the interface is switched off). What lies beyond the count is not read by REAPER.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from bridge.reaper.ini import Ini

SECTION = "REAPER"
COUNT = "csurf_cnt"
RECEIVES, SENDS = 1, 2
_MOST = 999
_TOKEN = re.compile(r""""([^"]*)"?|'([^']*)'?|`([^`]*)`?|(\S+)""")
_KEY = re.compile(r"csurf_(0|[1-9]\d{0,3})")


class SurfacesUnclear(Exception):  # noqa: N818 - a state, named as the user sees it
    """The list of control surfaces can not be added to safely."""


@dataclass(frozen=True, slots=True)
class Osc:
    """An OSC surface. Ports are UDP; flags 1 receive, 2 send, 4 learn; REAPER receives on all interfaces."""

    name: str
    flags: int
    receive_port: int
    send_ip: str
    send_port: int
    packet_bytes: int
    pause_ms: int
    pattern_file: str

    @classmethod
    def parse(cls, entry: str) -> Self | None:
        """Read an entry; None where it is of another type."""
        words = tokens(entry)
        if words[:1] != ["OSC"]:
            return None
        words += [""] * 9
        name, flags, receive, ip, send, packet, pause, pattern = words[1:9]
        return cls(name, _int(flags), _int(receive), ip, _int(send), _int(packet), _int(pause), pattern)

    @property
    def ports(self) -> Iterator[int]:
        """The ports in use."""
        if self.flags & RECEIVES:
            yield self.receive_port
        if self.flags & SENDS:
            yield self.send_port

    def __str__(self) -> str:
        numbers = f'{self.send_port} {self.packet_bytes} {self.pause_ms} "{self.pattern_file}"'
        return f'OSC "{self.name}" {self.flags} {self.receive_port} "{self.send_ip}" {numbers}'


@dataclass(frozen=True, slots=True)
class Web:
    """A web interface on a TCP port of all interfaces, with ``user:password`` or nothing in its place."""

    off: bool
    port: int
    password: str = ""

    @classmethod
    def parse(cls, entry: str) -> Self | None:
        """Read an entry; None where it is of another type."""
        words = tokens(entry)
        if words[:1] != ["HTTP"]:
            return None
        words += [""] * 4
        return cls(_int(words[1]) != 0, _int(words[2]), words[3])

    def __str__(self) -> str:
        return f"HTTP {int(self.off)} {self.port} '{self.password}' 'index.html' 0 ''"


def count(ini: Ini) -> int:
    """Return how many surfaces there are. Raises ``SurfacesUnclear`` where the count is no number from 0 to 999."""
    value = ini.value(SECTION, COUNT)
    if value is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) > _MOST:
        raise SurfacesUnclear(f"{COUNT}={value} is no number of control surfaces")
    return int(value)


def entries(ini: Ini) -> dict[int, str]:
    """Return the entries that REAPER reads, by their number. Raises ``SurfacesUnclear``."""
    found = (_KEY.fullmatch(key) for key in ini.keys(SECTION))
    numbers = sorted(int(match.group(1)) for match in found if match)
    return {k: ini.value(SECTION, f"csurf_{k}") or "" for k in numbers if k < count(ini)}


def appended(ini: Ini, entry: str) -> Ini:
    """Return the file with one more surface, last in the list. Raises ``SurfacesUnclear``."""
    number = count(ini)
    if number == _MOST:
        raise SurfacesUnclear(f"{COUNT}={number} leaves no room for another control surface")
    return ini.with_raw(SECTION, f"csurf_{number}", entry).with_raw(SECTION, COUNT, str(number + 1))


def without(ini: Ini, number: int, beyond: Mapping[str, str]) -> Ini:
    """Return the file without one surface, those behind it moved up by one.

    ``beyond`` has what stood in keys behind the list before the list grew over them. Raises ``SurfacesUnclear``.
    """
    last = count(ini) - 1
    for k in range(number, last):
        ini = ini.with_raw(SECTION, f"csurf_{k}", ini.raw(SECTION, f"csurf_{k + 1}"))
    key = f"csurf_{last}"
    return ini.with_raw(SECTION, key, beyond.get(key)).with_raw(SECTION, COUNT, str(last))


def tokens(text: str) -> list[str]:
    """Split a line into words, quoted with double quotes, single quotes or backticks."""
    return [next((word for word in found.groups() if word is not None), "") for found in _TOKEN.finditer(text)]


def _int(text: str) -> int:
    """Read a number as C's ``atoi`` does, with which REAPER reads it."""
    found = re.match(r"[-+]?[0-9]{1,9}", text)
    return int(found.group()) if found else 0
