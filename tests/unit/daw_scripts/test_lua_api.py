"""The functions of the scripts against Cockos' header, as far as the mock DAW knows them from there too."""

import re

import pytest

from daw_scripts.package_header import parse, provided
from mock_daw.reaper.functions.api import FUNCTIONS
from tests.lua_api import EXTENSIONS, LUA_ONLY, PROTOTYPES, Prototype
from tests.lua_reaper import SCRIPTS

SOURCES = sorted(SCRIPTS.rglob("*.lua"))
PACKAGE = SCRIPTS / "Faderbot_Auto-mix.lua"


@pytest.mark.parametrize("name", sorted(set(PROTOTYPES) & set(FUNCTIONS)))
def test_the_header_and_the_mock_agree_on_the_arguments(name):
    assert len(PROTOTYPES[name].parameters) == len(FUNCTIONS[name].arguments)


@pytest.mark.parametrize(
    ("declaration", "given", "returned"),
    [
        ("bool GetTrackName(MediaTrack* track, char* bufOut, int bufOut_sz)", ["track"], ["bufOut"]),
        ("bool F(const char* a, char* stringNeedBig, bool set)", ["a", "stringNeedBig", "set"], ["stringNeedBig"]),
        ("bool F(int n, char* retvals_csv, int retvals_csv_sz)", ["n", "retvals_csv"], ["retvals_csv"]),
        ("double time_precise()", [], []),
    ],
)
def test_what_lua_gives_and_gets_follows_from_the_declaration(declaration, given, returned):
    prototype = Prototype.of(declaration)
    assert [parameter.name for parameter in prototype.given] == given
    assert [parameter.name for parameter in prototype.parameters if parameter.returned] == returned


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_script_names_a_function_that_reaper_has_not(source):
    code = re.sub(r"--.*|'[^'\n]*'", "", source.read_text(encoding="utf-8"))
    named = set(re.findall(r"\breaper\.(\w+)", code))
    assert named <= set(PROTOTYPES) | LUA_ONLY | EXTENSIONS


def header(source):
    return parse(source.read_text(encoding="utf-8"))


def test_the_package_has_the_header_that_reapack_reads_and_brings_everything():
    package = header(PACKAGE)
    assert list(package.tags) == ["description", "version", "author", "about", "provides"]
    files = [path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*") if path.is_file()]
    brought = provided(package, PACKAGE.name, files)
    assert {one.path for one in brought} == set(files) - {"index.xml", "Faderbot.ReaperOSC"}
    assert {one.path for one in brought if one.is_main} == {path.name for path in SOURCES if path.parent == SCRIPTS}
    assert {one.path for one in brought if one.is_data} == {path for path in files if path.endswith(".png")}


@pytest.mark.parametrize("source", [s for s in SOURCES if s != PACKAGE], ids=lambda path: path.name)
def test_what_the_package_brings_is_no_package_of_its_own(source):
    assert source.read_text(encoding="utf-8").startswith("-- @noindex\n")
    assert header(source).is_noindex
