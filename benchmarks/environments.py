"""Environment steps per second: the batch beside the single environment, in turn and in one run.

    python benchmarks/environments.py TEN_TRACKS [--copies 256] [--runs 5] [--only Tune-v0]

TEN_TRACKS is a folder of stems: it is mixed from scrambled faders, its tracks are tuned to a style from random EQs, and
its mix alone is tuned. Drums are written for charts that are made up. All play random open actions. Prints Markdown.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import agent
from agent.hearing.twin import Twin
from agent.q_learning import Observations
from agent.session import Settings, Strip
from agent.tone.environment import ToneScene
from agent.tone.gating import gated
from agent.tone.goal import tone_goal
from agent.tone.targets import style_target
from bridge.learning import scene_of_folder

assert agent  # importing it is what gives the environments their names

SINGLE_STEPS, BATCH_STEPS = 2_000, 60
FORMS: tuple[Observations, ...] = ("discrete", "continuous")


@dataclass(frozen=True)
class Played:
    """An environment by its name, what it is told, and how many times as long it is timed, where it is fast."""

    name: str
    what: str
    told: dict[str, Any]
    more: int = 1


def drawn(masks: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    return np.argmax(rng.random(masks.shape) * masks, axis=-1)


def single(played: Played, form: Observations) -> float:
    env = gymnasium.make(played.name, disable_env_checker=True, observations=form, **played.told).unwrapped
    rng, steps = np.random.default_rng(0), SINGLE_STEPS * played.more
    _, info = env.reset(seed=0)
    before = time.perf_counter()
    for _ in range(steps):
        _, _, terminated, truncated, info = env.step(int(drawn(info["action_mask"], rng)))
        if terminated or truncated:
            _, info = env.reset()
    return steps / (time.perf_counter() - before)


def batch(played: Played, form: Observations, copies: int) -> float:
    env: VectorEnv[Any, Any, Any] = gymnasium.make_vec(
        played.name, copies, vectorization_mode="vector_entry_point", observations=form, **played.told
    )
    rng, steps = np.random.default_rng(0), BATCH_STEPS * played.more
    _, infos = env.reset(seed=0)
    before = time.perf_counter()
    for _ in range(steps):
        _, _, _, _, infos = env.step(drawn(infos["action_mask"], rng))
    return copies * steps / (time.perf_counter() - before)


def environments(folder: Path) -> list[Played]:
    mixed = scene_of_folder(folder)
    heard = gated(mixed.twin.heard)
    tracks = len(mixed.start.strips)
    return [
        Played("faderbot/Mix-v0", f"{tracks} tracks", {"sessions": [mixed]}),
        Played("faderbot/Tune-v0", f"{tracks} tracks", {"sessions": [_tuned(heard)], "astray": 1.0}),
        Played("faderbot/Tune-v0", "a mix alone", {"sessions": [_tuned(mixed.twin.bounced())], "astray": 1.0}),
        Played("faderbot/Rhythm-v0", "8 charts", {}, more=10),
    ]


def _tuned(heard: Any) -> ToneScene:
    start = Settings((Strip(),) * heard.tracks)
    twin = Twin(heard, start)
    return ToneScene(twin, tone_goal(twin, style_target(heard.bands_hz), [None] * heard.tracks), start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("session", type=Path)
    parser.add_argument("--copies", type=int, default=256)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="those whose name ends so")
    args = parser.parse_args()
    print(f"{args.copies} copies\n")
    print("| environment | observations | single, steps/s | batch, steps/s | ratio: median, least of the runs |")
    print("|---|---|---|---|---|")
    with threadpool_limits(1, "blas"):
        for played in environments(args.session):
            if not played.name.endswith(args.only):
                continue
            for form in FORMS:
                row(played, form, [(single(played, form), batch(played, form, args.copies)) for _ in range(args.runs)])


def row(played: Played, form: Observations, pairs: list[tuple[float, float]]) -> None:
    ratios = [many / one for one, many in pairs]
    one, many = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(
        f"| {played.name.removeprefix('faderbot/')}, {played.what} | {form} | {one:,.0f} | {many:,.0f} "
        f"| ×{statistics.median(ratios):.1f}, ×{min(ratios):.1f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
