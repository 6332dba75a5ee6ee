"""The main loop, over protocols that only note what reaches them, on a clock that the tests turn."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import numpy as np
import pytest

from mock_daw.clock import ManualClock
from mock_daw.errors import FaultError, StartError
from mock_daw.fault_spec import parse_fault
from mock_daw.inbox import Gone, Wire
from mock_daw.life import Parts, Rooms
from mock_daw.live import Live
from mock_daw.main_loop import SERVED, MainLoop
from mock_daw.session import Session, Track
from mock_daw.setup import Setup

LIMIT_S = 10.0


class Silence:
    def seek(self, position_s):
        pass

    def advance(self, session, samples):
        return np.zeros((1 + len(session.tracks), 2))

    def close(self):
        pass


class Bench:
    """A main loop in a thread, with stubs for protocols and servers, and a note of everything in ``heard``."""

    def __init__(self, *faults: str, osc: int | None = 0) -> None:
        self.heard: list[object] = []
        self.sent: list[bytes] = []
        self.lives: list[Live] = []
        self.saves: list[Callable[[], None]] = []
        self.answer: Callable[[str], str] = lambda path: ""
        self.call: Callable[[str, tuple[object, ...]], object] = lambda name, args: None
        self.fails_on: bytes | None = None
        self.fails_of: type = type(None)
        tracks = tuple(Track(name, name) for name in ("Kick", "Bass", "Vox"))
        setup = Setup(Session("song", 44_100, tracks), osc=osc, web=0, reapy=0)
        parts = Parts(self._assemble, self._open_web, self._open_reapy)
        specs = [parse_fault(fault) for fault in faults]
        self.loop = MainLoop(setup, parts, ManualClock(), self._send, specs, between_turns=SERVED)
        self.thread = threading.Thread(target=self.loop.run)
        self.thread.start()
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def step(self, seconds: float = 0.0, tick_s: float = 0.1) -> None:
        self.loop.do(lambda: self.loop.step(seconds, tick_s))

    def osc(self, *packets: bytes) -> None:
        for packet in packets:
            self.client.sendto(packet, ("127.0.0.1", self.loop.life.setup.osc))

    def take(self) -> list[object]:
        heard, self.heard[:] = self.heard[:], []
        return heard

    def close(self) -> None:
        with suppress(Gone):
            self.loop.do(self.loop.end)
        self.thread.join(LIMIT_S)
        assert not self.thread.is_alive()
        assert type(self.loop.failure) is self.fails_of
        self.client.close()

    def _send(self, datagram):
        self.sent.append(datagram)
        return True

    def _assemble(self, setup, hooks):
        live = Live(setup.session, Silence())
        self.lives.append(live)
        self.saves.append(hooks.save)

        def receive(packet):
            self.heard.append(packet)
            if packet == self.fails_on:
                raise ZeroDivisionError
            if packet.startswith(b"name "):
                live.edit(lambda now: now.with_track(1, replace(now.track(1), name=packet[5:].decode())))

        def answer(path):
            self.heard.append(path)
            if path == "wrong":
                raise LookupError(path)
            return f"{path} of {live.session.tracks[0].name}"

        def call(name, args):
            self.heard.append((name, *args))
            return len(live.session.tracks)

        def feedback():
            hooks.send(f"feedback at {live.clock_s:.1f}".encode())

        return Rooms(live, receive, answer, call, feedback, lambda port: None)

    def _open_web(self, address, answer, credentials):
        self.answer = answer
        self.heard.append("web opens")
        return Closing(lambda: self.heard.append("web closes")), (address[0], 1234)

    def _open_reapy(self, call, port, tick_s, publish):
        self.call = call
        self.heard.append("reapy opens")
        return Closing(lambda: self.heard.append("reapy closes")), 2345


@dataclass
class Closing:
    stop: Callable[[], None]


@contextmanager
def bench(*faults: str, osc: int | None = 0) -> Iterator[Bench]:
    made = Bench(*faults, osc=osc)
    made.take()
    try:
        yield made
    finally:
        made.close()


def test_a_step_handles_what_was_sent_lets_time_pass_and_sends_feedback():
    with bench() as daw:
        daw.osc(b"1", b"2", b"3")
        daw.step(0.3)
        assert daw.take() == [b"1", b"2", b"3"]
        assert daw.sent == [b"feedback at 0.1", b"feedback at 0.2", b"feedback at 0.3"]
        assert daw.loop.now_s == pytest.approx(0.3)


def test_all_protocols_run_in_one_thread_and_osc_that_was_sent_before_is_handled_before_a_request():
    with bench() as daw:
        daw.osc(b"name Boots")
        assert daw.answer("TRACK/1") == "TRACK/1 of Boots"
        assert daw.call("CountTracks", (0,)) == 3
        assert daw.take() == [b"name Boots", "TRACK/1", ("CountTracks", 0)]
        assert daw.loop.now_s == 0.0, "no time passes unless stepped"
        assert daw.loop.traffic.web == ("TRACK/1",)
        assert daw.loop.traffic.reapy == (("CountTracks", (0,)),)


def test_what_goes_wrong_with_a_request_is_told_to_who_asked_and_the_loop_goes_on():
    with bench() as daw:
        with pytest.raises(LookupError):
            daw.answer("wrong")
        assert daw.answer("right") == "right of Kick"


def test_what_goes_wrong_with_osc_ends_the_loop_and_is_kept():
    with bench() as daw:
        daw.fails_on, daw.fails_of = b"bad", ZeroDivisionError
        daw.osc(b"bad")
        assert daw.loop.ended.wait(LIMIT_S)
        with pytest.raises(Gone):
            daw.step()


def test_a_frozen_daw_answers_nothing_while_time_passes_and_then_everything_in_order():
    with ThreadPoolExecutor() as pool, bench() as daw:
        daw.loop.do(daw.loop.freeze)
        asked = pool.submit(daw.answer, "TRACK")
        daw.osc(b"1", b"2")
        daw.step(0.2)
        assert daw.take() == []
        assert daw.sent == []
        assert not asked.done()
        assert daw.loop.live.clock_s == pytest.approx(0.2), "audio plays on behind a dialog"
        daw.loop.do(daw.loop.thaw)
        assert asked.result(LIMIT_S) == "TRACK of Kick"
        assert daw.take() == [b"1", b"2", "TRACK"]


def test_a_freeze_in_words_ends_by_itself():
    with bench("freeze@1s for 0.5s") as daw:
        daw.step(1.0)
        daw.osc(b"1")
        daw.step(0.4)
        assert daw.take() == []
        daw.step(0.2)
        assert daw.take() == [b"1"]
        assert daw.loop.traffic.faults == ("freeze@1s for 0.5s", "freeze@1s for 0.5s ends")


def test_after_a_restart_memory_is_lost_and_the_ports_are_the_same():
    with bench() as daw:
        port = daw.loop.life.setup.osc
        daw.osc(b"name Boots")
        daw.step(0.1)
        daw.loop.do(daw.loop.come_back)
        assert daw.take() == [b"name Boots", "web closes", "reapy closes", "web opens", "reapy opens"]
        assert daw.loop.life.setup.osc == port
        assert daw.loop.live is daw.lives[1]
        assert daw.loop.live.session.tracks[0].name == "Kick"
        daw.osc(b"again")
        daw.step()
        assert daw.take() == [b"again"]


def test_what_was_saved_survives_a_restart():
    with bench() as daw:
        daw.osc(b"name Boots")
        daw.step()
        daw.loop.do(daw.saves[0])
        daw.osc(b"name Shoes")
        daw.step()
        daw.loop.do(daw.loop.come_back)
        assert daw.loop.live.session.tracks[0].name == "Boots"


def test_who_waits_for_an_answer_when_the_daw_vanishes_gets_none():
    with ThreadPoolExecutor() as pool, bench() as daw:
        daw.loop.do(daw.loop.freeze)
        asked = pool.submit(daw.answer, "TRACK")
        daw.loop.do(daw.loop.vanish)
        with pytest.raises(Gone):
            asked.result(LIMIT_S)
        with pytest.raises(Gone):
            daw.answer("TRACK")
        daw.step(0.1)
        assert daw.sent == []


def test_what_had_queued_up_before_a_restart_is_not_handled_after_it():
    with ThreadPoolExecutor() as pool, bench() as daw:
        daw.loop.do(daw.loop.freeze)
        asked = pool.submit(daw.answer, "TRACK")
        while not daw.loop.life._asked:
            assert not daw.loop.ended.wait(0.001)
        daw.loop.do(daw.loop.come_back)
        with pytest.raises(Gone):
            asked.result(LIMIT_S)
        daw.step()
        assert daw.take() == ["web closes", "reapy closes", "web opens", "reapy opens"]


def test_the_answer_to_the_request_that_makes_it_vanish_is_lost_though_it_was_done():
    with bench("vanish@web#2") as daw:
        assert daw.answer("1") == "1 of Kick"
        with pytest.raises(Gone):
            daw.answer("2")
        assert daw.take() == ["1", "2", "web closes", "reapy closes"]


def test_a_restart_in_the_middle_of_a_job_drops_the_rest_of_the_queue():
    with bench("restart@write#2") as daw:
        daw.osc(b"name a", b"x", b"name b", b"name c")
        daw.step()
        assert daw.take() == [b"name a", b"x", b"name b", "web closes", "reapy closes", "web opens", "reapy opens"]
        assert daw.loop.live.session.tracks[0].name == "Kick"


def test_a_restart_can_take_a_while():
    with bench("restart@1s for 2s") as daw:
        daw.step(1.0)
        assert daw.take() == ["web closes", "reapy closes"]
        daw.step(1.9)
        assert daw.take() == []
        daw.step(0.2)
        assert daw.take() == ["web opens", "reapy opens"]


def test_the_user_moves_a_fader_between_two_calls():
    with bench("user-fader@reapy#1:track=2,db=-20") as daw:
        daw.call("First", ())
        assert daw.loop.live.session.tracks[1].gain_linear == pytest.approx(0.1)


def test_what_the_user_does_counts_as_no_write():
    with bench("user-rename@1s:track=1,name=X", "vanish@write#1") as daw:
        daw.step(2.0)
        assert daw.take() == []
        assert daw.loop.live.session.tracks[0].name == "X"


def test_a_user_who_touches_a_track_that_is_not_there_is_a_mistake_of_the_test():
    with bench("user-delete@1s:track=9") as daw, pytest.raises(FaultError, match="no track 9"):
        daw.step(2.0)


def test_loss_befalls_osc_in_and_out_by_seed():
    def transcript() -> tuple[list[object], list[bytes]]:
        with bench("loss=0.5") as daw:
            daw.osc(*(b"%d" % k for k in range(40)))
            daw.step(4.0)
            return daw.take(), daw.sent

    (heard, sent), again = transcript(), transcript()
    assert (heard, sent) == again
    assert 5 < len(heard) < 35
    assert 5 < len(sent) < 35


def test_delay_holds_osc_web_and_reapy_back():
    with ThreadPoolExecutor() as pool, bench("osc-in:delay=0.25", "web:delay=0.45") as daw:
        asked = pool.submit(daw.answer, "late")
        daw.osc(b"1")
        while not daw.loop._transits[Wire.WEB]._packets:  # the request is on its way
            daw.step()
        daw.step(0.2)
        assert daw.take() == []
        daw.step(0.2)
        assert daw.take() == [b"1"]
        assert not asked.done()
        daw.step(0.3)
        assert asked.result(LIMIT_S) == "late of Kick"


def test_a_crash_of_reapys_server_leaves_the_rest_alive_and_its_port_published():
    with bench("reapy-crash@web#1") as daw:
        daw.loop.live.ext_state["reapy", "server_port"] = "2345"
        assert daw.answer("1") == "1 of Kick"
        assert daw.take() == ["1", "reapy closes"]
        assert daw.loop.live.ext_state["reapy", "server_port"] == "2345"


def test_the_call_in_which_reapys_server_crashes_is_never_answered():
    with bench("reapy-crash@reapy#2") as daw:
        assert daw.call("First", ()) == 3
        with pytest.raises(Gone):
            daw.call("Second", ())
        assert daw.take() == [("First",), ("Second",), "reapy closes"]


def test_a_port_that_is_taken_is_a_start_error_and_nothing_stays_open():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"port {port} for OSC .*--osc PORT"):
            Bench(osc=port)


def test_a_job_for_a_loop_that_has_ended_is_refused():
    with bench() as daw:
        pass
    with pytest.raises(Gone):
        daw.loop.do(lambda: None)
