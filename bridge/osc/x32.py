"""The Behringer X32's and Midas M32's dialect of OSC, and the X Air's, where it is the same. Pure.

From "Unofficial X32/M32 OSC Remote Protocol" (P.-G. Maillot, 4.06 and 4.09), its emulator's tables, and Behringer's
"X AIR Mixer Series Remote Control Protocol" (firmware 1.11):

- An address without arguments asks for a value; the answer has the same address, and goes to who asked. Bundles are
  not known: a message is a packet.
- Values are positions in [0, 1] in so many steps; the console keeps the nearest.
- ``/xremote`` makes it tell changes for 10 s. ``/xinfo`` says which console it is.
- A solo goes to the monitor and leaves the main mix alone; DCAs and mute groups do not move the channels' own faders
  and mutes, but are heard.
- A pair of channels that is linked moves as one, in what ``/config/linkcfg`` says.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.desk import MASTER_NUMBER, Desk, DeskTrack
from bridge.osc import x32_eq
from bridge.osc.fader_laws import X32 as FADER_LAW
from bridge.osc.fader_laws import Fader
from bridge.osc.packets import Argument, Message
from bridge.osc.x32_scales import TRIM

FADER = Fader(FADER_LAW, 1023)
RATE_HZ = 48_000
REMOTE, INFO = Message("/xremote"), Message("/xinfo")
REMOTE_EVERY_S = 8.0  # it is forgotten after 10
PAUSE_S = 0.001  # after each packet, which is a single message
MUTE_GROUPS = 6
FADERS_LINK, EQ_LINK = "/config/linkcfg/fdrmute", "/config/linkcfg/eq"

Values = Mapping[str, Argument]
"""What was told, by address."""


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank of meters: its name, how many values it has at least, and where the channels and the main mix are in it.

    ``linear``: 32-bit floats, else 16-bit integers of 1/256 dB, little end first either way.
    """

    name: str
    size: int
    linear: bool
    channels: range = range(0)
    main: range = range(0)


@dataclass(frozen=True, slots=True)
class Console:
    """A family of consoles; ``models`` are how the names of its members begin, ``to_main`` the switch to the mix."""

    name: str
    port: int
    channels: int
    dcas: int
    master: str
    to_main: str
    trim: str | None
    models: tuple[str, ...]
    banks: tuple[Bank, ...]
    other: str

    def named(self, model: str) -> bool:
        """Tell whether a model is one of these."""
        return model.upper().startswith(self.models)


X32 = Console(
    name="Behringer X32",
    port=10_023,
    channels=32,
    dcas=8,
    master="/main/st",
    to_main="mix/st",
    trim="preamp/trim",
    models=("X32", "M32"),
    banks=(Bank("/meters/1", 96, True, channels=range(32)), Bank("/meters/2", 49, True, main=range(22, 24))),
    other="xair",
)
XAIR = Console(
    name="Behringer X Air",
    port=10_024,
    channels=16,
    dcas=4,
    master="/lr",
    to_main="mix/lr",
    trim=None,
    models=("XR", "X18", "MR"),
    banks=(Bank("/meters/1", 40, False, channels=range(16), main=range(36, 38)),),
    other="x32",
)


def channel(number: int, of: str) -> str:
    """Return an address of a channel, as "/ch/01/mix/fader"."""
    return f"/ch/{number:02d}/{of}"


def fader(console: Console, number: int) -> str:
    """Return the address of a fader, by the channel's number or ``MASTER_NUMBER``."""
    return f"{console.master}/mix/fader" if number == MASTER_NUMBER else channel(number, "mix/fader")


def first_asked(console: Console, channels: int) -> tuple[str, ...]:
    """Return what is asked of every console."""
    numbers = range(1, channels + 1)
    names = (channel(number, of) for number in numbers for of in ("config/name", "mix/fader"))
    return (fader(console, MASTER_NUMBER), *names)


def asked_of_channel(number: int) -> tuple[str, ...]:
    """Return what is asked of a channel that takes part."""
    return (channel(number, "mix/on"),)


def asked_perhaps(console: Console, number: int, *, all_of_it: bool) -> Iterator[str]:
    """Yield what is asked of a channel and may not be there on every model; EQ and effects with ``all_of_it``."""
    yield from (channel(number, of) for of in (console.to_main, "mix/pan", "grp/dca", "grp/mute"))
    if console.trim is not None:
        yield channel(number, console.trim)
    yield from (_link(number), FADERS_LINK, EQ_LINK)
    if all_of_it:
        yield from (channel(number, of) for of in _EFFECTS)
        yield from x32_eq.addresses(channel(number, "eq"))


def asked_of_groups(console: Console, values: Values, numbers: Sequence[int]) -> Iterator[str]:
    """Yield what is asked of the DCAs and mute groups that channels are in."""
    for group in range(1, console.dcas + 1):
        if any(_in_group(values, number, "grp/dca", group) for number in numbers):
            yield from (f"/dca/{group}/fader", f"/dca/{group}/on")
    for group in range(1, MUTE_GROUPS + 1):
        if any(_in_group(values, number, "grp/mute", group) for number in numbers):
            yield f"/config/mute/{group}"


def present(values: Values, channels: int) -> tuple[int, ...]:
    """Return the channels that are there: those that have a name, or whose fader is not closed."""
    return tuple(
        number
        for number in range(1, channels + 1)
        if str(values[channel(number, "config/name")]).strip() or _number(values, channel(number, "mix/fader"), 0.0)
    )


def heard(message: Message) -> tuple[str, Argument] | None:
    """Return the address and the value of a message; None where it has not just one, or it is no fit one."""
    match message.arguments:
        case (str(text),):
            return message.address, text
        case (int(number) | float(number),) if math.isfinite(number):
            return message.address, float(number)
        case _:
            return None


def desk(console: Console, values: Values, numbers: Sequence[int], project: str) -> Desk:
    """Return the desk as it was told, with the channels of these numbers."""
    return Desk(
        tracks=tuple(_track(console, values, number) for number in numbers),
        master_gain_db=FADER.db(_number(values, fader(console, MASTER_NUMBER), 0.0)),
        rate_hz=RATE_HZ,
        project=project,
    )


def subscriptions(console: Console) -> tuple[Message, ...]:
    """Return what makes it send its meters for 10 s."""
    return tuple(Message("/meters", (bank.name,)) for bank in console.banks)


def _track(console: Console, values: Values, number: int) -> DeskTrack:
    linked = _is_on(values, _link(number), default=False) and _is_on(values, FADERS_LINK)
    dcas = [d for d in range(1, console.dcas + 1) if _in_group(values, number, "grp/dca", d)]
    mutes = [m for m in range(1, MUTE_GROUPS + 1) if _in_group(values, number, "grp/mute", m)]
    dca_db = sum(FADER.db(_number(values, f"/dca/{dca}/fader", 0.75)) for dca in dcas)
    name = str(values[channel(number, "config/name")]).strip() or f"Ch {number:02d}"
    is_right = linked and number % 2 == 0
    trim_db = 0.0
    if console.trim is not None and (trim := channel(number, console.trim)) in values:
        trim_db = TRIM.value(_number(values, trim, 0.5))
    side = float(10.0 ** ((trim_db + dca_db) / 20.0))
    return DeskTrack(
        number=number,
        name=f"{name} (right)" if is_right else name,
        gain_db=FADER.db(_number(values, channel(number, "mix/fader"), 0.0)),
        pan=0.0 if linked else 2.0 * _number(values, channel(number, "mix/pan"), 0.5) - 1.0,
        muted=not _is_on(values, channel(number, "mix/on"))
        or not all(_is_on(values, f"/dca/{dca}/on") for dca in dcas)
        or any(_is_on(values, f"/config/mute/{group}", default=False) for group in mutes),
        eq=None if linked and not _is_on(values, EQ_LINK) else x32_eq.read(channel(number, "eq"), values),
        effects=tuple(said for of, said in _EFFECTS.items() if _is_on(values, channel(number, of), default=False)),
        left_alone=_left_alone(
            (is_right, "the right side of a linked pair"),
            (not _is_on(values, channel(number, console.to_main)), "not sent to the main mix"),
            (dca_db == -math.inf, "its DCA is closed"),
        ),
        sides=(side, side),
    )


_EFFECTS = {
    "preamp/hpon": "the low cut",
    "gate/on": "the gate",
    "dyn/on": "the compressor",
    "insert/on": "the insert",
}


def _left_alone(*reasons: tuple[bool, str]) -> str | None:
    return next((why for holds, why in reasons if holds), None)


def _link(number: int) -> str:
    left = number - 1 + number % 2
    return f"/config/chlink/{left}-{left + 1}"


def _in_group(values: Values, number: int, of: str, group: int) -> bool:
    """Tell whether a channel is in a group: the lowest bit is the first group's."""
    return bool(int(_number(values, channel(number, of), 0.0)) >> (group - 1) & 1)


def _is_on(values: Values, address: str, *, default: bool = True) -> bool:
    return bool(_number(values, address, float(default)))


def _number(values: Values, address: str, default: float) -> float:
    value = values.get(address, default)
    return value if isinstance(value, float) else default
