"""AbletonOSC's dialect: what is asked, what is heard, and Live's laws of faders, meters and panning. Pure.

From AbletonOSC's README and source (``abletonosc/*.py``, as of 2026), for Live 11 and later:

- It listens on port 11000 and answers to port 11001 of who asked, ten times a second. Bundles are understood.
- What it does not know it names: ``/live/error "Unknown OSC address: ..."``. Other errors do not say of which question.
- An answer has the address of its question, and begins with what the question named: the track, the device, the
  parameter, all from 0. So do the messages of a listener.
- Only audio, MIDI and group tracks are told: no return tracks, no master, and nothing of automation.
- A fader is set and told as its place in [0, 1], without a text.
- It begins no undo step: what is set is taken back one by one by ``/live/song/undo``, if at all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bridge.osc.packets import Argument, Message

PORT, ANSWERS_TO = 11_000, 11_001
FADER_HIGHEST_DB = 6.0

_IDS = {"/live/song/get/": 0, "/live/view/get/": 0, "/live/track/get/": 1, "/live/device/get/parameters/": 2}
_PARAMETER, _PARAMETER_IDS = "/live/device/get/parameter/", 3
ERROR, _UNKNOWN = "/live/error", "Unknown OSC address: "

TRACKS, TEMPO, PLAYING = "/live/song/get/num_tracks", "/live/song/get/tempo", "/live/song/get/is_playing"
RECORD, SESSION_RECORD = "/live/song/get/record_mode", "/live/song/get/session_record"
PLACE, SELECTED = "/live/song/get/current_song_time", "/live/view/get/selected_track"
NAME, VOLUME, PANNING, MUTE, SOLO, IS_GROUP, IS_GROUPED, HAS_AUDIO = (
    f"/live/track/get/{name}"
    for name in ("name", "volume", "panning", "mute", "solo", "is_foldable", "is_grouped", "has_audio_output")
)
DEVICE_CLASSES, DEVICE_NAMES, DEVICE_TYPES = (
    f"/live/track/get/devices/{name}" for name in ("class_name", "name", "type")
)
METERS = ("/live/track/get/output_meter_left", "/live/track/get/output_meter_right")
PARAMETER_NAMES, PARAMETER_VALUES, PARAMETER_LOWEST, PARAMETER_HIGHEST = (
    f"/live/device/get/parameters/{name}" for name in ("name", "value", "min", "max")
)
PARAMETER_TEXT, PARAMETER_VALUE = (f"/live/device/get/parameter/{name}" for name in ("value_string", "value"))

_TEXTS = frozenset({NAME, PARAMETER_TEXT})
_LISTS_OF_TEXTS = frozenset({DEVICE_CLASSES, DEVICE_NAMES, PARAMETER_NAMES})
_LISTS_OF_NUMBERS = frozenset({DEVICE_TYPES, PARAMETER_VALUES, PARAMETER_LOWEST, PARAMETER_HIGHEST})

# The fader: 40 dB a fader's length down to -18 dB, then a parabola that was fitted in AbletonOSC's issue 44, which
# meets the points seen below to 0.01 dB; from -42 dB on these points, seen in Live 12 every 3 dB (its display has
# steps of 0.1 dB). At the very end it is closed.
_STRAIGHT_FROM, _SLOPE_DB, _OFFSET_DB = 0.4, 40.0, -34.0
_ALPHA, _BETA, _GAMMA, _DELTA = 799.503788, 12_630.61132, 201.871345, 399.751894
_POINTS = (
    (0.0, -70.0),
    (0.0213456, -63.0),
    (0.0346236, -60.0),
    (0.0510115, -57.0),
    (0.0677865, -54.0),
    (0.0852360, -51.0),
    (0.1035359, -48.0),
    (0.1227171, -45.0),
    (0.1428816, -42.0070),
)

# Meters: the points that zbynekdrlik/abl-touchosc found by comparing with Live's own display (0.07: -64.7,
# 0.425: -37.7, 0.539: -29, 0.6: -24.4, 0.631: -22, 0.674: -18.8, 0.842: -6, 0.921: 0, 1: +6): they are on this line.
_METER_SLOPE_DB, _METER_OFFSET_DB = 76.0, -70.0

Answer = tuple[Argument, ...]


@dataclass(slots=True)
class Told:
    """Owns what was answered since it was made, by the question."""

    answers: dict[Message, Answer] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    error: str = ""

    def take(self, message: Message) -> bool:
        """Take in a message, and tell whether it means something here."""
        match message:
            case Message(address, (str(text), *_)) if address == ERROR:
                self.error = text
                self.unknown |= {text.removeprefix(_UNKNOWN)} if text.startswith(_UNKNOWN) else set()
                return False
        if (told := heard(message)) is None:
            return False
        self.answers[told[0]] = told[1]
        return True

    def number(self, address: str, *ids: int) -> float | None:
        """Return a number that was told, None where it was not."""
        match self.answers.get(Message(address, ids)):
            case (int() | float() as number,):
                return float(number)
        return None

    def is_on(self, address: str, *ids: int) -> bool:
        """Tell whether a switch was told to be on."""
        return bool(self.number(address, *ids))

    def text(self, address: str, *ids: int) -> str:
        """Return a text that was told, empty where it was not."""
        return next(iter(self.texts(address, *ids)), "")

    def texts(self, address: str, *ids: int) -> tuple[str, ...]:
        """Return a list of texts that was told."""
        return tuple(part for part in self.answers.get(Message(address, ids), ()) if isinstance(part, str))

    def numbers(self, address: str, *ids: int) -> tuple[float, ...]:
        """Return a list of numbers that was told."""
        parts = self.answers.get(Message(address, ids), ())
        return tuple(float(part) for part in parts if not isinstance(part, str | bytes))

    def lacking(self, questions: Sequence[Message]) -> list[Message]:
        """Return the questions that were not answered."""
        return [question for question in questions if question not in self.answers]


def heard(message: Message) -> tuple[Message, Answer] | None:
    """Return the question that a message answers, and the answer; None where it means nothing here."""
    ids = _id_count(message.address)
    if ids is None or len(message.arguments) < ids:
        return None
    named, answer = message.arguments[:ids], message.arguments[ids:]
    if not all(isinstance(part, int) for part in named) or not _is_sound(message.address, answer):
        return None
    return Message(message.address, named), answer


def setting(question: str, *arguments: float) -> Message:
    """Return the message that sets what a question asks for."""
    return Message(question.replace("/get/", "/set/"), arguments)


def listening(question: str, track: int, *, on: bool) -> Message:
    """Return the message after which a property is told whenever it changes, or no more."""
    return Message(question.replace("/get/", "/start_listen/" if on else "/stop_listen/"), (track,))


def fader(track: int, gain_db: float) -> Message:
    """Return what sets a track's fader in dB; minus infinity closes it."""
    return setting(VOLUME, track, place(gain_db))


def gain_db(place: float) -> float:
    """Return a fader's gain in dB at a place in [0, 1]; minus infinity where it is closed."""
    if place >= _STRAIGHT_FROM:
        return _SLOPE_DB * place + _OFFSET_DB
    if place >= _POINTS[-1][0]:
        return float(-((_DELTA * place - _GAMMA) ** 2 + _BETA) / _ALPHA)
    return _between(place, _POINTS) if place > 0.0 else -math.inf


def place(gain_db: float) -> float:
    """Return a fader's place in [0, 1] for a gain in dB: at most its end; what is below its lowest closes it."""
    if gain_db >= _SLOPE_DB * _STRAIGHT_FROM + _OFFSET_DB:
        return min((gain_db - _OFFSET_DB) / _SLOPE_DB, 1.0)
    if gain_db >= _POINTS[-1][1]:
        return min((_GAMMA - math.sqrt(-_ALPHA * gain_db - _BETA)) / _DELTA, _STRAIGHT_FROM)
    return _between(gain_db, [(db, place) for place, db in _POINTS]) if gain_db > _POINTS[0][1] else 0.0


def peak_dbfs(level: float) -> float:
    """Return a meter in dBFS; minus infinity for silence."""
    return _METER_SLOPE_DB * level + _METER_OFFSET_DB if level > 0.0 else -math.inf


def meter(peak_dbfs: float) -> float:
    """Return what a meter tells of a peak in dBFS."""
    return min(max((peak_dbfs - _METER_OFFSET_DB) / _METER_SLOPE_DB, 0.0), 1.0)


def sides(panning: float) -> tuple[float, float]:
    """Return the gains (left, right) of a track's pan in [-1, 1].

    Live's manual, "Audio Fact Sheet": constant power, 0 dB in the centre, +3 dB at the sides.
    """
    angle = (min(max(panning, -1.0), 1.0) + 1.0) * math.pi / 4.0
    return math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)


def _id_count(address: str) -> int | None:
    if address.startswith(_PARAMETER):
        return _PARAMETER_IDS
    return next((count for start, count in _IDS.items() if address.startswith(start)), None)


def _is_sound(address: str, answer: Answer) -> bool:
    """Tell whether an answer is of the kind that its question asks for."""
    if address in _LISTS_OF_TEXTS:
        return all(isinstance(part, str) for part in answer)
    if address in _LISTS_OF_NUMBERS:
        return all(map(_is_number, answer))
    (kind,) = {isinstance(part, str) if address in _TEXTS else _is_number(part) for part in answer[:1]} or {False}
    return kind and len(answer) == 1


def _is_number(part: Argument) -> bool:
    return not isinstance(part, str | bytes) and math.isfinite(part)


def _between(x: float, points: Sequence[tuple[float, float]]) -> float:
    """Return what lies on straight lines through points that rise."""
    for (left, low), (right, high) in pairwise(points):
        if x <= right:
            return low + (x - left) / (right - left) * (high - low)
    return points[-1][1]
