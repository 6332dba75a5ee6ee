"""The options that commands share, in groups, and how a command takes a group."""

import inspect
from collections.abc import Callable, Iterator, Sequence
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


REAPER, OSC = "reaper", "osc"
NAMES = "reaper, osc (REAPER's OSC alone), ardour, ableton, bitwig, x32, xair, or osc:FILE.toml (see docs/dialects.md)"


Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same mix, to the byte.")]
Policy = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A policy made by faderbot train, in place of the one that comes along."),
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="With --workers ray: the cluster, as ray start --head prints it, or auto. [default: a Ray started here]",
    ),
]
Live = Annotated[str, typer.Option("--daw", metavar="NAME", help=f"The running DAW: {NAMES}.")]


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
        typer.Option(min=0.0, max=1.0, help="How far to go: 0 changes no gain, 0.5 every gain half its way in dB."),
    ] = 1.0
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="TRACK", help="Hear this track but do not touch it. Can be given again."),
    ] = None
    eq: Annotated[bool, typer.Option("--eq/--no-eq", help="Whether EQ may be used, or faders only.")] = True
    tempo: Annotated[
        str,
        typer.Option(
            metavar="keep|match|BPM",
            help="match: the project's tempo comes to the one that is heard. A number: the material comes to that "
            "tempo, 20 % faster or slower at most, at its own pitch.",
        ),
    ] = "keep"


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
        int | None,
        typer.Option(
            "--osc-port",
            min=1,
            max=65_535,
            help="Over OSC: UDP port that the DAW receives on. [default: 8000 for REAPER, else the DAW's own]",
        ),
    ] = None
    osc_listen: Annotated[
        int | None,
        typer.Option(
            "--osc-listen",
            min=1,
            max=65_535,
            help="Over OSC: UDP port here that the DAW sends to. [default: 9000 for REAPER, else the DAW's own]",
        ),
    ] = None
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
        taste.tempo,
    )


def door(place: Place, ways: OtherWays, daw: str, *, undoing: bool = False) -> "Door":
    """Return where a DAW is, by what it is called; ``undoing`` where nothing new is written. Raises ``WishUnclear``."""
    from bridge.connecting import Door  # noqa: PLC0415 - as above
    from bridge.other_daws import other_daw  # noqa: PLC0415

    if daw == REAPER:
        return Door(place.host, place.web_port, place.web_login, None, ways.through)
    other = None if daw == OSC else other_daw(daw, undoing=undoing)
    usual = (8000, 9000) if other is None else (other.port, other.listen_port)
    ports = (ways.osc_port or usual[0], ways.osc_listen or usual[1])
    return Door(place.host, place.web_port, place.web_login, ports, ways.through, other)


class Hearing(StrEnum):
    """How a running DAW is heard."""

    AUDIO = "audio"
    METERS = "meters"


def hearing(daw: str, stems: Path | None, wanted: Hearing | None) -> Hearing:
    """Return how a DAW is heard where it was not said: only REAPER and a folder of stems have audio.

    Raises ``typer.BadParameter`` for what does not go together.
    """
    hear = wanted or (Hearing.AUDIO if daw in {REAPER, OSC} or stems is not None else Hearing.METERS)
    if hear is Hearing.METERS and stems is not None:
        raise typer.BadParameter("--hear meters needs no folder of stems: leave one of them out")
    if hear is Hearing.AUDIO and stems is None and daw != REAPER:
        raise typer.BadParameter("name the folder of stems too: no audio comes over OSC")
    return hear


def typed(group: Any, *, without: str = "") -> tuple[str, ...]:
    """Return a group as it is typed, one word an option, without those that stand at their defaults and one by name.

    A switch that is on by itself can not be typed off this way: the groups of how to reach a DAW have none.
    """
    words: list[str] = []
    for field in fields(group):
        value = getattr(group, field.name)
        if field.name != without and value != field.default:
            named = next((name for name in _declared(field.type) if name.startswith("--")), None)
            option = named or f"--{field.name.replace('_', '-')}"
            words += [option] if value is True else [f"{option}={part}" for part in _parts(value)]
    return tuple(words)


def _parts(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else (value,)


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
