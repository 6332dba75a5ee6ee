"""The server without its sockets and processes: datagrams and the job's words in, effects out. Pure: the time comes in.

    idle ── /mix, /dryrun, /rhythm, /tune, /undo, /ab, /learn…, /tracks ──▶ job ── its end ──▶ idle
    job ── /cancel, or the server is stopped ──▶ cancelled (SIGINT; it takes back what it wrote) ── its end ──▶ idle
    cancelled ── CANCEL_LIMIT_S ──▶ killed ── its end ──▶ idle

Whoever asks is answered; how a job goes is told to whoever started it and to the subscribers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bridge.control.jobs import ASKING, JOBS, TELLING, Ended, Kind, Way, error, listed_words, outcome, plain, words
from bridge.control.rate import Gate
from bridge.control.requests import (
    ROOT,
    Button,
    Pinged,
    Pressed,
    Refused,
    Request,
    Subscribed,
    Unsubscribed,
    Wanted,
    request,
)
from bridge.control.subscribers import Subscribers
from bridge.control.values import Values
from bridge.json_progress import Told
from bridge.osc.link import Address
from bridge.osc.packets import Message, PacketUnreadable, unpacked

CANCEL_LIMIT_S = 30.0
"""A DAW that hangs is waited for 20 s at most by what puts a session back; then the journal has to do."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message is to go there."""

    to: Address
    message: Message


@dataclass(frozen=True, slots=True)
class Start:
    """``faderbot`` is to be run with these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The job is to be stopped as Ctrl-C stops it."""


@dataclass(frozen=True, slots=True)
class Kill:
    """The job is to be ended whatever it does."""


@dataclass(frozen=True, slots=True)
class Say:
    """The user at the terminal is to read this."""

    line: str


Effect = Send | Start | Interrupt | Kill | Say


@dataclass(frozen=True, slots=True)
class Job:
    """What is under way: for whom, how far, and since when it is being stopped."""

    kind: Kind
    owner: Address
    share: float = 0.0
    words: str = ""
    cancelled_s: float | None = None
    killed: bool = False

    @property
    def state(self) -> str:
        """The job in words."""
        if self.cancelled_s is not None:
            return f"stopping: {self.kind.value}"
        how_far = f" {100 * self.share:.0f} %" if self.kind in TELLING else ""
        return f"{self.kind.value}{how_far}"


class Control:
    """Owns the values, the subscribers, who sent how much, and what is known of the job under way."""

    def __init__(self, way: Way, at_s: float) -> None:
        self.values = Values()
        self.job: Job | None = None
        self._way, self._gate, self._subscribers = way, Gate(at_s), Subscribers()
        self._last = ""
        self._is_stopping = False

    @property
    def due_s(self) -> float | None:
        """When ``passed`` has something to do; None where nothing is waited for."""
        job = self.job
        return None if job is None or job.cancelled_s is None or job.killed else job.cancelled_s + CANCEL_LIMIT_S

    def heard(self, datagram: bytes, sender: Address, at_s: float) -> list[Effect]:
        """Deal with a datagram; what is no OSC, or not for us, is passed over."""
        try:
            messages = unpacked(datagram)
        except PacketUnreadable:
            messages = ()
        if not messages:  # it costs as much as a message does
            self._gate.admits(sender, at_s)
            return []
        effects = [effect for message in messages for effect in self._admitted(message, sender, at_s)]
        if complaint := self._gate.complaint(sender, at_s):
            effects.append(self._reply(sender, error(complaint), at_s))
        return effects

    def told(self, told: Told, at_s: float) -> list[Effect]:
        """Pass on how far the job is; a stage that starts over takes nothing back."""
        if self.job is None:
            return []
        share = max(self.job.share, told.whole)
        self.job = replace(self.job, share=share, words=told.words or told.stage.value)
        return self._everybody(Message("/faderbot/progress", (share, plain(self.job.words))), at_s)

    def ended(self, ended: Ended, at_s: float) -> list[Effect]:
        """Pass on how the job ended."""
        job = self.job
        if job is None:
            return []
        message = outcome(job.kind, ended, killed_after_s=CANCEL_LIMIT_S if job.killed else None)
        effects = self._everybody(message, at_s)
        self.job = None
        if job.kind not in ASKING or message.address == error("").address:
            self._last = str(message.arguments[0])
            effects.append(Say(self._last))
        told = self._status()
        return [*effects, *(Send(to, told) for to in self._subscribers.told(at_s))]

    def passed(self, at_s: float) -> list[Effect]:
        """Deal with time: a job that does not stop is ended, who did not ask again is told nothing more."""
        self._subscribers.expire(at_s)
        if self.job is None or self.due_s is None or at_s < self.due_s:
            return []
        self.job = replace(self.job, killed=True)
        return [Kill(), Say(f"{self.job.kind.value} does not stop: it is ended")]

    def stop(self, at_s: float) -> list[Effect]:
        """Take no new jobs, and stop the one under way."""
        self._is_stopping = True
        return list(self._cancelled(at_s))

    def _admitted(self, message: Message, sender: Address, at_s: float) -> list[Effect]:
        if not self._gate.admits(sender, at_s):
            return []
        try:
            asked = request(message, self.values)
            return [] if asked is None else list(self._done(asked, sender, at_s))
        except Refused as refused:
            return [self._reply(sender, error(str(refused)), at_s)]

    def _done(self, asked: Request, sender: Address, at_s: float) -> Iterator[Effect]:
        match asked:
            case Pressed(button):
                yield from self._pressed(button, sender, at_s)
            case Wanted(values):
                yield from self._set(values, sender, at_s)
            case Subscribed(port):
                if not self._subscribers.add(sender, port, at_s):
                    raise Refused("there are too many subscribers: unsubscribe one, or wait a minute")
                yield from (self._reply(sender, m, at_s) for m in (self._status(), *self.values.messages()))
            case Unsubscribed():
                self._subscribers.remove(sender)
            case Pinged():
                yield self._reply(sender, Message(f"{ROOT}pong"), at_s)

    def _pressed(self, button: Button, sender: Address, at_s: float) -> Iterator[Effect]:
        if button is Button.STATUS:
            yield from (self._reply(sender, m, at_s) for m in (self._status(), *self.values.messages()))
        elif button is Button.CANCEL:
            if self.job is None:
                raise Refused("there is nothing to cancel")
            yield from self._cancelled(at_s)
            yield self._reply(sender, self._status(), at_s)
        else:
            yield from self._started(JOBS[button], sender, at_s)

    def _started(self, kind: Kind, sender: Address, at_s: float) -> Iterator[Effect]:
        if self._is_stopping:
            raise Refused("the server is being stopped")
        if self.job is not None:
            raise Refused(f"one job at a time: {self.job.state}")
        self.job = Job(kind, sender)
        yield Start(words(kind, self.values, self._way))
        if kind not in ASKING:
            yield Say(f"{kind.value}, as {sender[0]}:{sender[1]} asks")
        yield from self._everybody(self._status(), at_s)

    def _cancelled(self, at_s: float) -> Iterator[Effect]:
        if self.job is not None and self.job.cancelled_s is None:
            self.job = replace(self.job, cancelled_s=at_s)
            yield Interrupt()

    def _set(self, values: Values, sender: Address, at_s: float) -> Iterator[Effect]:
        """Set values; other surfaces follow. Who set them is not told, so that no fader runs under a finger."""
        before, self.values = self.values.messages(), values
        changed = [new for old, new in zip(before, values.messages(), strict=True) if old != new]
        own = self._subscribers.reply_to(sender, at_s)
        yield from (Send(to, new) for to in self._subscribers.told(at_s) if to != own for new in changed)

    def _status(self) -> Message:
        state = "ready" if self.job is None else self.job.state
        return Message(f"{ROOT}status", listed_words(state, self.values, self._last))

    def _reply(self, sender: Address, message: Message, at_s: float) -> Send:
        return Send(self._subscribers.reply_to(sender, at_s), message)

    def _everybody(self, message: Message, at_s: float) -> list[Effect]:
        """Return a message to whoever started the job and to the subscribers."""
        owner = [] if self.job is None else [self._subscribers.reply_to(self.job.owner, at_s)]
        return [Send(to, message) for to in dict.fromkeys((*owner, *self._subscribers.told(at_s)))]
