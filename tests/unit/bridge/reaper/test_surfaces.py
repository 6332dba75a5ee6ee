import pytest

from bridge.reaper import surfaces
from bridge.reaper.ini import Ini
from bridge.reaper.surfaces import Osc, SurfacesUnclear, Web


def ini(*lines):
    return Ini.parse("\n".join(("[REAPER]", *lines, "")).encode())


# Lines that REAPER wrote, quoted in the documentation of other projects on GitHub.
@pytest.mark.parametrize(
    "entry",
    [
        'OSC "X32-Sync-Tool" 7 8000 "192.168.0.187" 9000 1024 10 "X32SyncTool"',
        'OSC "01V96i" 5 8000 "127.0.0.1" 9000 1024 10 ""',
        'OSC "two words" 3 0 "10.0.0.2" 9000 1024 10 "osc layout"',
    ],
)
def test_an_osc_surface_is_read_and_written_as_reaper_does(entry):
    assert str(Osc.parse(entry)) == entry


def test_an_osc_surface_has_the_ports_it_uses():
    assert list(Osc.parse('OSC "" 3 8000 "" 9000 1024 10 ""').ports) == [8000, 9000]
    assert list(Osc.parse('OSC "" 1 8000 "" 9000 1024 10 ""').ports) == [8000]
    assert list(Osc.parse('OSC "" 4 8000 "" 9000 1024 10 ""').ports) == []


def test_a_web_interface_is_read_and_written_as_reapy_writes_it():
    assert str(Web.parse("HTTP 0 2307 '' 'index.html' 0 ''")) == "HTTP 0 2307 '' 'index.html' 0 ''"
    assert Web.parse("HTTP 1 8080 'me:secret' 'fancier.html' 1 'abc'") == Web(True, 8080, "me:secret")


def test_other_surfaces_are_neither():
    assert Osc.parse("MCU 0 9 0 1 2") is None
    assert Web.parse("MCU 0 9 0 1 2") is None
    assert Osc.parse("") is None


def test_cut_off_entries_read_as_zeros():
    assert Osc.parse("OSC") == Osc("", 0, 0, "", 0, 0, 0, "")
    assert Web.parse("HTTP") == Web(off=False, port=0)


def test_what_lies_beyond_the_count_is_not_listed():
    assert surfaces.entries(ini("csurf_0=A", "csurf_2=C", "csurf_1=B", "csurf_cnt=2")) == {0: "A", 1: "B"}


def test_a_new_surface_is_the_last():
    longer = surfaces.appended(ini("csurf_0=A", "csurf_cnt=1"), "B")
    assert longer == ini("csurf_0=A", "csurf_cnt=2", "csurf_1=B")


def test_the_first_surface_brings_the_count():
    assert surfaces.entries(surfaces.appended(Ini(), "A")) == {0: "A"}


def test_removing_one_leaves_no_gap():
    shorter = surfaces.without(ini("csurf_0=A", "csurf_1=B", "csurf_2=C", "csurf_cnt=3"), 0, {})
    assert shorter == ini("csurf_0=B", "csurf_1=C", "csurf_cnt=2")


def test_removing_the_last_puts_back_what_lay_beyond_the_list():
    shorter = surfaces.without(ini("csurf_0=A", "csurf_1=B", "csurf_cnt=2"), 1, {"csurf_1": "stale"})
    assert shorter == ini("csurf_0=A", "csurf_1=stale", "csurf_cnt=1")


@pytest.mark.parametrize("value", ["two", "-1", "1.5", "1000", "", "2 surfaces"])
def test_a_count_that_is_none_is_refused(value):
    with pytest.raises(SurfacesUnclear, match=f"csurf_cnt={value}"):
        surfaces.count(ini(f"csurf_cnt={value}"))


def test_a_full_list_is_refused():
    with pytest.raises(SurfacesUnclear, match="no room"):
        surfaces.appended(ini("csurf_cnt=999"), "A")


def test_quotes_are_those_of_wdl():
    assert surfaces.tokens("""SCR 4 0 "a b" 'c "d"' `e'f` g"h""") == ["SCR", "4", "0", "a b", 'c "d"', "e'f", 'g"h']
