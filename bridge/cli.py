"""The command line. Thin: options, and what becomes of errors. What takes long to import waits for its command."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.terminal import complain, survive_any_encoding, tell, write
from bridge.version import faderbot_version

app = typer.Typer(
    name="faderbot",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Mix a folder of stems, or the project that is open in REAPER: a Q-learning agent sets faders and EQ under a "
    "loudness-standard reward.",
    epilog="Try it: faderbot demo. For REAPER: faderbot setup reaper, then faderbot mix --daw reaper",
)

USAGE, FAILED, STOPPED = 2, 1, 130

Target = Annotated[
    str,
    typer.Option(
        metavar="NAME|LUFS",
        help="Loudness of the mix: broadcast (−23 LUFS), streaming (−14), aes, album or podcast (−16), or a number.",
    ),
]
StyleName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="How far the lead vocal stands in front: balanced, country, rap, pop, rock or metal.",
    ),
]
Focus = Annotated[
    list[str] | None,
    typer.Option(metavar="TRACK", help="Lift this track 3 dB above the level of its role. Can be given again."),
]
Lock = Annotated[
    list[str] | None,
    typer.Option(metavar="TRACK", help="Hear this track but do not touch it. Can be given again."),
]
Strength = Annotated[
    float,
    typer.Option(min=0.0, max=1.0, help="How far to go: 0 changes nothing, 0.5 every gain half its way in dB."),
]
Eq = Annotated[bool, typer.Option("--eq/--no-eq", help="Whether EQ may be used, or faders only.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where mix.wav, mix.json and mix.RPP go. [default: STEMS_DIR-mix]"),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done; write nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print mix.json in place of the tables.")]
Policy = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A policy made by faderbot train, in place of the one that comes along."),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same mix, to the byte.")]


Host = Annotated[str, typer.Option(metavar="HOST", help="The machine that the DAW runs on.")]
WebPort = Annotated[int, typer.Option(min=1, max=65_535, help="TCP port of REAPER's web interface.")]
WebLogin = Annotated[
    str | None,
    typer.Option(
        metavar="USER:PASSWORD", envvar="FADERBOT_WEB_LOGIN", help="Where REAPER's web interface asks for one."
    ),
]


OscPort = Annotated[
    int, typer.Option("--osc-port", min=1, max=65_535, help="With --daw osc: UDP port that the DAW receives on.")
]
OscListen = Annotated[
    int,
    typer.Option("--osc-listen", min=1, max=65_535, help="With --daw osc: UDP port here that the DAW sends to."),
]


class DawChoice(StrEnum):
    """What can be mixed."""

    EMBEDDED = "embedded"
    REAPER = "reaper"
    OSC = "osc"


class LiveChoice(StrEnum):
    """Which way a running DAW is reached."""

    REAPER = "reaper"
    OSC = "osc"


class Dialect(StrEnum):
    """Whose OSC is spoken."""

    REAPER = "reaper"


Live = Annotated[
    LiveChoice, typer.Option("--daw", help="How to reach it: reaper (web interface and reapy), or osc alone.")
]
Through = Annotated[
    Path | None,
    typer.Option("--through", metavar="DIR", help="Talk to Faderbot's own script in REAPER by files in this folder."),
]
DialectName = Annotated[Dialect, typer.Option(help="With --daw osc: whose OSC it is.")]


class OutputForm(StrEnum):
    """How results are printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


@app.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
) -> None:
    """Mix a folder of stems, or the project that is open in REAPER.

    A Q-learning agent sets faders and EQ under a loudness-standard reward.
    """
    context.obj = debug
    if version:
        write(f"faderbot {faderbot_version()}\n")
    elif context.invoked_subcommand is None:
        write(context.get_help() + "\n")


@app.command()
def mix(
    stems_dir: Annotated[
        Path | None,
        typer.Argument(
            metavar="STEMS_DIR",
            show_default=False,
            help="A folder of WAV, FLAC, AIFF, OGG or MP3 files, one a track. With --daw it is only listened to, "
            "for a REAPER that has no reapy; the tracks there have the same names.",
        ),
    ] = None,
    daw: Annotated[DawChoice, typer.Option(help="Mix the session that is open in a running DAW.")] = DawChoice.EMBEDDED,
    target: Target = "streaming",
    style: StyleName = "balanced",
    focus: Focus = None,
    strength: Strength = 1.0,
    lock: Lock = None,
    eq: Eq = True,
    only_selected: Annotated[
        bool, typer.Option("--only-selected", help="With --daw: move selected tracks only, and the master.")
    ] = False,
    out: Out = None,
    dry_run: DryRun = False,
    json: Json = False,
    policy: Policy = None,
    seed: Seed = 0,
    host: Host = "127.0.0.1",
    web_port: WebPort = 2307,
    web_login: WebLogin = None,
    dialect: DialectName = Dialect.REAPER,  # noqa: ARG001 - there is one, named so that scripts say which
    osc_port: OscPort = 8000,
    osc_listen: OscListen = 9000,
    through: Through = None,
) -> None:
    """Mix a folder of stems, or the session that is open in a running DAW.

    A folder: writes mix.wav, mix.json with every setting, and mix.RPP for REAPER; the stems are never changed.

    With --daw reaper: hears the open project, sets faders and EQ in one undo step, reads them back, measures.
    Muted, automated and locked tracks and your own effects are left alone. faderbot undo takes it back.

    With STEMS_DIR --daw osc: needs nothing but an OSC surface, sets faders only.

    --focus and --lock take a part of a track's name too.
    """
    from bridge.mix_command import Options, mix_folder  # noqa: PLC0415 - a second of imports, not for --help

    wanted = Options(target, style, tuple(focus or ()), tuple(lock or ()), strength, eq, policy, seed)
    if daw is DawChoice.EMBEDDED:
        if stems_dir is None:
            raise typer.BadParameter("name a folder of stems, or a running DAW: --daw reaper")
        if only_selected:
            raise typer.BadParameter("--only-selected needs --daw: a folder of stems has no selection")
        mix_folder(stems_dir, wanted, out=out, dry_run=dry_run, as_json=json)
        return
    if out is not None:
        raise typer.BadParameter("--out is for folders of stems: with --daw the mix stays in the DAW")
    if daw is DawChoice.OSC and stems_dir is None:
        raise typer.BadParameter("name the folder of stems too: no audio comes over OSC")
    from bridge.connecting import Door  # noqa: PLC0415
    from bridge.live_command import mix_daw  # noqa: PLC0415

    door = Door(host, web_port, web_login, (osc_port, osc_listen) if daw is DawChoice.OSC else None, through)
    mix_daw(door, wanted, stems=stems_dir, only_selected=only_selected, dry_run=dry_run, as_json=json)


@app.command()
def status(
    stems_dir: Annotated[
        Path | None,
        typer.Argument(metavar="STEMS_DIR", show_default=False, help="The folder, where audio is to come from one."),
    ] = None,
    daw: Live = LiveChoice.REAPER,
    host: Host = "127.0.0.1",
    web_port: WebPort = 2307,
    web_login: WebLogin = None,
    osc_port: OscPort = 8000,
    osc_listen: OscListen = 9000,
    through: Through = None,
) -> None:
    """Show what is open in REAPER, what would be left alone, and what Faderbot last did there."""
    if daw is LiveChoice.OSC and stems_dir is None:
        raise typer.BadParameter("name the folder of stems too: no audio comes over OSC")
    from bridge.connecting import Door  # noqa: PLC0415
    from bridge.live_command import status_of  # noqa: PLC0415

    status_of(Door(host, web_port, web_login, _osc(daw, osc_port, osc_listen), through), stems=stems_dir)


@app.command()
def undo(
    stems_dir: Annotated[
        Path | None,
        typer.Argument(
            metavar="STEMS_DIR", show_default=False, help="The folder, where the mix was made with one and --daw."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Put back even what was changed by hand after the mix.")
    ] = False,
    daw: Live = LiveChoice.REAPER,
    host: Host = "127.0.0.1",
    web_port: WebPort = 2307,
    web_login: WebLogin = None,
    osc_port: OscPort = 8000,
    osc_listen: OscListen = 9000,
    through: Through = None,
) -> None:
    """Take Faderbot's last mix of the open project back, also after a crash in the middle of it."""
    from bridge.connecting import Door  # noqa: PLC0415
    from bridge.live_command import undo_daw  # noqa: PLC0415

    door = Door(host, web_port, web_login, _osc(daw, osc_port, osc_listen), through)
    undo_daw(door, everything=everything, stems=stems_dir)


@app.command()
def doctor(
    daw: Live = LiveChoice.REAPER,
    host: Host = "127.0.0.1",
    web_port: WebPort = 2307,
    web_login: WebLogin = None,
    osc_port: OscPort = 8000,
    osc_listen: OscListen = 9000,
    through: Through = None,
) -> None:
    """Say line by line what of REAPER can be reached, what is missing and how to mend it. Exit code 2: not all well."""
    from bridge.connecting import Door  # noqa: PLC0415
    from bridge.live_command import doctor_of  # noqa: PLC0415

    if not doctor_of(Door(host, web_port, web_login, _osc(daw, osc_port, osc_listen), through)):
        raise typer.Exit(USAGE)


def _osc(daw: LiveChoice, port: int, listen_port: int) -> tuple[int, int] | None:
    return (port, listen_port) if daw is LiveChoice.OSC else None


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the demo's stems and mix go.")] = Path(
        "faderbot-demo"
    ),
    target: Target = "streaming",
    style: StyleName = "balanced",
    focus: Focus = None,
    strength: Strength = 1.0,
    lock: Lock = None,
    eq: Eq = True,
    dry_run: DryRun = False,
    json: Json = False,
    policy: Policy = None,
    seed: Seed = 0,
) -> None:
    """Make a short song of eight stems with badly set faders, and mix it: DIR/stems and DIR/mix."""
    from bridge.mix_command import Options, mix_demo  # noqa: PLC0415

    wanted = Options(target, style, tuple(focus or ()), tuple(lock or ()), strength, eq, policy, seed)
    mix_demo(out, wanted, dry_run=dry_run, as_json=json)


Sessions = Annotated[
    list[Path],
    typer.Argument(
        metavar="SESSIONS_DIR…", help="Folders of stems, or folders that hold one folder of stems a session."
    ),
]


@app.command()
def train(
    sessions: Sessions,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the policy goes, such as my_policy.npz.")],
    steps: Annotated[int, typer.Option(min=1, help="Steps in the environment to learn from.")] = 300_000,
    seed: Seed = 0,
) -> None:
    """Train a policy on multitrack sessions with scrambled faders.

    Every 50,000 steps FILE.checkpoint is written; the same command takes a run that was stopped up from there.
    """
    from bridge.learning_command import train as learn  # noqa: PLC0415

    learn(sessions, out, steps=steps, seed=seed)


@app.command()
def evaluate(
    sessions: Sessions,
    policy: Policy = None,
    target: Annotated[
        str, typer.Option(metavar="NAME|LUFS", help="Loudness that the mixes go for, as in faderbot mix.")
    ] = "streaming",
    scrambles: Annotated[int, typer.Option(min=1, help="Scrambled starts (± 12 dB a fader) of each session.")] = 20,
    episodes: Annotated[int, typer.Option(min=0, help="Dyna episodes on each session's twin.")] = 60,
    cma_evaluations: Annotated[int, typer.Option(min=1, help="How many settings CMA-ES may try.")] = 10_000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; the results do not depend on it.")] = 2,
    form: Annotated[OutputForm, typer.Option("--format", help="How to print the results.")] = OutputForm.TABLE,
    seed: Seed = 0,
) -> None:
    """Try a policy on sessions it was not trained on, beside other ways to lower the same cost.

    Prints the share of the best known solution's improvement, the settings tried, the time, and how far the faders
    end from the levels that the sessions came with.
    """
    from bridge.learning_command import Trying  # noqa: PLC0415
    from bridge.learning_command import evaluate as try_out  # noqa: PLC0415

    how = Trying(target, scrambles, seed, episodes, cma_evaluations, workers)
    try_out(sessions, policy, how, form)


setup = typer.Typer(help="Prepare a DAW to work with faderbot.", no_args_is_help=True)
app.add_typer(setup, name="setup")


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
    osc_port: Annotated[int, typer.Option(min=1, max=65_535, help="UDP port that REAPER receives OSC on.")] = 8000,
    osc_to_port: Annotated[int, typer.Option(min=1, max=65_535, help="UDP port that REAPER sends OSC to.")] = 9000,
    web_port: Annotated[int, typer.Option(min=1, max=65_535, help="TCP port of REAPER's web interface.")] = 2307,
) -> None:
    """Prepare REAPER: an OSC surface with our pattern file, the web interface, and reapy's server.

    Quit REAPER first. Every file is backed up beside itself; run again, nothing changes.
    """
    from bridge.reaper.setup import Wanted  # noqa: PLC0415
    from bridge.setup_command import How  # noqa: PLC0415
    from bridge.setup_command import setup_reaper as set_up  # noqa: PLC0415

    set_up(resource_path, Wanted(osc_port, osc_to_port, web_port, not no_reapy), How(remove, dry_run, force))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0, 2 for what the user can mend, 130 after Ctrl-C, else 1."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    survive_any_encoding()
    # OpenBLAS wakes a thread a core for small matrices too: with a busy core hearing took 38 s in place of 5.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with _cleared_up_on_termination():
            code: Any = app(arguments, prog_name="faderbot", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except Exception as error:  # noqa: BLE001 - the last one to hear of it
        return _failed(error, debug="--debug" in arguments)
    if code == STOPPED:
        complain("stopped; " + ("run it again to be sure" if "undo" in arguments[:2] else "nothing was changed"))
    return code if isinstance(code, int) else 0


def _failed(error: Exception, *, debug: bool) -> int:
    if hasattr(error, "format_message"):  # a usage error, wherever this version of typer keeps the class
        complain(f"{error.format_message().rstrip('.')} (see faderbot --help)")
        return USAGE
    from bridge.expected import EXPECTED  # noqa: PLC0415 - only now

    if debug:
        tell("".join(traceback.format_exception(error)))
    if isinstance(error, EXPECTED):
        complain(error)
        return USAGE
    detail = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    complain(f"unexpected error: {detail} (faderbot --debug … shows where; please report it)")
    return FAILED


@contextmanager
def _cleared_up_on_termination() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that temporary files go as they do after Ctrl-C."""
    try:
        before = signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    except ValueError:  # not in the main thread: whoever runs us there sees to it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main())
