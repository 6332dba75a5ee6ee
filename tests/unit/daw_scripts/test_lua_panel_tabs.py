"""The panel's tabs for a rhythm and for the tone: settings, what their jobs become, and how they share a project."""

import json
from dataclasses import replace

import pytest

from agent.rhythm.styles import EVERY, styles
from agent.rhythm.writing import AUTO
from agent.tone.targets import SLOPE_DB_PER_OCT
from bridge.rhythm_document import RhythmDocument
from bridge.tune_document import TuneDocument
from tests.unit.daw_scripts import made_documents
from tests.unit.daw_scripts.panels import MORE, RHYTHM_STEP, Core, Program
from tests.unit.daw_scripts.started import words

RHYTHM = ["style", "length", "feel", "humanize", "seed"]
TUNE = ["against", "style", "scope", "strength", "target", "lock"]
WHY_BASS = "350 Hz: the track has 4.0 dB too much there\nFader: keeps its loudness, which the EQ would change"
WHY_MASTER = "4 kHz: the mix has 2.0 dB too little there\nFader: brings the mix to −16.0 LUFS"
COMPARISON = ["compare", "play", "keep", "revert"]
VARIATION = ["another", "play", "revert", "back", "close"]


@pytest.fixture
def core(blind, program):
    return Core(blind)


@pytest.fixture
def rhythm(core):
    core.act("tab", "Rhythm")
    return core


@pytest.fixture
def tune(core):
    core.act("tab", "Tune")
    return core


def kept(core, key):
    return json.loads(core.lua.kept["Faderbot", key])


def started(core):
    core.act("start")
    core.turn()
    return core.program


def written(core, **more):
    started(core).writes_rhythm(**more)
    core.turn(2)
    return core


def tuned(core, **more):
    started(core).tunes(**more)
    core.turn(2)
    return core


def names(core):
    return [track.name for track in core.lua.live.session.tracks]


@pytest.mark.parametrize(
    ("model", "made"), [(RhythmDocument, made_documents.rhythm), (TuneDocument, made_documents.tuning)]
)
def test_the_documents_of_these_tests_are_the_programs(model, made):
    assert model.model_validate_json(json.dumps(made())).model_dump(mode="json") == made()


# The tabs


def test_each_tab_has_its_settings_and_says_its_name(core):
    assert core.widget("tab")["options"] == ["Mix", "Rhythm", "Tune"]
    core.act("tab", "Rhythm")
    assert core.heading() == core.lua.spoken[-1] == "Rhythm: song"
    assert core.ids() == ["tab", *RHYTHM, "start", "close"]
    core.act("tab", "Tune")
    assert core.heading() == core.lua.spoken[-1] == "Tune the tone: song"
    assert core.ids() == ["tab", *TUNE, "start", "close"]
    assert core.widget("tab")["value"] == "Tune"
    core.act("tab", "Mix")
    assert core.heading() == "Auto-mix: song"


def test_while_a_job_runs_there_is_no_tab_to_turn_to(rhythm):
    started(rhythm)
    assert rhythm.ids() == ["cancel"]
    assert rhythm.heading() == "Writing a rhythm"
    rhythm.act("tab", "Mix")
    assert rhythm.heading() == "Writing a rhythm"


def test_each_tab_keeps_what_its_job_did(core):
    core.mixed()
    core.act("tab", "Rhythm")
    written(core)
    assert core.heading() == "Wrote 4 bars of rock"
    core.act("tab", "Mix")
    assert core.heading().startswith("Mixed ")
    assert "table" in [widget["kind"] for widget in core.widgets()]


# The rhythm's settings


@pytest.mark.parametrize(
    ("name", "value", "field", "wanted"),
    [
        ("style", "Jazz", "style", "jazz"),
        ("length", "So many bars", "is_whole", False),
        ("feel", "As set here", "is_own_feel", True),
        ("humanize", 25, "humanize_percent", 25),
        ("seed", 7, "seed", 7),
    ],
)
def test_a_setting_of_the_rhythm_is_shown_and_kept_in_the_project(rhythm, name, value, field, wanted):
    rhythm.act(name, value)
    assert rhythm.widget(name)["value"] == value
    assert kept(rhythm, "rhythm")[field] == wanted
    again = Core(rhythm.lua)
    again.act("tab", "Rhythm")
    assert again.widget(name)["value"] == value


def test_every_style_that_the_program_knows_is_offered_and_no_other(rhythm):
    chosen = []
    for option in rhythm.widget("style")["options"]:
        rhythm.act("style", option)
        chosen.append(kept(rhythm, "rhythm")["style"])
    assert chosen == [AUTO, *sorted(set(styles()) - {EVERY})]


def test_the_settings_become_the_programs_words(rhythm):
    assert started(rhythm).words[1:] == [
        "rhythm",
        "--daw",
        "reaper",
        "--style",
        "auto",
        "--humanize",
        "0.5",
        "--seed",
        "0",
    ]
    rhythm.act("cancel")
    for name, value in (("length", "So many bars"), ("bars", 12), ("feel", "As set here")):
        rhythm.act(name, value)
    for name, value in (("density", 75), ("swing", 30), ("humanize", 0), ("seed", 3)):
        rhythm.act(name, value)
    assert started(rhythm).words[4:] == [
        *["--style", "auto", "--humanize", "0", "--seed", "3", "--bars", "12"],
        *["--density", "0.75", "--swing", "0.3"],
    ]


# What a rhythm became


def test_a_rhythm_is_shown_as_a_grid_in_words_and_in_marks(rhythm):
    written(rhythm)
    (grid,) = [widget for widget in rhythm.widgets() if widget["kind"] == "table"]
    assert grid["heads"] == ["Voice", "Bar 1", "Bar 2"]
    assert [row[0] for row in grid["rows"]] == ["Crash", "Closed hat", "Snare", "Kick"]
    assert grid["rows"][2][1:] == ["2 accented, 4 accented"] * 2
    assert grid["rows"][3][1] == "1, 2 and, 3"
    assert grid["rows"][0][1:] == ["1 accented", "rests"]
    assert grid["marks"][3] == [False, made_documents.KICK, made_documents.KICK]
    assert grid["beats"] == 4


def test_steps_of_a_ternary_bar_are_named_by_beat_and_part(rhythm):
    bar = "x..x.x......"
    written(rhythm, bars=1, meter="6/8", steps_per_beat=6, grid={"kick": [bar]})
    (grid,) = [widget for widget in rhythm.widgets() if widget["kind"] == "table"]
    assert (grid["beats"], grid["rows"][0]) == (2, ["Kick", "1, 1.4, 1.6"])


def test_its_figures_reasons_and_notes_are_lines(rhythm):
    written(rhythm, notes=["the bass is in two tempos"])
    texts = rhythm.texts()
    assert "Tempo 120.0 BPM, 4/4, as heard (93 % sure)" in texts
    assert any("84 % of the music’s onsets are met" in line and "13.2 hits a bar" in line for line in texts)
    assert "the kick follows the bass" in texts
    assert texts[-1] == "Note: the bass is in two tempos"
    assert rhythm.lua.spoken[-1].startswith("wrote 4 bars of rock at 120.0 BPM: 53 hits; Undo takes it back")


def test_other_bars_are_shown_where_they_are_asked_for(rhythm):
    written(rhythm)
    shown = rhythm.widget("from_bar")
    assert (shown["value"], shown["low"], shown["high"]) == (1, 1, 3)
    rhythm.act("from_bar", 3)
    (grid,) = [widget for widget in rhythm.widgets() if widget["kind"] == "table"]
    assert grid["heads"][1:] == ["Bar 3", "Bar 4"]


def test_another_one_takes_the_place_of_the_last_and_has_the_next_seed(rhythm):
    written(rhythm)
    assert rhythm.ids() == ["tab", "from_bar", *VARIATION]
    rhythm.act("another")
    rhythm.turn()
    assert rhythm.heading() == "Taking the rhythm back"
    assert rhythm.program.words[1:] == ["undo", "--daw", "reaper"]
    rhythm.program.undoes()
    rhythm.turn(3)
    assert rhythm.heading() == "Writing a rhythm"
    assert rhythm.program.words[-2:] == ["--seed", "1"]
    rhythm.program.writes_rhythm()
    rhythm.turn(2)
    assert names(rhythm).count("Faderbot drums") == 1
    assert rhythm.lua.live.undo_names == (RHYTHM_STEP,)


def test_another_one_goes_beside_the_last_where_something_else_was_done_since(rhythm):
    written(rhythm)
    live = rhythm.lua.live
    live.edit(lambda session: replace(session, tempo_bpm=90.0), "Change tempo")
    rhythm.act("another")
    rhythm.turn()
    assert rhythm.program.words[1] == "rhythm"


def test_an_undo_that_fails_writes_no_other(rhythm):
    written(rhythm)
    rhythm.act("another")
    rhythm.turn()
    rhythm.program.fails("more was put on the track since")
    rhythm.turn(2)
    assert rhythm.heading() == "That did not work"
    assert len(rhythm.lua.commands) == 2


def test_undone_in_reaper_the_grid_goes_and_says_so(rhythm):
    written(rhythm)
    rhythm.lua.live.undo()
    rhythm.turn(3)
    assert rhythm.heading() == "Rhythm: song"
    assert any(line.startswith("the rhythm is not in the project any more") for line in rhythm.texts())


def test_a_dry_rhythm_can_not_be_taken_back(rhythm):
    written(rhythm, written=False)
    assert rhythm.heading() == "Nothing was to be written"
    assert rhythm.ids() == ["tab", "from_bar", "back", "close"]


def test_cancelled_in_the_middle_the_new_track_is_taken_back(rhythm):
    before = rhythm.lua.live.session
    started(rhythm).asks(
        "add_midi",
        midi={"undo_name": "x", "name": "y", "start_s": 0.0, "end_s": 1.0, "notes": [[0, 0.1, 36, 9]], "channel": 9},
    )
    assert rhythm.lua.live.session != before
    rhythm.act("cancel")
    assert rhythm.lua.live.session == before
    assert "stopped; what was written was taken back" in rhythm.texts()


# The tone


def test_every_style_of_the_tone_is_offered(tune):
    chosen = []
    for option in tune.widget("style")["options"]:
        tune.act("style", option)
        chosen.append(kept(tune, "tune")["style"])
    assert set(chosen) == set(SLOPE_DB_PER_OCT)


def test_a_tuning_against_a_style_is_started_with_its_words(tune):
    tune.act("scope", "The master alone")
    tune.act("strength", 60)
    assert started(tune).words[1:] == [
        *["tune", "--daw", "reaper", "--style", "balanced", "--master", "--strength", "0.6"],
    ]


def test_a_recording_is_chosen_with_the_systems_own_dialogue(tune, tmp_path):
    recording = tmp_path / "A song I like.wav"
    recording.write_bytes(b"")
    tune.act("against", "A recording")
    assert "The recording: none yet" in tune.texts()
    tune.act("start")
    assert "Error: choose the recording that it is to sound like" in tune.texts()
    tune.act("back")
    tune.lua.chosen_files.append(str(recording))
    tune.act("reference")
    assert "The recording: A song I like.wav" in tune.texts()
    assert started(tune).words[4:6] == ["--reference", str(recording)]


def test_a_recording_that_is_gone_is_told_before_the_job(tune, tmp_path):
    tune.lua.chosen_files.append(str(tmp_path / "gone.wav"))
    tune.act("against", "A recording")
    tune.act("reference")
    tune.act("start")
    assert any("there is no file" in line for line in tune.texts())
    assert tune.lua.commands == []


def test_the_locked_tracks_are_those_of_the_mix(tune):
    bass = tune.widget("lock")["options"][0]["guid"]
    tune.act("lock", {"guid": bass, "value": True})
    assert tune.widget("lock")["value"] == {bass: True}
    assert kept(tune, "wishes")["lock"] == [bass]
    assert started(tune).files.message("wish.json")["lock"] == ["Bass"]
    tune.act("cancel")
    tune.act("tab", "Mix")
    assert tune.widget("lock")["value"] == {bass: True}


def test_a_loudness_of_the_tone_is_told_where_one_is_wanted(tune):
    tune.act("target", "Custom")
    tune.act("custom_lufs", -18)
    assert started(tune).words[-4:] == ["--target", "-18", "--strength", "1"]


def test_the_table_tells_the_tone_before_and_after(tune):
    tuned(tune)
    assert tune.heading() == "Tuned 3 tracks"
    assert tune.texts()[:3] == [
        "Distance from the style balanced: 5.2 → 1.9 dB",
        "Loudness −16.0 LUFS",
        "True peak −1.5 dBTP",
    ]
    (table,) = [widget for widget in tune.widgets() if widget["kind"] == "table"]
    assert table["rows"] == [
        ["Bass", "0.0 → −1.5", "−3.0 dB at 350 Hz", "6.2 → 2.5", WHY_BASS],
        ["Kick", "0.0", "as it was", "6.2", "locked"],
        ["Lead Vocal", "0.0", "as it was", "", "silent"],
        ["Master", "0.0 → 1.0", "+2.0 dB at 4 kHz", "", WHY_MASTER],
    ]


def test_a_tuning_is_compared_as_a_mix_is(tune):
    tuned(tune)
    assert tune.ids() == ["tab", *COMPARISON, "back", "close"]
    assert "You hear: after, the tuning" in tune.texts()
    tune.act("compare")
    assert tune.lua.live.session.tracks[0].gain_linear == 1.0
    assert "You hear: before, as it was" in tune.texts()
    tune.act("keep")
    assert tune.lua.live.session.tracks[0].gain_linear == 0.5


def test_the_comparison_is_on_the_tab_of_the_last_job(core):
    core.mixed()
    core.act("tab", "Tune")
    assert "compare" not in core.ids()
    tuned(core)
    assert "compare" in core.ids()
    core.act("tab", "Mix")
    assert "compare" not in core.ids()


def test_what_was_written_later_is_undone_first(core):
    core.mixed()
    core.act("tab", "Rhythm")
    written(core)
    core.act("tab", "Mix")
    core.act("revert")
    assert "Note: a rhythm was written since: undo that one first" in core.texts()
    assert len(core.lua.commands) == 2
    core.act("tab", "Rhythm")
    core.act("revert")
    core.turn()
    core.program.undoes()
    core.turn(2)
    core.act("tab", "Mix")
    assert "compare" in core.ids()  # the mix is still there to be compared
    core.act("revert")
    core.turn()
    assert core.program.words[1] == "undo"


def test_the_actions_without_a_window_go_by_the_same_settings(core):
    core.act("tab", "Rhythm")
    core.act("seed", 5)
    core.act("tab", "Tune")
    core.act("style", "Jazz")
    for script, wanted in (
        ("Write rhythm", ["rhythm", "--daw", "reaper", "--style", "auto", "--humanize", "0.5", "--seed", "5"]),
        ("Tune", ["tune", "--daw", "reaper", "--style", "jazz", "--tracks", "--strength", "1"]),
    ):
        other = core.lua.beside(more=MORE)
        other.functions = core.lua.functions
        other.run(f"Faderbot_{script} with last settings.lua")
        other.step()
        assert words(other)[0][1:] == wanted
        other.stop()


def test_without_a_window_a_rhythm_is_told_in_a_line(blind, program):
    blind.run("Faderbot_Write rhythm with last settings.lua")
    blind.step()
    Program(blind).writes_rhythm(notes=["no bass was heard"])
    while blind.step(0.3):
        assert blind.now_s < 60
    assert blind.spoken[-1] == ("wrote 4 bars of rock at 120.0 BPM: 53 hits; Undo takes it back. no bass was heard")
    assert blind.require("compare")[b"state"](blind.front) is None
