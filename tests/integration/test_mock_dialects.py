"""The mock as Ardour, Live, Bitwig and a console, over real UDP, with python-osc as the client and real audio."""

import json
import math
import socket
import struct
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from mock_daw.__main__ import main
from mock_daw.errors import StartError
from mock_daw.server import MockDaw
from mock_daw.session import Session, Track

LIMIT_S = 30.0
TRIES = 20
RATE_HZ = 16_000
TONES = {"Bass": 100.0, "Keys": 1000.0, "Vox": 5000.0}
LEVEL_DB = 20 * math.log10(0.5)
NAMES = list(TONES)
SLACK_DB = 0.2


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stems")
    time_s = np.arange(20 * RATE_HZ) / RATE_HZ
    for name, freq_hz in TONES.items():
        sf.write(folder / f"{name}.wav", 0.5 * np.sin(2 * np.pi * freq_hz * time_s), RATE_HZ, subtype="FLOAT")
    return folder


class Client:
    """A plain OSC client on a port of its own. What it says is handled when ``say`` returns: the mock takes a step."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.to = None
        self.daw = None

    @property
    def ports(self):
        """What the mock is asked to open for it."""
        return (0, self.port) if self.dialect in {"ableton", "bitwig"} else 0

    def begin(self, daw):
        self.daw, self.to = daw, daw.dialects[self.dialect]

    def say(self, address, *args):
        message = OscMessageBuilder(address)
        for arg in args:
            message.add_arg(arg)
        self.socket.sendto(message.build().dgram, self.to)
        self.daw.step()

    def hear(self):
        """Return all messages that have come."""
        heard = []
        while (data := self._datagram()) is not None:
            read = OscBundle(data) if data.startswith(b"#bundle") else [OscMessage(data)]
            heard += [(message.address, message.params) for message in read]
        return heard

    def heard(self, address, fits=lambda _args: True):
        """Return the arguments of all messages that have come with that address."""
        return [args for each, args in self.hear() if each == address and fits(args)]

    def ask(self, address, *args, answer=None, fits=lambda _args: True):
        """Ask until there is an answer: datagrams may be lost."""
        for _ in range(TRIES):
            self.say(address, *args)
            found = self.heard(answer or address, fits)
            if found:
                return found[-1]
        return pytest.fail(f"{address} {args} is not answered")

    def _datagram(self):
        try:
            return self.socket.recv(65_535)
        except BlockingIOError:
            return None


class Ardour(Client):
    metered_db = -193.0
    feedback = 1 + 2 + 16 + 128 + 16384

    def begin(self, daw):
        super().begin(daw)
        self.say("/set_surface", 0, 63, self.feedback, 0)
        self.hear()

    def names(self):
        self.say("/strip/list")
        *strips, end = self.heard("/reply")
        assert end[0] == "end_route_list"
        return [args[1] for args in strips if args[0] == "AT"]

    def set_db(self, number, db):
        self.say("/strip/gain", number, float(db))

    def db(self, number):
        (along,) = self.ask("/strip/fader", number, fits=lambda args: len(args) == 1)
        return (along**0.125 * 198 - 192) / 6 * 20 * math.log10(2)

    def cut(self, number):
        """Take 12 dB off at 1 kHz, an octave wide."""
        self.say("/strip/plugin/parameter", number, 1, 6, 1000.0)
        self.say("/strip/plugin/parameter", number, 1, 7, -12.0)

    def meter_db(self, daw, number):
        """Meters come while they change: the last one counts."""
        daw.step(0.5)
        heard = self.heard("/strip/meter", lambda args: args[0] == number)
        self.metered_db = heard[-1][1] if heard else self.metered_db
        return self.metered_db


class Ableton(Client):
    def names(self):
        return self.ask("/live/song/get/track_names")

    def set_db(self, number, db):
        self.say("/live/track/set/volume", number - 1, (db + 34) / 40)

    def db(self, number):
        return 40 * self.ask("/live/track/get/volume", number - 1, fits=lambda args: args[0] == number - 1)[1] - 34

    def cut(self, number):
        track, names = number - 1, self.ask("/live/device/get/parameters/name", number - 1, 0)[2:]
        values = {"2 Filter On A": 1, "2 Filter Type A": 3, "2 Frequency A": math.log(100) / math.log(2200)}
        values |= {"2 Gain A": -12.0, "2 Resonance A": math.log(14.142) / math.log(180)}
        for name, value in values.items():
            self.say("/live/device/set/parameter/value", track, 0, names.index(name), value)

    def meter_db(self, daw, number):
        daw.step(0.5)
        return self.ask("/live/track/get/output_meter_left", number - 1)[1] * 76 - 70


class Bitwig(Client):
    def state(self):
        self.say("/refresh")
        return {address: args[0] for address, args in self.hear()}

    def names(self):
        now = self.state()
        return [now[f"/track/{n}/name"] for n in range(1, 9) if now[f"/track/{n}/exists"]]

    def set_db(self, number, db):
        self.say(f"/track/{number}/volume", round(127 * (10 ** (db / 20) / 2) ** (1 / 3)))

    def db(self, number):
        return float(self.state()[f"/track/{number}/volumeStr"].split()[0])

    def cut(self, number):
        self.say(f"/track/{number}/select", 1)
        self.say("/eq/add", 1)
        for what, value in (("type", "bell"), ("freq", 72), ("gain", 32), ("q", 56)):
            self.say(f"/eq/{what}/1", value)

    def meter_db(self, daw, number):
        self.say("/track/vu", 1)
        daw.step(0.5)
        return 20 * math.log10(2 * (self.state()[f"/track/{number}/vu"] / 127) ** 3)


class X32(Client):
    PIECES = ((0.5, 40, -30), (0.25, 80, -50), (0.0625, 160, -70), (0.0, 480, -90))

    def names(self):
        named = [self.ask(f"/ch/{n:02}/config/name")[0] for n in range(1, 9)]
        return [name for name in named if name]

    def set_db(self, number, db):
        along = next((db - offset) / slope for low, slope, offset in self.PIECES if db >= low * slope + offset)
        self.say(f"/ch/{number:02}/mix/fader", along)

    def db(self, number):
        (along,) = self.ask(f"/ch/{number:02}/mix/fader")
        return next(slope * along + offset for low, slope, offset in self.PIECES if along >= low)

    def cut(self, number):
        self.say(f"/ch/{number:02}/eq/on", 1)
        for name, value in (("type", 2), ("f", math.log(50) / math.log(1000)), ("g", 0.1), ("q", 0.5577)):
            self.say(f"/ch/{number:02}/eq/2/{name}", value)

    def meter_db(self, daw, number):
        """Its meters are before the fader: what comes after is worked out."""
        self.say("/meters", "/meters/1")
        daw.step(0.5)
        (blob,) = self.heard("/meters/1")[-1]
        return self.level_db(blob, number) + self.db(number)

    def level_db(self, blob, number):
        return 20 * math.log10(struct.unpack_from("<f", blob, 4 * number)[0])


class XAir(X32):
    def level_db(self, blob, number):
        return struct.unpack_from("<h", blob, 2 + 2 * number)[0] / 256


CLIENTS = {"ardour": Ardour, "ableton": Ableton, "bitwig": Bitwig, "x32": X32, "xair": XAir}
STEP_DB = {"ardour": 1e-3, "ableton": 1e-3, "bitwig": 0.4, "x32": 0.1, "xair": 0.1}


@pytest.fixture
def start():
    """Start the mock with dialects and return it with a client for each."""
    clients = {}
    running = ExitStack()

    def started(project, *names, **options):
        clients.update({name: CLIENTS[name](name) for name in names})
        ports = {name: client.ports for name, client in clients.items()}
        daw = running.enter_context(MockDaw(project, speed="manual", **ports, **options))
        for client in clients.values():
            client.begin(daw)
        return daw, clients

    with running:
        yield started
    for client in clients.values():
        client.socket.close()


@pytest.mark.parametrize("name", CLIENTS)
def test_tracks_are_listed_and_faders_read_back(start, stems, name):
    daw, clients = start(stems, name)
    client = clients[name]
    assert client.names() == NAMES
    client.set_db(2, -9.0)
    assert client.db(2) == pytest.approx(-9.0, abs=STEP_DB[name])
    assert 20 * math.log10(daw.live.session.track(2).gain_linear) == pytest.approx(-9.0, abs=STEP_DB[name])
    assert client.db(1) == pytest.approx(0.0, abs=STEP_DB[name])


@pytest.mark.parametrize("name", CLIENTS)
def test_meters_come_from_the_audio_behind_fader_and_equaliser(start, stems, name):
    daw, clients = start(stems, name)
    client = clients[name]
    coarse_db = 1.0 if name == "bitwig" else SLACK_DB
    daw.live.play()
    assert client.meter_db(daw, 2) == pytest.approx(LEVEL_DB, abs=coarse_db)
    client.cut(2)
    daw.step(1.0)
    assert client.meter_db(daw, 2) == pytest.approx(LEVEL_DB - 12.0, abs=coarse_db)
    client.set_db(1, -6.0)
    daw.step(0.5)
    assert client.meter_db(daw, 1) == pytest.approx(LEVEL_DB - 6.0, abs=coarse_db)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_fader_moved_over_one_shows_over_all_and_in_the_history(start, stems, name):
    daw, clients = start(stems, *CLIENTS, web=0)
    clients[name].set_db(2, -9.0)
    daw.step(0.1)
    for other, client in clients.items():
        assert client.db(2) == pytest.approx(-9.0, abs=STEP_DB[name] + STEP_DB[other])
    assert daw.live.undo_names == ("Adjust track volume",)


def test_what_is_pushed_without_asking_tells_of_it_too(start, stems):
    daw, clients = start(stems, *CLIENTS)
    for name in ("x32", "xair"):
        clients[name].say("/xremote")
    clients["ableton"].ask("/live/track/start_listen/volume", 1, answer="/live/track/get/volume")
    clients["bitwig"].say("/refresh")
    for client in clients.values():
        client.hear()
    clients["ardour"].set_db(2, -9.0)
    daw.step(0.1)
    assert clients["ableton"].heard("/live/track/get/volume") == [[1, pytest.approx(0.625)]]
    assert clients["bitwig"].heard("/track/2/volume") == [[71]]
    assert clients["x32"].heard("/ch/02/mix/fader") == [[pytest.approx(0.525, abs=1e-3)]]
    assert clients["xair"].heard("/ch/02/mix/fader") == [[pytest.approx(0.525, abs=1e-3)]]
    assert clients["ardour"].heard("/strip/gain") == [[2, pytest.approx(-9.0)]]


def test_an_equaliser_set_over_one_shows_over_the_others(start, stems):
    daw, clients = start(stems, "ardour", "ableton", "x32")
    clients["ardour"].cut(2)
    daw.step(0.1)
    assert clients["x32"].ask("/ch/02/eq/on") == [1]
    assert clients["x32"].ask("/ch/02/eq/3/g") == [pytest.approx(0.1)]
    assert clients["ableton"].ask("/live/device/get/parameter/value_string", 1, 0, 27)[3] == "-12.0 dB"
    clients["x32"].say("/ch/02/eq/3/g", 0.4)
    daw.step(0.1)
    assert clients["ableton"].ask("/live/device/get/parameter/value", 1, 0, 27)[3] == pytest.approx(-3.0)


@pytest.mark.parametrize("name", ["ardour", "ableton", "x32"])
def test_with_one_datagram_in_twenty_lost_a_client_that_asks_again_gets_there(start, stems, name):
    daw, clients = start(stems, name, faults=["loss=0.05"], seed=3)
    client = clients[name]
    for number in (1, 2, 3):
        for _ in range(TRIES):
            client.set_db(number, -3.0 * number)
            if client.db(number) == pytest.approx(-3.0 * number, abs=STEP_DB[name]):
                break
        else:
            pytest.fail(f"the fader of track {number} did not arrive")
    assert len(daw.live.session.tracks) == 3


def test_sixty_four_tracks_are_all_there_or_as_many_as_the_console_has(start):
    session = Session("big", RATE_HZ, tuple(Track(f"{{{n}}}", f"T{n}") for n in range(1, 65)))
    _, clients = start(session, *CLIENTS)
    names = [f"T{n}" for n in range(1, 65)]
    assert clients["ardour"].names() == names
    assert clients["ableton"].names() == names
    for _ in range(7):
        clients["bitwig"].say("/track/bank/page/+")
    assert clients["bitwig"].names() == names[56:]
    assert clients["x32"].ask("/ch/32/config/name") == ["T32"]
    assert clients["xair"].ask("/ch/16/config/name") == ["T16"]


def test_a_burst_is_lost_in_silence_behind_its_limit(start, stems):
    daw, clients = start(stems, "ardour", faults=["osc-in:burst=40@5s"])
    ardour = clients["ardour"]
    daw.step(5.0)
    daw.freeze()
    for n in range(60):
        ardour.set_db(1, -float(n))
    daw.thaw()
    daw.step(0.1)
    arrived_db = 20 * math.log10(daw.live.session.track(1).gain_linear)
    assert arrived_db == pytest.approx(-39.0, abs=1e-3)


def test_what_comes_over_a_dialect_counts_for_faults_and_is_logged(start, stems):
    daw, clients = start(stems, "x32", faults=["vanish@write#2"])
    for number in (1, 2, 3):
        clients["x32"].set_db(number, -10.0)
    faders = [track.gain_linear for track in daw.live.session.tracks]
    assert faders == [pytest.approx(10 ** (-10 / 20), rel=0.01)] * 2 + [1.0]
    assert [entry.wire for entry in daw.log.entries] == ["x32-in", "x32-in", "fault"]


def test_a_restart_comes_back_on_the_same_ports(start, stems):
    daw, clients = start(stems, "ardour", "x32")
    clients["x32"].set_db(1, -12.0)
    assert clients["x32"].db(1) == pytest.approx(-12.0, abs=0.1)
    before = daw.dialects
    daw.restart()
    assert daw.dialects == before
    assert clients["x32"].db(1) == pytest.approx(0.0, abs=0.1)
    assert clients["ardour"].ask("/strip/name", 1) == ["Bass"]


def test_the_console_program_tells_its_ports(stems):
    command = [sys.executable, "-m", "mock_daw", str(stems), "--ardour", "0", "--x32", "0", "--json", "--tick-ms", "0"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as program:
        try:
            told = json.loads(program.stdout.readline())
            assert (told["tracks"], told["osc"], told["web"], told["ableton"]) == (3, None, None, None)
            assert told["ardour"][1] != told["x32"][1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(LIMIT_S)
                client.sendto(OscMessageBuilder("/ch/01/config/name").build().dgram, tuple(told["x32"]))
                assert OscMessage(client.recv(1024)).params == ["Bass"]
        finally:
            program.terminate()
            program.wait(LIMIT_S)


def test_the_console_program_says_where_the_dialects_are(stems, capsys):
    assert main([str(stems), "--xair", "0", "--bitwig", "0:9001", "--for", "0", "--speed", "max"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[1:3]] == [
        "bitwig   receives on 127.0.0.1",
        "xair     receives on 127.0.0.1",
    ]
    assert main([str(stems), "--ableton", "1:2:3"]) == 2


def test_a_port_that_is_taken_is_told(stems):
    with Client("x32").socket as taken:
        taken_port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {taken_port} for x32"):
            MockDaw(stems, x32=taken_port).__enter__()
