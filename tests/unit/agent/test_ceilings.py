import numpy as np
import pytest

from agent import ceilings
from agent.actions import limits_around
from agent.environment import Scene, scramble
from agent.reward import Sound
from agent.session import Settings
from tests.sessions import scene_of, song

STEMS = song(6.0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return scene_of(STEMS)


@pytest.fixture
def start(scene: Scene) -> Settings:
    return scramble(scene, 12.0, np.random.default_rng(5))


def cost_of(scene: Scene, settings: Settings) -> float:
    scene.twin.set(settings)
    return Sound(scene.twin, scene.goal).cost().total


METHODS = {
    "closed form": ceilings.closed_form,
    "equal loudness": ceilings.equal_loudness,
    "coordinate descent": lambda bench: ceilings.coordinate_descent(bench, np.random.default_rng(0), starts=2),
    "CMA-ES": lambda bench: ceilings.cma_es(bench, seed=0, evaluations=600),
}


@pytest.mark.parametrize("name", METHODS)
def test_a_ceiling_costs_what_it_says_and_stays_within_the_limits(name, scene, start):
    bench = ceilings.Bench(scene, start)
    found = METHODS[name](bench)
    assert found.cost == pytest.approx(cost_of(scene, found.settings), abs=1e-6)
    assert found.evaluations >= 1
    limits = limits_around(start)
    faders = np.array([s.gain_db for s in found.settings.strips])
    eq = np.array([s.eq_gains_db for s in found.settings.strips])
    assert np.all((faders >= limits.fader_low_db - 1e-9) & (faders <= limits.fader_high_db + 1e-9))
    assert np.all((eq >= limits.eq_low_db - 1e-9) & (eq <= limits.eq_high_db + 1e-9))


def test_the_closed_form_levels_every_track_and_meets_the_loudness(scene):
    start = scramble(scene, 2.0, np.random.default_rng(5))
    found = ceilings.closed_form(ceilings.Bench(scene, start))
    scene.twin.set(found.settings)
    sound = Sound(scene.twin, scene.goal)
    assert np.abs(sound.level_error_lu).max() < 0.05
    assert abs(sound.loudness_error_lu) < 0.1


def test_searching_is_better_than_levelling_and_levelling_than_nothing(scene, start):
    nothing = cost_of(scene, start)
    levelled = ceilings.closed_form(ceilings.Bench(scene, start)).cost
    descended = METHODS["coordinate descent"](ceilings.Bench(scene, start)).cost
    searched = ceilings.cma_es(ceilings.Bench(scene, start), seed=0, evaluations=1500).cost
    assert levelled < nothing
    assert descended < levelled
    assert searched < levelled


def test_without_eq_no_ceiling_turns_any(scene, start):
    found = ceilings.coordinate_descent(ceilings.Bench(scene, start, eq=False), np.random.default_rng(0), starts=1)
    assert all(strip.eq_gains_db == (0.0, 0.0, 0.0, 0.0) for strip in found.settings.strips)


def test_a_locked_track_is_a_fixed_knob(start):
    scene = scene_of(STEMS, locked=[1])
    found = ceilings.cma_es(ceilings.Bench(scene, start), seed=0, evaluations=300)
    assert found.settings.strips[1] == start.strips[1]
    assert found.settings.strips[0] != start.strips[0]
