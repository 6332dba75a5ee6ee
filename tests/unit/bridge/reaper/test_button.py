"""The button in a resource folder: its files, its actions, and what removal leaves."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.reaper import button
from bridge.reaper.draft import EXTSTATE_INI, KB_INI, REAPER_INI, SetupError
from bridge.reaper.ini import Ini
from bridge.reaper.record import RECORD
from bridge.reaper.setup import Host, Wanted, actions, plan_removal, plan_setup

INSTALLED = Path(__file__).parents[4] / "daw_scripts" / "reaper"
FILES = {
    "Faderbot_Auto-mix.lua": b"-- main\n",
    "Faderbot_Undo last auto-mix.lua": b"-- undo\n",
    "Faderbot/job.lua": b"-- job\n",
    "toolbar_icons/faderbot_undo.png": b"\x89PNG",
    "toolbar_icons/150/faderbot_undo.png": b"\x89PNG 150",
}
MAIN, JOB, ICON = (
    "Scripts/Faderbot/Faderbot_Auto-mix.lua",
    "Scripts/Faderbot/Faderbot/job.lua",
    "Data/toolbar_icons/150/faderbot_undo.png",
)
PROGRAM = "/home/Jörg Müller/venv/bin/faderbot"
HOST = Host(b"pattern\n", None, None, lambda _: False, FILES, PROGRAM)
WANTED = Wanted(reapy=False)
OTHERS = b'SCR 4 0 RSmine "Script: mine.lua" "My scripts/mine.lua"\nKEY 1 70 _RSmine 0\n'


def folder(**others):
    return {REAPER_INI: b"[REAPER]\nversion=7\n"} | others


def after(contents, plan):
    changed = dict(contents)
    for change in plan.changes:
        assert changed.get(change.name) == change.before
        changed[change.name] = change.after
    return {name: content for name, content in changed.items() if content is not None}


def set_up(contents, files=FILES, **options):
    host = replace(HOST, button=files)
    return after(contents, plan_setup(contents, replace(WANTED, **options), host))


def removed(contents):
    return after(contents, plan_removal(contents))


def notes_of(plan):
    return [note for note in plan.notes if "button" in note or "changed since" in note]


def test_scripts_and_icons_go_where_reaper_looks_for_them():
    done = set_up(folder())
    assert {name: done[name] for name in (MAIN, JOB, ICON)} == {
        MAIN: b"-- main\n",
        JOB: b"-- job\n",
        ICON: b"\x89PNG 150",
    }
    assert "Data/toolbar_icons/faderbot_undo.png" in done


def test_every_script_of_the_top_level_is_an_action_and_no_other():
    """The line is as REAPER's own are: ``SCR 4 0 RS… "Script: name" path-below-Scripts``."""
    lines = set_up(folder())[KB_INI].decode().splitlines()
    ids = [re.sub(r"RS[0-9a-f]{40}", "RS…", line) for line in lines]
    assert ids == [
        'SCR 4 0 RS… "Script: Faderbot_Auto-mix.lua" Faderbot/Faderbot_Auto-mix.lua',
        'SCR 4 0 RS… "Script: Faderbot_Undo last auto-mix.lua" "Faderbot/Faderbot_Undo last auto-mix.lua"',
    ]


def test_other_actions_stay_and_ids_are_never_shared():
    done = set_up(folder(**{KB_INI: OTHERS}))
    assert done[KB_INI].startswith(OTHERS)
    assert len(actions(Ini.parse(done[KB_INI]))) == 3


def test_the_scripts_hear_where_the_program_is():
    done = set_up(folder())
    assert Ini.parse(done[EXTSTATE_INI]).value("Faderbot", "program") == PROGRAM


def test_the_user_hears_of_files_and_actions_in_a_line_each():
    plan = plan_setup(folder(), Wanted(surfaces=False), HOST)
    words = {change.name: change.words for change in plan.changes if change.words}
    assert words[MAIN] == ("the button written (files: 5)",)
    assert words[KB_INI] == ("the button's actions (Script: Faderbot_…): 2",)
    assert set(words) == {MAIN, KB_INI, EXTSTATE_INI}


def test_a_second_run_changes_nothing():
    done = set_up(folder(**{KB_INI: OTHERS}))
    assert plan_setup(done, WANTED, HOST).changes == ()


def test_removal_restores_every_byte():
    contents = folder(**{KB_INI: OTHERS.rstrip(), EXTSTATE_INI: b"[x]\r\ny=1"})
    assert removed(set_up(contents)) == contents


def test_removal_knows_the_action_where_reaper_wrote_its_line_anew():
    contents = folder(**{KB_INI: OTHERS})
    done = set_up(contents)
    anew = re.sub(rb"RS[0-9a-f]{40}", lambda found: found[0].upper(), done[KB_INI]).replace(b"t/F", b"t\\F")
    assert removed(done | {KB_INI: anew}) == contents


def test_a_newer_button_takes_the_place_of_the_older_without_backups():
    done = set_up(folder())
    newer = {"Faderbot_Auto-mix.lua": b"-- newer\n", "Faderbot/panel.lua": b"-- panel\n"}
    plan = plan_setup(done, WANTED, replace(HOST, button=newer))
    result = after(done, plan)
    assert result[MAIN] == b"-- newer\n"
    assert result["Scripts/Faderbot/Faderbot/panel.lua"] == b"-- panel\n"
    assert JOB not in result
    assert ICON not in result
    assert b"Undo" not in result[KB_INI]
    assert all(
        change.is_ours for change in plan.changes if change.name.startswith(("Scripts", "Data")) and change.before
    )
    assert removed(result) == folder()


def test_what_lay_in_a_place_of_ours_is_backed_up_and_comes_back():
    contents = folder(**{MAIN: b"-- by hand \xff"})
    plan = plan_setup(contents, WANTED, HOST)
    assert [change.is_ours for change in plan.changes if change.name == MAIN] == [False]
    assert removed(after(contents, plan)) == contents


def test_the_same_file_put_there_by_hand_is_not_removed():
    contents = folder(**{JOB: b"-- job\n"})
    assert removed(set_up(contents)) == contents


def test_a_script_that_the_user_changed_stays_and_is_named():
    done = set_up(folder()) | {JOB: b"-- my own\n"}
    plan = plan_removal(done)
    assert after(done, plan) == folder(**{JOB: b"-- my own\n"})
    assert notes_of(plan) == [f"{JOB} was changed since and is left as it is"]


def test_a_script_that_the_user_changed_is_backed_up_before_an_update():
    done = set_up(folder()) | {JOB: b"-- my own\n"}
    plan = plan_setup(done, WANTED, HOST)
    assert [(change.name, change.is_ours) for change in plan.changes if change.name == JOB] == [(JOB, False)]
    assert after(done, plan)[JOB] == b"-- job\n"


def test_a_script_that_the_user_deleted_needs_no_removal():
    done = set_up(folder())
    del done[JOB]
    plan = plan_removal(done)
    assert after(done, plan) == folder()
    assert notes_of(plan) == []


@pytest.mark.parametrize("path", ["Faderbot/Mixing/Faderbot_Auto-mix.lua", "C:\\my scripts\\Faderbot_Auto-mix.lua"])
def test_a_button_that_reapack_installed_is_left_to_it(path):
    contents = folder(**{KB_INI: f'SCR 4 0 RSpack "Script: Faderbot_Auto-mix.lua" "{path}"\n'.encode()})
    plan = plan_setup(contents, WANTED, HOST)
    assert plan.button
    assert not [change.name for change in plan.changes if change.name.startswith(("Scripts", "Data"))]
    assert after(contents, plan)[KB_INI] == contents[KB_INI]
    assert ["ReaPack" in note for note in notes_of(plan)] == [True]
    assert Ini.parse(after(contents, plan)[EXTSTATE_INI]).value("Faderbot", "program") == PROGRAM


def test_where_reapack_came_later_ours_makes_room():
    pack = b'SCR 4 0 RSpack "Script: Faderbot_Auto-mix.lua" Faderbot/Mixing/Faderbot_Auto-mix.lua\n'
    done = set_up(folder())
    both = done | {KB_INI: done[KB_INI] + pack}
    left = set_up(both)
    assert left[KB_INI] == pack
    assert MAIN not in left


def test_without_the_button_nothing_of_it_is_written():
    done = set_up(folder(), button=False)
    assert set(done) == {REAPER_INI, RECORD, "OSC/Faderbot.ReaperOSC"}


def test_the_button_alone_opens_no_port():
    plan = plan_setup(folder(), Wanted(surfaces=False), HOST)
    assert (plan.osc_port, plan.osc_to_port, plan.web_port, plan.reapy, plan.button) == (0, 0, 0, False, True)
    assert {change.name for change in plan.changes} == {RECORD, KB_INI, EXTSTATE_INI, *button.places(FILES)}


def test_without_the_button_one_that_is_there_stays():
    done = set_up(folder())
    assert set_up(done, button=False) == done


@pytest.mark.parametrize("name", ["reaper.ini", "Scripts/Faderbot/../../reaper.ini", "Scripts/mine.lua", "/etc/passwd"])
def test_a_record_can_not_have_other_files_removed(name):
    contents = folder(**{RECORD: f'{{"placed": {{"{name}": "00"}}}}'.encode()})
    with pytest.raises(SetupError, match="can not be read"):
        plan_removal(contents)


def test_what_is_installed_with_the_program_is_the_whole_button():
    found = button.sources(INSTALLED)
    everything = {path.relative_to(INSTALLED).as_posix() for path in INSTALLED.rglob("*") if path.is_file()}
    assert set(found) == everything - {"Faderbot.ReaperOSC", "index.xml"}
    assert set(set_up(folder(), found)) > set(button.places(found))


def test_an_installation_without_the_scripts_is_told(tmp_path):
    with pytest.raises(OSError, match=r"Faderbot_Auto-mix\.lua"):
        button.sources(tmp_path)


@pytest.mark.parametrize(
    ("python", "there", "found"),
    [
        ("/venv/bin/python3", "/venv/bin/faderbot", "/venv/bin/faderbot"),
        (
            "C:\\My venv\\Scripts\\python.exe",
            "C:\\My venv\\Scripts\\faderbot.exe",
            "C:\\My venv\\Scripts\\faderbot.exe",
        ),
        ("/usr/bin/python3", "/nowhere", None),
    ],
)
def test_the_program_is_beside_its_python(python, there, found):
    assert button.program(python, lambda path: path == there) == found
