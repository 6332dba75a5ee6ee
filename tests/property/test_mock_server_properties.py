"""Nothing that comes over the wires ends the mock."""

import http.client
import socket
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_daw.osc_packets import encode
from mock_daw.reaper.pattern import default_pattern
from mock_daw.server import MockDaw
from mock_daw.session import FRESH_REAEQ, Effect, Equaliser, Session, Track

TRACKS = tuple(
    Track(name, name, effects=(Effect(f"fx {name}", "VST: ReaEQ (Cockos)", equaliser=Equaliser(FRESH_REAEQ)),))
    for name in ("Kick", "Bass", "Vox")
)
ADDRESSES = sorted({a.text for addresses in default_pattern().keys.values() for a in addresses})

RENDER = "42230"  # an action that writes files
numbers = (st.integers(-3, 70_000) | st.integers(-(2**31), 2**31 - 1)).filter(lambda n: n != int(RENDER))
floats = st.floats(width=32)
arguments = st.lists(numbers | floats.filter(lambda x: x != float(RENDER)) | st.text(max_size=20), max_size=3)
addresses = st.sampled_from(ADDRESSES) | st.text(string.printable, max_size=30).map(lambda text: "/" + text)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    address = draw(addresses)
    while "@" in address:
        address = address.replace("@", str(draw(st.integers(-1, 12))), 1)
    try:
        return encode(address, *draw(arguments))
    except ValueError:
        return address.encode()


COMMANDS = """
TRANSPORT NTRACK TRACK TRACK/{} SET/TRACK/{}/VOL/{} SET/TRACK/{}/PAN/{} SET/TRACK/{}/MUTE/{} SET/TRACK/{}/SOLO/{}
SET/TRACK/{}/SEND/{}/VOL/{} GET/TRACK/{}/{} SET/POS/{} SET/POS_STR/{} OSC/{}:{} SET/UNDO_BEGIN SET/UNDO_END/{}
GET/EXTSTATE/{}/{} SET/EXTSTATE/{}/{}/{} GET/{} {} _{} LYRICS/{}
"""
commands = st.sampled_from(COMMANDS.split())
# No carriage return, line feed or blank: they end the request line, and the client refuses to send them.
words = st.text(string.digits + string.ascii_letters + "+-.%/;:,*?&=#~", max_size=12)


@st.composite
def paths(draw: st.DrawFn) -> str:
    path = draw(commands)
    while "{}" in path:
        path = path.replace("{}", draw(words | numbers.map(str) | floats.map(str)), 1)
    return path if RENDER not in path else "TRANSPORT"


@pytest.fixture(scope="module")
def daw():
    with MockDaw(Session("song", 44_100, TRACKS), osc=0, osc_to=("127.0.0.1", 9), web=0, speed="manual") as running:
        yield running


@pytest.fixture(scope="module")
def client():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        yield made


@given(packets=st.lists(messages() | st.binary(max_size=200), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_osc_ends_it(daw, client, packets):
    for packet in packets:
        client.sendto(packet, daw.osc_address)
    daw.step(0.1)
    assert not daw.ended.is_set()


@given(wanted=st.lists(paths(), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_path_of_the_web_interface_is_answered(daw, wanted):
    connection = http.client.HTTPConnection(*daw.web_address, timeout=30.0)
    try:
        for path in wanted:
            connection.request("GET", f"/_/{path}")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
    finally:
        connection.close()
    daw.step(0.1)
    assert not daw.ended.is_set()
