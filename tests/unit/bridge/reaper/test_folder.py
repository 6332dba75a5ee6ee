import os
import signal
import stat

import pytest

from bridge.interrupts import SIGNALS
from bridge.reaper import folder as folders
from bridge.reaper.draft import FILES, PATTERN, REAPER_INI, Change, SetupError
from bridge.reaper.record import RECORD


@pytest.fixture
def folder(tmp_path):
    (tmp_path / REAPER_INI).write_bytes(b"[REAPER]\n")
    return tmp_path


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


INI = Change(REAPER_INI, b"[REAPER]\n", b"[REAPER]\nnew=1\n")
NEW = Change(PATTERN, None, b"pattern\n")


def test_the_files_are_read_and_those_that_are_not_there_are_none(folder):
    assert folders.read(folder) == dict.fromkeys(FILES) | {REAPER_INI: b"[REAPER]\n"}


def test_a_folder_without_settings_is_refused(tmp_path):
    with pytest.raises(SetupError, match=r"has no reaper.ini: start REAPER once, .*--resource-path"):
        folders.read(tmp_path)


def test_a_file_that_can_not_be_read_is_named(folder):
    (folder / "reaper-kb.ini").mkdir()
    with pytest.raises(SetupError, match=r"reaper-kb.ini can not be read"):
        folders.read(folder)


def test_changed_files_have_a_backup_beside_them(folder):
    backups = folders.write(folder, [INI, NEW], "2026-01-02-030405")
    assert backups == (folder / "reaper.ini.faderbot-2026-01-02-030405.bak",)
    assert files_in(folder) == {REAPER_INI: INI.after, PATTERN: NEW.after, backups[0].name: INI.before}


def test_what_is_on_record_is_read_too_and_what_is_asked_for(folder):
    (folder / RECORD).write_bytes(b'{"placed": {"Scripts/Faderbot/a.lua": "00"}}')
    (folder / "Scripts" / "Faderbot").mkdir(parents=True)
    (folder / "Scripts" / "Faderbot" / "a.lua").write_bytes(b"a")
    contents = folders.read(folder, ["Scripts/Faderbot/b.lua"])
    assert contents["Scripts/Faderbot/a.lua"] == b"a"
    assert contents["Scripts/Faderbot/b.lua"] is None


def test_a_record_that_can_not_be_read_is_for_the_plan_to_tell(folder):
    (folder / RECORD).write_bytes(b"{}}")
    assert folders.read(folder)[RECORD] == b"{}}"


DEEP = "Scripts/Faderbot/Faderbot/job.lua"


@pytest.mark.parametrize("name", ["REAPER", "my REAPER (Jörg) ♫"])
def test_a_file_in_folders_that_are_not_there_brings_and_takes_them(tmp_path, name):
    folder = tmp_path / name
    (folder / "Scripts").mkdir(parents=True)
    assert folders.write(folder, [Change(DEEP, None, b"new")], "now") == ()
    assert files_in(folder) == {DEEP: b"new"}
    assert folders.write(folder, [Change(DEEP, b"new", None, is_ours=True)], "now") == ()
    assert list(folder.rglob("*")) == [folder / "Scripts"]


def test_a_folder_in_which_something_else_lies_stays(folder):
    folders.write(folder, [Change(DEEP, None, b"new")], "now")
    (folder / "Scripts" / "Faderbot" / "mine.lua").write_bytes(b"mine")
    folders.write(folder, [Change(DEEP, b"new", None, is_ours=True)], "now")
    assert files_in(folder) == {REAPER_INI: INI.before, "Scripts/Faderbot/mine.lua": b"mine"}
    assert not (folder / "Scripts" / "Faderbot" / "Faderbot").exists()


def test_folders_go_again_where_nothing_could_be_changed(folder):
    (folder / REAPER_INI).write_bytes(b"changed meanwhile")
    with pytest.raises(SetupError, match="changed by something else"):
        folders.write(folder, [Change(DEEP, None, b"new"), INI], "now")
    assert list(folder.iterdir()) == [folder / REAPER_INI]


def test_what_is_ours_comes_back_too_when_a_later_file_can_not_be_written(folder, monkeypatch):
    folders.write(folder, [Change(DEEP, None, b"old")], "now")
    change = Change(DEEP, b"old", b"new", is_ours=True)
    replaced = type(folder).replace

    def failing(path, target):
        if target.name == REAPER_INI and path.name.startswith(f".{REAPER_INI}-"):
            raise OSError(28, "No space left on device", str(target))
        return replaced(path, target)

    monkeypatch.setattr(type(folder), "replace", failing)
    with pytest.raises(SetupError, match="nothing was changed"):
        folders.write(folder, [change, INI], "now")
    assert files_in(folder) == {REAPER_INI: INI.before, DEEP: b"old"}


def test_two_backups_of_one_second_are_both_kept(folder):
    folders.write(folder, [INI], "now")
    folders.write(folder, [Change(REAPER_INI, INI.after, b"")], "now")
    assert (folder / "reaper.ini.faderbot-now.bak").read_bytes() == INI.before
    assert (folder / "reaper.ini.faderbot-now-2.bak").read_bytes() == INI.after


def test_the_record_needs_no_backup(folder):
    (folder / RECORD).write_bytes(b"old")
    assert folders.write(folder, [Change(RECORD, b"old", b"new")], "now") == ()
    assert files_in(folder) == {REAPER_INI: INI.before, RECORD: b"new"}


def test_a_file_can_go(folder):
    folders.write(folder, [Change(REAPER_INI, INI.before, None)], "now")
    assert files_in(folder) == {"reaper.ini.faderbot-now.bak": INI.before}


def test_permissions_stay(folder):
    (folder / REAPER_INI).chmod(0o640)
    (backup,) = folders.write(folder, [INI, NEW], "now")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder / REAPER_INI, backup, folder / PATTERN)]
    assert modes == [0o640, 0o640, 0o644]


def test_a_link_stays_one(folder, tmp_path_factory):
    real = tmp_path_factory.mktemp("dotfiles") / "reaper.ini"
    (folder / REAPER_INI).rename(real)
    (folder / REAPER_INI).symlink_to(real)
    folders.write(folder, [INI], "now")
    assert (folder / REAPER_INI).is_symlink()
    assert real.read_bytes() == INI.after


@pytest.mark.parametrize("now", [b"[REAPER]\nother=1\n", None])
def test_a_file_that_changed_meanwhile_is_left_alone(folder, now):
    path = folder / REAPER_INI
    path.unlink() if now is None else path.write_bytes(now)
    before = files_in(folder)
    with pytest.raises(SetupError, match="changed by something else just now; nothing was changed"):
        folders.write(folder, [NEW, INI], "now")
    assert files_in(folder) == before


def test_a_read_only_file_is_left_alone(folder):
    (folder / REAPER_INI).chmod(0o444)
    with pytest.raises(SetupError, match="read-only"):
        folders.write(folder, [NEW, INI], "now")
    assert files_in(folder) == {REAPER_INI: INI.before}
    assert not (folder / "OSC").exists()


@pytest.fixture
def replacing_fails(monkeypatch):
    """Let the last step fail for files of this name, as on a full disk."""

    def replacing_fails(name):
        real = os.replace

        def replace(source, target):
            if str(target).endswith(name):
                raise OSError(28, "No space left on device", str(target))
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)

    return replacing_fails


def test_when_the_second_write_fails_the_first_is_put_back(folder, replacing_fails):
    (folder / RECORD).write_bytes(b"old")
    before = files_in(folder)
    replacing_fails(PATTERN)
    changes = [Change(RECORD, b"old", b"new"), INI, NEW]
    with pytest.raises(SetupError, match=r"Faderbot.ReaperOSC can not be written .*nothing was changed: free some"):
        folders.write(folder, changes, "now")
    assert files_in(folder) == before
    assert not (folder / "OSC").exists()


def test_a_new_file_goes_when_the_next_write_fails(folder, replacing_fails):
    replacing_fails(REAPER_INI)
    with pytest.raises(SetupError, match="nothing was changed"):
        folders.write(folder, [NEW, INI], "now")
    assert files_in(folder) == {REAPER_INI: INI.before}


def test_what_can_not_be_put_back_keeps_its_backup_and_is_named(folder, monkeypatch):
    real, done = os.replace, []

    def only_once(source, target):
        if done:
            raise OSError(5, "Input/output error", str(target))
        real(source, target)
        done.append(target)

    monkeypatch.setattr(os, "replace", only_once)
    with pytest.raises(SetupError, match=r"could not be put back: .*reaper.ini .*faderbot-now.bak: copy it back"):
        folders.write(folder, [INI, NEW], "now")
    assert files_in(folder) == {REAPER_INI: INI.after, "reaper.ini.faderbot-now.bak": INI.before}


def test_a_full_disk_is_noticed_before_anything_is_replaced(folder, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SetupError, match="free some space on its disk"):
        folders.write(folder, [INI, NEW], "now")
    assert files_in(folder) == {REAPER_INI: INI.before}


def test_ctrl_c_between_two_files_waits_until_all_are_written(folder, monkeypatch):
    real = os.replace

    def interrupted(source, target):
        real(source, target)
        signal.raise_signal(signal.SIGINT)

    handlers = [signal.getsignal(number) for number in SIGNALS]
    monkeypatch.setattr(os, "replace", interrupted)
    backups = folders.write(folder, [INI, NEW], "now")
    assert files_in(folder) == {REAPER_INI: INI.after, PATTERN: NEW.after, backups[0].name: INI.before}
    assert [signal.getsignal(number) for number in SIGNALS] == handlers


def test_nothing_is_left_behind_beside_the_files(folder):
    folders.write(folder, [INI, NEW], "now")
    assert sorted(files_in(folder)) == [PATTERN, REAPER_INI, "reaper.ini.faderbot-now.bak"]
