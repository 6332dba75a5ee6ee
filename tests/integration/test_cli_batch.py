"""``faderbot batch`` as the user meets it: an archive with broken sessions in it, stopped, taken up, run again."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile as sf

from bridge.cli import main
from tests.mixes import tone, write_song

ROOT = Path(__file__).parents[2]
RATE_HZ = 16_000
LIMIT_S = 120.0


def write_archive(folder, count):
    """Sessions of two short stems, the last three broken; one is silent, which is no fault."""
    for number in range(count):
        song = folder / f"song {number:02}"
        song.mkdir(parents=True)
        level = 0.0 if number == 1 else 0.05 + 0.3 * (number % 3)
        for name, freq_hz in (("Kick", 60.0), ("Lead Vocal", 500.0 + 10 * number)):
            sf.write(song / f"{name}.wav", tone(freq_hz, level, 1.0, RATE_HZ), RATE_HZ)
    for name, data in (("empty", None), ("text", b"no sound at all"), ("short", b"RIFF\0\0\0\0WAVE")):
        (folder / name).mkdir(parents=True)
        if data is not None:
            (folder / name / "Kick.wav").write_bytes(data)
    return folder


def lines(out):
    return {Path(line["session"]).name: line for line in map(json.loads, (out / "batch.json").read_text().splitlines())}


def stamps(out):
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/mix.wav")}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """An archive of four songs and three broken ones, mixed by two workers."""
    folder = write_archive(tmp_path_factory.mktemp("batch") / "archive", 4)
    return folder, folder.with_name("archive-mixes"), main(["batch", str(folder), "--workers", "2"])


def test_what_can_be_mixed_is_and_the_rest_is_in_the_ledger_with_its_reason(batch):
    _, out, code = batch
    assert code == 1
    found = lines(out)
    assert {name for name, line in found.items() if line["status"] == "done"} == {f"song {n:02}" for n in range(4)}
    reasons = {name: line["reason"] for name, line in found.items() if line["status"] == "failed"}
    assert set(reasons) == {"empty", "text", "short"}
    assert "has no audio in it" in reasons["empty"]
    assert "is not audio that can be read" in reasons["text"]
    assert sorted(path.name for path in (out / "song 00").iterdir()) == ["mix.RPP", "mix.json", "mix.wav"]


def test_a_mix_of_a_batch_is_the_mix_of_faderbot_mix(batch, tmp_path, capsys):
    folder, out, _ = batch
    assert main(["mix", str(folder / "song 02"), "--out", str(tmp_path / "alone")]) == 0
    capsys.readouterr()
    for name in ("mix.wav", "mix.json"):
        assert (tmp_path / "alone" / name).read_bytes() == (out / "song 02" / name).read_bytes()


def test_a_restart_mixes_what_has_changed_and_no_more_and_names_what_still_fails(batch, capsys):
    folder, out, _ = batch
    before = stamps(out)
    (out / "song 03" / "mix.RPP").unlink()
    os.utime(folder / "song 00" / "Kick.wav", ns=(0, 0))
    write_song(folder / "empty", RATE_HZ)
    assert main(["batch", str(folder), "--workers", "1"]) == 1
    said = capsys.readouterr()
    after = stamps(out)
    assert {name for name in after if after[name] != before.get(name)} == {"song 00", "song 03", "empty"}
    assert "mixed before, skipped" in said.out
    failed = [text for text in said.err.splitlines() if "failed" in text]
    assert [text.split(":")[2].strip() for text in failed] == ["short", "text"]
    assert len(lines(out)) == 7


def test_what_would_fail_in_every_session_is_said_before_the_first(tmp_path, capsys):
    folder = write_archive(tmp_path / "archive", 0)
    for wrong in (["--target", "loud"], ["--style", "polka"], ["--policy", "none.npz"], ["--workers", "0"]):
        assert main(["batch", str(folder), *wrong]) == 2
    assert main(["batch", str(folder), str(folder)]) == 2
    assert main(["batch", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.count("\n") == 6
    assert not (tmp_path / "archive-mixes").exists()


@pytest.mark.slow
def test_an_archive_with_a_worker_killed_and_ctrl_c_half_way_is_whole_in_the_end(tmp_path):
    folder, out = write_archive(tmp_path / "archive", 57), tmp_path / "out"
    command = [sys.executable, "-m", "bridge", "batch", str(folder), "--out", str(out), "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as job:
        _wait_for_lines(out, 5)
        workers = [one for one in psutil.Process(job.pid).children() if "spawn_main" in " ".join(one.cmdline())]
        workers[0].send_signal(signal.SIGKILL)
        _wait_for_lines(out, 15)
        os.killpg(job.pid, signal.SIGINT)
        _, said = job.communicate(timeout=LIMIT_S)
    assert job.returncode == 130
    assert said.decode().splitlines()[-1] == "faderbot: stopped; the same command goes on from there"
    assert "Traceback" not in said.decode()
    assert not list(out.rglob(".faderbot-*"))
    done = [name for name, line in lines(out).items() if line["status"] == "done"]
    before = stamps(out)
    assert 10 < len(done) < 57
    again = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=LIMIT_S)
    assert again.returncode == 1
    after = stamps(out)
    assert all(after[name] == before[name] for name in done)
    states = [line["status"] for line in lines(out).values()]
    assert (states.count("done"), states.count("failed")) == (57, 3)
    assert np.unique([len(list(path.iterdir())) for path in out.iterdir() if path.is_dir()]).tolist() == [3]


def _wait_for_lines(out, count):
    tick, ledger = threading.Event(), out / "batch.json"
    for _ in range(round(LIMIT_S / 0.05)):
        if ledger.exists() and ledger.read_text().count("\n") >= count:
            return
        tick.wait(0.05)
    raise AssertionError(f"not {count} sessions in {LIMIT_S} s")
