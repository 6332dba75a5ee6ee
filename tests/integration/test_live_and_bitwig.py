"""Ableton Live through AbletonOSC and Bitwig through DrivenByMoss, as the mock DAW plays them, over real UDP."""

import math
import socket
from contextlib import contextmanager

import pytest

from agent.mixing import Wish
from agent.session import FLAT_EQ, Strip
from bridge.changes import MASTER, same
from bridge.desk import DeskWrite
from bridge.desk_daw import DeskDaw
from bridge.desk_meters import MeteredDesk
from bridge.journal import Journal
from bridge.live_job import mix_live
from bridge.osc.ableton_line import AbletonLine
from bridge.osc.ableton_meters import AbletonMeters
from bridge.osc.bitwig_line import BitwigLine
from bridge.osc.bitwig_meters import BitwigMeters
from bridge.osc.link import OscLink
from bridge.osc.packets import Message
from bridge.stems_audio import StemsAudio
from bridge.undoing import undo_last
from mock_daw.server import MockDaw
from mock_daw.session import Session, Track
from tests.ableton_lives import Device, Live
from tests.ableton_lives import Track as LiveTrack
from tests.bitwig_studios import Bitwig, EqPlus
from tests.bitwig_studios import Track as BitwigTrack
from tests.mixes import POLICY, STEMS, write_song
from tests.osc_served import served

pytestmark = pytest.mark.slow

HIGH = 16_384
LINES = {"ableton": AbletonLine, "bitwig": BitwigLine}
METERS = {"ableton": AbletonMeters, "bitwig": BitwigMeters}
BOTH = pytest.mark.parametrize("name", LINES)
TICK_S = 0.005
TARGET_LUFS = -30.0


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("song"), rate_hz=16_000)


@contextmanager
def running(name, project, *, resolution=HIGH, **options):
    """Run the mock DAW as one of them; yield it and a link to it. Their answers go to a port that is set there."""
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))
    ports = (0, wire.getsockname()[1], *((resolution,) if name == "bitwig" else ()))
    with MockDaw(project, tick_s=TICK_S, **{name: ports}, **options) as daw:
        link = OscLink(wire, daw.dialects[name], own_port=ports[1])
        try:
            yield daw, link
        finally:
            link.close()


def faders_db(daw):
    tracks = [(track.name, track.gain_linear) for track in daw.live.session.tracks]
    return {name: 20.0 * math.log10(gain) for name, gain in [*tracks, (MASTER, daw.live.session.master.gain_linear)]}


@BOTH
def test_a_session_is_read(song, name):
    with running(name, song) as (daw, link):
        desk = LINES[name](link, "127.0.0.1").read()
    assert {track.name for track in desk.tracks} == set(STEMS)
    assert [track.gain_db for track in desk.tracks] == pytest.approx([0.0] * len(STEMS), abs=0.01)
    assert desk.master_gain_db == (None if name == "ableton" else pytest.approx(0.0, abs=0.01))
    assert desk.tempo_bpm == pytest.approx(daw.live.session.tempo_bpm)


@BOTH
def test_a_mix_stands_there_and_undo_takes_it_back(song, tmp_path, name):
    journal = Journal(tmp_path)
    with running(name, song) as (mock, link):
        found = faders_db(mock)
        line = LINES[name](link, "127.0.0.1", with_eq=False)
        daw = DeskDaw(line, "127.0.0.1", StemsAudio.open(song))
        before = daw.read()
        result = mix_live(daw, Wish(loudness_lufs=TARGET_LUFS, eq=False), POLICY, journal, before)
        strips = zip(before.tracks, result.settings.strips, strict=True)
        stands = faders_db(mock)
        wanted = {track.name: strip.gain_db for track, strip in strips}
        assert stands == pytest.approx({**wanted, MASTER: result.settings.master_gain_db}, abs=0.1)
        assert result.after.loudness_lufs == pytest.approx(TARGET_LUFS, abs=0.1)
        if name == "ableton":
            assert stands[MASTER] == 0.0
        undone = undo_last(DeskDaw(line, "127.0.0.1", None), journal)
        assert (undone.left, undone.gone) == ((), ())
        assert faders_db(mock) == pytest.approx(found, abs=0.01)


FAKES = {
    "ableton": lambda: Live(*(LiveTrack(stem, devices=[Device()]) for stem in STEMS)),
    "bitwig": lambda: Bitwig(*(BitwigTrack(stem, eq=EqPlus()) for stem in STEMS), resolution=HIGH),
}


@BOTH
def test_a_mix_with_eq_stands_there_and_undo_takes_it_back(song, tmp_path, name):
    journal, fake = Journal(tmp_path), FAKES[name]()
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.bind(("127.0.0.1", 0))
    with served(fake, wire.getsockname()[1]) as port:
        link = OscLink(wire, ("127.0.0.1", port))
        line = LINES[name](link, "127.0.0.1", with_eq=True)
        daw = DeskDaw(line, "127.0.0.1", StemsAudio.open(song))
        before, desk = daw.read(), line.read()
        assert daw.eq
        result = mix_live(daw, Wish(loudness_lufs=TARGET_LUFS, eq=True), POLICY, journal, before)
        for track, strip in zip(line.read().tracks, result.settings.strips, strict=True):
            found = [band.gain_db for band in line.eq_law.eq(track.eq, 48_000)]
            assert found == pytest.approx(strip.eq_gains_db, abs=0.06)
        assert any(any(strip.eq_gains_db) for strip in result.settings.strips)
        undone = undo_last(DeskDaw(line, "127.0.0.1", None), journal)
        assert (undone.left, undone.gone) == ((), ())
        for track, was in zip(line.read().tracks, desk.tracks, strict=True):
            assert track.gain_db == pytest.approx(was.gain_db, abs=0.01)
            assert same(track.eq, was.eq)
        link.close()


@BOTH
def test_a_mixs_fader_is_held_whatever_the_resolution(song, tmp_path, name):
    journal = Journal(tmp_path)
    with running(name, song, resolution=1024) as (_, link):
        line = LINES[name](link, "127.0.0.1")
        daw = DeskDaw(line, "127.0.0.1", StemsAudio.open(song))
        mix_live(daw, Wish(loudness_lufs=TARGET_LUFS, eq=False), POLICY, journal, daw.read())
        undone = undo_last(DeskDaw(line, "127.0.0.1", None), journal)
        assert (undone.left, undone.gone) == ((), ())


@BOTH
def test_the_tempo_is_set(song, name):
    with running(name, song) as (mock, link):
        LINES[name](link, "127.0.0.1").write(DeskWrite(tempo_bpm=98.5))
        assert mock.live.session.tempo_bpm == pytest.approx(98.5)


def test_an_eq_eight_says_what_was_set(song):
    with running("ableton", song) as (_, link):
        line = AbletonLine(link, "127.0.0.1")
        wanted = line.eq_law.bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)
        line.write(DeskWrite(eqs={1: wanted}))
        track = line.read().tracks[0]
    assert track.eq is not None  # its texts were as known here
    assert same(track.eq, wanted)


def test_an_eq_plus_says_what_was_set(song):
    with running("bitwig", song) as (_, link):
        for number in (1, 3):
            link.send([Message(f"/track/{number}/selected", (1,)), Message("/eq/add", (1,))])
        line = BitwigLine(link, "127.0.0.1", with_eq=True)
        wanted = line.eq_law.bands(Strip().with_eq_gains((3.0, -1.5, 2.0, -4.5)), 48_000)
        before = line.read().tracks
        line.write(DeskWrite(eqs={1: wanted, 3: wanted}))
        after = line.read().tracks
        line.write(DeskWrite(eqs={1: before[0].eq}))
        again = line.read().tracks
    assert [line.eq_law.eq(track.eq, 48_000) for track in before if track.eq is not None] == [FLAT_EQ] * 2
    assert [track.eq is not None and same(track.eq, wanted) for track in after] == [True, False, True]
    assert same(again[0].eq, before[0].eq)
    assert [track.selected for track in again] == [track.selected for track in before]


@BOTH
def test_meters_are_watched_while_it_plays(song, name):
    with running(name, song) as (mock, link):
        line = LINES[name](link, "127.0.0.1", with_eq=False)
        daw = MeteredDesk(line, METERS[name](link, "127.0.0.1"), "127.0.0.1")
        session = daw.read()
        daw.play()
        assert mock.live.state
        frames = list(daw.frames(2.0))
        changes = [change.model_copy(update={"wanted": change.found / 2}) for change in daw.faders()[:1]]
        daw.nudge(changes)
        daw.stop()
        assert not mock.live.state
        stands = faders_db(mock)
    assert len(frames) >= 10
    highest = {key: max(frame.peaks_dbfs[key] for frame in frames) for key in daw.keys}
    assert all(-60.0 < peak < 3.0 for peak in highest.values())
    assert stands[session.tracks[0].name] == pytest.approx(-6.02, abs=0.05)


@BOTH
@pytest.mark.parametrize(("count", "faults"), [(64, []), (8, ["loss=0.05"])], ids=["64 tracks", "lossy"])
def test_many_tracks_and_a_line_that_loses_5_per_cent(name, count, faults):
    big = Session("big", 16_000, tuple(Track(f"{{{n}}}", f"T{n}") for n in range(1, count + 1)))
    gains_db = {number: -number / 4 for number in range(1, count + 1)}
    with running(name, big, faults=faults, seed=3) as (mock, link):
        LINES[name](link, "127.0.0.1", with_eq=False).write(DeskWrite(gains_db))
        stands = faders_db(mock)
    assert [stands[f"T{n}"] for n in gains_db] == pytest.approx(list(gains_db.values()), abs=0.1)
