"""``faderbot serve``."""

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_mix import Hear
from bridge.cli_options import REAPER, Hearing, Live, OtherWays, Place, hearing, typed, with_groups

FOR_THE_ENVIRONMENT = "web_login"
"""What is handed on to the jobs there: what a process was started with can be read by all users of a machine."""


@with_groups
def serve(
    *,
    stems_dir: Annotated[
        Path | None,
        typer.Argument(metavar="STEMS_DIR", show_default=False, help="The folder, where audio is to come from one."),
    ] = None,
    listen: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT", help="Where to listen for OSC, over UDP. Another host than 127.0.0.1 lets others in."
        ),
    ] = "127.0.0.1:9977",
    daw: Live = REAPER,
    hear: Hear = None,
    place: Place,
    ways: OtherWays,
) -> None:
    """Let surfaces, DAWs and show controllers start mixes over OSC, with /faderbot/mix and its like.

    One job at a time, in the session that is open in a running DAW; docs/osc_control.md has all messages. Ctrl-C ends
    it, and a job under way is taken back.
    """
    how = hearing(daw, stems_dir, hear)
    if place.web_login and ":" not in place.web_login:  # said now, and not by every job
        raise typer.BadParameter("--web-login has no colon: it is USER:PASSWORD")
    from bridge.control.jobs import Way  # noqa: PLC0415 - a second of imports, not for --help
    from bridge.serve_command import listen_address  # noqa: PLC0415
    from bridge.serve_command import serve as run  # noqa: PLC0415

    options = (f"--daw={daw}", *typed(place, without=FOR_THE_ENVIRONMENT), *typed(ways))
    mixing = () if how is Hearing.AUDIO else (f"--hear={how.value}",)
    way = Way(options, mixing, None if stems_dir is None else str(stems_dir))
    code = run(listen_address(listen), way, login=place.web_login)
    if code:
        raise typer.Exit(code)
