"""An X32 and an X Air over real UDP, first ours out of the document, then the mock DAW's in a process of its own."""

import json
import math
import subprocess
import sys
from contextlib import closing, contextmanager

import numpy as np
import pytest

from agent.mixing import Wish
from agent.session import FLAT_EQ, Strip
from bridge.changes import same
from bridge.desk import DeskWrite
from bridge.desk_daw import DeskDaw
from bridge.desk_meters import MeteredDesk
from bridge.journal import Journal
from bridge.live_job import mix_live
from bridge.osc import x32
from bridge.osc.link import OscLink, OscPorts
from bridge.osc.x32_eq import ChannelEq
from bridge.osc.x32_line import X32Line
from bridge.osc.x32_meters import X32Meters
from bridge.stems_audio import StemsAudio
from bridge.undoing import undo_last
from tests.mixes import POLICY, STEMS, write_song
from tests.served_mixers import served
from tests.x32_consoles import Console

pytestmark = pytest.mark.slow

LIMIT_S = 30
CONSOLES = pytest.mark.parametrize(
    ("model", "channels", "kind"), [("X32", 32, x32.X32), ("XR18", 16, x32.XAIR)], ids=["x32", "xair"]
)
FADERS = Wish(loudness_lufs=-20.0, eq=False)
WITH_EQ = Wish(loudness_lufs=-20.0, eq=True)


@contextmanager
def line_to(port, kind, **how):
    ports = OscPorts("127.0.0.1", port, 0)
    with closing(X32Line(OscLink.open(ports, pause_s=x32.PAUSE_S), ports.where, kind, **how)) as line:
        yield line


@contextmanager
def mock(folder, option, *options):
    """Run the mock DAW as a console; yield its port."""
    command = [sys.executable, "-m", "mock_daw", str(folder), option, "0", "--json", "--tick-ms", "5", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())[option.removeprefix("--")][1]
        finally:
            process.terminate()
            process.wait(LIMIT_S)


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("song"), rate_hz=16_000)


def mixed_and_undone(line, song, journal, wish):
    """Mix a console and take it back; return what stood there before, between and after, and the faders wanted."""
    daw = DeskDaw(line, "127.0.0.1", StemsAudio.open(song))
    session = daw.read()
    before = line.read()
    result = mix_live(daw, wish, POLICY, journal, session)
    between = line.read()
    wanted = {change.name: change.wanted for change in daw.changes(result.settings) if change.what == "fader"}
    undo_last(daw, journal)
    return before, between, line.read(), wanted


def whole_frame(daw, meters):
    """Return the first frame that has so many meters."""
    return next(frame for frame in daw.frames(LIMIT_S) if len(frame.peaks_dbfs) == meters)


@CONSOLES
@pytest.mark.parametrize("wish", [FADERS, WITH_EQ], ids=["faders", "eq"])
def test_a_mix_stands_there_and_undo_takes_it_back(song, tmp_path, model, channels, kind, wish):
    console = Console(*STEMS, "Spare", model=model, channels=channels)
    with served(console) as port, line_to(port, kind) as line:
        before, between, after, wanted = mixed_and_undone(line, song, Journal(tmp_path), wish)
    assert between != before
    assert after == before
    for number, name in enumerate(STEMS, 1):
        if name in wanted:
            assert 20 * np.log10(wanted[name]) == pytest.approx(between.gain_db(number), abs=1e-6)
    laws = [ChannelEq().eq(track.eq, 48_000) for track in between.tracks[:3]]
    assert any(band.gain_db for law in laws for band in law) is wish.eq
    assert between.tracks[3] == before.tracks[3]


@pytest.mark.parametrize("seed", range(2))
def test_a_line_that_loses_5_per_cent_costs_time_and_nothing_else(seed):
    draw = np.random.default_rng(seed)
    console = Console(*(f"T{n}" for n in range(8)), loses=lambda message: draw.random() < 0.05)
    bands = ChannelEq().bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)
    with served(console) as port, line_to(port, x32.X32) as line:
        line.write(DeskWrite({0: -3.0, **{n: -float(n) for n in range(1, 9)}}, {2: bands}))
        desk = line.read()
    assert [desk.gain_db(n) for n in range(9)] == [
        x32.FADER.held_db(db) for db in (-3.0, *(-float(n) for n in range(1, 9)))
    ]
    assert same(desk.tracks[1].eq, bands)


@CONSOLES
def test_its_meters_are_watched(model, channels, kind):
    console = Console("Kick", "Bass", model=model, channels=channels)
    console.peaks[:2] = [-20.0, -30.0]
    console.main_dbfs = (-19.0, -20.0)
    with served(console) as port, closing(OscLink.open(OscPorts("127.0.0.1", port, 0))) as link:
        line = X32Line(link, "127.0.0.1", kind)
        daw = MeteredDesk(line, X32Meters(link, line, "127.0.0.1"), "127.0.0.1")
        daw.read()
        daw.play()
        frame = whole_frame(daw, 3)
        daw.stop()
    main_dbfs = 10 * math.log10((10**-1.9 + 10**-2.0) / 2)  # the power of both sides
    assert frame.peaks_dbfs == pytest.approx({"1 Kick": -20.0, "2 Bass": -30.0, "master": main_dbfs}, abs=0.05)


# The mock DAW, which is written from the same documents by other hands

MOCKS = pytest.mark.parametrize(("option", "kind"), [("--x32", x32.X32), ("--xair", x32.XAIR)], ids=["x32", "xair"])


@MOCKS
def test_a_mix_stands_in_the_mock_and_undo_takes_it_back(song, tmp_path, option, kind):
    with mock(song, option) as port, line_to(port, kind) as line:
        before, between, after, wanted = mixed_and_undone(line, song, Journal(tmp_path), WITH_EQ)
    assert between != before
    assert [track.gain_db for track in after.tracks] == [track.gain_db for track in before.tracks]
    assert [ChannelEq().eq(track.eq, 48_000) for track in after.tracks] == [FLAT_EQ] * 3
    faders = {track.name: track.gain_db for track in between.tracks}
    assert all(20 * np.log10(wanted[n]) == pytest.approx(db, abs=1e-6) for n, db in faders.items() if n in wanted)


@MOCKS
def test_a_bad_line_to_the_mock_costs_time_and_nothing_else(song, option, kind):
    bands = ChannelEq().bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)
    with mock(song, option, "--faults", "loss=0.05") as port, line_to(port, kind) as line:
        line.write(DeskWrite({0: -3.0, 1: -6.0, 2: -7.33, 3: 9.0}, {2: bands}))
        desk = line.read()
    assert [desk.gain_db(n) for n in range(4)] == [x32.FADER.held_db(db) for db in (-3.0, -6.0, -7.33, 9.0)]
    assert same(desk.tracks[1].eq, bands)


@MOCKS
def test_the_mocks_meters_are_watched(song, option, kind):
    with mock(song, option, "--play") as port, closing(OscLink.open(OscPorts("127.0.0.1", port, 0))) as link:
        line = X32Line(link, "127.0.0.1", kind)
        daw = MeteredDesk(line, X32Meters(link, line, "127.0.0.1"), "127.0.0.1")
        daw.read()
        daw.play()
        frame = whole_frame(daw, 4)
        daw.stop()
    assert frame.peaks_dbfs.keys() == {"1 Bass", "2 Kick", "3 Lead Vocal", "master"}
