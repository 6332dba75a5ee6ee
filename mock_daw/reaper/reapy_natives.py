"""The C functions that reapy calls by their address: pointers come as numbers, MIDI messages as bytes.

reapy does so where REAPER's own Python binding does not work (its ``additional_api.py``).
"""

import ctypes
from collections.abc import Callable, Mapping, Sequence
from ctypes import c_byte, c_char_p, c_double, c_int, c_uint64, c_void_p
from types import MappingProxyType
from typing import Any

Call = Callable[[str, Sequence[object]], Any]
TAKE, TRACK = "MediaItem_Take*", "MediaTrack*"


def natives(call: Call) -> Mapping[str, Any]:
    """Return the functions by name, each a ctypes callback that has ``call`` do it. Keep them for as long as needed."""
    hash_type = ctypes.CFUNCTYPE(c_byte, c_uint64, c_byte, c_void_p, c_int)
    return MappingProxyType(
        {
            "ValidatePtr2": ctypes.CFUNCTYPE(c_byte, c_uint64, c_uint64, c_char_p)(
                lambda _project, pointer, kind: call("ValidatePtr2", (0, pointer, kind.decode()))
            ),
            "MIDI_GetHash": hash_type(_hash(call, "MIDI_GetHash", TAKE)),
            "MIDI_GetTrackHash": hash_type(_hash(call, "MIDI_GetTrackHash", TRACK)),
            "MIDI_InsertEvt": ctypes.CFUNCTYPE(c_byte, c_uint64, c_byte, c_byte, c_double, c_void_p, c_int)(
                lambda take, selected, muted, tick, message, size: call(
                    "MIDI_InsertEvt", (_pointer(TAKE, take), bool(selected), bool(muted), tick, *_text(message, size))
                )
            ),
            "MIDI_InsertTextSysexEvt": ctypes.CFUNCTYPE(
                c_byte, c_uint64, c_byte, c_byte, c_double, c_int, c_void_p, c_int
            )(
                lambda take, selected, muted, tick, kind, message, size: call(
                    "MIDI_InsertTextSysexEvt",
                    (_pointer(TAKE, take), bool(selected), bool(muted), tick, kind, *_text(message, size)),
                )
            ),
            "MIDI_GetEvt": ctypes.CFUNCTYPE(c_byte, c_uint64, c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)(
                _get_event(call)
            ),
            "MIDI_SetEvt": ctypes.CFUNCTYPE(
                c_byte, c_uint64, c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_int, c_void_p
            )(_set_event(call)),
        }
    )


def _hash(call: Call, name: str, kind: str) -> Callable[[int, int, int, int], int]:
    def run(owner: int, notes_only: int, buffer: int, size: int) -> int:
        found, _, _, text, _ = call(name, (_pointer(kind, owner), bool(notes_only), "", size))
        if found:
            _write(buffer, text, size)
        return int(found)

    return run


def _get_event(call: Call) -> Callable[..., int]:
    def run(take: int, index: int, selected: int, muted: int, tick: int, buffer: int, size: int) -> int:
        room = c_int.from_address(size)
        answer = call("MIDI_GetEvt", (_pointer(TAKE, take), index, False, False, 0.0, "", room.value))
        found, _, _, is_selected, is_muted, at_tick, text, _length = answer
        if found:
            c_byte.from_address(selected).value = is_selected
            c_byte.from_address(muted).value = is_muted
            c_double.from_address(tick).value = at_tick
            _write(buffer, text, room.value)
            room.value = len(text)
        return int(found)

    return run


def _set_event(call: Call) -> Callable[..., int]:
    def run(take: int, index: int, selected: int, muted: int, tick: int, message: int, size: int, no_sort: int) -> int:
        flags = (bool(c_byte.from_address(place).value) for place in (selected, muted))
        at_tick = c_double.from_address(tick).value
        unsorted = bool(c_byte.from_address(no_sort).value)
        given = (_pointer(TAKE, take), index, *flags, at_tick, *_text(message, size), unsorted)
        return int(call("MIDI_SetEvt", given)[0])

    return run


def _pointer(kind: str, address: int) -> str:
    """Return a pointer as REAPER's Python binding writes it."""
    return f"({kind})0x{address:016X}"


def _text(address: int, size: int) -> tuple[str, int]:
    """Return the bytes at an address as a text of which each character is one."""
    return ctypes.string_at(address, max(size, 0)).decode("latin-1"), size


def _write(address: int, text: str, size: int) -> None:
    """Write a C string of at most ``size`` bytes, with the one that ends it."""
    data = text.encode("latin-1")[: max(size - 1, 0)] + b"\0"
    ctypes.memmove(address, data, len(data))
