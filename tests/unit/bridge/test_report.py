import io
import unicodedata
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from agent.session import FLAT_EQ, Strip
from bridge.report import change, number, report
from bridge.schema import MixDocument
from tests.mixes import described, finished, previewed


def text_of(document, width=80, **how):
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, markup=False, emoji=False, **how)
    for part in report(document):
        console.print(part)
    return file.getvalue()


def mixed():
    return described(replace(previewed(), finish=finished(), dry_run=False))


def renamed(document, name):
    whole = document.model_dump(by_alias=True)
    whole["tracks"][0]["name"] = name
    return MixDocument.model_validate(whole)


def test_it_says_what_was_and_what_is():
    text = text_of(mixed())
    assert "song: 4 tracks, 3.0 s; wanted: −14.0 LUFS, balanced, strength 1" in text
    for row in ("Kick", "Bass (locked)", "(focus)", "Master", "Loudness LUFS", "True peak dBTP", "Cost"):
        assert row in text
    assert "→" in text
    for term in ("balance", "spectrum", "masking", "loudness", "peaks", "width"):
        assert f"  {term} " in text


def test_a_silent_track_says_so():
    row = next(line for line in text_of(mixed()).splitlines() if line.startswith("Spare"))
    assert "silent" in row


def test_reasons_and_notes_are_listed():
    document = mixed()
    flat = " ".join(text_of(document).split())
    for line in (*[reason.text for reason in document.reasons], *document.notes):
        assert " ".join(line.split()) in flat


def test_a_dry_run_says_so():
    text = text_of(described(previewed()))
    assert "After (predicted)" in text
    assert "Dry run: nothing was changed and nothing was written" in text
    assert "Dry run" not in text_of(mixed())


@pytest.mark.parametrize(
    "name", ["A very long name for a track that somebody typed in full", "🎤 嗓音 " * 8, "[red]x[/red]"]
)
def test_it_fits_into_eighty_columns_whatever_the_names(name):
    text = text_of(renamed(mixed(), name))
    assert all(cell_len(line) <= 80 for line in text.splitlines())


def test_brackets_in_a_name_are_no_markup():
    assert "[red]x[/red]" in text_of(renamed(mixed(), "[red]x[/red]"))


def test_colour_adds_nothing_but_colour():
    coloured = text_of(mixed(), force_terminal=True, color_system="truecolor")
    plain = "".join(
        c for c in Console(file=io.StringIO()).render_str(coloured).plain if unicodedata.category(c) != "Cc"
    )
    assert "\x1b" in coloured
    assert "\x1b" not in text_of(mixed())
    assert "Lead Vocal" in plain


def test_an_eq_that_was_not_flat_shows_before_and_after():
    result = previewed()
    before = Strip(eq=(replace(FLAT_EQ[0], gain_db=4.5), *FLAT_EQ[1:]), high_pass_hz=80.0)
    strips = (before, *result.session.settings.strips[1:])
    session = replace(result.session, settings=replace(result.session.settings, strips=strips))
    after = replace(result.settings, strips=(replace(before, eq=FLAT_EQ), *result.settings.strips[1:]))
    text = text_of(described(replace(result, session=session, settings=after)))
    assert "+4.5" in text
    assert "high-pass 80 Hz" in text


def test_figures_read_well():
    assert number(-0.04) == "0.0"
    assert number(-3.25) == "−3.2"
    assert number(None) == "−∞"
    assert change(0.0, -2.5) == "0.0 → −2.5"
    assert change(1.0, 1.01) == "1.0"
