"""``faderbot`` with DAWs that are no REAPER: the console programs of both sides, over UDP."""

import json
import socket
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile as sf

from bridge.other_daws import OTHER_DAWS
from tests.integration.test_cli_daw import db, gains
from tests.mixes import write_song
from tests.running_mocks import running

pytestmark = pytest.mark.slow

LISTENED_S = 10
STEP_DB = 40 / 1023  # of a console's fader at 0 dB; what is put back stands on the nearest one


PLAYED_S = 30
CONSOLES = {"x32", "xair"}  # they play nothing themselves


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("other") / "song")


@pytest.fixture(scope="module")
def long_song(tmp_path_factory):
    folder = write_song(tmp_path_factory.mktemp("long") / "song")
    for path in folder.glob("*.wav"):
        audio, rate_hz = sf.read(path, always_2d=True)
        sf.write(path, np.tile(audio, (PLAYED_S * rate_hz // len(audio), 1)), rate_hz)
    return folder


@pytest.fixture
def listen_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def answering(called, song, listen_port):
    """Run a mock DAW that answers as another does; REAPER's web interface is there to look on."""
    ports = {"ableton": f"0:{listen_port}", "bitwig": f"0:{listen_port}:16384"}.get(called, 0)
    playing = ["--play"] if called in CONSOLES else []
    with running(song, f"--{called}", ports, "--web", 0, "--tick-ms", 0, *playing) as mock:
        listening = () if OTHER_DAWS[called].listen_port == 0 else ("--osc-listen", listen_port)
        yield mock, ("--daw", called, "--osc-port", mock.endpoints[called][1], *listening)


@pytest.mark.parametrize("called", ["ardour", "ableton", "bitwig", "x32", "xair"])
def test_it_is_mixed_from_stems_and_brought_back(faderbot, song, called, listen_port):
    with answering(called, song, listen_port) as (daw, at):
        before = gains(daw)
        assert "3 tracks" in faderbot("doctor", *at)
        document = json.loads(faderbot("mix", song, *at, "--target", -20, "--json"))
        after = gains(daw)
        assert document["daw"] == OTHER_DAWS[called].name
        for gain, track in zip(after[1:], document["tracks"], strict=True):
            assert db(gain) == pytest.approx(track["after"]["gain_db"], abs=0.1)
        assert after != pytest.approx(before)
        assert "last job: Faderbot: auto-mix (3 tracks)" in faderbot("status", *at)
        assert "as they were before" in faderbot("undo", *at)
        assert list(map(db, gains(daw))) == pytest.approx(list(map(db, before)), abs=STEP_DB / 2)


@pytest.mark.parametrize("called", ["ardour", "x32"])
def test_without_stems_it_is_played_and_mixed_by_its_meters(faderbot, long_song, called, listen_port):
    with answering(called, long_song, listen_port) as (daw, at):
        before = gains(daw)
        said = " ".join(faderbot("mix", *at, "--listen", LISTENED_S).split())
        assert "mixed by meters alone" in said
        assert f"To take it back: faderbot undo --daw {called}" in said
        assert gains(daw) != pytest.approx(before)
        faderbot("undo", *at)
        assert list(map(db, gains(daw))) == pytest.approx(list(map(db, before)), abs=STEP_DB / 2)


@pytest.mark.parametrize("called", ["ardour", "bitwig"])
def test_a_daw_that_is_not_there_is_one_line(faderbot, song, called):
    said = faderbot("mix", song, "--daw", called, "--osc-port", 1, code=2)
    assert len(said.strip().splitlines()) == 1
    assert called in said.casefold()


def test_a_daw_that_nobody_knows_is_named(faderbot, song):
    said = faderbot("mix", song, "--daw", "cubase", code=2)
    assert "no DAW is called 'cubase' here" in said
    assert "ardour" in said


def test_audio_needs_a_folder(faderbot):
    said = " ".join(faderbot("mix", "--daw", "x32", "--hear", "audio", code=2).split())
    assert "name the folder of stems too" in said


def test_reaper_over_osc_alone_has_no_meters_to_mix_by(faderbot):
    said = faderbot("mix", "--daw", "osc", "--hear", "meters", code=2)
    assert "through reapy or the button" in said


@pytest.mark.parametrize("called", ["ardour", "x32"])
def test_its_tracks_are_tuned_from_stems_and_brought_back(faderbot, song, called, listen_port):
    with answering(called, song, listen_port) as (daw, at):
        before = gains(daw)
        document = json.loads(faderbot("tune", song, *at, "--json"))
        assert (document["daw"], document["scope"]) == (OTHER_DAWS[called].name, "tracks")
        for gain, track in zip(gains(daw)[1:], document["tracks"], strict=True):
            assert db(gain) == pytest.approx(track["after"]["gain_db"], abs=0.1)
        bands = [band for track in document["tracks"] for band in track["after"]["eq"]]
        assert any(band["gain_db"] for band in bands)
        assert {band["freq_hz"] for band in bands} == {100.0, 350.0, 2500.0, 8000.0}
        assert "as they were before" in faderbot("undo", *at)
        assert list(map(db, gains(daw))) == pytest.approx(list(map(db, before)), abs=STEP_DB / 2)
