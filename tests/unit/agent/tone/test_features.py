"""The features are the table's state uncut: they say the same where it speaks, and more where it can not."""

import numpy as np
import pytest

from agent.hearing.twin import Twin
from agent.session import EqBand, EqShape, Settings, Strip
from agent.tile_coding import TileCoder
from agent.tone import features
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.goal import tone_goal
from agent.tone.observation import SHAPE
from agent.tone.targets import heard_target
from tests.sessions import drawn

EVEN = drawn(np.full((1, 30), 1e-3))


def env_at(wrong: EqBand, here: EqBand, observations: str) -> TuneEnv:
    """An even spectrum with a bell printed into its high-mid, looked at with that band standing elsewhere."""
    flat = Strip().eq
    printed = Twin(EVEN, Settings((Strip(eq=(*flat[:2], wrong, flat[3])),))).printed()
    start = Settings((Strip(eq=(*flat[:2], here, flat[3])),))
    twin = Twin(printed, start)
    return TuneEnv(
        [ToneScene(twin, tone_goal(twin, heard_target(EVEN, "even"), [None]), start)], observations=observations
    )


def seen(wrong: EqBand, here: EqBand, knob: int, observations: str = "continuous") -> np.ndarray:
    env = env_at(wrong, here, observations)
    found, _ = env.reset()
    for _ in range(knob):
        found, *_ = env.step(0)
    return found


def bell(gain_db: float, freq_hz: float = 2500.0, width_oct: float = 2.0) -> EqBand:
    return EqBand(EqShape.BELL, freq_hz, gain_db, width_oct)


@pytest.mark.parametrize(("bump_db", "way"), [(6.0, -1), (-6.0, 1)])
def test_what_is_asked_of_a_gain_has_its_sign_and_grows_with_it(bump_db: float, way: int) -> None:
    small, large = (seen(bell(part * bump_db), bell(0.0), 3) for part in (0.3, 1.0))
    assert np.sign(small[features.ERROR]) == np.sign(large[features.ERROR]) == way
    assert abs(small[features.ERROR]) < abs(large[features.ERROR])
    assert small[features.WORTH] < large[features.WORTH]
    assert seen(bell(bump_db), bell(-bump_db), 3)[features.GAIN] == pytest.approx(-bump_db / 12)


def test_a_band_beside_the_bump_is_asked_to_go_there() -> None:
    for here_hz, way in ((1600.0, 1), (4000.0, -1)):
        found = seen(bell(8.0), bell(-8.0, here_hz), 3)
        assert np.sign(found[features.FREQ]) == way
        assert found[features.FREQ_WORTH] > -1
    too_narrow = seen(bell(8.0), bell(-8.0, width_oct=0.6), 3)
    assert too_narrow[features.WIDTH] > 0.3
    assert too_narrow[features.BREADTH] < seen(bell(8.0), bell(-8.0), 3)[features.BREADTH]


def test_the_table_sees_the_bin_of_what_the_features_show() -> None:
    for gain_db in (-9.0, -2.0, 0.3, 4.0):
        for knob in range(5):
            binned, uncut = (seen(bell(gain_db), bell(1.0), knob, form) for form in ("discrete", "continuous"))
            assert uncut[features.KNOB] == knob / 2 - 1
            if binned[1] != 3:
                assert np.sign(uncut[features.ERROR]) == np.sign(binned[1] - 3)
            assert uncut.shape == (features.COUNT,)
            assert (np.abs(uncut) <= 1).all()


def test_tiles_tell_every_knob_from_every_other_whatever_the_shift() -> None:
    coder = TileCoder(features.GROUPS)
    one = np.full(features.COUNT, 0.3)
    lit = []
    for knob in range(SHAPE[0]):
        one[features.KNOB] = knob / 2 - 1
        lit.append(set(coder(one).tolist()))
    shared = set.intersection(*lit)
    apart = sum(features.KNOB in group.axes for group in features.GROUPS)
    assert len(lit[0] - shared) == 4 * apart
    assert all((one - shared).isdisjoint(other) for k, one in enumerate(lit) for other in lit[:k])
