"""Progress as lines of JSON."""

import json

import pytest

from bridge.json_progress import EVERY_S, JsonProgress, ProgressForm, Told, read, showing
from bridge.progress import Stage


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def test_a_stage_is_told_at_once_and_its_progress_now_and_then():
    lines, clock = [], Clock()
    progress = JsonProgress(lines.append, clock=clock)
    progress.begin(Stage.HEAR, 200.0)
    for _ in range(100):
        progress.advance(1.0)
    clock.now_s += EVERY_S
    progress.advance(0.0)
    progress.say("listening to Bass")
    assert list(map(read, lines)) == [
        Told(Stage.HEAR, 0.0),
        Told(Stage.HEAR, 0.5),
        Told(Stage.HEAR, 0.5, "listening to Bass"),
    ]


def test_a_stage_of_nothing_is_done_and_none_is_more_than_done():
    lines = []
    progress = JsonProgress(lines.append, clock=iter(range(9)).__next__)
    progress.begin(Stage.PLAN, 0.0)
    progress.begin(Stage.PLAN, 1.0)
    progress.advance(7.0)
    assert [read(line).share for line in lines] == [1.0, 0.0, 1.0]


def test_the_stages_of_a_mix_follow_each_other():
    stages = [Stage.READ, Stage.HEAR, Stage.PLAN, Stage.RENDER, Stage.VERIFY]
    ends = [Told(stage, 1.0).whole for stage in stages]
    assert ends == pytest.approx([*(Told(stage, 0.0).whole for stage in stages[1:]), 1.0])


@pytest.mark.parametrize(
    "line",
    [
        "faderbot: stopped",
        "",
        '{"progress": {}}',
        '{"progress": 3}',
        '{"progress": {"stage": "sleep", "share": 0.5, "words": ""}}',
        '{"progress": {"stage": "hear", "share": 1.5, "words": ""}}',
        '{"progress": {"stage": "hear", "share": NaN, "words": ""}}',
        '{"progress": {"stage": "hear", "share": "x", "words": ""}}',
        '{"progress": ' + "[" * 100_000,
    ],
)
def test_other_lines_are_not_taken_for_progress(line):
    assert read(line) is None


def test_it_goes_to_stderr(capsys):
    with showing(ProgressForm.JSON) as progress:
        progress.begin(Stage.READ, 1.0)
    out, err = capsys.readouterr()
    assert (out, json.loads(err)) == ("", {"progress": {"stage": "read", "share": 0.0, "words": ""}})
