"""``faderbot status``, ``undo``, ``compare`` and ``doctor``: what is asked of a running DAW beside a mix."""

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_options import OSC, REAPER, Live, OtherWays, Place, door, with_groups

NOT_ALL_WELL = 2


@with_groups
def status(
    *,
    stems_dir: Annotated[
        Path | None,
        typer.Argument(metavar="STEMS_DIR", show_default=False, help="The folder, where audio is to come from one."),
    ] = None,
    daw: Live = REAPER,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, with the names of the tracks.")] = False,
    place: Place,
    ways: OtherWays,
) -> None:
    """Show what is open in REAPER, what would be left alone, and what Faderbot last did there."""
    if daw == OSC and stems_dir is None:
        raise typer.BadParameter("name the folder of stems too: no audio comes over OSC")
    from bridge.live_command import status_of  # noqa: PLC0415 - a second of imports, not for --help

    status_of(door(place, ways, daw), stems=stems_dir, as_json=as_json)


@with_groups
def undo(
    *,
    stems_dir: Annotated[
        Path | None,
        typer.Argument(
            metavar="STEMS_DIR", show_default=False, help="The folder, where the mix was made with one and --daw."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Put back even what was changed by hand after the mix.")
    ] = False,
    daw: Live = REAPER,
    place: Place,
    ways: OtherWays,
) -> None:
    """Take Faderbot's last mix of the open project back, also after a crash in the middle of it."""
    from bridge.live_command import undo_daw  # noqa: PLC0415

    undo_daw(door(place, ways, daw, undoing=True), everything=everything, stems=stems_dir)


@with_groups
def compare(
    *,
    stems_dir: Annotated[
        Path | None,
        typer.Argument(
            metavar="STEMS_DIR", show_default=False, help="The folder, where the mix was made with one and --daw."
        ),
    ] = None,
    daw: Live = REAPER,
    place: Place,
    ways: OtherWays,
) -> None:
    """Bring the session up as it was before Faderbot's last mix, and when run again as it was after, equally loud.

    The louder of the two is turned down with the master fader. faderbot undo works whichever is up.
    """
    from bridge.live_command import compare_daw  # noqa: PLC0415

    compare_daw(door(place, ways, daw), stems=stems_dir)


@with_groups
def doctor(*, daw: Live = REAPER, place: Place, ways: OtherWays) -> None:
    """Say line by line what of REAPER can be reached, what is missing and how to mend it. Exit code 2: not all well."""
    from bridge.live_command import doctor_of  # noqa: PLC0415

    if not doctor_of(door(place, ways, daw)):
        raise typer.Exit(NOT_ALL_WELL)
