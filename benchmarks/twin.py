"""The twin against a real render measured by pyloudnorm: accuracy, then speed, in one run.

    python benchmarks/twin.py MULTITRACKS [--settings 20]

MULTITRACKS: the folder that docs/results.md says how to make. Prints Markdown.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm

from agent.actions import EQ_TRAVEL_DB, FADER_TRAVEL_DB
from agent.environment import MixEnv, Scene
from agent.hearing.heard import hear
from agent.hearing.twin import Twin
from agent.session import Settings
from agent.targets import LOUDNESS_LUFS, goal
from bridge.embedded import EmbeddedDaw
from bridge.learning import Recording, listen, roles_of, session_folders


def random_settings(found: Settings, rng: np.random.Generator, *, eq: bool) -> Settings:
    strips = tuple(
        replace(
            s.with_eq_gains(tuple(rng.uniform(-EQ_TRAVEL_DB, EQ_TRAVEL_DB, 4).tolist()) if eq else s.eq_gains_db),
            gain_db=float(rng.uniform(-FADER_TRAVEL_DB, FADER_TRAVEL_DB)),
        )
        for s in found.strips
    )
    return replace(found, strips=strips)


def rendered_lufs(daw: EmbeddedDaw, settings: Settings) -> float:
    daw.apply(settings, "benchmark")
    audio = np.concatenate(list(daw.render()))
    return float(pyloudnorm.Meter(daw.read().sample_rate_hz).integrated_loudness(audio))


def accuracy(folders: list[Path], count: int) -> None:
    print("| session | tracks | length, s | faders only: mean, worst error (LU) | with EQ: mean, worst error (LU) |")
    print("|---|---|---|---|---|")
    for folder in folders:
        daw, recording = EmbeddedDaw.open_stems(folder), listen(folder)
        found, twin = recording.session.settings, Twin(recording.heard, recording.session.settings)
        rng, cells = np.random.default_rng(1), []
        for eq in (False, True):
            errors = []
            for _ in range(count):
                settings = random_settings(found, rng, eq=eq)
                twin.set(settings)
                errors.append(abs(twin.mix_loudness_lufs() - rendered_lufs(daw, settings)))
            cells.append(f"{statistics.mean(errors):.5f}, {max(errors):.5f}")
        session = recording.session
        print(
            f"| {session.name} | {len(session.tracks)} | {session.length_s:.0f} | {cells[0]} | {cells[1]} |", flush=True
        )


def seconds(run: Callable[[], object], times: int) -> float:
    before = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - before) / times


def speed(folder: Path) -> None:
    daw, recording = EmbeddedDaw.open_stems(folder), listen(folder)
    session, found = recording.session, recording.session.settings
    rng = np.random.default_rng(2)
    tracks, twin = len(session.tracks), Twin(recording.heard, session.settings)
    meter = pyloudnorm.Meter(session.sample_rate_hz)
    stems = np.concatenate(list(daw.audio()), axis=1)
    blocks = [stems[:, at : at + session.sample_rate_hz] for at in range(0, stems.shape[1], session.sample_rate_hz)]
    alone = seconds(lambda: [meter.integrated_loudness(stem) for stem in stems], 3)
    hearing = seconds(lambda: hear(blocks, session.sample_rate_hz, [0.0] * tracks), 3)
    render = seconds(lambda: rendered_lufs(daw, random_settings(found, rng, eq=False)), 3)
    render_eq = seconds(lambda: rendered_lufs(daw, random_settings(found, rng, eq=True)), 3)

    def fader() -> None:
        twin.turn_fader(int(rng.integers(tracks)), float(rng.uniform(-12, 12)))
        twin.mix_loudness_lufs()

    def eq() -> None:
        twin.turn_eq(int(rng.integers(tracks)), tuple(rng.uniform(-6, 6, 4).tolist()))
        twin.mix_loudness_lufs()

    fader_s, eq_s = seconds(fader, 5000), seconds(eq, 2000)
    print(f"\n{tracks} tracks × {session.length_s:.0f} s ({session.name}):\n")
    print("| what | time | ratio |\n|---|---|---|")
    print(f"| render + pyloudnorm, faders | {render:.2f} s | 1 |")
    print(f"| twin, fader step + loudness | {fader_s * 1e6:.0f} µs | ×{render / fader_s:,.0f} |")
    print(f"| render + pyloudnorm, EQ on all tracks | {render_eq:.2f} s | 1 |")
    print(f"| twin, EQ step + loudness | {eq_s * 1e6:.0f} µs | ×{render_eq / eq_s:,.0f} |")
    print(f"| pyloudnorm, every stem once | {alone:.2f} s | 1 |")
    print(f"| hearing the session | {hearing:.2f} s | ×{alone / hearing:.2f} |")
    for name, heard in (("100 ms hops", recording.heard), ("400 ms hops", recording.heard.coarse())):
        for uses_eq in (False, True):
            rate = steps_per_second(Recording(session, heard), eq=uses_eq)
            print(f"| environment, {'EQ' if uses_eq else 'faders only'}, {name} | {rate:,.0f} steps/s | |")


def steps_per_second(recording: Recording, *, eq: bool, count: int = 8000) -> float:
    found = recording.session.settings
    twin = Twin(recording.heard, found)
    wanted = goal(twin, roles_of(recording.session, recording.heard), loudness_lufs=LOUDNESS_LUFS["streaming"])
    env = MixEnv([Scene(twin, wanted, found)], eq=eq, scramble_db=FADER_TRAVEL_DB)
    rng = np.random.default_rng(3)
    _, info = env.reset(seed=3)
    before = time.perf_counter()
    for _ in range(count):
        # Among the open actions other than hold: a masked or held step would cost next to nothing.
        _, _, terminated, truncated, info = env.step(rng.choice(np.flatnonzero(info["action_mask"])[1:]))
        if terminated or truncated:
            _, info = env.reset()
    return count / (time.perf_counter() - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("multitracks", type=Path, nargs="+")
    parser.add_argument("--settings", type=int, default=20)
    parser.add_argument("--speed-only", action="store_true")
    args = parser.parse_args()
    folders = session_folders(args.multitracks)
    if not args.speed_only:
        accuracy(folders, args.settings)
    speed(max(folders, key=lambda folder: len(EmbeddedDaw.open_stems(folder).stems)))


if __name__ == "__main__":
    main()
