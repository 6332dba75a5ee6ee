"""Rhythms, tunings and lessons started over OSC, over real UDP, with the mock REAPER behind the server."""

import numpy as np
import pytest
import soundfile as sf

from tests.drum_parts import RATE_HZ, write_song
from tests.integration.test_serve import desk
from tests.mixes import write_song as write_mixed_song

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


def test_what_was_changed_by_hand_is_learned_listed_and_taken_back(tmp_path, state):
    with desk(write_mixed_song(tmp_path / "song"), state) as (server, surface):
        surface.say("style", "pop")
        surface.say("mix")
        assert ended(surface)[0][0] == "done"
        number = [track.name for track in server.web.tracks()].index("Bass")
        gain = server.faders()[number]
        server.web.set_gains({number: gain * 10 ** (2.0 / 20)}, "by hand")
        surface.say("learn", 1.0)
        surface.say("learn", 0.0)
        (kind, text), _ = ended(surface)
        assert (kind, text.startswith("Learned: bass +2.0 dB (pop, song, ")) == ("done", True), text
        assert "you like the bass 2.0 dB louder: from now on it comes 1.0 dB louder than usual in pop mixes" in text
        assert server.faders()[number] == pytest.approx(gain * 10 ** (2.0 / 20), rel=1e-5)
        surface.say("learn/list")
        lesson, pop = surface.hear("learn/list", "error")[1:]
        assert lesson.startswith("bass +2.0 dB (pop, song, ")
        assert pop == "your taste in pop: bass +1.0 dB, from 1 lesson"
        surface.say("learn/undo")
        assert ended(surface)[0][1].startswith("Taken back: bass +2.0 dB")
