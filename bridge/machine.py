"""Which machine a DAW is on, as far as the way to it tells."""

from ipaddress import ip_address

THIS = ""


def machine(host: str) -> str:
    """Return a host's name in one spelling; ``THIS`` for this machine, however it is called."""
    name = host.strip().casefold().rstrip(".")
    if name in {"", "localhost"}:
        return THIS
    try:
        address = ip_address(name)
    except ValueError:
        return name
    return THIS if address.is_loopback else str(address)


def machine_of(where: str) -> str:
    """Return the machine of a way as journals and reports have it: "host:port", or a folder, which is here."""
    host, colon, port = where.rpartition(":")
    return machine(host) if colon and port.isdecimal() else THIS
