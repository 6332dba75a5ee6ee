"""``faderbot batch``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_options import Address, Manner, Policy, Seed, Taste, options, with_groups
from bridge.json_progress import ProgressForm

SOME_FAILED = 1
WORKERS_HELP = "Processes, or ray for a Ray cluster (pip install 'faderbot[scale]')."


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does it."""

    workers: Annotated[str | None, typer.Option(metavar="N|ray", help=f"{WORKERS_HELP} [default: one a core]")] = None
    address: Address = None


@with_groups
def batch(
    *,
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDERS…", help="Folders of stems, or folders that hold one folder of stems a session."
        ),
    ],
    taste: Taste,
    hands: Hands,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where a folder a session and batch.json go. [default: FOLDER-mixes]"),
    ] = None,
    progress: Annotated[
        ProgressForm, typer.Option(help="On stderr: bars where it is a terminal, or a line of JSON at a time.")
    ] = ProgressForm.BARS,
    policy: Policy = None,
    seed: Seed = 0,
) -> None:
    """Mix an archive of sessions, each as faderbot mix does, side by side.

    A session that fails is named with its reason at the end (exit code 1) and stops no other. The same command goes on
    where an earlier one was stopped: what is in batch.json and has not changed since is skipped.
    """
    from bridge.batch_command import mix_batch  # noqa: PLC0415 - a second of imports, not for --help
    from bridge.workers import crew  # noqa: PLC0415 - as above

    wanted = options(taste, Manner(policy=policy, seed=seed))
    if not mix_batch(folders, wanted, out=out, who=crew(hands.workers, hands.address), progress=progress):
        raise typer.Exit(SOME_FAILED)
