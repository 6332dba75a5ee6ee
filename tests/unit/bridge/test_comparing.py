"""Before and after in turn, on a REAPER in memory: what is heard, what is left alone, and the way back."""

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.mixing import Wish
from bridge.changes import MASTER
from bridge.comparing import Side, compare, lines
from bridge.journal import Entry, Journal, JournalError, State
from bridge.live_job import LeftInBetween, mix_live
from bridge.reaper.daw import ReaperDaw
from bridge.undoing import undo_last
from tests.mixes import POLICY
from tests.reapers import MemoryLink, deleted, moved, survey

LOUD, QUIET = Wish(loudness_lufs=-8.0), Wish(loudness_lufs=-30.0)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path)


def mixed(link, journal, wish=LOUD):
    """Mix the project of the link, which is the same in all tests: it is planned once."""
    link.now, link.undo_steps[:], entry = mix_of(wish)
    journal.open(entry)
    return entry


@cache
def mix_of(wish):
    with TemporaryDirectory() as folder:
        link, journal = MemoryLink(), Journal(Path(folder))
        daw = ReaperDaw(link, "127.0.0.1:2307")
        mix_live(daw, wish, POLICY, journal, daw.read())
        return link.now, link.undo_steps, entry_of(journal)


def entry_of(journal):
    return next(journal.entries())[1]


def compared(link, journal):
    return compare(ReaperDaw(link, "127.0.0.1:2307"), journal)


def undone(link, journal):
    return undo_last(ReaperDaw(link, "127.0.0.1:2307"), journal)


def faders(now):
    return [track.gain_linear for track in now.tracks]


def bands(now):
    return [[effect.bands for effect in track.effects] for track in now.tracks]


def master_db(now):
    return 20.0 * math.log10(now.master.gain_linear)


@pytest.mark.parametrize("wish", [LOUD, QUIET])
def test_before_and_after_are_as_loud_as_each_other_and_neither_is_turned_up(journal, wish):
    link = MemoryLink()
    found = link.now
    entry = mixed(link, journal, wish)
    after = link.now
    cut_db = entry.heard.after_lufs - entry.heard.before_lufs
    assert compared(link, journal).up is Side.BEFORE
    assert (faders(link.now), bands(link.now)) == (faders(found), bands(found))
    assert master_db(link.now) == pytest.approx(master_db(found) + min(0.0, cut_db), abs=1e-6)
    assert compared(link, journal).up is Side.AFTER
    assert (faders(link.now), bands(link.now)) == (faders(after), bands(after))
    assert master_db(link.now) == pytest.approx(master_db(after) - max(0.0, cut_db), abs=1e-6)


@pytest.mark.parametrize("times", range(5))
@pytest.mark.parametrize("wish", [LOUD, QUIET])
def test_undo_takes_the_mix_back_whichever_is_up(journal, wish, times):
    link = MemoryLink()
    found = link.now
    mixed(link, journal, wish)
    for _ in range(times):
        compared(link, journal)
    assert undone(link, journal).left == ()
    assert (faders(link.now), bands(link.now)) == (faders(found), bands(found))
    assert link.now.master.gain_linear == pytest.approx(found.master.gain_linear, rel=1e-3)


def test_a_master_that_the_mix_did_not_move_is_matched_and_put_back(journal):
    link = MemoryLink()
    entry = mixed(link, journal, replace(LOUD, loudness_lufs=by_faders_alone_lufs()))
    assert all(change.track != MASTER for change in entry.changes)
    assert (entry.heard.master.found, entry.heard.master.wanted) == (1.0, 1.0)
    ups = [(compared(link, journal).up, master_db(link.now)) for _ in range(2)]
    cut_db = entry.heard.after_lufs - entry.heard.before_lufs
    assert ups == [
        (Side.BEFORE, pytest.approx(min(0.0, cut_db), abs=1e-6)),
        (Side.AFTER, pytest.approx(min(0.0, -cut_db), abs=1e-6)),
    ]
    assert undone(link, journal).left == ()
    assert link.now.master.gain_linear == pytest.approx(1.0)


@cache
def by_faders_alone_lufs():
    """Return a target that the tracks' faders reach with the master where it is."""
    daw = ReaperDaw(MemoryLink(), "")
    target_lufs = -16.0
    for _ in range(2):
        result = mix_live(daw, Wish(loudness_lufs=target_lufs), POLICY, None, daw.read(), dry_run=True)
        target_lufs = result.after.loudness_lufs - result.settings.master_gain_db
    return target_lufs


def test_what_the_user_moved_since_is_left_and_named(journal):
    link = MemoryLink()
    mixed(link, journal)
    link.step("Adjust track volume", moved("Bass", 0.123))
    made = compared(link, journal)
    assert made.left == ("the fader of Bass",)
    assert link.fader("Bass") == 0.123
    compared(link, journal)
    assert link.fader("Bass") == 0.123
    assert lines(made)[-1] == "left as it is, since it was changed since the mix: the fader of Bass"
    assert undone(link, journal).left == ("the fader of Bass",)


def test_a_track_that_is_gone_is_named_and_the_others_are_compared(journal):
    link = MemoryLink()
    found = link.now
    entry = mixed(link, journal)
    assert any(change.track == "{Bass}" for change in entry.changes)
    link.step("Remove tracks", deleted("Bass"))
    made = compared(link, journal)
    assert "the fader of Bass" in made.gone
    kept = [track.gain_linear for track in found.tracks if track.name != "Bass"]
    assert faders(link.now) == kept


def test_a_comparison_that_was_cut_off_brings_the_mix_up_next(journal):
    link = MemoryLink()
    mixed(link, journal)
    after = link.now
    compared(link, journal)
    wanted = faders(after)[0]
    link.now = moved(link.now.tracks[0].name, wanted)(link.now)
    compared(link, journal)
    assert faders(link.now) == faders(after)


def test_a_write_that_is_not_taken_is_told_with_the_way_back(journal):
    link = MemoryLink()
    mixed(link, journal)
    stuck = link.now
    link.before["written"] = lambda link: setattr(link, "now", stuck)
    with pytest.raises(LeftInBetween, match="faderbot undo takes the mix back"):
        compared(link, journal)


def test_each_is_one_step_in_the_undo_history(journal):
    link = MemoryLink()
    mixed(link, journal)
    compared(link, journal)
    compared(link, journal)
    assert [name for name, _ in link.undo_steps] == [
        "Faderbot: auto-mix (3 tracks)",
        "Faderbot: before",
        "Faderbot: after",
    ]


def test_without_a_mix_there_is_nothing_to_compare(journal):
    with pytest.raises(JournalError, match="nothing of Faderbot's"):
        compared(MemoryLink(), journal)


def test_an_undone_mix_is_not_compared(journal):
    link = MemoryLink()
    mixed(link, journal)
    compared(link, journal)
    undone(link, journal)
    with pytest.raises(JournalError, match="nothing of Faderbot's"):
        compared(link, journal)


def test_a_job_that_was_cut_off_is_to_be_undone_first(journal):
    link = MemoryLink()
    mixed(link, journal)
    (path, _), *_ = journal.entries()
    journal.set_state(path, State.WRITING)
    with pytest.raises(JournalError, match="run faderbot undo first"):
        compared(link, journal)


def test_another_project_is_left_alone(journal):
    link = MemoryLink()
    mixed(link, journal)
    link.now = survey(*link.now.tracks[:0], path="/songs/other.RPP")
    link.now = link.now.model_copy(update={"tracks": ()})
    with pytest.raises(JournalError):
        compared(link, journal)


def test_journals_of_before_are_read_and_compared_without_matching(journal):
    link = MemoryLink()
    found = link.now
    mixed(link, journal)
    (path, entry), *_ = journal.entries()
    old = json.loads(entry.model_dump_json())
    del old["heard"], old["compared"]
    path.write_text(json.dumps(old))
    assert isinstance(entry_of(journal), Entry)
    made = compared(link, journal)
    assert (made.cut_db, faders(link.now), link.now.master.gain_linear) == (None, faders(found), 1.0)
    assert lines(made) == ["Now up: before: as it was found, not matched in loudness"]
    assert undone(link, journal).restored == ()
