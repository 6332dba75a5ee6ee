"""Rhythms and tunings started over OSC, over real UDP, with the mock REAPER behind the server."""

import numpy as np
import pytest
import soundfile as sf

from tests.drum_parts import RATE_HZ, write_song
from tests.integration.test_serve import desk

pytestmark = pytest.mark.slow


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def ended(surface):
    """Wait for a job's end; return it and the shares that were told on the way."""
    shares = []
    while (told := surface.hear("progress", "done", "error"))[0] == "progress":
        shares.append(told[1])
    assert shares == sorted(shares)
    return told, shares


def test_a_rhythm_is_written_with_the_values_that_were_set_and_taken_back(tmp_path, state):
    with desk(write_song(tmp_path / "song"), state) as (server, surface):
        for name, value in (("style", "rock"), ("bars", 2), ("seed", 4)):
            surface.say(f"rhythm/{name}", value)
        surface.say("rhythm", 1.0)
        surface.say("rhythm", 0.0)
        (kind, text), shares = ended(surface)
        assert (kind, text.startswith("wrote 2 bars of rock at ")) == ("done", True), text
        assert " on the track Faderbot drums " in text
        assert shares
        names = [track.name for track in server.web.tracks()]
        assert names[-1] == "Faderbot drums"
        surface.say("undo")
        assert ended(surface)[0][1].startswith("Undone: ")
        assert [track.name for track in server.web.tracks()] == names[:-1]


def write_silence(folder):
    folder.mkdir()
    sf.write(folder / "Bass.wav", np.zeros((4 * RATE_HZ, 2)), RATE_HZ)
    return folder


def test_silence_and_a_reference_that_is_not_there_are_errors(tmp_path, state):
    with desk(write_silence(tmp_path / "silence"), state) as (server, surface):
        found = server.faders()
        surface.say("rhythm")
        (kind, text), _ = ended(surface)
        assert (kind, text.endswith(" is silent: there is nothing to play along with")) == ("error", True), text
        surface.say("tune/reference", str(tmp_path / "not there.wav"))
        surface.say("tune")
        (kind, text), _ = ended(surface)
        assert (kind, "not there.wav" in text) == ("error", True), text
        assert server.faders() == found


def test_the_tone_is_tuned_compared_and_taken_back(tmp_path, state):
    with desk(write_song(tmp_path / "song"), state) as (server, surface):
        found = server.faders()
        surface.say("tune/style", "rock")
        surface.say("tune")
        (kind, text, *loudness), _ = ended(surface)
        assert (kind, text.startswith("tuned ")) == ("done", True), text
        assert " to style rock: " in text
        assert len(loudness) == 2
        surface.say("ab")
        assert ended(surface)[0][0] == "done"
        surface.say("undo")
        assert ended(surface)[0][1].startswith("Undone: ")
        assert server.faders() == pytest.approx(found, rel=1e-5)
