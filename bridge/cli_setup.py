"""``faderbot setup``."""

from pathlib import Path
from typing import Annotated

import typer

setup = typer.Typer(help="Prepare a DAW to work with faderbot.", no_args_is_help=True)


@setup.command(name="reaper")
def setup_reaper(
    resource_path: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="REAPER's resource folder, for a portable REAPER. [default: where REAPER keeps it]"
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what was added, and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the changes, as a diff.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write although REAPER runs; when it quits it may undo the changes.")
    ] = False,
    no_reapy: Annotated[
        bool, typer.Option("--no-reapy", help="Leave out reapy's server, which opens REAPER to the network.")
    ] = False,
    no_button: Annotated[
        bool, typer.Option("--no-button", help="Leave out the button: its scripts, toolbar icons and actions.")
    ] = False,
    only_button: Annotated[
        bool, typer.Option("--only-button", help="Add nothing but the button, which needs no port to be opened.")
    ] = False,
    osc_port: Annotated[int, typer.Option(min=1, max=65_535, help="UDP port that REAPER receives OSC on.")] = 8000,
    osc_to_port: Annotated[int, typer.Option(min=1, max=65_535, help="UDP port that REAPER sends OSC to.")] = 9000,
    web_port: Annotated[int, typer.Option(min=1, max=65_535, help="TCP port of REAPER's web interface.")] = 2307,
) -> None:
    """Prepare REAPER: the button, an OSC surface with our pattern file, the web interface, and reapy's server.

    Quit REAPER first. Every file of yours is backed up beside itself; run again, nothing changes.
    """
    from bridge.reaper.setup import Wanted  # noqa: PLC0415
    from bridge.setup_command import How  # noqa: PLC0415
    from bridge.setup_command import setup_reaper as set_up  # noqa: PLC0415

    if no_button and only_button:
        raise typer.BadParameter("--no-button and --only-button leave nothing to do")
    wanted = Wanted(osc_port, osc_to_port, web_port, not no_reapy, not no_button, not only_button)
    set_up(resource_path, wanted, How(remove, dry_run, force))
