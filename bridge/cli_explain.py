"""``faderbot explain``."""

from pathlib import Path
from typing import Annotated

import typer


def explain(
    *,
    policy: Annotated[
        str,
        typer.Argument(
            metavar="POLICY",
            help="A file that faderbot train made, or the table that comes along for mixing (shipped), tone "
            "(shipped-tone) or rhythm (shipped-rhythm).",
        ),
    ] = "shipped",
    axes: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROWS,COLUMNS",
            help="Two axes of the state to draw over each other, such as level,mix. Can be given again. [default: "
            "those that tell most]",
            show_default=False,
        ),
    ] = None,
    states: Annotated[int, typer.Option(min=0, help="How many of the most and least certain states to name.")] = 5,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where explain.png and explain.json go. [default: nowhere]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print explain.json in place of the tables.")] = False,
) -> None:
    """Show what a policy has learned: how good each state is, what it would do there, and how sure it is.

    A table is averaged over all axes of its states but two, by how often each state was seen in training.
    """
    from bridge.explain_command import explain_policy  # noqa: PLC0415 - a second of imports, not for --help

    explain_policy(policy, axes or [], states=states, out=out, as_json=as_json)
