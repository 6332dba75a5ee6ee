"""``faderbot mix --hear meters``: a mock REAPER that plays, its meters, and the real program."""

import json
import signal
import subprocess

import numpy as np
import pytest
import soundfile as sf

from tests.integration.test_cli_daw import command, environment, gains, on, reaper, survey
from tests.mixes import RATE_HZ, tone, write_song

pytestmark = pytest.mark.slow

LISTENED_S = 10
LIMIT_S = 60.0
PLAYING = 1


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    folder = write_song(tmp_path_factory.mktemp("meters") / "song")
    for path in folder.glob("*.wav"):
        audio, rate_hz = sf.read(path, always_2d=True)
        sf.write(path, np.tile(audio, (4, 1)), rate_hz)
    sf.write(folder / "Loud Keys.wav", np.tile(tone(440.0, 0.9, rate_hz=RATE_HZ), (4, 1)), RATE_HZ)
    return folder


def mix_on(daw, *options):
    return ("mix", "--daw", "reaper", "--hear", "meters", "--listen", LISTENED_S, *on(daw), *options)


def test_a_project_that_plays_is_mixed_by_its_meters_and_brought_back(faderbot, song):
    with reaper(song) as daw:
        before = gains(daw)
        document = json.loads(faderbot(*mix_on(daw, "--json")))
        found = survey(daw)
        assert found.undo_name == "Faderbot: auto-mix (4 tracks)"
        assert not found.play_state & PLAYING
        assert found.position_s == 0.0
        after = gains(daw)
        loud = next(place for place, track in enumerate(found.tracks, 1) if track.name == "Loud Keys")
        assert after[loud] / after[0] < before[loud] / before[0]
        assert all(not track.effects for track in found.tracks)
        assert any(note.startswith("mixed by meters alone") for note in document["notes"])
        assert "as they were before" in faderbot("undo", *on(daw))
        assert gains(daw) == pytest.approx(before)


def test_ctrl_c_while_it_listens_leaves_faders_and_transport(song, state):
    with reaper(song) as daw:
        before = gains(daw)
        job = subprocess.Popen(
            command(*mix_on(daw)), env=environment(state), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert job.stderr is not None
        said = iter(job.stderr.readline, "")
        assert any("trying" in line for line in said)
        job.send_signal(signal.SIGINT)
        _, errors = job.communicate(timeout=LIMIT_S)
        assert job.returncode == 130, errors
        assert gains(daw) == pytest.approx(before)
        assert not survey(daw).play_state & PLAYING


def test_killed_while_it_tries_faders_undo_restores_all(faderbot, song, state):
    with reaper(song) as daw:
        before = gains(daw)
        job = subprocess.Popen(
            command(*mix_on(daw)), env=environment(state), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert job.stderr is not None
        assert any("trying" in line for line in iter(job.stderr.readline, ""))
        daw.wait_for(0, 0, "TRACK")
        job.kill()
        job.communicate(timeout=LIMIT_S)
        assert "cut off" in faderbot("status", *on(daw))
        faderbot("undo", *on(daw))
        assert gains(daw) == pytest.approx(before)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--hear", "meters"), "--hear meters needs --daw"),
        (("--daw", "reaper", "--hear", "meters"), "leave one of them out"),
    ],
)
def test_what_can_not_be_is_told(faderbot, song, words, said):
    assert said in " ".join(faderbot("mix", song, *words, code=2).split())
