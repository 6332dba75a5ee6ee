"""A talk with Ardour over a lossy line: ask until the answer is whole, write until it reads back."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from bridge.changes import same
from bridge.desk import Bands, Desk, DeskTrack, DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.gains import gain_linear
from bridge.osc import ardour, ardour_eq
from bridge.osc.ardour import Plugin, Told
from bridge.osc.ardour_panners import panned
from bridge.osc.packets import Message
from bridge.osc.surface import Link

FIRST_WORD_S = 0.8  # how long the beginning of an answer is waited for
QUIET_S = 0.4  # silence after which the rest of an answer is taken for lost
ROUND_S = 5.0
IDLE_ROUNDS = 5  # so often is asked in vain, all in all within 4 s
TRIES = 4
AT_ONCE = 8  # plug-ins are asked for in groups: an ACE EQ answers with 25 packets

_KINDS = {"MT": "MIDI", "B": "a bus", "MB": "a MIDI bus", "AX": "an aux bus", "V": "a VCA", "FB": "a foldback bus"}
_NO_TEMPO = "; nor the tempo: for that, enable its WebSockets Server too, in Preferences, Control Surfaces"
_UNASKED = frozenset({ardour.METER, ardour.MASTER_METER, ardour.HEARTBEAT})


class ArdourLink(Link, Protocol):
    """What is asked of the line; ``bridge.osc.link.OscLink`` is the real one."""

    @property
    def own_port(self) -> int:
        """The port on this machine that it listens on."""
        ...


class Tempo(Protocol):
    """The way to the tempo; ``bridge.ardour_tempo.ArdourTempo`` is the real one."""

    def read(self, tracks: Sequence[str]) -> float | None:
        """Return it in BPM, None where it is not told."""
        ...

    def write(self, tempo_bpm: float, tracks: Sequence[str]) -> None:
        """Set it."""
        ...


class ArdourLine:
    """A ``bridge.desk.Line`` over OSC, with the tempo another way. Owns the link, and what was told last."""

    name = "Ardour"
    fader_highest_db = master_highest_db = ardour.FADER_HIGHEST_DB
    eq_law = ardour_eq.AceEq()

    def __init__(
        self, link: ArdourLink, where: str, tempo: Tempo | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._link, self._where, self._tempo, self._clock = link, where, tempo, clock
        self._last: Desk | None = None
        self._slots: dict[int, int] = {}  # the ACE EQ of a track, by the tracks' numbers
        self._never: frozenset[ardour.Address] = frozenset()  # what this session does not have
        self._names: Sequence[str] = ()  # of the audio tracks
        self._known = False  # whether Ardour knows where to send to

    @property
    def limits(self) -> tuple[str, ...]:
        """What is not seen or done over this line."""
        unseen = "over OSC Ardour does not tell routing, sends, VCAs and what automates plug-ins"
        no_tempo = "" if self._last is not None and self._last.tempo_bpm is not None else _NO_TEMPO
        undo = "Ardour's undo history does not know of faders and plug-ins: faderbot undo takes all back"
        return unseen + no_tempo, undo

    def held_db(self, number: int, gain_db: float) -> float:  # noqa: ARG002 - its faders have no steps
        """Return the gain: a fader stands where it is put."""
        return gain_db

    def read(self) -> Desk:
        """Return everything as it is now. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        told = Told()
        self._link.receive(0.0)  # what came before the question is no answer to it
        self._ask_for_strips(told)
        tracks = tuple(told.tracks())
        self._ask(told, lambda: [n for n in tracks if n not in told.plugins], _plugin_lists)
        self._slots = {n: slot for n in tracks if (slot := _ace_eq(told.plugins[n])) is not None}
        self._ask(told, lambda: [n for n, slot in self._slots.items() if _unread(told, n, slot)], self._descriptors)
        self._names = [strip.name for strip in told.tracks().values()]
        tempo_bpm = None if self._tempo is None else self._tempo.read(self._names)
        self._last = _desk(told, self._slots, tempo_bpm)
        return self._last

    def write(self, write: DeskWrite, undo_name: str = "") -> None:  # noqa: ARG002 - OSC names no steps
        """Set everything of the desk that was read last; what does not read back is written again.

        Raises ``DawUnreachable``.
        """
        desk = self._last or self.read()
        for _ in range(TRIES):
            messages = list(self._messages(write, desk))
            tempo_bpm = _tempo_to_set(write, desk)
            if not messages and tempo_bpm is None:
                return
            self._link.send(messages)
            if tempo_bpm is not None and self._tempo is not None:
                self._tempo.write(tempo_bpm, self._names)
            desk = self.read()

    def close(self) -> None:
        """Tell Ardour to tell nothing more, and close the link."""
        try:
            if self._known:
                self._link.send([ardour.farewell()])
        finally:
            self._link.close()

    def _messages(self, write: DeskWrite, desk: Desk) -> Iterator[Message]:
        """Yield what has to be sent for the desk to stand as wanted."""
        tracks = {track.number: track for track in desk.tracks}
        for number, wanted_db in write.gains_db.items():
            found_db = desk.gain_db(number)
            if found_db is not None and not same(gain_linear(found_db), gain_linear(wanted_db)):
                yield ardour.fader(number, wanted_db)
        for number, wanted in write.eqs.items():
            track = tracks.get(number)
            if track is not None and track.eq is not None and not same(track.eq, wanted):
                yield from _parameters(number, self._slots[number], track.eq, wanted)

    def _ask_for_strips(self, told: Told) -> None:
        """Ask for the strips and the session until all is known that is there."""
        idle = 0
        while lacking := self._lacking(told):
            if idle == IDLE_ROUNDS and any(told.missing()):
                raise self._cut_short(told, [f"{address} {strip}" for address, strip in lacking])
            if idle == IDLE_ROUNDS:
                self._never |= frozenset(lacking)
                return
            before = told.size
            asked = Message(ardour.LIST)
            self._link.send([asked] if self._known else [ardour.surface(self._link.own_port), asked])
            self._known = self._listen(told, lambda: not self._lacking(told))
            idle = 0 if told.size > before else idle + 1

    def _lacking(self, told: Told) -> list[ardour.Address]:
        return list(told.missing()) or [address for address in told.missing_perhaps() if address not in self._never]

    def _ask(
        self, told: Told, lacking: Callable[[], Sequence[int]], asked: Callable[[Sequence[int]], list[Message]]
    ) -> None:
        """Ask about strips, a few at once, until nothing is lacking; what each round brings is kept."""
        idle = 0
        while some := tuple(lacking()[:AT_ONCE]):
            if idle == IDLE_ROUNDS:
                raise self._cut_short(told, [f"the plug-ins of strip {number}" for number in some])
            before = told.size
            self._link.send(asked(some))
            self._listen(told, lambda some=some: not set(some).intersection(lacking()))  # type: ignore[misc]
            idle = 0 if told.size > before else idle + 1

    def _listen(self, told: Told, whole: Callable[[], bool]) -> bool:
        """Take in an answer until it is whole or falls silent; tell whether anything was said."""
        end = self._clock() + ROUND_S
        until = self._clock() + FIRST_WORD_S
        spoke = False
        while not whole() and (left_s := min(until, end) - self._clock()) > 0.0:
            came = self._link.receive(left_s)
            for message in came:
                told.take(message)
            if any(message.address not in _UNASKED for message in came):
                spoke = True
                until = self._clock() + QUIET_S
        return spoke

    def _descriptors(self, numbers: Sequence[int]) -> list[Message]:
        return [Message(ardour.DESCRIPTOR, (number, self._slots[number])) for number in numbers]

    def _cut_short(self, told: Told, lacking: Sequence[str]) -> DawUnreachable:
        if not told.size:
            return DawSilent(
                f"Ardour says nothing over OSC at {self._where}: start it, enable Open Sound Control (OSC) in its "
                "preferences, Control Surfaces, or see --host and --osc-port"
            )
        return DawUnreachable(
            f"Ardour at {self._where} answers over OSC, but never told {lacking[0]}"
            f"{f' and {len(lacking) - 1} more' if len(lacking) > 1 else ''}: try again, on a line that loses less"
        )


def _plugin_lists(numbers: Sequence[int]) -> list[Message]:
    return [Message(ardour.PLUGINS, (number,)) for number in numbers]


def _ace_eq(plugins: Sequence[Plugin]) -> int | None:
    """Return the number of the last ACE EQ, if it is on."""
    found = [plugin for plugin in plugins if plugin.name == ardour_eq.NAME]
    return found[-1].number if found and found[-1].active else None


def _unread(told: Told, number: int, slot: int) -> bool:
    return not told.parameters.get((number, slot), {}).keys() >= set(ardour_eq.PARAMETERS)


def _parameters(number: int, slot: int, found: Bands, wanted: Bands) -> Iterator[Message]:
    """Yield what sets the parameters that differ."""
    before = dict(ardour_eq.parameters(found))
    for parameter, value in ardour_eq.parameters(wanted):
        if value != before[parameter]:
            yield ardour.parameter(number, slot, parameter, value)


def _tempo_to_set(write: DeskWrite, desk: Desk) -> float | None:
    told = write.tempo_bpm is not None and desk.tempo_bpm is not None
    return write.tempo_bpm if told and not same(desk.tempo_bpm, write.tempo_bpm) else None


def _desk(told: Told, slots: Mapping[int, int], tempo_bpm: float | None) -> Desk:
    master_db = told.number(ardour.MASTER_GAIN)
    return Desk(
        tracks=tuple(_track(told, number, slots.get(number)) for number in sorted(told.strips)),
        master_gain_db=None if master_db is None else ardour.gain_db(master_db),
        recording=told.is_on(ardour.RECORD) and not told.is_on(ardour.STOPPED),
        tempo_bpm=tempo_bpm,
        audio_follows_tempo=False,
        rate_hz=told.rate_hz,
        length_s=None if not told.rate_hz else told.samples / told.rate_hz,
        project=told.text(ardour.PROJECT),
    )


def _track(told: Told, number: int, slot: int | None) -> DeskTrack:
    strip = told.strips[number]
    if strip.kind != ardour.AUDIO_TRACK:
        return DeskTrack(number, strip.name, 0.0, left_alone=_KINDS.get(strip.kind, "no audio track"))
    placed = panned(
        told.text(ardour.PANNER, number),
        told.number(ardour.PAN, number),
        told.number(ardour.TRIM, number) or 0.0,
    )
    others = tuple(p.name for p in told.plugins[number] if p.active and p.number != slot)
    return DeskTrack(
        number=number,
        name=strip.name,
        gain_db=ardour.gain_db(told.number(ardour.GAIN, number) or 0.0),
        pan=placed.balance,
        muted=told.is_on(ardour.MUTE, number),
        soloed=told.is_on(ardour.SOLO, number),
        selected=told.is_on(ardour.SELECT, number),
        eq=None if slot is None else ardour_eq.bands(told.parameters[number, slot]),
        effects=others,
        fixed="fader automated" if told.is_on(ardour.AUTOMATION, number) else None,
        sides=placed.sides,
    )
