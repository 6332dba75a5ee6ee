"""Which job an undo takes back, where jobs came by several ways into one REAPER."""

from dataclasses import dataclass

import pytest

from agent.mixing import Wish
from bridge.comparing import Side, compare
from bridge.desk_daw import DeskDaw
from bridge.journal import Journal, JournalError, State
from bridge.live_job import mix_live
from bridge.reaper.daw import ReaperDaw
from bridge.reaper.survey import MASTER, TrackWrite, Write
from bridge.reaper.web_faders import WebFaders
from bridge.stems_audio import StemsAudio
from bridge.undoing import undo_last
from tests.mixes import POLICY, write_song
from tests.reapers import MemoryLink, survey, track

HERE, STUDIO = "127.0.0.1:2307", "studio:2307"
LOUD, QUIET = Wish(loudness_lufs=-16.0), Wish(loudness_lufs=-24.0)


@dataclass(frozen=True)
class Strip:
    number: int
    name: str
    gain_linear: float
    pan: float
    muted: bool = False
    soloed: bool = False
    selected: bool = False


@dataclass(frozen=True)
class Transport:
    play_state: int = 0


@dataclass
class WebOf:
    """The web interface of the REAPER that a link leads to."""

    link: MemoryLink

    def tracks(self):
        now = self.link.now
        return [Strip(k, t.name, t.gain_linear, t.pan) for k, t in enumerate((now.master, *now.tracks))]

    def transport(self):
        return Transport()

    def set_gains(self, gains_linear, undo_name):
        guids = [MASTER, *(t.guid for t in self.link.now.tracks)]
        wanted = tuple(TrackWrite(guid=guids[number], gain_linear=gain) for number, gain in gains_linear.items())
        self.link.write(Write(undo_name=undo_name, tracks=wanted))


@pytest.fixture(scope="module")
def stems(tmp_path_factory):
    return StemsAudio.open(write_song(tmp_path_factory.mktemp("stems")))


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def whole(link, where=HERE):
    return ReaperDaw(link, where)


def faders(link, stems=None, where=HERE):
    return DeskDaw(WebFaders(WebOf(link)), where, stems)


def mix(daw, journal, wish):
    mix_live(daw, wish, POLICY, journal, daw.read())


def states(journal):
    """The newest first."""
    return [entry.state for _, entry in journal.entries()]


def damaged(journal, name):
    path = journal.folder / name
    path.write_text("no json")
    return path


@pytest.fixture
def twice(journal, stems):
    """A REAPER that was mixed through reapy and then over its faders alone: the link, as it was before and between."""
    link = MemoryLink()
    before = link.now
    mix(whole(link), journal, QUIET)
    between = link.now
    mix(faders(link, stems), journal, LOUD)
    assert link.now != between
    return link, before, between


def gains(found):
    return [t.gain_linear for t in (found.master, *found.tracks)]


def test_a_newer_job_over_faders_alone_is_the_last_one(journal, twice):
    link, before, between = twice
    undone = undo_last(whole(link), journal, others=[faders(link)])
    assert gains(link.now) == pytest.approx(gains(between), rel=1e-6)
    assert states(journal) == [State.UNDONE, State.DONE]
    assert undone.entry.project == "the open project"
    undo_last(whole(link), journal, others=[faders(link)])
    assert gains(link.now) == pytest.approx(gains(before), rel=1e-6)
    assert states(journal) == [State.UNDONE, State.UNDONE]


def test_where_it_can_not_be_reached_the_user_is_told_what_to_type(journal, twice):
    link, _, _ = twice
    now = link.now
    with pytest.raises(JournalError, match="faderbot undo STEMS_DIR") as caught:
        undo_last(whole(link), journal)
    newest = next(iter(journal.entries()))[0]
    assert f"move {newest} away" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert link.now == now
    assert states(journal) == [State.DONE, State.DONE]


def test_from_the_faders_a_newer_job_through_reapy_is_not_passed_over(journal, stems):
    link = MemoryLink()
    mix(faders(link, stems), journal, QUIET)
    mix(whole(link), journal, LOUD)
    now = link.now
    with pytest.raises(JournalError, match=r"came through reapy or Faderbot's own script: .* faderbot undo"):
        undo_last(faders(link), journal)
    assert link.now == now
    undo_last(whole(link), journal, others=[faders(link)])
    undo_last(faders(link), journal)
    assert gains(link.now) == pytest.approx([1.0] * 4)


def test_a_newer_job_that_does_not_stand_in_this_project_is_anothers(journal, stems):
    mine, other = MemoryLink(), MemoryLink(survey(*(track(n) for n in ("Bass", "Kick")), path="/songs/other.RPP"))
    before = mine.now
    mix(whole(mine), journal, QUIET)
    mix(faders(other, stems), journal, LOUD)
    undo_last(whole(mine), journal, others=[faders(mine)])
    assert mine.now.tracks == before.tracks
    assert states(journal) == [State.DONE, State.UNDONE]


def test_a_newer_job_on_another_machine_is_none_of_this_one(journal, stems):
    link, elsewhere = MemoryLink(), MemoryLink()
    before = link.now
    mix(whole(link), journal, QUIET)
    mix(faders(elsewhere, stems, STUDIO), journal, LOUD)
    undo_last(whole(link), journal)
    assert link.now.tracks == before.tracks
    with pytest.raises(JournalError, match="nothing of Faderbot's to undo"):
        undo_last(faders(link), journal)
    assert states(journal) == [State.DONE, State.UNDONE]


def test_no_older_job_is_undone_in_place_of_one_that_can_not_be_read(journal):
    link = MemoryLink()
    before = link.now
    mix(whole(link), journal, QUIET)
    mixed = link.now
    newer = damaged(journal, "9999-01-01T000000.000000Z-001.json")
    with pytest.raises(JournalError, match="may be of a job newer than Faderbot: auto-mix") as caught:
        undo_last(whole(link), journal)
    assert str(newer) in str(caught.value)
    assert link.now == mixed
    newer.rename(newer.with_suffix(".damaged"))
    undo_last(whole(link), journal)
    assert link.now == before


def test_an_older_file_that_can_not_be_read_is_in_nobodys_way(journal):
    link = MemoryLink()
    before = link.now
    mix(whole(link), journal, QUIET)
    damaged(journal, "2001-01-01T000000.000000Z-001.json")
    undo_last(whole(link), journal)
    assert link.now == before


def test_where_there_is_nothing_to_undo_but_a_file_that_can_not_be_read_it_is_named(journal):
    journal.folder.mkdir()
    path = damaged(journal, "2026-01-01T000000.000000Z-001.json")
    with pytest.raises(JournalError, match="nothing of Faderbot's to undo") as caught:
        undo_last(whole(MemoryLink()), journal)
    assert str(path) in str(caught.value)


def test_a_newer_job_that_is_compared_is_the_last_one_whichever_side_is_up(journal, twice):
    link, _, between = twice
    assert compare(whole(link), journal, others=[faders(link)]).up is Side.BEFORE
    undone = undo_last(whole(link), journal, others=[faders(link)])
    assert undone.entry.project == "the open project"
    assert states(journal) == [State.UNDONE, State.DONE]
    assert gains(link.now) == pytest.approx(gains(between), rel=1e-3)
