"""The master's EQ wherever settings go: the embedded DAW, project files, REAPER."""

import math
from dataclasses import replace

import numpy as np
import pytest
import soundfile as sf
from rich.console import Console

from agent.mixing import Wish
from agent.session import FLAT_EQ, EqBand, EqShape, Strip
from bridge.changes import MASTER
from bridge.embedded import EmbeddedDaw
from bridge.jobs import differences, preview_mix
from bridge.outputs import reaper_project
from bridge.reaper import reading
from bridge.reaper.daw import ReaperDaw
from bridge.reaper.survey import EQ_ALIAS, SurveyEffect, SurveyTrack
from bridge.report import tracks_table
from mock_daw.graph import Planner
from mock_daw.mixer import Mixer
from mock_daw.opening import open_session
from tests.mixes import POLICY, described, song, write_song
from tests.reapers import MemoryLink, survey, track

EQ = (
    EqBand(EqShape.LOW_SHELF, 180.0, -5.0, 1.5),
    EqBand(EqShape.BELL, 400.0, 4.0, 0.8),
    EqBand(EqShape.BELL, 3000.0, -3.5, 2.0),
    EqBand(EqShape.HIGH_SHELF, 7000.0, 6.0, 2.0),
)
LIMITER = SurveyEffect(guid="{limiter}", name="JS: Limiter")


def ours(bands=None, **fields):
    given = reading.bands(Strip(eq=EQ)) if bands is None else bands
    return SurveyEffect(
        **{"guid": "{ours}", "name": "VST: ReaEQ (Cockos)", "alias": EQ_ALIAS, "bands": given, **fields}
    )


def master(*effects, **fields):
    return SurveyTrack(**{"guid": MASTER, "name": "MASTER", "gain_linear": 1.0, "effects": effects, **fields})


# The embedded DAW


def test_the_embedded_daw_reads_back_what_was_set_and_undoes_it_with_the_step():
    daw = song()
    wanted = replace(daw.read().settings, master_eq=EQ)
    assert daw.apply(wanted, "tune") == wanted
    assert list(differences(wanted, daw.read().settings)) == []
    daw.undo()
    assert daw.read().settings.master_eq == FLAT_EQ


def test_a_setting_of_it_that_was_not_taken_is_a_difference_in_words():
    wanted = replace(song().read().settings, master_eq=EQ)
    refused = replace(wanted, master_eq=(replace(EQ[0], gain_db=-4.0), *EQ[1:]))
    assert list(differences(wanted, refused)) == ["EQ band 1 of the master in dB reads -4.0, not -5.0"]


def test_a_mix_leaves_it_as_it_is_and_shows_it():
    daw = song()
    daw.apply(replace(daw.read().settings, master_eq=EQ), "mine")
    result = preview_mix(daw, Wish(strength=0.0), POLICY)
    document = described(result)
    assert result.settings.master_eq == EQ
    assert [band.gain_db for band in document.master.eq] == [-5.0, 4.0, -3.5, 6.0]
    console = Console(width=100, highlight=False)
    with console.capture() as captured:
        console.print(tracks_table(document))
    row = next(line for line in captured.get().splitlines() if line.startswith("Master"))
    assert row.split()[-4:] == ["−5.0", "+4.0", "−3.5", "+6.0"]
    assert described(preview_mix(song(), Wish(strength=0.0), POLICY)).master.eq == ()


# A project file


def test_the_mock_renders_the_project_as_the_engine_does(tmp_path):
    stems = write_song(tmp_path / "stems")
    daw = EmbeddedDaw.open_stems(stems)
    found = daw.read()
    strips = (Strip(-3.0).with_eq_gains((2.0, 0.0, -4.0, 0.0)), Strip(1.0), Strip(pan=0.3))
    settings = replace(found.settings, strips=strips, master_gain_db=-2.0, master_eq=EQ)
    daw.apply(settings, "tune")
    text, notes = reaper_project(found, settings, daw.stems, tmp_path / "out", "tune.RPP")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "tune.RPP").write_text(text)
    session = open_session(tmp_path / "out" / "tune.RPP")
    samples = round(found.length_s * found.sample_rate_hz)
    made = Mixer(session.rate_hz).mix(Planner(session.rate_hz).plan(session), 0, samples)[0].T
    assert (notes, session.notes) == ((), ())
    assert made == pytest.approx(np.concatenate(list(daw.render())), abs=1e-6)
    assert np.abs(made).max() > 0.1


def test_a_flat_one_leaves_no_effect_in_the_project(tmp_path):
    daw = song()
    session = daw.read()
    assert "MASTERFXLIST" not in reaper_project(session, session.settings, daw.stems, tmp_path)[0]
    with_eq = reaper_project(session, replace(session.settings, master_eq=EQ), daw.stems, tmp_path)[0]
    lines = [line.strip() for line in with_eq.splitlines()]
    assert lines.index("MASTER_FX 1") < lines.index("<MASTERFXLIST") < lines.index('NAME "Kick"')


def test_one_recording_opens_as_a_session_of_one_track(tmp_path):
    sf.write(tmp_path / "Song.wav", np.full((44_100, 1), 0.1), 44_100)
    daw = EmbeddedDaw.open_file(tmp_path / "Song.wav")
    assert [t.name for t in daw.read().tracks] == ["Song"]
    assert next(daw.audio()).shape == (1, 44_100, 2)


# REAPER


def test_our_eq_on_the_master_is_read_and_the_users_is_not_touched():
    found = reading.read(survey(track("Bass"), master=master(LIMITER, ours())))
    assert found.session.settings.master_eq == EQ
    assert any("the master has effects" in note for note in found.notes)
    assert reading.read(survey(track("Bass"), master=master(ours()))).notes == ()


@pytest.mark.parametrize(
    "effect",
    [ours(enabled=False), ours(alias="Mine"), ours(bands=reading.bands(Strip(eq=EQ, high_pass_hz=30.0)))],
    ids=["switched off", "of another name", "with a high-pass"],
)
def test_an_eq_on_the_master_that_is_the_users_stays_theirs(effect):
    found = reading.read(survey(track("Bass"), master=master(effect)))
    assert found.session.settings.master_eq == FLAT_EQ


def test_it_is_written_read_back_and_undone_in_one_step_with_the_tracks():
    link = MemoryLink(survey(track("Bass"), track("Vox"), master=master(LIMITER)))
    before = link.now
    daw = ReaperDaw(link, "")
    found = daw.read().settings
    strips = (found.strips[0].with_eq_gains((1.0, 2.0, 3.0, 4.0)), found.strips[1])
    wanted = replace(found, strips=strips, master_eq=EQ, master_gain_db=-1.5)
    changes = daw.changes(wanted)
    assert [(c.track, c.what) for c in changes] == [("{Bass}", "eq"), (MASTER, "fader"), (MASTER, "eq")]
    assert changes[2].words == "the eq of the master"
    daw.put(changes, "Faderbot: tune")
    assert daw.standing(changes) == tuple(change.wanted for change in changes)
    assert ReaperDaw(link, "").read().settings.master_eq == EQ
    daw.undo()
    assert link.now == before


def test_an_eq_of_ours_that_is_there_is_set_again_and_not_doubled():
    link = MemoryLink(survey(track("Bass"), master=master(ours())))
    daw = ReaperDaw(link, "")
    flatter = tuple(replace(band, gain_db=band.gain_db / 2) for band in EQ)
    daw.put(daw.changes(replace(daw.read().settings, master_eq=flatter)), "again")
    assert [effect.alias for effect in link.now.master.effects] == [EQ_ALIAS]
    assert ReaperDaw(link, "").read().settings.master_eq == flatter


def test_a_master_whose_effects_are_off_has_no_eq_to_set():
    quiet = master(ours(), effects_enabled=False)
    for one, can in ((master(), True), (quiet, False)):
        daw = ReaperDaw(MemoryLink(survey(track("Bass"), master=one)), "")
        daw.read()
        assert daw.master_eq is can
    assert math.isclose(reading.read(survey(master=quiet)).session.settings.master_gain_db, 0.0)
