"""The pointers that a script sees, such as ``(MediaTrack*)0x00000A5B12C34D50``: names of objects, never of memory."""

import re
from collections.abc import Iterator
from hashlib import blake2s

POINTER = re.compile(r"\((\w+\*|HWND)\)0x([0-9A-F]+)")
NULL = 0
ANY = "void*"


class Pointers:
    """Owns which address stands for which object.

    An address follows from the kind and the name of the object (a GUID), so that it is the same in every run and after
    an undo. It is a multiple of 16 below 2^44: REAPER hands some pointers out as a double, which must hold it exactly.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, str]] = {}

    def address(self, kind: str, name: str | None) -> int:
        """Return the address of an object of a kind such as "MediaTrack*"; 0 for None."""
        if name is None:
            return NULL
        for address in _addresses(kind, name):
            if self._known.setdefault(address, (kind, name)) == (kind, name):
                return address
        raise AssertionError("the addresses never end")

    def text(self, kind: str, name: str | None) -> str:
        """Return the pointer as REAPER's Python binding writes it (``rpr_unpackp`` in ``reaper_python.py``)."""
        return f"({kind})0x{self.address(kind, name):016X}"

    def name(self, kind: str, pointer: object) -> str | None:
        """Return whose pointer this is; None for a null, an unknown one or one of another kind (``rpr_packp``)."""
        found = POINTER.fullmatch(str(pointer))
        if found is None or (kind not in (found[1], ANY)):
            return None
        return self.named_at(int(found[2], 16), kind)

    def named_at(self, address: int, kind: str) -> str | None:
        """Return the name of the object of that kind at an address; None where there is none."""
        known, name = self._known.get(address, (None, None))
        return name if kind in (known, ANY) else None


def _addresses(kind: str, name: str) -> Iterator[int]:
    for attempt in range(2**16):
        digest = blake2s(f"{kind}\0{name}\0{attempt}".encode(), digest_size=5).digest()
        yield (int.from_bytes(digest, "big") | 1) << 4
