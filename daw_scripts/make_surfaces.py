"""The pages that drive ``faderbot serve``, for TouchOSC and Open Stage Control, made of ``control_page``.

python -m daw_scripts.make_surfaces           write them
python -m daw_scripts.make_surfaces --check   fail where a file is not what would be written
"""

import argparse
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

from daw_scripts import open_stage_control_session, touchosc_layout

FOLDER = Path(__file__).resolve().parent
TOUCHOSC = Path("touchosc", "Faderbot.tosc")
OPEN_STAGE_CONTROL = Path("open_stage_control", "faderbot.json")


def stale(folder: Path) -> list[Path]:
    """Return the files that are not what would be written."""
    return [
        path for path, is_right in ((TOUCHOSC, _is_layout), (OPEN_STAGE_CONTROL, _is_session)) if not is_right(folder)
    ]


def write(folder: Path) -> None:
    """Write the files that are not what they should be."""
    made = {TOUCHOSC: touchosc_layout.packed(), OPEN_STAGE_CONTROL: open_stage_control_session.text().encode()}
    for path in stale(folder):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(made[path])


def _is_layout(folder: Path) -> bool:
    try:
        return touchosc_layout.unpacked((folder / TOUCHOSC).read_bytes()) == touchosc_layout.xml()
    except (OSError, ValueError, zlib.error):
        return False


def _is_session(folder: Path) -> bool:
    path = folder / OPEN_STAGE_CONTROL
    return path.is_file() and path.read_bytes() == open_stage_control_session.text().encode()


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the pages. Return the exit code."""
    parser = argparse.ArgumentParser(description="Make the pages that drive faderbot serve.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a page is not up to date")
    if not parser.parse_args(arguments).check:
        write(folder)
        return 0
    for path in (found := stale(folder)):
        sys.stderr.write(f"make_surfaces: {path} is not as make_surfaces writes it: run make_surfaces\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
