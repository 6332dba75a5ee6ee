"""The actions as REAPER runs them, with a bridge that the tests play."""

from dataclasses import replace

import pytest

from mock_daw.live import Live
from mock_daw.session import Session
from tests.lua_reaper import COMMAND, SCRIPTS, Handle, LuaReaper
from tests.mixes import described, previewed
from tests.unit.daw_scripts.songs import surveyed
from tests.unit.daw_scripts.started import mixed, run_until_done, words, write
from tests.unit.mock_daw.reaper.desks import Silence

MIX, SELECTED, UNDO = (
    "Faderbot_Auto-mix (ask, no window).lua",
    "Faderbot_Auto-mix selected tracks.lua",
    "Faderbot_Undo last auto-mix.lua",
)
LEARN = "Faderbot_Learn from my changes.lua"
USUAL = "streaming|balanced|100|yes|all"
LIT = (0, COMMAND)


def as_usual(program):
    return [str(program), "mix", "--daw", "reaper", "--target", "streaming", "--style", "balanced", "--strength", "1"]


def answer(lua, text=USUAL):
    lua.answers.append(text)


def test_the_answers_become_options_and_are_kept_in_the_project(lua, program):
    answer(lua, " -16 | Rock |50%|no|Selected")
    lua.run(MIX)
    title, count, captions, values = lua.asked[0]
    assert (title, count, values) == ("Faderbot: Auto-mix", 5, USUAL)
    assert len(captions.split(",")) == 7
    started, files = words(lua)
    assert started == [
        *[str(program), "mix", "--daw", "reaper", "--target", "-16", "--style", "rock", "--strength", "0.5"],
        *["--no-eq", "--only-selected"],
    ]
    assert files.folder.is_dir()
    assert lua.toggles[LIT] == 1
    run_until_done(lua, {"error": "nothing"})
    lua.run(MIX)
    assert lua.asked[1][3] == "-16|rock|50|no|selected"


def test_no_answer_starts_nothing(lua, program):
    lua.run(MIX)
    assert not lua.step()
    assert (lua.commands, lua.console, lua.deferred) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a b|balanced|100|yes|all", "the target is a name, or a number as -16"),
        ("$(x)|balanced|100|yes|all", "the target is a name, or a number as -16"),
        ("aes|--x|100|yes|all", "the style is a name, as balanced"),
        ("aes|rock|101|yes|all", "the strength is a number from 0 to 100"),
        ("aes|rock|x|yes|all", "the strength is a number from 0 to 100"),
        ("aes|rock|100|maybe|all", "EQ is yes or no"),
        ("aes|rock|100|yes|some", "the tracks are all or selected"),
        ("aes|rock|100|yes|all|more", "an answer has a | in it"),
    ],
)
def test_an_answer_that_is_none_is_told(lua, program, text, said):
    answer(lua, text)
    lua.run(MIX)
    assert lua.console == [f"Faderbot: {said}\n"]
    assert lua.commands == []


def test_selected_tracks_need_no_answers(lua, program):
    lua.run(SELECTED)
    assert words(lua)[0] == [*as_usual(program), "--only-selected"]
    run_until_done(lua, {"error": "no track to mix is selected"})
    assert lua.console == ["Faderbot: no track to mix is selected\n"]
    assert lua.toggles[LIT] == 0
    assert not words(lua)[1].folder.exists()


def test_a_mix_is_told_in_a_line_and_its_notes(blind, program):
    document = described(previewed()).model_dump(mode="json")
    answer(blind)
    blind.run(MIX)
    run_until_done(blind, {"ok": {"document": document, "written": True}})
    before, after = (document[k]["figures"]["loudness_lufs"] for k in ("before", "after"))
    head = f"mixed 4 tracks: {before:.1f} LUFS before, {after:.1f} LUFS after; Undo takes it back"
    assert blind.spoken == [". ".join([head, *document["notes"]])]
    assert blind.console == []
    assert blind.toggles["options"] == 8


def test_progress_is_spoken_a_stage_and_a_quarter_at_a_time(blind, program):
    blind.run(SELECTED)
    _, files = words(blind)
    for beat, (stage, share) in enumerate(
        [("read", 0), ("hear", 0.0), ("hear", 0.1), ("hear", 0.55), ("hear", 1.0), ("plan", 0.2)]
    ):
        files.put("bridge.json", {"beat": beat})
        files.put("progress.json", {"stage": stage, "share": share})
        blind.step(0.3)
        blind.step(0.3)
    assert blind.spoken == ["reading the project", "listening", "listening, 50 percent", "planning the mix"]
    run_until_done(blind, {"ok": {"lines": ["done"]}})
    assert blind.spoken[-1] == "done"


def test_undo_tells_what_became_of_it(lua, program):
    lua.run(UNDO)
    assert words(lua)[0] == [str(program), "undo", "--daw", "reaper"]
    run_until_done(lua, {"ok": {"lines": ["Undone: a mix", "3 values are as they were before"]}})
    assert lua.console == ["Faderbot: Undone: a mix\n", "Faderbot: 3 values are as they were before\n"]


LIKED = "you like the bass 2.0 dB louder: from now on it comes 1.0 dB louder than usual in pop mixes"


@pytest.mark.parametrize(
    ("script", "more"),
    [
        ("Faderbot_Learn from my changes.lua", []),
        ("Faderbot_Undo last lesson.lua", ["--undo"]),
        ("Faderbot_Say what was learned.lua", ["--list"]),
    ],
)
def test_what_was_learned_is_told_in_the_programs_words(lua, program, script, more):
    lua.run(script)
    assert words(lua)[0] == [str(program), "learn", "--daw", "reaper", *more]
    run_until_done(lua, {"ok": {"lines": [LIKED, "1 more"]}})
    assert lua.console == [f"Faderbot: {LIKED}\n", "Faderbot: 1 more\n"]


def test_why_nothing_was_learned_is_told_in_a_line(blind, program):
    blind.run(LEARN)
    run_until_done(blind, {"error": "nothing was moved"})
    assert blind.spoken == ["nothing was moved"]


def test_nothing_is_learned_while_the_project_from_before_the_mix_is_up(lua, live, program):
    lua.run(SELECTED)
    write(lua)
    guid = surveyed(live).tracks[0].guid
    changes = [{"track": guid, "name": "Bass", "what": "fader", "found": 1.0, "wanted": 0.5}]
    run_until_done(lua, mixed(changes=changes))
    lua.run("Faderbot_Compare before and after.lua")
    lua.console.clear()
    lua.run(LEARN)
    (line,) = lua.console
    assert "before the mix is up" in line
    assert len(lua.commands) == 1
    lua.run("Faderbot_Compare before and after.lua")
    lua.run(LEARN)
    assert len(lua.commands) == 2


@pytest.mark.parametrize("script", [MIX, SELECTED, UNDO, LEARN])
def test_nothing_starts_while_reaper_records(lua, live, program, script):
    live.record()
    lua.run(script)
    assert lua.console == ["Faderbot: REAPER is recording: stop the recording first\n"]
    assert (lua.commands, lua.asked) == ([], [])


@pytest.mark.parametrize("script", [MIX, SELECTED])
def test_nothing_starts_without_tracks_or_items(tmp_path, live, program, script):
    bare = tuple(replace(track, items=()) for track in live.session.tracks)
    for tracks, said in [((), "the project has no tracks"), (bare, "no track has an item with audio to listen to")]:
        lua = LuaReaper(Live(Session("x", 8_000, tracks), Silence()), tmp_path)
        lua.run(script)
        lua.end()
        assert lua.console == [f"Faderbot: {said}\n"]
        assert lua.commands == []


def test_a_path_with_quotes_is_refused(lua, program, tmp_path):
    lua.broken["GetResourcePath"] = lambda: str(tmp_path / 'a"b')
    lua.run(SELECTED)
    assert "a path with quotes can not be used" in lua.console[0]
    assert lua.commands == []


def test_a_program_that_dies_is_told(lua, program):
    lua.run(SELECTED)
    words(lua)[1].put("bridge.json", {"beat": 1})
    while lua.step(0.1):
        assert lua.now_s < 100.0
    assert lua.console[0] == "Faderbot: starting\n"
    assert "the faderbot program ended before its time" in lua.console[1]
    assert lua.toggles[LIT] == 0


def test_a_program_that_never_starts_is_told(lua, program):
    lua.run(SELECTED)
    while lua.step(0.5):
        assert lua.now_s < 100.0
    assert lua.console[0] == "Faderbot: starting\n"
    assert "the faderbot program does not start" in lua.console[1]


def test_a_program_that_takes_its_time_to_start_is_no_silence(blind, program):
    blind.run(SELECTED)
    while blind.now_s < 0.9:
        blind.step(0.1)
    assert blind.spoken == []
    while blind.now_s < 5.0:
        blind.step(0.1)
    assert blind.spoken == ["starting"]
    blind.stop()


def test_run_again_the_action_stops_and_takes_back_what_was_written(blind, live, program):
    before = live.session
    blind.run(SELECTED)
    assert blind.toggles["options"] == 1 | 4
    _, files = words(blind)
    guid = surveyed(live).tracks[0].guid
    write = {"undo_name": "Faderbot: auto-mix (1 track)", "tracks": [{"guid": guid, "gain_linear": 0.5}]}
    files.put("request-1.json", {"number": 1, "do": "write", "write": write})
    blind.step()
    assert live.undo_names == ("Faderbot: auto-mix (1 track)",)
    blind.stop()
    assert live.session == before
    assert files.cancelled
    assert blind.spoken == ["stopped; what was written was taken back"]
    assert blind.toggles[LIT] == 0


def test_stopped_before_a_write_nothing_was_changed(blind, live, program):
    before = live.session
    blind.run(SELECTED)
    blind.stop()
    assert live.session is before
    assert blind.spoken == ["stopped; nothing was changed"]


def test_what_was_written_stays_where_another_project_is_in_front(blind, live, program):
    blind.run(SELECTED)
    _, files = words(blind)
    guid = surveyed(live).tracks[0].guid
    write = {"undo_name": "Faderbot: auto-mix (1 track)", "tracks": [{"guid": guid, "gain_linear": 0.5}]}
    files.put("request-1.json", {"number": 1, "do": "write", "write": write})
    blind.step()
    blind.broken["EnumProjects"] = lambda index: (Handle("(ReaProject*)0x0000000000000020"), "")
    blind.stop()
    assert live.undo_names == ("Faderbot: auto-mix (1 track)",)


def test_a_mix_that_changes_nothing_says_so(lua, program):
    document = described(previewed()).model_dump(mode="json")
    lua.run(SELECTED)
    run_until_done(lua, {"ok": {"document": {**document, "notes": []}, "written": False}})
    assert lua.console == ["Faderbot: nothing was to be changed, so nothing was written\n"]


WINDOWLESS = sorted(path.name for path in SCRIPTS.glob("Faderbot_*.lua") if path.name != "Faderbot_Auto-mix.lua")


@pytest.mark.parametrize("script", WINDOWLESS)
def test_an_action_that_does_nothing_gives_reaper_no_reason_for_an_undo_step(tmp_path, script):
    lua = LuaReaper(Live(Session("empty", 48_000, ()), Silence()), tmp_path)
    lua.broken["file_exists"] = lambda _path: False  # nor is there a program
    lua.run(script)
    assert len(lua.deferred) == 1
    assert not lua.step()
    lua.end()
