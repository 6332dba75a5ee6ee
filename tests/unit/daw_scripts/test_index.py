"""The index for ReaPack: what is written for a tiny package, and that of this repository.

The format is that of ReaPack's reader, cfillion/reapack at 0247bfb, ``src/index_v1.cpp``; where a file is installed to
is in ``src/source.cpp`` there, and its checksum in ``src/hash.cpp``.
"""

import hashlib
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from daw_scripts import make_index
from daw_scripts.make_index import IndexStale, made, main, rich_text
from daw_scripts.package_header import HeaderWrong
from tests.lua_reaper import SCRIPTS

SCRIPT = """\
-- @description A & B
-- @version {version}
-- @author Somebody
-- @about
--   Does {{it}}.
-- @link
--   Manual https://example.org/manual
-- @provides
--   [main] Faderbot_*.lua
--   [nomain] Faderbot/*.lua
--   [data] toolbar_icons/*.png
-- @changelog
--   Less
--   is more
"""
LIBRARY, ICON, UNDO = b"-- @noindex\n\nreturn {}\n", b"\x89PNG", b"-- @noindex\n"
NOW, LATER = "2026-01-02T03:04:05Z", "2027-01-02T03:04:05Z"


def files(version="1.0", **others):
    return {
        "Faderbot_Auto-mix.lua": SCRIPT.format(version=version).encode(),
        "Faderbot_Undo it.lua": UNDO,
        "Faderbot/a.lua": LIBRARY,
        "toolbar_icons/a.png": ICON,
        "Faderbot.ReaperOSC": b"# patterns\n",
    } | others


def digest(content):
    return "1220" + hashlib.sha256(content).hexdigest()


def parsed(content):
    return ET.fromstring(content)  # noqa: S314 - our own


ABOUT = r"{\rtf1\ansi{\fonttbl{\f0 Helvetica;}}\f0\fs22 Does \{it\}.\par}"
EXPECTED = f"""\
<?xml version="1.0" encoding="utf-8"?>
<index version="1" name="Faderbot">
  <category name="Mixing">
    <reapack name="Faderbot_Auto-mix.lua" type="script" desc="A &amp; B">
      <version name="1.0" author="Somebody" time="{NOW}">
        <source main="main" hash="{digest(files()["Faderbot_Auto-mix.lua"])}">\
https://github.com/faderbot/faderbot/raw/v1.0/daw_scripts/reaper/Faderbot_Auto-mix.lua</source>
        <source file="Faderbot_Undo it.lua" main="main" hash="{digest(UNDO)}">\
https://github.com/faderbot/faderbot/raw/v1.0/daw_scripts/reaper/Faderbot_Undo%20it.lua</source>
        <source file="Faderbot/a.lua" hash="{digest(LIBRARY)}">\
https://github.com/faderbot/faderbot/raw/v1.0/daw_scripts/reaper/Faderbot/a.lua</source>
        <source file="toolbar_icons/a.png" type="data" hash="{digest(ICON)}">\
https://github.com/faderbot/faderbot/raw/v1.0/daw_scripts/reaper/toolbar_icons/a.png</source>
        <changelog><![CDATA[Less
is more]]></changelog>
      </version>
      <metadata>
        <link rel="website" href="https://example.org/manual">Manual</link>
        <description><![CDATA[{ABOUT}]]></description>
      </metadata>
    </reapack>
  </category>
  <metadata>
    <description><![CDATA[{ABOUT}]]></description>
  </metadata>
</index>
"""


def test_a_header_becomes_an_index():
    assert made(files(), NOW).decode() == EXPECTED


def with_index(content, version="1.0", **others):
    return files(version, **{"index.xml": content}, **others)


def test_the_same_files_give_the_same_index_whenever_it_is_made():
    first = made(files(), NOW)
    assert made(with_index(first), LATER) == made(with_index(first), None) == first


def test_a_new_version_is_added_and_the_old_one_stays_as_it_was():
    first = made(files(), NOW)
    second = made(with_index(first, "1.1"), LATER)
    old, new = parsed(second).iter("version")
    assert ET.tostring(old) == ET.tostring(next(parsed(first).iter("version")))
    assert (new.get("name"), new.get("time")) == ("1.1", LATER)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"Faderbot/a.lua": b"-- @noindex\n\nreturn 1\n"}, "Faderbot/a.lua"),
        ({"Faderbot/b.lua": LIBRARY}, "Faderbot/b.lua"),
        ({"Faderbot_Auto-mix.lua": SCRIPT.format(version="1.0").encode() + b"\n"}, "Faderbot_Auto-mix.lua"),
    ],
)
@pytest.mark.parametrize("time", [NOW, None])
def test_files_that_changed_need_a_higher_version(change, named, time):
    changed = with_index(made(files(), NOW)) | change
    with pytest.raises(IndexStale, match=rf"since version 1.0 was put into index.xml: {named}. Raise @version"):
        made(changed, time)


def test_a_version_that_nobody_has_yet_can_be_made_again():
    changed = with_index(made(files(), NOW)) | {"Faderbot/b.lua": LIBRARY}
    again = made(changed, LATER, unpublished=True)
    (version,) = parsed(again).iter("version")
    assert version.get("time") == LATER
    assert "Faderbot/b.lua" in [source.get("file") for source in version]


def test_a_version_that_is_not_in_the_index_is_told():
    with pytest.raises(IndexStale, match=r"index.xml has no version 1.1: run make_index"):
        made(with_index(made(files(), NOW), "1.1"), None)


def test_a_version_below_another_is_refused():
    with pytest.raises(IndexStale, match=r"@version 1.0 .* is not above 1.0.1"):
        made(with_index(made(files("1.0.1"), NOW)), LATER)


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ({"readme.txt": b""}, "readme.txt is brought by no line of @provides"),
        ({"Faderbot/deep/a.lua": LIBRARY}, "Faderbot/deep/a.lua is brought by no line"),
        ({"Faderbot/b.lua": b"return {}\n"}, "Faderbot/b.lua has no -- @noindex"),
    ],
)
def test_a_file_that_would_not_be_installed_well_is_told(added, message):
    with pytest.raises(IndexStale, match=message):
        made(files() | added, NOW)


def test_a_version_with_letters_is_refused():
    with pytest.raises(HeaderWrong, match=r"@version '1.0-pre'"):
        made(files("1.0-pre"), NOW)


def test_rich_text_is_ascii_and_its_marks_are_marked():
    assert rich_text("a\nb\n\nü {\\} 😀").endswith(r"\fs22 a b\par\par \u252? \{\\\} \u-10179?\u-8704?\par}")


@pytest.fixture
def folder(tmp_path):
    for name, content in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_command_writes_and_checks(folder, capsys):
    assert main(["--check"], folder) == 1
    assert capsys.readouterr().err == "make_index: index.xml has no version 1.0: run make_index\n"
    assert main([], folder) == 0
    assert main(["--check"], folder) == 0
    (folder / "index.xml").write_bytes((folder / "index.xml").read_bytes().replace(b"  <cat", b" <cat"))
    assert main(["--check"], folder) == 1
    assert "is not as make_index writes it" in capsys.readouterr().err


INDEX = parsed((SCRIPTS / "index.xml").read_bytes())
# What ReaPack's reader asks each element for: attributes that must be there and that may, and what may lie in it.
SCHEMA = {
    "index": ({"version", "name"}, {"commit"}, {"category", "metadata"}),
    "category": ({"name"}, set(), {"reapack"}),
    "reapack": ({"name", "type"}, {"desc"}, {"version", "metadata"}),
    "version": ({"name"}, {"author", "time"}, {"source", "changelog"}),
    "source": (set(), {"platform", "type", "file", "hash", "main"}, set()),
    "changelog": (set(), set(), set()),
    "metadata": (set(), set(), {"link", "description"}),
    "link": (set(), {"rel", "href"}, set()),
    "description": (set(), set(), set()),
}


def test_the_index_of_this_repository_is_what_its_files_say(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("element", list(INDEX.iter()), ids=lambda element: element.tag)
def test_the_index_of_this_repository_is_one_that_reapack_reads(element):
    needed, allowed, inside = SCHEMA[element.tag]
    assert needed <= set(element.attrib) <= needed | allowed
    assert {child.tag for child in element} <= inside
    assert INDEX.get("version") == "1"


def installed(source):
    """Return where ReaPack installs a file, as ``Source::targetPath`` makes it."""
    file = source.get("file") or make_index.PACKAGE
    return f"Data/{file}" if source.get("type") == "data" else f"Scripts/Faderbot/Mixing/{file}"


def test_every_file_is_installed_once_and_from_an_address_of_its_own():
    for version in INDEX.iter("version"):
        sources = version.findall("source")
        assert set(Counter(map(installed, sources)).values()) == {1}
        assert set(Counter(source.text for source in sources).values()) == {1}
        assert all(source.text.startswith("https://") and " " not in source.text for source in sources)


def test_the_icons_go_where_reaper_looks_for_toolbar_icons():
    *_, version = INDEX.iter("version")
    icons = {installed(source) for source in version.iter("source") if source.get("type") == "data"}
    assert {path.rpartition("/")[0] for path in icons} == {f"Data/toolbar_icons{size}" for size in ("", "/150", "/200")}


def test_every_action_is_one_and_nothing_else():
    *_, version = INDEX.iter("version")
    mains = {installed(source).rpartition("/")[2] for source in version.iter("source") if source.get("main") == "main"}
    assert mains == {path.name for path in SCRIPTS.glob("*.lua")}
