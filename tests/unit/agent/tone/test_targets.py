"""Targets against their sources' figures, and references of every kind."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.hearing.bands import bands_hz
from agent.hearing.loudness import measure
from agent.roles import Role
from agent.tone.targets import (
    SLOPE_DB_PER_OCT,
    ReferenceUnusable,
    ToneTarget,
    reference_target,
    role_target,
    style_target,
)
from tests.sessions import noise

BANDS_HZ = bands_hz(48_000)
Audio = NDArray[np.float32]


def at(target: ToneTarget, freq_hz: float) -> float:
    return float(target.level_db[np.abs(np.log(target.bands_hz / freq_hz)).argmin()])


def blocks(audio: Audio, size: int = 7000) -> Iterator[Audio]:
    for start in range(0, len(audio), size):
        yield audio[start : start + size]


def stereo(seconds: float, rate_hz: int = 48_000, seed: int = 1) -> Audio:
    samples = round(seconds * rate_hz)
    sides = [noise(samples, rate_hz, 80, 7000, seed + side) for side in (0, 1)]
    return (0.05 * np.stack(sides, axis=1)).astype(np.float32)


def test_a_balanced_mix_falls_by_one_and_a_half_db_an_octave_in_third_octaves() -> None:
    """A power spectral density of −4.5 dB an octave: each octave holds twice the width."""
    target = style_target(BANDS_HZ, "balanced")
    for freq_hz in (125.0, 250.0, 500.0, 1000.0, 2000.0):
        density = at(target, 2 * freq_hz) - at(target, freq_hz) - 10 * math.log10(2)
        assert density == pytest.approx(-4.5, abs=0.02)


def test_a_style_counts_from_forty_hz_to_twelve_and_a_half_khz_and_its_ends_half() -> None:
    target = style_target(BANDS_HZ)
    counted = BANDS_HZ[target.weight > 0]
    assert (round(counted[0]), round(counted[-1])) == (40, 12589)
    inside = (BANDS_HZ > 95) & (BANDS_HZ < 4200)
    assert set(target.weight[inside]) == {1.0}
    assert set(target.weight[(target.weight > 0) & ~inside]) == {0.5}


def test_a_style_falls_faster_above_and_rolls_off_below() -> None:
    target = style_target(BANDS_HZ)
    assert at(target, 10_000) - at(target, 5000) == pytest.approx(-3.0, abs=0.02)
    assert at(target, 63) == pytest.approx(at(target, 100), abs=0.05)
    assert at(target, 40) < at(target, 63) - 3.0


def test_styles_differ_by_their_slope_alone() -> None:
    for style, slope in SLOPE_DB_PER_OCT.items():
        target = style_target(BANDS_HZ, style)
        assert at(target, 2000) - at(target, 500) == pytest.approx(2 * slope, abs=0.02)


def test_a_style_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(KeyError, match=r"balanced.*jazz"):
        style_target(BANDS_HZ, "polka")


@pytest.mark.parametrize(
    ("role", "low_db", "high_db"),
    [(Role.LEAD_VOCAL, -11.2, -7.1), (Role.DRUMS, 12.4, 2.6), (Role.BASS, 23.3, -9.6), (Role.STRINGS, -2.8, -4.5)],
)
def test_a_roles_average_is_that_of_its_stems(role: Role, low_db: float, high_db: float) -> None:
    target = role_target(BANDS_HZ, role)
    assert target is not None
    assert at(target, 125) - at(target, 1000) == pytest.approx(low_db, abs=0.2)
    assert at(target, 4000) - at(target, 1000) == pytest.approx(high_db, abs=0.2)
    assert target.tolerance_db >= 4.0


@pytest.mark.parametrize("role", [Role.KICK, Role.SNARE, Role.SPEECH, Role.FX, Role.OTHER])
def test_a_role_without_an_average_has_no_target(role: Role) -> None:
    assert role_target(BANDS_HZ, role) is None


def test_a_reference_is_its_own_spectrum_and_loudness() -> None:
    audio = stereo(6.0)
    target = reference_target(blocks(audio), 48_000)
    assert target.loudness_lufs == pytest.approx(measure(iter([audio]), 48_000).integrated_lufs, abs=0.01)
    power = np.square(np.abs(np.fft.rfft(audio, axis=0))).sum(1)
    freqs = np.fft.rfftfreq(len(audio), 1 / 48_000)
    expected = [
        10 * np.log10(power[(freqs > centre * 10**-0.05) & (freqs < centre * 10**0.05)].sum())
        for centre in (250.0, 1000.0, 4000.0)
    ]
    got = [at(target, freq_hz) for freq_hz in (250.0, 1000.0, 4000.0)]
    np.testing.assert_allclose(np.diff(got), np.diff(expected), atol=0.3)
    assert target.notes == ()


def test_silence_and_soft_passages_do_not_count() -> None:
    """Half a minute of hiss 30 dB below the music is not part of its spectrum."""
    music = stereo(5.0)
    hiss = (0.0016 * np.random.default_rng(3).standard_normal((20 * 48_000, 2))).astype(np.float32)
    alone = reference_target(blocks(music), 48_000)
    both = reference_target(blocks(np.concatenate([hiss, music, np.zeros((96_000, 2), np.float32)])), 48_000)
    shared = alone.weight > 0
    difference = (both.level_db - alone.level_db)[shared]
    np.testing.assert_allclose(difference - difference.mean(), 0, atol=0.35)
    assert both.loudness_lufs == pytest.approx(alone.loudness_lufs, abs=0.3)


@pytest.mark.parametrize(
    ("audio", "words"),
    [
        (np.zeros((5 * 48_000, 2), np.float32), "is silent"),
        (np.zeros((0, 2), np.float32), "has no audio"),
        (stereo(2.0), r"too short \(2.0 s of sound\)"),
        (np.full((5 * 48_000, 2), np.nan, np.float32), "no numbers"),
        (np.full((5 * 48_000, 2), np.inf, np.float32), "no numbers"),
    ],
)
def test_a_reference_that_tells_nothing_is_refused_with_what_to_do(audio: Audio, words: str) -> None:
    with pytest.raises(ReferenceUnusable, match=words):
        reference_target(blocks(audio), 48_000, "take.wav")


def test_a_mono_reference_can_be_used_and_is_noted() -> None:
    audio = stereo(4.0)[:, :1]
    one = reference_target(blocks(audio), 48_000, "take.wav")
    two = reference_target(blocks(np.repeat(audio, 2, axis=1)), 48_000, "take.wav")
    assert one.notes == two.notes
    assert "take.wav is mono" in one.notes[0]
    np.testing.assert_array_equal(one.level_db, two.level_db)


def test_a_clipped_reference_can_be_used_and_is_noted() -> None:
    audio = np.clip(40 * stereo(4.0), -1, 1)
    target = reference_target(blocks(audio), 48_000, "loud.wav")
    assert any("loud.wav is clipped" in note for note in target.notes)
    assert not any("clipped" in note for note in reference_target(blocks(stereo(4.0)), 48_000).notes)


def test_a_reference_of_another_rate_counts_where_it_has_bands() -> None:
    low = reference_target(blocks(stereo(4.0, 16_000)), 16_000).on(BANDS_HZ)
    assert not low.weight[BANDS_HZ > 8000].any()
    assert low.weight[(BANDS_HZ > 200) & (BANDS_HZ < 4000)].all()
    there = (low.weight > 0) & (BANDS_HZ > 100) & (BANDS_HZ < 5000)
    high = reference_target(blocks(stereo(4.0)), 48_000)
    difference = (low.level_db - high.level_db)[there]
    np.testing.assert_allclose(difference - difference.mean(), 0, atol=1.0)
