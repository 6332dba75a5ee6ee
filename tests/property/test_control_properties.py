"""Whatever is sent to the server, in whatever order with whatever a job does: it lives, and keeps its promises."""

import hypothesis.strategies as st
from hypothesis import given

from bridge.control.core import Control, Interrupt, Kill, Send, Start
from bridge.control.jobs import Ended, Way
from bridge.control.requests import _ADDRESSES
from bridge.json_progress import JsonProgress, Told, read
from bridge.osc.packets import Message, packed, unpacked
from bridge.progress import Stage

NUMBERS = st.one_of(st.integers(-(2**31), 2**31 - 1), st.floats(width=32), st.sampled_from([0, 1, 0.0, 1.0, -14.0]))
ARGUMENTS = st.lists(st.one_of(NUMBERS, st.text(st.characters(codec="utf-8", exclude_characters="\0"))), max_size=3)
ADDRESSES = st.one_of(
    st.sampled_from([f"/faderbot/{name}" for name in _ADDRESSES]), st.text("/abfr", min_size=1).map(lambda s: f"/{s}")
)
SENDERS = st.tuples(st.just("10.0.0.1"), st.integers(1, 3))
MESSAGES = st.builds(lambda address, arguments: Message(address, tuple(arguments)), ADDRESSES, ARGUMENTS)
PACKETS = st.one_of(
    st.lists(MESSAGES, min_size=1, max_size=3).map(lambda some: next(packed(some, 65_000))),
    st.binary(max_size=60),
    st.binary(max_size=40).map(lambda tail: b"/faderbot/target\0\0\0\0" + tail),
)
TOLD = st.builds(Told, st.sampled_from(Stage), st.floats(0.0, 1.0), st.text(max_size=5))
ENDS = st.builds(Ended, st.sampled_from([0, 1, 2, 130, -9]), st.text(), st.text(), st.none())
STEPS = st.lists(
    st.tuples(
        st.floats(0.0, 40.0),
        st.one_of(st.tuples(PACKETS, SENDERS), TOLD, ENDS, st.sampled_from(["time", "stop"])),
    ),
    max_size=40,
)


def taken(control, step, at_s):
    match step:
        case "time":
            return control.passed(at_s)
        case "stop":
            return control.stop(at_s)
        case Told():
            return control.told(step, at_s)
        case Ended():
            return control.ended(step, at_s)
        case datagram, sender:
            return control.heard(datagram, sender, at_s)


@given(STEPS)
def test_any_sequence_leaves_it_alive_with_one_job_at_a_time(steps):
    control, at_s = Control(Way(), 0.0), 0.0
    running = interrupted = killed = False
    for waited_s, step in steps:
        at_s += waited_s
        if isinstance(step, Ended):
            running = False
        for effect in taken(control, step, at_s):
            match effect:
                case Start():
                    assert not running
                    running, interrupted, killed = True, False, False
                case Interrupt():
                    assert running
                    assert not interrupted
                    interrupted = True
                case Kill():
                    assert interrupted
                    assert not killed
                    killed = True
                case Send(_, message):
                    (datagram,) = packed([message])
                    assert [m.address for m in unpacked(datagram)] == [message.address]
        assert (control.job is not None) == running


@given(STEPS, PACKETS)
def test_at_the_end_of_any_sequence_it_still_answers(steps, packet):
    control, at_s = Control(Way(), 0.0), 0.0
    for waited_s, step in steps:
        at_s += waited_s
        taken(control, step, at_s)
    taken(control, (packet, ("10.0.0.1", 1)), at_s)
    (ping,) = packed([Message("/faderbot/ping")])
    assert [e.message.address for e in control.heard(ping, ("10.9.9.9", 1), at_s)] == ["/faderbot/pong"]


@given(st.sampled_from(Stage), st.lists(st.floats(0.0, 1e6), max_size=5), st.text())
def test_progress_survives_its_way_as_a_line(stage, steps, words):
    lines = []
    progress = JsonProgress(lines.append, clock=iter(range(100)).__next__)
    progress.begin(stage, sum(steps))
    for by in steps:
        progress.advance(by)
    progress.say(words)
    assert all(line.count("\n") == 1 for line in lines)
    told = [read(line) for line in lines]
    assert [t.stage for t in told] == [stage] * len(lines)
    assert told[-1].words == words
    assert all(0.0 <= t.whole <= 1.0 for t in told)


@given(st.text())
def test_other_lines_are_for_people(line):
    assert read(line) is None or line.startswith('{"progress"')
    assert read('{"progress"' + line) is None or line.startswith(":")
