"""Where REAPER and what it needs lie on this computer: resource folders, the Python library, a running REAPER."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath

REAPY_PYTHONS = ((3, 11), (3, 12))
"""The versions of Python in which reapy 0.10.0 runs inside REAPER."""


def resource_folders(platform: str, env: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """Return where REAPER keeps its settings unless it is portable, most likely first.

    ``platform`` is ``sys.platform``. Source: reapy's ``resource_path.py``; REAPER for Linux follows XDG.
    """
    if platform == "win32":
        return (Path(env.get("APPDATA") or home / "AppData" / "Roaming") / "REAPER",)
    if platform == "darwin":
        return (home / "Library" / "Application Support" / "REAPER",)
    config = env.get("XDG_CONFIG_HOME", "")
    return tuple(dict.fromkeys((*([Path(config) / "REAPER"] if config else []), home / ".config" / "REAPER")))


def python_library(
    platform: str,
    version: tuple[int, int],
    base_prefix: str,
    config: Mapping[str, str | int | None],
    is_file: Callable[[str], bool],
) -> tuple[str, str] | None:
    """Return folder and file of the shared library of this Python, None where it has none that REAPER could use.

    ``config`` is what ``sysconfig.get_config_vars()`` has. REAPER's ``pythonlibpath64`` and ``pythonlibdll64`` take
    the two.
    """
    if version not in REAPY_PYTHONS:
        return None
    major, minor = version
    if platform == "win32":
        return _first([base_prefix], [f"python{major}{minor}.dll"], "\\", is_file)
    libdir, multiarch = config.get("LIBDIR"), config.get("MULTIARCH")
    folders = [str(libdir)] if libdir else []
    folders += [f"{libdir}/{multiarch}"] if libdir and multiarch else []
    folders += [f"{base_prefix}/lib"]
    if platform == "darwin":
        return _first(folders, [f"libpython{major}.{minor}.dylib"], "/", is_file)
    names = [str(config.get("INSTSONAME") or ""), f"libpython{major}.{minor}.so.1.0", f"libpython{major}.{minor}.so"]
    return _first(folders, [name for name in names if ".so" in name], "/", is_file)


def running_reaper(processes: Iterable[tuple[int, str]]) -> int | None:
    """Return the process id of a running REAPER, given the id and name of each process; None where there is none."""
    return next((pid for pid, name in processes if PurePath(name).name.lower().removesuffix(".exe") == "reaper"), None)


def _first(
    folders: Iterable[str], names: Iterable[str], separator: str, is_file: Callable[[str], bool]
) -> tuple[str, str] | None:
    names = list(names)
    found = ((folder, name) for folder in folders for name in names if is_file(f"{folder}{separator}{name}"))
    return next(found, None)
