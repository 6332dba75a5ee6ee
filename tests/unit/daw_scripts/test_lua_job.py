"""A job among everything else that goes on in REAPER: other scripts, other projects, the transport."""

import json
import time
from dataclasses import replace

import pytest

from mock_daw.live import Live, PlayState
from mock_daw.session import Item, Session, Source, Take, Track
from tests.lua_reaper import COMMAND, SECOND, LuaReaper, as_lua
from tests.unit.daw_scripts.started import STEP, mixed, run_until_done, words, write
from tests.unit.mock_daw.reaper.desks import Silence

LAST, UNDO = "Faderbot_Auto-mix with last settings.lua", "Faderbot_Undo last auto-mix.lua"
STOP, STATUS = "Faderbot_Stop.lua", "Faderbot_Say status.lua"
LIT = (0, COMMAND)
TURN_S = 0.002
DAY_S = 24 * 3600
YES, NO = 6, 7


def begin(lua, *words_):
    """Begin a job as the panel does, without a defer loop."""
    given = lua.lua.table_from([word.encode() for word in words_ or ("mix",)])
    found = lua.require("job")[b"begin"](given)
    return found if not isinstance(found, tuple) else found[1].decode()


def turn(lua, running, seconds=0.1):
    lua.now_s += seconds
    return running[b"turn"](running).decode()


def lines(running):
    return [line.decode() for line in running[b"lines"].values()]


# One job at a time, and other scripts


def test_a_second_job_is_refused_while_one_runs(lua, program):
    lua.run(LAST)
    words(lua)[1].put("progress.json", {"stage": "hear", "share": 0.4})
    words(lua)[1].put("bridge.json", {"beat": 1})
    for _ in range(10):
        lua.step(0.1)
    other = lua.beside()
    other.run(UNDO)
    other.end()
    assert lua.console[-1] == "Faderbot: another job runs: listening, 40 percent. “Faderbot: Stop” ends it\n"
    assert not other.step()
    assert (other.commands, other.deferred) == ([], [])
    run_until_done(lua, {"error": "x"})
    other.run(UNDO)
    assert words(other)[0][1] == "undo"
    run_until_done(other, {"error": "x"})


def test_what_a_crashed_script_left_on_the_board_hinders_nobody_for_long(lua, program):
    lua.run(LAST)
    lua.step(0.1)
    crashed, lua.deferred = lua.deferred, []
    lua.now_s += 2.1
    other = lua.beside()
    other.run(LAST)
    assert other.commands == []
    for _ in range(25):
        lua.now_s += 0.1
        other.step()
    assert len(other.commands) == 1
    run_until_done(other, {"error": "x"})
    assert crashed


def test_one_that_only_stood_still_goes_on_and_the_second_gives_way(lua, program):
    lua.run(LAST)
    words(lua)[1].put("bridge.json", {"beat": 1})
    lua.step(0.1)
    lua.now_s += 60.0
    other = lua.beside()
    other.run(LAST)
    lua.step(0.1)
    while other.step():
        lua.step(0.1)
    assert other.commands == []
    assert "another job runs" in lua.console[-1]
    assert len(lua.commands) == 1
    assert lua.deferred
    assert len(list((lua.folder / "Faderbot").iterdir())) == 1
    run_until_done(lua, {"error": "x"})


def test_stop_ends_the_job_and_says_what_became_of_it(lua, live, program):
    before = live.session
    lua.run(LAST)
    files = write(lua)
    other = lua.beside()
    other.run(STOP)
    assert lua.console == []
    lua.step(0.1)
    other.step(0.1)
    assert lua.console == ["Faderbot: stopped; what was written was taken back\n"]
    assert live.session == before
    assert files.cancelled
    assert (lua.deferred, other.deferred) == ([], [])
    assert lua.toggles[LIT] == 0


def test_the_board_is_written_twice_a_second_and_not_at_every_turn(lua, program):
    lua.run(LAST)
    words(lua)[1].put("bridge.json", {"beat": 1})
    del lua.called[:]
    for _ in range(60):
        lua.step(0.03)
    assert 3 <= lua.called.count("SetExtState") <= 4
    run_until_done(lua, {"error": "x"})


def test_a_write_that_reaper_does_not_undo_stays_and_that_is_said(lua, live, program):
    lua.run(LAST)
    write(lua)
    lua.broken["Undo_DoUndo2"] = lambda _: 0
    lua.stop()
    assert lua.console == ["Faderbot: stopped; what was written stays: “Faderbot: Undo last auto-mix” takes it back\n"]
    assert live.undo_names == (STEP,)


def test_stop_without_a_job_says_so(lua):
    lua.run(STOP)
    assert lua.console == ["Faderbot: no job runs, so there is nothing to stop\n"]
    assert not lua.step()
    assert lua.deferred == []


def test_stop_waits_three_seconds_for_an_answer_and_no_longer(lua, program):
    lua.run(LAST)
    lua.step(0.1)
    crashed, lua.deferred = lua.deferred, []
    other = lua.beside()
    other.run(STOP)
    begin_s = lua.now_s
    while other.step():
        lua.now_s += 0.1
    assert lua.now_s - begin_s < 3.3
    assert lua.console == ["Faderbot: the job gives no answer\n"]
    assert crashed
    other.run(STOP)
    assert lua.console[-1] == "Faderbot: no job runs, so there is nothing to stop\n"
    other.run(LAST)  # which that request is not for
    assert other.step(0.1)
    run_until_done(other, {"error": "x"})


def test_stop_reaches_a_job_that_stood_still_behind_a_dialogue(lua, program):
    lua.run(LAST)
    lua.step(0.1)
    lua.now_s += 60.0
    other = lua.beside()
    other.run(STOP)
    lua.step(0.1)
    other.step(0.1)
    assert lua.console == ["Faderbot: stopped; nothing was changed\n"]


def test_status_tells_how_far_the_job_is(lua, program):
    lua.run(LAST)
    lua.step(0.1)
    other = lua.beside()
    other.run(STATUS)
    assert lua.console == ["Faderbot: another job runs: starting. “Faderbot: Stop” ends it\n"]
    run_until_done(lua, {"error": "x"})


# Other projects


def test_another_tab_in_front_stops_the_job_before_the_write(lua, live, program):
    before = live.session
    lua.run(LAST)
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    lua.step(0.1)
    lua.open_projects.append(SECOND)
    lua.front = SECOND  # neither was ever saved: only the handle tells them apart
    files.put("request-1.json", {"number": 1, "do": "write", "write": {"undo_name": STEP, "tracks": []}})
    lua.step(0.1)
    assert lua.console == ["Faderbot: another project came to the front: the job was stopped, nothing was changed\n"]
    assert lua.deferred == []
    assert files.cancelled
    assert files.message("answer-1.json") is None
    assert live.session is before


def test_after_the_write_it_is_left_as_it_is_and_said(lua, live, program):
    lua.run(LAST)
    write(lua)
    lua.open_projects.append(SECOND)
    lua.front = SECOND
    lua.step(0.1)
    (said,) = lua.console
    assert said == (
        "Faderbot: another project came to the front: the job was stopped, what was written stays: "
        "“Faderbot: Undo last auto-mix” takes it back\n"
    )
    assert live.undo_names == (STEP,)


def test_an_undo_that_is_cut_off_says_that_what_it_put_back_stays(lua, live, program):
    live.edit(lambda session: replace(session, name="y"), STEP)
    lua.run(UNDO)
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    files.put("request-1.json", {"number": 1, "do": "undo"})
    lua.step(0.1)
    assert files.message("answer-1.json")["ok"] == STEP
    lua.open_projects.append(SECOND)
    lua.front = SECOND
    lua.step(0.1)
    (said,) = lua.console
    assert said.endswith("the job was stopped, what was put back so far stays: run it again for the rest\n")


def test_a_project_that_is_closed_stops_the_job(lua, live, program):
    before = live.session
    lua.run(LAST)
    lua.open_projects[:] = [SECOND]
    lua.front = SECOND
    lua.step(0.1)
    assert lua.console == ["Faderbot: the project was closed: the job was stopped, nothing was changed\n"]
    assert live.session is before


# The transport


def test_recording_that_begins_stops_the_job_before_the_write(lua, live, program):
    before = live.session
    lua.run(LAST)
    _, files = words(lua)
    live.record()
    files.put("request-1.json", {"number": 1, "do": "write", "write": {"undo_name": STEP, "tracks": []}})
    lua.step(0.1)
    assert lua.console == ["Faderbot: REAPER began to record: the job was stopped, nothing was changed\n"]
    assert files.cancelled
    assert live.session is before
    assert live.state & PlayState.RECORDING


def test_recording_after_the_write_is_no_hindrance_but_there_is_no_render(lua, live, program):
    lua.run(LAST)
    files = write(lua)
    live.record()
    files.put("request-2.json", {"number": 2, "do": "dry run"})
    lua.step(0.1)
    assert files.message("answer-2.json")["message"] == "REAPER is recording"
    assert live.state & PlayState.RECORDING
    run_until_done(lua, mixed())
    assert "mixed" in lua.console[-1]


def test_what_is_told_of_a_project_may_be_told_while_it_records(lua, live, program):
    live.record()
    lua.run(STATUS)
    lua.step(0.1)
    run_until_done(lua, {"ok": {"lines": ["song, 3 tracks"]}})
    assert lua.console == ["Faderbot: song, 3 tracks\n"]


@pytest.mark.parametrize("state", [PlayState.PLAYING, PlayState.PAUSED, PlayState.STOPPED])
def test_a_render_leaves_the_transport_as_it_was(lua, live, program, state):
    live.seek(0.25)
    if state is not PlayState.STOPPED:
        live.play()
        live.advance(0.5)
    if state is PlayState.PAUSED:
        live.pause()

    def renders(*_):
        live.stop()
        live.seek(0.0)
        return True, "LUFSI:-14.0"

    lua.broken["GetSetProjectInfo_String"] = renders
    lua.run(LAST)
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    files.put("request-1.json", {"number": 1, "do": "dry run"})
    lua.step(0.1)
    assert files.message("answer-1.json")["ok"] == "LUFSI:-14.0"
    assert live.state is state
    assert live.edit_position_s == 0.25
    assert live.position_s == pytest.approx(0.25 if state is PlayState.STOPPED else 0.75, abs=1e-3)
    run_until_done(lua, {"error": "x"})


def test_playing_goes_on_during_a_job(lua, live, program):
    live.play()
    lua.run(LAST)
    write(lua)
    live.advance(0.5)
    run_until_done(lua, mixed())
    assert live.state is PlayState.PLAYING
    assert live.position_s == pytest.approx(0.5)


# Signs of life and time


def test_a_dead_program_is_noticed_within_two_seconds(lua, program):
    running = begin(lua)
    turn(lua, running)
    words(lua)[1].put("bridge.json", {"beat": 1})
    assert turn(lua, running, 0.3) == "serving"
    heard_s = lua.now_s
    while turn(lua, running, 0.05) == "serving":
        assert lua.now_s < heard_s + 2.0
    assert "ended before its time" in lines(running)[0]
    assert not running[b"is_well"]


def test_turns_keep_to_two_milliseconds_with_all_that_is_called(live, tmp_path, program):
    lua = LuaReaper(live, tmp_path)
    lua.call_s = 0.000_02
    running = begin(lua)
    _, files = None, None
    spent, number = [], 0
    for beat in range(60):
        if lua.commands:
            _, files = words(lua)
            files.put("bridge.json", {"beat": beat})
            files.put("progress.json", {"stage": "hear", "share": beat / 60})
            if number == 0 or files.message(f"answer-{number}.json"):
                number += 1
                files.put(f"request-{number}.json", {"number": number, "do": "survey"})
        lua.now_s += 0.03
        before_s = lua.now_s
        assert running[b"turn"](running) == b"serving"
        spent.append(lua.now_s - before_s)
    assert number > 10
    assert max(spent) < TURN_S + 0.001  # the one call that crosses the line, and a notice
    running[b"stop"](running)
    lua.end()


# The folders of earlier runs


def left_behind(folder, made_s, beat_s=None):
    run = folder / "Faderbot" / f"{int(made_s)}-000001"
    run.mkdir(parents=True)
    for name in ("request-1.json", "answer-1.f32", "progress.json.new"):
        (run / name).write_text("{}")
    if beat_s is not None:
        (run / "reaper.json").write_text(json.dumps({"version": 1, "beat": 3, "at": int(beat_s)}))
    return run


def test_what_a_crashed_run_left_goes_after_a_day(lua, tmp_path, program):
    now_s = time.time()
    old, older = (left_behind(tmp_path, now_s - days * DAY_S, now_s - days * DAY_S) for days in (1.5, 3))
    unbeaten = left_behind(tmp_path, now_s - 5 * DAY_S)
    fresh = left_behind(tmp_path, now_s - DAY_S / 2)
    alive = left_behind(tmp_path, now_s - 2 * DAY_S, now_s - 60)
    theirs = tmp_path / "Faderbot" / "notes"
    theirs.mkdir()
    lua.run(LAST)
    assert [path.exists() for path in (old, older, unbeaten, fresh, alive, theirs)] == [False] * 3 + [True] * 3
    run_until_done(lua, {"error": "x"})


def test_a_start_clears_a_few_folders_and_the_next_one_looks_anew(lua, tmp_path, program):
    old = [left_behind(tmp_path, time.time() - (2 + day) * DAY_S) for day in range(10)]
    lua.run(LAST)
    assert sum(path.exists() for path in old) == 2
    run_until_done(lua, {"error": "x"})
    late = left_behind(tmp_path, time.time() - 20 * DAY_S)
    lua.run(LAST)
    assert not any(path.exists() for path in (*old, late))
    run_until_done(lua, {"error": "x"})


def test_what_is_not_ours_in_such_a_folder_stays(lua, tmp_path, program):
    old = left_behind(tmp_path, time.time() - 2 * DAY_S)
    (old / "song.wav").write_text("")
    lua.run(LAST)
    assert [path.name for path in old.iterdir()] == ["song.wav"]
    run_until_done(lua, {"error": "x"})


# Projects without audio


def instruments(tmp_path, path=None):
    take = Take("{take}", source=Source("MIDI", path))
    piano = Track("{piano}", "Piano", items=(Item("{item}", 0.0, 1.0, take),))
    return LuaReaper(Live(Session("x", 8_000, (piano,)), Silence()), tmp_path)


@pytest.mark.parametrize(("answer", "more"), [(YES, ["--hear", "meters"]), (NO, None)])
def test_instruments_alone_are_listened_to_by_the_meters_if_the_user_wants(tmp_path, program, answer, more):
    lua = instruments(tmp_path)
    lua.box_answers.append(answer)
    lua.run(LAST)
    assert "only MIDI or instrument tracks" in lua.boxes[0]
    if more:
        assert words(lua)[0][-2:] == more
        run_until_done(lua, {"error": "x"})
    else:
        assert lua.commands == []
        assert lua.console == [
            "Faderbot: the project has only MIDI or instrument tracks, so there is no audio to listen to\n"
        ]
    lua.end()


def test_midi_from_a_file_is_no_audio_either(tmp_path, program):
    (tmp_path / "piano.mid").write_bytes(b"")
    lua = instruments(tmp_path, tmp_path / "piano.mid")
    lua.run(LAST)
    assert len(lua.boxes) == 1
    lua.end()


def test_who_said_how_to_listen_is_not_asked_again_and_for_an_undo_nobody_is(tmp_path, program):
    lua = instruments(tmp_path)
    for given in (("mix", "--hear", "meters"), ("undo",)):
        running = begin(lua, *given)
        turn(lua, running)
        running[b"stop"](running)
    assert lua.boxes == []
    assert len(lua.commands) == 2
    lua.end()


# What the panel sees


def test_the_panel_sees_how_a_job_goes_and_ends(lua, program):
    running = begin(lua, "mix")
    assert running[b"step_words"] == b"starting"
    assert turn(lua, running) == "serving"
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    files.put("progress.json", {"stage": "plan", "share": 0.5})
    assert turn(lua, running, 0.3) == "serving"
    assert (running[b"step_words"], running[b"progress"][b"share"]) == (b"planning the mix", 0.5)
    files.put("progress.json", {"stage": "hear", "share": 0.5, "words": "trying Bass"})
    assert turn(lua, running, 0.3) == "serving"
    assert running[b"step_words"] == b"listening: trying Bass"
    assert lua.toggles[LIT] == 1
    files.put("result.json", mixed(written=False))
    assert turn(lua, running, 0.3) == "ended"
    assert running[b"is_well"]
    assert running[b"outcome"][b"written"] is False
    assert lines(running) == ["nothing was to be changed, so nothing was written"]
    assert lua.toggles[LIT] == 0
    assert turn(lua, running) == "ended"
    assert (lua.console, lua.spoken) == ([], [])


def test_the_panel_stops_a_job_and_hears_what_became_of_it(lua, live, program):
    before = live.session
    running = begin(lua)
    turn(lua, running)
    assert running[b"stop"](running) == b"stopped; nothing was changed"
    assert turn(lua, running) == "ended"
    assert words(lua)[1].cancelled
    assert live.session is before


def test_the_panel_hears_why_a_job_does_not_begin(lua, program):
    lua.broken["GetResourcePath"] = lambda: 'a"b'
    lua.broken["RecursiveCreateDirectory"] = lambda *_: 0
    assert begin(lua).startswith("a path with quotes can not be used")


def test_names_in_focus_and_locked_wait_in_the_folder_for_the_program(lua, program):
    names = as_lua(lua, {"focus": ['The "one"'], "lock": ["Bass", "Größe"]})
    given = lua.lua.table_from([b"mix"])
    given[b"wish"] = names
    running = lua.require("job")[b"begin"](given)
    turn(lua, running)
    _, files = words(lua)
    assert files.message("wish.json") == {"version": 1, "focus": ['The "one"'], "lock": ["Bass", "Größe"]}
    running[b"stop"](running)


def test_missing_media_is_named_with_its_track_where_it_would_be_heard(lua, live, program):
    for track in live.session.tracks[:2]:
        track.items[0].take.source.path.unlink()
    bass, *others = live.session.tracks
    quiet = replace(bass, items=tuple(replace(item, muted=True) for item in bass.items))
    live.edit(lambda session: replace(session, tracks=(quiet, *others)), None)
    lua.run(LAST)
    _, files = words(lua)
    files.put("bridge.json", {"beat": 1})
    files.put("request-1.json", {"number": 1, "do": "survey"})
    while files.message("answer-1.json") is None:
        assert lua.step()
    run_until_done(lua, mixed(written=False))
    name = live.session.tracks[1].items[0].take.source.path.name
    assert lua.console[-1] == f"Faderbot: missing media, silent in the mix: Kick ({name})\n"
