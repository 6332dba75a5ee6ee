"""Faderbot and a real Ardour: OSC over UDP to its engine; its own export, measured apart, is the judge of a mix."""

from contextlib import ExitStack

import numpy as np
import pyloudnorm
import pytest
import soundfile as sf

from agent.hearing.bands import strip_response
from agent.mixing import Wish
from agent.session import Strip
from bridge.ardour_tempo import ArdourTempo
from bridge.changes import MASTER, same
from bridge.demo import write_demo
from bridge.desk import DeskWrite
from bridge.desk_daw import DeskDaw
from bridge.desk_meters import MeteredDesk
from bridge.journal import Journal, State
from bridge.live_job import LeftInBetween, mix_live
from bridge.metered_job import mix_live_by_meters
from bridge.osc.ardour_line import ArdourLine
from bridge.osc.ardour_meters import ArdourMeters
from bridge.osc.link import OscLink, OscPorts
from bridge.progress import Silent
from bridge.stems_audio import StemsAudio
from bridge.tempo import tempo_wish
from bridge.tempo_hearing import chosen_tempo
from bridge.undoing import undo_last
from tests import real_ardour
from tests.mixes import POLICY

pytestmark = pytest.mark.slow

SONG = ("Bass", "Keys", "Kick", "Pad", "Vocal")
SECONDS = 5.0
TARGET_LUFS = -24.0
LOOKS = 500
LISTENED_S = 10.0


@pytest.fixture(scope="module", autouse=True)
def _installed():
    real_ardour.needed()


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "stems"
    write_demo(folder, seconds=SECONDS)
    for file in folder.glob("*.wav"):
        if file.stem not in SONG:
            file.unlink()
    return folder


@pytest.fixture(scope="module")
def made(stems, tmp_path_factory):
    """A session with a flat ACE EQ on every track, put there by Faderbot's own script."""
    return real_ardour.make_session(tmp_path_factory.mktemp("made"), [stems / f"{name}.wav" for name in SONG])


@pytest.fixture
def session(made, tmp_path):
    return made.copy(tmp_path)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


@pytest.fixture
def talk():
    """Return a function that opens a line to a host; all are closed at the end."""
    lines = []

    def opened(host, wrapped=lambda link: link, tempo=None):
        ports = OscPorts("127.0.0.1", host.port, 0)
        line = ArdourLine(wrapped(OscLink.open(ports)), ports.where, tempo)
        lines.append(line)
        return line

    yield opened
    for line in lines:
        line.close()


def daw_of(line, stems=None):
    return DeskDaw(line, "127.0.0.1", None if stems is None else StemsAudio.open(stems))


def loudness_lufs(session):
    audio, rate_hz = session.export()
    return pyloudnorm.Meter(rate_hz).integrated_loudness(audio)


def faders_db(host):
    return {name: 20 * np.log10(host.fader(name)) for name in (*SONG, "Master")}


def test_it_is_found_with_all_that_is_in_it(session, stems, talk):
    with real_ardour.running(session) as host:
        host.ask('S:route_by_name("Keys"):gain_control():set_value(0.5, PBD.GroupControlDisposition.NoGroup)')
        host.ask('S:route_by_name("Pad"):mute_control():set_value(1, PBD.GroupControlDisposition.NoGroup)')
        line = talk(host)
        desk = line.read()
        assert [track.name for track in desk.tracks] == list(SONG)
        assert [track.gain_db for track in desk.tracks] == pytest.approx([0.0, -6.0206, 0.0, 0.0, 0.0], abs=1e-4)
        assert [track.muted for track in desk.tracks] == [False, False, False, True, False]
        assert (desk.master_gain_db, desk.project, desk.rate_hz) == (pytest.approx(0.0), "song", 48_000)
        assert desk.length_s == pytest.approx(SECONDS)
        assert not desk.recording
        daw = daw_of(line, stems)
        assert [track.name for track in daw.read().tracks] == ["Bass", "Keys", "Kick", "Vocal"]
        assert daw.eq
        assert "left alone (muted): Pad" in daw.notes


@pytest.mark.parametrize(("eq", "tolerance_lu"), [(False, 0.2), (True, 0.5)], ids=["faders", "with EQ"])
def test_a_mix_is_as_loud_as_promised_and_is_undone(session, stems, talk, journal, eq, tolerance_lu):
    with real_ardour.running(session) as host:
        found = faders_db(host)
        line = talk(host)
        daw = daw_of(line, stems)
        before = daw.read()
        desk = line.read()
        result = mix_live(daw, Wish(loudness_lufs=TARGET_LUFS, eq=eq), POLICY, journal, before)
        wanted = {name: strip.gain_db for name, strip in zip(SONG, result.settings.strips, strict=True)}
        assert faders_db(host) == pytest.approx({**wanted, "Master": result.settings.master_gain_db}, abs=1e-3)
        read_back = daw_of(line, stems).read().settings
        for have, want in zip(read_back.strips, result.settings.strips, strict=True):
            assert have.eq_gains_db == pytest.approx(want.eq_gains_db, abs=1e-4)
        assert eq == any(any(strip.eq_gains_db) for strip in result.settings.strips)
        host.save()
    assert loudness_lufs(session) == pytest.approx(result.after.loudness_lufs, abs=tolerance_lu)
    assert result.after.loudness_lufs == pytest.approx(TARGET_LUFS, abs=0.1)
    with real_ardour.running(session) as host:
        line = talk(host)
        undone = undo_last(daw_of(line), journal)
        assert (undone.left, undone.gone) == ((), ())
        assert faders_db(host) == pytest.approx(found, abs=1e-3)
        for track, was in zip(line.read().tracks, desk.tracks, strict=True):
            assert same(track.eq, was.eq)
    assert [entry.state for _, entry in journal.entries()] == [State.UNDONE]


class Lossy:
    """A link that loses a twentieth of all messages, in either direction."""

    def __init__(self, link):
        self.link, self.draw = link, np.random.default_rng(5)
        self.close, self.own_port = link.close, link.own_port

    def send(self, messages):
        self.link.send(self._left(messages))

    def receive(self, limit_s):
        return self._left(self.link.receive(limit_s))

    def _left(self, messages):
        return [message for message in messages if self.draw.random() >= 0.05]


def test_a_line_that_loses_5_per_cent_costs_time_and_nothing_else(session, talk):
    gains_db = {0: -1.0, 1: -2.0, 2: 3.0, 3: -60.0, 4: 6.0, 5: -9.5}
    with real_ardour.running(session) as host:
        line = talk(host, Lossy)
        bands = line.eq_law.bands(Strip().with_eq_gains((1.5, -3.0, 4.5, -6.0)), 48_000)
        line.write(DeskWrite(gains_db, dict.fromkeys(range(1, 6), bands)))
        faders = faders_db(host)
        assert [faders[name] for name in ("Master", *SONG)] == pytest.approx(list(gains_db.values()), abs=1e-3)
        assert all(same(track.eq, bands) for track in talk(host).read().tracks)


class Deadly:
    """A link to a host that dies in the middle of the first write: half of it arrives, and is saved."""

    def __init__(self, link, host):
        self.link, self.host = link, host
        self.receive, self.close, self.own_port = link.receive, link.close, link.own_port

    def send(self, messages):
        if not any(message.address == "/strip/gain" for message in messages) or self.host.process.poll() is not None:
            self.link.send(messages)
            return
        half = [message for message in messages if message.address == "/strip/gain"][:2]
        before = [self.host.fader(SONG[message.arguments[0] - 1]) for message in half]
        self.link.send(half)
        landed = (
            [self.host.fader(SONG[message.arguments[0] - 1]) for message in half] != before
            for _ in range(LOOKS)  # each takes a moment
        )
        assert any(landed)
        self.host.save()
        self.host.kill()


def test_an_ardour_that_is_killed_in_the_middle_of_a_write_is_told_of_and_put_right_once_it_is_back(
    session, stems, talk, journal
):
    with real_ardour.running(session) as host:
        found = faders_db(host)
        daw = daw_of(talk(host, lambda link: Deadly(link, host)), stems)
        with pytest.raises(LeftInBetween, match=r"Ardour can not be asked any more.*`faderbot undo` restores all"):
            mix_live(daw, Wish(loudness_lufs=TARGET_LUFS, eq=False), POLICY, journal, daw.read())
    assert [entry.state for _, entry in journal.entries()] == [State.WRITING]
    with real_ardour.running(session) as host:
        assert faders_db(host) != pytest.approx(found, abs=1e-3)
        undo_last(daw_of(talk(host)), journal)
        assert faders_db(host) == pytest.approx(found, abs=1e-3)
    assert [entry.state for _, entry in journal.entries()] == [State.UNDONE]


def test_meters_are_watched_while_it_plays(session, stems):
    peaks_db = {}
    for name in SONG:
        audio, _ = sf.read(stems / f"{name}.wav", always_2d=True)
        centre_db = -3.0 if audio.shape[1] == 1 else 0.0
        peaks_db[name] = 20 * np.log10(np.abs(audio[: int(2.0 * 48_000), 0]).max()) + centre_db
    with real_ardour.running(session) as host, ExitStack() as ends:
        ports = OscPorts("127.0.0.1", host.port, 0)
        link = OscLink.open(ports)
        ends.callback(link.close)
        line = ArdourLine(link, ports.where)
        daw = MeteredDesk(line, ArdourMeters(link, ports.where), ports.where)
        daw.read()
        keys = [f"{number} {name}" for number, name in enumerate(SONG, 1)]
        daw.play()
        frames = list(daw.frames(2.0))
        daw.located.go_to(1.0)
        assert int(host.ask("S:transport_sample()")) >= 48_000
        assert host.ask("S:transport_rolling()") == "true"
        daw.stop()
        assert len(frames) >= 10
        assert set(frames[-1].peaks_dbfs) == {*keys, MASTER}
        loudest = {key: max(frame.peaks_dbfs[key] for frame in frames) for key in keys}
        for key, name in zip(keys, SONG, strict=True):
            # Looked at ten times a second or, on a busy machine, less often, while it falls 13 dB a second.
            assert peaks_db[name] - 6.0 < loudest[key] < peaks_db[name] + 0.5
        assert host.ask("S:transport_rolling()") == "false"
        assert host.ask("S:transport_sample()") == "0"


def test_a_mix_by_meters_puts_faders_where_it_says_and_is_undone(session, talk, journal):
    """The faders start out badly set; what the mix makes of it is judged by Ardour's export, before and after."""
    with real_ardour.running(session) as host:
        line = talk(host)
        line.write(DeskWrite(dict(enumerate((6.0, -12.0, -9.0, 3.0, -15.0), 1))))
        found = faders_db(host)
        host.save()
    before_lufs = loudness_lufs(session)
    with real_ardour.running(session) as host, ExitStack() as ends:
        ports = OscPorts("127.0.0.1", host.port, 0)
        link = OscLink.open(ports)
        line = ArdourLine(link, ports.where)
        ends.callback(line.close)
        daw = MeteredDesk(line, ArdourMeters(link, ports.where), ports.where)
        result = mix_live_by_meters(
            daw, Wish(loudness_lufs=TARGET_LUFS), POLICY, journal, daw.read(), budget_s=LISTENED_S
        )
        wanted = {name: strip.gain_db for name, strip in zip(SONG, result.settings.strips, strict=True)}
        mixed = faders_db(host)
        assert mixed == pytest.approx({**wanted, "Master": result.settings.master_gain_db}, abs=1e-3)
        assert mixed["Vocal"] - mixed["Bass"] > found["Vocal"] - found["Bass"] + 6.0
        assert host.ask("S:transport_rolling()") == "false"
        host.save()
    assert [entry.state for _, entry in journal.entries()] == [State.DONE, State.UNDONE]
    after_lufs = loudness_lufs(session)
    assert abs(after_lufs - TARGET_LUFS) < max(3.0, abs(before_lufs - TARGET_LUFS))  # three times the spread it states
    with real_ardour.running(session) as host:
        undo_last(daw_of(talk(host)), journal)
        assert faders_db(host) == pytest.approx(found, abs=1e-3)


def test_ace_eq_sounds_as_it_is_planned(tmp_path, talk):
    """An impulse goes through the EQ of a stereo track: the spectrum of what comes out is the response."""
    rate_hz, length = 48_000, 48_000
    impulse = np.zeros((length, 2), np.float32)
    impulse[1000] = 0.25
    sf.write(tmp_path / "Impulse.wav", impulse, rate_hz, "FLOAT")
    session = real_ardour.make_session(tmp_path, [tmp_path / "Impulse.wav"])
    strip = Strip().with_eq_gains((6.0, -6.0, 4.5, 6.0))
    with real_ardour.running(session) as host:
        line = talk(host)
        line.read()
        bands = line.eq_law.bands(strip, rate_hz)
        line.write(DeskWrite(eqs={1: bands}))
        assert same(line.read().tracks[0].eq, bands)
        host.save()
    audio, _ = session.export()
    freqs_hz = np.fft.rfftfreq(length, 1 / rate_hz)
    heard = np.abs(np.fft.rfft(audio[:length, 0])) / 0.25
    within = (freqs_hz >= 20.0) & (freqs_hz <= 20_000.0)
    planned = np.abs(strip_response(strip, freqs_hz[within], rate_hz))
    assert 20 * np.log10(heard[within] / planned) == pytest.approx(np.zeros(within.sum()), abs=0.25)


def test_an_eq_that_the_user_set_is_left_alone_and_the_others_are_set(session, stems, talk, journal):
    with real_ardour.running(session) as host:
        host.ask('ARDOUR.LuaAPI.set_processor_param(S:route_by_name("Vocal"):nth_plugin(0), 3, -4.0)')
        line = talk(host)
        daw = daw_of(line, stems)
        before = daw.read()
        theirs = line.read().tracks[-1].eq
        assert "faders only on Vocal: a flat ACE EQ at the end is not there" in daw.notes
        result = mix_live(daw, Wish(loudness_lufs=TARGET_LUFS, eq=daw.eq), POLICY, journal, before)
        assert any(any(strip.eq_gains_db) for strip in result.settings.strips)
        *_, vocal = line.read().tracks
        assert vocal.eq == theirs
        assert vocal.gain_db == pytest.approx(result.settings.strips[-1].gain_db, abs=1e-3)
        read_back = daw_of(line, stems).read().settings
        for have, want in zip(read_back.strips, result.settings.strips, strict=True):
            assert have.eq_gains_db == pytest.approx(want.eq_gains_db, abs=1e-4)


def test_the_action_adds_one_eq_before_the_fader_of_every_audio_track(session):
    with real_ardour.running(session) as host:
        for name in SONG:
            plugin = f'S:route_by_name("{name}"):nth_plugin'
            assert host.ask(f"{plugin}(0):display_name()") == "ACE EQ"
            assert host.ask(f"{plugin}(1):isnil()") == "true"
        order = 'S:route_by_name("Bass"):nth_processor'
        names = [host.ask(f"{order}({number}):display_name()") for number in range(8)]
        assert names.index("ACE EQ") == names.index("Fader") - 1


BPM = "Temporal.TempoMap.read():quarters_per_minute_at(Temporal.timepos_t({}))"


def test_the_tempo_is_set_read_back_and_undone(stems, tmp_path, talk, journal):
    with real_ardour.alone_with_websockets():
        files = [stems / f"{name}.wav" for name in ("Kick", "Bass")]
        session = real_ardour.make_session(tmp_path, files, eq=False, websockets=True)
        with real_ardour.running(session) as host:
            line = talk(host, tempo=ArdourTempo("127.0.0.1"))
            daw = daw_of(line, stems)
            before = daw.read()
            assert before.settings.tempo_bpm == 120.0
            assert "the tempo" not in " ".join(daw.notes)
            choice = chosen_tempo(daw, before, tempo_wish("96.25"), Silent(), audible=False)
            wanted = Wish(loudness_lufs=TARGET_LUFS, eq=False, tempo=choice.goal)
            result = mix_live(daw, wanted, POLICY, journal, before)
            assert result.settings.tempo_bpm == 96.25
            assert float(host.ask(BPM.format(0))) == pytest.approx(96.25, abs=1e-4)
            assert line.read().tempo_bpm == 96.25
            undone = undo_last(daw_of(line), journal)
            assert (undone.left, undone.gone) == ((), ())
            assert float(host.ask(BPM.format(0))) == pytest.approx(120.0, abs=1e-4)


def test_a_tempo_mark_behind_the_start_stays_and_another_session_is_not_touched(stems, tmp_path):
    with real_ardour.alone_with_websockets():
        session = real_ardour.make_session(tmp_path, [stems / "Kick.wav"], eq=False, websockets=True)
        with real_ardour.running(session) as host:
            mark = "m = Temporal.TempoMap.fetch_writable() m:set_tempo(Temporal.Tempo(100, 100, 4), "
            host.tell(f"{mark}Temporal.timepos_t(96000)) Temporal.TempoMap.update(m) m = nil")
            tempo = ArdourTempo("127.0.0.1")
            assert tempo.read(["Kick"]) == 120.0
            tempo.write(90.0, ["Kick"])
            assert tempo.read(["Kick"]) == 90.0
            assert float(host.ask(BPM.format(4 * 48_000))) == pytest.approx(100.0)
            assert tempo.read(["Kick", "Tuba"]) is None
            tempo.write(80.0, ["Kick", "Tuba"])
            assert float(host.ask(BPM.format(0))) == pytest.approx(90.0, abs=1e-4)
