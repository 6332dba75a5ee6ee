"""``faderbot train`` and ``faderbot evaluate``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli_options import Address, Policy, Seed


class OutputForm(StrEnum):
    """How results are printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


class Algorithm(StrEnum):
    """How a policy is learned."""

    TABLE = "table"
    TILES = "tiles"
    DQN = "dqn"
    QRDQN = "qrdqn"


Sessions = Annotated[
    list[Path],
    typer.Argument(
        metavar="SESSIONS_DIR…", help="Folders of stems, or folders that hold one folder of stems a session."
    ),
]


def train(
    sessions: Sessions,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the policy goes, such as my_policy.npz.")],
    steps: Annotated[int, typer.Option(min=1, help="Steps in the environment to learn from.")] = 300_000,
    algorithm: Annotated[
        Algorithm,
        typer.Option(
            help="table: Q-learning on binned states, the default. tiles: linear in tiles of continuous ones. dqn, "
            "qrdqn: networks, which need the extra faderbot[deep] to be trained, and nothing to be used."
        ),
    ] = Algorithm.TABLE,
    seed: Seed = 0,
    workers: Annotated[
        str | None,
        typer.Option(
            metavar="N|ray",
            help="Let so many processes play, or a Ray cluster (pip install 'faderbot[scale]'), and one learn; the "
            "policy does not depend on how many. [default: one process plays and learns]",
        ),
    ] = None,
    address: Address = None,
) -> None:
    """Train a policy on multitrack sessions with scrambled faders.

    Every 50,000 steps FILE.checkpoint is written; the same command takes a run that was stopped up from there.
    """
    from bridge.learning_command import train as learn  # noqa: PLC0415
    from bridge.workers import crew  # noqa: PLC0415

    who = None if workers is None and address is None else crew(workers, address)
    learn(sessions, out, steps=steps, seed=seed, algorithm=algorithm.value, who=who)


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
