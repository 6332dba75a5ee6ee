"""The mock's command line arguments: what stands behind an option, from words to values."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mock_daw.errors import StartError
from mock_daw.setup import Address

# REAPER's own: OSC as its preferences offer it, the web interface as reapy sets it up, reapy's server.
DEFAULT_PORTS: Mapping[str, int] = MappingProxyType({"--osc": 8000, "--web": 2307, "--reapy": 2306})


def with_default_ports(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with a port behind each ``--osc``, ``--web`` and ``--reapy`` that stands alone."""
    complete: list[str] = []
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        complete.append(argument)
        if argument in DEFAULT_PORTS and not following.isdecimal():
            complete.append(str(DEFAULT_PORTS[argument]))
    return complete


def address(text: str) -> Address:
    """Read HOST:PORT. Raises ``StartError``."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise StartError(f"“{text}” is no address to send OSC to", "give HOST:PORT, such as 127.0.0.1:9000")
    return host, int(port)


def user(text: str | None) -> tuple[str, str] | None:
    """Read USER:PASSWORD. Raises ``StartError``."""
    if text is None:
        return None
    name, colon, password = text.partition(":")
    if not colon:
        raise StartError("--web-user holds no password", "give USER:PASSWORD")
    return name, password


def speed(text: str) -> float | str:
    """Read "max" or a factor. Raises ``StartError``."""
    if text == "max":
        return text
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0.0 < factor <= 1000.0:
        raise StartError(f"“{text}” is no speed", "give a factor of real time up to 1000, or max")
    return factor
