"""``faderbot`` with a running REAPER: the console programs of both sides, over real sockets."""

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from agent.mixing import Wish
from agent.policy import shipped
from bridge.embedded import EmbeddedDaw
from bridge.jobs import preview_mix
from bridge.one_job import only_job
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.web import WebInterface
from tests.mixes import tone, write_song
from tests.running_mocks import running

ROOT = Path(__file__).parents[2]
LIMIT_S = 60.0
RATE = 44_100


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("daw") / "song")


def command(*arguments):
    return [sys.executable, "-m", "bridge", *map(str, arguments)]


def environment(state):
    return {**os.environ, "PYTHONPATH": str(ROOT), "FADERBOT_STATE_DIR": str(state), "COLUMNS": "100"}


def reaper(project, *options):
    return running(project, "--web", 0, "--reapy", 0, "--tick-ms", 0, *options)


def port(daw):
    return daw.endpoints["web"][1]


def on(daw):
    return ("--web-port", port(daw))


def mix_on(daw, *options):
    return ("mix", "--daw", "reaper", *on(daw), *options)


def survey(daw):
    with ReapyLink.connect("127.0.0.1", port(daw)) as link:
        return link.survey()


def gains(daw):
    return [track.gain_linear for track in WebInterface(port=port(daw)).tracks()]


def db(linear):
    return 20.0 * math.log10(linear)


# The job


def test_the_session_is_mixed_as_the_folder_of_its_stems_would_be(faderbot, song):
    wanted = preview_mix(EmbeddedDaw.open_stems(song), Wish(), shipped()[0]).settings
    with reaper(song) as daw:
        document = json.loads(faderbot(*mix_on(daw, "--json")))
        found = survey(daw)
        assert found.undo_name == "Faderbot: auto-mix (3 tracks)"
        for track, strip, reported in zip(found.tracks, wanted.strips, document["tracks"], strict=True):
            assert db(track.gain_linear) == pytest.approx(strip.gain_db, abs=1e-6)
            assert reported["after"]["gain_db"] == pytest.approx(strip.gain_db, abs=1e-6)
            shown = track.effects[0].bands[:4] if track.effects else ()
            assert [b.gain_db for b in shown] == pytest.approx(
                [g for g in strip.eq_gains_db if track.effects], abs=0.05
            )
            assert bool(track.effects) == any(strip.eq_gains_db)
        assert db(found.master.gain_linear) == pytest.approx(wanted.master_gain_db, abs=0.011)


def test_the_mix_reads_the_same_over_all_three_ways(faderbot, song):
    with running(song, "--osc", 0, "--web", 0, "--reapy", 0, "--tick-ms", 0) as daw:
        faderbot(*mix_on(daw))
        by_reapy = survey(daw)
        by_web = gains(daw)
        assert [by_reapy.master.gain_linear, *(t.gain_linear for t in by_reapy.tracks)] == pytest.approx(
            by_web, abs=1e-6
        )
        for number, gain in enumerate(by_web[1:], 1):
            daw.osc("/action", 41743)
            daw.wait_for_report(f"/track/{number}/volume/db", lambda level, gain=gain: abs(level - db(gain)) < 0.01)


def test_what_reaper_measures_is_the_target(faderbot, song):
    with reaper(song) as daw:
        document = json.loads(faderbot(*mix_on(daw, "--target", "-18", "--json")))
        assert document["after"]["figures"]["source"] == "daw"
        assert document["after"]["figures"]["loudness_lufs"] == pytest.approx(-18.0, abs=0.15)


def test_one_undo_in_reaper_takes_the_mix_back(faderbot, song):
    with reaper(song) as daw:
        before = survey(daw)
        faderbot(*mix_on(daw))
        assert gains(daw) != [1.0] * 4
        WebInterface(port=port(daw)).undo()
        after = survey(daw)
        assert (after.tracks, after.master, after.undo_name) == (before.tracks, before.master, "")


def test_faderbot_undo_takes_the_mix_back(faderbot, song):
    with reaper(song) as daw:
        before = survey(daw)
        faderbot(*mix_on(daw))
        said = faderbot("undo", *on(daw))
        assert "values are as they were before" in said
        assert survey(daw).tracks == before.tracks
        assert "nothing of Faderbot's to undo" in faderbot("undo", *on(daw), code=2)


def test_a_mix_that_has_nothing_to_change_makes_no_undo_step_and_promises_none(faderbot, song):
    with reaper(song) as daw:
        before = survey(daw)
        said = faderbot(*mix_on(daw, "--strength", 0))
        assert "nothing was written" in said
        assert "takes it back" not in said
        assert survey(daw) == before


def test_a_dry_run_changes_nothing(faderbot, song, state):
    with reaper(song) as daw:
        before = survey(daw)
        said = faderbot(*mix_on(daw, "--dry-run"))
        assert "Dry run: nothing was changed" in said
        assert survey(daw) == before
        assert not state.exists()


def test_strength_lock_and_selection(faderbot, song):
    with reaper(song) as daw:
        web = WebInterface(port=port(daw))
        web.ask("SET/TRACK/2/SEL/1")
        faderbot(*mix_on(daw, "--only-selected", "--no-eq", "--strength", 0.5))
        assert [g == 1.0 for g in gains(daw)[1:]] == [True, False, True]
        web.undo()
        faderbot(*mix_on(daw, "--lock", "Kick", "--no-eq"))
        assert [g == 1.0 for g in gains(daw)[1:]] == [False, True, False]


def test_status_says_what_is_open_and_what_was_done(faderbot, song):
    with reaper(song) as daw:
        assert "last job: none in this project" in faderbot("status", *on(daw))
        faderbot(*mix_on(daw))
        said = faderbot("status", *on(daw))
        assert "3 tracks to mix" in said
        assert "undo would take back: Faderbot: auto-mix (3 tracks)" in said
        assert said.rstrip().endswith("done")


@pytest.mark.slow
def test_undo_finds_the_last_job_whichever_way_it_came(faderbot, song, state):
    with reaper(song) as daw:
        before = gains(daw)
        faderbot(*mix_on(daw, "--target", "-20"))
        between = gains(daw)
        faderbot("mix", song, "--daw", "reaper", *on(daw), "--target", "-16")
        assert gains(daw) != between
        assert "Undone: " in faderbot("undo", *on(daw))
        assert gains(daw) == pytest.approx(between, abs=2e-6)
        faderbot("undo", *on(daw))
        assert gains(daw) == pytest.approx(before, abs=2e-6)
        assert "nothing of Faderbot's to undo" in faderbot("undo", *on(daw), code=2)


@pytest.mark.slow
def test_two_jobs_do_not_get_in_each_others_way(faderbot, song, state):
    with reaper(song) as daw:
        before = survey(daw)
        with only_job(state, "REAPER"):
            for words in (mix_on(daw), ("undo", *on(daw)), ("mix", song, "--daw", "reaper", *on(daw))):
                line = faderbot(*words, code=2)
                assert line == (
                    "faderbot: another Faderbot job works on REAPER on this machine: "
                    "wait for its end, nothing was changed\n"
                )
            assert "another Faderbot job" in faderbot("status", *on(daw))
            assert "another Faderbot job" in faderbot("doctor", *on(daw))
            faderbot(*mix_on(daw, "--dry-run"))
        assert survey(daw) == before
        faderbot(*mix_on(daw))


def test_doctor_with_everything_there(faderbot, song):
    with reaper(song) as daw:
        said = faderbot("doctor", *on(daw))
        assert "3 of 3 tracks can be mixed" in said
        assert "a mix would go through reapy" in said
        assert "missing" not in said


def test_doctor_without_reapy(faderbot, song):
    with running(song, "--web", 0) as daw:
        done = subprocess.run(
            command("doctor", *on(daw)),
            env=environment(song),
            text=True,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 2
        assert "missing reapy" in done.stdout
        assert "a mix would go over the web interface alone" in done.stdout
        assert "faderbot setup reaper" in done.stdout


def test_without_reapy_the_stems_are_heard_and_the_faders_moved(faderbot, song):
    with running(song, "--web", 0) as daw:
        assert "reapy" in faderbot(*mix_on(daw), code=2)
        said = faderbot("mix", song, "--daw", "reaper", *on(daw))
        assert "faders only" in said
        mixed = gains(daw)
        assert mixed[1:] != [1.0] * 3
        faderbot("undo", song, *on(daw))
        assert gains(daw) == pytest.approx([1.0] * 4)


def test_a_web_interface_with_a_password(faderbot, song):
    with running(song, "--web", 0, "--web-user", "me:secret") as daw:
        assert "user name and password" in faderbot(*mix_on(daw), code=2)
        said = faderbot("mix", song, "--daw", "reaper", *on(daw), "--web-login", "me:secret")
        assert "faders only" in said
        assert "so does: faderbot undo STEMS_DIR" in said
        assert "reapy can not log in" in faderbot(*mix_on(daw, "--web-login", "me:secret"), code=2)
        assert "no colon" in faderbot(*mix_on(daw, "--web-login", "secret"), code=2)


# A project that is more than stems


PROJECT = """<REAPER_PROJECT 0.1 "7.0/x64" 1
  SAMPLERATE 44100 1 0
  TEMPO 97 4 4
  MASTER_VOLUME 0.5 0 -1 -1 1
  <TRACK {{11111111-0000-0000-0000-000000000001}}
    NAME Drums
    VOLPAN 0.5 0 -1 -1 1
    ISBUS 1 1
  >
  <TRACK {{11111111-0000-0000-0000-000000000002}}
    NAME Kick
    VOLPAN 1 0 -1 -1 1
    ISBUS 2 -1
    {kick}
  >
  <TRACK {{11111111-0000-0000-0000-000000000003}}
    NAME Bass
    VOLPAN 1 0 -1 -1 1
    {bass}
    <FXCHAIN
      BYPASS 0 0 0
      <VST "VST: ReaEQ (Cockos)" reaeq.dll 0 "My own" 1919247729<56535472656571726561657100000000> ""
      >
      FXID {{22222222-0000-0000-0000-000000000001}}
      WAK 0 0
    >
  >
  <TRACK {{11111111-0000-0000-0000-000000000004}}
    NAME "Lead Vocal"
    VOLPAN 1 0 -1 -1 1
    <VOLENV2
      ACT 1 -1
      PT 0 1 0
      PT 1 0.5 0
    >
    {vocal}
  >
  <TRACK {{11111111-0000-0000-0000-000000000005}}
    NAME "Old take"
    VOLPAN 1 0 -1 -1 1
    MUTESOLO 1 0 0
    {kick}
  >
>
"""
ITEM = """<ITEM
      POSITION 0
      LENGTH 3
      FADEIN 1 {fade} 0 1 0 0
      FADEOUT 1 0 0 1 0 0
      VOLPAN {gain} 0 1 -1
      <SOURCE WAVE
        FILE "{name}"
      >
    >"""


@pytest.fixture
def project(tmp_path):
    folder = write_song(tmp_path / "project")
    items = {
        "kick": ITEM.format(name="Kick.wav", gain=1, fade=0),
        "bass": ITEM.format(name="Bass.wav", gain=0.5, fade=0.5),
        "vocal": ITEM.format(name="Lead Vocal.wav", gain=1, fade=0),
    }
    path = folder / "song.RPP"
    path.write_text(PROJECT.format(**items))
    return path


def test_folders_automation_mute_and_the_users_effects_are_respected(faderbot, project):
    with reaper(project) as daw:
        before = survey(daw)
        document = json.loads(faderbot(*mix_on(daw, "--json")))
        after = survey(daw)
        assert [track["name"] for track in document["tracks"]] == ["Kick", "Bass", "Lead Vocal"]
        drums, kick, bass, vocal, old = after.tracks
        assert (drums, old) == (before.tracks[0], before.tracks[4])
        assert vocal.gain_linear == before.tracks[3].gain_linear
        assert bass.effects[0] == before.tracks[2].effects[0]
        assert kick.gain_linear != 1.0
        notes = "\n".join(document["notes"])
        for said in (
            "left alone (muted): Old take",
            "(fader automated): Lead Vocal",
            "their own effects, which are not touched: Bass",
        ):
            assert said in notes
        assert document["tempo_bpm"] == 97.0


def test_what_is_heard_is_what_the_daw_plays(faderbot, project):
    """Folder gain, item gain and fade count: predicted and measured loudness agree, the unheard effect being flat."""
    text = project.read_text()
    project.write_text(
        text[: text.index("    <VOLENV2")] + text[text.index("    >\n    <ITEM", text.index("<VOLENV2")) + 6 :]
    )
    with reaper(project) as daw:
        document = json.loads(faderbot(*mix_on(daw, "--json", "--target", "-20")))
        assert document["after"]["figures"]["loudness_lufs"] == pytest.approx(-20.0, abs=0.15)


def test_items_that_are_not_plain_are_heard_through_the_accessor(faderbot, project):
    text = (
        project.read_text()
        .replace("SOFFS 0", "")
        .replace("<SOURCE WAVE", "PLAYRATE 1.5 0 0 -1 0 0.0025\n      <SOURCE WAVE", 1)
    )
    project.write_text(text)
    with reaper(project) as daw:
        document = json.loads(faderbot(*mix_on(daw, "--json", "--dry-run")))
        assert [track["silent"] for track in document["tracks"]] == [False, False, False]


def test_a_project_without_audio_says_so(faderbot, tmp_path):
    (tmp_path / "empty.RPP").write_text('<REAPER_PROJECT 0.1 "7.0/x64" 1\n  <TRACK\n    NAME Keys\n  >\n>\n')
    with reaper(tmp_path / "empty.RPP") as daw:
        assert "empty.RPP has no track to mix (Keys: no audio of their own)" in faderbot(*mix_on(daw), code=2)
        said = faderbot("status", *on(daw))
        assert "can not be mixed as it is" in said
        assert "last job: none in this project" in said


# What goes wrong


def test_nothing_there(faderbot):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        unused = free.getsockname()[1]
    started_s = time.monotonic()
    for words in (("mix", "--daw", "reaper"), ("status",), ("undo",)):
        assert f"nothing answers at 127.0.0.1:{unused}" in faderbot(*words, "--web-port", unused, code=2)
    assert time.monotonic() - started_s < 3 * 8.0


def test_a_reaper_that_shows_a_dialogue_is_one_line(faderbot, song):
    with reaper(song, "--faults", "freeze") as daw:
        started_s = time.monotonic()
        line = faderbot(*mix_on(daw), code=2)
        assert "does not answer" in line
        assert line.count("\n") == 1
        assert time.monotonic() - started_s < 10.0


@pytest.mark.parametrize("options", [("--only-selected",), ("--dry-run", "--target", "loud"), ()])
def test_bad_options_are_refused_before_anything_is_done(faderbot, song, options):
    if not options:
        assert "--daw reaper" in faderbot("mix", code=2)
        return
    faderbot("mix", song, *options, code=2)


def test_out_has_no_meaning_with_a_daw(faderbot):
    assert "--out is for folders of stems" in faderbot("mix", "--daw", "reaper", "--out", "x", code=2)


def test_killed_in_the_middle_of_the_write_undo_restores_every_value(faderbot, song, state):
    """The DAW hangs at the second value, the bridge is killed, the DAW goes on: what it then holds is put back."""
    with reaper(song, "--faults", "freeze@write#2 for 2s") as daw:
        before = survey(daw)
        job = subprocess.Popen(
            command(*mix_on(daw)), env=environment(state), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline_s = time.monotonic() + LIMIT_S
        while not list(state.glob("*.json")) and time.monotonic() < deadline_s:
            assert job.poll() is None
        job.send_signal(signal.SIGKILL)
        job.wait(LIMIT_S)
        assert WebInterface(port=port(daw), timeout_s=20.0).tracks()
        assert "cut off in the middle: run faderbot undo" in faderbot("status", *on(daw))
        assert "a job was cut off" in faderbot("doctor", *on(daw))
        faderbot("undo", *on(daw))
        after = survey(daw)
        assert (after.tracks, after.master) == (before.tracks, before.master)


def test_a_reaper_that_vanishes_in_the_middle_is_told_with_the_way_back(faderbot, song):
    with reaper(song, "--faults", "vanish@write#2") as daw:
        line = faderbot(*mix_on(daw), code=2)
        assert "`faderbot undo` restores all" in line
        assert line.count("\n") == 1


def test_ctrl_c_leaves_the_session_as_it_was(song, state):
    with reaper(song) as daw:
        before = survey(daw)
        job = subprocess.Popen(
            command(*mix_on(daw)), env=environment(state), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        deadline_s = time.monotonic() + LIMIT_S
        while not list(state.glob("*.json")) and time.monotonic() < deadline_s:
            assert job.poll() is None
        job.send_signal(signal.SIGINT)
        out, err = job.communicate(timeout=LIMIT_S)
        if job.returncode == 0:  # it had just finished: then it is mixed, and says so
            assert "One step in the undo history" in out
            return
        assert (job.returncode, err) == (130, "faderbot: stopped; nothing was changed\n")
        after = survey(daw)
        assert (after.tracks, after.master) == (before.tracks, before.master)


def test_long_sessions_are_heard_in_pieces(faderbot, tmp_path):
    folder = write_song(tmp_path / "long", More=tone(200.0, seconds=12.0, rate_hz=RATE))
    sf.write(folder / "Noise.wav", np.random.default_rng(1).normal(0, 0.05, (5 * RATE, 2)), RATE)
    with reaper(folder) as daw:
        assert len(json.loads(faderbot(*mix_on(daw, "--json", "--dry-run")))["tracks"]) == 5
