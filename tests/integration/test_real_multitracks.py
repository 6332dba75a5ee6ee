"""Recorded instruments in place of synthetic ones: the twin and the shipped policy on real multitrack sessions.

FADERBOT_MULTITRACKS names a folder of sessions, one sub-folder of stems each; .ci/run makes them.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest

from agent.evaluation import evaluate
from agent.hearing.twin import Twin
from agent.policy import shipped
from agent.targets import LOUDNESS_LUFS
from bridge.embedded import EmbeddedDaw
from bridge.learning import listen, scene, session_folders

FOLDER = os.environ.get("FADERBOT_MULTITRACKS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="FADERBOT_MULTITRACKS names no folder of sessions")
SESSIONS = session_folders([Path(FOLDER)]) if FOLDER else []


@pytest.mark.parametrize("folder", SESSIONS, ids=lambda folder: folder.name)
@pytest.mark.parametrize(("eq", "tolerance_lu"), [(False, 0.01), (True, 0.1)], ids=["faders", "eq"])
def test_the_twin_predicts_what_pyloudnorm_measures_of_a_render(folder, eq, tolerance_lu):
    daw, recording = EmbeddedDaw.open_stems(folder), listen(folder)
    twin = Twin(recording.heard, recording.session.settings)
    rng = np.random.default_rng(1)
    for _ in range(5):
        found = recording.session.settings
        strips = tuple(
            replace(
                s.with_eq_gains(tuple(rng.uniform(-6, 6, 4).tolist()) if eq else s.eq_gains_db),
                gain_db=float(rng.uniform(-12, 12)),
            )
            for s in found.strips
        )
        twin.set(replace(found, strips=strips))
        daw.apply(replace(found, strips=strips), "test")
        audio = np.concatenate(list(daw.render()))
        measured = pyloudnorm.Meter(recording.session.sample_rate_hz).integrated_loudness(audio)
        assert twin.mix_loudness_lufs() == pytest.approx(measured, abs=tolerance_lu)


@pytest.mark.parametrize("folder", SESSIONS, ids=lambda folder: folder.name)
def test_the_shipped_policy_gets_close_to_the_best_known_solution(folder):
    table, about = shipped()
    assert folder.name not in about.sessions, "no fair test: the policy was trained on this session"
    for trial in evaluate(scene(listen(folder), LOUDNESS_LUFS["streaming"]), table, scrambles=2, seed=3):
        assert "CMA-ES" in trial.outcomes
        assert trial.share("agent") >= 0.9
