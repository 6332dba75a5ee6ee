"""DrivenByMoss's dialect of OSC, for Bitwig Studio: what is asked, what is heard, the laws of fader and meter. Pure.

From git-moss/DrivenByMoss (``controller/osc``) and its manual, "Open Sound Control (OSC)":

- ``/refresh`` makes it tell everything of one page of tracks, in bundles of about a hundred messages; after that it
  tells changes. It sends to the host and port of its own settings, whoever asks.
- A page has the size that is set there ("Bank Page Size", 8 to begin with, 200 at most). ``/track/bank/page/+`` and
  ``-`` turn pages. ``/track/{n}/position`` is a track's place among all, from 0.
- Values are whole numbers from 0 to 127, 1023 or 16383, as "Value resolution" is set; which, is not told, but seen
  from a fader and its text.
- A fader's text is in dB, of one decimal. Its place is the cube root of its gain: 0 dB at 0.7937, +6.02 dB at its end.
- ``/track/vu 1`` makes it tell meters.
- Of EQs only the first EQ+ of the selected track is told, and set.
- The tempo is told and set in BPM.
- What is set over OSC is undone by ``/undo`` value by value.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bridge.osc.packets import Message

PORT, ANSWERS_TO = 8000, 9000
FADER_HIGHEST_DB = 20.0 * math.log10(2.0)
RESOLUTIONS = (127, 1023, 16_383)

REFRESH, METERS_ON = Message("/refresh"), Message("/track/vu", (1,))
NEXT_PAGE, PREVIOUS_PAGE = Message("/track/bank/page/+", (1,)), Message("/track/bank/page/-", (1,))
NEXT_TRACK, PREVIOUS_TRACK = Message("/track/bank/+", (1,)), Message("/track/bank/-", (1,))
PLAY, STOP = Message("/play", (1,)), Message("/play", (0,))

TEMPO, PLAYING, RECORDING, PROJECT, TIME = "/tempo/raw", "/play", "/record", "/project/name", "/time/str"
MASTER_VOLUME, MASTER_TEXT, MASTER_VU = "/master/volume", "/master/volumeStr", "/master/vu"
EFFECTS_SHOWN, INSIDE_GROUP = "/track/toggleBank", "/track/hasParent"
SELECTED_POSITION, SELECTED_NAME, PINNED = (f"/track/selected/{name}" for name in ("position", "name", "pinned"))
EQ_EXISTS, EQ_BYPASSED = "/eq/exists", "/eq/bypass"
EQ_BANDS, EQ_PARAMETERS = range(1, 9), ("freq", "gain", "q")

_NEEDED_OF_TRACK = ("name", "type", "activated", "selected", "position", "volume", "volumeStr", "pan", "mute", "solo")
_NEEDED = (MASTER_VOLUME, MASTER_TEXT, TEMPO, PLAYING, RECORDING, PROJECT)
PERHAPS = (EFFECTS_SHOWN, INSIDE_GROUP)
"""What older versions do not tell."""
_EQ_TYPES = {f"/eq/type/{band}" for band in EQ_BANDS}
_EQ_TEXTS = {f"/eq/{name}/{band}/valueStr" for name in EQ_PARAMETERS for band in EQ_BANDS}
_EQ = {EQ_EXISTS, EQ_BYPASSED, *(f"/eq/{name}/{band}/value" for name in EQ_PARAMETERS for band in EQ_BANDS)}
EQ_ADDRESSES = frozenset({*_EQ, *_EQ_TYPES, *_EQ_TEXTS})
_KEPT = frozenset({*_NEEDED, *PERHAPS, MASTER_VU, TIME, SELECTED_POSITION, SELECTED_NAME, PINNED, *EQ_ADDRESSES})
_UNASKED = frozenset({MASTER_VU, TIME, "/beat/str", "/update"})
_OF_TRACK = re.compile(r"/track/([1-9][0-9]{0,2})/([A-Za-z]+)(/.*)?")
_KEPT_OF_TRACK = frozenset({"exists", "vu", *_NEEDED_OF_TRACK})
_TEXTS = frozenset({PROJECT, TIME, MASTER_TEXT, SELECTED_NAME, *_EQ_TYPES, *_EQ_TEXTS})
_TEXTS_OF_TRACK = frozenset({"name", "type", "volumeStr"})

_TEXT_DB = 0.06  # a text of one decimal
_DB = re.compile(r"([-+]?[0-9]+(?:[.,][0-9]+)?)\s*dB", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+)[.:](\d+)[.:](\d+)[.:](\d+)")


@dataclass(slots=True)
class Told:
    """Owns what was told of a page, by address, and how many places the page has."""

    values: dict[str, float | str] = field(default_factory=dict)
    size: int = 0

    def take(self, message: Message) -> bool:
        """Take in a message, and tell whether it may be part of an answer."""
        if len(message.arguments) != 1:
            return False
        (argument,) = message.arguments
        found = _OF_TRACK.fullmatch(message.address)
        if found is not None:
            self.size = max(self.size, int(found[1]))
        address = message.address
        if address.startswith("/eq/type/"):
            address = address.removesuffix("/value")  # so it is in the manual; in the source there is one
        kept = address in _KEPT if found is None else not found[3] and found[2] in _KEPT_OF_TRACK
        is_text = address in _TEXTS if found is None else found[2] in _TEXTS_OF_TRACK
        if kept and is_text and isinstance(argument, str):
            self.values[address] = argument
        elif kept and not is_text and not isinstance(argument, str | bytes) and math.isfinite(argument):
            self.values[address] = float(argument)
        return address not in _UNASKED and (found is None or found[2] != "vu")

    def number(self, address: str) -> float | None:
        """Return a number that was told, None where it was not."""
        value = self.values.get(address)
        return value if isinstance(value, float) else None

    def text(self, address: str) -> str:
        """Return a text that was told, empty where it was not."""
        value = self.values.get(address)
        return value if isinstance(value, str) else ""

    def is_on(self, address: str) -> bool:
        """Tell whether a switch was told to be on."""
        return bool(self.number(address))

    def missing(self) -> list[str]:
        """Return the addresses that a whole answer would have, and this one has not."""
        if not self.size:
            return [of_track(1, "exists")]
        places = range(1, self.size + 1)
        missing = [of_track(n, "exists") for n in places]
        missing += [of_track(n, name) for n in self.existing() for name in _NEEDED_OF_TRACK]
        return [address for address in (*missing, *_NEEDED) if address not in self.values]

    def existing(self) -> Iterator[int]:
        """Yield the places of the page that a track stands in."""
        return (n for n in range(1, self.size + 1) if self.is_on(of_track(n, "exists")))

    def positions(self) -> dict[int, int]:
        """Return the places of the page by the position of the track that stands there."""
        return {int(self.number(of_track(n, "position")) or 0.0): n for n in self.existing()}

    def faders(self) -> Iterator[tuple[float, str]]:
        """Yield each fader's value and its text."""
        for value, text in [
            (MASTER_VOLUME, MASTER_TEXT),
            *((of_track(n, "volume"), of_track(n, "volumeStr")) for n in self.existing()),
        ]:
            if (number := self.number(value)) is not None:
                yield number, self.text(text)


@dataclass(frozen=True, slots=True)
class FaderLaw:
    """A ``bridge.desk.FaderLaw``: faders in steps from 0 to ``highest``."""

    highest: int

    def gain_db(self, value: float) -> float:
        """Return a fader's gain in dB; minus infinity where it is closed."""
        return 60.0 * math.log10(value / self.highest) + FADER_HIGHEST_DB if value > 0.0 else -math.inf

    def value(self, gain_db: float) -> int:
        """Return the step that is nearest to a gain in dB; below the lowest the fader is closed."""
        place = 0.0 if gain_db == -math.inf else 10.0 ** ((gain_db - FADER_HIGHEST_DB) / 60.0)
        return round(min(place, 1.0) * self.highest)

    def nearest_db(self, gain_db: float) -> float:
        """Return the nearest gain that a fader can be set to, in dB."""
        return self.gain_db(self.value(gain_db))

    def says(self, value: float, text: str) -> bool:
        """Tell whether a fader's text is what its value means: to the half step that its place may be off."""
        shown_db = text_db(text)
        if shown_db is None:
            return False
        low_db, high_db = (self.gain_db(max(value + half, 0.0)) for half in (-0.5, 0.5))
        return low_db - _TEXT_DB <= shown_db <= high_db + _TEXT_DB


def resolution(faders: Iterable[tuple[float, str]]) -> int | None:
    """Return the highest value, from faders' values and texts; None where there is none that all open ones fit."""
    seen = [(value, text) for value, text in faders if value > 0.0 and text_db(text) != -math.inf]
    return next((n for n in RESOLUTIONS if seen and all(FaderLaw(n).says(*fader) for fader in seen)), None)


def of_track(place: int, name: str) -> str:
    """Return the address of a property of the track in a place of the page, from 1."""
    return f"/track/{place}/{name}"


def text_db(text: str) -> float | None:
    """Return the dB that a fader's text shows, minus infinity for a closed one; None where it shows none."""
    if "inf" in text.lower() or "∞" in text:
        return -math.inf
    found = _DB.search(text.replace("\N{MINUS SIGN}", "-"))
    return None if found is None else float(found[1].replace(",", "."))


def clock_s(text: str) -> float | None:
    """Return the seconds of a text like "0.01.23:500", hours, minutes, seconds and thousandths."""
    found = _CLOCK.search(text)
    if found is None:
        return None
    hours, minutes, seconds, part = (int(number) for number in found.groups())
    return 3600.0 * hours + 60.0 * minutes + seconds + part / 10.0 ** len(found[4])


def peak_dbfs(value: float, highest: int) -> float:
    """Return a meter in dBFS; minus infinity for silence.

    Its scale is not documented: it is drawn beside the fader, and taken to be the fader's.
    """
    return FaderLaw(highest).gain_db(value)
