"""The mock's command line arguments: what stands behind an option, from words to values."""

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mock_daw.dialects.letters import DEFAULTS, Opening, opening_of
from mock_daw.errors import StartError
from mock_daw.setup import Address

# REAPER's own: OSC as its preferences offer it, the web interface as reapy sets it up, reapy's server. Then others'.
DEFAULT_PORTS: Mapping[str, int] = MappingProxyType(
    {"--osc": 8000, "--web": 2307, "--reapy": 2306, **{f"--{name}": made.port for name, made in DEFAULTS.items()}}
)
PORTS = re.compile(r"[0-9]+(:[0-9]+)*")
HIGHEST_PORT = 65_535
RESOLUTIONS = (128, 1024, 16384)


def with_default_ports(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with a port behind each ``--osc``, ``--web``, ``--reapy`` and dialect that stands alone."""
    complete: list[str] = []
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        complete.append(argument)
        if argument in DEFAULT_PORTS and not PORTS.fullmatch(following):
            complete.append(str(DEFAULT_PORTS[argument]))
    return complete


def address(text: str) -> Address:
    """Read HOST:PORT. Raises ``StartError``."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise StartError(f"“{text}” is no address to send OSC to", "give HOST:PORT, such as 127.0.0.1:9000")
    return host, int(port)


def opening(name: str, text: str) -> Opening:
    """Read a dialect's IN, IN:OUT, or for Bitwig IN:OUT:VALUES. Raises ``StartError``."""
    default = DEFAULTS[name]
    parts = [int(part) for part in text.split(":")] if PORTS.fullmatch(text) else []
    most = 3 if name == "bitwig" else 2 if default.reply_port else 1
    wanted = {1: "PORT", 2: "IN:OUT", 3: "IN:OUT:VALUES"}[most]
    if not 1 <= len(parts) <= most or max(parts[:2]) > HIGHEST_PORT or (len(parts) > 1 and not parts[1]):
        raise StartError(f"“{text}” are no ports for --{name}", f"give {wanted}, such as {_example(default)}")
    if parts[2:] and parts[2] not in RESOLUTIONS:
        raise StartError(f"Bitwig's extension has no {parts[2]} values", "take 128, 1024 or 16384")
    return opening_of(name, parts)


def _example(default: Opening) -> str:
    return f"{default.port}:{default.reply_port}" if default.reply_port else str(default.port)


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
