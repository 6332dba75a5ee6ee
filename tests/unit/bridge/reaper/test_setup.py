import json
import re
from dataclasses import replace

import pytest

from bridge.reaper.draft import EXTSTATE_INI, KB_INI, PATTERN, REAPER_INI, SetupError
from bridge.reaper.ini import Ini
from bridge.reaper.record import RECORD
from bridge.reaper.setup import Host, Wanted, actions, plan_removal, plan_setup
from bridge.reaper.surfaces import entries

SCRIPT = "/venv/lib/reapy/reascripts/activate_reapy_server.py"
HOST = Host(b"pattern\n", SCRIPT, ("/usr/lib", "libpython3.11.so.1.0"), lambda path: path == SCRIPT)
OURS = 'OSC "Faderbot" 3 8000 "127.0.0.1" 9000 4096 10 "Faderbot"'
WEB = "HTTP 0 2307 '' 'index.html' 0 ''"
TABLET = 'OSC "Tablet" 3 8000 "192.168.1.5" 9000 1024 10 ""'


def folder(*lines, **others):
    return {REAPER_INI: "\n".join(("[REAPER]", *lines, "")).encode()} | others


def after(contents, plan):
    changed = dict(contents)
    for change in plan.changes:
        assert changed.get(change.name) == change.before
        changed[change.name] = change.after
    return {name: content for name, content in changed.items() if content is not None}


def set_up(contents, wanted=Wanted(), host=HOST):  # noqa: B008 - frozen
    return after(contents, plan_setup(contents, wanted, host))


def removed(contents):
    return after(contents, plan_removal(contents))


def surfaces_of(contents):
    return list(entries(Ini.parse(contents[REAPER_INI])).values())


def value(contents, key, name=REAPER_INI, section="REAPER"):
    return Ini.parse(contents[name]).value(section, key)


def test_a_fresh_reaper_gets_the_surface_the_web_interface_and_the_pattern_file():
    done = set_up(folder("version=7"))
    assert surfaces_of(done) == [OURS, WEB]
    assert done[PATTERN] == b"pattern\n"


def test_surfaces_that_were_there_stay_first():
    assert surfaces_of(set_up(folder("csurf_0=MCU 0 9 1 2", "csurf_cnt=1"))) == ["MCU 0 9 1 2", OURS, WEB]


def test_ports_of_another_surface_are_left_to_it_and_the_user_hears_of_it():
    contents = folder(f"csurf_0={TABLET}", "csurf_cnt=1")
    plan = plan_setup(contents, Wanted(), HOST)
    assert (plan.osc_port, plan.osc_to_port) == (8001, 9001)
    assert surfaces_of(after(contents, plan))[1] == OURS.replace("8000", "8001").replace("9000", "9001")
    assert [note for note in plan.notes if "8000 belongs to another" in note]
    assert [note for note in plan.notes if "9000 belongs to another" in note]


def test_a_web_interface_that_is_there_is_used():
    contents = folder("csurf_0=HTTP 0 2307 '' 'mine.html' 0 ''", "csurf_cnt=1")
    assert surfaces_of(set_up(contents))[1:] == [OURS]


@pytest.mark.parametrize(
    ("theirs", "port"),
    [("HTTP 1 2307 '' 'index.html' 0 ''", 2307), ("HTTP 0 2307 'me:secret' 'index.html' 0 ''", 2308)],
)
def test_one_that_is_off_or_wants_a_password_is_of_no_use(theirs, port):
    contents = folder(f"csurf_0={theirs}", "csurf_cnt=1")
    plan = plan_setup(contents, Wanted(), HOST)
    assert plan.web_port == port
    assert surfaces_of(after(contents, plan))[2] == f"HTTP 0 {port} '' 'index.html' 0 ''"


def test_a_second_run_changes_nothing():
    done = set_up(folder("version=7"))
    assert plan_setup(done, Wanted(), HOST).changes == ()


def test_other_ports_on_a_second_run_move_what_is_there():
    done = set_up(set_up(folder("version=7")), Wanted(8100, 9100, 2400))
    assert surfaces_of(done) == [OURS.replace("8000", "8100").replace("9000", "9100"), WEB.replace("2307", "2400")]


def test_reapy_finds_what_its_client_and_its_own_setup_look_for():
    """As reapy 0.10.0 reads: ``web_interface.py`` (JSON in the ext state) and ``add_reascript`` in ``config.py``."""
    done = set_up(folder("version=7"))
    action = json.loads(value(done, "activate_reapy_server", EXTSTATE_INI, "reapy"))
    (line,) = re.findall(r"^SCR 4 0 .*", done[KB_INI].decode(), re.MULTILINE)
    assert line.split(" ")[-1] == SCRIPT
    assert f"_{line.split(' ')[3]}" == action
    assert re.fullmatch(r"_RS[0-9a-f]{40}", action)
    assert value(done, "reascript") == "1"
    assert value(done, "pythonlibpath64") == "/usr/lib"
    assert value(done, "pythonlibdll64") == "libpython3.11.so.1.0"


def test_without_reapy_only_osc_and_web_are_set_up():
    done = set_up(folder("version=7"), Wanted(reapy=False))
    assert surfaces_of(done) == [OURS, WEB]
    assert value(done, "reascript") is None
    assert KB_INI not in done
    assert EXTSTATE_INI not in done


def test_reapy_that_is_not_installed_is_left_out_and_the_user_hears_of_it():
    plan = plan_setup(folder(), Wanted(), replace(HOST, script=None))
    assert not plan.reapy
    assert any("pip install python-reapy" in note for note in plan.notes)


def test_without_a_python_library_reaper_has_to_be_told():
    plan = plan_setup(folder(), Wanted(), replace(HOST, library=None))
    assert any("Preferences > Plug-ins > ReaScript" in note for note in plan.notes)
    assert value(after(folder(), plan), "pythonlibdll64") is None


def test_the_python_that_reaper_has_is_kept():
    contents = folder("pythonlibpath64=C:\\Python312", "pythonlibdll64=python312.dll")
    plan = plan_setup(contents, Wanted(), HOST)
    assert value(after(contents, plan), "pythonlibdll64") == "python312.dll"
    assert any("keeps the Python it is set to" in note for note in plan.notes)


def test_a_server_that_reapy_itself_set_up_is_kept():
    theirs = f'SCR 4 0 RSabc "Custom: activate_reapy_server.py" {SCRIPT}'.encode()
    contents = folder(**{KB_INI: theirs, EXTSTATE_INI: b'[reapy]\nactivate_reapy_server="_RSabc"\n'})
    done = set_up(contents)
    assert (done[KB_INI], done[EXTSTATE_INI]) == (contents[KB_INI], contents[EXTSTATE_INI])


def test_a_server_whose_script_is_gone_is_set_up_anew_and_removal_restores_the_name():
    theirs = b'SCR 4 0 RSold "Custom: activate_reapy_server.py" /gone/activate_reapy_server.py\n'
    contents = folder(**{KB_INI: theirs, EXTSTATE_INI: b'[reapy]\nactivate_reapy_server="_RSold"\n'})
    done = set_up(contents)
    assert actions(Ini.parse(done[KB_INI])).keys() > {"RSold"}
    assert b"RSold" not in done[EXTSTATE_INI]
    assert removed(done) == contents


def test_a_new_environment_takes_the_place_of_the_old_one():
    elsewhere = "/other/reapy/reascripts/activate_reapy_server.py"
    done = set_up(set_up(folder()), host=replace(HOST, script=elsewhere, is_file=lambda path: path == elsewhere))
    assert list(actions(Ini.parse(done[KB_INI])).values()) == [elsewhere]
    assert removed(done) == folder()


@pytest.mark.parametrize("script", ["C:\\Program Files\\reapy\\activate_reapy_server.py", '/it\'s "here"/a.py'])
def test_a_path_with_blanks_is_quoted_as_wdl_reads_it(script):
    done = set_up(folder(), host=replace(HOST, script=script, is_file=lambda path: path == script))
    assert list(actions(Ini.parse(done[KB_INI])).values()) == [script]


def test_an_action_list_without_a_last_line_ending_is_not_run_together():
    """As reapy's own ``add_reascript`` does: it appends to the last line."""
    contents = folder(**{KB_INI: b'SCR 4 0 RSx "Custom: x.lua" x.lua'})
    done = set_up(contents)
    assert len(done[KB_INI].splitlines()) == 2
    assert removed(done) == contents


def test_removal_gives_back_every_byte():
    contents = folder(
        "; mine", "csurf_0=MCU 0 9 1 2", " CSURF_CNT = 01 ", "csurf_1=stale", "reascript=0", "", "[x]", "y"
    )
    contents[REAPER_INI] = contents[REAPER_INI].replace(b"\n", b"\r\n").rstrip() + b" \xff"
    done = set_up(contents)
    assert surfaces_of(done) == ["MCU 0 9 1 2", OURS, WEB]
    assert removed(done) == contents


def test_removal_takes_ours_from_between_surfaces_added_later():
    done = set_up(folder("csurf_0=MCU 0 9 1 2", "csurf_cnt=1"))
    text = done[REAPER_INI].decode().replace("csurf_cnt=3", f"csurf_cnt=4\ncsurf_3={TABLET}")
    left = removed(done | {REAPER_INI: text.encode()})
    assert surfaces_of(left) == ["MCU 0 9 1 2", TABLET]
    assert value(left, "csurf_cnt") == "2"
    assert b"csurf_2" not in left[REAPER_INI]


def test_removal_finds_ours_where_reaper_has_sorted_the_file():
    done = set_up(folder("version=7"))
    ordered = b"\n".join([b"[REAPER]", *sorted(done[REAPER_INI].splitlines()[1:]), b""])
    assert removed(done | {REAPER_INI: ordered}) == folder("version=7")


def test_what_the_user_changed_since_is_left_and_named():
    done = set_up(folder("reascript=0"))
    text = done[REAPER_INI].replace(b"pythonlibdll64=libpython3.11.so.1.0", b"pythonlibdll64=python312.dll")
    text = text.replace(WEB.encode(), b"HTTP 0 2307 'me:secret' 'index.html' 0 ''")
    plan = plan_removal(done | {REAPER_INI: text})
    left = after(done | {REAPER_INI: text}, plan)
    assert value(left, "pythonlibdll64") == "python312.dll"
    assert surfaces_of(left) == ["HTTP 0 2307 'me:secret' 'index.html' 0 ''"]
    assert [note for note in plan.notes if "pythonlibdll64" in note]
    assert [note for note in plan.notes if "web interface was changed" in note]


def test_actions_that_came_since_keep_the_file_alive():
    done = set_up(folder())
    mine = b'SCR 4 0 RSmine "Custom: mine.lua" mine.lua\n'
    assert removed(done | {KB_INI: done[KB_INI] + mine})[KB_INI] == mine


def test_what_was_there_in_the_same_words_is_not_removed():
    contents = folder(f"csurf_0={WEB}", "csurf_cnt=1", "reascript=1", **{PATTERN: b"pattern\n"})
    assert removed(set_up(contents)) == contents


def test_another_pattern_file_of_the_name_comes_back():
    contents = folder(**{PATTERN: b"older \xff"})
    done = set_up(contents)
    assert done[PATTERN] == b"pattern\n"
    assert removed(done) == contents


def test_another_surface_with_our_pattern_file_stays():
    theirs = OURS.replace('"Faderbot"', '"iPad"', 1)
    done = set_up(folder(f"csurf_0={theirs}", "csurf_cnt=1"))
    assert surfaces_of(removed(done)) == [theirs]


def test_removal_without_a_record_takes_only_the_osc_surface():
    done = set_up(folder())
    del done[RECORD]
    plan = plan_removal(done)
    assert surfaces_of(after(done, plan)) == [WEB]
    assert any(f"{RECORD} is not there" in note for note in plan.notes)


def test_removal_where_nothing_was_added_changes_nothing():
    assert plan_removal(folder(f"csurf_0={TABLET}", "csurf_cnt=1")).changes == ()


def test_the_record_is_written_first_and_goes_last():
    contents = folder()
    plan = plan_setup(contents, Wanted(), HOST)
    assert plan.changes[0].name == RECORD
    assert plan_removal(after(contents, plan)).changes[-1].name == RECORD


@pytest.mark.parametrize(
    ("contents", "wanted", "message"),
    [
        (folder("csurf_cnt=many"), Wanted(), "reaper.ini: csurf_cnt=many is no number.*correct that line"),
        ({REAPER_INI: "[REAPER]".encode("utf-16")}, Wanted(), "reaper.ini is not a text file in UTF-8"),
        (folder("csurf_cnt=999"), Wanted(), "no room"),
        (folder(**{RECORD: b"{}}"}), Wanted(), "faderbot-setup.json can not be read"),
        (folder(**{RECORD: b'{"version": 2}'}), Wanted(), "use the version of faderbot that wrote it"),
        (folder(), Wanted(9000, 9000), "--osc-port and --osc-to-port"),
        (folder(), Wanted(web_port=2306), "--web-port"),
        (folder("csurf_0=" + TABLET.replace("8000", "65535"), "csurf_cnt=1"), Wanted(65535), "no port from 65535"),
    ],
)
def test_what_is_off_is_refused_in_one_line(contents, wanted, message):
    with pytest.raises(SetupError, match=message) as refusal:
        plan_setup(contents, wanted, HOST)
    assert "\n" not in str(refusal.value)
