"""Faults in the middle of ``faderbot mix --daw reaper``: the session is mixed, or as before, and nothing hangs.

    python benchmarks/faults.py [--runs 50] [--workers 2] [--only killed]

Each run starts the mock REAPER and the job as programs of their own, over real sockets, and lets a fault befall them at
a point of the job: a count of reapy calls, web requests or changes, drawn by a seed so that a fault's points cover the
whole job. Then the session is read back through reapy and the web interface, value by value, after ``faderbot undo``
where the job said that it is needed. An answer is the time from the fault to the end of the command, less what the
fault lasts where the job got through all the same; 5 s are allowed. Prints Markdown, and each run that failed; exit
code 1 where one did. Needs Linux's /proc, to see that no process is left behind.
"""

import argparse
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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from agent.daw import DawError
from bridge.changes import BandValue, Change, same
from bridge.journal import Entry, Journal, State
from bridge.reaper import reading
from bridge.reaper.reapy_link import ReapyLink
from bridge.reaper.survey import MASTER, Survey, SurveyTrack
from bridge.reaper.web import WebInterface

ROOT = Path(__file__).parents[1]
LIMIT_S = 90.0
ANSWER_S = 5.0
BACK_S = 30.0
ORPHANS_S = 4.0
POLL_S = 0.005
RATE_HZ = 44_100
STEMS = {"Kick": (60.0, 0.3), "Bass": (90.0, 0.05), "Guitar": (400.0, 0.08), "Lead Vocal": (900.0, 0.03)}
FADERS = (0.7071, 1.25, 0.33, 0.9, 0.8)
WRITES_LOOKED_FOR = 80


@dataclass(frozen=True)
class Reach:
    """What a job without faults comes to: changes, calls and requests, the call of the first change, its time."""

    writes: int
    calls: int
    requests: int
    first_write: int
    seconds: float

    def triggers(self, count: int, rng: np.random.Generator) -> list[str]:
        """Return points that cover the job: a third in its changes, a third from there on, the rest before."""
        in_writes, after, at_web = round(0.36 * count), round(0.3 * count), round(0.08 * count)
        spans = (
            ("write", 1, self.writes, in_writes),
            ("reapy", self.first_write - 15, self.calls, after),
            ("web", 1, self.requests, at_web),
            ("reapy", 1, self.first_write, count - in_writes - after - at_web),
        )
        return [f"{of}#{at}" for of, low, high, n in spans for at in _spread(low, high, n, rng)]


@dataclass(frozen=True)
class Row:
    """A fault: what the mock is told, given the point and lots; what happens to the job there; the user's deed."""

    name: str
    faults: Callable[[str, np.random.Generator], list[str]]
    signal: int | None = None
    comes_back: bool = True
    user: bool = False


def _user(words: str) -> Callable[[str, np.random.Generator], list[str]]:
    return lambda at, rng: [words.format(at=at, track=rng.integers(1, 5), any=rng.integers(0, 5))]


ROWS = (
    Row("none", lambda _at, _rng: []),
    Row("a dialogue for 9 s", lambda at, _: [f"freeze@{at} for 9s"]),
    Row("a dialogue for 2 s", lambda at, _: [f"freeze@{at} for 2s"]),
    Row("REAPER is gone, started again later", lambda at, _: [f"vanish@{at}"], comes_back=False),
    Row("REAPER restarts at once", lambda at, _: [f"restart@{at}"]),
    Row("REAPER saves, then is gone for 1 s", lambda at, _: [f"user-save@{at}", f"restart@{at} for 1s"]),
    Row("reapy's server crashes", lambda at, _: [f"reapy-crash@{at}"]),
    Row("the web is slow", lambda at, rng: [f"web:delay={rng.choice([0.2, 0.7, 2.0, 6.0])}@{at} for 6s"]),
    Row("the user moves a fader", _user("user-fader@{at}:track={any},db=-7.5"), user=True),
    Row("the user deletes a track", _user("user-delete@{at}:track={track}"), user=True),
    Row("the user renames a track", _user("user-rename@{at}:track={track},name=Solo"), user=True),
    Row(
        "the user undoes a step",
        lambda at, _: ["user-fader@0.01s:track=2,db=-3", f"user-undo@{at}"],
        user=True,
    ),
    Row("Faderbot is killed (−9)", lambda at, _: [f"reapy:delay=0@{at}"], signal=signal.SIGKILL),
    Row("Ctrl-C", lambda at, _: [f"reapy:delay=0@{at}"], signal=signal.SIGINT),
    Row("SIGTERM", lambda at, _: [f"reapy:delay=0@{at}"], signal=signal.SIGTERM),
)
DEEDS = {"user-fader": "gain_linear", "user-rename": "name", "user-delete": "", "user-undo": "gain_linear"}


@dataclass
class Run:
    """What became of a run. ``failures`` is empty where all is well."""

    row: Row
    faults: list[str]
    state: str = "hung"
    befell: bool = False
    restored: bool = False
    lost: bool = False
    answer_s: float = 0.0
    failures: list[str] = field(default_factory=list)
    said: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="only the faults whose name this expression matches")
    args = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    failed: list[Run] = []
    lost: list[Run] = []
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(args.workers) as pool:
        project = _write_project(Path(place))
        found, reach = _calibrated(project, Path(place))
        print(
            f"A job without faults: {reach.calls} reapy calls, {reach.requests} web requests, {reach.writes} changes, "
            f"the first at call {reach.first_write}; {reach.seconds:.1f} s.\n"
        )
        columns = ["fault", "runs", "befell", "mixed", "as before", "restored by `faderbot undo`", "in between", "hung"]
        columns += ["user's change lost"]
        print("| " + " | ".join([*columns, "slowest answer, s"]) + " |\n|" + "---|" * (len(columns) + 1))
        for number, row in enumerate(ROWS):
            if not re.search(args.only, row.name):
                continue
            rng = np.random.default_rng([args.seed, number])
            points = reach.triggers(args.runs, rng)
            works = [(row, row.faults(at, rng), Path(place) / f"{number}-{n}") for n, at in enumerate(points)]
            runs = list(pool.map(lambda work: _run(project, found, *work), works))
            print(_line(row, runs), flush=True)
            failed += [run for run in runs if run.failures]
            lost += [run for run in runs if run.lost]
    for run in lost:
        print(f"\n{run.row.name}, {' '.join(run.faults)}: the user's change is gone, and the session {run.state}")
    for run in failed:
        print(f"\n{run.row.name}, {' '.join(run.faults)}: {'; '.join(run.failures)}\n    {run.said}")
    print(f"\n{len(failed)} runs failed." if failed else "\nNever in between, nothing hung.")
    sys.exit(1 if failed else 0)


def _line(row: Row, runs: list[Run]) -> str:
    def count(state: str, *, restored: bool = False) -> int:
        return sum(run.state == state and run.restored is restored for run in runs)

    cells = [len(runs), sum(run.befell for run in runs), count("mixed"), count("as before")]
    cells += [count("as before", restored=True)]
    cells += [sum(run.state == "in between" for run in runs), sum(run.state == "hung" for run in runs)]
    cells += [sum(run.lost for run in runs)]
    return f"| {row.name} | " + " | ".join(map(str, cells)) + f" | {max(run.answer_s for run in runs):.1f} |"


# One run


def _run(project: Path, found: Survey, row: Row, faults: list[str], place: Path) -> Run:
    run = Run(row, faults)
    place.mkdir()
    with _reaper(project, place / "log", faults) as daw:
        out, code, ended_s = _job(daw, place, row.signal)
        run.said = out.strip().replace("\n", "\n    ")
        if code is None:
            run.failures.append("hung")
            return run
        befell_s = daw.befell_s()
        run.befell = befell_s is not None
        if befell_s is not None:
            lasts = re.search(r" for ([\d.]+)s", " ".join(faults)) if code == 0 else None
            run.answer_s = max(0.0, ended_s - befell_s - (float(lasts[1]) if lasts else 0.0))
        _judge_words(run, code, out)
        if not _none_left(place):
            run.failures.append("a process was left behind")
        if not row.comes_back and run.befell:
            daw.start_anew()
        entry = next((entry for _, entry in Journal(place / "state").entries()), None)
        told = "faderbot undo`" in out or (
            code == -signal.SIGKILL and entry is not None and entry.state is State.WRITING
        )
        run.state = _state(run, daw, found, entry)
        if told:
            _undo(run, daw, place, found, entry)
        _judge_state(run, code, entry, told=told)
    return run


def _undo(run: Run, daw: "Reaper", place: Path, found: Survey, entry: Entry | None) -> None:
    undo = _begun(_faderbot("undo", daw.web_port), place)
    said, _ = undo.communicate(timeout=LIMIT_S)
    was, run.state = run.state, _state(run, daw, found, entry)
    run.restored = run.state == "as before" != was
    run.said += f"\n    was {was}; undo: {said}".rstrip().replace("\n", "\n    ")
    if undo.returncode:
        run.failures.append("faderbot undo failed")


def _judge_words(run: Run, code: int, out: str) -> None:
    wanted = {None: {0, 2}, signal.SIGINT: {0, 2, 130}, signal.SIGTERM: {0, 2, 143}, signal.SIGKILL: {0, -9}}
    if code not in wanted[run.row.signal]:
        run.failures.append(f"exit code {code}")
    if "Traceback" in out or "unexpected" in out:
        run.failures.append("an unexpected error")
    if code == 2 and not re.fullmatch(r"faderbot: [^\n]+\n", out):
        run.failures.append("not one line")
    if run.answer_s > ANSWER_S:
        run.failures.append(f"answered after {run.answer_s:.1f} s")


def _judge_state(run: Run, code: int, entry: Entry | None, *, told: bool) -> None:
    done = entry is not None and entry.state is State.DONE
    wanted = {"mixed"} if code == 0 or (code == -signal.SIGKILL and done) else {"as before"}
    if code == 0 and ("undo" in run.row.name or "restart" in run.row.name or "gone" in run.row.name):
        wanted.add("as before")  # the user's own undo, or a REAPER that went after all was written and said
    if run.state not in wanted:
        run.failures.append(f"the session is {run.state}, code {code}, {'told' if told else 'not told'} to undo")


# Reading back


def _state(run: Run, daw: "Reaper", found: Survey, entry: Entry | None) -> str:
    now, faders = daw.read_back()
    if not np.allclose(faders, [t.gain_linear for t in (now.master, *now.tracks)], rtol=1e-5, atol=1e-6):
        run.failures.append("reapy and the web interface do not agree")
    theirs = _touched(run, found)
    changes = entry.changes if entry is not None else ()
    befores = {t.guid: t for t in found.tracks} | {MASTER: found.master}
    afters = {t.guid: t for t in now.tracks} | {MASTER: now.master}
    gone = {guid for guid in befores if guid not in afters}
    if not gone <= {guid for guid, what in theirs if not what}:
        return "in between"
    run.lost = run.lost or (
        run.befell and any(_lost(run, befores[guid], afters.get(guid), what) for guid, what in theirs)
    )
    verdicts = set()
    for guid, after in afters.items():
        mine = [change for change in changes if change.track == guid]
        free = {what for track, what in theirs if track == guid}
        if not _same_rest(befores[guid], after, free, mine):
            return "in between"
        for change in mine:
            if (
                change.what == "fader"
                and "gain_linear" in free
                and run.row.user
                and not same(after.gain_linear, change.wanted)
                and not same(after.gain_linear, change.found)
            ):
                continue  # the user's
            verdicts.add(_stands(change, after))
    if not verdicts or verdicts == {"as before"}:
        return "as before"
    return "mixed" if verdicts == {"mixed"} else "in between"


def _touched(run: Run, found: Survey) -> set[tuple[str, str]]:
    """Return what the user changes in this run: the track and the field, an empty one for all of the track."""
    touched = set()
    for fault in run.faults:
        name, _, rest = fault.partition("@")
        number = re.search(r"track=(\d+)", rest)
        if name in DEEDS and number:
            guid = MASTER if number[1] == "0" else found.tracks[int(number[1]) - 1].guid
            touched.add((guid, DEEDS[name]))
    return touched


def _lost(run: Run, before: SurveyTrack, after: SurveyTrack | None, what: str) -> bool:
    """Tell whether what the user did is gone; a step undone is none."""
    if after is None or "undo" in run.row.name:
        return False
    return not what or getattr(before, what) == getattr(after, what)


def _stands(change: Change, track: SurveyTrack) -> str:
    value: Any = {"fader": track.gain_linear, "pan": track.pan}.get(change.what)
    if change.what == "eq":
        value = _eq(track)
    standing = {"as before": same(value, change.found), "mixed": same(value, change.wanted)}
    return next((name for name, stands in standing.items() if stands), "in between")


def _eq(track: SurveyTrack) -> tuple[Any, ...]:
    mine = reading.own_eq(track)
    return () if mine is None else tuple(BandValue(**band.model_dump()) for band in mine.bands)


def _same_rest(before: SurveyTrack, after: SurveyTrack, free: set[str], changes: list[Change]) -> bool:
    """Tell whether a track is as it was but for what the job or the user changes."""
    fields = {"fader": "gain_linear", "pan": "pan", "eq": "effects"}
    left_out = free | {fields[change.what] for change in changes if change.what in fields}
    if not changes or "effects" not in left_out:
        return before.model_dump(exclude=left_out) == after.model_dump(exclude=left_out)
    others = [[e for e in t.effects if e != reading.own_eq(t)] for t in (before, after)]
    return others[0] == others[1] and before.model_dump(exclude=left_out) == after.model_dump(exclude=left_out)


# The two programs


@dataclass
class Reaper:
    """A mock REAPER in a process of its own, which notes when what reached it."""

    project: Path
    log: Path
    process: subprocess.Popen[str]
    web_port: int
    reapy_port: int

    def lines(self) -> list[list[str]]:
        """Return what reached it: the time, the wire, the words."""
        whole, _, _ = self.log.read_text().rpartition("\n")  # the last line may be in the middle of being written
        return [line.split(" ", 2) for line in whole.splitlines()]

    def befell_s(self) -> float | None:
        """Return when the fault of the run began; None where it has not."""
        times = [float(at) for at, wire, what in self.lines() if wire == "fault" and "@0.01s" not in what]
        return times[0] if times else None

    def start_anew(self) -> None:
        """Open the project again, on the same ports."""
        self.process.kill()
        self.process.communicate()
        self.process, _ = _started(self.project, self.log, [], self.web_port, self.reapy_port)

    def read_back(self) -> tuple[Survey, list[float]]:
        """Return the session through reapy, and the faders through the web interface, once both answer."""
        deadline_s = time.monotonic() + BACK_S
        while True:
            try:
                faders = list(WebInterface(port=self.web_port, timeout_s=BACK_S).gains())
                with ReapyLink.connect("127.0.0.1", self.web_port, limit_s=10.0) as link:
                    survey = link.survey()
                if faders == list(WebInterface(port=self.web_port, timeout_s=BACK_S).gains()):  # else a late fault
                    return survey, faders
            except DawError:
                if time.monotonic() > deadline_s:
                    raise
                threading.Event().wait(0.2)


@contextmanager
def _reaper(project: Path, log: Path, faults: list[str]) -> Iterator[Reaper]:
    process, where = _started(project, log, faults)
    daw = Reaper(project, log, process, where["web"][1], where["reapy"])
    try:
        yield daw
    finally:
        daw.process.terminate()
        daw.process.communicate()


def _started(
    project: Path, log: Path, faults: list[str], web_port: int = 0, reapy_port: int = 0
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [sys.executable, __file__, "--observed", str(log), str(project), "--json", "--tick-ms", "0"]
    command += ["--web", str(web_port), "--reapy", str(reapy_port)]
    for fault in faults:
        command += ["--faults", fault]
    process = _begun(command, None)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the mock did not start: {process.poll()}")
    return process, json.loads(line)


def observed(log: Path, arguments: list[str]) -> int:
    """Be ``python -m mock_daw``, and note in a file when what reached it."""
    from mock_daw.__main__ import main as mock  # noqa: PLC0415 - in the mock's process alone
    from mock_daw.traffic import Traffic  # noqa: PLC0415

    add = Traffic.add
    with log.open("a", buffering=1) as file:

        def noted(self: Traffic, wire: str, what: object) -> None:
            add(self, wire, what)
            words = what[0] if isinstance(what, tuple) else what
            file.write(f"{time.monotonic()} {wire} {words}\n")

        Traffic.add = noted  # type: ignore[method-assign]
        return mock(arguments)


def _job(daw: Reaper, place: Path, number: int | None) -> tuple[str, int | None, float]:
    """Run the job, with a signal where the fault begins; return what it printed, its exit code and its end."""
    job = _begun(_faderbot("mix", daw.web_port), place)
    deadline_s = time.monotonic() + LIMIT_S
    if number is not None:
        while daw.befell_s() is None and job.poll() is None and time.monotonic() < deadline_s:
            threading.Event().wait(POLL_S)
        if job.poll() is None:
            job.send_signal(number) if number == signal.SIGKILL else os.killpg(job.pid, number)
    try:
        out, _ = job.communicate(timeout=max(1.0, deadline_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        job.kill()
        out, _ = job.communicate()
        return out, None, time.monotonic()
    return out, job.returncode, time.monotonic()


def _faderbot(verb: str, web_port: int) -> list[str]:
    return [sys.executable, "-m", "bridge", verb, "--daw", "reaper", "--web-port", str(web_port)]


def _begun(command: list[str], place: Path | None) -> "subprocess.Popen[str]":
    """Start a program in a process group of its own, as a terminal does; its journal is in that place."""
    more = {} if place is None else {"FADERBOT_STATE_DIR": str(place / "state")}
    return subprocess.Popen(  # noqa: S603 - our own programs
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _none_left(place: Path) -> bool:
    """Tell whether every process of a job has ended, which the folder in its environment gives away."""
    mark, deadline_s = f"FADERBOT_STATE_DIR={place / 'state'}\0".encode(), time.monotonic() + ORPHANS_S
    while time.monotonic() < deadline_s:
        if not any(mark in environ for environ in _environs()):
            return True
        threading.Event().wait(0.05)
    return False


def _environs() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            yield path.read_bytes()


# What is mixed, and how far a job reaches


def _write_project(place: Path) -> Path:
    """Write a project of four tracks with odd faders, on which Faderbot has been before, with its EQ."""
    stems = place / "song"
    stems.mkdir()
    for name, (freq_hz, gain) in STEMS.items():
        time_s = np.arange(3 * RATE_HZ) / RATE_HZ
        swell = gain * (0.7 + 0.3 * np.sin(4 * np.pi * time_s))
        wave = swell * (np.sin(2 * np.pi * freq_hz * time_s) + 0.2 * np.sin(14 * np.pi * freq_hz * time_s))
        sf.write(stems / f"{name}.wav", np.stack([wave, wave], axis=1), RATE_HZ, "PCM_24")
    mixed = _begun([sys.executable, "-m", "bridge", "mix", str(stems)], None)
    assert mixed.communicate()[0]
    text = (place / "song-mix" / "mix.RPP").read_text()
    faders = iter(FADERS)
    path = place / "song-mix" / "song.RPP"
    path.write_text(re.sub(r"(?m)^(    VOLPAN )\S+", lambda found: f"{found[1]}{next(faders)}", text))
    return path


def _calibrated(project: Path, place: Path) -> tuple[Survey, Reach]:
    """Return the session as it is found, and how far a job without faults reaches."""
    marks = [f"reapy:delay=0@write#{n}" for n in range(1, WRITES_LOOKED_FOR)]
    with _reaper(project, place / "log", marks) as daw:
        found, _ = daw.read_back()
        before = len(daw.lines())
        began_s = time.monotonic()
        out, code, ended_s = _job(daw, place, None)
        assert code == 0, out
        wires = [wire for _, wire, _ in daw.lines()[before:]]
    first = wires.index("fault")
    reach = Reach(
        wires.count("fault"), wires.count("reapy"), wires.count("web"), wires[:first].count("reapy"), ended_s - began_s
    )
    return found, reach


def _spread(low: int, high: int, count: int, rng: np.random.Generator) -> list[int]:
    """Return whole numbers from low to high, one drawn in each of as many equal parts."""
    edges = np.linspace(max(1, low), high + 1, count + 1)
    return [int(rng.uniform(left, right)) for left, right in itertools.pairwise(edges)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--observed"]:
        sys.exit(observed(Path(sys.argv[2]), sys.argv[3:]))
    main()
