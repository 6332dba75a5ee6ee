from dataclasses import replace

import pytest

from mock_daw.reaper.positions import beat, beats_text, parse_position, time_text
from mock_daw.session import Session

SESSION = Session("demo", 48_000, ())


# What REAPER writes at 120 BPM in 4/4, as the contract tests of a public control surface state it.
@pytest.mark.parametrize(
    ("position_s", "text"),
    [
        (0.0, "0:00.000"),
        (3.5, "0:03.500"),
        (0.0016, "0:00.001"),
        (3599.9999, "59:59.999"),
        (3725.25, "1:02:05.250"),
        (-65.5, "-1:05.500"),
        (-3725.25, "-1:02:05.250"),
        (-0.0016, "-0:00.001"),
    ],
)
def test_time_is_written_as_reaper_writes_it(position_s, text):
    assert time_text(position_s) == text


@pytest.mark.parametrize(
    ("position_s", "text"),
    [
        (0.0, "1.1.00"),
        (3.5, "2.4.00"),
        (0.004, "1.1.01"),
        (1.999, "2.1.00"),
        (3725.25, "1863.3.50"),
        (-0.25, "0.4.50"),
        (-0.004, "0.4.99"),
        (-65.5, "-32.2.00"),
    ],
)
def test_beats_are_written_as_reaper_writes_them(position_s, text):
    assert beats_text(SESSION, position_s) == text


def test_beats_are_of_the_time_signatures_lower_number():
    session = replace(SESSION, tempo_bpm=60.0, beats=6, beat_unit=8)
    assert beat(session, 4.0) == (1, 2.0, 8.0)
    assert beats_text(session, 4.0) == "2.3.00"


@pytest.mark.parametrize(
    ("text", "position_s"),
    [
        ("83.5", 83.5),
        ("1:23,5", 83.5),
        ("1:02:05.25", 3725.25),
        ("2.4.00", 3.5),
        ("1.1.5", 0.25),
        ("-0:01", -1.0),
        ("7", 7.0),
    ],
)
def test_positions_are_read(text, position_s):
    assert parse_position(SESSION, text) == pytest.approx(position_s)


@pytest.mark.parametrize("text", ["", "now", ":", "marker 3"])
def test_what_is_no_position_is_none(text):
    assert parse_position(SESSION, text) is None
