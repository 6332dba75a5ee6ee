"""The options that commands share, in groups, and how a command takes a group."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.json_progress import ProgressForm

if TYPE_CHECKING:
    from bridge.connecting import Door
    from bridge.mix_command import Options


class LiveChoice(StrEnum):
    """Which way a running DAW is reached."""

    REAPER = "reaper"
    OSC = "osc"


Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same mix, to the byte.")]
Policy = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A policy made by faderbot train, in place of the one that comes along."),
]
Live = Annotated[
    LiveChoice, typer.Option("--daw", help="How to reach it: reaper (web interface and reapy), or osc alone.")
]


@dataclass(frozen=True, slots=True)
class Taste:
    """What is wanted of a mix."""

    target: Annotated[
        str,
        typer.Option(
            metavar="NAME|LUFS",
            help="Loudness of the mix: broadcast (−23 LUFS), streaming (−14), aes, album or podcast (−16), or a "
            "number.",
        ),
    ] = "streaming"
    style: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How far the lead vocal stands in front: balanced, country, rap, pop, rock or metal.",
        ),
    ] = "balanced"
    focus: Annotated[
        list[str] | None,
        typer.Option(metavar="TRACK", help="Lift this track 3 dB above the level of its role. Can be given again."),
    ] = None
    strength: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="How far to go: 0 changes nothing, 0.5 every gain half its way in dB."),
    ] = 1.0
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="TRACK", help="Hear this track but do not touch it. Can be given again."),
    ] = None
    eq: Annotated[bool, typer.Option("--eq/--no-eq", help="Whether EQ may be used, or faders only.")] = True


@dataclass(frozen=True, slots=True)
class Manner:
    """How a mix is gone about."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done; write nothing.")] = False
    json: Annotated[bool, typer.Option("--json", help="Print mix.json in place of the tables.")] = False
    progress: Annotated[
        ProgressForm, typer.Option(help="On stderr: bars where it is a terminal, or a line of JSON at a time.")
    ] = ProgressForm.BARS
    policy: Policy = None
    seed: Seed = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where REAPER is."""

    host: Annotated[str, typer.Option(metavar="HOST", help="The machine that the DAW runs on.")] = "127.0.0.1"
    web_port: Annotated[int, typer.Option(min=1, max=65_535, help="TCP port of REAPER's web interface.")] = 2307
    web_login: Annotated[
        str | None,
        typer.Option(
            metavar="USER:PASSWORD", envvar="FADERBOT_WEB_LOGIN", help="Where REAPER's web interface asks for one."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class OtherWays:
    """The ways beside the web interface."""

    osc_port: Annotated[
        int, typer.Option("--osc-port", min=1, max=65_535, help="With --daw osc: UDP port that the DAW receives on.")
    ] = 8000
    osc_listen: Annotated[
        int,
        typer.Option("--osc-listen", min=1, max=65_535, help="With --daw osc: UDP port here that the DAW sends to."),
    ] = 9000
    through: Annotated[
        Path | None,
        typer.Option(
            "--through", metavar="DIR", help="Talk to Faderbot's own script in REAPER by files in this folder."
        ),
    ] = None


def options(taste: Taste, manner: Manner) -> "Options":
    """Return what is wanted as the commands take it."""
    from bridge.mix_command import Options  # noqa: PLC0415 - a second of imports, not for --help

    return Options(
        taste.target,
        taste.style,
        tuple(taste.focus or ()),
        tuple(taste.lock or ()),
        taste.strength,
        taste.eq,
        manner.policy,
        manner.seed,
    )


def door(place: Place, ways: OtherWays, *, osc: bool) -> "Door":
    """Return where the DAW is; with ``osc`` it is reached that way alone."""
    from bridge.connecting import Door  # noqa: PLC0415 - as above

    ports = (ways.osc_port, ways.osc_listen) if osc else None
    return Door(place.host, place.web_port, place.web_login, ports, ways.through)


def typed(group: Any, *, without: str = "") -> tuple[str, ...]:
    """Return a group as it is typed, one word an option, without those that stand at their defaults and one by name."""
    words: list[str] = []
    for field in fields(group):
        value = getattr(group, field.name)
        if field.name != without and value != field.default:
            named = next((name for name in _declared(field.type) if name.startswith("--")), None)
            words.append(f"{named or '--' + field.name.replace('_', '-')}={value}")
    return tuple(words)


def _declared(annotation: Any) -> tuple[str, ...]:
    return tuple(getattr(annotation.__metadata__[0], "param_decls", ()) or ())


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take groups: each field of a parameter that is a dataclass becomes an option, in its place."""
    taken = inspect.signature(command)
    groups: dict[str, Any] = {
        name: parameter.annotation for name, parameter in taken.parameters.items() if is_dataclass(parameter.annotation)
    }

    @wraps(command)
    def run(**typed: Any) -> None:
        for name, group in groups.items():
            typed[name] = group(**{field.name: typed.pop(field.name) for field in fields(group)})
        command(**typed)

    shown = [option for parameter in taken.parameters.values() for option in _shown(parameter)]
    run.__signature__ = taken.replace(parameters=shown)  # type: ignore[attr-defined]
    run.__annotations__ = {option.name: option.annotation for option in shown}
    return run


def _shown(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    keyword = inspect.Parameter.KEYWORD_ONLY
    if not is_dataclass(parameter.annotation):
        yield parameter.replace(kind=keyword)
        return
    for field in fields(parameter.annotation):
        yield inspect.Parameter(field.name, keyword, default=field.default, annotation=field.type)
