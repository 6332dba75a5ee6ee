"""Notes in MIDI items through the unmodified reapy client, in a process of its own, against the whole mock REAPER."""

import json
import subprocess
import sys
from dataclasses import replace
from textwrap import dedent

import pytest

from mock_daw.midi import Control, Midi, Note, Text
from mock_daw.rpp import read_project
from mock_daw.rpp_saving import project_text
from mock_daw.server import MockDaw
from mock_daw.session import Session

LIMIT_S = 60
CONNECT = """
import json, sys
import reapy, reapy.config
from reapy import reascript_api as RPR
reapy.config.WEB_INTERFACE_PORT = int(sys.argv[1])
reapy.reconnect()
project = reapy.Project()

def say(*values):
    print(json.dumps(values), flush=True)
"""
# What a generator of rhythms does: a kick on every beat and a snare on the second and fourth, on a track of its own.
RHYTHM = """
with reapy.inside_reaper(), reapy.undo_block("Add a rhythm"):
    track = project.add_track(project.n_tracks, "Rhythm")
    take = track.add_midi_item(4.0, 8.0).active_take
    for beat in range(8):
        take.add_note(0.5 * beat, 0.5 * beat + 0.125, 36, velocity=100, channel=9, sort=False)
        if beat % 2:
            take.add_note(0.5 * beat, 0.5 * beat + 0.125, 38, velocity=90, channel=9, sort=False)
    take.sort_events()
"""


@pytest.fixture
def mock():
    with MockDaw(Session("demo", 48_000, (), tempo_bpm=120.0), web=0, reapy=0, tick_s=0) as mock:
        yield mock


def said(mock, script):
    """Run a script to its end and return what it said."""
    command = [sys.executable, "-W", "ignore", "-c", CONNECT + dedent(script), str(mock.web_address[1])]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def midi_of(mock):
    return mock.live.session.tracks[-1].items[0].take.source.midi


def test_a_rhythm_on_a_new_track_is_one_undo_step(mock):
    lines = said(
        mock, RHYTHM + "say(take.is_midi, take.n_notes, [n.start for n in list(take.notes)[:3]], take.notes[1].infos)\n"
    )
    on_the_beat = [note.start for note in midi_of(mock).notes]
    assert lines == [
        [
            True,
            12,
            [4.0, 4.5, 4.5],
            {"selected": False, "muted": False, "start": 4.5, "end": 4.625, "channel": 9, "pitch": 36, "velocity": 100},
        ],
    ]
    assert on_the_beat == [0, 960, 960, 1920, 2880, 2880, 3840, 4800, 4800, 5760, 6720, 6720]
    assert mock.live.undo_names == ("Add a rhythm",)
    assert said(
        mock, "project.undo(); say(project.n_tracks); project.redo(); say(project.tracks[0].items[0].takes[0].n_notes)"
    ) == [
        [0],
        [12],
    ]


def test_a_rhythm_is_in_the_project_file(mock, tmp_path):
    path = tmp_path / "song.rpp"
    said(mock, f"{dedent(RHYTHM)}\nRPR.Main_SaveProjectEx(0, {str(path)!r}, 0)\n")
    read = read_project(path.read_text(encoding="utf-8"), path)
    assert read.tracks[0].items[0].take.source.midi == midi_of(mock)
    assert read == replace(mock.live.session, path=path, name="song", master=read.master, notes=read.notes)
    assert project_text(read) == path.read_text(encoding="utf-8")


def test_reapy_opens_a_project_with_notes_in_a_tab_of_its_own(mock, tmp_path):
    path = tmp_path / "song.rpp"
    lines = said(
        mock,
        f"""{RHYTHM}
RPR.Main_SaveProjectEx(0, {str(path)!r}, 0)
opened = reapy.open_project({str(path)!r}, in_new_tab=True)
say(opened == project, opened.name, opened.tracks[0].items[0].takes[0].n_notes, len(reapy.get_projects()))
""",
    )
    assert lines == [[False, "song.rpp", 12, 2]]


def test_reapy_reads_changes_and_deletes_what_is_in_an_item(mock):
    lines = said(
        mock,
        """
        take = project.add_track(0, "Keys").add_midi_item(1.0, 3.0).active_take
        take.add_note(1.0, 0.5 + 1.0, 60, 90, 2)
        take.add_note(0.0, 960.0, 64, unit="ppq")
        take.add_event((0xb0, 64, 127), 0.5)
        take.add_sysex(tuple("lä".encode()), 0.0, evt_type=5)
        say(take.n_notes, take.n_cc, take.n_text_sysex, take.n_midi_events, len(take.midi_events))
        say([note.pitch for note in take.notes], take.notes[0].end, take.cc_events[0].infos)
        say(take.ppq_to_time(960.0), take.time_to_ppq(1.5), take.ppq_to_beat(0.0), take.beat_to_ppq(3.0))
        say(*RPR.MIDI_GetEvt(take.id, 0, 0, 0, 0.0, "", 16)[3:])
        say(RPR.MIDI_SetEvt(take.id, 3, True, False, 480.0, "\\xb0\\x07\\x64", 3, False)[0])
        before = take.midi_hash(), take.midi_hash(notes_only=True)
        take.notes[1].delete()
        after = take.midi_hash(), take.midi_hash(notes_only=True)
        say(take.n_notes, [a != b for a, b in zip(before, after)], before[0] == take.track.midi_hash())
        take.select_all_midi_events()
        say(take.notes[0].selected)
        """,
    )
    assert lines == [
        [2, 1, 1, 6, 6],
        [
            [64, 60],
            1.5,
            {
                "selected": False,
                "muted": False,
                "position": 1.5,
                "channel_message": 0xB0,
                "channel": 0,
                "messages": [64, 127],
            },
        ],
        [1.5, 960.0, 2.0, 960.0],
        [0, 0, 0.0, "\xff\x05l\xc3\xa4", 5],
        [1],
        [1, [True, True], False],
        [True],
    ]
    assert midi_of(mock) == Midi(
        (Note(0, 960, 64, 100, 0, selected=True),),
        (Control(480, b"\xb0\x07\x64", selected=True),),
        (Text(0, 5, "lä".encode(), selected=True),),
        end=3840,
    )


def test_a_project_in_a_tab_of_its_own_leaves_the_other_alone(mock):
    lines = said(
        mock,
        """
        project.add_track(0, "Mine")
        RPR.Main_OnCommand(41929, 0)
        other = reapy.Project()
        other.bpm = 90.0
        take = other.add_track(0, "Keys").add_midi_item(0.0, 4.0).active_take
        take.add_note(0.0, 1.0, 60)
        say(project == other, [p.n_tracks for p in reapy.get_projects()], project.bpm, other.bpm)
        project.make_current_project()
        say(reapy.Project() == project, take.n_notes, take.notes[0].end, project.tracks[0].name)
        other.make_current_project()
        RPR.Main_OnCommand(40860, 0)
        say(len(reapy.get_projects()), reapy.Project() == project)
        """,
    )
    assert lines == [
        [False, [1, 1], 120.0, 90.0],
        [True, 1, 1.0, "Mine"],
        [1, True],
    ]
