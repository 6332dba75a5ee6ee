"""Headers as reapack-index reads them (its wiki, "Packaging Documentation")."""

import pytest

from daw_scripts.package_header import Header, HeaderWrong, Provided, parse, provided

SCRIPT = """\
-- @description A button
-- @version 1.10.2
-- @about
--   Two lines
--   of text.
--
--   A second paragraph.
-- @provides
--   [main] A_*.lua
--   [nomain] lib/*.lua

local x = 1
-- @version 9
"""
FILES = ["A_button.lua", "A_undo.lua", "B.lua", "lib/a.lua", "lib/b/c.lua", "icons/a.png"]


def test_a_header_is_the_comments_at_the_top():
    assert parse(SCRIPT) == Header(
        {
            "description": "A button",
            "version": "1.10.2",
            "about": "Two lines\nof text.\n\nA second paragraph.",
            "provides": "[main] A_*.lua\n[nomain] lib/*.lua",
        }
    )


def test_versions_are_numbers():
    assert parse("-- @version 1.10.2").version > parse("-- @version 1.9").version


def test_a_script_without_a_header_is_no_package():
    assert parse("-- What it does.\nlocal x = 1\n") == Header({})


def test_noindex_needs_no_value():
    assert parse("-- @noindex\n\n-- words\n").is_noindex


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- @version 1\n-- @verson 2\n", "@verson is no tag"),
        ("-- @version 1\n-- @version 2\n", "@version is there twice"),
        ("-- @version 1\n-- @about\n", "@about has no value"),
        ("-- @version 1\n-- some words\n", "belongs to no tag"),
    ],
)
def test_a_header_that_would_be_read_otherwise_is_refused(text, message):
    with pytest.raises(HeaderWrong, match=message):
        parse(text)


@pytest.mark.parametrize("version", ["", "1.0-beta", "v1", "1.", "1 2"])
def test_a_version_is_numbers_with_dots_between(version):
    with pytest.raises(HeaderWrong, match="is not numbers"):
        _ = Header({"version": version}).version


def brought(*lines):
    return provided(Header({"provides": "\n".join(lines)}), "A_button.lua", FILES)


def test_a_star_stops_at_a_slash():
    assert brought("[main] A_*.lua", "[nomain] lib/*.lua", "[data] icons/a.png") == (
        Provided("A_button.lua", is_main=True),
        Provided("A_undo.lua", is_main=True),
        Provided("lib/a.lua"),
        Provided("icons/a.png", is_data=True),
    )


def test_a_dot_is_the_package_itself():
    assert brought("[main] .") == (Provided("A_button.lua", is_main=True),)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["[main] .", "other/*.lua"], "no such file"),
        (["[main] .", "[main] A_*.lua"], "brings A_button.lua twice"),
        (["lib/*.lua"], "leaves out A_button.lua itself"),
        (["[win64] ."], "not understood"),
        (["lib/**.lua"], "not understood"),
        (["a.lua > b.lua"], "not understood"),
        (["a.lua https://example.org/a.lua"], "not understood"),
    ],
)
def test_what_provides_can_not_mean_is_refused(lines, message):
    with pytest.raises(HeaderWrong, match=message):
        brought(*lines)
