import math
import re
from pathlib import Path

import pytest

from bridge.osc import x32
from bridge.osc.dialect_file import DialectUnreadable, coming_along, load, parse
from tests.dialect_mixers import BY_ADDRESS, BY_QUESTION, BY_REFRESH, UNASKED

GOOD = """\
name = "Desk"
port = 7000

[ask]
how = "address"

[tracks]
count = 8

[names]
address = "/in/{n}/name"

[fader]
address = "/in/{n}/gain"
unit = "position"
curve = [
    [0.0, -inf],
    [0.5, -20.0],
    [1.0, 6.0],
]
"""


def mistakes(text):
    with pytest.raises(DialectUnreadable) as caught:
        parse(text, "desk.toml")
    return str(caught.value).splitlines()


def mistake(old, new):
    assert old in GOOD
    (line,) = mistakes(GOOD.replace(old, new))
    return line


def test_a_good_file():
    dialect = parse(GOOD, "desk.toml")
    assert (dialect.name, dialect.port, dialect.tracks.count, dialect.master) == ("Desk", 7000, 8, None)
    assert dialect.fader.fader.db(0.75) == -7.0
    assert dialect.fader.fader.value(-math.inf) == 0.0


def test_faders_in_steps_hold_the_nearest():
    in_tenths = parse(
        BY_ADDRESS.format(count=1).replace('unit = "db"', 'unit = "db"\nstep_db = 0.1', 1), ""
    ).fader.fader
    assert in_tenths.held_db(-3.14159) == pytest.approx(-3.1)
    whole = (
        GOOD.replace('unit = "position"', 'unit = "position"\ntype = "i"').replace("0.5", "64").replace("1.0", "127")
    )
    assert parse(whole, "").fader.fader.value(-0.1) == 112.0
    steps = parse(GOOD.replace('"position"', '"position"\nsteps = 11'), "").fader.fader
    assert (steps.value(-1.0), steps.held_db(-1.0)) == (0.9, pytest.approx(0.8))


@pytest.mark.parametrize(
    "text", [BY_ADDRESS.format(count=3), BY_QUESTION, BY_REFRESH, UNASKED.format(echoes="true")], ids="1234"
)
def test_other_good_files(text):
    assert parse(text, "").fader.address


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = 7000", "port = ", r"line 2: not TOML \(.*\): texts stand in quotes"),
        ("count = 8", "count = 8\ncount = 9", r"line 9: not TOML \(Cannot overwrite a value\).*once"),
        ("port = 7000\n", "", r"line 1: port: is missing: add port = …"),
        ('address = "/in/{n}/gain"\n', "", r"line 13: fader.address: is missing: add address = …"),
        ("count = 8", "cuont = 8\ncount = 8", r"line 8: tracks.cuont: is not known here: did you mean count\?"),
        ("[names]", "[hue]\nx = 1\n[names]", r"line 10: hue: is not known here: known here are name, port"),
        ("port = 7000", "port = 70000", r"line 2: port: input should be less than .*65535, and here is 70000"),
        ("port = 7000", 'port = "MIDI"', r"line 2: port: input should be a valid integer.*, and here is 'MIDI'"),
        ('"position"', '"metres"', r"line 15: fader.unit: input should be 'db', 'linear' or 'position'.*'metres'"),
        ('"/in/{n}/gain"', '"in/{n}/gain"', r'line 14: fader.address: an address begins with "/"'),
        ('"/in/{n}/gain"', '"/in/*/gain"', r"line 14: fader.address: an address .*none of # \*"),
        ('"/in/{n}/gain"', '"/in/gain"', r"line 13: fader: which track is it\? Put \{n\} into its address"),
        ("[0.5, -20.0]", '[0.5, "loud"]', r"line 16: fader.curve, entry 2: input should be a valid number.*'loud'"),
        ("[0.5, -20.0]", "[0.5, 20.0]", r"line 16: fader.curve: a curve rises from point to point, and \[0.5, 20.0\]"),
        ("[0.5, -20.0]", "[0.5, -inf]", r"line 16: fader.curve: a curve rises"),
        ("[1.0, 6.0]", "[1.0, inf]", r"line 16: fader.curve: only the first point of a curve may be -inf"),
        ('unit = "position"', 'unit = "db"', r'line 13: fader: law, curve and steps are for unit = "position": leave'),
        ("curve = [", 'law = "x32"\ncurve = [', r'line 13: fader: with unit = "position" name a law, or'),
        ('unit = "position"', 'unit = "position"\nlaw = "cosine"', r"line 16: fader.law: there is no law 'cosine'"),
        ('unit = "position"', 'unit = "position"\nstep_db = 1', r'line 13: fader: step_db is for unit = "db": leave'),
        ("count = 8", "count = 8\nat_most = 9", r"line 7: tracks: say in one way which tracks there are"),
        ("count = 8", "first = 1", r"line 7: tracks: say in one way which tracks there are"),
        ('how = "address"', 'how = "refresh"', r'line 4: ask: how = "refresh" needs message = '),
        ('how = "address"', 'how = "never"', r'line 4: ask: with how = "never" nothing is told, so give names'),
        ('[names]\naddress = "/in/{n}/name"\n', "", r"line 7: tracks: how are they called\? Give names in \[tracks\]"),
        ("[names]", '[meter]\naddress = "/vu"\nunit = "linear"\n[names]', r"line 10: meter: which track is it\?"),
        ("[names]", '[keep_alive]\naddress = "/x"\nevery_s = 0\n[names]', r"line 12: keep_alive.every_s: .*than 0"),
        (
            "[names]",
            '[pan]\naddress = "/in/{n}/pan"\nleft = 1\n[names]',
            r"line 10: pan: left and right are the same",
        ),
        ("count = 8", "count = 0", r"line 8: tracks.count: input should be greater than or equal to 1, and here is 0"),
    ],
)  # fmt: skip
def test_each_mistake_is_said_with_its_line_its_key_and_how_to_mend_it(old, new, said):
    assert re.search(said, mistake(old, new))


def test_all_mistakes_are_said_at_once():
    lines = mistakes(GOOD.replace("port = 7000", "port = 0").replace("count = 8", "count = 0"))
    assert [line.split(": ")[0] for line in lines] == ["desk.toml, line 2", "desk.toml, line 8"]


def test_a_key_in_an_inline_table_has_the_line_of_that():
    text = GOOD.replace("[tracks]\ncount = 8", '[tracks]\ncounted = { aks = "/n" }')
    assert any("line 8: tracks.counted.aks: is not known here: did you mean ask?" in line for line in mistakes(text))


def test_a_dotted_key_has_its_line():
    text = GOOD.replace("[tracks]\ncount = 8\n", "").replace("port = 7000", "port = 7000\ntracks.count = 0")
    assert mistakes(text)[0].startswith("desk.toml, line 3: tracks.count: ")


def test_one_that_comes_along_is_known_by_its_name():
    assert load(Path("touchosc.toml")).name == "TouchOSC page"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(
        DialectUnreadable, match=r"nowhere\.toml can not be read .*these come along: touchosc\.toml, x32"
    ):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_none(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(b"name = 1\nRIFF\xff\xff")
    with pytest.raises(DialectUnreadable, match="line 2: not UTF-8"):
        load(path)
    path.write_bytes(bytes(300_000))
    with pytest.raises(DialectUnreadable, match="too large"):
        load(path)


def test_what_comes_along_is_good():
    assert set(coming_along()) == {"touchosc.toml", "x32.toml"}
    dialects = {name: load(path) for name, path in coming_along().items()}
    assert dialects["x32.toml"].fader.fader == x32.FADER
    assert dialects["touchosc.toml"].ask.how == "never"
