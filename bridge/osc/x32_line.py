"""A talk with an X32 or X Air over a lossy line: ask until the answer is whole, write until it reads back."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bridge.desk import MASTER_NUMBER, Desk, DeskWrite
from bridge.errors import DawSilent, DawUnreachable
from bridge.osc import x32, x32_eq
from bridge.osc.asking import ask
from bridge.osc.packets import Argument, Message
from bridge.osc.singly import Singly
from bridge.osc.surface import Link
from bridge.osc.x32 import Console

TRIES = 4
_NEAR = 1e-4  # less than half a step of any scale
_FEWER_CHANNELS = {"XR12": 12, "MR12": 12}

Wanted = Mapping[str, Argument]


class X32Line:
    """A ``bridge.desk.Line`` over OSC. Owns the link, and what was told last.

    While it is ``brief`` only faders, and what is heard of them, are asked for: that is quicker.
    """

    def __init__(
        self,
        link: Link,
        where: str,
        console: Console = x32.X32,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link, self._where, self.console, self._clock = Singly(link), where, console, clock
        self._channels = console.channels
        self._project: str | None = None
        self._values: dict[str, Argument] = {}
        self._numbers: tuple[int, ...] | None = None
        self._never: frozenset[str] = frozenset()  # what this model does not have
        self._renewed_s: float | None = None
        self.brief = False

    @property
    def name(self) -> str:
        """The console."""
        return self.console.name

    eq_law = x32_eq.ChannelEq()
    fader_highest_db = master_highest_db = x32.FADER.law.highest_db
    limits = (
        "a console does not tell what its inputs bring: the stems are taken to arrive there as they are in their files",
        "its buses, matrices, effect returns and the main mix's own EQ are not looked at; a pan is taken for a balance",
        "what its EQ does between the settings is not published: it is taken for the usual one",
        "a console has no undo history: faderbot undo takes all back",
    )

    def held_db(self, number: int, gain_db: float) -> float:  # noqa: ARG002 - all faders are alike
        """Return where a fader stands that is set to a gain in dB: it has 1024 steps."""
        return x32.FADER.held_db(gain_db)

    def read(self) -> Desk:
        """Return everything as it is now. Raises ``DawUnreachable``, of which ``DawSilent`` within 5 s."""
        self._link.receive(0.0)  # what came before the question is no answer to it
        if self._project is None:
            self._introduce()
        self.renew()
        self._values.clear()
        self._ask(x32.first_asked(self.console, self._channels))
        numbers = x32.present(self._values, self._channels)
        self._ask(address for number in numbers for address in x32.asked_of_channel(number))
        self._ask_perhaps(
            address
            for number in numbers
            for address in x32.asked_perhaps(self.console, number, all_of_it=not self.brief)
        )
        self._ask_perhaps(x32.asked_of_groups(self.console, self._values, numbers))
        self._numbers = numbers
        return x32.desk(self.console, self._values, numbers, self._project or "")

    def write(self, write: DeskWrite, undo_name: str = "") -> None:  # noqa: ARG002 - a console knows no steps
        """Set everything of the desk that was read last; what does not read back is written again.

        Raises ``DawUnreachable``.
        """
        if self._numbers is None:
            self.read()
        wanted = dict(self._wanted(write))
        for _ in range(TRIES):
            away = self._away(wanted)
            if not away:
                return
            self.renew()
            self._link.send([Message(address, (value,)) for address, value in away.items()])
            for address in away:
                self._values.pop(address, None)
            self._ask(away)

    def renew(self) -> None:
        """Let the console tell its changes for another while, where it is time."""
        now_s = self._clock()
        if self._renewed_s is None or now_s - self._renewed_s >= x32.REMOTE_EVERY_S:
            self._link.send([x32.REMOTE])
            self._renewed_s = now_s

    def close(self) -> None:
        """Close the link; the console forgets by itself."""
        self._link.close()

    def _wanted(self, write: DeskWrite) -> Iterator[tuple[str, Argument]]:
        for number, gain_db in write.gains_db.items():
            yield x32.fader(self.console, number), x32.FADER.value(gain_db)
        for number, bands in write.eqs.items():
            yield from x32_eq.written(x32.channel(number, "eq"), bands)

    def _away(self, wanted: Wanted) -> dict[str, Argument]:
        """Return what does not stand as wanted, in order."""
        return {address: value for address, value in wanted.items() if not self._stands(address, value)}

    def _stands(self, address: str, wanted: Argument) -> bool:
        found = self._values.get(address)
        if isinstance(found, float) and isinstance(wanted, int | float):
            return abs(found - wanted) < _NEAR
        return found == wanted

    def _introduce(self) -> None:
        """Ask which console it is. Raises ``DawUnreachable`` where it is another."""
        told: list[tuple[Argument, ...]] = []

        def take(message: Message) -> bool:
            if message.address == x32.INFO.address and len(message.arguments) >= 4:
                told.append(message.arguments)
            return bool(told)

        if ask(self._link, self._clock, take, lambda: [] if told else [x32.INFO], lambda lacking: lacking):
            raise DawSilent(
                f"{self.name} does not answer over OSC at {self._where}: see whether it is on, and its address in its "
                "network settings (--host)"
            )
        *_, name, model, _ = map(str, told[0])
        if not self.console.named(model):
            raise DawUnreachable(
                f"at {self._where} there is a {model}, which is no {self.name}: try --daw {self.console.other}"
            )
        self._channels = _FEWER_CHANNELS.get(model.upper(), self.console.channels)
        self._project = name

    def _ask(self, addresses: Iterable[str]) -> None:
        """Ask for values until all are there. Raises ``DawUnreachable``."""
        wanted = tuple(addresses)
        if not self._known(wanted):
            raise self._cut_short(self._lacking(wanted), wanted)

    def _ask_perhaps(self, addresses: Iterable[str]) -> None:
        """Ask for values that may not be there. Raises ``DawSilent`` where the console does not answer any more.

        The master's fader, which is there, is asked for along with them: that it answers and they do not says it soon.
        """
        wanted = tuple(dict.fromkeys(address for address in addresses if address not in self._never))
        master = x32.fader(self.console, MASTER_NUMBER)
        self._values.pop(master, None)
        known = self._known(wanted, along=(master,))
        self._ask(self._lacking([master]))
        if not known:
            self._never |= frozenset(self._lacking(wanted))

    def _known(self, wanted: Sequence[str], *, along: Sequence[str] = ()) -> bool:
        return not ask(
            self._link,
            self._clock,
            self._take,
            lambda: self._lacking(wanted),
            lambda lacking: [Message(address) for address in (*lacking, *along)],
        )

    def _lacking(self, wanted: Iterable[str]) -> list[str]:
        return [address for address in wanted if address not in self._values]

    def _take(self, message: Message) -> bool:
        """Take in a value, and tell whether it is one."""
        said = x32.heard(message)
        if said is not None:
            self._values[said[0]] = said[1]
        return said is not None

    def _cut_short(self, lacking: Sequence[str], wanted: Sequence[str]) -> DawUnreachable:
        if len(lacking) == len(wanted):
            return DawSilent(f"{self.name} at {self._where} does not answer over OSC any more: see whether it is on")
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        return DawUnreachable(
            f"{self.name} at {self._where} never told {lacking[0]}{more}: the network loses too much, or it is another "
            "console"
        )
