import io
import sys

import pytest

from bridge.progress import Stage
from bridge.terminal import Bars, StdoutClosed, complain, show, survive_any_encoding, write


def redirect(monkeypatch, encoding, stream="stdout"):
    file = io.BytesIO()
    monkeypatch.setattr(sys, stream, io.TextIOWrapper(file, encoding=encoding))
    return file


def test_what_the_encoding_lacks_is_replaced(monkeypatch):
    file = redirect(monkeypatch, "ascii")
    survive_any_encoding()
    write("−14.0 → −12.0 · 🎤\n")
    assert file.getvalue() == b"-14.0 -> -12.0 . ?\n"


def test_a_complaint_is_one_line(monkeypatch):
    file = redirect(monkeypatch, "utf-8", "stderr")
    complain("a\nb\r\u2028c \udcff")
    sys.stderr.flush()
    assert file.getvalue().decode() == "faderbot: a b  c  \n"


def test_what_is_shown_has_no_colour_outside_a_terminal_and_no_blanks_at_line_ends(capsys):
    show("[bold]a[/bold]", "b " * 60)
    out = capsys.readouterr().out
    assert "[bold]a[/bold]" in out
    assert "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_a_reader_who_has_gone_away_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Failing(BrokenPipeError(32, "Broken pipe"), tmp_path))
    write("hello")


def test_an_output_that_takes_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Failing(OSError(28, "No space left on device"), tmp_path))
    with pytest.raises(StdoutClosed, match="No space left"):
        write("hello")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), BrokenPipeError(32, "Broken pipe")])
def test_a_complaint_that_nobody_can_hear_is_no_error(tmp_path, monkeypatch, error):
    monkeypatch.setattr(sys, "stderr", Failing(error, tmp_path))
    complain("hello")
    monkeypatch.setattr(sys, "stderr", None)
    complain("hello")


def test_no_output_at_all_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    write("hello")


def test_bars_stay_away_where_there_is_no_terminal(capsys):
    with Bars.on_stderr() as bars:
        bars.advance(1.0)
        for stage in Stage:
            bars.begin(stage, 10.0)
            bars.advance(10.0)
        bars.begin(Stage.VERIFY, 10.0)
    captured = capsys.readouterr()
    assert (captured.out, captured.err.strip()) == ("", "")


class Failing(io.TextIOBase):
    """A standard output on which writing fails."""

    def __init__(self, error, folder):
        self._error = error
        self._file = (folder / "stdout").open("w")

    def write(self, _text):
        raise self._error

    def fileno(self):
        return self._file.fileno()

    def close(self):
        self._file.close()
        super().close()
