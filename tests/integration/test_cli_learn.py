"""``faderbot learn`` with a running REAPER: a hand on a fader, a lesson, a song that follows, and the way back."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.reaper.web import WebInterface
from tests.mixes import tone, write_song
from tests.running_mocks import running

ROOT = Path(__file__).parents[2]
LIMIT_S = 90.0


def faderbot(state, *arguments, code=0):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FADERBOT_STATE_DIR": str(state), "COLUMNS": "100"}
    command = [sys.executable, "-m", "bridge", *map(str, arguments)]
    done = subprocess.run(command, env=env, text=True, capture_output=True, timeout=LIMIT_S, check=False)
    assert done.returncode == code, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def bass_over_kick_db(document):
    gains = {track["name"]: track["after"]["gain_db"] for track in document["tracks"]}
    return gains["Bass"] - gains["Kick"]


@pytest.mark.slow
def test_a_lesson_in_one_song_shifts_the_mix_of_the_next_and_can_be_taken_back(tmp_path):
    song, state = write_song(tmp_path / "song"), tmp_path / "state"
    other = write_song(tmp_path / "other", Piano=tone(900.0, 0.02, rate_hz=44_100))
    with running(song, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        on = ("--daw", "reaper", "--web-port", daw.endpoints["web"][1])
        assert "learn from" in faderbot(state, "learn", *on, code=2)
        faderbot(state, "mix", *on)
        assert "nothing was moved" in faderbot(state, "learn", *on, code=2)
        web = WebInterface(port=daw.endpoints["web"][1])
        names = [track.name for track in web.tracks()]
        number = names.index("Bass")
        web.set_gains({number: web.gains()[number] * 10 ** (2.0 / 20)}, "by hand")
        assert "Would learn: bass +2.0 dB" in faderbot(state, "learn", *on, "--dry-run")
        assert not (state / "taste.jsonl").exists()
        told = json.loads(faderbot(state, "learn", *on, "--json"))
        assert [(one["role"], one["knob"]) for one in told["lesson"]] == [("bass", "level")]
        assert told["shifts"][0]["shift_db"] == pytest.approx(1.0, abs=0.01)
    before = sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(state))
    plain = json.loads(faderbot(state, "mix", other, "--dry-run", "--json", "--no-taste"))
    liked = json.loads(faderbot(state, "mix", other, "--dry-run", "--json"))
    assert bass_over_kick_db(liked) - bass_over_kick_db(plain) == pytest.approx(1.0, abs=0.02)
    assert "your taste: bass +1.0 dB, from 1 lesson" in liked["notes"]
    assert "bass +1.0 dB, from 1 lesson" in faderbot(state, "learn", "--list")
    assert "Taken back: bass +2.0 dB" in faderbot(state, "learn", "--undo")
    assert json.loads(faderbot(state, "mix", other, "--dry-run", "--json")) == plain
    assert sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(state)) == before
    assert math.isfinite(bass_over_kick_db(plain))
