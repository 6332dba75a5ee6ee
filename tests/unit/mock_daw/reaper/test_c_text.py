import math

import pytest

from mock_daw.reaper.c_text import LARGEST_INT, atof, atoi, escape, flexi_atof, url_decode


@pytest.mark.parametrize(
    ("text", "number"),
    [(b"12abc", 12), (b" -3", -3), (b"+4.9", 4), (b"", 0), (b"x1", 0), (b"--2", 0), (b"9" * 30, LARGEST_INT)],
)
def test_whole_numbers_are_read_as_c_does(text, number):
    assert atoi(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [(b"1.5g", 1.5), (b"-.5", -0.5), (b"1e3", 1000.0), (b"0x1A", 26.0), (b"1e999", math.inf), (b"0x1p99999", math.inf)],
)
def test_numbers_are_read_as_c_does(text, number):
    assert atof(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"0,5", 0.5),
        (b"inf", 0.0),
        (b"-inf", 0.0),
        (b"nan", 0.0),
        (b"v1", 0.0),
        (b"", 0.0),
        (b"+-", 0.0),
        (b"-3.5g", -3.5),
        (b"- 1", 0.0),
    ],
)
def test_flexible_numbers_take_a_comma_and_no_words(text, number):
    assert flexi_atof(text) == number


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        (b"a+b%20c", b"a b c"),
        (b"%c3%A9", "é".encode()),
        (b"100%", b"100%"),
        (b"%%41", b"%A"),
        (b"%4", b"%4"),
        (b"%zz", b"%zz"),
        (b"cut%00off", b"cut"),
    ],
)
def test_url_escapes_are_undone_as_reaper_does(text, decoded):
    assert url_decode(text) == decoded


def test_answers_escape_what_would_break_their_lines():
    assert escape(b"a\\b\tc\nd") == b"a\\\\b\\tc\\nd"
