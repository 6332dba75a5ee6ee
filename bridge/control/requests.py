"""What a message asks of the server: one table of addresses. Pure.

Surfaces send what their widgets hold: a button 1 when it is pressed and 0 when it is released, most of them all numbers
as floats. So a 0 presses nothing, and 3.0 is track 3.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bridge.control.rhythm_values import Feel, RhythmValues
from bridge.control.tune_values import TuneValues
from bridge.control.values import Chosen, Values
from bridge.osc.packets import Argument, Message
from bridge.wishes import WishUnclear

ROOT = "/faderbot/"
ANSWERS = frozenset({"progress", "done", "error", "pong"})
"""What a server says itself, below ``ROOT``. Two that answered each other's errors would never end."""


class Button(StrEnum):
    """What can be pressed, by its address below ``ROOT``."""

    MIX = "mix"
    DRY_RUN = "dryrun"
    UNDO = "undo"
    COMPARE = "ab"
    CANCEL = "cancel"
    STATUS = "status"
    TRACKS = "tracks"
    RHYTHM = "rhythm"
    TUNE = "tune"
    LEARN = "learn"
    UNLEARN = "learn/undo"
    LESSONS = "learn/list"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was pressed."""

    button: Button


@dataclass(frozen=True, slots=True)
class Wanted:
    """The values are to be these."""

    values: Values


@dataclass(frozen=True, slots=True)
class Subscribed:
    """Whoever asks wants to be told everything, at that port of theirs where they name one."""

    port: int | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Whoever asks wants to be told nothing more."""


@dataclass(frozen=True, slots=True)
class Pinged:
    """Whoever asks wants an answer."""


Request = Pressed | Wanted | Subscribed | Unsubscribed | Pinged
Given = TypeVar("Given")
Arguments = Sequence[Argument]
Asked = Callable[[Arguments, Values], Request | None]


class Refused(ValueError):  # noqa: N818 - an answer, not our mistake
    """A message of ours that can not be done, and why, in one line."""


def request(message: Message, values: Values) -> Request | None:
    """Return what a message asks where the values are these; None for what is not for us, and for a button's release.

    Raises ``Refused``.
    """
    if not message.address.startswith(ROOT):
        return None
    name = message.address.removeprefix(ROOT)
    if name in ANSWERS:
        return None
    asked = _ADDRESSES.get(name)
    if asked is None:
        known = ", ".join(_ADDRESSES)
        raise Refused(f"there is no {ROOT}{name[:60]}: choose from {known}")
    try:
        return asked(message.arguments, values)
    except (WishUnclear, Refused) as error:
        raise Refused(f"{message.address}: {error}") from error


def _press(button: Button) -> Asked:
    def asked(arguments: Arguments, _values: Values) -> Request | None:
        pressed = _number(arguments[0]) if _between(arguments, 0, 1) else 1.0
        return Pressed(button) if pressed != 0.0 else None

    return asked


def _target(arguments: Arguments, values: Values) -> Request:
    _between(arguments, 1, 1)
    target = arguments[0]
    return Wanted(values.with_target(target if isinstance(target, str) else _number(target)))


def _strength(arguments: Arguments, values: Values) -> Request:
    _between(arguments, 1, 1)
    return Wanted(values.with_strength(_number(arguments[0])))


def _style(arguments: Arguments, values: Values) -> Request:
    _between(arguments, 1, 1)
    return Wanted(values.with_style(_text(arguments[0])))


def _eq(arguments: Arguments, values: Values) -> Request:
    _between(arguments, 1, 1)
    return Wanted(values.with_eq(eq=_number(arguments[0]) != 0.0))


def _tempo(arguments: Arguments, values: Values) -> Request:
    _between(arguments, 1, 1)
    tempo = arguments[0]
    return Wanted(values.with_tempo(tempo if isinstance(tempo, str) else _number(tempo)))


def _rhythm(take: Callable[[Argument], Given], change: Callable[[RhythmValues, Given], RhythmValues]) -> Asked:
    def asked(arguments: Arguments, values: Values) -> Request:
        _between(arguments, 1, 1)
        return Wanted(values.with_rhythm(change(values.rhythm, take(arguments[0]))))

    return asked


def _feel(feel: Feel) -> Asked:
    def change(rhythm: RhythmValues, value: float | str) -> RhythmValues:
        return rhythm.with_feel(feel, value)

    return _rhythm(lambda value: value if isinstance(value, str) else _number(value), change)


def _tune(change: Callable[[TuneValues, str], TuneValues]) -> Asked:
    def asked(arguments: Arguments, values: Values) -> Request:
        _between(arguments, 1, 1)
        return Wanted(values.with_tune(change(values.tune, _text(arguments[0]))))

    return asked


def _choose(chosen: Chosen) -> Asked:
    def asked(arguments: Arguments, values: Values) -> Request | None:
        count = _between(arguments, 1, 2)
        is_on = count == 1 or _number(arguments[1]) != 0.0
        track = arguments[0]
        number_or_name = track if isinstance(track, str) else _whole(track)
        return Wanted(values.with_track(chosen, number_or_name, is_on=is_on))

    return asked


def _subscribe(arguments: Arguments, _values: Values) -> Request:
    if not _between(arguments, 0, 1):
        return Subscribed()
    port = _whole(arguments[0])
    if not 0 < port < 1 << 16:
        raise Refused(f"{port} is no UDP port")
    return Subscribed(port)


def _anything(asked: Request) -> Asked:
    return lambda _arguments, _values: asked


def _between(arguments: Arguments, fewest: int, most: int) -> int:
    """Return how many arguments there are."""
    if not fewest <= len(arguments) <= most:
        wanted = str(most) if fewest == most else f"{fewest} or {most}"
        raise Refused(f"it takes {wanted} arguments, not {len(arguments)}")
    return len(arguments)


def _number(argument: Argument) -> float:
    if isinstance(argument, int | float) and math.isfinite(argument):
        return float(argument)
    raise Refused(f"{_shown(argument)} is no number")


def _whole(argument: Argument) -> int:
    number = _number(argument)
    if isinstance(argument, bool) or number != int(number):
        raise Refused(f"{_shown(argument)} is no whole number")
    return int(number)


def _text(argument: Argument) -> str:
    if isinstance(argument, str):
        return argument
    raise Refused(f"{_shown(argument)} is no text")


def _shown(argument: Argument) -> str:
    return f"a blob of {len(argument)} bytes" if isinstance(argument, bytes) else repr(argument)[:60]


_ADDRESSES: Mapping[str, Asked] = {
    **{button.value: _press(button) for button in Button},
    "target": _target,
    "strength": _strength,
    "style": _style,
    "eq": _eq,
    "lock": _choose("lock"),
    "focus": _choose("focus"),
    "tempo": _tempo,
    "rhythm/style": _rhythm(_text, RhythmValues.with_style),
    "rhythm/density": _feel("density"),
    "rhythm/swing": _feel("swing"),
    "rhythm/humanize": _rhythm(_number, RhythmValues.with_humanize),
    "rhythm/bars": _rhythm(_whole, RhythmValues.with_bars),
    "rhythm/seed": _rhythm(_whole, RhythmValues.with_seed),
    "tune/style": _tune(TuneValues.with_style),
    "tune/reference": _tune(TuneValues.with_reference),
    "tune/scope": _tune(TuneValues.with_scope),
    "subscribe": _subscribe,
    "unsubscribe": _anything(Unsubscribed()),
    "ping": _anything(Pinged()),
}
