from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from bridge.cli_options import OtherWays, typed, with_groups
from bridge.cli_options import Place as RealPlace


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


def test_a_group_is_typed_again_as_it_was_but_for_its_defaults_and_what_is_left_out():
    assert typed(Place()) == ()
    assert typed(Place("a b", 7)) == ("--host=a b", "--port=7")
    assert typed(RealPlace(web_port=2308, web_login="me:secret"), without="web_login") == ("--web-port=2308",)
    assert typed(OtherWays(osc_port=8001, osc_listen=9001)) == ("--osc-port=8001", "--osc-listen=9001")


def test_switches_and_options_that_can_be_given_again_are_typed_again_too():
    @dataclass(frozen=True)
    class More:
        force: Annotated[bool, typer.Option("--force")] = False
        track: Annotated[list[str] | None, typer.Option("-t", "--track")] = None

    assert typed(More(force=True, track=["a", "b"])) == ("--force", "--track=a", "--track=b")
