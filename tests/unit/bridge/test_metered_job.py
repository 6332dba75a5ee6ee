from dataclasses import replace

import pytest

from agent.daw import DawError, SessionUnreadable, WriteRefused
from agent.mixing import Wish
from agent.policy import shipped
from agent.tempo import TempoGoal
from bridge.gains import gain_db
from bridge.journal import Journal, JournalError, State
from bridge.live import SessionMoved
from bridge.live_job import LeftInBetween
from bridge.metered_job import mix_live_by_meters
from bridge.undoing import undo_last
from tests.mixes import described
from tests.playing import PlayedDaw, SentDaw
from tests.reapers import Gone
from tests.sessions import Song, song

OFF_DB = [6.0, -8.0, 3.0, -7.0, 9.0]
TABLE, _ = shipped()


@pytest.fixture(scope="module")
def made() -> Song:
    return song(30.0)


@pytest.fixture
def daw(made) -> PlayedDaw:
    return PlayedDaw(made, made.settings(OFF_DB))


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path / "journal")


class Told:
    """Remembers what a job says."""

    def __init__(self):
        self.stages, self.words, self.shares = [], [], []

    def begin(self, stage, total):
        self.stages.append(stage.value)

    def advance(self, by):
        self.shares.append(by)

    def say(self, words):
        self.words.append(words)


def mixed(daw, journal, wish=None, **how):
    return mix_live_by_meters(
        daw, wish or Wish(), TABLE, journal, daw.read(), budget_s=how.pop("budget_s", 25.0), clock=daw.clock, **how
    )


def states(journal):
    return [entry.state for _, entry in journal.entries()]


def gone(_daw):
    raise Gone("REAPER does not answer")


def after(count, act):
    """Return what acts at the call of that number."""
    left = [count]

    def at(daw):
        left[0] -= 1
        if left[0] == 0:
            act(daw)

    return at


def test_the_mix_is_one_step_from_where_the_session_stood(daw, journal):
    found = dict(daw.gains)
    result = mixed(daw, journal)
    assert [(name, before) for name, before in daw.steps] == [("Faderbot: auto-mix (5 tracks)", found)]
    stands = daw.settings
    assert [s.gain_db for s in stands.strips] == pytest.approx([s.gain_db for s in result.settings.strips])
    assert stands.master_gain_db == pytest.approx(result.settings.master_gain_db)
    assert "nudge" in daw.calls
    assert not daw.playing
    assert states(journal) == [State.DONE, State.UNDONE]


def test_the_report_says_how_sure_it_is_and_what_was_not_heard(made, journal):
    quiet = replace(made, audio=made.audio * [[[1.0]], [[1.0]], [[0.0]], [[1.0]], [[1.0]]])
    daw = PlayedDaw(quiet, made.settings(OFF_DB))
    document = described(mixed(daw, journal))
    note = next(note for note in document.notes if note.startswith("mixed by meters alone"))
    assert "s of them" in note
    assert "1 σ" in note
    assert "not moved, since they never sounded while it was listened: Keys" in document.notes


def test_every_try_is_told_and_the_bar_comes_to_its_end(daw, journal):
    told = Told()
    mixed(daw, journal, progress=told)
    assert told.stages[0] == "hear"
    assert told.words[0] == "listening"
    assert [words for words in told.words if words.startswith("trying ")]
    assert sum(told.shares) <= 1.0 + 1.0 + 1e-9  # hearing, then measuring


def test_a_dry_run_plays_and_moves_nothing(daw, journal):
    found = dict(daw.gains)
    result = mixed(daw, journal, dry_run=True)
    assert (daw.gains, daw.steps, states(journal)) == (found, [], [])
    assert "nudge" not in daw.calls
    assert result.settings != result.session.settings
    assert not daw.playing


def test_silence_is_told_and_the_transport_left_as_it_was(made, journal):
    daw = PlayedDaw(replace(made, audio=made.audio * 0.0), made.settings(OFF_DB))
    with pytest.raises(SessionUnreadable, match="no meter moved"):
        mixed(daw, journal, budget_s=5.0)
    assert not daw.playing


def test_it_stops_listening_where_the_song_is_over(made, journal):
    daw = PlayedDaw(made, made.settings(OFF_DB))
    mixed(daw, journal, budget_s=1000.0)
    assert daw.clock() < 30.0 + 60.0


@pytest.mark.parametrize("call", [2, 5, 9])
def test_ctrl_c_while_faders_are_tried_leaves_the_session_as_it_was(daw, journal, call):
    def interrupted(_daw):
        raise KeyboardInterrupt

    found = dict(daw.gains)
    daw.before["standing"] = after(call, interrupted)
    with pytest.raises(KeyboardInterrupt):
        mixed(daw, journal)
    assert daw.gains == pytest.approx(found)
    assert daw.steps == []
    assert not daw.playing
    assert states(journal) == [State.UNDONE]


def test_a_fader_that_somebody_moves_meanwhile_ends_it_and_stays(daw, journal):
    found = dict(daw.gains)

    def moved(daw):
        daw.gains = {key: 0.123 if key in daw.moved else gain for key, gain in daw.gains.items()}

    daw.moved = daw.keys  # whichever is tried first, somebody moved it
    daw.before["nudge"] = lambda daw: daw.before.update(standing=after(2, moved))
    with pytest.raises((SessionMoved, WriteRefused)):
        mixed(daw, journal)
    assert daw.steps == []
    assert found != daw.gains


def tried(daw):
    """Return the keys of two faders that were tried and stand elsewhere."""
    found = daw.before_tries
    return [key for key in daw.keys if daw.gains[key] != found[key]][:2]


def at_the_end(daw, act):
    """Act once the song is over and two faders at least stand elsewhere: no try follows."""
    daw.before_tries = dict(daw.gains)

    def looked(daw):
        if not daw.meters.plays and len(tried(daw)) == 2:
            daw.before.clear()
            act(daw)

    daw.before["frames"] = looked


def test_a_fader_that_somebody_moves_once_no_try_follows_stays_and_nothing_is_written(daw, journal):
    at_the_end(daw, lambda daw: daw.gains.update({tried(daw)[0]: 0.123}))
    with pytest.raises(SessionMoved, match="moved while it was listened to"):
        mixed(daw, journal, budget_s=40.0)
    assert daw.steps == []
    assert [gain for gain in daw.gains.values() if gain not in daw.before_tries.values()] == [0.123]
    assert not daw.playing


def test_a_track_that_goes_while_faders_are_tried_leaves_no_other_fader_in_between(daw, journal):
    def refused(changes):
        if any(change.track not in daw.gains for change in changes):
            raise WriteRefused("a track is no longer in the project")
        daw.gains |= {change.track: change.wanted for change in changes}

    daw.nudge = refused
    at_the_end(daw, lambda daw: daw.gains.pop(tried(daw)[0]))
    with pytest.raises(SessionMoved):
        mixed(daw, journal, budget_s=40.0)
    assert daw.gains == pytest.approx({key: gain for key, gain in daw.before_tries.items() if key in daw.gains})
    assert len(daw.gains) == len(daw.before_tries) - 1
    assert not daw.playing
    assert states(journal) == [State.UNDONE]


def test_a_daw_that_does_not_take_its_faders_back_is_stopped_all_the_same(daw, journal):
    def refuses(_changes):
        raise WriteRefused("no")

    daw.before["standing"] = after(3, lambda daw: setattr(daw, "nudge", refuses))
    with pytest.raises(LeftInBetween):
        mixed(daw, journal)
    assert not daw.playing


def test_a_daw_that_vanishes_says_what_stands_and_a_later_undo_restores_all(daw, journal):
    found = dict(daw.gains)

    def vanish(daw):
        daw.before |= dict.fromkeys(("nudge", "standing", "frames", "stop", "put"), gone)
        raise Gone("REAPER does not answer")

    daw.before["frames"] = after(28, vanish)
    with pytest.raises(LeftInBetween, match="faderbot undo"):
        mixed(daw, journal)
    assert states(journal) == [State.TRYING]
    assert daw.gains != found
    daw.before.clear()
    undone = undo_last(daw, journal)
    assert daw.gains == pytest.approx(found)
    assert undone.left == ()


def test_no_journal_no_touch(daw, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError):
        mixed(daw, Journal(tmp_path / "file" / "journal"))
    assert daw.calls == []


def test_a_fader_that_is_not_taken_is_told_and_all_is_put_back(daw, journal):
    found = dict(daw.gains)
    stuck = daw.keys[0]

    def nudge(changes):
        daw.gains |= {change.track: change.wanted for change in changes if change.track != stuck}

    daw.nudge = nudge
    with pytest.raises(DawError, match="did not take"):
        mixed(daw, journal)
    assert daw.gains == pytest.approx(found)


def test_a_mix_that_needs_no_move_tries_none(made, journal):
    daw = PlayedDaw(made, made.settings(OFF_DB))
    mixed(daw, journal, Wish(strength=0.0))
    assert "nudge" not in daw.calls
    assert daw.steps == []


def test_no_fader_is_tried_beyond_its_end(made, journal):
    daw = PlayedDaw(made, made.settings([0.0, -30.0, 0.0, -30.0, 0.0]))
    daw.fader_highest_db = daw.master_highest_db = -24.0 + 6.0
    tried = []
    daw.before["standing"] = lambda daw: tried.append(dict(daw.gains))
    mixed(daw, journal)
    quiet = [gain_db(gains[daw.keys[1]]) for gains in tried]
    assert max(quiet) <= daw.fader_highest_db + 1e-6
    assert max(quiet) > -30.0


def at_the_end_only(made, track, seconds):
    audio = made.audio.copy()
    audio[track, : -round(seconds * made.rate_hz)] = 0.0
    return replace(made, audio=audio)


def test_a_song_longer_than_the_time_is_heard_in_places_all_over_it(made, journal):
    song = at_the_end_only(made, 3, 2.0)
    daw = SentDaw(song, song.settings(OFF_DB))
    result = mixed(daw, journal, budget_s=15.0)
    assert daw.places == pytest.approx([5.5, 11.0, 16.5, 22.0, 27.5])
    assert daw.calls.count("play") == daw.calls.count("stop") == 1
    assert daw.meters.played_s <= 15.0 + 3.0  # the move that was under way, and its falling meters
    assert result.settings.strips[3].gain_db != OFF_DB[3]
    assert set(states(journal)) == {State.UNDONE, State.DONE}  # the tries, and the mix


def test_a_song_that_can_only_be_played_through_is_heard_from_its_start(made, journal):
    song = at_the_end_only(made, 3, 2.0)
    result = mixed(PlayedDaw(song, song.settings(OFF_DB)), journal, budget_s=15.0)
    assert result.settings.strips[3].gain_db == pytest.approx(OFF_DB[3])


def test_a_song_that_fits_into_the_time_is_heard_without_a_jump(made, journal):
    daw = SentDaw(made, made.settings(OFF_DB))
    mixed(daw, journal, budget_s=31.0)
    assert daw.places == []


def test_a_place_that_is_silent_is_left_for_the_next(made, journal):
    audio = made.audio.copy()
    audio[:, 8 * made.rate_hz :] = 0.0
    audio[:, -4 * made.rate_hz :] = made.audio[:, -4 * made.rate_hz :]
    daw = SentDaw(replace(made, audio=audio), made.settings(OFF_DB))
    mixed(daw, journal, budget_s=29.0, dry_run=True)
    assert daw.places[-1] == pytest.approx(30.0 - 29.0 / 6)


def test_a_tempo_is_set_with_the_mix_and_never_while_it_plays(daw, journal):
    result = mixed(daw, journal, Wish(tempo=TempoGoal(112.0, stretched=True)))
    assert result.settings.tempo_bpm == 112.0
    assert any(reason.text.startswith("Tempo 120.0 → 112.0 BPM") for reason in result.reasons)
