"""A talk in a dialect that is data, over a lossy line: ask until the answer is whole, write until it reads back."""

import math
import time
from collections.abc import Callable, Mapping, Sequence

from bridge.desk import MASTER_NUMBER, Desk, DeskTrack, DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc.asking import IDLE_ROUNDS, ask
from bridge.osc.dialect import Dialect, PanItem, SwitchItem
from bridge.osc.dialect_words import Key, Told, What, Words
from bridge.osc.fader_laws import Fader
from bridge.osc.packets import Message
from bridge.osc.singly import Singly
from bridge.osc.surface import Link

TRIES = 4
_NEAR_DB, _NEAR_BPM = 0.005, 0.005
_METERS = {What.METER, What.MASTER_METER}
_NOT_A_NUMBER = math.nan


class DialectLine:
    """A ``bridge.desk.Line`` over OSC. Owns the link, and what was told last.

    Where nothing can be asked for, ``undoing`` says that it is not known where the faders stand.
    """

    eq_law = None

    def __init__(
        self,
        link: Link,
        where: str,
        dialect: Dialect,
        *,
        undoing: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link if dialect.bundles else Singly(link)
        self._where, self.dialect, self._undoing, self._clock = where, dialect, undoing, clock
        self.words = Words(dialect)
        self._values: dict[Key, Told] = {}
        self._desk: Desk | None = None
        self._never: frozenset[Key] = frozenset()  # what it does not have
        self._renewed_s: float | None = None

    @property
    def name(self) -> str:
        """The mixer, as its dialect calls it."""
        return self.dialect.name

    @property
    def fader_highest_db(self) -> float:
        """Where a track's fader ends."""
        return self.dialect.fader.gain_law.highest_db

    @property
    def master_highest_db(self) -> float:
        """Where the master's fader ends."""
        return 0.0 if self.dialect.master is None else self.dialect.master.gain_law.highest_db

    @property
    def limits(self) -> tuple[str, ...]:
        """What is not seen or done over this line."""
        said = (
            "faders only, as the dialect file describes them: routing, groups, effects and automation are not seen",
            f"{self.name} may know no undo of faders: faderbot undo takes all back",
        )
        if self.dialect.ask.how != "never":
            return said
        start = f"{self.dialect.fader.start_db or 0.0:+.1f} dB".replace("-", "−")
        return (*said, f"nothing can be asked here: faders are taken to stand at {start}, and undo needs --all")

    def held_db(self, number: int, gain_db: float) -> float:
        """Return where a fader stands that is set to a gain in dB."""
        return self._fader(number).held_db(gain_db)

    def read(self) -> Desk:
        """Return everything as it is now. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        came = self._link.receive(0.0)
        self.renew()
        if self.dialect.ask.how == "never":
            for message in came:
                self.take(message)
        else:
            self._values.clear()  # what came before the question is no answer to it
            if self.dialect.ask.how == "address":
                self._ask_for_all()
            else:
                self._refresh()
        self._desk = Desk(
            tuple(track for number in self._numbers() if (track := self._track(number)) is not None),
            self._gain_db(MASTER_NUMBER) if self.dialect.master is not None else None,
            tempo_bpm=self._number((What.TEMPO, MASTER_NUMBER)),
        )
        return self._desk

    def write(self, write: DeskWrite, undo_name: str = "") -> None:  # noqa: ARG002 - steps have no names here
        """Set everything of the desk that was read last; what does not read back is written again.

        Raises ``DawUnreachable``.
        """
        if self._desk is None:
            self.read()
        wanted = {_fader_key(number): gain_db for number, gain_db in write.gains_db.items()}
        if write.tempo_bpm is not None and self.dialect.tempo is not None:
            wanted[What.TEMPO, MASTER_NUMBER] = write.tempo_bpm
        for _ in range(TRIES):
            away = [key for key, value in wanted.items() if not self._stands(key, value)]
            if not away:
                return
            self.renew()
            self._link.send([self.words.setting(key, self._sent(key, wanted[key])) for key in away])
            self._look_again(away, {key: self._sent(key, wanted[key]) for key in away})

    def renew(self) -> None:
        """Keep the line alive, where it is time."""
        alive, now_s = self.dialect.keep_alive, self._clock()
        if alive is not None and (self._renewed_s is None or now_s - self._renewed_s >= alive.every_s):
            self._link.send([Message(alive.address, alive.arguments)])
            self._renewed_s = now_s

    def take(self, message: Message) -> bool:
        """Take in a value; tell whether it was one, and no meter's."""
        said = self.words.heard(message)
        if said is None or said[0][0] in _METERS:
            return False
        self._values[said[0]] = said[1]
        return True

    def close(self) -> None:
        """Close the link."""
        self._link.close()

    def _look_again(self, keys: Sequence[Key], sent: Mapping[Key, float]) -> None:
        """Find out whether values were taken."""
        match self.dialect.ask.how:
            case "address":
                for key in keys:
                    self._values.pop(key, None)
                self._known(keys)
                if len(missing := self._missing(keys)) == len(keys):
                    raise self._cut_short(missing)
            case "refresh":
                self.read()
            case _ if self.dialect.echoes:
                for key in keys:
                    self._values.pop(key, None)
                ask(self._link, self._clock, self.take, lambda: self._missing(keys), lambda _: (), idle_rounds=1)
            case _:
                self._values.update(sent)

    def _ask_for_all(self) -> None:
        """Ask value by value."""
        tracks = self.dialect.tracks
        if tracks.counted is not None:
            self._ask([(What.COUNT, MASTER_NUMBER)])
        if tracks.at_most is not None:
            faders = [_fader_key(number) for number in range(1, tracks.at_most + 1)]
            if not self._known(faders) and not self._values:
                raise self._cut_short(faders)
        else:
            self._ask([_fader_key(number) for number in self._numbers()])
        if tracks.names is None:
            self._ask([(What.NAME, number) for number in self._numbers()])
        others = [what for what in self.words.of_tracks if what not in {What.FADER, What.NAME}]
        perhaps = [(what, number) for number in self._numbers() for what in others]
        self._ask_perhaps([*perhaps, *((what, MASTER_NUMBER) for what in self.words.of_all)])

    def _ask(self, keys: Sequence[Key]) -> None:
        if not self._known(keys):
            raise self._cut_short(self._missing(keys))

    def _ask_perhaps(self, keys: Sequence[Key]) -> None:
        """Ask for what may not be there, and for a fader along with it; what was never told is not asked for again."""
        wanted = [key for key in keys if key not in self._never]
        there = next((key for key in self._values if key[0] is What.FADER), _fader_key(1))
        self._values.pop(there, None)
        known = self._known(wanted, along=(there,))
        self._ask(self._missing([there]))
        if not known:
            self._never |= frozenset(self._missing(wanted))

    def _known(self, keys: Sequence[Key], *, along: Sequence[Key] = ()) -> bool:
        return not ask(
            self._link,
            self._clock,
            self.take,
            lambda: self._missing(keys),
            lambda lacking: [self.words.question(key) for key in (*lacking, *along)],
        )

    def _refresh(self) -> None:
        """Let all of it be told, until nothing is missing; how many tracks there are shows by itself."""
        message = self.dialect.ask.message
        rounds = idle = 0
        while message is not None and (not rounds or self._gaps() or (rounds < 2 and self.dialect.tracks.at_most)):
            if idle == IDLE_ROUNDS:
                if gaps := [key for key in self._gaps() if key[0] in {What.FADER, What.NAME}]:
                    raise self._cut_short(gaps)
                self._never |= frozenset(self._gaps())
                return
            before = len(self._values)
            self._hear_out([Message(message.address, message.arguments)])
            idle = 0 if len(self._values) > before else idle + 1
            rounds += 1

    def _hear_out(self, messages: Sequence[Message]) -> None:
        """Send, and take in what comes until it falls silent."""
        ask(self._link, self._clock, self.take, lambda: ("the end",), lambda _: messages, idle_rounds=1)

    def _gaps(self) -> list[Key]:
        """Return what a refresh should have told and did not."""
        named = self.dialect.tracks.names is not None
        kinds = [what for what in self.words.of_tracks if not (named and what is What.NAME)]
        last = max((number for what, number in self._values if what is What.FADER), default=1)
        numbers = range(1, last + 1) if self.dialect.tracks.at_most else self._numbers()
        keys = [*((what, n) for n in numbers for what in kinds), *((what, MASTER_NUMBER) for what in self.words.of_all)]
        return [key for key in keys if key not in self._values and key not in self._never]

    def _missing(self, keys: Sequence[Key]) -> list[Key]:
        return [key for key in keys if key not in self._values]

    def _numbers(self) -> Sequence[int]:
        """Return the numbers of the tracks that are there."""
        tracks = self.dialect.tracks
        if tracks.at_most is not None:
            faders = {number for what, number in self._values if what is What.FADER}
            return sorted(number for number in faders if number <= (tracks.at_most or 0))
        counted = int(self._number((What.COUNT, MASTER_NUMBER)) or 0)
        return range(1, (tracks.count or len(tracks.names or ()) or counted) + 1)

    def _track(self, number: int) -> DeskTrack | None:
        names = self.dialect.tracks.names
        name = names[number - 1] if names is not None else str(self._values.get((What.NAME, number), "")).strip()
        gain_db = self._gain_db(number)
        if self.dialect.tracks.unused and not name and gain_db == -math.inf:
            return None
        return DeskTrack(
            number=number,
            name=name or f"Track {number}",
            gain_db=gain_db,
            pan=self._pan(number),
            muted=self._is_on(What.MUTE, self.dialect.mute, number),
            soloed=self._is_on(What.SOLO, self.dialect.solo, number),
        )

    def _gain_db(self, number: int) -> float:
        told = self._number(_fader_key(number))
        if told is not None:
            return self._fader(number).db(told)
        return _NOT_A_NUMBER if self._undoing else self.dialect.fader.start_db or 0.0

    def _fader(self, number: int) -> Fader:
        master = self.dialect.master
        return self.dialect.fader.fader if number != MASTER_NUMBER or master is None else master.fader

    def _pan(self, number: int) -> float:
        item, told = self.dialect.pan, self._number((What.PAN, number))
        if not isinstance(item, PanItem) or told is None:
            return 0.0
        return min(1.0, max(-1.0, 2.0 * (told - item.left) / (item.right - item.left) - 1.0))

    def _is_on(self, what: What, item: SwitchItem | None, number: int) -> bool:
        return item is not None and self._number((what, number)) == item.on

    def _number(self, key: Key) -> float | None:
        value = self._values.get(key)
        return value if isinstance(value, float) else None

    def _sent(self, key: Key, value: float) -> float:
        return value if key[0] is What.TEMPO else self._fader(key[1]).value(value)

    def _stands(self, key: Key, wanted: float) -> bool:
        told = self._number(key)
        if told is None:
            return False
        if key[0] is What.TEMPO:
            return abs(told - wanted) <= _NEAR_BPM
        found_db, held_db = self._fader(key[1]).db(told), self.held_db(key[1], wanted)
        return found_db == held_db or abs(found_db - held_db) <= _NEAR_DB

    def _cut_short(self, lacking: Sequence[Key]) -> DawUnreachable:
        if not self._values:
            return DawSilent(
                f"{self.name} says nothing over OSC at {self._where}: see whether it runs, whether OSC is on there, "
                "and whether the ports in the dialect file are its own"
            )
        what, number = lacking[0]
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        return DawUnreachable(
            f"{self.name} at {self._where} never told the {what} of track {number}{more}: see its address in the "
            "dialect file"
        )


def _fader_key(number: int) -> Key:
    return (What.MASTER, number) if number == MASTER_NUMBER else (What.FADER, number)
