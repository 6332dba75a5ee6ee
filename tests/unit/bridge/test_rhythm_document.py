import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from agent.rhythm.pattern import Voice
from bridge.rhythm_document import RhythmDocument, document
from tests.drum_parts import ROCK, part


def test_the_grid_is_the_pattern_a_line_a_bar():
    told = document(part(first_s=0.5))
    assert told.grid["kick"] == (ROCK[Voice.KICK],) * 4
    assert told.grid["crash"] == ("o" + "." * 15, *("." * 16,) * 3)
    assert list(told.grid) == ["kick", "snare", "closed hat", "crash"]
    assert told.hits == {"kick": 8, "snare": 8, "closed hat": 32, "crash": 1}
    assert (told.bars, told.meter, told.steps_per_beat, told.tempo_bpm) == (4, "4/4", 4, 120.0)


def test_it_says_what_was_wished_and_where_the_part_is():
    told = document(part(notes=("said",)), track="Faderbot drums", files=("drums.mid",))
    assert (told.style, told.density, told.swing, told.humanize, told.seed) == ("rock", None, None, 0.5, 0)
    assert (told.track, told.files, told.notes) == ("Faderbot drums", ("drums.mid",), ("said",))
    assert (told.figures.coincidence, told.figures.violations, told.steps) == (0.75, 0, 4096)


def test_it_is_strict_json_and_reads_back():
    told = document(part())
    raw = json.loads(told.text())
    assert raw["schema"] == "faderbot-rhythm"
    assert RhythmDocument.model_validate(raw) == told
    assert RhythmDocument.model_validate(told.model_dump(mode="json")) == told
    with pytest.raises(ValidationError):
        RhythmDocument.model_validate({**raw, "swang": 1.0})


def test_what_can_not_be_told_is_null():
    made = part()
    unmet = replace(made, plan=replace(made.plan, figures=replace(made.plan.figures, coincidence=None)))
    assert json.loads(document(unmet).text())["figures"]["coincidence"] is None


def test_six_eight_has_two_beats_of_six_steps():
    row = {Voice.KICK: "o.....x.....", Voice.SNARE: "......o....."}
    told = document(part(row, row, beats_per_bar=2, steps_per_beat=6))
    assert (told.meter, told.grid["kick"]) == ("6/8", (row[Voice.KICK],) * 2)
