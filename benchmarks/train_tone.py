"""Train the table of tone that ships, on songs whose stems and mixes are mis-equalised at random.

    python benchmarks/train_tone.py SONGS… --out agent/tone/shipped_tone.npz

SONGS: folders of stems, or folders of those. The table is the same to the byte for the same songs, steps and seed.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from tone_cases import as_strip, mis_equalisation, printed, track_alone

from agent import policy
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.q_learning import Hyper, QLearning, QTable, episode
from agent.roles import Role
from agent.session import Settings, Strip
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.gating import gated
from agent.tone.goal import tone_goal
from agent.tone.targets import ToneTarget, heard_target, role_target, style_target
from agent.tone.tuning import LAYOUT
from bridge.learning import listen, roles_of, session_folders

HYPER = Hyper(gamma=0.5, alpha_min=0.02, alpha_decay=0.65, epsilon_start=0.5, epsilon_end=0.2, optimism=0.02)
STEPS = 400_000
ASTRAY = 0.3
MIXES, STEMS, SESSIONS = 4, 5, 2
_HOPS = 150


def scenes_of(heard: Heard, roles: tuple[Role, ...], rng: np.random.Generator) -> list[ToneScene]:
    """Return scenes of one song: mis-equalised mixes and stems to bring back, and the whole session."""
    flat = Settings(tuple(Strip() for _ in roles))
    twin = Twin(heard, flat)
    mix = twin.bounced()
    made = [_one(mix, rng) for _ in range(MIXES)]
    sounding = np.flatnonzero(twin.track_active()).tolist()
    made += [_one(track_alone(heard, track), rng) for track in rng.permutation(sounding)[:STEMS].tolist()]
    for count in range(SESSIONS):
        strips = tuple(as_strip(mis_equalisation(rng, int(rng.integers(0, 4)))) for _ in roles)
        wrong = printed(heard, strips)
        wanted = heard_target(mix, "the mix") if count % 2 == 0 else style_target(heard.bands_hz)
        tracks: list[ToneTarget | None] = [role_target(heard.bands_hz, role) for role in roles]
        made.append(_scene(wrong, wanted, tracks if wanted.kind == "style" else [None] * len(roles), twin))
    return made


def _one(heard: Heard, rng: np.random.Generator) -> ToneScene:
    wrong = printed(heard, (as_strip(mis_equalisation(rng, int(rng.integers(1, 5)))),))
    return _scene(wrong, heard_target(heard, "itself"), [None], Twin(heard, Settings((Strip(),))))


def _scene(wrong: Heard, wanted: ToneTarget, tracks: list[ToneTarget | None], right: Twin) -> ToneScene:
    heard = gated(wrong).coarse().thinned(_HOPS)
    start = Settings(tuple(Strip() for _ in tracks))
    twin = Twin(heard, start)
    off = Twin(wrong, start).track_loudness_lufs() - right.track_loudness_lufs()
    return ToneScene(twin, tone_goal(twin, wanted, tracks, level_lufs=twin.track_loudness_lufs() - off), start)


def train(scenes: list[ToneScene], steps: int, seed: int) -> tuple[QTable, list[float]]:
    """Train a table; the second value is the mean return of each tenth of the episodes."""
    table = QTable.fresh(HYPER, LAYOUT.states, len(LAYOUT.actions))
    learner = QLearning(table, HYPER, np.random.default_rng(seed))
    env = TuneEnv(scenes, astray=ASTRAY)
    env.reset(seed=seed)
    done, returns = 0, []
    while done < steps:
        epsilon = HYPER.epsilon_start + done / steps * (HYPER.epsilon_end - HYPER.epsilon_start)
        played, earned = episode(env, learner, epsilon)
        done += played
        returns.append(earned)
    tenths = np.array_split(returns, 10)
    return table, [float(part.mean()) for part in tenths]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    scenes, names = [], []
    for folder in session_folders(args.songs):
        recording = listen(folder)
        scenes += scenes_of(recording.heard, roles_of(recording.session, recording.heard), rng)
        names.append(folder.name)
    print(f"{len(scenes)} scenes of {len(names)} songs", flush=True)
    before = time.perf_counter()
    with threadpool_limits(1, "blas"):
        table, returns = train(scenes, args.steps, args.seed)
    spent = time.perf_counter() - before
    print(f"{args.steps} steps in {spent:.0f} s; mean return by tenth: {', '.join(f'{r:.2f}' for r in returns)}")
    print(f"{np.count_nonzero(table.visits.any(1))} of {LAYOUT.states} states were seen")
    command = f"python benchmarks/train_tone.py SONGS --steps {args.steps} --seed {args.seed}"
    made = policy.about(HYPER, steps=args.steps, seed=args.seed, sessions=tuple(names), command=command, layout=LAYOUT)
    policy.save(args.out, table, made)


if __name__ == "__main__":
    main()
