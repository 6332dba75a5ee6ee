import sysconfig
from pathlib import Path

import pytest

from bridge.reaper.places import python_library, resource_folders, running_reaper

HOME = Path("/home/me")


@pytest.mark.parametrize(
    ("platform", "env", "places"),
    [
        ("linux", {}, [HOME / ".config/REAPER"]),
        ("linux", {"XDG_CONFIG_HOME": "/etc/me"}, [Path("/etc/me/REAPER"), HOME / ".config/REAPER"]),
        ("linux", {"XDG_CONFIG_HOME": str(HOME / ".config")}, [HOME / ".config/REAPER"]),
        ("darwin", {}, [HOME / "Library/Application Support/REAPER"]),
        ("win32", {"APPDATA": "/c/Roaming"}, [Path("/c/Roaming/REAPER")]),
        ("win32", {}, [HOME / "AppData/Roaming/REAPER"]),
    ],
)
def test_the_resource_folder_is_where_the_system_keeps_settings(platform, env, places):
    assert list(resource_folders(platform, env, HOME)) == places


def having(*files):
    return lambda path: path in files


@pytest.mark.parametrize(
    ("platform", "config", "file", "library"),
    [
        (
            "linux",
            {"LIBDIR": "/usr/lib", "MULTIARCH": "x86_64-linux-gnu", "INSTSONAME": "libpython3.11.so.1.0"},
            "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0",
            ("/usr/lib/x86_64-linux-gnu", "libpython3.11.so.1.0"),
        ),
        # A Python linked statically names its archive there, which REAPER can not load.
        ("linux", {"LIBDIR": "/usr/lib", "INSTSONAME": "libpython3.11.a"}, "/usr/lib/libpython3.11.a", None),
        ("linux", {}, "/opt/py/lib/libpython3.11.so", ("/opt/py/lib", "libpython3.11.so")),
        ("darwin", {"LIBDIR": "/f/lib"}, "/f/lib/libpython3.11.dylib", ("/f/lib", "libpython3.11.dylib")),
        ("win32", {}, "/opt/py\\python311.dll", ("/opt/py", "python311.dll")),
        ("linux", {"LIBDIR": "/usr/lib"}, "", None),
    ],
)
def test_the_python_library_is_looked_for_as_the_system_names_it(platform, config, file, library):
    assert python_library(platform, (3, 11), "/opt/py", config, having(file)) == library


def test_a_python_in_which_reapy_does_not_run_inside_reaper_is_not_offered():
    assert python_library("linux", (3, 13), "/opt/py", {}, lambda _: True) is None


def test_the_names_fit_the_python_that_runs_this():
    """Against the interpreter's own word for its library."""
    config = sysconfig.get_config_vars()
    name = config["INSTSONAME"]
    if ".so" not in name:
        pytest.skip("this Python is linked statically")
    found = python_library("linux", (3, 11), "/nowhere", config, lambda path: path.endswith(f"/{name}"))
    assert found == (config["LIBDIR"], name)


@pytest.mark.parametrize("name", ["reaper", "REAPER", "reaper.exe", "REAPER.EXE"])
def test_a_running_reaper_is_known_by_its_name(name):
    assert running_reaper([(1, "init"), (7, name)]) == 7


def test_other_processes_are_not_reaper():
    assert running_reaper([(1, "reaperd"), (2, "grim-reaper"), (3, "")]) is None
