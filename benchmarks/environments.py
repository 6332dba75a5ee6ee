"""Environment steps per second: the batch beside the single environment, in turn and in one run.

    python benchmarks/environments.py TEN_TRACKS [--copies 256] [--runs 5]

TEN_TRACKS is a folder of stems. Both play random open actions from scrambled faders. Prints Markdown.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from agent.environment import MixEnv, Scene
from agent.q_learning import Observations
from agent.training import SCRAMBLE_DB
from agent.vector_environment import MixVectorEnv
from bridge.learning import scene_of_folder

SINGLE_STEPS, BATCH_STEPS = 4_000, 60
FORMS: tuple[Observations, ...] = ("discrete", "continuous")


def drawn(masks: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    return np.argmax(rng.random(masks.shape) * masks, axis=-1)


def single(scene: Scene, form: Observations) -> float:
    env, rng = MixEnv([scene], scramble_db=SCRAMBLE_DB, observations=form), np.random.default_rng(0)
    _, info = env.reset(seed=0)
    before = time.perf_counter()
    for _ in range(SINGLE_STEPS):
        _, _, terminated, truncated, info = env.step(int(drawn(info["action_mask"], rng)))
        if terminated or truncated:
            _, info = env.reset()
    return SINGLE_STEPS / (time.perf_counter() - before)


def batch(scene: Scene, form: Observations, copies: int) -> float:
    env, rng = MixVectorEnv([scene], copies, scramble_db=SCRAMBLE_DB, observations=form), np.random.default_rng(0)
    _, infos = env.reset(seed=0)
    before = time.perf_counter()
    for _ in range(BATCH_STEPS):
        _, _, _, _, infos = env.step(drawn(infos["action_mask"], rng))
    return copies * BATCH_STEPS / (time.perf_counter() - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("session", type=Path)
    parser.add_argument("--copies", type=int, default=256)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    scene = scene_of_folder(args.session)
    print(f"{len(scene.start.strips)} tracks, {len(scene.twin.heard.gram)} hops, {args.copies} copies\n")
    print("| observations | single, steps/s | batch, steps/s | ratio: median, least of the runs |\n|---|---|---|---|")
    with threadpool_limits(1, "blas"):
        for form in FORMS:
            pairs = [(single(scene, form), batch(scene, form, args.copies)) for _ in range(args.runs)]
            ratios = [many / one for one, many in pairs]
            one, many = (statistics.median(values) for values in zip(*pairs, strict=True))
            print(f"| {form} | {one:,.0f} | {many:,.0f} | ×{statistics.median(ratios):.1f}, ×{min(ratios):.1f} |")


if __name__ == "__main__":
    main()
