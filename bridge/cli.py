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
    help="Mix a folder of stems: a Q-learning agent sets faders and EQ under a loudness-standard reward.",
    epilog="Try it: faderbot demo",
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
    """Mix a folder of stems: a Q-learning agent sets faders and EQ under a loudness-standard reward."""
    context.obj = debug
    if version:
        write(f"faderbot {faderbot_version()}\n")
    elif context.invoked_subcommand is None:
        write(context.get_help() + "\n")


@app.command()
def mix(
    stems_dir: Annotated[
        Path, typer.Argument(metavar="STEMS_DIR", help="A folder of WAV, FLAC, AIFF, OGG or MP3 files, one a track.")
    ],
    target: Target = "streaming",
    style: StyleName = "balanced",
    focus: Focus = None,
    strength: Strength = 1.0,
    lock: Lock = None,
    eq: Eq = True,
    out: Out = None,
    dry_run: DryRun = False,
    json: Json = False,
    policy: Policy = None,
    seed: Seed = 0,
) -> None:
    """Mix a folder of stems: writes mix.wav, mix.json with every setting, and mix.RPP for REAPER.

    Tracks are named after their files; --focus and --lock take a part of a name too.
    The stems themselves are never changed.
    """
    from bridge.mix_command import Options, mix_folder  # noqa: PLC0415 - a second of imports, not for --help

    wanted = Options(target, style, tuple(focus or ()), tuple(lock or ()), strength, eq, policy, seed)
    mix_folder(stems_dir, wanted, out=out, dry_run=dry_run, as_json=json)


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
        complain("stopped; nothing was changed")
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
