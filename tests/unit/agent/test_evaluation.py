from dataclasses import replace

import numpy as np
import pytest

from agent import evaluation
from agent.evaluation import Outcome, Trial
from agent.q_learning import Hyper, QTable
from agent.reward import Cost
from tests.sessions import scene_of, song

FREE = Cost(0, 0, 0, 0, 0, 0)


def trial(start: float, **costs: float) -> Trial:
    outcomes = {name.replace("_", " "): Outcome(cost, 10, 0.1, 2.0, FREE) for name, cost in costs.items()}
    return Trial(start, 5.0, FREE, outcomes)


def test_the_best_known_is_the_best_of_the_ceilings_and_never_the_agent():
    one = trial(0.5, agent=0.05, closed_form=0.2, coordinate_descent=0.1)
    assert one.best_known == 0.1
    assert one.share("agent") == pytest.approx(0.45 / 0.4)
    assert one.share("closed form") == pytest.approx(0.75)


def test_where_nothing_can_be_improved_everything_is_reached():
    assert trial(0.1, agent=0.1, closed_form=0.1).share("agent") == 1.0


def test_the_summary_has_the_mean_and_the_worst_share():
    trials = [trial(0.5, agent=0.1, closed_form=0.1), trial(0.5, agent=0.3, closed_form=0.1)]
    mean, worst, cost, tried, seconds, residual_db = evaluation.summary(trials, "agent")
    assert (mean, worst, cost) == (pytest.approx(0.75), pytest.approx(0.5), pytest.approx(0.2))
    assert (tried, seconds, residual_db) == (10, pytest.approx(0.1), pytest.approx(2.0))


def test_the_residual_has_the_common_gain_removed():
    scene = scene_of(song(3.0))
    strips = scene.start.strips
    louder = replace(scene.start, strips=tuple(replace(s, gain_db=3.0) for s in strips))
    assert evaluation.residual_db(scene, louder) == pytest.approx(0.0)
    faders = [4.0, -4.0, *([0.0] * (len(strips) - 2))]
    tilted = replace(scene.start, strips=tuple(replace(s, gain_db=g) for s, g in zip(strips, faders, strict=True)))
    assert evaluation.residual_db(scene, tilted) == pytest.approx(8.0 / len(strips))


def test_every_method_is_tried_from_the_same_scramble_and_again_the_same():
    scene, table = scene_of(song(5.0)), QTable.fresh(Hyper())
    first, again = (
        evaluation.evaluate(scene, table, scrambles=1, seed=2, episodes=2, cma_evaluations=100)[0] for _ in range(2)
    )
    assert set(first.outcomes) == set(evaluation.METHODS)
    for name, outcome in first.outcomes.items():
        assert outcome.cost == pytest.approx(again.outcomes[name].cost, abs=1e-9)
        assert outcome.cost == pytest.approx(outcome.terms.total, abs=2e-3)
        assert np.isfinite(outcome.residual_db)
    assert first.outcomes["agent"].cost < first.start_cost
