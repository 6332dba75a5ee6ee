"""The mock's OSC surface over real sockets, with python-osc as the device."""

import math
import select
import socket
from contextlib import contextmanager

import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from mock_daw.server import MockDaw
from tests.mixes import tone, write_song
from tests.surfaces import session_of, track_named

STEP_S = 0.1  # ten packets: no more than the tablet's socket can hold


class Tablet:
    """A device: a socket that hears, and python-osc to read and write."""

    def __init__(self, hearing, client):
        self.hearing = hearing
        self.client = client
        self.known = {}
        self.heard = []
        self.longest_bytes = 0
        self.dispatcher = Dispatcher()
        self.dispatcher.set_default_handler(self.note)

    def note(self, address, *args):
        self.known[address] = args
        self.heard.append((address, *args))

    def take(self):
        """Read what has arrived; loopback delivers before the mock goes on."""
        while select.select([self.hearing], [], [], 0.0)[0]:
            datagram, peer = self.hearing.recvfrom(65_535)
            self.longest_bytes = max(self.longest_bytes, len(datagram))
            self.dispatcher.call_handlers_for_packet(datagram, peer)
        heard, self.heard = self.heard, []
        return heard


@contextmanager
def a_daw(project, **settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hearing:
        hearing.bind(("127.0.0.1", 0))
        daw = MockDaw(project, osc=0, osc_to=hearing.getsockname(), speed="manual", **settings)
        with daw, SimpleUDPClient(*daw.osc_address) as client:
            yield daw, Tablet(hearing, client)


def turn(daw, tablet, seconds=2.0):
    """Let the mock handle what was sent, and two seconds pass: as long as the pace of REAPER's packets needs."""
    heard = []
    for _ in range(round(seconds / STEP_S)):
        daw.step(STEP_S)
        heard += tablet.take()
    return heard


def three_tracks():
    return session_of(track_named("Drums"), track_named("Bass", muted=True), track_named("Gesang – Ä"))


def test_a_tablet_knows_the_mixer_after_the_first_seconds():
    with a_daw(three_tracks()) as (daw, tablet):
        turn(daw, tablet)
        names = [tablet.known[f"/track/{n}/name"] for n in range(1, 5)]
        assert names == [("Drums",), ("Bass",), ("Gesang – Ä",), ("Track 4",)]
        assert [tablet.known[f"/track/{n}/mute"] for n in range(1, 4)] == [(0.0,), (1.0,), (0.0,)]
        assert tablet.known["/track/4/volume/db"] == (-150.0,)
        assert tablet.known["/tempo/raw"] == (120.0,)
        assert tablet.longest_bytes <= 1024


def test_a_tablet_mixes_and_hears_the_other_forms_of_what_it_did():
    with a_daw(three_tracks()) as (daw, tablet):
        turn(daw, tablet)
        tablet.client.send_message("/track/1/volume/db", -6.0)
        tablet.client.send_message("/track/2/mute", 0.0)
        tablet.client.send_message("/track/3/fxeq/band/0/freq/hz", 440.0)
        heard = turn(daw, tablet)
        track = daw.live.session.track
        assert 20.0 * math.log10(track(1).gain_linear) == pytest.approx(-6.0)
        assert not track(2).muted
        assert track(3).effects[0].equaliser.bands[1].freq_hz == 440.0
        addresses = [message[0] for message in heard]
        assert "/track/1/volume/db" not in addresses
        assert ("/track/1/volume/str", "-6.00dB") in heard
        assert ("/track/2/mute", 0.0) in heard
        assert ("/track/3/fxeq/band/0/freq/str", "440.0Hz") in heard


def test_a_bundle_from_the_library_is_taken_apart_and_a_truth_value_dropped():
    with a_daw(three_tracks()) as (daw, tablet):
        turn(daw, tablet)
        builder = OscBundleBuilder(IMMEDIATELY)
        for address, arg in (("/track/1/mute", True), ("/track/1/pan", 1.0), ("/track/3/solo", 1.0)):
            message = OscMessageBuilder(address)
            message.add_arg(arg)
            builder.add_content(message.build())
        tablet.client.send(builder.build())
        turn(daw, tablet)
        track = daw.live.session.track
        assert (track(1).muted, track(1).pan, track(3).solo > 0) == (False, 1.0, True)


def test_a_refresh_says_everything_again():
    with a_daw(three_tracks()) as (daw, tablet):
        first = turn(daw, tablet)
        tablet.client.send_message("/action", 41743)
        again = turn(daw, tablet)
        assert len(first) > 2000
        assert {m[0] for m in first} == {m[0] for m in again}


def test_the_state_comes_at_the_pace_of_a_packet_in_ten_milliseconds():
    with a_daw(three_tracks()) as (daw, tablet):
        daw.step(0.0)
        first = tablet.take()
        daw.step(0.1)
        next_ones = tablet.take()
        rest = turn(daw, tablet)
        assert 0 < len(first) < len(next_ones) < len(rest)


def test_a_tone_reads_on_the_meters_as_its_peak(tmp_path):
    folder = write_song(tmp_path / "song", Tone=tone(1000.0, 0.5))
    with a_daw(folder) as (daw, tablet):
        turn(daw, tablet, 1.0)
        number = next(n for n in range(1, 9) if tablet.known[f"/track/{n}/name"] == ("Tone",))
        tablet.client.send_message("/play", 1.0)
        daw.step(1.0)
        tablet.take()
        (position,) = tablet.known[f"/track/{number}/vu/L"]
        assert position * 68.0 - 62.0 == pytest.approx(20.0 * math.log10(0.5), abs=0.1)
        assert tablet.known["/play"] == (1.0,)
        assert tablet.known["/time"][0] == pytest.approx(1.0, abs=0.1)
