"""``faderbot learn`` with a running REAPER: a hand on a fader, a lesson, a song that follows, and the way back."""

import json
import math

import pytest

from bridge.reaper.web import WebInterface
from tests.mixes import tone, write_song
from tests.running_mocks import running


def bass_over_kick_db(document):
    gains = {track["name"]: track["after"]["gain_db"] for track in document["tracks"]}
    return gains["Bass"] - gains["Kick"]


@pytest.mark.slow
def test_a_lesson_in_one_song_shifts_the_mix_of_the_next_and_can_be_taken_back(faderbot, state, tmp_path):
    song = write_song(tmp_path / "song")
    other = write_song(tmp_path / "other", Piano=tone(900.0, 0.02, rate_hz=44_100))
    with running(song, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        on = ("--daw", "reaper", "--web-port", daw.endpoints["web"][1])
        assert "learn from" in faderbot("learn", *on, code=2)
        faderbot("mix", *on)
        assert "nothing was moved" in faderbot("learn", *on, code=2)
        web = WebInterface(port=daw.endpoints["web"][1])
        names = [track.name for track in web.tracks()]
        number = names.index("Bass")
        web.set_gains({number: web.gains()[number] * 10 ** (2.0 / 20)}, "by hand")
        assert "Would learn: bass +2.0 dB" in faderbot("learn", *on, "--dry-run")
        assert not (state / "taste.jsonl").exists()
        told = json.loads(faderbot("learn", *on, "--json"))
        assert [(one["role"], one["knob"]) for one in told["lesson"]] == [("bass", "level")]
        assert told["shifts"][0]["shift_db"] == pytest.approx(1.0, abs=0.01)
    before = sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(state))
    plain = json.loads(faderbot("mix", other, "--dry-run", "--json", "--no-taste"))
    liked = json.loads(faderbot("mix", other, "--dry-run", "--json"))
    assert bass_over_kick_db(liked) - bass_over_kick_db(plain) == pytest.approx(1.0, abs=0.02)
    assert "your taste: bass +1.0 dB, from 1 lesson" in liked["notes"]
    assert "bass +1.0 dB, from 1 lesson" in faderbot("learn", "--list")
    assert "Taken back: bass +2.0 dB" in faderbot("learn", "--undo")
    assert json.loads(faderbot("mix", other, "--dry-run", "--json")) == plain
    assert sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(state)) == before
    assert math.isfinite(bass_over_kick_db(plain))
