"""Choose γ, ε and single or double Q-learning on the training sessions alone: mean J where the table alone ends.

    python benchmarks/hyper.py TRAIN_DIR [--steps 300000] [--scrambles 8] [--workers 2|ray] [--address A]

Every setting is trained with the same seed and judged on scrambles it has not seen. Prints Markdown.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from agent.environment import MixEnv, scramble
from agent.planning import plan
from agent.q_learning import Hyper
from agent.targets import LOUDNESS_LUFS
from agent.training import SCRAMBLE_DB, train_policy
from bridge.learning import Recording, listen, scene, session_folders, training_scenes
from bridge.workers import crew, hired, in_order

GAMMAS = (0.0, 0.3, 0.5, 0.7, 1.0)


def judge(recordings: list[Recording], steps: int, scrambles: int) -> Callable[[Hyper], float]:
    return partial(judged, recordings, steps, scrambles)


def judged(recordings: list[Recording], steps: int, scrambles: int, hyper: Hyper) -> float:
    names = [r.session.name for r in recordings]
    with threadpool_limits(1, "blas"):
        table, _ = train_policy(training_scenes(recordings), names, hyper=hyper, steps=steps)
        costs = []
        for number, recording in enumerate(recordings):
            held = scene(recording, LOUDNESS_LUFS["streaming"])
            rng = np.random.default_rng(77 + number)
            for _ in range(scrambles):
                made = plan(MixEnv([held]), table, scramble(held, SCRAMBLE_DB, rng), seed=0, episodes=0)
                costs.append(made.cost.total)
    return float(np.mean(costs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("--steps", type=int, default=300_000)
    parser.add_argument("--scrambles", type=int, default=8)
    parser.add_argument("--workers", default="2", help="processes, or ray")
    parser.add_argument("--address", help="with --workers ray: the cluster")
    args = parser.parse_args()
    recordings = [listen(folder) for folder in session_folders([args.train])]
    kinds = {
        f"{'double' if double else 'single'}, ε to {end:g}": replace(Hyper(), epsilon_end=end, double=double)
        for double in (False, True)
        for end in (0.05, 0.3)
    }
    grid = [replace(hyper, gamma=gamma) for hyper in kinds.values() for gamma in GAMMAS]
    with hired(partial(judge, recordings, args.steps, args.scrambles), crew(args.workers, args.address)) as workers:
        costs = [ended.value for ended in in_order(workers.run(grid))]
    print("| γ | " + " | ".join(f"{g:g}" for g in GAMMAS) + " |\n|---|" + "---|" * len(GAMMAS))
    for number, name in enumerate(kinds):
        row = costs[number * len(GAMMAS) : (number + 1) * len(GAMMAS)]
        print(f"| {name} | " + " | ".join(f"{cost:.4f}" for cost in row) + " |")


if __name__ == "__main__":
    main()
