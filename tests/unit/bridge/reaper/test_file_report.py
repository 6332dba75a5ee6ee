import json

import pytest

from agent.daw import DawError
from bridge.progress import Stage
from bridge.reaper.file_report import FileProgress, telling


class Shown:
    def __init__(self):
        self.calls = []

    def begin(self, stage, total):
        self.calls.append(("begin", stage, total))

    def advance(self, by):
        self.calls.append(("advance", by))

    def say(self, words):
        self.calls.append(("say", words))


def read(folder, name):
    return json.loads((folder / name).read_bytes())


def test_progress_is_told_at_each_stage_and_four_times_a_second(tmp_path):
    times = iter([0.0, 0.0, 0.1, 0.3, 0.3, 0.3])
    shown = Shown()
    progress = FileProgress(tmp_path, shown, clock=lambda: next(times))
    progress.begin(Stage.HEAR, 10.0)
    assert read(tmp_path, "progress.json") == {"version": 1, "stage": "hear", "share": 0.0, "words": ""}
    progress.advance(2.0)
    assert read(tmp_path, "progress.json")["share"] == 0.0
    progress.advance(3.0)
    assert read(tmp_path, "progress.json")["share"] == 0.5
    progress.say("the fader of Bass")
    assert read(tmp_path, "progress.json")["words"] == "the fader of Bass"
    assert shown.calls == [
        ("begin", Stage.HEAR, 10.0),
        ("advance", 2.0),
        ("advance", 3.0),
        ("say", "the fader of Bass"),
    ]


def test_progress_that_can_not_be_told_fails_nothing(tmp_path):
    FileProgress(tmp_path / "nowhere", Shown()).begin(Stage.PLAN, 0.0)


def test_the_last_word_is_what_was_told(tmp_path):
    with telling(tmp_path) as told:
        told({"lines": ["Größe"]})
    assert read(tmp_path, "result.json") == {"version": 1, "ok": {"lines": ["Größe"]}}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DawError("REAPER is recording"), "REAPER is recording"),
        (RuntimeError(), "RuntimeError"),
        (KeyboardInterrupt(), "stopped; nothing was changed"),
    ],
)
def test_or_the_error_that_it_ended_with(tmp_path, error, said):
    with pytest.raises(type(error)), telling(tmp_path):
        raise error
    assert read(tmp_path, "result.json") == {"version": 1, "error": said}


def test_without_a_folder_nobody_is_told():
    with telling(None) as told:
        told({"lines": []})
