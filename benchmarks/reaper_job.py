"""``faderbot mix --daw reaper`` against the mock REAPER: how long it takes, whether all ways agree, how fast they are.

    python benchmarks/reaper_job.py [STEMS_DIR]

STEMS_DIR: ten stems of three minutes; noise in third-octave bands is made up without one. Prints Markdown.

- Time: the console program, from its start until its journal says that all was read back, and to its report. Then the
  same job within this process, every call to the link and the web interface timed: *talking* is the sum of those,
  REAPER's own render left out and shown beside it.
- The same settings: for 10, 32 and 64 tracks the settings that a dry run reports with REAPER and with the folder of its
  stems, and the reported ones against those that the web interface, reapy and OSC read back after a job.
- Speed: questions and answers one after the other; then meters of 64 tracks, 15 times a second, as ``bridge.osc``
  receives them, with the processor time that it takes.
"""

import argparse
import itertools
import json
import math
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from agent.mixing import Wish
from agent.policy import shipped
from agent.targets import LOUDNESS_LUFS
from bridge.journal import Journal, State
from bridge.live_job import mix_live
from bridge.osc.link import OscLink, OscPorts
from bridge.osc.packets import Message
from bridge.osc.surface import Surface
from bridge.reaper.daw import ReaperDaw
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.survey import Survey
from bridge.reaper.web import WebInterface

ROOT = Path(__file__).parents[1]
PATTERN = ROOT / "daw_scripts" / "reaper" / "Faderbot.ReaperOSC"
HOST, RATE_HZ = "127.0.0.1", 48_000
EXCERPT_S, EXCERPT_FROM_S = 20, 30
METERS_S, METERS_HZ, METERED_TRACKS = 12.0, 15, 64


@dataclass(frozen=True)
class Reaper:
    """A mock REAPER in a process of its own."""

    web_port: int
    osc_port: int | None
    listen_port: int


@contextmanager
def reaper(project: Path, *options: str) -> Iterator[Reaper]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        listen_port = probe.getsockname()[1]
    ways = ["--web", "0", "--reapy", "0", "--osc", "0", "--osc-to", f"{HOST}:{listen_port}", "--pattern", str(PATTERN)]
    with begun("mock_daw", str(project), "--json", *ways, *options) as process:
        assert process.stdout is not None
        ends = json.loads(process.stdout.readline())
        try:
            yield Reaper(ends["web"][1], ends["osc"][1], listen_port)
        finally:
            process.terminate()
            process.communicate()


def begun(module: str, *words: str, state: Path | None = None) -> "subprocess.Popen[str]":
    more = {} if state is None else {"FADERBOT_STATE_DIR": str(state)}
    return subprocess.Popen(  # noqa: S603 - our own programs
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), **more},
        text=True,
        stdout=subprocess.PIPE,
    )


def faderbot(state: Path, *words: str) -> str:
    with begun("bridge", *words, state=state) as process:
        out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"faderbot {' '.join(words)} failed")
    return out


# Time


class Timed:
    """Passes everything on, and adds up how long each method takes."""

    def __init__(self, what: Any, seconds: dict[str, float]) -> None:
        self._what, self._seconds = what, seconds

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._what, name)

        def timed(*args: Any, **options: Any) -> Any:
            with timing(self._seconds, name):
                return method(*args, **options)

        return timed


@contextmanager
def timing(seconds: dict[str, float], name: str) -> Iterator[None]:
    before = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - before


def job_time(stems: Path, place: Path) -> None:
    print("| what | s |\n|---|---|")
    with reaper(stems) as daw:
        before = time.perf_counter()
        state = place / "timed"
        with begun("bridge", "mix", "--daw", "reaper", "--web-port", str(daw.web_port), state=state) as job:
            while not applied(state) and job.poll() is None:
                threading.Event().wait(0.02)
            took = time.perf_counter() - before
            print(f"| the command, from its start until all is applied and read back | {took:.1f} |")
            job.communicate()
        print(f"| … and until its report is there | {time.perf_counter() - before:.1f} |", flush=True)
    seconds: dict[str, float] = {}
    with reaper(stems) as daw, timing(seconds, "all"):
        web = Timed(WebInterface(HOST, daw.web_port), seconds)
        with timing(seconds, "connecting"):
            web.transport()
            link = ReapyLink.connect(HOST, daw.web_port)
        with closing(link):
            live = ReaperDaw(Timed(link, seconds), f"{HOST}:{daw.web_port}", witness=web)
            session = live.read()
            mix_live(live, Wish(LOUDNESS_LUFS["streaming"]), shipped()[0], Journal(place / "within"), session)
    everything, render = seconds.pop("all"), seconds.pop("dry_run_loudness")
    seconds.pop("transport")  # within connecting
    print(f"| the same job within this process | {everything:.1f} |")
    print(f"| of it talking | {sum(seconds.values()):.2f} |")
    for name, took in seconds.items():
        print(f"| … {NAMES[name]} | {took:.2f} |")
    print(f"| of it REAPER's dry-run render | {render:.2f} |\n", flush=True)


def applied(state: Path) -> bool:
    return any(entry.state is State.DONE for _, entry in Journal(state).entries())


NAMES = {
    "connecting": "connecting, reapy's process started",
    "survey": "reading the project, three times",
    "audio": "reading audio through accessors",
    "write": "writing",
    "tracks": "the web interface as a witness",
    "undo_name": "the name of the undo step",
}


# The same settings


def agreement(stems: Path, count: int, place: Path) -> None:
    folder = excerpts(stems, count, place / f"{count}")
    of_stems = settings(json.loads(faderbot(place, "mix", str(folder), "--dry-run", "--json")))
    with reaper(folder, "--tick-ms", "0") as daw:
        here = ("mix", "--daw", "reaper", "--web-port", str(daw.web_port), "--json")
        of_daw = settings(json.loads(faderbot(place, *here, "--dry-run")))
        reported = settings(json.loads(faderbot(place, *here)))
        cells = [largest(of_stems, of_daw), largest(of_daw, reported), largest(reported, by_reapy(daw))]
        cells += [largest(reported[: count + 1], by_web(daw)), largest(reported[: count + 1], by_osc(daw))]
    print(f"| {count} | " + " | ".join(f"{cell:.6f}" for cell in cells) + " |", flush=True)


def settings(document: dict[str, Any]) -> list[float]:
    """Return the master's and the tracks' faders, then all EQ gains, in dB."""
    tracks = [track["after"] for track in document["tracks"]]
    eq = [band["gain_db"] for track in tracks for band in track["eq"]]
    return [document["master"]["after_db"], *(track["gain_db"] for track in tracks), *eq]


def by_reapy(daw: Reaper) -> list[float]:
    with ReapyLink.connect(HOST, daw.web_port) as link:
        found: Survey = link.survey()
    eq = [[band.gain_db for band in t.effects[0].bands[:4]] if t.effects else [0.0] * 4 for t in found.tracks]
    return [*(db(t.gain_linear) for t in (found.master, *found.tracks)), *np.concatenate(eq).tolist()]


def by_web(daw: Reaper) -> list[float]:
    return [db(gain) for gain in WebInterface(HOST, daw.web_port).gains()]


def by_osc(daw: Reaper) -> list[float]:
    with opened(daw) as link:
        desk = Surface(link, HOST, daw.listen_port).read()
    return [desk.master_gain_db, *(track.gain_db for track in desk.tracks)]


@contextmanager
def opened(daw: Reaper) -> Iterator[OscLink]:
    assert daw.osc_port is not None
    with closing(OscLink.open(OscPorts(HOST, daw.osc_port, daw.listen_port))) as link:
        yield link


def largest(one: Sequence[float], other: Sequence[float]) -> float:
    assert len(one) == len(other), (len(one), len(other))
    return float(np.max(np.abs(np.subtract(one, other))))


def db(linear: float) -> float:
    return 20.0 * math.log10(linear)


# Speed


def round_trips(stems: Path, tick_ms: int) -> None:
    with reaper(stems, "--tick-ms", str(tick_ms)) as daw, opened(daw) as link:
        web = WebInterface(HOST, daw.web_port)
        with ReapyLink.connect(HOST, daw.web_port) as reapy:
            rates = [rate(web.transport), rate(reapy.undo_name)]
        levels_db = itertools.cycle([-1.0, -2.0, -3.0])

        def moved() -> None:
            link.send([Message("/track/1/volume/db", (next(levels_db),))])
            came = [Message("")]
            while not any(message.address == "/track/1/volume/str" for message in came):
                came = link.receive(5.0)
                assert came, "no echo came"

        rates.append(rate(moved))
    print(f"| {tick_ms} ms | " + " | ".join(f"{found:.0f}" for found in rates) + " |", flush=True)


def rate(ask: Callable[[], object], seconds: float = 3.0) -> float:
    ask()
    asked, before = 0, time.perf_counter()
    while time.perf_counter() - before < seconds:
        ask()
        asked += 1
    return asked / (time.perf_counter() - before)


def meter_throughput(stems: Path, place: Path) -> None:
    folder = place / f"{METERED_TRACKS}"
    period_ms = f"{1000 / METERS_HZ:.3f}"
    with reaper(folder if folder.exists() else excerpts(stems, METERED_TRACKS, folder), "--tick-ms", period_ms) as daw:
        WebInterface(HOST, daw.web_port).action(1007)  # play
        with opened(daw) as link:
            link.receive(1.0)
            messages, meters, sides = 0, 0, set()
            before, before_cpu = time.perf_counter(), cpu_s()
            while time.perf_counter() - before < METERS_S:
                for message in link.receive(0.2):
                    messages += 1
                    if "/vu/" in message.address:
                        meters += 1
                        sides.add(message.address)
            took, cpu = time.perf_counter() - before, cpu_s() - before_cpu
    print(
        f"\n{meters / took:.0f} meter values a second from {len(sides)} meters ({messages / took:.0f} messages in "
        f"all), received and parsed with {cpu / took:.1%} of a core. A full set {METERS_HZ} times a second is "
        f"{2 * (METERED_TRACKS + 1) * METERS_HZ}."
    )


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# Stems


def made_up(folder: Path, count: int, seconds: int) -> Path:
    """Write stems of noise, each around a frequency of its own."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        noise = rng.normal(0.0, 1.0, (seconds * RATE_HZ, 2)).astype(np.float32)
        spectrum = np.fft.rfft(noise, axis=0)
        freqs = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
        centre = 60.0 * 2.0 ** (number * 7.0 / count)
        spectrum *= np.exp(-(np.log2(np.maximum(freqs, 1.0) / centre) ** 2))[:, None]
        wave = np.fft.irfft(spectrum, axis=0)
        wave *= rng.uniform(0.02, 0.1) / np.std(wave)
        sf.write(folder / f"{number + 1:02d} Noise.wav", wave, RATE_HZ, "PCM_24")
    return folder


def excerpts(stems: Path, count: int, folder: Path) -> Path:
    """Write so many excerpts of stems, those that come again at levels and places of their own."""
    folder.mkdir(parents=True)
    files = sorted(stems.glob("*.wav"))
    rng = np.random.default_rng(1)
    for number in range(count):
        path = files[number % len(files)]
        again = number // len(files)
        with sf.SoundFile(path) as file:
            start = min((EXCERPT_FROM_S + 5 * again) * file.samplerate, max(0, len(file) - EXCERPT_S * file.samplerate))
            file.seek(start)
            audio = file.read(EXCERPT_S * file.samplerate, dtype="float32", always_2d=True)
            level = 1.0 if again == 0 else 10 ** (rng.uniform(-12.0, 0.0) / 20.0)
            sf.write(folder / f"{number + 1:02d} {path.stem[3:]}.wav", audio * level, file.samplerate, "PCM_24")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stems", type=Path, nargs="?", help="a folder of ten stems of three minutes")
    args = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        stems = args.stems or made_up(place / "stems", 10, 180)
        job_time(stems, place)
        print("| tracks | stems, REAPER: dry runs | dry run, job | reapy | web | OSC |\n" + "|---" * 6 + "|")
        for count in (10, 32, 64):
            agreement(stems, count, place / "same")
        print("\n| a turn of REAPER's main loop | web, /s | reapy, /s | OSC, /s |\n|---|---|---|---|")
        for tick_ms in (33, 0):
            round_trips(stems, tick_ms)
        meter_throughput(stems, place / "same")


if __name__ == "__main__":
    main()
