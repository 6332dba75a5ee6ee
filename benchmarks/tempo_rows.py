"""Teach a trained policy the tempo: learn the rows of its table in which the master shows one, and nothing else.

    python benchmarks/tempo_rows.py SESSIONS_DIR … --policy agent/shipped_policy.npz --out agent/shipped_policy.npz

Then it plays the table alone from starts that were not trained on, and tells how near to the wanted tempo it ends.
"""

import argparse
from pathlib import Path

import numpy as np

from agent.environment import Scene
from agent.observation import shows_tempo
from agent.policy import load, save
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.training import TEMPO_STEPS, tempo_environment, train_tempo
from bridge.learning import listen, session_folders, training_scenes

TRIED = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sessions", nargs="+", type=Path)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=TEMPO_STEPS)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    table, about = load(asked.policy)
    scenes = training_scenes([listen(folder) for folder in session_folders(asked.sessions)])
    learned = train_tempo(scenes, table, steps=asked.steps, seed=asked.seed)
    rows = np.array([shows_tempo(state) for state in range(len(table.visits))])
    same = np.array_equal(learned.tables[:, ~rows], table.tables[:, ~rows])
    print(f"rows learned: {int((learned.visits[rows].sum(1) > 0).sum())}; all others as they were: {same}")
    print("played alone, share of episodes at the wanted tempo:", f"{reached(scenes, learned, asked.seed + 1):.3f}")
    told = f"{about.command.partition(';')[0]}; python benchmarks/tempo_rows.py SESSIONS_DIR --steps {asked.steps}"
    save(asked.out, learned, about.model_copy(update={"command": told}))


def reached(scenes: list[Scene], table: QTable, seed: int) -> float:
    """Return the share of scrambled episodes that the table alone ends at the wanted tempo."""
    env = tempo_environment(scenes)
    player = QLearning(table, Hyper(double=len(table.tables) == 2), np.random.default_rng(seed))
    env.reset(seed=seed)
    ends = []
    for _ in range(TRIED):
        episode(env, player, 0.0, learn=False)
        ends.append(env.cost.tempo == 0.0)
    return float(np.mean(ends))


if __name__ == "__main__":
    main()
