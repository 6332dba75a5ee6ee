import pytest

from agent.daw import SessionUnreadable, WriteRefused
from bridge.changes import Change, MidiNote
from bridge.comparing import compare
from bridge.journal import Entry, Journal, JournalError, State, now
from bridge.last_job import last_job
from bridge.live import SessionMoved, takes_midi
from bridge.live_command import _on_undone
from bridge.live_job import LeftInBetween
from bridge.made_track import add_track
from bridge.reaper.daw import ReaperDaw
from bridge.undoing import undo_last
from tests.reapers import Gone, MemoryLink, item, moved, survey

NAME, STEP = "Faderbot drums", "Faderbot: rock drums (2 bars)"
NOTES = (MidiNote(0.0, 0.1, 36, 110), MidiNote(0.0, 0.1, 42, 80), MidiNote(0.5, 0.6, 38, 100))
WORDS = f"the track “{NAME}” with 3 notes"


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


@pytest.fixture
def link():
    return MemoryLink()


def added(link, journal, **how):
    return add_track(daw(link), journal, NAME, NOTES, **{"start_s": 0.0, "end_s": 1.0, "undo_name": STEP, **how})


def daw(link):
    return ReaperDaw(link, "127.0.0.1:2307")


def names(link):
    return [track.name for track in link.now.tracks]


def last_entry(journal):
    return next(journal.entries())[1]


def gone(_link):
    raise Gone("REAPER does not answer")


def test_the_track_is_journalled_before_it_is_written_and_read_back_after(link, journal):
    found = []
    link.before["add_midi"] = lambda _link: found.append(last_entry(journal))
    made = added(link, journal)
    assert (found[0].state, found[0].made.notes, found[0].made.key) == (State.WRITING, NOTES, "")
    assert names(link)[-1] == NAME
    assert [name for name, _ in link.undo_steps] == [STEP]
    entry = last_entry(journal)
    assert (entry.state, entry.changes, entry.made) == (State.DONE, (), made)
    assert link.midi_notes(made.key) == NOTES
    assert entry.size == WORDS


def test_a_second_part_has_a_step_of_another_name(link, journal):
    for _ in range(3):
        added(link, journal)
    assert [name for name, _ in link.undo_steps] == [STEP, f"{STEP}, again", STEP]
    undo_last(daw(link), journal)
    assert names(link).count(NAME) == 2


@pytest.mark.parametrize(
    "changed",
    [
        NOTES[:2],
        (*NOTES[:2], NOTES[2]._replace(velocity=99)),
        (*NOTES[:2], NOTES[2]._replace(start_s=0.5012)),
        (*NOTES[:2], NOTES[2]._replace(pitch=40)),
    ],
)
def test_notes_that_read_back_otherwise_take_the_track_away(link, journal, changed):
    link.before["midi_notes"] = lambda link: link.midi.update(dict.fromkeys(link.midi, changed))
    found = link.now
    with pytest.raises(WriteRefused, match="did not take the notes"):
        added(link, journal)
    assert (link.now, last_entry(journal).state) == (found, State.UNDONE)


def test_a_tick_of_rounding_is_no_difference(link, journal):
    near = (NOTES[1], NOTES[0]._replace(start_s=0.0009), NOTES[2]._replace(end_s=0.5992))
    link.before["midi_notes"] = lambda link: link.midi.update(dict.fromkeys(link.midi, near))
    assert added(link, journal).key


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("disk full")])
def test_what_can_not_be_delivered_takes_the_track_away(link, journal, error):
    def fail():
        raise error

    found = link.now
    with pytest.raises(type(error)):
        added(link, journal, deliver=fail)
    assert (link.now, last_entry(journal).state) == (found, State.UNDONE)


def test_a_daw_that_vanishes_leaves_what_undo_needs(link, journal):
    link.before["added"] = lambda link: link.before.update(dict.fromkeys(("midi_notes", "survey"), gone))
    with pytest.raises(LeftInBetween, match="`faderbot undo` takes it away"):
        added(link, journal)
    link.before.clear()
    assert last_entry(journal).state is State.WRITING
    undone = undo_last(daw(link), journal)
    assert (undone.restored, names(link).count(NAME)) == ((WORDS,), 0)


def test_a_track_whose_key_was_never_told_is_known_by_its_notes(link, journal):
    def cut_off(link):
        link.before |= dict.fromkeys(("midi_notes", "survey"), gone)
        raise Gone("REAPER does not answer")

    link.before["added"] = cut_off
    with pytest.raises(LeftInBetween):
        added(link, journal)
    assert last_entry(journal).made.key == ""
    link.before.clear()
    assert undo_last(daw(link), journal).restored == (WORDS,)
    assert names(link) == [track.name for track in survey().tracks]


def test_nothing_is_written_while_reaper_records_or_shows_another_project(link, journal):
    reaper = daw(link)
    reaper.read()
    link.now = link.now.model_copy(update={"play_state": 5})
    with pytest.raises(SessionUnreadable, match="recording"):
        add_track(reaper, journal, NAME, NOTES, start_s=0.0, end_s=1.0, undo_name=STEP)
    link.now = link.now.model_copy(update={"play_state": 0, "path": "/songs/other.RPP"})
    with pytest.raises(SessionMoved):
        add_track(reaper, journal, NAME, NOTES, start_s=0.0, end_s=1.0, undo_name=STEP)
    assert (link.undo_steps, list(journal.entries())) == ([], [])


def test_where_a_tick_is_longer_than_that_half_of_it_is_near_enough(journal):
    slow = MemoryLink(survey(tempo_bpm=30.0))
    near = (*NOTES[:2], NOTES[2]._replace(start_s=0.502))
    slow.before["midi_notes"] = lambda link: link.midi.update(dict.fromkeys(link.midi, near))
    assert added(slow, journal).within_s == pytest.approx(0.00208, abs=1e-5)


# Undo


def test_undo_is_the_daws_own_where_the_step_is_the_last_one(link, journal):
    found = link.now
    added(link, journal)
    undone = undo_last(daw(link), journal)
    assert (link.now, link.undo_steps) == (found, [])
    assert list(_on_undone(undone)) == [f"Undone: {undone.entry.title}", f"{WORDS} is gone again"]
    assert last_entry(journal).state is State.UNDONE


def test_undo_deletes_that_track_and_nothing_else_where_the_user_went_on(link, journal):
    added(link, journal)
    link.step("user", moved("Bass", 0.3))
    undo_last(daw(link), journal)
    assert (NAME in names(link), link.fader("Bass")) == (False, 0.3)
    assert link.calls.count("delete_track") == 1


@pytest.mark.parametrize("worked", ["notes", "items", "effects"])
def test_a_track_that_was_worked_on_is_left_and_that_is_said(link, journal, worked):
    made = added(link, journal)

    def change(now):
        more = {
            "items": {"items": (item(), item())},
            "effects": {"effects": ({"guid": "{sampler}", "name": "VSTi: Drums"},)},
        }
        tracks = (type(t).model_validate({**t.model_dump(), **more.get(worked, {})}) for t in now.tracks)
        return now.model_copy(update={"tracks": tuple(tracks)})

    if worked == "notes":
        link.midi[made.key] = (*NOTES, MidiNote(0.75, 0.8, 38, 60))
    link.step("user", change)
    undone = undo_last(daw(link), journal)
    assert (undone.restored, undone.left, NAME in names(link)) == ((), (WORDS,), True)
    assert list(_on_undone(undone)) == [
        f"Left: {WORDS} was worked on since: delete it there (--all does, where only notes were changed)"
    ]
    assert last_entry(journal).state is State.DONE
    undo_last(daw(link), journal, everything=True)
    assert (NAME in names(link)) == (worked != "notes")


def test_a_track_that_the_user_deleted_is_said_to_be_gone(link, journal):
    added(link, journal)
    link.undo()
    undone = undo_last(daw(link), journal)
    assert undone.gone == (WORDS,)
    with pytest.raises(JournalError, match="nothing of Faderbot's to undo"):
        undo_last(daw(link), journal)


def test_a_mix_before_the_drums_is_undone_after_them(link, journal):
    reaper = daw(link)
    bass = Change(track="{Bass}", name="Bass", what="fader", found=1.0, wanted=0.5)
    told = {"daw": reaper.name, "where": reaper.where, "project": reaper.project, "undo_name": "Faderbot: auto-mix"}
    journal.open(Entry(at=now(), state=State.DONE, changes=(bass,), **told))
    reaper.put((bass,), "Faderbot: auto-mix")
    added(link, journal)
    undo_last(daw(link), journal)
    assert (NAME in names(link), link.fader("Bass")) == (False, 0.5)
    assert undo_last(daw(link), journal).entry.undo_name == "Faderbot: auto-mix"
    assert (link.undo_steps, link.fader("Bass")) == ([], 1.0)


def test_a_project_saved_under_another_name_is_known_by_its_track(link, journal):
    added(link, journal)
    link.now = link.now.model_copy(update={"path": "/songs/new name.RPP"})
    assert last_job(daw(link), journal).entry.undo_name == STEP
    link.now = survey(path="/songs/other.RPP")
    with pytest.raises(JournalError, match="nothing of Faderbot's to undo"):
        last_job(daw(link), journal)


def test_there_is_nothing_to_compare(link, journal):
    added(link, journal)
    with pytest.raises(JournalError, match="nothing to compare"):
        compare(daw(link), journal)
    assert NAME in names(link)


def test_reaper_takes_midi(link):
    assert takes_midi(daw(link))
