"""What learning adds: the table's quality on held-out sessions against training steps, and against planning.

    python benchmarks/learning_curve.py TRAIN_DIR HELD_OUT_DIR [--seeds 5] [--scrambles 4] [--picture FILE.png]

Share: improvement of J as a share of what the best of closed form, coordinate descent and CMA-ES reaches. Prints
Markdown.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from agent import ceilings
from agent.environment import MixEnv, Scene, scramble
from agent.planning import plan
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.session import Settings
from agent.targets import LOUDNESS_LUFS
from agent.training import SCRAMBLE_DB
from bridge.learning import Recording, listen, scene, session_folders, training_scenes

STEPS = (0, 5_000, 20_000, 60_000, 150_000, 300_000)
EPISODES = (1, 5, 20, 60)
Start = tuple[int, Settings, float, float]


def starts(job: tuple[int, Recording, int]) -> list[Start]:
    which, recording, count = job
    held = scene(recording, LOUDNESS_LUFS["streaming"])
    rng = np.random.default_rng(1000 + which)
    found = []
    with threadpool_limits(1, "blas"):
        for number in range(count):
            start = scramble(held, SCRAMBLE_DB, rng)
            before = ceilings.Bench(held, start)
            solutions = (
                ceilings.closed_form(ceilings.Bench(held, start)),
                ceilings.coordinate_descent(ceilings.Bench(held, start), np.random.default_rng(number)),
                ceilings.cma_es(ceilings.Bench(held, start), seed=number),
            )
            best = min(s.cost for s in solutions)
            found.append((which, start, before.cost(before.origin), best))
    return found


def shares(table: QTable, scenes: list[Scene], found: list[Start], episodes: int) -> list[float]:
    reached = []
    for which, start, before, best in found:
        made = plan(MixEnv([scenes[which]]), table, start, seed=0, episodes=episodes)
        reached.append((before - made.cost.total) / (before - best))
    return reached


def curve(
    job: tuple[int, list[Recording], list[Recording], list[Start]],
) -> tuple[list[float], dict[int, float], float]:
    """One seed: the table alone after each number of steps, then with Dyna episodes, and the training's seconds."""
    seed, train, held_out, found = job
    with threadpool_limits(1, "blas"):
        scenes = [scene(r, LOUDNESS_LUFS["streaming"]) for r in held_out]
        hyper = Hyper()
        env = MixEnv(training_scenes(train), scramble_db=SCRAMBLE_DB)
        learner = QLearning(QTable.fresh(hyper), hyper, np.random.default_rng(seed))
        env.reset(seed=seed)
        alone, done, spent = [], 0, 0.0
        for mark in STEPS:
            before = time.perf_counter()
            while done < mark:
                epsilon = hyper.epsilon_start + done / STEPS[-1] * (hyper.epsilon_end - hyper.epsilon_start)
                done += episode(env, learner, epsilon)[0]
            spent += time.perf_counter() - before
            alone.append(float(np.mean(shares(learner.table, scenes, found, 0))))
        planned = {n: float(np.mean(shares(learner.table, scenes, found, n))) for n in EPISODES}
    return alone, planned, spent


def untrained(job: tuple[int, list[Recording], list[Start]]) -> dict[int, float]:
    _, held_out, found = job
    with threadpool_limits(1, "blas"):
        scenes = [scene(r, LOUDNESS_LUFS["streaming"]) for r in held_out]
        return {n: float(np.mean(shares(QTable.fresh(Hyper()), scenes, found, n))) for n in EPISODES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--scrambles", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    train = [listen(f) for f in session_folders([args.train])]
    held_out = [listen(f) for f in session_folders([args.held_out])]
    with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn")) as pool:
        found = [s for one in pool.map(starts, [(k, r, args.scrambles) for k, r in enumerate(held_out)]) for s in one]
        fresh = pool.submit(untrained, (0, held_out, found))
        runs = list(pool.map(curve, [(seed, train, held_out, found) for seed in range(args.seeds)]))
        bare = fresh.result()
    alone = np.array([run[0] for run in runs])
    print(f"{len(found)} starts, {args.seeds} seeds; mean ± standard deviation over seeds.\n")
    print("| training steps | " + " | ".join(f"{s:,}" for s in STEPS) + " |\n|---|" + "---|" * len(STEPS))
    cells = [f"{m:.1%} ± {s:.1%}" for m, s in zip(alone.mean(0), alone.std(0), strict=True)]
    print("| table alone, share of best known | " + " | ".join(cells) + " |\n")
    print("| Dyna episodes on the session | " + " | ".join(map(str, EPISODES)) + " |\n|---|" + "---|" * len(EPISODES))
    planned = {n: np.array([run[1][n] for run in runs]) for n in EPISODES}
    cells = [f"{planned[n].mean():.1%} ± {planned[n].std():.1%}" for n in EPISODES]
    print("| trained table | " + " | ".join(cells) + " |")
    print("| untrained table | " + " | ".join(f"{bare[n]:.1%}" for n in EPISODES) + " |")
    print(f"\nTraining {STEPS[-1]:,} steps took {np.mean([run[2] for run in runs]):.0f} s a seed.")
    if args.picture:
        draw(alone, args.picture)


def draw(alone: np.ndarray, path: Path) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415 - only where a picture is wanted

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for one in alone:
        axes.plot(STEPS, 100 * one, color="0.75", linewidth=1)
    axes.plot(STEPS, 100 * alone.mean(0), color="tab:blue", marker="o", label="mean of seeds")
    axes.set_xscale("symlog", linthresh=5000)
    axes.set_xlabel("training steps")
    axes.set_ylabel("share of the best known improvement, %")
    axes.set_title("The table alone on held-out sessions")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=130)


if __name__ == "__main__":
    main()
