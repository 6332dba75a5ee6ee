"""Whatever a tuning does, its EQ as a whole stays within its limit, and no more of the tracks is masked than was."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import freqz

from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.q_learning import QTable
from agent.session import EqBand, EqShape, Session, Settings, Strip, Track
from agent.tone.environment import ToneScene, TuneEnv
from agent.tone.goal import EQ_LIMIT_DB, tone_goal
from agent.tone.moves import MOVES
from agent.tone.targets import Kind, ToneTarget, style_target
from agent.tone.tuning import LAYOUT, plan_tone
from agent.tone.wishes import Scope, ToneWish
from tests.sessions import THIRD_OCTAVES_HZ, cookbook, drawn, power_at

RATE_HZ = 48_000
FINE_HZ = 20.0 * 2.0 ** (np.arange(480) / 48)
# How far between the points of the tuning's own grid a response can be higher than on them.
BETWEEN_DB = 0.25
bands = st.builds(
    EqBand, st.sampled_from(EqShape), st.floats(40.0, 12_000.0), st.floats(-12.0, 12.0), st.floats(0.5, 3.0)
)
eqs = st.just(Strip().eq) | st.tuples(bands, bands, bands, bands)


def reach_db(eq: tuple[EqBand, ...]) -> tuple[float, float]:
    """The lowest and highest of what an EQ does, by filters of other code on a finer grid."""
    whole = np.zeros(len(FINE_HZ))
    for band in eq:
        made = cookbook(band, RATE_HZ)
        whole += 20 * np.log10(np.abs(freqz(made.b, made.a, FINE_HZ, fs=RATE_HZ)[1]))
    return min(0.0, float(whole.min())), max(0.0, float(whole.max()))


@cache
def pair() -> Heard:
    return drawn(np.stack([power_at((100.0, 1e-2), (1000.0, 1e-3)), power_at((1000.0, 3e-4), (4000.0, 1e-3))]))


@given(
    eqs, st.sampled_from(["reference", "style"]), st.lists(st.integers(1, len(MOVES) - 1), max_size=60), st.booleans()
)
@settings(max_examples=25, deadline=None)
def test_no_moves_whatever_take_the_bands_together_beyond_the_limit(
    eq: tuple[EqBand, ...], kind: Kind, moves: list[int], astray: bool
) -> None:
    start = Settings((Strip(eq=eq), Strip()))
    twin = Twin(pair(), start)
    target = ToneTarget(kind, THIRD_OCTAVES_HZ, np.zeros(30), np.ones(30), "drawn")
    scene = ToneScene(twin, tone_goal(twin, target, [None, None]), start)
    env = TuneEnv([scene])
    begin = env.elsewhere(start, np.random.default_rng(len(moves))) if astray else start
    env.reset(options={"start": begin, "found": start})
    found_low, found_high = reach_db(eq)
    limits = ((found_low, found_high), (0.0, 0.0))
    for move in moves:
        env.step(move)
    for strip, (low, high) in zip(env.settings.strips, limits, strict=True):
        reached = reach_db(strip.eq)
        assert reached[0] >= min(low, -EQ_LIMIT_DB[kind]) - BETWEEN_DB
        assert reached[1] <= max(high, EQ_LIMIT_DB[kind]) + BETWEEN_DB


@cache
def three() -> Heard:
    first = power_at((100.0, 1e-2), (250.0, 1e-3), (1000.0, 1e-3))
    second = power_at((1000.0, 3e-4), (2000.0, 1e-3), (4000.0, 1e-3))
    return drawn(np.stack([first, second, power_at((250.0, 2e-4), (4000.0, 4e-4), (10_000.0, 1e-3))]))


@given(
    st.tuples(*[st.floats(-9.0, 9.0)] * 3),
    st.sampled_from(["tracks", "both"]),
    st.sampled_from([0.4, 1.0]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=5, deadline=None)
def test_no_table_whatever_masks_more_than_was_masked_or_stacks_its_bands(
    faders_db: tuple[float, ...], scope: Scope, strength: float, seed: int
) -> None:
    heard = three()
    drawn_values = np.random.default_rng(seed).standard_normal((1, LAYOUT.states, len(LAYOUT.actions)))
    table = QTable(drawn_values, np.zeros(drawn_values.shape[1:], np.int64))
    found = Settings(tuple(Strip(gain_db=gain_db) for gain_db in faders_db))
    session = Session("s", RATE_HZ, 3.0, tuple(map(Track, "abc")), found)
    wish = ToneWish(scope, style_target(heard.bands_hz), strength=strength)
    plan = plan_tone(session, heard, wish, table, seed=seed, episodes=0)
    assert plan.after.masked_share <= plan.before.masked_share
    for eq in (*(strip.eq for strip in plan.settings.strips), plan.settings.master_eq):
        low, high = reach_db(eq)
        assert -6.0 - BETWEEN_DB <= low <= high <= 6.0 + BETWEEN_DB
    np.testing.assert_allclose(plan.after.track_lufs, plan.before.track_lufs, atol=0.02)
