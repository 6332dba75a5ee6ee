"""The command line: its commands, and what becomes of errors. What takes long to import waits for its command."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from bridge import cli_batch, cli_daw, cli_explain, cli_learn, cli_learning, cli_mix, cli_rhythm, cli_serve, cli_tune
from bridge.cli_setup import setup
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
_ON_STOP = {
    "undo": "stopped; run it again to be sure",
    "compare": "stopped; run it again to be sure",
    "serve": "stopped",
    "batch": "stopped; the same command goes on from there",
}


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


COMMANDS = (
    cli_mix.mix,
    cli_rhythm.rhythm,
    cli_tune.tune,
    cli_daw.status,
    cli_daw.undo,
    cli_daw.compare,
    cli_learn.learn,
    cli_daw.doctor,
    cli_mix.demo,
    cli_batch.batch,
    cli_learning.train,
    cli_learning.evaluate,
    cli_explain.explain,
    cli_serve.serve,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(setup, name="setup")


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
        complain(
            next((said for name, said in _ON_STOP.items() if name in arguments[:2]), "stopped; nothing was changed")
        )
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
    """Turn SIGTERM into an exception, so that temporary files go as they do after Ctrl-C.

    On Windows a program stops another with Ctrl-Break, which is to be what Ctrl-C is.
    """
    try:
        if hasattr(signal, "SIGBREAK"):
            signal.signal(signal.SIGBREAK, signal.default_int_handler)
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
