"""The words jobs are started with, and what is told of their ends."""

import json

import pytest

from bridge.control.jobs import LONGEST_TEXT, Ended, Kind, Way, outcome, plain, words
from bridge.control.values import Values
from bridge.osc.packets import Message, packed
from tests.mixes import described, previewed
from tests.unit.daw_scripts import made_documents


def told(kind, ended, **more):
    message = outcome(kind, ended, **more)
    return message.address, *message.arguments


@pytest.fixture(scope="module")
def report():
    return described(previewed())


def test_a_mix_is_started_with_the_way_and_the_values():
    way = Way(("--daw=osc", "--osc-port=8001"), ("--hear=meters",), "my stems")
    assert words(Kind.MIX, Values(eq=False), way) == (
        *("mix", "--json", "--progress=json", "--daw=osc", "--osc-port=8001", "--hear=meters"),
        *("--target=streaming", "--style=balanced", "--strength=1", "--no-eq", "--", "my stems"),
    )


def test_other_jobs_are_started_with_the_way_alone():
    way = Way(("--web-port=2308",), ("--hear=meters",))
    assert words(Kind.UNDO, Values(), way) == ("undo", "--web-port=2308")
    assert words(Kind.COMPARE, Values(), way) == ("compare", "--web-port=2308")
    assert words(Kind.TRACKS, Values(), way) == ("status", "--json", "--web-port=2308")


def test_a_lesson_is_taken_the_way_the_mix_came_and_what_was_learned_needs_no_daw():
    way = Way(("--daw=ardour", "--osc-port=3820"), ("--hear=meters",), "my stems")
    assert words(Kind.LEARN, Values(eq=False), way) == (
        *("learn", "--json", "--daw=ardour", "--osc-port=3820", "--", "my stems"),
    )
    assert words(Kind.UNLEARN, Values(), way) == ("learn", "--undo", "--json")
    assert words(Kind.LESSONS, Values(), way) == ("learn", "--list", "--json")


def test_a_rhythm_and_a_tuning_are_started_with_the_way_and_their_own_values():
    way = Way(("--daw=reaper", "--web-port=2308"), ("--hear=meters",))
    assert words(Kind.RHYTHM, Values(), way) == (
        *("rhythm", "--json", "--progress=json", "--daw=reaper", "--web-port=2308"),
        *("--style=auto", "--humanize=0.5", "--seed=0"),
    )
    assert words(Kind.TUNE, Values(), way) == (
        *("tune", "--json", "--progress=json", "--daw=reaper", "--web-port=2308"),
        *("--style=balanced", "--tracks", "--strength=1"),
    )


def test_a_folder_of_stems_is_named_but_for_a_rhythm_in_reaper_which_is_heard_itself():
    osc, reaper = Way(("--daw=osc",), stems="my stems"), Way(("--daw=reaper",), stems="my stems")
    assert words(Kind.RHYTHM, Values(), osc)[-2:] == words(Kind.TUNE, Values(), reaper)[-2:] == ("--", "my stems")
    assert "my stems" not in words(Kind.RHYTHM, Values(), reaper)


def test_a_rhythm_is_told_with_its_bars_and_its_track():
    out = json.dumps(made_documents.rhythm())
    text = "wrote 4 bars of rock at 120.0 BPM, 53 hits on the track Faderbot drums for song"
    assert told(Kind.RHYTHM, Ended(0, out)) == ("/faderbot/done", text)
    files = json.dumps(made_documents.rhythm(track=None))
    assert told(Kind.RHYTHM, Ended(0, files))[1].endswith("53 hits for song")


def test_a_tuning_is_told_with_its_distance_and_its_loudness_before_and_after():
    text = "tuned 1 of 3 tracks of song to the style balanced: 5.2 dB → 1.9 dB from it"
    made = made_documents.tuning()
    assert told(Kind.TUNE, Ended(0, json.dumps(made))) == ("/faderbot/done", text, -16.0, -16.0)
    master = made_documents.tuning(scope="master", after={**made["after"], "loudness_lufs": None})
    assert told(Kind.TUNE, Ended(0, json.dumps(master))) == (
        "/faderbot/done",
        "tuned the master of song to the style balanced: 5.2 dB → 1.9 dB from it",
    )


def test_a_mix_is_told_with_its_loudness_before_and_after(report):
    address, text, before, after = told(Kind.MIX, Ended(0, report.text()))
    assert address == "/faderbot/done"
    assert text.startswith("would move ")
    assert " of 4 tracks of song: " in text
    assert (before, after) == (report.before.figures.loudness_lufs, report.after.figures.loudness_lufs)


def test_figures_that_are_not_known_are_left_out(report):
    silent = report.before.model_copy(
        update={"figures": report.before.figures.model_copy(update={"loudness_lufs": None})}
    )
    address, text = told(Kind.MIX, Ended(0, report.model_copy(update={"before": silent}).text()))
    assert (address, "no measurable loudness → " in text) == ("/faderbot/done", True)


def test_what_undo_and_compare_print_is_told_in_one_line():
    assert told(Kind.UNDO, Ended(0, "Undone: mix\n\n1 value is as it was before\n")) == (
        "/faderbot/done",
        "Undone: mix; 1 value is as it was before",
    )


def test_tracks_are_told_by_name():
    out = json.dumps({"tracks": ["Bass", "Lead\nVocal"], "lines": []})
    assert told(Kind.TRACKS, Ended(0, out)) == ("/faderbot/tracks", "Bass", "Lead Vocal")


def test_so_many_tracks_as_a_daw_may_have_fit_into_a_datagram():
    out = json.dumps({"tracks": ["🎸" * 500] * 2000})
    (datagram,) = packed([outcome(Kind.TRACKS, Ended(0, out))])
    assert 50_000 < len(datagram) < 65_507


LEARNED = json.dumps({"lines": ["Learned: bass +2.0 dB", "you like the bass\n2.0 dB louder"], "notes": []})


@pytest.mark.parametrize("kind", [Kind.LEARN, Kind.UNLEARN])
def test_what_was_learned_or_taken_back_is_told_in_one_line(kind):
    text = "Learned: bass +2.0 dB; you like the bass 2.0 dB louder"
    assert told(kind, Ended(0, LEARNED)) == ("/faderbot/done", text)


def test_lessons_are_told_a_line_each():
    lines = ("Learned: bass +2.0 dB", "you like the bass 2.0 dB louder")
    assert told(Kind.LESSONS, Ended(0, LEARNED)) == ("/faderbot/learn/list", *lines)


def test_so_many_lessons_as_there_may_be_fit_into_a_datagram_and_the_last_ones_are_kept():
    out = json.dumps({"lines": [*("🎸" * 500 for _ in range(2000)), "your taste in pop: bass +1.0 dB"]})
    message = outcome(Kind.LESSONS, Ended(0, out))
    (datagram,) = packed([message])
    assert 50_000 < len(datagram) < 65_507
    assert message.arguments[-1] == "your taste in pop: bass +1.0 dB"


def test_nothing_to_learn_is_an_error_that_says_why():
    err = "faderbot: nothing was moved by 0.5 dB or more against the other tracks\n"
    assert told(Kind.LEARN, Ended(2, err=err)) == ("/faderbot/error", err.removeprefix("faderbot: ").strip())


@pytest.mark.parametrize(
    "kind",
    [Kind.MIX, Kind.DRY_RUN, Kind.TRACKS, Kind.RHYTHM, Kind.TUNE, Kind.LEARN, Kind.UNLEARN, Kind.LESSONS],
)
@pytest.mark.parametrize("out", ["", "{}", "[]", "null", "[" * 100_000, '{"tracks": 3}'])
def test_a_report_that_can_not_be_read_is_an_error(kind, out):
    assert told(kind, Ended(0, out))[0] == "/faderbot/error"


def test_the_last_line_that_a_job_said_of_itself_is_its_error():
    err = "faderbot: note: something\nRuntimeWarning: other\nfaderbot: REAPER does not answer\n"
    assert told(Kind.MIX, Ended(2, err=err)) == ("/faderbot/error", "REAPER does not answer")


def test_a_job_that_was_stopped_says_so_and_is_no_error():
    err = "faderbot: stopped; nothing was changed\n"
    assert told(Kind.MIX, Ended(130, err=err)) == ("/faderbot/done", "stopped; nothing was changed")


def test_a_job_that_vanished_is_told_with_what_the_journal_says():
    assert told(Kind.MIX, Ended(-11, left="the journal has all 3 values")) == (
        "/faderbot/error",
        "mixing ended unexpectedly (code -11); the journal has all 3 values",
    )
    assert told(Kind.MIX, Ended(-9), killed_after_s=30.0) == (
        "/faderbot/error",
        "mixing did not stop within 30 s and was ended; the journal has nothing half done",
    )


def test_texts_are_made_to_fit():
    assert plain("a\0b\n c\ud800") == "a b c?"
    assert plain("Lead\x1b[2J − Gitarre ü") == "Lead [2J − Gitarre ü"
    assert len(plain("x" * 5000)) == LONGEST_TEXT
    assert Message("/x", (plain(""),)).arguments == ("",)
