"""Dialects that are data, over real UDP to mixers that speak as their files say."""

from contextlib import closing, contextmanager

import numpy as np
import pytest

from agent.mixing import Wish
from bridge.desk import DeskWrite
from bridge.desk_daw import DeskDaw
from bridge.journal import Journal
from bridge.live_job import mix_live
from bridge.osc import x32
from bridge.osc.dialect_file import coming_along, load, parse
from bridge.osc.dialect_line import DialectLine
from bridge.osc.link import OscLink, OscPorts
from bridge.stems_audio import StemsAudio
from bridge.undoing import undo_last
from tests.dialect_mixers import (
    BY_ADDRESS,
    BY_QUESTION,
    BY_REFRESH,
    UNASKED,
    by_address,
    by_question,
    by_refresh,
    unasked,
)
from tests.mixes import POLICY, STEMS, write_song
from tests.served_mixers import served
from tests.x32_consoles import Console

pytestmark = pytest.mark.slow

WAYS = pytest.mark.parametrize(
    ("text", "mixer"),
    [(BY_ADDRESS.format(count=64), by_address), (BY_QUESTION, by_question), (BY_REFRESH, by_refresh)],
    ids=["address", "question", "refresh"],
)
PAUSE_S = 0.0005


@contextmanager
def line_to(port, dialect, **how):
    ports = OscPorts("127.0.0.1", port, 0)
    with closing(DialectLine(OscLink.open(ports, pause_s=PAUSE_S), ports.where, dialect, **how)) as line:
        yield line


@WAYS
def test_64_channels_over_a_line_that_loses_5_per_cent(text, mixer):
    draw = np.random.default_rng(0)
    device = mixer(*(f"T{n}" for n in range(64)), loses=lambda message: draw.random() < 0.05)
    gains_db = {number: -number / 4 for number in range(1, 65)}
    with served(device) as port, line_to(port, parse(text, "")) as line:
        line.write(DeskWrite(gains_db))
        desk = line.read()
    assert {track.number: track.gain_db for track in desk.tracks} == pytest.approx(gains_db, abs=1e-4)


@WAYS
def test_a_mix_stands_there_and_undo_takes_it_back(tmp_path, text, mixer):
    song = write_song(tmp_path / "song", rate_hz=16_000)
    device = mixer(*STEMS)
    with served(device) as port, line_to(port, parse(text.replace("count = 64", "count = 3"), "")) as line:
        daw = DeskDaw(line, "127.0.0.1", StemsAudio.open(song))
        session, before = daw.read(), line.read()
        result = mix_live(daw, Wish(loudness_lufs=-20.0, eq=False), POLICY, Journal(tmp_path), session)
        between = line.read()
        undo_last(daw, Journal(tmp_path))
        after = line.read()
    wanted = {track.name: strip.gain_db for track, strip in zip(session.tracks, result.settings.strips, strict=True)}
    assert between != before
    assert {track.name: track.gain_db for track in between.tracks} == pytest.approx(wanted, abs=1e-3)
    assert [t.gain_db for t in after.tracks] == pytest.approx([t.gain_db for t in before.tracks], abs=1e-3)


def test_where_nothing_can_be_asked_a_later_undo_takes_all_back_all_the_same(tmp_path):
    song = write_song(tmp_path / "song", rate_hz=16_000)
    dialect = parse(UNASKED.format(echoes="true"), "")
    mixer = unasked(echo=True)
    with served(mixer) as port:
        with line_to(port, dialect) as line:
            daw = DeskDaw(line, "127.0.0.1", StemsAudio.open(song))
            mix_live(daw, Wish(loudness_lufs=-20.0, eq=False), POLICY, Journal(tmp_path), daw.read())
        moved = dict(mixer.values)
        with line_to(port, dialect, undoing=True) as line:
            undone = undo_last(DeskDaw(line, "127.0.0.1", None), Journal(tmp_path), everything=True)
    assert moved != unasked().values
    assert undone.restored
    home = dialect.fader.fader.value(-6.0)
    changed = [key for key, value in moved.items() if value != 0.5]
    assert [mixer.values[key] for key in changed] == pytest.approx([home] * len(changed))


def test_the_x32s_file_reads_and_writes_a_console():
    console = Console("Kick", "Bass")
    with served(console) as port, line_to(port, load(coming_along()["x32.toml"])) as line:
        line.write(DeskWrite({0: -3.0, 1: -6.0}))
        desk = line.read()
    assert [track.name for track in desk.tracks] == ["Kick", "Bass"]
    assert (desk.gain_db(0), desk.gain_db(1)) == (x32.FADER.held_db(-3.0), x32.FADER.held_db(-6.0))
