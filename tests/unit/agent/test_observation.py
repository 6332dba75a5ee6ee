import math
from dataclasses import replace

import numpy as np
import pytest

from agent.actions import limits_around
from agent.hearing.bands import band_response
from agent.hearing.heard import Heard
from agent.hearing.twin import Twin
from agent.observation import LEVEL_EDGES_LU, NAMES, SHAPE, Observation, eq_reach, observe
from agent.reward import Sound
from agent.session import FLAT_EQ, Settings
from tests.sessions import band_at, drawn, drawn_goal, power_at, settings_of

NOTHING = 0
LOW_DOWN, LOW_UP, LOW_MID_DOWN, LOW_MID_UP, HIGH_MID_DOWN, HIGH_MID_UP, HIGH_DOWN, HIGH_UP = range(1, 9)
EVEN, ODD = np.arange(30) % 2 == 0, np.arange(30) % 2 == 1
COMB = 1e-3 * np.array([EVEN, ODD], float)
COMB_LUFS = -0.691 + 10 * math.log10(30e-3)


def seen(
    heard: Heard,
    strip: int,
    settings: Settings | None = None,
    *,
    eq: bool = True,
    target_lufs: float = COMB_LUFS,
    found: Settings | None = None,
) -> Observation:
    settings = settings or settings_of(heard.tracks)
    twin = Twin(heard, settings)
    sound = Sound(twin, drawn_goal(heard, loudness_lufs=target_lufs))
    return observe(sound, strip, eq_reach(twin), limits_around(found or settings), eq=eq)


def level(observation: Observation) -> int:
    return observation[NAMES.index("level")]


def tone(observation: Observation) -> int:
    return observation[NAMES.index("tone")]


def masking(observation: Observation) -> int:
    return observation[NAMES.index("masking")]


def test_the_state_is_small_and_named() -> None:
    assert SHAPE == (2, 8, 3, 9, 9, 2)
    assert NAMES == ("kind", "level", "mix", "tone", "masking", "headroom")


@pytest.mark.parametrize(
    ("error_lu", "expected"),
    [(-9, 0), (-5.1, 0), (-4.9, 1), (-2.1, 1), (-1.9, 2), (-0.9, 3), (-0.1, 3), (0.1, 4), (0.9, 4), (1.1, 5), (2.1, 6),
     (5.1, 7), (9, 7)],
)  # fmt: skip
def test_a_tracks_level_error_falls_into_eight_bins(error_lu: float, expected: int) -> None:
    observation = seen(drawn(COMB), 0, settings_of(2, [error_lu, -error_lu]))
    assert level(observation) == expected
    assert level(seen(drawn(COMB), 1, settings_of(2, [error_lu, -error_lu]))) == 7 - expected


def test_an_edge_belongs_to_the_bin_below() -> None:
    heard = drawn(COMB)
    twin = Twin(heard, settings_of(2))
    sound = Sound(twin, drawn_goal(heard))
    for number, edge in enumerate(LEVEL_EDGES_LU):
        sound.level_error_lu = np.array([edge, edge + 1e-9])
        reach, limits = eq_reach(twin), limits_around(twin.settings)
        assert level(observe(sound, 0, reach, limits, eq=True)) == number
        assert level(observe(sound, 1, reach, limits, eq=True)) == number + 1


@pytest.mark.parametrize(
    ("off_lu", "mix", "master_level"), [(-7.0, 0, 0), (-0.6, 0, 3), (-0.4, 1, 3), (0.4, 1, 4), (0.6, 2, 4), (7.0, 2, 7)]
)
def test_the_mix_loudness_is_seen_by_all_and_finer_by_the_master(off_lu: float, mix: int, master_level: int) -> None:
    heard = drawn(COMB)
    there = settings_of(2, master_db=off_lu)
    assert seen(heard, 2, there) == (1, master_level, mix, NOTHING, NOTHING, 0)
    assert seen(heard, 0, there)[2] == mix
    assert seen(heard, 0, there)[0] == 0


@pytest.mark.parametrize(("limiter_db", "expected"), [(2.9, 0), (3.1, 1)])
def test_headroom_tells_where_a_limiter_would_work_audibly(limiter_db: float, expected: int) -> None:
    heard = drawn(COMB, peak=[10 ** ((limiter_db - 1) / 20), 0.0])
    assert seen(heard, 0)[5] == seen(heard, 2)[5] == expected


def test_a_good_mix_points_nowhere() -> None:
    for strip in range(2):
        assert seen(drawn(COMB), strip)[3:5] == (NOTHING, NOTHING)


def boomy() -> Heard:
    """A bass with ten times what its bands should have, keys from 500 Hz on, and a whisper everywhere."""
    bass, keys = np.zeros(30), np.zeros(30)
    split = band_at(250)
    bass[:split], keys[split + 3 :] = 2e-2, 1e-3
    bass[split : split + 3] = 1e-3
    return drawn(np.array([bass, keys, np.full(30, 1e-8)]))


def test_too_much_low_end_points_low_down_at_the_bass_and_at_nobody_else() -> None:
    assert tone(seen(boomy(), 0)) == LOW_DOWN
    assert tone(seen(boomy(), 1)) not in {LOW_DOWN, LOW_UP}
    assert tone(seen(boomy(), 2)) == NOTHING, "a track that is small in a band gains nothing from turning it"


def test_too_little_low_end_points_low_up() -> None:
    spectrum = np.full(30, 1e-3)
    spectrum[: band_at(200)] = 1e-5
    assert tone(seen(drawn(spectrum[None]), 0)) == LOW_UP


def test_too_much_treble_points_high_down() -> None:
    spectrum = np.full(30, 1e-3)
    spectrum[band_at(6300) :] = 1e-1
    assert tone(seen(drawn(spectrum[None]), 0)) == HIGH_DOWN


@pytest.mark.parametrize(("freq_hz", "down"), [(350, LOW_MID_DOWN), (2500, HIGH_MID_DOWN)])
def test_a_hump_points_at_its_bell(freq_hz: float, down: int) -> None:
    spectrum = np.full(30, 1e-3)
    spectrum[band_at(freq_hz) - 1 : band_at(freq_hz) + 2] = 3e-2
    assert tone(seen(drawn(spectrum[None]), 0)) == down


def test_a_spectrum_within_its_dead_zone_points_nowhere() -> None:
    spectrum = 1e-3 * 10 ** (np.where(EVEN, 1.9, -1.9) / 10)
    assert tone(seen(drawn(spectrum[None]), 0)) == NOTHING
    lows = np.where(np.arange(30) < 15, 1.9, -1.9)
    assert tone(seen(drawn(1e-3 * 10 ** (lows[None] / 10)), 0)) == NOTHING
    assert tone(seen(drawn(1e-3 * 10 ** (1.5 * lows[None] / 10)), 0)) != NOTHING


def test_no_pointer_leads_beyond_the_limits() -> None:
    found = settings_of(3)
    there = settings_of(3, eq_db=[[-6, 0, 0, 0], [0] * 4, [0] * 4])
    heard = boomy()
    assert tone(seen(heard, 0, settings_of(3, eq_db=[[-3, 0, 0, 0], [0] * 4, [0] * 4]), found=found)) == LOW_DOWN
    assert tone(seen(heard, 0, there, found=found)) != LOW_DOWN


def test_without_eq_no_pointer_is_seen() -> None:
    assert seen(boomy(), 0, eq=False)[3:5] == (NOTHING, NOTHING)
    assert seen(boomy(), 0, eq=False)[:3] == seen(boomy(), 0)[:3]


def masked_kick() -> Heard:
    """A bass 9 dB over a kick at 80 Hz; the kick's other five bands are its own."""
    bass = power_at((80, 8e-3), (100, 1e-6))
    kick = power_at((80, 1e-3), (2000, 2e-3), (2500, 2e-3), (3150, 2e-3), (4000, 2e-3), (5000, 2e-3))
    return drawn(np.array([bass, kick, power_at((10_000, 1e-3))]))


def test_masking_points_down_at_the_masker_and_up_at_the_masked() -> None:
    assert masking(seen(masked_kick(), 0)) == LOW_DOWN
    assert masking(seen(masked_kick(), 1)) == LOW_UP
    assert masking(seen(masked_kick(), 2)) == NOTHING


def test_what_is_not_masked_needs_no_eq() -> None:
    heard = masked_kick()
    assert masking(seen(heard, 0, settings_of(3, [-6.0, 0.0, 0.0]))) == NOTHING


@pytest.mark.parametrize("seed", range(12))
def test_pointers_lead_down_the_steepest_way_that_a_small_turn_finds(seed: int) -> None:
    """The derivatives against a real turn of 0.02 dB of each band, up and down."""
    rng = np.random.default_rng(seed)
    heard = drawn(10 ** rng.uniform(-5, -2, (3, 30)))
    settings = settings_of(3, rng.uniform(-3, 3, 3), rng.uniform(-4, 4, (3, 4)))
    twin = Twin(heard, settings)
    goal = drawn_goal(heard)
    reach, limits = eq_reach(twin), limits_around(settings)
    here = Sound(twin, goal)
    for strip in range(3):
        observation = observe(here, strip, reach, limits, eq=True)
        turned = [small_turn(twin, strip, band, step) for band in range(4) for step in (-0.02, 0.02)]
        sounds = [(Sound(there, goal).spectrum_rms_db, Sound(there, goal).cost().masking) for there in turned]
        for pointer, falls in (
            (tone(observation), [here.spectrum_rms_db - rms for rms, _ in sounds]),
            (masking(observation), [here.cost().masking - term for _, term in sounds]),
        ):
            if pointer != NOTHING:
                # A knob that is turned already reaches a little differently from one at 0.
                assert falls[pointer - 1] >= 0.75 * max(falls) > 0


def small_turn(twin: Twin, strip: int, band: int, step_db: float) -> Twin:
    strips = list(twin.settings.strips)
    gains = list(strips[strip].eq_gains_db)
    gains[band] += step_db
    strips[strip] = strips[strip].with_eq_gains(tuple(gains))
    return Twin(twin.heard, replace(twin.settings, strips=tuple(strips)))


def test_the_reach_of_a_knob_is_its_response_for_each_db() -> None:
    twin = Twin(drawn(COMB), settings_of(2))
    reach = eq_reach(twin)
    assert reach.shape == (2, 4, 30)
    for number, band in enumerate(FLAT_EQ):
        turned = replace(band, gain_db=1.5)
        expected = 20 * np.log10(np.abs(band_response(turned, twin.heard.bands_hz, 48_000))) / 1.5
        np.testing.assert_allclose(reach[1, number], expected, atol=0.03)
    assert reach[0, 0, 0] == pytest.approx(1.0, abs=0.05), "a low shelf lifts 25 Hz by all of its gain"
    assert reach[0, 3, 0] == pytest.approx(0.0, abs=0.01)
