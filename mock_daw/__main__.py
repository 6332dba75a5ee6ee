"""The mock DAW's command line: ``faderbot-mock-daw``, or ``python -m mock_daw``."""

import json as jsonlib
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal, cast

import typer

from mock_daw.arguments import address, opening, speed, user, with_default_ports
from mock_daw.errors import EngineError, FaultError, ProjectError, StartError, one_line

NAME = "faderbot-mock-daw"
USAGE, FAILED = 2, 1
SIGNALLED = 128
PATIENCE_S = 0.05

app = typer.Typer(name=NAME, add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)


def _explained(faults: list[str] | None) -> list[str] | None:
    if faults and "help" in faults:
        from mock_daw.fault_spec import fault_help  # noqa: PLC0415 - not for --help

        _write(fault_help())
        raise typer.Exit
    return faults


@app.command(
    epilog="Examples: [bold]faderbot-mock-daw STEMS_DIR --osc --web[/bold] is a REAPER with its usual ports. "
    "[bold]faderbot-mock-daw song.RPP --osc --osc-to 127.0.0.1:9000 --play[/bold] plays a project to a controller. "
    "[bold]faderbot-mock-daw song.RPP --web 0 --reapy 0 --json --faults restart@web#3[/bold] starts anew in the "
    "middle of a job, on ports that the system chose."
)
def serve(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A folder of stems, or a REAPER project (.RPP).")],
    osc: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="[PORT]", help="Receive OSC; 8000 without a port.")
    ] = None,
    osc_to: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Send OSC feedback there; 127.0.0.1:9000 unless given.")
    ] = None,
    pattern: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A .ReaperOSC file; as REAPER's default unless given.")
    ] = None,
    web: Annotated[
        int | None,
        typer.Option(min=0, max=65535, metavar="[PORT]", help="Open the web interface; 2307 without a port."),
    ] = None,
    web_user: Annotated[
        str | None, typer.Option(metavar="USER:PASSWORD", help="Ask for these on the web interface.")
    ] = None,
    reapy: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="[PORT]", help="Run reapy's server; 2306 without a port.")
    ] = None,
    ardour: Annotated[
        str | None, typer.Option(metavar="[PORT]", help="Answer as Ardour 7 does; 3819 without a port.")
    ] = None,
    ableton: Annotated[
        str | None,
        typer.Option(metavar="[IN:OUT]", help="Answer as Live with AbletonOSC does; 11000:11001 without ports."),
    ] = None,
    bitwig: Annotated[
        str | None,
        typer.Option(
            metavar="[IN:OUT[:VALUES]]",
            help="Answer as Bitwig with DrivenByMoss does; 8000:9000:128 without ports.",
        ),
    ] = None,
    x32: Annotated[
        str | None, typer.Option(metavar="[PORT]", help="Answer as a Behringer X32 does; 10023 without a port.")
    ] = None,
    xair: Annotated[
        str | None, typer.Option(metavar="[PORT]", help="Answer as a Behringer X Air does; 10024 without a port.")
    ] = None,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    pace: Annotated[
        str, typer.Option("--speed", metavar="N|max", help="Times real time, or as fast as audio can be computed.")
    ] = "1",
    tick_ms: Annotated[
        float, typer.Option(min=0.0, max=1000.0, help="How long a turn of the main loop takes; 0 serves at once.")
    ] = 33.0,
    faults: Annotated[
        list[str] | None,
        typer.Option(metavar="SPEC", is_eager=True, callback=_explained, help="What goes wrong; “help” lists it."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed loses the same packets.")] = 0,
    play: Annotated[bool, typer.Option("--play", help="Press play at the start.")] = False,
    for_s: Annotated[
        float | None, typer.Option("--for", min=0.0, metavar="SECONDS", help="End after so many of its own seconds.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the endpoints as one line of JSON.")] = False,
) -> None:
    """Be a REAPER to test against: play a session, and answer OSC, the web interface and reapy.

    Port 0 lets the system choose. Without any of these, OSC and the web interface are open on REAPER's usual ports.
    The OSC of other DAWs and of consoles is served over the same session. Your files are only read.
    """
    from mock_daw.server import MockDaw  # noqa: PLC0415 - numpy and more, not for --help

    wanted = {"ardour": ardour, "ableton": ableton, "bitwig": bitwig, "x32": x32, "xair": xair}
    dialects = {name: opening(name, text) for name, text in wanted.items() if text is not None}
    if osc is web is reapy is None and not dialects:
        osc, web = 8000, 2307
    to = address(osc_to or "127.0.0.1:9000") if osc is not None or osc_to is not None else None
    daw = MockDaw(
        project,
        osc=osc,
        osc_to=to,
        pattern=pattern,
        web=web,
        web_user=user(web_user),
        reapy=reapy,
        ardour=dialects.get("ardour"),
        ableton=dialects.get("ableton"),
        bitwig=dialects.get("bitwig"),
        x32=dialects.get("x32"),
        xair=dialects.get("xair"),
        host=host,
        speed=cast("float | Literal['max']", speed(pace)),
        tick_s=tick_ms / 1000.0,
        faults=faults or (),
        seed=seed,
    )
    with daw:
        session = daw.live.session
        endpoints = {"osc": daw.osc_address, "osc_to": to, "web": daw.web_address, "reapy": daw.reapy_port}
        others = {name: daw.dialects.get(name) for name in wanted}
        if json:
            told = {"project": session.name, "tracks": len(session.tracks), **endpoints, **others}
            _write(jsonlib.dumps(told) + "\n")
        else:
            _write(_endpoints(session.name, len(session.tracks), endpoints, others))
        for note in (*session.notes, *_advice(host, web, reapy)):
            _complain(note)
        if play:
            daw.live.play()
        while not daw.ended.wait(PATIENCE_S) and (for_s is None or daw.clock_s < for_s):
            pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 2 for what the user can mend, 130 and 143 after Ctrl-C and SIGTERM, else 1."""
    arguments = with_default_ports(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with _ended_by_signals():
            code: Any = app(list(arguments), prog_name=NAME, standalone_mode=False)
    except _Stopped as stopped:
        return SIGNALLED + stopped.number
    except (ProjectError, StartError, FaultError, EngineError) as error:
        _complain(error)
        return USAGE
    except Exception as error:  # noqa: BLE001 - the last one to hear of it
        return _failed(error)
    return code if isinstance(code, int) else 0


class _Stopped(BaseException):
    """A signal came that ends programs."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop(number: int, _frame: FrameType | None) -> None:
    raise _Stopped(number)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # whoever runs us there sees to signals
        yield
        return
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _failed(error: Exception) -> int:
    if hasattr(error, "format_message"):  # a usage error, wherever this version of typer keeps the class
        _complain(f"{error.format_message().rstrip('.')} (see {NAME} --help)")
        return USAGE
    _complain(f"unexpected error: {type(error).__name__}: {error} (please report it)")
    return FAILED


def _advice(host: str, web: int | None, reapy: int | None) -> Iterator[str]:
    if reapy is not None and web is None:
        yield "reapy finds its server through the web interface: add --web"
    if not host.startswith("127.") and host != "localhost":
        yield f"who can reach {host} can control this DAW"


def _endpoints(name: str, tracks: int, endpoints: dict[str, Any], others: dict[str, Any]) -> str:
    lines = [f"session  {one_line(name)}, {tracks} tracks"]
    if endpoints["osc"]:
        lines.append("OSC      receives on {}:{}".format(*endpoints["osc"]))
    if endpoints["osc_to"]:
        lines.append("OSC      sends to {}:{}".format(*endpoints["osc_to"]))
    if endpoints["web"]:
        lines.append("web      http://{}:{}/".format(*endpoints["web"]))
    if endpoints["reapy"] is not None:
        lines.append(f"reapy    port {endpoints['reapy']}")
    lines += [f"{other:<8} receives on {{}}:{{}}".format(*where) for other, where in others.items() if where]
    return "\n".join([*lines, "ready; Ctrl-C ends it", ""])


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _complain(problem: object) -> None:
    sys.stderr.write(f"{NAME}: {one_line(str(problem))}\n")


if __name__ == "__main__":
    sys.exit(main())
