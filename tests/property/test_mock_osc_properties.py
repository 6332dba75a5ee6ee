"""Whatever comes in over OSC, the mock goes on, and a device that listens knows what a new one would be told."""

import math

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mock_daw.osc_packets import Message, bundle, decode, encode
from mock_daw.reaper.osc_finder import Finder
from mock_daw.reaper.osc_queue import packed
from mock_daw.reaper.pattern import default_keys, default_pattern, parse
from mock_daw.session import Marker, Send
from tests.surfaces import Device, plugin, reaeq, session_of, track_named

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PATTERN = """
DEVICE_TRACK_COUNT 3
MASTER_VOLUME n/master/volume s/master/volume/str
TEMPO n/tempo f/tempo/raw s/tempo/str
REPEAT t/repeat
PLAY t/play
TRACK_NAME s/track/@/name
TRACK_VOLUME n/track/@/volume f/track/@/volume/db s/track/@/volume/str
TRACK_PAN n/track/@/pan s/track/@/pan/str
TRACK_MUTE b/track/@/mute t/track/@/mute/toggle
TRACK_SOLO b/track/@/solo
ANY_SOLO b/anysolo
TRACK_SELECT b/track/@/select
TRACK_SEND_VOLUME n/track/@/send/@/volume s/track/@/send/@/volume/str
TRACK_RECV_VOLUME n/track/@/recv/@/volume
DEVICE_TRACK_BANK_SELECT i/bank
ACTION i/action
"""

argument = st.one_of(
    st.integers(-(2**31), 2**31 - 1),
    st.floats(width=32),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    st.sampled_from(
        [0, 1, -1, 0.0, 0.25, 0.5, 1.0, "", "-6dB", "1:02.5", "MIXER", "LAST_TOUCHED", "FOCUSED", "DEVICE"]
    ),
)
number = st.sampled_from(["0", "1", "2", "3", "7", "99", "1,2", "2,1,3", "", "_RSx", "99999999999"])


def a_song(pattern=None):
    reverb = track_named("Reverb", effects=(reaeq("r"),))
    voice = track_named("Voice", sends=(Send("{s}", reverb.guid),), effects=(plugin("VSTi: Synth", 0.5), reaeq("v")))
    markers = (Marker("{1}", 1, 5.0), Marker("{2}", 2, 7.0, 9.0))
    return Device(session_of(voice, reverb, track_named("Bass"), markers=markers), pattern)


@st.composite
def known_messages(draw):
    """A message to an address of the default pattern, with any arguments; the size of a bank is left alone."""
    addresses = [a.text for key, each in default_pattern().keys.items() if "_COUNT" not in key for a in each]
    address = "".join(draw(number) if part == "@" else part for part in split(draw(st.sampled_from(addresses))))
    return address, tuple(draw(st.lists(argument, max_size=3)))


def split(address):
    pieces = []
    for k, part in enumerate(address.split("@")):
        pieces += ["@", part] if k else [part]
    return pieces


def still_works(device):
    # Where the device is by now is unknown: the master is always there.
    device.send("/master/volume/str", "-6.5")
    assert math.isclose(20 * math.log10(device.session.master.gain_linear), -6.5, abs_tol=1e-6)


# Packets


@given(st.binary(max_size=300))
@example(b"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x14#bundle\0\0\0\0\0\0\0\0\1")
def test_any_bytes_are_read_or_ignored(datagram):
    for message in decode(datagram):
        assert all(isinstance(arg, int | float | str) for arg in message.args)


@given(st.lists(st.tuples(st.sampled_from(["/a", "/track/1/volume"]), st.lists(argument, max_size=4)), min_size=1))
def test_what_is_written_is_read_back(messages):
    datagram = bundle([encode(address, *args) for address, args in messages])
    read = decode(datagram)
    assert [repr(m) for m in read] == [repr(Message(address, tuple(args))) for address, args in messages]


@given(
    st.lists(st.binary(min_size=4, max_size=60).map(lambda b: encode("/x", b.hex())), max_size=40),
    st.integers(40, 2000),
)
def test_packets_lose_and_reorder_nothing(messages, packet_bytes):
    assert [encode(m.address, *m.args) for packet in packed(messages, packet_bytes) for m in decode(packet)] == messages


# Patterns


word = st.one_of(
    st.sampled_from(sorted(default_keys())),
    st.sampled_from(["n/a/@", "b/*", "x/a", "s", "#", '"', "8", "INSERT", "0.5", "i/@@/?", "", "DEVICE"]),
    st.text(max_size=8),
)


@given(st.lists(st.lists(word, max_size=4).map(" ".join), max_size=10).map("\n".join))
def test_any_text_is_a_pattern_of_known_keys(text):
    pattern = parse(text)
    assert set(pattern.keys) <= default_keys()
    assert (pattern.problem is None) or pattern.keys == default_pattern().keys


@given(st.text(max_size=60))
def test_any_address_means_something_or_nothing(address):
    Finder(default_pattern()).find(address)


# The surface


@SOME
@given(st.lists(st.binary(max_size=120), max_size=20))
def test_any_datagrams_leave_the_surface_in_working_order(datagrams):
    device = a_song().start()
    for datagram in datagrams:
        device.surface.receive(datagram)
    still_works(device)


@SOME
@given(st.lists(known_messages(), max_size=30))
def test_any_messages_leave_the_session_sound_and_the_surface_in_working_order(messages):
    device = a_song().start()
    for address, args in messages:
        device.surface.receive(encode(address, *args))
        device.run(0.01)
    for track in (device.session.master, *device.session.tracks):
        assert 0.0 <= track.gain_linear < math.inf
        assert -1.0 <= track.pan <= 1.0
        assert all(0.0 <= send.gain_linear < math.inf for send in track.sends)
    assert 1.0 <= device.session.tempo_bpm <= 960.0
    assert 0.0 <= device.live.edit_position_s < math.inf
    still_works(device)


change = st.one_of(
    st.tuples(st.just("gain"), st.integers(0, 3), st.floats(0.0, 3.0)),
    st.tuples(st.just("send"), st.just(1), st.floats(0.0, 3.0)),
    st.tuples(st.just("mute"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("osc"), st.sampled_from(["/track/1/volume", "/track/2/pan", "/master/volume"]), st.floats(0, 1)),
    st.tuples(st.just("osc"), st.sampled_from(["/track/1/mute", "/track/3/solo", "/track/2/select"]), st.just(1.0)),
    st.tuples(st.just("osc"), st.just("/tempo/raw"), st.floats(60, 200, width=32)),
    st.tuples(st.just("osc"), st.just("/bank"), st.integers(1, 2)),
    st.tuples(
        st.just("act"), st.sampled_from([40001, 40005, 40296, 40297, 40029, 40030, 1068, 1007, 1016, 40340]), st.none()
    ),
)


def do(device, kind, what, value):
    match kind:
        case "gain":
            if what <= len(device.session.tracks):
                device.edit_track(what, gain_linear=value)
        case "send":
            if device.session.tracks and device.track(1).sends:
                device.edit_track(1, sends=(Send("{s}", device.track(1).sends[0].to, value),))
        case "mute":
            if what <= len(device.session.tracks):
                device.edit_track(what, muted=value)
        case "osc":
            device.surface.receive(encode(what, value))
        case _:
            device.actions.run(what)


@SOME
@given(st.lists(change, max_size=25))
def test_a_device_that_listened_all_along_knows_what_a_new_one_is_told(changes):
    device = a_song(PATTERN)
    known = dict(device.run())
    for kind, what, value in changes:
        do(device, kind, what, value)
        if kind == "osc" and what != "/bank":
            known[what] = None  # the device's own word: it is not repeated
        known.update(device.run())
    newcomer = Device(device.session, PATTERN)
    newcomer.live._front.state = device.live.state
    newcomer.surface._desk.bank = device.surface._desk.bank
    told = {"/anysolo": known.get("/anysolo", 0.0)} if not device.session.soloed else {}
    told |= dict(newcomer.run())
    own = {address for address, value in known.items() if value is None}
    known.setdefault("/anysolo", 0.0)
    assert {a: v for a, v in known.items() if a not in own} == {a: v for a, v in told.items() if a not in own}
