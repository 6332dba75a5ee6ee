"""The panel without its drawing: what is shown in each stage, and what each widget does."""

import json
from dataclasses import replace

import pytest

from mock_daw.live import Live
from mock_daw.session import Session
from tests.lua_reaper import FIRST, SECOND, LuaReaper
from tests.unit.daw_scripts.panels import MORE, Core, document
from tests.unit.mock_daw.reaper.desks import Silence

SETTINGS = ["target", "tempo", "style", "strength", "which", "eq", "focus", "lock"]
COMPARISON = ["compare", "play", "keep", "revert"]
LESSONS = ["learn", "lessons", "unlearn"]
PLAY_OR_STOP = 40_044


@pytest.fixture
def core(blind, program):
    return Core(blind)


def kept(lua):
    return json.loads(lua.kept["Faderbot", "wishes"])


def gains(live):
    return [track.gain_linear for track in live.session.tracks]


# The settings


def test_the_settings_are_shown_as_usual_with_the_projects_tracks(core):
    assert core.heading() == "Auto-mix: song"
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]
    shown = {name: core.widget(name)["value"] for name in SETTINGS}
    assert shown == {
        "target": "Streaming, −14 LUFS",
        "tempo": "Keep it",
        "style": "Balanced",
        "strength": 100,
        "which": "All tracks",
        "eq": True,
        "focus": {},
        "lock": {},
    }
    assert [track["name"] for track in core.widget("focus")["options"]] == ["Bass", "Kick", "Lead Vocal"]
    assert core.widget("start")["is_default"]


@pytest.mark.parametrize(
    ("name", "value", "field", "wanted"),
    [
        ("target", "Podcast, −16 LUFS", "target", "podcast"),
        ("style", "Rock", "style", "rock"),
        ("strength", 65, "strength_percent", 65),
        ("which", "Selected tracks only", "is_selected_only", True),
        ("eq", False, "is_eq", False),
    ],
)
def test_a_setting_is_shown_and_kept_in_the_project(core, name, value, field, wanted):
    core.act(name, value)
    assert core.widget(name)["value"] == value
    assert kept(core.lua)[field] == wanted


def test_every_target_and_style_that_is_offered_can_be_chosen(core):
    for name, field in (("target", "target"), ("style", "style")):
        chosen = set()
        for option in core.widget(name)["options"]:
            core.act(name, option)
            assert core.widget(name)["value"] == option
            chosen.add(kept(core.lua)[field])
        assert len(chosen) == 6


def test_a_loudness_of_ones_own_is_asked_for_where_it_is_wanted(core):
    core.act("target", "Custom")
    number = core.widget("custom_lufs")
    assert (number["value"], number["low"], number["high"], number["unit"]) == (-16, -40, -5, "LUFS")
    core.act("custom_lufs", -18)
    core.act("start")
    core.turn()
    assert "-18" in core.program.words


def test_a_tempo_of_ones_own_is_asked_for_where_it_is_wanted_and_whether_items_may_follow(core):
    core.act("tempo", "Match the material")
    assert "tempo_bpm" not in core.ids()
    core.act("tempo", "Set it")
    number = core.widget("tempo_bpm")
    assert (number["value"], number["low"], number["high"], number["unit"]) == (120, 20, 400, "BPM")
    core.act("tempo_bpm", 98)
    core.act("stretch", True)
    core.act("start")
    core.turn()
    assert core.program.words[-3:] == ["--tempo", "98", "--stretch-items"]
    tempo = {"asked": "98 BPM", "before_bpm": 120.0, "after_bpm": 98.0, "heard_bpm": None, "confidence": None}
    core.program.mixes(tempo={**tempo, "stretched": True, "length_s": 4.0})
    core.turn(2)
    assert "Tempo 120.0 → 98.0 BPM" in core.texts()


def test_tracks_are_brought_out_or_left_alone_and_let_go_again(core):
    bass, kick, _ = (track["guid"] for track in core.widget("focus")["options"])
    core.act("focus", {"guid": bass, "value": True})
    core.act("lock", {"guid": kick, "value": True})
    assert (core.widget("focus")["value"], core.widget("lock")["value"]) == ({bass: True}, {kick: True})
    assert (kept(core.lua)["focus"], kept(core.lua)["lock"]) == ([bass], [kick])
    core.act("focus", {"guid": bass, "value": False})
    assert kept(core.lua)["focus"] == []


def test_names_that_several_tracks_have_are_warned_of(core, blind):
    blind.live.edit(
        lambda session: replace(session, tracks=tuple(replace(track, name="Twin") for track in session.tracks)), "x"
    )
    core.turn(3)
    core.act("lock", {"guid": core.widget("lock")["options"][0]["guid"], "value": True})
    assert "Note: more than one track is called “Twin”: all of them are meant" in core.texts()


def test_the_settings_of_the_last_time_come_back(core, blind):
    core.act("style", "Metal")
    core.close()
    assert Core(blind).widget("style")["value"] == "Metal"


def test_the_rows_are_the_same_table_until_something_changes(core):
    before = core.p[b"rows"](core.p)
    core.turn(5)
    same = core.lua.lua.eval("rawequal")
    assert same(before, core.p[b"rows"](core.p))
    core.act("eq", False)
    assert not same(before, core.p[b"rows"](core.p))


def test_a_new_track_is_in_the_lists_soon(core, blind):
    extra = replace(blind.live.session.tracks[0], guid="{NEW}", name="Choir")
    blind.live.edit(lambda session: replace(session, tracks=(*session.tracks, extra)), "Insert track")
    core.turn(3)
    assert [track["name"] for track in core.widget("lock")["options"]] == ["Bass", "Kick", "Lead Vocal", "Choir"]


# What hinders


LOCK = "Faderbot_Lock or unlock selected tracks.lua"


def lock_the_bass_by_action(blind):
    bass, *others = blind.live.session.tracks
    tracks = (replace(bass, selected=True), *others)
    blind.live.edit(lambda session: replace(session, tracks=tracks), None)
    blind.beside(more=MORE).run(LOCK)


def test_a_track_that_an_action_locks_is_locked_in_the_open_panel_soon(core, blind):
    lock_the_bass_by_action(blind)
    core.turn(3)
    assert list(core.widget("lock")["value"]) == [blind.live.session.tracks[0].guid]


def test_and_at_once_for_a_mix_or_a_setting(core, blind):
    lock_the_bass_by_action(blind)
    core.act("strength", 65)
    assert kept(blind)["lock"] == [blind.live.session.tracks[0].guid]
    assert kept(blind)["strength_percent"] == 65
    blind.beside(more=MORE).run("Faderbot_Clear locks and focus.lua")
    lock_the_bass_by_action(blind)
    core.act("start")
    core.turn()
    assert core.program.files.message("wish.json")["lock"] == ["Bass"]


def test_another_project_opened_in_the_same_tab_has_its_own_settings(core, blind):
    core.act("strength", 65)
    blind.kept.clear()
    core.turn(3)
    assert core.widget("strength")["value"] == 100
    core.act("eq", False)
    assert kept(blind)["strength_percent"] == 100


def test_a_recording_that_has_just_begun_starts_no_job(core, blind, monkeypatch):
    monkeypatch.setitem(blind.broken, "GetPlayStateEx", lambda project: 5)
    core.act("start")
    assert "start" in core.ids()
    assert blind.commands == []


def test_while_reaper_records_nothing_can_start_and_the_panel_says_why(core, blind):
    blind.live.record()
    core.turn(3)
    assert "Note: REAPER is recording: stop the recording first" in core.texts()
    assert not core.widget("start")["is_enabled"]
    core.act("start")
    assert blind.commands == []
    blind.live.stop()
    core.turn(3)
    assert core.widget("start")["is_enabled"]


def test_a_project_without_tracks_says_so(tmp_path, program):
    lua = LuaReaper(Live(Session("x", 8_000, ()), Silence()), tmp_path, more=MORE)
    core = Core(lua)
    assert "Note: the project has no tracks" in core.texts()
    assert core.widget("focus")["options"] == {}
    lua.end()


def test_without_a_project_there_is_only_a_way_out(blind, program):
    blind.front = None
    blind.open_projects.clear()
    core = Core(blind, None)
    assert "Note: no project is open" in core.texts()
    assert core.ids() == ["close"]
    core.act("style", "Rock")
    core.turn(3)
    assert blind.kept == {}


# The job


def test_while_it_works_the_step_and_the_share_are_shown_and_said(core, blind):
    core.act("start")
    assert core.ids() == ["cancel"]
    core.turn()
    core.program.tells("hear", 0.43)
    core.turn(2)
    progress = core.rows()[2][0]
    assert (progress["label"], progress["share"]) == ("Listening", 0.43)
    assert blind.spoken[-1] == "listening, 25 percent"


def test_no_setting_changes_while_it_works(core, blind):
    core.act("start")
    core.act("style", "Rock")
    assert blind.kept == {}


def test_the_settings_become_the_programs_words(core):
    core.act("strength", 50)
    core.act("eq", False)
    core.act("which", "Selected tracks only")
    core.act("start")
    core.turn()
    words = core.program.words
    assert words[1:] == [
        *["mix", "--daw", "reaper", "--target", "streaming", "--style", "balanced", "--strength", "0.5"],
        *["--no-eq", "--only-selected"],
    ]


def test_cancelled_it_stops_takes_back_and_says_so(core, blind):
    before = gains(blind.live)
    core.act("start")
    core.turn()
    program = core.program
    core.act("cancel")
    assert program.files.cancelled
    assert core.texts()[0] == "stopped; nothing was changed"
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]
    assert gains(blind.live) == before
    assert blind.spoken[-1] == "stopped; nothing was changed"


def test_closed_while_it_works_it_stops_first_and_stays_to_say_so(core):
    core.act("start")
    core.turn()
    core.act("close")
    assert core.is_open
    assert core.texts()[0] == "stopped; nothing was changed"
    core.act("close")
    assert not core.is_open


def test_where_the_window_goes_the_job_goes_with_it(core):
    core.act("start")
    core.turn()
    program = core.program
    core.close()
    assert program.files.cancelled
    assert not core.is_open


def test_the_light_that_a_job_puts_out_is_lit_again(core):
    core.mixed()
    assert core.relit == [True]


@pytest.mark.parametrize("line", ["there is no style called polka", "the disk is full"])
def test_what_fails_is_told_with_what_to_do_and_a_way_back(core, blind, line):
    core.act("start")
    core.turn()
    core.program.fails(line)
    core.turn(2)
    assert core.heading() == "That did not work"
    assert core.texts()[0] == f"Error: {line}"
    assert "faderbot doctor" in core.texts()[-1]
    assert blind.spoken[-1] == line
    core.act("back")
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]
    assert core.texts() == []


def test_a_job_that_does_not_begin_is_told_the_same_way(core, blind, tmp_path):
    blind.broken["GetResourcePath"] = lambda: str(tmp_path / 'a"b')
    core.act("start")
    assert core.heading() == "That did not work"
    assert "a path with quotes can not be used" in core.texts()[0]


def test_a_project_that_comes_to_the_front_stops_the_job_and_is_told_there(core, blind):
    core.act("start")
    core.turn()
    blind.open_projects.append(SECOND)
    blind.front = SECOND
    core.turn(2)
    assert core.heading() == "That did not work"
    assert "another project came to the front" in core.texts()[0]
    blind.front = FIRST
    core.turn()
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]


# The mix


def test_the_table_tells_before_and_after_and_why(core):
    core.mixed()
    table = next(widget for widget in core.widgets() if widget["kind"] == "table")
    assert table["heads"] == ["Track", "Fader, dB", "EQ", "Why"]
    assert table["align"] == ["left", "right", "left", "left"]
    told = {row[0]: row[1:] for row in table["rows"]}
    assert list(told) == ["Kick", "Bass", "Lead Vocal (focus)", "Spare", "Master"]
    assert told["Bass"] == ["0.0", "as it was", "locked"]
    assert told["Spare"] == ["0.0", "as it was", "silent"]
    assert told["Kick"][0].startswith("0.0 → ")
    assert "Fader: was " in told["Kick"][2]
    assert told["Master"][2].startswith("brings the mix to ")
    assert core.heading() == "Mixed 4 tracks"
    assert core.texts()[0].startswith("Loudness −")
    assert core.texts()[0].endswith(" LUFS, predicted; the target is −14.0 LUFS")


def test_eq_is_told_in_words(core):
    flat = {"shape": "bell", "freq_hz": 350.0, "gain_db": 0.0, "bandwidth_oct": 2.0}
    shelf = {**flat, "shape": "low_shelf", "freq_hz": 100.0}
    high = {**flat, "shape": "high_shelf", "freq_hz": 8000.0, "gain_db": -1.5}
    strip = {"gain_db": 0.0, "pan": 0.0, "high_pass_hz": None, "loudness_lufs": -20.0}
    track = {"file": None, "role": "bass", "locked": False, "silent": False, "focus": False, "name": "Bass"}
    before = {**strip, "eq": [shelf, flat, high]}
    after = {
        **strip,
        "gain_db": None,
        "high_pass_hz": 80.0,
        "eq": [{**shelf, "gain_db": -4.5}, {**flat, "gain_db": 1.5}, {**high, "gain_db": -3.0}],
    }
    reasons = [
        {"track": "Bass", "text": "Bass EQ low (100 Hz) −4.5 dB: masks Kick: here at 50 Hz"},
        {"track": "Bass", "text": "something in other words"},
    ]
    core.mixed(tracks=[{**track, "before": before, "after": after}], reasons=reasons)
    table = next(widget for widget in core.widgets() if widget["kind"] == "table")
    assert table["rows"][0] == [
        "Bass",
        "0.0 → −∞",
        "−4.5 dB below 100 Hz\n+1.5 dB at 350 Hz\n−1.5 → −3.0 dB above 8 kHz\nhigh-pass 80 Hz",
        "100 Hz: masks Kick: here at 50 Hz",
    ]


def test_tracks_of_one_name_have_each_its_own_reasons(core):
    strip = {"gain_db": 0.0, "pan": 0.0, "eq": [], "high_pass_hz": None, "loudness_lufs": -20.0}
    track = {"file": None, "role": "bass", "locked": False, "silent": False, "focus": False, "name": "Bass"}
    tracks = [{**track, "before": strip, "after": {**strip, "gain_db": gain_db}} for gain_db in (-3.0, 4.0)]
    reasons = [
        {"track": "Bass", "text": "Bass −3.0 dB: was too loud"},
        {"track": "Bass", "text": "Bass +4.0 dB: was too quiet"},
    ]
    core.mixed(tracks=tracks, reasons=reasons)
    table = next(widget for widget in core.widgets() if widget["kind"] == "table")
    assert [row[3] for row in table["rows"][:2]] == ["Fader: was too loud", "Fader: was too quiet"]


@pytest.mark.parametrize(
    ("before_dbtp", "after_dbtp", "line"),
    [
        (None, -1.5, "True peak −1.5 dBTP"),
        (-3.25, -1.5, "True peak −3.2 → −1.5 dBTP"),
        (-3.25, 0.4, "Note: True peak −3.2 → 0.4 dBTP: render it through a limiter"),
    ],
)
def test_the_true_peak_is_told_where_it_is_known(core, before_dbtp, after_dbtp, line):
    made = document()
    before, after = made["before"], made["after"]
    before["figures"] = {**before["figures"], "true_peak_dbtp": before_dbtp}
    after["figures"] = {**after["figures"], "true_peak_dbtp": after_dbtp, "source": "daw"}
    core.mixed(before=before, after=after)
    assert core.texts()[1] == line
    assert "predicted" not in core.texts()[0]


def test_what_the_program_notes_stands_under_the_table(core):
    core.mixed(notes=["left out: the send of Choir"])
    assert core.texts()[-1] == "Note: left out: the send of Choir"


def test_a_mix_that_changed_nothing_says_so_and_offers_no_comparison(core):
    core.act("start")
    core.turn()
    core.program.mixes(written=False)
    core.turn(2)
    assert core.heading() == "Nothing was to be changed"
    assert core.ids() == ["tab", "back", "close"]


def test_before_and_after_are_compared_and_what_is_heard_is_told(core, blind):
    core.mixed()
    assert core.ids() == ["tab", *LESSONS, *COMPARISON, "back", "close"]
    assert gains(blind.live)[0] == 0.5
    assert "You hear: after, the mix" in core.texts()
    core.act("compare")
    assert gains(blind.live)[0] == 1.0
    (heard,) = [line for line in core.texts() if line.startswith("You hear: before, as it was")]
    assert blind.spoken[-1] == heard
    core.act("compare")
    assert gains(blind.live)[0] == 0.5
    assert core.widget("compare")["label"] == "A/B: Hear before"


def test_a_value_that_was_moved_since_is_named(core, blind):
    core.mixed()
    blind.functions.call("SetMediaTrackInfo_Value", (_track(blind, 0), "D_VOL", 0.25))
    core.act("compare")
    assert any(line.startswith("Note: left as it is, since it was changed") for line in core.texts())
    assert "the fader of Bass" in blind.spoken[-1]


def _track(lua, place):
    return lua.functions.call("GetTrack", (lua.functions.call("EnumProjects", [-1, "", 4096])[0], place))


@pytest.mark.parametrize("act", ["compare", "keep"])
def test_nothing_is_compared_while_another_script_works(core, blind, act):
    core.mixed()
    other = blind.beside(more=MORE)
    other.run("Faderbot_Auto-mix with last settings.lua")
    before = blind.live.session
    core.act(act)
    assert blind.live.session == before
    assert "Note: another job runs: starting. “Faderbot: Stop” ends it" in core.texts()
    other.stop()
    core.act(act)
    assert "Note: another job runs: starting. “Faderbot: Stop” ends it" not in core.texts()


def test_kept_the_mix_is_up_and_the_comparison_over(core, blind):
    core.mixed()
    core.act("compare")
    core.act("keep")
    assert gains(blind.live)[0] == 0.5
    assert core.texts()[0] == "Done: the mix is kept as it was written"
    assert core.ids() == ["tab", *SETTINGS, *LESSONS, "start", "close"]


def test_reverted_the_program_undoes_with_the_mix_up(core, blind):
    core.mixed()
    core.act("compare")
    core.act("revert")
    assert gains(blind.live)[0] == 0.5
    assert core.heading() == "Taking the mix back"
    core.turn()
    assert core.program.words[1] == "undo"
    core.program.says("Undone: a mix", "1 value is as it was before")
    core.turn(2)
    assert core.texts() == ["Done: Undone: a mix", "1 value is as it was before"]
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]


def test_back_at_the_settings_the_last_mix_can_still_be_compared(core, blind):
    core.mixed()
    core.act("compare")
    core.act("back")
    assert gains(blind.live)[0] == 0.5
    assert core.ids() == ["tab", *SETTINGS, *COMPARISON, *LESSONS, "start", "close"]
    assert [name for name in core.ids() if core.widget(name).get("is_default")] == ["start"]
    core.act("compare")
    assert gains(blind.live)[0] == 1.0


def test_in_another_run_the_last_mix_can_still_be_compared(core, blind):
    core.mixed().close()
    assert [name for name in Core(blind).ids() if name in COMPARISON] == COMPARISON


def test_undone_in_reaper_the_table_goes(core, blind):
    core.mixed()
    blind.live.undo()
    core.turn(3)
    assert core.texts() == ["there is no mix to compare any more: it was undone or kept"]
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]


def test_what_another_action_brings_up_is_shown_soon(core, blind):
    core.mixed()
    other = blind.beside(more=MORE)
    other.run("Faderbot_Compare before and after.lua")
    other.end()
    core.turn(3)
    assert any(line.startswith("You hear: before") for line in core.texts())
    other.run("Faderbot_Keep mix.lua")
    core.turn(3)
    assert core.texts() == ["there is no mix to compare any more: it was undone or kept"]


def test_closed_during_a_comparison_the_mix_comes_up(core, blind):
    core.mixed()
    core.act("compare")
    core.close()
    assert gains(blind.live)[0] == 0.5


def test_play_starts_and_stops_reaper(core, blind):
    core.act("play")
    assert blind.actions == [PLAY_OR_STOP]


# Project tabs


def test_each_project_has_its_own_page(core, blind):
    core.act("style", "Metal")
    core.mixed()
    blind.open_projects.append(SECOND)
    blind.front = SECOND
    core.turn()
    assert blind.spoken[-1] == "Auto-mix: song"
    assert core.widget("style")["value"] == "Balanced"
    assert core.ids() == ["tab", *SETTINGS, "start", "close"]
    blind.front = FIRST
    core.turn()
    assert core.heading() == "Mixed 4 tracks"


def test_a_project_that_leaves_the_front_is_left_with_the_mix_up(core, blind):
    core.mixed()
    core.act("compare")
    blind.open_projects.append(SECOND)
    blind.front = SECOND
    core.turn()
    assert gains(blind.live)[0] == 0.5


def test_a_closed_project_is_not_touched_any_more(core, blind):
    core.mixed()
    core.act("compare")
    blind.open_projects[:] = [SECOND]
    blind.front = SECOND
    core.turn()
    core.close()
    assert gains(blind.live)[0] == 1.0


def test_nothing_is_told_by_a_tone_alone(core, blind):
    blind.live.record()
    core.turn(3)
    toned = [widget for widget in core.widgets() if widget.get("tone", "plain") != "plain"]
    assert toned
    assert all(widget["text"].startswith(("Done: ", "Note: ", "Error: ")) for widget in toned)


def test_without_osara_nothing_is_written_to_the_console(lua, program):
    core = Core(lua).mixed()
    core.act("compare")
    assert lua.console == []
