"""Mix an archive of a thousand small sessions, three of them broken; and train with one worker and with two.

    python benchmarks/batch.py archive [--sessions 1000] [--measured 100] [--workers 2]
    python benchmarks/batch.py training TRAIN_DIR [--tried HELD_OUT_DIR] [--steps 300000] [--workers 2] [--turns 2]

``archive``: the whole archive, stopped by Ctrl-C a third of the way, taken up, and run once more, which has nothing
left to do but the broken ones; then sessions a second with one worker and with more, alternately, starts included.
``training``: the table of the plain loop and those that workers played for, with the mean cost J where the table alone
ends from scrambles that it has not seen; one worker and more by turns. The start (processes, imports, sending the
sessions) is told apart from the rate after it, and what the learner itself used of a core from what it waited.
"""

import argparse
import hashlib
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
from threadpoolctl import threadpool_limits

from agent.environment import MixEnv, scramble
from agent.planning import plan
from agent.q_learning import QTable
from agent.targets import LOUDNESS_LUFS
from agent.training import SCRAMBLE_DB, train_policy
from bridge.interrupts import heeded
from bridge.learning import Recording, listen, scene, session_folders, training_scenes
from bridge.training_workers import train_by_workers
from bridge.workers import Crew

RATE_HZ = 16_000
VOICES = {"Kick": (60.0, 0.3), "Bass": (90.0, 0.08), "Lead Vocal": (600.0, 0.04)}
BROKEN = {"empty": None, "text": b"not a sound", "cut short": b"RIFF\x00\x00\x00\x00WAVE"}


def write_archive(folder: Path, sessions: int) -> list[str]:
    """Write sessions of two or three stems of one to two seconds; the names of the broken ones are returned."""
    rng = np.random.default_rng(7)
    places = np.linspace(0, sessions - 1, len(BROKEN) + 2).astype(int)[1:-1].tolist()
    broken = dict(zip(places, BROKEN.items(), strict=True))
    names = []
    for number in range(sessions):
        kind, data = broken.get(number, ("", b""))
        session = folder / f"song {number:04}{f' ({kind})' if kind else ''}"
        session.mkdir(parents=True)
        if kind:
            names.append(session.name)
            if data is not None:
                (session / "Kick.wav").write_bytes(data)
            continue
        time_s = np.arange(round(rng.uniform(1.0, 2.0) * RATE_HZ)) / RATE_HZ
        for name, (freq_hz, gain) in itertools.islice(VOICES.items(), int(rng.integers(2, 4))):
            wave = gain * rng.uniform(0.3, 1.5) * np.sin(2 * np.pi * freq_hz * rng.uniform(0.8, 1.25) * time_s)
            wave *= 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(1.0, 4.0) * time_s)
            soundfile.write(session / f"{name}.wav", wave, RATE_HZ, "PCM_16")
    return names


def mixed(folder: Path, out: Path, workers: int, *, stop_after: int | None = None) -> tuple[int, float, str]:
    """Run ``faderbot batch`` and return its exit code, seconds and what it printed; stop it as Ctrl-C does."""
    command = [sys.executable, "-m", "bridge", "batch", str(folder), "--out", str(out), "--workers", str(workers)]
    begun_s = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as job:  # noqa: S603
        tick = threading.Event()
        while stop_after is not None and job.poll() is None and len(lines(out)) < stop_after:
            tick.wait(0.2)
        if stop_after is not None:
            job.send_signal(signal.SIGINT)
        said, _ = job.communicate()
    return job.returncode, time.perf_counter() - begun_s, said


def lines(out: Path) -> list[dict[str, object]]:
    ledger = out / "batch.json"
    whole = ledger.read_text().split("\n")[:-1] if ledger.exists() else []
    return [json.loads(line) for line in whole]


def archive(args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        part, whole = Path(scratch, "part"), Path(scratch, "whole")
        write_archive(part, args.measured + len(BROKEN))
        broken = write_archive(whole, args.sessions)
        out = Path(scratch, "out")
        code, seconds, _ = mixed(whole, out, args.workers, stop_after=args.sessions // 3)
        kept = [line["session"] for line in lines(out)]
        stamps = {name: Path(str(line["out"]), "mix.wav").stat().st_mtime_ns for line in lines(out)
                  if line["status"] == "done" for name in [line["session"]]}  # fmt: skip
        left = sorted(path.name for path in out.rglob(".faderbot-*"))
        print(f"stopped after {seconds:.0f} s: exit code {code}, {len(kept)} done, half-written: {left or 'none'}")
        code, seconds, _ = mixed(whole, out, args.workers)
        done = [line for line in lines(out) if line["status"] == "done"]
        failed = {Path(str(line["session"])).name: line["reason"] for line in lines(out) if line["status"] == "failed"}
        untouched = all(Path(str(line["out"]), "mix.wav").stat().st_mtime_ns == stamps[line["session"]]
                        for line in done if line["session"] in stamps)  # fmt: skip
        print(f"taken up, {seconds:.0f} s: exit code {code}, {len(done)} done, {len(failed)} failed, "
              f"those done before left alone: {untouched}")  # fmt: skip
        for name, reason in sorted(failed.items()):
            print(f"- {name}: {re.sub('/[^:]*/', '', str(reason))}")
        assert sorted(failed) == sorted(broken)
        assert len(done) == args.sessions - len(broken)
        code, seconds, said = mixed(whole, out, args.workers)
        skipped = re.search(r"skipped\D*(\d+)", said)
        print(f"once more, {seconds:.0f} s: exit code {code}, {skipped[1] if skipped else 'none'} skipped")
        rates: dict[int, list[float]] = {1: [], args.workers: []}
        for turn in range(2):
            for workers, found in rates.items():
                _, seconds, _ = mixed(part, Path(scratch, f"out-{turn}-{workers}"), workers)
                found.append(args.measured / seconds)
        print("\n| workers | sessions a second, run by run | mean |\n|---|---|---|")
        for workers, found in rates.items():
            print(f"| {workers} | {', '.join(f'{rate:.2f}' for rate in found)} | {np.mean(found):.2f} |")
        print(f"\n{args.workers} workers are {np.mean(rates[args.workers]) / np.mean(rates[1]):.2f} times as fast as 1")
        print(f"(load of this machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


def training(args: argparse.Namespace) -> None:
    recordings = [listen(folder) for folder in session_folders([args.train])]
    tried = [listen(folder) for folder in session_folders([args.tried or args.train])]
    names = [recording.session.name for recording in recordings]
    ways = {"plain loop": partial(train_policy, training_scenes(recordings))}
    playing = {n: f"{n} playing" for n in sorted({1, args.workers})}
    ways |= {name: partial(train_by_workers, recordings, Crew(n)) for n, name in playing.items()}
    print("| training | start, s | steps a second after it | learner's core, s | mean J, table alone | arrays |")
    print("|---|---|---|---|---|---|", flush=True)
    rates: dict[str, list[float]] = {name: [] for name in ways}
    digests: set[str] = set()
    for turn in range(args.turns):
        for name, train in ways.items() if turn == 0 else list(ways.items())[1:]:
            begun_s, used_s = time.perf_counter(), time.process_time()
            first: list[tuple[float, int]] = []

            def seen(done: int, _total: float, first: list[tuple[float, int]] = first) -> None:
                if not first:
                    first.append((time.perf_counter(), done))

            table, _ = train(names, steps=args.steps, seed=args.seed, progress=seen)
            ended_s, used_s = time.perf_counter(), time.process_time() - used_s
            [(first_s, done)] = first
            rates[name].append((args.steps - done) / (ended_s - first_s))
            digest = hashlib.sha256(table.tables.tobytes() + table.visits.tobytes()).hexdigest()[:12]
            if name in playing.values():
                digests.add(digest)
            cost = f"{judged(tried, table):.4f}" if turn == 0 and name != playing[max(playing)] else "as above"
            print(f"| {name} | {first_s - begun_s:.1f} | {rates[name][-1]:.0f} | {used_s:.1f} | {cost} | {digest} |")
            sys.stdout.flush()
    one, more = (float(np.mean(rates[playing[n]])) for n in (1, max(playing)))
    print(f"\nthe same table whoever played: {len(digests) == 1}")
    print(f"{max(playing)} workers play {more / one:.2f} times as many steps a second as 1")
    print(f"(load of this machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


def judged(recordings: list[Recording], table: QTable, scrambles: int = 10) -> float:
    """Return the mean cost where a table alone, without planning, ends from scrambles of these sessions."""
    costs = []
    with threadpool_limits(1, "blas"):
        for number, recording in enumerate(recordings):
            held = scene(recording, LOUDNESS_LUFS["streaming"])
            rng = np.random.default_rng(77 + number)
            for _ in range(scrambles):
                made = plan(MixEnv([held]), table, scramble(held, SCRAMBLE_DB, rng), seed=0, episodes=0)
                costs.append(made.cost.total)
    return float(np.mean(costs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(required=True)
    one = kinds.add_parser("archive")
    one.add_argument("--sessions", type=int, default=1000)
    one.add_argument("--measured", type=int, default=100)
    one.add_argument("--workers", type=int, default=2)
    one.set_defaults(run=archive)
    other = kinds.add_parser("training")
    other.add_argument("train", type=Path)
    other.add_argument("--tried", type=Path)
    other.add_argument("--steps", type=int, default=300_000)
    other.add_argument("--seed", type=int, default=0)
    other.add_argument("--workers", type=int, default=2)
    other.add_argument("--turns", type=int, default=2)
    other.set_defaults(run=training)
    heeded()  # started behind a shell, Ctrl-C would be ignored here and in what is started from here
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
