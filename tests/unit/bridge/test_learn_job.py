"""Learning from a REAPER in memory, and from the project that a mix wrote: what teaches, and what does not."""

import math
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.mixing import Wish
from agent.roles import Role
from agent.taste import Knob, Preference, taste
from bridge.comparing import compare
from bridge.document import document
from bridge.embedded import EmbeddedDaw
from bridge.jobs import preview_mix
from bridge.journal import Journal, JournalError
from bridge.learn_job import lesson_in_daw, lesson_in_files
from bridge.live_job import mix_live
from bridge.outputs import reaper_project
from bridge.reaper.daw import ReaperDaw
from bridge.taste_file import TasteError
from bridge.undoing import undo_last
from tests.mixes import POLICY, song, trained, write_song
from tests.reapers import MemoryLink, deleted, moved

AT = "2026-11-24T17:00:00Z"


@cache
def mix_of(wish):
    with TemporaryDirectory() as folder:
        link, journal = MemoryLink(), Journal(Path(folder))
        daw = ReaperDaw(link, "127.0.0.1:2307")
        mix_live(daw, wish, POLICY, journal, daw.read())
        return link.now, link.undo_steps, next(journal.entries())[1]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path)


def mixed(journal, wish=Wish(style_name="pop")):  # noqa: B008 - frozen
    link = MemoryLink()
    link.now, link.undo_steps[:], entry = mix_of(wish)
    journal.open(entry)
    return link


def turned(link, name, by_db):
    link.step("by hand", moved(name, link.fader(name) * 10 ** (by_db / 20)))


def daw_of(link):
    return ReaperDaw(link, "127.0.0.1:2307")


def learned(link, journal):
    return lesson_in_daw(daw_of(link), journal, AT)


def test_a_fader_moved_after_the_mix_is_the_lesson_and_nothing_is_written_to_the_daw(journal):
    link = mixed(journal)
    turned(link, "Bass", 2.0)
    before, writes = link.now, len(link.written)
    (one,) = learned(link, journal).preferences
    assert (one.role, one.style, one.knob, one.session, one.at) == (Role.BASS, "pop", Knob.LEVEL, "song", AT)
    assert one.moved_db == pytest.approx(2.0, abs=0.01)
    assert (link.now, len(link.written)) == (before, writes)


def bands_changed(name, change):
    """Return a change of the EQ that the mix put on a track: ``change`` of its bands, None takes it away."""

    def changed(track):
        if track.name != name:
            return track
        (mine,) = track.effects
        effects = () if change is None else (mine.model_copy(update={"bands": change(mine.bands)}),)
        return track.model_copy(update={"effects": effects})

    return lambda now: now.model_copy(update={"tracks": tuple(map(changed, now.tracks))})


def band_turned(at, by_db):
    def change(bands):
        turned_one = bands[at].model_copy(update={"gain_db": bands[at].gain_db + by_db})
        return (*bands[:at], turned_one, *bands[at + 1 :])

    return change


def equalised(link):
    """Return the name of a track that the mix gave an EQ to."""
    return next(track.name for track in link.now.tracks if track.effects)


def test_an_eq_band_that_was_turned_is_a_lesson_as_it_is(journal):
    link = mixed(journal)
    link.step("by hand", bands_changed(equalised(link), band_turned(3, -2.0)))
    (one,) = learned(link, journal).preferences
    assert (one.knob, one.style) == (Knob.HIGH, "pop")
    assert one.moved_db == pytest.approx(-2.0, abs=0.01)


def test_a_band_that_was_switched_off_is_turned_to_flat(journal):
    link = mixed(journal)
    gains_db = []

    def off(bands):
        gains_db.extend(band.gain_db for band in bands)
        return tuple(band.model_copy(update={"enabled": False}) for band in bands)

    link.step("by hand", bands_changed(equalised(link), off))
    moved_db = {one.knob: one.moved_db for one in learned(link, journal).preferences}
    bands = dict(zip(tuple(Knob)[1:], gains_db, strict=False))
    assert moved_db == pytest.approx({knob: -db for knob, db in bands.items() if abs(db) >= 0.5}, abs=0.01)


def test_an_eq_that_is_gone_teaches_nothing_of_it_and_is_named(journal):
    link = mixed(journal)
    name = equalised(link)
    link.step("by hand", bands_changed(name, None))
    turned(link, "Bass", 2.0)
    lesson = learned(link, journal)
    assert [(one.role, one.knob) for one in lesson.preferences] == [(Role.BASS, Knob.LEVEL)]
    assert f"the EQ of {name}" in lesson.left[0]


def test_it_is_the_same_lesson_when_it_is_asked_for_again(journal):
    link = mixed(journal)
    turned(link, "Bass", 2.0)
    assert learned(link, journal) == learned(link, journal)


def test_a_track_that_is_gone_is_named_and_the_others_still_teach(journal):
    link = mixed(journal)
    turned(link, "Bass", 2.0)
    link.step("gone", deleted("Kick"))
    lesson = learned(link, journal)
    assert [one.role for one in lesson.preferences] == [Role.BASS, Role.LEAD_VOCAL]  # only against each other
    assert "Kick" in lesson.left[0]


def test_a_project_that_lost_most_of_its_tracks_is_another(journal):
    link = mixed(journal)
    for name in ("Kick", "Bass"):
        link.step("gone", deleted(name))
    with pytest.raises(TasteError, match="the project changed since"):
        learned(link, journal)


def test_nothing_moved_is_nothing_learned(journal):
    with pytest.raises(TasteError, match="nothing was moved"):
        learned(mixed(journal), journal)


def test_without_a_mix_there_is_nothing_to_learn_from(journal):
    with pytest.raises(JournalError, match="nothing of Faderbot's to learn from"):
        learned(MemoryLink(), journal)


def test_a_mix_that_is_not_up_is_not_taken_for_a_hand(journal):
    link = mixed(journal)
    compare(daw_of(link), journal)
    with pytest.raises(TasteError, match="is not up"):
        learned(link, journal)


def test_a_mix_that_was_undone_teaches_nothing(journal):
    link = mixed(journal)
    undo_last(daw_of(link), journal)
    with pytest.raises(JournalError, match="to learn from"):
        learned(link, journal)


def test_a_mix_that_went_half_way_tells_nothing_of_its_targets(journal):
    with pytest.raises(TasteError, match=r"only 0\.5 of its way"):
        learned(mixed(journal, Wish(strength=0.5)), journal)


def test_the_next_mix_follows_by_the_shift_and_its_own_taste_is_no_move(journal):
    liked = taste([Preference(Role.BASS, "pop", Knob.LEVEL, 2.0)], "pop")
    plain, shifted = mixed(journal), MemoryLink()
    daw = daw_of(shifted)
    made = mix_live(daw, Wish(style_name="pop", taste=liked), POLICY, journal, daw.read())
    against = [20 * math.log10(link.fader("Bass") / link.fader("Kick")) for link in (plain, shifted)]
    assert against[1] - against[0] == pytest.approx(1.0, abs=0.01)
    assert "your taste: bass +1.0 dB, from 1 lesson" in made.notes
    turned(shifted, "Bass", 1.0)
    (one,) = learned(shifted, journal).preferences
    assert (one.moved_db, one.taste_db) == (pytest.approx(1.0, abs=0.01), 1.0)


def mix_files(folder):
    stems = write_song(folder / "stems", rate_hz=16_000)
    daw = EmbeddedDaw.open_stems(stems)
    made = preview_mix(daw, Wish(), POLICY)
    files = [stem.path for stem in daw.stems]
    (folder / "mix.json").write_text(document(made, trained(), files, style="balanced").text())
    project, _ = reaper_project(made.session, made.settings, daw.stems, folder)
    (folder / "mix.RPP").write_text(project)
    return project


def test_a_fader_moved_in_the_project_that_a_mix_wrote_is_a_lesson_too(tmp_path):
    project = mix_files(tmp_path)
    with pytest.raises(TasteError, match="nothing was moved"):
        lesson_in_files(tmp_path / "mix.json", tmp_path / "mix.RPP", AT)
    head, track = project.split('NAME "Bass"', 1) if 'NAME "Bass"' in project else project.split("NAME Bass", 1)
    before, line = track.split("VOLPAN ", 1)
    gain, rest = line.split(" ", 1)
    edited = f"{head}NAME Bass{before}VOLPAN {float(gain) * 10 ** (3.0 / 20)} {rest}"
    (tmp_path / "mine.RPP").write_text(edited)
    (one,) = lesson_in_files(tmp_path / "mix.json", tmp_path / "mine.RPP", AT).preferences
    assert (one.role, one.style, one.knob) == (Role.BASS, "balanced", Knob.LEVEL)
    assert one.moved_db == pytest.approx(3.0, abs=0.01)


def test_a_file_that_is_no_mix_is_said_in_one_line(tmp_path):
    (tmp_path / "mix.json").write_text("{}")
    with pytest.raises(TasteError, match=r"is no mix\.json"):
        lesson_in_files(tmp_path / "mix.json", tmp_path / "mix.RPP", AT)
    with pytest.raises(TasteError, match="can not be read"):
        lesson_in_files(tmp_path / "none.json", tmp_path / "mix.RPP", AT)


def test_without_a_taste_a_mix_is_what_it_was():
    assert (
        preview_mix(song(), Wish(), POLICY).settings
        == preview_mix(song(), Wish(taste=taste([], "pop")), POLICY).settings
    )
