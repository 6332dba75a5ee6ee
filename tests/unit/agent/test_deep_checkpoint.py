"""A network whose training was stopped; only where the extra ``deep`` is installed."""

import json

import numpy as np
import pytest

from agent.network import DeepHyper
from agent.policy import about
from agent.training import NotResumable
from tests.unit.agent.test_training import NAMES, PowerCut, scenes

pytestmark = pytest.mark.slow
deep, kept = (
    pytest.importorskip(name, reason="the extra deep is not installed", exc_type=ImportError)
    for name in ("agent.deep", "agent.deep_checkpoint")
)
STEPS, EVERY = 1_600, 400
SMALL = {"hidden": 16, "copies": 16, "batch": 16, "updates": 1, "buffer": 640, "target_every": 5}
HYPER = [DeepHyper(**SMALL), DeepHyper(**SMALL, quantiles=5)]


def train(hyper, checkpoint, *, seed=3, every=EVERY, progress=lambda _done, _reward: None):
    made = about(hyper, steps=STEPS, seed=seed, sessions=tuple(NAMES))
    legs = kept.Legs(checkpoint, made, every)
    return deep.train_deep(scenes(), hyper, steps=STEPS, seed=seed, legs=legs, progress=progress)


def raw(network):
    return b"".join(part.tobytes() for layer in network.layers for part in layer)


@pytest.mark.parametrize("hyper", HYPER, ids=["dqn", "qr-dqn"])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(hyper, tmp_path):
    checkpoint = tmp_path / "checkpoint"
    for stop_at in (500, 1_100):  # the buffer is full at the second

        def stop(done, _reward, stop_at=stop_at):
            if done > stop_at:
                raise PowerCut

        with pytest.raises(PowerCut):
            train(hyper, checkpoint, progress=stop)
    told = []
    resumed = train(hyper, checkpoint, progress=lambda done, _reward: told.append(done))
    assert told[0] > 2 * EVERY, "it went on, rather than beginning again"
    assert raw(resumed) == raw(train(hyper, tmp_path / "whole"))
    assert raw(resumed) != raw(train(hyper, tmp_path / "other", seed=4))


def test_what_was_kept_is_what_the_network_knew(tmp_path):
    def stop(done, _reward):
        if done > EVERY + 100:
            raise PowerCut

    with pytest.raises(PowerCut):
        train(HYPER[0], tmp_path / "checkpoint", progress=stop)
    with np.load(tmp_path / "checkpoint", allow_pickle=False) as archive:
        told = json.loads(bytes(archive["about"]).decode())
        assert told["counters"]["num_timesteps"] == 400  # 25 steps of 16 copies
        assert archive["seen rewards"].shape == (25, 16)
    assert list(tmp_path.iterdir()) == [tmp_path / "checkpoint"]


def test_a_checkpoint_of_another_run_or_of_none_is_refused(tmp_path):
    checkpoint = tmp_path / "checkpoint"
    train(HYPER[0], checkpoint)
    with pytest.raises(NotResumable, match="seed"):
        train(HYPER[0], checkpoint, seed=4)
    with pytest.raises(NotResumable, match="algorithm"):
        train(HYPER[1], checkpoint)
    with pytest.raises(NotResumable, match="how often"):
        train(HYPER[0], checkpoint, every=2 * EVERY)
    for whole in (checkpoint.read_bytes()[:-100], b"", b"no archive"):
        checkpoint.write_bytes(whole)
        with pytest.raises(NotResumable, match="no checkpoint of a network"):
            train(HYPER[0], checkpoint)
