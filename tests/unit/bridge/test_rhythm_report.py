import io

import pytest
from rich.console import Console

from agent.rhythm.pattern import Voice
from bridge.rhythm_document import document
from bridge.rhythm_report import MOST_SHOWN, ranges, report, shown_bars
from tests.drum_parts import ROCK, part


def printed(told, width=80):
    text = io.StringIO()
    console = Console(file=text, width=width, highlight=False, emoji=False, markup=False)
    for one in report(told):
        console.print(one)
    return text.getvalue()


def test_the_grid_is_shown_in_80_columns_bars_that_are_the_same_once():
    lines = printed(document(part())).splitlines()
    assert lines[0].startswith("song: 120.0 BPM (heard, 80 % sure), 4/4; rock drums for 4 bars")
    head = next(k for k, line in enumerate(lines) if "bar 1" in line)
    assert lines[head].split() == ["bar", "1", "bars", "2–4"]
    assert lines[head + 1] == "kick          o...|....|x...|....   o...|....|x...|...."
    assert lines[head + 3] == "closed hat    x.x.|x.x.|x.x.|x.x.   x.x.|x.x.|x.x.|x.x."
    assert max(map(len, lines)) <= 80


def test_ternary_bars_fit_too():
    row = {Voice.KICK: "o.....x.....o.....x.....", Voice.RIDE: "x...x." * 4}
    lines = printed(document(part(*[row] * 2, steps_per_beat=6))).splitlines()
    assert "kick          o.....|x.....|o.....|x....." in lines
    assert max(map(len, lines)) <= 80


def test_of_many_bars_those_that_are_played_most_are_shown():
    different = [{**ROCK, Voice.RIDE: "." * k + "x" + "." * (15 - k)} for k in range(9)]
    told = document(part(*different[:4], ROCK, ROCK, *different[4:], ROCK))
    shown = shown_bars(told)
    assert len(shown) == MOST_SHOWN
    assert (4, 5, 11) in [one.bars for one in shown]
    assert "and 4 bars more, which differ or are silent" in printed(told)


def test_reasons_notes_and_a_dry_run_are_said():
    text = printed(document(part(notes=("two tempos",), dry_run=True)))
    assert "What the agent did, in 4096 steps of learning:\n  kick with the bass" in text
    assert "Notes:\n  two tempos" in text
    assert "nothing was written" in text
    assert "two hands and two feet" in " ".join(text.split())


def test_a_part_without_a_hit_says_so():
    assert "No drum is hit." in printed(document(part({Voice.KICK: "." * 16})))


@pytest.mark.parametrize(("bars", "said"), [((0,), "1"), ((0, 1, 2), "1–3"), ((0, 2, 3, 9), "1, 3–4, 10"), ((), "")])
def test_bars_are_counted_as_people_do(bars, said):
    assert ranges(bars) == said
