"""The unmodified reapy client, in a process of its own as a user's script is, against the mock REAPER."""

import json
import subprocess
import sys
from contextlib import contextmanager
from textwrap import dedent

import numpy as np
import pytest
import soundfile as sf

from mock_daw.live import Live
from mock_daw.player import Player
from mock_daw.reaper.actions import Actions
from mock_daw.reaper.functions.api import Functions
from mock_daw.reaper.reapy_server import ReapyServer
from mock_daw.reaper.web import WebInterface
from mock_daw.reaper.web_server import WebServer
from mock_daw.session import EqBand, EqKind, Item, Session, Source, Take, Track, guid

RATE_HZ = 48_000
SECONDS = 6
LIMIT_S = 60
CONNECT = """
import json, os, sys
import reapy, reapy.config
from reapy import reascript_api as RPR
reapy.config.WEB_INTERFACE_PORT = int(sys.argv[1])
reapy.reconnect()
# reapy builds this table once, when it is imported, and then it knew no port yet.
reapy.FX.functions = {
    kind: {name[len(kind):]: call for name, call in vars(RPR).items() if name.startswith(kind)}
    for kind in ("TrackFX_", "TakeFX_")
}
project = reapy.Project()

def say(*values):
    print(json.dumps(values), flush=True)
"""


class Mock:
    """A session behind the web interface and reapy's server, as the whole mock puts them together."""

    def __init__(self, folder, tick_s):
        audio = (0.1 * np.random.default_rng(0).standard_normal((SECONDS * RATE_HZ, 2))).astype(np.float32)
        self.audio = audio
        sf.write(folder / "take.wav", audio, RATE_HZ, subtype="FLOAT")
        self.folder = folder
        self.live = Live(Session("demo", RATE_HZ, tuple(map(self._track, ("Kick", "Bass", "Vöx")))), Player(RATE_HZ))
        actions = Actions(self.live)
        self.functions = Functions(self.live, actions)
        self.reapy = ReapyServer(self.functions.call, tick_s=tick_s, register=self._publish)
        self.web = WebServer(("127.0.0.1", 0), WebInterface(self.live, actions).answer)

    def _track(self, name):
        source = Source("WAVE", self.folder / "take.wav", float(SECONDS), RATE_HZ, 2)
        take = Take(guid("take", name), name, source)
        return Track(guid(name), name, items=(Item(guid("item", name), 0.0, float(SECONDS), take),))

    def _publish(self, port):
        self.live.ext_state["reapy", "server_port"] = str(port)

    def client(self, script):
        """Start a process that connects and runs a script."""
        command = [sys.executable, "-W", "ignore", "-c", CONNECT + dedent(script), str(self.web.address[1])]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")

    def said(self, script):
        """Run a script to its end and return what it said."""
        with self.client(script) as process:
            out, errors = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0, errors
        return [json.loads(line) for line in out.splitlines()]

    @property
    def tracks(self):
        return self.live.session.tracks


@contextmanager
def running(folder, tick_s=0.0):
    mock = Mock(folder, tick_s)
    mock.reapy.start()
    mock.web.start()
    try:
        yield mock
    finally:
        mock.web.stop()
        mock.reapy.stop()


@pytest.fixture
def mock(tmp_path):
    with running(tmp_path) as mock:
        yield mock
        assert mock.reapy.crashes == []


def test_tracks_are_listed_named_and_mixed(mock):
    said = mock.said("""
        say(project.name, [track.name for track in project.tracks])
        kick = project.tracks["Kick"]
        say(kick.get_info_value("D_VOL"))
        kick.set_info_value("D_VOL", 0.5)
        kick.set_info_value("D_PAN", -0.25)
        kick.mute()
        project.tracks[1].set_info_value("I_SOLO", 2)
        project.tracks[1].name = "Baß"
        kick.color = (1, 2, 3)
        say(kick.is_muted, project.tracks[1].is_solo, project.tracks[2].is_solo, kick.color, kick.index)
        say(kick.GUID, kick.has_valid_id, kick == project.tracks[0], project.master_track.name)
        new = project.add_track(1, "New")
        say(len(project.tracks), new.index)
        new.delete()
        say(new.has_valid_id, kick.has_valid_id, len(project.tracks))
    """)
    assert said == [
        ["demo", ["Kick", "Bass", "Vöx"]],
        [1.0],
        [True, True, False, [1, 2, 3], 0],
        [guid("Kick"), True, True, "MASTER"],
        [4, 1],
        [False, True, 3],
    ]
    assert [track.name for track in mock.tracks] == ["Kick", "Baß", "Vöx"]
    assert (mock.tracks[0].gain_linear, mock.tracks[0].pan, mock.tracks[0].muted) == (0.5, -0.25, True)
    assert mock.tracks[1].solo


def test_a_mix_with_equalisers_is_one_undo_step(mock):
    said = mock.said("""
        with reapy.inside_reaper(), reapy.undo_block("Auto mix"):
            for track in project.tracks:
                fx = RPR.TrackFX_GetEQ(track.id, True)
                RPR.TrackFX_SetEQParam(track.id, fx, 2, 0, 0, 440.0, False)
                RPR.TrackFX_SetEQParam(track.id, fx, 2, 0, 1, 0.25, True)
                RPR.SetMediaTrackInfo_Value(track.id, "D_VOL", 0.25)
        say(RPR.Undo_CanUndo2(project.id), RPR.GetProjectStateChangeCount(project.id) > 0)
        eq = project.tracks[0].fxs[0]
        say(eq.name, eq.is_enabled, eq.params["Freq-Band 2"].formatted, round(eq.params[4].normalized, 6))
        project.undo()
        say([track.get_info_value("D_VOL") for track in project.tracks], len(project.tracks[0].fxs))
        project.redo()
        say(project.tracks[2].get_info_value("D_VOL"))
    """)
    assert said == [
        ["Auto mix", True],
        ["VST: ReaEQ (Cockos)", True, "440.0", 0.125],
        [[1.0, 1.0, 1.0], 0],
        [0.25],
    ]
    assert mock.tracks[1].effects[0].equaliser.bands[1] == EqBand(EqKind.BELL, 440.0, 0.5)


def test_audio_comes_through_an_accessor_to_the_last_bit(mock):
    count = 5 * RATE_HZ
    said = mock.said(f"""
        accessor = project.tracks[0].add_audio_accessor()
        samples = accessor.get_samples(0.5, {count}, 2, {RATE_HZ})
        say(len(samples), samples[:4], samples[-2:], sum(samples), accessor.end_time, accessor.has_state_changed)
        accessor.delete()
    """)
    heard = mock.audio[RATE_HZ // 2 : RATE_HZ // 2 + count].astype(np.float64).reshape(-1)
    [[length, first, last, total, end_s, is_changed]] = said
    assert length == 480_000
    assert first == list(heard[:4])
    assert last == list(heard[-2:])
    assert total == pytest.approx(sum(heard))
    assert (end_s, is_changed) == (SECONDS, False)


def test_items_lead_to_their_files(mock):
    said = mock.said("""
        item = project.items[1]
        take = item.active_take
        say(item.track.name, item.position, item.length, take.name, take.source.filename, take.source.sample_rate)
        left, right = item.split(2.0)
        say(left.length, right.position, right.active_take.start_offset, len(project.tracks[1].items))
    """)
    assert said == [
        ["Bass", 0.0, 6.0, "Bass", str(mock.folder / "take.wav"), RATE_HZ],
        [2.0, 2.0, 2.0, 2],
    ]


def test_tempo_transport_markers_and_time_selection(mock):
    said = mock.said("""
        project.bpm = 90.5
        project.cursor_position = 1.5
        say(project.bpm, project.cursor_position, project.length, project.time_to_beats(60.0))
        project.play(); playing = project.is_playing, project.is_stopped
        project.stop(); say(playing, project.is_stopped)
        marker = project.add_marker(2.5, "Verse")
        project.add_region(1.0, 3.0, "Song")
        project.time_selection = 1.0, 4.0
        say(project.n_markers, project.n_regions, marker.index, project.time_selection.length)
    """)
    followed_s = pytest.approx(6.0 * 120.0 / 90.5)  # the project's timebase is beats
    assert said == [[90.5, 1.5, followed_s, 90.5], [[True, False], True], [1, 1, 1, 3.0]]
    assert mock.live.session.tempo_bpm == 90.5
    assert (mock.live.session.loop_start_s, mock.live.session.loop_end_s) == (1.0, 4.0)


def test_sends_join_tracks(mock):
    said = mock.said("""
        kick, bass, vox = project.tracks
        send = kick.add_send(vox)
        send.volume = 0.5
        say(vox.n_receives, send.dest_track == vox, vox.receives[0].source_track == kick, vox.receives[0].volume)
        send.delete()
        say(vox.n_receives)
    """)
    assert said == [[1, True, True, 0.5], [0]]


def test_states_are_shared_with_the_web_interface(mock):
    mock.live.ext_state["faderbot", "progress"] = "40"
    said = mock.said("""
        say(reapy.get_ext_state("faderbot", "progress"), reapy.has_ext_state("faderbot", "no"))
        reapy.set_ext_state("faderbot", "progress", "80")
        project.set_ext_state("faderbot", "target", "-14")
        say(project.get_ext_state("faderbot", "target"))
        reapy.print("done")
    """)
    assert said == [["40", False], ["-14"]]
    assert mock.live.ext_state["faderbot", "progress"] == "80"
    assert mock.functions.host.desk.console == ["done\n"]


def test_a_render_is_written_and_measured(mock):
    said = mock.said(f"""
        project.set_info_string("RENDER_FILE", {str(mock.folder / "out")!r})
        project.set_info_string("RENDER_PATTERN", "mix")
        project.set_info_value("RENDER_BOUNDSFLAG", 0)
        project.set_info_value("RENDER_ENDPOS", 1.0)
        say(project.get_info_string("RENDER_TARGETS"))
        project.perform_action(42230)
        say(RPR.GetSetProjectInfo_String(project.id, "RENDER_STATS", "", False)[3].split(";")[1])
        dry = RPR.GetSetProjectInfo_String(project.id, "RENDER_STATS", "42440", False)[3]
        say(dry.split(";")[:2])
    """)
    path = mock.folder / "out" / "mix.wav"
    assert said == [[str(path)], ["LENGTH:0:01.000"], [["FILE:demo", "LENGTH:0:06.000"]]]
    audio, rate_hz = sf.read(path, dtype="float32")
    assert rate_hz == RATE_HZ
    assert audio[1000] == pytest.approx(3.0 * mock.audio[1000], abs=1e-5)


def test_what_is_wrong_is_an_error_for_the_client_and_the_server_goes_on(mock):
    said = mock.said("""
        wrong = "RPR.NoSuchFunction(1)", "RPR.CountTracks()", "RPR.GetTrack(project.id, 0.5)", "project.tracks[9]"
        for one in wrong:
            try:
                eval(one)
            except Exception as error:
                say(type(error).__name__, str(error).strip().splitlines()[-1])
        gone = project.tracks[2]
        gone.delete()
        say(gone.name, gone.get_info_value("D_VOL"), len(project.tracks))
    """)
    assert said == [
        ["AttributeError", "module 'reapy.reascript_api' has no attribute 'NoSuchFunction'"],
        ["DistError", "TypeError: RPR_CountTracks() takes 1 positional arguments but 0 were given"],
        ["DistError", "TypeError: 'float' object cannot be interpreted as an integer"],
        ["IndexError", "Track index out of range"],
        ["", 0.0, 2],
    ]


def test_a_client_that_is_killed_is_forgotten(mock):
    with mock.client("say(1); sys.stdin.read()") as process:
        assert process.stdout.readline() == "[1]\n"
        process.kill()
    assert mock.said("say(len(project.tracks))") == [[3]]


def test_two_clients_are_served_by_turns(mock):
    with mock.client("say(1); sys.stdin.read()") as process:
        assert process.stdout.readline() == "[1]\n"
        assert mock.said("say(len(project.tracks))") == [[3]]
        process.kill()


def test_a_client_that_dies_while_it_holds_reaper_ends_the_server_which_then_comes_back(tmp_path):
    with running(tmp_path) as mock:
        port = mock.reapy.port
        with mock.client("with reapy.inside_reaper(): say(project.name); os._exit(1)") as process:
            out, _ = process.communicate(timeout=LIMIT_S)
        assert out == '["demo"]\n'
        assert mock.reapy.wait_for_crash(LIMIT_S)
        assert mock.reapy.wait_until_up(LIMIT_S)
        assert mock.reapy.port == port
        assert "Bad file descriptor" in mock.reapy.crashes[0]
        assert mock.said("say(len(project.tracks))") == [[3]]


def test_a_tick_like_reapers_changes_the_pace_alone(tmp_path):
    with running(tmp_path, tick_s=1 / 30) as mock:
        assert mock.said("""
            with reapy.inside_reaper():
                say([track.name for track in project.tracks])
        """) == [[["Kick", "Bass", "Vöx"]]]
