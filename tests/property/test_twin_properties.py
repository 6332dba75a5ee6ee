import math
from dataclasses import replace
from functools import cache

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from agent.actions import limits_around
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.observation import SHAPE, eq_reach, observe
from agent.reward import Sound
from agent.session import Settings
from agent.targets import goal
from tests.sessions import Real, Song, lufs, rendered, song

TRACKS = 5
faders_db = st.floats(-40.0, 12.0) | st.just(-math.inf)
eq_db = st.tuples(*[st.floats(-12.0, 12.0)] * 4)
knobs = st.one_of(
    st.tuples(st.just("fader"), st.integers(0, TRACKS - 1), faders_db),
    st.tuples(st.just("eq"), st.integers(0, TRACKS - 1), eq_db),
    st.tuples(st.just("master"), st.just(0), st.floats(-24.0, 12.0)),
)


@cache
def made() -> tuple[Song, Heard]:
    short = song(3.0)
    return short, short.heard


@st.composite
def mixes(draw: st.DrawFn) -> Settings:
    return made()[0].settings(
        [draw(faders_db) for _ in range(TRACKS)], [draw(eq_db) for _ in range(TRACKS)], draw(st.floats(-24.0, 12.0))
    )


def turn(twin: Twin, knob: str, track: int, value: object) -> None:
    {
        "fader": lambda: twin.turn_fader(track, value),
        "eq": lambda: twin.turn_eq(track, value),
        "master": lambda: twin.turn_master(value),
    }[knob]()


@settings(deadline=None, max_examples=60)
@given(st.lists(knobs, max_size=25), mixes())
def test_turning_knobs_one_by_one_ends_where_setting_all_at_once_does(
    turns: list[tuple[str, int, object]], start: Settings
) -> None:
    _, heard = made()
    turned = Twin(heard, start)
    for one in turns:
        turn(turned, *one)
    there = turned.settings
    fresh = Twin(heard, there)
    last = {(knob, track): value for knob, track, value in turns}
    for (knob, track), value in last.items():
        strip = there.strips[track]
        assert value == {"fader": strip.gain_db, "eq": strip.eq_gains_db, "master": there.master_gain_db}[knob]
    assert_same(turned, fresh)


def assert_same(one: Twin, other: Twin) -> None:
    # Turning leaves rounding of the loudest moment behind: a mix pulled down by 60 dB and more may show it.
    loudness = other.mix_loudness_lufs()
    if loudness > -55:
        assert one.mix_loudness_lufs() == pytest.approx(loudness, abs=0.01)
    np.testing.assert_allclose(one.track_loudness_lufs(), other.track_loudness_lufs(), atol=1e-6)
    np.testing.assert_allclose(one.mix_bands(), other.mix_bands(), rtol=1e-6, atol=1e-14)
    np.testing.assert_allclose(one.track_bands(), other.track_bands(), rtol=1e-6, atol=1e-16)
    assert one.imbalance() == pytest.approx(other.imbalance(), abs=1e-6)
    assert one.true_peak_estimate_dbtp() == pytest.approx(other.true_peak_estimate_dbtp(), abs=1e-6)
    assert one.settings == other.settings


@settings(deadline=None, max_examples=40)
@given(mixes(), st.lists(knobs, min_size=1, max_size=3))
def test_turning_there_and_back_changes_nothing(start: Settings, turns: list[tuple[str, int, object]]) -> None:
    _, heard = made()
    twin = Twin(heard, start)
    for knob, track, value in turns:
        before = {
            "fader": float(twin.fader_db[track]),
            "eq": tuple(twin.eq_db[track].tolist()),
            "master": twin.master_db,
        }[knob]
        turn(twin, knob, track, value)
        turn(twin, knob, track, before)
    assert_same(twin, Twin(heard, start))


@settings(deadline=None, max_examples=40)
@given(mixes())
def test_any_setting_sounds_as_its_render_does(there: Settings) -> None:
    """Within 0.1 LU of what a meter shows whose relative gate is off by half an LU at most: the gate is a step."""
    short, heard = made()
    limited = replace(
        there,
        strips=tuple(s.with_eq_gains(tuple(max(-6.0, min(6.0, g)) for g in s.eq_gains_db)) for s in there.strips),
    )
    mix = rendered(short.audio, limited, short.rate_hz)
    if (expected := lufs(mix, short.rate_hz)) > -60:
        assert_between(Twin(heard, limited).mix_loudness_lufs(), [expected, *near_gates(mix, short.rate_hz)])


def assert_between(value: float, bounds: list[float]) -> None:
    assert min(bounds) - 0.1 <= value <= max(bounds) + 0.1


def near_gates(mix: Real, rate_hz: int) -> list[float]:
    meter = pyloudnorm.Meter(rate_hz)
    weighted = mix
    for stage in meter._filters.values():
        weighted = lfilter(stage.b, stage.a, weighted, axis=0)
    hop = rate_hz // 10
    hops = np.square(weighted).sum(1)[: len(mix) // hop * hop].reshape(-1, hop).mean(1)
    block = np.convolve(hops, np.full(4, 0.25), "valid")
    loud = block[block > 10 ** (-6.9309)]
    gates = loud.mean() * 10 ** (np.linspace(-10.5, -9.5, 11) / 10)
    return [-0.691 + 10 * math.log10(loud[loud > gate].mean()) for gate in gates]


@settings(deadline=None, max_examples=60)
@given(mixes(), st.floats(-30.0, -6.0), st.booleans())
def test_every_observation_lies_within_its_space(there: Settings, target_lufs: float, eq: bool) -> None:
    short, heard = made()
    there = replace(there, strips=tuple(replace(s, gain_db=max(-60.0, s.gain_db)) for s in there.strips))
    twin = Twin(heard, there)
    sound = Sound(twin, goal(twin, short.roles, loudness_lufs=target_lufs))
    reach, limits = eq_reach(twin), limits_around(there)
    for strip in range(TRACKS + 1):
        seen = observe(sound, strip, reach, limits, eq=eq)
        assert len(seen) == len(SHAPE)
        assert all(0 <= value < size for value, size in zip(seen, SHAPE, strict=True))
        assert seen[0] == (strip == TRACKS)
    cost = sound.cost()
    assert all(0.0 <= term <= 1.0 for term in cost)
    assert 0.0 <= cost.total <= 1.0
