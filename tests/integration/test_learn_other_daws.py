"""Learning from DAWs that are no REAPER, over OSC: mixed, a fader moved there, learned, and the next mix follows."""

import json
import socket
from contextlib import contextmanager

import pytest

from agent.taste import LEVEL_BOUNDS
from bridge.journal import FOLDER_VARIABLE
from bridge.other_daws import OTHER_DAWS
from bridge.reaper.web import WebInterface
from tests.mixes import write_song
from tests.running_mocks import running

pytestmark = pytest.mark.slow

STEP_DB = 40 / 1023  # of a console's fader at 0 dB
ROUNDED_DB = 0.05  # a fader as it is told over OSC


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("learn") / "song", rate_hz=16_000)


@pytest.fixture
def faderbot(run, tmp_path, monkeypatch):
    """Run it in this process, which is quicker; it must end with a code."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "state"))

    def faderbot(*words, code=0):
        found, out, err = run(*words)
        assert found == code, err + out
        return err if code else out

    return faderbot


@contextmanager
def answering(called, song):
    """Run a mock DAW that answers as another does; REAPER's web interface is its user's hand."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        listen_port = found.getsockname()[1]
    answers_elsewhere = OTHER_DAWS[called].listen_port != 0
    port = f"0:{listen_port}" if answers_elsewhere else 0
    listening = ("--osc-listen", listen_port) if answers_elsewhere else ()
    with running(song, f"--{called}", port, "--web", 0, "--tick-ms", 0) as mock:
        hand = WebInterface(port=mock.endpoints["web"][1])
        yield hand, ("--daw", called, "--osc-port", mock.endpoints[called][1], *listening)


def move(hand, name, by_db):
    number = [track.name for track in hand.tracks()].index(name)
    hand.set_gains({number: hand.gains()[number] * 10 ** (by_db / 20)}, "by hand")


def bass_over_kick_db(document):
    gains_db = {track["name"]: track["after"]["gain_db"] for track in document["tracks"]}
    return gains_db["Bass"] - gains_db["Kick"]


@pytest.mark.parametrize("called", ["ardour", "ableton", "x32"])
def test_the_next_mix_goes_the_way_that_a_fader_was_moved_and_no_further_than_a_step(faderbot, song, called):
    with answering(called, song) as (hand, at):
        mixed = json.loads(faderbot("mix", song, *at, "--json"))
        assert "nothing was moved" in faderbot("learn", song, *at, code=2)
        move(hand, "Bass", -4.0)
        lesson = json.loads(faderbot("learn", song, *at, "--json"))
        (one,) = lesson["lesson"]
        assert (one["role"], one["knob"]) == ("bass", "level")
        assert one["moved_db"] == pytest.approx(-4.0, abs=ROUNDED_DB)
        assert lesson["shifts"][0]["shift_db"] == -LEVEL_BOUNDS.step_db
        faderbot("undo", song, *at, "--all")
        again = json.loads(faderbot("mix", song, *at, "--json"))
        followed_db = bass_over_kick_db(again) - bass_over_kick_db(mixed)
        assert followed_db == pytest.approx(-LEVEL_BOUNDS.step_db, abs=2 * STEP_DB)
        assert "your taste: bass −1.5 dB, from 1 lesson" in again["notes"]
