"""REAPER's dialect of OSC: what is asked, what is heard, and how a fader is moved. Pure.

It is spoken with REAPER's default pattern file and with ``Faderbot.ReaperOSC`` alike. From Cockos' ``csurf_osc.cpp``:

- A refresh (action 41743) sends everything anew; after that only changes are sent, for the tracks of the bank alone.
- What is missing of a bank is sent as a track named "Track N" at -150 dB, just as a real one without a name, closed.
- ``/track/@/volume`` is the fader's place and follows a curve that the user may set: dB are used both ways.
- The default file has no dB for the master. ``/track/volume/db`` is the track that the surface points at, at first the
  master (number 0); ``/track/0/…`` is the master for writing, in the first bank.
- A written address is not sent back, its siblings are; switches are.
- A fader that is written takes all other selected tracks along, if its own track is selected.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridge.desk import MASTER_NUMBER, Desk, DeskTrack
from bridge.osc.packets import Argument, Message

FIRST_BANK = 65  # one more than our own pattern file shows unasked: see ``question``
LARGEST_BANK = 1024
LOWEST_DB = -150.0  # how REAPER writes minus infinity
REFRESH = 41743

Value = float | str
State = Mapping[str, Value]

# What must be known of a track, by the end of its address.
NAME, GAIN_DB, PAN, MUTE, SOLO, SELECT = "name", "volume/db", "pan", "mute", "solo", "select"
_NEEDED = (NAME, GAIN_DB, PAN, MUTE, SOLO, SELECT)
_PLACE, _TEXT, _NUMBER = "volume", "volume/str", "number/str"
_TRACK = re.compile(r"/track/([1-9]\d{0,4})/(.+)")
_TEXTS = frozenset({NAME, _TEXT, _NUMBER})
_TAILS = frozenset({*_NEEDED, _PLACE, *_TEXTS})

RECORD = "/record"
MASTER_DB, MASTER_PLACE, MASTER_TEXT = "/master/volume/db", "/master/volume", "/master/volume/str"
POINTED_NUMBER, POINTED_DB = "/track/number/str", "/track/volume/db"
_SINGLE_TEXTS = frozenset({MASTER_TEXT, POINTED_NUMBER})
_SINGLES = frozenset({RECORD, MASTER_DB, MASTER_PLACE, POINTED_DB, *_SINGLE_TEXTS})

# Shown beside the tracks, much of it and unused here. Our own pattern file has no such addresses: REAPER ignores them.
_COUNTS = {
    "/device/fx/count": 8,
    "/device/send/count": 4,
    "/device/receive/count": 4,
    "/device/fxparam/count": 16,
    "/device/fxinstparam/count": 16,
}
_USUAL_BANK, _OUR_BANK = 8, 64
_FIRST_NUMBER_IN_TEXT = re.compile(r"[-+]?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Write:
    """A message that sets something, and the addresses of which one tells that it did (``value``: only with that)."""

    message: Message
    echoes: frozenset[str]
    value: float | None = None


def question(bank: int) -> list[Message]:
    """Return the messages that make REAPER tell everything of its first ``bank`` tracks, the last of them last.

    Whoever asks for one track more each time knows by that last one the end of this answer from that of an earlier one.
    """
    return [
        *(Message(address, (0,)) for address in _COUNTS),
        Message("/device/track/bank/select", (1,)),
        Message("/action", (REFRESH,)),
        Message("/device/track/count", (bank,)),
    ]


def farewell(*, master_in_db: bool) -> list[Message]:
    """Return the messages that make the surface show as much as its pattern file says."""
    if master_in_db:
        return [Message("/device/track/count", (_OUR_BANK,))]
    return [
        Message("/device/track/count", (_USUAL_BANK,)),
        *(Message(address, (count,)) for address, count in _COUNTS.items()),
    ]


def heard(message: Message) -> tuple[str, Value] | None:
    """Return the address and value of a message that means something here, None for any other."""
    if len(message.arguments) != 1:
        return None
    (argument,) = message.arguments
    track = _TRACK.fullmatch(message.address)
    if track is not None:
        known, text = track[2] in _TAILS, track[2] in _TEXTS
    else:
        known, text = message.address in _SINGLES, message.address in _SINGLE_TEXTS
    value = _value(argument, text=text) if known else None
    return None if value is None else (message.address, value)


def missing(state: State, bank: int) -> list[str]:
    """Return the addresses that a whole answer would have, and this one has not."""
    tracks = (_of(number, tail) for number in range(1, bank + 1) for tail in _NEEDED)
    return [address for address in (*tracks, RECORD, *_needed_of_master(state)) if address not in state]


def bank_is_full(state: State, bank: int) -> bool:
    """Tell whether the last place of a whole answer is a track, so that there may be more."""
    return not _is_phantom(_track(state, bank))


def desk(state: State, bank: int) -> Desk:
    """Return what a whole answer says."""
    tracks = (_track(state, number) for number in range(1, bank + 1))
    return Desk(
        tracks=tuple(track for track in tracks if not _is_phantom(track)),
        master_gain_db=_master_gain_db(state),
        recording=_number(state, RECORD) > 0.0,
    )


def master_in_db(state: State) -> bool:
    """Tell whether the master's fader is told in dB, as our own pattern file has it."""
    return MASTER_DB in state


def fader(number: int, gain_db: float, *, master_in_db: bool) -> Write:
    """Return what sets a fader in dB, by the track's number or ``MASTER_NUMBER``."""
    db = (max(gain_db, LOWEST_DB),)
    if number == MASTER_NUMBER:
        echoes = frozenset({MASTER_PLACE, MASTER_TEXT})
        return Write(Message(MASTER_DB if master_in_db else _of(MASTER_NUMBER, GAIN_DB), db), echoes)
    return Write(Message(_of(number, GAIN_DB), db), frozenset({_of(number, _PLACE), _of(number, _TEXT)}))


def selection(number: int, *, selected: bool) -> Write:
    """Return what selects a track, or lifts its selection."""
    address, value = _of(number, SELECT), float(selected)
    return Write(Message(address, (value,)), frozenset({address}), value)


def _of(number: int, tail: str) -> str:
    return f"/track/{number}/{tail}"


def _value(argument: Argument, *, text: bool) -> Value | None:
    if text:
        return argument if isinstance(argument, str) else None
    if isinstance(argument, str | bytes) or not math.isfinite(argument):
        return None
    return float(argument)


def _needed_of_master(state: State) -> Iterator[str]:
    yield MASTER_TEXT
    if MASTER_DB in state:
        return
    if _of(1, _NUMBER) in state or POINTED_NUMBER in state:  # REAPER's own pattern file
        yield from (_of(1, _NUMBER), POINTED_NUMBER, POINTED_DB)
    else:
        yield MASTER_DB


def _master_gain_db(state: State) -> float:
    if MASTER_DB in state:
        return _open_db(_number(state, MASTER_DB))
    if state.get(POINTED_NUMBER) == str(MASTER_NUMBER):
        return _open_db(_number(state, POINTED_DB))
    found = _FIRST_NUMBER_IN_TEXT.search(str(state[MASTER_TEXT]))
    return -math.inf if found is None else float(found[0])  # "-inf dB"


def _track(state: State, number: int) -> DeskTrack:
    return DeskTrack(
        number=number,
        name=str(state[_of(number, NAME)]),
        gain_db=_open_db(_number(state, _of(number, GAIN_DB))),
        pan=min(1.0, max(-1.0, 2.0 * _number(state, _of(number, PAN)) - 1.0)),
        muted=_number(state, _of(number, MUTE)) > 0.0,
        soloed=_number(state, _of(number, SOLO)) > 0.0,
        selected=_number(state, _of(number, SELECT)) > 0.0,
    )


def _is_phantom(track: DeskTrack) -> bool:
    return track.name == f"Track {track.number}" and track.gain_db == -math.inf


def _number(state: State, address: str) -> float:
    return float(state[address])


def _open_db(db: float) -> float:
    return db if db > LOWEST_DB else -math.inf
