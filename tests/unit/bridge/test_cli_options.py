from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from bridge.cli_options import with_groups


@dataclass(frozen=True)
class Place:
    host: Annotated[str, typer.Option(help="The machine.")] = "here"
    port: Annotated[int, typer.Option(min=1, help="The port.")] = 1


def run(command, *arguments):
    app = typer.Typer(add_completion=False)
    app.command()(command)
    return CliRunner().invoke(app, arguments)


@with_groups
def show(*, first: str = "a", place: Place, last: str = "z") -> None:
    """Show what was typed."""
    typer.echo(f"{first} {place} {last}")


def test_a_group_arrives_whole_with_what_was_typed_and_its_own_defaults():
    assert run(show, "--port", "7").stdout == "a Place(host='here', port=7) z\n"
    assert run(show, "--first", "b", "--host", "there").stdout == "b Place(host='there', port=1) z\n"


def test_the_help_lists_its_options_in_its_place():
    said = run(show, "--help").stdout
    places = [said.index(option) for option in ("--first", "--host", "--port", "--last")]
    assert places == sorted(places)
    assert "The machine." in said


def test_its_options_are_checked_as_others_are():
    assert run(show, "--port", "0").exit_code == 2
