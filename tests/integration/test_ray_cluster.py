"""``--workers ray --address``: a cluster of two machines, with a token, where a worker and then the head is killed."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from bridge.cli import main
from tests.clusters import RayCluster
from tests.mixes import tone, write_song

pytest.importorskip("ray", reason="Ray is not installed: pip install 'faderbot[scale]'")
pytestmark = pytest.mark.slow
# Steps enough that a quiet machine has not played them all before it is known that the head is gone.
STEPS, EVERY, SONGS = 40_000, 1_500, 16
LIMIT_S = 120.0
TOKEN = "a" * 64
# ``faderbot`` with a checkpoint more often than a user has one.
FADERBOT = f"""
import sys
from bridge import training_workers
from bridge.cli import main
training_workers.train_by_workers.__kwdefaults__["every"] = {EVERY}
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_song(tmp_path_factory.mktemp("cluster") / "song", 16_000)


@pytest.fixture(scope="module")
def alone(song):
    """The policy that comes of it without a cluster, to the byte."""
    out = song.with_name("alone.npz")
    assert main([*train(song, out), "--workers", "1"]) == 0
    return out.read_bytes()


@pytest.fixture
def cluster():
    there = RayCluster()
    (there.home / ".ray").mkdir()
    (there.home / ".ray" / "auth_token").write_text(TOKEN)
    there.start(RAY_AUTH_MODE="token")
    yield there
    there.stop()


def train(song, out):
    return ["train", str(song), "--out", str(out), "--steps", str(STEPS), "--seed", "3"]


def faderbot(cluster, *arguments, **environment):
    command = [sys.executable, "-c", FADERBOT, *arguments, "--workers", "ray", "--address", cluster.address]
    return subprocess.Popen(
        command, env=cluster.environment(**environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(job):
    _, said = job.communicate(timeout=LIMIT_S)
    return job.returncode, said


def wait_until(come, job):
    tick = threading.Event()
    while not come():
        assert job.poll() is None, job.stderr.read()
        tick.wait(0.05)


def test_a_killed_worker_and_a_killed_head_change_nothing_of_the_policy(cluster, song, alone, tmp_path):
    out = tmp_path / "policy.npz"
    checkpoint = out.with_name("policy.npz.checkpoint")
    job = faderbot(cluster, *train(song, out))
    wait_until(checkpoint.exists, job)
    cluster.workers()[0].kill()
    assert ended(job)[0] == 0
    assert out.read_bytes() == alone
    assert not checkpoint.exists()
    out.unlink()
    job = faderbot(cluster, *train(song, out))
    wait_until(checkpoint.exists, job)
    cluster.kill(cluster.head)
    code, said = ended(job)
    assert (code, said.count("\n")) == (2, 1)
    assert "is gone: once it is back, the same command goes on from here" in said
    assert checkpoint.exists()
    assert not out.exists()
    cluster.kill(cluster.node)
    cluster.start(RAY_AUTH_MODE="token")
    assert ended(faderbot(cluster, *train(song, out)))[0] == 0
    assert out.read_bytes() == alone


def test_a_batch_whose_head_is_killed_goes_on_where_it_was(cluster, tmp_path):
    archive, out = tmp_path / "archive", tmp_path / "out"
    for number in range(SONGS):
        (archive / f"song {number:02}").mkdir(parents=True)
        for name, freq_hz in (("Kick", 60.0), ("Lead Vocal", 500.0 + 10 * number)):
            sf.write(archive / f"song {number:02}" / f"{name}.wav", tone(freq_hz, 0.2, 1.0, 16_000), 16_000)
    (archive / "song 09" / "Kick.wav").write_bytes(b"no sound")

    def done():
        ledger = out / "batch.json"
        found = map(json.loads, ledger.read_text().splitlines()) if ledger.exists() else []
        return {Path(line["session"]).name for line in found if line["status"] == "done"}

    job = faderbot(cluster, "batch", str(archive), "--out", str(out))
    wait_until(lambda: len(done()) >= 3, job)
    cluster.kill(cluster.head)
    code, said = ended(job)
    assert (code, said.count("\n")) == (2, 1)
    before = {name: (out / name / "mix.wav").stat().st_mtime_ns for name in done()}
    assert 3 <= len(before) < SONGS - 1
    cluster.kill(cluster.node)
    cluster.start(RAY_AUTH_MODE="token")
    code, said = ended(faderbot(cluster, "batch", str(archive), "--out", str(out)))
    assert code == 1
    assert "failed: song 09:" in said
    assert len(done()) == SONGS - 1
    assert {name: (out / name / "mix.wav").stat().st_mtime_ns for name in before} == before
    assert np.unique([len(list(path.iterdir())) for path in out.iterdir() if path.name in done()]).tolist() == [3]


def test_a_token_that_is_missing_or_wrong_and_a_wrong_address_are_one_line_each(cluster, song, tmp_path):
    out = tmp_path / "policy.npz"
    jobs = [
        faderbot(cluster, *train(song, out), HOME=str(tmp_path), **environment)
        for environment in ({}, {"RAY_AUTH_MODE": "token"}, {"RAY_AUTH_TOKEN": "b" * 64})
    ]
    for job in jobs:
        code, said = ended(job)
        assert (code, said.count("\n")) == (2, 1)
        assert "asks for a token, and got none or another one" in said
    cluster.kill(cluster.head)
    code, said = ended(faderbot(cluster, *train(song, out)))
    assert (code, said.count("\n")) == (2, 1)
    assert f"no Ray at {cluster.address}" in said
    assert not list(tmp_path.glob("policy*"))
