import pytest

from mock_daw.rpp_text import (
    UnreadableTextError,
    block_text,
    flag_at,
    number_at,
    parse,
    quoted,
    row_text,
    text_at,
    whole_at,
    words,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("VOLPAN 1 0 -1 -1 1", ("VOLPAN", "1", "0", "-1", "-1", "1")),
        ("NAME Kick", ("NAME", "Kick")),
        ('NAME "Lead Vocal"', ("NAME", "Lead Vocal")),
        ("NAME '7\" tom'", ("NAME", '7" tom')),
        ('NAME `"it\'s"`', ("NAME", '"it\'s"')),
        ('NAME hey"', ("NAME", 'hey"')),
        ('NAME ""', ("NAME", "")),
        ("AUXRECV 4 0 -1:U 0 -1 ''", ("AUXRECV", "4", "0", "-1:U", "0", "-1", "")),
        ('NAME "never closed', ("NAME", "never closed")),
        ("NAME\t\tKick  ", ("NAME", "Kick")),
        ("NAME a\u2028b\x85c", ("NAME", "a\u2028b\x85c")),
        ("", ()),
    ],
)
def test_words_are_taken_as_reaper_takes_them(line, expected):
    assert words(line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kick", "Kick"),
        ("", '""'),
        ("Lead Vocal", '"Lead Vocal"'),
        ('7" tom', "'7\" tom'"),
        ('"it\'s" ', '`"it\'s" `'),
        ("`a` \"b\" 'c'", "`'a' \"b\" 'c'`"),
        ('"quoted', "'\"quoted'"),
        ("two\nlines", '"two lines"'),
        (">", '">"'),
        ("#1", '"#1"'),
    ],
)
def test_a_word_is_quoted_when_it_needs_it(text, expected):
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(1.0, "1"), (0.1, "0.1"), (-0.5, "-0.5"), (1e-05, "1e-05"), (3, "3"), (True, "1")]
)
def test_numbers_are_short_and_read_back_the_same(value, expected):
    row = row_text("X", value)
    assert row == f"X {expected}"
    assert number_at(words(row), 1) == value


def test_a_block_has_its_rows_its_blocks_and_its_lines_as_they_stood():
    root = parse("<A 1\r\n  B 2\r\n  <C three\r\n    |  free 'text\r\n  >\r\n  B 4\r\n>\r\nleft over")
    assert (root.name, root.words) == ("A", ("A", "1"))
    assert root.row("B") == ("B", "2")
    assert list(root.rows("B")) == [("B", "2"), ("B", "4")]
    assert root.row("D") == ()
    inner = root.block("C")
    assert inner is not None
    assert inner.lines == ("|  free 'text",)
    assert root.lines == ("B 2", "<C three", "|  free 'text", ">", "B 4")
    assert parse("\n".join(block_text("A 1", root.lines))).row("B") == ("B", "2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with a block"),
        ("RIFF....WAVE", "does not begin with a block"),
        ("<A\n  <B\n  >\n  <C 1\n", "ends inside <C> of line 4"),
        ("<A", "ends inside <A> of line 1"),
    ],
)
def test_a_text_that_is_no_whole_block_is_refused_with_its_place(text, said):
    with pytest.raises(UnreadableTextError, match=said):
        parse(text)


def test_a_thousand_open_brackets_are_no_recursion():
    assert parse("<A\n" * 5_000 + ">\n" * 5_000).name == "A"


@pytest.mark.parametrize(
    ("word", "number"),
    [("1.5", 1.5), ("-3", -3.0), (".5", 0.5), ("1e2x", 100.0), ("7:bypass", 7.0), ("x", 9.0), ("1e999", 9.0)],
)
def test_numbers_are_read_as_far_as_they_are_numbers(word, number):
    assert number_at(("X", word), 1, 9.0) == number


def test_what_is_not_there_is_the_default():
    row = ("X", "0")
    assert text_at(row, 2, "d") == "d"
    assert number_at(row, 2, 1.0) == 1.0
    assert whole_at(row, 2, 4) == 4
    assert flag_at(row, 2, default=True)
    assert not flag_at(row, 1, default=True)
