"""The mock's one thread, as REAPER's: turn by turn it serves OSC, the web and reapy, lets time pass, sends feedback."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event, get_ident
from typing import TypeVar

import numpy as np

from mock_daw.clock import Clock, later
from mock_daw.dialects.letters import Letter
from mock_daw.fault_schedule import Schedule
from mock_daw.faults import COUNTED, TABLE, Fault
from mock_daw.inbox import Gone, Inbox, Request, Wire
from mock_daw.life import Hooks, Life, Parts
from mock_daw.live import Live, PlayState
from mock_daw.setup import Setup
from mock_daw.traffic import Traffic
from mock_daw.transit import Rates, Transit

T = TypeVar("T")
SERVED = (Wire.OSC_IN, Wire.WEB, Wire.REAPY)
# A script that runs holds REAPER's main thread, so its calls do not wait for the next turn; reapy's own server does.
URGENT = (Wire.REAPY,)
KINDS = {Wire.OSC_IN: "osc", Wire.WEB: "web", Wire.REAPY: "reapy"}


class MainLoop:
    """Owns the present life of the DAW, its clock, what is on its way to and from it, and the faults to come.

    ``run`` is the thread's; any thread may ask it to ``do`` a job between two things it does.
    """

    def __init__(
        self,
        setup: Setup,
        parts: Parts,
        clock: Clock,
        send: Callable[[bytes], bool],
        faults: Sequence[Fault] = (),
        *,
        seed: int = 0,
        between_turns: Sequence[Wire] = URGENT,
    ) -> None:
        self.traffic = Traffic(lambda: self.now_s)
        self.now_s = 0.0
        self.failure: BaseException | None = None
        self.ended = Event()
        self._setup = setup
        self._parts = parts
        self._clock = clock
        self._send = send
        self._between_turns = between_turns
        self._schedule = Schedule(faults)
        self._counts = dict.fromkeys(COUNTED, 0)
        self._inbox = Inbox()
        lots = np.random.default_rng(seed).spawn(len(Wire))
        self._transits: dict[Wire, Transit[object]] = {wire: Transit(lot) for wire, lot in zip(Wire, lots, strict=True)}
        self._frozen = False
        self._ending = False
        self._thread = get_ident()
        self._life = self._born()
        self._alive = True

    # From any thread

    @property
    def life(self) -> Life:
        """The present life of the DAW, or its last."""
        return self._life

    @property
    def live(self) -> Live:
        """The open session of the present life, or of the last."""
        return self._life.rooms.live

    def do(self, job: Callable[[], T]) -> T:
        """Have the main loop do something and return what comes of it. Raises ``Gone`` if the loop has ended."""
        if get_ident() == self._thread:
            return job()
        request = Request(job)
        self._inbox.put(Wire.JOB, request)
        if self.ended.is_set():
            self._refuse_jobs()
        return request.answer.result()  # type: ignore[return-value]

    def end(self) -> None:
        """End the loop; a job."""
        self._ending = True

    # The thread

    def run(self) -> None:
        """Turn until ``end``; what goes wrong is kept as ``failure``."""
        self._thread = get_ident()
        try:
            self._befall()
            while not self._ending:
                self._wait()
                self._do_jobs()
                self._turn_if_due()
        except BaseException as error:  # noqa: BLE001 - kept for the thread that owns the mock, which raises it
            self.failure = error
        finally:
            self.ended.set()
            self.vanish()
            self._refuse_jobs()

    def step(self, seconds: float, tick_s: float) -> None:
        """Serve what is there, let time pass and send feedback, in turns of ``tick_s``; a job."""
        turns = max(1, math.ceil(seconds / tick_s - 1e-9))
        for _ in range(turns):
            self._turn(seconds / turns)

    # What faults do, and tests: jobs

    def rates(self, wire: Wire) -> Rates:
        """Return how bad a wire is."""
        return self._transits[wire].rates

    def set_rates(self, wire: Wire, rates: Rates) -> None:
        """Make a wire as bad as that."""
        self._transits[wire].rates = rates

    def freeze(self) -> None:
        """Open a modal dialog: nothing is served, while time passes and audio plays."""
        self._frozen = True

    def thaw(self) -> None:
        """Close it; what has queued up is served."""
        self._frozen = False

    def vanish(self) -> None:
        """End the DAW: ports are closed, what was on its way is lost."""
        if not self._alive:
            return
        self._alive = self._frozen = False
        self._life.end()
        for wire in SERVED:
            self._inbox.take(wire)
        for transit in self._transits.values():
            transit.clear()

    def come_back(self) -> None:
        """Start the DAW anew on the same ports, with the session as it was saved last."""
        self.vanish()
        self._life = self._born()
        self._alive = True

    def save(self) -> None:
        """Save the session."""
        self._setup = replace(self._setup, session=self.live.session)

    def crash_reapy(self) -> None:
        """End reapy's server."""
        self._life.crash_reapy()

    # Within

    def _start_reapy(self) -> None:
        self._life.start_reapy()

    def _born(self) -> Life:
        hooks = Hooks(self._feed, self.save, self._start_reapy, self._feed)
        rooms = self._parts.assemble(self._setup, hooks)
        life = Life(self._setup, rooms, self._parts, self._inbox)
        self._setup = life.setup  # with the ports that the system chose, for the next life
        return life

    def _wait(self) -> None:
        wires = (Wire.JOB,) if self._frozen else (*self._between_turns, Wire.JOB)
        self._inbox.wait(wires, self._clock.wait_s(playing=self._plays()))

    def _plays(self) -> bool:
        return self._alive and bool(self.live.state & PlayState.PLAYING)

    def _do_jobs(self) -> None:
        for request in self._inbox.take(Wire.JOB):
            assert isinstance(request, Request)
            try:
                request.answer.set_result(request.content())  # type: ignore[operator]
            except Exception as error:  # noqa: BLE001 - it belongs to the thread that asked
                request.answer.set_exception(error)

    def _refuse_jobs(self) -> None:
        for request in self._inbox.take(Wire.JOB):
            assert isinstance(request, Request)
            request.answer.set_exception(Gone("the mock DAW was closed"))

    def _turn_if_due(self) -> None:
        if self._ending:
            return
        seconds = self._clock.take_s(playing=self._plays())
        if seconds is None:
            self._serve(self._between_turns)
        else:
            self._turn(seconds)

    def _turn(self, seconds: float) -> None:
        self._befall()
        self._serve(SERVED)
        self._pass(seconds)
        self._befall()
        if self._alive and not self._frozen:
            self._life.rooms.feedback()
        self._flush()

    def _pass(self, seconds: float) -> None:
        self.now_s = later(self.now_s, seconds)
        if self._alive:
            self.live.advance(seconds)

    def _serve(self, wires: Sequence[Wire]) -> None:
        if not self._alive:
            return
        self._life.drain()
        for wire in wires:
            for item in self._inbox.take(wire):
                self._transits[wire].put(item, self.now_s)
        for wire in wires:
            while not self._frozen and (item := self._transits[wire].pop(self.now_s)) is not None:
                self._handle(wire, item)
        self._flush()

    def _handle(self, wire: Wire, item: object) -> None:
        changes = self.live.changes
        if isinstance(item, Request):
            self._answer(wire, item, changes)
        elif isinstance(item, Letter):
            self.traffic.add(f"{item.dialect}-in", item.data)
            self._life.rooms.dialects[item.dialect].receive(item.data, item.peer)
            self._count(wire, changes)
        else:
            assert isinstance(item, bytes)
            self.traffic.add(wire, item)
            self._life.rooms.receive(item)
            self._count(wire, changes)

    def _answer(self, wire: Wire, request: Request, changes: int) -> None:
        self.traffic.add(wire, request.content)
        result: object = None
        failure: Exception | None = None
        try:
            result = self._answered(wire, request.content)
        except Exception as error:  # noqa: BLE001 - the one who asked hears of it
            failure = error
        # Faults come first: what makes the DAW vanish takes the answer along.
        self._count(wire, changes)
        if request.answer.done():
            return
        if failure is None:
            request.answer.set_result(result)
        else:
            request.answer.set_exception(failure)

    def _answered(self, wire: Wire, content: object) -> object:
        if wire is Wire.WEB:
            return self._life.rooms.answer(str(content))
        assert isinstance(content, tuple)
        return self._life.rooms.call(*content)

    def _count(self, wire: Wire, changes_before: int) -> None:
        self._counts[KINDS[wire]] += 1
        self._counts["write"] += self.live.changes - changes_before
        self._befall()

    def _befall(self) -> None:
        for fault, begins in self._schedule.due({"seconds": self.now_s, **self._counts}):
            row = TABLE[fault.name]
            act = row.begin if begins else row.end
            self.traffic.add("fault", fault.spec if begins else f"{fault.spec} ends")
            if act is not None:
                act(self, fault)

    def _feed(self, datagram: bytes | Letter) -> None:
        self._transits[Wire.OSC_OUT].put(datagram, self.now_s)

    def _flush(self) -> None:
        while (datagram := self._transits[Wire.OSC_OUT].pop(self.now_s)) is not None:
            if isinstance(datagram, Letter):
                if self._life.deliver(datagram):
                    self.traffic.add(f"{datagram.dialect}-out", datagram.data)
                continue
            assert isinstance(datagram, bytes)
            if self._send(datagram):
                self.traffic.add(Wire.OSC_OUT, datagram)
