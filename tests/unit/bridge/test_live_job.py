import json
import signal
from dataclasses import dataclass, replace

import numpy as np
import pytest

from agent.daw import DawError, WriteRefused
from agent.mixing import Wish
from agent.session import Settings
from bridge.changes import same
from bridge.journal import Entry, Journal, JournalError, State, now
from bridge.live import SessionMoved
from bridge.live_job import LeftInBetween, mix_live
from bridge.reaper.daw import ReaperDaw
from bridge.undoing import undo_last
from tests.mixes import POLICY, described
from tests.reapers import Gone, Loudness, MemoryLink, deleted, moved, survey, track

WISH = Wish(loudness_lufs=-20.0)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def mixed(link, journal, wish=WISH, **how):
    daw = ReaperDaw(link, "127.0.0.1:2307")
    return mix_live(daw, wish, POLICY, journal, daw.read(), **how)


def states(journal):
    return [entry.state for _, entry in journal.entries()]


def gone(_link):
    raise Gone("REAPER does not answer")


def interrupted(_link):
    raise KeyboardInterrupt


# A job that goes well


def test_the_session_stands_at_the_settings_of_the_report_in_one_undo_step(journal):
    link = MemoryLink()
    found = link.now
    result = mixed(link, journal)
    assert [name for name, _ in link.undo_steps] == ["Faderbot: auto-mix (3 tracks)"]
    stands = ReaperDaw(link, "").read().settings
    for want, have in zip(result.settings.strips, stands.strips, strict=True):
        assert have.gain_db == pytest.approx(want.gain_db, abs=1e-9)
        assert have.eq_gains_db == pytest.approx(want.eq_gains_db, abs=1e-9)
    assert stands.master_gain_db == pytest.approx(result.settings.master_gain_db)
    assert result.settings != result.session.settings
    link.undo()
    assert link.now == found
    assert states(journal) == [State.DONE]


def test_what_the_daw_measured_is_reported(journal):
    link = MemoryLink()
    link.loudness = Loudness(-19.9, -3.0)
    document = described(mixed(link, journal))
    assert (document.daw, document.dry_run, document.before.figures.source) == ("REAPER", False, "twin")
    assert (document.after.figures.source, document.after.figures.loudness_lufs) == ("daw", -19.9)
    assert document.after.figures.true_peak_dbtp == -3.0
    assert any("dry-run render" in note for note in document.notes)
    json.loads(document.text())


def test_a_dry_run_writes_nothing_not_even_the_journal(journal):
    link = MemoryLink()
    found = link.now
    result = mixed(link, journal, dry_run=True)
    assert result.dry_run
    assert result.settings != result.session.settings
    assert (link.now, link.undo_steps, states(journal)) == (found, [], [])
    assert set(link.calls) <= {"survey", "audio"}


def test_strength_0_makes_no_undo_step(journal):
    link = MemoryLink()
    mixed(link, journal, replace(WISH, strength=0.0))
    assert (link.undo_steps, states(journal)) == ([], [])


def test_the_same_settings_as_a_preview(journal):
    assert mixed(MemoryLink(), journal).settings == mixed(MemoryLink(), journal, dry_run=True).settings


def test_a_loudness_that_can_not_be_measured_is_no_reason_to_take_the_mix_back(journal):
    link = MemoryLink()
    link.before["check"] = gone
    result = mixed(link, journal)
    assert len(link.undo_steps) == 1
    assert any("could not be measured" in note for note in result.notes)


def test_the_master_fader_ends_where_the_daw_says(journal):
    link = MemoryLink(survey(*(track(name, gain_linear=0.05) for name in ("Kick", "Bass", "Lead Vocal"))))
    result = mixed(link, journal, Wish(loudness_lufs=-6.0))
    assert result.settings.master_gain_db == 12.0
    assert any("the master fader is at its end" in note for note in result.notes)


# What goes wrong


def test_a_fader_moved_while_the_session_was_heard(journal):
    link = MemoryLink()
    link.before["audio"] = lambda link: link.step("user", moved("Bass", 0.3))
    with pytest.raises(SessionMoved, match="the fader of Bass"):
        mixed(link, journal)
    assert "write" not in link.calls
    assert link.fader("Bass") == 0.3
    assert states(journal) == []


def test_a_track_deleted_while_the_session_was_heard(journal):
    link = MemoryLink()
    heard = iter([True])
    link.before["audio"] = lambda link: link.step("user", deleted("Kick")) if next(heard, False) else None
    with pytest.raises(SessionMoved, match=r"the fader of Kick \(gone\)"):
        mixed(link, journal)
    assert "write" not in link.calls


def test_nothing_is_written_without_a_journal(tmp_path):
    (tmp_path / "file").write_text("in the way")
    link = MemoryLink()
    with pytest.raises(Exception, match=r"journal in .* can not be written"):
        mixed(link, Journal(tmp_path / "file" / "journal"))
    assert "write" not in link.calls


def test_a_daw_that_vanishes_before_anything_was_written(journal):
    link = MemoryLink()
    link.before["write"] = gone
    with pytest.raises(Gone):
        mixed(link, journal)
    assert link.undo_steps == []
    assert states(journal) == [State.UNDONE]


def test_a_daw_that_vanishes_in_the_middle_leaves_every_value_in_the_journal(journal):
    link = MemoryLink()
    found = link.now
    link.before["written"] = lambda link: link.before.update(survey=gone) or gone(link)
    with pytest.raises(LeftInBetween, match=r"`faderbot undo` restores all \d+ values"):
        mixed(link, journal)
    assert states(journal) == [State.WRITING]
    assert link.now != found
    link.before.clear()
    undone = undo_last(ReaperDaw(link, ""), journal)
    assert link.now == found
    assert len(undone.restored) == len(undone.entry.changes)
    assert states(journal) == [State.UNDONE]


def test_a_daw_that_comes_back_at_once_is_put_back_at_once(journal):
    link = MemoryLink()
    found = link.now
    link.before["written"] = gone
    with pytest.raises(Gone):
        mixed(link, journal)
    assert link.now == found
    assert states(journal) == [State.UNDONE]


def test_a_value_the_daw_does_not_take(journal):
    link = MemoryLink()
    found = link.now
    link.before["written"] = lambda link: setattr(link, "now", moved("Bass", 0.2)(link.now))
    with pytest.raises(WriteRefused, match="did not take the fader of Bass"):
        mixed(link, journal)
    assert link.now == found


def test_a_fader_that_the_user_moves_right_after_the_write_is_the_users(journal):
    link = MemoryLink()
    link.before["written"] = lambda link: link.step("Move fader", moved("Bass", 0.2))
    result = mixed(link, journal)
    assert link.fader("Bass") == 0.2
    assert any("changed by somebody else" in note and "Bass" in note for note in result.notes)
    assert states(journal) == [State.DONE]


@pytest.mark.parametrize("moment", ["write", "written", "check"])
def test_an_interrupt_leaves_the_session_as_it_was(journal, moment):
    link = MemoryLink()
    found = link.now
    link.before[moment] = interrupted
    with pytest.raises(KeyboardInterrupt):
        mixed(link, journal)
    assert link.now == found
    assert states(journal) == [State.UNDONE]


def test_put_back_by_value_where_the_last_step_is_not_ours(journal):
    link = MemoryLink()

    def user_moves_then_all_fails(link):
        link.step("Rename track", lambda now: now)
        del link.before["written"]
        raise Gone("a moment")

    link.before["written"] = user_moves_then_all_fails
    found = link.now
    with pytest.raises(Gone):
        mixed(link, journal)
    assert [t.gain_linear for t in link.now.tracks] == [t.gain_linear for t in found.tracks]
    assert [t.effects for t in link.now.tracks] == [t.effects for t in found.tracks]
    assert link.undo_steps[-1][0] == "Faderbot: put back"


def test_what_the_user_set_since_is_left_when_the_rest_is_put_back(journal):
    link = MemoryLink()

    def user_moves_then_interrupts(link):
        link.step("Adjust track volume", moved("Bass", 0.2))
        del link.before["check"]
        raise KeyboardInterrupt

    link.before["check"] = user_moves_then_interrupts
    with pytest.raises(KeyboardInterrupt):
        mixed(link, journal)
    assert (link.fader("Kick"), link.fader("Bass"), link.fader("Lead Vocal")) == (1.0, 0.2, 1.0)
    assert states(journal) == [State.UNDONE]


def test_an_interrupt_while_it_is_put_back_in_vain_does_not_hide_that(journal):
    link = MemoryLink()

    def interrupted_and_gone(link):
        signal.raise_signal(signal.SIGINT)
        raise Gone("REAPER does not answer")

    link.before["written"] = lambda link: link.before.update(survey=interrupted_and_gone) or gone(link)
    with pytest.raises(LeftInBetween, match=r"`faderbot undo` restores all \d+ values"):
        mixed(link, journal)
    assert states(journal) == [State.WRITING]


@dataclass
class Web:
    """The web interface as a second witness: it sees the faders of a link, or those that a test gives it."""

    link: MemoryLink
    faders: tuple[float, ...] = ()
    silent: bool = False

    def tracks(self):
        self.link.calls.append("web")
        if self.silent:
            raise Gone("the web interface does not answer")
        now = (self.link.now.master.gain_linear, *(t.gain_linear for t in self.link.now.tracks))
        return [Fader(gain) for gain in self.faders or now]


@dataclass
class Fader:
    gain_linear: float


def witnessed(web, journal):
    daw = ReaperDaw(web.link, "127.0.0.1:2307", witness=web)
    return mix_live(daw, WISH, POLICY, journal, daw.read())


def test_the_web_interface_is_asked_once_after_the_write_and_after_reapy(journal):
    link = MemoryLink()
    witnessed(Web(link), journal)
    assert link.calls.count("web") == 1
    assert link.calls[link.calls.index("written") :] == ["written", "survey", "web", "check"]


def test_a_web_interface_that_sees_other_faders_has_the_mix_taken_back(journal):
    link = MemoryLink()
    found = link.now
    with pytest.raises(WriteRefused, match="the web interface shows the fader of"):
        witnessed(Web(link, faders=(1.0, 1.0, 0.5, 1.0)), journal)
    assert link.now == found


def test_a_web_interface_that_does_not_answer_is_said_and_no_reason_to_take_the_mix_back(journal):
    link = MemoryLink()
    result = witnessed(Web(link, silent=True), journal)
    assert len(link.undo_steps) == 1
    assert any("through reapy alone: the web interface does not answer" in note for note in result.notes)
    assert states(journal) == [State.DONE]


# Undo


def test_after_a_crash_a_fader_that_the_user_moved_since_is_left_and_no_eq_half_written(journal):
    link = MemoryLink()
    daw = ReaperDaw(link, "")
    found = daw.read().settings
    strips = tuple(replace(strip, gain_db=-3.0).with_eq_gains((0.0, 3.0, 0.0, 0.0)) for strip in found.strips)
    changes = daw.changes(replace(found, strips=strips))
    entry = Entry(
        at=now(), daw="REAPER", where="", project=daw.project, undo_name="mix", state=State.WRITING, changes=changes
    )
    journal.open(entry)
    eq = next(change for change in changes if change.what == "eq")
    half = tuple(band.model_copy(update={"gain_db": 1.5}) for band in eq.wanted)
    daw.put([eq.model_copy(update={"wanted": half})], "half")
    link.step("Adjust track volume", moved("Bass", 0.11))
    undone = undo_last(ReaperDaw(link, ""), journal)
    assert undone.left == ("the fader of Bass",)
    assert (link.fader("Kick"), link.fader("Bass")) == (1.0, 0.11)
    assert all(track.effects == () for track in link.now.tracks)


def test_undo_uses_the_daws_own_undo_where_the_last_step_is_ours(journal):
    link = MemoryLink()
    found = link.now
    mixed(link, journal)
    undo_last(ReaperDaw(link, ""), journal)
    assert (link.now, link.undo_steps) == (found, [])


def test_undo_leaves_what_the_user_changed_after_the_mix(journal):
    link = MemoryLink()
    mixed(link, journal)
    link.step("user", moved("Bass", 0.11))
    undone = undo_last(ReaperDaw(link, ""), journal)
    assert undone.left == ("the fader of Bass",)
    assert link.fader("Bass") == 0.11
    assert link.fader("Kick") == 1.0


def test_undo_of_everything_puts_that_back_too(journal):
    link = MemoryLink()
    mixed(link, journal)
    link.step("user", moved("Bass", 0.11))
    undo_last(ReaperDaw(link, ""), journal, everything=True)
    assert link.fader("Bass") == 1.0


def test_undo_with_a_track_gone_restores_the_rest_and_says_so(journal):
    link = MemoryLink()
    mixed(link, journal)
    link.step("user", deleted("Kick"))
    undone = undo_last(ReaperDaw(link, ""), journal)
    assert "the fader of Kick" in undone.gone
    assert link.fader("Bass") == 1.0


def test_a_job_that_breaks_off_does_not_undo_an_earlier_one(journal):
    link = MemoryLink()
    mixed(link, journal, Wish(loudness_lufs=-24.0))
    first = link.now

    def in_part(link):
        link.now = moved("Kick", 0.123)(link.now)
        raise Gone("in the middle")

    link.before["write"] = in_part
    with pytest.raises(Gone):
        mixed(link, journal, Wish(loudness_lufs=-16.0))
    assert [t.effects for t in link.now.tracks] == [t.effects for t in first.tracks]
    assert link.fader("Bass") == next(t.gain_linear for t in first.tracks if t.name == "Bass")


def test_two_mixes_are_undone_one_by_one(journal):
    link = MemoryLink()
    found = link.now
    mixed(link, journal, Wish(loudness_lufs=-24.0))
    first = link.now
    mixed(link, journal, Wish(loudness_lufs=-16.0))
    assert [name for name, _ in link.undo_steps] == [
        "Faderbot: auto-mix (3 tracks)",
        "Faderbot: auto-mix (3 tracks), again",
    ]
    undo_last(ReaperDaw(link, ""), journal)
    assert link.now == first
    undo_last(ReaperDaw(link, ""), journal)
    assert link.now == found


def test_a_project_saved_under_another_name_since_is_known_by_its_tracks(journal):
    link = MemoryLink()
    found = link.now
    mixed(link, journal)
    link.now = link.now.model_copy(update={"path": "/songs/saved as.RPP", "name": "saved as"})
    undo_last(ReaperDaw(link, ""), journal)
    assert link.now.tracks == found.tracks


def test_another_project_that_was_never_saved_either_is_left_alone(journal):
    link = MemoryLink(survey(path="", name=""))
    mixed(link, journal)
    other = MemoryLink(survey(track("Piano"), path="", name=""))
    before = other.now
    with pytest.raises(JournalError, match="no track of that job"):
        undo_last(ReaperDaw(other, ""), journal)
    assert other.now == before
    assert states(journal) == [State.DONE]


def test_nothing_is_written_while_a_recording_has_begun(journal):
    link = MemoryLink()
    link.before["audio"] = lambda link: setattr(link, "now", link.now.model_copy(update={"play_state": 5}))
    with pytest.raises(DawError, match="is recording"):
        mixed(link, journal)
    assert "write" not in link.calls
    link.before.clear()
    link.now = link.now.model_copy(update={"play_state": 0})
    mixed(link, journal)
    link.now = link.now.model_copy(update={"play_state": 5})
    with pytest.raises(DawError, match="is recording"):
        undo_last(ReaperDaw(link, ""), journal)


def test_the_peak_that_was_measured_is_told_before_the_estimate(journal):
    link = MemoryLink()
    link.loudness = Loudness(-20.0, 0.7)
    assert any("true peak +0.7 dBTP on the master" in note for note in mixed(link, journal).notes)
    link.loudness = Loudness(-20.0, -3.0)
    assert not any("true peak" in note for note in mixed(link, journal, replace(WISH, loudness_lufs=-19.0)).notes)


def test_there_is_nothing_to_undo_twice_or_in_another_project(journal):
    link = MemoryLink()
    mixed(link, journal)
    other = MemoryLink(survey(track("Piano"), path="/songs/other.RPP"))
    with pytest.raises(Exception, match=r"nothing of Faderbot's to undo in /songs/other\.RPP"):
        undo_last(ReaperDaw(other, ""), journal)
    undo_last(ReaperDaw(link, ""), journal)
    with pytest.raises(Exception, match=r"nothing of Faderbot's to undo"):
        undo_last(ReaperDaw(link, ""), journal)


def test_a_project_tab_switched_in_the_middle_is_not_written(journal):
    link = MemoryLink()
    mine, other = link.now, survey(path="/songs/other.RPP", name="other")
    link.before["audio"] = lambda link: setattr(link, "now", other)
    with pytest.raises(DawError, match=r"REAPER now shows /songs/other\.RPP, not /songs/song\.RPP"):
        mixed(link, journal)
    assert link.now == other
    assert mine != other


def test_values_are_the_same_within_what_daws_keep():
    assert same(1.0, 1.0 + 1e-6)
    assert not same(1.0, 1.01)
    assert not same(1.0, None)
    assert not same((), 1.0)
    assert same(0.0, 0.0)


def test_settings_are_read_back_as_settings():
    assert isinstance(ReaperDaw(MemoryLink(), "").read().settings, Settings)
    assert np.isfinite(ReaperDaw(MemoryLink(), "").read().settings.master_gain_db)
