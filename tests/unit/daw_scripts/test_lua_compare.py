"""``compare.lua``: before and after at the same loudness, without a trace in the undo history."""

from dataclasses import replace

import pytest

from bridge.changes import MASTER, TEMPO, BandValue, Change
from bridge.reaper.survey import EqWrite, SurveyBand, TrackWrite, Write
from mock_daw.live import Live
from tests.lua_reaper import FIRST, LuaReaper, as_lua, text
from tests.unit.daw_scripts import made_documents
from tests.unit.daw_scripts.songs import rich_song, surveyed

STEP = "Faderbot: auto-mix (3 tracks)"
COMPARE, KEEP, LAST = (
    f"Faderbot_{name}.lua" for name in ("Compare before and after", "Keep mix", "Auto-mix with last settings")
)
WANTED = (
    SurveyBand(kind=1, freq_hz=100.0, gain_db=-3.0, bandwidth_oct=2.0),
    SurveyBand(kind=2, freq_hz=350.0, gain_db=2.25, bandwidth_oct=1.0),
    SurveyBand(kind=2, freq_hz=2500.0, gain_db=0.0, bandwidth_oct=2.0),
    SurveyBand(kind=4, freq_hz=8000.0, gain_db=6.0, bandwidth_oct=2.0),
    SurveyBand(kind=0, freq_hz=80.0, gain_db=0.0, bandwidth_oct=1.9, enabled=False),
)


def values(bands):
    return tuple(BandValue(**band.model_dump()) for band in bands)


class Mixed:
    """The rich song after a mix: Bass got an EQ and another fader, the Kick's EQ was set, the vocal's pan, the master.

    ``before_lufs`` and ``after_lufs`` are what the program says.
    """

    def __init__(self, folder, before_lufs, after_lufs, *, has_master=True):
        self.live: Live = rich_song(folder)
        bass, kick, vocal = surveyed(self.live).tracks
        ours = next(effect for effect in kick.effects if effect.bands)
        self.before = self.live.session
        writes = [
            TrackWrite(guid=bass.guid, gain_linear=0.1 + 0.2, eq=EqWrite(bands=WANTED)),
            TrackWrite(guid=kick.guid, eq=EqWrite(bands=WANTED, effect=ours.guid)),
            TrackWrite(guid=vocal.guid, pan=-0.7),
        ]
        changes = [
            Change(track=bass.guid, name="Bass", what="fader", found=bass.gain_linear, wanted=0.1 + 0.2),
            Change(track=bass.guid, name="Bass", what="eq", found=(), wanted=values(WANTED)),
            Change(track=kick.guid, name="Kick", what="eq", found=values(ours.bands), wanted=values(WANTED)),
            Change(track=vocal.guid, name="Lead Vocal", what="pan", found=vocal.pan, wanted=-0.7),
            Change(track=vocal.guid, name="Lead Vocal", what="eq", found=values(WANTED), wanted=()),
            Change(track=TEMPO, name="", what="tempo", found=120.0, wanted=121.0),
        ]
        if has_master:
            writes.append(TrackWrite(guid=MASTER, gain_linear=0.8))
            changes.append(Change(track=MASTER, name="the master", what="fader", found=1.0, wanted=0.8))
        self.lua = LuaReaper(self.live, folder)
        self.project = self.lua.lua.eval(b"function() return (reaper.EnumProjects(-1)) end")()
        write = Write(undo_name=STEP, tracks=tuple(writes))
        self.lua.require("writing")[b"write"](as_lua(self.lua, write.model_dump(mode="json")))
        self.after = self.live.session
        document = {
            "before": {"figures": {"loudness_lufs": before_lufs}},
            "after": {"figures": {"loudness_lufs": after_lufs}},
        }
        outcome = {"document": document, "changes": [change.model_dump(mode="json") for change in changes]}
        self.compare = self.lua.require("compare")
        self.compare[b"remember"](self.project, as_lua(self.lua, outcome), STEP.encode())

    def toggle(self):
        found = self.compare[b"toggle"](self.project)
        shown, line = map(text, found)
        return shown if line is None else (shown, line)

    def keep(self):
        return text(self.compare[b"keep"](self.project))

    @property
    def state(self):
        found = self.compare[b"state"](self.project)
        return None if found is None else (text(found[b"shown"]), round(found[b"matched_db"], 6))

    @property
    def master(self):
        return self.live.session.master.gain_linear


@pytest.fixture
def mixed(tmp_path):
    made = Mixed(tmp_path, before_lufs=-10.0, after_lufs=-14.0)
    yield made
    made.lua.end()


def faders(session):
    return [(track.gain_linear, track.pan) for track in session.tracks]


def test_before_brings_every_value_back_and_bypasses_the_eq_that_the_mix_added(mixed):
    assert mixed.state == ("after", 0.0)
    assert mixed.toggle() == "before"
    assert faders(mixed.live.session) == faders(mixed.before)
    now = surveyed(mixed.live)
    assert [effect.enabled for effect in now.tracks[0].effects] == [False]
    kick, was = now.tracks[1].effects[-1], surveyed(Live(mixed.before, None)).tracks[1].effects[-1]
    assert (kick.guid, kick.bands, kick.enabled) == (was.guid, was.bands, True)


def test_and_after_brings_the_mix_again_to_the_last_bit_but_for_the_level(mixed):
    mixed.toggle()
    assert mixed.toggle() == "after"
    assert mixed.live.session == mixed.after  # the quieter of both: nothing is turned down


@pytest.fixture
def tuned(tmp_path):
    """The rich song after a tuning of the master: an equaliser on it, and another fader."""
    live = rich_song(tmp_path)
    lua = LuaReaper(live, tmp_path)
    step = "Faderbot: tune (master)"
    write = Write(undo_name=step, tracks=(TrackWrite(guid=MASTER, gain_linear=0.8, eq=EqWrite(bands=WANTED)),))
    lua.require("writing")[b"write"](as_lua(lua, write.model_dump(mode="json")))
    changes = [
        Change(track=MASTER, name="the master", what="fader", found=1.0, wanted=0.8),
        Change(track=MASTER, name="the master", what="eq", found=(), wanted=values(WANTED)),
    ]
    made = made_documents.tuning(before=figures(-10.0), after=figures(-14.0))
    outcome = {"document": made, "changes": [change.model_dump(mode="json") for change in changes]}
    lua.require("compare")[b"remember"](FIRST, as_lua(lua, outcome), step.encode())
    yield lua
    lua.end()


def figures(loudness_lufs):
    return {**made_documents.tuning()["before"], "loudness_lufs": loudness_lufs}


def test_a_tuning_of_the_master_is_heard_without_its_equaliser_and_with_it_again(tuned):
    after = tuned.live.session
    tuned.run(COMPARE)
    assert tuned.console == ["Faderbot: before: the project as it was found, 4.0 dB down to compare\n"]
    before = tuned.live.session.master
    assert before.gain_linear == pytest.approx(10 ** (-4.0 / 20))
    assert [effect.enabled for effect in before.effects] == [False]
    tuned.run(COMPARE)
    assert tuned.console[1:] == ["Faderbot: after: the tuning\n"]
    assert tuned.live.session == after
    tuned.run(KEEP)
    assert tuned.console[2:] == ["Faderbot: the tuning is kept as it was written\n"]


def test_an_undo_of_another_step_leaves_it_to_be_compared_on(tuned):
    compare = tuned.require("compare")
    compare[b"undone"](FIRST, b"Faderbot: rock drums (4 bars)")
    assert text(compare[b"state"](FIRST)[b"of"]) == "tune"
    compare[b"undone"](FIRST, b"Faderbot: tune (master)")
    assert compare[b"state"](FIRST) is None


def test_a_rhythm_has_nothing_to_compare(tuned):
    outcome = {"document": made_documents.rhythm(), "changes": []}
    tuned.require("compare")[b"remember"](FIRST, as_lua(tuned, outcome), b"Faderbot: rock drums (4 bars)")
    assert text(tuned.require("compare")[b"state"](FIRST)[b"undo_name"]) == "Faderbot: tune (master)"


def test_the_louder_one_is_turned_down_by_the_master(mixed):
    mixed.toggle()
    assert mixed.state == ("before", -4.0)
    assert mixed.master == pytest.approx(1.0 * 10 ** (-4.0 / 20))
    mixed.toggle()
    assert mixed.state == ("after", 0.0)
    assert mixed.master == 0.8


def test_a_mix_that_is_louder_is_turned_down_while_it_is_compared_and_kept_at_its_own_level(tmp_path):
    mixed = Mixed(tmp_path, before_lufs=-20.0, after_lufs=-14.0)
    mixed.toggle()
    assert (mixed.state, mixed.master) == (("before", 0.0), 1.0)
    mixed.toggle()
    assert mixed.state == ("after", -6.0)
    assert mixed.master == pytest.approx(0.8 * 10 ** (-6.0 / 20))
    assert mixed.keep() == "the mix is kept as it was written"
    assert mixed.live.session == mixed.after
    assert mixed.state is None
    assert mixed.keep() == "there is no mix of Faderbot's to compare in this project"
    mixed.lua.end()


def test_where_the_mix_left_the_master_alone_it_is_matched_with_it_all_the_same(tmp_path):
    mixed = Mixed(tmp_path, before_lufs=-8.0, after_lufs=-14.0, has_master=False)
    mixed.toggle()
    assert mixed.master == pytest.approx(10 ** (-6.0 / 20))
    mixed.keep()
    assert mixed.live.session == mixed.after
    mixed.lua.end()


@pytest.mark.parametrize(("before_lufs", "after_lufs"), [(None, -14.0), (-10.0, None)])
def test_silence_is_matched_with_nothing(tmp_path, before_lufs, after_lufs):
    mixed = Mixed(tmp_path, before_lufs, after_lufs)
    mixed.toggle()
    assert (mixed.state, mixed.master) == (("before", 0.0), 1.0)
    mixed.lua.end()


def test_it_makes_no_undo_step_and_undo_still_takes_the_mix_back(mixed):
    mixed.toggle()
    mixed.toggle()
    mixed.toggle()
    assert mixed.live.undo_names == ("Everything", STEP)
    assert "Undo_BeginBlock2" not in mixed.lua.called[mixed.lua.called.index("Undo_EndBlock2") :]
    mixed.live.undo()
    assert mixed.live.session == mixed.before
    assert mixed.toggle() == (None, "the mix was undone: redo it in REAPER first, then it can be compared")
    assert mixed.state is None
    assert mixed.live.session == mixed.before
    mixed.live.redo()
    assert mixed.toggle() == "after"


def move(mixed, place, **values_):
    def moved(session):
        tracks = list(session.tracks)
        tracks[place] = replace(tracks[place], **values_)
        return replace(session, tracks=tuple(tracks))

    mixed.live.edit(moved, "by hand")


def test_what_the_user_moved_since_is_left_and_named(mixed):
    move(mixed, 0, gain_linear=0.77)
    move(mixed, 1, effects=mixed.live.session.tracks[1].effects[:1])
    said = "left as it is, since it was changed since the mix: the fader of Bass, the EQ of Kick"
    assert mixed.toggle() == ("before", said)
    assert mixed.live.session.tracks[0].gain_linear == 0.77
    assert mixed.live.session.tracks[2].pan == mixed.before.tracks[2].pan
    assert mixed.keep() == f"the mix is kept as it was written; {said}"
    assert mixed.live.session.tracks[0].gain_linear == 0.77
    assert mixed.live.session.tracks[2].pan == -0.7


def test_an_eq_of_ours_that_the_user_bypassed_is_left(mixed):
    kick = mixed.live.session.tracks[1]
    theirs, ours = kick.effects
    move(mixed, 1, effects=(theirs, replace(ours, enabled=False)))
    assert mixed.toggle()[1].endswith(": the EQ of Kick")
    assert not mixed.live.session.tracks[1].effects[1].enabled


def test_undoing_something_else_meanwhile_does_not_confuse_it(mixed):
    mixed.toggle()
    move(mixed, 2, muted=True)
    mixed.live.undo()
    assert mixed.toggle() == "after"
    assert mixed.live.session == mixed.after


UNDONE = (None, "the mix was undone: redo it in REAPER first, then it can be compared")


@pytest.mark.parametrize("toggles", [0, 1])
def test_a_mix_that_was_undone_for_good_never_comes_back_without_an_undo_step(mixed, toggles):
    for _ in range(toggles):
        mixed.toggle()
    mixed.live.undo()
    move(mixed, 2, gain_linear=0.6)  # REAPER can not redo the mix any more
    now = mixed.live.session
    assert mixed.toggle() == UNDONE
    assert mixed.keep() == UNDONE[1]
    assert mixed.compare[b"bring_back"](mixed.project) is None
    assert mixed.live.session == now


def test_nor_does_one_that_was_undone_with_the_step_before(mixed):
    mixed.live.undo()
    mixed.live.undo()
    now = mixed.live.session
    assert mixed.toggle() == UNDONE
    assert mixed.live.session == now


def test_what_was_moved_by_hand_alone_is_no_sign_that_the_mix_was_undone(mixed):
    bass, kick = mixed.live.session.tracks[:2]
    move(mixed, 0, gain_linear=0.77, effects=(replace(bass.effects[0], enabled=False),))
    move(mixed, 1, effects=kick.effects[:1])
    move(mixed, 2, pan=0.5)
    mixed.live.edit(lambda session: replace(session, master=replace(session.master, gain_linear=0.9)), "by hand")
    assert mixed.toggle()[0] == "before"


def test_a_track_that_is_gone_is_named_and_the_others_are_compared(mixed):
    mixed.live.edit(lambda session: replace(session, tracks=session.tracks[1:]), "delete")
    assert mixed.toggle() == (
        "before",
        "left as it is, since it was changed since the mix: the fader of Bass, the EQ of Bass",
    )


def test_bringing_the_mix_up_leaves_it_to_be_compared_on(mixed):
    mixed.toggle()
    assert mixed.compare[b"bring_back"](mixed.project) is None
    assert mixed.live.session == mixed.after
    assert mixed.toggle() == "before"


def test_the_whole_change_is_one_turn(mixed):
    mixed.lua.run(COMPARE)
    assert faders(mixed.live.session) == faders(mixed.before)
    assert not mixed.lua.step()


def test_the_actions_say_what_is_heard(mixed):
    mixed.lua.run(COMPARE)
    mixed.lua.run(COMPARE)
    mixed.lua.run(KEEP)
    mixed.lua.run(COMPARE)
    assert mixed.lua.console == [
        "Faderbot: before: the project as it was found, 4.0 dB down to compare\n",
        "Faderbot: after: the mix\n",
        "Faderbot: the mix is kept as it was written\n",
        "Faderbot: there is no mix of Faderbot's to compare in this project\n",
    ]


def test_the_actions_leave_reaper_no_reason_for_an_undo_step(mixed):
    mixed.lua.run(COMPARE)
    assert len(mixed.lua.deferred) == 1
    mixed.lua.run(KEEP)
    assert len(mixed.lua.deferred) == 2


def again(mixed):
    """Return REAPER after it was closed with the project and started again."""
    mixed.live.ext_state.clear()
    other = LuaReaper(mixed.live, mixed.lua.folder)
    other.kept, other.now_s = mixed.lua.kept, 50.0
    return other


def test_reaper_closed_with_before_up_is_noticed_by_the_next_action(mixed):
    mixed.toggle()
    later = again(mixed)
    later.run("Faderbot_Lock or unlock selected tracks.lua")
    assert later.console[0] == (
        "Faderbot: REAPER was closed during a comparison, with the sound from before the mix up: "
        "“Faderbot: Keep mix” brings the mix back\n"
    )
    later.run(KEEP)
    assert mixed.live.session == mixed.after
    later.end()


def test_and_not_where_the_mix_was_up_or_reaper_is_the_same(mixed):
    mixed.toggle()
    mixed.lua.run("Faderbot_Lock or unlock selected tracks.lua")
    assert not any("REAPER was closed" in line for line in mixed.lua.console)
    mixed.toggle()
    later = again(mixed)
    later.run("Faderbot_Lock or unlock selected tracks.lua")
    assert not any("REAPER was closed" in line for line in later.console)


def test_a_new_job_first_brings_the_mix_up(mixed, program):
    mixed.toggle()
    mixed.lua.run(LAST)
    assert mixed.live.session == mixed.after
    mixed.lua.stop()


def test_what_a_panel_looks_at_often_is_small_however_many_tracks_there_are(mixed):
    mixed.compare[b"state"](mixed.project)
    mixed.compare[b"reminder"](mixed.project)
    assert len(mixed.lua.kept["Faderbot", "heard"]) < 300 < len(mixed.lua.kept["Faderbot", "mix"])
    mixed.lua.kept["Faderbot", "mix"] = "not looked at"
    assert mixed.state == ("after", 0.0)
    assert mixed.toggle() == (None, "there is no mix of Faderbot's to compare in this project")


@pytest.mark.parametrize("kept", ["", "a|b", '{"version":2,"shown":"before"}', "7"])
def test_what_is_not_understood_is_no_mix(mixed, kept):
    mixed.lua.kept["Faderbot", "heard"] = kept
    assert mixed.state is None
    assert mixed.toggle() == (None, "there is no mix of Faderbot's to compare in this project")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("heard", '{"version":1}'),
        ("heard", '{"matched_db":"loud","shown":"before","undo_name":"a step","version":1}'),
        ("heard", '{"matched_db":0,"shown":"both","undo_name":"a step","version":1}'),
        ("mix", '{"changes":7,"version":1}'),
        ("mix", '{"changes":[{}],"version":1}'),
        ("mix", '{"changes":[{"found":"1","name":"Bass","track":"a","wanted":1,"what":"fader"}],"version":1}'),
        ("mix", '{"changes":[{"found":[],"name":"Bass","track":"a","wanted":[{}],"what":"eq"}],"version":1}'),
    ],
)
def test_nor_is_what_somebody_else_wrote_there(mixed, key, text):
    mixed.lua.kept["Faderbot", key] = text
    before = mixed.live.session
    for script in (COMPARE, KEEP):
        mixed.lua.run(script)
        assert mixed.lua.console[-1] == "Faderbot: there is no mix of Faderbot's to compare in this project\n"
    assert mixed.live.session == before
