"""A session written as a REAPER project (.RPP), so that a mix made elsewhere opens in REAPER and can be changed there.

The layout follows projects saved by REAPER 7 (FastTrackStudios/daw on GitHub, "Template-with-takes-lanes.RPP", 7.42)
and, for ReaEQ, FX chains saved by REAPER (koulaxizis/reaper, "FX Chains"). Only lines that differ from REAPER's own
defaults, or that say what a track is, are written; REAPER adds the rest on the next save.

A ReaEQ instance is three base64 blocks, all numbers little-endian:

    1  the host's header: id "qeer", 0xFEED5EEE, number of inputs and a 64-bit pin mask each, the outputs likewise,
       length of block 2 in bytes, 1, 0x100000
    2  33, number of bands; per band int type, int enabled, doubles Hz, linear gain, octaves, one byte 1 (33 bytes);
       then 1, 1, double global gain, a word of view flags, width and height of the editor in pixels, 2
    3  the preset's name between two zero bytes, then 16
"""

import base64
import binascii
import math
import struct
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath

from agent.session import EqShape, Session, Strip

EQ_NAME = "Faderbot EQ"
REAEQ = '"VST: ReaEQ (Cockos)" reaeq.dll 0 "{name}" 1919247729<56535472656571726561657100000000> ""'
# REAPER chooses the decoder by this word, not by what is in the file: WAVE over a FLAC file opens as an empty item.
SOURCE_TYPES = {
    ".wav": "WAVE",
    ".wave": "WAVE",
    ".bwf": "WAVE",
    ".rf64": "WAVE",
    ".aif": "WAVE",
    ".aiff": "WAVE",
    ".aifc": "WAVE",
    ".flac": "FLAC",
    ".mp3": "MP3",
    ".ogg": "VORBIS",
    ".oga": "VORBIS",
    ".opus": "OPUS",
}
# A Butterworth high-pass has Q = 1/√2; "BW" of the Audio EQ Cookbook: 1/Q = 2 sinh(ln 2 / 2 · BW), so 1.90 octaves.
HIGH_PASS_OCT = 2.0 * math.asinh(math.sqrt(0.5)) / math.log(2.0)
IDLE_HIGH_PASS_HZ = 100.0

_GUIDS = uuid.uuid5(uuid.NAMESPACE_URL, "https://faderbot.invalid/rpp")
_HEADER = struct.Struct("<2I I2Q I2Q 3I")
_HEADER_START, _HEADER_END = (0x72656571, 0xFEED5EEE), (1, 0x100000)
_LEFT_AND_RIGHT = (2, 0b01, 0b10)
_BANDS = struct.Struct("<2i")
_BAND = struct.Struct("<2i3dB")
_TAIL = struct.Struct("<2id4i")
# The editor's size is that of REAPER on Windows (509 × 348); no sound depends on it.
_NEW_TAIL = (1, 1, 1.0, 0, 509, 348, 2)
_NO_PRESET = b"\0\0" + struct.pack("<I", 16)
_MASTER = -1  # in the place of a track's number
_BREAKS = frozenset({"Cc", "Zl", "Zp"})  # Unicode categories: control characters, line and paragraph separators
_LINE_BYTES = 96  # 128 characters of base64 a line, as REAPER breaks them; no padding inside a block


class ProjectUnwritable(ValueError):  # noqa: N818 - a state, named as the user sees it
    """The session can not be said in a REAPER project."""


class ReaEqUnreadable(ValueError):  # noqa: N818 - a state, named as the user sees it
    """The lines are no ReaEQ state of a layout known here."""


class ReaEqType(IntEnum):
    """Band types as ReaEQ's state numbers them; SetEQParam and OSC number them otherwise."""

    LOW_SHELF = 0
    HIGH_SHELF = 1
    LOW_PASS = 3
    HIGH_PASS = 4
    BAND = 8


@dataclass(frozen=True, slots=True)
class ReaEqBand:
    """One band of ReaEQ, as its state holds it: Hz, linear gain, octaves. ``kind`` may be a type not named above."""

    kind: int
    freq_hz: float
    gain_linear: float = 1.0
    bandwidth_oct: float = 2.0
    enabled: bool = True

    @property
    def gain_db(self) -> float:
        """The gain in dB."""
        return 20.0 * math.log10(self.gain_linear) if self.gain_linear > 0.0 else -math.inf


@dataclass(frozen=True, slots=True)
class Item:
    """The one audio file of a track, from the start of the project: its path as to be written, its length in s.

    It plays at ``speed`` times its own, and REAPER keeps its pitch.
    """

    path: str
    length_s: float
    speed: float = 1.0


def project_text(session: Session, items: Sequence[Item | None], *, saved_at_s: int = 0) -> str:
    """Return the session as a REAPER project; ``items`` has one entry a track, None for a track with no file.

    The text depends on the arguments alone. A relative path is relative to the project file. Write it as UTF-8 with
    ``errors="surrogateescape"``, so that file names which are not UTF-8 survive. ``saved_at_s`` is Unix time.
    Raises ``ProjectUnwritable`` for a file that REAPER can not open or whose path an .RPP can not hold.
    """
    if len(items) != len(session.tracks):
        raise ValueError(f"{len(items)} items for {len(session.tracks)} tracks: give one each, None for no file")
    return "\n".join(_project(session, items, saved_at_s)) + "\n"


def check_item(item: Item) -> None:
    """Raise ``ProjectUnwritable`` where REAPER can not open the item's file or an .RPP can not hold its path."""
    _source_type(_file_name(item.path))
    _quoted_path(item.path)


def encode_reaeq(bands: Sequence[ReaEqBand]) -> list[str]:
    """Return the base64 lines of a stereo ReaEQ instance with these bands, no preset and a global gain of 0 dB."""
    state = _BANDS.pack(_BAND.size, len(bands))
    for band in bands:
        state += _BAND.pack(band.kind, band.enabled, band.freq_hz, band.gain_linear, band.bandwidth_oct, 1)
    state += _TAIL.pack(*_NEW_TAIL)
    header = _HEADER.pack(*_HEADER_START, *_LEFT_AND_RIGHT, *_LEFT_AND_RIGHT, len(state), *_HEADER_END)
    return [_base64(header), *map(_base64, _pieces(state)), _base64(_NO_PRESET)]


def decode_reaeq(lines: Sequence[str]) -> tuple[ReaEqBand, ...]:
    """Return the bands in the base64 lines of a ReaEQ instance, however they are broken and with whatever preset.

    Raises ``ReaEqUnreadable``.
    """
    try:
        blocks = [base64.b64decode(line.strip(), validate=True) for line in lines]
        header, body = blocks[0], b"".join(blocks[1:])
        # The pin masks grow with the channels; the length stands third from the end whatever their number.
        if struct.unpack_from("<2I", header) != _HEADER_START:
            raise ReaEqUnreadable("these lines belong to another plug-in than ReaEQ")
        (length,) = struct.unpack_from("<I", header, len(header) - 12)
        state = body[:length]
        record, count = _BANDS.unpack_from(state)
        if record != _BAND.size or count < 0 or len(state) < max(length, _BANDS.size + count * record):
            raise ReaEqUnreadable(
                f"a ReaEQ state of {len(state)} bytes, {count} bands of {record} bytes: unknown layout"
            )
        fields = _BAND.iter_unpack(state[_BANDS.size : _BANDS.size + count * record])
    except (IndexError, struct.error, binascii.Error) as error:
        raise ReaEqUnreadable(f"the ReaEQ state is cut off or damaged: {error}") from error
    return tuple(ReaEqBand(kind, hz, gain, octaves, bool(on)) for kind, on, hz, gain, octaves, _ in fields)


def reaeq_bands(strip: Strip) -> tuple[ReaEqBand, ...]:
    """Return the strip's EQ as five bands of ReaEQ: its four, then the high-pass, off where the strip has none."""
    kinds = {
        EqShape.LOW_SHELF: ReaEqType.LOW_SHELF,
        EqShape.BELL: ReaEqType.BAND,
        EqShape.HIGH_SHELF: ReaEqType.HIGH_SHELF,
    }
    bands = [ReaEqBand(kinds[band.shape], band.freq_hz, _linear(band.gain_db), band.bandwidth_oct) for band in strip.eq]
    corner_hz = strip.high_pass_hz
    high_pass = ReaEqBand(
        ReaEqType.HIGH_PASS,
        IDLE_HIGH_PASS_HZ if corner_hz is None else corner_hz,
        bandwidth_oct=HIGH_PASS_OCT,
        enabled=corner_hz is not None,
    )
    return (*bands, high_pass)


def quoted(text: str) -> str:
    """Return a text quoted as REAPER does: in the first of ``"``, ``'`` and a backtick that it does not contain.

    A text with all three loses its backticks to ``'``. Line breaks and control characters become spaces.
    """
    text = "".join(" " if _unwritable(char) else char for char in text)
    for mark in "\"'`":
        if mark not in text:
            return f"{mark}{text}{mark}"
    return "`{}`".format(text.replace("`", "'"))


def _project(session: Session, items: Sequence[Item | None], saved_at_s: int) -> Iterator[str]:
    settings = session.settings
    yield f'<REAPER_PROJECT 0.1 "7.0/faderbot" {saved_at_s}'
    yield "  RIPPLE 0 0"
    # Stereo balance at a 0 dB pan law: the strip's pan, and a centred track stays as loud as it is.
    yield "  PANLAW 1"
    yield "  PANMODE 3"
    yield f"  SAMPLERATE {session.sample_rate_hz} 1 0"
    yield f"  TEMPO {_number(settings.tempo_bpm)} 4 4 0"
    yield "  MASTER_NCH 2 2"
    yield f"  MASTER_VOLUME {_number(_linear(settings.master_gain_db))} 0 -1 -1 1"
    yield "  MASTER_PANMODE 3"
    yield "  MASTER_FX 1"
    if any(band.gain_db for band in settings.master_eq):
        guid = partial(_guid, session.name, _MASTER)
        master = Strip(eq=settings.master_eq)
        yield from ("  " + line for line in _effects("MASTERFXLIST", master, guid))
    for index, (track, strip, item) in enumerate(zip(session.tracks, settings.strips, items, strict=True)):
        guid = partial(_guid, session.name, index)
        yield from ("  " + line for line in _track(track.name, strip, item, guid))
    yield ">"


def _track(name: str, strip: Strip, item: Item | None, guid: Callable[[str], str]) -> Iterator[str]:
    yield f"<TRACK {guid('track')}"
    yield f"  NAME {quoted(name)}"
    yield "  PEAKCOL 16576"
    yield f"  VOLPAN {_number(_linear(strip.gain_db))} {_number(strip.pan)} -1 -1 1"
    yield "  MUTESOLO 0 0 0"
    yield "  ISBUS 0 0"
    yield "  NCHAN 2"
    yield "  FX 1"
    yield f"  TRACKID {guid('track')}"
    yield "  MAINSEND 1 0"
    if any(strip.eq_gains_db) or strip.high_pass_hz is not None:
        yield from ("  " + line for line in _effects("FXCHAIN", strip, guid))
    if item is not None:
        yield from ("  " + line for line in _item(item, guid))
    yield ">"


def _effects(chain: str, strip: Strip, guid: Callable[[str], str]) -> Iterator[str]:
    yield f"<{chain}"
    yield "  SHOW 0"
    yield "  LASTSEL 0"
    yield "  DOCKED 0"
    yield "  BYPASS 0 0 0"
    yield "  <VST " + REAEQ.format(name=EQ_NAME)
    yield from ("    " + line for line in encode_reaeq(reaeq_bands(strip)))
    yield "  >"
    yield "  FLOATPOS 0 0 0 0"
    yield f"  FXID {guid('effect')}"
    yield "  WAK 0 0"
    yield ">"


def _item(item: Item, guid: Callable[[str], str]) -> Iterator[str]:
    name = _file_name(item.path)
    yield "<ITEM"
    yield "  POSITION 0"
    yield f"  LENGTH {_number(item.length_s)}"
    yield "  LOOP 0"
    yield f"  IGUID {guid('item')}"
    yield f"  NAME {quoted(name)}"
    yield "  VOLPAN 1 0 1 -1"
    yield "  SOFFS 0"
    yield f"  PLAYRATE {_number(item.speed)} 1 0 -1 0 0.0025"
    yield "  CHANMODE 0"
    yield f"  GUID {guid('take')}"
    yield f"  <SOURCE {_source_type(name)}"
    yield f"    FILE {_quoted_path(item.path)}"
    yield "  >"
    yield ">"


def _file_name(path: str) -> str:
    # A Windows path names its file after either slash; a POSIX one may well have backslashes in the name.
    windows = PureWindowsPath(path)
    return windows.name if windows.drive else PurePosixPath(path).name


def _source_type(file_name: str) -> str:
    suffix = PurePosixPath(file_name).suffix.lower()
    try:
        return SOURCE_TYPES[suffix]
    except KeyError:
        known = " ".join(SOURCE_TYPES)
        raise ProjectUnwritable(f"{file_name!r} is of no kind that REAPER is known to open ({known})") from None


def _quoted_path(path: str) -> str:
    """Return the path quoted; unlike a name it must come back as it was, or REAPER looks for another file."""
    if all(mark in path for mark in "\"'`") or any(unicodedata.category(char) in _BREAKS for char in path):
        raise ProjectUnwritable(
            f"REAPER can not read the path {path!r}: rename the file without quotes and line breaks"
        )
    mark = next(mark for mark in "\"'`" if mark not in path)
    return f"{mark}{path}{mark}"


def _unwritable(char: str) -> bool:
    """Tell whether a character breaks the line or is half a surrogate pair, which UTF-8 can not say."""
    return unicodedata.category(char) in _BREAKS | {"Cs"}


def _guid(session_name: str, index: int, part: str) -> str:
    key = "\0".join((session_name, str(index), part)).encode(errors="replace").decode()
    return f"{{{str(uuid.uuid5(_GUIDS, key)).upper()}}}"


def _linear(gain_db: float) -> float:
    return 0.0 if gain_db == -math.inf else float(10.0 ** (gain_db / 20.0))


def _number(value: float) -> str:
    """Return a number as REAPER writes it: fourteen decimals at most, none that say nothing, no exponent."""
    return f"{value:.14f}".rstrip("0").rstrip(".") if round(value, 14) else "0"


def _pieces(state: bytes) -> Iterator[bytes]:
    return (state[start : start + _LINE_BYTES] for start in range(0, len(state), _LINE_BYTES))


def _base64(block: bytes) -> str:
    return base64.b64encode(block).decode("ascii")
