"""Pattern files (``.ReaperOSC``): which addresses a surface listens to and reports, read as REAPER reads them.

A line is ``KEY flag/address [flag/address …]``. What follows is in REAPER's own source (reaper-sdk, ``csurf_osc.cpp``,
``LoadCfgContext`` and the constructor of ``CSurf_Osc``): unknown keys are skipped, while one address with an unknown
flag makes REAPER throw the file away and use its default; the lines of one key are put before its earlier ones; where
two keys have one address, the later gets the messages.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

FLAGS = "nfbtrsi"
LONGEST_ADDRESS = 512
MOST_SHOWN = 1024  # REAPER sets no limit to how much a device may ask for
FOLLOW_MODES = frozenset({"REAPER", "DEVICE", "LAST_TOUCHED", "FOCUSED", "MIXER"})
_TOKEN = re.compile(r"""[ \t]*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s"'`]\S*))""")


@dataclass(frozen=True, slots=True)
class Address:
    """An address with its flag; the @ are left out between ``parts``."""

    flag: str
    text: str
    parts: tuple[str, ...]

    @property
    def targets(self) -> int:
        """How many numbers it wants."""
        return len(self.parts) - 1

    @property
    def innermost_first(self) -> bool:
        """Whether numbers are given from the innermost outwards, which REAPER does unless the first @ are adjacent."""
        return "@@" not in self.text or self.text.find("@") != self.text.find("@@")

    def at(self, numbers: Sequence[int]) -> str:
        """Return the address of an object by its numbers: parameter, then effect, then track."""
        ordered = reversed(numbers) if self.innermost_first else numbers
        return self.parts[0] + "".join(f"{n}{part}" for n, part in zip(ordered, self.parts[1:], strict=True))


@dataclass(frozen=True, slots=True)
class Device:
    """How much a device shows at once, and what follows what, as a pattern file sets it out."""

    tracks: int = 8
    sends: int = 4
    receives: int = 4
    effects: int = 8
    effect_parameters: int = 16
    instrument_parameters: int = 16
    markers: int = 0
    regions: int = 0
    rotary_center: float = 0.0
    reaper_follows_device: bool = False
    track_follows_touch: bool = False
    bank_follows_mixer: bool = False
    effect_follows_touch: bool = False
    effect_follows_focus: bool = False
    inserts_equaliser: bool = False


COUNTS = {
    "DEVICE_TRACK_COUNT": "tracks",
    "DEVICE_SEND_COUNT": "sends",
    "DEVICE_RECEIVE_COUNT": "receives",
    "DEVICE_FX_COUNT": "effects",
    "DEVICE_FX_PARAM_COUNT": "effect_parameters",
    "DEVICE_FX_INST_PARAM_COUNT": "instrument_parameters",
    "DEVICE_MARKER_COUNT": "markers",
    "DEVICE_REGION_COUNT": "regions",
}
FOLLOWS = {
    ("REAPER_TRACK_FOLLOWS", "DEVICE"): "reaper_follows_device",
    ("DEVICE_TRACK_FOLLOWS", "LAST_TOUCHED"): "track_follows_touch",
    ("DEVICE_TRACK_BANK_FOLLOWS", "MIXER"): "bank_follows_mixer",
    ("DEVICE_FX_FOLLOWS", "LAST_TOUCHED"): "effect_follows_touch",
    ("DEVICE_FX_FOLLOWS", "FOCUSED"): "effect_follows_focus",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern file that was read. ``unknown`` holds the keys that were skipped.

    ``problem`` says why the file was thrown away, if it was: then the rest is that of the default one.
    """

    keys: Mapping[str, tuple[Address, ...]]
    device: Device = field(default_factory=Device)
    unknown: tuple[str, ...] = ()
    problem: str | None = None

    def reports(self, key: str, targets: int) -> tuple[Address, ...]:
        """Return the addresses on which a key is reported for so many numbers: rotaries are write only."""
        return tuple(a for a in self.keys.get(key, ()) if a.targets == targets and a.flag != "r")

    def wants(self, *beginnings: str, targets: int = 0) -> bool:
        """Return whether a key that begins so has an address, with at least so many @."""
        return any(
            key.startswith(beginnings) and any(a.targets >= targets for a in addresses)
            for key, addresses in self.keys.items()
        )


@cache
def default_pattern() -> Pattern:
    """Return the pattern of REAPER's default file."""
    return _read(default_text(), default_keys())


def default_text() -> str:
    """Return the text of our file with the keys and addresses of REAPER's default."""
    return files("mock_daw.reaper").joinpath("default.ReaperOSC").read_text(encoding="utf-8")


@cache
def default_keys() -> frozenset[str]:
    """Return all keys that REAPER knows: those of its default file, commented ones left out."""
    lines = (line.split() for line in default_text().splitlines())
    return frozenset(words[0] for words in lines if words and not words[0].startswith("#"))


def parse(text: str) -> Pattern:
    """Return the pattern of a file's text. Nothing raises: what REAPER can not use gives the default pattern."""
    try:
        return _read(text, default_keys())
    except _UnusableError as unusable:
        return replace(default_pattern(), problem=str(unusable))


class _UnusableError(Exception):
    """A line for which REAPER throws the file away, or no line at all."""


def _read(text: str, known: Collection[str]) -> Pattern:
    keys: dict[str, tuple[Address, ...]] = {}
    device = Device()
    unknown: dict[str, None] = {}
    usable = False
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        words = _words(line)
        if words is None or len(words) < 2 or words[0].startswith("#"):
            continue
        key, *rest = words
        if key not in known:
            unknown[key] = None
            continue
        usable = True
        changed = _with_setting(device, key, rest[0])
        if changed is not None:
            device = changed
            rest = rest[1:]
        addresses = tuple(_address(word, number) for word in rest)
        if addresses:
            keys[key] = (*addresses, *keys.get(key, ()))
    if not usable:
        raise _UnusableError("There is no line with an action that REAPER knows")
    return Pattern(keys, device, tuple(unknown))


def _words(line: str) -> list[str] | None:
    """Split a line as REAPER's line parser does; None where a quote is left open."""
    words = []
    place = 0
    line = line.rstrip()
    while place < len(line):
        found = _TOKEN.match(line, place)
        if found is None:
            return None
        words.append(next(group for group in found.groups() if group is not None))
        place = found.end()
    return words


def _with_setting(device: Device, key: str, word: str) -> Device | None:
    """Return the device as a line sets it before any address; None where its first word is no setting."""
    changes: dict[str, Any] = {}
    if key in COUNTS and re.fullmatch("[0-9]+", word):
        count = min(int(word[:9]), MOST_SHOWN)
        changes = {COUNTS[key]: count} if count > 0 else {}
    elif key == "DEVICE_ROTARY_CENTER" and re.fullmatch(r"-?[0-9]*\.?[0-9]*", word):
        center = float(word) if re.search("[0-9]", word) else 0.0
        changes = {"rotary_center": center} if center >= 0.0 else {}
    elif key.endswith("_FOLLOWS") and word in FOLLOW_MODES:
        changes = {FOLLOWS[key, word]: True} if (key, word) in FOLLOWS else {}
    elif key == "DEVICE_EQ" and word == "INSERT":
        changes = {"inserts_equaliser": True}
    else:
        return None
    return replace(device, **changes)


def _address(word: str, line: int) -> Address:
    if word[:1] not in FLAGS or not word:
        raise _UnusableError(f'Pattern "{word}" starts with unknown flag on line {line} (allowed: [{FLAGS}])')
    if word[1:2] != "/":
        raise _UnusableError(f'Pattern "{word}" does not start with "/" on line {line}')
    if len(word.encode()) > LONGEST_ADDRESS:
        raise _UnusableError(f"Pattern is too long on line {line}")
    return Address(word[0], word[1:], tuple(word[1:].split("@")))
