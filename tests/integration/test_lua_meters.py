"""Instruments mixed by their meters through REAPER's own script: our Lua, and the real program beside it."""

from dataclasses import replace

import numpy as np
import pytest

from mock_daw.live import Live, PlayState
from mock_daw.opening import open_session
from mock_daw.session import Source
from tests.integration.test_lua_loop import faderbot
from tests.mixes import write_song
from tests.unit.mock_daw.reaper.desks import Silence

pytestmark = pytest.mark.slow

__all__ = ["faderbot"]  # a fixture, over the session of this module
PEAKS = (0.5, 0.4, 0.05, 0.1)


class Sounding(Silence):
    """Whatever its items are, tracks sound steadily, after their faders; the master first."""

    def advance(self, session, samples):
        gains = np.array([session.master.gain_linear, *(track.gain_linear for track in session.tracks)])
        return np.repeat((np.array(PEAKS) * gains)[:, None], 2, axis=1)


def with_midi(track):
    (item,) = track.items
    return replace(track, items=(replace(item, take=replace(item.take, source=Source("MIDI"))),))


@pytest.fixture
def live(tmp_path):
    session = open_session(write_song(tmp_path / "song"))
    made = Live(replace(session, tracks=tuple(map(with_midi, session.tracks))), Sounding())
    made.seek(0.25)
    return made


def test_instruments_are_mixed_by_their_meters_in_one_undo_step_and_the_transport_is_left(faderbot, live):
    before = live.session
    code, out, errors = faderbot("mix", "--daw", "reaper", "--hear", "meters", "--listen", 10)
    assert code == 0, errors
    assert "mixed by meters alone" in " ".join(out.split())
    assert "listening" in errors
    assert live.undo_names == ("Faderbot: auto-mix (3 tracks)",)
    kick, bass, vocal = (track.gain_linear for track in live.session.tracks)
    assert bass / kick > 2.0  # it was 18 dB softer
    assert not any(track.effects for track in live.session.tracks)
    assert (live.state, live.edit_position_s) == (PlayState.STOPPED, 0.25)
    assert vocal > 0.0
    live.undo()
    assert live.session == before


def test_by_ear_such_a_project_is_refused_with_the_reason(faderbot):
    code, _, errors = faderbot("mix", "--daw", "reaper")
    assert code == 2
    assert "MIDI or no file, so no audio to hear" in errors
