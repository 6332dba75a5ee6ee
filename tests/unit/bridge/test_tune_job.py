import math
from dataclasses import replace

import numpy as np
import pyloudnorm
import pytest
import soundfile as sf
from scipy.signal import resample_poly

from agent.session import FLAT_EQ
from bridge.changes import MASTER
from bridge.comparing import Side, compare
from bridge.journal import Journal, State
from bridge.reaper.daw import ReaperDaw
from bridge.tune_job import tune, tune_live
from bridge.undoing import undo_last
from tests.mixes import STEMS, daw_of
from tests.reapers import MemoryLink, survey, track
from tests.tunings import NAMES, RATE_HZ, TABLE, by_hand, noise, preview, previewed, song, wish


def rendered(daw):
    return np.concatenate(list(daw.render()))


def lufs(audio):
    return pyloudnorm.Meter(RATE_HZ).integrated_loudness(audio)


def turned(result):
    pairs = zip(result.settings.strips, result.session.settings.strips, strict=True)
    return [now != was for now, was in pairs]


def faders(settings):
    return [strip.gain_db for strip in settings.strips]


# In a DAW of our own


@pytest.mark.parametrize("scope", ["tracks", "master"])
def test_it_comes_nearer_to_the_target_as_loud_as_it_was(tmp_path, scope):
    daw = song()
    before = lufs(rendered(daw))
    result = tune(daw, wish(scope), TABLE, tmp_path / "tune.wav", planner=by_hand)
    assert result.after.third_octave_rms_db < 0.8 * result.plan.before.third_octave_rms_db
    written, _ = sf.read(tmp_path / "tune.wav")
    assert lufs(written) == pytest.approx(before, abs=0.2)
    assert daw.read().settings == result.settings
    assert lufs(rendered(daw)) == pytest.approx(before, abs=0.2)
    daw.undo()
    assert daw.read().settings == result.session.settings


def test_the_master_alone_is_turned_where_that_is_wanted():
    result = previewed("master")
    assert result.settings.strips == result.session.settings.strips
    assert result.settings.master_eq != FLAT_EQ


def test_locked_silent_and_unnamed_tracks_stay_as_they_are():
    assert turned(previewed()) == [True, False, True, False]
    assert turned(preview(song(), wish(only=("Lead Vocal",)))) == [False, False, True]


def test_a_loudness_that_is_asked_for_is_reached_under_the_ceiling(tmp_path):
    clicks = noise(9, 0.03)
    clicks[::4000] = 0.9
    result = tune(
        song(Clicks=clicks), wish(names=(*NAMES, "Clicks"), target="-19"), TABLE, tmp_path / "tune.wav", planner=by_hand
    )
    written, _ = sf.read(tmp_path / "tune.wav")
    assert lufs(written) == pytest.approx(-19.0, abs=0.2)
    assert 20 * math.log10(np.abs(resample_poly(written, 8, 1, axis=0)).max()) <= -0.9
    assert result.finish.limiter is not None
    assert any("limiter" in note for note in result.notes)


def test_strength_goes_its_share_of_the_way_in_gains_and_loudness():
    whole, half, none = (preview(song(), wish(target="-18", strength=s)) for s in (1.0, 0.5, 0.0))
    found = whole.session.settings
    gains = [np.array([strip.eq_gains_db for strip in r.settings.strips]) for r in (whole, half)]
    assert gains[1] == pytest.approx(gains[0] / 2, abs=1e-9)
    assert none.settings == found
    was = whole.plan.before.loudness_lufs
    assert whole.after.loudness_lufs == pytest.approx(-18.0, abs=0.1)
    assert half.after.loudness_lufs == pytest.approx((was - 18.0) / 2, abs=0.1)
    assert any("strength 0.5" in note for note in half.notes)


@pytest.mark.parametrize(
    ("audio", "why"),
    [(np.zeros((RATE_HZ, 2), np.float32), "nothing is audible"), (noise(1, seconds=0.2), "too short for a loudness")],
)
def test_what_can_not_be_tuned_is_left_alone_and_said(tmp_path, audio, why):
    result = tune(daw_of(Kick=audio), wish("master", ("Kick",)), TABLE, tmp_path / "tune.wav", planner=by_hand)
    assert result.settings == result.session.settings
    assert any(why in note for note in result.notes)


def test_that_a_roles_average_binds_loosely_is_said_where_there_is_one(tmp_path):
    def held(*arguments, **how):
        return replace(by_hand(*arguments, **how), targets=("the average spectrum of vocals", None, None))

    with_average = tune(song(), wish(), TABLE, tmp_path / "tune.wav", planner=held)
    assert any("within 4 to 8 dB" in note for note in with_average.notes)
    assert not any("within 4 to 8 dB" in note for note in preview(song(), wish()).notes)


def test_a_failure_at_the_end_puts_the_session_back(tmp_path):
    daw = song()
    found = daw.read().settings

    def deliver(_result):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        tune(daw, wish("master"), TABLE, tmp_path / "tune.wav", planner=by_hand, deliver=deliver)
    assert daw.read().settings == found


def test_the_reasons_name_the_bands_and_where_the_master_went():
    said = [reason.text for reason in previewed("master").reasons]
    assert any(text.startswith("Master EQ") for text in said)
    moved = previewed("master").settings.master_gain_db
    assert [text for text in said if not text.startswith("Master EQ")] == [
        text for text in said if text.startswith("Master ") and "keeps the mix at" in text and abs(moved) >= 0.25
    ]


# In REAPER


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def tune_on(link, journal, scope, **how):
    daw = ReaperDaw(link, "127.0.0.1:2307")
    return tune_live(daw, wish(scope, **how.pop("wish", {})), TABLE, journal, daw.read(), planner=by_hand, **how)


@pytest.mark.parametrize(
    ("scope", "name", "turned"),
    [
        ("tracks", "Faderbot: tune (3 tracks)", {False}),
        ("master", "Faderbot: tune (master)", {True}),
        ("both", "Faderbot: tune (3 tracks and master)", {False, True}),
    ],
)
def test_it_stands_in_one_undo_step_and_is_undone(journal, scope, name, turned):
    link = MemoryLink()
    found = link.now
    result = tune_on(link, journal, scope)
    assert [step for step, _ in link.undo_steps] == [name]
    stands = ReaperDaw(link, "").read().settings
    wanted = result.settings
    assert [band.gain_db for band in stands.master_eq] == pytest.approx([band.gain_db for band in wanted.master_eq])
    assert faders(stands) == pytest.approx(faders(wanted))
    ((_, entry),) = journal.entries()
    assert (entry.undo_name, entry.state) == (name, State.DONE)
    assert {change.track == MASTER for change in entry.changes if change.what == "eq"} == turned
    undone = undo_last(ReaperDaw(link, "127.0.0.1:2307"), journal)
    assert (link.now, undone.left) == (found, ())


def test_a_crash_after_the_write_is_undone_from_the_journal_though_reapers_history_is_gone(journal):
    link = MemoryLink()
    found = link.now
    tune_on(link, journal, "master")
    link.undo_steps.clear()
    undo_last(ReaperDaw(link, "127.0.0.1:2307"), journal)
    assert link.now.master.effects == ()
    assert link.now.master.gain_linear == pytest.approx(found.master.gain_linear)


@pytest.mark.parametrize(("scope", "only"), [("master", ()), ("tracks", ("Bass",))])
def test_where_the_masters_fader_ends_no_other_fader_makes_up_for_it(journal, scope, only):
    loud = MemoryLink(survey(*(track(name, gain_linear=0.05) for name in STEMS)))
    result = tune_on(loud, journal, scope, wish={"target": "-5", "only": only})
    assert faders(result.settings) == pytest.approx(faders(result.session.settings))
    assert result.settings.master_gain_db == 12.0
    assert any("the master fader is at its end" in note for note in result.notes)


def test_a_dry_run_writes_nothing(journal):
    link = MemoryLink()
    found = link.now
    result = tune_on(link, journal, "tracks", dry_run=True)
    assert (link.now, link.undo_steps, list(journal.entries())) == (found, [], [])
    assert result.settings != result.session.settings


def test_a_failure_in_the_middle_is_taken_back(journal):
    link = MemoryLink()
    found = link.now

    def interrupted(_link):
        raise KeyboardInterrupt

    link.before["written"] = interrupted
    with pytest.raises(KeyboardInterrupt):
        tune_on(link, journal, "master")
    assert link.now == found


def test_before_and_after_are_compared_and_undo_finds_the_way_back(journal):
    link = MemoryLink()
    found = link.now
    tune_on(link, journal, "master", wish={"target": "-18"})
    after = link.now
    daw = ReaperDaw(link, "127.0.0.1:2307")
    assert compare(daw, journal).up is Side.BEFORE
    assert link.now.master.effects == ()
    assert compare(daw, journal).up is Side.AFTER
    assert [effect.bands for effect in link.now.master.effects] == [effect.bands for effect in after.master.effects]
    undo_last(daw, journal)
    assert link.now == found
