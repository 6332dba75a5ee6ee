"""``faderbot learn``: from what was changed by hand after a mix."""

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_options import REAPER, Live, OtherWays, Place, door, with_groups


@with_groups
def learn(
    *,
    stems_dir: Annotated[
        Path | None,
        typer.Argument(
            metavar="STEMS_DIR|MIX.JSON",
            show_default=False,
            help="The folder, where the mix was made with one and --daw; or the mix.json of a mixed folder, whose "
            "mix.RPP was changed in REAPER.",
        ),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Argument(
            metavar="PROJECT.RPP",
            show_default=False,
            help="With MIX.JSON: the changed project, where it is not the mix.RPP beside it.",
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show what was learned.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last lesson back.")] = False,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was learned to a new file, a line of JSON each.")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Delete all that was learned.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done; write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    daw: Live = REAPER,
    place: Place,
    ways: OtherWays,
) -> None:
    """Learn from what you changed since Faderbot's last mix of the open project: the mixes to come follow.

    Faders count against each other, EQ bands (in REAPER) as they are; by the role of the track and the style of the
    mix. A lesson moves a target by 1.5 dB at most, all of them by 4 dB. Learning again from the same mix replaces its
    lesson. What is learned stays in one file on this machine: --list shows it. faderbot mix --no-taste leaves it out.
    """
    if sum((show, undo, export is not None, forget)) > 1:
        raise typer.BadParameter("--list, --undo, --export and --forget go one at a time")
    if (show or undo or export is not None or forget) and (stems_dir is not None or project is not None):
        raise typer.BadParameter("--list, --undo, --export and --forget take no folder and no file")
    if as_json and (forget or export is not None):
        raise typer.BadParameter("--json goes with a lesson, --list and --undo")
    from bridge import learn_command  # noqa: PLC0415 - a second of imports, not for --help

    if show:
        learn_command.list_taste(through=ways.through, as_json=as_json)
    elif undo:
        learn_command.undo_lesson(through=ways.through, dry_run=dry_run, as_json=as_json)
    elif export is not None:
        learn_command.export_taste(export)
    elif forget:
        learn_command.forget_taste(dry_run=dry_run)
    elif stems_dir is not None and learn_command.from_files(stems_dir, project):
        learn_command.learn_from_files(stems_dir, project, dry_run=dry_run, as_json=as_json)
    else:
        learn_command.learn_from_daw(door(place, ways, daw), stems=stems_dir, dry_run=dry_run, as_json=as_json)
