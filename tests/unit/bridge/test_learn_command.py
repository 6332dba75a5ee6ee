"""``faderbot learn`` without a DAW: what was learned is listed, taken back, exported and forgotten."""

import json

import pytest

from agent.roles import Role
from agent.taste import Knob, Preference
from bridge.cli import main
from bridge.journal import FOLDER_VARIABLE
from bridge.reaper.file_exchange import FileExchange
from bridge.taste_file import Line, TasteFile, default_file

AT = "2026-11-24T17:00:00Z"


def lesson(name, moved_db=2.0, role=Role.BASS, knob=Knob.LEVEL, style="pop"):
    return Preference(role, style, knob, moved_db, 0.0, name, f"song {name}", AT)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "state"))
    return TasteFile(default_file())


@pytest.fixture
def taught(file):
    file.add([lesson("one"), lesson("one", -1.0, Role.LEAD_VOCAL, Knob.HIGH)])
    file.add([lesson("two", 4.0)])
    return file


@pytest.fixture
def learn(capsys):
    def learn(*words, code=0):
        found = main(["learn", *map(str, words)])
        said = capsys.readouterr()
        assert found == code, said.err + said.out
        return said.err if code else said.out

    return learn


def test_the_list_has_each_lesson_and_what_they_come_to(learn, taught):
    assert learn("--list").splitlines() == [
        f"bass +2.0 dB, lead vocal EQ high −1.0 dB (pop, song one, {AT})",
        f"bass +4.0 dB (pop, song two, {AT})",
        "your taste in pop: bass +2.0 dB, from 2 lessons; lead vocal EQ high −0.5 dB, from 1 lesson",
    ]
    assert json.loads(learn("--list", "--json"))["shifts"] == [
        {"style": "pop", "role": "bass", "knob": "level", "shift_db": 2.0, "lessons": 2},
        {"style": "pop", "role": "lead_vocal", "knob": "high", "shift_db": -0.5, "lessons": 1},
    ]


def test_nothing_learned_is_said_with_the_file_it_would_be_in(learn, file):
    assert learn("--list") == f"Nothing is learned yet ({file.path})\n"
    assert "nothing is learned in" in learn("--undo", code=2)
    assert not file.path.exists()


def test_undo_takes_lesson_after_lesson_back(learn, taught):
    assert learn("--undo").splitlines() == [
        f"Taken back: bass +4.0 dB (pop, song two, {AT})",
        "your taste was: bass +2.0 dB, from 2 lessons; it is now: bass +1.0 dB, from 1 lesson",
        "1 lesson left",
    ]
    assert "it is now: lead vocal as the style has it" in learn("--undo")
    assert taught.read().preferences == ()


def test_a_dry_undo_and_a_dry_forgetting_write_nothing(learn, taught):
    before = taught.path.read_bytes()
    assert learn("--undo", "--dry-run").startswith("Would take back: bass +4.0 dB")
    assert learn("--forget", "--dry-run") == "Would forget 2 lessons\n"
    assert taught.path.read_bytes() == before


def test_what_is_exported_can_be_read_anywhere_and_is_never_written_over_a_file(learn, taught, tmp_path):
    out = tmp_path / "mine.jsonl"
    assert learn("--export", out) == f"3 preferences written to {out}, a line of JSON each\n"
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["role"], row["knob"], row["moved_db"]) for row in rows] == [
        ("bass", "level", 2.0),
        ("lead_vocal", "high", -1.0),
        ("bass", "level", 4.0),
    ]
    assert "is there already" in learn("--export", out, code=2)


def test_forgetting_leaves_nothing_of_it(learn, taught):
    assert learn("--forget") == "Forgotten: 2 lessons\n"
    assert not taught.path.exists()
    assert learn("--forget") == "Forgotten: 0 lessons\n"


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff\xfe\x00",
        b'{"version": 1, "role": "bass"',
        b'{"version": 2, "at": "", "session": "", "style": "pop", "role": "bass", "knob": "level", "moved_db": 1.0}',
        Line.of(lesson("x")).model_dump_json().replace('"bass"', '"kazoo"').encode(),
        Line.of(lesson("x")).model_dump_json().replace("2.0", "1e300").encode(),
        Line.of(lesson("x")).model_dump_json().replace("2.0", "NaN").encode(),
    ],
)
def test_a_damaged_line_is_named_passed_over_and_kept(taught, capsys, damage):
    first, *rest = taught.path.read_bytes().splitlines(keepends=True)
    taught.path.write_bytes(b"".join([first, damage + b"\n", *rest]))
    assert main(["learn", "--list"]) == 0
    said = capsys.readouterr()
    assert f"note: line 2 of {taught.path} can not be read" in said.err
    assert "your taste in pop: bass +2.0 dB, from 2 lessons" in said.out
    assert main(["learn", "--undo"]) == 0
    assert taught.path.read_bytes() == b"".join([first, damage + b"\n", rest[0]])


def test_the_choices_go_one_at_a_time(learn, taught, tmp_path):
    assert "one at a time" in learn("--list", "--undo", code=2)
    assert "no folder" in learn("--list", tmp_path, code=2)


@pytest.mark.parametrize(("choice", "first"), [("--list", "bass +2.0 dB"), ("--undo", "Taken back: bass +4.0 dB")])
def test_the_button_in_reaper_is_told_as_well(learn, taught, tmp_path, choice, first):
    folder = tmp_path / "exchange"
    folder.mkdir()
    learn("--daw", "reaper", "--through", folder, choice)
    told = FileExchange(folder).message("result.json")
    assert told["ok"]["lines"][0].startswith(first)


def test_the_button_in_reaper_is_told_why_not(learn, file, tmp_path):
    folder = tmp_path / "exchange"
    folder.mkdir()
    learn("--daw", "reaper", "--through", folder, "--undo", code=2)
    assert FileExchange(folder).message("result.json")["error"].startswith("there is no lesson to take back")
